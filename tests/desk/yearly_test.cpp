#include <guichet/desk/yearly.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

using Matters = std::vector<MatterFigure>;

MatterFigure matter(const std::string& id, std::uint64_t n) { return {.id = id, .n = n, .together = false}; }
MatterFigure together(std::uint64_t n) { return {.id = {}, .n = n, .together = true}; }

TEST(yearly, large_numbers_are_told_one_by_one) {
  EXPECT_EQ(without_small_numbers({matter("a", 5), matter("b", 40), matter("none", 0)}),
            (Matters{matter("b", 40), matter("a", 5)}));
}

TEST(yearly, one_small_number_takes_another_with_it) {
  // Shown alone, "c" could be had by subtracting the others from the whole.
  EXPECT_EQ(without_small_numbers({matter("a", 30), matter("b", 20), matter("c", 4)}),
            (Matters{matter("a", 30), together(24)}));
}

TEST(yearly, small_numbers_are_joined_until_they_are_not_small) {
  EXPECT_EQ(without_small_numbers({matter("a", 30), matter("b", 20), matter("c", 1), matter("d", 2)}),
            (Matters{matter("a", 30), together(23)}));
  EXPECT_EQ(without_small_numbers({matter("a", 30), matter("b", 20), matter("c", 3), matter("d", 2)}),
            (Matters{matter("a", 30), matter("b", 20), together(5)}));
}

TEST(yearly, no_small_number_can_be_found_in_any_table) {
  for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
    Random random(seed);
    Matters all;
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0, most = 1 + random.below(9); i < most; ++i) {
      all.push_back(matter("m" + std::to_string(i), random.below(random.below(2) == 0 ? 6U : 30U)));
      sum += all.back().n;
    }
    if (sum < kFewest) continue;
    const Matters shown = without_small_numbers(all);
    std::uint64_t told = 0, alone = 0;
    for (const MatterFigure& one : shown) {
      ASSERT_GE(one.n, kFewest) << "seed " << seed;
      told += one.n;
      if (one.together) continue;
      ++alone;
      ASSERT_NE(std::ranges::find(all, one), all.end()) << "seed " << seed;
    }
    ASSERT_EQ(told, sum) << "seed " << seed;
    // Whatever is not told alone is more than one matter.
    const auto some = std::ranges::count_if(all, [](const MatterFigure& one) { return one.n != 0; });
    ASSERT_TRUE(alone == static_cast<std::uint64_t>(some) || static_cast<std::uint64_t>(some) - alone >= 2 || some == 1)
        << "seed " << seed;
  }
}

TEST(yearly, the_outcome_is_the_one_that_stands_now) {
  const auto outcome = [](auto change) {
    ledger::ShelfRow row;
    row.state.procedure = ProcedureId{1};
    change(row);
    return outcome_of(row);
  };
  const auto closed = [](ledger::ShelfRow& row, Ground ground) {
    row.state.phase_bits = static_cast<std::uint8_t>(Phase::closed);
    row.closed_on = static_cast<std::uint8_t>(ground);
  };
  const auto decided = [](ledger::ShelfRow& row, Decided as) {
    row.state.phase_bits = static_cast<std::uint8_t>(Phase::decided);
    row.state.flags |= kHasDecision;
    row.decided_as = static_cast<std::uint8_t>(as);
  };
  EXPECT_EQ(outcome([](ledger::ShelfRow&) {}), CaseOutcome::not_yet);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) { closed(row, Ground::agreement); }), CaseOutcome::agreed);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) { closed(row, Ground::seller_wish); }), CaseOutcome::withdrawn);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) { closed(row, Ground::seller_silence); }),
            CaseOutcome::closed_by_silence);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) { closed(row, Ground::desk_alone); }), CaseOutcome::closed_by_desk);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) { decided(row, Decided::partly_granted); }),
            CaseOutcome::partly_granted);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) {
              decided(row, Decided::refused);
              closed(row, Ground::decision);
            }),
            CaseOutcome::refused);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) {
              decided(row, Decided::refused);
              row.state.phase_bits = static_cast<std::uint8_t>(Phase::under_appeal);
            }),
            CaseOutcome::not_yet);
  EXPECT_EQ(outcome([&](ledger::ShelfRow& row) {
              closed(row, Ground::desk_alone);
              row.state.procedure = {};
            }),
            CaseOutcome::closed_elsewhere);
}

