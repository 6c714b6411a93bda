#include <gtest/gtest.h>

#include <vector>

#include <guichet/base/digest.hpp>

namespace guichet {
namespace {

std::uint64_t digest_of(std::initializer_list<std::uint64_t> words) {
  RunningDigest digest;
  for (const std::uint64_t word : words) digest.add(word);
  return digest.value();
}

std::uint64_t digest_of(const std::vector<std::byte>& bytes) {
  RunningDigest digest;
  digest.add(bytes);
  return digest.value();
}

TEST(Digest, SeesOrderValueAndNumber) {
  EXPECT_EQ(digest_of({1, 2}), digest_of({1, 2}));
  EXPECT_NE(digest_of({1, 2}), digest_of({2, 1}));
  EXPECT_NE(digest_of({1, 2}), digest_of({1, 3}));
  EXPECT_NE(digest_of({0}), digest_of({0, 0}));
}

TEST(Digest, SeesEveryByteAndTheLength) {
  const std::vector<std::byte> bytes(19, std::byte{7});
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = std::byte{8};
    EXPECT_NE(digest_of(bytes), digest_of(changed)) << i;
  }
  EXPECT_NE(digest_of(std::vector<std::byte>(8)), digest_of(std::vector<std::byte>(9)));
  EXPECT_NE(digest_of(std::vector<std::byte>{}), digest_of(std::vector<std::byte>(1)));
}

TEST(Digest, IsTheSameOnEveryPlatform) {
  // Computed apart, in another language; a change here changes every digest ever noted.
  EXPECT_EQ(RunningDigest{}.hex(), "0000000000000000");
  RunningDigest digest;
  digest.add(std::uint64_t{1});
  digest.add(std::uint64_t{0xffff'ffff'ffff'ffff});
  EXPECT_EQ(digest.hex(), "70cf8ff086a7ffe4");
}

}  // namespace
}  // namespace guichet
