#include <guichet/measures/closing_rules.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include <guichet/measures/sample.hpp>

namespace guichet::measures {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t ms(Duration duration) { return duration.count(); }
constexpr std::int64_t kDay = ms(days{1});
constexpr std::int64_t kWeek = ms(days{7});

// Widths a peak may have: a timer alone, checked every few minutes, every hour, twice a day, every night.
constexpr std::int64_t kHabit = ms(minutes{66});
constexpr std::array<std::int64_t, 8> kWidths{ms(minutes{2}),   ms(minutes{11}), ms(minutes{35}),  kHabit,
                                              ms(minutes{150}), ms(hours{6}),    ms(minutes{750}), ms(hours{25})};

// A wider peak must hold so many times more to be preferred.
constexpr double kWiderGain = 1.15;
// A change of period must move the peak's share by so much, and be so much likelier than chance (natural logarithm).
constexpr double kPeriodStep = 0.25;
constexpr double kPeriodEvidence = 12;
constexpr std::size_t kPeriodMin = 40;
// Neighbouring periods whose shares differ by more are told apart though the peak is in force in both.
constexpr double kShareStep = 0.4;
constexpr std::size_t kRulesPerGroupMax = 6;

struct Wait {
  std::int64_t ms{};  // on the clock in question
  Instant from, until;
  std::uint32_t actor{};
};

struct Peak {
  std::int64_t low{}, high{};
  std::uint64_t n{};
};

/// Milliseconds of weekdays in [0, at), counted from Monday 1969-12-29.
std::int64_t weekday_ms(Instant at) {
  const std::int64_t since = at.time_since_epoch().count() + 3 * kDay;
  const std::int64_t weeks = since >= 0 ? since / kWeek : -((-since + kWeek - 1) / kWeek);
  return weeks * 5 * kDay + std::min(since - weeks * kWeek, 5 * kDay);
}

std::int64_t wait_on(DelayClock clock, const ClosingDelay& delay) {
  switch (clock) {
    case DelayClock::elapsed: return ms(delay.until - delay.from);
    case DelayClock::weekdays: return weekday_ms(delay.until) - weekday_ms(delay.from);
  }
  return 0;
}

std::uint64_t count_in(std::span<const std::int64_t> sorted, std::int64_t low, std::int64_t high) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), low);
  return static_cast<std::uint64_t>(std::upper_bound(first, sorted.end(), high) - first);
}

/// The coarsest of day, hour, minute, second that nearly all instants are whole multiples of: the log's resolution.
std::int64_t grain(std::span<const Wait> waits) {
  for (const std::int64_t step : {kDay, ms(hours{1}), ms(minutes{1}), ms(seconds{1})}) {
    const auto whole = std::count_if(waits.begin(), waits.end(), [&](const Wait& wait) {
      return wait.from.time_since_epoch().count() % step == 0 && wait.until.time_since_epoch().count() % step == 0;
    });
    if (static_cast<double>(whole) >= 0.95 * static_cast<double>(waits.size())) return step;
  }
  return 1;
}

/// The most that lies in a stretch as wide as the peak, beside it or one day or week away.
std::uint64_t surroundings(std::span<const std::int64_t> sorted, const Peak& peak, std::int64_t width,
                           std::int64_t step) {
  const std::int64_t beside = std::max(width, 2 * step);
  std::uint64_t most =
      std::max(count_in(sorted, peak.low - beside, peak.low - 1), count_in(sorted, peak.high + 1, peak.high + beside));
  // Away from a peak that is not in the middle of its stretch: look at the stretch itself and around.
  const auto away = [&](std::int64_t shift) {
    const std::int64_t slack = width / 2;
    if (peak.low + shift >= width)
      most = std::max(most, count_in(sorted, peak.low + shift - slack, peak.low + shift + width + slack));
  };
  // A peak of an hour or less is finer than people's habits: what is beside it says enough.
  if (width <= kHabit) return most;
  if (width < kDay) {
    away(kDay);
    away(-kDay);
  }
  away(kWeek);
  away(-kWeek);
  return most;
}

