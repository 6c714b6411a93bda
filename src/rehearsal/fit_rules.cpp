// What comes next and when, as short lists of rules: for each label a tree is grown on the facts of the case, as far as
// the log bears it out, and its leaves are written as rules.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <guichet/rehearsal/fit_parts.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::uint32_t kMinute = 60, kHourS = 3600, kDayS = 86'400;
constexpr std::array<std::uint32_t, 18> kAges{
    kMinute,   5 * kMinute, 15 * kMinute, kHourS,     4 * kHourS, 12 * kHourS, kDayS,       2 * kDayS,   4 * kDayS,
    7 * kDayS, 10 * kDayS,  14 * kDayS,   21 * kDayS, 30 * kDayS, 60 * kDayS,  120 * kDayS, 240 * kDayS, 480 * kDayS};
constexpr std::array<std::uint32_t, 14> kCounts{1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 50, 100};

constexpr std::size_t kNextMin = 25;   // moments behind a rule of what comes next
constexpr std::size_t kStaysMin = 50;  // … of how long
constexpr std::size_t kDepthMax = 8;
constexpr double kDoubt = 4;  // nats that a split must bring besides what its parameters cost

bool is_ordered(CourseFact fact) {
  return fact == CourseFact::steps || fact == CourseFact::moves || fact == CourseFact::age ||
         fact == CourseFact::stayed;
}

std::span<const std::uint32_t> edges_of(CourseFact fact) {
  if (fact == CourseFact::age || fact == CourseFact::stayed) return kAges;
  return kCounts;
}

bool holds(const FitSample& sample, const CourseTest& test) {
  const std::uint32_t value = sample.facts[static_cast<std::size_t>(test.fact)];
  if (test.fact == CourseFact::seen) return (value >> test.value & 1U) != 0;
  return is_ordered(test.fact) ? value >= test.value : value == test.value;
}

/// Every question that could be asked of a set of samples: one per value, edge or bit that parts them.
std::vector<CourseTest> questions(std::span<const FitSample> samples, bool of_stays) {
  std::vector<CourseTest> found;
  for (std::size_t i = 0; i < kCourseFacts; ++i) {
    const auto fact = static_cast<CourseFact>(i);
    if (!of_stays && (fact == CourseFact::by || fact == CourseFact::to)) continue;
    if (fact == CourseFact::seen) {
      for (std::uint32_t bit = 0; bit < 32; ++bit) found.push_back({fact, true, bit});
    } else if (is_ordered(fact)) {
      for (const std::uint32_t edge : edges_of(fact)) found.push_back({fact, true, edge});
    } else {
      std::map<std::uint32_t, std::size_t> values;
      for (const FitSample& sample : samples) ++values[sample.facts[i]];
      for (const auto& [value, n] : values)
        if (value != kNoFact && n >= kNextMin && n < samples.size()) found.push_back({fact, true, value});
    }
  }
  return found;
}

/// A leaf: samples in a row, and the way to it.
struct Leaf {
  std::size_t first{}, count{};
  std::vector<CourseTest> when;
};

/// Of two tests on the same edge of a path only the narrower needs saying.
void add_test(std::vector<CourseTest>& when, const CourseTest& test) {
  if (is_ordered(test.fact))
    std::erase_if(when, [&](const CourseTest& old) { return old.fact == test.fact && old.holds == test.holds; });
  if (!is_ordered(test.fact) && test.holds && test.fact != CourseFact::seen)
    std::erase_if(when, [&](const CourseTest& old) { return old.fact == test.fact; });
  when.push_back(test);
}

/// Grows a tree; `gain` gives what a split brings above its price, nothing when it is not worth it.
template <class Gains>
class Grower {
 public:
  Grower(std::span<FitSample> samples, bool of_stays, std::size_t least, const Gains& gains)
      : samples_(samples), least_(least), of_stays_(of_stays), gains_(gains) {}

  std::vector<Leaf> grow() {
    grow(0, samples_.size(), {}, 0);
    // Narrow rules first; the last needs no tests, for it gets what all others leave.
    std::stable_sort(leaves_.begin(), leaves_.end(),
                     [](const Leaf& a, const Leaf& b) { return a.when.size() > b.when.size(); });
    leaves_.back().when.clear();
    return std::move(leaves_);
  }

