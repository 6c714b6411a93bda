#include <guichet/base/sha256_rounds.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet {
namespace {

// What the whole digest of three letters comes to is FIPS 180-4's first example; here is its one block.
TEST(Sha256Rounds, InPlainWordsAreThoseOfNist) {
  Sha256State state{0x6a09'e667U, 0xbb67'ae85U, 0x3c6e'f372U, 0xa54f'f53aU,
                    0x510e'527fU, 0x9b05'688cU, 0x1f83'd9abU, 0x5be0'cd19U};
  std::array<std::byte, 64> block{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}, std::byte{0x80}};
  block.back() = std::byte{24};
  plain_rounds(state, block.data());
  EXPECT_EQ(state, (Sha256State{0xba78'16bfU, 0x8f01'cfeaU, 0x4141'40deU, 0x5dae'2223U, 0xb003'61a3U, 0x9617'7a9cU,
                                0xb410'ff61U, 0xf200'15adU}));
}

TEST(Sha256Rounds, OfTheProcessorAreThePlainOnes) {
  const Sha256Rounds fast = rounds_of_this_machine();
  if (fast == nullptr) GTEST_SKIP() << "this processor has no instructions for SHA-256";
  Random random(2026'11'28);
  Sha256State one{}, other{};
  for (int i = 0; i < 10'000; ++i) {
    std::array<std::byte, 64> block;
    for (std::byte& byte : block) byte = static_cast<std::byte>(random.below(256));
    plain_rounds(one, block.data());
    fast(other, block.data());
    ASSERT_EQ(one, other) << "block " << i;
  }
}

}  // namespace
}  // namespace guichet
