#include <guichet/measures/from_events.hpp>

#include <bit>

#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>

namespace guichet::measures {
namespace {

constexpr std::uint32_t kTurns = 4;
constexpr std::uint32_t kPhases = 6;
constexpr std::uint32_t kLevelBits = 16;

/// Decisions are told apart by their outcome, after all kinds.
std::uint32_t activity_of(const Event& event) {
  return event.kind == EventKind::decided ? static_cast<std::uint32_t>(kEventKinds) + event.aux
                                          : static_cast<std::uint32_t>(event.kind);
}

std::uint32_t status_of(const CaseState& state) {
  return static_cast<std::uint32_t>(state.phase()) * kTurns + static_cast<std::uint32_t>(state.turn()) + 1;
}

/// What Moment::words means for this kind: words, questions or cents.
std::uint32_t words_of(const Event& event) {
  if (event.kind == EventKind::message_sent || event.kind == EventKind::note_made) return event.detail;
  if (event.kind >= EventKind::question_asked && event.kind <= EventKind::question_disputed)
    return static_cast<std::uint32_t>(std::popcount(event.detail));
  // Hours are noted in minutes, which have no price here.
  if (event.kind == EventKind::cost_noted && event.aux != static_cast<std::uint8_t>(CostKind::hours))
    return event.detail;
  return 0;
}

}  // namespace

Vocabulary event_vocabulary(ActorId actors) {
  Vocabulary names;
  for (std::size_t kind = 1; kind < kEventKinds; ++kind)
    names.activities.emplace_back(name(static_cast<EventKind>(kind)));
  for (const std::string_view outcome : spellings<Decided>())
    names.activities.push_back("decided " + std::string{outcome});
  for (std::uint32_t phase = 0; phase < kPhases; ++phase)
    for (std::uint32_t turn = 0; turn < kTurns; ++turn)
      names.statuses.push_back(std::string{name(static_cast<Phase>(phase))} + ", " +
                               std::string{name(static_cast<Turn>(turn))});
  for (std::uint32_t actor = 1; actor <= actors.value; ++actor) names.persons.push_back(std::to_string(actor));
  names.sellers = names.persons;
  for (std::uint32_t level = 0; level < kLevelBits; ++level) names.teams.push_back("level " + std::to_string(level));
  for (std::uint32_t matter = 0; matter < 32; ++matter) names.matters.push_back("matter " + std::to_string(matter));
  return names;
}

CaseHistory history_of(std::span<const Event> events, std::vector<Moment>& room) {
  room.clear();
  CaseHistory history;
  CaseState state;
  for (const Event& event : events) {
    evolve_in_place(state, event);
    Moment moment;
    moment.at = event.at;
    moment.activity = activity_of(event);
    moment.status = status_of(state);
    moment.person = event.actor.value;
    moment.team = event.party == Party::desk ? state.level() + 1U : 0U;
    moment.words = words_of(event);
    moment.kind = event.kind;
    moment.party = event.party;
    moment.turn = state.turn();
    if (!event.actor) moment.flags |= kMomentSystem;
    if (event.kind == EventKind::message_sent) moment.flags |= kMomentPublic;
    room.push_back(moment);
    if (event.kind == EventKind::opened) {
      history.facts.seller = event.actor.value;
      history.facts.matter = state.matter() + 1U;
      history.facts.amount_cents = event.detail;
    }
    if (event.kind == EventKind::restarted) history.facts.predecessor = CaseId{event.detail};
  }
  history.moments = room;
  return history;
}

}  // namespace guichet::measures
