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

/// Counts of values by size: below 128 exact, above with a relative error of at most 1/128.
class Histogram {
 public:
  void add(std::uint64_t value) {
    const std::size_t bin = bin_of(value);
    if (bin >= counts_.size()) counts_.resize(bin + 1);
    ++counts_[bin];
    ++n_;
    sum_ += static_cast<double>(value);
    if (value > max_) max_ = value;
  }
  void merge(const Histogram& other);
  std::uint64_t n() const { return n_; }
  std::uint64_t max() const { return max_; }
  double sum() const { return sum_; }
  /// The middle of the bin that holds this share of the values, 0 … 1.
  double quantile(double share) const;
  /// How many values are at least `value` (at the precision of the bins).
  std::uint64_t at_least(std::uint64_t value) const;

 private:
  static constexpr unsigned kBits = 7;
  static std::size_t bin_of(std::uint64_t value) {
    if (value < 1U << kBits) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (std::size_t{shift} << kBits) + (value >> shift);
  }
  static double middle_of(std::size_t bin);

  std::vector<std::uint64_t> counts_;
  std::uint64_t n_ = 0, max_ = 0;
  double sum_ = 0;
};

/// A number that changes at instants, such as the length of a queue: its average over time, and how long it had each
/// value.
class OverTime {
 public:
  void change(Tick now, std::uint64_t value) {
    const auto span = static_cast<double>(now - since_);
    area_ += span * static_cast<double>(value_);
    if (value_ >= spans_.size()) spans_.resize(value_ < kDense ? value_ + 1 : kDense + 1);
    spans_[value_ < kDense ? value_ : kDense] += span;
    since_ = now;
    value_ = value;
    if (value > max_) max_ = value;
  }
  std::uint64_t value() const { return value_; }
  /// Forgets what was before `now`, keeps the value.
  void restart(Tick now) { *this = OverTime(now, value_); }
  OverTime() = default;
  OverTime(Tick now, std::uint64_t value) : since_(now), value_(value), max_(value) {}
  double area() const { return area_; }
  double span() const;
  std::uint64_t max() const { return max_; }
  double quantile(double share) const;
  void merge(const OverTime& other);

 private:
  static constexpr std::size_t kDense = 1U << 16;
  Tick since_ = 0;
  std::uint64_t value_ = 0, max_ = 0;
  double area_ = 0;
  std::vector<double> spans_;
};

struct Share {
  std::uint64_t hits{}, of{};
  void add(bool hit) {
    of += 1;
    hits += hit ? 1U : 0U;
  }
  void merge(const Share& other) {
    hits += other.hits;
    of += other.of;
  }
};

/// Waits of one queue or matter.
struct Waits {
  Share waited, left;
  Histogram wait;  // microseconds
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
  OverTime queue_length, in_desk, busy, all_busy, open_cases, on_duty;
  std::vector<OverTime> queue_lengths;
  std::vector<Histogram> looks;

  // Of the matters that ended.
  Share resolved, refused, gave_up, silenced, closed_alone, restarted, escalated, appealed;
  Histogram messages, agents, visits, elapsed_us, desk_us, seller_us, paid, given_up;
  std::vector<std::uint64_t> reached_message, gave_up_at_message;
  std::uint64_t missed_promises{};
  std::uint64_t proper_answers{}, questions_given_up{}, gave_ups{};
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
