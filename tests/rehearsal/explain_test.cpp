#include <guichet/rehearsal/explain.hpp>

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include <guichet/rehearsal/shapley.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::rehearsal {
namespace {

using rulebook::ProcedureFile;

// ---- Shapley's arithmetic ------------------------------------------------------------------------------

constexpr std::array<double, 32> game(auto value) {
  std::array<double, 32> values{};
  for (FactorSet set = 0; set < values.size(); ++set) values[set] = value(set);
  return values;
}
constexpr bool in(FactorSet set, unsigned factor) { return (set >> factor & 1U) != 0; }

// Two of three: the left glove is worth something only with one of two right gloves.
static_assert(shapley<3>(std::array<double, 8>{0, 0, 0, 6, 0, 6, 0, 6}) == std::array<double, 3>{4, 1, 1});

TEST(Shapley, FactorsThatAddUpGetWhatTheyAdd) {
  const auto values = shapley<5>(game([](FactorSet set) {
    return 8.0 + 1.0 * in(set, 0) + 2.0 * in(set, 1) + 4.0 * in(set, 2) - 0.5 * in(set, 3) + 0.0 * in(set, 4);
  }));
  EXPECT_EQ(values, (std::array<double, 5>{1, 2, 4, -0.5, 0}));
}

TEST(Shapley, FactorsThatOnlyWorkTogetherShareEqually) {
  const auto all = shapley<5>(game([](FactorSet set) { return set == 31 ? 60.0 : 0.0; }));
  EXPECT_EQ(all, (std::array<double, 5>{12, 12, 12, 12, 12}));
  const auto pair = shapley<5>(game([](FactorSet set) { return in(set, 1) && in(set, 3) ? 2.0 : 0.0; }));
  EXPECT_EQ(pair, (std::array<double, 5>{0, 1, 0, 1, 0}));
}

// By hand, over the orders of three: 0 alone 6, 1 alone 0, 2 alone 0, {0,1} 12, {0,2} 6, {1,2} 6, all 18.
// 0: (2*6 + (12-0) + (6-0) + 2*(18-6)) / 6 = 9; 1: (0 + (12-6) + (6-0) + 2*(18-6)) / 6 = 6; 2: 18 - 9 - 6 = 3.
TEST(Shapley, AMonotoneGameByHand) {
  EXPECT_EQ(shapley<3>(std::array<double, 8>{0, 6, 0, 12, 0, 6, 6, 18}), (std::array<double, 3>{9, 6, 3}));
}

TEST(Shapley, SumsToTheDifferenceForAnyValues) {
  std::uint64_t state = 1;
  for (int round = 0; round < 200; ++round) {
    const auto values = game([&](FactorSet) { return static_cast<double>((state = scramble(state)) % 1000) / 1000; });
    const auto shares = shapley<5>(values);
    EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), values[31] - values[0], 1e-14);
  }
}

// ---- from replications to shares -----------------------------------------------------------------------

Played played(FactorSet set, const std::vector<double>& shares) { return {shares, 100, set}; }

TEST(Explaining, PointsSumToTheDifferenceAndSharesToOne) {
  std::uint64_t state = 7;
  const auto explained = explain([&](FactorSet set) -> Result<Played> {
    std::vector<double> shares;
    for (int i = 0; i < 12; ++i)
      shares.push_back(0.01 * std::popcount(set) + static_cast<double>((state = scramble(state)) % 100) / 1000);
    return played(set, shares);
  });
  ASSERT_TRUE(explained);
  double points = 0, shares = 0;
  for (const FactorShare& one : explained->factors) {
    points += one.points.mean;
    shares += one.share.mean;
    EXPECT_GT(one.points.half_width, 0);
    EXPECT_EQ(one.points.parts, 12U);
  }
  EXPECT_NEAR(points, explained->as_it_is.mean - explained->all_repaired.mean, 1e-14);
  EXPECT_NEAR(shares, 1, 1e-12);
  EXPECT_EQ(explained->events, 3200U);
}