bool is_frequent(std::uint64_t n, std::uint64_t of) {
  return n >= kRuleClosingsMin && static_cast<double>(n) >= kRuleShareMin * static_cast<double>(of);
}

/// Leaving weekends out folds waits of different lengths together, so a peak must stand out more there.
double contrast_min(DelayClock clock) {
  switch (clock) {
    case DelayClock::elapsed: return kRuleContrastMin;
    case DelayClock::weekdays: return 2 * kRuleContrastMin;
  }
  return kRuleContrastMin;
}

/// The fullest stretch of a width in `left`, judged against `sorted` (which may hold more).
std::optional<Peak> fullest(std::span<const std::int64_t> left, std::int64_t width) {
  Peak best;
  std::size_t begin = 0;
  for (std::size_t end = 0; end < left.size(); ++end) {
    while (left[end] - left[begin] > width) ++begin;
    const std::uint64_t n = end - begin + 1;
    const std::int64_t middle = left[begin] + (left[end] - left[begin]) / 2;
    if (n > best.n && left[begin] >= ms(kRuleDelayMin) &&
        static_cast<double>(width) <= kRuleWidthMax * static_cast<double>(middle))
      best = {left[begin], left[end], n};
  }
  if (best.n == 0) return std::nullopt;
  return best;
}

/// The peaks of a set of waits, each a rule within the set.
std::vector<Peak> peaks_of(std::vector<std::int64_t> waits, DelayClock clock, std::int64_t step) {
  sort_values(waits);
  const std::uint64_t of = waits.size();
  std::vector<Peak> peaks;
  std::vector<std::int64_t> left = waits;
  while (peaks.size() < kRulesPerGroupMax) {
    std::optional<Peak> chosen;
    for (const std::int64_t width : kWidths) {
      if (width < step) continue;
      const std::optional<Peak> peak = fullest(left, width);
      if (!peak || !is_frequent(peak->n, of)) continue;
      const std::uint64_t around = std::max<std::uint64_t>(surroundings(left, *peak, width, step), 1);
      if (static_cast<double>(peak->n) < contrast_min(clock) * static_cast<double>(around)) continue;
      if (!chosen || static_cast<double>(peak->n) > kWiderGain * static_cast<double>(chosen->n)) chosen = peak;
    }
    if (!chosen) break;
    peaks.push_back(*chosen);
    std::erase_if(left, [&](std::int64_t wait) { return wait >= chosen->low && wait <= chosen->high; });
  }
  return peaks;
}

double log_likelihood(std::uint64_t hits, std::uint64_t n) {
  if (hits == 0 || hits == n) return 0;
  const auto h = static_cast<double>(hits);
  const auto all = static_cast<double>(n);
  return h * std::log(h / all) + (all - h) * std::log1p(-h / all);
}

/// Splits [begin, end) where the share of hits changes most, and again in the parts; appends the ends of the parts.
void split(std::span<const std::uint64_t> hits_before, std::size_t begin, std::size_t end,
           std::vector<std::size_t>& ends) {
  const auto hits = [&](std::size_t from, std::size_t to) { return hits_before[to] - hits_before[from]; };
  const double whole = log_likelihood(hits(begin, end), end - begin);
  std::size_t best = begin;
  double evidence = kPeriodEvidence;
  for (std::size_t cut = begin + kPeriodMin; cut + kPeriodMin <= end; ++cut) {
    const double gain =
        log_likelihood(hits(begin, cut), cut - begin) + log_likelihood(hits(cut, end), end - cut) - whole;
    const double left = static_cast<double>(hits(begin, cut)) / static_cast<double>(cut - begin);
    const double right = static_cast<double>(hits(cut, end)) / static_cast<double>(end - cut);
    if (gain > evidence && std::abs(left - right) >= kPeriodStep) {
      evidence = gain;
      best = cut;
    }
  }
  if (best == begin) {
    ends.push_back(end);
    return;
  }
  split(hits_before, begin, best, ends);
  split(hits_before, best, end, ends);
}

struct Period {
  std::size_t begin{}, end{};
};

