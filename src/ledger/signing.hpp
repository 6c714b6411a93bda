// The key by which a ledger's heads are signed (Ed25519), and the file in which it lives: beside the ledger and never
// in it, so that a ledger may be handed to somebody else.
#pragma once

#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/proof/head.hpp>

namespace guichet::ledger {

class SigningKey {
 public:
  /// Drawn by the system's own source of chance.
  static SigningKey drawn();
  /// Fault::not_found when there is no such file; Fault::unreadable when others may read it or it is no key.
  static Result<SigningKey> read(const std::string& path);
  /// The key of the file; a new one in a new file when there is none.
  static Result<SigningKey> read_or_make(const std::string& path);

  const proof::PublicKey& public_key() const { return public_; }
  proof::Signature sign(std::string_view bytes) const;

 private:
  SigningKey() = default;
  explicit SigningKey(const std::array<std::byte, 32>& seed);
  std::array<std::byte, 32> seed_{};
  std::array<std::byte, 64> secret_{};
  proof::PublicKey public_{};
};

/// Whether `signature` was made over `bytes` by who has the key.
bool signed_by(const proof::PublicKey& key, std::string_view bytes, const proof::Signature& signature);

}  // namespace guichet::ledger
