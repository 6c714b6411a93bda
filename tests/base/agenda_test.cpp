#include <guichet/base/agenda.hpp>

#include <queue>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

namespace guichet {
namespace {

using Entry = Agenda<std::uint32_t>::Entry;
struct Later {
  bool operator()(const Entry& a, const Entry& b) const { return b < a; }
};
using Heap = std::priority_queue<Entry, std::vector<Entry>, Later>;

/// Random pushes and pops with delays from nothing to far past the ring, against a binary heap.
void same_order(unsigned width, std::uint64_t seed, std::uint64_t start, std::uint64_t delay_max) {
  SCOPED_TRACE("width " + std::to_string(width) + ", seed " + std::to_string(seed));
  Random chance(seed);
  Agenda<std::uint32_t> agenda(width, start);
  Heap heap;
  std::uint64_t now = start;
  std::uint32_t sequence = 0;
  for (int i = 0; i < 30'000; ++i) {
    if (heap.empty() || chance.below(100) < (i % 1000 < 500 ? 60U : 40U)) {
      const std::uint64_t at = now + chance.next() % (chance.below(8) == 0 ? delay_max * 1000 : delay_max);
      agenda.push(at, sequence);
      heap.push({at, sequence, sequence});
      ++sequence;
    } else {
      const Entry expected = heap.top();
      heap.pop();
      ASSERT_EQ(agenda.peek().payload, expected.payload);
      const Entry got = agenda.pop();
      ASSERT_EQ(got.at, expected.at);
      ASSERT_EQ(got.sequence, expected.sequence);
      now = got.at;
    }
    ASSERT_EQ(agenda.size(), heap.size());
  }
}

TEST(Agenda, HasTheOrderOfABinaryHeap) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    for (const unsigned width : {0U, 4U, 16U}) {
      same_order(width, seed, 0, 10);
      same_order(width, seed, 1'700'000'000, 100'000);
      same_order(width, seed, 5, 100'000'000);
    }
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
  agenda.push(1000, 2);  // into the open bucket
  agenda.push(1'000'000'000'000, 3);
  EXPECT_EQ(agenda.pop().payload, 2);
  EXPECT_EQ(agenda.pop().payload, 3);
}

}  // namespace
}  // namespace guichet
