// The columns of the shelf beside its facts: what lists filter and order by, and what each is in a row. Written by the
// writer, and looked at by the check.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>

#include <guichet/ledger/listing.hpp>
#include <guichet/ledger/shelf.hpp>

namespace guichet::ledger {

struct ShelfColumn {
  const char* column;
  std::int64_t (*value)(const ShelfRow&);
};

/// Those that stand in an index.
inline constexpr std::array kIndexed{
    ShelfColumn{"account", [](const ShelfRow& row) { return std::int64_t{row.account.value}; }},
    ShelfColumn{"opened", [](const ShelfRow& row) { return std::int64_t{row.opened.time_since_epoch().count()}; }},
    ShelfColumn{"changed", [](const ShelfRow& row) { return std::int64_t{row.changed.time_since_epoch().count()}; }},
    ShelfColumn{"desk_due", [](const ShelfRow& row) { return std::int64_t{row.desk_due.time_since_epoch().count()}; }},
    ShelfColumn{"mediator", [](const ShelfRow& row) { return std::int64_t{row.mediator.value}; }},
    ShelfColumn{"adverse", [](const ShelfRow& row) { return std::int64_t{row.adverse_after}; }},
    ShelfColumn{"closed", [](const ShelfRow& row) { return std::int64_t{closed(row)}; }},
    ShelfColumn{"owner", [](const ShelfRow& row) { return std::int64_t{row.state.owner.value}; }},
    ShelfColumn{"asked", [](const ShelfRow& row) { return std::int64_t{asked(row).value}; }},
    ShelfColumn{"undecided", [](const ShelfRow& row) { return std::int64_t{closed_without_decision(row)}; }},
    ShelfColumn{"agent_count", [](const ShelfRow& row) { return std::int64_t{std::ssize(row.agents)}; }},
    ShelfColumn{"phase",
                [](const ShelfRow& row) { return std::int64_t{1} << static_cast<unsigned>(row.state.phase()); }},
    ShelfColumn{"matter", [](const ShelfRow& row) { return std::int64_t{row.state.matter()}; }},
    ShelfColumn{"ran_out", [](const ShelfRow& row) { return std::int64_t{row.state.has(kOverdue)}; }},
};

/// Those that stand in none, or change with nearly every act and stand in one for a rare value only.
inline constexpr std::array kNotIndexed{
    ShelfColumn{"turn", [](const ShelfRow& row) { return static_cast<std::int64_t>(row.state.turn()); }},
    ShelfColumn{"unread", [](const ShelfRow& row) { return std::int64_t{row.state.has(kUnread)}; }},
};

}  // namespace guichet::ledger
