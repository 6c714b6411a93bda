#include <guichet/ledger/sqlite_tables.hpp>

#include <algorithm>
#include <charconv>
#include <type_traits>

namespace guichet::ledger {
namespace {

/// Visits every member in the order of the format.
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

std::optional<Instant> instant_or_none(const Rows& rows, int column) {
  return rows.is_null(column) ? std::nullopt : std::optional{rows.instant(column)};
}

std::optional<std::uint8_t> small_or_none(const Rows& rows, int column) {
  return rows.is_null(column) ? std::nullopt : std::optional{rows.small<std::uint8_t>(column)};
}

}  // namespace

StateBytes packed(const CaseState& state) {
  StateBytes bytes{};
  std::size_t place = 0;
  each_member(state, [&](auto member) {
    for (std::size_t i = 0; i < sizeof member; ++i)
      bytes[place++] = static_cast<std::byte>(static_cast<std::uint64_t>(member) >> (8 * i));
  });
  return bytes;
}

CaseState unpacked(std::span<const std::byte> bytes) {
  CaseState state;
  if (bytes.size() != sizeof(StateBytes)) return state;
  std::size_t place = 0;
  each_member(state, [&](auto& member) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof member; ++i) value |= std::to_integer<std::uint64_t>(bytes[place++]) << (8 * i);
    member = static_cast<std::remove_reference_t<decltype(member)>>(value);
  });
  return state;
}

std::string agents_as_text(const std::vector<ActorId>& agents) {
  std::string text;
  for (const ActorId agent : agents) text += (text.empty() ? "" : " ") + std::to_string(agent.value);
  return text;
}

std::vector<ActorId> agents_from(std::string_view text) {
  std::vector<ActorId> agents;
  while (!text.empty()) {
    ActorId agent;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), agent.value);
    if (fault != std::errc{}) break;
    agents.push_back(agent);
    const auto used = static_cast<std::size_t>(end - text.data());
    text.remove_prefix(std::min(used + 1, text.size()));
  }
  return agents;
}

ShelfRow row_from(const Rows& rows) {
  ShelfRow row;
  row.case_id = rows.id<CaseId>(0);
  row.account = rows.id<AccountId>(1);
  row.opener = rows.id<ActorId>(2);
  row.state = unpacked(rows.blob(3));
  row.subject = rows.text(4);
  row.team = rows.text(5);
  row.opened = rows.instant(6);
  row.changed = rows.instant(7);
  row.next_tick = rows.instant_or_never(8);
  row.desk_due = rows.instant(9);
  row.seller_due = rows.instant_or_never(10);
  row.desk_spoke = instant_or_none(rows, 11);
  row.seller_spoke = instant_or_none(rows, 12);
  row.amount_cents = rows.small<std::uint32_t>(13);
  row.messages = rows.small<std::uint32_t>(14);
  row.notes = rows.small<std::uint32_t>(15);
  row.offers = rows.small<std::uint32_t>(16);
  row.restrictions = rows.small<std::uint32_t>(17);
  row.decisions = rows.small<std::uint32_t>(18);
  row.escalations = rows.small<std::uint32_t>(19);
  row.agents = agents_from(rows.text(20));
  row.predecessor = rows.id<CaseId>(21);
  row.continues_in = rows.id<CaseId>(22);
  row.mediator = rows.id<ActorId>(23);
  row.decided_as = small_or_none(rows, 24);
  row.closed_on = small_or_none(rows, 25);
  row.last_offer = rows.instant_or_never(26);
  row.adverse_after = rows.integer(27) != 0;
  return row;
}

ActRow act_from(const Rows& rows) {
  ActRow row;
  Act& act = row.act;
  act.case_id = rows.id<CaseId>(0);
  act.number = rows.whole(1);
  act.recorded = rows.instant(2);
  act.person = rows.id<ActorId>(3);
  act.account = rows.id<AccountId>(4);
  act.channel = rows.small<Channel>(5);
  row.position = rows.whole(6);
  row.version = rows.id<Version>(7);
  row.events = rows.whole(8);
  if (rows.is_null(9)) return row;
  act.command = Command{.at = rows.instant(10),
                        .case_id = act.case_id,
                        .actor = rows.id<ActorId>(11),
                        .text = rows.id<TextId>(12),
                        .detail = rows.small<std::uint32_t>(13),
                        .other = rows.small<std::uint32_t>(14),
                        .kind = rows.small<CommandKind>(9),
                        .party = rows.small<Party>(15),
                        .aux = rows.small<std::uint8_t>(16),
                        .facts = rows.small<std::uint8_t>(17)};
  return row;
}

Event event_from(const Rows& rows) {
  return Event{.at = rows.instant(4),
               .case_id = rows.id<CaseId>(0),
               .actor = rows.id<ActorId>(5),
               .text = rows.id<TextId>(6),
               .detail = rows.small<std::uint32_t>(7),
               .version = rows.id<Version>(1),
               .kind = rows.small<EventKind>(8),
               .party = rows.small<Party>(9),
               .clock = rows.small<Clock>(10),
               .aux = rows.small<std::uint8_t>(11)};
}

KeptEvent kept_event_from(const Rows& rows) {
  KeptEvent kept{.position = rows.whole(2), .act = rows.whole(3), .event = event_from(rows)};
  if (kept.event.text) kept.text_digest = array_from<32>(rows.blob(12));
  return kept;
}

Text text_from(const Rows& rows) {
  Text text;
  text.id = rows.id<TextId>(0);
  text.case_id = rows.id<CaseId>(1);
  text.kind = rows.small<TextKind>(2);
  text.author = rows.id<ActorId>(3);
  text.name = rows.text(4);
  text.media_type = rows.text(5);
  text.body_bytes = rows.whole(6);
  text.digest = array_from<32>(rows.blob(7));
  text.sha256 = array_from<32>(rows.blob(8));
  text.erased = instant_or_none(rows, 9);
  text.body = rows.text(10);
  return text;
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
