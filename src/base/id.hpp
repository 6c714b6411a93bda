// Integers that do not mix: a case number is not an actor number.
#pragma once

#include <compare>
#include <cstdint>

namespace guichet {

/// An identity. Zero means "none".
template <class Tag, class Rep>
struct Id {
  Rep value{};
  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace guichet
