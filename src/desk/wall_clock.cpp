#include <guichet/desk/wall_clock.hpp>

namespace guichet::desk {
namespace {

Instant system_now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

}  // namespace

Instant SystemClock::now() const { return system_now(); }

// Between two changes of pace, the offset at the last change stands in offset_ms_ and its instant in since_ms_; a pace
// of one leaves both alone.
Instant DemoClock::now() const {
  const std::int64_t real = system_now().time_since_epoch().count();
  const std::int64_t since = since_ms_.load();
  const auto extra = since == 0 ? 0.0 : static_cast<double>(real - since) * (pace_.load() - 1);
  return Instant{Duration{real + offset_ms_.load() + static_cast<std::int64_t>(extra)}};
}

void DemoClock::set_pace(double pace) {
  const Duration so_far = offset();
  offset_ms_.store(so_far.count());
  since_ms_.store(system_now().time_since_epoch().count());
  pace_.store(pace < 1 ? 1 : pace);
}

void DemoClock::advance(Duration by) {
  if (by.count() > 0) offset_ms_.fetch_add(by.count());
}

Duration DemoClock::offset() const { return now() - system_now(); }

}  // namespace guichet::desk