/// Six cases on payment and one on stock in 2026, one of them decided after two hours; one in 2027.
class AYear : public ::testing::Test {
 protected:
  AYear() {
    for (int i = 0; i < 6; ++i) cases_.push_back(house_.open_case());
    house_.open_case(kSellerBob, "stock");
    for (int i = 0; i < 5; ++i) {
      house_.clock().advance(Duration{2 * 3'600'000});
      EXPECT_TRUE(
          house_.act(kSellerAnn, cases_[static_cast<std::size_t>(i)], "close", {{"ground", "seller_wish"}}).ok());
    }
    // In Paris the new year has begun.
    house_.clock().set(at_utc("2026-12-31T23:30:00Z"));
    house_.open_case();
  }

  YearlyFigures figures() {
    auto counted = yearly_figures(house_.ledger(), house_.procedures(), "Europe/Paris", {});
    EXPECT_TRUE(counted) << (counted ? "" : counted.error().detail);
    return counted ? *counted : YearlyFigures{};
  }

  SmallHouse house_;
  std::vector<CaseId> cases_;
};

TEST_F(AYear, is_counted_by_the_calendar_of_the_desk) {
  const YearlyFigures counted = figures();
  ASSERT_EQ(counted.years.size(), 2U);
  EXPECT_EQ(counted.years[0].year, 2027);
  EXPECT_EQ(counted.years[0].lodged, 1U);
  EXPECT_FALSE(counted.years[0].enough);
  EXPECT_TRUE(counted.years[0].matters.empty());
  EXPECT_TRUE(counted.years[0].measures.empty());

  const YearFigures& year = counted.years[1];
  EXPECT_EQ(year.year, 2026);
  EXPECT_EQ(year.lodged, 7U);
  EXPECT_EQ(year.matters, Matters{together(7)}) << "one case on stock would be told by subtraction";
  EXPECT_EQ(year.outcomes[static_cast<std::size_t>(CaseOutcome::withdrawn)], 5U);
  EXPECT_EQ(year.outcomes[static_cast<std::size_t>(CaseOutcome::not_yet)], 2U);
  EXPECT_EQ(std::accumulate(year.outcomes.begin(), year.outcomes.end(), std::uint64_t{0}), year.lodged);
  EXPECT_EQ(year.processed, 5U);
  EXPECT_DOUBLE_EQ(year.hours_mean, 6);  // 2, 4, 6, 8, 10
  EXPECT_DOUBLE_EQ(year.hours_median, 6);
  ASSERT_EQ(year.measures.size(), 3U);
  EXPECT_EQ(measures::measure(year.measures[0].id).code, "M6");
  EXPECT_EQ(measures::measure(year.measures[1].id).code, "M8");
  EXPECT_EQ(measures::measure(year.measures[2].id).code, "M13");
  EXPECT_FALSE(year.measures[2].value) << "no decision was looked at again";
}

TEST_F(AYear, as_a_table_keeps_small_numbers_back_too) {
  const std::string csv = figures_as_csv(figures());
  EXPECT_NE(csv.find("2026,lodged,,cases,7,7\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find("2026,matter,others_together,cases,7,7\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find("2026,time_to_process,mean,hours,5,6\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find("2026,outcome,withdrawn,cases,7,5\r\n"), std::string::npos) << csv;
  EXPECT_EQ(csv.find("stock"), std::string::npos) << csv;
  EXPECT_NE(csv.find("2027,lodged,,cases,1,1\r\n"), std::string::npos) << csv;
  EXPECT_EQ(csv.find("2027,outcome"), std::string::npos) << csv;
}

TEST_F(AYear, can_be_given_up) {
  const auto counted =
      yearly_figures(house_.ledger(), house_.procedures(), "UTC", [](std::uint64_t, std::uint64_t) { return false; });
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().fault, Fault::conflict);
}

TEST(yearly, an_empty_ledger_has_no_year) {
  SmallHouse house;
  const auto counted = yearly_figures(house.ledger(), house.procedures(), "UTC", {});
  ASSERT_TRUE(counted);
  EXPECT_TRUE(counted->years.empty());
  EXPECT_EQ(figures_as_csv(*counted), "year,figure,of,unit,n,value\r\n");
}

}  // namespace
}  // namespace guichet::desk
