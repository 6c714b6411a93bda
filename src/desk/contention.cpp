#include <guichet/desk/contention.hpp>

#include <algorithm>

#include <guichet/core/evolve.hpp>

namespace guichet::desk {
namespace {

/// Begun days are counted whole, as the pauses of a case itself are.
std::uint16_t day_after(Instant at) {
  constexpr std::uint64_t kDay = 86'400;
  return static_cast<std::uint16_t>(
      std::min<std::uint64_t>((std::uint64_t{second_at_or_after(at)} + kDay - 1) / kDay, 0xFFFF));
}

void hear(Contended& contended, const Event& event) {
  const EventKind kind = event.kind;
  if (kind == EventKind::offer_made || kind == EventKind::offer_refused)
    contended.offer = std::max(contended.offer, day_after(event.at));
  if (kind == EventKind::appealed || (kind == EventKind::escalated && event.party == Party::seller))
    contended.appeal = std::max(contended.appeal, day_after(event.at));
}

}  // namespace

Contended contended_elsewhere(ledger::Reader& reader, ledger::AccountId account, CaseId case_id) {
  Contended contended;
  ledger::CaseQuery query;
  query.account = account;
  query.order = ledger::CaseQuery::Order::number;
  query.limit = ledger::kListMax;
  do {
    const auto listed = reader.cases(query);
    if (!listed) break;
    for (const ledger::ShelfRow& row : listed->rows) {
      if (row.case_id == case_id || row.last_offer == kNever) continue;
      const auto file = reader.case_file(row.case_id);
      if (!file || !*file) continue;
      for (const ledger::KeptEvent& kept : (*file)->events) hear(contended, kept.event);
    }
    query.after = listed->next;
  } while (!query.after.empty());
  return contended;
}

}  // namespace guichet::desk
