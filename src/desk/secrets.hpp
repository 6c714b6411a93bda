// Secrets and what is kept of them: words of chance, digests, and the codes of a second factor (RFC 6238). Knows nobody
// and keeps nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>

namespace guichet::desk {

/// `bytes` of chance from the system, as base64url: for secrets only, never for rules.
std::string secret_word(std::size_t bytes);
/// SHA-256 in hexadecimal: what is kept of a secret that has enough chance in it.
std::string digest_of(std::string_view secret);
/// SHA-256 as 32 bytes.
std::string digest_bytes(std::string_view secret);
/// HMAC-SHA256 of `words` under `key`, as base64url.
std::string keyed_digest(std::string_view key, std::string_view words);
/// Whether two texts are equal, in a time that tells nothing of where they differ.
bool same_secret(std::string_view one, std::string_view other);

/// RFC 4648 without padding, in capitals.
std::string base32(std::string_view bytes);
/// Small letters, spaces and hyphens are taken too. Nothing for any other sign.
std::optional<std::string> from_base32(std::string_view text);

/// The encoded argon2id hash of a password, with sodium's interactive limits (64 MiB, about 70 ms): for threads that
/// may take their time. Fault::storage when there is no memory for it.
Result<std::string> password_hash(const std::string& password);
bool password_fits(const std::string& hash, const std::string& password);

/// For TOTP (RFC 6238, SHA-1, 6 digits, 30 s; one step of drift): a new secret, its otpauth:// address, a check.
std::string new_totp_secret();
std::string totp_address(std::string_view secret, std::string_view account, std::string_view issuer);
bool totp_fits(std::string_view secret, std::string_view code, Instant now);
/// The same, and for which step of 30 seconds since 1970: a step that was used is not taken again.
std::optional<std::uint64_t> totp_step(std::string_view secret, std::string_view code, Instant now);
/// The code of one step; empty when the secret is none.
std::string totp_code(std::string_view secret, std::uint64_t step, unsigned digits = 6);

}  // namespace guichet::desk
