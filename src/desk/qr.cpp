#include <guichet/desk/qr.hpp>

#include <memory>

#include <fmt/format.h>
#include <qrencode.h>

namespace guichet::desk {

std::optional<QrCode> qr_code(std::string_view text) {
  // What the standard can hold at this level; the library would find out the slow way.
  constexpr std::size_t kBytesMax = 2'331;
  if (text.empty() || text.size() > kBytesMax) return std::nullopt;
  const std::string whole(text);
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(QRcode_encodeString8bit(whole.c_str(), 0, QR_ECLEVEL_M),
                                                             QRcode_free);
  if (!made || made->width <= 0) return std::nullopt;
  QrCode code;
  code.side = static_cast<std::uint32_t>(made->width);
  const std::size_t squares = std::size_t{code.side} * code.side;
  code.dark.reserve(squares);
  // The lowest bit is the square's colour; the others tell what it is for.
  for (std::size_t i = 0; i < squares; ++i) code.dark.push_back((made->data[i] & 1U) != 0);
  return code;
}

std::string qr_path(const QrCode& code, std::uint32_t margin) {
  std::string path;
  for (std::uint32_t y = 0; y < code.side; ++y)
    for (std::uint32_t x = 0; x < code.side;) {
      std::uint32_t end = x;
      while (end < code.side && code.is_dark(end, y)) ++end;
      if (end > x) path += fmt::format("M{} {}h{}v1h-{}z", x + margin, y + margin, end - x, end - x);
      x = end + 1;
    }
  return path;
}

}  // namespace guichet::desk
