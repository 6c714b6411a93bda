#include <guichet/expect/forecast.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::expect {
namespace {

constexpr Instant kBegan{Duration{1'000'000'000'000}};

Stretch wait(std::int64_t length, Ending ending = Ending::came) {
  return {.began = kBegan, .until = kBegan + Duration{length}, .length = length, .matter = 0, .ending = ending};
}

double unit(Random& random) { return (static_cast<double>(random.below(1'000'000)) + 0.5) / 1e6; }

// Remissions under 6-mercaptopurine, in weeks (Freireich and others 1963), the example of Kaplan and Meier's
// estimate in many books: it falls to 0.857 at 6, 0.690 at 13, 0.538 at 22 and 0.448 at 23; its median is 23.
std::vector<Stretch> remissions() {
  std::vector<Stretch> all;
  for (const int week : {6, 6, 6, 7, 10, 13, 16, 22, 23}) all.push_back(wait(week));
  for (const int week : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}) all.push_back(wait(week, Ending::open));
  return all;
}

TEST(forecast, a_published_estimate_is_met) {
  const Curve curve(remissions());
  EXPECT_EQ(curve.beyond(-1), 21U);
  EXPECT_EQ(curve.interval(-1), (Interval{.low = 6, .middle = 23, .high = std::nullopt}));
  // After week 13: 0.690 are left, of which 0.627 go beyond 16, 0.538 beyond 22 and 0.448 beyond 23.
  EXPECT_EQ(curve.beyond(13), 11U);
  EXPECT_EQ(curve.interval(13), (Interval{.low = 22, .middle = std::nullopt, .high = std::nullopt}));
}

TEST(forecast, without_open_waits_it_is_the_plain_share_of_those_that_lasted_longer) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    std::vector<Stretch> all;
    std::vector<std::int64_t> lengths;
    for (std::uint32_t i = 0, n = 30 + random.below(200); i < n; ++i) {
      lengths.push_back(random.below(50));
      all.push_back(wait(lengths.back()));
    }
    const Curve curve(all);
    const std::int64_t so_far = random.below(40);
    std::erase_if(lengths, [so_far](std::int64_t length) { return length <= so_far; });
    std::ranges::sort(lengths);
    ASSERT_EQ(curve.beyond(so_far), lengths.size()) << "seed " << seed;
    if (lengths.empty()) continue;
    const auto plain = [&](std::size_t tenths) {
      return std::optional{lengths[(lengths.size() * tenths + 9) / 10 - 1]};
    };
    ASSERT_EQ(curve.interval(so_far), (Interval{.low = plain(1), .middle = plain(5), .high = plain(9)}))
        << "seed " << seed;
  }
}

TEST(forecast, waits_that_never_end_stay_in_the_count) {
  std::vector<Stretch> all;
  for (int i = 1; i <= 60; ++i) all.push_back(wait(i));
  for (int i = 0; i < 40; ++i) all.push_back(wait(5, Ending::never));
  const Curve curve(all);
  EXPECT_EQ(curve.interval(0), (Interval{.low = 10, .middle = 50, .high = std::nullopt}));
  EXPECT_EQ(curve.beyond(59), 41U);
}

/// A desk that answers cases of two matters as it always did; one case an hour.
class Desk {
 public:
  explicit Desk(std::uint64_t seed) : random_(seed) {}

  void answer(std::size_t cases, double slower = 1) {
    for (std::size_t i = 0; i < cases; ++i) {
      const Instant began = kBegan + std::chrono::hours{opened_++};
      const std::uint32_t matter = 1 + random_.below(2);
      const double hours = -std::log(unit(random_)) * (matter == 1 ? 5 : 40) * slower;
      moments_ = {Moment{.at = began, .kind = EventKind::message_sent, .party = Party::seller}};
      const Instant then = began + Duration{static_cast<std::int64_t>(hours * 3'600'000)};
      if (random_.below(20) == 0)
        moments_.push_back(
            Moment{.at = began + std::chrono::hours{48}, .kind = EventKind::closed, .party = Party::clock});
      else
        moments_.push_back(Moment{.at = then, .kind = EventKind::message_sent, .party = Party::desk});
      CaseFacts facts;
      facts.matter = matter;
      past_.fold({.facts = facts, .moments = moments_});
    }
  }
  Forecast forecast() {
    past_.settle(kBegan + std::chrono::hours{opened_ + 500});
    return {past_, {"payment", "stock"}};
  }

 private:
  Random random_;
  Past past_;
  std::vector<Moment> moments_;
  std::uint32_t opened_ = 0;
};

double within(const Honesty& honesty) {
  return static_cast<double>(honesty.within) / static_cast<double>(honesty.told);
}

