#include <guichet/core/case_state.hpp>

#include <gtest/gtest.h>

#include <set>

#include <guichet/core/evolve.hpp>

namespace guichet {
namespace {

TEST(CaseState, fields_share_bytes_and_do_not_touch) {
  using namespace evolving;
  CaseState s;
  set_phase(s, Phase::in_mediation);
  set_turn(s, Turn::third);
  set_proposal(s, Proposal::by_desk);
  set_level(s, 7);
  set_notices(s, 15);
  set_seller_silent(s, true);
  s.matter_bits = 31;
  set_restriction(s, Restriction::termination_contested);
  set_window_waits(s, true);
  EXPECT_EQ(s.phase(), Phase::in_mediation);
  EXPECT_EQ(s.turn(), Turn::third);
  EXPECT_EQ(s.proposal(), Proposal::by_desk);
  EXPECT_EQ(s.level(), 7);
  EXPECT_EQ(s.notices(), 15);
  EXPECT_TRUE(s.seller_silent());
  EXPECT_EQ(s.matter(), 31);
  EXPECT_EQ(s.restriction(), Restriction::termination_contested);
  EXPECT_TRUE(s.window_waits());

  set_phase(s, Phase::absent);
  set_turn(s, Turn::nobody);
  set_proposal(s, Proposal::none);
  set_level(s, 0);
  set_notices(s, 0);
  set_seller_silent(s, false);
  s.matter_bits = 0;
  set_restriction(s, Restriction::none);
  set_window_waits(s, false);
  EXPECT_EQ(s, CaseState{});
}

TEST(CaseState, counts_saturate) {
  CaseState s;
  evolving::set_notices(s, 200);
  EXPECT_EQ(s.notices(), 15);
  s.owner = ActorId{1};
  for (std::uint32_t i = 0; i < 600; ++i) evolving::take_over(s, ActorId{2 + i % 2});
  EXPECT_EQ(s.hand_offs, 255);
}

/// Of the clocks that share a place at most one runs, whatever the phase and the flags.
TEST(CaseState, one_clock_runs_in_a_place) {
  for (unsigned phase = 0; phase <= static_cast<unsigned>(Phase::closed); ++phase)
    for (const unsigned flags : {0U, unsigned{kAnswered}, unsigned{kAppealed}, unsigned{kAnswered} | kAppealed}) {
      CaseState s;
      evolving::set_phase(s, static_cast<Phase>(phase));
      s.flags = static_cast<std::uint8_t>(flags);
      s.due.fill(1'000);
      std::multiset<DueSlot> running;
      for (std::size_t i = 0; i < kClocks; ++i)
        if (s.runs(static_cast<Clock>(i))) running.insert(due_slot(static_cast<Clock>(i)));
      for (std::size_t slot = 0; slot < kDueSlots; ++slot) EXPECT_EQ(running.count(static_cast<DueSlot>(slot)), 1U);
    }
}

TEST(CaseState, a_clock_that_does_not_run_is_never_due) {
  CaseState s;
  EXPECT_EQ(s.due_at(Clock::decision), kNever);
  s.due[static_cast<std::size_t>(DueSlot::decision)] = 60;
  EXPECT_EQ(s.due_at(Clock::decision), Instant{Seconds{60}});
  EXPECT_EQ(s.due_at(Clock::appeal_decision), kNever);
  EXPECT_EQ(s.due_at(Clock::cooling), kNever);
}

}  // namespace
}  // namespace guichet
