// Each rule is shown by a pair: the fair procedure below, in which lint finds nothing at all, and the same
// with one clause changed, in which it finds that rule. A rule without its pair fails.
#include <guichet/rulebook/lint.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include <guichet/rulebook/read.hpp>

namespace guichet::rulebook {
namespace {

using formats::Language;
using formats::Phrases;

// Without the sources, which sourced() writes into each table.
constexpr std::string_view kFair = R"(
[procedure]
name = "fair"
version = "1"
announced_on = 2026-01-01
effective_from = 2026-02-01
languages = ["en", "fr"]
title = { en = "Fair", fr = "Juste" }
promises_consequence = true

[contact]
point = "desk@example.org"
human = true
free_of_charge = true
published = true
yearly_figures = true

[calendar.office]
zone = "Europe/Paris"
hours = { monday-friday = ["09:00-17:00"] }

[[ladder]]
id = "owner"
title = { en = "Owner", fr = "Responsable" }
team = "desk"
stay_max = "10 days"

[[ladder]]
id = "head"
title = { en = "Head", fr = "Direction" }
team = "heads"
climb = ["seller", "desk", "clock"]
different_person = true
last_resort = true
may_decide = true

[[matter]]
id = "payment"
title = { en = "Payment", fr = "Paiement" }
speciality = "accounts"
amount_above_eur = 5000
level_above = "head"

[assignment]
mode = "keep_owner"
substitute = true
only_owner_answers = true
strip_to = "substitute"

[hand_off]
reason = true
summary = true
open_questions = true
acceptance = true
count_max = 3

[answers]
cover_every_question = true
seller_reply_clock_starts = "on_question"
boilerplate_max_percent = 80

[clocks]
at_the_top = "grant"
[clocks.first_answer]
allowance = "2 days"
when_it_runs_out = "escalate"
[clocks.next_answer]
allowance = "3 days"
when_it_runs_out = "escalate"
[clocks.decision]
allowance = "20 days"
when_it_runs_out = "escalate"
[clocks.appeal_decision]
allowance = "20 days"
when_it_runs_out = "grant"
[clocks.seller_reply]
allowance = "21 days"
reminders = ["14 days before", "7 days before"]
when_it_runs_out = "close"
[clocks.acceptance]
allowance = "1 day"
when_it_runs_out = "hand_back"
[clocks.level]
when_it_runs_out = "reassign"
[clocks.appeal_window]
allowance = "184 days"
when_it_runs_out = "hand_back"
[clocks.mediation]
allowance = "90 days"
when_it_runs_out = "hand_back"
[clocks.offer]
allowance = "30 days"
when_it_runs_out = "hand_back"

[closing.agreement]
by = ["seller", "desk"]
[closing.seller_wish]
by = ["seller"]
[closing.seller_silence]
by = ["clock"]
notices = 2
unread_blocks = true
open_questions_block = true

[reopening]
as = "same_case"
within = "60 days"

[abandonment]
after = "60 days"

[decision]
facts = true
ground = true
redress = true
person = true
covers_questions = true
ways_of_redress = ["internal", "certified_body", "court"]

[appeal]
allowed = true
different_person = true

[mediation]
by = ["seller"]
desk_share_percent = 50
[[mediation.mediator]]
name = "One"
contact = "one@example.org"
languages = ["en"]
independence = "paid by both"
[[mediation.mediator]]
name = "Two"
contact = "two@example.org"
languages = ["fr"]
independence = "paid by both"

[offers]
recorded = true
conditions_barred = ["silence", "withdrawal"]

[restrictions]
facts = true
ground = true
announced_first = true
reasons_first = true
notice_days = 30
cooling_days_after_offer = 30
cooling_days_after_appeal = 30
cooling_days_after_claim = 7

[changes]
notice_days = 15
open_cases_keep_rules = true

[targets]
answers_per_hour = 5
closings_per_day = 20
quality_pair = true
)";

std::string sourced(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    text.remove_prefix(line.size());
    whole += line;
    if (line.starts_with('[')) whole += "source = { kind = \"house\", text = \"a test\" }\n";
  }
  return whole;
}

