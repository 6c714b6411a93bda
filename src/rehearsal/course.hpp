// The walk of one case along a learned course: which step comes next, when, by whom and where. Knows no rules: the
// world asks them, and a clock of the procedure may end a case that still has a step to come.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/base/time.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

/// One step of a case. Numbers of names are those of `CourseWalk::names`, 0 for none.
struct CourseStep {
  Tick stay{};            // since the step before; zero for the first
  std::uint16_t label{};  // index in Course::labels: kind, party, turn, flags, words
  std::uint16_t team{};
  std::uint32_t person{};
  bool machine{};
};

inline constexpr std::uint8_t kNoLabel = 255;
inline constexpr std::size_t kCourseLabelsMax = 250;
inline constexpr std::uint32_t kCoursePersonsMax = 60'000;

/// What is remembered of a case between its steps.
struct CourseCase {
  Random chance{0};
  std::uint32_t age{}, stayed{};  // seconds, at the step last given
  std::uint32_t seen{};           // a bit per label met before the last one; labels above 31 have none
  std::array<std::uint16_t, 4> persons{}, teams{};  // met, the present one first; 0: none
  std::uint8_t label{kNoLabel}, after{kNoLabel}, long_after{kNoLabel};
  std::uint8_t came{};            // CourseWho: its team, compared with the one before
  std::uint8_t steps{}, moves{};  // stop at 255
};
static_assert(sizeof(CourseCase) <= 48);

/// A course made ready; shared by all cases and threads.
class CourseWalk {
 public:
  /// `course` must outlive it and be whole: see `what_is_wrong`.
  explicit CourseWalk(const Course& course);
  /// An English sentence when the course cannot be walked; empty when it can.
  static std::string what_is_wrong(const Course& course);

  /// The first step of a case; later steps are drawn from `chance` too.
  CourseStep begin(CourseCase& state, Random chance) const;
  /// The step after the last one given, which happened at `now`; nothing when the case ends there.
  std::optional<CourseStep> next(CourseCase& state, Instant now) const;

  /// The step as a log would have it.
  Moment moment(const CourseStep& step, Instant at) const;
  /// Activities, statuses, persons and teams behind the numbers; sellers and matters are left empty.
  const Vocabulary& names() const { return names_; }
  /// Whether the log would have held a case of these instants, ticks since the run's start.
  bool is_seen(Tick began, Tick ended) const {
    return ended - began >= course_->shortest && ended - began <= course_->longest && ended >= course_->seen_from &&
           ended <= course_->seen_until;
  }

 private:
  struct Span {
    std::uint32_t first{}, count{};
  };
  struct Team {
    std::uint32_t first_person{}, persons{};
    std::uint16_t group{};
    double upto{};  // of the weights of its group
  };
  void name();
  bool holds(const CourseTest& test, const CourseCase& state, const CourseMove* move) const;
  template <class Rule>
  const Rule* first_that_holds(const std::vector<Rule>& rules, const std::vector<std::uint32_t>& of,
                               const CourseCase& state, const CourseMove* move) const;
  static const CourseNext::Chance& choose(const std::vector<CourseNext::Chance>& chances, Random& chance);
  double stay(CourseCase& state, const CourseMove& move, Instant now) const;
  double until_worked(double from, double working) const;
  CourseStep take(CourseCase& state, const CourseMove& move, double seconds) const;
  std::uint16_t fresh_team(CourseCase& state, std::uint16_t group) const;
  std::uint16_t choose_team(CourseCase& state, const CourseMove& move) const;
  std::uint32_t choose_person(CourseCase& state, const CourseMove& move) const;

  const Course* course_;
  std::vector<std::vector<std::uint32_t>> next_of_;   // rules by label
  std::vector<std::vector<std::uint32_t>> stays_of_;  // … by from * labels + to
  std::vector<Team> teams_;                           // number 1 first
  std::vector<Span> groups_;                          // of teams_
  std::uint32_t machine_{};                           // the number after all persons
  std::array<double, 169> worked_{};                  // seconds of acting before each hour of the week
  Vocabulary names_;
  std::vector<std::uint32_t> activity_of_, status_of_;  // by label
};

}  // namespace guichet::rehearsal