 private:
  void grow(std::size_t first, std::size_t count, const std::vector<CourseTest>& when, std::size_t depth) {
    const std::span<FitSample> here = samples_.subspan(first, count);
    const std::optional<CourseTest> test = depth < kDepthMax ? best(here) : std::nullopt;
    if (!test) {
      leaves_.push_back({first, count, when});
      return;
    }
    const auto middle =
        std::stable_partition(here.begin(), here.end(), [&](const FitSample& sample) { return holds(sample, *test); });
    const auto yes = static_cast<std::size_t>(middle - here.begin());
    std::vector<CourseTest> then = when, otherwise = when;
    CourseTest not_so = *test;
    not_so.holds = false;
    add_test(then, *test);
    add_test(otherwise, not_so);
    grow(first, yes, then, depth + 1);
    grow(first + yes, count - yes, otherwise, depth + 1);
  }

  std::optional<CourseTest> best(std::span<const FitSample> here) const {
    if (here.size() < 2 * least_) return std::nullopt;
    std::optional<CourseTest> chosen;
    double most = 0;
    gains_.prepare(here);
    for (const CourseTest& test : questions(here, of_stays_)) {
      const double gain = gains_.gain(here, test, least_);
      if (gain <= most) continue;
      most = gain;
      chosen = test;
    }
    return chosen;
  }

  std::span<FitSample> samples_;
  std::size_t least_;
  bool of_stays_;
  const Gains& gains_;
  std::vector<Leaf> leaves_;
};

/// What a split says about the next step: nats of likelihood.
class NextGains {
 public:
  void prepare(std::span<const FitSample> here) const {
    numbers_.clear();
    std::map<std::pair<bool, CourseMove>, std::uint32_t> known;
    for (const FitSample& sample : here)
      numbers_.push_back(
          known.emplace(std::pair{sample.ends, sample.move}, static_cast<std::uint32_t>(known.size())).first->second);
    outcomes_ = known.size();
    all_.assign(outcomes_, 0);
    for (std::size_t i = 0; i < here.size(); ++i) all_[numbers_[i]] += static_cast<double>(here[i].weight);
  }

  double gain(std::span<const FitSample> here, const CourseTest& test, std::size_t least) const {
    if (outcomes_ < 2) return 0;
    yes_.assign(outcomes_, 0);
    std::size_t n = 0;
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (!holds(here[i], test)) continue;
      yes_[numbers_[i]] += static_cast<double>(here[i].weight);
      ++n;
    }
    if (n < least || here.size() - n < least) return 0;
    double brought = 0;
    double sum_yes = 0, sum_no = 0, sum_all = 0;
    std::size_t kinds_yes = 0, kinds_no = 0;
    const auto term = [](double count) { return count > 0 ? count * std::log(count) : 0.0; };
    for (std::size_t k = 0; k < outcomes_; ++k) {
      const double no = std::max(0.0, all_[k] - yes_[k]);
      kinds_yes += yes_[k] > 0 ? 1U : 0U;
      kinds_no += no > 1e-9 ? 1U : 0U;
      brought += term(yes_[k]) + term(no) - term(all_[k]);
      sum_yes += yes_[k];
      sum_no += no;
      sum_all += all_[k];
    }
    brought -= term(sum_yes) + term(sum_no) - term(sum_all);
    const auto parameters = static_cast<double>(std::max<std::size_t>(1, std::min(kinds_yes, kinds_no)));
    return brought - 0.5 * std::log(std::max(2.0, sum_all)) * parameters - kDoubt;
  }

 private:
  mutable std::vector<std::uint32_t> numbers_;
  mutable std::vector<double> all_, yes_;
  mutable std::size_t outcomes_ = 0;
};

/// What a split says about how long: as if logarithms of stays were normal.
class StayGains {
 public:
  void prepare(std::span<const FitSample> here) const {
    logs_.clear();
    for (const FitSample& sample : here) logs_.push_back(std::log(60 + sample.stay));
  }

  double gain(std::span<const FitSample> here, const CourseTest& test, std::size_t least) const {
    Moments yes, no;
    for (std::size_t i = 0; i < here.size(); ++i)
      (holds(here[i], test) ? yes : no).add(logs_[i], static_cast<double>(here[i].weight));
    if (yes.n < least || no.n < least) return 0;
    Moments all = yes;
    all.w += no.w;
    all.x += no.x;
    all.xx += no.xx;
    const auto n = static_cast<double>(yes.n + no.n);
    const auto part = [](const Moments& m) { return static_cast<double>(m.n) / 2 * std::log(m.variance() + 1e-4); };
    return n / 2 * std::log(all.variance() + 1e-4) - part(yes) - part(no) - std::log(n) - kDoubt;
  }

