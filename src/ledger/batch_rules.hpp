// What must hold of a batch before anything of it is written, in every ledger. Knows no file.
#pragma once

#include <functional>
#include <optional>

#include <guichet/base/result.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::ledger {

/// What a ledger has of what a batch speaks of.
struct KeptSoFar {
  Reach reach;
  /// The last version of a case; zero when there is none.
  std::function<Result<Version>(CaseId)> version_of;
  /// The case of a text that is kept: zero for a label that cases share; nothing when there is no such text.
  std::function<Result<std::optional<CaseId>>(TextId)> case_of_text;
};

/// Fault::conflict, with what does not follow on what.
Outcome fits(const Batch& batch, const KeptSoFar& kept);

/// Whether a change may be made to the record that stands there, if any.
Outcome may_change(const RecordChange& change, std::optional<std::uint64_t> revision);

}  // namespace guichet::ledger
