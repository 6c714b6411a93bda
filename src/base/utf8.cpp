#include <guichet/base/utf8.hpp>

#include <cstdint>
#include <cstring>

namespace guichet {
namespace {

/// The length of the well-formed sequence at the start of `s`, or 0.
std::size_t sequence(std::string_view s) {
  const auto at = [&](std::size_t i) { return i < s.size() ? static_cast<std::uint8_t>(s[i]) : std::uint8_t{0}; };
  const auto tail = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
    return at(i) >= low && at(i) <= high && i < s.size();
  };
  const std::uint8_t lead = at(0);
  if (s.empty()) return 0;
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return tail(1) ? 2 : 0;
  if (lead < 0xF0) {
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (lead < 0xF5) {
    const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::size_t utf8_valid_prefix(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    for (std::uint64_t eight = 0; text.size() - i >= 8; i += 8) {  // ASCII, eight bytes at a time
      std::memcpy(&eight, text.data() + i, 8);
      if ((eight & 0x8080'8080'8080'8080U) != 0) break;
    }
    if (i == text.size()) break;
    const std::size_t n = sequence(text.substr(i));
    if (n == 0) return i;
    i += n;
  }
  return i;
}

std::size_t utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const std::size_t n = sequence(text.substr(i));
    i += n == 0 ? 1 : n;
  }
  return count;
}

std::string utf8_cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  std::size_t i = 0;
  while (true) {
    const std::size_t n = sequence(text.substr(i));
    const std::size_t step = n == 0 ? 1 : n;
    if (i + step > bytes) break;
    i += step;
  }
  return std::string(text.substr(0, i)) + "…";
}

std::string utf8_repair(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = sequence(text.substr(i));
    if (n == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else {
      out.append(text.substr(i, n));
      i += n;
    }
  }
  return out;
}

void utf8_put(std::uint32_t c, std::string& out) {
  const auto byte = [&](std::uint32_t v) { out += static_cast<char>(v); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6);
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

}  // namespace guichet
