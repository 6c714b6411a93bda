#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <guichet/base/digest.hpp>
#include <guichet/rehearsal/laws.hpp>

namespace guichet::rehearsal {
namespace {

constexpr int kDraws = 1'000'000;
// Seeds are fixed, so that these bounds hold or do not; a sound law leaves |z| < 4.5 in one of 150,000 figures.
constexpr double kZ = 4.5;

double relative(double is, double should) { return std::abs(is - should) / std::abs(should); }

TEST(ExactFunctions, AreThoseOfTheMathematicalLibrary) {
  Random chance{11};
  for (int i = 0; i < 200'000; ++i) {
    const double x = (uniform(chance) - 0.5) * 1400;
    ASSERT_LT(relative(exact_exp(x), std::exp(x)), 1e-15) << x;
    ASSERT_LT(relative(exact_exp(x / 1e6), std::exp(x / 1e6)), 1e-15) << x;
    const double y = std::exp(x);
    ASSERT_LT(relative(exact_log(y), std::log(y)), 1e-15) << y;
    const double close = 1 + (uniform(chance) - 0.5) / 1000;
    ASSERT_LT(relative(exact_log(close), std::log(close)), 1e-15) << close;
    const double angle = (uniform(chance) - 0.5) * 2e6;
    ASSERT_LT(relative(exact_sin(angle), std::sin(angle)), 1e-15) << angle;
  }
}

TEST(ExactFunctions, KeepTheirPrecisionWhereTheSineVanishes) {
  for (int i = 1; i < 300'000; ++i) {
    const double x = i * 3.141592653589793;
    ASSERT_LT(relative(exact_sin(x), std::sin(x)), 1e-14) << i;
  }
}

TEST(ExactFunctions, HaveEnds) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(exact_exp(0), 1);
  EXPECT_EQ(exact_exp(710), kInfinity);
  EXPECT_EQ(exact_exp(-746), 0);
  EXPECT_GT(exact_exp(-744), 0);
  EXPECT_LT(relative(exact_exp(709.7), std::exp(709.7)), 1e-15);
  EXPECT_EQ(exact_log(1), 0);
  EXPECT_EQ(exact_log(0), -kInfinity);
  EXPECT_EQ(exact_log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(exact_log(-1)));
  EXPECT_TRUE(std::isnan(exact_exp(std::nan(""))));
  EXPECT_LT(relative(exact_log(5e-324), std::log(5e-324)), 1e-15);
  EXPECT_EQ(exact_sin(0), 0);
}

TEST(Uniform, NeverReachesItsEnds) {
  static_assert(uniform_of(0) > 0 && uniform_of(~std::uint64_t{0}) < 1);
  static_assert(1 - uniform_of(~std::uint64_t{0}) == uniform_of(0));
}

/// Draws of one law against what it should be.
struct Shape {
  const char* name;
  std::function<double(Random&)> draw;
  double mean, variance, fourth;                  // the fourth central moment
  std::vector<std::pair<double, double>> longer;  // t, P(X > t)
};

double z_of_share(double count, double n, double share) {
  return (count - n * share) / std::sqrt(n * share * (1 - share));
}

void hold_to(const Shape& shape, std::uint64_t seed) {
  Random chance{seed};
  std::vector<double> drawn(kDraws);
  for (double& x : drawn) x = shape.draw(chance);
  double sum = 0;
  double squares = 0;
  for (const double x : drawn) {
    sum += x - shape.mean;
    squares += (x - shape.mean) * (x - shape.mean);
  }
  constexpr double n = kDraws;
  EXPECT_LT(std::abs(sum / std::sqrt(n * shape.variance)), kZ) << shape.name << ": mean";
  const double spread = shape.fourth - shape.variance * shape.variance;
  EXPECT_LT(std::abs(squares - n * shape.variance) / std::sqrt(n * spread), kZ) << shape.name << ": variance";
  for (const auto& [t, share] : shape.longer) {
    const auto count = std::ranges::count_if(drawn, [limit = t](double x) { return x > limit; });
    EXPECT_LT(std::abs(z_of_share(static_cast<double>(count), n, share)), kZ) << shape.name << " beyond " << t;
  }
}

double normal_beyond(double x) { return std::erfc(x / std::sqrt(2.0)) / 2; }

Shape shape_of_exponential(std::function<double(Random&)> draw, double mean) {
  Shape shape{"exponential", std::move(draw), mean, mean * mean, 9 * std::pow(mean, 4), {}};
  // The tail of the ziggurat begins at 7.697.
  for (const double t : {0.01, 0.1, 0.5, 1.0, 2.0, 4.0, 7.0, 7.6, 7.697, 7.8, 9.0, 11.0})
    shape.longer.emplace_back(t * mean, std::exp(-t));
  return shape;
}

TEST(Ziggurats, AreExponentialAndNormal) {
  hold_to(shape_of_exponential(exponential, 1), 1);
  Shape shape{"normal", normal, 0, 1, 3, {}};
  // Its tails begin at 3.654.
  for (const double t : {-4.2, -3.654, -3.5, -3.0, -2.0, -1.0, -0.1, 0.0, 0.5, 1.0, 2.0, 3.0, 3.6, 3.7, 4.2})
    shape.longer.emplace_back(t, normal_beyond(t));
  hold_to(shape, 2);
}

TEST(Ziggurats, FillCellsOfOneProbabilityAlike) {
  constexpr std::size_t kCells = 1000;
  std::array<double, kCells> counts{};
  std::array<double, kCells> of_normal{};
  Random chance{3};
  for (int i = 0; i < kDraws; ++i) {
    ++counts[static_cast<std::size_t>(-std::expm1(-exponential(chance)) * kCells)];
    ++of_normal[static_cast<std::size_t>(normal_beyond(normal(chance)) * kCells)];
  }
  for (const auto& cells : {counts, of_normal}) {
    double chi = 0;
    for (const double count : cells) chi += (count - 1000) * (count - 1000) / 1000;
    EXPECT_LT(std::abs(chi - 999) / std::sqrt(2 * 999.0), kZ);
  }
}

TEST(Ziggurats, ReachFarBeyondTheirTails) {
  // Only draws beyond the tail, so that the far end is seen too: what is beyond must be as in the closed form.
  Random chance{4};
  const std::uint64_t in_tail = ~std::uint64_t{255};  // layer 0, the longest draw
  double longer = 0;
  double beyond_five = 0;
  for (int i = 0; i < kDraws; ++i) {
    longer += exponential_at_edge(chance, in_tail) > 12 ? 1 : 0;
    beyond_five += std::abs(normal_at_edge(chance, in_tail)) > 4.5 ? 1 : 0;
  }
  EXPECT_LT(std::abs(z_of_share(longer, kDraws, std::exp(7.697117470131049714 - 12))), kZ);
  EXPECT_LT(std::abs(z_of_share(beyond_five, kDraws, normal_beyond(4.5) / normal_beyond(3.654152885361008772))), kZ);
}

TEST(Ziggurats, NeedMoreThanOneNumberForTwoDrawsInAHundred) {
  double edges = 0;
  double of_normal = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    edges += 1 - static_cast<double>(kExponentialLayers[i].sure) * 0x1p-53;
    of_normal += 1 - static_cast<double>(kNormalLayers[i].sure) * 0x1p-53;
  }
  EXPECT_NEAR(edges / 256, 0.022, 0.001);
  EXPECT_NEAR(of_normal / 256, 0.015, 0.001);
}

