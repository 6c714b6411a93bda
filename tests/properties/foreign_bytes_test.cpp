// The rules are total: any bytes as a state, a command, an event give an answer, and nothing else breaks.
// What would break is for the sanitizers to see.
#include <gtest/gtest.h>

#include <array>
#include <bit>

#include <guichet/core/decide.hpp>

#include "histories.hpp"

namespace guichet::properties {
namespace {

template <class Record>
Record any_bytes(Random& random) {
  std::array<std::uint64_t, sizeof(Record) / 8> words{};
  for (std::uint64_t& word : words) word = random.next();
  return std::bit_cast<Record>(words);
}

/// Bytes where the kind, the party and the time are possible, so that the rules behind the doors are reached.
Command possible_door(Random& random) {
  auto command = any_bytes<Command>(random);
  command.kind = static_cast<CommandKind>(random.below(kCommandKinds));
  command.party = static_cast<Party>(random.below(5));
  command.at = Instant{Seconds{1 + random.below(0x7FFF'FFFF)}};
  return command;
}

TEST(ForeignBytes, are_answered) {
  const World world("guichet-unique");
  Random random(7);
  std::size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    auto state = any_bytes<CaseState>(random);
    if (i % 2 == 0) state.phase_bits = static_cast<std::uint8_t>(random.below(6) | random.below(12) << 4);
    const Command command = i % 4 == 3 ? any_bytes<Command>(random) : possible_door(random);
    CaseState after = state;
    std::array<Event, kEventsPerDecisionMax> room;
    EventBatch batch(room);
    const Refusal refusal = act(after, command, world.rules(), batch);
    ASSERT_LT(static_cast<std::size_t>(refusal), kRefusals);
    ASSERT_LE(batch.size(), kEventsPerDecisionMax);
    ASSERT_EQ(refusal == Refusal::none, batch.size() > 0);
    ASSERT_TRUE(refusal == Refusal::none || after == state);
    if (refusal == Refusal::none) ++accepted;
    for (std::size_t clock = 0; clock < 256; clock += 5)
      (void)next_tick(state, static_cast<Clock>(clock), world.procedure());
  }
  EXPECT_GT(accepted, 1000U);
}

TEST(ForeignBytes, evolve) {
  Random random(8);
  auto state = any_bytes<CaseState>(random);
  for (int i = 0; i < 200'000; ++i) {
    auto event = any_bytes<Event>(random);
    if (i % 4 != 0) event.kind = static_cast<EventKind>(random.below(kEventKinds));
    evolve_in_place(state, event);
    ASSERT_EQ(state.version, event.version);
    ASSERT_LT(state.level(), kLevelsMax);
    ASSERT_LT(state.matter(), kMattersMax);
  }
}

}  // namespace
}  // namespace guichet::properties
