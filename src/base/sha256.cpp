#include <guichet/base/sha256.hpp>

#include <algorithm>
#include <cstring>

#include <guichet/base/sha256_rounds.hpp>

namespace guichet {
namespace {

constexpr std::size_t kBlock = 64;

}  // namespace

void Sha256::block(const std::byte* bytes) {
  static const Sha256Rounds fast = rounds_of_this_machine();
  static const Sha256Rounds rounds = fast != nullptr ? fast : plain_rounds;
  rounds(state_, bytes);
}

Sha256& Sha256::add(std::span<const std::byte> bytes) {
  const std::size_t filled = bytes_ % kBlock;
  bytes_ += bytes.size();
  if (filled != 0) {
    const std::size_t taken = std::min(bytes.size(), kBlock - filled);
    std::copy_n(bytes.begin(), taken, waiting_.begin() + static_cast<std::ptrdiff_t>(filled));
    bytes = bytes.subspan(taken);
    if (filled + taken < kBlock) return *this;
    block(waiting_.data());
  }
  for (; bytes.size() >= kBlock; bytes = bytes.subspan(kBlock)) block(bytes.data());
  std::copy(bytes.begin(), bytes.end(), waiting_.begin());
  return *this;
}

Sha256Digest Sha256::digest() {
  std::size_t filled = bytes_ % kBlock;
  const std::uint64_t bits = bytes_ * 8;
  waiting_[filled++] = std::byte{0x80};
  if (filled > kBlock - 8) {
    std::fill(waiting_.begin() + static_cast<std::ptrdiff_t>(filled), waiting_.end(), std::byte{});
    block(waiting_.data());
    filled = 0;
  }
  std::fill(waiting_.begin() + static_cast<std::ptrdiff_t>(filled), waiting_.end(), std::byte{});
  for (std::size_t i = 0; i < 8; ++i) waiting_[kBlock - 1 - i] = static_cast<std::byte>(bits >> (8 * i) & 0xFFU);
  block(waiting_.data());
  Sha256Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::byte>(state_[i / 4] >> (24 - 8 * (i % 4)) & 0xFFU);
  return digest;
}

Sha256Digest sha256(std::string_view bytes) { return Sha256().add(bytes).digest(); }

Sha256Digest hmac_sha256(std::span<const std::byte> key, std::string_view bytes) {
  std::array<std::byte, kBlock> pad{};
  if (key.size() > kBlock) {
    const Sha256Digest shorter = Sha256().add(key).digest();
    std::copy(shorter.begin(), shorter.end(), pad.begin());
  } else {
    std::copy(key.begin(), key.end(), pad.begin());
  }
  for (std::byte& b : pad) b ^= std::byte{0x36};
  const Sha256Digest inner = Sha256().add(pad).add(bytes).digest();
  for (std::byte& b : pad) b ^= std::byte{0x36} ^ std::byte{0x5c};
  return Sha256().add(pad).add(inner).digest();
}

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  digits.reserve(2 * bytes.size());
  for (const std::byte b : bytes) {
    digits += kDigits[std::to_integer<unsigned>(b >> 4)];
    digits += kDigits[std::to_integer<unsigned>(b & std::byte{0xF})];
  }
  return digits;
}

bool from_hex(std::string_view digits, std::span<std::byte> bytes) {
  if (digits.size() != 2 * bytes.size()) return false;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t high = kDigits.find(digits[2 * i]);
    const std::size_t low = kDigits.find(digits[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes[i] = static_cast<std::byte>(high << 4 | low);
  }
  return true;
}

}  // namespace guichet
