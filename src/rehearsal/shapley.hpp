// How much each of several factors adds to a number that is known for every set of them: Shapley's values, the mean
// over all orders in which the factors could come. Knows neither cases nor rules.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace guichet::rehearsal {

/// `value[set]` is the number when exactly the factors of `set` are present, bit i for factor i. The values add up to
/// value[all] - value[none]; a factor that never changes anything gets zero, two that change the same get the same.
template <std::size_t Factors>
constexpr std::array<double, Factors> shapley(const std::array<double, std::size_t{1} << Factors>& value) {
  static_assert(Factors >= 1 && Factors <= 12, "the factorials must fit");
  constexpr auto factorial = [](std::size_t n) {
    std::uint64_t product = 1;
    for (std::uint64_t i = 2; i <= n; ++i) product *= i;
    return product;
  };
  std::array<double, Factors> shares{};
  for (std::size_t factor = 0; factor < Factors; ++factor) {
    for (std::size_t set = 0; set < value.size(); ++set) {
      if ((set >> factor & 1U) != 0) continue;
      const auto before = static_cast<std::size_t>(std::popcount(set));
      const std::uint64_t orders = factorial(before) * factorial(Factors - 1 - before);
      shares[factor] += static_cast<double>(orders) * (value[set | std::size_t{1} << factor] - value[set]);
    }
    shares[factor] /= static_cast<double>(factorial(Factors));
  }
  return shares;
}

}  // namespace guichet::rehearsal
