#include <guichet/rehearsal/mix.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace guichet::rehearsal {
namespace {

using rulebook::ProcedureFile;
using rulebook::WorkCalendar;

bool same_hours(const WorkCalendar& a, const WorkCalendar& b) {
  return a.zone == b.zone && a.week == b.week && a.day_seconds == b.day_seconds && a.holidays == b.holidays &&
         a.holiday_sets == b.holiday_sets;
}

/// Teams and calendars of two procedures under one numbering.
class CommonGround {
 public:
  /// The rules of `file`, pointing to the common teams and calendars.
  Procedure settle(const ProcedureFile& file) {
    std::vector<std::uint8_t> team, calendar;
    for (const std::string& name : file.teams)
      team.push_back(place(teams_, name, [](const auto& a, const auto& b) { return a == b; }));
    for (const WorkCalendar& one : file.calendars) calendar.push_back(place(calendars_, one, same_hours));
    const auto repoint = [&](Allowance& allowance) {
      if (allowance.kind == Allowance::Kind::working) allowance.calendar = calendar[allowance.calendar];
    };
    const auto common = [&](std::uint8_t index) { return index < team.size() ? team[index] : index; };

    Procedure rules = file.procedure;
    for (ClockRule& clock : rules.clocks) repoint(clock.allowance);
    repoint(rules.reopening.within);
    repoint(rules.abandoned_after);
    for (std::size_t i = 0; i < rules.levels; ++i) {
      rules.ladder[i].team = common(rules.ladder[i].team);
      repoint(rules.ladder[i].stay_max);
    }
    for (std::size_t i = 0; i < rules.matters; ++i) rules.matter[i].team = common(rules.matter[i].team);
    return rules;
  }

  const std::vector<std::string>& teams() const { return teams_; }
  const std::vector<WorkCalendar>& calendars() const { return calendars_; }

 private:
  template <class Thing, class Same>
  static std::uint8_t place(std::vector<Thing>& all, const Thing& one, Same same) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Thing& known) { return same(known, one); });
    const auto index = static_cast<std::uint8_t>(found - all.begin());
    if (found == all.end()) all.push_back(one);
    return index;
  }

  std::vector<std::string> teams_;
  std::vector<WorkCalendar> calendars_;
};

/// Where the procedure keeps what the scenario calls by one of these names; its only matter takes all.
Result<std::size_t> matter_of(const Matter& matter, const ProcedureFile& file) {
  const std::vector<std::string> names = matter.as.empty() ? std::vector{matter.id} : matter.as;
  std::string tried;
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < file.matters.size(); ++i)
      if (file.matters[i].id == name) return i;
    tried += (tried.empty() ? "\"" : ", \"") + name + "\"";
  }
  if (file.matters.size() == 1) return std::size_t{0};
  return Error{Fault::usage, "matter \"" + matter.id + "\": the procedure \"" + file.name + "\" has no matter " +
                                 tried + "; write one of its matters under as"};
}

void take_routing(Procedure& rules, const Procedure& from) {
  rules.assignment = from.assignment;
  rules.hand_off = from.hand_off;
  rules.answers.cover_every_question = from.answers.cover_every_question;
  rules.clocks[static_cast<std::size_t>(Clock::acceptance)] = from.clock(Clock::acceptance);
}

void take_silence_clock(Procedure& rules, const Procedure& from) {
  rules.answers.reply_clock_starts = from.answers.reply_clock_starts;
  rules.reopening = from.reopening;
  for (const Clock clock : {Clock::seller_reply, Clock::reopening})
    rules.clocks[static_cast<std::size_t>(clock)] = from.clock(clock);
  for (const Ground ground : {Ground::seller_silence, Ground::desk_alone})
    rules.closing[static_cast<std::size_t>(ground)] = from.right(ground);
}

