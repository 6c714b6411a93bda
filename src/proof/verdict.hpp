// What follows from a file somebody was given: what is proven, what is wrong, and what it leaves open. Needs no network
// and no ledger; checking signatures comes in as a function. Sentences are keys of po/verify.*.po with their values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/proof/manifest.hpp>
#include <guichet/proof/receipt.hpp>

namespace guichet::proof {

/// A sentence by its key, and what is filled in.
struct Said {
  std::string key;
  std::vector<std::pair<std::string, std::string>> of;
  friend bool operator==(const Said&, const Said&) = default;
};

struct Verdict {
  enum class Kind : std::uint8_t { unknown, head, growth, receipt, dossier, ledger };
  Kind kind{};
  std::vector<Said> wrong;   // empty: nothing contradicts anything
  std::vector<Said> proven;  // said only of what holds
  std::vector<Said> not_proven;
  // For comparing; only what holds.
  std::vector<SignedHead> heads;
  std::vector<Growth> growths;
  std::vector<ProvenLeaf> leaves;
  bool sound() const { return wrong.empty(); }
};
/// "receipt" …
std::string_view name_of(Verdict::Kind kind);

/// A head, a growth or a receipt, told apart by its first line.
Verdict check_text(std::string_view text, const Verify& verify);
/// The files of a dossier, in its order.
Verdict check_dossier(std::span<const Entry> entries, const Verify& verify);

/// What two files say of one history. A ledger can say which root it had at any size; others cannot.
using RootAt = std::function<Result<Hash>(std::uint64_t size)>;
struct Side {
  const Verdict* verdict = nullptr;
  RootAt root_at;  // of a ledger, otherwise empty
};
struct Comparison {
  enum class Kind : std::uint8_t { consistent, fork, unknown };
  Kind kind{};
  std::vector<Said> said;  // why, and what would be needed
};
/// `growths` are from other files.
Comparison compare(const Side& a, const Side& b, std::span<const Growth> growths);

}  // namespace guichet::proof
