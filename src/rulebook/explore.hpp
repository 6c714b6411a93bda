// Walks every state that a case can reach under a procedure, with times and numbers made abstract: is any
// of them a trap, and may the desk be silent anywhere without consequence? Knows no text of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// One step of a walk: who does what. For `tick`, `aux` is the clock.
struct Step {
  CommandKind kind{};
  Party party{};
  std::uint8_t aux{};
};

/// A state worth showing, and a shortest way to it from an unopened case.
struct Witness {
  CaseState state;
  std::vector<Step> way;
};

/// What the walk found. States are counted after abstraction: running clocks without their dates, at
/// most one open question a side, three interchangeable agents, hand-offs as "limit reached or not", and
/// the account's offers and restrictions tried in every state instead of being part of it.
struct Exploration {
  std::size_t states = 0;
  std::size_t moves = 0;              // accepted commands, over all states
  std::size_t desk_turn_states = 0;   // the desk has to move, also in answer to words after its decision
  std::vector<std::size_t> by_phase;  // states per Phase
  std::vector<Witness> traps;         // no way leads to an end from here
  std::size_t trap_states = 0;
  std::vector<Witness> silences;  // the desk has to move and no clock makes it; see must_move
  std::size_t silent_states = 0;
  std::vector<CommandKind> never_possible;  // commands no state accepts
  std::vector<EventKind> never_happens;     // kinds no accepted command causes
};

/// Walks `file`; Fault::usage when the walk would exceed `states_max` states. At most a handful of
/// witnesses of each kind is kept, the nearest first.
Result<Exploration> explore(const ProcedureFile& file, std::size_t states_max = 4'000'000);

}  // namespace guichet::rulebook
