// What was withdrawn before its day is never in force: not after a restart, and not for a case, a clock or a row.
#include <guichet/desk/procedures.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <string>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

const Instant kJune = at_utc("2026-06-01T10:00:00Z");

/// Adopts the shipped procedure once more, under another version and with other clocks, for the first of June.
ProcedureId adopt(SmallHouse& house, const std::string& version) {
  std::string text = *rulebook::procedure_text("guichet-unique");
  text.replace(text.find("version = \"1.0\""), 15, "version = \"" + version + "\"");
  const std::string clock = "[clocks.first_answer]\nallowance = \"";
  text.replace(text.find(clock) + clock.size(), 1, "9");
  Errand errand;
  errand.procedures.push_back({.id = {},
                               .name = "guichet-unique",
                               .version = version,
                               .toml = text,
                               .effective_from = at_utc("2026-06-01"),
                               .adopted = {},
                               .by = kSupervisor});
  const Answer answer = house.clerk().run(std::move(errand));
  EXPECT_TRUE(answer.ok());
  return answer.procedures.empty() ? ProcedureId{} : answer.procedures.front();
}

Errand withdrawing(ProcedureId id, const std::string& reason) {
  Errand errand;
  errand.person = kSupervisor;
  errand.withdraws = id;
  errand.house.push_back(to_note({.id = id, .at = {}, .by = kSupervisor, .reason = reason}));
  return errand;
}

TEST(Procedures, WhatWasWithdrawnBindsNothing) {
  SmallHouse house;
  const ProcedureId second = adopt(house, "2.0");
  const Answer answer = house.clerk().run(withdrawing(second, "A mistake."));
  ASSERT_EQ(answer.kind, Answer::Kind::done);
  const Procedures& all = house.procedures();
  const InForce& one = *all.of(second);
  ASSERT_TRUE(all.withdrawal_of(second));
  EXPECT_EQ(all.withdrawal_of(second)->at, kMonday) << "the clerk says when";
  EXPECT_EQ(all.standing(one, kMonday), Standing::withdrawn);
  EXPECT_EQ(all.standing(one, kJune), Standing::withdrawn);
  EXPECT_EQ(all.at(kNever).adopted.id, ProcedureId{1});
  EXPECT_EQ(all.all().size(), 2U) << "it stays in the list";

  house.clock().set(kJune);
  const CaseId opened = house.open_case();
  EXPECT_EQ(house.row(opened).state.procedure, ProcedureId{1});
  EXPECT_EQ(house.row(opened).desk_due, at_utc("2026-06-03T10:00:00Z")) << "two working days, not nine";
  // The day is free for another.
  house.clock().set(kMonday);
  EXPECT_EQ(house.procedures().standing(*house.procedures().of(ProcedureId{1}), kJune), Standing::in_force);
}

TEST(Procedures, TheDayOfAWithdrawnOneIsFree) {
  SmallHouse house;
  ASSERT_TRUE(house.clerk().run(withdrawing(adopt(house, "2.0"), "A mistake.")).ok());
  const ProcedureId third = adopt(house, "3.0");
  EXPECT_EQ(house.procedures().standing(*house.procedures().of(third), kMonday), Standing::coming);
  EXPECT_EQ(house.procedures().at(kJune).adopted.id, third);
  house.clock().set(kJune);
  EXPECT_EQ(house.row(house.open_case()).state.procedure, third);
}

