#include <guichet/rehearsal/cast.hpp>

#include <algorithm>

#include <guichet/rehearsal/course.hpp>

namespace guichet::rehearsal {
namespace {

/// Finds the parts one by one; the first thing missing ends it.
class Casting {
 public:
  Casting(const Scenario& scenario, const rulebook::ProcedureFile& procedure)
      : scenario_(scenario), file_(procedure), cast_(std::make_unique<Cast>(procedure)) {
    cast_->scenario = &scenario;
    cast_->file = &procedure;
  }

  Result<std::unique_ptr<Cast>> make() {
    if (scenario_.matters.empty()) return lacks("no [[matter]]; write at least one");
    if (!scenario_.course) {
      for (const Team& team : scenario_.teams) add_team(team);
      if (Outcome routines = add_routines(); !routines) return routines.error();
      if (Outcome levels = find_levels(); !levels) return levels.error();
    }
    if (scenario_.course)
      if (const std::string wrong = CourseWalk::what_is_wrong(*scenario_.course); !wrong.empty()) return lacks(wrong);
    if (Outcome matters = find_matters(); !matters) return matters.error();
    set_quotas();
    set_figures();
    return std::move(cast_);
  }

 private:
  Error lacks(const std::string& what) const { return {Fault::usage, scenario_.path + ": " + what}; }

  QueueIndex queue_named(const std::string& name) const {
    const auto found = std::find(cast_->queues.begin(), cast_->queues.end(), name);
    return found == cast_->queues.end() ? kNoQueue : static_cast<QueueIndex>(found - cast_->queues.begin());
  }
  QueueIndex queue_for(const std::string& name) {
    if (const QueueIndex known = queue_named(name); known != kNoQueue) return known;
    if (cast_->queues.size() >= kQueuesMax) return kNoQueue;
    cast_->queues.push_back(name);
    cast_->served_by.emplace_back();
    return static_cast<QueueIndex>(cast_->queues.size() - 1);
  }
  std::uint8_t speciality_named(const std::string& name) {
    if (name.empty()) return 0;
    const auto found = std::find(specialities_.begin(), specialities_.end(), name);
    if (found != specialities_.end()) return static_cast<std::uint8_t>(found - specialities_.begin() + 1);
    specialities_.push_back(name);
    return static_cast<std::uint8_t>(std::min<std::size_t>(specialities_.size(), 32));
  }

  void add_team(const Team& team) {
    CastTeam part;
    part.team = &team;
    const auto index = static_cast<std::uint8_t>(cast_->teams.size());
    for (const std::string& name : team.serves.empty() ? std::vector<std::string>{team.id} : team.serves) {
      const QueueIndex queue = queue_for(name);
      if (queue == kNoQueue) continue;
      part.serves.push_back(queue);
      cast_->served_by[queue].push_back(index);
    }
    for (const std::string& skill : team.skills) part.skills |= 1U << (speciality_named(skill) - 1U);
    for (const rulebook::WorkCalendar& calendar : scenario_.calendars)
      if (calendar.id == team.hours) part.hours = &calendar;
    cast_->teams.push_back(std::move(part));
  }

  Outcome add_routines() {
    for (CastTeam& part : cast_->teams) {
      for (const Then& then : part.team->then) {
        const QueueIndex to = then.to.empty() ? kNoQueue : queue_named(then.to);
        if (!then.to.empty() && to == kNoQueue)
          return lacks("team \"" + part.team->id + "\" passes cases to \"" + then.to +
                       "\", which no team serves; add it to the `serves` of one");
        part.then.push_back({then.act, to, then.chance, then.on_visit});
        if (then.on_visit >= 0) cast_->counts_visits = true;
      }
    }
    return Done{};
  }

  Outcome find_levels() {
    cast_->level_queue.fill(kNoQueue);
    for (std::size_t level = 0; level < file_.procedure.levels; ++level) {
      const std::string& team = file_.teams[file_.procedure.ladder[level].team];
      cast_->level_queue[level] = queue_named(team);
      cast_->may_decide[level] = level < file_.levels.size() && file_.levels[level].may_decide;
      if (cast_->level_queue[level] == kNoQueue && level > 0)
        return lacks("nobody plays the team \"" + team + "\" of the procedure \"" + file_.name +
                     "\"; add it to the `serves` of a [team.NAME]");
    }
    return Done{};
  }

