// Laws of chance: how long, how many, how likely. Draws are the same on every platform: no function of the
// mathematical library, only arithmetic that IEEE 754 defines to the last bit.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::rehearsal {

/// Exact sameness needs own versions of these: every platform gives these bits. Relative error below 1e-14.
double exact_exp(double x);
double exact_log(double x);  // x > 0
double exact_sin(double x);  // |x| < 1e6

/// Uniform in (0, 1): 53 bits, never an end of the interval.
constexpr double uniform(Random& chance) { return (static_cast<double>(chance.next() >> 11) + 0.5) * 0x1p-53; }
/// Exponential of mean 1 and normal of mean 0, variance 1, by ziggurats of 256 layers (Marsaglia and Tsang 2000).
double exponential(Random& chance);
double normal(Random& chance);

/// A distribution of one number: seconds for times, or a count, or a share. Cheap to copy when it has no table.
class Law {
 public:
  enum class Kind : std::uint8_t { constant, exponential, lognormal, gamma, uniform, mixture, quantiles };

  /// The constant zero.
  Law() = default;
  static Law constant(double value);
  static Law exponential(double mean);                            // mean > 0
  static Law lognormal(double mean, double cv2);                  // mean > 0; cv2 = variance / mean^2 > 0
  static Law gamma(double shape, double mean);                    // both > 0
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
  /// Constant zero: nothing to draw.
  bool is_zero() const { return kind_ == Kind::constant && a_ == 0; }
  friend bool operator==(const Law&, const Law&) = default;

 private:
  double draw_other(Random& chance) const;

  Kind kind_ = Kind::constant;
  double a_ = 0,
         b_ = 0;  // constant: value; exponential: mean; lognormal: mu, sigma; gamma: shape, scale; uniform: ends
  std::vector<double> values_;  // quantiles; of a mixture the cumulated weights, ending in 1
  std::vector<Law> parts_;
};

}  // namespace guichet::rehearsal