 private:
  struct Moments {
    std::size_t n = 0;
    double w = 0, x = 0, xx = 0;
    void add(double value, double weight) {
      ++n;
      w += weight;
      x += weight * value;
      xx += weight * value * value;
    }
    double variance() const { return std::max(0.0, xx / w - x / w * (x / w)); }
  };
  mutable std::vector<double> logs_;
};

std::vector<CourseNext::Chance> chances_of(std::span<const FitSample> samples) {
  std::map<std::pair<bool, CourseMove>, double> counts;
  double sum = 0;
  for (const FitSample& sample : samples) {
    counts[{sample.ends, sample.ends ? CourseMove{} : sample.move}] += static_cast<double>(sample.weight);
    sum += static_cast<double>(sample.weight);
  }
  std::vector<CourseNext::Chance> chances;
  for (const auto& [what, count] : counts) chances.push_back({what.second, what.first, count / sum});
  std::stable_sort(chances.begin(), chances.end(), [](const auto& a, const auto& b) { return a.chance > b.chance; });
  return chances;
}

// ---- how long

constexpr double kSoon = 3 * 3600;  // what happens within is not put off to the next morning

/// Seconds since the Monday before.
double into_week(Instant at) {
  constexpr std::int64_t kWeek = 604'800'000;
  const std::int64_t ms = (at.time_since_epoch().count() + 3 * 86'400'000LL) % kWeek;
  return static_cast<double>(ms < 0 ? ms + kWeek : ms) / 1000;
}

/// Working seconds since some Monday.
double worked_at(const std::array<double, 168>& hours, double seconds) {
  static constexpr double kWeek = 604'800;
  const double weeks = std::floor(seconds / kWeek);
  const double in = seconds - weeks * kWeek;
  const auto hour = std::min<std::size_t>(167, static_cast<std::size_t>(in / 3600));
  double sum = weeks * kWeek;
  for (std::size_t i = 0; i < hour; ++i) sum += hours[i] * 3600;
  return sum + (in - static_cast<double>(hour) * 3600) * hours[hour];
}

