#include <guichet/desk/measured.hpp>

#include <gtest/gtest.h>

#include <string>

#include <guichet/desk/importing.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/measures/tally.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

using measures::Figure;
using measures::Findings;
using measures::MeasureId;

double number(const Findings& findings, MeasureId id, std::string_view stat) {
  const Figure* figure = findings.figure(id);
  return figure == nullptr ? -1 : figure->stat(stat).value_or(-1);
}

MeasuredLedger measured(SmallHouse& house, const OpenedIn& period = {}) {
  auto result = measure_ledger(house.ledger(), house.procedures(), period, "ledger", "guichet measure", {});
  EXPECT_TRUE(result) << (result ? "" : result.error().detail);
  return result ? *std::move(result) : MeasuredLedger{};
}

TEST(measured, our_own_cases_by_the_names_of_their_procedure) {
  SmallHouse house;
  const CaseId one = house.open_case();
  house.clock().advance(Duration{3'600'000});
  EXPECT_TRUE(house.act(kAgentMarie, one, "message", {{"body", "On Friday."}, {"answers", "0"}}).ok());
  house.open_case(kSellerBob, "stock");
  const MeasuredLedger all = measured(house);
  EXPECT_EQ(all.findings.cases, 2U);
  EXPECT_EQ(all.reach.position, all.findings.events);
  EXPECT_DOUBLE_EQ(number(all.findings, MeasureId::agents_who_wrote, "max"), 1);
  const Figure* teams = all.findings.figure(MeasureId::by_team);
  ASSERT_NE(teams, nullptr);
  ASSERT_EQ(teams->rows.size(), 1U);
  EXPECT_EQ(teams->rows[0].label, "owner") << "the level's own name";
  // What our events can say and did not is a zero, not a gap.
  EXPECT_DOUBLE_EQ(number(all.findings, MeasureId::appealed, "cases"), 0);
}

TEST(measured, only_cases_opened_in_the_period) {
  SmallHouse house;
  house.open_case();
  house.clock().set(at_utc("2026-05-01T10:00:00Z"));
  house.open_case();
  house.open_case();
  EXPECT_EQ(measured(house, {.from = at_utc("2026-05-01")}).findings.cases, 2U);
  EXPECT_EQ(measured(house, {.from = Instant::min(), .until = at_utc("2026-05-01")}).findings.cases, 1U);
  EXPECT_EQ(measured(house, {.from = at_utc("2027-01-01")}).findings.cases, 0U);
}

void expect_same(const Findings& one, const Findings& other) {
  EXPECT_EQ(one.cases, other.cases);
  EXPECT_EQ(one.events, other.events);
  EXPECT_EQ(one.activities, other.activities);
  EXPECT_EQ(one.from, other.from);
  EXPECT_EQ(one.to, other.to);
  ASSERT_EQ(one.figures.size(), other.figures.size());
  for (std::size_t i = 0; i < one.figures.size(); ++i) {
    const Figure &a = one.figures[i], &b = other.figures[i];
    const std::string which{measures::measure(a.id).name};
    ASSERT_EQ(a.id, b.id) << which;
    EXPECT_EQ(a.n, b.n) << which;
    EXPECT_EQ(a.unknown, b.unknown) << which;
    ASSERT_EQ(a.stats.size(), b.stats.size()) << which;
    for (std::size_t k = 0; k < a.stats.size(); ++k) EXPECT_DOUBLE_EQ(a.stats[k].value, b.stats[k].value) << which;
    ASSERT_EQ(a.rows.size(), b.rows.size()) << which;
    // Persons are called by their numbers here, so their rows stand in another order.
    if (a.id == MeasureId::by_person) continue;
    for (std::size_t k = 0; k < a.rows.size(); ++k) {
      EXPECT_EQ(a.rows[k].label, b.rows[k].label) << which;
      for (std::size_t m = 0; m < a.rows[k].stats.size(); ++m)
        EXPECT_DOUBLE_EQ(a.rows[k].stats[m].value, b.rows[k].stats[m].value) << which << " " << a.rows[k].label;
    }
  }
  ASSERT_EQ(one.not_computed.size(), other.not_computed.size());
  for (std::size_t i = 0; i < one.not_computed.size(); ++i) EXPECT_EQ(one.not_computed[i].id, other.not_computed[i].id);
  ASSERT_EQ(one.closing_rules.size(), other.closing_rules.size());
  for (std::size_t i = 0; i < one.closing_rules.size(); ++i) {
    EXPECT_EQ(one.closing_rules[i].start, other.closing_rules[i].start);
    EXPECT_EQ(one.closing_rules[i].rule.n, other.closing_rules[i].rule.n);
  }
}

TEST(measured, an_imported_log_as_the_log_itself) {
  const std::string log = std::string{GUICHET_SOURCE_DIR} + "/samples/marketplace.csv.gz";
  SmallHouse house;
  auto importer = Importer::begin(house.ledger(), shelving(house.procedures()),
                                  {.name = "marketplace", .digest = "d", .said = {}}, house.clock().now());
  ASSERT_TRUE(importer) << importer.error().detail;
  measures::Tally tally;
  Vocabulary names;
  auto chosen = intake::choose_mapping(log);
  ASSERT_TRUE(chosen) << chosen.error().detail;
  intake::Reading reading;
  reading.mapping = std::move(chosen->mapping);
  reading.on_case = [&](const CaseHistory& history) {
    tally.fold(history);
    (*importer)->add(history, names);
  };
  const auto summary = intake::read_log(log, reading, names);
  ASSERT_TRUE(summary) << summary.error().detail;
  const auto imported = (*importer)->finish({});
  ASSERT_TRUE(imported) << imported.error().detail;
  ASSERT_GT(imported->cases, 100U);
  expect_same(tally.findings(names), measured(house).findings);
}

TEST(measured, can_be_given_up) {
  SmallHouse house;
  house.open_case();
  const auto result = measure_ledger(house.ledger(), house.procedures(), {}, "ledger", "",
                                     [](std::uint64_t, std::uint64_t) { return false; });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::conflict);
}

}  // namespace
}  // namespace guichet::desk
