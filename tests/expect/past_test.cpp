#include <guichet/expect/past.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::expect {
namespace {

constexpr Instant kBegan{Duration{1'000'000'000'000}};

class Story {
 public:
  explicit Story(Instant began = kBegan, std::uint32_t matter = 0) : began_(began) { facts_.matter = matter; }

  Story& at(int hours, EventKind kind, Party party, std::uint8_t flags = 0) {
    moments_.push_back(Moment{.at = began_ + std::chrono::hours{hours}, .kind = kind, .party = party, .flags = flags});
    return *this;
  }
  Story& seller(int hours) { return at(hours, EventKind::message_sent, Party::seller); }
  Story& desk(int hours) { return at(hours, EventKind::message_sent, Party::desk); }
  Story& closed(int hours) { return at(hours, EventKind::closed, Party::desk); }
  CaseHistory history() const { return {.facts = facts_, .moments = moments_}; }

 private:
  Instant began_;
  CaseFacts facts_;
  std::vector<Moment> moments_;
};

constexpr std::int64_t kHour = 3'600'000;

/// "5 came, 7 never": lengths in hours, or in messages.
std::vector<std::pair<std::int64_t, Ending>> lengths(const Story& story, Asked asked) {
  std::vector<std::pair<std::int64_t, Ending>> all;
  const CaseStretches stretches = stretches_of(story.history());
  for (const Stretch& one : stretches[asked])
    all.emplace_back(asked == Asked::messages ? one.length : one.length / kHour, one.ending);
  return all;
}
using Lengths = std::vector<std::pair<std::int64_t, Ending>>;

TEST(past, a_wait_lasts_from_the_sellers_first_words_to_a_persons) {
  const Story story = Story{}.seller(0).seller(3).desk(5).desk(6).seller(10).desk(12);
  EXPECT_EQ(lengths(story, Asked::answer), (Lengths{{5, Ending::came}, {2, Ending::came}}));
}

TEST(past, what_a_machine_sends_is_no_answer) {
  Story story = Story{}.seller(0).at(1, EventKind::message_sent, Party::desk, kMomentSystem).desk(9);
  EXPECT_EQ(lengths(story, Asked::answer), (Lengths{{9, Ending::came}}));
  EXPECT_EQ(lengths(story.closed(10), Asked::messages), (Lengths{{2, Ending::came}}));
}

TEST(past, a_closing_over_a_wait_never_answers_it) {
  const Story story = Story{}.seller(0).desk(1).seller(2).closed(50);
  EXPECT_EQ(lengths(story, Asked::answer), (Lengths{{1, Ending::came}, {48, Ending::never}}));
  EXPECT_EQ(lengths(story, Asked::outcome), (Lengths{{50, Ending::came}}));
  EXPECT_EQ(lengths(story, Asked::messages), (Lengths{{3, Ending::came}}));
}

TEST(past, a_case_that_is_given_up_has_no_outcome) {
  const Story story = Story{}.seller(0).at(90, EventKind::abandoned, Party::nobody);
  EXPECT_EQ(lengths(story, Asked::answer), (Lengths{{90, Ending::never}}));
  EXPECT_EQ(lengths(story, Asked::outcome), (Lengths{{90, Ending::never}}));
}

TEST(past, the_first_outcome_counts_and_a_decision_is_an_answer) {
  const Story story = Story{}
                          .seller(0)
                          .at(7, EventKind::decided, Party::desk)
                          .closed(9)
                          .at(20, EventKind::reopened, Party::seller)
                          .seller(20)
                          .closed(40);
  EXPECT_EQ(lengths(story, Asked::answer), (Lengths{{7, Ending::came}, {20, Ending::never}}));
  EXPECT_EQ(lengths(story, Asked::outcome), (Lengths{{7, Ending::came}}));
  EXPECT_EQ(lengths(story, Asked::messages), (Lengths{{1, Ending::came}}));
}

TEST(past, a_decision_by_a_clock_is_an_outcome_and_no_answer) {
  const Story story = Story{}.seller(0).at(7, EventKind::decided, Party::clock);
  EXPECT_EQ(lengths(story, Asked::answer), (Lengths{{7, Ending::open}}));
  EXPECT_EQ(lengths(story, Asked::outcome), (Lengths{{7, Ending::came}}));
}

TEST(past, what_is_awaited_now) {
  const CaseStretches waiting = stretches_of(Story{}.seller(0).desk(5).seller(10).history());
  const Instant now = kBegan + std::chrono::hours{16};
  EXPECT_EQ(so_far(waiting, Asked::answer, now), 6 * kHour);
  EXPECT_EQ(so_far(waiting, Asked::outcome, now), 16 * kHour);
  EXPECT_EQ(so_far(waiting, Asked::messages, now), 3);
  const CaseStretches answered = stretches_of(Story{}.seller(0).desk(5).history());
  EXPECT_EQ(so_far(answered, Asked::answer, now), std::nullopt);
  const CaseStretches over = stretches_of(Story{}.seller(0).closed(5).history());
  EXPECT_EQ(so_far(over, Asked::outcome, now), std::nullopt);
  EXPECT_EQ(so_far(over, Asked::answer, now), std::nullopt);
  EXPECT_EQ(so_far(stretches_of(CaseHistory{}), Asked::answer, now), std::nullopt);
}

TEST(past, open_waits_have_lasted_until_now) {
  Past past;
  past.fold(Story{}.seller(0).history());
  past.fold(Story{}.seller(1).closed(4).history());
  past.settle(kBegan + std::chrono::hours{100});
  ASSERT_EQ(past.of(Asked::outcome).size(), 2U);
  EXPECT_EQ(past.of(Asked::outcome)[0].length, 100 * kHour);
  EXPECT_EQ(past.of(Asked::outcome)[0].ending, Ending::open);
  EXPECT_EQ(past.last(), kBegan + std::chrono::hours{4});
}

TEST(past, where_nothing_was_ever_closed_the_last_moment_is_the_outcome) {
  Past past;
  past.fold(Story{}.seller(0).desk(30).history());
  past.fold(Story{}.seller(1).desk(8).history());
  past.settle(kBegan + std::chrono::hours{100});
  for (const Stretch& one : past.of(Asked::outcome)) EXPECT_EQ(one.ending, Ending::came);
  EXPECT_EQ(past.of(Asked::outcome)[0].length, 30 * kHour);
}

TEST(past, the_latest_are_kept_in_whatever_order_cases_come) {
  constexpr std::size_t kCases = 3 * Past::kKept + 17;
  std::vector<Instant> began;
  for (std::size_t i = 0; i < kCases; ++i) began.push_back(kBegan + std::chrono::hours{i});
  Past rising, mixed;
  for (const Instant at : began) rising.fold(Story{at}.seller(0).desk(2).closed(3).history());
  Random random(7);
  for (std::size_t i = kCases - 1; i > 0; --i)
    std::swap(began[i], began[random.below(static_cast<std::uint32_t>(i + 1))]);
  for (const Instant at : began) mixed.fold(Story{at}.seller(0).desk(2).closed(3).history());
  const Instant now = kBegan + std::chrono::hours{kCases + 5};
  rising.settle(now);
  mixed.settle(now);
  for (const Asked asked : {Asked::answer, Asked::outcome, Asked::messages}) {
    ASSERT_EQ(rising.of(asked).size(), Past::kKept);
    EXPECT_TRUE(std::ranges::equal(rising.of(asked), mixed.of(asked)));
    EXPECT_EQ(rising.of(asked).front().began, kBegan + std::chrono::hours{kCases - Past::kKept});
  }
}

}  // namespace
}  // namespace guichet::expect
