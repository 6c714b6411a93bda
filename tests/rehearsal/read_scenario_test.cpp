#include <guichet/rehearsal/read_scenario.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rehearsal/print_scenario.hpp>
#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::string_view kSmallest = R"([scenario]
name = "small"
[run]
cases = 1000
[arrivals]
rate = "2 per hour"
[[matter]]
id = "any"
[team.desk]
agents = 1
)";

Scenario read(const std::string& text, const FitFromLog& fit = {}) {
  auto scenario = read_scenario(text, "s.toml", fit);
  EXPECT_TRUE(scenario) << scenario.error().detail;
  return scenario ? *scenario : Scenario{};
}

/// The fault of the smallest scenario with `what` replaced by `by`.
std::string fault(std::string_view what, std::string_view by) {
  std::string text{kSmallest};
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), by);
  const auto scenario = read_scenario(text, "s.toml");
  EXPECT_FALSE(scenario) << text;
  return scenario ? "" : scenario.error().detail;
}
std::string fault_of(std::string_view added) { return fault("agents = 1\n", "agents = 1\n" + std::string{added}); }

std::string content_of(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

/// One that says everything that a scenario with staff can say.
std::string everything() {
  return R"([scenario]
name = "all-of-it"
title = { en = "All", fr = "Tout" }
procedure = "next-available"

[run]
length = "2 years"
warm_up = "1.5 weeks"
warm_up_cases = 500
starts = 2026-03-02T08:00:00Z
seed = 77
replications = 3
threads = 2
memory = "512 MiB"
kept_cases = 1000
look_every = "30 minutes"
look_period = "1 week"
tails = ["20 seconds", "1 hour"]

[calendar.office]
zone = "Europe/Paris"
hours = { monday-friday = ["09:00-12:00", "13:00-17:00"] }
day = "7 hours"
holidays = [2026-12-24]
holiday_sets = ["fr"]
source = "the house's hours"

[arrivals]
rate = "95 per hour"
by_hour = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
by_day = [2, 1, 1, 1, 1, 1, 0]
sellers = 2000
turned_away_above = 500
source = "counted in 2025"
sources = { sellers = "the register" }

[[matter]]
id = "stock"
as = ["stock", "other"]
weight = 3
priority = 2
amount = { law = "lognormal", median = "100 EUR", p90 = "1000 EUR" }
questions = { law = "uniform", from = 1, to = 4 }
speciality = "logistics"
starts_in = "front"
work = "6 minutes"
patience = { law = "exponential", mean = "48 hours", source = "a guess of the author" }

[[matter]]
id = "money"
source = "half of them"

[team.front]
serves = ["front", "money"]
agents = 20
hours = "office"
skills = ["logistics"]
competence = { law = "uniform", from = 0.5, to = 0.9 }
outside_speciality = 0.5
reading_speed = "240 words per minute"
summary_share = 0.25
writing = { law = "gamma", mean = "5 minutes", sd = "2.5 minutes" }
handling = { law = "lognormal", mean = "3 minutes", cv2 = 2 }
words = { law = "quantiles", values = [10, 40, 200] }
absence = 0.05
turnover = "0.3 per year"
then = [{ act = "pass_on", to = "back", chance = 0.2 }, { act = "escalate", chance = 0.1, on_visit = 2 }]

[team.back]
agents = "unlimited"
work = { law = "mixture", parts = [{ weight = 3, law = "exponential", mean = "90 seconds" },
                                   { weight = 1, law = "constant", value = "1 hour" }] }

[quota]
active = true
answers_per_hour = 12
closings_per_day = 0
pressed = { part = 0.3, ask_back = 0.1, pass_on = 0.2, escalate = 0, close = 0.1 }
part_share = 0.4
time_when_pressed = "2 minutes"

[sellers]
reply = { law = "quantiles", unit = "hours", values = [0, 1, 4, 48] }
patience = "2 days"
leaves_per_failure = 0.1
leaves_per_day = 0.02
comes_back = 0.6
comes_back_after = { law = "exponential", mean = "1 day" }
climbs = 0.3
appeals = 0.4
thanks = 0.7
words = 60
time_per_message = "20 minutes"
time_per_read = "5 minutes"
time_per_restart = "1 hour"
)";
}

TEST(ReadScenario, the_smallest_has_the_defaults) {
  const Scenario scenario = read(std::string{kSmallest});
  EXPECT_EQ(scenario.name, "small");
  EXPECT_EQ(scenario.path, "s.toml");
  RunRule run;
  run.cases = 1000;
  run.starts = *parse_instant("2026-01-05");
  EXPECT_EQ(scenario.run, run);
  Arrivals arrivals;
  arrivals.per_second = 2.0 / 3600;
  EXPECT_EQ(scenario.arrivals, arrivals);
  Matter matter;
  matter.id = "any";
  EXPECT_EQ(scenario.matters, std::vector{matter});
  Team team;
  team.id = "desk";
  team.serves = {"desk"};
  team.agents = 1;
  team.competence = Law::constant(1);
  EXPECT_EQ(scenario.teams, std::vector{team});
  EXPECT_EQ(scenario.quota, Quota{});
  EXPECT_EQ(scenario.sellers, Sellers{});
  EXPECT_FALSE(scenario.course);
}

