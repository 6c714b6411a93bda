#include <guichet/rehearsal/course.hpp>

#include <algorithm>

#include <guichet/base/check.hpp>

namespace guichet::rehearsal {
namespace {

constexpr double kWeekSeconds = 604'800;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr int kDrawsMax = 8;  // for somebody whom the case has not met

constexpr std::uint32_t bit_of(std::uint8_t label) { return label < 32 ? 1U << label : 0; }

double draw(const CourseLaw& law, Random& chance) {
  const double u = uniform(chance);
  const auto even = static_cast<double>(law.even.size());
  const auto place = static_cast<std::size_t>(u * even);
  const auto between = [](double low, double high, double share) { return low + (high - low) * share; };
  if (place + 1 < law.even.size())
    return between(law.even[place], law.even[place + 1], u * even - static_cast<double>(place));
  const double left = (1 - u) * even;  // 1 … 0 through the tail
  double from = 1, low = law.even.back();
  for (std::size_t i = 0; i + 1 < law.tail.size(); ++i) {
    const double until = from / 2;
    if (left >= until) return between(low, law.tail[i], (from - left) / (from - until));
    from = until;
    low = law.tail[i];
  }
  return between(low, law.tail.back(), (from - left) / from);
}

/// Seconds since the Monday before, with what is left of the second.
double into_week(Instant now) {
  constexpr std::int64_t kWeekMs = 604'800'000;
  const std::int64_t since_monday = (now.time_since_epoch().count() + 3 * kDaySeconds * 1000) % kWeekMs;
  return static_cast<double>(since_monday < 0 ? since_monday + kWeekMs : since_monday) / 1000;
}

std::uint32_t add_up_to(std::uint32_t a, double seconds) {
  const double sum = static_cast<double>(a) + seconds;
  return sum >= 4e9 ? 4'000'000'000U : static_cast<std::uint32_t>(sum);
}

/// Brings `met` to the front of those met.
void meet(std::array<std::uint16_t, 4>& all, std::uint16_t met) {
  const auto found = std::find(all.begin(), all.end() - 1, met);
  std::move_backward(all.begin(), found, found + 1);
  all.front() = met;
}

std::uint16_t one_of_former(const std::array<std::uint16_t, 4>& met, Random& chance) {
  if (met[2] == 0) return met[1];
  return met[3] != 0 && chance.below(2) == 1 ? met[3] : met[2];
}

bool has_met(const std::array<std::uint16_t, 4>& all, std::uint32_t one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::uint32_t index_of(std::vector<std::string>& names, const std::string& name) {
  if (name.empty()) return 0;
  const auto found = std::find(names.begin(), names.end(), name);
  const auto index = static_cast<std::uint32_t>(found - names.begin() + 1);
  if (found == names.end()) names.push_back(name);
  return index;
}

std::string quoted(const Course& course, std::size_t label) { return "\"" + course.labels[label].id + "\""; }

/// The first label from which no way leads to an end.
std::optional<std::size_t> without_end(const Course& course) {
  std::vector<bool> ends(course.labels.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (const CourseNext& next : course.next) {
      if (ends[next.at]) continue;
      ends[next.at] = std::any_of(next.chances.begin(), next.chances.end(), [&](const CourseNext::Chance& chance) {
        return chance.chance > 0 && (chance.ends || ends[chance.move.label]);
      });
      changed = changed || ends[next.at];
    }
  }
  const auto stuck = std::find(ends.begin(), ends.end(), false);
  if (stuck == ends.end()) return std::nullopt;
  return static_cast<std::size_t>(stuck - ends.begin());
}

}  // namespace

std::string CourseWalk::what_is_wrong(const Course& course) {
  if (course.labels.empty()) return "the course has no labels; write [course.label.NAME]";
  if (course.labels.size() > kCourseLabelsMax)
    return "the course has " + std::to_string(course.labels.size()) + " labels; at most " +
           std::to_string(kCourseLabelsMax) + " can be walked";
  if (course.first.empty()) return "the course has no first step; write first = [{ to = NAME, chance = 1 }]";
  std::uint64_t persons = course.persons, teams = 0;
  for (const CourseGroup& group : course.groups) {
    double weight = 0;
    for (const CourseGroup::Team& team : group.teams) {
      persons += team.persons;
      weight += team.weight;
    }
    teams += group.teams.size();
    if (!(weight > 0)) return "the group \"" + group.id + "\" has no team with a weight above zero";
  }
  if (persons > kCoursePersonsMax || teams > kCoursePersonsMax)
    return "the course has more than " + std::to_string(kCoursePersonsMax) + " persons or teams; write fewer";
  std::vector<bool> whole(course.labels.size());
  for (const CourseNext& next : course.next)
    if (next.when.empty()) whole[next.at] = true;
  const auto lacks = std::find(whole.begin(), whole.end(), false);
  if (lacks != whole.end())
    return "the course does not say what comes next after " +
           quoted(course, static_cast<std::size_t>(lacks - whole.begin())) +
           "; write a [[course.next]] for it without `when`";
  if (const auto stuck = without_end(course))
    return "the course has no way from " + quoted(course, *stuck) + " to an end; write { ends = true, chance = … }";
  return {};
}

CourseWalk::CourseWalk(const Course& course) : course_(&course) {
  GUICHET_CHECK(what_is_wrong(course).empty(), "readers refuse a course that cannot be walked");
  const std::size_t labels = course.labels.size();
  next_of_.resize(labels);
  stays_of_.resize(labels * labels);
  for (std::uint32_t i = 0; i < course.next.size(); ++i) next_of_[course.next[i].at].push_back(i);
  for (std::uint32_t i = 0; i < course.stays.size(); ++i)
    stays_of_[course.stays[i].from * labels + course.stays[i].to].push_back(i);
  std::uint32_t person = 1;
  const auto groups = static_cast<std::uint16_t>(course.groups.size());
  for (std::uint16_t group = 0; group < groups; ++group) {
    const auto first = static_cast<std::uint32_t>(teams_.size());
    double sum = 0;
    for (const CourseGroup::Team& team : course.groups[group].teams) {
      sum += team.weight;
      teams_.push_back({person, team.persons, group, sum});
      person += team.persons;
    }
    groups_.push_back({first, static_cast<std::uint32_t>(teams_.size()) - first});
  }
  if (teams_.empty()) person += course.persons;
  machine_ = person;
  for (std::size_t hour = 0; hour < course.hours.size(); ++hour)
    worked_[hour + 1] = worked_[hour] + course.hours[hour] * 3600;
  name();
}

void CourseWalk::name() {
  for (const CourseLabel& label : course_->labels) {
    activity_of_.push_back(index_of(names_.activities, label.activity));
    status_of_.push_back(index_of(names_.statuses, label.status));
  }
  for (const CourseGroup& group : course_->groups)
    for (const CourseGroup::Team& team : group.teams) {
      names_.teams.push_back(team.name);
      for (std::uint32_t i = 1; i <= team.persons; ++i) names_.persons.push_back(team.name + " " + std::to_string(i));
    }
  for (std::uint32_t i = 1; teams_.empty() && i <= course_->persons; ++i)
    names_.persons.push_back("person " + std::to_string(i));
  names_.persons.push_back(course_->machine.empty() ? "machine" : course_->machine);
}

bool CourseWalk::holds(const CourseTest& test, const CourseCase& state, const CourseMove* move) const {
  const auto is = [&](bool so) { return so == test.holds; };
  switch (test.fact) {
    case CourseFact::after: return is(state.after == test.value);
    case CourseFact::long_after: return is(state.long_after == test.value);
    case CourseFact::seen: return is(test.value < 32 && (state.seen >> test.value & 1U) != 0);
    case CourseFact::group: return is(state.teams[0] != 0 && teams_[state.teams[0] - 1U].group == test.value);
    case CourseFact::came: return is(state.came == test.value);
    case CourseFact::steps: return is(state.steps >= test.value);
    case CourseFact::moves: return is(state.moves >= test.value);
    case CourseFact::age: return is(state.age >= test.value);
    case CourseFact::stayed: return is(state.stayed >= test.value);
    case CourseFact::by: return is(move != nullptr && static_cast<std::uint32_t>(move->by) == test.value);
    case CourseFact::to: return is(move != nullptr && static_cast<std::uint32_t>(move->in) == test.value);
  }
  return false;
}

template <class Rule>
const Rule* CourseWalk::first_that_holds(const std::vector<Rule>& rules, const std::vector<std::uint32_t>& of,
                                         const CourseCase& state, const CourseMove* move) const {
  for (const std::uint32_t i : of)
    if (std::all_of(rules[i].when.begin(), rules[i].when.end(),
                    [&](const CourseTest& test) { return holds(test, state, move); }))
      return &rules[i];
  return nullptr;
}

const CourseNext::Chance& CourseWalk::choose(const std::vector<CourseNext::Chance>& chances, Random& chance) {
  double left = uniform(chance);
  for (const CourseNext::Chance& one : chances) {
    left -= one.chance;
    if (left < 0) return one;
  }
  return chances.back();
}

CourseStep CourseWalk::begin(CourseCase& state, Random chance) const {
  state = {};
  state.chance = chance;
  return take(state, choose(course_->first, state.chance).move, 0);
}

std::optional<CourseStep> CourseWalk::next(CourseCase& state, Instant now) const {
  const CourseNext* rule = first_that_holds(course_->next, next_of_[state.label], state, nullptr);
  GUICHET_CHECK(rule != nullptr, "every label has a rule without tests");
  const CourseNext::Chance& chosen = choose(rule->chances, state.chance);
  if (chosen.ends) return std::nullopt;
  return take(state, chosen.move, stay(state, chosen.move, now));
}

double CourseWalk::stay(CourseCase& state, const CourseMove& move, Instant now) const {
  const CourseStay* rule =
      first_that_holds(course_->stays, stays_of_[state.label * course_->labels.size() + move.label], state, &move);
  if (rule == nullptr) return 0;
  if (rule->soon_share > 0 && uniform(state.chance) < rule->soon_share) return draw(rule->soon, state.chance);
  const double later = draw(rule->later, state.chance);
  switch (rule->clock) {
    case CourseStay::Clock::elapsed: return later;
    case CourseStay::Clock::working: return until_worked(into_week(now), later);
    case CourseStay::Clock::daily: break;
  }
  const double week = into_week(now);
  const std::int64_t midnight = static_cast<std::int64_t>(week) / kDaySeconds * kDaySeconds;
  const double into_day = week - static_cast<double>(midnight);
  const auto days = static_cast<double>(nearest_whole(later) * kDaySeconds);
  const double stay = days + draw(rule->at, state.chance) - into_day;
  return stay >= 0 ? stay : stay + static_cast<double>(kDaySeconds);
}

/// Elapsed seconds from a place in the week until so many seconds are worked.
double CourseWalk::until_worked(double from, double working) const {
  const auto hour = static_cast<std::size_t>(from / 3600);
  const double done = worked_[hour] + (from - static_cast<double>(hour) * 3600) * course_->hours[hour];
  const double wanted = done + working;
  const auto weeks = static_cast<double>(static_cast<std::int64_t>(wanted / worked_.back()));
  const double rest = wanted - weeks * worked_.back();
  const auto after = std::upper_bound(worked_.begin() + 1, worked_.end() - 1, rest);
  const auto in = static_cast<std::size_t>(after - worked_.begin()) - 1;
  const double until = static_cast<double>(in) * 3600 + (rest - worked_[in]) / course_->hours[in];
  const double elapsed = weeks * kWeekSeconds + until - from;
  return elapsed > 0 ? elapsed : 0;
}

CourseStep CourseWalk::take(CourseCase& state, const CourseMove& move, double seconds) const {
  CourseStep step;
  step.label = move.label;
  step.stay = static_cast<Tick>(seconds * static_cast<double>(kSecond));
  step.machine = move.by == CourseWho::machine;
  step.team = choose_team(state, move);
  step.person = choose_person(state, move);
  if (state.label != kNoLabel) state.seen |= bit_of(state.label);
  state.long_after = state.after;
  state.after = state.label;
  state.label = static_cast<std::uint8_t>(move.label);
  state.age = add_up_to(state.age, seconds);
  state.stayed = add_up_to(0, seconds);
  if (state.steps < 255) ++state.steps;
  return step;
}

std::uint16_t CourseWalk::fresh_team(CourseCase& state, std::uint16_t group) const {
  const Span span = groups_[group];
  const auto first = teams_.begin() + span.first;
  const auto last = first + span.count;
  std::uint16_t team = 0;
  for (int i = 0; i < kDrawsMax; ++i) {
    const double wanted = uniform(state.chance) * (last - 1)->upto;
    const auto found =
        std::upper_bound(first, last - 1, wanted, [](double value, const Team& one) { return value < one.upto; });
    team = static_cast<std::uint16_t>(found - teams_.begin() + 1);
    if (!has_met(state.teams, team)) break;
  }
  return team;
}

std::uint16_t CourseWalk::choose_team(CourseCase& state, const CourseMove& move) const {
  if (move.in == CourseWho::nobody || teams_.empty()) return 0;
  std::uint16_t team = 0;
  switch (move.in) {
    case CourseWho::same: team = state.teams[0]; break;
    case CourseWho::back: team = state.teams[1]; break;
    case CourseWho::former: team = one_of_former(state.teams, state.chance); break;
    case CourseWho::nobody:
    case CourseWho::fresh:
    case CourseWho::machine: break;
  }
  if (team == 0) team = fresh_team(state, move.group);
  state.came = static_cast<std::uint8_t>(move.in);
  if (state.teams[0] != 0 && state.teams[0] != team && state.moves < 255) ++state.moves;
  meet(state.teams, team);
  return team;
}

std::uint32_t CourseWalk::choose_person(CourseCase& state, const CourseMove& move) const {
  switch (move.by) {
    case CourseWho::nobody: return 0;
    case CourseWho::machine: return machine_;
    case CourseWho::same:
    case CourseWho::back:
    case CourseWho::former:
    case CourseWho::fresh: break;
  }
  std::uint16_t person = 0;
  if (move.by == CourseWho::same) person = state.persons[0];
  if (move.by == CourseWho::back) person = state.persons[1];
  if (move.by == CourseWho::former) person = one_of_former(state.persons, state.chance);
  if (person == 0) {
    const bool anywhere = state.teams[0] == 0;
    const std::uint32_t first = anywhere ? 1 : teams_[state.teams[0] - 1U].first_person;
    const std::uint32_t count = anywhere ? machine_ - 1 : teams_[state.teams[0] - 1U].persons;
    if (count == 0) return 0;
    for (int i = 0; i < kDrawsMax; ++i) {
      person = static_cast<std::uint16_t>(first + state.chance.below(count));
      if (!has_met(state.persons, person)) break;
    }
  }
  meet(state.persons, person);
  return person;
}

Moment CourseWalk::moment(const CourseStep& step, Instant at) const {
  const CourseLabel& label = course_->labels[step.label];
  Moment moment;
  moment.at = at;
  moment.activity = activity_of_[step.label];
  moment.status = status_of_[step.label];
  moment.person = step.person;
  moment.team = step.team;
  moment.words = label.words;
  moment.kind = label.kind;
  moment.party = label.party;
  moment.turn = label.turn;
  moment.flags = static_cast<std::uint8_t>(label.flags | (step.machine ? kMomentSystem : 0));
  return moment;
}

}  // namespace guichet::rehearsal