std::function<double(Random&)> draws_of(const Law& law) {
  return [law](Random& chance) { return law.draw(chance); };
}

/// The shape of gamma: fourth central moment 3 k (k + 2) scale^4.
Shape shape_of_gamma(double k, double mean) {
  return {"gamma", draws_of(Law::gamma(k, mean)), mean, mean * mean / k, 3 * k * (k + 2) * std::pow(mean / k, 4), {}};
}

TEST(Laws, HaveTheirMomentsAndQuantiles) {
  hold_to(shape_of_exponential(draws_of(Law::exponential(40)), 40), 20);

  const double sigma = std::sqrt(std::log(1.5));
  const double w = 1.5;  // exp(sigma^2)
  Shape lognormal{"lognormal", draws_of(Law::lognormal(3, 0.5)), 3, 4.5, 0, {}};
  lognormal.fourth = 4.5 * 4.5 * (std::pow(w, 4) + 2 * std::pow(w, 3) + 3 * w * w - 3);
  for (const double z : {-3.0, -1.0, 0.0, 1.0, 2.0, 3.0})
    lognormal.longer.emplace_back(3 * std::exp(z * sigma - sigma * sigma / 2), normal_beyond(z));
  hold_to(lognormal, 21);

  Shape uniform{"uniform", draws_of(Law::uniform(-1, 5)), 2, 3, 16.2, {{0, 5.0 / 6}, {4.7, 0.05}, {5, 0}}};
  uniform.longer.pop_back();
  hold_to(uniform, 22);
}

TEST(Laws, GammaIsTrueForEveryShape) {
  std::uint64_t seed = 30;
  for (const double k : {0.05, 0.3, 0.9, 1.5, 3.7, 80.0}) hold_to(shape_of_gamma(k, 2), ++seed);
  Shape one = shape_of_gamma(1, 2);  // an exponential
  for (const double t : {0.01, 0.3, 1.0, 3.0, 8.0}) one.longer.emplace_back(2 * t, std::exp(-t));
  hold_to(one, ++seed);
  Shape two = shape_of_gamma(2, 2);  // two of them
  for (const double t : {0.01, 0.3, 1.0, 3.0, 8.0}) two.longer.emplace_back(t, std::exp(-t) * (1 + t));
  hold_to(two, ++seed);
  Shape half = shape_of_gamma(0.5, 1);  // the square of a normal
  for (const double t : {0.0001, 0.01, 0.5, 1.0, 4.0, 9.0}) half.longer.emplace_back(t, std::erfc(std::sqrt(t / 2)));
  hold_to(half, ++seed);
}

