// When the next seller comes: a stream of instants of its own, untouched by what the desk does.
#pragma once

#include <cstdint>

#include <guichet/base/random.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

class ArrivalClock {
 public:
  ArrivalClock(const Arrivals& rule, double per_second, Instant starts, Random chance);
  /// The instant after `now` at which the next comes; kNoTick when nobody comes any more.
  Tick next(Tick now);

 private:
  /// How the rate at `tick` compares with its peak, 0 … 1.
  double at(double seconds) const;
  Tick from_log();

  const Arrivals& rule_;
  Random chance_;
  double peak_gap_;       // mean seconds between arrivals at the peak rate
  double peak_{1};        // peak / mean
  bool even_;             // the rate never changes
  double into_period_{};  // seconds from the period's start to the run's
  double exact_now_{};    // seconds, so that rounding to ticks does not add up
  std::size_t place_{};
  Tick round_{};
};

}  // namespace guichet::rehearsal