TEST(ReadScenario, everything_can_be_said) {
  const Scenario all = read(everything());
  EXPECT_EQ(all.name, "all-of-it");
  EXPECT_EQ(all.title.fr, "Tout");
  EXPECT_EQ(all.procedure, "next-available");

  EXPECT_EQ(all.run.length, 730 * kDay);
  EXPECT_EQ(all.run.warm_up, 252 * kHour);
  EXPECT_EQ(all.run.warm_up_cases, 500U);
  EXPECT_EQ(all.run.starts, *parse_instant("2026-03-02T08:00:00Z"));
  EXPECT_EQ(all.run.seed, 77U);
  EXPECT_EQ(all.run.replications, 3U);
  EXPECT_EQ(all.run.threads, 2U);
  EXPECT_EQ(all.run.memory_bytes, 512U << 20U);
  EXPECT_EQ(all.run.kept_cases, 1000U);
  EXPECT_EQ(all.run.look_every, kHour / 2);
  EXPECT_EQ(all.run.look_period, 7 * kDay);
  EXPECT_EQ(all.run.tails, (std::vector<double>{20, 3600}));

  ASSERT_EQ(all.calendars.size(), 1U);
  EXPECT_EQ(all.calendars[0].id, "office");
  EXPECT_FALSE(all.calendars[0].hours.empty());

  EXPECT_DOUBLE_EQ(all.arrivals.per_second, 95.0 / 3600);
  ASSERT_EQ(all.arrivals.profile.size(), 168U);
  EXPECT_EQ(all.arrivals.profile_period, 7 * kDay);
  EXPECT_DOUBLE_EQ(all.arrivals.profile[12], 4);  // Monday at noon: twice the weekday's, in half of the hours
  EXPECT_DOUBLE_EQ(all.arrivals.profile[36], 2);
  EXPECT_DOUBLE_EQ(all.arrivals.profile[156], 0);
  EXPECT_EQ(all.arrivals.sellers, 2000U);
  EXPECT_EQ(all.arrivals.turned_away_above, 500U);

  ASSERT_EQ(all.matters.size(), 2U);
  const Matter& stock = all.matters[0];
  EXPECT_EQ(stock.as, (std::vector<std::string>{"stock", "other"}));
  EXPECT_EQ(stock.weight, 3);
  EXPECT_EQ(stock.priority, 2);
  EXPECT_EQ(stock.questions, Law::uniform(1, 4));
  EXPECT_EQ(stock.speciality, "logistics");
  EXPECT_EQ(stock.starts_in, "front");
  EXPECT_EQ(stock.work, Law::constant(360));
  EXPECT_EQ(stock.patience, Law::exponential(172'800));
  // Median and 90 % quantile, in cents.
  EXPECT_NEAR(exact_log(stock.amount.mean() / 10'000), stock.amount.second() * stock.amount.second() / 2, 1e-9);
  EXPECT_NEAR(stock.amount.second(), 2.302585092994046 / 1.2815515655446004, 1e-9);

  ASSERT_EQ(all.teams.size(), 2U);
  const Team& front = all.teams[0];
  EXPECT_EQ(front.serves, (std::vector<std::string>{"front", "money"}));
  EXPECT_EQ(front.agents, 20U);
  EXPECT_EQ(front.hours, "office");
  EXPECT_EQ(front.skills, std::vector<std::string>{"logistics"});
  EXPECT_EQ(front.competence, Law::uniform(0.5, 0.9));
  EXPECT_EQ(front.outside_speciality, 0.5);
  EXPECT_EQ(front.reading_words_per_minute, 240);
  EXPECT_EQ(front.summary_share, 0.25);
  EXPECT_EQ(front.writing, Law::gamma(4, 300));
  EXPECT_EQ(front.handling, Law::lognormal(180, 2));
  EXPECT_EQ(front.words, Law::quantiles({10, 40, 200}));
  EXPECT_EQ(front.absence, 0.05);
  EXPECT_EQ(front.turnover_per_year, 0.3);
  EXPECT_EQ(front.then, (std::vector<Then>{{Act::pass_on, "back", 0.2, -1}, {Act::escalate, "", 0.1, 2}}));
  EXPECT_TRUE(all.teams[1].unlimited);
  EXPECT_EQ(all.teams[1].work, Law::mixture({{3, Law::exponential(90)}, {1, Law::constant(3600)}}));

  EXPECT_TRUE(all.quota.active);
  EXPECT_EQ(all.quota.answers_per_hour, 12);
  EXPECT_EQ(all.quota.closings_per_day, 0);
  EXPECT_NEAR(all.quota.pressed[0], 0.3, 1e-15);  // what remains
  EXPECT_EQ(all.quota.pressed[5], 0.1);
  EXPECT_EQ(all.quota.part_share, 0.4);
  EXPECT_EQ(all.quota.time_when_pressed, Law::constant(120));

  EXPECT_EQ(all.sellers.reply, Law::quantiles({0, 3600, 14'400, 172'800}));
  EXPECT_EQ(all.sellers.patience, Law::constant(172'800));
  EXPECT_EQ(all.sellers.leaves_per_failure, 0.1);
  EXPECT_EQ(all.sellers.leaves_per_day, 0.02);
  EXPECT_EQ(all.sellers.comes_back, 0.6);
  EXPECT_EQ(all.sellers.comes_back_after, Law::exponential(86'400));
  EXPECT_EQ(all.sellers.climbs, 0.3);
  EXPECT_EQ(all.sellers.appeals, 0.4);
  EXPECT_EQ(all.sellers.thanks, 0.7);
  EXPECT_EQ(all.sellers.words, Law::constant(60));
  EXPECT_DOUBLE_EQ(all.sellers.hours_per_message, 1.0 / 3);
  EXPECT_DOUBLE_EQ(all.sellers.hours_per_read, 1.0 / 12);
  EXPECT_EQ(all.sellers.hours_per_restart, 1);
}

TEST(ReadScenario, every_assumption_has_its_source_and_line) {
  const Scenario scenario = read(everything());
  std::map<std::string, Assumption> by_path;
  std::uint32_t line = 0;
  for (const Assumption& one : scenario.assumptions) {
    EXPECT_TRUE(by_path.emplace(one.path, one).second) << one.path;
    EXPECT_GE(one.line, line) << one.path;
    line = one.line;
    EXPECT_FALSE(one.value.empty()) << one.path;
  }
  EXPECT_EQ(by_path.at("arrivals.rate").value, "95 per hour");
  EXPECT_EQ(by_path.at("arrivals.rate").source, "counted in 2025");
  EXPECT_EQ(by_path.at("arrivals.rate").line, 29U);
  EXPECT_EQ(by_path.at("arrivals.sellers").source, "the register");
  EXPECT_EQ(by_path.at("matter.stock.patience").source, "a guess of the author");
  EXPECT_EQ(by_path.at("matter.stock.patience").value, R"({ law = "exponential", mean = "48 hours" })");
  EXPECT_EQ(by_path.at("matter.stock.weight").source, "assumed");
  EXPECT_EQ(by_path.at("team.front.competence").value, R"({ law = "uniform", from = 0.5, to = 0.9 })");
  EXPECT_EQ(by_path.at("calendar.office.zone").source, "the house's hours");
  EXPECT_EQ(by_path.at("quota.active").value, "true");
  for (const char* no_assumption : {"run.length", "scenario.name", "matter.stock.id", "arrivals.source"})
    EXPECT_FALSE(by_path.contains(no_assumption)) << no_assumption;
}

TEST(ReadScenario, all_faults_are_told_at_once_in_the_order_of_the_file) {
  const auto scenario = read_scenario(R"([scenario]
name = "Bad Name"
[run]
cases = 10
length = "1 year"
replications = 0
[arrivals]
rate = "95 an hour"
sellres = 3
[[matter]]
id = "a"
questions = 16
amount = 250
starts_in = "fornt"
[team.front]
agents = 0
hours = "ofice"
competence = 1.5
writing = "-2 hours"
reading_speed = "fast"
then = [{ act = "pass_on", to = "back", chance = 0.7 }, { act = "close", chance = 0.6 }]
[calendar.office]
zone = "Europe/Paris"
hours = { monday = ["09:00-17:00"] }
[quota]
pressed = { answer = 0.5, part = 0.3 }
[sellers]
reply = { law = "exponential", mean = "0 hours" }
)",
                                      "s.toml");
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().fault, Fault::unreadable);
  EXPECT_EQ(scenario.error().detail, R"(s.toml:2:8: scenario.name is "Bad Name"; write small letters, digits, _ and -
s.toml:5:10: run.length contradicts cases; write how long, or how many, not both
s.toml:6:16: run.replications is 0; write a whole number from 1 to 100000
s.toml:8:8: arrivals.rate is "95 an hour"; write a rate, such as "95 per hour"
s.toml:9:1: unknown key "arrivals.sellres"; did you mean "sellers"?
s.toml:12:13: matter[0].questions is above 15; write 0 to 15, for a case has room for sixteen
s.toml:13:10: matter[0].amount is a whole number; write an amount and its unit, such as "250 EUR"
s.toml:14:13: matter[0].starts_in is "fornt", which is not a queue that a team serves; did you mean "front"?
s.toml:16:10: team.front.agents is 0; write 1 to 1000000, or "unlimited"
s.toml:17:9: team.front.hours is "ofice", which is not a calendar of this file; did you mean "office"?
s.toml:18:14: team.front.competence is 1.5; write a share from 0 to 1
s.toml:19:11: team.front.writing is "-2 hours"; write zero or more
s.toml:20:17: team.front.reading_speed is "fast"; write a speed, such as "220 words per minute"
s.toml:21:8: team.front.then has chances that sum to 1.3 on one visit; write at most 1, for the rest is answered
s.toml:21:8: team.front.then is "back", which is not a queue that a team serves; known: "front"
s.toml:26:11: quota.pressed sums to 0.8; leave answer out, it is what remains to 1
s.toml:28:39: sellers.reply.mean is zero; write more, or a constant instead of a law)");
}

struct Bad {
  std::string_view what, by, fault;
};

TEST(ReadScenario, what_cannot_be_rehearsed_is_refused_with_a_remedy) {
  const std::vector<Bad> all{
      {kSmallest, "", "s.toml:1:1: nobody works here; write a table [team.NAME] with agents = 10, or [course]"},
      {"[team.desk]\nagents = 1\n", "", "s.toml:1:1: nobody works here"},
      {"[[matter]]\nid = \"any\"\n", "",
       "s.toml:1:1: matter is missing; write at least one table [[matter]] with an id"},
      {"[run]\ncases = 1000\n", "", "s.toml:1:1: run is missing; write a table [run] with a length"},
      {"cases = 1000\n", "",
       "s.toml:3:1: run has neither length nor cases; write length = \"1 year\" or cases = 100000"},
      {"cases = 1000", "cases = 0", "s.toml:4:9: run.cases is 0; write a whole number from 1 to"},
      {"cases = 1000", "length = \"0 days\"", "s.toml:4:10: run.length is zero; write a time above zero"},
      {"cases = 1000", "length = \"300 years\"",
       "s.toml:4:10: run.length is \"300 years\"; write at most \"200 years\""},
      {"cases = 1000", "length = \"2 months\"",
       "s.toml:4:10: run.length is \"2 months\"; write days, for months differ in length"},
      {"cases = 1000", "length = 12", "s.toml:4:10: run.length is a whole number; write a time and its unit"},
      {"cases = 1000", "cases = 90_000_000_000", "s.toml:4:9: run.cases take "},
      {"cases = 1000", "cases = 10\nmemory = \"1 KB\"",
       "s.toml:5:10: run.memory is \"1 KB\"; write a size from \"16 MiB\" to \"1024 GiB\""},
      {"cases = 1000", "cases = 10\nstarts = 1066-10-14", "s.toml:5:10: run.starts is not a date from 1990 to 2099"},
      {"cases = 1000", "cases = 10\nlook_every = \"7 hours\"",
       "s.toml:5:14: run.look_every does not go into the period"},
      {"cases = 1000", "cases = 10\nlook_period = \"1 week\"",
       "s.toml:5:15: run.look_period is given without look_every"},
      {"rate = \"2 per hour\"\n", "", "s.toml:5:1: arrivals say not how many come; write rate = \"95 per hour\""},
      {"2 per hour", "0 per hour", "s.toml:6:8: arrivals.rate is \"0 per hour\"; write a rate above zero"},
      {"2 per hour", "-2 per hour", "s.toml:6:8: arrivals.rate is \"-2 per hour\"; write a rate above zero"},
      {"2 per hour", "1e30 per hour", "s.toml:6:8: arrivals.rate is \"1e30 per hour\"; write at most"},
      {"2 per hour", "nan per hour", "s.toml:6:8: arrivals.rate is \"nan per hour\"; write a rate, such as"},
      {"2 per hour", "2 per month", "s.toml:6:8: arrivals.rate is \"2 per month\"; write a rate, such as"},
      {"2 per hour\"", "2 per hour\"\nbetween = \"1 hour\"",
       "s.toml:5:1: arrivals are given twice; write one of rate, between, log, at, or a rate for each matter"},
      {"rate = \"2 per hour\"", "between = \"0 hours\"", "s.toml:6:11: arrivals.between is zero"},
      {"rate = \"2 per hour\"", "between = \"1 hour\"\nby_day = [1, 1, 1, 1, 1, 0, 0]",
       "s.toml:6:11: arrivals.between leaves no rate to vary"},
      {"2 per hour\"", "2 per hour\"\nby_hour = [1, 2]", "s.toml:7:11: arrivals.by_hour holds 2 weights; write 24"},
      {"2 per hour\"", "2 per hour\"\nby_day = [0, 0, 0, 0, 0, 0, 0]",
       "s.toml:7:10: arrivals.by_day holds zeros only; write at least one weight above zero"},
      {"2 per hour\"", "2 per hour\"\nby_day = [1, 1, -1, 1, 1, 1, 1]", "s.toml:7:17: arrivals.by_day is -1; write"},
      {"2 per hour\"", "2 per hour\"\nsinusoid = { amplitude = 2, period = \"1 day\" }",
       "s.toml:7:26: arrivals.sinusoid.amplitude is 2; write a share from 0 to 1"},
      {"2 per hour\"", "2 per hour\"\nsinusoid = { amplitude = 0.5 }",
       "s.toml:7:12: arrivals.sinusoid.period is missing"},
      {"2 per hour\"",
       "2 per hour\"\nby_day = [1, 1, 1, 1, 1, 0, 0]\nsinusoid = { amplitude = 0.5, period = \"1 day\" }",
       "s.toml:8:12: arrivals.sinusoid contradicts the profile"},
      {"2 per hour\"", "2 per hour\"\nprofile = { period = \"2 days\", weights = [1, 2] }",
       "s.toml:7:22: arrivals.profile.period is neither; write \"1 day\" or \"1 week\""},
      {"2 per hour\"", "2 per hour\"\nsource = \"\"", "s.toml:7:10: arrivals.source is empty"},
      {"2 per hour\"", "2 per hour\"\nsources = { sellers = \"a\" }",
       "s.toml:7:23: arrivals.sources.sellers is the source of a key that this table does not have"},
      {"rate = \"2 per hour\"", "at = { unit = \"hours\", values = [2, 1] }",
       "s.toml:6:33: arrivals.at.values do not rise"},
      {"rate = \"2 per hour\"", "at = { unit = \"hours\", values = [0, 0] }",
       "s.toml:6:6: arrivals.at are all at once"},
      {"rate = \"2 per hour\"", "at = { unit = \"huors\", values = [0, 1] }",
       "s.toml:6:15: arrivals.at.unit is \"huors\", which is not a unit; did you mean \"hours\"?"},
      {"rate = \"2 per hour\"", "log = { fit = \"log.xes\" }", "s.toml:6:15: arrivals.log.fit needs the log"},
      {"id = \"any\"", "id = \"any\"\nrate = \"1 per hour\"", "s.toml:5:1: arrivals are given twice"},
      {"id = \"any\"", "id = \"any\"\nrate = \"1 per hour\"\nweight = 2",
       "s.toml:10:10: matter[0].weight contradicts rate"},
      {"id = \"any\"", "id = \"any\"\nweight = 0", "s.toml:9:10: matter[0].weight is zero, as that of every matter"},
      {"id = \"any\"", "id = \"any\"\npriority = 8",
       "s.toml:9:12: matter[0].priority is 8; write a whole number from 0 to 7"},
      {"id = \"any\"", "id = \"any\"\n[[matter]]\nid = \"any\"", "s.toml:10:6: matter[1].id is given twice"},
      {"id = \"any\"", "id = \"any\"\namount = \"250 USD\"",
       "s.toml:9:10: matter[0].amount is \"250 USD\"; write an amount"},
      {"agents = 1", "agents = \"many\"", "s.toml:10:10: team.desk.agents is a text in quotes; write a whole number"},
      {"agents = 1", "agents = 1_000_000\n[team.b]\nagents = 1", "s.toml:12:10: team.b.agents makes them 1000001"},
      {"agents = 1", "agents = 1\nturnover = \"1 per hour\"",
       "s.toml:11:12: team.desk.turnover is more than thrice a day"},
      {"agents = 1", "agents = 1\n[sellers]\ntime_per_read = \"2 years\"",
       "s.toml:12:17: sellers.time_per_read is too long"},
      {"cases = 1000", "cases = 10\nlook_every = \"1 millisecond\"", "s.toml:5:14: run.look_every is too short"},
      {"agents = 1\n", "", "s.toml:9:7: team.desk.agents is missing; write agents = 10, or agents = \"unlimited\""},
      {"agents = 1", "agents = 1\nserves = []", "s.toml:11:10: team.desk.serves names no queue"},
      {"agents = 1", "agents = 1\nserves = [\"a\", \"a\"]", "s.toml:11:10: team.desk.serves names a queue twice"},
      {"agents = 1", "agents = 1\nthen = [{ act = \"answer\", chance = 1 }]",
       "s.toml:11:17: team.desk.then[0].act is \"answer\""},
      {"agents = 1", "agents = 1\nthen = [{ act = \"close\", to = \"desk\", chance = 1 }]",
       "s.toml:11:31: team.desk.then[0].to belongs to act = \"pass_on\""},
      {"agents = 1", "agents = 1\nthen = [{ act = \"pass_on\", chance = 1 }]",
       "s.toml:11:8: team.desk.then passes every case on, in no time, for ever"},
      {"agents = 1",
       "agents = 1\nthen = [{ act = \"pass_on\", to = \"b\", chance = 1 }]\n[team.b]\nagents = 2\nthen = [{ act = "
       "\"pass_on\", to = \"desk\", chance = 1 }]",
       "s.toml:14:8: team.b.then passes every case on, in no time, for ever"},
      {"agents = 1", "agents = 1\ncompetence = 0", "s.toml:9:7: team.desk settles nothing and takes no time"},
      {"agents = 1", "agents = 1\nthen = [{ act = \"ask_back\", chance = 1 }]",
       "s.toml:9:7: team.desk settles nothing and takes no time"},
      {"agents = 1", "agents = 1\ncompetence = { law = \"exponential\", mean = 0.5 }",
       "s.toml:11:14: team.desk.competence can be above 1; write a law that ends"},
      {"agents = 1",
       "agents = 1\n[calendar.a]\nzone = \"UTC\"\nhours = { monday = [\"09:00-10:00\"] }\n[team.b]\nagents = 1\n"
       "hours = \"a\"\n[sellers]\nreply = \"now\"",
       "s.toml:18:9: sellers.reply is \"now\"; write a time and its unit"},
  };
  for (const Bad& bad : all) {
    const std::string told = "\n" + fault(bad.what, bad.by);
    EXPECT_NE(told.find("\n" + std::string{bad.fault}), std::string::npos) << bad.by << "\n told:" << told;
  }
}

TEST(ReadScenario, a_shift_needs_a_calendar_that_lasts) {
  const std::string_view shift =
      "[calendar.a]\nzone = \"UTC\"\nhours = { monday = [\"09:00-10:00\"] }\n[team.b]\nagents = 1\nhours = \"a\"\n";
  const std::string told = fault("cases = 1000\n", "length = \"80 years\"\nstarts = 2085-01-01\n" + std::string{shift});
  EXPECT_EQ(told,
            "s.toml:11:9: team.b.hours are known until 2100, but the run goes beyond; write an earlier starts, or a "
            "shorter length");
  std::string lasts{kSmallest};
  lasts.replace(lasts.find("cases = 1000\n"), 13, "length = \"80 years\"\n" + std::string{shift});
  EXPECT_EQ(read(lasts).run.length, 80 * 365 * kDay);
}

TEST(ReadScenario, a_law_is_refused_where_it_is_wrong) {
  const std::vector<std::pair<std::string_view, std::string_view>> all{
      {"{ law = \"exponental\", mean = \"1 hour\" }",
       ".law is \"exponental\"; write one of \"constant\", \"exponential\""},
      {"{ mean = \"1 hour\" }", ".law is missing; write law = \"exponential\" or another, or fit = \"log.xes\""},
      {"{ law = \"exponential\" }", ".mean is missing; write mean = \"1 hour\""},
      {"{ law = \"exponential\", mean = 3 }", ".mean is a whole number; write a time and its unit"},
      {"{ law = \"exponential\", mean = \"1 hour\", cv2 = 2 }", "unknown key \"team.desk.work.cv2\""},
      {"{ law = \"lognormal\", mean = \"1 hour\" }", ".cv2 is missing; write cv2, the variance over the mean squared"},
      {"{ law = \"lognormal\", median = \"1 hour\", p90 = \"1 hour\" }", ".p90 is not above the median"},
      {"{ law = \"lognormal\", mean = \"1 hour\", sigma = 30 }", "team.desk.work varies too little or too much"},
      {"{ law = \"gamma\", mean = \"1 hour\", shape = 0 }", ".shape is zero"},
      {"{ law = \"gamma\", mean = \"1 hour\", cv2 = 1e-300 }", "team.desk.work varies too little or too much"},
      {"{ law = \"lognormal\", median = \"1e-300 seconds\", p90 = \"1 hour\" }", "varies too little or too much"},
      {"{ law = \"uniform\", from = \"2 hours\", to = \"1 hour\" }", ".to is below from"},
      {"{ law = \"quantiles\", values = [\"1 hour\"] }", ".values are 1; write 2 to 100000"},
      {"{ law = \"quantiles\", values = [\"2 hours\", \"1 hour\"] }", ".values do not rise; write the least first"},
      {"{ law = \"quantiles\", values = [1, 2] }", ".values is a whole number; write a time and its unit"},
      {"{ law = \"mixture\", parts = [] }", ".parts are none; write at least one"},
      {"{ law = \"mixture\", parts = [{ law = \"constant\", value = \"1 hour\" }] }", ".parts[0].weight is missing"},
      {"{ fit = \"log.xes\", of = \"reply\" }",
       ".of is \"reply\"; write one of \"between_arrivals\", \"seller_reply\""},
      {"{ fit = \"log.xes\", of = \"work\" }", ".fit needs the log, which is not read here"},
      {"true", "work is true or false; write a time and its unit"},
  };
  for (const auto& [law, what] : all) {
    const std::string told = fault_of("work = " + std::string{law} + "\n");
    EXPECT_NE(told.find(what), std::string::npos) << law << " told: " << told;
    EXPECT_TRUE(told.starts_with("s.toml:11:")) << told;
  }
}

TEST(ReadScenario, laws_can_be_taken_from_a_log) {
  std::vector<std::string> asked;
  const FitFromLog fit = [&](const std::string& log, const std::string& mapping,
                             std::string_view of) -> Result<std::vector<double>> {
    asked.push_back(log + " " + mapping + " " + std::string{of});
    if (of == "arrivals") return std::vector<double>{100, 160, 400};
    return std::vector<double>{30, 10, 20};
  };
  std::string text{kSmallest};
  text.replace(text.find("rate = \"2 per hour\""), 19, "log = { fit = \"a.xes\", mapping = \"m\" }");
  text += "work = { fit = \"a.xes\", of = \"work\" }\n";
  const Scenario scenario = read(text, fit);
  EXPECT_EQ(asked, (std::vector<std::string>{"a.xes m arrivals", "a.xes  work"}));
  EXPECT_EQ(scenario.arrivals.at, (std::vector<Tick>{0, 60 * kSecond, 300 * kSecond}));
  EXPECT_EQ(scenario.arrivals.per_second, 0.01);
  EXPECT_EQ(scenario.teams[0].work, Law::quantiles({10, 20, 30}));

  const FitFromLog broken = [](const auto&, const auto&, auto) -> Result<std::vector<double>> {
    return Error{Fault::not_found, "a.xes: there is no such file"};
  };
  const auto failed = read_scenario(text, "s.toml", broken);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().detail.find("s.toml:11:16: team.desk.work.fit cannot be read: a.xes: there is no such file"),
            std::string::npos)
      << failed.error().detail;
}

TEST(ReadScenario, numbers_are_read_again_to_the_last_bit) {
  Random chance{7};
  for (int i = 0; i < 20'000; ++i) {
    const double value = uniform(chance) * std::pow(10.0, static_cast<double>(chance.below(12)) - 3);
    for (const auto& [measured, scale] :
         {std::pair{Measured::time, 1.0}, {Measured::time, 3'600.0}, {Measured::money, 1.0}}) {
      if (value * scale > 1e9) continue;
      const std::string printed = print_measured(value, measured, scale);
      const auto again = parse_measured(std::string_view{printed}.substr(1, printed.size() - 2), measured, scale);
      ASSERT_TRUE(again) << printed;
      EXPECT_EQ(*again, value) << printed;
    }
    const double rate = value / 1e6 + 1e-6;
    const std::string printed = print_rate(rate, 60);
    const auto again = parse_rate(std::string_view{printed}.substr(1, printed.size() - 2), 60);
    ASSERT_TRUE(again) << printed;
    EXPECT_EQ(*again, rate) << printed;
  }
  EXPECT_EQ(print_measured(5'400, Measured::time), "\"90 minutes\"");
  EXPECT_EQ(print_measured(0, Measured::time), "\"0 seconds\"");
  EXPECT_EQ(print_measured(0.25, Measured::time), "\"250 milliseconds\"");
  EXPECT_EQ(print_measured(25'000, Measured::money), "\"250 EUR\"");
  EXPECT_EQ(print_rate(95.0 / 60), "\"95 per minute\"");
  EXPECT_EQ(*parse_measured("250 milliseconds", Measured::time), 0.25);
  EXPECT_EQ(*parse_measured("2 years", Measured::time), 730.0 * 86'400);
}

// ---- What is printed reads the same --------------------------------------------------------------------------------

Law any_law(Random& chance, int depth = 0) {
  const auto some = [&] { return uniform(chance) * 1e5; };
  switch (chance.below(depth > 1 ? 6U : 7U)) {
    case 0: return Law::constant(some());
    case 1: return Law::exponential(some());
    case 2: return Law::lognormal(some(), uniform(chance) * 5);
    case 3: return Law::gamma(uniform(chance) * 5, some());
    case 4: {
      const double from = some();
      return Law::uniform(from, from + some());
    }
    case 5: {
      std::vector<double> values;
      for (double at = some(); values.size() < 3 + chance.below(20); at += some()) values.push_back(at);
      return Law::quantiles(values);
    }
    default: break;
  }
  // Weights whose shares are told exactly; see the test of those that are not.
  std::vector<std::pair<double, Law>> parts;
  const std::size_t count = std::size_t{1} << chance.below(3);
  while (parts.size() < count) parts.emplace_back(3, any_law(chance, depth + 1));
  return Law::mixture(std::move(parts));
}

Law any_share(Random& chance) {
  const double from = uniform(chance) / 2;
  return chance.below(2) == 0 ? Law::constant(from) : Law::uniform(from, from * 2);
}

std::optional<Law> maybe(Random& chance) {
  return chance.below(2) == 0 ? std::nullopt : std::optional{any_law(chance)};
}

RunRule any_run(Random& chance) {
  RunRule run;
  if (chance.below(2) == 0)
    run.cases = 1 + chance.below(1'000);
  else
    run.length = 1 + static_cast<Tick>(uniform(chance) * 1e13);
  run.warm_up = static_cast<Tick>(uniform(chance) * 1e12);
  run.warm_up_cases = chance.below(1000);
  run.seed = chance.next() >> 1U;
  run.replications = 1 + chance.below(20);
  run.threads = chance.below(4);
  run.memory_bytes = std::uint64_t{chance.below(4)} * 100 << 20U;
  run.kept_cases = chance.below(1'000'000);
  run.starts = *parse_instant("2026-01-05") + Duration{chance.below(1'000'000)};
  if (chance.below(2) == 0) run.look_every = kDay / (1 + chance.below(5));
  if (chance.below(2) == 0) run.tails = {uniform(chance) * 100, 3600};
  return run;
}

Arrivals any_arrivals(Random& chance) {
  Arrivals arrivals;
  arrivals.per_second = 0.001 + uniform(chance);
  switch (chance.below(5)) {
    case 0: break;
    case 1:
      arrivals.profile_period = chance.below(2) == 0 ? kDay : 7 * kDay;
      arrivals.profile.resize(std::vector<std::size_t>{7, 24, 168, 48}[chance.below(4)]);
      for (double& weight : arrivals.profile) weight = 1;
      break;
    case 2:
      arrivals.sinus_amplitude = uniform(chance);
      arrivals.sinus_period = 1 + static_cast<Tick>(uniform(chance) * 1e12);
      arrivals.sinus_phase = uniform(chance);
      break;
    case 3:
      arrivals.between = any_law(chance);
      arrivals.per_second = 1 / arrivals.between->mean();
      break;
    default:
      arrivals.at = {0, 1 + static_cast<Tick>(uniform(chance) * 1e12)};
      arrivals.per_second = 2.0 * 1e6 / static_cast<double>(arrivals.at.back());
      break;
  }
  arrivals.sellers = 1 + chance.below(100'000);
  arrivals.turned_away_above = chance.below(3);
  return arrivals;
}

Matter any_matter(Random& chance, std::string id) {
  Matter matter;
  matter.id = std::move(id);
  if (chance.below(2) == 0) matter.as = {"any", "ünlike \"quoted\""};
  matter.weight = 0.1 + uniform(chance);
  matter.priority = static_cast<std::uint8_t>(chance.below(8));
  matter.amount = any_law(chance);
  matter.questions = Law::uniform(0, 4);
  if (chance.below(2) == 0) matter.speciality = "logistics";
  if (chance.below(2) == 0) matter.starts_in = "front line";
  matter.work = maybe(chance);
  matter.patience = maybe(chance);
  return matter;
}

Team any_team(Random& chance, std::string id) {
  Team team;
  team.id = std::move(id);
  team.serves = {team.id};
  if (chance.below(2) == 0) team.serves.emplace_back("any");
  team.unlimited = chance.below(4) == 0;
  if (!team.unlimited) team.agents = 1 + chance.below(1000);
  if (chance.below(2) == 0) team.skills = {"logistics", "law"};
  team.competence = any_share(chance);
  team.outside_speciality = uniform(chance);
  team.reading_words_per_minute = chance.below(2) * uniform(chance) * 1000;
  team.summary_share = uniform(chance);
  team.writing = any_law(chance);
  team.handling = any_law(chance);
  team.work = maybe(chance);
  team.words = any_law(chance);
  team.absence = uniform(chance);
  team.turnover_per_year = chance.below(2) * (0.1 + uniform(chance));
  if (chance.below(2) == 0) team.then = {{Act::pass_on, "front line", 0.25, -1}, {Act::close, "", 0.5, 3}};
  return team;
}

Sellers any_sellers(Random& chance) {
  Sellers sellers;
  sellers.reply = any_law(chance);
  sellers.patience = maybe(chance);
  sellers.leaves_per_failure = uniform(chance);
  sellers.leaves_per_day = uniform(chance);
  sellers.comes_back = uniform(chance);
  sellers.comes_back_after = any_law(chance);
  sellers.climbs = uniform(chance);
  sellers.appeals = uniform(chance);
  sellers.thanks = uniform(chance);
  sellers.words = any_law(chance);
  sellers.hours_per_message = uniform(chance);
  sellers.hours_per_read = uniform(chance);
  sellers.hours_per_restart = uniform(chance);
  return sellers;
}

Scenario any_scenario(std::uint64_t seed) {
  Random chance{seed};
  Scenario scenario;
  scenario.name = "drawn";
  scenario.title = {"Drawn", "Tiré"};
  scenario.procedure = "plain-queue";
  scenario.run = any_run(chance);
  scenario.arrivals = any_arrivals(chance);
  scenario.matters = {any_matter(chance, "a"), any_matter(chance, "b c")};
  scenario.teams = {any_team(chance, "front line"), any_team(chance, "back")};
  scenario.quota.active = chance.below(2) == 0;
  if (chance.below(2) == 0) scenario.quota.answers_per_hour = uniform(chance) * 100;
  scenario.quota.pressed = {0.25, 0.25, 0.125, 0, 0.25, 0.125};
  scenario.quota.part_share = uniform(chance);
  scenario.quota.time_when_pressed = any_law(chance);
  scenario.sellers = any_sellers(chance);
  scenario.assumptions = {{"sellers.reply", "", "a study", 1}, {"quota.part_share", "", "a guess", 2}};
  return scenario;
}

void expect_same(const Scenario& a, const Scenario& b, const std::string& text) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.procedure, b.procedure);
  EXPECT_EQ(a.run, b.run) << text;
  EXPECT_EQ(a.arrivals, b.arrivals) << text;
  EXPECT_EQ(a.matters, b.matters) << text;
  EXPECT_EQ(a.teams, b.teams) << text;
  EXPECT_EQ(a.quota, b.quota) << text;
  EXPECT_EQ(a.sellers, b.sellers) << text;
  EXPECT_EQ(a.course, b.course) << text;
  ASSERT_EQ(a.calendars.size(), b.calendars.size());
  for (std::size_t i = 0; i < a.calendars.size(); ++i) {
    EXPECT_EQ(a.calendars[i].id, b.calendars[i].id);
    EXPECT_EQ(a.calendars[i].week, b.calendars[i].week);
    EXPECT_EQ(a.calendars[i].hours.size(), b.calendars[i].hours.size());
  }
}

TEST(PrintScenario, any_scenario_reads_back_equal) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Scenario scenario = any_scenario(seed);
    const std::string printed = print_scenario(scenario);
    const auto again = read_scenario(printed, "p.toml");
    ASSERT_TRUE(again) << "seed " << seed << ": " << again.error().detail << "\n" << printed;
    expect_same(scenario, *again, "seed " + std::to_string(seed) + "\n" + printed);
    EXPECT_EQ(print_scenario(*again), printed) << "seed " << seed;
    if (testing::Test::HasFailure()) return;
  }
}

TEST(PrintScenario, a_mixture_keeps_its_weights) {
  Random chance{3};
  for (int i = 0; i < 1'000; ++i) {
    std::vector<std::pair<double, Law>> parts;
    while (parts.size() < 5) parts.emplace_back(uniform(chance), Law::exponential(60));
    const Law law = Law::mixture(std::move(parts));
    const Scenario again = read(std::string{kSmallest} + "work = " + print_law(law, LawOf::time) + "\n");
    ASSERT_TRUE(again.teams[0].work);
    for (std::size_t part = 0; part < 5; ++part)
      EXPECT_NEAR(again.teams[0].work->values()[part], law.values()[part], 1e-15);
  }
}

TEST(PrintScenario, what_a_file_says_stays_said_with_its_sources) {
  const Scenario scenario = read(everything());
  const std::string printed = print_scenario(scenario);
  const Scenario again = read(printed);
  expect_same(scenario, again, printed);
  std::map<std::string, std::string> sources;
  for (const Assumption& one : again.assumptions) sources[one.path] = one.source;
  for (const Assumption& one : scenario.assumptions) {
    if (one.path == "arrivals.by_hour" || one.path == "arrivals.by_day") continue;  // now told as one
    EXPECT_EQ(sources[one.path], one.source) << one.path << "\n" << printed;
  }
  EXPECT_EQ(sources["arrivals.by_hour_of_week"], "counted in 2025");
}

// ---- What comes with the program -----------------------------------------------------------------------------------

TEST(ShippedScenarios, all_read_and_name_a_procedure_that_comes_with_them) {
  const std::vector<std::string> names = shipped_scenarios();
  for (const char* promised : {"daily-rhythm", "plain-queue", "priorities", "three-tiers"})
    EXPECT_NE(std::find(names.begin(), names.end(), promised), names.end()) << promised;
  for (const std::string& name : names) {
    const auto scenario = load_scenario(name);
    ASSERT_TRUE(scenario) << scenario.error().detail;
    EXPECT_EQ(scenario->name, name);
    EXPECT_FALSE(scenario->title.en.empty() || scenario->title.fr.empty()) << name;
    EXPECT_FALSE(scenario->assumptions.empty()) << name;
    const auto procedure = load_procedure_for(*scenario);
    ASSERT_TRUE(procedure) << procedure.error().detail;
    const std::string printed = print_scenario(*scenario);
    const auto again = read_scenario(printed, "p.toml");
    ASSERT_TRUE(again) << name << ": " << again.error().detail;
    EXPECT_EQ(print_scenario(*again), printed) << name;
  }
}

TEST(ShippedScenarios, an_unknown_name_is_told_the_nearest) {
  const auto near = load_scenario("plain-queu");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().fault, Fault::not_found);
  EXPECT_EQ(near.error().detail,
            "plain-queu: there is no such file, nor a scenario of this name; did you mean \"plain-queue\"?");
  const auto folder = load_scenario(GUICHET_SOURCE_DIR);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().fault, Fault::unreadable);
}

TEST(ProcedureFor, a_name_a_path_or_the_callers_own) {
  Scenario scenario = read(std::string{kSmallest});
  EXPECT_EQ(load_procedure_for(scenario).error().fault, Fault::usage);
  EXPECT_EQ(load_procedure_for(scenario, "guichet-unique")->name, "guichet-unique");
  EXPECT_EQ(load_procedure_for(scenario, "plain-queue")->name, "plain-queue");
  scenario.procedure = "next-available";
  EXPECT_EQ(load_procedure_for(scenario)->name, "next-available");
  scenario.path = GUICHET_SOURCE_DIR "/scenarios/anything.toml";
  scenario.procedure = "procedures/three-tiers.toml";
  EXPECT_EQ(load_procedure_for(scenario)->name, "three-tiers");
  scenario.procedure = "three-teirs";
  const auto wrong = load_procedure_for(scenario);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(
      wrong.error().detail,
      scenario.path + ": the procedure \"three-teirs\" is neither a file nor shipped; did you mean \"three-tiers\"?");
}

// docs/scenario-format.md, its text by section: "## [team.NAME]" is "team".
std::map<std::string, std::string> format_page() {
  std::map<std::string, std::string> sections;
  std::istringstream page(content_of(std::string{GUICHET_SOURCE_DIR} + "/docs/scenario-format.md"));
  std::string name;
  for (std::string line; std::getline(page, line);) {
    std::smatch heading;
    if (std::regex_match(line, heading, std::regex(R"(## \[*([A-Za-z_]+).*)"))) name = heading[1];
    sections[name] += line + "\n";
  }
  return sections;
}

/// The section of the page that tells a key: laws and sources, which many tables may have, are told once.
std::string section_of(const std::string& path) {
  const std::string key = path.substr(path.rfind('.') + 1);
  if (key == "source" || key == "sources") return "Sources";
  return path.starts_with("LAW.") ? "Laws" : path.substr(0, path.find('.'));
}

TEST(FormatPage, has_every_key) {
  const auto page = format_page();
  for (const std::string& path : scenario_keys()) {
    const std::string key = path.substr(path.rfind('.') + 1);
    ASSERT_TRUE(page.contains(section_of(path))) << path;
    const std::string& text = page.at(section_of(path));
    EXPECT_TRUE(text.find("`" + key + "`") != std::string::npos || text.find("." + key + ".") != std::string::npos ||
                text.find("." + key + "]") != std::string::npos || text.find("[" + key) != std::string::npos)
        << path;
  }
}

TEST(FormatPage, shows_what_can_be_read) {
  std::istringstream page(content_of(std::string{GUICHET_SOURCE_DIR} + "/docs/scenario-format.md"));
  std::string block;
  bool inside = false;
  int blocks = 0;
  for (std::string line; std::getline(page, line);) {
    if (line == "```" && inside) {
      const auto parsed = formats::parse_toml(block, "block");
      EXPECT_TRUE(parsed) << parsed.error().detail << "\n" << block;
      if (block.starts_with("[scenario]")) {
        EXPECT_EQ(read(block).name, "small");
      }
      ++blocks;
      inside = false;
      block.clear();
    }
    if (inside) block += line + "\n";
    if (line == "```toml") inside = true;
  }
  EXPECT_GE(blocks, 3);
}

TEST(FormatPage, has_no_key_that_is_none) {
  std::set<std::pair<std::string, std::string>> known;
  for (const std::string& path : scenario_keys()) known.emplace(section_of(path), path.substr(path.rfind('.') + 1));
  for (const auto& [section, text] : format_page()) {
    std::istringstream lines(text);
    bool of_keys = false;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("|")) of_keys = false;
      if (line.starts_with("| key |")) of_keys = true;
      if (!of_keys) continue;
      const std::string cell = line.substr(1, line.find('|', 1) - 1);
      const std::regex quoted("`([a-z_]+)`");
      for (std::sregex_iterator at(cell.begin(), cell.end(), quoted), end; at != end; ++at)
        EXPECT_TRUE(known.contains({section, (*at)[1]})) << section << ": " << (*at)[1];
    }
  }
}

}  // namespace
}  // namespace guichet::rehearsal