/// In which table a key is changed, from what, into what. An empty `into` removes it.
struct Rewrite {
  std::string_view table, from, into;
};

/// The fair text with changes; a change that fits nowhere is a fault of this test.
std::string rewritten(const std::vector<Rewrite>& rewrites) {
  std::string text{kFair};
  for (const Rewrite& rewrite : rewrites) {
    const std::size_t table = text.find("\n[" + std::string{rewrite.table} + "]\n");
    if (table == std::string::npos) throw std::runtime_error(std::string{rewrite.table});
    const std::size_t at = text.find("\n" + std::string{rewrite.from} + "\n", table + 1);
    if (at == std::string::npos) throw std::runtime_error(std::string{rewrite.from});
    text.replace(at + 1, rewrite.from.size() + (rewrite.into.empty() ? 1 : 0), rewrite.into);
  }
  return sourced(text);
}

ProcedureFile read(const std::string& text) {
  Result<ProcedureFile> file = read_procedure(text, "fair.toml");
  if (!file) throw std::runtime_error(file.error().detail);  // a fault of this test
  return *std::move(file);
}

/// What breaks each rule, and nothing but what it needs.
const std::multimap<std::string, std::vector<Rewrite>>& breaks() {
  static const std::vector<Rewrite> no_appeal{{"appeal", "allowed = true", "allowed = false"}};
  static const std::multimap<std::string, std::vector<Rewrite>> all{
      {"P1", {{"contact", "published = true", "published = false"}}},
      {"P2", {{"restrictions", "ground = true", "ground = false"}}},
      {"P3-announced", {{"procedure", "announced_on = 2026-01-01", "announced_on = 2026-01-18"}}},
      {"P3-announced", {{"procedure", "announced_on = 2026-01-01", ""}}},
      {"P3-notice", {{"changes", "notice_days = 15", "notice_days = 14"}}},
      {"P5", {{"restrictions", "reasons_first = true", "reasons_first = false"}}},
      {"P6", {{"restrictions", "notice_days = 30", "notice_days = 29"}}},
      {"P6", {{"restrictions", "announced_first = true", "announced_first = false"}}},
      {"P8", {{"restrictions", "facts = true", "facts = false"}}},
      {"P9", {{"changes", "open_cases_keep_rules = true", "open_cases_keep_rules = false"}}},
      {"P10", {{"contact", "free_of_charge = true", "free_of_charge = false"}}},
      {"P12-first-answer",
       {{"clocks", "[clocks.first_answer]\nallowance = \"2 days\"\nwhen_it_runs_out = \"escalate\"", ""}}},
      {"P12-next-answer",
       {{"clocks", "[clocks.next_answer]\nallowance = \"3 days\"\nwhen_it_runs_out = \"escalate\"", ""}}},
      {"P12-decision", {{"clocks", "[clocks.decision]\nallowance = \"20 days\"\nwhen_it_runs_out = \"escalate\"", ""}}},
      {"P13", {{"decision", "covers_questions = true", "covers_questions = false"}}},
      {"P14", {{"[matter]", "speciality = \"accounts\"", ""}}},
      {"P14-amount", {{"[matter]", "amount_above_eur = 5000", ""}, {"[matter]", "level_above = \"head\"", ""}}},
      {"P15", {{"answers", "boilerplate_max_percent = 80", "boilerplate_max_percent = 81"}}},
      {"P16", {{"contact", "point = \"desk@example.org\"", ""}}},
      {"P17", {{"contact", "yearly_figures = true", "yearly_figures = false"}}},
      {"P18",
       {{"[mediation.mediator]", "languages = [\"en\"]", "languages = [\"en\", \"fr\"]"},
        {"[mediation.mediator]",
         "[[mediation.mediator]]\nname = \"Two\"\ncontact = \"two@example.org\"\nlanguages = [\"fr\"]\n"
         "independence = \"paid by both\"",
         ""}}},
      {"P18-details", {{"[mediation.mediator]", "independence = \"paid by both\"", ""}}},
      {"P18-languages", {{"[mediation.mediator]", "languages = [\"fr\"]", "languages = [\"en\"]"}}},
      {"P20", {{"mediation", "desk_share_percent = 50", "desk_share_percent = 0"}}},
      {"P21",
       {{"decision", "ways_of_redress = [\"internal\", \"certified_body\", \"court\"]",
         "ways_of_redress = [\"internal\", \"certified_body\"]"}}},
      {"S1", {{"contact", "point = \"desk@example.org\"", ""}}},
      {"S1-human", {{"contact", "human = true", "human = false"}}},
      {"S1-rapid", {{"clocks.first_answer", "allowance = \"2 days\"", "allowance = \"31 days\""}}},
      {"S2", {{"contact", "published = true", "published = false"}}},
      {"S2-change", {{"changes", "notice_days = 15", "notice_days = 0"}}},
      {"S4", {{"restrictions", "reasons_first = true", "reasons_first = false"}}},
      {"S6", {{"restrictions", "facts = true", "facts = false"}}},
      {"S8", {{"restrictions", "ground = true", "ground = false"}}},
      {"S9",
       {{"decision", "ways_of_redress = [\"internal\", \"certified_body\", \"court\"]",
         "ways_of_redress = [\"certified_body\", \"court\"]"}}},
      {"S11-open", no_appeal},
      {"S11", {{"clocks.appeal_window", "allowance = \"184 days\"", "allowance = \"183 days\""}}},
      {"S11-free", {{"contact", "free_of_charge = true", "free_of_charge = false"}}},
      {"S13", {{"clocks", "[clocks.appeal_decision]\nallowance = \"20 days\"\nwhen_it_runs_out = \"grant\"", ""}}},
      {"S14", {{"decision", "redress = true", "redress = false"}}},
      {"S14-facts", {{"decision", "facts = true", "facts = false"}}},
      {"S14-ground", {{"decision", "ground = true", "ground = false"}}},
      {"S15", {{"decision", "person = true", "person = false"}}},
      {"S15-level", {{"[ladder]", "may_decide = true", "may_decide = false"}}},
      {"S15-level", {{"[ladder]", "climb = [\"seller\", \"desk\", \"clock\"]", "climb = [\"desk\", \"clock\"]"}}},
      {"S16",
       {{"decision", "ways_of_redress = [\"internal\", \"certified_body\", \"court\"]",
         "ways_of_redress = [\"internal\", \"court\"]"}}},
      {"S20", {{"contact", "yearly_figures = true", "yearly_figures = false"}}},
      {"G6", {{"decision", "person = true", "person = false"}}},
      {"N6-first-answer",
       {{"clocks.first_answer", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"nothing\""}}},
      {"N6-next-answer", {{"clocks.next_answer", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"remind\""}}},
      {"N6-decision", {{"clocks.decision", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"nothing\""}}},
      {"N6-appeal", {{"clocks.appeal_decision", "when_it_runs_out = \"grant\"", "when_it_runs_out = \"remind\""}}},
      {"N6-promise", {{"procedure", "promises_consequence = true", "promises_consequence = false"}}},
      {"M6", {{"clocks.next_answer", "allowance = \"3 days\"", "allowance = \"22 days\""}}},
      {"M6", {{"clocks.first_answer", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"nothing\""}}},
      {"N7-notices", {{"closing.seller_silence", "notices = 2", "notices = 1"}}},
      {"N7-time",
       {{"clocks.seller_reply", "allowance = \"21 days\"", "allowance = \"6 days\""},
        {"clocks.seller_reply", "reminders = [\"14 days before\", \"7 days before\"]",
         "reminders = [\"4 days before\", \"2 days before\"]"}}},
      {"N7-unread", {{"closing.seller_silence", "unread_blocks = true", "unread_blocks = false"}}},
      {"N7-questions", {{"closing.seller_silence", "open_questions_block = true", "open_questions_block = false"}}},
      {"N7-starts",
       {{"answers", "seller_reply_clock_starts = \"on_question\"", "seller_reply_clock_starts = \"on_any_message\""}}},
      {"N7-alone",
       {{"closing.agreement", "by = [\"seller\", \"desk\"]",
         "by = [\"seller\", \"desk\"]\n[closing.desk_alone]\nby = [\"desk\"]"}}},
      {"N7-wish", {{"closing.seller_wish", "by = [\"seller\"]", "by = []"}}},
      {"N8-reason", {{"hand_off", "reason = true", "reason = false"}}},
      {"N8-summary", {{"hand_off", "summary = true", "summary = false"}}},
      {"N8-questions", {{"hand_off", "open_questions = true", "open_questions = false"}}},
      {"N8-acceptance", {{"hand_off", "acceptance = true", "acceptance = false"}}},
      {"N8-time", {{"clocks", "[clocks.acceptance]\nallowance = \"1 day\"\nwhen_it_runs_out = \"hand_back\"", ""}}},
      {"N8-count", {{"hand_off", "count_max = 3", "count_max = 0"}}},
      {"N8-strip", {{"assignment", "strip_to = \"substitute\"", "strip_to = \"queue\""}}},
      {"N9-owner", {{"assignment", "mode = \"keep_owner\"", "mode = \"next_available\""}}},
      {"N9-answers", {{"assignment", "only_owner_answers = true", "only_owner_answers = false"}}},
      {"N9-substitute",
       {{"assignment", "substitute = true", "substitute = false"},
        {"assignment", "strip_to = \"substitute\"", "strip_to = \"nobody\""}}},
      {"N9-number",
       {{"reopening", "as = \"same_case\"", "as = \"new_case\""}, {"reopening", "within = \"60 days\"", ""}}},
      {"N9-history",
       {{"reopening", "as = \"same_case\"", "as = \"new_case\"\nkeeps_history = false"},
        {"reopening", "within = \"60 days\"", ""}}},
      {"N9-time", {{"reopening", "within = \"60 days\"", "within = \"59 days\""}}},
      {"N10-escalate", {{"[ladder]", "climb = [\"seller\", \"desk\", \"clock\"]", "climb = [\"desk\", \"clock\"]"}}},
      {"N10-person", {{"[ladder]", "different_person = true", "different_person = false"}}},
      {"N10-stay", {{"[ladder]", "stay_max = \"10 days\"", ""}}},
      {"N10-last-resort", {{"[ladder]", "last_resort = true", "last_resort = false"}}},
      {"N10-appeal", no_appeal},
      {"N10-appeal-person", {{"appeal", "different_person = true", "different_person = false"}}},
      {"N10-mediate", {{"mediation", "by = [\"seller\"]", "by = [\"desk\"]"}}},
      {"N10-mediation-time",
       {{"clocks", "[clocks.mediation]\nallowance = \"90 days\"\nwhen_it_runs_out = \"hand_back\"", ""}}},
      {"N11", {{"answers", "cover_every_question = true", "cover_every_question = false"}}},
      {"M8", {{"abandonment", "after = \"60 days\"", ""}}},
      {"M16-closings", {{"targets", "quality_pair = true", "quality_pair = false"}}},
      {"M16-answers", {{"targets", "quality_pair = true", "quality_pair = false"}}},
      {"N16", {{"offers", "recorded = true", "recorded = false"}}},
      {"N16-silence",
       {{"offers", "conditions_barred = [\"silence\", \"withdrawal\"]", "conditions_barred = [\"withdrawal\"]"}}},
      {"N16-withdrawal",
       {{"offers", "conditions_barred = [\"silence\", \"withdrawal\"]", "conditions_barred = [\"silence\"]"}}},
      {"N16-time", {{"clocks.offer", "allowance = \"30 days\"", "allowance = \"6 days\""}}},
      {"M14-offer", {{"restrictions", "cooling_days_after_offer = 30", "cooling_days_after_offer = 29"}}},
      {"M14-appeal", {{"restrictions", "cooling_days_after_appeal = 30", "cooling_days_after_appeal = 29"}}},
      {"M14-claim", {{"restrictions", "cooling_days_after_claim = 7", "cooling_days_after_claim = 6"}}},
      {"M14-announced", {{"restrictions", "announced_first = true", "announced_first = false"}}},
      {"K-climb", {{"[ladder]", "climb = [\"seller\", \"desk\", \"clock\"]", "climb = [\"seller\", \"desk\"]"}}},
      {"K-silence", {{"closing.seller_silence", "by = [\"clock\"]", "by = [\"desk\"]"}}},
      {"K-strip", {{"assignment", "strip_to = \"substitute\"", "strip_to = \"nobody\""}}},
      {"K-mediators",
       {{"mediation",
         "[[mediation.mediator]]\nname = \"One\"\ncontact = \"one@example.org\"\nlanguages = [\"en\"]\n"
         "independence = \"paid by both\"\n[[mediation.mediator]]\nname = \"Two\"\ncontact = \"two@example.org\"\n"
         "languages = [\"fr\"]\nindependence = \"paid by both\"",
         ""}}},
      {"K-promise", {{"clocks.next_answer", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"remind\""}}},
      {"K-notices",
       {{"clocks.seller_reply", "reminders = [\"14 days before\", \"7 days before\"]",
         "reminders = [\"7 days before\"]"}}},
      {"K-acceptance", {{"hand_off", "acceptance = true", "acceptance = false"}}},
      {"K-appeal", no_appeal},
      {"K-offer", {{"offers", "recorded = true", "recorded = false"}}},
      {"K-sources", {}},
  };
  return all;
}

