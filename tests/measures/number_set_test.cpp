#include <guichet/measures/number_set.hpp>

#include <set>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet::measures {
namespace {

std::set<std::uint64_t> numbers_of(const NumberSet& set) {
  std::set<std::uint64_t> numbers;
  set.for_each([&](std::uint64_t neighbours, std::uint64_t bits) {
    for (std::uint64_t i = 0; i < 64; ++i) {
      if ((bits >> i & 1) == 0) continue;
      EXPECT_TRUE(numbers.insert(neighbours * 64 + i).second) << "told twice";
    }
  });
  return numbers;
}

TEST(NumberSet, HasWhatTheStandardsSetHas) {
  for (const std::uint64_t most : {std::uint64_t{100}, std::uint64_t{100'000}, UINT64_MAX}) {
    Random chance(1);
    NumberSet one, two;
    std::set<std::uint64_t> expected;
    for (int i = 0; i < 20'000; ++i) {
      const std::uint64_t number = chance.next() % most;
      one.expect(number);
      (i % 3 == 0 ? one : two).insert(number);
      expected.insert(number);
    }
    one.merge(two);
    EXPECT_EQ(numbers_of(one), expected);
    EXPECT_EQ(one.size(), expected.size());
  }
}

TEST(NumberSet, IsEmptyAtFirstAndKnowsNought) {
  NumberSet set;
  EXPECT_EQ(set.size(), 0U);
  set.insert(0);
  set.insert(0);
  set.insert(UINT64_MAX);
  EXPECT_EQ(numbers_of(set), (std::set<std::uint64_t>{0, UINT64_MAX}));
}

}  // namespace
}  // namespace guichet::measures
