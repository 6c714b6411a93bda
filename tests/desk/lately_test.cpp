#include <guichet/desk/lately.hpp>

#include <gtest/gtest.h>

namespace guichet::desk {
namespace {

TEST(Lately, HoldsWhatWasUsedLastAndNoMoreThanTwiceAsMuch) {
  Lately<int> lately(100);
  lately.put("kept", -1);
  for (int i = 0; i < 10'000; ++i) {
    lately.put(std::to_string(i), i);
    EXPECT_LE(lately.size(), 200U);
    for (int back = 0; back < 99 && back <= i; back += 33) {
      const int* found = lately.find(std::to_string(i - back));
      ASSERT_NE(found, nullptr) << i << " " << back;
      EXPECT_EQ(*found, i - back);
    }
    ASSERT_NE(lately.find("kept"), nullptr) << "what is used again and again stays";
  }
  EXPECT_EQ(lately.find("0"), nullptr);
}

TEST(Lately, ForgetsAndReplaces) {
  Lately<std::string> lately(2);
  lately.put("a", "1");
  lately.put("a", "2");
  EXPECT_EQ(lately.size(), 1U);
  EXPECT_EQ(*lately.find("a"), "2");
  lately.put("b", "3");
  lately.put("c", "4");  // "a" and "b" are the old generation now
  lately.put("a", "5");
  int all = 0;
  lately.for_each([&](const std::string& key, std::string& value) {
    ++all;
    if (key == "a") {
      EXPECT_EQ(value, "5");
    }
  });
  EXPECT_EQ(all, 3) << "no key twice";
  lately.forget("a");
  EXPECT_EQ(lately.find("a"), nullptr);
}

}  // namespace
}  // namespace guichet::desk
