#include <guichet/ledger/sqlite_tables.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace guichet::ledger {
namespace {

constexpr std::int64_t kNoInstant = std::numeric_limits<std::int64_t>::min();
constexpr std::uint8_t kNoValue = 0xFF;

/// Visits every member of a state in the order of the format.
template <class State, class Visit>
void each_member(State& s, const Visit& visit) {
  for (auto& due : s.due) visit(due);
  visit(s.version.value);
  visit(s.seller_version.value);
  visit(s.owner.value);
  visit(s.other_person.value);
  visit(s.decider.value);
  visit(s.adverse_not_before);
  visit(s.procedure.value);
  visit(s.seller_open);
  visit(s.seller_answered);
  visit(s.desk_open);
  visit(s.phase_bits);
  visit(s.level_bits);
  visit(s.flags);
  visit(s.reminded);
  visit(s.hand_offs);
  visit(s.matter_bits);
}

/// Visits the numbers of a row that stand in it as they are, after its state.
template <class Row, class Visit>
void each_number(Row& row, const Visit& visit) {
  visit(row.case_id.value);
  visit(row.account.value);
  visit(row.opener.value);
  visit(row.amount_cents);
  visit(row.messages);
  visit(row.notes);
  visit(row.offers);
  visit(row.restrictions);
  visit(row.decisions);
  visit(row.escalations);
  visit(row.predecessor.value);
  visit(row.continues_in.value);
  visit(row.mediator.value);
}

/// … and its instants.
template <class Row, class Visit>
void each_instant(Row& row, const Visit& visit) {
  visit(row.opened);
  visit(row.changed);
  visit(row.next_tick);
  visit(row.desk_due);
  visit(row.seller_due);
  visit(row.last_offer);
  visit(row.desk_spoke);
  visit(row.seller_spoke);
}

template <class Whole>
void put(std::string& bytes, Whole value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFFU);
}

template <class Whole>
void take(std::string_view& bytes, Whole& value) {
  std::uint64_t whole = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    whole |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  value = static_cast<Whole>(whole);
  bytes.remove_prefix(sizeof value);
}

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }
std::int64_t ms(const std::optional<Instant>& at) { return at ? ms(*at) : kNoInstant; }
void set(Instant& at, std::int64_t value) { at = Instant{Duration{value}}; }
void set(std::optional<Instant>& at, std::int64_t value) {
  at = value == kNoInstant ? std::nullopt : std::optional{Instant{Duration{value}}};
}
std::optional<std::uint8_t> value_or_none(std::uint8_t byte) {
  return byte == kNoValue ? std::nullopt : std::optional{byte};
}

/// 64 of the state, 13 numbers, 8 instants, three small values.
constexpr std::size_t kFactsBytes = 64 + 13 * 4 + 8 * 8 + 3;

std::optional<Instant> instant_or_none(const Rows& rows, int column) {
  return rows.is_null(column) ? std::nullopt : std::optional{rows.instant(column)};
}

}  // namespace

std::string packed(const ShelfRow& row) {
  std::string bytes;
  bytes.reserve(kFactsBytes + 4 * row.agents.size());
  each_member(row.state, [&](auto member) { put(bytes, member); });
  each_number(row, [&](std::uint32_t number) { put(bytes, number); });
  each_instant(row, [&](const auto& at) { put(bytes, ms(at)); });
  put(bytes, row.decided_as.value_or(kNoValue));
  put(bytes, row.closed_on.value_or(kNoValue));
  put(bytes, static_cast<std::uint8_t>(row.adverse_after ? 1 : 0));
  for (const ActorId agent : row.agents) put(bytes, agent.value);
  return bytes;
}

bool unpack(std::string_view facts, ShelfRow& row) {
  if (facts.size() < kFactsBytes) return false;
  each_member(row.state, [&](auto& member) { take(facts, member); });
  each_number(row, [&](std::uint32_t& number) { take(facts, number); });
  each_instant(row, [&](auto& at) {
    std::int64_t value = 0;
    take(facts, value);
    set(at, value);
  });
  std::array<std::uint8_t, 3> small{};
  for (std::uint8_t& value : small) take(facts, value);
  row.decided_as = value_or_none(small[0]);
  row.closed_on = value_or_none(small[1]);
  row.adverse_after = small[2] != 0;
  row.agents.resize(facts.size() / 4);
  for (ActorId& agent : row.agents) take(facts, agent.value);
  return true;
}

