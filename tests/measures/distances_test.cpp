// The six distances: by hand on small logs, by their laws on random ones, and, where they are at hand, against the
// figures of another program on real logs.
#include <guichet/measures/distances.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include "log_of.hpp"

namespace guichet::measures {
namespace {

using namespace testing;

/// A log of cases, each a word of activities "a" … "z" at hours after the start.
struct SmallLog {
  LogShape shape;
  Vocabulary vocabulary;

  SmallLog() {
    for (char c = 'a'; c <= 'z'; ++c) vocabulary.activities.emplace_back(1, c);
  }
  SmallLog& add(const std::string& activities, const std::vector<double>& at) {
    std::vector<Moment> moments;
    for (std::size_t i = 0; i < activities.size(); ++i)
      moments.push_back(moment(at[i], static_cast<std::uint32_t>(activities[i] - 'a') + 1));
    shape.fold({{}, moments});
    return *this;
  }
};

double apart(const SmallLog& a, const SmallLog& b, Distance which) {
  return distances(a.shape, a.vocabulary, b.shape, b.vocabulary)[static_cast<std::size_t>(which)].value_or(-1);
}
double hours_apart(const SmallLog& a, const SmallLog& b, Distance which) { return apart(a, b, which) / 3600; }

TEST(Distances, of_triples_count_what_only_one_log_has) {
  SmallLog abc, ab, twice;
  abc.add("abc", {0, 1, 2});
  ab.add("ab", {0, 1});
  twice.add("ab", {0, 1}).add("ab", {0, 1});
  // abc: ··a ·ab abc bc· c··; ab: ··a ·ab ab· b··. In common ··a and ·ab: (5 + 4 - 2 * 2) / 9.
  EXPECT_EQ(apart(abc, ab, Distance::ngram), 5.0 / 9);
  // Counts are absolute: four of eight more than four, out of twelve.
  EXPECT_EQ(apart(ab, twice, Distance::ngram), 4.0 / 12);
  SmallLog other;
  other.add("xyz", {0, 1, 2});
  EXPECT_EQ(apart(abc, other, Distance::ngram), 1);
}

TEST(Distances, of_triples_go_by_names_and_not_by_numbers) {
  SmallLog a, b;
  a.add("abca", {0, 1, 2, 3});
  b.vocabulary.activities = {"c", "a", "b"};
  b.add("bcab", {0, 1, 2, 3});
  EXPECT_EQ(apart(a, b, Distance::ngram), 0);
}

TEST(Distances, of_events_in_time_are_the_work_of_moving_them) {
  SmallLog a, b;
  a.add("ab", {0, 2.9});
  b.add("abc", {1, 2, 5.5});
  // Hours 0, 2 against 1, 2, 5: areas 1/2 from 0 to 1, 1/6 from 1 to 2, 1/3 from 2 to 5.
  EXPECT_DOUBLE_EQ(hours_apart(a, b, Distance::absolute_events), 0.5 + 1.0 / 6 + 1);
  // Relative to the first: 0, 2 against 0, 1, 4: 1/6 from 0 to 1, 1/6 from 1 to 2, 1/3 from 2 to 4.
  EXPECT_DOUBLE_EQ(hours_apart(a, b, Distance::relative_events), 1.0 / 6 + 1.0 / 6 + 2.0 / 3);
  EXPECT_EQ(hours_apart(a, b, Distance::case_arrivals), 1);
  // 2.9 and 4.5 hours: from the shorter on, 0 and 1 whole hours.
  EXPECT_EQ(hours_apart(a, b, Distance::cycle_time), 1);
}

TEST(Distances, of_the_day_are_means_over_the_days_of_the_week) {
  SmallLog a, b, sunday;
  a.add("ab", {9, 24 + 9});        // Monday and Tuesday at nine
  b.add("ab", {12, 7 * 24 + 10});  // two Mondays, at twelve and at ten
  EXPECT_DOUBLE_EQ(hours_apart(a, b, Distance::circadian_events), (2.0 + 23.0) / 7);
  sunday.add("a", {-1});
  SmallLog midnight;
  midnight.add("a", {0});
  EXPECT_DOUBLE_EQ(hours_apart(sunday, midnight, Distance::circadian_events), 46.0 / 7);
}

TEST(Distances, to_a_log_without_cases_are_not_known) {
  SmallLog a;
  const SmallLog none;
  a.add("a", {0});
  for (const auto& distance : distances(a.shape, a.vocabulary, none.shape, none.vocabulary)) EXPECT_FALSE(distance);
  for (const auto& distance : distances(none.shape, none.vocabulary, none.shape, none.vocabulary))
    EXPECT_FALSE(distance);
}

SmallLog random_log(Random& random, double shift_hours = 0) {
  SmallLog log;
  const std::uint32_t cases = 1 + random.below(30);
  for (std::uint32_t c = 0; c < cases; ++c) {
    std::string activities;
    std::vector<double> at;
    double now = shift_hours + random.below(400);
    const std::uint32_t events = 1 + random.below(9);
    for (std::uint32_t e = 0; e < events; ++e) {
      activities += static_cast<char>('a' + random.below(4));
      at.push_back(now);
      now += 0.25 * random.below(100);
    }
    log.add(activities, at);
  }
  return log;
}

TEST(Distances, keep_the_laws_of_distances) {
  Random random(5, 5);
  for (int round = 0; round < 60; ++round) {
    const SmallLog a = random_log(random), b = random_log(random), c = random_log(random);
    for (std::size_t i = 0; i < kDistances; ++i) {
      const auto which = static_cast<Distance>(i);
      EXPECT_EQ(apart(a, a, which), 0);
      EXPECT_EQ(apart(a, b, which), apart(b, a, which));
      // Hours of cycle times are counted from the shortest of the two logs compared, so that this one bends.
      if (which != Distance::ngram && which != Distance::cycle_time) {
        EXPECT_LE(apart(a, c, which), apart(a, b, which) + apart(b, c, which) + 1e-6);
      }
    }
  }
}

TEST(Distances, of_a_shifted_log_are_the_shift) {
  for (const int shift : {1, 7, 24, 1'000}) {
    Random random(9, 9);
    const SmallLog a = random_log(random);
    Random again(9, 9);
    const SmallLog later = random_log(again, shift);
    EXPECT_EQ(hours_apart(a, later, Distance::absolute_events), shift);
    EXPECT_EQ(hours_apart(a, later, Distance::case_arrivals), shift);
    EXPECT_EQ(hours_apart(a, later, Distance::relative_events), 0);
    EXPECT_EQ(hours_apart(a, later, Distance::cycle_time), 0);
    EXPECT_EQ(apart(a, later, Distance::ngram), 0);
  }
}

TEST(Distances, have_names_codes_and_units) {
  EXPECT_EQ(text_of(Distance::ngram).code, "NGD");
  EXPECT_EQ(text_of(Distance::ngram).unit, Unit::share);
  EXPECT_EQ(text_of(Distance::case_arrivals).name, "case_arrivals");
}

/// The first four fifths of a log's cases, and the rest.
struct Parts {
  LogShape first, rest;
  Vocabulary names;
};

Parts parts_of(const std::string& path) {
  Parts parts;
  std::uint64_t cases = 0;
  intake::Reading counting;
  counting.on_case = [&](const CaseHistory&) { ++cases; };
  Vocabulary unused;
  EXPECT_TRUE(intake::read_log(path, counting, unused));
  std::uint64_t seen = 0;
  intake::Reading reading;
  reading.on_case = [&](const CaseHistory& history) {
    (seen++ < cases * 4 / 5 ? parts.first : parts.rest).fold(history);
  };
  EXPECT_TRUE(intake::read_log(path, reading, parts.names));
  return parts;
}

// Computed in November 2026 by an independent program (numpy), in hours but for the first.
TEST(Distances, of_real_logs_are_those_of_another_program) {
  const char* named = std::getenv("GUICHET_SHARED_DATA");
  const std::filesystem::path logs =
      (named != nullptr ? std::filesystem::path(named)
                        : std::filesystem::path(GUICHET_SOURCE_DIR) / ".." / "shared" / "data") /
      "logs";
  if (!std::filesystem::exists(logs)) GTEST_SKIP() << "no shared data";
  struct Known {
    const char* log;
    std::array<double, kDistances> distances;
  };
  for (const Known& known : {Known{"bpic2013_incidents.xes.gz",
                                   {0.7115611165536142, 289.2054732689817, 2.647439951187997, 127.45027493285582,
                                    236.58947726600417, 238.31377817019057}},
                             Known{"helpdesk.xes.gz",
                                   {0.6022027009309033, 417.116980534359, 0.18490978900268132, 3.1016715818155505,
                                    6.220251091703059, 404.48526200873357}},
                             Known{"production_lifecycle.xes.gz",
                                   {0.6376979528775589, 452.2584897978733, 0.6371175249655023, 98.21572263353085,
                                    139.3888888888889, 544.8888888888889}}}) {
    const Parts parts = parts_of((logs / known.log).string());
    const auto found = distances(parts.first, parts.names, parts.rest, parts.names);
    for (std::size_t i = 0; i < kDistances; ++i) {
      const double expected = known.distances[i] * (i == 0 ? 1 : 3600);
      EXPECT_NEAR(found[i].value_or(-1), expected, 1e-12 * expected) << known.log << " " << i;
    }
  }
}

}  // namespace
}  // namespace guichet::measures