constexpr Instant day(int year, unsigned month, unsigned of_month) {
  return Instant{Duration{civil_to_ms(year, month, of_month, 0)}};
}
constexpr Instant kToday = day(2026, 8, 5);

LintReport lint_on(const ProcedureFile& file, Instant on) { return lint(file, shipped_packs(), {.on = on}); }

const Finding* find(const LintReport& report, std::string_view id) {
  const auto found =
      std::ranges::find(report.findings, id, [](const Finding& f) { return std::string_view{f.rule->id}; });
  return found == report.findings.end() ? nullptr : &*found;
}

std::string ids(const LintReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += finding.rule->id + " ";
  return text;
}

ProcedureFile broken(const std::string& id, const std::vector<Rewrite>& rewrites) {
  return read(id == "K-sources" ? std::string{kFair} : rewritten(rewrites));
}

TEST(Lint, FindsNothingInTheFairProcedure) {
  const LintReport report = lint_on(read(sourced(kFair)), kToday);
  EXPECT_EQ(ids(report), "");
  EXPECT_FALSE(report.calls_for_repair());
  EXPECT_EQ(report.silences.doublings(), std::log2(3.0 / 21.0));
}

TEST(Lint, EveryRuleIsBrokenByOneChangeOfTheFairProcedure) {
  for (const RulePack& pack : shipped_packs())
    for (const Rule& rule : pack.rules) EXPECT_TRUE(breaks().contains(rule.id)) << rule.id << " has no pair";
  for (const auto& [id, rewrites] : breaks()) {
    const LintReport report = lint_on(broken(id, rewrites), kToday);
    EXPECT_NE(find(report, id), nullptr) << id << " is not found, but: " << ids(report);
  }
}

