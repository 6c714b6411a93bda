#include <guichet/rulebook/calendars.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include <guichet/base/random.hpp>
#include <guichet/formats/zone.hpp>

namespace guichet::rulebook {
namespace {

constexpr OpenSpan kNineToFive{9 * 60, 17 * 60};

Week weekdays(const std::vector<OpenSpan>& spans) { return {spans, spans, spans, spans, spans, {}, {}}; }
Week every_day(const std::vector<OpenSpan>& spans) { return {spans, spans, spans, spans, spans, spans, spans}; }

WorkCalendar compiled(const std::string& zone, Week week, std::vector<std::string> holidays = {},
                      std::vector<std::string> sets = {}) {
  WorkCalendar calendar;
  calendar.id = "office";
  calendar.zone = zone;
  calendar.week = std::move(week);
  calendar.holidays = std::move(holidays);
  calendar.holiday_sets = std::move(sets);
  const Outcome outcome = compile(calendar);
  EXPECT_TRUE(outcome) << outcome.error().detail;
  return calendar;
}

std::uint32_t second(std::string_view instant) {
  const auto parsed = parse_instant(instant);
  EXPECT_TRUE(parsed) << instant;
  return static_cast<std::uint32_t>(parsed->time_since_epoch().count() / 1'000);
}

std::string after(const WorkCalendar& calendar, std::string_view from, std::uint32_t hours) {
  const std::uint32_t at = calendar.view().after(second(from), hours * 3'600);
  return print_instant(Instant{Seconds{at}});
}

double hours_between(const WorkCalendar& calendar, std::string_view from, std::string_view to) {
  return calendar.view().between(second(from), second(to)) / 3'600.0;
}

// 2026-03-06 is a Friday.
TEST(calendars, friday_16_30_and_one_working_hour_is_monday_9_30) {
  const WorkCalendar calendar = compiled("UTC", weekdays({kNineToFive}));
  EXPECT_EQ(after(calendar, "2026-03-06T16:30Z", 1), "2026-03-09T09:30:00Z");
}

TEST(calendars, the_wall_clock_of_the_zone_decides) {
  const WorkCalendar paris = compiled("Europe/Paris", weekdays({kNineToFive}));
  EXPECT_EQ(after(paris, "2026-03-06T16:30+01:00", 1), "2026-03-09T08:30:00Z");
  const WorkCalendar kolkata = compiled("Asia/Kolkata", weekdays({kNineToFive}));
  EXPECT_EQ(after(kolkata, "2026-03-06T16:30+05:30", 1), "2026-03-09T04:00:00Z");
  const WorkCalendar chatham = compiled("Pacific/Chatham", weekdays({kNineToFive}));
  EXPECT_EQ(after(chatham, "2026-07-03T16:30+12:45", 1), "2026-07-05T20:45:00Z");
}

// Paris: clocks go forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
TEST(calendars, office_hours_move_with_daylight_saving) {
  const WorkCalendar paris = compiled("Europe/Paris", weekdays({kNineToFive}));
  EXPECT_EQ(after(paris, "2026-03-27T15:30Z", 1), "2026-03-30T07:30:00Z");
  EXPECT_EQ(after(paris, "2026-10-23T14:30Z", 1), "2026-10-26T08:30:00Z");
}

TEST(calendars, a_skipped_hour_is_not_worked_and_a_repeated_one_counts_twice) {
  const WorkCalendar nights = compiled("Europe/Paris", every_day({{22 * 60, 30 * 60}}));
  EXPECT_EQ(hours_between(nights, "2026-03-28T12:00Z", "2026-03-29T12:00Z"), 7.0);
  EXPECT_EQ(hours_between(nights, "2026-10-24T12:00Z", "2026-10-25T12:00Z"), 9.0);
  EXPECT_EQ(hours_between(nights, "2026-06-24T12:00Z", "2026-06-25T12:00Z"), 8.0);
  // A span within the repeated hour is open twice, with a pause between.
  const WorkCalendar twice = compiled("Europe/Paris", every_day({{2 * 60 + 15, 2 * 60 + 30}}));
  EXPECT_EQ(hours_between(twice, "2026-10-24T22:00Z", "2026-10-25T22:00Z"), 0.5);
  EXPECT_EQ(hours_between(twice, "2026-10-25T00:30Z", "2026-10-25T01:15Z"), 0.0);
  // A span within the skipped hour is never open.
  EXPECT_EQ(hours_between(twice, "2026-03-28T23:00Z", "2026-03-29T22:00Z"), 0.0);
}

TEST(calendars, lunch_is_not_worked) {
  const WorkCalendar calendar = compiled("UTC", weekdays({{9 * 60, 12 * 60 + 30}, {13 * 60 + 30, 17 * 60}}));
  EXPECT_EQ(after(calendar, "2026-03-06T12:00Z", 1), "2026-03-06T14:00:00Z");
  EXPECT_EQ(hours_between(calendar, "2026-03-06T00:00Z", "2026-03-07T00:00Z"), 7.0);
}

TEST(calendars, holidays_are_not_worked) {
  const WorkCalendar calendar = compiled("UTC", weekdays({kNineToFive}), {"2026-03-09"});
  EXPECT_EQ(after(calendar, "2026-03-06T16:30Z", 1), "2026-03-10T09:30:00Z");
  const WorkCalendar french = compiled("Europe/Paris", weekdays({kNineToFive}), {}, {"fr"});
  EXPECT_EQ(after(french, "2026-04-03T16:30+02:00", 1), "2026-04-07T07:30:00Z");  // Easter Monday between
}

TEST(calendars, round_the_clock_is_one_interval) {
  const WorkCalendar calendar = compiled("Europe/Paris", every_day({{0, 24 * 60}}));
  EXPECT_EQ(calendar.hours.size(), 1U);
  EXPECT_EQ(after(calendar, "2026-03-28T23:30Z", 4), "2026-03-29T03:30:00Z");
}

TEST(calendars, a_shift_over_midnight_belongs_to_the_day_it_begins) {
  Week friday_night{};
  friday_night[4] = {{22 * 60, 30 * 60}};
  const WorkCalendar calendar = compiled("UTC", friday_night, {"2026-03-14"});
  EXPECT_EQ(after(calendar, "2026-03-06T23:00Z", 8), "2026-03-13T23:00:00Z");
  EXPECT_EQ(hours_between(calendar, "2026-03-14T00:00Z", "2026-03-14T12:00Z"), 6.0);  // the holiday after it
  const WorkCalendar closed = compiled("UTC", friday_night, {"2026-03-13"});
  EXPECT_EQ(hours_between(closed, "2026-03-13T00:00Z", "2026-03-15T00:00Z"), 0.0);
}

TEST(calendars, rules_go_on_after_the_database_lists_no_more) {
  const WorkCalendar paris = compiled("Europe/Paris", weekdays({kNineToFive}));
  // 2065-07-01 is a Wednesday in summer time, 2065-12-02 one in winter time.
  EXPECT_EQ(after(paris, "2065-07-01T00:00Z", 0), "2065-07-01T07:00:00Z");
  EXPECT_EQ(after(paris, "2065-12-02T00:00Z", 0), "2065-12-02T08:00:00Z");
}

TEST(calendars, the_table_covers_1990_to_2100) {
  const WorkCalendar calendar = compiled("UTC", every_day({kNineToFive}));
  EXPECT_EQ(after(calendar, "1990-01-01T00:00Z", 1), "1990-01-01T10:00:00Z");
  EXPECT_EQ(after(calendar, "2100-12-31T16:00Z", 1), "2100-12-31T17:00:00Z");
  EXPECT_EQ(calendar.view().after(second("2100-12-31T16:00Z"), 3'601), 0U);
}

TEST(calendars, an_unknown_zone_names_the_nearest) {
  WorkCalendar calendar;
  calendar.zone = "Europe/Pariss";
  const Outcome outcome = compile(calendar);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().detail.find("\"Europe/Paris\""), std::string::npos) << outcome.error().detail;
}

TEST(calendars, public_holidays_of_2026) {
  const auto days = [](std::string_view country) {
    std::vector<std::string> dates;
    for (const std::int32_t day : public_holidays(country, 2026))
      dates.push_back(print_instant(Instant{std::chrono::days{day}}).substr(5, 5));
    return dates;
  };
  using Dates = std::vector<std::string>;
  EXPECT_EQ(days("fr"),
            (Dates{"01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"}));
  EXPECT_EQ(days("be"),
            (Dates{"01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"}));
  EXPECT_EQ(days("de"), (Dates{"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"}));
  EXPECT_EQ(days("lu"),
            (Dates{"01-01", "04-06", "05-01", "05-09", "05-14", "05-25", "06-23", "08-15", "11-01", "12-25", "12-26"}));
  EXPECT_TRUE(days("xx").empty());
  EXPECT_EQ(public_holidays("lu", 2018).size(), 10U);
}

// The slow way to tell whether a minute is worked: read the wall clock, then look at the day.
bool worked(const WorkCalendar& calendar, const std::vector<formats::ZoneStep>& steps, std::uint32_t at) {
  std::int64_t wall = at;
  for (const formats::ZoneStep& step : steps)
    if (step.since <= at) wall = std::int64_t{at} + step.offset;
  const auto open_on = [&](std::int64_t day) {
    const std::string date = print_instant(Instant{std::chrono::days{day}}).substr(0, 10);
    if (std::find(calendar.holidays.begin(), calendar.holidays.end(), date) != calendar.holidays.end()) return false;
    const auto& spans = calendar.week[static_cast<std::size_t>((day + 3) % 7)];
    return std::any_of(spans.begin(), spans.end(), [&](const OpenSpan& span) {
      const std::int64_t of_day = wall - day * 86'400;
      return of_day >= span.opens * 60 && of_day < span.closes * 60;
    });
  };
  return open_on(wall / 86'400) || open_on(wall / 86'400 - 1);
}

TEST(calendars, agree_with_reading_the_wall_clock_every_minute) {
  const std::vector<std::string> holidays{"2026-03-30", "2026-10-25", "2026-10-24", "2026-04-05"};
  const std::vector<Week> weeks{weekdays({kNineToFive}), every_day({{9 * 60, 12 * 60}, {12 * 60 + 45, 18 * 60 + 20}}),
                                every_day({{22 * 60, 30 * 60}}),
                                every_day({{0, 5}, {2 * 60 + 10, 2 * 60 + 50}, {23 * 60 + 30, 25 * 60}})};
  // Lord Howe shifts by half an hour; Nepal is 5 h 45 from UTC.
  for (const std::string zone : {"Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"})
    for (const Week& week : weeks) {
      SCOPED_TRACE(zone);
      const WorkCalendar calendar = compiled(zone, week, holidays);
      for (const std::string_view start :
           {"2026-03-24T00:00Z", "2026-03-31T00:00Z", "2026-10-01T00:00Z", "2026-10-21T00:00Z"}) {
        const std::uint32_t begin = second(start);
        const auto steps = formats::zone_steps(zone, begin - 400 * 86'400, begin + 400 * 86'400);
        ASSERT_TRUE(steps);
        for (std::uint32_t minute = 0; minute < 8 * 1'440; ++minute) {
          const std::uint32_t at = begin + minute * 60;
          ASSERT_EQ(calendar.view().between(at, at + 60), worked(calendar, *steps, at) ? 60U : 0U)
              << print_instant(Instant{Seconds{at}});
        }
      }
    }
}

TEST(calendars, the_work_between_a_start_and_its_end_is_the_work_asked_for) {
  const WorkCalendar calendar =
      compiled("Europe/Paris", weekdays({{9 * 60, 12 * 60 + 30}, {13 * 60 + 30, 17 * 60}}), {}, {"fr"});
  Random random(7);
  for (int trial = 0; trial < 50'000; ++trial) {
    const std::uint32_t from = second("1990-01-01T00:00Z") + random.below(90U * 365 * 86'400);
    const std::uint32_t work = random.below(400 * 25'200);
    ASSERT_EQ(calendar.view().between(from, calendar.view().after(from, work)), work) << from << " + " << work;
  }
}

}  // namespace
}  // namespace guichet::rulebook
