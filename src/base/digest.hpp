// The running 64-bit digest by which two runs are found equal. Not cryptographic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <guichet/base/random.hpp>

namespace guichet {

/// Folds 64-bit words in order; equal sequences give equal digests on every platform.
class RunningDigest {
 public:
  constexpr void add(std::uint64_t word) { state_ = scramble(state_ ^ word) + 0x9e37'79b9'7f4a'7c15U; }
  void add(std::span<const std::byte> bytes);
  constexpr std::uint64_t value() const { return scramble(state_); }
  /// Sixteen lower-case hexadecimal digits.
  std::string hex() const;

 private:
  std::uint64_t state_ = 0;
};

}  // namespace guichet
