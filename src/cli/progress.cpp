#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace guichet::cli {
namespace {

constexpr std::uint64_t kWidth = 30;
constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::milliseconds kRedraw{200};

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)),
      watched_(isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void ProgressBar::operator()(std::uint64_t done, std::uint64_t total) {
  if (!watched_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - start_ < kPatience || now - last_ < kRedraw) return;
  last_ = now;
  drawn_ = true;
  const auto spent = std::chrono::duration_cast<std::chrono::seconds>(now - start_);
  std::fprintf(stderr, "\r%s\x1b[K", progress_line(label_, done, total, spent).c_str());
  std::fflush(stderr);
}

std::string progress_line(const std::string& label, std::uint64_t done, std::uint64_t total,
                          std::chrono::seconds spent) {
  const std::uint64_t whole = std::max<std::uint64_t>(total, 1);
  const std::uint64_t part = std::min(done, whole);
  const auto filled = static_cast<std::size_t>(static_cast<double>(part) / static_cast<double>(whole) * kWidth);
  const auto percent = static_cast<unsigned>(static_cast<double>(part) / static_cast<double>(whole) * 100);
  std::string number = std::to_string(percent);
  number.insert(0, 3 - std::min<std::size_t>(3, number.size()), ' ');
  return label + " " + number + " % [" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "] " +
         std::to_string(spent.count()) + " s";
}

}  // namespace guichet::cli
