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

bool is_gone(ActorId id, const Allotting& with) {
  if (with.leaves && with.leaves(id)) return true;
  const auto person = with.people->person(id);
  return !person || !can_answer(*person);
}

bool needs_fresh_eyes(const CaseState& state, const Procedure& rules) {
  return state.phase() == Phase::under_appeal && rules.appeal.different_person;
}

/// Those of the team who are there and whom the rules would take.
Candidates who_can(const std::string& team, const ledger::ShelfRow& row, const InForce& procedure, Instant now,
                   const Allotting& with) {
  const CaseState& state = row.state;
  const Procedure& rules = procedure.file.procedure;
  const bool fresh_eyes = needs_fresh_eyes(state, rules);
  const bool other_than_before = fresh_eyes || rules.ladder[state.level()].different_person;
  Candidates all = with.people->of_team(team);
  std::erase_if(all, [&](const auto& person) {
    if (is_away(*person, now) || is_gone(person->id, with)) return true;
    if (fresh_eyes && person->id == state.decider) return true;
    return !state.owner && other_than_before && person->id == state.other_person;
  });
  return all;
}

/// The same, and when nobody of its team may take an appeal, those of the levels above.
Candidates who_can(const ledger::ShelfRow& row, const InForce& procedure, Instant now, const Allotting& with) {
  Candidates all = who_can(row.team, row, procedure, now, with);
  const rulebook::ProcedureFile& file = procedure.file;
  if (!needs_fresh_eyes(row.state, file.procedure)) return all;
  for (std::size_t level = row.state.level() + 1U; all.empty() && level < file.procedure.levels; ++level)
    if (const std::size_t team = file.procedure.ladder[level].team; team < file.teams.size())
      all = who_can(file.teams[team], row, procedure, now, with);
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
/// matter's team; above it, also where the matter begins there, only where he belongs to the case's team.
ActorId first_asked(const ledger::ShelfRow& row, Instant now, const Candidates& candidates, const Allotting& with) {
  const auto seller = with.people->account(row.account);
  if (!seller || row.state.owner) return {};
  const CaseState& state = row.state;
  const bool first_level = state.phase() == Phase::open && state.level() == 0 && !state.other_person;
  for (const ActorId id : seller->first_asked) {
    if (std::ranges::find(candidates, id, [](const auto& one) { return one->id; }) != candidates.end()) return id;
    const auto person = with.people->person(id);
    if (first_level && person && person->role == Role::agent && !is_gone(id, with) && !is_away(*person, now)) return id;
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

/// Who stands in for an owner: whom he named, else whoever of the team has the fewest cases; zero for nobody.
ActorId stand_in(const ledger::ShelfRow& row, const InForce& procedure, Instant now, const Allotting& with) {
  const CaseState& state = row.state;
  if (const auto owner = with.people->person(state.owner)) {
    const auto substitute = with.people->person(owner->substitute);
    const bool decided_it = needs_fresh_eyes(state, procedure.file.procedure) && owner->substitute == state.decider;
    if (substitute && !decided_it && !is_gone(substitute->id, with) && !is_away(*substitute, now))
      return substitute->id;
  }
  return least_loaded(who_can(row, procedure, now, with), with);
}

}  // namespace

bool is_away(const Person& person, Instant now) { return person.absent_until && *person.absent_until > now; }

bool owner_is_gone(const CaseState& state, const People& people) {
  return state.owner && is_gone(state.owner, Allotting{.people = &people});
}

std::optional<Command> lapse(const ledger::ShelfRow& row, const Allotting& with) {
  const CaseState& state = row.state;
  // Imported history waits for nobody here.
  if (!state.procedure || !evolving::handled(state) || !state.hand_off_pending() || !is_gone(state.other_person, with))
    return std::nullopt;
  Command command;
  command.kind = CommandKind::refuse_hand_off;
  command.party = Party::clock;
  command.facts = kFactGone;
  return command;
}

std::optional<Command> allot(const ledger::ShelfRow& row, const InForce& procedure, bool seller_spoke, Instant now,
                             const Allotting& with) {
  const CaseState& state = row.state;
  const bool living = state.phase() != Phase::absent && state.phase() != Phase::closed;
  if (living && state.procedure && state.owner && is_gone(state.owner, with))
    return give(stand_in(row, procedure, now, with), AssignReason::left, kFactGone);
  if (!evolving::handled(state)) return std::nullopt;
  const Assignment& rule = procedure.file.procedure.assignment;

  if (state.owner) {
    const auto owner = with.people->person(state.owner);
    const bool away = owner && is_away(*owner, now);
    if (away && rule.substitute && state.turn() == Turn::desk) {
      const ActorId other = stand_in(row, procedure, now, with);
      if (!other || other == state.owner) return std::nullopt;
      return give(other, AssignReason::substitute, kFactOwnerAbsent);
    }
    // Each message to the next agent who is free: what the testimony describes, and only where the file says so.
    if (rule.mode != AssignMode::next_available || !seller_spoke || state.hand_off_pending()) return std::nullopt;
  }

  const Candidates candidates = who_can(row, procedure, now, with);
  const ActorId first = first_asked(row, now, candidates, with);
  const ActorId to = first                                     ? first
                     : rule.mode == AssignMode::next_available ? next_in_turn(candidates, with.last_of(row.team))
                                                               : least_loaded(candidates, with);
  if (!to || to == state.owner) return std::nullopt;
  return give(to, reason_of(state, rule.mode));
}

}  // namespace guichet::desk
