#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <guichet/base/result.hpp>

namespace guichet {
namespace {

Result<int> halved(int number) {
  if (number % 2 != 0) return Error{Fault::unreadable, std::to_string(number) + " is odd; write an even number"};
  return number / 2;
}

Result<int> quartered(int number) {
  GUICHET_TRY(half, halved(number));
  GUICHET_TRY(quarter, halved(half));
  return quarter;
}

TEST(Result, HoldsAValueOrAReason) {
  EXPECT_TRUE(halved(8));
  EXPECT_EQ(*halved(8), 4);
  ASSERT_FALSE(halved(7));
  EXPECT_EQ(halved(7).error().fault, Fault::unreadable);
  EXPECT_EQ(halved(7).error().detail, "7 is odd; write an even number");
}

TEST(Result, TryHandsTheFirstReasonUp) {
  EXPECT_EQ(*quartered(12), 3);
  EXPECT_EQ(quartered(7).error().detail, "7 is odd; write an even number");
  EXPECT_EQ(quartered(14).error().detail, "7 is odd; write an even number");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> held = std::make_unique<int>(5);
  ASSERT_TRUE(held);
  EXPECT_EQ(**held, 5);
  const std::unique_ptr<int> taken = *std::move(held);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, AnErrorMayBeTheValue) {
  const Result<Outcome> nothing = Outcome{Done{}};
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(*nothing);
}

}  // namespace
}  // namespace guichet
