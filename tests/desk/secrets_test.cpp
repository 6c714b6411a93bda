#include <guichet/desk/secrets.hpp>

#include <set>

#include <gtest/gtest.h>

namespace guichet::desk {
namespace {

Instant at(std::int64_t seconds) { return Instant{Seconds{seconds}}; }

// RFC 6238, appendix B, of SHA-1: its secret is the ASCII text of twenty digits.
TEST(Totp, GivesTheCodesOfItsStandard) {
  const std::string secret = base32("12345678901234567890");
  const struct {
    std::uint64_t seconds;
    const char* code;
  } vectors[]{{59, "94287082"},
              {1'111'111'109, "07081804"},
              {1'111'111'111, "14050471"},
              {1'234'567'890, "89005924"},
              {2'000'000'000, "69279037"},
              {20'000'000'000, "65353130"}};
  for (const auto& [seconds, code] : vectors) EXPECT_EQ(totp_code(secret, seconds / 30, 8), code) << seconds;
}

TEST(Totp, TakesOneStepOfDriftAndNoMore) {
  const std::string secret = base32("12345678901234567890");
  const std::uint64_t step = 41'152'263;
  const std::string code = totp_code(secret, step);
  for (const std::int64_t away : {-1, 0, 1}) {
    const Instant now = at((static_cast<std::int64_t>(step) + away) * 30 + 7);
    EXPECT_EQ(totp_step(secret, code, now), step) << away;
    EXPECT_TRUE(totp_fits(secret, code, now));
  }
  for (const std::int64_t away : {-3, -2, 2, 3})
    EXPECT_FALSE(totp_fits(secret, code, at((static_cast<std::int64_t>(step) + away) * 30))) << away;
}

TEST(Totp, ReadsCodesAsPeopleTypeThem) {
  const std::string secret = base32("12345678901234567890");
  const std::string code = totp_code(secret, 100);
  const Instant now = at(3'000);
  EXPECT_TRUE(totp_fits(secret, code.substr(0, 3) + " " + code.substr(3), now));
  EXPECT_FALSE(totp_fits(secret, code.substr(0, 5), now));
  EXPECT_FALSE(totp_fits(secret, code + "0", now));
  EXPECT_FALSE(totp_fits(secret, "", now));
  EXPECT_FALSE(totp_fits(secret, "a" + code.substr(1), now));
  EXPECT_FALSE(totp_fits("", code, now));
  EXPECT_FALSE(totp_fits("not base32!", code, now));
  EXPECT_FALSE(totp_fits(secret, code, at(-5)));
}

TEST(Totp, NamesItsSecretInAnAddress) {
  EXPECT_EQ(totp_address("ABCD", "marie@example.org", "Le guichet : vôtre"),
            "otpauth://totp/Le%20guichet%20%3A%20v%C3%B4tre:marie%40example.org?secret=ABCD"
            "&issuer=Le%20guichet%20%3A%20v%C3%B4tre&algorithm=SHA1&digits=6&period=30");
  EXPECT_EQ(from_base32(new_totp_secret()).value().size(), 20U);
}

// RFC 4648, section 10.
TEST(Base32, IsThatOfItsStandard) {
  const struct {
    const char *plain, *text;
  } vectors[]{{"", ""},
              {"f", "MY"},
              {"fo", "MZXQ"},
              {"foo", "MZXW6"},
              {"foob", "MZXW6YQ"},
              {"fooba", "MZXW6YTB"},
              {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(base32(plain), text);
    EXPECT_EQ(from_base32(text), plain);
  }
  EXPECT_EQ(from_base32("mzxw 6ytb-oi=="), "foobar");
  EXPECT_FALSE(from_base32("MZXW1"));
}

TEST(Digests, AreThoseOfTheirStandards) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, 4.3, in base64url.
  EXPECT_EQ(keyed_digest("Jefe", "what do ya want for nothing?"), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
  EXPECT_NE(keyed_digest("a", "bc"), keyed_digest("ab", "c"));
}

TEST(Secrets, DifferAndCompareWhole) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::string word = secret_word(32);
    EXPECT_EQ(word.size(), 43U);
    EXPECT_EQ(word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_TRUE(seen.insert(word).second);
  }
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "abcd"));
  EXPECT_FALSE(same_secret("", "a"));
  EXPECT_TRUE(same_secret("", ""));
}

TEST(Passwords, AreKeptAsArgon2id) {
  const auto hash = password_hash("several plain words");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *hash;
  EXPECT_TRUE(password_fits(*hash, "several plain words"));
  EXPECT_FALSE(password_fits(*hash, "several plain word"));
  EXPECT_FALSE(password_fits("", "several plain words"));
  EXPECT_FALSE(password_fits("$argon2id$v=19$m=65536,t=2,p=1$", ""));
  const auto other = password_hash("several plain words");
  ASSERT_TRUE(other);
  EXPECT_NE(*hash, *other) << "each has a salt of its own";
}

}  // namespace
}  // namespace guichet::desk
