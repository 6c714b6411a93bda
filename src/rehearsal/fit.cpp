#include <guichet/rehearsal/fit.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <guichet/formats/toml.hpp>
#include <guichet/measures/closing_rules.hpp>
#include <guichet/rehearsal/course.hpp>
#include <guichet/rehearsal/fit_parts.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::size_t kMattersMax = 12;
constexpr std::size_t kLabelsMax = 120, kLabelsMin = 8;
constexpr std::size_t kTimedMin = 50;   // closings behind somebody who is taken for a clock
constexpr double kTimedShare = 0.8;     // of the closings of a kind, by one actor
constexpr std::uint32_t kTried = 4000;  // cases walked to see how many the log would have held
constexpr int kStepsMax = 10'000;

Error too_few(const std::string& log, std::size_t cases) {
  return {Fault::usage, log + ": " + std::to_string(cases) + (cases == 1 ? " case" : " cases") +
                            " to fit; a course needs at least " + std::to_string(kFitCasesMin) +
                            ", give a longer log or a larger part of it"};
}

/// The cases of the part in the order of their beginnings.
std::vector<LoggedCases::Case> in_order(const LoggedCases& log) {
  std::vector<LoggedCases::Case> cases = log.cases();
  std::stable_sort(cases.begin(), cases.end(), [&](const auto& a, const auto& b) {
    return log.moments_of(a).front().at < log.moments_of(b).front().at;
  });
  return cases;
}

std::size_t size_of_part(const LoggedCases& log, const std::vector<LoggedCases::Case>& cases, const FitPart& part) {
  const auto share = static_cast<std::size_t>(part.first_share * static_cast<double>(cases.size()) + 1e-9);
  const auto until = std::partition_point(cases.begin(), cases.end(), [&](const LoggedCases::Case& one) {
    return log.moments_of(one).front().at < part.until;
  });
  return std::min(share, static_cast<std::size_t>(until - cases.begin()));
}

bool closes(const CourseLabel& label) { return label.kind == EventKind::closed || (label.flags & kMomentCloses) != 0; }

/// Where the log says of nothing that it closes, what ends most cases may.
std::vector<bool> closing_labels(std::span<const FitCase> cases, const Course& course) {
  std::vector<bool> closing;
  for (const CourseLabel& label : course.labels) closing.push_back(closes(label));
  if (std::find(closing.begin(), closing.end(), true) != closing.end()) return closing;
  std::vector<std::size_t> last(course.labels.size());
  for (const FitCase& one : cases) ++last[one.moves.back().label];
  for (std::size_t i = 0; i < last.size(); ++i) closing[i] = 2 * last[i] > cases.size();
  return closing;
}

struct Closings {
  std::map<std::uint32_t, std::uint64_t> by_actor;
  std::map<std::uint16_t, std::uint64_t> after;
  std::uint64_t n = 0;
};

void find_matters(std::span<const FitCase> cases, const Vocabulary& names, Fitted& fitted) {
  std::map<std::uint32_t, double> weights;
  double sum = 0, cents = 0, with_amount = 0;
  for (const FitCase& one : cases) {
    weights[one.matter] += one.weight;
    sum += one.weight;
    if (one.amount_cents < 0) continue;
    cents += one.weight * static_cast<double>(one.amount_cents);
    with_amount += one.weight;
  }
  if (with_amount > 0) fitted.amount_mean_cents = cents / with_amount;
  std::vector<std::pair<std::uint32_t, double>> sorted(weights.begin(), weights.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  double left = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::string_view name = Vocabulary::name(names.matters, sorted[i].first);
    if (i < kMattersMax && !name.empty())
      fitted.matters.emplace_back(name, sorted[i].second / sum);
    else
      left += sorted[i].second / sum;
  }
  if (left > 0) fitted.matters.emplace_back(fitted.matters.empty() ? "case" : "other matters", left);
}

/// So many more cases must begin as the log would not have held.
void make_up_for_unseen(Fitted& fitted) {
  const Course& course = fitted.course;
  if (course.longest == kNoTick && course.seen_until == kNoTick) return;
  const CourseWalk walk(course);
  const double span = static_cast<double>(fitted.run.cases) / fitted.arrivals.per_second;
  std::uint32_t seen = 0;
  for (std::uint32_t i = 0; i < kTried; ++i) {
    CourseCase state;
    const Tick began = static_cast<Tick>(span * i / kTried * static_cast<double>(kSecond));
    const Instant first = fitted.run.starts + Duration{began / 1000};
    Tick length = walk.begin(state, Random{1, i}).stay;
    for (int step = 0; step < kStepsMax; ++step) {
      const auto next = walk.next(state, first + Duration{length / 1000});
      if (!next) break;
      length += next->stay;
    }
    if (walk.is_seen(began, began + length)) ++seen;
  }
  const double share = std::max(1.0, static_cast<double>(seen)) / kTried;
  if (course.longest != kNoTick) fitted.arrivals.per_second /= share;
  fitted.found.push_back("of the cases rehearsed, " + percent(share) +
                         " are such as the log would hold and are kept: so many more begin that " +
                         std::to_string(fitted.run.cases) + " are");
  fitted.run.cases = static_cast<std::uint64_t>(std::llround(static_cast<double>(fitted.run.cases) / share));
}

