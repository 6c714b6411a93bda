// Scenarios fitted to logs whose truth is known: what went in comes out, and what a log hides is found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/rehearsal/course.hpp>
#include <guichet/rehearsal/fit.hpp>
#include <guichet/rehearsal/laws.hpp>
#include <guichet/rehearsal/read_scenario.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::int64_t kMs = 1000, kHourMs = 3600 * kMs, kDayMs = 24 * kHourMs;
constexpr std::int64_t kMonday = civil_to_ms(2025, 1, 6, 0);

/// A desk that does not exist: a case comes, 30 in 100 are handed to the second team, it is resolved, and a clock
/// closes it after exactly 15 days.
struct Truth {
  std::size_t cases = 1500;
  double per_day = 6, handed_over = 0.3, work_hours = 30;
  std::int64_t timer_ms = 15 * kDayMs;
};

struct InventedLog {
  LoggedCases cases;
  Vocabulary names{.activities = {"opened", "handed over", "resolved", "closed"},
                   .statuses = {"open", "done"},
                   .persons = {"Ann", "Bob", "Cleo", "clock"},
                   .teams = {"front", "second"},
                   .sellers = {},
                   .matters = {"money"}};
};

struct CaseSpan {
  std::int64_t began{}, ended{};
};

template <class Keep>
InventedLog invent(const Truth& truth, const Keep& keep) {
  InventedLog log;
  Random chance{7};
  double at = static_cast<double>(kMonday);
  for (std::size_t i = 0; i < truth.cases; ++i) {
    at += exponential(chance) / truth.per_day * static_cast<double>(kDayMs);
    auto now = static_cast<std::int64_t>(at);
    std::vector<Moment> moments;
    const auto add = [&](std::uint32_t activity, std::uint32_t status, std::uint32_t person, std::uint32_t team) {
      Moment moment;
      moment.at = Instant{Duration{now}};
      moment.activity = activity;
      moment.status = status;
      moment.person = person;
      moment.team = team;
      moments.push_back(moment);
    };
    add(1, 1, 1 + chance.below(2), 1);
    const auto work = [&] {
      return static_cast<std::int64_t>(exponential(chance) * truth.work_hours * static_cast<double>(kHourMs));
    };
    if (uniform(chance) < truth.handed_over) {
      now += work();
      add(2, 1, 3, 2);
    }
    now += work();
    add(3, 2, moments.back().person, moments.back().team);
    moments.back().flags = kMomentResolves;
    now += truth.timer_ms;
    add(4, 2, 4, moments.back().team);
    moments.back().flags = kMomentCloses | kMomentSystem;
    moments.back().kind = EventKind::closed;
    if (!keep(CaseSpan{moments.front().at.time_since_epoch().count(), now})) continue;
    CaseHistory history;
    history.facts.name = "case";
    history.facts.matter = 1;
    history.moments = moments;
    log.cases.add(history);
  }
  return log;
}

InventedLog invent(const Truth& truth) {
  return invent(truth, [](const CaseSpan&) { return true; });
}

struct Walked {
  double mean_days = 0, handed_over = 0, steps = 0;
};

/// Many cases of a course, as the log would have held them.
Walked walk(const Fitted& fitted, bool only_seen) {
  const CourseWalk walk(fitted.course);
  Walked walked;
  double n = 0;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    CourseCase state;
    CourseStep step = walk.begin(state, Random{3, i});
    const auto team = step.team;
    bool moved = false;
    double steps = 1;
    Tick at = 0;
    while (const auto next = walk.next(state, fitted.run.starts + Duration{at / 1000})) {
      at += next->stay;
      moved = moved || next->team != team;
      ++steps;
    }
    if (only_seen && !walk.is_seen(0, at)) continue;
    walked.mean_days += static_cast<double>(at) / static_cast<double>(kDay);
    walked.handed_over += moved ? 1 : 0;
    walked.steps += steps;
    ++n;
  }
  walked.mean_days /= n;
  walked.handed_over /= n;
  walked.steps /= n;
  return walked;
}

bool says(const std::vector<std::string>& sentences, const std::string& what) {
  return std::any_of(sentences.begin(), sentences.end(),
                     [&](const std::string& sentence) { return sentence.find(what) != std::string::npos; });
}

Fitted fitted_to(const InventedLog& log, const FitPart& part = {}) {
  const Result<Fitted> fitted = fit(log.cases, log.names, "invented.csv", part);
  EXPECT_TRUE(fitted) << (fitted ? "" : fitted.error().detail);
  return fitted ? *fitted : Fitted{};
}

