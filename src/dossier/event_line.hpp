// One line that says what an event was: "Marie answered", "The time for the decision ran out". For pages, for mails and
// on paper. How persons, moments and levels are called is told to it; it knows no people and no zone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/dossier/timeline.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::dossier {

/// How things are called in what is told. Every function is set.
struct Voice {
  const formats::Phrases& phrases;
  const rulebook::ProcedureFile& file;                // of the procedure that binds the case
  std::function<std::string(ActorId)> person;         // a name, or what stands for it; zero: the clock
  std::function<std::string(Instant)> moment;         // a moment in words, for a sentence
  std::function<std::string(std::size_t)> to_level;   // "to the head of the desk"
  std::function<std::string(ProcedureId)> procedure;  // its title and version as a sentence; empty: not known
};

std::string event_line(const Voice& voice, const Entry& entry);
/// What only those want who look at every event; the rest is told to people by itself.
bool quiet(const Entry& entry);

/// "1 234,56 €"
std::string money(const formats::Phrases& phrases, std::uint64_t cents);
/// "withdrawing the claim, giving up what is past"; empty when an offer asks nothing in return.
std::string conditions_line(const formats::Phrases& phrases, std::uint8_t conditions);
/// "a, b and c".
std::string joined(const formats::Phrases& phrases, const std::vector<std::string>& words);

}  // namespace guichet::dossier
