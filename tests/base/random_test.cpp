#include <gtest/gtest.h>

#include <array>
#include <set>

#include <guichet/base/random.hpp>

namespace guichet {
namespace {

TEST(Random, DrawsArePublishedNumbers) {
  // SplitMix64 from the seed 1234567: the first outputs of the authors' reference code.
  std::uint64_t state = 1234567;
  std::array<std::uint64_t, 3> drawn{};
  for (auto& draw : drawn) draw = scramble(state += 0x9e37'79b9'7f4a'7c15U);
  EXPECT_EQ(drawn, (std::array<std::uint64_t, 3>{6457827717110365317U, 3203168211198807973U, 9817491932198370423U}));
}

TEST(Random, SameSeedAndPurposeSameDraws) {
  Random one{42, 3};
  Random two{42, 3};
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(one.next(), two.next());
}

TEST(Random, PurposesAndSeedsAreApart) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (std::uint64_t purpose = 0; purpose < 50; ++purpose) seen.insert(Random{seed, purpose}.next());
  EXPECT_EQ(seen.size(), 2500U);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  Random random{7};
  for (const std::uint32_t bound : {1U, 2U, 3U, 10U, 1000U}) {
    std::set<std::uint32_t> seen;
    for (std::uint32_t i = 0; i < bound * 20; ++i) {
      const std::uint32_t draw = random.below(bound);
      ASSERT_LT(draw, bound);
      seen.insert(draw);
    }
    EXPECT_EQ(seen.size(), bound);
  }
}

TEST(Random, BelowIsEven) {
  // Ten cells of 10,000 expected draws each: chi-square with nine degrees of freedom, far beyond its 99.99 % point.
  Random random{2026};
  std::array<std::int64_t, 10> cells{};
  for (int i = 0; i < 100'000; ++i) ++cells[random.below(10)];
  std::int64_t squares = 0;
  for (const std::int64_t n : cells) squares += (n - 10'000) * (n - 10'000);
  EXPECT_LT(squares / 10'000, 40);
}

}  // namespace
}  // namespace guichet
