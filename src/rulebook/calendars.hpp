// Working calendars: opening hours by weekday, holidays and a time zone, compiled to the table of UTC
// intervals that the rules read. Knows nothing of files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/calendar.hpp>

namespace guichet::rulebook {

/// Minutes of the day on the wall clock, [opens, closes); a shift over midnight closes after 1440, and
/// belongs to the day on which it opens.
struct OpenSpan {
  std::uint16_t opens{}, closes{};
  friend bool operator==(const OpenSpan&, const OpenSpan&) = default;
};

/// Monday first; each day's spans rise and do not overlap.
using Week = std::array<std::vector<OpenSpan>, 7>;

inline constexpr std::array<std::string_view, 7> kWeekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                           "friday", "saturday", "sunday"};

/// Days since 1970 of the years that tables cover: 1990 to 2100 inclusive.
inline constexpr std::int32_t kFirstCalendarDay = 7'305;
inline constexpr std::int32_t kEndCalendarDay = 47'847;

/// A calendar as written, and compiled.
struct WorkCalendar {
  std::string id, zone;
  Week week;
  std::uint32_t day_seconds{};            // what "1 working day" means
  std::vector<std::string> holidays;      // ISO dates, as written
  std::vector<std::string> holiday_sets;  // countries, as written
  std::vector<OpenHours> hours;
  std::vector<std::uint32_t> by_day;
  std::uint32_t first_day{};
  Calendar view() const { return {hours, by_day, first_day}; }
};

/// The countries whose public holidays are known: "be", "de" (the whole of Germany), "fr", "lu".
std::span<const std::string_view> holiday_sets();

/// Days since 1970 of the public holidays of a country in `year`, rising; empty for an unknown one.
std::vector<std::int32_t> public_holidays(std::string_view country, int year);

/// Days since 1970 of an ISO date; nothing when it is none.
std::optional<std::int32_t> day_of(std::string_view iso_date);

/// Fills `hours`, `by_day` and `first_day` from the rest: an instant is worked when the wall clock of the
/// zone shows it within the hours of its day (or of the shift begun the day before), and that day is no
/// holiday. So an hour that the wall clock skips is not worked, and one that it shows twice counts twice.
Outcome compile(WorkCalendar& calendar);

}  // namespace guichet::rulebook
