#include <guichet/base/sha256.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet {
namespace {

std::string digest_of(std::string_view bytes) { return hex(sha256(bytes)); }

// FIPS 180-4 examples, as in NIST's "SHA256.pdf" and the short messages of the CAVP.
TEST(Sha256Vectors, AreThoseOfNist) {
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(digest_of("\xd3"), "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Sha256Vectors, HmacsAreThoseOfRfc4231) {
  const std::string twenty(20, '\x0b');
  const auto hmac = [](std::string_view key, std::string_view bytes) {
    return hex(hmac_sha256(std::as_bytes(std::span{key}), bytes));
  };
  EXPECT_EQ(hmac(twenty, "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Sha256Pieces, GiveTheDigestOfTheWhole) {
  Random random(7);
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(random.below(256));
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string_view whole = std::string_view{bytes}.substr(0, size);
    Sha256 pieces;
    for (std::string_view left = whole; !left.empty();) {
      const std::size_t piece = std::min<std::size_t>(left.size(), random.below(80));
      pieces.add(left.substr(0, piece));
      left.remove_prefix(piece);
    }
    EXPECT_EQ(pieces.digest(), sha256(whole)) << size;
  }
}

TEST(Hex, HasOneSpelling) {
  std::array<std::byte, 2> bytes{};
  EXPECT_TRUE(from_hex("0aff", bytes));
  EXPECT_EQ(hex(bytes), "0aff");
  for (const std::string_view other : {"0aFf", "0af", "0aff0", "0agf", " aff", ""})
    EXPECT_FALSE(from_hex(other, bytes));
}

}  // namespace
}  // namespace guichet
