#include <guichet/desk/secrets.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include <guichet/base/check.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::uint64_t kStepSeconds = 30;

void be_ready() {
  static const int ready = sodium_init();
  GUICHET_CHECK(ready >= 0, "the system gives chance");
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string base64url(const unsigned char* bytes, std::size_t count) {
  std::string text(sodium_base64_encoded_len(count, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, count, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // its own end
  return text;
}

std::string chance(std::size_t count) {
  be_ready();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain)
      out.push_back(c);
    else
      out.append(1, '%').append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
  }
  return out;
}

}  // namespace

std::string secret_word(std::size_t bytes) {
  const std::string word = chance(bytes);
  return base64url(bytes_of(word), word.size());
}

std::string digest_bytes(std::string_view secret) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()), bytes_of(secret), secret.size());
  return digest;
}

std::string digest_of(std::string_view secret) {
  const std::string digest = digest_bytes(secret);
  std::string text(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes_of(digest), digest.size());
  text.pop_back();
  return text;
}

std::string keyed_digest(std::string_view key, std::string_view words) {
  crypto_auth_hmacsha256_state state;
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(words), words.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  return base64url(digest.data(), digest.size());
}

bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string base32(std::string_view bytes) {
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = held << 8U | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kBase32[held >> (bits - 5) & 31U]);
  }
  if (bits != 0) text.push_back(kBase32[held << (5 - bits) & 31U]);
  return text;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (char c : text) {
    if (c == ' ' || c == '-' || c == '=') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const std::size_t value = kBase32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = held << 5U | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(held >> bits & 255U));
    }
  }
  return bytes;
}

Result<std::string> password_hash(const std::string& password) {
  be_ready();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return Error{Fault::storage, "no 64 MiB of memory are free to hash a password; give the desk more"};
  return std::string(hash.data());
}

bool password_fits(const std::string& hash, const std::string& password) {
  be_ready();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string new_totp_secret() { return base32(chance(20)); }

std::string totp_address(std::string_view secret, std::string_view account, std::string_view issuer) {
  const std::string desk = percent_encoded(issuer);
  return "otpauth://totp/" + desk + ":" + percent_encoded(account) + "?secret=" + std::string(secret) +
         "&issuer=" + desk + "&algorithm=SHA1&digits=6&period=30";
}

std::string totp_code(std::string_view secret, std::uint64_t step, unsigned digits) {
  const auto key = from_base32(secret);
  if (!key || key->empty() || digits == 0 || digits > 9) return {};
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<unsigned char>(step >> (8 * (counter.size() - 1 - i)));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned mac_bytes = 0;
  const bool done = HMAC(EVP_sha1(), key->data(), static_cast<int>(key->size()), counter.data(), counter.size(),
                         mac.data(), &mac_bytes) != nullptr;
  GUICHET_CHECK(done && mac_bytes == 20, "OpenSSL has HMAC-SHA-1");
  // RFC 4226, 5.3: the last four bits say where to take 31 bits.
  const std::size_t at = mac[19] & 15U;
  const std::uint32_t taken = (mac[at] & 127U) << 24U | static_cast<std::uint32_t>(mac[at + 1]) << 16U |
                              static_cast<std::uint32_t>(mac[at + 2]) << 8U | mac[at + 3];
  std::uint32_t modulus = 1;
  for (unsigned i = 0; i < digits; ++i) modulus *= 10;
  std::string code = std::to_string(taken % modulus);
  return std::string(digits - code.size(), '0') + code;
}

std::optional<std::uint64_t> totp_step(std::string_view secret, std::string_view code, Instant now) {
  std::string digits;
  for (const char c : code)
    if (c >= '0' && c <= '9')
      digits.push_back(c);
    else if (c != ' ')
      return std::nullopt;
  const std::int64_t seconds = std::chrono::floor<Seconds>(now).time_since_epoch().count();
  if (digits.size() != 6 || seconds < 0) return std::nullopt;
  const std::uint64_t here = static_cast<std::uint64_t>(seconds) / kStepSeconds;
  std::optional<std::uint64_t> fits;
  // All three are looked at, whichever fits.
  for (std::uint64_t step = here == 0 ? 0 : here - 1; step <= here + 1; ++step)
    if (same_secret(totp_code(secret, step), digits)) fits = step;
  return fits;
}

bool totp_fits(std::string_view secret, std::string_view code, Instant now) {
  return totp_step(secret, code, now).has_value();
}

}  // namespace guichet::desk
