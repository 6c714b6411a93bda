#include <guichet/rulebook/read.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include <guichet/formats/toml.hpp>
#include <guichet/rulebook/print.hpp>

namespace guichet::rulebook {
namespace {

const std::string kMinimal = R"([procedure]
name = "small"
version = "1"
effective_from = 2026-01-01
title = { en = "Small" }
[[matter]]
id = "any"
title = { en = "Any" }
)";

ProcedureFile read(const std::string& text) {
  Result<ProcedureFile> file = read_procedure(text, "a.toml");
  EXPECT_TRUE(file) << file.error().detail;
  return file ? *std::move(file) : ProcedureFile{};
}

ProcedureFile shipped(const std::string& name) {
  Result<ProcedureFile> file = load_procedure(name);
  EXPECT_TRUE(file) << file.error().detail;
  return file ? *std::move(file) : ProcedureFile{};
}

std::string faults(const std::string& text) {
  const Result<ProcedureFile> file = read_procedure(text, "a.toml");
  EXPECT_FALSE(file) << text;
  return file ? "" : file.error().detail;
}

void expect_fault(const std::string& added, const std::string& fault) {
  EXPECT_EQ(faults(kMinimal + added), "a.toml:" + fault) << added;
}

std::string content_of(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(content).str();
}

std::string format_page() { return content_of(std::string{GUICHET_SOURCE_DIR} + "/docs/procedure-format.md"); }

TEST(read, the_smallest_procedure_has_the_defaults) {
  const ProcedureFile file = read(kMinimal);
  EXPECT_EQ(file.name, "small");
  EXPECT_EQ(file.effective_from, *parse_instant("2026-01-01"));
  EXPECT_FALSE(file.announced_on);
  EXPECT_EQ(file.languages, std::vector{formats::Language::en});
  EXPECT_EQ(file.procedure, Procedure{});
  EXPECT_EQ(file.declares, Declarations{});
  ASSERT_EQ(file.levels.size(), 1U);
  EXPECT_EQ(file.levels[0].id, "desk");
  EXPECT_EQ(file.teams, std::vector<std::string>{"desk"});
}

TEST(read, every_fault_is_told_at_once_in_the_order_of_the_file) {
  const std::string text = R"([procedure]
name = "Bad Name"
version = 1
effective_from = 2026-01-01
titel = { en = "x" }
[calendar.office]
zone = "Europe/Pariss"
hours = { monday-friday = ["09:00-17:00", "16:00-18:00"], tuesday = ["10:00-11:00"], funday = [] }
[[matter]]
id = "a"
title = { en = "A" }
level = "nowhere"
source = { kind = "low" }
[clocks.seller_reply]
allowance = "-2 hours"
when_it_runs_out = "grant"
[clocks.first_answer]
allowance = "2 working days"
calendar = "offise"
remind = 3
)";
  EXPECT_EQ(faults(text), R"(a.toml:1:1: procedure.title is missing; write title = { en = "…", fr = "…" }
a.toml:2:8: procedure.name is "Bad Name"; write small letters, digits, _ and -
a.toml:3:11: procedure.version is a whole number; write a text in quotes
a.toml:5:1: unknown key "procedure.titel"; did you mean "title"?
a.toml:7:8: calendar.office.zone cannot be used: there is no time zone "Europe/Pariss"; did you mean "Europe/Paris"?
a.toml:8:27: calendar.office.hours.monday-friday holds "16:00-18:00", which overlaps the one before it
a.toml:8:69: calendar.office.hours.tuesday gives tuesday a second time; write each day once
a.toml:8:86: unknown key "calendar.office.hours.funday"; did you mean "sunday"?
a.toml:12:9: matter[0].level is "nowhere", which is not a level of the ladder; known: "desk"
a.toml:13:10: matter[0].source.text is missing; write text = "…"
a.toml:13:19: matter[0].source.kind is "low"; write one of "law", "contract", "house"
a.toml:15:13: clocks.seller_reply.allowance is "-2 hours"; write a time above zero
a.toml:16:20: clocks.seller_reply.when_it_runs_out is "grant"; write one of "nothing", "escalate", "close"
a.toml:19:12: clocks.first_answer.calendar is "offise", which is not a calendar of this file; did you mean "office"?
a.toml:20:1: unknown key "clocks.first_answer.remind"; did you mean "reminders"?)");
}

