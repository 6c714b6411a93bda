#include <guichet/rulebook/print.hpp>

#include <gtest/gtest.h>

#include <guichet/rulebook/read.hpp>

namespace guichet::rulebook {
namespace {

void expect_same_calendars(const ProcedureFile& a, const ProcedureFile& b) {
  ASSERT_EQ(a.calendars.size(), b.calendars.size());
  for (std::size_t i = 0; i < a.calendars.size(); ++i) {
    EXPECT_EQ(a.calendars[i].id, b.calendars[i].id);
    EXPECT_EQ(a.calendars[i].zone, b.calendars[i].zone);
    EXPECT_EQ(a.calendars[i].week, b.calendars[i].week);
    EXPECT_EQ(a.calendars[i].day_seconds, b.calendars[i].day_seconds);
    EXPECT_EQ(a.calendars[i].holidays, b.calendars[i].holidays);
    EXPECT_EQ(a.calendars[i].holiday_sets, b.calendars[i].holiday_sets);
    EXPECT_EQ(a.calendars[i].by_day, b.calendars[i].by_day);
  }
}

/// Everything that a reader of the file can see, but for places and comments.
void expect_same(const ProcedureFile& a, const ProcedureFile& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.effective_from, b.effective_from);
  EXPECT_EQ(a.announced_on, b.announced_on);
  EXPECT_EQ(a.languages, b.languages);
  EXPECT_EQ(a.procedure, b.procedure);
  EXPECT_EQ(a.teams, b.teams);
  EXPECT_EQ(a.team_titles, b.team_titles);
  EXPECT_EQ(a.speciality_titles, b.speciality_titles);
  EXPECT_EQ(a.matters, b.matters);
  EXPECT_EQ(a.levels, b.levels);
  EXPECT_EQ(a.mediators, b.mediators);
  EXPECT_EQ(a.declares, b.declares);
  expect_same_calendars(a, b);
  for (const auto& [path, clause] : a.clauses) EXPECT_EQ(clause.source, b.clause(path).source) << path;
}

void expect_round_trip(const ProcedureFile& file) {
  const std::string printed = print_procedure(file);
  const Result<ProcedureFile> again = read_procedure(printed, "printed.toml");
  ASSERT_TRUE(again) << again.error().detail << "\n" << printed;
  expect_same(file, *again);
  EXPECT_EQ(print_procedure(*again), printed);
}

TEST(print, what_is_printed_reads_the_same) {
  for (const std::string& name : shipped_procedures()) {
    SCOPED_TRACE(name);
    const Result<ProcedureFile> file = load_procedure(name);
    ASSERT_TRUE(file) << file.error().detail;
    expect_round_trip(*file);
  }
}

// A file in which no key has its default, so that a key that is forgotten by the printer is missed.
TEST(print, nothing_that_can_be_said_is_lost) {
  const std::string text = R"(
[procedure]
name = "all-of-it"
version = "2.1 \"beta\""
announced_on = 2025-11-30
effective_from = 2026-02-01
languages = ["fr"]
title = { fr = "Tout\tdire\n\\ \u0001 é" }
promises_consequence = true
source = { kind = "contract", text = "§ 1" }
[contact]
point = "here"
human = true
free_of_charge = true
published = true
yearly_figures = true
[calendar.nights]
zone = "Australia/Lord_Howe"
hours = { monday = ["22:00-06:00"], tuesday-thursday = ["00:00-24:00"], sunday = ["08:15-09:00", "23:00-01:00"] }
day = "450 minutes"
holidays = [2026-05-01, 2026-12-24]
holiday_sets = ["be", "lu"]
[calendar.day]
zone = "UTC"
hours = { monday-sunday = ["09:00-17:00"] }
[[ladder]]
id = "one"
title = { fr = "Un" }
team = "first"
stay_max = "90 minutes"
[[ladder]]
id = "two"
title = { fr = "Deux" }
team = "second"
climb = ["seller", "clock"]
different_person = true
stay_max = "3 working days"
calendar = "nights"
last_resort = true
may_decide = true
source = { kind = "house", text = "why" }
[[matter]]
id = "small"
title = { fr = "Petit" }
team = "third"
speciality = "small things"
level = "one"
amount_above_eur = 250.05
level_above = "two"
[[matter]]
id = "big"
title = { fr = "Grand" }
level = "two"
amount_above_eur = 1000
[team.third]
title = { fr = "La troisième" }
source = { kind = "house", text = "so called" }
[speciality."small things"]
title = { fr = "les petites choses" }
[assignment]
mode = "by_speciality"
substitute = true
only_owner_answers = true
strip_to = "substitute"
[hand_off]
reason = true
summary = true
open_questions = true
acceptance = true
count_max = 254
[answers]
cover_every_question = true
seller_reply_clock_starts = "on_question"
boilerplate_max_percent = 80
[clocks]
at_the_top = "nothing"
source = { kind = "law", text = "all clocks" }
[clocks.first_answer]
allowance = "3 working hours"
calendar = "day"
reminders = ["1 week before"]
when_it_runs_out = "reassign"
[clocks.next_answer]
allowance = "100 working minutes"
calendar = "day"
when_it_runs_out = "grant"
[clocks.decision]
allowance = "2 weeks"
when_it_runs_out = "escalate"
source = { kind = "law", text = "this clock" }
[clocks.appeal_decision]
allowance = "3660 days"
when_it_runs_out = "remind"
[clocks.seller_reply]
allowance = "10 days"
reminders = ["5 days before", "2 days before", "1 minute before"]
when_it_runs_out = "close"
[clocks.acceptance]
allowance = "1 working day"
calendar = "nights"
when_it_runs_out = "hand_back"
[clocks.level]
reminders = ["1 hour before"]
when_it_runs_out = "grant"
[clocks.appeal_window]
allowance = "184 days"
when_it_runs_out = "hand_back"
[clocks.mediation]
allowance = "1 minute"
when_it_runs_out = "hand_back"
[clocks.offer]
allowance = "59 minutes"
when_it_runs_out = "hand_back"
[closing.agreement]
by = ["seller", "desk"]
[closing.decision]
by = ["clock"]
unread_blocks = true
[closing.seller_wish]
by = ["seller"]
[closing.seller_silence]
by = ["desk", "clock"]
notices = 15
unread_blocks = true
open_questions_block = true
[closing.desk_alone]
by = ["desk"]
open_questions_block = true
[reopening]
as = "same_case"
within = "5 working days"
calendar = "day"
keeps_history = false
[abandonment]
after = "60 days"
[decision]
facts = true
ground = true
redress = true
person = true
covers_questions = true
ways_of_redress = ["internal", "court"]
[appeal]
allowed = true
different_person = true
[mediation]
by = ["seller"]
before_decision = true
desk_share_percent = 60
source = { kind = "law", text = "mediation" }
[[mediation.mediator]]
name = "A"
contact = "a@example"
languages = ["fr", "de"]
independence = { en = "yes", fr = "oui" }
[[mediation.mediator]]
name = "B"
contact = "b@example"
independence = "said once"
source = { kind = "house", text = "B's own" }
[offers]
recorded = true
conditions_barred = ["silence", "waiver"]
[restrictions]
facts = true
ground = true
announced_first = true
reasons_first = true
notice_days = 1
termination_notice_days = 30
cooling_days_after_offer = 2
cooling_days_after_appeal = 3
cooling_days_after_claim = 4
[changes]
notice_days = 15
open_cases_keep_rules = true
[targets]
answers_per_hour = 5
closings_per_day = 6
quality_pair = true
)";
  const Result<ProcedureFile> file = read_procedure(text, "all.toml");
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file->procedure.matter[0].amount_above, 25'005U);
  EXPECT_EQ(file->calendars[0].week[0][0], (OpenSpan{22 * 60, 30 * 60}));
  expect_round_trip(*file);
}

TEST(print, the_smallest_procedure_is_told_in_full) {
  const Result<ProcedureFile> file = read_procedure(
      "[procedure]\nname = \"small\"\nversion = \"1\"\neffective_from = 2026-01-01\ntitle = { en = \"Small\" }\n"
      "[[matter]]\nid = \"any\"\ntitle = { en = \"Any\" }\nteam = \"all\"\n",
      "small.toml");
  ASSERT_TRUE(file) << file.error().detail;
  expect_round_trip(*file);
  EXPECT_NE(print_procedure(*file).find("seller_reply_clock_starts = \"never\""), std::string::npos);
}

}  // namespace
}  // namespace guichet::rulebook
