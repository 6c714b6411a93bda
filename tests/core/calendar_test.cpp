#include <guichet/core/calendar.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet {
namespace {

constexpr std::uint32_t kDay = 86'400;
constexpr std::uint32_t kHour = 3'600;

// Two days with a lunch break, from the second day since 1970 on.
constexpr std::array kHours{OpenHours{1 * kDay + 9 * kHour, 1 * kDay + 12 * kHour, 0},
                            OpenHours{1 * kDay + 13 * kHour, 1 * kDay + 17 * kHour, 3 * kHour},
                            OpenHours{2 * kDay + 9 * kHour, 2 * kDay + 12 * kHour, 7 * kHour}};
constexpr std::array<std::uint32_t, 2> kByDay{0, 2};
constexpr Calendar kCalendar{kHours, kByDay, 1};

// The rules of a calendar can be read at compile time.
static_assert(kCalendar.after(1 * kDay + 11 * kHour, 2 * kHour) == 1 * kDay + 14 * kHour);
static_assert(kCalendar.between(0, 10 * kDay) == 10 * kHour);
static_assert(Calendar{}.after(0, 1) == 0 && Calendar{}.between(0, kDay) == 0 && Calendar{}.empty());

TEST(calendar, work_that_fills_an_interval_ends_when_it_closes) {
  EXPECT_EQ(kCalendar.after(1 * kDay + 9 * kHour, 3 * kHour), 1 * kDay + 12 * kHour);
  EXPECT_EQ(kCalendar.after(1 * kDay + 9 * kHour, 3 * kHour + 1), 1 * kDay + 13 * kHour + 1);
}

TEST(calendar, no_work_at_all_is_done_at_the_first_open_second) {
  EXPECT_EQ(kCalendar.after(1 * kDay, 0), 1 * kDay + 9 * kHour);
  EXPECT_EQ(kCalendar.after(1 * kDay + 10 * kHour, 0), 1 * kDay + 10 * kHour);
  EXPECT_EQ(kCalendar.after(1 * kDay + 12 * kHour, 0), 1 * kDay + 13 * kHour);
}

TEST(calendar, counting_starts_before_the_table_and_ends_with_it) {
  EXPECT_EQ(kCalendar.after(5, kHour), 1 * kDay + 10 * kHour);
  EXPECT_EQ(kCalendar.after(0, 10 * kHour), 2 * kDay + 12 * kHour);
  EXPECT_EQ(kCalendar.after(0, 10 * kHour + 1), 0U);
  EXPECT_EQ(kCalendar.after(2 * kDay + 12 * kHour, 1), 0U);
  EXPECT_EQ(kCalendar.after(90 * kDay, 1), 0U);
  EXPECT_EQ(kCalendar.after(0xffff'ffff, 0xffff'ffff), 0U);
}

TEST(calendar, between_is_zero_backwards_and_adds_up) {
  EXPECT_EQ(kCalendar.between(2 * kDay, 1 * kDay), 0U);
  EXPECT_EQ(kCalendar.between(1 * kDay + 11 * kHour, 1 * kDay + 14 * kHour), 2 * kHour);
  EXPECT_EQ(kCalendar.between(90 * kDay, 91 * kDay), 0U);
}

// A calendar drawn by chance, and beside it the same told second by second in steps of a minute.
struct Drawn {
  std::vector<OpenHours> hours;
  std::vector<std::uint32_t> by_day;
  std::vector<bool> open_minute;
};

Drawn draw(Random& random, std::uint32_t days) {
  Drawn drawn;
  drawn.open_minute.resize(std::size_t{days} * 1'440);
  std::uint32_t at = 0, worked = 0;
  while (true) {
    const std::uint32_t opens = at + 1 + random.below(900);
    const std::uint32_t closes = opens + 1 + random.below(random.below(4) == 0 ? 3'000 : 400);
    if (closes >= drawn.open_minute.size()) break;
    drawn.hours.push_back({opens * 60, closes * 60, worked});
    worked += (closes - opens) * 60;
    for (std::uint32_t minute = opens; minute < closes; ++minute) drawn.open_minute[minute] = true;
    at = closes;
  }
  for (std::uint32_t day = 0; day < days; ++day) {
    std::uint32_t first = 0;
    while (first < drawn.hours.size() && drawn.hours[first].closes <= day * kDay) ++first;
    drawn.by_day.push_back(first);
  }
  return drawn;
}

TEST(calendar, agrees_with_counting_minute_by_minute) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::uint32_t days = 3 + random.below(60);
    const Drawn drawn = draw(random, days);
    const Calendar calendar(drawn.hours, drawn.by_day, 0);
    for (int trial = 0; trial < 200; ++trial) {
      const std::uint32_t from = random.below(days * 1'440);
      const std::uint32_t work = random.below(5'000);
      std::uint32_t minute = from, left = work;
      // With no work left, the answer is the first open minute; otherwise the end of the last worked one.
      while (minute < drawn.open_minute.size() && (left > 0 || !drawn.open_minute[minute])) {
        if (drawn.open_minute[minute] && --left == 0) {
          ++minute;
          break;
        }
        ++minute;
      }
      const bool ends = left == 0 && (work > 0 || minute < drawn.open_minute.size());
      EXPECT_EQ(calendar.after(from * 60, work * 60), ends ? minute * 60 : 0U) << from << " + " << work;

      const std::uint32_t to = from + random.below(days * 1'440 - from);
      std::uint32_t worked = 0;
      for (std::uint32_t m = from; m < to; ++m) worked += drawn.open_minute[m] ? 1U : 0U;
      EXPECT_EQ(calendar.between(from * 60, to * 60), worked * 60) << from << " .. " << to;
    }
  }
}

TEST(calendar, the_work_between_a_start_and_its_end_is_the_work_asked_for) {
  Random random(2026);
  const Drawn drawn = draw(random, 400);
  const Calendar calendar(drawn.hours, drawn.by_day, 0);
  for (int trial = 0; trial < 20'000; ++trial) {
    const std::uint32_t from = random.below(300 * kDay);
    const std::uint32_t work = random.below(20 * kDay);
    const std::uint32_t end = calendar.after(from, work);
    ASSERT_GE(end, from);
    ASSERT_EQ(calendar.between(from, end), work) << from << " + " << work;
  }
}

}  // namespace
}  // namespace guichet
