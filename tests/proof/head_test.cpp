#include <guichet/proof/head.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::proof {
namespace {

SignedHead a_head() {
  Signature signature{};
  for (std::size_t i = 0; i < signature.size(); ++i) signature[i] = static_cast<std::byte>(i);
  return {.head = {.log = leaf_hash("log"),
                   .size = 7,
                   .root = leaf_hash("root"),
                   .at = Instant{Duration{1'772'000'000'250}},
                   .key = leaf_hash("key")},
          .signature = signature};
}

TEST(ProofHead, IsReadAsItWasPrinted) {
  const Result<SignedHead> read = read_head(print_head(a_head()));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, a_head());
  EXPECT_TRUE(print_head(a_head()).starts_with(signed_bytes(a_head().head)));
}

TEST(ProofHead, SignsAllThatItSays) {
  const Head head = a_head().head;
  std::string seen;
  const SignedHead made = sign(head, [&seen](std::string_view bytes) {
    seen = bytes;
    return a_head().signature;
  });
  EXPECT_EQ(seen, signed_bytes(head));
  EXPECT_TRUE(verified(made, [&](const PublicKey& key, std::string_view bytes, const Signature& signature) {
    return key == head.key && bytes == seen && signature == a_head().signature;
  }));
}

TEST(ProofHead, EveryChangedBitIsAnotherHead) {
  const std::string text = print_head(a_head());
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    std::string changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    const Result<SignedHead> read = read_head(changed);
    EXPECT_FALSE(read && *read == a_head()) << "bit " << i % 8 << " of byte " << i / 8;
  }
  EXPECT_FALSE(read_head(text + "\n"));
  EXPECT_FALSE(read_head(text.substr(0, text.size() - 1)));
}

TEST(ProofHead, GrowthIsReadAsItWasPrinted) {
  const Growth growth{
      .before = 3, .root_before = leaf_hash("c"), .path = {leaf_hash("a"), leaf_hash("b")}, .head = a_head()};
  const Result<Growth> read = read_growth(print_growth(growth));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, growth);
}

}  // namespace
}  // namespace guichet::proof
