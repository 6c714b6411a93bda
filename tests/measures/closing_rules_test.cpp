#include <guichet/measures/closing_rules.hpp>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet::measures {
namespace {

constexpr double kDayHours = 24;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::uint32_t kClock = 9;  // the actor behind timers

/// Chance for histories: a new seed for each test.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  double uniform() { return (static_cast<double>(random_.next() >> 11) + 0.5) * 0x1p-53; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
  double lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }
  std::uint32_t person() { return 1 + random_.below(7); }

 private:
  Random random_;
};

ClosingDelay wait(double from_hours, double hours, std::uint32_t actor) {
  const Instant from{Duration{1'400'000'000'000 + static_cast<std::int64_t>(from_hours * kHourMs)}};
  return {from, from + Duration{static_cast<std::int64_t>(hours * kHourMs)}, 1, 2, actor};
}

/// Waits over about a year: `n` of people, evenly begun.
template <class Length>
std::vector<ClosingDelay> year_of(std::size_t n, Chance& chance, Length length) {
  std::vector<ClosingDelay> waits;
  for (std::size_t i = 0; i < n; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(n);
    waits.push_back(length(part, wait(part * 8'760, chance.lognormal(36, 1), chance.person())));
  }
  return waits;
}

void lasts(ClosingDelay& delay, double hours, std::uint32_t actor = kClock) {
  delay.until = delay.from + Duration{static_cast<std::int64_t>(hours * kHourMs)};
  delay.actor = actor;
}

TEST(ClosingRules, FindATimerAmongPeople) {
  Chance chance(1);
  const auto waits = year_of(1'500, chance, [&](double, ClosingDelay delay) {
    if (chance.uniform() < 0.6) lasts(delay, 48);
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 48);
  EXPECT_EQ(rules[0].delay, Duration{48 * kHourMs});
  EXPECT_EQ(rules[0].clock, DelayClock::elapsed);
  EXPECT_EQ(rules[0].of, 1'500U);
  EXPECT_NEAR(rules[0].share, 0.6, 0.05);
  EXPECT_EQ(rules[0].actor, kClock);
  EXPECT_GT(rules[0].actor_share, 0.95);
  EXPECT_EQ(rules[0].before.n, 0U);
  EXPECT_EQ(rules[0].after.n, 0U);
}

TEST(ClosingRules, SeeTheClockBehindAnHourlyBatch) {
  Chance chance(2);
  const auto waits = year_of(800, chance, [&](double, ClosingDelay delay) {
    if (chance.uniform() < 0.5) {
      const std::int64_t due = delay.from.time_since_epoch().count() + 48 * kHourMs;
      delay.until = Instant{Duration{(due + kHourMs - 1) / kHourMs * kHourMs}};
      delay.actor = kClock;
    }
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 48);
  EXPECT_GE(rules[0].delay, Duration{48 * kHourMs});
  EXPECT_LE(rules[0].delay, Duration{49 * kHourMs});
}

TEST(ClosingRules, SeeTheClockBehindANightlyBatch) {
  Chance chance(3);
  constexpr std::int64_t kDayMs = 24 * kHourMs;
  const auto waits = year_of(1'500, chance, [&](double, ClosingDelay delay) {
    if (chance.uniform() < 0.6) {
      const std::int64_t due = delay.from.time_since_epoch().count() + 7 * kDayMs;
      delay.until = Instant{Duration{(due + kDayMs - 1) / kDayMs * kDayMs}};
      delay.actor = kClock;
    }
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 168);
  EXPECT_GT(rules[0].longest - rules[0].shortest, Duration{20 * kHourMs});
}

TEST(ClosingRules, FindSeveralTimers) {
  Chance chance(4);
  const auto waits = year_of(2'000, chance, [&](double, ClosingDelay delay) {
    const double draw = chance.uniform();
    if (draw < 0.9) lasts(delay, draw < 0.3 ? 24 : draw < 0.6 ? 72 : 240);
    return delay;
  });
  std::vector<double> clocks;
  for (const ClosingRule& rule : closing_rules(waits)) clocks.push_back(rule.clock_hours);
  std::sort(clocks.begin(), clocks.end());
  EXPECT_EQ(clocks, (std::vector<double>{24, 72, 240}));
}

TEST(ClosingRules, FindTheDayWhenATimerChanged) {
  Chance chance(5);
  const auto waits = year_of(1'500, chance, [&](double part, ClosingDelay delay) {
    if (chance.uniform() < 0.7) lasts(delay, part < 0.4 ? 48 : 120);
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 120);
  EXPECT_DOUBLE_EQ(rules[1].clock_hours, 48);
  const Instant change = wait(0.4 * 8'760, 0, 0).from;
  EXPECT_LT(std::chrono::abs(rules[1].last - change), std::chrono::days{5});
  EXPECT_LT(std::chrono::abs(rules[0].first - change), std::chrono::days{10});
  EXPECT_GT(rules[0].before.n, 550U);
  EXPECT_NEAR(rules[0].before.p50 / kHourMs, 48, 2);
}

TEST(ClosingRules, FindARuleOfTheLastWeeksOnly) {
  Chance chance(6);
  const auto waits = year_of(1'500, chance, [&](double part, ClosingDelay delay) {
    if (part > 0.87 && chance.uniform() < 0.8) lasts(delay, 96 + chance.uniform());
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 96);
  EXPECT_GT(rules[0].share, 0.7);
  EXPECT_GT(rules[0].before.n, 1'200U);
}

TEST(ClosingRules, CountWorkingDaysWhenTheRuleDoes) {
  Chance chance(7);
  const auto waits = year_of(1'500, chance, [&](double, ClosingDelay delay) {
    // Begun in office hours of a weekday (day 0 of 1970 is a Thursday), closed three weekdays later.
    std::int64_t day = delay.from.time_since_epoch().count() / (24 * kHourMs);
    const auto weekday = [&] { return (day + 3) % 7; };
    while (weekday() >= 5) ++day;
    const auto of_day = static_cast<std::int64_t>(chance.between(8, 17) * kHourMs);
    delay.from = Instant{Duration{day * 24 * kHourMs + of_day}};
    if (chance.uniform() < 0.7) {
      for (int left = 3; left > 0; --left) do {
          ++day;
        } while (weekday() >= 5);
      delay.until = Instant{Duration{day * 24 * kHourMs + of_day}};
    } else {
      delay.until = delay.from + Duration{static_cast<std::int64_t>(chance.lognormal(36, 1) * kHourMs)};
    }
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].clock, DelayClock::weekdays);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 72);
  EXPECT_NEAR(rules[0].share, 0.7, 0.05);
}

TEST(ClosingRules, FindAnActorWhoClosesLittleButByTheClock) {
  Chance chance(8);
  const auto waits = year_of(1'500, chance, [&](double, ClosingDelay delay) {
    if (chance.uniform() < 0.15) lasts(delay, 48);
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_TRUE(rules[0].of_actor);
  EXPECT_EQ(rules[0].actor, kClock);
  EXPECT_EQ(rules[0].n, rules[0].of);
}

TEST(ClosingRules, FindAClockThatFollowsManyKindsOfEvents) {
  Chance chance(9);
  std::uint32_t start = 0;
  const auto waits = year_of(1'500, chance, [&](double, ClosingDelay delay) {
    delay.start = 1 + start++ % 200;
    if (chance.uniform() < 0.6) lasts(delay, 48, chance.person());
    return delay;
  });
  const std::vector<ClosingRule> rules = closing_rules(waits);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_TRUE(rules[0].any_start);
  EXPECT_DOUBLE_EQ(rules[0].clock_hours, 48);
}

TEST(ClosingRules, DoNotDependOnTheOrderOfWaits) {
  Chance chance(10);
  auto waits = year_of(600, chance, [&](double, ClosingDelay delay) {
    if (chance.uniform() < 0.5) lasts(delay, 30);
    return delay;
  });
  const std::vector<ClosingRule> forward = closing_rules(waits);
  std::reverse(waits.begin(), waits.end());
  const std::vector<ClosingRule> backward = closing_rules(waits);
  ASSERT_EQ(forward.size(), 1U);
  ASSERT_EQ(backward.size(), 1U);
  EXPECT_EQ(forward[0].n, backward[0].n);
  EXPECT_EQ(forward[0].delay, backward[0].delay);
  EXPECT_EQ(forward[0].first, backward[0].first);
}

TEST(ClosingRules, SayNothingOfAFewWaits) {
  std::vector<ClosingDelay> waits;
  for (int i = 0; i < 29; ++i) waits.push_back(wait(i * kDayHours, 48, kClock));
  EXPECT_TRUE(closing_rules(waits).empty());
  EXPECT_TRUE(closing_rules({}).empty());
}

// People without any clock: no rule may be seen, whatever the law of their waits.
class WithoutAnyClock : public ::testing::TestWithParam<int> {};

double wait_of(int law, double from_hours, Chance& chance) {
  switch (law) {
    case 0: return chance.exponential(48);
    case 1: return chance.lognormal(54, 0.5);
    case 2: return chance.lognormal(54, 1.2);
    case 3: return chance.lognormal(148, 0.25);
    case 4: return std::round(chance.exponential(200) / kDayHours) * kDayHours;  // whole days
    case 5: return chance.exponential(30) + chance.exponential(30) + chance.exponential(30);
    case 6: return chance.between(20, 100);
    default: {  // begun and ended in office hours
      const double ends = std::floor(from_hours / kDayHours) + std::floor(chance.exponential(2));
      const double until = ends * kDayHours + chance.between(8, 18);
      return until > from_hours ? until - from_hours : until + kDayHours - from_hours;
    }
  }
}

TEST_P(WithoutAnyClock, NoRuleIsFound) {
  const int law = GetParam();
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Chance chance(100 * static_cast<std::uint64_t>(law) + seed);
    std::vector<ClosingDelay> waits;
    const int n = seed % 3 == 0 ? 200 : seed % 3 == 1 ? 700 : 3'000;
    for (int i = 0; i < n; ++i) {
      double from = chance.between(0, 8'760);
      if (law == 4) from = std::floor(from / kDayHours) * kDayHours;
      if (law == 7) from = std::floor(from / kDayHours) * kDayHours + chance.between(8, 18);
      ClosingDelay delay = wait(0, wait_of(law, from, chance), chance.person());
      const Duration length = delay.until - delay.from;
      delay.from = Instant{Duration{16'200 * 24 * kHourMs + static_cast<std::int64_t>(from * kHourMs)}};
      delay.until = delay.from + length;
      waits.push_back(delay);
    }
    EXPECT_TRUE(closing_rules(waits).empty()) << "law " << law << ", seed " << seed << ", " << n << " waits";
  }
}

INSTANTIATE_TEST_SUITE_P(Laws, WithoutAnyClock, ::testing::Range(0, 8));

ClosingDelay closed_after(int day, Duration wait) {
  const Instant from{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::days{day}};
  return {.from = from, .until = from + wait, .start = 1, .finish = 2, .actor = 0};
}

TEST(FewClosings, ThreeToTheMinuteShowAClock) {
  using std::chrono::hours;
  using std::chrono::seconds;
  const std::vector<ClosingDelay> waits{closed_after(0, hours{48} + seconds{20}), closed_after(9, hours{48}),
                                        closed_after(30, hours{48} + seconds{70})};
  const auto few = few_closings(waits);
  ASSERT_TRUE(few);
  EXPECT_EQ(few->rule.clock_hours, 48);
  EXPECT_EQ(few->rule.n, 3U);
  // 3 C(2, 2) (2 minutes of 8 hours)^2, for four widths tried.
  EXPECT_NEAR(few->chance, 4 * 3 * (1 / 240.0) * (1 / 240.0), 1e-12);
  EXPECT_TRUE(closing_rules(waits).empty()) << "too few for a rule";
}

TEST(FewClosings, TwoShowNothing) {
  const std::vector<ClosingDelay> waits{closed_after(0, std::chrono::hours{48}),
                                        closed_after(9, std::chrono::hours{48})};
  EXPECT_FALSE(few_closings(waits));
  EXPECT_FALSE(few_closings({}));
}

TEST(FewClosings, HalfOfAllMustAgree) {
  using std::chrono::hours;
  std::vector<ClosingDelay> waits;
  for (int i = 0; i < 4; ++i) waits.push_back(closed_after(i, hours{48}));
  for (int i = 0; i < 5; ++i) waits.push_back(closed_after(10 + i, hours{60 + 37 * i}));
  EXPECT_FALSE(few_closings(waits)) << "4 of 9";
  waits.pop_back();
  EXPECT_TRUE(few_closings(waits)) << "4 of 8";
}

TEST(FewClosings, LessThanAnHourIsNoClock) {
  std::vector<ClosingDelay> waits;
  for (int i = 0; i < 9; ++i) waits.push_back(closed_after(i, std::chrono::minutes{20}));
  EXPECT_FALSE(few_closings(waits));
}

}  // namespace
}  // namespace guichet::measures
