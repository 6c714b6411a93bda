// Wall time for benchmarks, and one way to print a figure.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace guichet::bench {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// "rules, 4096 cases   41.2 M events/s   24.3 ns each".
inline void print_rate(std::string_view what, std::uint64_t count, std::string_view unit, double seconds) {
  const double n = static_cast<double>(count);
  std::printf("%-44.*s %8.2f M %.*s/s %8.1f ns each\n", static_cast<int>(what.size()), what.data(), n / seconds / 1e6,
              static_cast<int>(unit.size()), unit.data(), seconds / n * 1e9);
}

}  // namespace guichet::bench
