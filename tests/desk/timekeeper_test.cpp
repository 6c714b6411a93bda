#include <chrono>
#include <future>

#include <gtest/gtest.h>

#include <guichet/desk/timekeeper.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

TEST(Timekeeper, TheDesksSilenceClimbsTheLadderAndAtTheTopDecidesForTheSeller) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  house.pass_until(kMonday + 24h * 120);
  const ledger::ShelfRow row = house.row(opened);
  EXPECT_EQ(row.decided_as, static_cast<std::uint8_t>(Decided::granted_by_silence));
  EXPECT_EQ(house.count(opened, EventKind::escalated), 2U);
  for (const ledger::KeptEvent& kept : house.file(opened).events)
    if (kept.event.kind == EventKind::went_overdue) {
      EXPECT_EQ(kept.event.party, Party::clock);
      EXPECT_FALSE(kept.event.actor);
    }
}

TEST(Timekeeper, NothingRingsTwice) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  house.clock().set(house.row(opened).next_tick);
  ASSERT_EQ(*ring_what_is_due(house.reader(), house.clerk(), house.procedures(), house.clock().now()), 1U);
  EXPECT_EQ(*ring_what_is_due(house.reader(), house.clerk(), house.procedures(), house.clock().now()), 0U);
  EXPECT_EQ(house.count(opened, EventKind::clock_reminded), 1U);
}

TEST(Timekeeper, AMachineThatSleptForWeeksLosesNoDeadlineAndRingsNoneTwice) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  // The same weeks, in one leap instead of step by step.
  house.clock().set(kMonday + 24h * 120);
  std::uint64_t rung = 0;
  for (std::uint64_t now = 1; now != 0;) {
    now = *ring_what_is_due(house.reader(), house.clerk(), house.procedures(), house.clock().now());
    rung += now;
    ASSERT_LT(rung, 1'000U) << "it rings for ever";
  }
  EXPECT_GT(rung, 0U);
  EXPECT_GT(house.row(opened).next_tick, house.clock().now());
  std::size_t answers_missed = 0;
  for (const ledger::KeptEvent& kept : house.file(opened).events)
    answers_missed += kept.event.kind == EventKind::went_overdue && kept.event.clock == Clock::first_answer ? 1U : 0U;
  // Each climb starts the clock anew, from when it was rung: one leap rings it once.
  EXPECT_EQ(answers_missed, 1U);
}

TEST(Timekeeper, AClockSetBackRingsNothingBeforeItsTime) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  house.clock().set(kMonday - 24h);
  EXPECT_EQ(*ring_what_is_due(house.reader(), house.clerk(), house.procedures(), house.clock().now()), 0U);
  EXPECT_EQ(house.count(opened, EventKind::went_overdue), 0U);
}

TEST(Timekeeper, ARestartGoesOnWhereItWas) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  house.pass_until(kMonday + 24h * 10);
  const ledger::ShelfRow before = house.row(opened);
  house.begin();
  EXPECT_EQ(house.row(opened), before);
  house.pass_until(kMonday + 24h * 120);
  EXPECT_EQ(house.row(opened).decided_as, static_cast<std::uint8_t>(Decided::granted_by_silence));
}

TEST(Timekeeper, ASellerWhoIsClosedForHisSilenceAndStaysAwayIsFoundToHaveGivenUp) {
  SmallHouse house("next-available");
  const auto& file = house.procedures().at(kMonday).file;
  Person agent = *house.people().person(kAgentMarie);
  agent.teams = file.teams;
  Errand errand;
  errand.records.push_back({.record = to_record(agent)});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const CaseId opened = house.open_case(kSellerAnn, file.matters.front().id);
  ASSERT_TRUE(house.act(kAgentMarie, opened, "message", {{"body", "Which payout?"}, {"questions", "Which one?"}}).ok());
  house.pass_until(kMonday + 24h * 59);
  EXPECT_EQ(house.count(opened, EventKind::closed), 1U) << "after 48 hours of his silence";
  EXPECT_EQ(house.count(opened, EventKind::abandoned), 0U);
  house.pass_until(kMonday + 24h * 61);
  EXPECT_EQ(house.count(opened, EventKind::abandoned), 1U);
  house.pass_until(kMonday + 24h * 400);
  EXPECT_EQ(house.count(opened, EventKind::abandoned), 1U) << "found once";
}

TEST(Timekeeper, ItsThreadRingsWhatFallsDueWhenTimeIsMoved) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  auto timekeeper = Timekeeper::start(house.ledger(), house.clerk(), house.clock(), house.procedures());
  ASSERT_TRUE(timekeeper);
  house.clock().set(house.row(opened).next_tick);
  (*timekeeper)->look();
  while ((*timekeeper)->rung() == 0) std::this_thread::yield();
  (*timekeeper)->stop();
  EXPECT_EQ(house.count(opened, EventKind::clock_reminded), 1U);
}

