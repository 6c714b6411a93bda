// The parts of a fit, between fit.cpp and its neighbours only: samples of what came next, and the rules grown on them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <guichet/rehearsal/fit.hpp>

namespace guichet::rehearsal {

/// A case that counts, with its weight and its steps.
struct FitCase {
  std::span<const Moment> moments;
  std::vector<CourseMove> moves;  // one per moment
  double weight{1};
  double timer_weight{1};  // of the stay that a clock ended
  bool timed{};            // its last step was a clock's
  std::uint32_t matter{};
  std::int64_t amount_cents = -1;

  Instant began() const { return moments.front().at; }
  Instant ended() const { return moments.back().at; }
  double length() const { return static_cast<double>((ended() - began()).count()) / 1000; }
  /// Until a clock was left to end it, or its end: seconds.
  double length_untimed() const {
    const Instant until = timed ? moments[moments.size() - 2].at : ended();
    return static_cast<double>((until - began()).count()) / 1000;
  }
};

/// One moment of the log, and what came after it.
struct FitSample {
  std::array<std::uint32_t, kCourseFacts> facts{};  // `seen` as bits
  std::uint16_t at{};                               // label
  CourseMove move;                                  // next; void when it ends
  bool ends{};
  float weight{1};
  double stay{};  // seconds
  Instant from;
};

/// No group, no label.
inline constexpr std::uint32_t kNoFact = 999;

/// Labels between which a clock runs.
struct TimedPair {
  std::uint16_t from{}, to{};
  friend auto operator<=>(const TimedPair&, const TimedPair&) = default;
};

/// Labels, groups, persons and machine of the course, and the moves of the cases; gives the group of each team.
/// At most `labels_max` labels, the rarest are called "other".
std::vector<std::uint16_t> find_words(std::span<FitCase> cases, const Vocabulary& names, std::size_t labels_max,
                                      Fitted& fitted);
/// The pairs of labels whose second is left to a clock; marks the cases that ended so.
std::vector<TimedPair> find_timers(std::span<FitCase> cases, Fitted& fitted);

/// The stretch of time in which the cases of a log ended, when it holds only those.
struct FitWindow {
  bool cut{};
  Instant opens, shuts;  // of ends without a clock's wait
};
/// Weighs the cases so that they stand for all that began, where the log holds only some; says so.
FitWindow weigh(std::span<FitCase> cases, Fitted& fitted);

void find_arrivals(std::span<const FitCase> cases, const FitWindow& window, Fitted& fitted);
/// When people act, hour by hour of the week.
void find_hours(std::span<const FitCase> cases, Course& course);

std::vector<FitSample> samples_of(std::span<const FitCase> cases, const std::vector<std::uint16_t>& group_of_team);
void find_next(std::vector<FitSample>& samples, Course& course);
void find_stays(std::vector<FitSample>& samples, const std::vector<TimedPair>& timed, Course& course);

/// Values with their weights as a law.
CourseLaw law_of(std::vector<std::pair<double, double>> values);

/// "15 days", for sentences.
std::string said(double seconds);
/// "12.3 %".
std::string percent(double share);

}  // namespace guichet::rehearsal