TEST(Explaining, AFactorThatChangesNothingGetsNothing) {
  const auto explained = explain([&](FactorSet set) -> Result<Played> {
    const double noise = static_cast<double>(scramble(set & 0b10111U) % 100) / 1000;
    return played(set, {0.2 + noise, 0.3 + noise / 2, 0.1 + noise});
  });
  ASSERT_TRUE(explained);
  const FactorShare& silence = explained->factors[static_cast<std::size_t>(Factor::silence_clock)];
  EXPECT_EQ(silence.points.mean, 0);
  EXPECT_EQ(silence.points.half_width, 0);
  EXPECT_EQ(silence.share.mean, 0);
}

TEST(Explaining, IntervalsAreOfTheDifferencesBetweenReplications) {
  // One factor matters, by 0.2 in one replication and by 0.4 in the other; both start from very different levels.
  const auto explained = explain([](FactorSet set) -> Result<Played> {
    const bool quota = has(set, Factor::quota);
    return played(set, {0.1 + (quota ? 0.2 : 0.0), 0.5 + (quota ? 0.4 : 0.0)});
  });
  ASSERT_TRUE(explained);
  const FactorShare& quota = explained->factors[static_cast<std::size_t>(Factor::quota)];
  EXPECT_NEAR(quota.points.mean, 0.3, 1e-15);
  EXPECT_NEAR(quota.points.half_width, 12.706 * 0.1, 1e-12);
  EXPECT_NEAR(quota.share.mean, 1, 1e-12);
  EXPECT_NEAR(quota.share.half_width, 0, 1e-12);
  EXPECT_NEAR(explained->coalitions[0].mean, 0.3, 1e-15);
}

TEST(Explaining, ReplicationsWithoutAValueAreLeftOut) {
  const auto explained = explain([](FactorSet set) -> Result<Played> {
    const double more = has(set, Factor::ladder) ? 0.25 : 0;
    return played(set, {0.5 + more, set == 3 ? std::nan("") : 0.125, 0.25 + more});
  });
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->as_it_is.mean, 0.625);
  EXPECT_EQ(explained->as_it_is.parts, 2U);
  EXPECT_EQ(explained->factors[static_cast<std::size_t>(Factor::ladder)].points.mean, 0.25);
}

TEST(Explaining, SaysWhenSetsCannotBeCompared) {
  const auto uneven =
      explain([](FactorSet set) -> Result<Played> { return played(set, std::vector<double>(set == 4 ? 1 : 2, 0.5)); });
  EXPECT_FALSE(uneven);
  const auto broken = explain([](FactorSet set) -> Result<Played> {
    if (set == 9) return Error{Fault::usage, "no staff"};
    return played(set, {0.5});
  });
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().detail, "no staff");
}

// ---- mixing two procedures -----------------------------------------------------------------------------

ProcedureFile shipped(const std::string& name) {
  Result<ProcedureFile> file = rulebook::load_procedure(name);
  EXPECT_TRUE(file) << file.error().detail;
  return *std::move(file);
}

Scenario support() {
  Scenario scenario;
  scenario.matters.resize(3);
  scenario.matters[0].id = "stock";
  scenario.matters[1].id = "money";
  scenario.matters[1].as = {"reimbursement", "payment"};
  scenario.matters[2].id = "other";
  scenario.teams.resize(1);
  scenario.teams[0].competence = Law::uniform(0.4, 0.9);
  scenario.teams[0].outside_speciality = 0.5;
  return scenario;
}

constexpr FactorSet only(Factor factor) { return FactorSet{1} << static_cast<unsigned>(factor); }

Mixed mixed(FactorSet as_they_are) {
  Result<Mixed> one = mix(support(), shipped("next-available"), shipped("guichet-unique"), as_they_are);
  EXPECT_TRUE(one) << one.error().detail;
  return *std::move(one);
}

std::string team_of(const ProcedureFile& file, std::uint8_t team) { return file.teams.at(team); }

