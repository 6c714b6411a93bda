// A learned course, walked in a rehearsed world: each step is an act under the rules and a moment of the history.
#include <guichet/core/words.hpp>
#include <guichet/rehearsal/world.hpp>

namespace guichet::rehearsal {
namespace {

/// Where a course's persons and the sellers are told apart by number: sellers come first.
constexpr std::uint32_t kDesk = 1'000'000;

}  // namespace

void World::begin_course(Slot slot) {
  Life& life = slab_.life(slot);
  if (slot >= course_.size()) course_.resize(std::size_t{slot} + 1);
  const CourseStep first = walk_->begin(course_[slot], draw(Purpose::course, life.number));
  static_cast<void>(
      give<CommandKind::open_case>(slot, Party::seller, life.seller, life.amount, cast_.matters[life.matter].matter));
  take_step(slot, first);
}

/// The step happens now; the one after it is planned.
void World::take_step(Slot slot, const CourseStep& step) {
  act_out(slot, step);
  Life& life = slab_.life(slot);
  if (life.kept != kNone) history_.keep_step(life.kept, step, now_);
  const std::optional<CourseStep> next = walk_->next(course_[slot], instant(now_));
  if (!next || life.has(kEnded)) {
    end_course(slot);
    return;
  }
  coming_.resize(std::max(coming_.size(), std::size_t{slot} + 1));
  coming_[slot] = *next;
  life.plan = Plan::step;
  life.seller_at = now_ + next->stay;
  put(life.seller_at, Wake::seller, slot);
}

void World::end_course(Slot slot) {
  Life& life = slab_.life(slot);
  life.plan = Plan::none;
  life.seller_at = kNoTick;
  if (!walk_->is_seen(life.opened, now_) && life.kept != kNone) history_.forget(life.kept);
  end_matter(slot, Quantity::resolved_share);
}

/// What the step means in our words, done under the rules; a step without a meaning is a note.
void World::act_out(Slot slot, const CourseStep& step) {
  const CourseLabel& label = scenario_.course->labels[step.label];
  Life& life = slab_.life(slot);
  const Party party = label.party == Party::seller ? Party::seller : Party::desk;
  const std::uint32_t actor = party == Party::seller ? life.seller : kDesk + step.person;
  const auto words = static_cast<std::uint32_t>(label.words) << 16;
  switch (label.kind) {
    case EventKind::message_sent:
      ++life.messages;
      static_cast<void>(give<CommandKind::send_message>(slot, party, actor, words));
      return;
    case EventKind::question_asked:
      ++life.messages;
      static_cast<void>(give<CommandKind::send_message>(slot, party, actor, words, 1));
      return;
    case EventKind::assigned:
      static_cast<void>(give<CommandKind::assign>(slot, Party::desk, actor, actor,
                                                  static_cast<std::uint8_t>(AssignReason::next_available)));
      return;
    case EventKind::escalated: static_cast<void>(give<CommandKind::escalate>(slot, party, actor)); return;
    case EventKind::resolution_proposed:
      static_cast<void>(give<CommandKind::propose_resolution>(slot, party, actor));
      return;
    case EventKind::decided:
      static_cast<void>(give<CommandKind::decide_case>(slot, Party::desk, actor, 0,
                                                       static_cast<std::uint8_t>(Decided::granted),
                                                       kFactFacts | kFactGround | kFactRedress));
      return;
    case EventKind::closed:
      static_cast<void>(
          give<CommandKind::close_case>(slot, Party::desk, actor, 0, static_cast<std::uint8_t>(Ground::desk_alone)));
      return;
    case EventKind::reopened: static_cast<void>(give<CommandKind::reopen_case>(slot, party, actor)); return;
    default: static_cast<void>(give<CommandKind::make_note>(slot, Party::desk, kDesk + step.person)); return;
  }
}

}  // namespace guichet::rehearsal
