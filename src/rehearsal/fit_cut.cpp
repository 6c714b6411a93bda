// What a log leaves out: it may hold only cases that ended in a stretch of time, or only those of some length. The
// cases that are there are weighed so that they stand for all that began.
#include <algorithm>
#include <cmath>

#include <guichet/rehearsal/fit_parts.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::size_t kCasesMin = 100;
constexpr double kBeganBefore = 0.05;  // of the cases, before the first end: more is suspicious
constexpr double kMissing = 0.3;       // of those that began before, so many should have ended before too
constexpr double kWeightMax = 50;      // times the mean
constexpr int kRounds = 60;

double seconds(Duration d) { return static_cast<double>(d.count()) / 1000; }

template <class Value>
Value at_share(std::vector<Value> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

std::vector<Instant> ends_of(std::span<const FitCase> cases) {
  std::vector<Instant> ends;
  for (const FitCase& one : cases) ends.push_back(one.began() + Duration{std::llround(one.length_untimed() * 1000)});
  return ends;
}

/// Cases that began long before the first end of any: if cases as short as others are missing among them, the log holds
/// only what ended since.
FitWindow window_of(std::span<const FitCase> cases) {
  FitWindow window;
  const std::vector<Instant> ends = ends_of(cases);
  window.opens = at_share(ends, 0.002);
  window.shuts = *std::max_element(ends.begin(), ends.end());
  std::vector<double> later;
  for (const FitCase& one : cases)
    if (one.began() >= window.opens) later.push_back(one.length_untimed());
  const std::size_t before = cases.size() - later.size();
  if (later.size() < kCasesMin / 2 || static_cast<double>(before) < kBeganBefore * static_cast<double>(cases.size()))
    return window;
  std::sort(later.begin(), later.end());
  double missing = 0;
  for (const FitCase& one : cases) {
    if (one.began() >= window.opens) continue;
    const auto shorter = std::lower_bound(later.begin(), later.end(), seconds(window.opens - one.began()));
    missing += static_cast<double>(shorter - later.begin()) / static_cast<double>(later.size());
  }
  window.cut = missing >= kMissing * static_cast<double>(before);
  return window;
}

void scale(std::span<FitCase> cases, double FitCase::* weight) {
  double sum = 0;
  for (const FitCase& one : cases) sum += one.*weight;
  const double mean = sum / static_cast<double>(cases.size());
  for (FitCase& one : cases) one.*weight = std::min(one.*weight / mean, kWeightMax);
}

/// With cases beginning at an even pace, one is in the log if it began in a stretch that its length decides.
void weigh_by_window(std::span<FitCase> cases, const FitWindow& window) {
  Instant last = cases.front().began();
  for (const FitCase& one : cases) last = std::max(last, one.began());
  for (FitCase& one : cases) {
    const double stretch =
        std::min(seconds(last - window.opens) + one.length_untimed(), seconds(window.shuts - window.opens));
    one.weight = 1 / std::max(stretch, 3600.0);
  }
  scale(cases, &FitCase::weight);
  for (FitCase& one : cases) one.timer_weight = one.weight;
}

/// The sum of the second of pairs whose first lies in [from, until]; pairs sorted, `upto` their running sums.
double sum_in(const std::vector<double>& sorted, const std::vector<double>& upto, double from, double until) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), from) - sorted.begin();
  const auto last = std::upper_bound(sorted.begin(), sorted.end(), until) - sorted.begin();
  return last > first ? upto[static_cast<std::size_t>(last)] - upto[static_cast<std::size_t>(first)] : 0;
}

/// One side of the balance: each weight is one over what the other side lets in.
std::vector<double> let_in(const std::vector<double>& own, const std::vector<double>& others,
                           const std::vector<double>& weights, double shortest, double longest) {
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t i = 0; i < others.size(); ++i) pairs.emplace_back(others[i], weights[i]);
  std::sort(pairs.begin(), pairs.end());
  std::vector<double> sorted, upto{0};
  for (const auto& [value, weight] : pairs) {
    sorted.push_back(value);
    upto.push_back(upto.back() + weight);
  }
  std::vector<double> found;
  for (const double value : own)
    found.push_back(1 / std::max(sum_in(sorted, upto, shortest - value, longest - value) / upto.back(), 1e-6));
  return found;
}