/// Scenarios begin from 1990 on; a log of other times is played at the same hour of the week later.
void keep_to_known_years(Fitted& fitted) {
  constexpr Instant kFirst{Duration{civil_to_ms(1990, 1, 8, 0)}}, kLast{Duration{civil_to_ms(2090, 1, 1, 0)}};
  if (fitted.run.starts >= kFirst && fitted.run.starts < kLast) return;
  constexpr std::int64_t kWeekMs = 604'800'000;
  constexpr std::int64_t kMonday = civil_to_ms(2026, 1, 5, 0);
  const std::int64_t into = (fitted.run.starts.time_since_epoch().count() - kMonday) % kWeekMs;
  fitted.run.starts = Instant{Duration{kMonday + (into < 0 ? into + kWeekMs : into)}};
  fitted.found.push_back("the log's years lie outside of 1990 to 2089: rehearsed as if in 2026");
}

void say_unknown(const Vocabulary& names, std::span<const FitCase> cases, Fitted& fitted) {
  const Course& course = fitted.course;
  auto& unknown = fitted.unknown;
  if (course.groups.empty()) unknown.push_back("the log names no teams: hand-offs between teams are not rehearsed");
  if (names.persons.empty()) unknown.push_back("the log names no persons: who acts is not rehearsed");
  if (names.statuses.empty()) unknown.push_back("the log names no states of a case");
  const auto any = [&](const auto& is) { return std::any_of(course.labels.begin(), course.labels.end(), is); };
  if (!any([](const CourseLabel& label) { return label.kind != EventKind::none; }))
    unknown.push_back(
        "the mapping gives no step a meaning: nothing of it passes through the rules but opening; see "
        "docs/mapping-format.md");
  if (!any([](const CourseLabel& label) { return label.turn == Turn::seller; }))
    unknown.push_back("the log does not say when the seller is waited for: his replies are steps among others");
  if (!any([](const CourseLabel& label) { return closes(label); }))
    unknown.push_back("the mapping calls no step a closing: which of the waits are a clock's is not known");
  if (fitted.amount_mean_cents < 0) unknown.push_back("the log names no amounts at stake");
  unknown.push_back(
      "how much work a step is, and how much of a stay is waiting for somebody who is busy: stays hold both, so other "
      "staff or another load would not change them");
  unknown.push_back(
      "which matter of a procedure is meant: one that lacks it takes it as its \"other\", if it has that");
  unknown.push_back("what was asked and answered, competence, patience: a log of steps does not say");
  std::size_t open = 0;
  const std::vector<bool> closing = closing_labels(cases, course);
  for (const FitCase& one : cases) open += closing[one.moves.back().label] ? 0U : 1U;
  if (open > 0)
    unknown.push_back("whether " + std::to_string(open) + " of " + std::to_string(cases.size()) +
                      " cases that end on no closing were over: they are taken to be");
}

}  // namespace

void LoggedCases::add(const CaseHistory& history) {
  if (history.moments.empty()) return;
  cases_.push_back({moments_.size(), history.moments.size(), std::string{history.facts.name}, history.facts});
  moments_.insert(moments_.end(), history.moments.begin(), history.moments.end());
}

std::vector<LoggedCases::Case> rest_of(const LoggedCases& log, const FitPart& part) {
  std::vector<LoggedCases::Case> cases = in_order(log);
  cases.erase(cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(size_of_part(log, cases, part)));
  return cases;
}

std::string said(double seconds) {
  const auto number = [](double value) {
    std::string text = std::to_string(value);
    text.erase(std::min(text.size(), text.find('.') + 3));
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
  };
  if (seconds >= 86'400) return number(seconds / 86'400) + " days";
  if (seconds >= 3600) return number(seconds / 3600) + " hours";
  return number(seconds / 60) + " minutes";
}