TEST(Lint, EveryRuleHoldsFromItsFirstDayUntilTheDayBeforeItsLast) {
  for (RulePack pack : shipped_packs())
    for (Rule& rule : pack.rules) {
      const ProcedureFile file = broken(rule.id, breaks().find(rule.id)->second);
      RulePack alone = pack;
      alone.rules = {rule};
      const auto found = [&](Instant on) { return lint(file, {&alone, 1}, {.on = on}).findings.size(); };
      if (rule.from) {
        EXPECT_EQ(found(*rule.from - std::chrono::days{1}), 0U) << rule.id;
        EXPECT_EQ(found(*rule.from), 1U) << rule.id;
      } else {
        EXPECT_EQ(found(day(2000, 1, 1)), 1U) << rule.id;
      }
      alone.rules[0].until = kToday;
      EXPECT_EQ(found(kToday - std::chrono::days{1}), 1U) << rule.id;
      EXPECT_EQ(found(kToday), 0U) << rule.id;
    }
}

TEST(Lint, PointsAtTheLineThatWasChanged) {
  const std::string text = rewritten({{"closing.seller_silence", "notices = 2", "notices = 1"}});
  const LintReport report = lint_on(read(text), kToday);
  const Finding* finding = find(report, "N7-notices");
  ASSERT_NE(finding, nullptr);
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("notices = 1")), '\n');
  EXPECT_EQ(finding->line, static_cast<std::uint32_t>(line));
  EXPECT_EQ(finding->column, 1U);
  const Phrases english{Language::en};
  EXPECT_EQ(sentence(*finding, english), "A silent seller’s case can be closed after 1 notice(s).");
  EXPECT_EQ(print_report(read(text), report, english).find("fair.toml:" + std::to_string(line) + ":1: warning: "), 0U);
}

