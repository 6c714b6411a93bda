// Wakes the clerk when a clock of a case falls due. The due instants are the ledger's, so that no restart, clock step
// or sleep of the machine loses one, and the rules see to it that none fires twice.
#pragma once

#include <cstdint>
#include <memory>

#include <guichet/desk/clerk.hpp>
#include <guichet/desk/wall_clock.hpp>

namespace guichet::desk {

class Timekeeper {
 public:
  /// Starts a thread that looks at least every few seconds.
  static Result<std::unique_ptr<Timekeeper>> start(ledger::Ledger& ledger, Clerk& clerk, const WallClock& clock,
                                                   const Procedures& procedures);
  virtual ~Timekeeper() = default;
  /// Time was moved: look now.
  virtual void look() = 0;
  /// A case now has its next clock at this instant: looks earlier than planned when that is earlier.
  virtual void expect(Instant at) = 0;
  virtual std::uint64_t rung() const = 0;
  virtual void stop() = 0;
};

/// Brings living cases whose own rules say so under the procedure in force at `now`, and returns how many there were.
Result<std::uint64_t> bring_under_new_rules(ledger::Reader& reader, Clerk& clerk, const Procedures& procedures,
                                            Instant now);

/// Rings everything that is due at the clock's now, and returns how many ticks were sent: one look, without a thread.
Result<std::uint64_t> ring_what_is_due(ledger::Reader& reader, Clerk& clerk, const Procedures& procedures, Instant now);

}  // namespace guichet::desk
