// Rows of the tables and what they mean, in both directions; see migrations/ and docs/ledger-format.md.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/sqlite_connection.hpp>

namespace guichet::ledger {

using StateBytes = std::array<std::byte, 64>;

/// The state as the shelf keeps it: its members in the order of their declaration, little-endian.
StateBytes packed(const CaseState& state);
/// Nothing of `bytes` that is not 64 long.
CaseState unpacked(std::span<const std::byte> bytes);

/// "12 7", and back.
std::string agents_as_text(const std::vector<ActorId>& agents);
std::vector<ActorId> agents_from(std::string_view text);

// What is read from each table, and from a row of that.
inline constexpr const char* kRowColumns =
    "case_id, account, opener, state, subject, team, opened, changed, next_tick, desk_due, seller_due, desk_spoke, "
    "seller_spoke, amount, messages, notes, offers, restrictions, decisions, escalations, agents, predecessor, "
    "continues_in, mediator, decided_as, closed_on, last_offer, adverse";
ShelfRow row_from(const Rows& rows);

inline constexpr const char* kActColumns =
    "case_id, number, recorded, person, account, channel, position, version, events, command, at, actor, text, detail, "
    "other, party, aux, facts";
struct ActRow {
  Act act;
  std::uint64_t position{};
  Version version;
  std::uint64_t events{};
};
ActRow act_from(const Rows& rows);

inline constexpr const char* kEventColumns =
    "case_id, version, position, act, at, actor, text, detail, kind, party, clock, aux, digest";
/// Without the digest.
Event event_from(const Rows& rows);
KeptEvent kept_event_from(const Rows& rows);

/// All but the body, which is for the caller to choose: "body", "NULL" …; it comes last.
inline constexpr const char* kTextColumns =
    "id, case_id, kind, author, name, media_type, bytes, digest, sha256, erased, ";
Text text_from(const Rows& rows);

inline constexpr const char* kRecordColumns = "kind, key, owner, at, body, revision";
Record record_from(const Rows& rows);

template <std::size_t size>
std::array<std::byte, size> array_from(std::span<const std::byte> bytes) {
  std::array<std::byte, size> array{};
  if (bytes.size() == size) std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

}  // namespace guichet::ledger
