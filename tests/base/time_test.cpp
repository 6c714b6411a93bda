#include <gtest/gtest.h>

#include <guichet/base/time.hpp>

namespace guichet {
namespace {

using namespace std::chrono_literals;

std::int64_t ms_of(std::string_view text) {
  const auto instant = parse_instant(text);
  EXPECT_TRUE(instant) << text;
  return instant ? instant->time_since_epoch().count() : -1;
}

TEST(Time, ReadsTheSpellingsOfRfc3339) {
  EXPECT_EQ(ms_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ms_of("2026-03-02T09:00:00Z"), 1'772'442'000'000);
  EXPECT_EQ(ms_of("2026-03-02t09:00:00z"), 1'772'442'000'000);
  EXPECT_EQ(ms_of("2026-03-02 09:00:00Z"), 1'772'442'000'000);
  EXPECT_EQ(ms_of("2026-03-02T10:00:00+01:00"), 1'772'442'000'000);
  EXPECT_EQ(ms_of("2026-03-02T03:30:00-05:30"), 1'772'442'000'000);
}

TEST(Time, WhatIsMissingIsZeroAndUtc) {
  EXPECT_EQ(ms_of("2026-03-02T09:00Z"), ms_of("2026-03-02T09:00:00Z"));
  EXPECT_EQ(ms_of("2026-03-02T09:00"), ms_of("2026-03-02T09:00:00Z"));
  EXPECT_EQ(ms_of("2026-03-02"), ms_of("2026-03-02T00:00:00Z"));
  EXPECT_EQ(ms_of("2026-03-02T10:00:00+01"), ms_of("2026-03-02T09:00:00Z"));
  EXPECT_EQ(ms_of("2026-03-02T10:00:00+0100"), ms_of("2026-03-02T09:00:00Z"));
}

TEST(Time, FractionsAreCutToMilliseconds) {
  EXPECT_EQ(ms_of("1970-01-01T00:00:00.5Z"), 500);
  EXPECT_EQ(ms_of("1970-01-01T00:00:00,25Z"), 250);
  EXPECT_EQ(ms_of("1970-01-01T00:00:00.0019999Z"), 1);
}

TEST(Time, KnowsLeapDaysAndTheFarPast) {
  EXPECT_EQ(ms_of("2000-02-29") + 86'400'000, ms_of("2000-03-01"));
  EXPECT_EQ(ms_of("1969-12-31T23:59:59.999Z"), -1);
  EXPECT_EQ(ms_of("0001-01-01"), -62'135'596'800'000);
  EXPECT_EQ(ms_of("9999-12-31T23:59:59.999Z"), 253'402'300'799'999);
}

TEST(Time, RefusesWhatIsNoInstant) {
  for (const char* text : {"",
                           "2026",
                           "2026-03",
                           "2026-3-02",
                           "2026-02-29",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-03-00",
                           "1900-02-29",
                           "2026-03-02T",
                           "2026-03-02T24:00Z",
                           "2026-03-02T09:60Z",
                           "2026-03-02T09:00:60Z",
                           "2026-03-02T09:00:00.Z",
                           "2026-03-02T09:00Zx",
                           "2026-03-02T09:00+24:00",
                           "2026-03-02T09:00+01:60",
                           "2026-03-02T09:00+1",
                           "2026/03/02",
                           "+2026-03-02",
                           " 2026-03-02",
                           "2026-03-02 ",
                           "2026-03-02X09:00Z"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(Time, PrintsWhatItReads) {
  for (const char* text : {"2026-03-02T09:00:00Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z",
                           "2000-02-29T12:34:56.007Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.250Z"})
    EXPECT_EQ(print_instant(Instant{Duration{ms_of(text)}}), text);
}

TEST(Time, EveryDayFollowsTheOneBefore) {
  // Against the calendar of the standard library, over five leap-year cycles.
  for (auto day = std::chrono::sys_days{std::chrono::year{1600} / 1 / 1};
       day < std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}; day += std::chrono::days{1}) {
    const std::chrono::year_month_day date{day};
    ASSERT_EQ(civil_to_ms(static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()), 0),
              std::chrono::duration_cast<Duration>(day.time_since_epoch()).count());
  }
}

TEST(Time, WorkingTimeIsOrdered) {
  EXPECT_LT(WorkingTime{7h}, WorkingTime{8h});
  EXPECT_EQ(WorkingTime{60min}, WorkingTime{1h});
}

}  // namespace
}  // namespace guichet