/// Adopts the procedure that the house began with again, its text changed.
ProcedureId adopt_again(SmallHouse& house, Instant effective_from, const std::string& from = "",
                        const std::string& to = "") {
  ledger::AdoptedProcedure next = house.procedures().at(kMonday).adopted;
  next.effective_from = effective_from;
  next.adopted = house.clock().now();
  next.by = kSupervisor;
  if (const std::size_t at = next.toml.find(from); !from.empty() && at != std::string::npos)
    next.toml.replace(at, from.size(), to);
  Errand errand;
  errand.person = kSupervisor;
  errand.procedures.push_back(std::move(next));
  EXPECT_TRUE(house.clerk().run(std::move(errand)).ok());
  return house.procedures().all().back()->adopted.id;
}

std::uint64_t brought(SmallHouse& house) {
  return *bring_under_new_rules(house.reader(), house.clerk(), house.procedures(), house.clock().now());
}

TEST(NewRules, ApplyToOpenCasesFromTheirDayWhereTheProcedureSaysSo) {
  SmallHouse house("next-available");
  const CaseId open = house.open_case(kSellerAnn, "stock"), ended = house.open_case(kSellerAnn, "other");
  ASSERT_TRUE(house.act(kSellerAnn, ended, "close", {{"ground", "seller_wish"}}).ok());
  const ProcedureId next = adopt_again(house, kMonday + 24h * 20);
  EXPECT_EQ(brought(house), 0U) << "their day has not come";
  house.clock().set(kMonday + 24h * 20);
  EXPECT_EQ(brought(house), 1U);
  EXPECT_EQ(brought(house), 0U);
  EXPECT_EQ(house.row(open).state.procedure, next);
  const Event last = house.file(open).events.back().event;
  EXPECT_EQ(last.kind, EventKind::procedure_changed);
  EXPECT_EQ(last.actor, kSupervisor) << "who adopted it";
  EXPECT_NE(house.row(ended).state.procedure, next) << "what is closed rests";
}

TEST(NewRules, DoNotApplyToOpenCasesWhereTheProcedureKeepsThemTheirs) {
  SmallHouse house;
  const CaseId open = house.open_case();
  adopt_again(house, kMonday + 24h * 20);
  house.clock().set(kMonday + 24h * 20);
  EXPECT_EQ(brought(house), 0U);
  EXPECT_EQ(house.row(open).state.procedure, ProcedureId{1});
}

TEST(NewRules, NeedTheNoticeThatTheOldOnesAskFor) {
  SmallHouse house("next-available");
  const ProcedureId strict =
      adopt_again(house, kMonday, "notice_days = 0\nopen_cases_keep_rules", "notice_days = 15\nopen_cases_keep_rules");
  house.clock().set(kMonday + 1h);
  const CaseId open = house.open_case(kSellerAnn, "stock");
  ASSERT_EQ(house.row(open).state.procedure, strict);
  adopt_again(house, kMonday + 24h * 10);
  house.clock().set(kMonday + 24h * 10);
  EXPECT_EQ(brought(house), 0U);
  EXPECT_EQ(house.row(open).state.procedure, strict);
  const ProcedureId in_time = adopt_again(house, kMonday + 24h * 26);
  house.clock().set(kMonday + 24h * 26);
  EXPECT_EQ(brought(house), 1U);
  EXPECT_EQ(house.row(open).state.procedure, in_time);
}

TEST(NewRules, LeaveACaseItsOwnWhereItsMatterDoesNotStandAtTheSamePlace) {
  SmallHouse house("next-available");
  const CaseId stock = house.open_case(kSellerAnn, "stock"), other = house.open_case(kSellerAnn, "other");
  const ProcedureId next = adopt_again(house, kMonday + 24h, "id = \"stock\"", "id = \"storage\"");
  house.clock().set(kMonday + 24h);
  EXPECT_EQ(brought(house), 1U);
  EXPECT_EQ(house.row(stock).state.procedure, ProcedureId{1});
  EXPECT_EQ(house.row(other).state.procedure, next);
}

TEST(NewRules, AreThereBeforeThoseWhoAreQuickerThanTheTimekeeper) {
  SmallHouse house("next-available");
  const CaseId open = house.open_case(kSellerAnn, "stock");
  const ProcedureId next = adopt_again(house, kMonday + 24h);
  house.clock().set(kMonday + 24h);
  ASSERT_TRUE(house.act(kSellerAnn, open, "message", {{"body", "And now?"}}).ok());
  EXPECT_EQ(house.row(open).state.procedure, next);
  EXPECT_EQ(house.count(open, EventKind::procedure_changed), 2U) << "the opening tells the first";
  EXPECT_EQ(brought(house), 0U);
}

}  // namespace
}  // namespace guichet::desk
