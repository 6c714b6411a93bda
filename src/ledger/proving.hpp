// Proofs out of a ledger: its signed head, receipts of steps and of whole cases, that it grew out of what it was; and
// whether its tree and heads are over the rows that stand there. The same for every ledger, through its reader.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/proof/receipt.hpp>

namespace guichet::ledger {

/// The newest; nothing when nothing was written yet.
Result<std::optional<proof::SignedHead>> newest_head(Reader& reader);

/// The rows that count, in the order in which those of one batch have their leaves.
enum class Counted : std::uint8_t { key, text, act, procedure, house, erasure };
/// The place of a row's leaf among all, from 0, by the row's number. Fault::not_found when no head is over it.
Result<std::uint64_t> leaf_index(Reader& reader, Counted row, std::uint64_t number);

/// What a party keeps of one act, under the newest head. Fault::not_found when there is no such act.
Result<proof::Receipt> receipt_of_act(Reader& reader, std::uint64_t act);

/// What of a case may be shown to whom a receipt is for.
struct Shown {
  std::function<bool(const Act&, std::span<const KeptEvent>)> act;  // all acts when empty
  std::function<bool(const Text&)> text;                            // all texts when empty
};
/// All leaves of a case under the newest head: its acts, its texts and their erasures, and every key of the ledger. Of
/// what is not shown, the hash and the way to the root alone.
Result<proof::Receipt> receipt_of_case(Reader& reader, const CaseFile& file, const Shown& shown);

/// That the ledger goes on the one that had `before` leaves. Fault::usage when it never had so many, or none.
Result<proof::Growth> growth_since(Reader& reader, std::uint64_t before);
/// The root over the first `size` leaves. Fault::usage when it has fewer.
Result<proof::Hash> root_at(Reader& reader, std::uint64_t size);

/// Makes every leaf, node and root again from the rows and compares them with what is kept, and verifies every
/// signature. One line for each thing that is wrong. Inside a moment of the caller's.
Outcome check_proof(Reader& reader, const std::function<void(const std::string&)>& say);

}  // namespace guichet::ledger
