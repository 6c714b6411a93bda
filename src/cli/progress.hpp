// A bar on the terminal for readings that take longer than two seconds. Silent when nobody watches.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace guichet::cli {

class ProgressBar {
 public:
  /// `label` stands before the bar. Draws on standard error, and only when that is a terminal.
  explicit ProgressBar(std::string label);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Bytes done and in all.
  void operator()(std::uint64_t done, std::uint64_t total);

 private:
  std::string label_;
  bool watched_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

/// The line that is drawn, without control signs: "reading  42 % [########            ] 12 s".
std::string progress_line(const std::string& label, std::uint64_t done, std::uint64_t total,
                          std::chrono::seconds spent);

}  // namespace guichet::cli