TEST(Mixing, AllFactorsAsTheyAreIsTheProcedureGiven) {
  const ProcedureFile given = shipped("next-available");
  const Mixed all = mixed(kAllFactors);
  const Procedure& rules = all.procedure.procedure;
  EXPECT_EQ(rules.clocks, given.procedure.clocks);
  EXPECT_EQ(rules.closing, given.procedure.closing);
  EXPECT_EQ(rules.reopening, given.procedure.reopening);
  EXPECT_EQ(rules.assignment, given.procedure.assignment);
  EXPECT_EQ(rules.hand_off, given.procedure.hand_off);
  EXPECT_EQ(rules.answers, given.procedure.answers);
  EXPECT_EQ(rules.targets, given.procedure.targets);
  EXPECT_EQ(rules.levels, 1);
  EXPECT_EQ(team_of(all.procedure, rules.ladder[0].team), "assistance");
  EXPECT_EQ(all.scenario.teams[0].competence, Law::uniform(0.4, 0.9));
  EXPECT_TRUE(all.scenario.quota.active);
}

TEST(Mixing, NoFactorAsItIsIsTheOtherProcedureWithoutQuotaAndError) {
  const ProcedureFile wanted = shipped("guichet-unique");
  const Mixed none = mixed(0);
  const Procedure& rules = none.procedure.procedure;
  EXPECT_EQ(rules.closing, wanted.procedure.closing);
  EXPECT_EQ(rules.reopening, wanted.procedure.reopening);
  EXPECT_EQ(rules.assignment, wanted.procedure.assignment);
  EXPECT_EQ(rules.hand_off, wanted.procedure.hand_off);
  EXPECT_EQ(rules.answers, wanted.procedure.answers);
  EXPECT_EQ(rules.appeal, wanted.procedure.appeal);
  EXPECT_EQ(rules.mediation, wanted.procedure.mediation);
  EXPECT_EQ(rules.at_the_top, Effect::grant);
  EXPECT_EQ(rules.targets, Targets{});
  ASSERT_EQ(rules.levels, 3);
  EXPECT_EQ(team_of(none.procedure, rules.ladder[1].team), "heads");
  EXPECT_EQ(none.procedure.levels, wanted.levels);
  EXPECT_EQ(none.procedure.mediators, wanted.mediators);
  EXPECT_FALSE(none.scenario.quota.active);
  EXPECT_EQ(none.scenario.teams[0].competence, Law::constant(1));
  EXPECT_EQ(none.scenario.teams[0].outside_speciality, 1);
}

TEST(Mixing, MattersAreTheScenariosTeamAsRoutedLevelAsOnTheLadder) {
  const Mixed routed_as_is = mixed(only(Factor::routing));
  ASSERT_EQ(routed_as_is.procedure.matters.size(), 3U);
  EXPECT_EQ(routed_as_is.procedure.matters[1].id, "money");
  EXPECT_EQ(routed_as_is.scenario.matters[1].as, std::vector<std::string>{"money"});
  EXPECT_EQ(routed_as_is.procedure.matters[0].speciality, "");
  const MatterRule money = routed_as_is.procedure.procedure.matter[1];
  EXPECT_EQ(team_of(routed_as_is.procedure, money.team), "assistance");
  EXPECT_EQ(money.amount_above, 1'000'000U);
  EXPECT_EQ(money.level_above, 1);

  const Mixed ladder_as_is = mixed(only(Factor::ladder));
  EXPECT_EQ(ladder_as_is.procedure.matters[0].speciality, "logistics");
  EXPECT_EQ(team_of(ladder_as_is.procedure, ladder_as_is.procedure.procedure.matter[0].team), "logistics");
  EXPECT_EQ(ladder_as_is.procedure.procedure.matter[1].amount_above, 0U);
  EXPECT_EQ(ladder_as_is.procedure.procedure.levels, 1);
}

