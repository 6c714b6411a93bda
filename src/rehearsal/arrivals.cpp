#include <guichet/rehearsal/arrivals.hpp>

#include <algorithm>

namespace guichet::rehearsal {
namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;

double seconds(Tick tick) { return static_cast<double>(tick) * 1e-6; }

/// The part of `value` within its period: value - floor(value), for values of any size.
double fraction(double value) {
  const auto whole = static_cast<double>(static_cast<std::int64_t>(value));
  return value < whole ? value - whole + 1 : value - whole;
}

}  // namespace

ArrivalClock::ArrivalClock(const Arrivals& rule, double per_second, Instant starts, Random chance)
    : rule_(rule), chance_(chance), peak_gap_(per_second > 0 ? 1 / per_second : 0) {
  if (!rule.profile.empty()) peak_ *= *std::max_element(rule.profile.begin(), rule.profile.end());
  peak_ *= 1 + rule.sinus_amplitude;
  peak_gap_ /= peak_;
  even_ = rule.profile.empty() && rule.sinus_amplitude == 0;
  if (rule.profile_period > 0) {
    // 1970 began on a Thursday; weeks of profiles begin on Monday.
    const std::int64_t since_monday = starts.time_since_epoch().count() * 1000 + 3 * kDay;
    into_period_ = seconds(since_monday % rule.profile_period);
  }
}

double ArrivalClock::at(double now) const {
  double rate = 1 / peak_;
  if (!rule_.profile.empty()) {
    const double place = fraction((now + into_period_) / seconds(rule_.profile_period));
    const auto step = static_cast<std::size_t>(place * static_cast<double>(rule_.profile.size()));
    rate *= rule_.profile[std::min(step, rule_.profile.size() - 1)];
  }
  if (rule_.sinus_amplitude != 0)
    rate *=
        1 + rule_.sinus_amplitude * exact_sin(kTwoPi * fraction(now / seconds(rule_.sinus_period) + rule_.sinus_phase));
  return rate;
}

Tick ArrivalClock::from_log() {
  if (place_ == rule_.at.size()) {
    place_ = 0;
    round_ += rule_.at.back() + std::max<Tick>(1, rule_.at.back() / static_cast<Tick>(rule_.at.size()));
  }
  return round_ + rule_.at[place_++];
}

Tick ArrivalClock::next(Tick now) {
  if (!rule_.at.empty()) return std::max(now, from_log());
  if (rule_.between) {
    exact_now_ += rule_.between->draw(chance_);
  } else {
    if (peak_gap_ <= 0) return kNoTick;
    do exact_now_ += peak_gap_ * exponential(chance_);
    while (!even_ && uniform(chance_) > at(exact_now_));
  }
  return std::max(now, nearest_whole(exact_now_ * 1e6));
}

}  // namespace guichet::rehearsal