TEST(Fit, what_went_in_comes_out) {
  const Truth truth;
  const Fitted fitted = fitted_to(invent(truth));
  EXPECT_EQ(fitted.cases, truth.cases);
  EXPECT_EQ(fitted.rest, 0U);
  EXPECT_NEAR(fitted.arrivals.per_second * 86'400, truth.per_day, 0.1 * truth.per_day);
  const Walked walked = walk(fitted, false);
  EXPECT_NEAR(walked.handed_over, truth.handed_over, 0.04);
  EXPECT_NEAR(walked.steps, 3 + truth.handed_over, 0.04);
  EXPECT_NEAR(walked.mean_days, 15 + (1 + truth.handed_over) * truth.work_hours / 24, 0.15);
}

TEST(Fit, a_constant_delay_is_a_timer_and_the_one_figure_to_change) {
  Fitted fitted = fitted_to(invent({}));
  EXPECT_TRUE(says(fitted.found, "\"closed-done\" comes 15 days after \"resolved-done\"")) << print_fitted(fitted);
  const auto timer = std::find_if(fitted.course.stays.begin(), fitted.course.stays.end(),
                                  [](const CourseStay& stay) { return stay.timer; });
  ASSERT_NE(timer, fitted.course.stays.end());
  EXPECT_EQ(timer->later, (CourseLaw{{15 * 86'400}, {15 * 86'400}}));
  const double before = walk(fitted, false).mean_days;
  timer->later = {{5 * 86'400}, {5 * 86'400}};
  EXPECT_NEAR(walk(fitted, false).mean_days, before - 10, 0.05);
}

TEST(Fit, its_file_is_read_back) {
  const Fitted fitted = fitted_to(invent({}));
  const Result<Scenario> read = read_scenario(print_fitted(fitted), "fitted.toml");
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_TRUE(read->course);
  EXPECT_EQ(read->course->labels, fitted.course.labels);
  EXPECT_EQ(read->course->groups, fitted.course.groups);
  EXPECT_EQ(read->course->next.size(), fitted.course.next.size());
  EXPECT_EQ(read->course->stays.size(), fitted.course.stays.size());
  Fitted again = fitted;
  again.course = *read->course;
  EXPECT_NEAR(walk(again, false).mean_days, walk(fitted, false).mean_days, 0.01);
  EXPECT_EQ(read->run.starts, fitted.run.starts);
}

TEST(Fit, the_rest_is_left_alone) {
  const InventedLog log = invent({});
  const Fitted fitted = fitted_to(log, {.first_share = 0.8});
  EXPECT_EQ(fitted.cases, 1200U);
  EXPECT_EQ(fitted.rest, 300U);
  const auto rest = rest_of(log.cases, {.first_share = 0.8});
  ASSERT_EQ(rest.size(), 300U);
  EXPECT_EQ(log.cases.moments_of(rest.front()).front().at, fitted.run.starts);
}

TEST(Fit, no_rule_rests_on_a_few_cases) {
  const Fitted fitted = fitted_to(invent({}));
  for (const CourseNext& next : fitted.course.next) EXPECT_TRUE(next.when.empty() || next.n >= 25) << next.n;
}

TEST(Fit, a_log_of_what_ended_lately_is_weighed) {
  // Work of ten days and no timer to speak of: of the cases of the first months only the longest end in the window.
  Truth truth;
  truth.cases = 4000;
  truth.per_day = 30;
  truth.work_hours = 240;
  truth.timer_ms = kHourMs;
  const std::int64_t opens = kMonday + 110 * kDayMs;
  const Fitted fitted = fitted_to(invent(truth, [&](const CaseSpan& span) { return span.ended >= opens; }));
  EXPECT_TRUE(says(fitted.found, "the log holds only cases that ended since 2025-04")) << print_fitted(fitted);
  EXPECT_NEAR(walk(fitted, false).mean_days, 13, 1.3);
  EXPECT_NEAR(walk(fitted, false).handed_over, 0.3, 0.05);
}

TEST(Fit, a_log_of_some_lengths_is_found_out) {
  Truth truth;
  truth.work_hours = 300;
  const auto days = [](const CaseSpan& span) { return (span.ended - span.began) / kDayMs; };
  const Fitted fitted =
      fitted_to(invent(truth, [&](const CaseSpan& span) { return days(span) >= 18 && days(span) < 27; }));
  EXPECT_NEAR(static_cast<double>(fitted.course.shortest) / static_cast<double>(kDay), 18, 0.2);
  EXPECT_NEAR(static_cast<double>(fitted.course.longest) / static_cast<double>(kDay), 27, 0.2);
}

TEST(Fit, too_few_cases_are_refused_with_a_sentence) {
  const InventedLog log = invent({.cases = 19});
  const Result<Fitted> fitted = fit(log.cases, log.names, "small.csv");
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().detail,
            "small.csv: 19 cases to fit; a course needs at least 20, give a longer log or a larger part of it");
}

TEST(Fit, a_log_that_says_next_to_nothing_can_be_walked) {
  LoggedCases cases;
  for (int i = 0; i < 20; ++i) {
    std::vector<Moment> moments(1 + static_cast<std::size_t>(i % 3));
    for (Moment& moment : moments) moment.at = Instant{Duration{kMonday}};
    CaseHistory history;
    history.moments = moments;
    cases.add(history);
  }
  const Result<Fitted> fitted = fit(cases, {}, "mute.csv");
  ASSERT_TRUE(fitted) << fitted.error().detail;
  EXPECT_NEAR(walk(*fitted, false).steps, 2, 0.4);
  EXPECT_TRUE(says(fitted->unknown, "names no teams"));
  EXPECT_TRUE(says(fitted->unknown, "names no persons"));
  EXPECT_TRUE(read_scenario(print_fitted(*fitted), "mute.toml")) << print_fitted(*fitted);
}

}  // namespace
}  // namespace guichet::rehearsal