  Outcome find_matters() {
    double total = 0;
    const bool own_rates = scenario_.matters.front().per_second > 0;
    for (const Matter& matter : scenario_.matters) total += own_rates ? matter.per_second : matter.weight;
    cast_->arrivals_per_second = own_rates ? total : scenario_.arrivals.per_second;
    double until = 0;
    for (const Matter& matter : scenario_.matters) {
      CastMatter part;
      GUICHET_TRY(index, matter_of(matter));
      part.matter = index;
      part.speciality = speciality_named(matter.speciality);
      part.priority = matter.priority;
      cast_->priorities = std::max<std::size_t>(cast_->priorities, matter.priority + 1U);
      until += (own_rates ? matter.per_second : matter.weight) / total;
      part.until = until;
      if (matter.work) part.work = &*matter.work;
      if (matter.patience)
        part.patience = &*matter.patience;
      else if (scenario_.sellers.patience)
        part.patience = &*scenario_.sellers.patience;
      if (!scenario_.course) {
        GUICHET_TRY(queue, first_queue(matter, index));
        part.queue = queue;
      }
      cast_->matters.push_back(part);
    }
    cast_->matters.back().until = 1;
    return Done{};
  }

  /// The first of the matter's names that the procedure has; a procedure with one matter only takes all.
  Result<std::uint8_t> matter_of(const Matter& matter) const {
    const std::vector<std::string> names = matter.as.empty() ? std::vector<std::string>{matter.id} : matter.as;
    for (const std::string& name : names)
      for (std::size_t i = 0; i < file_.matters.size(); ++i)
        if (file_.matters[i].id == name) return static_cast<std::uint8_t>(i);
    if (file_.matters.size() == 1) return std::uint8_t{0};
    return lacks("the procedure \"" + file_.name + "\" has no matter \"" + names.front() +
                 "\"; name one of its own with `as = [\"" + (file_.matters.empty() ? "" : file_.matters[0].id) +
                 "\"]` in [[matter]] \"" + matter.id + "\"");
  }

  Result<QueueIndex> first_queue(const Matter& matter, std::uint8_t index) const {
    const MatterRule& rule = file_.procedure.matter[index];
    const std::size_t level = rule.level;
    if (rule.team < file_.teams.size())
      if (const QueueIndex queue = queue_named(file_.teams[rule.team]); queue != kNoQueue) return queue;
    if (level < cast_->level_queue.size() && cast_->level_queue[level] != kNoQueue) return cast_->level_queue[level];
    if (!matter.starts_in.empty())
      if (const QueueIndex queue = queue_named(matter.starts_in); queue != kNoQueue) return queue;
    if (cast_->queues.size() == 1) return QueueIndex{0};
    return lacks("nobody plays the team \"" + file_.teams[file_.procedure.ladder[level].team] +
                 "\" of the procedure \"" + file_.name + "\", where the matter \"" + matter.id +
                 "\" begins; add it to the `serves` of a [team.NAME], or say `starts_in`");
  }

  void set_quotas() {
    if (!scenario_.quota.active) return;
    const Targets& targets = file_.procedure.targets;
    cast_->answers_per_hour = scenario_.quota.answers_per_hour.value_or(targets.answers_per_hour);
    cast_->closings_per_day = scenario_.quota.closings_per_day.value_or(targets.closings_per_day);
  }

  /// What the loop would compute again and again.
  void set_figures() {
    for (const ClockRule& clock : file_.procedure.clocks)
      if (clock.reminders != 0) cast_->any_reminder = true;
    const auto milliseconds = [](double hours) { return static_cast<std::uint32_t>(nearest_whole(hours * 3'600'000)); };
    const Sellers& sellers = scenario_.sellers;
    cast_->ms_per_message = milliseconds(sellers.hours_per_message);
    cast_->ms_per_read = milliseconds(sellers.hours_per_read);
    cast_->ms_per_restart = milliseconds(sellers.hours_per_restart);
    if (sellers.leaves_per_day < 1)
      cast_->log_stays_per_day = exact_log(1 - sellers.leaves_per_day);
    else
      cast_->log_stays_per_day = -1e6;
    const RunRule& run = scenario_.run;
    if (run.kept_cases == 0) return;
    const double expected = run.cases != 0 ? static_cast<double>(run.cases)
                                           : cast_->arrivals_per_second * static_cast<double>(run.length) * 1e-6;
    cast_->keep_every = 1 + static_cast<std::uint64_t>(expected / static_cast<double>(run.kept_cases));
  }

  const Scenario& scenario_;
  const rulebook::ProcedureFile& file_;
  std::unique_ptr<Cast> cast_;
  std::vector<std::string> specialities_;
};

}  // namespace

Result<std::unique_ptr<Cast>> cast(const Scenario& scenario, const rulebook::ProcedureFile& procedure) {
  return Casting(scenario, procedure).make();
}

}  // namespace guichet::rehearsal
