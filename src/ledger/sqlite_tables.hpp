// Rows of the tables and what they mean, in both directions; see migrations/ and docs/ledger-format.md.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/sqlite_connection.hpp>

namespace guichet::ledger {

/// What the shelf keeps of a row that is no text, as bytes: its members in the order of the format, little-endian.
std::string packed(const ShelfRow& row);
/// Puts them into `row`; false when they are too few.
bool unpack(std::string_view facts, ShelfRow& row);

// What is read from each table, and from a row of that.
inline constexpr const char* kRowColumns = "facts, subject, team";
ShelfRow row_from(const Rows& rows);

/// Four small values in one whole number, the first in its lowest bits.
constexpr std::int64_t together(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return std::int64_t{a} | std::int64_t{b} << 8 | std::int64_t{c} << 16 | std::int64_t{d} << 24;
}

inline constexpr const char* kActColumns =
    "number, recorded, person, account, channel, position, version, events, what, at, actor, text, detail, other";
/// An act, and which events it caused.
struct ActRow {
  Act act;
  std::uint64_t position{};
  Version version;
  std::uint64_t events{};
};
ActRow act_from(const Rows& rows, CaseId case_id);

inline constexpr const char* kEventColumns = "version, at, actor, text, detail, what, digest";
/// The digest need not be asked for. Position and act are the caller's to fill in: the act knows both.
Event event_from(const Rows& rows, CaseId case_id);
KeptEvent kept_event_from(const Rows& rows, CaseId case_id);

/// All but the case and the body, which is for the caller to choose: "body", "NULL" …; it comes last.
inline constexpr const char* kTextColumns =
    "id, kind, author, name, media_type, bytes, digest, sha256, erased, name_digest, ";
Text text_from(const Rows& rows, CaseId case_id);

inline constexpr const char* kHeadColumns =
    "number, keys, texts, acts, procedures, house, erasures, root, at, key, signature";
KeptHead head_from(const Rows& rows);

inline constexpr const char* kRecordColumns = "kind, key, owner, at, body, revision";
Record record_from(const Rows& rows);

template <std::size_t size>
std::array<std::byte, size> array_from(std::span<const std::byte> bytes) {
  std::array<std::byte, size> array{};
  if (bytes.size() == size) std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

}  // namespace guichet::ledger
