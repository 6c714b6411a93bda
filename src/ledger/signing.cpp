#include <guichet/ledger/signing.hpp>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <guichet/base/check.hpp>

namespace guichet::ledger {
namespace {

constexpr std::string_view kFirst = "guichet key 1\nseed ";
constexpr std::size_t kFileBytes = kFirst.size() + 64 + 1;

void begin() {
  GUICHET_CHECK(sodium_init() >= 0, "libsodium finds a source of chance on every system that we build for");
}

template <class Bytes>
auto* raw(Bytes& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
template <class Bytes>
const unsigned char* raw_of(const Bytes& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Error cannot(const std::string& path, const std::string& what, int why, const std::string& remedy) {
  return Error{why == ENOENT ? Fault::not_found : Fault::storage,
               path + ": the signing key cannot be " + what + " (" + std::strerror(why) + "); " + remedy};
}

Outcome write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) return Error{Fault::storage, std::strerror(errno)};
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return Error{Fault::storage, std::strerror(errno)};
  return Done{};
}

}  // namespace

SigningKey::SigningKey(const std::array<std::byte, 32>& seed) : seed_(seed) {
  static_assert(std::tuple_size_v<decltype(seed_)> == crypto_sign_SEEDBYTES);
  static_assert(std::tuple_size_v<decltype(secret_)> == crypto_sign_SECRETKEYBYTES);
  static_assert(std::tuple_size_v<proof::PublicKey> == crypto_sign_PUBLICKEYBYTES);
  crypto_sign_seed_keypair(raw(public_), raw(secret_), raw_of(seed_));
}

SigningKey SigningKey::drawn() {
  begin();
  std::array<std::byte, 32> seed;
  randombytes_buf(seed.data(), seed.size());
  return SigningKey(seed);
}

Result<SigningKey> SigningKey::read(const std::string& path) {
  begin();
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot(path, "read", errno, "give this user the right to read it, or do without");
  struct stat about{};
  std::array<char, kFileBytes + 1> bytes{};
  const bool looked = ::fstat(file, &about) == 0;
  const ssize_t count = ::read(file, bytes.data(), bytes.size());
  ::close(file);
  if (looked && !S_ISREG(about.st_mode))
    return Error{Fault::unreadable, path + ": this is no file, but the ledger's signing key has to be; move it away"};
  if (looked && (about.st_mode & 077U) != 0)
    return Error{Fault::unreadable, path +
                                        ": others may read this key, so that they could sign in this desk's name; "
                                        "run \"chmod 600\" on it"};
  const std::string_view text{bytes.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
  std::array<std::byte, 32> seed;
  const bool whole = text.size() == kFileBytes && text.starts_with(kFirst) && text.ends_with('\n') &&
                     from_hex(text.substr(kFirst.size(), 64), seed);
  if (!whole)
    return Error{Fault::unreadable, path +
                                        ": this is no signing key of a ledger; put a copy of the key back, or move "
                                        "the file away"};
  return SigningKey(seed);
}

Result<SigningKey> SigningKey::read_or_make(const std::string& path) {
  Result<SigningKey> there = read(path);
  if (there || there.error().fault != Fault::not_found) return there;
  const SigningKey key = drawn();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return cannot(path, "written", errno, "give this user the right to write to the ledger's folder");
  const Outcome written = write_all(file, std::string{kFirst} + hex(key.seed_) + "\n");
  ::close(file);
  if (written) return key;
  ::unlink(path.c_str());
  return Error{Fault::storage, path + ": the signing key cannot be written (" + written.error().detail +
                                   "); make room in the ledger's folder"};
}

proof::Signature SigningKey::sign(std::string_view bytes) const {
  proof::Signature signature;
  crypto_sign_detached(raw(signature), nullptr, raw_of(bytes), bytes.size(), raw_of(secret_));
  return signature;
}

bool signed_by(const proof::PublicKey& key, std::string_view bytes, const proof::Signature& signature) {
  begin();
  return crypto_sign_verify_detached(raw_of(signature), raw_of(bytes), bytes.size(), raw_of(key)) == 0;
}

}  // namespace guichet::ledger