TEST(Lint, EveryClauseIsAKeyOrATableOfTheFormat) {
  const std::vector<std::string> keys = known_keys();
  for (const RulePack& pack : shipped_packs())
    for (const Rule& rule : pack.rules)
      EXPECT_TRUE(std::ranges::any_of(
          keys, [&](const std::string& key) { return key == rule.clause || key.starts_with(rule.clause + "."); }))
          << rule.id << ": " << rule.clause;
}

TEST(Lint, AsksForNoSourceOfWhatATeamIsCalled) {
  for (const std::string& name : shipped_procedures()) {
    const Result<ProcedureFile> file = load_procedure(name);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_FALSE(file->team_titles.empty()) << name;
    EXPECT_EQ(find(lint(*file, shipped_packs(), {.on = kToday}), "K-sources"), nullptr) << name;
  }
}

TEST(Lint, SparesSmallEnterprisesWhereTheLawDoes) {
  const auto with = [](std::string_view id, std::int64_t staff, std::int64_t turnover) {
    const ProcedureFile file = broken(std::string{id}, breaks().find(std::string{id})->second);
    return find(lint(file, shipped_packs(), {.on = kToday, .enterprise = Enterprise{staff, turnover}}), id) != nullptr;
  };
  for (const char* id : {"P12-decision", "P18", "S11", "S15", "S16"}) {
    EXPECT_FALSE(with(id, 49, 10'000'000)) << id;
    EXPECT_TRUE(with(id, 50, 10'000'000)) << id;
    EXPECT_TRUE(with(id, 49, 10'000'001)) << id;
  }
  // Contact point, terms and reasons are owed by everybody, and so is a share of a mediation's costs.
  for (const char* id : {"S1", "S2", "S4", "S6", "S8", "S9", "P5", "P6", "P8", "P20", "N7-notices", "M6"})
    EXPECT_TRUE(with(id, 1, 0)) << id;
}

