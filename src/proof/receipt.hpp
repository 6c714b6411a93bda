// What a party keeps: leaves of a ledger, each with its way to one signed head, as a small text that survives a mail.
// Knows no ledger and nothing of what was written beside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/proof/head.hpp>

namespace guichet::proof {

/// A leaf and its way to the root.
struct ProvenLeaf {
  std::uint64_t index{};  // from 0
  std::string bytes;      // canonical; empty when only the hash is told
  Hash hash{};            // leaf_hash of the bytes
  std::vector<Hash> path;
  friend bool operator==(const ProvenLeaf&, const ProvenLeaf&) = default;
};

/// Of one step of a case, or of a whole case in a dossier.
struct Receipt {
  std::vector<ProvenLeaf> leaves;  // by index, rising
  SignedHead head;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// Lines of at most 72 signs, from "guichet receipt 1" to "end receipt".
std::string print_receipt(const Receipt& receipt);
/// Reads the first receipt that stands in a text: before and after it may be other words, and blanks or a mail's "> "
/// before each of its lines. Between its first and its last line, nothing may differ from what print_receipt writes.
Result<Receipt> read_receipt(std::string_view text);

}  // namespace guichet::proof
