#include <guichet/core/evolve.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace guichet {
namespace {

constexpr Instant at(std::int64_t ms) { return Instant{Duration{ms}}; }

Event event(EventKind kind, Party party = Party::desk) {
  Event e{};
  e.at = at(1'000'000'000'000);
  e.version = Version{9};
  e.kind = kind;
  e.party = party;
  e.actor = ActorId{3};
  return e;
}

TEST(SecondAtOrAfter, rounds_up_and_keeps_within_its_range) {
  static_assert(second_at_or_after(at(-1)) == 0);
  static_assert(second_at_or_after(at(0)) == 0);
  static_assert(second_at_or_after(at(1)) == 1);
  static_assert(second_at_or_after(at(1000)) == 1);
  static_assert(second_at_or_after(at(1001)) == 2);
  static_assert(second_at_or_after(at(4'294'967'295'000)) == 0xFFFF'FFFF);
  static_assert(second_at_or_after(kNever) == 0xFFFF'FFFF);
}

TEST(Evolve, keeps_the_version_of_every_event) {
  for (std::size_t kind = 0; kind < kEventKinds; ++kind)
    EXPECT_EQ(evolve(CaseState{}, event(static_cast<EventKind>(kind))).version, Version{9});
}

TEST(Evolve, what_is_only_noted_moves_nothing) {
  for (const EventKind kind :
       {EventKind::none, EventKind::note_made, EventKind::cost_noted, EventKind::exhibit_added}) {
    CaseState expected;
    expected.version = Version{9};
    EXPECT_EQ(evolve(CaseState{}, event(kind)), expected);
  }
}

TEST(Evolve, a_due_instant_past_the_range_is_its_last_second) {
  Event e = event(EventKind::clock_started);
  e.clock = Clock::decision;
  e.detail = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(evolve(CaseState{}, e).due_second(Clock::decision), 0xFFFF'FFFF);
}

TEST(Evolve, cooling_only_grows_and_ends_with_a_whole_day) {
  Event e = event(EventKind::clock_started);
  e.clock = Clock::cooling;
  e.at = at(0);
  e.detail = 86'400;
  CaseState s = evolve(CaseState{}, e);
  EXPECT_EQ(s.adverse_not_before, 1);
  e.detail = 86'401;
  s = evolve(s, e);
  EXPECT_EQ(s.adverse_not_before, 2);
  e.detail = 1;
  EXPECT_EQ(evolve(s, e).adverse_not_before, 2);
  e.clock = Clock::offer;
  EXPECT_EQ(evolve(s, e).adverse_not_before, 2);
}

TEST(Evolve, a_restarted_clock_forgets_its_reminders) {
  Event started = event(EventKind::clock_started);
  started.clock = Clock::seller_reply;
  started.detail = 100;
  Event reminded = event(EventKind::clock_reminded, Party::clock);
  reminded.clock = Clock::seller_reply;
  reminded.aux = 2;
  const CaseState s = evolve(evolve(CaseState{}, started), reminded);
  EXPECT_EQ(s.notices(), 2);
  EXPECT_NE(s.reminded, 0);
  const CaseState again = evolve(s, started);
  EXPECT_EQ(again.notices(), 0);
  EXPECT_EQ(again.reminded, 0);
}

TEST(Evolve, the_owner_who_loses_a_case_is_remembered_until_somebody_has_it) {
  Event assigned = event(EventKind::assigned);
  assigned.detail = 5;
  CaseState s = evolve(CaseState{}, assigned);
  EXPECT_EQ(s.owner, ActorId{5});
  assigned.detail = 0;
  s = evolve(s, assigned);
  EXPECT_EQ(s.owner, ActorId{});
  EXPECT_EQ(s.other_person, ActorId{5});
  EXPECT_FALSE(s.hand_off_pending());
  assigned.detail = 6;
  s = evolve(s, assigned);
  EXPECT_EQ(s.owner, ActorId{6});
  EXPECT_EQ(s.other_person, ActorId{});
  EXPECT_EQ(s.hand_offs, 0) << "nobody handed it on";
}

TEST(Evolve, a_reopened_case_has_no_decision) {
  CaseState s;
  evolving::set_phase(s, Phase::closed);
  s.flags = kHasDecision | kAppealed | kAbandoned | kAnswered;
  s = evolve(s, event(EventKind::reopened));
  EXPECT_EQ(s.flags, kAnswered);
  EXPECT_EQ(s.phase(), Phase::open);
  EXPECT_EQ(s.turn(), Turn::desk);
}

}  // namespace
}  // namespace guichet