TEST(Lint, CountsWhatItDidNotApplyAndWhy) {
  const ProcedureFile file = read(sourced(kFair));
  std::size_t rules = 0;
  for (const RulePack& pack : shipped_packs()) rules += pack.rules.size();
  const auto sum = [](const LintReport& report) {
    const NotApplied& not_applied = report.not_applied;
    return report.checked + not_applied.not_yet + not_applied.no_longer + not_applied.spared_by_size +
           not_applied.not_concerned;
  };
  const LintReport today = lint_on(file, kToday);
  EXPECT_EQ(sum(today), rules);
  EXPECT_EQ(today.not_applied.not_yet, 0U);
  EXPECT_EQ(today.not_applied.not_concerned, 1U);  // a case comes back as itself, so no successor forgets it
  const LintReport before_the_dsa = lint_on(file, day(2024, 2, 16));
  EXPECT_EQ(sum(before_the_dsa), rules);
  EXPECT_EQ(before_the_dsa.not_applied.not_yet,
            std::ranges::find(shipped_packs(), "dsa", &RulePack::name)->rules.size());
}

TEST(Lint, TheDayOfLawIsTheLatestThatThePacksVouchFor) {
  ProcedureFile file = read(sourced(kFair));
  EXPECT_EQ(day_of_law(file, shipped_packs()), kToday);
  file.effective_from = day(2027, 1, 1);
  EXPECT_EQ(day_of_law(file, shipped_packs()), day(2027, 1, 1));
}