TEST(forecast, eight_of_ten_come_true_where_nothing_changes) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Desk desk(seed);
    desk.answer(3'000);
    const Honesty honesty = desk.forecast().honesty(Asked::answer);
    EXPECT_GT(honesty.told, 2'500U) << "seed " << seed;
    EXPECT_NEAR(within(honesty), 0.8, 0.05) << "seed " << seed;
    EXPECT_NEAR(static_cast<double>(honesty.sooner) / static_cast<double>(honesty.told), 0.5, 0.05) << "seed " << seed;
  }
}

TEST(forecast, a_desk_that_became_slower_is_told_in_the_accuracy) {
  Desk desk(3);
  desk.answer(1'500);
  desk.answer(300, 10);
  const Forecast forecast = desk.forecast();
  EXPECT_LT(within(forecast.honesty(Asked::answer)), 0.77);
}

TEST(forecast, a_matter_is_foretold_from_its_own_cases) {
  Desk desk(4);
  desk.answer(2'000);
  const Forecast forecast = desk.forecast();
  const auto payment = forecast.of(Asked::answer, "payment"), stock = forecast.of(Asked::answer, "stock"),
             any = forecast.of(Asked::answer, "something else");
  ASSERT_TRUE(payment && stock && any);
  EXPECT_TRUE(payment->of_matter);
  EXPECT_FALSE(any->of_matter);
  EXPECT_EQ(payment->n + stock->n, any->n);
  EXPECT_LT(*payment->interval.middle, *any->interval.middle);
  EXPECT_LT(*any->interval.middle, *stock->interval.middle);
  EXPECT_EQ(forecast.matters(Asked::answer), (std::vector<std::string>{"payment", "stock"}));
}

TEST(forecast, who_has_waited_long_waits_on) {
  Desk desk(5);
  desk.answer(2'000);
  const Forecast forecast = desk.forecast();
  std::int64_t before = 0;
  for (std::int64_t hours = 0; hours <= 40; hours += 5) {
    const std::int64_t so_far = hours * 3'600'000;
    const auto expected = forecast.of(Asked::answer, "stock", so_far);
    ASSERT_TRUE(expected);
    EXPECT_EQ(expected->so_far, so_far);
    EXPECT_GT(*expected->interval.low, so_far);
    EXPECT_GE(*expected->interval.low, before);
    before = *expected->interval.low;
  }
}

TEST(forecast, of_fewer_than_thirty_nothing_is_said) {
  Desk few(6);
  few.answer(29);
  EXPECT_FALSE(few.forecast().of(Asked::answer, "payment"));
  EXPECT_EQ(few.forecast().honesty(Asked::answer), Honesty{});
  Desk enough(6);
  enough.answer(30);
  const Forecast forecast = enough.forecast();
  const auto expected = forecast.of(Asked::answer, "payment");
  ASSERT_TRUE(expected);
  EXPECT_FALSE(expected->of_matter) << "of this matter alone there are fewer";
  EXPECT_FALSE(forecast.of(Asked::answer, "payment", 200LL * 24 * 3'600'000)) << "hardly anybody waited so long";
}

TEST(forecast, nobody_knew_what_came_later) {
  // Until a day every wait took an hour, then each takes a hundred: forecasts of before cannot have known.
  std::vector<Moment> moments;
  Past past;
  for (int i = 0; i < 400; ++i) {
    const Instant began = kBegan + std::chrono::hours{i};
    moments = {Moment{.at = began, .kind = EventKind::message_sent, .party = Party::seller},
               Moment{.at = began + std::chrono::hours{i < 380 ? 1 : 100},
                      .kind = EventKind::message_sent,
                      .party = Party::desk}};
    past.fold({.facts = {}, .moments = moments});
  }
  past.settle(kBegan + std::chrono::hours{1'000});
  const Honesty honesty = Forecast(past, {}).honesty(Asked::answer);
  EXPECT_EQ(honesty.told - honesty.within, 20U);
}

TEST(forecast, a_case_with_four_messages_may_end_with_these) {
  Past past;
  std::vector<Moment> moments;
  for (int i = 0; i < 100; ++i) {
    const Instant began = kBegan + std::chrono::hours{i};
    moments.clear();
    for (int n = 0; n < 4; ++n)
      moments.push_back(
          Moment{.at = began, .kind = EventKind::message_sent, .party = n % 2 == 0 ? Party::seller : Party::desk});
    moments.push_back(Moment{.at = began, .kind = EventKind::closed, .party = Party::desk});
    past.fold({.facts = {}, .moments = moments});
  }
  past.settle(past.last());
  const Forecast forecast(past, {});
  const auto expected = forecast.of(Asked::messages, "", 4);
  ASSERT_TRUE(expected);
  EXPECT_EQ(expected->interval, (Interval{.low = 4, .middle = 4, .high = 4}));
  EXPECT_FALSE(forecast.of(Asked::messages, "", 5));
}

}  // namespace
}  // namespace guichet::expect
