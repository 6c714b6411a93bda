#include <guichet/desk/qr.hpp>

#include <algorithm>

#include <gtest/gtest.h>

namespace guichet::desk {
namespace {

/// The eye that a reader looks for: seven squares, with a ring of light inside.
bool has_eye(const QrCode& code, std::uint32_t left, std::uint32_t top) {
  for (std::uint32_t y = 0; y < 7; ++y)
    for (std::uint32_t x = 0; x < 7; ++x) {
      const bool rim = x == 0 || y == 0 || x == 6 || y == 6;
      const bool heart = x >= 2 && x <= 4 && y >= 2 && y <= 4;
      if (code.is_dark(left + x, top + y) != (rim || heart)) return false;
    }
  return true;
}

TEST(Qr, HasItsThreeEyesAndTheSideOfItsVersion) {
  for (const std::size_t letters : {1U, 14U, 120U, 1'000U, 2'331U}) {
    const auto code = qr_code(std::string(letters, 'x'));
    ASSERT_TRUE(code) << letters;
    EXPECT_EQ(code->side % 4, 1U) << "21, 25, 29 … squares";
    EXPECT_EQ(code->dark.size(), std::size_t{code->side} * code->side);
    EXPECT_TRUE(has_eye(*code, 0, 0) && has_eye(*code, code->side - 7, 0) && has_eye(*code, 0, code->side - 7));
    EXPECT_FALSE(has_eye(*code, code->side - 7, code->side - 7));
  }
  EXPECT_EQ(qr_code("x")->side, 21U);
}

TEST(Qr, IsNotMadeOfNothingNorOfTooMuch) {
  EXPECT_FALSE(qr_code(""));
  EXPECT_FALSE(qr_code(std::string(2'332, 'x')));
}

TEST(Qr, ThePathHasEachDarkSquareOnce) {
  const QrCode code{.side = 3, .dark = {true, true, false, false, false, false, true, false, true}};
  EXPECT_EQ(qr_path(code, 4), "M4 4h2v1h-2zM4 6h1v1h-1zM6 6h1v1h-1z");
}

}  // namespace
}  // namespace guichet::desk
