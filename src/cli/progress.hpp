// A bar on the terminal for what takes longer than two seconds. Silent when nobody watches.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace guichet::cli {

/// How far something is: its share of the whole, and how many things that are.
struct DoneSoFar {
  double share{};
  std::uint64_t things{};
};

class ProgressBar {
 public:
  /// `label` stands before the bar, `things` is what the rate counts: "B", "events". Draws on standard error, and only
  /// when that is a terminal.
  explicit ProgressBar(std::string label, std::string things = "B");
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void operator()(DoneSoFar done);
  /// Things done, and in all.
  void operator()(std::uint64_t done, std::uint64_t total);
  bool watched() const { return watched_; }

 private:
  std::string label_, things_;
  bool watched_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

/// The line that is drawn, without control signs:
/// "rehearsing  40 % [############                  ] 12 s, 9.8 M events/s, 18 s left".
std::string progress_line(const std::string& label, DoneSoFar done, const std::string& things, double seconds);

/// "9.8 M events/s".
std::string rate_in_words(double per_second, const std::string& things);

}  // namespace guichet::cli