TEST(read, an_empty_file_says_what_a_procedure_needs) {
  EXPECT_EQ(faults(""),
            "a.toml:1:1: matter is missing; write at least one table [[matter]]\n"
            "a.toml:1:1: procedure is missing; write a table [procedure]");
}

TEST(read, a_clock_refuses_an_effect_that_makes_no_sense_for_it) {
  const auto effect = [](const std::string& clock, const std::string& word) {
    return kMinimal + "[clocks." + clock + "]\n" + (clock == "level" ? "" : "allowance = \"2 days\"\n") +
           "when_it_runs_out = \"" + word + "\"\n";
  };
  const std::map<std::string, std::vector<std::string>> allowed{
      {"first_answer", {"nothing", "remind", "escalate", "grant", "reassign"}},
      {"next_answer", {"nothing", "remind", "escalate", "grant", "reassign"}},
      {"decision", {"nothing", "remind", "escalate", "grant", "reassign"}},
      {"appeal_decision", {"nothing", "remind", "escalate", "grant", "reassign"}},
      {"level", {"nothing", "remind", "escalate", "grant", "reassign"}},
      {"acceptance", {"nothing", "hand_back", "escalate", "reassign"}},
      {"seller_reply", {"nothing", "escalate", "close"}},
      {"appeal_window", {"nothing", "hand_back"}},
      {"mediation", {"nothing", "hand_back"}},
      {"offer", {"nothing", "hand_back"}}};
  for (const auto& [clock, words] : allowed)
    for (const std::string word : {"nothing", "remind", "escalate", "close", "grant", "reassign", "hand_back"}) {
      const bool fits = std::find(words.begin(), words.end(), word) != words.end();
      EXPECT_EQ(static_cast<bool>(read_procedure(effect(clock, word), "a.toml")), fits) << clock << " " << word;
    }
}

TEST(read, contradictions_are_faults) {
  expect_fault("[assignment]\nstrip_to = \"substitute\"\n",
               "10:12: assignment.strip_to is \"substitute\", but there is none; write substitute = true");
  expect_fault("[clocks.level]\nallowance = \"2 days\"\n",
               "10:13: clocks.level.allowance is not read; the longest stay is stay_max of each level of the ladder");
  expect_fault("[clocks.offer]\nwhen_it_runs_out = \"hand_back\"\n",
               "9:1: clocks.offer.allowance is missing; write a time, such as \"2 working days\"");
  expect_fault("[clocks.offer]\nallowance = \"2 working days\"\n",
               "10:13: clocks.offer.allowance is working time without a calendar; write calendar = \"…\"");
  expect_fault("[clocks.offer]\nallowance = \"2 days\"\nreminders = [\"1 day before\", \"30 hours before\"]\n",
               "11:13: clocks.offer.reminders are too many; write at most 1");
  expect_fault("[clocks.seller_reply]\nallowance = \"2 days\"\nreminders = [\"1 hour before\", \"30 hours before\"]\n",
               "11:13: clocks.seller_reply.reminders are not in order; write the one farthest from the end first");
  expect_fault("[clocks.offer]\nallowance = \"2 days\"\nreminders = [\"48 hours before\"]\n",
               "11:13: clocks.offer.reminders hold \"48 hours before\", which is before the clock starts; write less");
  expect_fault("[reopening]\nas = \"new_case\"\nwithin = \"2 days\"\n",
               "11:10: reopening.within belongs to as = \"same_case\"; leave it out");
  expect_fault("[[matter]]\nid = \"any\"\ntitle = { en = \"Again\" }\n",
               "10:6: matter[1].id is given twice; write another name");
}

