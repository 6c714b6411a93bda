// Instants, elapsed time and working time, which do not convert into one another without a calendar;
// and the one spelling of an instant in files, RFC 3339. Knows UTC only.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guichet {

using Duration = std::chrono::milliseconds;       // elapsed time
using Instant = std::chrono::sys_time<Duration>;  // milliseconds of UTC since 1970
using Seconds = std::chrono::seconds;

/// Time counted on a calendar only: never added to an Instant without one.
struct WorkingTime {
  std::chrono::seconds spent{};
  friend constexpr auto operator<=>(WorkingTime, WorkingTime) = default;
};

inline constexpr Instant kNever = Instant::max();

/// Reads an RFC 3339 date-time ("2026-03-02T09:00Z", "2026-03-02 09:00:00.5+01:00"; seconds and zone
/// may be missing, a missing zone is UTC; a bare date is its midnight). Fractions are cut to
/// milliseconds. Nothing for any other text, for a day that does not exist, or a leap second.
std::optional<Instant> parse_instant(std::string_view text);

/// "2026-03-02T09:00:00Z", with ".250" only when there are milliseconds.
std::string print_instant(Instant instant);

/// Milliseconds since 1970 of a civil UTC date and time of day; the caller vouches for the ranges.
constexpr std::int64_t civil_to_ms(int year, unsigned month, unsigned day, std::int64_t ms_of_day) {
  const int y = year - static_cast<int>(month <= 2);
  const int era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return (static_cast<std::int64_t>(era) * 146'097 + static_cast<std::int64_t>(doe) - 719'468) * 86'400'000 + ms_of_day;
}

}  // namespace guichet