void take_ladder(Procedure& rules, const Procedure& from) {
  rules.levels = from.levels;
  rules.ladder = from.ladder;
  rules.at_the_top = from.at_the_top;
  rules.decision = from.decision;
  rules.appeal = from.appeal;
  rules.mediation = from.mediation;
  rules.promises_consequence = from.promises_consequence;
  rules.closing[static_cast<std::size_t>(Ground::decision)] = from.right(Ground::decision);
  for (const Clock clock : {Clock::first_answer, Clock::next_answer, Clock::decision, Clock::appeal_decision,
                            Clock::level, Clock::appeal_window, Clock::mediation})
    rules.clocks[static_cast<std::size_t>(clock)] = from.clock(clock);
}

/// One source of rules: the file for its texts, its rules settled on the common ground.
struct Side {
  const ProcedureFile* file;
  Procedure rules;
};

/// Each matter of the scenario becomes one of the procedure: its team as routed, its level as on the ladder.
Outcome take_matters(Mixed& mixed, const Side& routing, const Side& ladder) {
  Procedure& rules = mixed.procedure.procedure;
  std::vector<std::pair<std::size_t, std::size_t>> taken;
  mixed.procedure.matters.clear();
  rules.matter = {};
  for (Matter& matter : mixed.scenario.matters) {
    GUICHET_TRY(routed, matter_of(matter, *routing.file));
    GUICHET_TRY(placed, matter_of(matter, *ladder.file));
    const std::pair both{routed, placed};
    const auto found = std::find(taken.begin(), taken.end(), both);
    if (found != taken.end()) {
      matter.as = {mixed.procedure.matters[static_cast<std::size_t>(found - taken.begin())].id};
      continue;
    }
    if (taken.size() == kMattersMax)
      return Error{Fault::usage, "matter \"" + matter.id + "\" is one too many for a mixed procedure; at most " +
                                     std::to_string(kMattersMax) + " differ in how the two procedures treat them"};
    MatterRule rule = ladder.rules.matter[placed];
    rule.team = routing.rules.matter[routed].team;
    rules.matter[taken.size()] = rule;
    taken.push_back(both);
    mixed.procedure.matters.push_back(
        {matter.id, routing.file->matters[routed].title, routing.file->matters[routed].speciality});
    matter.as = {matter.id};
  }
  rules.matters = static_cast<std::uint8_t>(taken.size());
  return Done{};
}

}  // namespace

Result<Mixed> mix(const Scenario& scenario, const ProcedureFile& as_it_is, const ProcedureFile& repaired,
                  FactorSet as_they_are) {
  CommonGround ground;
  const Side before{&as_it_is, ground.settle(as_it_is)};
  const Side after{&repaired, ground.settle(repaired)};
  const auto side = [&](Factor factor) -> const Side& { return has(as_they_are, factor) ? before : after; };

  Mixed mixed{scenario, as_it_is};
  ProcedureFile& file = mixed.procedure;
  file.teams = ground.teams();
  file.team_titles.insert(repaired.team_titles.begin(), repaired.team_titles.end());
  file.speciality_titles.insert(repaired.speciality_titles.begin(), repaired.speciality_titles.end());
  file.calendars = ground.calendars();
  file.procedure = before.rules;
  take_routing(file.procedure, side(Factor::routing).rules);
  take_silence_clock(file.procedure, side(Factor::silence_clock).rules);
  take_ladder(file.procedure, side(Factor::ladder).rules);
  file.levels = side(Factor::ladder).file->levels;
  file.mediators = side(Factor::ladder).file->mediators;
  if (const Outcome taken = take_matters(mixed, side(Factor::routing), side(Factor::ladder)); !taken)
    return taken.error();

  if (!has(as_they_are, Factor::quota)) {
    file.procedure.targets = {};
    mixed.scenario.quota.active = false;
  }
  if (!has(as_they_are, Factor::competence))
    for (Team& team : mixed.scenario.teams) {
      team.competence = Law::constant(1);
      team.outside_speciality = 1;
    }
  return mixed;
}

}  // namespace guichet::rehearsal
