#include <guichet/measures/from_events.hpp>

#include <algorithm>
#include <bit>
#include <utility>

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

/// One event as a moment, under the numbers that `event_vocabulary` gives; `state` is the case afterwards.
Moment moment_of(const Event& event, const CaseState& state) {
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
  return moment;
}

void add_activities_and_statuses(Vocabulary& names) {
  for (std::size_t kind = 1; kind < kEventKinds; ++kind)
    names.activities.emplace_back(name(static_cast<EventKind>(kind)));
  for (const std::string_view outcome : spellings<Decided>())
    names.activities.push_back("decided " + std::string{outcome});
  for (std::uint32_t phase = 0; phase < kPhases; ++phase)
    for (std::uint32_t turn = 0; turn < kTurns; ++turn)
      names.statuses.push_back(std::string{name(static_cast<Phase>(phase))} + ", " +
                               std::string{name(static_cast<Turn>(turn))});
}

/// What a log calls its moments is somebody else's choice: beyond so many names the kind alone is told.
constexpr std::size_t kLabelsMax = 20'000;

}  // namespace

Vocabulary event_vocabulary(ActorId actors) {
  Vocabulary names;
  add_activities_and_statuses(names);
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
    room.push_back(moment_of(event, state));
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

std::uint32_t EventHistories::numbered(Numbers& numbers, std::uint32_t own, std::vector<std::string>& names) {
  const auto [place, fresh] = numbers.try_emplace(own, 0U);
  if (fresh) {
    names.push_back(std::to_string(own));
    place->second = static_cast<std::uint32_t>(names.size());
  }
  return place->second;
}

/// Levels and matters of several procedures that share a name are one.
std::uint32_t EventHistories::named(Numbers& numbers, const CaseState& state, unsigned own,
                                    std::vector<std::string>& names, std::string_view what,
                                    const std::function<std::string(const CaseState&)>& called) {
  const auto [place, fresh] = numbers.try_emplace(std::uint32_t{state.procedure.value} << 8 | own, 0U);
  if (!fresh) return place->second;
  std::string word = called ? called(state) : std::string{};
  if (word.empty()) word = std::string{what} + ' ' + std::to_string(own);
  const auto same = std::find(names.begin(), names.end(), word);
  place->second = static_cast<std::uint32_t>(same - names.begin()) + 1;
  if (same == names.end()) names.push_back(std::move(word));
  return place->second;
}

EventHistories::EventHistories(Naming naming) : naming_(std::move(naming)) { add_activities_and_statuses(names_); }

std::uint32_t EventHistories::labelled(const Event& event, std::uint32_t otherwise) {
  if (!naming_.label || !event.text) return otherwise;
  std::string label = naming_.label(event.text);
  if (label.empty()) return otherwise;
  if (const auto known = labels_.find(label); known != labels_.end()) return known->second;
  if (labels_.size() >= kLabelsMax) return otherwise;
  names_.activities.push_back(label);
  const auto index = static_cast<std::uint32_t>(names_.activities.size());
  labels_.emplace(std::move(label), index);
  return index;
}

CaseHistory EventHistories::of(std::span<const Event> events, std::uint32_t account) {
  room_.clear();
  CaseHistory history;
  CaseState state;
  for (const Event& event : events) {
    evolve_in_place(state, event);
    Moment moment = moment_of(event, state);
    moment.activity = labelled(event, moment.activity);
    if (event.actor) moment.person = numbered(persons_, event.actor.value, names_.persons);
    if (moment.team != 0) moment.team = named(levels_, state, state.level(), names_.teams, "level", naming_.level);
    if (event.kind == EventKind::opened) history.facts.amount_cents = event.detail;
    if (event.kind == EventKind::restarted) history.facts.predecessor = CaseId{event.detail};
    room_.push_back(moment);
  }
  if (account != 0) history.facts.seller = numbered(sellers_, account, names_.sellers);
  history.facts.matter = named(matters_, state, state.matter(), names_.matters, "matter", naming_.matter);
  if (!events.empty()) case_name_ = std::to_string(events.front().case_id.value);
  history.facts.name = case_name_;
  history.moments = room_;
  return history;
}

}  // namespace guichet::measures
