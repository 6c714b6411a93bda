#include <guichet/desk/allot.hpp>

#include <algorithm>
#include <memory>
#include <vector>

#include <guichet/core/evolve.hpp>

namespace guichet::desk {
namespace {

using Candidates = std::vector<std::shared_ptr<const Person>>;

Command give(ActorId to, AssignReason why, std::uint8_t facts = 0) {
  Command command;
  command.kind = CommandKind::assign;
  command.party = Party::clock;
  command.detail = to.value;
  command.aux = static_cast<std::uint8_t>(why);
  command.facts = facts;
  return command;
}

/// Those of the team who are there and whom the rules would take.
Candidates who_can(const ledger::ShelfRow& row, const InForce& procedure, Instant now, const Allotting& with) {
  const CaseState& state = row.state;
  const Procedure& rules = procedure.file.procedure;
  const bool fresh_eyes = state.phase() == Phase::under_appeal && rules.appeal.different_person;
  const bool other_than_before = fresh_eyes || rules.ladder[state.level()].different_person;
  Candidates all = with.people->of_team(row.team);
  std::erase_if(all, [&](const auto& person) {
    if (is_away(*person, now)) return true;
    if (fresh_eyes && person->id == state.decider) return true;
    return !state.owner && other_than_before && person->id == state.other_person;
  });
  return all;
}

ActorId least_loaded(const Candidates& candidates, const Allotting& with) {
  ActorId best;
  std::uint32_t least = UINT32_MAX;
  for (const auto& person : candidates)
    if (const std::uint32_t load = with.load_of(person->id); load < least) {
      least = load;
      best = person->id;
    }
  return best;
}

/// Whom this account's cases go to before anybody else, when he could take one: at the first level, whatever the
/// matter's team; above it, only where he belongs to the level's team.
ActorId first_asked(const ledger::ShelfRow& row, const InForce& procedure, Instant now, const Candidates& candidates,
                    const Allotting& with) {
  const auto seller = with.people->account(row.account);
  if (!seller || row.state.owner) return {};
  const CaseState& state = row.state;
  const bool first_level = state.phase() == Phase::open &&
                           state.level() <= procedure.file.procedure.matter[state.matter()].level &&
                           !state.other_person;
  for (const ActorId id : seller->first_asked) {
    if (std::ranges::find(candidates, id, [](const auto& one) { return one->id; }) != candidates.end()) return id;
    const auto person = with.people->person(id);
    if (first_level && person && person->active && person->role == Role::agent && !is_away(*person, now)) return id;
  }
  return {};
}

/// The one after the last who was given a case, in the order of their numbers.
ActorId next_in_turn(const Candidates& candidates, ActorId last) {
  if (candidates.empty()) return {};
  const auto after = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const auto& person) { return person->id.value > last.value; });
  return after == candidates.end() ? candidates.front()->id : (*after)->id;
}

AssignReason reason_of(const CaseState& state, AssignMode mode) {
  if (state.phase() == Phase::under_appeal) return AssignReason::appeal;
  if (state.level() != 0) return AssignReason::level;
  switch (mode) {
    case AssignMode::next_available: return AssignReason::next_available;
    case AssignMode::keep_owner: return AssignReason::owner;
    case AssignMode::least_loaded: return AssignReason::least_loaded;
    case AssignMode::by_speciality: return AssignReason::speciality;
  }
  return AssignReason::next_available;
}

}  // namespace

bool is_away(const Person& person, Instant now) { return person.absent_until && *person.absent_until > now; }

std::optional<Command> allot(const ledger::ShelfRow& row, const InForce& procedure, bool seller_spoke, Instant now,
                             const Allotting& with) {
  const CaseState& state = row.state;
  if (!evolving::handled(state)) return std::nullopt;
  const Assignment& rule = procedure.file.procedure.assignment;

  if (state.owner) {
    const auto owner = with.people->person(state.owner);
    const bool away = owner && is_away(*owner, now);
    if (away && rule.substitute && state.turn() == Turn::desk) {
      const auto substitute = with.people->person(owner->substitute);
      if (substitute && substitute->active && !is_away(*substitute, now))
        return give(substitute->id, AssignReason::substitute, kFactOwnerAbsent);
      if (const ActorId other = least_loaded(who_can(row, procedure, now, with), with); other && other != state.owner)
        return give(other, AssignReason::substitute, kFactOwnerAbsent);
      return std::nullopt;
    }
    // Each message to the next agent who is free: what the testimony describes, and only where the file says so.
    if (rule.mode != AssignMode::next_available || !seller_spoke || state.hand_off_pending()) return std::nullopt;
  }

  const Candidates candidates = who_can(row, procedure, now, with);
  const ActorId first = first_asked(row, procedure, now, candidates, with);
  const ActorId to = first                                     ? first
                     : rule.mode == AssignMode::next_available ? next_in_turn(candidates, with.last_of(row.team))
                                                               : least_loaded(candidates, with);
  if (!to || to == state.owner) return std::nullopt;
  return give(to, reason_of(state, rule.mode));
}

}  // namespace guichet::desk