double into_day(Instant at) {
  const double week = into_week(at);
  return week - std::floor(week / 86'400) * 86'400;
}

/// The largest share of times of day that lies within two hours.
double crowded(std::span<const FitSample> samples, bool at_the_end) {
  std::array<double, 48> halves{};
  double sum = 0;
  for (const FitSample& sample : samples) {
    const double day = std::fmod(into_day(sample.from) + (at_the_end ? sample.stay : 0), 86'400);
    halves[std::min<std::size_t>(47, static_cast<std::size_t>(day / 1800))] += static_cast<double>(sample.weight);
    sum += static_cast<double>(sample.weight);
  }
  double most = 0;
  for (std::size_t i = 0; i < 48; ++i)
    most = std::max(most, halves[i] + halves[(i + 1) % 48] + halves[(i + 2) % 48] + halves[(i + 3) % 48]);
  return most / sum;
}

double on_clock(const FitSample& sample, const std::array<double, 168>& hours, CourseStay::Clock clock) {
  if (clock != CourseStay::Clock::working) return sample.stay;
  const double from = into_week(sample.from);
  return worked_at(hours, from + sample.stay) - worked_at(hours, from);
}

/// How much of the spread of the long stays (their logarithms) lies between those that begin at different times of the
/// week: on the right clock it does not matter when they begin.
double tied_to_week(std::span<const FitSample> samples, const std::array<double, 168>& hours, CourseStay::Clock clock) {
  struct Sums {
    double w = 0, x = 0;
  };
  std::array<Sums, 42> parts{};  // of four hours
  double w = 0, x = 0, xx = 0;
  for (const FitSample& sample : samples) {
    if (sample.stay < kSoon) continue;
    const double value = std::log(60 + on_clock(sample, hours, clock));
    const auto weight = static_cast<double>(sample.weight);
    Sums& part = parts[std::min<std::size_t>(41, static_cast<std::size_t>(into_week(sample.from) / (4 * 3600)))];
    part.w += weight;
    part.x += weight * value;
    w += weight;
    x += weight * value;
    xx += weight * value * value;
  }
  if (w <= 0) return 0;
  double between = 0;
  for (const Sums& part : parts)
    if (part.w > 0) between += part.x * part.x / part.w;
  const double total = xx - x * x / w;
  return total > 0 ? (between - x * x / w) / total : 0;
}

void set_laws(CourseStay& stay, std::span<const FitSample> samples, const std::array<double, 168>& hours) {
  std::vector<std::pair<double, double>> soon, later, at;
  double soon_weight = 0, sum = 0;
  for (const FitSample& sample : samples) {
    const auto weight = static_cast<double>(sample.weight);
    sum += weight;
    switch (stay.clock) {
      case CourseStay::Clock::elapsed: later.emplace_back(sample.stay, weight); break;
      case CourseStay::Clock::working:
        if (sample.stay < kSoon) {
          soon.emplace_back(sample.stay, weight);
          soon_weight += weight;
        } else {
          later.emplace_back(on_clock(sample, hours, stay.clock), weight);
        }
        break;
      case CourseStay::Clock::daily: {
        const double end = into_day(sample.from) + sample.stay;
        later.emplace_back(std::floor(end / 86'400), weight);
        at.emplace_back(end - std::floor(end / 86'400) * 86'400, weight);
        break;
      }
    }
  }
  stay.soon_share = sum > 0 ? soon_weight / sum : 0;
  if (!soon.empty()) stay.soon = law_of(std::move(soon));
  if (!later.empty()) stay.later = law_of(std::move(later));
  if (!at.empty()) stay.at = law_of(std::move(at));
}

}  // namespace

CourseLaw law_of(std::vector<std::pair<double, double>> values) {
  std::sort(values.begin(), values.end());
  if (values.front().first == values.back().first) return {{values.front().first}, {values.front().first}};
  double sum = 0;
  for (const auto& [value, weight] : values) sum += weight;
  std::vector<double> upto;
  double so_far = 0;
  for (const auto& [value, weight] : values) {
    upto.push_back((so_far + weight / 2) / sum);
    so_far += weight;
  }
  const auto quantile = [&](double q) {
    const auto above = std::upper_bound(upto.begin(), upto.end(), q);
    if (above == upto.begin()) return values.front().first;
    if (above == upto.end()) return values.back().first;
    const auto i = static_cast<std::size_t>(above - upto.begin());
    const double share = (q - upto[i - 1]) / (upto[i] - upto[i - 1]);
    return values[i - 1].first + (values[i].first - values[i - 1].first) * share;
  };
  const auto n = static_cast<double>(values.size());
  std::size_t m = 1;
  while (m < 16 && n >= 8 * static_cast<double>(m)) m *= 2;
  CourseLaw law;
  law.even.clear();
  law.tail.clear();
  for (std::size_t i = 0; i < m; ++i) law.even.push_back(quantile(static_cast<double>(i) / static_cast<double>(m)));
  double left = 1 / static_cast<double>(m);
  while (n * left / 2 >= 4) {
    left /= 2;
    law.tail.push_back(quantile(1 - left));
  }
  // The last stretch is straight too: it ends where its mean is that of the values in it.
  const double from = law.tail.empty() ? law.even.back() : law.tail.back();
  double weight_above = 0, above = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (upto[i] >= 1 - left) {
      weight_above += values[i].second;
      above += values[i].first * values[i].second;
    }
  const double mean = weight_above > 0 ? above / weight_above : from;
  law.tail.push_back(std::clamp(2 * mean - from, from, std::max(from, values.back().first)));
  return law;
}

void find_next(std::vector<FitSample>& samples, Course& course) {
  std::stable_sort(samples.begin(), samples.end(), [](const FitSample& a, const FitSample& b) { return a.at < b.at; });
  const NextGains gains;
  for (std::size_t first = 0; first < samples.size();) {
    std::size_t last = first;
    while (last < samples.size() && samples[last].at == samples[first].at) ++last;
    const std::span<FitSample> of_label{samples.data() + first, last - first};
    for (const Leaf& leaf : Grower(of_label, false, kNextMin, gains).grow())
      course.next.push_back(
          {of_label.front().at, leaf.when, leaf.count, chances_of(of_label.subspan(leaf.first, leaf.count))});
    first = last;
  }
}

void find_stays(std::vector<FitSample>& samples, const std::vector<TimedPair>& timed, Course& course) {
  std::erase_if(samples, [](const FitSample& sample) { return sample.ends; });
  const auto pair_of = [](const FitSample& sample) { return std::pair{sample.at, sample.move.label}; };
  std::stable_sort(samples.begin(), samples.end(),
                   [&](const FitSample& a, const FitSample& b) { return pair_of(a) < pair_of(b); });
  const StayGains gains;
  for (std::size_t first = 0; first < samples.size();) {
    std::size_t last = first;
    while (last < samples.size() && pair_of(samples[last]) == pair_of(samples[first])) ++last;
    const std::span<FitSample> of_pair{samples.data() + first, last - first};
    first = last;
    const auto [from, to] = pair_of(of_pair.front());
    const bool timer = std::any_of(timed.begin(), timed.end(),
                                   [&](const TimedPair& pair) { return pair.from == from && pair.to == to; });
    CourseStay plain;
    plain.from = from;
    plain.to = to;
    plain.timer = timer;
    const auto by_machine = static_cast<std::size_t>(
        std::count_if(of_pair.begin(), of_pair.end(), [](const auto& s) { return s.move.by == CourseWho::machine; }));
    const bool machine = timer || 2 * by_machine > of_pair.size();
    const bool daily = machine && of_pair.size() >= 20 && crowded(of_pair, true) >= 0.6 &&
                       crowded(of_pair, false) < 0.7 * crowded(of_pair, true);
    plain.clock = daily ? CourseStay::Clock::daily : machine ? CourseStay::Clock::elapsed : CourseStay::Clock::working;
    if (plain.clock == CourseStay::Clock::working && tied_to_week(of_pair, course.hours, CourseStay::Clock::elapsed) <
                                                         tied_to_week(of_pair, course.hours, plain.clock))
      plain.clock = CourseStay::Clock::elapsed;
    if (timer) {  // one law: the figure to change
      plain.n = of_pair.size();
      set_laws(plain, of_pair, course.hours);
      course.stays.push_back(std::move(plain));
      continue;
    }
    for (const Leaf& leaf : Grower(of_pair, true, kStaysMin, gains).grow()) {
      CourseStay stay = plain;
      stay.when = leaf.when;
      stay.n = leaf.count;
      set_laws(stay, of_pair.subspan(leaf.first, leaf.count), course.hours);
      course.stays.push_back(std::move(stay));
    }
  }
}

std::vector<FitSample> samples_of(std::span<const FitCase> cases, const std::vector<std::uint16_t>& group_of_team) {
  std::vector<FitSample> samples;
  for (const FitCase& one : cases) {
    std::uint32_t after = kNoFact, long_after = kNoFact, seen = 0, moves = 0, came = 0, group = kNoFact, team = 0;
    double stayed = 0;
    for (std::size_t i = 0; i < one.moments.size(); ++i) {
      const Moment& moment = one.moments[i];
      const CourseMove& move = one.moves[i];
      if (moment.team != 0) {
        if (team != 0 && moment.team != team) ++moves;
        team = moment.team;
        group = group_of_team[team];
        came = static_cast<std::uint32_t>(move.in);
      }
      const auto seconds = [](Duration d) { return static_cast<double>(d.count()) / 1000; };
      const double age = seconds(moment.at - one.began());
      FitSample sample;
      sample.at = move.label;
      const auto whole = [](double s) { return static_cast<std::uint32_t>(std::clamp(s, 0.0, 4e9)); };
      sample.facts = {after,
                      long_after,
                      seen,
                      group,
                      came,
                      static_cast<std::uint32_t>(std::min<std::size_t>(i + 1, 255)),
                      std::min<std::uint32_t>(moves, 255),
                      whole(age),
                      whole(stayed),
                      0,
                      0};
      const bool by_clock = one.timed && i + 2 == one.moments.size();
      sample.weight = static_cast<float>(by_clock ? one.timer_weight : one.weight);
      sample.from = moment.at;
      sample.ends = i + 1 == one.moments.size();
      if (!sample.ends) {
        sample.move = one.moves[i + 1];
        sample.facts[9] = static_cast<std::uint32_t>(sample.move.by);
        sample.facts[10] = static_cast<std::uint32_t>(sample.move.in);
        sample.stay = seconds(one.moments[i + 1].at - moment.at);
      }
      stayed = sample.stay;
      samples.push_back(sample);
      long_after = after;
      after = move.label;
      if (move.label < 32) seen |= 1U << move.label;
    }
  }
  return samples;
}

}  // namespace guichet::rehearsal
