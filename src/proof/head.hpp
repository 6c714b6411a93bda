// The signed head of a ledger: how many leaves it has and what is the root over them, at which instant, by which key.
// One text, whose first lines are the bytes that are signed. Signing and checking come in as functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/proof/leaf.hpp>

namespace guichet::proof {

struct Head {
  Hash log{};  // of the ledger's first leaf, by which ledgers are told apart
  std::uint64_t size{};
  Hash root{};
  Instant at{};
  PublicKey key{};
  friend bool operator==(const Head&, const Head&) = default;
};

struct SignedHead {
  Head head;
  Signature signature{};
  friend bool operator==(const SignedHead&, const SignedHead&) = default;
};

/// Ed25519 (RFC 8032), by whoever has it.
using Sign = std::function<Signature(std::string_view bytes)>;
using Verify = std::function<bool(const PublicKey& key, std::string_view bytes, const Signature& signature)>;

/// The lines that are signed, from "guichet head 1" to that of the key.
std::string signed_bytes(const Head& head);
SignedHead sign(const Head& head, const Sign& sign);
bool verified(const SignedHead& head, const Verify& verify);

/// The lines that are signed and two of the signature.
std::string print_head(const SignedHead& head);
/// Reads what print_head writes and nothing else.
Result<SignedHead> read_head(std::string_view text);

/// That a ledger with the head `head` begins as the one did that had `before` leaves.
struct Growth {
  std::uint64_t before{};
  Hash root_before{};
  std::vector<Hash> path;
  SignedHead head;
  friend bool operator==(const Growth&, const Growth&) = default;
};
std::string print_growth(const Growth& growth);
Result<Growth> read_growth(std::string_view text);

}  // namespace guichet::proof
