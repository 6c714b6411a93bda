// A scenario: who comes, who works, how both behave, for how long it is rehearsed. Plain data, as its file
// tells it; every assumption beside its source. Knows no procedure: cast.hpp brings the two together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/event.hpp>
#include <guichet/rehearsal/laws.hpp>
#include <guichet/rulebook/calendars.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rehearsal {

/// Microseconds since the start of the rehearsed time. Laws of times are in seconds.
using Tick = std::int64_t;
inline constexpr Tick kSecond = 1'000'000;
inline constexpr Tick kHour = 3600 * kSecond;
inline constexpr Tick kDay = 24 * kHour;
inline constexpr Tick kNoTick = INT64_MAX;

/// One assumption as the file writes it, for reports: every table of the file gives its own.
struct Assumption {
  std::string path;    // "team.front.competence"
  std::string value;   // as written
  std::string source;  // of its key or table; "assumed" when the file says nothing
  std::uint32_t line{};
};

struct RunRule {
  std::uint64_t cases{};          // counted cases per replication, or
  Tick length{};                  // rehearsed time after the warm-up
  Tick warm_up{};                 // not measured
  std::uint64_t warm_up_cases{};  // likewise; the later of both ends the warm-up
  std::uint64_t seed{1};
  std::uint32_t replications{10};
  std::uint32_t threads{};           // 0: as many as the machine has
  std::uint64_t memory_bytes{};      // of each replication; 0: 1 GiB
  std::uint64_t kept_cases{20'000};  // per replication: cases measured by the whole catalogue; evenly chosen when more
  Instant starts;                    // the first instant; default Monday 5 January 2026, 00:00 UTC
  Tick look_every{};                 // the number in the desk is noted at these intervals; 0: never
  Tick look_period{};                // … and given by place in this period; 0: one day
  std::vector<double> tails;         // seconds t for which P(wait > t) and P(answered within t) are given
  friend bool operator==(const RunRule&, const RunRule&) = default;
};

struct Arrivals {
  double per_second{};  // mean rate
  /// How the rate varies: weights over equal steps of the period (mean 1 after reading); empty: constant.
  std::vector<double> profile;
  Tick profile_period{};  // one day or one week, from midnight, from Monday
  // rate * (1 + amplitude * sin(2 pi (t / period + phase)))
  double sinus_amplitude{};  // 0 … 1; 0: none
  Tick sinus_period{};
  double sinus_phase{};        // in periods
  std::optional<Law> between;  // instead of Poisson: a law of seconds between arrivals (renewal)
  std::vector<Tick> at;        // instead: arrivals taken from a log, ticks from the start, rising; repeated when over
  std::uint32_t sellers{10'000};      // how many sellers there are; each case is of one of them
  std::uint64_t turned_away_above{};  // with so many cases in the desk's hands new ones are refused; 0: never
  friend bool operator==(const Arrivals&, const Arrivals&) = default;
};

inline constexpr std::size_t kPriorities = 8;

struct Matter {
  std::string id;
  std::vector<std::string> as;  // ids of the procedure's matters, the first that it has counts; empty: id
  double weight{1};
  double per_second{};          // an own rate instead of a weight; all matters have one or none has
  std::uint8_t priority{};      // 0 is served first
  Law amount;                   // at stake, cents
  Law questions;                // how many the seller asks; rounded, 0 … 15
  std::string speciality;       // needed; empty: none
  std::string starts_in;        // the queue, where the procedure does not name the team; empty: the procedure's
  std::optional<Law> work;      // seconds of work per visit, instead of the team's
  std::optional<Law> patience;  // instead of the sellers'
  friend bool operator==(const Matter&, const Matter&) = default;
};

/// What an agent does at the end of his work on a case, when nothing presses him.
enum class Act : std::uint8_t {
  answer,    // answers every open question
  part,      // answers only a part
  ask_back,  // asks a question of his own
  pass_on,   // to a queue, or to a colleague
  escalate,  // one level up
  close,     // closes alone
};
inline constexpr std::size_t kActs = 6;
inline constexpr std::array<std::string_view, kActs> kActNames{"answer",  "part",     "ask_back",
                                                               "pass_on", "escalate", "close"};

struct Then {
  Act act{};
  std::string to;             // pass_on: a queue; empty: the same queue
  double chance{};            // of all visits; what remains is `answer`
  std::int32_t on_visit{-1};  // only on this visit of the case to the queue (from 0); -1: on each
  friend bool operator==(const Then&, const Then&) = default;
};

struct Team {
  std::string id;
  std::vector<std::string> serves;    // queues, first served first among equal priorities; empty: its id
  std::uint32_t agents{};             // 0 only with `unlimited`
  bool unlimited{};                   // as many as needed
  std::string hours;                  // a calendar of the scenario; empty: day and night
  std::vector<std::string> skills;    // specialities
  Law competence;                     // per agent: chance that a question he has read is answered properly
  double outside_speciality{1};       // times competence when the case needs a speciality he lacks
  double reading_words_per_minute{};  // 0: reading takes no time
  double summary_share{1};            // of the unread words, what is left to read after a hand-over summary
  Law writing;                        // seconds per question answered
  Law handling;                       // seconds per visit besides
  std::optional<Law> work;            // seconds per visit in all, instead of reading, writing and handling
  Law words;                          // words of an answer
  double absence{};                   // chance to miss a day
  double turnover_per_year{};         // each agent leaves at this rate and is replaced
  std::vector<Then> then;
  friend bool operator==(const Team&, const Team&) = default;
};

/// Quotas and what they do to people. Active when a figure is given here or in the procedure's targets.
struct Quota {
  bool active{true};                                         // the switch
  std::optional<double> answers_per_hour, closings_per_day;  // absent: the procedure's; 0: none
  /// When the work needs more time than the quota leaves: chance of each act; `answer` is to do it in full and miss
  /// the quota. Sums to 1.
  std::array<double, kActs> pressed{1, 0, 0, 0, 0, 0};
  double part_share{0.5};  // of the open questions, what a part answer deals with, rounded down
  Law time_when_pressed;   // seconds an evasive act takes; zero: what the quota leaves
  friend bool operator==(const Quota&, const Quota&) = default;
};

struct Sellers {
  Law reply;                    // seconds to react to words of the desk
  std::optional<Law> patience;  // seconds of waiting for the desk after which he leaves
  double leaves_per_failure{};  // chance to give up after an exchange that brought nothing
  double leaves_per_day{};      // … per day waited in the exchange that brought nothing
  double comes_back{};          // chance to come back after a closing that settled nothing
  Law comes_back_after;         // seconds
  double climbs{};              // chance to climb after an exchange that brought nothing, where the ladder lets him
  double appeals{};             // chance to appeal a decision against him, where he may
  double thanks{1};             // chance that a satisfied seller says so, and closes or accepts
  Law words;                    // words of a message
  double hours_per_message{};   // of his own time, for each message written
  double hours_per_read{};      // … for each answer read
  double hours_per_restart{};   // … for telling everything again after a restart
  friend bool operator==(const Sellers&, const Sellers&) = default;
};

// ---- A course learned from a log: instead of staff and sellers' behaviour, each case walks from step to step as those
// of the log did. The rules act as ever: a clock of the procedure may close what the course leaves waiting.

/// What the log calls a step, and what it means.
struct CourseLabel {
  std::string id;                // in the scenario
  std::string activity, status;  // as the log writes them; may be empty
  EventKind kind{};              // its meaning in our words; none when it has none
  Party party{};                 // who acts
  Turn turn{};                   // whose move it is afterwards
  std::uint8_t flags{};          // kMomentPublic, kMomentReopens, kMomentAbandons, kMomentResolves, kMomentCloses
  std::uint32_t words{};         // mean length of the text
  friend bool operator==(const CourseLabel&, const CourseLabel&) = default;
};

/// Teams that stand for one another where nothing more is known: a line, a level, or a single team.
struct CourseGroup {
  struct Team {
    std::string name;
    double weight{1};          // how often a case that comes to the group comes to this team
    std::uint32_t persons{1};  // who act in it
    friend bool operator==(const Team&, const Team&) = default;
  };
  std::string id;
  std::vector<Team> teams;
  friend bool operator==(const CourseGroup&, const CourseGroup&) = default;
};

/// Who acts, or where, compared with what the case has seen. `back`: the one before the present one.
enum class CourseWho : std::uint8_t { nobody, same, back, former, fresh, machine };
inline constexpr std::array<std::string_view, 6> kCourseWhoNames{"nobody", "same",  "back",
                                                                 "former", "fresh", "machine"};

/// One step that may come next.
struct CourseMove {
  std::uint16_t label{};
  CourseWho by{};
  CourseWho in{};         // the team; never `machine`
  std::uint16_t group{};  // in = fresh: of this group
  friend auto operator<=>(const CourseMove&, const CourseMove&) = default;
};

/// What is known of a case when its next step is drawn.
enum class CourseFact : std::uint8_t {
  after,       // the label before the present one
  long_after,  // … and before that
  seen,        // a label that the case has met before the present one
  group,       // the group of its team
  came,        // how its team compares with the one before: a CourseWho
  steps,       // so far
  moves,       // changes of team so far
  age,         // seconds since it began
  stayed,      // seconds between the last step and the present one
  by,          // of the next step, once drawn (stays only): a CourseWho
  to,          // … where: a CourseWho (stays only)
};
inline constexpr std::size_t kCourseFacts = 11;
inline constexpr std::array<std::string_view, kCourseFacts> kCourseFactNames{
    "after", "long_after", "seen", "group", "came", "steps", "moves", "age", "stayed", "by", "to"};
/// The first five and the last two are compared for being the same, the others for being at least.
struct CourseTest {
  CourseFact fact{};
  bool holds{true};  // false: must not be so
  std::uint32_t value{};
  friend bool operator==(const CourseTest&, const CourseTest&) = default;
};

/// What comes next. Of the rules of a label the first whose tests all hold counts.
struct CourseNext {
  std::uint16_t at{};  // label
  std::vector<CourseTest> when;
  std::uint64_t n{};  // moments of the log behind it
  struct Chance {
    CourseMove move;
    bool ends{};  // instead: nothing more comes
    double chance{};
    friend bool operator==(const Chance&, const Chance&) = default;
  };
  std::vector<Chance> chances;  // sum to 1
  friend bool operator==(const CourseNext&, const CourseNext&) = default;
};

/// A law told by values at rising probabilities, linear in between: `even` at 0, 1/m, … 1 - 1/m; `tail` at
/// 1 - 1/2m, 1 - 1/4m … and the last at 1. Never without both.
struct CourseLaw {
  std::vector<double> even{0}, tail{0};
  friend bool operator==(const CourseLaw&, const CourseLaw&) = default;
};

/// How long until it comes. Of the rules of a pair of labels the first whose tests all hold counts.
struct CourseStay {
  enum class Clock : std::uint8_t {
    elapsed,  // seconds pass whatever the hour: machines and timers
    working,  // seconds pass as people act: Course::hours
    daily,    // whole days, then at a time of day: what runs once a night
  };
  std::uint16_t from{}, to{};  // labels
  std::vector<CourseTest> when;
  std::uint64_t n{};
  double soon_share{};    // the share of stays that end soon: elapsed seconds by the law `soon`
  CourseLaw soon, later;  // later: seconds on the clock; daily: days
  CourseLaw at;           // daily: seconds after midnight, UTC
  Clock clock{};
  bool timer{};  // somebody set it: the one figure to change
  friend bool operator==(const CourseStay&, const CourseStay&) = default;
};
inline constexpr std::array<std::string_view, 3> kCourseClockNames{"elapsed", "working", "daily"};

struct Course {
  std::vector<CourseLabel> labels;
  std::vector<CourseGroup> groups;  // empty: the log names no teams
  std::uint32_t persons{};          // where there are no teams; 0: the log names no persons
  std::string machine;              // the name of the machine that acts
  std::array<double, 168> hours{};  // how much people act, by hour of the week from Monday, UTC; mean 1
  std::vector<CourseNext::Chance> first;
  std::vector<CourseNext> next;
  std::vector<CourseStay> stays;
  // What the log did not hold: cases outside are rehearsed, but neither counted nor kept.
  Tick shortest{}, longest{kNoTick};  // from a case's first step to its last
  Tick seen_from{};                   // … that ended before, since the run's start
  Tick seen_until{kNoTick};           // … that have not ended by then
  friend bool operator==(const Course&, const Course&) = default;
};

struct Scenario {
  std::string path, name;
  rulebook::Title title;
  std::string procedure;  // shipped name or path beside the scenario; may be overridden
  RunRule run;
  Arrivals arrivals;
  std::vector<Matter> matters;
  std::vector<Team> teams;
  std::vector<rulebook::WorkCalendar> calendars;  // compiled
  Quota quota;
  Sellers sellers;
  std::optional<Course> course;
  std::vector<Assumption> assumptions;  // every value of the file that is an assumption, in its order
};

}  // namespace guichet::rehearsal
