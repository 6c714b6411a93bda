// How lengths of time are written in procedures: "48 hours", "2 working days". Knows no calendars; a
// working day is as long as the caller says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>

namespace guichet::rulebook {

/// A length of time as written, in one unit.
struct WrittenSpan {
  std::uint32_t count{};
  std::uint32_t unit_seconds{};  // 60, 3600, 86400 or 604800; for working days kWorkingDay
  bool working{};
};

/// Stands for the length of a calendar's working day.
inline constexpr std::uint32_t kWorkingDay = 0;

/// The longest time that a procedure may give: ten years, in seconds.
inline constexpr std::uint32_t kSpanMax = 3'660U * 86'400U;

/// Reads "COUNT [working] UNIT": a whole number above zero and minutes, hours, days or weeks (no working
/// weeks), singular or plural. The error's detail says what is wrong and what would be right.
Result<WrittenSpan> parse_span(std::string_view text);

/// The seconds of a span whose working day has `day_seconds`; zero when they exceed kSpanMax.
std::uint32_t span_seconds(const WrittenSpan& span, std::uint32_t day_seconds);

/// The span of so many seconds in the largest unit up to days that tells them whole; `day_seconds` is the length of
/// the working day, or zero for elapsed time. Nothing a procedure holds is finer than a minute.
std::string print_span(std::uint32_t seconds, std::uint32_t day_seconds);

}  // namespace guichet::rulebook