TEST(Laws, MixturesDrawTheirPartsByWeight) {
  const Law law = Law::mixture({{3, Law::constant(1)}, {1, Law::exponential(5)}});
  EXPECT_DOUBLE_EQ(law.mean(), 2);
  EXPECT_DOUBLE_EQ(law.variance(), 0.25 * 25 + 0.75 * 1 + 0.25 * 9);
  Shape shape{"mixture", draws_of(law), 2, 9.25, 0, {}};
  // of the exponential around 2: E (5 x - 2)^4 with moments 1, 2, 6, 24
  shape.fourth = 0.75 * 1 + 0.25 * (625 * 24 - 4 * 125 * 2 * 6 + 6 * 25 * 4 * 2 - 4 * 5 * 8 + 16);
  shape.longer = {{0.999, 0.75 + 0.25 * std::exp(-0.1998)}, {1, 0.25 * std::exp(-0.2)}, {10, 0.25 * std::exp(-2.0)}};
  hold_to(shape, 40);
}

TEST(Laws, QuantilesAreJoinedByLines) {
  const Law law = Law::quantiles({0, 1, 4});
  EXPECT_DOUBLE_EQ(law.mean(), 1.5);
  EXPECT_DOUBLE_EQ(law.variance(), (1.0 / 3 + 21.0 / 3) / 2 - 2.25);
  // fourth moment around 1.5: half of it uniform on -1.5 … -0.5, half on -0.5 … 2.5
  const auto power = [](double from, double to) { return (std::pow(to, 5) - std::pow(from, 5)) / 5 / (to - from); };
  hold_to({"quantiles",
           draws_of(law),
           1.5,
           law.variance(),
           (power(-1.5, -0.5) + power(-0.5, 2.5)) / 2,
           {{0.1, 0.95}, {1, 0.5}, {2.5, 0.25}, {3.9, 1.0 / 60}}},
          41);
}

TEST(Laws, SayTheirOwnMoments) {
  EXPECT_EQ(Law{}.mean(), 0);
  EXPECT_TRUE(Law{}.is_zero());
  EXPECT_FALSE(Law::constant(1).is_zero());
  EXPECT_EQ(Law::constant(7).mean(), 7);
  EXPECT_EQ(Law::constant(7).variance(), 0);
  EXPECT_EQ(Law::exponential(7).variance(), 49);
  EXPECT_EQ(Law::lognormal(2, 4).mean(), 2);
  EXPECT_NEAR(Law::lognormal(2, 4).variance(), 16, 1e-13);
  EXPECT_EQ(Law::gamma(4, 2).variance(), 1);
  EXPECT_EQ(Law::uniform(1, 1).variance(), 0);
}

TEST(Laws, AConstantNeedsNoChance) {
  Random chance{5};
  Random same{5};
  EXPECT_EQ(Law::constant(7).draw(chance), 7);
  EXPECT_EQ(chance.next(), same.next());
}

TEST(Laws, AreCompared) {
  EXPECT_EQ(Law::exponential(7), Law::exponential(7));
  EXPECT_NE(Law::exponential(7), Law::constant(7));
  EXPECT_NE(Law::mixture({{1, Law::constant(1)}}), Law::mixture({{1, Law::constant(2)}}));
}

/// Every draw of the room, to the last bit. The constants are those of g++ 12 and clang 19, plain and optimised.
TEST(Laws, DrawTheSameBitsEverywhere) {
  const std::vector<Law> laws{Law::exponential(3),
                              Law::lognormal(2, 4),
                              Law::gamma(0.4, 1),
                              Law::gamma(2.5, 3),
                              Law::uniform(2, 3),
                              Law::quantiles({0, 1, 5, 30}),
                              Law::mixture({{0.3, Law::exponential(1)}, {0.7, Law::lognormal(1, 0.1)}})};
  Random chance{2026};
  RunningDigest digest;
  const auto add = [&](double x) { digest.add(std::bit_cast<std::uint64_t>(x)); };
  for (int i = 0; i < 100'000; ++i) {
    for (const Law& law : laws) add(law.draw(chance));
    add(normal(chance));
    const double x = (uniform(chance) - 0.5) * 1000;
    add(exact_exp(x));
    add(exact_log(exact_exp(x)));
    add(exact_sin(x));
  }
  EXPECT_EQ(digest.hex(), "e3cffc36f9d6d2f5");
}

}  // namespace
}  // namespace guichet::rehearsal
