#include <guichet/desk/outside.hpp>

#include <algorithm>
#include <array>

namespace guichet::desk {
namespace {

struct Range4 {
  std::array<std::uint8_t, 4> first;
  unsigned bits;
};
struct Range6 {
  std::array<std::uint8_t, 16> first;
  unsigned bits;
};

/// IANA, IPv4 Special-Purpose Address Registry: what is not to be reached from everywhere.
constexpr std::array kInside4{
    Range4{{0, 0, 0, 0}, 8},     Range4{{10, 0, 0, 0}, 8},      Range4{{100, 64, 0, 0}, 10},
    Range4{{127, 0, 0, 0}, 8},   Range4{{169, 254, 0, 0}, 16},  Range4{{172, 16, 0, 0}, 12},
    Range4{{192, 0, 0, 0}, 24},  Range4{{192, 0, 2, 0}, 24},    Range4{{192, 168, 0, 0}, 16},
    Range4{{198, 18, 0, 0}, 15}, Range4{{198, 51, 100, 0}, 24}, Range4{{203, 0, 113, 0}, 24},
    Range4{{224, 0, 0, 0}, 4},   Range4{{240, 0, 0, 0}, 4},
};
/// Of IPv6 only 2000::/3 is given out; these of it are not for everybody.
constexpr std::array kInside6{
    Range6{{0x20, 0x01, 0x00, 0x00}, 23},  // protocols, Teredo among them
    Range6{{0x20, 0x01, 0x0D, 0xB8}, 32},  // documentation
    Range6{{0x3F, 0xFF, 0x00, 0x00}, 20},  // documentation
};

bool lies_in(std::span<const std::uint8_t> address, std::span<const std::uint8_t> first, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFFU << (8U - bits % 8));
  return ((address[whole] ^ first[whole]) & mask) == 0;
}

template <typename Range>
bool inside(std::span<const std::uint8_t> address, std::span<const Range> ranges) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return lies_in(address, range.first, range.bits); });
}

bool is_outside4(std::span<const std::uint8_t> address) { return !inside<Range4>(address, kInside4); }

}  // namespace

bool is_outside(std::span<const std::uint8_t> address) {
  if (address.size() == 4) return is_outside4(address);
  if (address.size() != 16) return false;
  // An IPv4 address in the clothes of IPv6 leads where it leads: mapped, by NAT64, by 6to4.
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xFF, 0x9B};
  if (lies_in(address, kMapped, 96) || lies_in(address, kNat64, 96)) return is_outside4(address.subspan(12));
  if (address[0] == 0x20 && address[1] == 0x02) return is_outside4(address.subspan(2, 4));
  return (address[0] & 0xE0U) == 0x20U && !inside<Range6>(address, kInside6);
}

}  // namespace guichet::desk
