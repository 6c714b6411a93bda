// What is to be played: the acts of a recording given to the demo's people, in order, with what a recording does not
// know of woven in (thanks, notes, offers, restrictions, mediations, files). Decides nothing: the rules will say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/demo/people.hpp>
#include <guichet/demo/texts.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/rehearsal/record.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::demo {

/// Which words go with a deed.
enum class Says : std::uint8_t {
  nothing,
  subject,
  message,  // whichever the command asks for: a first message, an answer, a question back, a reply, a complaint
  dispute,
  decision,
  restriction,
  offer,
  mediation,
  short_text,  // of Deed::keys
  note,        // likewise, for the desk alone
  written,     // Script::written[Deed::index]
};

struct Deed {
  Instant at{};
  std::uint32_t tale{};  // of Script::tales
  Command command;       // with real persons; neither instant, case nor text
  Says says{};
  bool with_file = false;
  Slots weak{};           // questions that this answer will be found not to answer
  std::string_view keys;  // literals
  std::uint32_t index{};  // Says::written; link_case: the other tale
};

struct Cast {
  Tale tale;
  ledger::AccountId account;
  ActorId seller;  // who opened it
  std::uint32_t seller_index{};
  std::vector<std::uint32_t> stated;  // facts that were stated in it so far, by their numbers
};

struct Script {
  std::vector<Cast> tales;
  std::vector<Deed> deeds;  // by `at`, stable
  std::vector<dossier::Words>
      written;     // a fact that another one speaks of is named by its place in Cast::stated, from 1
  Instant ends{};  // nobody comes from then on
};

struct Playing {
  const rehearsal::Recording* recording{};
  const rulebook::ProcedureFile* procedure{};
  const Crowd* crowd{};
  std::uint64_t seed{};
  Instant now{};   // cases that open before it may be the personas' own
  Instant ends{};  // of the recording's arrivals
};

Script script_of(const Playing& playing);

/// The deed as a step of an errand: command, words and files. `row` is the case as it stands, null when it is opened.
/// `spoken_at` is the moment at which it is said, `other_case` the case of a link.
desk::Step step_of(const Deed& deed, Script& script, const Crowd& crowd, const CaseState* state, Instant spoken_at,
                   CaseId other_case);

/// Whoever the desk's people write to; how they sign.
Speaking speaking(const Crowd& crowd, ActorId by, ActorId to, formats::Language language, Instant at);
/// Words as the ledger keeps them, and how many there are.
ledger::NewText kept_text(const dossier::Words& words, ledger::TextKind kind);
std::uint32_t length_of(const dossier::Words& words);

}  // namespace guichet::demo
