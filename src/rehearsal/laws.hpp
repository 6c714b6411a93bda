// Laws of chance: how long, how many, how likely. Draws are the same on every platform: no function of the
// mathematical library, only arithmetic that IEEE 754 defines to the last bit.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::rehearsal {

/// Exact sameness needs own versions of these: every platform gives these bits. Relative error below 1e-14.
double exact_exp(double x);
double exact_log(double x);  // x > 0
double exact_sin(double x);  // |x| < 1e6

/// The nearest whole number, halves upwards, of a number that is not negative.
inline std::int64_t nearest_whole(double value) {
  const double raised = value + 0.5;
  return static_cast<std::int64_t>(raised);
}

/// Uniform in (0, 1): 52 bits and a half, which is exact, so never an end of the interval.
constexpr double uniform_of(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; }
constexpr double uniform(Random& chance) { return uniform_of(chance.next()); }

/// A layer of a ziggurat: a draw of 53 bits below `sure` lies under the curve, at that many `width`s from the middle.
struct ZigguratLayer {
  std::uint64_t sure;
  double width;
};
using ZigguratLayers = std::array<ZigguratLayer, 256>;
extern const ZigguratLayers kExponentialLayers, kNormalLayers;
/// What a draw that is not surely under the curve comes to; two in a hundred.
double exponential_at_edge(Random& chance, std::uint64_t bits);
double normal_at_edge(Random& chance, std::uint64_t bits);

/// Bit 8 is the sign; without a branch, which would be guessed wrong every other time.
inline double with_sign(double x, std::uint64_t bits) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) | (bits & 256) << 55);
}

/// Exponential of mean 1 and normal of mean 0, variance 1, by ziggurats of 256 layers (Marsaglia and Tsang 2000).
inline double exponential(Random& chance) {
  const std::uint64_t bits = chance.next();
  const ZigguratLayer& layer = kExponentialLayers[bits & 255];
  if (bits >> 11 < layer.sure) [[likely]]
    return static_cast<double>(static_cast<std::int64_t>(bits >> 11)) * layer.width;
  return exponential_at_edge(chance, bits);
}
inline double normal(Random& chance) {
  const std::uint64_t bits = chance.next();
  const ZigguratLayer& layer = kNormalLayers[bits & 255];
  if (bits >> 11 < layer.sure) [[likely]]
    return with_sign(static_cast<double>(static_cast<std::int64_t>(bits >> 11)) * layer.width, bits);
  return normal_at_edge(chance, bits);
}

/// A distribution of one number: seconds for times, or a count, or a share. Cheap to copy when it has no table.
class Law {
 public:
  enum class Kind : std::uint8_t { constant, exponential, lognormal, gamma, uniform, mixture, quantiles };

  /// The constant zero.
  Law() = default;
  static Law constant(double value);
  static Law exponential(double mean);            // mean > 0
  static Law lognormal(double mean, double cv2);  // mean > 0; cv2 = variance / mean^2 > 0
  static Law gamma(double shape, double mean);    // both > 0
  /// The same by the standard deviation of the logarithm, which is kept: what is printed is read to the last bit.
  static Law lognormal_of_sigma(double mean, double sigma) { return {Kind::lognormal, mean, sigma}; }
  static Law uniform(double from, double to);                     // from <= to
  static Law mixture(std::vector<std::pair<double, Law>> parts);  // weights > 0, at least one part
  /// Values at evenly spaced probabilities from 0 to 1, rising, at least two; linear in between.
  static Law quantiles(std::vector<double> values);

  double draw(Random& chance) const {
    if (kind_ == Kind::constant) return a_;
    if (kind_ == Kind::exponential) return a_ * rehearsal::exponential(chance);
    return draw_other(chance);
  }
  double mean() const;
  double variance() const;
  Kind kind() const { return kind_; }
  bool is_constant() const { return kind_ == Kind::constant; }
  /// Constant zero: nothing to draw.
  bool is_zero() const { return kind_ == Kind::constant && a_ == 0; }
  /// What is kept, for printers; see the members.
  double first() const { return a_; }
  double second() const { return b_; }
  const std::vector<double>& values() const { return values_; }
  const std::vector<Law>& parts() const { return parts_; }
  friend bool operator==(const Law&, const Law&) = default;

 private:
  Law(Kind kind, double a, double b) : kind_(kind), a_(a), b_(b) {}
  double draw_other(Random& chance) const;

  Kind kind_ = Kind::constant;
  double a_ = 0;                // constant: value; exponential, lognormal, gamma: mean; uniform: from
  double b_ = 0;                // lognormal: sigma; gamma: shape; uniform: to
  std::vector<double> values_;  // quantiles; of a mixture the cumulated weights, ending in 1
  std::vector<Law> parts_;
};

}  // namespace guichet::rehearsal