std::string percent(double share) {
  const auto tenths = std::llround(share * 1000);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::vector<TimedPair> find_timers(std::span<FitCase> cases, Fitted& fitted) {
  const Course& course = fitted.course;
  const std::vector<bool> closing = closing_labels(cases, course);
  std::vector<measures::ClosingDelay> delays;
  std::map<std::uint16_t, Closings> closings;
  for (const FitCase& one : cases)
    for (std::size_t i = 1; i < one.moments.size(); ++i) {
      const std::uint16_t to = one.moves[i].label, from = one.moves[i - 1].label;
      if (!closing[to]) continue;
      delays.push_back({one.moments[i - 1].at, one.moments[i].at, from + 1U, to + 1U, one.moments[i].person});
      Closings& seen = closings[to];
      ++seen.by_actor[one.moments[i].person];
      ++seen.after[from];
      ++seen.n;
    }
  std::vector<TimedPair> timed;
  const auto add = [&](std::uint16_t from, std::uint16_t to) {
    if (std::find(timed.begin(), timed.end(), TimedPair{from, to}) == timed.end()) timed.push_back({from, to});
  };
  const auto quoted = [&](std::size_t label) { return "\"" + course.labels[label].id + "\""; };
  for (const measures::ClosingRule& rule : measures::closing_rules(delays)) {
    const auto to = static_cast<std::uint16_t>(rule.finish - 1);
    fitted.found.push_back("timer: " + quoted(to) + " comes " + said(static_cast<double>(rule.delay.count()) / 1000) +
                           " after " + (rule.any_start ? "whatever came before" : quoted(rule.start - 1)) + ", " +
                           std::to_string(rule.n) + " of " + std::to_string(rule.of) + " from " +
                           print_instant(rule.first) + " to " + print_instant(rule.last));
    if (!rule.any_start) add(static_cast<std::uint16_t>(rule.start - 1), to);
    for (const auto& [from, n] : closings[to].after)
      if (rule.any_start && n >= kTimedMin) add(from, to);
  }
  for (const auto& [to, seen] : closings) {
    const auto most = std::max_element(seen.by_actor.begin(), seen.by_actor.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    const double share = static_cast<double>(most->second) / static_cast<double>(seen.n);
    if (most->first == 0 || seen.n < kTimedMin || share < kTimedShare || seen.by_actor.size() < 3) continue;
    fitted.found.push_back("timer: one actor makes " + percent(share) + " of the " + std::to_string(seen.n) + " " +
                           quoted(to) + " and is taken for a clock");
    for (const auto& [from, n] : seen.after)
      if (n >= kTimedMin) add(from, to);
  }
  for (FitCase& one : cases) {
    const std::size_t n = one.moves.size();
    one.timed = n >= 2 && std::find(timed.begin(), timed.end(),
                                    TimedPair{one.moves[n - 2].label, one.moves[n - 1].label}) != timed.end();
  }
  return timed;
}

namespace {

Result<Fitted> estimate(const LoggedCases& log, const std::vector<LoggedCases::Case>& all, std::size_t size,
                        const Vocabulary& names, const std::string& log_name, std::size_t labels_max) {
  Fitted fitted;
  fitted.log = log_name;
  fitted.cases = size;
  fitted.rest = all.size() - size;
  std::vector<FitCase> cases(size);
  for (std::size_t i = 0; i < size; ++i) {
    cases[i].moments = log.moments_of(all[i]);
    cases[i].matter = all[i].facts.matter;
    cases[i].amount_cents = all[i].facts.amount_cents;
    fitted.moments += cases[i].moments.size();
  }
  const std::vector<std::uint16_t> group_of_team = find_words(cases, names, labels_max, fitted);
  const std::vector<TimedPair> timed = find_timers(cases, fitted);
  const FitWindow window = weigh(cases, fitted);
  find_hours(cases, fitted.course);
  find_arrivals(cases, window, fitted);
  find_matters(cases, names, fitted);

  std::vector<FitSample> samples = samples_of(cases, group_of_team);
  find_next(samples, fitted.course);
  find_stays(samples, timed, fitted.course);
  std::map<CourseMove, double> first;
  double sum = 0;
  for (const FitCase& one : cases) {
    first[one.moves.front()] += one.weight;
    sum += one.weight;
  }
  for (const auto& [move, weight] : first) fitted.course.first.push_back({move, false, weight / sum});

  const std::string wrong = CourseWalk::what_is_wrong(fitted.course);
  if (!wrong.empty()) return Error{Fault::unreadable, log_name + ": " + wrong};
  // The rest of the log, if there is one, is what a rehearsal can be held against.
  fitted.run.starts = log.moments_of(all[fitted.rest > 0 ? size : 0]).front().at;
  fitted.run.cases = fitted.rest > 0 ? fitted.rest : size;
  if (window.cut) {
    Instant end = cases.front().ended();
    for (const FitCase& one : cases) end = std::max(end, one.ended());
    if (end > fitted.run.starts) fitted.course.seen_until = (end - fitted.run.starts).count() * 1000;
  }
  make_up_for_unseen(fitted);
  keep_to_known_years(fitted);
  say_unknown(names, cases, fitted);
  return fitted;
}

}  // namespace

Result<Fitted> fit(const LoggedCases& log, const Vocabulary& names, const std::string& log_name, const FitPart& part) {
  const std::vector<LoggedCases::Case> all = in_order(log);
  const std::size_t size = size_of_part(log, all, part);
  if (size < kFitCasesMin) return too_few(log_name, size);
  // Logs of hundreds of kinds of steps: fewer of them, until the scenario can be read.
  for (std::size_t labels = kLabelsMax;; labels /= 2) {
    GUICHET_TRY(fitted, estimate(log, all, size, names, log_name, labels));
    if (labels <= kLabelsMin || print_fitted(fitted).size() < formats::kTomlBytesMax) return fitted;
  }
}

}  // namespace guichet::rehearsal
