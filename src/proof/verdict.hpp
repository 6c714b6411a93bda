// What follows from a file somebody was given: what is proven, what is wrong, and what it leaves open. Needs no network
// and no ledger; checking signatures comes in as a function. Sentences are keys of po/verify.*.po with their values.
#pragma once

#include <cstdint>
#include <optional>
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

/// An authority said of the head over so many entries that it existed then.
struct Stamp {
  Hash log{};
  std::uint64_t size{};
  Instant at{};
  std::string authority;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

struct Verdict {
  enum class Kind : std::uint8_t { unknown, head, growth, receipt, dossier, ledger };
  Kind kind{};
  std::vector<Said> wrong;   // empty: nothing contradicts anything
  std::vector<Said> proven;  // said only of what holds
  std::vector<Said> not_proven;
  bool list_signed = true;  // false: a dossier that nobody signed as a whole, for it has no list of its files
  // For comparing; only what holds.
  std::vector<SignedHead> heads;
  std::vector<Growth> growths;
  std::vector<ProvenLeaf> leaves;
  std::vector<Hash> logs;  // of which ledger each of the leaves is
  std::vector<Stamp> stamps;
  /// Whole, and as it was signed.
  bool sound() const { return wrong.empty() && list_signed; }
};
/// The sentence that is said first: "verify.sound.receipt" …
std::string_view headline_of(const Verdict& verdict);
/// "receipt" …
std::string_view name_of(Verdict::Kind kind);

/// A proof, and the line of the file where it begins.
struct Placed {
  std::size_t line{};
  Verdict verdict;
};
/// Of a ZIP; who reads it knows no proofs.
using VerdictOnZip = std::function<Verdict(std::string_view bytes)>;
/// The heads, growths and receipts of a text or of a mail, and the dossiers that a mail carries, each with its verdict.
/// When there is none, one verdict of unknown kind, which says what the file seems to be.
std::vector<Placed> check_texts(std::string_view text, const Verify& verify, const VerdictOnZip& on_zip = {});
/// All of them as one: what two of them say of the same entries and heads must agree.
Verdict together(std::span<const Placed> all);
Verdict check_text(std::string_view text, const Verify& verify);
/// Whether a file is to be read as a ZIP: one, or what is left of a dossier.
bool like_a_zip(std::string_view bytes);
/// Of a file that cannot be read as a ZIP, and why: a changed dossier, or none at all.
Verdict no_zip(std::string_view bytes, const Error& why);
/// The files of a dossier, in its order.
Verdict check_dossier(std::span<const Entry> entries, const Verify& verify);

/// What two files say of one history. A ledger can say which root it had at any size, and has every node of its tree;
/// others have not.
using RootAt = std::function<Result<Hash>(std::uint64_t size)>;
struct Side {
  const Verdict* verdict = nullptr;
  RootAt root_at = {};  // of a ledger, otherwise empty
  NodeAt node_at = {};  // the same
};
struct Comparison {
  enum class Kind : std::uint8_t { consistent, fork, unknown };
  Kind kind{};
  std::vector<Said> said;  // why, and what would be needed
};
/// Two histories in one file: an entry or a head that is told in two ways; nothing when there are none.
std::optional<Said> contradiction_within(const Verdict& verdict);
/// `growths` are from other files.
Comparison compare(const Side& a, const Side& b, std::span<const Growth> growths);

}  // namespace guichet::proof
