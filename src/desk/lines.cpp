#include <guichet/desk/lines.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <guichet/base/utf8.hpp>

namespace guichet::desk {
namespace {

struct Signs {
  std::uint32_t first, last;
};

/// White space, what joins or separates without being seen, and what is drawn as nothing (Unicode 15,
/// Default_Ignorable_Code_Point and White_Space), with the blank of Braille.
constexpr std::array kUnseen{
    Signs{0x00, 0x20},       Signs{0x7F, 0xA0},      Signs{0xAD, 0xAD},     Signs{0x34F, 0x34F},
    Signs{0x61C, 0x61C},     Signs{0x115F, 0x1160},  Signs{0x1680, 0x1680}, Signs{0x17B4, 0x17B5},
    Signs{0x180B, 0x180F},   Signs{0x2000, 0x200F},  Signs{0x2028, 0x202F}, Signs{0x205F, 0x206F},
    Signs{0x2800, 0x2800},   Signs{0x3000, 0x3000},  Signs{0x3164, 0x3164}, Signs{0xFE00, 0xFE0F},
    Signs{0xFEFF, 0xFEFF},   Signs{0xFFA0, 0xFFA0},  Signs{0xFFF0, 0xFFF8}, Signs{0x1BCA0, 0x1BCA3},
    Signs{0x1D173, 0x1D17A}, Signs{0xE0000, 0xE0FFF}};

constexpr std::array kLeftOut{Signs{0x00, 0x1F},     Signs{0x7F, 0x9F},     Signs{0x202A, 0x202E},
                              Signs{0x2066, 0x2069}, Signs{0xFEFF, 0xFEFF}, Signs{0xE0001, 0xE0001}};
constexpr std::array kLineEnds{Signs{0x09, 0x0D}, Signs{0x85, 0x85}, Signs{0x2028, 0x2029}};

bool among(std::span<const Signs> all, std::uint32_t sign) {
  return std::ranges::any_of(all, [sign](const Signs& one) { return one.first <= sign && sign <= one.last; });
}

/// The code point at the start of well-formed UTF-8, taken away from it.
std::uint32_t take_sign(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t sign = bytes == 1 ? first : first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes && i < text.size(); ++i)
    sign = sign << 6U | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  text.remove_prefix(std::min(bytes, text.size()));
  return sign;
}

}  // namespace

bool is_unseen(std::string_view text) {
  while (!text.empty())
    if (!among(kUnseen, take_sign(text))) return false;
  return true;
}

std::string one_line(std::string_view text) {
  const std::string good = utf8_repair(text);
  std::string line;
  for (std::string_view rest = good; !rest.empty();) {
    const std::uint32_t sign = take_sign(rest);
    if (among(kLineEnds, sign))
      line += ' ';
    else if (!among(kLeftOut, sign))
      utf8_put(sign, line);
  }
  if (is_unseen(line)) return {};
  line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace guichet::desk
