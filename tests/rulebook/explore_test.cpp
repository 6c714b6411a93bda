#include <guichet/rulebook/explore.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/rulebook/read.hpp>
#include <guichet/rulebook/walk_report.hpp>

namespace guichet::rulebook {
namespace {

ProcedureFile shipped(const std::string& name) {
  auto file = load_procedure(name);
  EXPECT_TRUE(file) << file.error().detail;
  return std::move(*file);
}

Exploration walked(const ProcedureFile& file) {
  auto found = explore(file);
  EXPECT_TRUE(found) << found.error().detail;
  return std::move(*found);
}

bool never(const Exploration& found, CommandKind kind) { return std::ranges::count(found.never_possible, kind) != 0; }

TEST(Explore, NoShippedProcedureHasATrapAndPromisesAreKept) {
  for (const std::string& name : shipped_procedures()) {
    SCOPED_TRACE(name);
    const ProcedureFile file = shipped(name);
    const Exploration found = walked(file);
    EXPECT_EQ(found.trap_states, 0U);
    EXPECT_FALSE(walk_fails(file, found)) << print_walk(file, found, formats::Phrases(formats::Language::en));
    EXPECT_GT(found.states, 100U);
    std::size_t sum = 0;
    for (const std::size_t n : found.by_phase) sum += n;
    EXPECT_EQ(sum, found.states);
  }
}

TEST(Explore, TheFairProcedureReachesEverythingItOffers) {
  const ProcedureFile file = shipped("guichet-unique");
  const Exploration found = walked(file);
  EXPECT_TRUE(file.procedure.promises_consequence);
  EXPECT_EQ(found.silent_states, 0U);
  EXPECT_GT(found.desk_turn_states, 1000U);
  EXPECT_TRUE(found.never_possible.empty());
  EXPECT_TRUE(found.never_happens.empty());
}

TEST(Explore, TheTestimonysDeskMayAlwaysBeSilent) {
  const Exploration found = walked(shipped("next-available"));
  EXPECT_GT(found.desk_turn_states, 0U);
  EXPECT_EQ(found.silent_states, found.desk_turn_states);
  for (const CommandKind kind : {CommandKind::escalate, CommandKind::appeal_decision, CommandKind::refer_to_mediator,
                                 CommandKind::reopen_case, CommandKind::make_offer})
    EXPECT_TRUE(never(found, kind)) << name(kind);
}

TEST(Explore, FindsTheTrapWhenNobodyMayCloseOrDecide) {
  ProcedureFile file = shipped("next-available");
  for (ClosingRight& right : file.procedure.closing) right = {};
  const Exploration found = walked(file);
  EXPECT_EQ(found.trap_states, found.states);  // also the very first: no way leads to an end
  ASSERT_FALSE(found.traps.empty());
  EXPECT_TRUE(walk_fails(file, found));
}

TEST(Explore, FindsTheSilenceWhenOneClockIsTaken) {
  ProcedureFile file = shipped("guichet-unique");
  for (const Clock clock : {Clock::first_answer, Clock::next_answer, Clock::decision})
    file.procedure.clocks[static_cast<std::size_t>(clock)].allowance = {};
  for (Level& level : file.procedure.ladder) level.stay_max = {};
  const Exploration found = walked(file);
  EXPECT_GT(found.silent_states, 0U);
  ASSERT_FALSE(found.silences.empty());
  EXPECT_EQ(found.silences.front().way.size(), 1U);  // opened, and already nothing makes the desk move
  EXPECT_TRUE(walk_fails(file, found));
}

TEST(Explore, AReminderIsNoConsequence) {
  ProcedureFile file = shipped("guichet-unique");
  for (ClockRule& rule : file.procedure.clocks)
    if (rule.effect == Effect::escalate || rule.effect == Effect::grant) rule.effect = Effect::remind;
  EXPECT_GT(walked(file).silent_states, 0U);
}

TEST(Explore, TheTopOfTheLadderMustActToo) {
  ProcedureFile file = shipped("guichet-unique");
  file.procedure.at_the_top = Effect::remind;
  const Exploration found = walked(file);
  EXPECT_GT(found.silent_states, 0U);
  for (const Witness& witness : found.silences) EXPECT_EQ(witness.state.level() + 1, file.procedure.levels);
}

TEST(Explore, WordsAfterADecisionMustBeAnsweredToo) {
  ProcedureFile file = shipped("guichet-unique");
  for (const Clock clock : {Clock::first_answer, Clock::next_answer})
    file.procedure.clocks[static_cast<std::size_t>(clock)].allowance = {};
  const Exploration found = walked(file);
  EXPECT_GT(found.silent_states, 0U) << "the other clocks of the desk end with its decision";
  for (const Witness& witness : found.silences) EXPECT_EQ(witness.state.phase(), Phase::decided);
}

TEST(Explore, SaysSoWhenTheWalkIsTooLong) {
  const auto found = explore(shipped("guichet-unique"), 100);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::usage);
}

TEST(Explore, SameFileSameWalk) {
  const ProcedureFile file = shipped("p2b-minimum");
  const formats::Phrases french(formats::Language::fr);
  EXPECT_EQ(print_walk(file, walked(file), french), print_walk(file, walked(file), french));
}

}  // namespace
}  // namespace guichet::rulebook
