#include <gtest/gtest.h>

#include <guichet/base/check.hpp>

namespace guichet {
namespace {

TEST(CheckDeathTest, StopsWithPlaceAndReason) {
  const int seats = 3;
  GUICHET_CHECK(seats == 3, "a table has three seats");
  EXPECT_DEATH(GUICHET_CHECK(seats == 4, "a table has four seats"),
               "check_test.cpp:[0-9]+: internal error: a table has four seats \\(seats == 4\\)");
}

}  // namespace
}  // namespace guichet
