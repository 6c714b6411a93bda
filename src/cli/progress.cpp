#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace guichet::cli {
namespace {

constexpr double kWidth = 30;
constexpr double kShareKnown = 0.01;  // below it nobody can say how long the rest takes
constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::milliseconds kRedraw{200};

std::string time_in_words(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7'200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3'600, whole % 3'600 / 60);
}

}  // namespace

ProgressBar::ProgressBar(std::string label, std::string things)
    : label_(std::move(label)),
      things_(std::move(things)),
      watched_(isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void ProgressBar::operator()(DoneSoFar done) {
  if (!watched_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - start_ < kPatience || now - last_ < kRedraw) return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::fprintf(stderr, "\r%s\x1b[K", progress_line(label_, done, things_, seconds).c_str());
  std::fflush(stderr);
}

void ProgressBar::operator()(std::uint64_t done, std::uint64_t total) {
  (*this)({static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(total, 1)), done});
}

std::string progress_line(const std::string& label, DoneSoFar done, const std::string& things, double seconds) {
  const double share = std::clamp(done.share, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(share * kWidth);
  std::string line = fmt::format("{} {:3} % [{}{}] {}", label, static_cast<int>(share * 100), std::string(filled, '#'),
                                 std::string(static_cast<std::size_t>(kWidth) - filled, ' '), time_in_words(seconds));
  if (seconds > 0) line += ", " + rate_in_words(static_cast<double>(done.things) / seconds, things);
  if (share >= kShareKnown && share < 1) line += ", " + time_in_words(seconds / share * (1 - share)) + " left";
  return line;
}

std::string rate_in_words(double per_second, const std::string& things) {
  const char* scale = per_second >= 1e6 ? "M" : per_second >= 1e3 ? "k" : "";
  const double shown = per_second >= 1e6 ? per_second / 1e6 : per_second >= 1e3 ? per_second / 1e3 : per_second;
  const std::string space = things.size() > 1 && *scale != '\0' ? " " : "";
  return fmt::format("{:.1f} {}{}{}/s", shown, scale, space, things);
}

}  // namespace guichet::cli
