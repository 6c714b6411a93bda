// Real logs with figures that others computed: everything a mapping can express must come out, counts
// exactly, times and shares to the digits given. Without the shared data these tests have nothing to do.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <guichet/formats/json.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include "log_of.hpp"

namespace guichet::measures {
namespace {

using namespace testing;
using formats::JsonValue;

std::filesystem::path shared_data() {
  const char* named = std::getenv("GUICHET_SHARED_DATA");
  return named != nullptr ? named : std::filesystem::path(GUICHET_SOURCE_DIR) / ".." / "shared" / "data";
}

struct RealLog {
  std::string file, truth;
  std::string mapping;       // of tests/data/mappings; empty: a shipped one recognises the file
  std::string person, team;  // the truth's chains over the columns that the mapping calls so
};

void PrintTo(const RealLog& log, std::ostream* out) { *out << log.file << " " << log.mapping; }

class Truth : public ::testing::TestWithParam<RealLog> {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = shared_data() / "logs";
    if (!std::filesystem::exists(folder / GetParam().file)) GTEST_SKIP() << "no shared data";
    std::ifstream in(folder / (GetParam().truth + ".truth.json"), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    auto parsed = formats::parse_json(text.str(), GetParam().truth);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    truth_ = std::move(*parsed);

    intake::Reading reading;
    if (!GetParam().mapping.empty()) {
      auto mapping = intake::load_mapping(std::string{GUICHET_SOURCE_DIR} + "/tests/data/mappings/" +
                                          GetParam().mapping + ".toml");
      ASSERT_TRUE(mapping) << mapping.error().detail;
      reading.mapping = std::move(*mapping);
    }
    Tally tally;
    reading.on_case = [&](const CaseHistory& history) { tally.fold(history); };
    Vocabulary vocabulary;
    const auto summary = intake::read_log((folder / GetParam().file).string(), reading, vocabulary);
    ASSERT_TRUE(summary) << summary.error().detail;
    found_ = tally.findings(vocabulary);
  }

  static const JsonValue* under(const JsonValue* value, std::initializer_list<std::string_view> path) {
    for (const std::string_view key : path)
      if (value != nullptr) value = value->find(key);
    return value == nullptr || value->kind == JsonValue::Kind::null ? nullptr : value;
  }

  /// Holds `got` against the truth at `path`, to `digits` after the point, when the truth has it.
  void same(double got, std::initializer_list<std::string_view> path, int digits = 6) {
    const JsonValue* want = under(&truth_, path);
    if (want == nullptr) return;
    ++compared_;
    EXPECT_NEAR(got, want->number, 0.51 * std::pow(10, -digits)) << *(path.end() - 1);
  }

  struct ChainIds {
    MeasureId total, without, met, hand_offs, adjacent, bounces, returns;
  };
  void same_chain(std::string_view chain, const ChainIds& ids) {
    if (chain.empty() || under(&truth_, {chain}) == nullptr) return;
    same(number(found_, ids.total, "total"), {chain, "distinct"});
    same(number(found_, ids.without, "total"), {chain, "events_without"});
    same(number(found_, ids.without, "cases_with_none"), {chain, "cases_with_none"});
    same(number(found_, ids.met, "mean"), {chain, "distinct_per_case", "mean"});
    same(number(found_, ids.met, "p50"), {chain, "distinct_per_case", "median"});
    same(number(found_, ids.met, "max"), {chain, "distinct_per_case", "max"});
    same(number(found_, ids.met, "cases"), {chain, "cases_with_2_or_more"});
    same(number(found_, ids.hand_offs, "total"), {chain, "handoffs_total"});
    same(number(found_, ids.hand_offs, "mean"), {chain, "handoffs_per_case_mean"});
    same(number(found_, ids.hand_offs, "max"), {chain, "handoffs_per_case_max"});
    same(number(found_, ids.hand_offs, "cases"), {chain, "cases_with_handoff"});
    same(number(found_, ids.hand_offs, "share"), {chain, "share_with_handoff"});
    same(number(found_, ids.adjacent, "total"), {chain, "adjacent_handoffs_total"});
    same(number(found_, ids.adjacent, "cases"), {chain, "cases_with_adjacent_handoff"});
    same(number(found_, ids.bounces, "total"), {chain, "pingpong_total"});
    same(number(found_, ids.bounces, "cases"), {chain, "cases_with_pingpong"});
    same(number(found_, ids.bounces, "share"), {chain, "share_with_pingpong"});
    same(number(found_, ids.returns, "cases"), {chain, "cases_with_return"});
    same(number(found_, ids.returns, "share"), {chain, "share_with_return"});
  }

