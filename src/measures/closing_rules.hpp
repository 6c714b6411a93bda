// Finds the constant delays after which cases are closed: the trace that a timer leaves in a log. Knows
// delays, actors and dates; not what was said, nor which procedure was in force.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/measures/sample.hpp>

namespace guichet::measures {

/// One wait that a closing ended.
struct ClosingDelay {
  Instant from, until;
  std::uint32_t start{};   // what the wait followed: a status or activity, as the caller numbers them
  std::uint32_t finish{};  // the closing status or activity
  std::uint32_t actor{};   // who closed; zero: not said
  friend constexpr bool operator==(const ClosingDelay&, const ClosingDelay&) = default;
};

/// How the waits are counted.
enum class DelayClock : std::uint8_t { elapsed, weekdays };  // weekdays: Saturdays and Sundays (UTC) left out

/// A narrow peak that holds a large share of the waits between a start and a closing, in one period.
struct ClosingRule {
  std::uint32_t start{}, finish{};
  bool any_start{};  // found over all starts together only
  bool of_actor{};   // found among this actor's closings only: `of` counts these
  DelayClock clock{};
  Duration delay{};     // the middle of the peak
  Duration shortest{};  // … its first and last hundredth
  Duration longest{};
  double clock_hours{};   // the clock behind it: the shortest wait when a batch spreads the others after it
  Instant first, last;    // closings of the peak, in the period
  std::uint64_t n{};      // … how many
  std::uint64_t of{};     // all closings of this start and finish in the period
  double share{};         // n / of
  std::uint32_t actor{};  // who made most of them; zero: not said
  double actor_share{};   // the part of n that this actor made
  Spread before, after;   // all waits of this start and finish outside the period, milliseconds
};

/// What must hold before a peak is called a rule.
inline constexpr std::uint64_t kRuleClosingsMin = 30;  // closings in the peak
inline constexpr double kRuleShareMin = 0.25;          // of all closings in the period
inline constexpr double kRuleContrastMin = 6;          // times the fullest neighbouring stretch of equal width
inline constexpr double kRuleWidthMax = 0.25;          // of the delay
inline constexpr Duration kRuleDelayMin = std::chrono::hours{1};

/// The rules found, strongest first (by n). Neighbouring stretches are those beside the peak, and those one
/// day and one week away, since people's days and weeks alone make waits of whole days likelier. `delays` in
/// any order; the result does not depend on it.
std::vector<ClosingRule> closing_rules(std::span<const ClosingDelay> delays);

/// A constant delay shown by fewer closings than a rule asks for: all that one seller has.
struct FewClosings {
  ClosingRule rule;          // over all starts and finishes together
  Duration first{}, last{};  // the shortest and the longest wait of the peak
  /// At most so likely if people closed by hand, each at any time of the same eight hours of the same day after the
  /// wait began: n C(n-1, k-1) p^(k-1) for k of n waits in a stretch that is the part p of eight hours, times the
  /// number of widths tried.
  double chance{};
};

/// What must hold before a few closings are said to share a delay.
inline constexpr std::uint64_t kFewClosingsMin = 3;  // in the peak
inline constexpr double kFewShareMin = 0.5;          // of all
inline constexpr double kFewChanceMax = 0.001;
inline constexpr Duration kFewHandHours = std::chrono::hours{8};

/// Nothing when the closings do not show it. `delays` in any order.
std::optional<FewClosings> few_closings(std::span<const ClosingDelay> delays);

}  // namespace guichet::measures
