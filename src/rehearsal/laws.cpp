#include <guichet/rehearsal/laws.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include <guichet/base/check.hpp>

namespace guichet::rehearsal {
namespace {

// Of <cmath> only std::sqrt is used: IEEE 754 defines it to the last bit, as it does + - * /.

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// Coefficients from the lowest power on.
template <std::size_t N>
constexpr double polynomial(const std::array<double, N>& coefficients, double x) {
  double sum = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// To the nearest integer, |x| < 2^51: adding 1.5 * 2^52 leaves no room for a fraction.
constexpr double nearest(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

/// 2^power, -1022 <= power <= 1023.
constexpr double power_of_two(int power) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(power + 1023) << 52);
}

// ln 2 and pi / 2 in parts whose products with a number of 20 bits are exact.
constexpr std::array kLn2{0x1.62e42fefp-1, 0x1.473de6afp-34, 0x1.3c7673007e5edp-69};
constexpr std::array kHalfPi{0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2e037073p-69};

/// exp(r) = (q + r) / (q - r) with q = r coth(r / 2), whose series 2 B(2k) r^2k / (2k)! is cut at 3e-20.
constexpr std::array kCoth{2.0,           1.0 / 6,         -1.0 / 360,           1.0 / 15120,
                           -1.0 / 604800, 1.0 / 23950080., -691 / 653837184000., 1 / 37362124800.};

constexpr double exp_of(double x) {
  if (x > 709.79) return kInfinity;
  if (x < -745.14) return 0;
  if (!(x == x)) return x;
  const double n = nearest(x / kLn2[0]);
  const double r = ((x - n * kLn2[0]) - n * kLn2[1]) - n * kLn2[2];
  const double near_one = 1 + 2 * r / (polynomial(kCoth, r * r) - r);
  const int half = static_cast<int>(n) / 2;  // two steps: 2^n itself may lie beyond the numbers
  return near_one * power_of_two(half) * power_of_two(static_cast<int>(n) - half);
}

/// log(m) = 2 atanh(s) with s = (m - 1) / (m + 1): the series of atanh(s) / s in s^2, cut at 1e-19.
constexpr std::array kAtanh{1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9, 1.0 / 11,
                            1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21};

constexpr double log_of(double x) {
  if (x == 0) return -kInfinity;
  if (!(x > 0)) return kNoNumber;
  if (x == kInfinity) return x;
  int power = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    power = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  power += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xf'ffff'ffff'ffffU) | (std::uint64_t{1023} << 52));
  if (m > 1.4142135623730951) {
    m /= 2;
    ++power;
  }
  const double s = (m - 1) / (m + 1);
  return power * (kLn2[0] + kLn2[1]) + 2 * s * polynomial(kAtanh, s * s);
}

constexpr std::array kSine{1.0,
                           -1.0 / 6,
                           1.0 / 120,
                           -1.0 / 5040,
                           1.0 / 362880,
                           -1.0 / 39916800,
                           1.0 / 6227020800,
                           -1.0 / 1307674368000,
                           1.0 / 355687428096000};
constexpr std::array kCosine{1.0,
                             -1.0 / 2,
                             1.0 / 24,
                             -1.0 / 720,
                             1.0 / 40320,
                             -1.0 / 3628800,
                             1.0 / 479001600,
                             -1.0 / 87178291200,
                             1.0 / 20922789888000,
                             -1.0 / 6402373705728000};

constexpr double sin_of(double x) {
  const double n = nearest(x / kHalfPi[0]);
  const double r = ((x - n * kHalfPi[0]) - n * kHalfPi[1]) - n * kHalfPi[2];
  const auto quarter = static_cast<std::int64_t>(n) & 3;
  const double value = quarter % 2 == 0 ? r * polynomial(kSine, r * r) : polynomial(kCosine, r * r);
  return quarter < 2 ? value : -value;
}

/// A falling curve with f(0) = 1, covered by layers of one area.
struct ExponentialCurve {
  // Where the tail begins, and the area of a layer: the solution for 256 layers, to the last bit.
  static constexpr double kTail = 7.697117470131049714, kArea = 0.003949659822581557220;
  static constexpr double height(double x) { return exp_of(-x); }
  static constexpr double place(double height) { return -log_of(height); }
};
struct NormalCurve {
  static constexpr double kTail = 3.654152885361008772, kArea = 0.004928673233974655347;
  static constexpr double height(double x) { return exp_of(-x * x / 2); }
  static constexpr double place(double height) { return exp_of(log_of(-2 * log_of(height)) / 2); }  // a root
};

/// Layer i reaches from the middle to `ends[i]`, and from `heights[i]` up to `heights[i + 1]`. Layer 0 is the
/// lowest, tail included: its end is where a block of its area and height would end.
template <class Curve>
struct Ziggurat {
  std::array<double, 257> ends{}, heights{};

