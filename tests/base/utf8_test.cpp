#include <gtest/gtest.h>

#include <array>
#include <string>

#include <guichet/base/utf8.hpp>

namespace guichet {
namespace {

TEST(Utf8, AcceptsEveryLength) {
  for (const std::string_view text : {"", "a", "é", "€", "𝄞", "\x7f", "\u0800", "\uffff", "\U00010000", "\U0010ffff"})
    EXPECT_EQ(utf8_valid_prefix(text), text.size());
}

TEST(Utf8, StopsAtTheFirstBadByte) {
  struct Sample {
    std::string_view text;
    std::size_t good;
  };
  for (const auto& [text, good] : std::to_array<Sample>({
           {"ab\x80", 2},             // a tail without a head
           {"ab\xC3", 2},             // cut short
           {"\xC0\xAF", 0},           // overlong in two bytes
           {"\xE0\x9F\xBF", 0},       // overlong in three
           {"\xF0\x8F\xBF\xBF", 0},   // overlong in four
           {"\xED\xA0\x80", 0},       // a surrogate
           {"é\xF4\x90\x80\x80", 2},  // above U+10FFFF
           {"\xF5\x80\x80\x80", 0},   // no such head
           {"\xFF", 0},               //
           {"\xE2\x82", 0},           // cut short in three
           {"\xF0\x9D\x84", 0},       // cut short in four
       }))
    EXPECT_EQ(utf8_valid_prefix(text), good) << text;
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_EQ(utf8_length("vendeur"), 7U);
  EXPECT_EQ(utf8_length("réponse €𝄞"), 10U);
  EXPECT_EQ(utf8_length("a\xFF\xFF"), 3U);
}

TEST(Utf8, CutsBetweenCodePoints) {
  EXPECT_EQ(utf8_cut("réponse", 8), "réponse");
  EXPECT_EQ(utf8_cut("réponse", 7), "répons…");
  EXPECT_EQ(utf8_cut("réponse", 2), "r…");
  EXPECT_EQ(utf8_cut("réponse", 3), "ré…");
  EXPECT_EQ(utf8_cut("€", 0), "…");
}

TEST(Utf8, RepairsByteByByte) {
  EXPECT_EQ(utf8_repair("vendeur é"), "vendeur é");
  EXPECT_EQ(utf8_repair("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(utf8_repair("\xE2\x82"), "\uFFFD\uFFFD");
}

TEST(Utf8, AnyBytesBecomeText) {
  std::string every;
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      every = {static_cast<char>(first), static_cast<char>(second), 'z'};
      const std::string repaired = utf8_repair(every);
      ASSERT_EQ(utf8_valid_prefix(repaired), repaired.size());
      ASSERT_EQ(utf8_length(repaired), utf8_length(every));
      ASSERT_EQ(utf8_valid_prefix(every) == every.size(), repaired == every);
    }
}

}  // namespace
}  // namespace guichet
