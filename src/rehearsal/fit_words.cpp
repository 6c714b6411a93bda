// Labels, groups of teams and moves: the words in which the course of a log is told.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <guichet/rehearsal/course.hpp>
#include <guichet/rehearsal/fit_parts.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::size_t kTeamsApartMax = 12;  // so few teams are each a group of their own
constexpr std::size_t kGroupsMax = 8;
constexpr std::size_t kTeamsMax = 3000;
constexpr std::uint8_t kLabelFlags = kMomentPublic | kMomentReopens | kMomentAbandons | kMomentResolves | kMomentCloses;

using LabelKey = std::tuple<std::uint32_t, std::uint32_t, EventKind, Party, Turn, std::uint8_t>;

LabelKey key_of(const Moment& moment) {
  return {moment.activity, moment.status, moment.kind,
          moment.party,    moment.turn,   static_cast<std::uint8_t>(moment.flags & kLabelFlags)};
}

std::string id_of(std::string_view text) {
  std::string id;
  for (const char c : text.substr(0, 40)) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || upper;
    if (plain)
      id += upper ? static_cast<char>(c - 'A' + 'a') : c;
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id.empty() ? "step" : id;
}

/// "In Progress" for "Accepted" and "Accepted/In Progress"; else both.
std::string words_for(const std::string& activity, const std::string& status) {
  if (status.empty() || status == activity) return activity;
  if (activity.empty() || status.starts_with(activity + "/")) return status.substr(status.rfind('/') + 1);
  return activity + " " + status;
}

std::string unique(std::string id, std::set<std::string>& taken) {
  const std::string plain = id;
  for (int i = 2; !taken.insert(id).second; ++i) id = plain + "-" + std::to_string(i);
  return id;
}

struct Labels {
  std::map<LabelKey, std::uint16_t> number;
  std::uint16_t other = 0;
  std::uint16_t of(const Moment& moment) const {
    const auto found = number.find(key_of(moment));
    return found == number.end() ? other : found->second;
  }
};

Labels find_labels(std::span<const FitCase> cases, const Vocabulary& names, std::size_t labels_max, Fitted& fitted) {
  struct Seen {
    std::uint64_t n = 0, words = 0;
  };
  std::map<LabelKey, Seen> seen;
  for (const FitCase& one : cases)
    for (const Moment& moment : one.moments) {
      Seen& label = seen[key_of(moment)];
      ++label.n;
      if (moment.kind == EventKind::message_sent || moment.kind == EventKind::note_made) label.words += moment.words;
    }
  std::vector<std::pair<LabelKey, Seen>> sorted(seen.begin(), seen.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.n > b.second.n; });
  Labels labels;
  std::set<std::string> taken;
  std::uint64_t others = 0;
  for (const auto& [key, count] : sorted) {
    if (labels.number.size() == labels_max) {
      others += count.n;
      continue;
    }
    CourseLabel label;
    label.activity = Vocabulary::name(names.activities, std::get<0>(key));
    label.status = Vocabulary::name(names.statuses, std::get<1>(key));
    label.kind = std::get<2>(key);
    label.party = std::get<3>(key);
    label.turn = std::get<4>(key);
    label.flags = std::get<5>(key);
    label.words = static_cast<std::uint32_t>(count.words / count.n);
    label.id = unique(id_of(words_for(label.activity, label.status)), taken);
    labels.number[key] = static_cast<std::uint16_t>(fitted.course.labels.size());
    fitted.course.labels.push_back(std::move(label));
  }
  if (others > 0) {
    labels.other = static_cast<std::uint16_t>(fitted.course.labels.size());
    CourseLabel label;
    label.id = unique("other", taken);
    label.activity = "other";
    fitted.course.labels.push_back(std::move(label));
    fitted.found.push_back("the log has " + std::to_string(sorted.size()) + " kinds of steps; the " +
                           std::to_string(sorted.size() - labels_max) + " rarest, " + std::to_string(others) +
                           " moments, are together called \"other\"");
  }
  return labels;
}

/// What follows the first word of a team's name, "2nd" in "V37 2nd": a line or a level, when teams are so called.
std::string level_in(std::string_view team) {
  const std::size_t blank = team.find_first_of(" -_/");
  return blank == std::string_view::npos ? std::string{} : std::string{team.substr(blank + 1)};
}

struct TeamSeen {
  std::set<std::uint32_t> persons;
  std::uint64_t n = 0;
};

