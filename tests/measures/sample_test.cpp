#include <guichet/measures/sample.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet::measures {
namespace {

TEST(SortValues, IsTheOrderOfTheStandard) {
  Random chance(1);
  for (const std::size_t n : {0U, 1U, 1000U, 5000U})
    for (const unsigned bits : {0U, 1U, 11U, 12U, 40U, 64U}) {
      std::vector<std::int64_t> values;
      for (std::size_t i = 0; i < n; ++i)
        values.push_back(bits == 0 ? -7 : static_cast<std::int64_t>(chance.next() >> (64 - bits)));
      std::vector<std::int64_t> expected = values;
      std::sort(expected.begin(), expected.end());
      sort_values(values);
      EXPECT_EQ(values, expected) << n << " values of " << bits << " bits";
    }
}

TEST(Quantile, LiesBetweenNeighbours) {
  const std::vector<std::int64_t> values{10, 20, 40};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 10);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 20);
  EXPECT_DOUBLE_EQ(quantile(values, 0.9), 36);  // position 1.8: 20 + 0.8 * 20
  EXPECT_DOUBLE_EQ(quantile(values, 1), 40);
}

TEST(Quantile, OfOneValueIsThatValue) {
  const std::vector<std::int64_t> one{7};
  EXPECT_DOUBLE_EQ(quantile(one, 0.1), 7);
  EXPECT_DOUBLE_EQ(quantile(one, 0.9), 7);
}

TEST(Spread, OfNothingIsZero) {
  EXPECT_EQ(Sample{}.spread().n, 0U);
  EXPECT_EQ(Counts{}.spread().n, 0U);
}

TEST(Spread, IsTheSameForASampleAndForCounts) {
  Sample sample;
  Counts counts;
  for (const std::uint64_t value : {3U, 0U, 7U, 7U, 1U, 5'000U, 2U}) {
    sample.add(static_cast<std::int64_t>(value));
    counts.add(value);
  }
  const Spread a = sample.spread(), b = counts.spread();
  EXPECT_EQ(a.n, b.n);
  for (const auto part :
       {&Spread::total, &Spread::mean, &Spread::min, &Spread::p10, &Spread::p50, &Spread::p90, &Spread::max})
    EXPECT_DOUBLE_EQ(a.*part, b.*part);
  EXPECT_DOUBLE_EQ(b.p50, 3);
  EXPECT_DOUBLE_EQ(b.max, 5'000);
}

TEST(Counts, SayHowManyReachAValue) {
  Counts counts;
  for (const std::uint64_t value : {0U, 1U, 1U, 4U, 9'999U}) counts.add(value);
  EXPECT_EQ(counts.at_least(0), 5U);
  EXPECT_EQ(counts.at_least(1), 4U);
  EXPECT_EQ(counts.at_least(2), 2U);
  EXPECT_EQ(counts.at_least(5'000), 1U);
  EXPECT_EQ(counts.at_least(10'000), 0U);
}

TEST(Counts, MergeAsIfCountedTogether) {
  Counts left, right, whole;
  for (std::uint64_t value = 0; value < 50; ++value) {
    (value % 3 == 0 ? left : right).add(value * 100);
    whole.add(value * 100);
  }
  left.merge(right);
  EXPECT_EQ(left.spread().n, 50U);
  EXPECT_DOUBLE_EQ(left.spread().p90, whole.spread().p90);
  EXPECT_DOUBLE_EQ(left.spread().total, whole.spread().total);
}

}  // namespace
}  // namespace guichet::measures
