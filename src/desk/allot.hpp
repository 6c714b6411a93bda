// Who gets a case that needs somebody: the procedure says how, the people say who is there. Decides no rule: what it
// proposes is a command like any other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <guichet/core/command.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/ledger/shelf.hpp>

namespace guichet::desk {

struct Allotting {
  const People* people{};
  /// Living cases that a person answers for.
  std::function<std::uint32_t(ActorId)> load_of;
  /// Who was given a case last in this team, for taking turns; zero when nobody was.
  std::function<ActorId(const std::string& team)> last_of;
  /// Leaves with what is being written, which `people` do not know of yet. May be empty.
  std::function<bool(ActorId)> leaves;
};

/// True while the person is away at `now`.
bool is_away(const Person& person, Instant now);

/// True when the case has an owner who can answer for it no longer, for good.
bool owner_is_gone(const CaseState& state, const People& people);

/// The command that lets a hand-off lapse which waits for somebody who can no longer accept it.
std::optional<Command> lapse(const ledger::ShelfRow& row, const Allotting& with);

/// The `assign` command that the case needs now, from the clock; none when it needs none or nobody can take it. A case
/// whose owner is gone goes to his substitute or to somebody else, and to nobody when nobody is there.
/// `seller_spoke`: the seller's words have just passed the turn to the desk.
std::optional<Command> allot(const ledger::ShelfRow& row, const InForce& procedure, bool seller_spoke, Instant now,
                             const Allotting& with);

}  // namespace guichet::desk
