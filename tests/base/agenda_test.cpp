#include <guichet/base/agenda.hpp>

#include <queue>
#include <string>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet {
namespace {

/// The same order from the standard's heap and a count of what was put in.
class Heap {
 public:
  void push(std::uint64_t at, std::uint32_t payload) { heap_.push({at, sequence_++, payload}); }
  Agenda<std::uint32_t>::Entry pop() {
    const Numbered first = heap_.top();
    heap_.pop();
    return {first.at, first.payload};
  }
  std::size_t size() const { return heap_.size(); }

 private:
  struct Numbered {
    std::uint64_t at, sequence;
    std::uint32_t payload;
    bool operator<(const Numbered& other) const { return at != other.at ? at > other.at : sequence > other.sequence; }
  };
  std::priority_queue<Numbered> heap_;
  std::uint64_t sequence_ = 0;
};

/// An agenda and a heap that are asked the same.
struct Both {
  Both(unsigned width, std::uint64_t start) : agenda(width, start), now(start) {}

  Agenda<std::uint32_t> agenda;
  Heap heap;
  std::uint64_t now;
  std::uint32_t pushed = 0;

  void push(std::uint64_t at) {
    agenda.push(at, pushed);
    heap.push(at, pushed++);
  }
  void pop() {
    const auto expected = heap.pop();
    ASSERT_EQ(agenda.peek().payload, expected.payload);
    const auto got = agenda.pop();
    ASSERT_EQ(got.at, expected.at);
    ASSERT_EQ(got.payload, expected.payload);
    ASSERT_EQ(agenda.size(), heap.size());
    now = got.at;
  }
  void pop_all() {
    while (heap.size() != 0) ASSERT_NO_FATAL_FAILURE(pop());
    EXPECT_TRUE(agenda.empty());
  }
};

/// Random pushes and pops with delays from nothing to far past the ring.
void same_order(unsigned width, std::uint64_t seed, std::uint64_t start, std::uint64_t delay_max) {
  SCOPED_TRACE("width " + std::to_string(width) + ", seed " + std::to_string(seed));
  Random chance(seed);
  Both both(width, start);
  for (int i = 0; i < 30'000; ++i) {
    if (both.heap.size() == 0 || chance.below(100) < (i % 1000 < 500 ? 60U : 40U))
      both.push(both.now + chance.next() % (chance.below(8) == 0 ? delay_max * 1000 : delay_max));
    else
      ASSERT_NO_FATAL_FAILURE(both.pop());
  }
  both.pop_all();
}

TEST(Agenda, HasTheOrderOfABinaryHeap) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    for (const unsigned width : {0U, 4U, 16U, 63U}) {
      same_order(width, seed, 0, 10);
      same_order(width, seed, 1'700'000'000, 100'000);
      same_order(width, seed, 5, 100'000'000);
      same_order(width, seed, 1'000'000'007, 1'000'000'000'000);
    }
}

TEST(Agenda, KeepsTheOrderWhileItsBucketsFollowTheDensity) {
  Random chance(7);
  Both both(0, 0);
  for (int i = 0; i < 3'000; ++i) both.push(chance.below(1000));
  // Many and often, then rarely, then very many at a time: each long enough for the width to be thought over.
  for (const std::uint64_t delay_max : {1'000U, 1'000'000'000U, 100U, 50'000'000U, 1U})
    for (int i = 0; i < 20'000; ++i) {
      ASSERT_NO_FATAL_FAILURE(both.pop());
      both.push(both.now + chance.next() % delay_max * (chance.below(2) + 1));
    }
  both.pop_all();
}

TEST(Agenda, KeepsTheOrderOfCrowdsAtFewInstants) {
  Random chance(3);
  Both both(20, 0);
  for (int i = 0; i < 20'000; ++i) both.push(chance.below(4) * 1'000'000'000'000ULL);
  for (int i = 0; i < 30'000; ++i) {
    ASSERT_NO_FATAL_FAILURE(both.pop());
    if (i < 20'000) both.push(both.now + chance.below(2) * 1'000'000'000ULL);
  }
  both.pop_all();
}

TEST(Agenda, ReachesTheEndOfTime) {
  Both both(20, 0);
  for (const std::uint64_t at : {UINT64_MAX / 2, std::uint64_t{3}, UINT64_MAX / 2, std::uint64_t{1} << 50})
    both.push(at);
  both.pop();
  both.push(UINT64_MAX / 2);
  both.pop_all();
}

TEST(Agenda, TiesComeOutInTheOrderTheyWentIn) {
  Agenda<int> agenda(6);
  for (int i = 0; i < 1000; ++i) agenda.push(42, i);
  for (int i = 0; i < 1000; ++i) {
    if (i == 500) agenda.push(42, 1000);
    EXPECT_EQ(agenda.pop().payload, i);
  }
  EXPECT_EQ(agenda.pop().payload, 1000);
  EXPECT_TRUE(agenda.empty());
}

TEST(Agenda, TakesWhatIsDueNow) {
  Agenda<int> agenda(8, 1000);
  agenda.push(1000, 1);
  EXPECT_EQ(agenda.pop().payload, 1);
  agenda.push(1000, 2);  // where was opened already
  agenda.push(1'000'000'000'000, 3);
  EXPECT_EQ(agenda.pop().payload, 2);
  EXPECT_EQ(agenda.pop().payload, 3);
}

TEST(Agenda, TakesWhatIsDueBeforeTheOneSeenAhead) {
  Agenda<int> agenda;
  agenda.push(1'000'000'000'000'000, 2);
  EXPECT_EQ(agenda.peek().payload, 2);
  agenda.push(5, 1);
  EXPECT_EQ(agenda.pop().payload, 1);
  EXPECT_EQ(agenda.pop().payload, 2);
}

TEST(Agenda, LetsTheCallerLookAheadWhenThereIsMuch) {
  Agenda<int> agenda;
  for (int i = 0; i < 100'000; ++i) agenda.push(static_cast<std::uint64_t>(i) * 1000, i);
  EXPECT_EQ(agenda.upcoming(0), nullptr);
  EXPECT_EQ(agenda.pop().payload, 0);
  ASSERT_NE(agenda.upcoming(8), nullptr);
  EXPECT_EQ(agenda.upcoming(8)->payload, 9);
}

TEST(Agenda, StartsAgainWhenCleared) {
  Agenda<int> agenda(8, 1000);
  for (int i = 0; i < 5000; ++i) agenda.push(1000 + static_cast<std::uint64_t>(i) * 100, i);
  EXPECT_EQ(agenda.pop().payload, 0);
  agenda.clear(7);
  EXPECT_TRUE(agenda.empty());
  agenda.push(7, 1);
  EXPECT_EQ(agenda.pop().payload, 1);
}

TEST(Agenda, HoldsAMillionInTwentyFourMebibytes) {
  Random chance(1);
  Agenda<std::uint32_t> agenda;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) agenda.push(chance.next() % 100'000'000'000, i);
  std::size_t most = agenda.memory_bytes();
  for (std::uint32_t i = 0; i < 2'000'000; ++i) {
    const auto entry = agenda.pop();
    agenda.push(entry.at + chance.next() % 100'000'000'000, entry.payload);
    if (i % 1000 == 0) most = std::max(most, agenda.memory_bytes());
  }
  EXPECT_LT(most, 24U << 20);
}

}  // namespace
}  // namespace guichet