TEST(Silences, ComparesTheLongestOnBothSides) {
  const auto doublings = [](const std::vector<Rewrite>& rewrites) {
    return tolerated_silences(read(rewritten(rewrites))).doublings();
  };
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(doublings({{"clocks.next_answer", "allowance = \"3 days\"", "allowance = \"21 days\""}}), 0.0);
  EXPECT_EQ(doublings({{"clocks.next_answer", "allowance = \"3 days\"", "allowance = \"42 days\""}}), 1.0);
  EXPECT_EQ(doublings({{"clocks.next_answer", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"remind\""}}),
            kInfinite);
  EXPECT_EQ(doublings({{"closing.seller_silence", "by = [\"clock\"]", "by = []"}}), -kInfinite);
  EXPECT_EQ(doublings({{"closing.seller_silence", "by = [\"clock\"]", "by = []"},
                       {"clocks.next_answer", "when_it_runs_out = \"escalate\"", "when_it_runs_out = \"remind\""}}),
            0.0);
  // A climb that no level accepts is no consequence, unless the top grants.
  EXPECT_EQ(doublings({{"[ladder]", "climb = [\"seller\", \"desk\", \"clock\"]", "climb = [\"seller\"]"},
                       {"clocks", "at_the_top = \"grant\"", "at_the_top = \"remind\""}}),
            kInfinite);
}

TEST(Silences, CountsWorkingTimeFromTheWorstStart) {
  const ProcedureFile file =
      read(rewritten({{"clocks.first_answer", "allowance = \"2 days\"", "allowance = \"8 working hours\""}}));
  const auto first = std::get<TimeGiven>(find_fact("clocks.first_answer.allowance")->read(file));
  ASSERT_TRUE(first.limited);
  // Within one day of 09:00-17:00; or from Friday 17:00 over the weekend to Monday 17:00, one hour more
  // when the clocks go back on the Sunday.
  EXPECT_EQ(first.shortest, std::chrono::hours{8});
  EXPECT_EQ(first.longest, std::chrono::hours{73});
}

TEST(Silences, SaysBothSidesInWords) {
  const Silences silences{
      .desk = {}, .seller = {.limited = true, .shortest = std::chrono::hours{48}, .longest = std::chrono::hours{48}}};
  EXPECT_EQ(silence_line(silences, Phrases{Language::en}),
            "Longest tolerated silence: no limit for the desk against 48 h for the seller; asymmetry: infinite.");
}

ProcedureFile load(const std::string& name) {
  Result<ProcedureFile> file = load_procedure(name);
  if (!file) throw std::runtime_error(file.error().detail);
  return *std::move(file);
}

TEST(ShippedProcedures, FairOnesHaveNoErrors) {
  for (const char* name : {"guichet-unique", "p2b-minimum"}) {
    const LintReport report = lint_on(load(name), kToday);
    EXPECT_EQ(report.count(Severity::error), 0U) << name << ": " << ids(report);
  }
  EXPECT_EQ(lint_on(load("guichet-unique"), kToday).count(Severity::warning), 0U);
}

