// Civil days, without hours and zones, as deadlines and interest count them: months that keep the number of the day,
// years of 365 or 366. Knows no law.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/base/time.hpp>

namespace guichet::dossier {

using Day = std::chrono::sys_days;

/// "2026-03-02"; nothing for any other text or for a day that does not exist. Years 1900 to 2999.
std::optional<Day> parse_day(std::string_view text);
/// "2026-03-02"
std::string print_day(Day day);

/// The day of the same number so many months later (earlier, when negative); the last day of that month when it has no
/// such number: 31 January and one month is 28 or 29 February (CPC art. 641).
Day months_after(Day day, int months);
/// The same day of another year; 29 February becomes 28 in a year that has none.
inline Day years_after(Day day, int years) { return months_after(day, years * 12); }

/// 365 or 366.
std::int64_t days_of_year(Day day);
/// 30 June or 31 December: the last day of the half-year that `day` lies in.
Day half_year_end(Day day);
/// 1 January or 1 July.
Day half_year_start(Day day);

/// Midnight UTC of that day, for printing by phrases.
inline Instant as_instant(Day day) { return Instant{day.time_since_epoch()}; }
/// The day of an instant, in UTC.
inline Day day_of(Instant instant) { return std::chrono::floor<std::chrono::days>(instant); }

}  // namespace guichet::dossier
