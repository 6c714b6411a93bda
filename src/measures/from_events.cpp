#include <guichet/measures/from_events.hpp>

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

/// Activities and statuses of our own events, in the order of `activity_of` and `status_of`.
Vocabulary own_names() {
  Vocabulary names;
  for (std::size_t kind = 1; kind < kEventKinds; ++kind)
    names.activities.emplace_back(name(static_cast<EventKind>(kind)));
  for (const std::string_view outcome : spellings<Decided>())
    names.activities.push_back("decided " + std::string{outcome});
  for (std::uint32_t phase = 0; phase < kPhases; ++phase)
    for (std::uint32_t turn = 0; turn < kTurns; ++turn)
      names.statuses.push_back(std::string{name(static_cast<Phase>(phase))} + ", " +
                               std::string{name(static_cast<Turn>(turn))});
  return names;
}

/// What a log calls things is somebody else's choice: beyond so many names no more are told apart.
constexpr std::size_t kWordsMax = 100'000;

}  // namespace

Vocabulary event_vocabulary(ActorId actors) {
  Vocabulary names = own_names();
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

EventHistories::Words::Words(std::vector<std::string>& names) : names_(names) {
  for (std::uint32_t i = 0; i < names.size(); ++i) known_.emplace(names[i], i + 1);
}

std::uint32_t EventHistories::Words::number(std::string_view word, std::uint32_t otherwise) {
  if (word.empty()) return otherwise;
  if (const auto found = known_.find(word); found != known_.end()) return found->second;
  if (names_.size() >= kWordsMax) return otherwise;
  names_.emplace_back(word);
  const auto index = static_cast<std::uint32_t>(names_.size());
  known_.emplace(word, index);
  return index;
}

EventHistories::EventHistories(Naming naming)
    : naming_(std::move(naming)),
      names_(own_names()),
      activities_(names_.activities),
      statuses_(names_.statuses),
      teams_(names_.teams),
      matters_(names_.matters) {}

std::uint32_t EventHistories::numbered(Numbers& numbers, std::uint32_t own, std::vector<std::string>& names) {
  const auto [place, fresh] = numbers.try_emplace(own, 0U);
  if (fresh) {
    names.push_back(std::to_string(own));
    place->second = static_cast<std::uint32_t>(names.size());
  }
  return place->second;
}

/// Levels and matters of several procedures that share a name are one.
std::uint32_t EventHistories::named(Numbers& numbers, const CaseState& state, unsigned own, Words& words,
                                    std::string_view what, const NameOf& called) {
  const auto [place, fresh] = numbers.try_emplace(std::uint32_t{state.procedure.value} << 8 | own, 0U);
  if (!fresh) return place->second;
  std::string word = called ? called(state) : std::string{};
  if (word.empty()) word = std::string{what} + ' ' + std::to_string(own);
  return place->second = words.number(word, 0);
}

Moment EventHistories::logged(const Event& event, const Logged& said) {
  Moment moment;
  moment.at = event.at;
  moment.activity = activities_.number(said.activity, 0);
  moment.status = statuses_.number(said.status, 0);
  moment.team = teams_.number(said.team, 0);
  moment.words = said.words;
  moment.kind = said.kind;
  moment.party = said.party;
  moment.turn = said.turn;
  moment.flags = said.flags;
  return moment;
}

Moment EventHistories::our_own(const Event& event, const CaseState& state) {
  Moment moment = moment_of(event, state);
  if (moment.team != 0) moment.team = named(level_teams_, state, state.level(), teams_, "level", naming_.level);
  return moment;
}

CaseHistory EventHistories::of(std::span<const Event> events, std::uint32_t account) {
  room_.clear();
  CaseHistory history;
  CaseState state;
  bool matter_is_said = false;
  for (const Event& event : events) {
    evolve_in_place(state, event);
    const Logged* said = naming_.logged && event.text ? naming_.logged(event.text) : nullptr;
    if (event.kind == EventKind::opened && (said == nullptr || said->counts_amount))
      history.facts.amount_cents = event.detail;
    if (said != nullptr && said->of_case) {
      matter_is_said = true;
      history.facts.matter = matters_.number(said->matter, 0);
      history.facts.deadline = said->deadline;
      history.facts.predecessor = CaseId{said->predecessor};
    }
    if (event.kind == EventKind::restarted) history.facts.predecessor = CaseId{event.detail};
    if (said != nullptr && said->added) continue;
    Moment moment = said != nullptr ? logged(event, *said) : our_own(event, state);
    moment.person = event.actor ? numbered(persons_, event.actor.value, names_.persons) : 0;
    room_.push_back(moment);
  }
  if (account != 0) history.facts.seller = numbered(sellers_, account, names_.sellers);
  if (!matter_is_said)
    history.facts.matter = named(matter_words_, state, state.matter(), matters_, "matter", naming_.matter);
  case_name_ = events.empty() ? std::string{} : std::to_string(events.front().case_id.value);
  history.facts.name = case_name_;
  history.moments = room_;
  return history;
}

}  // namespace guichet::measures