/// The periods in which the peak holds enough of the closings. A short pause, or a change of its share that leaves
/// it in force, does not end a period.
std::vector<Period> periods_of(std::span<const std::uint64_t> hits_before) {
  std::vector<std::size_t> ends;
  split(hits_before, 0, hits_before.size() - 1, ends);
  const auto hits = [&](const Period& period) { return hits_before[period.end] - hits_before[period.begin]; };
  const auto share = [&](const Period& period) {
    return static_cast<double>(hits(period)) / static_cast<double>(period.end - period.begin);
  };
  std::vector<Period> periods;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    const Period period{begin, end};
    begin = end;
    if (!is_frequent(hits(period), end - period.begin)) continue;
    if (!periods.empty()) {
      const Period joined{periods.back().begin, end};
      const std::size_t pause = period.begin - periods.back().end;
      if (10 * pause <= joined.end - joined.begin && std::abs(share(periods.back()) - share(period)) <= kShareStep &&
          is_frequent(hits(joined), joined.end - joined.begin)) {
        periods.back() = joined;
        continue;
      }
    }
    periods.push_back(period);
  }
  return periods;
}

Spread spread_of_waits(std::span<const Wait> waits) {
  Sample sample;
  for (const Wait& wait : waits) sample.add(wait.ms);
  return sample.spread();
}

/// The clock behind a peak. A timer alone leaves a peak of minutes: its middle. A batch that runs once an hour or a
/// night only adds to the clock: then the clock is where the peak begins, at a whole day or hour if there is one.
double clock_hours(const std::vector<std::int64_t>& peak) {
  constexpr double kHour = static_cast<double>(ms(hours{1}));
  constexpr double kNear = 0.2;
  const bool by_batch = quantile(peak, 0.99) - quantile(peak, 0.01) > static_cast<double>(ms(minutes{20}));
  const double first = (by_batch ? static_cast<double>(peak.front()) : quantile(peak, 0.5)) / kHour;
  const double last = by_batch ? quantile(peak, 0.02) / kHour : first;
  for (const double whole : {24.0, 1.0}) {
    const double next = std::ceil((first - kNear) / whole) * whole;
    if (next <= last + kNear) return next;
  }
  return first;
}

ClosingRule rule_of(std::span<const Wait> all, std::size_t begin, std::size_t end, const Peak& peak) {
  ClosingRule rule;
  std::vector<std::int64_t> inside;
  std::map<std::uint32_t, std::uint64_t> actors;
  rule.first = Instant::max();
  rule.last = Instant::min();
  for (const Wait& wait : all.subspan(begin, end - begin)) {
    if (wait.ms < peak.low || wait.ms > peak.high) continue;
    inside.push_back(wait.ms);
    ++actors[wait.actor];
    rule.first = std::min(rule.first, wait.until);
    rule.last = std::max(rule.last, wait.until);
  }
  std::sort(inside.begin(), inside.end());
  rule.n = inside.size();
  rule.of = end - begin;
  rule.share = static_cast<double>(rule.n) / static_cast<double>(rule.of);
  if (inside.empty()) return rule;
  const auto whole = [](double value) { return Duration{std::llround(value)}; };
  rule.delay = whole(quantile(inside, 0.5));
  rule.shortest = whole(quantile(inside, 0.01));
  rule.longest = whole(quantile(inside, 0.99));
  rule.clock_hours = clock_hours(inside);
  const auto most =
      std::max_element(actors.begin(), actors.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  rule.actor = most->first;
  rule.actor_share = static_cast<double>(most->second) / static_cast<double>(rule.n);
  rule.before = spread_of_waits(all.first(begin));
  rule.after = spread_of_waits(all.subspan(end));
  return rule;
}

std::uint64_t explained(std::span<const ClosingRule> rules) {
  std::uint64_t n = 0;
  for (const ClosingRule& rule : rules) n += rule.n;
  return n;
}

bool overlap(const ClosingRule& a, const ClosingRule& b) { return a.shortest <= b.longest && b.shortest <= a.longest; }

/// The rules among waits in order of their beginning.
std::vector<ClosingRule> rules_among(std::span<const Wait> waits, DelayClock clock) {
  // Candidates: over all waits, and over halves, quarters and eighths of the time.
  const std::int64_t step = grain(waits);
  std::vector<Peak> candidates;
  for (std::size_t parts = 1; parts <= 8; parts *= 2)
    for (std::size_t part = 0; part < parts; ++part) {
      std::vector<std::int64_t> some;
      for (std::size_t i = waits.size() * part / parts; i < waits.size() * (part + 1) / parts; ++i)
        some.push_back(waits[i].ms);
      if (some.size() < kPeriodMin) continue;
      for (const Peak& peak : peaks_of(std::move(some), clock, step)) candidates.push_back(peak);
    }

  // Each candidate in the periods where it holds; of candidates that overlap, the one that explains most.
  std::vector<ClosingRule> rules;
  std::vector<Peak> taken;
  std::sort(candidates.begin(), candidates.end(),
            [](const Peak& a, const Peak& b) { return std::tie(b.n, a.low, a.high) < std::tie(a.n, b.low, b.high); });
  for (const Peak& peak : candidates) {
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const Peak& other) { return peak.low <= other.high && other.low <= peak.high; }))
      continue;
    std::vector<std::uint64_t> hits_before{0};
    for (const Wait& wait : waits)
      hits_before.push_back(hits_before.back() + (wait.ms >= peak.low && wait.ms <= peak.high ? 1U : 0U));
    for (const auto& [begin, end] : periods_of(hits_before)) {
      rules.push_back(rule_of(waits, begin, end, peak));
      rules.back().clock = clock;
      taken.push_back(peak);
    }
  }
  return rules;
}

