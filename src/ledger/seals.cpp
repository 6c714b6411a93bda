#include <guichet/ledger/seals.hpp>

#include <sodium.h>

#include <guichet/base/check.hpp>
#include <guichet/base/sha256.hpp>

namespace guichet::ledger {

TextKey new_text_key() {
  GUICHET_CHECK(sodium_init() >= 0, "libsodium finds a source of chance on every system that we build for");
  TextKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

TextDigest sealed(const TextKey& key, std::string_view body) { return hmac_sha256(key, body); }

std::array<std::byte, 32> sha256_of(std::string_view body) { return sha256(body); }

}  // namespace guichet::ledger
