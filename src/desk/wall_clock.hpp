// The only reader of wall time in the program's rooms; in a demo its time can be moved forward.
#pragma once

#include <atomic>
#include <cstdint>

#include <guichet/base/time.hpp>

namespace guichet::desk {

/// A seam: the system's clock, a demo's, a test's. Safe from any thread.
class WallClock {
 public:
  virtual ~WallClock() = default;
  virtual Instant now() const = 0;
  /// How much of this clock's time passes in one second; 1 for the system's, 0 for one moved by hand.
  virtual double pace() const { return 1; }
};

class SystemClock final : public WallClock {
 public:
  Instant now() const override;
};

/// The system's time, moved forward by an offset and run faster.
class DemoClock final : public WallClock {
 public:
  explicit DemoClock(Duration offset) : offset_ms_(offset.count()) {}
  Instant now() const override;
  double pace() const override { return pace_.load(); }
  /// From now on `pace` seconds pass in one.
  void set_pace(double pace);
  /// Jumps forward.
  void advance(Duration by);
  Duration offset() const;

 private:
  mutable std::atomic<std::int64_t> offset_ms_;
  std::atomic<std::int64_t> since_ms_{0};
  std::atomic<double> pace_{1};
};

/// Moved by hand, for tests and storms.
class HandClock final : public WallClock {
 public:
  explicit HandClock(Instant start) : ms_(start.time_since_epoch().count()) {}
  Instant now() const override { return Instant{Duration{ms_.load()}}; }
  double pace() const override { return 0; }
  void set(Instant at) { ms_.store(at.time_since_epoch().count()); }
  void advance(Duration by) { ms_.fetch_add(by.count()); }

 private:
  std::atomic<std::int64_t> ms_;
};

}  // namespace guichet::desk
