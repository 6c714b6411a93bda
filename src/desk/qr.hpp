// A text as the squares that a telephone reads (QR code, ISO/IEC 18004). Knows neither secrets nor pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::desk {

struct QrCode {
  std::uint32_t side{};    // in squares, without the quiet zone around
  std::vector<bool> dark;  // row by row
  bool is_dark(std::uint32_t x, std::uint32_t y) const { return dark[std::size_t{y} * side + x]; }
};

/// With the error correction of level M. Nothing when the text is empty or too long for one.
std::optional<QrCode> qr_code(std::string_view text);
/// The dark squares as the `d` of an SVG path, each row's runs as rectangles, moved by `margin` squares.
std::string qr_path(const QrCode& code, std::uint32_t margin);

}  // namespace guichet::desk