  void same_times(std::string_view key, MeasureId id) {
    const JsonValue* times = under(&truth_, {key});
    if (times == nullptr) return;
    for (const formats::JsonMember& one : times->members) {
      same(number(found_, id, one.key, "events"), {key, one.key, "events"});
      same(number(found_, id, one.key, "cases"), {key, one.key, "cases"});
      same(number(found_, id, one.key, "hours"), {key, one.key, "hours"}, 4);
      same(number(found_, id, one.key, "share"), {key, one.key, "share_of_case_time"});
    }
  }

  JsonValue truth_;
  Findings found_;
  int compared_ = 0;
};

TEST_P(Truth, ComesOut) {
  const bool own_mapping_of_another_column =
      GetParam().person.starts_with("chain") || GetParam().team.starts_with("chain");
  same(static_cast<double>(found_.cases), {"cases"});
  same(static_cast<double>(found_.events), {"events"});
  same(static_cast<double>(found_.activities), {"activities"});
  same(number(found_, MeasureId::variants, "total"), {"variants"});
  for (const auto& [ours, theirs] :
       {std::pair{"min", "min"}, {"p50", "median"}, {"mean", "mean"}, {"p90", "p90"}, {"max", "max"}}) {
    same(number(found_, MeasureId::events_per_case, ours), {"events_per_case", theirs});
    same(number(found_, MeasureId::cycle_time, ours), {"cycle_time_seconds", theirs}, 3);
  }
  same(number(found_, MeasureId::cases_zero_duration, "cases"), {"cases_zero_duration"});
  const JsonValue* activities = under(&truth_, {"activity_counts"});
  if (activities != nullptr)
    for (const formats::JsonMember& one : activities->members)
      same(number(found_, MeasureId::activity_counts, one.key, "events"), {"activity_counts", one.key});
  same_chain(GetParam().person,
             {MeasureId::persons, MeasureId::events_without_person, MeasureId::agents_met, MeasureId::hand_offs,
              MeasureId::adjacent_hand_offs, MeasureId::bounces, MeasureId::returns});
  same_chain(GetParam().team,
             {MeasureId::teams, MeasureId::events_without_team, MeasureId::teams_met, MeasureId::team_hand_offs,
              MeasureId::adjacent_team_hand_offs, MeasureId::team_bounces, MeasureId::team_returns});
  same_times("time_in_activity", MeasureId::time_in_activity);
  if (!own_mapping_of_another_column) {
    same(number(found_, MeasureId::activity_transition_pairs, "total"), {"activity_transition_pairs"});
    same_times("time_in_status", MeasureId::time_in_status);
    same(number(found_, MeasureId::reopened, "cases"), {"reopened", "cases"});
    same(number(found_, MeasureId::reopened, "share"), {"reopened", "share"});
    same(number(found_, MeasureId::reopened, "cases_resolved"), {"reopened", "cases_completed"});
    same(number(found_, MeasureId::reopened, "cases_resolved"), {"reopened", "cases_resolved"});
    same(number(found_, MeasureId::abandonment, "cases"), {"abandoned", "cases"});
    same(number(found_, MeasureId::appealed, "cases"), {"appealed", "cases"});
    same(number(found_, MeasureId::appealed, "share"), {"appealed", "share"});
    same(number(found_, MeasureId::whose_court, "seller", "hours"), {"waiting", "customer_or_user_side_hours"}, 4);
  }
  EXPECT_GE(compared_, 15) << "the truth was hardly looked at";
}

INSTANTIATE_TEST_SUITE_P(
    Logs, Truth,
    ::testing::Values(RealLog{"bpic2013_incidents.xes.gz", "bpic2013_incidents", "", "resource", "group"},
                      RealLog{"bpic2013_incidents.xes.gz", "bpic2013_incidents", "bpic2013-lines",
                              "chain_resource_country", "chain_organization_involved"},
                      RealLog{"bpic2013_incidents.xes.gz", "bpic2013_incidents", "bpic2013-roles", "", "chain_role"},
                      RealLog{"helpdesk.xes.gz", "helpdesk", "", "resource", "group"},
                      RealLog{"helpdesk_full.csv.gz", "helpdesk_full", "", "resource", "group"},
                      RealLog{"helpdesk_reduced.csv.gz", "helpdesk_reduced", "help-desk-reduced", "", ""},
                      RealLog{"receipt_wabo.xes.gz", "receipt_wabo", "", "resource", "group"},
                      RealLog{"road_traffic_fines.csv.gz", "road_traffic_fines", "", "resource", ""},
                      RealLog{"sepsis.xes.gz", "sepsis", "sepsis", "", "group"},
                      RealLog{"bpic2020_domestic_declarations.xes.gz", "bpic2020_domestic_declarations", "bpic2020",
                              "resource", "group"},
                      RealLog{"production_lifecycle.xes.gz", "production_lifecycle", "production", "resource", ""},
                      RealLog{"teleclaims_synthetic.xes.gz", "teleclaims_synthetic", "teleclaims", "resource", ""},
                      RealLog{"running-example.xes", "running-example", "running-example", "resource", ""}),
    [](const auto& one) { return "n" + std::to_string(one.index); });

// --- the clocks behind closings ---

class Clocks : public Truth {};

TEST_P(Clocks, AreFoundWhereThereAreAny) {
  const std::string& file = GetParam().file;
  if (file.starts_with("bpic2013") && GetParam().mapping.empty()) {
    ASSERT_EQ(found_.closing_rules.size(), 1U);
    const NamedRule& named = found_.closing_rules[0];
    EXPECT_EQ(named.start, "Completed/Resolved");
    EXPECT_EQ(named.finish, "Completed/Closed");
    EXPECT_EQ(named.actor, "Siebel");
    EXPECT_TRUE(named.machine);
    const double days = static_cast<double>(named.rule.delay.count()) / 86'400'000;
    EXPECT_GE(days, 7.3);
    EXPECT_LE(days, 7.6);
    EXPECT_DOUBLE_EQ(named.rule.clock_hours, 168);
    EXPECT_NEAR(named.rule.share, 0.643, 0.01);  // between seven and eight days
  } else if (file.starts_with("helpdesk.") || file.starts_with("helpdesk_full")) {
    ASSERT_EQ(found_.closing_rules.size(), 1U);
    const ClosingRule& rule = found_.closing_rules[0].rule;
    EXPECT_DOUBLE_EQ(rule.clock_hours, 360);
    EXPECT_GT(rule.share, 0.85);
    EXPECT_GE(rule.first, parse_instant("2012-08-15").value());
    EXPECT_LE(rule.first, parse_instant("2012-11-15").value());
    EXPECT_NEAR(rule.before.p50 / 86'400'000, 32, 1);
  } else if (file.starts_with("receipt") || file.starts_with("road") || file.starts_with("sepsis") ||
             file.starts_with("running")) {
    EXPECT_TRUE(found_.closing_rules.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Logs, Clocks,
                         ::testing::Values(RealLog{"bpic2013_incidents.xes.gz", "bpic2013_incidents", "", "", ""},
                                           RealLog{"helpdesk.xes.gz", "helpdesk", "", "", ""},
                                           RealLog{"helpdesk_full.csv.gz", "helpdesk_full", "", "", ""},
                                           RealLog{"receipt_wabo.xes.gz", "receipt_wabo", "", "", ""},
                                           RealLog{"road_traffic_fines.csv.gz", "road_traffic_fines", "", "", ""},
                                           RealLog{"sepsis.xes.gz", "sepsis", "sepsis", "", ""},
                                           RealLog{"running-example.xes", "running-example", "running-example", "",
                                                   ""}),
                         [](const auto& one) { return "n" + std::to_string(one.index); });

}  // namespace
}  // namespace guichet::measures
