#include <guichet/rulebook/calendars.hpp>

#include <algorithm>

#include <guichet/base/check.hpp>
#include <guichet/formats/zone.hpp>

namespace guichet::rulebook {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr int kFirstYear = 1990;
constexpr int kLastYear = 2100;

constexpr std::int32_t civil_day(int year, unsigned month, unsigned day) {
  return static_cast<std::int32_t>(civil_to_ms(year, month, day, 0) / 86'400'000);
}
static_assert(civil_day(kFirstYear, 1, 1) == kFirstCalendarDay);
static_assert(civil_day(kLastYear + 1, 1, 1) == kEndCalendarDay);
static_assert(kEndCalendarDay * kDay + 2 * kDay < 0xffff'ffff, "seconds fit into 32 bits");

/// Easter Sunday in the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, chapter 8).
constexpr std::int32_t easter(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return civil_day(year, static_cast<unsigned>(n / 31), static_cast<unsigned>(n % 31 + 1));
}
static_assert(easter(2026) == civil_day(2026, 4, 5));

struct Fixed {
  unsigned month, day;
  int since;  // first year of the holiday, or 0
};
struct HolidaySet {
  std::string_view country;
  std::span<const Fixed> fixed;
  std::span<const int> after_easter;  // days
};

// France: Code du travail, art. L3133-1 (without those of Alsace-Moselle and overseas).
constexpr Fixed kFrance[]{{1, 1, 0},  {5, 1, 0},  {5, 8, 0},   {7, 14, 0},
                          {8, 15, 0}, {11, 1, 0}, {11, 11, 0}, {12, 25, 0}};
constexpr int kFranceEaster[]{1, 39, 50};
// Belgium: arrêté royal of 18 April 1974, art. 1.
constexpr Fixed kBelgium[]{{1, 1, 0}, {5, 1, 0}, {7, 21, 0}, {8, 15, 0}, {11, 1, 0}, {11, 11, 0}, {12, 25, 0}};
constexpr int kBelgiumEaster[]{1, 39, 50};
// Germany: the nine days common to all Länder.
constexpr Fixed kGermany[]{{1, 1, 0}, {5, 1, 0}, {10, 3, 0}, {12, 25, 0}, {12, 26, 0}};
constexpr int kGermanyEaster[]{-2, 1, 39, 50};
// Luxembourg: Code du travail, art. L.232-2; Europe Day since 2019.
constexpr Fixed kLuxembourg[]{{1, 1, 0},  {5, 1, 0},  {5, 9, 2019}, {6, 23, 0},
                              {8, 15, 0}, {11, 1, 0}, {12, 25, 0},  {12, 26, 0}};
constexpr int kLuxembourgEaster[]{1, 39, 50};

constexpr HolidaySet kHolidaySets[]{{"be", kBelgium, kBelgiumEaster},
                                    {"de", kGermany, kGermanyEaster},
                                    {"fr", kFrance, kFranceEaster},
                                    {"lu", kLuxembourg, kLuxembourgEaster}};
constexpr std::array<std::string_view, 4> kCountries{"be", "de", "fr", "lu"};

constexpr std::int64_t floor_day(std::int64_t second) {
  return second >= 0 ? second / kDay : -((-second + kDay - 1) / kDay);
}

// Days since 1970 to weekdays, Monday first: the first of January 1970 was a Thursday.
constexpr std::size_t weekday(std::int64_t day) { return static_cast<std::size_t>((day + 3) % 7); }

std::vector<bool> closed_days(const WorkCalendar& calendar) {
  std::vector<bool> closed(static_cast<std::size_t>(kEndCalendarDay - kFirstCalendarDay));
  const auto close = [&](std::int32_t day) {
    if (day >= kFirstCalendarDay && day < kEndCalendarDay)
      closed[static_cast<std::size_t>(day - kFirstCalendarDay)] = true;
  };
  for (const std::string& holiday : calendar.holidays)
    if (const auto day = day_of(holiday)) close(*day);
  for (const std::string& country : calendar.holiday_sets)
    for (int year = kFirstYear; year <= kLastYear; ++year)
      for (const std::int32_t day : public_holidays(country, year)) close(day);
  return closed;
}

}  // namespace

std::span<const std::string_view> holiday_sets() { return kCountries; }

std::vector<std::int32_t> public_holidays(std::string_view country, int year) {
  std::vector<std::int32_t> days;
  for (const HolidaySet& set : kHolidaySets) {
    if (set.country != country) continue;
    for (const Fixed& fixed : set.fixed)
      if (year >= fixed.since) days.push_back(civil_day(year, fixed.month, fixed.day));
    for (const int offset : set.after_easter) days.push_back(easter(year) + offset);
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

std::optional<std::int32_t> day_of(std::string_view iso_date) {
  if (iso_date.size() != 10) return std::nullopt;
  const auto instant = parse_instant(iso_date);
  if (!instant) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(*instant).time_since_epoch().count());
}

Outcome compile(WorkCalendar& calendar) {
  constexpr std::int64_t kFrom = kFirstCalendarDay * kDay;
  constexpr std::int64_t kTo = kEndCalendarDay * kDay;
  GUICHET_TRY(steps, formats::zone_steps(calendar.zone, kFrom, kTo));
  const std::vector<bool> closed = closed_days(calendar);

  std::vector<OpenHours>& hours = calendar.hours;
  hours.clear();
  // Between two steps the wall clock runs evenly; going step by step keeps the intervals in order also
  // where it shows the same hour twice.
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const std::int64_t begin = std::max(steps[s].since, kFrom);
    const std::int64_t end = s + 1 < steps.size() ? std::min(steps[s + 1].since, kTo) : kTo;
    const std::int64_t offset = steps[s].offset;
    // One day earlier, for a shift over midnight.
    const std::int64_t first = std::max<std::int64_t>(floor_day(begin + offset) - 1, kFirstCalendarDay);
    const std::int64_t last = std::min<std::int64_t>(floor_day(end + offset), kEndCalendarDay - 1);
    for (std::int64_t day = first; day <= last; ++day) {
      if (closed[static_cast<std::size_t>(day - kFirstCalendarDay)]) continue;
      for (const OpenSpan& span : calendar.week[weekday(day)]) {
        const std::int64_t opens = std::max(day * kDay + span.opens * 60 - offset, begin);
        const std::int64_t closes = std::min(day * kDay + span.closes * 60 - offset, end);
        if (opens >= closes) continue;
        if (!hours.empty() && opens <= hours.back().closes)
          hours.back().closes = std::max(hours.back().closes, static_cast<std::uint32_t>(closes));
        else
          hours.push_back({static_cast<std::uint32_t>(opens), static_cast<std::uint32_t>(closes), 0});
      }
    }
  }

  std::uint32_t worked = 0;
  for (OpenHours& open : hours) {
    open.worked_before = worked;
    worked += open.closes - open.opens;
  }

  calendar.first_day = static_cast<std::uint32_t>(kFirstCalendarDay);
  calendar.by_day.resize(static_cast<std::size_t>(kEndCalendarDay - kFirstCalendarDay));
  std::uint32_t next = 0;
  for (std::size_t day = 0; day < calendar.by_day.size(); ++day) {
    const auto starts = static_cast<std::uint32_t>((kFirstCalendarDay + static_cast<std::int64_t>(day)) * kDay);
    while (next < hours.size() && hours[next].closes <= starts) ++next;
    calendar.by_day[day] = next;
  }
  return Done{};
}

}  // namespace guichet::rulebook
