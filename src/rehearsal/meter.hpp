// Numbers taken while a rehearsal runs: counts, sums and fixed-size histograms, one meter for each stretch of time
// that is measured. Exact sums; quantiles of times within one part in 128. Knows no rules.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include <guichet/rehearsal/results.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

/// Of numbers below 2^63: without the detour that unsigned ones take.
inline double signed_double(std::uint64_t value) { return static_cast<double>(static_cast<std::int64_t>(value)); }

/// Counts of values by size: below 256 exact, above with a relative error of at most 1/128.
class Histogram {
 public:
  void add(std::uint64_t value) {
    if (value < kExact)
      ++exact_[value];
    else
      add_large(value);
  }
  void merge(const Histogram& other);
  std::uint64_t n() const;
  std::uint64_t max() const;
  double sum() const;
  /// The middle of the bin that holds this share of the values, 0 … 1.
  double quantile(double share) const;
  /// How many values are at least `value` (at the precision of the bins).
  std::uint64_t at_least(std::uint64_t value) const;

 private:
  static constexpr unsigned kBits = 7;
  static constexpr std::size_t kExact = 2U << kBits;
  void add_large(std::uint64_t value);
  /// From kExact on.
  static std::size_t bin_of(std::uint64_t value) {
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (std::size_t{shift} << kBits) + (value >> shift) - kExact;
  }
  static double middle_of(std::size_t bin);

  std::array<std::uint64_t, kExact> exact_{};
  std::vector<std::uint64_t> large_;  // by bin
  std::uint64_t n_large_ = 0, max_large_ = 0;
  double sum_large_ = 0;
};

/// A number that changes at instants, such as the length of a queue: its average over time, and how long it had each
/// value.
class OverTime {
 public:
  /// It had `value` for `span` microseconds.
  void add(double span, std::uint64_t value) {
    area_ += span * signed_double(value);
    const std::size_t place = value < kDense ? value : kDense;
    if (place >= spans_.size()) spans_.resize(place + 1);
    spans_[place] += span;
    if (value > max_) max_ = value;
  }
  double area() const { return area_; }
  double span() const;
  std::uint64_t max() const { return max_; }
  double quantile(double share) const;
  void merge(const OverTime& other);

 private:
  static constexpr std::size_t kDense = 1U << 16;
  std::uint64_t max_ = 0;
  double area_ = 0;
  std::vector<double> spans_;
};

/// The same without the values: only the average.
struct Average {
  double area{}, span{};
  void merge(const Average& other) {
    area += other.area;
    span += other.span;
  }
};

/// Waits of one queue or matter.
struct Waits {
  std::uint64_t waited{}, left{};
  Histogram wait;  // microseconds
  void add(std::uint64_t microseconds, bool had_to_wait, bool gave_up) {
    waited += had_to_wait ? 1U : 0U;
    left += gave_up ? 1U : 0U;
    wait.add(microseconds);
  }
  void merge(const Waits& other);
};

/// All that is counted in one stretch of time.
struct Meter {
  Tick from{}, until{};
  std::uint64_t arrivals{}, blocked{};
  Waits all;
  Histogram wait_if_waited;
  std::vector<Waits> by_queue, by_matter;
  std::vector<std::uint64_t> longer, served_within;  // per tail
  OverTime queue_length;
  Average in_desk, busy, all_busy, open_cases, on_duty;
  std::vector<OverTime> queue_lengths;
  std::vector<Histogram> looks;

  // Of the matters that ended.
  std::uint64_t ended{}, resolved{}, refused{}, gave_up{}, silenced{}, closed_alone{}, restarted{}, escalated{},
      appealed{};
  Histogram messages, agents, visits, elapsed_us, desk_us, seller_us, paid, given_up;
  std::vector<std::uint64_t> reached_message, gave_up_at_message;
  std::uint64_t missed_promises{};
  std::uint64_t proper_answers{}, questions_given_up{};
  double desk_seconds{};  // spent in this stretch

  void merge(const Meter& other);
};

/// The numerator and denominator of each quantity; a denominator of zero means that it is not known.
struct Ratio {
  double top{}, under{};
};
std::array<Ratio, kQuantities> ratios_of(const Meter& meter);

/// From parts in order: pooled value, interval over the parts.
Estimate estimate_of(const std::vector<Ratio>& parts);
/// The 97.5 % point of Student's distribution.
double student(std::uint32_t degrees);

}  // namespace guichet::rehearsal
