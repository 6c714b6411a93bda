#include <guichet/base/digest.hpp>

namespace guichet {

void RunningDigest::add(std::span<const std::byte> bytes) {
  std::uint64_t word = 0;
  int filled = 0;
  for (const std::byte b : bytes) {
    word |= std::to_integer<std::uint64_t>(b) << (8 * filled);
    if (++filled == 8) {
      add(word);
      word = 0;
      filled = 0;
    }
  }
  add(word);
  add(std::uint64_t{bytes.size()});
}

std::string RunningDigest::hex() const {
  std::string out(16, '0');
  std::uint64_t v = value();
  for (std::size_t i = 16; i-- > 0; v >>= 4) out[i] = "0123456789abcdef"[v & 15U];
  return out;
}

}  // namespace guichet
