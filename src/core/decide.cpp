#include <guichet/core/decide.hpp>

namespace guichet {
namespace {

// The rules can be read at compile time; these few are, so that a build proves it.
consteval Refusal after_opening(CommandKind kind, Party party) {
  const Procedure procedure{};
  const Rules rules{&procedure, {}};
  CaseState state;
  Decision room;
  EventBatch batch(room.room);
  Command command{.at = Instant{Seconds{1'700'000'000}},
                  .case_id = CaseId{1},
                  .actor = ActorId{7},
                  .kind = CommandKind::open_case,
                  .party = Party::seller};
  if (act(state, command, rules, batch) != Refusal::none) return Refusal::no_such_case;
  batch.clear();
  command.kind = kind;
  command.party = party;
  return decide(state, command, rules, batch);
}
static_assert(after_opening(CommandKind::send_message, Party::seller) == Refusal::none);
static_assert(after_opening(CommandKind::open_case, Party::seller) == Refusal::case_exists);
static_assert(after_opening(CommandKind::decide_case, Party::seller) == Refusal::wrong_party);
static_assert(after_opening(CommandKind::escalate, Party::seller) == Refusal::ladder_is_exhausted);
static_assert(after_opening(CommandKind::close_case, Party::desk) == Refusal::no_right_to_close);

}  // namespace

// A body of its own, so that the archive of the core holds the rules and what they need of the world.
Refusal decide(const CaseState& state, const Command& command, const Rules& rules, Decision& out) {
  EventBatch batch(out.room);
  const Refusal refusal = decide(state, command, rules, batch);
  out.count = batch.size();
  return refusal;
}

}  // namespace guichet
