#include <guichet/measures/sample.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace guichet::measures {
namespace {

constexpr unsigned kDigitBits = 11;

double between(double low, double high, double part) { return low + (high - low) * part; }

/// One turn of sorting: by the eleven bits from `shift` on of how far values lie above `least`.
void sort_by_digit(const std::vector<std::int64_t>& values, std::int64_t least, unsigned shift,
                   std::vector<std::int64_t>& to) {
  constexpr std::uint64_t kDigits = 1U << kDigitBits;
  const auto digit = [&](std::int64_t value) {
    return (static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least)) >> shift & (kDigits - 1);
  };
  std::array<std::size_t, kDigits> places{};
  for (const std::int64_t value : values) ++places[digit(value)];
  std::exclusive_scan(places.begin(), places.end(), places.begin(), std::size_t{0});
  for (const std::int64_t value : values) to[places[digit(value)]++] = value;
}

}  // namespace

void sort_values(std::vector<std::int64_t>& values) {
  constexpr std::size_t kMany = 1024;
  if (values.size() < kMany) {
    std::sort(values.begin(), values.end());
    return;
  }
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const std::int64_t base = *least;
  const std::uint64_t range = static_cast<std::uint64_t>(*most) - static_cast<std::uint64_t>(base);
  std::vector<std::int64_t> other(values.size());
  for (unsigned shift = 0; shift < 64 && range >> shift != 0; shift += kDigitBits) {
    sort_by_digit(values, base, shift, other);
    values.swap(other);
  }
}

double quantile(std::span<const std::int64_t> sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return between(static_cast<double>(sorted[below]), static_cast<double>(sorted[above]),
                 position - static_cast<double>(below));
}

Spread spread_of(std::span<const std::int64_t> sorted) {
  Spread spread;
  if (sorted.empty()) return spread;
  spread.n = sorted.size();
  for (const std::int64_t value : sorted) spread.total += static_cast<double>(value);
  spread.mean = spread.total / static_cast<double>(spread.n);
  spread.min = static_cast<double>(sorted.front());
  spread.p10 = quantile(sorted, 0.1);
  spread.p50 = quantile(sorted, 0.5);
  spread.p90 = quantile(sorted, 0.9);
  spread.max = static_cast<double>(sorted.back());
  return spread;
}

void Sample::merge(const Sample& other) { values_.insert(values_.end(), other.values_.begin(), other.values_.end()); }

std::vector<std::int64_t> Sample::sorted() const {
  std::vector<std::int64_t> values = values_;
  sort_values(values);
  return values;
}

void Counts::merge(const Counts& other) {
  if (dense_.size() < other.dense_.size()) dense_.resize(other.dense_.size());
  for (std::size_t i = 0; i < other.dense_.size(); ++i) dense_[i] += other.dense_[i];
  for (const auto& [value, times] : other.rare_) rare_[value] += times;
}

std::uint64_t Counts::at_least(std::uint64_t value) const {
  std::uint64_t times = 0;
  for (std::uint64_t i = value; i < dense_.size(); ++i) times += dense_[i];
  for (auto it = rare_.lower_bound(value); it != rare_.end(); ++it) times += it->second;
  return times;
}

Spread Counts::spread() const {
  Spread spread;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rising;  // value, cases up to and with it
  for (std::uint64_t value = 0; value < dense_.size(); ++value)
    if (dense_[value] > 0) rising.emplace_back(value, dense_[value]);
  rising.insert(rising.end(), rare_.begin(), rare_.end());
  if (rising.empty()) return spread;
  for (auto& [value, times] : rising) {
    spread.total += static_cast<double>(value) * static_cast<double>(times);
    spread.n += times;
    times = spread.n;
  }
  const auto at = [&](std::uint64_t position) {
    const auto found = std::upper_bound(rising.begin(), rising.end(), position,
                                        [](std::uint64_t wanted, const auto& step) { return wanted < step.second; });
    return static_cast<double>(found->first);
  };
  const auto quantile_at = [&](double q) {
    const double position = q * static_cast<double>(spread.n - 1);
    const auto below = static_cast<std::uint64_t>(position);
    return between(at(below), at(std::min(below + 1, spread.n - 1)), position - static_cast<double>(below));
  };
  spread.mean = spread.total / static_cast<double>(spread.n);
  spread.min = static_cast<double>(rising.front().first);
  spread.p10 = quantile_at(0.1);
  spread.p50 = quantile_at(0.5);
  spread.p90 = quantile_at(0.9);
  spread.max = static_cast<double>(rising.back().first);
  return spread;
}

}  // namespace guichet::measures
