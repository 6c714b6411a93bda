#include <guichet/ledger/seals.hpp>

#include <sodium.h>

#include <guichet/base/check.hpp>

namespace guichet::ledger {
namespace {

template <class Bytes>
auto* raw(Bytes& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

TextKey new_text_key() {
  GUICHET_CHECK(sodium_init() >= 0, "libsodium finds a source of chance on every system that we build for");
  TextKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

TextDigest sealed(const TextKey& key, std::string_view body) {
  static_assert(std::tuple_size_v<TextDigest> == crypto_auth_hmacsha256_BYTES);
  static_assert(std::tuple_size_v<TextKey> == crypto_auth_hmacsha256_KEYBYTES);
  TextDigest digest;
  crypto_auth_hmacsha256(raw(digest), raw(body), body.size(), reinterpret_cast<const unsigned char*>(key.data()));
  return digest;
}

std::array<std::byte, 32> sha256_of(std::string_view body) {
  std::array<std::byte, 32> digest;
  crypto_hash_sha256(raw(digest), raw(body), body.size());
  return digest;
}

}  // namespace guichet::ledger
