// The catalogue of measures over a whole ledger, by the same code as over any log: what `guichet measure` prints of a
// ledger and what the auditor's page shows. Knows no page.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/measures/findings.hpp>
#include <guichet/measures/from_events.hpp>

namespace guichet::desk {

/// Cases that were opened in it: from `from`, before `until`.
struct OpenedIn {
  Instant from = Instant::min(), until = kNever;
  bool has(Instant at) const { return from <= at && at < until; }
  friend auto operator<=>(const OpenedIn&, const OpenedIn&) = default;
};

/// How far a pass over the cases has come; false stops it. May be empty.
using PassProgress = std::function<bool(std::uint64_t done, std::uint64_t all)>;

/// The cases of a ledger as histories, one after the other: names are those of the procedures, and imported moments
/// are given as their log had them.
class CasesAsHistories {
 public:
  /// `texts` is a reader of its own, for what was kept beside imported events.
  CasesAsHistories(const Procedures& procedures, ledger::Reader& texts);

  /// Valid until the next call.
  CaseHistory of(const ledger::ShelfRow& row, std::span<const Event> events);
  const Vocabulary& names() const { return histories_.names(); }
  /// A case that came from another system and has not been handled here since.
  static bool imported(const ledger::ShelfRow& row) { return !row.state.procedure; }

 private:
  const measures::Logged* logged(TextId text);

  ledger::Reader& texts_;
  bool look_for_labels_ = false;
  std::map<std::uint32_t, measures::Logged> labels_;  // those that many events share
  measures::Logged label_;
  measures::EventHistories histories_;
};

/// What passes over a ledger have in common: `visit` is given each case as it is on the shelf, its events and its
/// history. Fault::conflict when `progress` stopped it.
Outcome pass_over(ledger::Ledger& ledger, const Procedures& procedures, const PassProgress& progress,
                  const std::function<void(const ledger::ShelfRow&, std::span<const Event>, const CaseHistory&)>& visit,
                  Vocabulary& names);

struct MeasuredLedger {
  measures::Findings findings;
  dossier::ReportSource source;
  ledger::Reach reach;  // how far the ledger had come when the pass began
};

/// Measures the cases opened in `period`. `name` is what the ledger is called in the report, `command` what computes
/// the same again.
Result<MeasuredLedger> measure_ledger(ledger::Ledger& ledger, const Procedures& procedures, const OpenedIn& period,
                                      std::string name, std::string command, const PassProgress& progress);

}  // namespace guichet::desk
