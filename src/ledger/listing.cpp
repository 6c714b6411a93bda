#include <guichet/ledger/listing.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace guichet::ledger {
namespace {

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }

template <class Number>
bool read_whole(std::string_view text, Number& number) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size();
}

}  // namespace

ListKey key_of(CaseQuery::Order order, const ShelfRow& row) {
  switch (order) {
    case CaseQuery::Order::promise: return {ms(row.desk_due), row.case_id};
    case CaseQuery::Order::changed: return {ms(row.changed), row.case_id};
    case CaseQuery::Order::opened: return {ms(row.opened), row.case_id};
    case CaseQuery::Order::number: break;
  }
  return {0, row.case_id};
}

bool falls(const CaseQuery& query) { return (query.order != CaseQuery::Order::promise) != query.reversed; }

bool closed(const ShelfRow& row) { return row.state.phase() == Phase::closed; }

/// M7: neither a decision nor the seller's agreement. His own wish to close is one.
bool closed_without_decision(const ShelfRow& row) {
  const bool agreed = row.closed_on == static_cast<std::uint8_t>(Ground::agreement) ||
                      row.closed_on == static_cast<std::uint8_t>(Ground::seller_wish);
  return closed(row) && !agreed && !row.state.has(kHasDecision);
}

ActorId asked(const ShelfRow& row) { return row.state.hand_off_pending() ? row.state.other_person : ActorId{}; }

bool matches(const CaseQuery& query, const ShelfRow& row) {
  const CaseState& s = row.state;
  return (!query.account || row.account == *query.account) && (!query.owner || s.owner == *query.owner) &&
         (!query.asked || (asked(row) && asked(row) == *query.asked)) &&
         (!query.mediator || (row.mediator && row.mediator == *query.mediator)) &&
         (!query.team || row.team == *query.team) && (!query.matter || (s.procedure && s.matter() == *query.matter)) &&
         (query.phases >> static_cast<unsigned>(s.phase()) & 1U) != 0 && (!query.turn || s.turn() == *query.turn) &&
         row.agents.size() >= query.agents_min && (!query.hand_off_pending || s.hand_off_pending()) &&
         (!query.unread || s.has(kUnread)) && (!query.adverse_after || row.adverse_after) &&
         (!query.closed_without_decision || closed_without_decision(row)) && (!query.ran_out || s.has(kOverdue)) &&
         (!query.desk_due_before || row.desk_due < *query.desk_due_before);
}

Cursor cursor_at(ListKey key) { return std::to_string(key.at) + "." + std::to_string(key.case_id.value); }

Result<std::optional<ListKey>> key_after(const Cursor& cursor) {
  if (cursor.empty()) return std::optional<ListKey>{};
  ListKey key;
  const std::string_view text = cursor;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || !read_whole(text.substr(0, dot), key.at) ||
      !read_whole(text.substr(dot + 1), key.case_id.value))
    return Error{Fault::usage, "the place \"" + cursor + "\" is in no list; begin at its first page"};
  return std::optional{key};
}

std::size_t list_limit(std::size_t asked_for) { return std::clamp<std::size_t>(asked_for, 1, kListMax); }

}  // namespace guichet::ledger
