// Exact samples: every value is kept (or counted), so that means and quantiles carry no error of their
// own. They know no domain words.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace guichet::measures {

/// What is said of a sample. All zero when n is zero.
struct Spread {
  std::uint64_t n{};
  double total{}, mean{}, min{}, p10{}, p50{}, p90{}, max{};
};

/// The value below which a share `q` of `sorted` lies, by linear interpolation between neighbours (the
/// definition 7 of Hyndman and Fan, 1996). `sorted` is not empty; q is from 0 to 1.
double quantile(std::span<const std::int64_t> sorted, double q);

/// Puts them in rising order. Quicker than comparing where there are many in a narrow range, as times are.
void sort_values(std::vector<std::int64_t>& values);

/// Spread of values already in rising order.
Spread spread_of(std::span<const std::int64_t> sorted);

/// Values of any size: eight bytes each.
class Sample {
 public:
  void add(std::int64_t value) { values_.push_back(value); }
  void merge(const Sample& other);
  std::uint64_t size() const { return values_.size(); }
  std::vector<std::int64_t> sorted() const;
  Spread spread() const { return spread_of(sorted()); }

 private:
  std::vector<std::int64_t> values_;
};

/// Counts of small things per case (persons, hand-offs): how often each value occurred.
class Counts {
 public:
  void add(std::uint64_t value) {
    if (value < kDense) {
      if (value >= dense_.size()) dense_.resize(value + 1);
      ++dense_[value];
    } else {
      ++rare_[value];
    }
  }
  void merge(const Counts& other);
  Spread spread() const;
  /// Cases with this value or more.
  std::uint64_t at_least(std::uint64_t value) const;
  /// How often 0, 1, 2 … occurred, up to the largest value below 4096.
  std::span<const std::uint64_t> by_value() const { return dense_; }

 private:
  static constexpr std::uint64_t kDense = 4096;
  std::vector<std::uint64_t> dense_;
  std::map<std::uint64_t, std::uint64_t> rare_;
};

}  // namespace guichet::measures
