// A set of 64-bit numbers that only grows, small and quick where numbers lie close together: sixty-four neighbours
// share one place of a flat table. Knows nothing of what they mean.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace guichet::measures {

class NumberSet {
 public:
  void insert(std::uint64_t number) { add(number / 64, std::uint64_t{1} << number % 64); }
  /// Fetches from memory where the number belongs, for an insertion soon after.
  void expect(std::uint64_t number) const { __builtin_prefetch(&places_[first_of(number / 64)], 1); }
  void merge(const NumberSet& other) {
    other.for_each([&](std::uint64_t neighbours, std::uint64_t bits) { add(neighbours, bits); });
  }
  std::uint64_t size() const {
    std::uint64_t count = 0;
    for_each([&](std::uint64_t, std::uint64_t bits) { count += static_cast<unsigned>(std::popcount(bits)); });
    return count;
  }
  /// Calls `with(n, bits)`: of the numbers 64 n … 64 n + 63 those whose bit is set, in no order that means anything.
  template <class With>
  void for_each(With&& with) const {
    for (const Place& place : places_)
      if (place.bits != 0) with(place.neighbours, place.bits);
  }

 private:
  struct Place {
    std::uint64_t neighbours, bits;  // no bits: nobody's place
  };

  void add(std::uint64_t neighbours, std::uint64_t bits) {
    Place& place = place_of(neighbours);
    const bool taken = place.bits == 0;
    place.neighbours = neighbours;
    place.bits |= bits;
    if (taken && 2 * ++used_ > places_.size()) grow();
  }

  std::uint64_t first_of(std::uint64_t neighbours) const { return neighbours * 0x9e37'79b9'7f4a'7c15U >> shift_; }

  /// Its own, or the free one where it belongs. There is always a free one.
  Place& place_of(std::uint64_t neighbours) {
    std::uint64_t at = first_of(neighbours);
    while (places_[at].neighbours != neighbours && places_[at].bits != 0) at = (at + 1) & (places_.size() - 1);
    return places_[at];
  }

  void grow() {
    const std::vector<Place> old = std::exchange(places_, std::vector<Place>(places_.size() * 2));
    --shift_;
    for (const Place& place : old)
      if (place.bits != 0) place_of(place.neighbours) = place;
  }

  std::vector<Place> places_ = std::vector<Place>(16);
  unsigned shift_ = 60;  // 64 - log2 of how many places
  std::uint64_t used_ = 0;
};

}  // namespace guichet::measures
