// The sentences that are first said of a case: who answers, until when and what then; what is expected of the seller.
// For pages and for mails. Reads the state and the procedure, decides nothing.
#pragma once

#include <string>

#include <guichet/desk/people.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/ledger/shelf.hpp>

namespace guichet::desk {

/// Who is told, and how.
struct Hearer {
  const formats::Phrases& phrases;
  const std::string& zone;  // in whose time moments are said
  const People& people;
  Instant now{};
  ActorId me;           // zero: nobody in particular
  bool seller = false;  // told in the second person
};

std::string line_one(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure);
std::string line_two(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure);
/// "Waiting for: you".
std::string turn_line(const Hearer& hearer, const ledger::ShelfRow& row);
/// "you", "Marie", "the desk", "nobody".
std::string whose_turn(const Hearer& hearer, const ledger::ShelfRow& row);
/// "to the head of the desk" / « à la direction du guichet »: where a case goes up to.
std::string to_level(const formats::Phrases& phrases, const rulebook::ProcedureFile& file, std::size_t level);
std::string level_name(const formats::Phrases& phrases, const rulebook::ProcedureFile& file, std::size_t level);
/// What really follows in this state when a clock of the desk runs out.
Effect what_follows_here(const CaseState& state, Clock clock, const Procedure& rules);
/// A person's name, or what stands for it.
std::string name_of(const Hearer& hearer, ActorId id);

}  // namespace guichet::desk
