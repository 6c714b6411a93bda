// Keyed digests of texts: a text is known again by its key, and once the key is gone the digest says nothing of it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <guichet/ledger/kept.hpp>

namespace guichet::ledger {

/// Drawn by the system's own source of chance.
TextKey new_text_key();
/// HMAC-SHA-256 of `body` under `key`.
TextDigest sealed(const TextKey& key, std::string_view body);
std::array<std::byte, 32> sha256_of(std::string_view body);

}  // namespace guichet::ledger
