// What the desk counts of itself, without a name of anybody: for /metrics and for the log.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace guichet::desk {

/// Safe from any thread.
class Meters {
 public:
  /// Upper bounds of the buckets of answering times, in milliseconds; the last has none.
  static constexpr std::array<std::uint32_t, 9> kBounds{1, 2, 5, 10, 25, 50, 100, 250, 1000};

  void answered(int status, std::uint64_t milliseconds);
  void refused(std::string_view why);
  std::uint64_t answers() const;

  /// In the text format of Prometheus, version 0.0.4.
  std::string text() const;

 private:
  std::array<std::atomic<std::uint64_t>, 6> by_class_{};  // status / 100
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> times_{};
  std::atomic<std::uint64_t> time_ms_{0};
  std::atomic<std::uint64_t> forms_{0}, rights_{0}, limits_{0};
};

/// "# HELP … # TYPE … name value": one number.
void add_metric(std::string& text, std::string_view name, std::string_view type, std::string_view help,
                std::uint64_t value);

}  // namespace guichet::desk
