// When cases begin, and when people act.
#include <algorithm>
#include <cmath>
#include <map>

#include <guichet/rehearsal/fit_parts.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::size_t kHoursOfWeek = 168;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::size_t kApartMin = 3000;  // with fewer, weekdays and hours of the day are taken apart
constexpr double kHoursFloor = 0.004;    // of the mean: even the quietest hour passes

using Week = std::array<double, kHoursOfWeek>;

std::int64_t hour_since_monday(Instant at) {
  const std::int64_t ms = at.time_since_epoch().count() + 3 * 24 * kHourMs;
  return ms >= 0 ? ms / kHourMs : (ms - kHourMs + 1) / kHourMs;
}

std::size_t hour_of_week(std::int64_t hour) {
  const std::int64_t in = hour % static_cast<std::int64_t>(kHoursOfWeek);
  return static_cast<std::size_t>(in < 0 ? in + static_cast<std::int64_t>(kHoursOfWeek) : in);
}

/// Few counts say more of days and hours apart than of each hour of the week.
Week smoothed(const Week& counts, double n) {
  if (n >= static_cast<double>(kApartMin)) return counts;
  std::array<double, 7> days{};
  std::array<double, 24> hours{};
  double sum = 0;
  for (std::size_t i = 0; i < kHoursOfWeek; ++i) {
    days[i / 24] += counts[i];
    hours[i % 24] += counts[i];
    sum += counts[i];
  }
  Week week{};
  for (std::size_t i = 0; i < kHoursOfWeek; ++i) week[i] = sum > 0 ? days[i / 24] * hours[i % 24] / sum : 1;
  return week;
}

/// To a mean of one, at four digits, never below `floor`.
Week evened(Week week, double floor) {
  double sum = 0;
  for (const double weight : week) sum += weight;
  for (double& weight : week) {
    weight = sum > 0 ? weight / sum * static_cast<double>(kHoursOfWeek) : 1;
    weight = std::max(floor, std::round(weight * 1e4) / 1e4);
  }
  return week;
}

/// How likely a case that begins then is in the log.
double likely_in_log(std::span<const FitCase> cases, const FitWindow& window, Instant at) {
  double in = 0, sum = 0;
  for (const FitCase& one : cases) {
    const Instant end = at + Duration{std::llround(one.length_untimed() * 1000)};
    sum += one.weight;
    if (end >= window.opens && end <= window.shuts) in += one.weight;
  }
  return in / sum;
}

/// Beginnings per hour since Monday 1969-12-29, made up to those that the log leaves out.
std::map<std::int64_t, double> beginnings(std::span<const FitCase> cases, const FitWindow& window) {
  std::map<std::int64_t, double> by_hour;
  for (const FitCase& one : cases) by_hour[hour_since_monday(one.began())] += 1;
  if (!window.cut) return by_hour;
  // Long before the window opens too few are left to speak for the others.
  constexpr std::int64_t kLookBack = 14 * 24;
  constexpr double kLikelyMin = 0.05;
  const std::int64_t from = hour_since_monday(window.opens) - kLookBack;
  std::map<std::int64_t, double> made_up;
  for (const auto& [hour, n] : by_hour) {
    if (hour < from) continue;
    const double likely = likely_in_log(cases, window, Instant{Duration{(hour - 3 * 24) * kHourMs}});
    if (likely >= kLikelyMin) made_up[hour] = n / likely;
  }
  return made_up;
}

}  // namespace

void find_arrivals(std::span<const FitCase> cases, const FitWindow& window, Fitted& fitted) {
  const std::map<std::int64_t, double> by_hour = beginnings(cases, window);
  const std::int64_t first = by_hour.begin()->first, last = by_hour.rbegin()->first;
  // The pace of the last third: logs grow.
  const std::int64_t from = window.cut ? first : last - (last - first) / 3;
  double recent = 0, all = 0;
  Week week{};
  for (const auto& [hour, n] : by_hour) {
    week[hour_of_week(hour)] += n;
    all += n;
    if (hour >= from) recent += n;
  }
  // Of hours that the log saw once less than of others the mean counts.
  if (last - first < 60 * static_cast<std::int64_t>(kHoursOfWeek)) {
    Week times{};
    for (std::int64_t hour = first; hour <= last; ++hour) ++times[hour_of_week(hour)];
    for (std::size_t i = 0; i < kHoursOfWeek; ++i) week[i] /= std::max(1.0, times[i]);
  }
  const Week profile = evened(smoothed(week, all), 0);
  fitted.arrivals.per_second = recent / (static_cast<double>(last - from + 1) * 3600);
  fitted.arrivals.profile_period = 7 * kDay;
  fitted.arrivals.profile.assign(profile.begin(), profile.end());
  fitted.found.push_back(std::string{"arrivals: the pace "} +
                         (window.cut ? "with what the log leaves out made up for"
                                     : "is that of the last third of the time, the hours of the week those of all") +
                         ", n = " + std::to_string(cases.size()));
}

void find_hours(std::span<const FitCase> cases, Course& course) {
  Week week{};
  double n = 0;
  for (const FitCase& one : cases)
    for (std::size_t i = 1; i < one.moments.size(); ++i) {
      if ((one.moments[i].flags & kMomentSystem) != 0) continue;
      if (one.timed && i + 1 == one.moments.size()) continue;
      week[hour_of_week(hour_since_monday(one.moments[i].at))] += one.weight;
      n += 1;
    }
  course.hours = evened(smoothed(week, n), kHoursFloor);
  double sum = 0;
  for (const double hour : course.hours) sum += hour;
  for (double& hour : course.hours) hour *= static_cast<double>(kHoursOfWeek) / sum;
}

}  // namespace guichet::rehearsal
