// What holds for any history under any procedure, checked against a second, slower account of the case that
// is kept from its events alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/core/event.hpp>

namespace guichet::properties {

/// The case as its events tell it, in whole words instead of bits, and only as far as promises need it.
struct Account {
  Phase phase{};
  ActorId owner;
  ActorId decider;  // of the last decision
  bool has_decision{};
  bool unread{};  // the seller spoke, the desk has not since
  std::uint32_t seller_questions{}, desk_questions{};
  Instant seller_due = kNever;  // of his clock, as long as he has not acted since it was started
  unsigned notices{};
  Instant no_harm_before{};  // no adverse measure before, from cooling and notice

  void tell(const Event& event);
};

/// One command given to a case, and what came of it.
struct Step {
  const CaseState& before;
  const Command& command;
  Refusal refusal{};
  std::span<const Event> events;
  const CaseState& after;
};

/// Empty, or the promise that this step breaks. `account` tells the case before the step.
std::string broken_promise(const Step& step, const Account& account, const Rules& rules, bool desk_is_bound);

}  // namespace guichet::properties