TEST(read, teams_and_specialities_have_titles_of_their_own) {
  const std::string text = R"([procedure]
name = "small"
version = "1"
effective_from = 2026-01-01
languages = ["en", "fr"]
title = { en = "Small", fr = "Petit" }
[[matter]]
id = "any"
title = { en = "Any", fr = "Tout" }
team = "first line"
speciality = "law"
)";
  const std::string titles = R"([team."first line"]
title = { en = "First line", fr = "Premier accueil" }
[speciality.law]
title = { en = "the law", fr = "le droit" }
)";
  using formats::Language;
  const ProcedureFile without = read(text), with = read(text + titles);
  EXPECT_EQ(without.team_name("first line", Language::fr), "first line");
  EXPECT_EQ(without.speciality_name("law", Language::fr), "law");
  EXPECT_EQ(with.teams, without.teams);
  EXPECT_EQ(with.team_name("first line", Language::fr), "Premier accueil");
  EXPECT_EQ(with.team_name("first line", Language::en), "First line");
  EXPECT_EQ(with.team_name("second line", Language::fr), "second line");
  EXPECT_EQ(with.speciality_name("law", Language::fr), "le droit");

  EXPECT_EQ(faults(text + "[team.\"first line\"]\ntitle = { en = \"First line\" }\n[team.second]\n"
                          "[speciality.order]\ntitle = { en = \"o\", fr = \"o\" }\n"),
            "a.toml:13:9: team.first line.title.fr is missing; the file says that it has this language\n"
            "a.toml:14:7: team.second is not a team of the ladder or of a matter; leave it out\n"
            "a.toml:14:7: team.second.title is missing; write title = { en = \"…\", fr = \"…\" }\n"
            "a.toml:15:13: speciality.order is not a speciality of a matter; leave it out");
}

