// What takes a pass over the whole ledger - figures, measures, the check - done on a thread of its own, one after the
// other, and remembered until the ledger has gone on. Knows no page.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/desk/changes.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/expected.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/desk/yearly.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// What is known of a count, and whether a newer one is being made.
template <class T>
struct Recount {
  std::shared_ptr<const T> last;  // null: never made yet
  Instant counted{};              // when `last` was made
  bool running = false;
  std::uint64_t done{}, all{};  // cases, while it runs
  std::string fault;            // why the last try failed; empty: it did not
  bool is_old = true;           // there is none, or the ledger has gone on since for more than a little
};

/// Which count is waited for: any that there is, or one that is not old.
enum class CountAge : std::uint8_t { any, good };

/// The last check of the ledger, as it is kept in the record "ledger_check", key "last".
struct LedgerChecked {
  Instant at{};
  std::uint64_t position{};  // how far the ledger had come
  std::uint64_t faults{};
  std::vector<std::string> first;  // the first hundred of them
};
ledger::Record to_record(const LedgerChecked& checked);
Result<LedgerChecked> ledger_checked_from(const ledger::Record& record);

/// Safe from any thread.
class Recounts {
 public:
  struct Parts {
    ledger::Ledger* ledger{};
    Clerk* clerk{};
    const Procedures* procedures{};
    const WallClock* clock{};
    Changes* changes{};  // told of each new forecast; may be null
  };
  static std::unique_ptr<Recounts> start(const Parts& parts);
  virtual ~Recounts() = default;

  // Each gives what is there and asks for a newer one when the ledger, now at `reach`, has gone on for more than a
  // little or a minute has passed since. When there is none yet, or only an old one where a good one is wanted, waits
  // for it, but no longer than `patience`.
  virtual Recount<YearlyFigures> figures(const ledger::Reach& reach, Duration patience, CountAge age) = 0;
  virtual Recount<MeasuredLedger> measures(const OpenedIn& period, const ledger::Reach& reach, Duration patience,
                                           CountAge age) = 0;
  Recount<YearlyFigures> figures(const ledger::Reach& reach, Duration patience) {
    return figures(reach, patience, CountAge::any);
  }
  Recount<MeasuredLedger> measures(const OpenedIn& period, const ledger::Reach& reach, Duration patience) {
    return measures(period, reach, patience, CountAge::any);
  }

  /// What to expect changes slowly: it is made anew when it is some minutes old, however far the ledger has gone on.
  virtual Recount<ExpectedLedger> expectations(Duration patience) = 0;

  /// Asks for a check of the ledger by `who`, unless one runs. Its result becomes a record and a note of the house.
  virtual void check(ActorId who) = 0;
  virtual bool checking() const = 0;

  /// Waits until nothing is being counted or checked.
  virtual void settle() = 0;
  /// Gives up what is being counted, and ends. What is asked later is never counted.
  virtual void stop() = 0;
};

}  // namespace guichet::desk