/// The work and the clock's wait do not know of each other; what makes them seem to is that only some sums were kept.
void weigh_by_length(std::span<FitCase> cases, double shortest, double longest) {
  std::vector<double> work, wait;
  std::vector<FitCase*> timed;
  for (FitCase& one : cases)
    if (one.timed) {
      timed.push_back(&one);
      work.push_back(one.length_untimed());
      wait.push_back(one.length() - one.length_untimed());
    }
  if (timed.size() < kCasesMin) return;
  std::vector<double> of_work(timed.size(), 1), of_wait(timed.size(), 1);
  for (int i = 0; i < kRounds; ++i) {
    of_work = let_in(work, wait, of_wait, shortest, longest);
    of_wait = let_in(wait, work, of_work, shortest, longest);
  }
  for (std::size_t i = 0; i < timed.size(); ++i) {
    timed[i]->weight = of_work[i];
    timed[i]->timer_weight = of_wait[i];
  }
  scale(cases, &FitCase::weight);
  scale(cases, &FitCase::timer_weight);
}

/// Tails thin out; one that stops at its full height was cut off.
void find_lengths_kept(std::span<const FitCase> cases, Fitted& fitted) {
  if (cases.size() < 2 * kCasesMin) return;
  std::vector<double> lengths;
  for (const FitCase& one : cases) lengths.push_back(one.length());
  std::sort(lengths.begin(), lengths.end());
  const double least = at_share(lengths, 0.0005), most = at_share(lengths, 0.9995);
  const double step = (most - least) / 20;
  const auto within = [&](double from, double until) {
    return std::upper_bound(lengths.begin(), lengths.end(), until) -
           std::lower_bound(lengths.begin(), lengths.end(), from);
  };
  const auto last = within(most - step, lengths.back()), before = within(most - 2 * step, most - step);
  const bool stops = last >= 15 && 2 * last >= before && last <= 5 * before && step > 0;
  if (!stops) return;
  fitted.course.longest = static_cast<Tick>(lengths.back() * 1.0001 * static_cast<double>(kSecond));
  const bool starts = least > 0.2 * at_share(lengths, 0.5) && within(lengths.front(), least + step) >= 15;
  if (starts) fitted.course.shortest = static_cast<Tick>(least * 0.9999 * static_cast<double>(kSecond));
}

}  // namespace

FitWindow weigh(std::span<FitCase> cases, Fitted& fitted) {
  if (cases.size() < kCasesMin) return {};
  const FitWindow window = window_of(cases);
  if (window.cut) {
    weigh_by_window(cases, window);
    const auto before =
        std::count_if(cases.begin(), cases.end(), [&](const FitCase& one) { return one.began() < window.opens; });
    fitted.found.push_back("the log holds only cases that ended since " + print_instant(window.opens) +
                           ": of those that began before (" + std::to_string(before) +
                           ") only the long ones are there; cases are weighed by how likely one of their length is in "
                           "the log, as if cases "
                           "began at an even pace");
    return window;
  }
  find_lengths_kept(cases, fitted);
  if (fitted.course.longest == kNoTick) return window;
  const double shortest = static_cast<double>(fitted.course.shortest) / 1e6;
  const double longest = static_cast<double>(fitted.course.longest) / 1e6;
  weigh_by_length(cases, shortest, longest);
  fitted.found.push_back("the log seems to hold only cases that lasted from " + said(shortest) + " to " +
                         said(longest) +
                         ": their number stops abruptly there; rehearsed cases of other lengths are not counted "
                         "(shortest, longest), and work and waiting for a clock are weighed so that they fit together");
  return window;
}

}  // namespace guichet::rehearsal