TEST(read, calendars_and_working_days) {
  const std::string calendar =
      "[calendar.office]\nzone = \"Europe/Paris\"\nholidays = [2026-12-24, \"2026-12-31\"]\n"
      "hours = { monday-friday = [\"09:00-12:30\", \"13:30-17:00\"], saturday = [\"09:00-12:00\"] }\n";
  const std::string clock = "[clocks.first_answer]\nallowance = \"2 working days\"\n";
  const ProcedureFile file = read(kMinimal + calendar + clock);
  ASSERT_EQ(file.calendars.size(), 1U);
  EXPECT_EQ(file.calendars[0].holidays, (std::vector<std::string>{"2026-12-24", "2026-12-31"}));
  EXPECT_FALSE(file.calendars[0].view().empty());
  EXPECT_EQ(file.procedure.clock(Clock::first_answer).allowance,
            (Allowance{Allowance::Kind::working, 0, 2 * 7 * 3'600}));
  const ProcedureFile shorter = read(kMinimal + calendar + "day = \"6 hours\"\n" + clock);
  EXPECT_EQ(shorter.procedure.clock(Clock::first_answer).allowance.seconds, 2U * 6 * 3'600);

  expect_fault("[calendar.office]\nzone = \"UTC\"\nhours = { monday = [] }\n",
               "11:9: calendar.office.hours are never open; write at least one interval");
  for (const std::string hours :
       {"9:00-17:00", "09:00-24:01", "24:00-25:00", "09:60-10:00", "09:00-09:00", "09:00", "+9:00-10:00"})
    EXPECT_NE(faults(kMinimal + "[calendar.o]\nzone = \"UTC\"\nhours = { monday = [\"" + hours + "\"] }\n")
                  .find("\"09:00-17:00\""),
              std::string::npos)
        << hours;
  EXPECT_NE(
      faults(kMinimal +
             "[calendar.o]\nzone = \"UTC\"\nhours = { monday = [\"09:00-17:00\"] }\nholidays = [\"2026-02-30\"]\n")
          .find("a.toml:12:13: calendar.o.holidays"),
      std::string::npos);
}

TEST(read, hostile_files_are_refused_with_a_place) {
  EXPECT_EQ(faults(std::string(formats::kTomlBytesMax + 1, '#')),
            "a.toml:1:1: the file is larger than 1 MiB; split it or remove what is not a rule");
  EXPECT_EQ(faults("[procedure]\nname = \"caf\xe9\"\n"), "a.toml:2:12: this byte is not UTF-8; save the file in UTF-8");
  EXPECT_TRUE(faults(std::string("a = \"\0\"", 7)).starts_with("a.toml:1:"));
  EXPECT_TRUE(faults("a = " + std::string(200'000, '[')).starts_with("a.toml:1:"));
  EXPECT_TRUE(faults("a = " + std::string(200'000, '{')).starts_with("a.toml:1:"));
  std::string dots = "a";
  for (int i = 0; i < 300'000; ++i) dots += ".a";
  EXPECT_TRUE(faults(dots + " = 1").starts_with("a.toml:1:130: more than 64 dots"));
  EXPECT_TRUE(faults("a = 1\na = 2\n").starts_with("a.toml:2:"));
  EXPECT_TRUE(faults("a = 99999999999999999999999\n").starts_with("a.toml:1:"));
  EXPECT_TRUE(faults("a = \"unfinished\nb = 1").starts_with("a.toml:1:"));
}

TEST(read, very_many_faults_are_counted) {
  std::string text = kMinimal;
  for (int i = 0; i < 500; ++i) text += "[nonsense" + std::to_string(i) + "]\n";
  const std::string told = faults(text);
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 100);
  EXPECT_TRUE(told.ends_with("… and 400 more"));
}

// Puts each of `wrong` in the place of each value of a shipped file, one after the other: it is read, or
// every line of the error has a place; nothing else happens. Returns how many were refused.
std::size_t refused_with(const std::string& name, const std::vector<std::string>& wrong) {
  static const std::regex kPlaced(R"(a\.toml:[0-9]+:[0-9]+: .+)");
  std::istringstream lines(print_procedure(shipped(name)));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t equals = all[i].find(" = ");
    if (equals == std::string::npos) continue;
    for (const std::string& value : wrong) {
      std::string text;
      for (std::size_t j = 0; j < all.size(); ++j)
        text += (j == i ? all[j].substr(0, equals + 3) + value : all[j]) + "\n";
      const Result<ProcedureFile> file = read_procedure(text, "a.toml");
      if (file) {
        const std::string printed = print_procedure(*file);
        const Result<ProcedureFile> again = read_procedure(printed, "a.toml");
        EXPECT_TRUE(again) << all[i] << " -> " << value << "\n" << again.error().detail;
        EXPECT_TRUE(!again || print_procedure(*again) == printed) << all[i] << " -> " << value;
        continue;
      }
      ++refused;
      std::istringstream told(file.error().detail);
      for (std::string line; std::getline(told, line);) EXPECT_TRUE(std::regex_match(line, kPlaced)) << line;
    }
  }
  return refused;
}

TEST(read, any_value_may_be_wrong) {
  EXPECT_GT(
      refused_with("next-available", {"-1", "\"\"", "\"x\"", "1e300", "nan", "[]", "{}", "[[1]]", "[\"\"]",
                                      "2026-01-01", "true", "99999999999", "{ a = { b = [1, \"c\"] } }", "07:32:00"}),
      800U);
  EXPECT_GT(refused_with("guichet-unique", {"\"9 working days\"", "65536"}), 200U);
}

TEST(read, clauses_know_their_place_and_source) {
  const ProcedureFile file = read(kMinimal + R"([closing]
source = { kind = "law", text = "art. 1" }
[closing.decision]
by = ["seller"]
[closing.desk_alone]
by = []
source = { kind = "contract", text = "clause 2", fr = "l'article 2" }
)");
  EXPECT_EQ(file.clause("closing.decision.by").line, 12U);
  EXPECT_EQ(file.clause("closing.decision.by").column, 1U);
  EXPECT_EQ(file.clause("closing.decision.by").source, (Source{"law", {"art. 1", "art. 1"}}));
  EXPECT_EQ(file.clause("closing.desk_alone").source, (Source{"contract", {"clause 2", "l'article 2"}}));
  EXPECT_EQ(file.clause("matter[0].title.en").line, 8U);
  EXPECT_EQ(file.clause("closing.agreement.by").path, "closing");
  EXPECT_EQ(file.clause("appeal.allowed").line, 1U);
  EXPECT_FALSE(file.clause("appeal.allowed").source);
}

TEST(read, what_a_mediator_says_of_himself_is_told_once_or_in_each_language) {
  const auto mediator = [](const std::string& independence) {
    return kMinimal + "[[mediation.mediator]]\nname = \"A\"\ncontact = \"a@a.org\"\nindependence = " + independence +
           "\n";
  };
  EXPECT_EQ(read(mediator("\"paid by both\"")).mediators[0].independence, (Title{"paid by both", "paid by both"}));
  EXPECT_EQ(read(mediator("{ en = \"paid by both\", fr = \"payé par les deux\" }")).mediators[0].independence,
            (Title{"paid by both", "payé par les deux"}));
  EXPECT_TRUE(read(kMinimal + "[[mediation.mediator]]\nname = \"A\"\ncontact = \"a@a.org\"\n")
                  .mediators[0]
                  .independence.empty());
  EXPECT_EQ(faults(mediator("3")),
            "a.toml:12:16: mediation.mediator[0].independence is a whole number; write a text in quotes, or "
            "{ en = \"…\", fr = \"…\" }");
  EXPECT_EQ(faults(mediator("{ fr = \"payé par les deux\", german = \"von beiden\" }")),
            "a.toml:12:16: mediation.mediator[0].independence.en is missing; the file says that it has this language\n"
            "a.toml:12:44: unknown key \"mediation.mediator[0].independence.german\"; known here: \"en\", \"fr\"");
}

TEST(read, shipped_procedures_are_named_after_their_files) {
  EXPECT_EQ(shipped_procedures(), (std::vector<std::string>{"guichet-unique", "next-available", "p2b-minimum"}));
  for (const std::string& name : shipped_procedures()) {
    EXPECT_EQ(shipped(name).name, name);
    EXPECT_EQ(shipped(std::string{GUICHET_SOURCE_DIR} + "/procedures/" + name + ".toml").procedure,
              shipped(name).procedure);
  }
}

TEST(read, every_rule_that_is_shipped_has_its_source) {
  for (const std::string& name : shipped_procedures())
    for (const auto& [path, clause] : shipped(name).clauses) {
      // The tables that only hold others have nothing of their own to justify.
      if (path == "calendar" || path == "clocks" || path == "closing" || path == "ladder" || path == "matter") continue;
      // What a team is called is no rule.
      if (path.starts_with("team") || path.starts_with("speciality")) continue;
      EXPECT_TRUE(clause.source) << name << ": " << path;
    }
}

// The findings that the testimony's procedure must yield, as the facts they rest on.
TEST(read, next_available_says_what_the_testimony_says) {
  const ProcedureFile file = shipped("next-available");
  const Procedure& p = file.procedure;
  EXPECT_EQ(p.assignment.mode, AssignMode::next_available);
  EXPECT_FALSE(p.assignment.substitute);
  EXPECT_EQ(p.levels, 1);
  EXPECT_FALSE(file.levels[0].may_decide || file.levels[0].last_resort);
  EXPECT_TRUE(
      std::all_of(file.matters.begin(), file.matters.end(), [](const MatterText& m) { return m.speciality.empty(); }));
  for (std::size_t i = 0; i < kClocks; ++i)
    EXPECT_EQ(static_cast<bool>(p.clocks[i].allowance), static_cast<Clock>(i) == Clock::seller_reply);
  EXPECT_EQ(p.clock(Clock::seller_reply).allowance, (Allowance{Allowance::Kind::elapsed, 0, 48 * 3'600}));
  EXPECT_EQ(p.clock(Clock::seller_reply).effect, Effect::close);
  EXPECT_EQ(p.clock(Clock::seller_reply).reminders, 0);
  EXPECT_EQ(p.answers.reply_clock_starts, Answers::ReplyClockStarts::on_any_message);
  EXPECT_FALSE(p.answers.cover_every_question);
  EXPECT_EQ(p.right(Ground::seller_silence).notices, 0);
  EXPECT_NE(p.right(Ground::seller_silence).by & kByClock, 0);
  EXPECT_NE(p.right(Ground::desk_alone).by, 0);
  EXPECT_EQ(p.reopening.kind, Reopening::Kind::new_case);
  EXPECT_FALSE(p.reopening.keeps_history);
  EXPECT_FALSE(p.appeal.allowed);
  EXPECT_TRUE(file.mediators.empty());
  EXPECT_FALSE(p.offers.recorded);
  EXPECT_FALSE(p.restrictions.facts_needed || p.restrictions.announced_first || file.declares.reasons_given_first);
  EXPECT_EQ(p.restrictions.cooling_offer_days, 0);
  EXPECT_GT(p.targets.closings_per_day, 0);
  EXPECT_FALSE(file.declares.quality_pair_declared);
  EXPECT_EQ(p.hand_off, HandOffRule{});
}

TEST(read, guichet_unique_binds_both_sides) {
  const ProcedureFile file = shipped("guichet-unique");
  const Procedure& p = file.procedure;
  EXPECT_TRUE(p.promises_consequence);
  EXPECT_EQ(p.assignment.mode, AssignMode::keep_owner);
  EXPECT_TRUE(p.assignment.substitute && p.assignment.only_owner_answers);
  for (const Clock clock : {Clock::first_answer, Clock::next_answer, Clock::decision, Clock::appeal_decision}) {
    EXPECT_TRUE(p.clock(clock).allowance);
    EXPECT_TRUE(p.clock(clock).effect == Effect::escalate || p.clock(clock).effect == Effect::grant);
  }
  EXPECT_EQ(p.at_the_top, Effect::grant);
  for (std::size_t i = 0; i < p.levels; ++i) EXPECT_TRUE(p.ladder[i].stay_max && file.levels[i].may_decide);
  EXPECT_TRUE(file.levels.back().last_resort);
  EXPECT_EQ(p.right(Ground::seller_silence).notices, 2);
  EXPECT_EQ(p.clock(Clock::seller_reply).reminders, 2);
  EXPECT_TRUE(p.right(Ground::seller_silence).open_questions_block && p.right(Ground::seller_silence).unread_blocks);
  EXPECT_EQ(p.right(Ground::desk_alone).by, 0);
  EXPECT_TRUE(p.appeal.allowed && p.appeal.different_person);
  EXPECT_GE(p.clock(Clock::appeal_window).allowance.seconds, 184U * 86'400);
  EXPECT_EQ(file.mediators.size(), 2U);
  EXPECT_TRUE(p.offers.recorded && file.declares.reasons_given_first && p.restrictions.announced_first);
  EXPECT_GT(p.restrictions.cooling_offer_days, 0);
  EXPECT_GE(p.change.notice_days, 15);
  EXPECT_GE(file.effective_from - *file.announced_on, std::chrono::days{15});
}

TEST(read, p2b_minimum_says_what_the_articles_ask) {
  const ProcedureFile file = shipped("p2b-minimum");
  const Procedure& p = file.procedure;
  EXPECT_GE(file.effective_from - *file.announced_on, std::chrono::days{15});    // P2B 3(2)
  EXPECT_TRUE(p.restrictions.facts_needed && p.restrictions.ground_needed);      // P2B 4(5)
  EXPECT_EQ(p.restrictions.termination_notice_days, 30);                         // P2B 4(2)
  EXPECT_TRUE(p.change.open_cases_keep_rules);                                   // P2B 8
  EXPECT_TRUE(file.declares.complaint_is_free && file.declares.yearly_figures);  // P2B 11(1), (4)
  EXPECT_GE(file.mediators.size(), 2U);                                          // P2B 12(1)
  EXPECT_GT(file.declares.desk_share_of_mediation_percent, 0U);                  // P2B 12(4)
  EXPECT_TRUE(file.declares.contact_is_human);                                   // DSA 12(1)
  EXPECT_EQ(file.declares.redress.size(), 3U);                                   // DSA 17(3)(f)
  EXPECT_GE(p.clock(Clock::appeal_window).allowance.seconds, 184U * 86'400);     // DSA 20(1)
  EXPECT_TRUE(p.decision.person_needed);                                         // DSA 20(6)
}

TEST(read, what_is_not_there_is_named) {
  const Result<ProcedureFile> near = load_procedure("guichet-uniqe");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().fault, Fault::not_found);
  EXPECT_NE(near.error().detail.find("did you mean \"guichet-unique\"?"), std::string::npos);
  const Result<ProcedureFile> far = load_procedure("nowhere/else.toml");
  ASSERT_FALSE(far);
  EXPECT_NE(far.error().detail.find("next-available"), std::string::npos);
  const Result<ProcedureFile> folder = load_procedure(GUICHET_SOURCE_DIR);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().fault, Fault::unreadable);
}

// docs/procedure-format.md, its text by section: "## [clocks]" is "clocks".
std::map<std::string, std::string> sections() {
  std::map<std::string, std::string> sections;
  std::istringstream page(format_page());
  std::string name;
  for (std::string line; std::getline(page, line);) {
    std::smatch heading;
    if (std::regex_match(line, heading, std::regex(R"(## \[+([a-z_]+).*)"))) name = heading[1];
    sections[name] += line + "\n";
  }
  return sections;
}

TEST(read, the_format_page_has_every_key) {
  const auto page = sections();
  for (const std::string& path : known_keys()) {
    const std::string section = path.substr(0, path.find('.'));
    ASSERT_TRUE(page.contains(section)) << section;
    const std::string key = path.substr(path.rfind('.') + 1);
    // The source of any table is told once, before the sections.
    const std::string& text = key == "source" ? page.at("") : page.at(section);
    EXPECT_TRUE(text.find("`" + key + "`") != std::string::npos || text.find("." + key + "]") != std::string::npos ||
                text.find("[" + key) != std::string::npos)
        << path;
  }
}

TEST(read, the_format_page_has_no_key_that_is_not_known) {
  const std::vector<std::string> known = known_keys();
  for (const auto& [section, text] : sections()) {
    if (section.empty()) continue;
    static const std::regex kRow(R"(\n\| `([a-z_]+)` \|)");
    for (auto row = std::sregex_iterator(text.begin(), text.end(), kRow); row != std::sregex_iterator(); ++row) {
      const std::string key = (*row)[1];
      EXPECT_TRUE(std::any_of(
          known.begin(), known.end(),
          [&](const std::string& path) { return path.starts_with(section + ".") && path.ends_with("." + key); }))
          << section << ": " << key;
    }
  }
}

TEST(read, the_examples_of_the_format_page_are_one_procedure) {
  const std::string page = format_page();
  std::string examples;
  static const std::regex kBlock("```toml\n(\\[[^`]*)```");
  for (auto block = std::sregex_iterator(page.begin(), page.end(), kBlock); block != std::sregex_iterator(); ++block)
    examples += (*block)[1];
  const ProcedureFile file = read(examples);
  EXPECT_EQ(file.levels.size(), 2U);
  EXPECT_EQ(file.mediators.size(), 1U);
  EXPECT_EQ(file.procedure.targets.closings_per_day, 40);
}

}  // namespace
}  // namespace guichet::rulebook
