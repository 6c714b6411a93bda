// What must hold for any rehearsal: it is the same everywhere, nothing that only looks changes it, a changed rule
// does not shift what it has nothing to do with, and what cannot go on says so.
#include <atomic>
#include <cmath>
#include <map>
#include <string>
#include <thread>
#include <tuple>

#include <gtest/gtest.h>

#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rehearsal/rehearse.hpp>

namespace guichet::rehearsal {
namespace {

Scenario shipped(const std::string& name) {
  Result<Scenario> scenario = load_scenario(name);
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().detail);
  return *scenario;
}

rulebook::ProcedureFile procedure_of(const Scenario& scenario, const std::string& instead = {}) {
  Result<rulebook::ProcedureFile> procedure = load_procedure_for(scenario, instead);
  EXPECT_TRUE(procedure) << (procedure ? "" : procedure.error().detail);
  return *procedure;
}

Rehearsed played(const Scenario& scenario, const std::string& procedure = {}, const Rehearsing& how = {}) {
  const rulebook::ProcedureFile file = procedure_of(scenario, procedure);
  Result<Rehearsed> rehearsed = rehearse(scenario, file, how);
  EXPECT_TRUE(rehearsed) << (rehearsed ? "" : rehearsed.error().detail);
  return *rehearsed;
}

Scenario small(const std::string& name) {
  Scenario scenario = shipped(name);
  scenario.run.cases = 0;
  scenario.run.length = 14 * kDay;
  scenario.run.warm_up = 3 * kDay;
  scenario.run.warm_up_cases = 0;
  scenario.run.replications = 3;
  scenario.run.threads = 2;
  return scenario;
}

Scenario small_queue() {
  Scenario scenario = shipped("plain-queue");
  scenario.run.cases = 20'000;
  scenario.run.warm_up_cases = 1'000;
  scenario.run.replications = 6;
  scenario.run.threads = 2;
  return scenario;
}

double mean(const Rehearsed& rehearsed, Quantity quantity) {
  const auto& estimate = rehearsed.quantities[static_cast<std::size_t>(quantity)];
  return estimate ? estimate->mean : std::nan("");
}

TEST(Rehearse, SameDigestForAnyNumberOfThreads) {
  for (const std::string name : {"plain-queue", "testimony-support", "three-tiers"}) {
    Scenario scenario = name == "plain-queue" ? small_queue() : small(name);
    scenario.run.threads = 1;
    const Rehearsed one = played(scenario);
    for (const std::uint32_t threads : {2U, 5U}) {
      scenario.run.threads = threads;
      const Rehearsed more = played(scenario);
      EXPECT_EQ(one.digest, more.digest) << name << " on " << threads << " threads";
      EXPECT_EQ(one.events, more.events);
      EXPECT_EQ(mean(one, Quantity::messages), mean(more, Quantity::messages));
      EXPECT_EQ(one.by_part.size(), more.by_part.size());
    }
  }
}

// The same numbers under g++ and clang, sanitised or not: ./check runs this test in each build.
TEST(Rehearse, DigestsArePinned) {
  EXPECT_EQ(played(small_queue()).digest, 2686392054015185235U);
  EXPECT_EQ(played(small("testimony-support"), "next-available").digest, 7094945176993218368U);
  EXPECT_EQ(played(small("testimony-support"), "guichet-unique").digest, 9260704706782407348U);
}

TEST(Rehearse, OtherSeedsGiveOtherHistories) {
  Scenario scenario = small_queue();
  const Rehearsed one = played(scenario);
  scenario.run.seed = 2;
  EXPECT_NE(one.digest, played(scenario).digest);
}

TEST(Rehearse, LookingChangesNothing) {
  Scenario scenario = small("testimony-support");
  const Rehearsed plain = played(scenario);
  scenario.run.look_every = kHour;
  scenario.run.tails = {60, 3600};
  scenario.run.kept_cases = 0;
  const Rehearsed looked = played(scenario);
  EXPECT_EQ(plain.digest, looked.digest);
  EXPECT_FALSE(looked.looks.empty());
  Rehearsing keeping;
  std::uint64_t cases = 0;
  keeping.on_case = [&cases](const CaseHistory&, const Vocabulary&) { ++cases; };
  EXPECT_EQ(plain.digest, played(scenario, {}, keeping).digest);
  EXPECT_GE(cases, plain.cases);
}

// Who comes, when, with what at stake: named by the matter's number alone.
TEST(Rehearse, AnotherProcedureDoesNotShiftWhoComes) {
  const Scenario scenario = small("testimony-support");
  using Arrival = std::tuple<Instant, std::int64_t, std::uint32_t>;
  const auto arrivals_under = [&scenario](const std::string& procedure) {
    std::map<std::string, Arrival> arrivals;
    Rehearsing how;
    how.on_case = [&arrivals](const CaseHistory& history, const Vocabulary&) {
      if (history.facts.name.find('.') != std::string_view::npos) return;  // told again from zero
      arrivals[std::string{history.facts.name}] = {history.moments.front().at, history.facts.amount_cents,
                                                   history.facts.seller};
    };
    static_cast<void>(played(scenario, procedure, how));
    return arrivals;
  };
  const auto a = arrivals_under("next-available");
  const auto b = arrivals_under("guichet-unique");
  ASSERT_GT(a.size(), 1000U);
  ASSERT_EQ(a.size(), b.size());
  std::size_t different = 0;
  for (const auto& [name, arrival] : a) {
    const auto same = b.find(name);
    ASSERT_NE(same, b.end()) << name;
    if (std::get<0>(same->second) != std::get<0>(arrival) || std::get<1>(same->second) != std::get<1>(arrival))
      ++different;
  }
  EXPECT_EQ(different, 0U);
}

TEST(Rehearse, WhatEndsAddsUp) {
  for (const std::string procedure : {"next-available", "guichet-unique"}) {
    const Rehearsed all = played(small("testimony-support"), procedure);
    EXPECT_NEAR(
        mean(all, Quantity::resolved_share) + mean(all, Quantity::refused_share) + mean(all, Quantity::abandoned_share),
        1, 1e-12);
    EXPECT_LE(mean(all, Quantity::agents), mean(all, Quantity::visits));
    EXPECT_GE(mean(all, Quantity::messages), 1);
    EXPECT_NEAR(mean(all, Quantity::in_desk), mean(all, Quantity::queue_length) + mean(all, Quantity::busy_agents),
                1e-6);
  }
}

// L = lambda W, for every desk: here with the boundary effects of 100,000 customers.
TEST(Rehearse, LittlesLaw) {
  Scenario scenario = small_queue();
  scenario.run.cases = 100'000;
  scenario.run.replications = 1;
  const Rehearsed all = played(scenario);
  const double rate = scenario.arrivals.per_second;
  EXPECT_NEAR(mean(all, Quantity::queue_length), rate * mean(all, Quantity::queue_wait), 0.05);
}

TEST(Rehearse, PairedDifferencesAreNarrowerThanTheirParts) {
  Scenario scenario = small("testimony-support");
  scenario.run.replications = 6;
  const Rehearsed a = played(scenario, "next-available");
  const Rehearsed b = played(scenario, "guichet-unique");
  for (const Difference& difference : paired(a, b)) {
    EXPECT_NEAR(difference.difference.mean, difference.b.mean - difference.a.mean, 1e-9);
    if (difference.quantity != Quantity::seller_hours) continue;
    EXPECT_LT(difference.difference.half_width, difference.a.half_width + difference.b.half_width);
  }
}

TEST(Rehearse, ADeskThatDrownsStopsAtItsMemory) {
  Scenario scenario = small_queue();
  scenario.arrivals.per_second *= 100;
  scenario.sellers.patience.reset();
  scenario.run.cases = 50'000'000;
  scenario.run.replications = 2;
  scenario.run.threads = 1;
  scenario.run.memory_bytes = 48U << 20U;
  const Rehearsed drowned = played(scenario);
  EXPECT_EQ(drowned.stopped, Stopped::memory);
  EXPECT_NE(drowned.stopped_why.find("memory limit"), std::string::npos) << drowned.stopped_why;
  EXPECT_LT(drowned.memory_bytes, 64U << 20U);
  EXPECT_GT(mean(drowned, Quantity::queue_length), 1000);
}

TEST(Rehearse, TimeThatStandsStillIsNoticed) {
  Scenario scenario = small_queue();
  scenario.teams[0].work = Law::constant(0);
  scenario.teams[0].then = {{.act = Act::pass_on, .to = {}, .chance = 1}};
  scenario.run.replications = 1;
  const Rehearsed still = played(scenario);
  EXPECT_EQ(still.stopped, Stopped::no_progress);
  EXPECT_NE(still.stopped_why.find("time stood still"), std::string::npos) << still.stopped_why;
}

TEST(Rehearse, AnInterruptedRunSaysWhatItMeasured) {
  Scenario scenario = small_queue();
  scenario.run.cases = 1'000'000'000'000;
  scenario.run.replications = 1;
  std::atomic<bool> stop{false};
  Rehearsing how;
  how.stop = &stop;
  how.on_progress = [&stop](const Progress& progress) {
    if (progress.events > 100'000) stop = true;
  };
  const Rehearsed partial = played(scenario, {}, how);
  EXPECT_EQ(partial.stopped, Stopped::interrupted);
  EXPECT_GT(partial.events, 100'000U);
  EXPECT_GT(mean(partial, Quantity::waited_share), 0);
}

// Due instants of the rules end in 2106; rehearsed time does not.
TEST(Rehearse, LongRunsOutliveTheCalendar) {
  Scenario scenario = small_queue();
  scenario.arrivals.per_second /= 10'000;
  scenario.teams[0].work = Law::exponential(10'000 * 60.0);
  scenario.sellers.patience = Law::exponential(10'000 * 60.0);
  scenario.run.cases = 400'000;
  scenario.run.replications = 1;
  const Rehearsed all = played(scenario);
  EXPECT_EQ(all.stopped, Stopped::no);
  EXPECT_GT(all.rehearsed_seconds, 60 * 365.25 * 86'400);
  EXPECT_NEAR(mean(all, Quantity::abandoned_share), 0.0202, 0.003);
  EXPECT_EQ(all.refused.size(), 0U);
}

TEST(Rehearse, AProcedureNobodyPlaysIsRefused) {
  Scenario scenario = small_queue();
  scenario.teams[0].serves = {"desk"};
  const rulebook::ProcedureFile file = procedure_of(scenario, "guichet-unique");
  const Result<Rehearsed> refused = rehearse(scenario, file);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("heads"), std::string::npos) << refused.error().detail;
}

}  // namespace
}  // namespace guichet::rehearsal