/// The rules of one start and finish, on one clock: of everybody, then of single actors.
std::vector<ClosingRule> rules_of(std::span<const ClosingDelay> delays, DelayClock clock) {
  std::vector<Wait> waits;
  waits.reserve(delays.size());
  for (const ClosingDelay& delay : delays)
    if (delay.until > delay.from) waits.push_back({wait_on(clock, delay), delay.from, delay.until, delay.actor});
  // The rule in force is that of the day when the wait began.
  std::sort(waits.begin(), waits.end(), [](const Wait& a, const Wait& b) {
    return std::tie(a.from, a.until, a.actor) < std::tie(b.from, b.until, b.actor);
  });
  std::vector<ClosingRule> rules = rules_among(waits, clock);
  std::map<std::uint32_t, std::vector<Wait>> by_actor;
  for (const Wait& wait : waits)
    if (wait.actor != 0) by_actor[wait.actor].push_back(wait);
  for (const auto& [actor, own] : by_actor) {
    if (own.size() < kPeriodMin || own.size() == waits.size()) continue;
    for (ClosingRule& rule : rules_among(own, clock)) {
      if (std::any_of(rules.begin(), rules.end(), [&](const ClosingRule& other) { return overlap(rule, other); }))
        continue;
      rule.of_actor = true;
      rules.push_back(rule);
    }
  }
  return rules;
}

std::vector<ClosingRule> rules_of(std::span<const ClosingDelay> delays) {
  if (delays.size() < kPeriodMin) return {};
  std::vector<ClosingRule> elapsed = rules_of(delays, DelayClock::elapsed);
  std::vector<ClosingRule> weekdays = rules_of(delays, DelayClock::weekdays);
  // A clock of working days shows as one peak on its own clock and as several, or a thinner one, on the other.
  const bool clearer = weekdays.size() <= elapsed.size() || elapsed.empty();
  const bool fuller = static_cast<double>(explained(weekdays)) > 1.2 * static_cast<double>(explained(elapsed));
  const bool simpler = weekdays.size() < elapsed.size() &&
                       static_cast<double>(explained(weekdays)) >= 0.95 * static_cast<double>(explained(elapsed));
  return (clearer && fuller) || (simpler && !weekdays.empty()) ? weekdays : elapsed;
}

}  // namespace

