#include <guichet/dossier/comparison.hpp>

#include <gtest/gtest.h>

#include <guichet/formats/json.hpp>
#include <guichet/measures/tally.hpp>

namespace guichet::dossier {
namespace {

using formats::Language;

constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

/// Cases of two moments, `hours` apart, by one person of the desk.
measures::Findings findings_of(int cases, int hours, const std::string& activity, bool persons) {
  measures::Tally tally;
  for (int i = 0; i < cases; ++i) {
    Moment one;
    one.at = kStart + std::chrono::hours{i};
    one.activity = 1;
    one.turn = Turn::desk;
    one.person = persons ? 1 : 0;
    Moment two = one;
    two.at += std::chrono::hours{hours};
    tally.fold({{}, std::vector{one, two}});
  }
  Vocabulary names;
  names.activities = {activity};
  names.persons = {"Ann"};
  return tally.findings(names);
}

struct Sides {
  measures::Findings a = findings_of(10, 2, "=cmd|x", true);
  measures::Findings b = findings_of(20, 5, "an\nswer", false);
  ReportSource source_a, source_b;

  Sides() {
    source_a.name = "a.csv";
    source_b.name = "b\x1b[2J.csv";
  }
  Comparison compared(std::optional<double> last = 7'200) const {
    return {a, b, source_a, source_b, {0.25, 3'600, 0, 0, 10'800, last}};
  }
};

TEST(Comparison, as_json_holds_both_sides_and_their_difference) {
  const Sides sides;
  const auto json = formats::parse_json(comparison_as_json(sides.compared({})), "json");
  ASSERT_TRUE(json) << json.error().detail;
  const auto* distances = json->find("distances");
  EXPECT_EQ(distances->find("ngram")->find("value")->number, 0.25);
  EXPECT_EQ(distances->find("ngram")->find("unit")->text, "share");
  EXPECT_EQ(distances->find("cycle_time")->find("code")->text, "CTD");
  EXPECT_EQ(distances->find("case_arrivals")->find("value")->kind, formats::JsonValue::Kind::null);
  const auto* median = json->find("measures")->find("cycle_time")->find("p50");
  EXPECT_EQ(median->find("a")->number, 7'200);
  EXPECT_EQ(median->find("b")->number, 18'000);
  EXPECT_EQ(median->find("difference")->number, 10'800);
  // A row of one log only has no difference.
  const auto* row = json->find("measures")->find("activity_counts")->find("by")->find("=cmd|x");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->find("events")->find("a")->number, 20);
  EXPECT_EQ(row->find("events")->find("b")->kind, formats::JsonValue::Kind::null);
  EXPECT_EQ(row->find("events")->find("difference")->kind, formats::JsonValue::Kind::null);
  EXPECT_EQ(json->find("only_in_a")->items.front().text, "persons");
  EXPECT_TRUE(json->find("only_in_b")->items.empty());
}

TEST(Comparison, as_csv_has_one_line_per_number) {
  const Sides sides;
  const std::string csv = comparison_as_csv(sides.compared());
  EXPECT_NE(csv.find("\r\nabsolute_events,seconds,,distance,,,3600\r\n"), std::string::npos);
  EXPECT_NE(csv.find("\r\ncycle_time,seconds,,p50,7200,18000,10800\r\n"), std::string::npos);
  EXPECT_NE(csv.find("\r\nactivity_counts,count,'=cmd|x,events,20,,\r\n"), std::string::npos);
  EXPECT_NE(csv.find("\r\nactivity_counts,count,\"an\nswer\",events,,40,\r\n"), std::string::npos);
}

TEST(Comparison, as_text_says_what_differs_in_both_languages) {
  const Sides sides;
  const std::string english = comparison_as_text(sides.compared(), Language::en);
  EXPECT_NE(english.find("A  a.csv\n   10 cases and 20 events"), std::string::npos);
  EXPECT_EQ(english.find('\x1b'), std::string::npos);
  EXPECT_NE(english.find("25% are in one log without a partner"), std::string::npos);
  EXPECT_NE(english.find("A case would have to take 3 hours more or less"), std::string::npos);
  EXPECT_NE(english.find("+3\u00a0h\n"), std::string::npos);
  EXPECT_NE(english.find("Only A says enough for:"), std::string::npos);
  EXPECT_EQ(english.find("Only B says enough for:"), std::string::npos);
  EXPECT_NE(comparison_as_text(sides.compared({}), Language::fr).find("inconnu"), std::string::npos);
}

}  // namespace
}  // namespace guichet::dossier
