// SHA-256 (FIPS 180-4), and hexadecimal digits for showing it. Knows no keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace guichet {

using Sha256Digest = std::array<std::byte, 32>;

/// The digest of bytes that come in pieces.
class Sha256 {
 public:
  Sha256& add(std::span<const std::byte> bytes);
  Sha256& add(std::string_view bytes) { return add(std::as_bytes(std::span{bytes})); }
  /// Of all that was added; nothing may be added after.
  Sha256Digest digest();

 private:
  void block(const std::byte* bytes);

  std::array<std::uint32_t, 8> state_{0x6a09'e667U, 0xbb67'ae85U, 0x3c6e'f372U, 0xa54f'f53aU,
                                      0x510e'527fU, 0x9b05'688cU, 0x1f83'd9abU, 0x5be0'cd19U};
  std::array<std::byte, 64> waiting_{};
  std::uint64_t bytes_ = 0;
};

Sha256Digest sha256(std::string_view bytes);

/// HMAC-SHA-256 (RFC 2104).
Sha256Digest hmac_sha256(std::span<const std::byte> key, std::string_view bytes);

/// Lower-case hexadecimal digits, two for a byte.
std::string hex(std::span<const std::byte> bytes);
/// Only lower-case digits, exactly as `hex` writes them: one spelling for each value.
bool from_hex(std::string_view digits, std::span<std::byte> bytes);

}  // namespace guichet
