#include <guichet/desk/lines.hpp>

#include <gtest/gtest.h>

namespace guichet::desk {
namespace {

TEST(Lines, WhatNobodySeesIsNothing) {
  for (const std::string_view text : {"", " \t\n", "\u200B", "\u200B\u200D\uFEFF", "\u00A0\u3000", "\u202E\u202C",
                                      "\u2800", "\u3164", "\uFE0F", "\U000E0041"}) {
    EXPECT_TRUE(is_unseen(text)) << text;
    EXPECT_EQ(one_line(text), "") << text;
  }
  for (const std::string_view text : {"a", "\u200Ba", "é", "\u05D0", "\U0001F4E6", "\uFFFD", "."}) {
    EXPECT_FALSE(is_unseen(text)) << text;
    EXPECT_NE(one_line(text), "") << text;
  }
}

TEST(Lines, NothingTurnsTheDirectionOfWhatStandsBehindIt) {
  EXPECT_EQ(one_line("Case 19: \u202Eabc"), "Case 19: abc");
  EXPECT_EQ(one_line("\u2066a\u2069 \u202Ab\u202C"), "a b");
  EXPECT_EQ(one_line("a\nb\r\n\u2028c\u0085d"), "a b   c d");
  EXPECT_EQ(one_line("  a\u0007b "), "ab");
  EXPECT_EQ(one_line("a\xFF"), "a\uFFFD");
  // What only says the direction of its neighbours, or joins them, belongs to how people write.
  for (const std::string_view text : {"\u05D0\u200E(1)", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
                                      "\U0001F469\u200D\U0001F4BB", "Retard \u00AB x \u00BB"})
    EXPECT_EQ(one_line(text), text);
}

}  // namespace
}  // namespace guichet::desk