TEST(Procedures, NothingIsWithdrawnTwiceOrTooLateWhateverComesTogether) {
  SmallHouse house;
  const ProcedureId second = adopt(house, "2.0");
  Errand twice = withdrawing(second, "First.");
  twice.afterwards.push_back(withdrawing(second, "Second, in the same transaction."));
  ASSERT_TRUE(house.clerk().run(std::move(twice)).ok());
  EXPECT_EQ(house.reader().reach()->house, 1U);
  EXPECT_EQ(house.procedures().withdrawal_of(second)->reason, "First.");
  EXPECT_EQ(house.clerk().run(withdrawing(second, "Third.")).kind, Answer::Kind::withdrawn);

  const ProcedureId third = adopt(house, "3.0");
  EXPECT_EQ(house.clerk().run(withdrawing(ProcedureId{1}, "In force.")).kind, Answer::Kind::too_late);
  EXPECT_EQ(house.clerk().run(withdrawing(ProcedureId{9}, "No such.")).kind, Answer::Kind::too_late);
  // The clock of the transaction counts, not that of the page.
  house.clock().set(at_utc("2026-05-31T23:59:59Z"));
  EXPECT_EQ(house.procedures().standing(*house.procedures().of(third), house.clock().now()), Standing::coming);
  house.clock().set(at_utc("2026-06-01"));
  EXPECT_EQ(house.clerk().run(withdrawing(third, "At midnight.")).kind, Answer::Kind::too_late);
  EXPECT_EQ(house.procedures().at(house.clock().now()).adopted.id, third);
  EXPECT_EQ(house.reader().reach()->house, 1U) << "a refusal leaves no trace";
}

TEST(Procedures, ANoteThatComesTooLateWithdrawsNothing) {
  SmallHouse house;
  const ProcedureId second = adopt(house, "2.0");
  Procedures& all = house.procedures();
  all.heed(to_note({.id = second, .at = at_utc("2026-06-01"), .by = kSupervisor, .reason = "Late."}));
  all.heed(to_note({.id = ProcedureId{9}, .at = kMonday, .by = kSupervisor, .reason = "No such."}));
  all.heed({.number = 1, .at = kMonday, .by = {}, .what = "procedure_withdrawn", .detail = "{\"procedure\":\"2\"}"});
  all.heed({.number = 1, .at = kMonday, .by = {}, .what = "procedure_adopted", .detail = "{\"procedure\":2}"});
  EXPECT_FALSE(all.withdrawal_of(second));
  all.heed(to_note({.id = second, .at = at_utc("2026-05-31"), .by = kSupervisor, .reason = "In time."}));
  EXPECT_EQ(all.withdrawal_of(second).value().reason, "In time.");
}

TEST(Procedures, AWithdrawalOutlivesARestartAndARebuild) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("guichet-withdrawn-" + std::to_string(::getpid()) + ".db")).string();
  const auto remove = [&] {
    for (const char* end : {"", "-wal", "-shm", "-lock", ".key"}) std::filesystem::remove(path + end);
  };
  remove();
  ProcedureId second;
  {
    auto opened = open_ledger({.path = path, .mode = ledger::Opening::Mode::create_or_open, .key = {}});
    ASSERT_TRUE(opened) << opened.error().detail;
    SmallHouse house("guichet-unique", std::move(*opened));
    second = adopt(house, "2.0");
    ASSERT_TRUE(house.clerk().run(withdrawing(second, "A mistake.")).ok());
    house.clock().set(kJune);
    house.open_case();
  }
  {
    auto opened = open_ledger({.path = path, .mode = ledger::Opening::Mode::open, .key = {}});
    ASSERT_TRUE(opened) << opened.error().detail;
    const Procedures& all = *opened->procedures;
    ASSERT_TRUE(all.withdrawal_of(second));
    EXPECT_EQ(all.withdrawal_of(second)->by, kSupervisor);
    EXPECT_EQ(all.withdrawal_of(second)->at, kMonday);
    EXPECT_EQ(all.withdrawal_of(second)->reason, "A mistake.");
    EXPECT_EQ(all.at(kJune).adopted.id, ProcedureId{1});
    const auto wrong = opened->ledger->check();
    ASSERT_TRUE(wrong);
    EXPECT_TRUE(wrong->empty()) << wrong->front();
    const auto differing = opened->ledger->rebuild({});
    ASSERT_TRUE(differing);
    EXPECT_EQ(*differing, 0U);
  }
  remove();
}

}  // namespace
}  // namespace guichet::desk
