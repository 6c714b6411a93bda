#include <guichet/measures/catalogue.hpp>

#include <set>

#include <gtest/gtest.h>

namespace guichet::measures {
namespace {

TEST(Catalogue, NamesEachMeasureOnce) {
  std::set<std::string_view> names;
  for (const Measure& one : catalogue()) EXPECT_TRUE(names.insert(one.name).second) << one.name;
}

TEST(Catalogue, HasTheEighteenMeasuresOfTheDomain) {
  std::set<std::string_view> codes;
  for (const Measure& one : catalogue())
    if (!one.code.empty()) codes.insert(one.code);
  for (int i = 1; i <= 18; ++i) EXPECT_TRUE(codes.contains("M" + std::to_string(i))) << i;
  EXPECT_EQ(codes.size(), 18U);
}

TEST(Needs, AreASet) {
  constexpr Needs some{Need::persons, Need::turns};
  static_assert(some.has(Need::turns) && !some.has(Need::teams));
  Needs more = some;
  more.add(Need::teams);
  EXPECT_TRUE(more.covers(some));
  EXPECT_FALSE(some.covers(more));
  EXPECT_TRUE(more.without(some).has(Need::teams));
  EXPECT_FALSE(more.without(some).has(Need::persons));
}

TEST(Needs, EachHasAName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kNeeds; ++i) EXPECT_TRUE(names.insert(name(static_cast<Need>(i))).second);
  EXPECT_FALSE(names.contains("?"));
}

}  // namespace
}  // namespace guichet::measures
