// Chance that is the same on every platform: counter-based streams of 64-bit numbers, integers only.
// One stream per purpose, so that one more draw here does not shift the draws there.
#pragma once

#include <cstdint>

namespace guichet {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64-bit integers.
constexpr std::uint64_t scramble(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9U;
  z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebU;
  return z ^ (z >> 31);
}

/// A stream of draws, named by a seed and a purpose; draw n depends on nothing but these and n.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed, std::uint64_t purpose = 0)
      : state_(scramble(seed + 0x9e37'79b9'7f4a'7c15U * (purpose + 1))) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15U;
    return scramble(state_);
  }
  /// Uniform in [0, bound), bound >= 1; bias below 2^-32 for bounds below 2^32.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace guichet