TEST(Mixing, EachFactorBringsItsOwnClauses) {
  const Mixed silence = mixed(only(Factor::silence_clock));
  const Procedure& rules = silence.procedure.procedure;
  EXPECT_EQ(rules.clock(Clock::seller_reply).allowance.seconds, 48U * 3600);
  EXPECT_EQ(rules.answers.reply_clock_starts, Answers::ReplyClockStarts::on_any_message);
  EXPECT_TRUE(rules.answers.cover_every_question);
  EXPECT_EQ(rules.right(Ground::desk_alone).by, kByDesk);
  EXPECT_EQ(rules.right(Ground::decision).by, kBySeller | kByClock);
  EXPECT_EQ(rules.reopening.kind, Reopening::Kind::new_case);
  EXPECT_TRUE(rules.clock(Clock::first_answer).allowance);

  const Mixed quota = mixed(only(Factor::quota));
  EXPECT_EQ(quota.procedure.procedure.targets.answers_per_hour, 12);
  EXPECT_TRUE(quota.scenario.quota.active);
  const Mixed competence = mixed(only(Factor::competence));
  EXPECT_EQ(competence.scenario.teams[0].outside_speciality, 0.5);
  EXPECT_EQ(competence.procedure.procedure, mixed(0).procedure.procedure);
}

TEST(Mixing, EveryAllowanceOfEverySetNamesTheCalendarItWasWrittenFor) {
  Scenario scenario = support();
  ProcedureFile a = shipped("guichet-unique"), b = shipped("guichet-unique");
  a.calendars.insert(a.calendars.begin(), a.calendars[0]);
  a.calendars[0].zone = "Europe/Berlin";
  a.calendars[1].day_seconds = 8 * 3600;
  for (ClockRule& clock : a.procedure.clocks)
    if (clock.allowance.kind == Allowance::Kind::working) clock.allowance.calendar = 1;
  for (FactorSet set = 0; set < kFactorSets; ++set) {
    const Result<Mixed> both = mix(scenario, a, b, set);
    ASSERT_TRUE(both);
    const auto day = [&](Clock clock) {
      return both->procedure.calendars.at(both->procedure.procedure.clock(clock).allowance.calendar).day_seconds;
    };
    EXPECT_EQ(day(Clock::decision), has(set, Factor::ladder) ? 8U * 3600 : 7U * 3600);
    EXPECT_EQ(day(Clock::acceptance), has(set, Factor::routing) ? 8U * 3600 : 7U * 3600);
    EXPECT_EQ(both->procedure.calendars.size(), 3U);
  }
}

TEST(Mixing, ClausesThatAreTheSameInBothMakeNoDifference) {
  const ProcedureFile file = shipped("next-available");
  for (FactorSet set = 0; set < kFactorSets; ++set) {
    const FactorSet people = set & (only(Factor::competence) | only(Factor::quota));
    const Result<Mixed> one = mix(support(), file, file, set), same = mix(support(), file, file, people);
    ASSERT_TRUE(one && same);
    EXPECT_EQ(one->procedure.procedure, same->procedure.procedure);
    EXPECT_EQ(one->procedure.teams, same->procedure.teams);
    EXPECT_EQ(one->procedure.matters, same->procedure.matters);
    EXPECT_EQ(one->procedure.levels, same->procedure.levels);
  }
}

TEST(Mixing, AMatterThatAProcedureDoesNotKnowIsNamed) {
  Scenario scenario = support();
  scenario.matters[1].as = {"payment"};
  const Result<Mixed> both = mix(scenario, shipped("next-available"), shipped("guichet-unique"), 0);
  EXPECT_TRUE(both) << "nothing of a procedure is asked for that lends no matter";
  const Result<Mixed> routed = mix(scenario, shipped("next-available"), shipped("guichet-unique"), kAllFactors);
  ASSERT_FALSE(routed);
  EXPECT_NE(routed.error().detail.find("\"next-available\" has no matter \"payment\""), std::string::npos)
      << routed.error().detail;
}

TEST(Mixing, TheOnlyMatterOfAProcedureTakesAll) {
  ProcedureFile one = shipped("next-available");
  one.matters.resize(1);
  one.procedure.matters = 1;
  const Result<Mixed> both = mix(support(), one, shipped("guichet-unique"), kAllFactors);
  ASSERT_TRUE(both) << both.error().detail;
  EXPECT_EQ(both->procedure.matters.size(), 1U);
  EXPECT_EQ(both->scenario.matters[2].as, std::vector<std::string>{"stock"});
}

}  // namespace
}  // namespace guichet::rehearsal