TEST(ShippedProcedures, TheTestimonyGivesAtLeastTheseFindings) {
  const LintReport report = lint_on(load("next-available"), kToday);
  for (const char* id : {
           "N9-owner",  // the next free agent, no owner
           "P14",       // no way to a specialist
           "N10-escalate",
           "S15-level",  // no way to a person in charge
           "N10-last-resort",
           "N10-appeal",
           "S11-open",  // no service of last resort, no appeal
           "P12-first-answer",
           "P12-next-answer",
           "N6-first-answer",
           "N6-next-answer",  // no limit for the desk
           "N7-notices",
           "N7-time",
           "M6",  // closed after 48 hours, no notice
           "N9-number",
           "N9-history",    // starts from zero
           "M16-closings",  // quotas without their quality pair
           "N11",
           "P13",  // answers that leave questions open
           "P18",  // no mediators
           "P5",
           "P8",
           "M14-offer",  // a measure after an offer, without facts
           "N16",
           "N16-silence",  // an offer for silence, off the record
       })
    EXPECT_NE(find(report, id), nullptr) << id;
  EXPECT_EQ(report.silences.doublings(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(report.silences.seller.longest, std::chrono::hours{48});
}

/// The placeholders that a sentence uses: asked with their own names as values, it gives them back.
std::set<std::string> placeholders(const std::string& key, Language language) {
  const std::string text =
      Phrases{language}(key, {{"found", "{found}"}, {"wanted", "{wanted}"}, {"missing", "{missing}"}});
  std::set<std::string> used;
  for (const char* placeholder : {"{found}", "{wanted}", "{missing}"})
    if (text.find(placeholder) != std::string::npos) used.insert(placeholder);
  return used;
}

TEST(LintSentences, AreShortAndTheSameInBothLanguages) {
  for (const RulePack& pack : shipped_packs())
    for (const Rule& rule : pack.rules)
      for (const char* part : {".finding", ".repair"}) {
        const std::string key = "lint." + rule.id + part;
        ASSERT_TRUE(Phrases{Language::en}.has(key) && Phrases{Language::fr}.has(key)) << key;
        EXPECT_EQ(placeholders(key, Language::en), placeholders(key, Language::fr)) << key;
        for (const Language language : {Language::en, Language::fr}) {
          std::istringstream words{Phrases{language}(key, {{"found", "1"}, {"wanted", "1"}, {"missing", "1"}})};
          EXPECT_LE(std::distance(std::istream_iterator<std::string>{words}, {}), 25) << key;
        }
      }
}

TEST(LintSentences, EveryOneInTheCatalogueBelongsToARule) {
  std::set<std::string> known;
  for (const RulePack& pack : shipped_packs())
    for (const Rule& rule : pack.rules) known.insert({"lint." + rule.id + ".finding", "lint." + rule.id + ".repair"});
  for (const std::string& key : Phrases::keys(Language::en)) {
    const bool of_a_rule = key.starts_with("lint.") && (key.ends_with(".finding") || key.ends_with(".repair"));
    EXPECT_TRUE(!of_a_rule || key.starts_with("lint.column.") || known.contains(key)) << key;
  }
}

TEST(LintOutput, IsTheSameFindingsAsJsonAndAsAPage) {
  const ProcedureFile file = load("next-available");
  const LintReport report = lint_on(file, kToday);
  for (const Language language : {Language::en, Language::fr}) {
    const Phrases phrases{language};
    formats::JsonWriter json;
    json.begin_array();
    write_findings(json, file, report, phrases);
    json.end_array();
    const Result<formats::JsonValue> array = formats::parse_json(json.take(), "findings");
    ASSERT_TRUE(array) << array.error().detail;
    const std::string page = html_report(file, report, phrases).str(), text = print_report(file, report, phrases);
    ASSERT_EQ(array->items.size(), report.findings.size());
    for (std::size_t i = 0; i < array->items.size(); ++i) {
      const formats::JsonValue& item = array->items[i];
      EXPECT_EQ(item.find("rule")->text, report.findings[i].rule->id);
      EXPECT_EQ(item.find("line")->integer, report.findings[i].line);
      EXPECT_NE(text.find(item.find("sentence")->text), std::string::npos);
      EXPECT_NE(text.find(item.find("repair")->text), std::string::npos);
      EXPECT_NE(page.find(">" + item.find("rule")->text + " · "), std::string::npos);
    }
  }
}

TEST(LintRules, ThePageIsUpToDate) {
  const std::string path = GUICHET_SOURCE_DIR "/docs/lint-rules.md";
  const std::string page = rules_page(shipped_packs());
  if (std::getenv("GUICHET_BLESS") != nullptr) std::ofstream(path, std::ios::binary) << page;
  std::ifstream file(path, std::ios::binary);
  std::stringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), page) << "docs/lint-rules.md is stale: run this test with GUICHET_BLESS=1";
}

}  // namespace
}  // namespace guichet::rulebook