std::vector<ClosingRule> closing_rules(std::span<const ClosingDelay> delays) {
  std::vector<ClosingDelay> sorted(delays.begin(), delays.end());
  std::sort(sorted.begin(), sorted.end(), [](const ClosingDelay& a, const ClosingDelay& b) {
    return std::tie(a.finish, a.start, a.from, a.until, a.actor) <
           std::tie(b.finish, b.start, b.from, b.until, b.actor);
  });
  std::vector<ClosingRule> found;
  for (auto finish = sorted.begin(); finish != sorted.end();) {
    const auto finish_end =
        std::find_if(finish, sorted.end(), [&](const auto& d) { return d.finish != finish->finish; });
    std::vector<ClosingRule> of_finish;
    std::size_t starts = 0;
    for (auto start = finish; start != finish_end; ++starts) {
      const auto end = std::find_if(start, finish_end, [&](const auto& d) { return d.start != start->start; });
      for (ClosingRule& rule : rules_of({start, end})) {
        rule.start = start->start;
        rule.finish = start->finish;
        of_finish.push_back(rule);
      }
      start = end;
    }
    // The same clock after many kinds of events may show only when they are taken together.
    if (starts > 1) {
      std::vector<ClosingRule> together = rules_of({finish, finish_end});
      if (static_cast<double>(explained(together)) > 1.5 * static_cast<double>(explained(of_finish))) {
        of_finish = std::move(together);
        for (ClosingRule& rule : of_finish) {
          rule.finish = finish->finish;
          rule.any_start = true;
        }
      }
    }
    found.insert(found.end(), of_finish.begin(), of_finish.end());
    finish = finish_end;
  }
  std::sort(found.begin(), found.end(), [](const ClosingRule& a, const ClosingRule& b) {
    return std::tie(b.n, a.finish, a.start, a.first, a.delay) < std::tie(a.n, b.finish, b.start, b.first, b.delay);
  });
  return found;
}

namespace {

/// n C(n-1, k-1) p^(k-1), never above 1.
double chance_of(std::uint64_t k, std::uint64_t n, double p) {
  double chance = static_cast<double>(n);
  for (std::uint64_t i = 1; i < k; ++i) chance *= p * static_cast<double>(n - i) / static_cast<double>(i);
  return std::min(chance, 1.0);
}

}  // namespace

std::optional<FewClosings> few_closings(std::span<const ClosingDelay> delays) {
  std::vector<Wait> waits;
  std::vector<std::int64_t> sorted;
  for (const ClosingDelay& delay : delays) {
    waits.push_back({wait_on(DelayClock::elapsed, delay), delay.from, delay.until, delay.actor});
    sorted.push_back(waits.back().ms);
  }
  std::sort(waits.begin(), waits.end(), [](const Wait& a, const Wait& b) {
    return std::tie(a.until, a.from, a.actor) < std::tie(b.until, b.from, b.actor);
  });
  sort_values(sorted);
  std::size_t widths = 0;
  for (const std::int64_t width : kWidths) widths += width <= kHabit ? 1U : 0U;
  std::optional<Peak> chosen;
  double least = kFewChanceMax;
  for (const std::int64_t width : kWidths) {
    if (width > kHabit) continue;
    const std::optional<Peak> peak = fullest(sorted, width);
    if (!peak || peak->n < kFewClosingsMin ||
        static_cast<double>(peak->n) < kFewShareMin * static_cast<double>(sorted.size()))
      continue;
    const double part = static_cast<double>(width) / static_cast<double>(ms(kFewHandHours));
    const double chance = static_cast<double>(widths) * chance_of(peak->n, sorted.size(), part);
    // A wider stretch is taken when it holds more: the clock behind it is then a batch.
    if (chance > kFewChanceMax || (chosen && peak->n == chosen->n)) continue;
    chosen = peak;
    least = chance;
  }
  if (!chosen) return std::nullopt;
  FewClosings few{.rule = rule_of(waits, 0, waits.size(), *chosen),
                  .first = Duration{chosen->low},
                  .last = Duration{chosen->high},
                  .chance = least};
  few.rule.any_start = true;
  few.rule.clock = DelayClock::elapsed;
  return few;
}

}  // namespace guichet::measures
