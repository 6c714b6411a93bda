#include <guichet/desk/recounts.hpp>

#include <gtest/gtest.h>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

/// Long enough for any machine: the first count is waited for.
constexpr Duration kUntilItIsThere{600'000};

class Counting : public ::testing::Test {
 protected:
  Counting()
      : recounts_(Recounts::start({.ledger = &house_.ledger(),
                                   .clerk = &house_.clerk(),
                                   .procedures = &house_.procedures(),
                                   .clock = &house_.clock()})) {}
  ~Counting() override { recounts_->stop(); }

  ledger::Reach reach() { return *house_.reader().reach(); }
  std::uint64_t cases_told() {
    const auto count = recounts_->figures(reach(), kUntilItIsThere);
    std::uint64_t lodged = 0;
    if (count.last)
      for (const YearFigures& year : count.last->years) lodged += year.lodged;
    return lodged;
  }

  SmallHouse house_;
  std::unique_ptr<Recounts> recounts_;
};

TEST_F(Counting, the_first_count_is_waited_for) {
  house_.open_case();
  const auto count = recounts_->figures(reach(), kUntilItIsThere);
  ASSERT_NE(count.last, nullptr);
  EXPECT_EQ(count.last->reach.position, reach().position);
  EXPECT_EQ(count.counted, house_.clock().now());
  EXPECT_EQ(count.fault, "");
}

TEST_F(Counting, a_count_stays_until_the_ledger_has_gone_on_and_time_has_passed) {
  // Two hundred events or so, so that one more is little.
  for (int i = 0; i < 40; ++i) house_.open_case();
  EXPECT_EQ(cases_told(), 40U);
  const Answer said = house_.act(kSellerAnn, CaseId{1}, "message", {{"body", "And?"}});
  ASSERT_TRUE(said.ok());
  const std::uint64_t before = recounts_->figures(reach(), kUntilItIsThere).last->reach.position;
  recounts_->settle();
  EXPECT_EQ(recounts_->figures(reach(), kUntilItIsThere).last->reach.position, before) << "one event is little";
  house_.clock().advance(Duration{61'000});
  recounts_->figures(reach(), kUntilItIsThere);
  recounts_->settle();
  EXPECT_EQ(recounts_->figures(reach(), kUntilItIsThere).last->reach.position, reach().position);
}

TEST_F(Counting, much_more_is_counted_at_once) {
  house_.open_case();
  EXPECT_EQ(cases_told(), 1U);
  house_.open_case();
  cases_told();
  recounts_->settle();
  EXPECT_EQ(cases_told(), 2U);
}

TEST_F(Counting, an_old_count_is_told_as_old_or_waited_for) {
  house_.open_case();
  // Whether it is there already when nobody waits for it is for the machine to say.
  recounts_->figures(reach(), Duration{0}, CountAge::good);
  recounts_->settle();
  EXPECT_FALSE(recounts_->figures(reach(), Duration{0}, CountAge::good).is_old);
  for (int i = 0; i < 3; ++i) house_.open_case();
  house_.clock().advance(std::chrono::days{49});
  const auto any = recounts_->measures({}, reach(), kUntilItIsThere);
  EXPECT_FALSE(any.is_old) << "the first one is waited for";
  const auto old = recounts_->figures(reach(), Duration{0});
  ASSERT_NE(old.last, nullptr);
  EXPECT_EQ(old.last->years.front().lodged, 1U) << "a page shows it, and says when it was made";
  EXPECT_TRUE(old.is_old);
  const auto good = recounts_->figures(reach(), kUntilItIsThere, CountAge::good);
  ASSERT_NE(good.last, nullptr);
  EXPECT_FALSE(good.is_old);
  EXPECT_EQ(good.last->reach.position, reach().position);
  EXPECT_EQ(good.counted, house_.clock().now());
}

TEST_F(Counting, nothing_new_is_not_counted_again) {
  house_.open_case();
  const auto first = recounts_->measures({}, reach(), kUntilItIsThere).last;
  house_.clock().advance(Duration{3'600'000});
  recounts_->measures({}, reach(), kUntilItIsThere);
  recounts_->settle();
  EXPECT_EQ(recounts_->measures({}, reach(), kUntilItIsThere).last, first);
}

TEST_F(Counting, periods_are_counted_apart_and_the_oldest_make_room) {
  house_.open_case();
  for (int day = 1; day <= 20; ++day) {
    const OpenedIn period{.from = kMonday - std::chrono::days{20}, .until = kMonday - std::chrono::days{20 - day}};
    const auto count = recounts_->measures(period, reach(), kUntilItIsThere);
    ASSERT_NE(count.last, nullptr);
    EXPECT_EQ(count.last->findings.cases, 0U) << "it was opened on Monday";
    house_.clock().advance(Duration{1'000});
  }
  EXPECT_EQ(recounts_->measures({}, reach(), kUntilItIsThere).last->findings.cases, 1U);
}

TEST_F(Counting, a_check_becomes_a_record_and_a_note) {
  house_.open_case();
  recounts_->check(kAuditor);
  recounts_->settle();
  EXPECT_FALSE(recounts_->checking());
  const auto record = house_.reader().record("ledger_check", "last");
  ASSERT_TRUE(record && *record);
  const auto checked = ledger_checked_from(**record);
  ASSERT_TRUE(checked) << checked.error().detail;
  EXPECT_EQ(checked->faults, 0U);
  EXPECT_EQ(checked->position, reach().position);
  EXPECT_EQ(checked->at, house_.clock().now());
  const auto notes = house_.reader().house_notes(0, 10);
  ASSERT_TRUE(notes);
  ASSERT_FALSE(notes->empty());
  EXPECT_EQ(notes->back().what, "ledger_checked");
  EXPECT_EQ(notes->back().by, kAuditor);
}

TEST_F(Counting, after_the_end_nothing_is_counted) {
  house_.open_case();
  recounts_->stop();
  const auto count = recounts_->figures(reach(), Duration{0});
  EXPECT_EQ(count.last, nullptr);
  EXPECT_FALSE(count.running);
  recounts_->check(kAuditor);
  EXPECT_FALSE(recounts_->checking());
}

TEST(ledger_checked, comes_back_from_its_record) {
  const LedgerChecked checked{.at = kMonday, .position = 77, .faults = 2, .first = {"one", "\"two\""}};
  const auto read = ledger_checked_from(to_record(checked));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at, checked.at);
  EXPECT_EQ(read->position, 77U);
  EXPECT_EQ(read->faults, 2U);
  EXPECT_EQ(read->first, checked.first);
  EXPECT_FALSE(ledger_checked_from({.kind = "ledger_check", .key = "last", .body = "{}"}));
}

}  // namespace
}  // namespace guichet::desk
