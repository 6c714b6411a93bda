// How lists of cases are filtered and ordered, and where they go on: what every ledger must do the same way.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include <guichet/base/result.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::ledger {

/// A case's place in an order; no two cases have the same.
struct ListKey {
  std::int64_t at{};  // milliseconds, or zero where the number alone counts
  CaseId case_id;
  friend auto operator<=>(const ListKey&, const ListKey&) = default;
};

ListKey key_of(CaseQuery::Order order, const ShelfRow& row);
/// Whether greater keys come first.
bool falls(const CaseQuery& query);

bool closed(const ShelfRow& row);
bool closed_without_decision(const ShelfRow& row);
/// The person whom a hand-off waits for; zero when none waits.
ActorId asked(const ShelfRow& row);
bool matches(const CaseQuery& query, const ShelfRow& row);

Cursor cursor_at(ListKey key);
/// Nothing for an empty cursor; Fault::usage for one that is not ours.
Result<std::optional<ListKey>> key_after(const Cursor& cursor);

/// A limit that a caller asked for, between one and kListMax.
std::size_t list_limit(std::size_t asked_for);

}  // namespace guichet::ledger