  constexpr Ziggurat() {
    ends[0] = Curve::kArea / Curve::height(Curve::kTail);
    ends[1] = Curve::kTail;
    heights[1] = Curve::height(Curve::kTail);
    for (std::size_t i = 1; i < 255; ++i) {
      heights[i + 1] = heights[i] + Curve::kArea / ends[i];
      ends[i + 1] = Curve::place(heights[i + 1]);
    }
    ends[256] = 0;
    heights[256] = 1;
  }
  constexpr ZigguratLayers layers() const {
    ZigguratLayers all{};
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = {static_cast<std::uint64_t>(ends[i + 1] / ends[i] * 0x1p53), ends[i] * 0x1p-53};
    return all;
  }
};

constexpr Ziggurat<ExponentialCurve> kExponential;
constexpr Ziggurat<NormalCurve> kNormal;

/// Whether a point of the layer, so far from the middle and at a height drawn here, lies under the curve.
template <class Curve>
bool is_under(const Ziggurat<Curve>& ziggurat, std::size_t layer, double x, Random& chance) {
  const double low = ziggurat.heights[layer];
  return low + uniform(chance) * (ziggurat.heights[layer + 1] - low) < Curve::height(x);
}

/// Marsaglia 1964, by two exponentials.
double normal_beyond_tail(Random& chance) {
  for (;;) {
    const double beyond = exponential(chance) / NormalCurve::kTail;
    if (2 * exponential(chance) >= beyond * beyond) return NormalCurve::kTail + beyond;
  }
}

/// Mean 1 per unit of shape: Marsaglia and Tsang 2000; below shape 1 through the gamma one above (same place).
double standard_gamma(double shape, Random& chance) {
  if (shape < 1) {
    const double above = standard_gamma(shape + 1, chance);
    return above * exp_of(-exponential(chance) / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(chance);
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = uniform(chance);
    if (u < 1 - 0.0331 * (x * x) * (x * x)) return d * v;
    if (log_of(u) < x * x / 2 + d * (1 - v + log_of(v))) return d * v;
  }
}

double draw_quantile(std::span<const double> values, Random& chance) {
  const double place = uniform(chance) * static_cast<double>(values.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(place), values.size() - 2);
  return values[below] + (place - static_cast<double>(below)) * (values[below + 1] - values[below]);
}

double mean_of_quantiles(std::span<const double> values) {
  double sum = 0;
  for (std::size_t i = 1; i < values.size(); ++i) sum += (values[i - 1] + values[i]) / 2;
  return sum / static_cast<double>(values.size() - 1);
}

double variance_of_quantiles(std::span<const double> values) {
  const double mean = mean_of_quantiles(values);
  double sum = 0;  // each step is uniform between its ends
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double a = values[i - 1] - mean;
    const double b = values[i] - mean;
    sum += (a * a + a * b + b * b) / 3;
  }
  return sum / static_cast<double>(values.size() - 1);
}

}  // namespace

double exact_exp(double x) { return exp_of(x); }
double exact_log(double x) { return log_of(x); }
double exact_sin(double x) { return sin_of(x); }

constinit const ZigguratLayers kExponentialLayers = kExponential.layers();
constinit const ZigguratLayers kNormalLayers = kNormal.layers();

double exponential_at_edge(Random& chance, std::uint64_t bits) {
  double before = 0;  // beyond the tail the exponential begins anew
  for (;; bits = chance.next()) {
    const std::size_t layer = bits & 255;
    const double x = static_cast<double>(bits >> 11) * kExponentialLayers[layer].width;
    if (bits >> 11 < kExponentialLayers[layer].sure) return before + x;
    if (layer == 0)
      before += ExponentialCurve::kTail;
    else if (is_under(kExponential, layer, x, chance))
      return before + x;
  }
}

double normal_at_edge(Random& chance, std::uint64_t bits) {
  for (;; bits = chance.next()) {
    const std::size_t layer = bits & 255;
    const double x = static_cast<double>(bits >> 11) * kNormalLayers[layer].width;
    if (bits >> 11 < kNormalLayers[layer].sure) return with_sign(x, bits);
    if (layer == 0) return with_sign(normal_beyond_tail(chance), bits);
    if (is_under(kNormal, layer, x, chance)) return with_sign(x, bits);
  }
}

Law Law::constant(double value) {
  Law law;
  law.a_ = value;
  return law;
}

Law Law::exponential(double mean) {
  GUICHET_CHECK(mean > 0, "the reader of scenarios refuses other means");
  Law law;
  law.kind_ = Kind::exponential;
  law.a_ = mean;
  return law;
}

Law Law::lognormal(double mean, double cv2) {
  GUICHET_CHECK(mean > 0 && cv2 > 0, "the reader of scenarios refuses others");
  Law law;
  law.kind_ = Kind::lognormal;
  law.a_ = mean;
  law.b_ = std::sqrt(exact_log(1 + cv2));
  return law;
}

Law Law::gamma(double shape, double mean) {
  GUICHET_CHECK(shape > 0 && mean > 0, "the reader of scenarios refuses others");
  Law law;
  law.kind_ = Kind::gamma;
  law.a_ = mean;
  law.b_ = shape;
  return law;
}

Law Law::uniform(double from, double to) {
  GUICHET_CHECK(from <= to, "the reader of scenarios refuses ends in disorder");
  Law law;
  law.kind_ = Kind::uniform;
  law.a_ = from;
  law.b_ = to;
  return law;
}

Law Law::mixture(std::vector<std::pair<double, Law>> parts) {
  GUICHET_CHECK(!parts.empty(), "the reader of scenarios refuses a mixture of nothing");
  Law law;
  law.kind_ = Kind::mixture;
  double sum = 0;
  for (auto& [weight, part] : parts) {
    GUICHET_CHECK(weight > 0, "the reader of scenarios refuses other weights");
    law.values_.push_back(sum += weight);
    law.parts_.push_back(std::move(part));
  }
  for (double& cumulated : law.values_) cumulated /= sum;
  return law;
}

Law Law::quantiles(std::vector<double> values) {
  GUICHET_CHECK(values.size() >= 2 && std::ranges::is_sorted(values), "the reader of scenarios refuses others");
  Law law;
  law.kind_ = Kind::quantiles;
  law.values_ = std::move(values);
  return law;
}

double Law::draw_other(Random& chance) const {
  switch (kind_) {
    case Kind::constant: return a_;
    case Kind::exponential: return a_ * rehearsal::exponential(chance);
    case Kind::lognormal: return a_ * exp_of(b_ * normal(chance) - b_ * b_ / 2);
    case Kind::gamma: return a_ / b_ * standard_gamma(b_, chance);
    case Kind::uniform: return a_ + rehearsal::uniform(chance) * (b_ - a_);
    case Kind::mixture: {
      const auto part = std::ranges::lower_bound(values_, rehearsal::uniform(chance)) - values_.begin();
      return parts_[static_cast<std::size_t>(part)].draw(chance);
    }
    case Kind::quantiles: return draw_quantile(values_, chance);
  }
  return a_;
}

double Law::mean() const {
  switch (kind_) {
    case Kind::constant:
    case Kind::exponential:
    case Kind::lognormal:
    case Kind::gamma: return a_;
    case Kind::uniform: return (a_ + b_) / 2;
    case Kind::mixture: {
      double sum = 0;
      for (std::size_t i = 0; i < parts_.size(); ++i)
        sum += (values_[i] - (i == 0 ? 0 : values_[i - 1])) * parts_[i].mean();
      return sum;
    }
    case Kind::quantiles: return mean_of_quantiles(values_);
  }
  return a_;
}

double Law::variance() const {
  switch (kind_) {
    case Kind::constant: return 0;
    case Kind::exponential: return a_ * a_;
    case Kind::lognormal: return a_ * a_ * (exp_of(b_ * b_) - 1);
    case Kind::gamma: return a_ * a_ / b_;
    case Kind::uniform: return (b_ - a_) * (b_ - a_) / 12;
    case Kind::mixture: {
      double sum = 0;
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        const double away = parts_[i].mean() - mean();
        sum += (values_[i] - (i == 0 ? 0 : values_[i - 1])) * (parts_[i].variance() + away * away);
      }
      return sum;
    }
    case Kind::quantiles: return variance_of_quantiles(values_);
  }
  return 0;
}

}  // namespace guichet::rehearsal
