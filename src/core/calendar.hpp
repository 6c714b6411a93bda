// Working time: what is open when, as a table of intervals in UTC. Compiled elsewhere from weekdays,
// hours, holidays and a time zone; read here without knowing any of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include <guichet/base/time.hpp>

namespace guichet {

/// An open interval of seconds since 1970, and the working seconds before it since the table's start.
struct OpenHours {
  std::uint32_t opens{};
  std::uint32_t closes{};
  std::uint32_t worked_before{};
};

/// A view of a calendar's table: intervals rising and apart, and for each whole day since `first_day`
/// the first interval that ends after that day's start (UTC). Empty means: no time is worked.
class Calendar {
 public:
  constexpr Calendar() = default;
  constexpr Calendar(std::span<const OpenHours> hours, std::span<const std::uint32_t> by_day, std::uint32_t first_day)
      : hours_(hours), by_day_(by_day), first_day_(first_day) {}

  /// The second at which `worked` seconds of working time have passed since `from` (seconds since
  /// 1970); zero when the table ends before that.
  constexpr std::uint32_t after(std::uint32_t from, std::uint32_t worked) const {
    const std::size_t start = first_ending_after(from);
    if (start >= hours_.size()) return 0;
    const OpenHours& first = hours_[start];
    const std::uint64_t done = first.worked_before + (from > first.opens ? from - first.opens : 0U);
    const std::uint64_t goal = done + worked;
    // The last interval whose worked_before is below the goal holds the answer; a goal of no work at
    // all is met at the first open second.
    std::size_t i = start;
    std::size_t step = 1;
    while (i + step < hours_.size() && hours_[i + step].worked_before < goal) {
      i += step;
      step *= 2;
    }
    for (; step > 0; step /= 2)
      if (i + step < hours_.size() && hours_[i + step].worked_before < goal) i += step;
    const std::uint64_t at = hours_[i].opens + (goal - hours_[i].worked_before);
    return at > hours_[i].closes ? 0U : static_cast<std::uint32_t>(at);
  }

  /// Working seconds in [from, to).
  constexpr std::uint32_t between(std::uint32_t from, std::uint32_t to) const {
    return to <= from ? 0U : worked_until(to) - worked_until(from);
  }

  constexpr bool empty() const { return hours_.empty(); }
  constexpr std::span<const OpenHours> hours() const { return hours_; }

 private:
  constexpr std::size_t first_ending_after(std::uint32_t second) const {
    const std::uint32_t day = second / 86'400U;
    std::size_t i = 0;
    if (day >= first_day_) {
      if (day - first_day_ >= by_day_.size()) return hours_.size();
      i = by_day_[day - first_day_];
    }
    while (i < hours_.size() && hours_[i].closes <= second) ++i;
    return i;
  }
  constexpr std::uint32_t worked_until(std::uint32_t second) const {
    const std::size_t i = first_ending_after(second);
    if (i >= hours_.size())
      return hours_.empty() ? 0U : hours_.back().worked_before + (hours_.back().closes - hours_.back().opens);
    return hours_[i].worked_before + (second > hours_[i].opens ? second - hours_[i].opens : 0U);
  }

  std::span<const OpenHours> hours_;
  std::span<const std::uint32_t> by_day_;
  std::uint32_t first_day_ = 0;
};

/// Calendars that a procedure may name.
inline constexpr std::size_t kCalendarsMax = 4;

}  // namespace guichet