std::vector<std::uint16_t> find_groups(const std::map<std::uint32_t, TeamSeen>& teams, const Vocabulary& names,
                                       Fitted& fitted) {
  std::set<std::string> levels;
  for (const auto& [team, seen] : teams) levels.insert(level_in(Vocabulary::name(names.teams, team)));
  const bool apart = teams.size() <= kTeamsApartMax;
  const bool by_level = !apart && levels.size() > 1 && levels.size() <= kGroupsMax;
  std::vector<std::pair<std::uint32_t, const TeamSeen*>> sorted;
  for (const auto& [team, seen] : teams) sorted.emplace_back(team, &seen);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second->n > b.second->n; });
  if (sorted.size() > kTeamsMax) {
    fitted.found.push_back("the log names " + std::to_string(sorted.size()) + " teams; the " +
                           std::to_string(kTeamsMax) + " that act most stand for all");
    sorted.resize(kTeamsMax);
  }
  std::vector<std::uint16_t> group_of(names.teams.size() + 1);
  std::map<std::string, std::uint16_t> known;
  std::set<std::string> taken;
  for (const auto& [team, seen] : sorted) {
    const std::string name{Vocabulary::name(names.teams, team)};
    const std::string level = apart ? name : by_level ? level_in(name) : std::string{};
    const auto [place, is_new] = known.emplace(level, static_cast<std::uint16_t>(fitted.course.groups.size()));
    if (is_new) {
      CourseGroup group;
      group.id = unique(level.empty() ? (by_level ? "plain" : "all") : id_of(level), taken);
      fitted.course.groups.push_back(std::move(group));
    }
    group_of[team] = place->second;
    const auto persons = static_cast<std::uint32_t>(std::min<std::size_t>(seen->persons.size(), 10'000));
    fitted.course.groups[place->second].teams.push_back({name, static_cast<double>(seen->n), persons});
  }
  if (by_level)
    fitted.found.push_back("teams are told apart by what follows the first word of their names: " +
                           std::to_string(fitted.course.groups.size()) + " groups of " + std::to_string(teams.size()) +
                           " teams");
  return group_of;
}

/// Who or where, compared with what the case has met; brings it to the front.
CourseWho compared(std::array<std::uint32_t, 4>& met, std::uint32_t one) {
  if (one == 0) return CourseWho::nobody;
  const auto found = std::find(met.begin(), met.end(), one);
  const auto place = static_cast<std::size_t>(found - met.begin());
  const auto end = found == met.end() ? met.end() - 1 : found;
  std::move_backward(met.begin(), end, end + 1);
  met.front() = one;
  if (place == 0) return CourseWho::same;
  if (place == 1) return CourseWho::back;
  return place < met.size() ? CourseWho::former : CourseWho::fresh;
}

}  // namespace

std::vector<std::uint16_t> find_words(std::span<FitCase> cases, const Vocabulary& names, std::size_t labels_max,
                                      Fitted& fitted) {
  const Labels labels = find_labels(cases, names, labels_max, fitted);
  std::map<std::uint32_t, TeamSeen> teams;
  std::set<std::uint32_t> persons;
  std::map<std::uint32_t, std::uint64_t> machines;
  for (const FitCase& one : cases)
    for (const Moment& moment : one.moments) {
      const bool machine = (moment.flags & kMomentSystem) != 0;
      if (machine) ++machines[moment.person];
      if (moment.person != 0 && !machine) persons.insert(moment.person);
      if (moment.team == 0) continue;
      TeamSeen& team = teams[moment.team];
      ++team.n;
      if (moment.person != 0 && !machine) team.persons.insert(moment.person);
    }
  std::vector<std::uint16_t> group_of = find_groups(teams, names, fitted);
  if (teams.empty()) fitted.course.persons = static_cast<std::uint32_t>(std::min<std::size_t>(persons.size(), 50'000));
  const auto most = std::max_element(machines.begin(), machines.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != machines.end()) fitted.course.machine = Vocabulary::name(names.persons, most->first);
  for (FitCase& one : cases) {
    std::array<std::uint32_t, 4> met_persons{}, met_teams{};
    one.moves.reserve(one.moments.size());
    for (const Moment& moment : one.moments) {
      CourseMove move;
      move.label = labels.of(moment);
      move.in = compared(met_teams, moment.team);
      if (move.in == CourseWho::fresh) move.group = group_of[moment.team];
      move.by = (moment.flags & kMomentSystem) != 0 ? CourseWho::machine : compared(met_persons, moment.person);
      one.moves.push_back(move);
    }
  }
  return group_of;
}

}  // namespace guichet::rehearsal
