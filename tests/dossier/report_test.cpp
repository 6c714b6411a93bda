#include <guichet/dossier/report.hpp>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <guichet/dossier/numbers.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/measures/tally.hpp>

namespace guichet::dossier {
namespace {

using formats::Language;

constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

ReportSource a_source() {
  ReportSource source;
  source.name = "desk.csv";
  source.format = "CSV, \",\", utf-8";
  source.mapping = "desk";
  source.mapping_origin = "given";
  source.command = "guichet measure desk.csv --mapping desk.toml";
  source.skipped = {{"no time", 3, {"line 4", "line 9"}, "<b>32 May</b>"}};
  return source;
}

/// Sixty cases of two persons, closed by a machine after a week, under names that a log may bring.
measures::Findings some_findings(const std::string& activity = "answer", const std::string& person = "Marie") {
  measures::Tally tally;
  for (int i = 0; i < 60; ++i) {
    const auto moment = [&](int hours, std::uint32_t name, std::uint32_t person_index) {
      Moment one;
      one.at = kStart + std::chrono::hours{5 * i + hours};
      one.activity = name;
      one.status = name;
      one.person = person_index;
      one.team = 1 + person_index % 2;
      one.turn = person_index == 1 ? Turn::desk : Turn::seller;
      return one;
    };
    std::vector<Moment> moments{moment(0, 1, 1), moment(1 + i % 9, 1, 2), moment(20, 1, 1), moment(20 + 24 * 7, 2, 3)};
    moments[1].kind = EventKind::message_sent;
    moments[1].party = Party::desk;
    moments[3].kind = EventKind::closed;
    moments[3].flags = kMomentSystem;
    tally.fold({{}, moments});
  }
  Vocabulary names;
  names.activities = names.statuses = {activity, "close"};
  names.persons = {person, "Paul", "robot"};
  names.teams = {"front", "back"};
  return tally.findings(names);
}

const formats::JsonValue* at(const formats::JsonValue& root, std::initializer_list<std::string_view> path) {
  const formats::JsonValue* value = &root;
  for (const std::string_view key : path)
    if (value != nullptr) value = value->find(key);
  return value;
}

TEST(PlainNumber, HasNoExponentAndNoIdleZeros) {
  EXPECT_EQ(plain_number(1'043'655.35), "1043655.35");
  EXPECT_EQ(plain_number(91'234'567'890.0), "91234567890");
  EXPECT_EQ(plain_number(0.157003), "0.157003");
  EXPECT_EQ(plain_number(-0.0000001), "0");
  EXPECT_EQ(plain_number(12.34567, 2), "12.35");
}

TEST(ReportAsJson, HoldsTheNumbersAndWhatIsMissing) {
  const auto json = formats::parse_json(report_as_json(some_findings(), a_source(), Language::en), "report");
  ASSERT_TRUE(json) << json.error().detail;
  EXPECT_EQ(at(*json, {"source"})->text, "desk.csv");
  EXPECT_EQ(at(*json, {"cases"})->integer, 60);
  EXPECT_EQ(at(*json, {"events"})->integer, 240);
  EXPECT_EQ(at(*json, {"from"})->text, "2026-03-02T00:00:00Z");
  EXPECT_EQ(at(*json, {"measures", "cycle_time", "unit"})->text, "seconds");
  EXPECT_EQ(at(*json, {"measures", "cycle_time", "p50"})->integer, (20 + 24 * 7) * 3'600);
  EXPECT_EQ(at(*json, {"measures", "hand_offs", "total"})->integer, 180);
  EXPECT_EQ(at(*json, {"measures", "bounces", "cases"})->integer, 60);
  EXPECT_EQ(at(*json, {"measures", "time_in_status", "by", "answer", "hours"})->integer, 60 * (20 + 24 * 7));
  const formats::JsonValue* rules = at(*json, {"measures", "auto_close", "rules"});
  ASSERT_EQ(rules->items.size(), 1U);
  EXPECT_EQ(at(rules->items[0], {"clock_hours"})->integer, 168);
  EXPECT_EQ(at(rules->items[0], {"actor"})->text, "robot");
  EXPECT_TRUE(at(rules->items[0], {"actor_is_machine"})->boolean);
  EXPECT_EQ(at(*json, {"not_computed", "restarts", "needs"})->items.size(), 2U);
  EXPECT_FALSE(at(*json, {"not_computed", "restarts", "reason"})->text.empty());
  EXPECT_EQ(at(*json, {"skipped"})->items[0].find("count")->integer, 3);
}

TEST(Report, IsTheSameForTheSameInput) {
  for (const Language language : {Language::en, Language::fr}) {
    EXPECT_EQ(report_as_json(some_findings(), a_source(), language),
              report_as_json(some_findings(), a_source(), language));
    EXPECT_EQ(report_as_page(some_findings(), a_source(), language),
              report_as_page(some_findings(), a_source(), language));
    EXPECT_EQ(report_as_text(some_findings(), a_source(), language),
              report_as_text(some_findings(), a_source(), language));
  }
}

TEST(Report, OfAnEmptyLogIsWholeInEveryForm) {
  const measures::Findings nothing = measures::Tally{}.findings({});
  for (const Language language : {Language::en, Language::fr}) {
    EXPECT_TRUE(formats::parse_json(report_as_json(nothing, {}, language), "report"));
    EXPECT_FALSE(report_as_text(nothing, {}, language).empty());
  }
  ReportSource source = a_source();
  EXPECT_NE(report_as_page(nothing, source, Language::en).find("There is no case in this log."), std::string::npos);
}

TEST(ReportAsPage, CannotBeScriptedByALog) {
  const measures::Findings findings = some_findings("<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>");
  ReportSource source = a_source();
  source.name = "</title><script>alert(3)</script>";
  for (const Language language : {Language::en, Language::fr}) {
    const std::string page = report_as_page(findings, source, language);
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("<img"), std::string::npos);
    EXPECT_EQ(page.find("<b>32 May"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos) << "the name is shown, as words";
  }
  EXPECT_EQ(report_as_json(findings, source, Language::en).find("<script"), std::string::npos);
}

TEST(ReportAsPage, LoadsNothingAndTellsEachPlotTwice) {
  const std::string page = report_as_page(some_findings(), a_source(), Language::fr);
  for (const char* outside : {"http://", "https://", "src=", "@import", "url("})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  const auto count = [&](std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = page.find(what); at != std::string::npos; at = page.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_GE(count("<svg"), 7U);
  EXPECT_EQ(count("<svg"), count("<figcaption>")) << "a sentence for each plot";
  EXPECT_EQ(count("<svg"), count("<details open")) << "a table for each plot";
  EXPECT_NE(page.find("En bref"), std::string::npos);
}

TEST(ReportAsText, IsAlignedAndCannotMoveTheCursor) {
  const std::string text = report_as_text(some_findings("bell\a and\x1b[2J"), a_source(), Language::en);
  EXPECT_EQ(text.find('\a'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("Hand-offs between persons"), std::string::npos);
  EXPECT_NE(text.find("a clock of 168 hours"), std::string::npos);
}

TEST(ReportAsCsv, QuotesAndDisarmsNames) {
  const std::string csv = report_as_csv(some_findings("=SUM(A1)", "a \"b\", c"));
  EXPECT_TRUE(csv.starts_with("measure,code,unit,row,stat,value\r\n"));
  EXPECT_NE(csv.find("time_in_status,,seconds,'=SUM(A1),seconds,"), std::string::npos);
  EXPECT_NE(csv.find("by_person,,count,\"a \"\"b\"\", c\",events,120\r\n"), std::string::npos);
  EXPECT_NE(csv.find("cycle_time,,seconds,,p50,676800\r\n"), std::string::npos);
}

TEST(Catalogue, PageIsTheOneInDocs) {
  const std::string path = std::string{GUICHET_SOURCE_DIR} + "/docs/measures.md";
  if (std::getenv("GUICHET_BLESS") != nullptr)
    std::ofstream(path, std::ios::binary) << catalogue_as_markdown(Language::en);
  std::ifstream in(path, std::ios::binary);
  std::stringstream page;
  page << in.rdbuf();
  EXPECT_EQ(page.str(), catalogue_as_markdown(Language::en)) << "stale: run this test with GUICHET_BLESS=1";
}

TEST(Catalogue, IsWholeInBothLanguages) {
  for (const Language language : {Language::en, Language::fr}) {
    const std::string page = catalogue_as_markdown(language);
    for (const measures::Measure& one : measures::catalogue())
      EXPECT_NE(page.find("## `" + std::string{one.name} + "`"), std::string::npos) << one.name;
  }
}

/// Every word that a report may need is there in both languages: a missing one stops the program.
TEST(Report, HasAWordForEveryNumber) {
  constexpr std::array<std::string_view, 36> kStats{"n",
                                                    "mean",
                                                    "min",
                                                    "p10",
                                                    "p50",
                                                    "p90",
                                                    "max",
                                                    "total",
                                                    "cases",
                                                    "share",
                                                    "events",
                                                    "seconds",
                                                    "hours",
                                                    "spells",
                                                    "stays",
                                                    "stay_p50_seconds",
                                                    "kept",
                                                    "late",
                                                    "late_p50_seconds",
                                                    "late_p90_seconds",
                                                    "questions",
                                                    "answered",
                                                    "ended",
                                                    "abandoned",
                                                    "cases_resolved",
                                                    "cases_with_none",
                                                    "machine",
                                                    "rate_ratio",
                                                    "low",
                                                    "high",
                                                    "slope",
                                                    "longest_ratio",
                                                    "longest_run_p10",
                                                    "longest_run_p50",
                                                    "longest_run_p90",
                                                    "share_of_amount_p50"};
  for (const Language language : {Language::en, Language::fr}) {
    const formats::Phrases phrases(language);
    for (const std::string_view stat : kStats) EXPECT_TRUE(phrases.has("measures.stat." + std::string{stat})) << stat;
    for (const measures::Figure& figure : some_findings().figures)
      for (const measures::Row& row : figure.rows)
        EXPECT_TRUE(row.word.empty() || phrases.has("measures.word." + std::string{row.word})) << row.word;
  }
}

}  // namespace
}  // namespace guichet::dossier
