#include <guichet/ledger/shelf.hpp>

#include <algorithm>

namespace guichet::ledger {

Instant abandoned_at(const ShelfRow& row, const Procedure& rules) {
  const CaseState& state = row.state;
  // Imported history lives under no procedure: it is told as it was.
  if (!state.procedure || !rules.abandoned_after || state.has(kAbandoned) || !row.desk_spoke) return kNever;
  const bool closed_without_him = state.phase() == Phase::closed && row.closed_on &&
                                  (*row.closed_on == static_cast<std::uint8_t>(Ground::seller_silence) ||
                                   *row.closed_on == static_cast<std::uint8_t>(Ground::desk_alone));
  const bool waits_for_him = state.phase() == Phase::open && state.turn() == Turn::seller;
  if (!closed_without_him && !waits_for_him) return kNever;
  const Instant last = std::max(*row.desk_spoke, row.seller_spoke.value_or(row.opened));
  return last + Seconds{rules.abandoned_after.seconds};
}

}  // namespace guichet::ledger