ShelfRow row_from(const Rows& rows) {
  ShelfRow row;
  // Too few bytes leave an empty row, which no check takes for the case's own.
  if (!unpack(rows.text(0), row)) return row;
  row.subject = rows.text(1);
  row.team = rows.text(2);
  return row;
}

ActRow act_from(const Rows& rows, CaseId case_id) {
  ActRow row;
  Act& act = row.act;
  act.case_id = case_id;
  act.number = rows.whole(0);
  act.recorded = rows.instant(1);
  act.person = rows.id<ActorId>(2);
  act.account = rows.id<AccountId>(3);
  act.channel = rows.small<Channel>(4);
  row.position = rows.whole(5);
  row.version = rows.id<Version>(6);
  row.events = rows.whole(7);
  if (rows.is_null(8)) return row;
  const std::int64_t what = rows.integer(8);
  act.command = Command{.at = rows.instant(9),
                        .case_id = case_id,
                        .actor = rows.id<ActorId>(10),
                        .text = rows.id<TextId>(11),
                        .detail = rows.small<std::uint32_t>(12),
                        .other = rows.small<std::uint32_t>(13),
                        .kind = static_cast<CommandKind>(what & 255),
                        .party = static_cast<Party>(what >> 8 & 255),
                        .aux = static_cast<std::uint8_t>(what >> 16 & 255),
                        .facts = static_cast<std::uint8_t>(what >> 24 & 255)};
  return row;
}

Event event_from(const Rows& rows, CaseId case_id) {
  const std::int64_t what = rows.integer(5);
  return Event{.at = rows.instant(1),
               .case_id = case_id,
               .actor = rows.id<ActorId>(2),
               .text = rows.id<TextId>(3),
               .detail = rows.small<std::uint32_t>(4),
               .version = rows.id<Version>(0),
               .kind = static_cast<EventKind>(what & 255),
               .party = static_cast<Party>(what >> 8 & 255),
               .clock = static_cast<Clock>(what >> 16 & 255),
               .aux = static_cast<std::uint8_t>(what >> 24 & 255)};
}

KeptEvent kept_event_from(const Rows& rows, CaseId case_id) {
  KeptEvent kept{.event = event_from(rows, case_id)};
  if (kept.event.text) kept.text_digest = array_from<32>(rows.blob(6));
  return kept;
}

Text text_from(const Rows& rows, CaseId case_id) {
  Text text;
  text.id = rows.id<TextId>(0);
  text.case_id = case_id;
  text.kind = rows.small<TextKind>(1);
  text.author = rows.id<ActorId>(2);
  text.name = rows.text(3);
  text.media_type = rows.text(4);
  text.body_bytes = rows.whole(5);
  text.digest = array_from<32>(rows.blob(6));
  text.sha256 = array_from<32>(rows.blob(7));
  text.erased = instant_or_none(rows, 8);
  text.name_digest = array_from<32>(rows.blob(9));
  text.body = rows.text(10);
  return text;
}

KeptHead head_from(const Rows& rows) {
  return {.number = rows.whole(0),
          .counts = {.keys = rows.whole(1),
                     .texts = rows.whole(2),
                     .acts = rows.whole(3),
                     .procedures = rows.whole(4),
                     .house = rows.whole(5),
                     .erasures = rows.whole(6)},
          .root = array_from<32>(rows.blob(7)),
          .at = rows.instant(8),
          .key = rows.whole(9),
          .signature = array_from<64>(rows.blob(10))};
}

Record record_from(const Rows& rows) {
  return Record{.kind = std::string{rows.text(0)},
                .key = std::string{rows.text(1)},
                .owner = rows.whole(2),
                .at = rows.instant_or_never(3),
                .body = std::string{rows.text(4)},
                .revision = rows.whole(5)};
}

}  // namespace guichet::ledger
