#include <gtest/gtest.h>

#include <type_traits>

#include <guichet/base/id.hpp>

namespace guichet {
namespace {

using Seat = Id<struct SeatTag, std::uint16_t>;

TEST(Id, ZeroIsNone) {
  EXPECT_FALSE(Seat{});
  EXPECT_TRUE(Seat{1});
}

TEST(Id, IsOrderedAndAsSmallAsItsNumber) {
  EXPECT_LT(Seat{1}, Seat{2});
  EXPECT_EQ(Seat{7}, Seat{7});
  static_assert(sizeof(Seat) == sizeof(std::uint16_t) && std::is_trivially_copyable_v<Seat>);
}

}  // namespace
}  // namespace guichet
