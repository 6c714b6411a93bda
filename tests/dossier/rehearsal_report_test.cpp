#include <guichet/dossier/rehearsal_report.hpp>

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/dossier/rehearsal_report_words.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/rulebook/read.hpp>

#include "golden.hpp"

namespace guichet::dossier {
namespace {

using formats::JsonValue;
using formats::Language;
using rehearsal::Estimate;
using rehearsal::Quantity;
using rehearsal::Rehearsed;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Estimate an_estimate(double mean, double half_width, std::uint64_t n = 20'000) {
  Estimate one;
  one.mean = mean;
  one.half_width = half_width;
  one.n = n;
  one.parts = 10;
  one.sd_of_parts = half_width / 2.262 * std::sqrt(10.0);
  return one;
}

Estimate with_spread(Estimate one, double p10, double p50, double p90, double max) {
  one.p10 = p10;
  one.p50 = p50;
  one.p90 = p90;
  one.max = max;
  return one;
}

/// Every number by hand; `worse` is 1 for the worse of two procedures and smaller for a better one.
Rehearsed a_result(const std::string& procedure, double worse) {
  Rehearsed result;
  result.scenario = "small-desk";
  result.procedure = procedure;
  result.seed = 7;
  result.digest = 0x0123'4567'89ab'cdef;
  result.events = 1'234'567;
  result.cases = 20'000;
  result.kept_cases = 20'000;
  result.replications = 10;
  result.rehearsed_seconds = 10 * 31'536'000.0;
  result.wall_seconds = 0.5;
  result.loop_seconds = 0.9;
  result.peak_open_cases = 812;
  result.memory_bytes = 3'000'000;
  const auto set = [&](Quantity quantity, const Estimate& one) {
    result.quantities[static_cast<std::size_t>(quantity)] = one;
  };
  set(Quantity::waited_share, an_estimate(0.8123 * worse, 0.0045));
  set(Quantity::abandoned_share, an_estimate(0.4321 * worse, 0.0032));
  set(Quantity::queue_wait, with_spread(an_estimate(5'400 * worse, 62), 0, 3'900, 12'000, 86'000));
  set(Quantity::queue_length, an_estimate(31.4 * worse, 1.1));
  set(Quantity::resolved_share, an_estimate(0.5 / worse * 0.8, 0.004));
  set(Quantity::messages, with_spread(an_estimate(14.2 * worse, 0.21), 3, 9, 31, 214));
  set(Quantity::agents, with_spread(an_estimate(6.1 * worse, 0.08), 1, 4, 13, 57));
  set(Quantity::elapsed_days, with_spread(an_estimate(21.5 * worse, kNone), 2, 14, 48, 300));
  set(Quantity::desk_hours, an_estimate(1.234, 0.0101));
  set(Quantity::given_up, an_estimate(123'456 * worse, 2'100));
  set(Quantity::attrition_saving_share, an_estimate(0.18 * worse, 0.004));
  result.measures = {{measures::MeasureId::cycle_time, "mean", an_estimate(21.5 * 86'400 * worse, 9'000)},
                     {measures::MeasureId::hand_offs, "share", an_estimate(0.71 * worse, 0.01)}};
  result.by_queue = {
      {"front", an_estimate(0.8, 0.01), an_estimate(0.1, 0.002), an_estimate(5'400, 62), an_estimate(31.4, 1.1)}};
  result.by_matter = {
      {"=payment", an_estimate(0.8, 0.01), an_estimate(0.1, 0.002), an_estimate(5'400, 62), an_estimate(31.4, 1.1)}};
  result.tails = {{600, an_estimate(0.4, 0.003), an_estimate(0.55, 0.003)}};
  result.looks = {{0, an_estimate(12, 0.4)}, {43'200, an_estimate(47, 0.8)}};
  result.messages_histogram = {0, 4'000, 6'000, 5'000, 3'000, 1'500, 400, 90, 9, 0, 0, 1};
  result.agents_histogram = {0, 9'000, 6'000, 3'000, 1'500, 480, 20};
  result.wait_edges = {0, 60, 600, 3'600, 36'000};
  result.wait_histogram = {8'000, 6'000, 4'000, 1'500, 500};
  result.gave_up_by_message = {0, 0.1, 0.2 * worse, 0.3, 0.35, 0.4, 0.5};
  result.refused = {{Refusal::questions_open, 321}, {Refusal::no_right_to_close, 4}};
  return result;
}

rulebook::ProcedureFile shipped(const std::string& name) {
  Result<rulebook::ProcedureFile> file = rulebook::load_procedure(name);
  EXPECT_TRUE(file) << file.error().detail;
  return std::move(*file);
}

RehearsalReport one_procedure() {
  RehearsalReport report;
  report.scenario = "small-desk";
  report.title = {"A small desk", "Un petit guichet"};
  report.command = "guichet rehearse small-desk";
  report.assumptions = {{"arrivals.per_day", "120", "assumed", 7},
                        {"team.front.competence", "{ uniform = [0.5, 0.9] }",
                         "a survey of the house, told in a passage that is longer than one line of a terminal", 21}};
  report.played.push_back({shipped("next-available"), a_result("next-available", 1), {}});
  return report;
}

rehearsal::Explanation an_explanation() {
  rehearsal::Explanation found;
  found.as_it_is = an_estimate(0.4321, 0.0032, 10);
  found.all_repaired = an_estimate(0.1, 0.002, 10);
  const double points[] = {0.12, 0.08, 0.13, 0.012, -0.0099};
  for (std::size_t i = 0; i < rehearsal::kFactors; ++i)
    found.factors.push_back({static_cast<rehearsal::Factor>(i), an_estimate(points[i], 0.004, 10),
                             an_estimate(points[i] / 0.3321, 0.01, 10)});
  for (std::size_t set = 0; set < rehearsal::kFactorSets; ++set)
    found.coalitions[set] = an_estimate(0.1 + 0.01 * static_cast<double>(set), 0.002, 10);
  found.events = 99;
  found.digest = 5;
  return found;
}

RehearsalReport two_procedures() {
  RehearsalReport report = one_procedure();
  report.command += " --procedure next-available --procedure guichet-unique --explain";
  PlayedProcedure other{shipped("guichet-unique"), a_result("guichet-unique", 0.5), {}};
  const Rehearsed& first = report.played.front().result;
  for (std::size_t i = 0; i < rehearsal::kQuantities; ++i) {
    const auto &a = first.quantities[i], &b = other.result.quantities[i];
    if (a && b)
      other.from_first.push_back(
          {static_cast<Quantity>(i), *a, *b, an_estimate(b->mean - a->mean, a->half_width / 2, 10)});
  }
  report.played.push_back(std::move(other));
  report.explanation = an_explanation();
  report.repaired_by = "guichet-unique";
  return report;
}

JsonValue parsed(const RehearsalReport& report) {
  auto json = formats::parse_json(rehearsal_as_json(report), "report");
  EXPECT_TRUE(json) << json.error().detail;
  return std::move(*json);
}

const JsonValue& at(const JsonValue& root, std::initializer_list<std::string_view> path) {
  static const JsonValue nothing;
  const JsonValue* value = &root;
  for (const std::string_view key : path)
    if (value != nullptr) value = value->find(key);
  return value == nullptr ? nothing : *value;
}

/// The style may change without the page saying anything else.
std::string without_style(std::string page) {
  const std::size_t from = page.find("<style>"), to = page.find("</style>");
  return page.erase(from, to - from);
}

TEST(RehearsalReport, golden_outputs) {
  same_as_kept("rehearsal-one.en.txt", rehearsal_as_text(one_procedure(), Language::en));
  same_as_kept("rehearsal-two.en.txt", rehearsal_as_text(two_procedures(), Language::en));
  same_as_kept("rehearsal-two.fr.txt", rehearsal_as_text(two_procedures(), Language::fr));
  same_as_kept("rehearsal-one.json", rehearsal_as_json(one_procedure()));
  std::string csv = rehearsal_as_csv(two_procedures());
  std::erase(csv, '\r');
  same_as_kept("rehearsal-two.csv", csv);
  same_as_kept("rehearsal-two.fr.html", without_style(rehearsal_as_page(two_procedures(), Language::fr)));
}

TEST(RehearsalReport, json_has_what_programs_look_for) {
  const JsonValue json = parsed(one_procedure());
  EXPECT_EQ(at(json, {"scenario"}).text, "small-desk");
  EXPECT_EQ(at(json, {"procedure"}).text, "next-available");
  EXPECT_EQ(at(json, {"seed"}).integer, 7);
  EXPECT_EQ(at(json, {"digest"}).text, "0123456789abcdef");
  EXPECT_EQ(at(json, {"events_per_second"}).number, 1'234'567 / 0.5);
  EXPECT_EQ(at(json, {"events_per_second_per_core"}).number, 1'234'567 / 0.9);
  EXPECT_EQ(at(json, {"replications"}).integer, 10);
  EXPECT_EQ(at(json, {"partial"}).kind, JsonValue::Kind::boolean);
  EXPECT_FALSE(at(json, {"partial"}).boolean);
  const JsonValue& share = at(json, {"measures", "abandoned_share"});
  EXPECT_EQ(share.find("mean")->number, 0.4321);
  EXPECT_EQ(share.find("n")->integer, 20'000);
  EXPECT_DOUBLE_EQ(share.find("ci95")->items[0].number, 0.4321 - 0.0032);
  EXPECT_DOUBLE_EQ(share.find("ci95")->items[1].number, 0.4321 + 0.0032);
  EXPECT_EQ(at(json, {"measures", "queue_wait", "p90"}).number, 12'000);
  EXPECT_EQ(at(json, {"measures", "hand_offs", "stat"}).text, "share");
  EXPECT_EQ(at(json, {"by_queue", "front", "wait", "mean"}).number, 5'400);
  EXPECT_EQ(at(json, {"refused", "questions_open"}).integer, 321);
  EXPECT_EQ(at(json, {"assumptions"}).items[1].find("line")->integer, 21);
}

TEST(RehearsalReport, json_leaves_out_what_is_no_number) {
  const RehearsalReport report = one_procedure();
  const std::string text = rehearsal_as_json(report);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("null"), std::string::npos);
  const JsonValue json = parsed(report);
  EXPECT_EQ(at(json, {"measures", "elapsed_days"}).find("ci95"), nullptr) << "an interval needs two replications";
  EXPECT_NE(at(json, {"measures", "elapsed_days"}).find("mean"), nullptr);
  EXPECT_EQ(at(json, {"measures"}).find("occupancy"), nullptr);
}

TEST(RehearsalReport, json_of_several_procedures) {
  const JsonValue json = parsed(two_procedures());
  ASSERT_EQ(at(json, {"procedures"}).items.size(), 2U);
  EXPECT_EQ(at(json, {"procedures"}).items[1].find("procedure")->text, "guichet-unique");
  ASSERT_EQ(at(json, {"differences"}).items.size(), 1U);
  const JsonValue& difference = at(json, {"differences"}).items[0];
  EXPECT_EQ(at(difference, {"b"}).text, "guichet-unique");
  EXPECT_DOUBLE_EQ(at(difference, {"measures", "abandoned_share", "difference", "mean"}).number, -0.4321 / 2);
  const JsonValue& clauses = at(json, {"differing_clauses"}).items[0];
  EXPECT_GT(at(clauses, {"clauses"}).items.size(), 20U);
  EXPECT_EQ(at(json, {"explain", "factors", "quota", "points", "mean"}).number, 0.13);
  EXPECT_EQ(at(json, {"explain", "coalitions"}).items[5].find("as_they_are")->items.size(), 2U);
}

TEST(RehearsalReport, what_is_partial_says_so_first) {
  RehearsalReport report = one_procedure();
  report.played.front().result.stopped = rehearsal::Stopped::memory;
  report.played.front().result.stopped_why = "2 GiB were reached";
  EXPECT_TRUE(at(parsed(report), {"partial"}).boolean);
  EXPECT_EQ(at(parsed(report), {"stopped"}).text, "memory");
  const std::string text = rehearsal_as_text(report, Language::en);
  EXPECT_LT(text.find("This result is partial."), text.find("20,000 cases"));
  EXPECT_NE(rehearsal_as_page(report, Language::fr).find("Ce résultat est partiel."), std::string::npos);
}

TEST(RehearsalReport, what_was_not_played_is_partial_too) {
  RehearsalReport report = one_procedure();
  EXPECT_FALSE(report.is_partial());
  report.cut_short = true;
  EXPECT_TRUE(report.is_partial());
  EXPECT_TRUE(at(parsed(report), {"partial"}).boolean);
  EXPECT_EQ(at(parsed(report), {"stopped"}).text, "interrupted");
  EXPECT_NE(rehearsal_as_text(report, Language::en).find("This result is partial: it was interrupted"),
            std::string::npos);
}

TEST(RehearsalReport, text_stays_within_a_hundred_columns) {
  for (const Language language : {Language::en, Language::fr}) {
    const std::string text =
        rehearsal_as_text(two_procedures(), language) + rehearsal_as_text(one_procedure(), language);
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = text.find('\n', from);
      EXPECT_LE(utf8_length(text.substr(from, end - from)), 100U) << text.substr(from, end - from);
      from = end + 1;
    }
  }
}

TEST(RehearsalReport, nothing_measured_is_whole_in_every_form) {
  RehearsalReport report;
  report.played.push_back({shipped("next-available"), {}, {}});
  report.played.push_back({shipped("next-available"), {}, {}});
  for (const Language language : {Language::en, Language::fr}) {
    EXPECT_FALSE(rehearsal_as_text(report, language).empty());
    EXPECT_NE(rehearsal_as_page(report, language).find("</html>"), std::string::npos);
  }
  EXPECT_EQ(at(parsed(report), {"differences"}).items.size(), 1U);
  EXPECT_EQ(rehearsal_as_csv(report), "procedure,measure,unit,row,stat,value\r\n");
}

TEST(RehearsalReport, pages_tell_each_plot_twice_and_load_nothing) {
  const std::string page = rehearsal_as_page(two_procedures(), Language::en);
  const auto count = [&](std::string_view what) {
    std::size_t n = 0;
    for (std::size_t from = page.find(what); from != std::string::npos; from = page.find(what, from + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("<svg"), 9U);
  EXPECT_EQ(count("<svg"), count("<figcaption>"));
  EXPECT_EQ(count("<svg"), count("<details open"));
  for (const char* outside : {"src=", "@import", "url(", "<script"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

TEST(RehearsalReport, foreign_words_are_words) {
  RehearsalReport report = two_procedures();
  report.assumptions.push_back({"<script>", "\"><img src=x>", "\x1b]0;gone\a", 1});
  report.assumptions.push_back({std::string(90, 'w'), "  " + std::string(90, 'v'), "", 1});
  report.scenario = report.title.en = "</title><script>";
  const std::string page = rehearsal_as_page(report, Language::en);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  const std::string text = rehearsal_as_text(report, Language::en);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(rehearsal_as_csv(report).find("'=payment"), std::string::npos) << "no formula for a spreadsheet";
}

TEST(RehearsalReport, has_a_word_for_everything) {
  for (const Language language : {Language::en, Language::fr}) {
    const formats::Phrases phrases(language);
    std::set<std::string> names;
    for (std::size_t i = 0; i < rehearsal::kQuantities; ++i) {
      const std::string name{rehearsal::text_of(static_cast<Quantity>(i)).name};
      EXPECT_TRUE(phrases.has("rehearsal.quantity." + name + ".definition")) << name;
      EXPECT_TRUE(names.insert(quantity_name(static_cast<Quantity>(i), phrases)).second) << name;
    }
    for (const measures::Measure& measure : measures::catalogue())
      for (std::size_t i = 0; i < rehearsal::kQuantities; ++i)
        EXPECT_NE(measure.name, rehearsal::text_of(static_cast<Quantity>(i)).name) << "both stand under `measures`";
    for (const Refusal refusal : {Refusal::no_such_case, Refusal::seller_has_not_agreed})
      EXPECT_TRUE(phrases.has("refusal." + std::string{guichet::name(refusal)}));
  }
}

TEST(RowNumbers, are_in_one_unit_with_the_digits_of_the_interval) {
  const formats::Phrases en(Language::en), fr(Language::fr);
  const Estimate wait = an_estimate(5'400, 62);
  EXPECT_EQ(RowNumbers(measures::Unit::seconds, {&wait}, en).told(wait), "90\u00a0±\u00a01\u00a0min");
  const Estimate share = an_estimate(0.43214, 0.0032);
  EXPECT_EQ(RowNumbers(measures::Unit::share, {&share}, en).told(share), "43.21\u00a0±\u00a00.32%");
  EXPECT_EQ(RowNumbers(measures::Unit::share, {&share}, fr).told(share), "43,21\u00a0±\u00a00,32\u202f%");
  const Estimate once = an_estimate(21.54321, kNone);
  EXPECT_EQ(RowNumbers(measures::Unit::count, {&once}, en).told(once), "21.54");
}

}  // namespace
}  // namespace guichet::dossier
