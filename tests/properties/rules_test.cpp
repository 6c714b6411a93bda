// Random histories under the shipped procedures and under random ones; a broken promise is shortened and
// printed with the one line that brings it back.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <guichet/base/digest.hpp>
#include <guichet/core/names.hpp>

#include "case_words.hpp"
#include "histories.hpp"
#include "promises.hpp"

namespace guichet::properties {
namespace {

/// A number from the environment, else `otherwise`.
std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t kHistories = 800;  // of 64 commands, for each of the shipped; as many for random ones

struct Found {
  std::size_t commands = 0, accepted = 0, most_events = 0;
  RunningDigest digest;
};

/// One case, step by step.
class History {
 public:
  History(const Rules& rules, bool desk_is_bound, Found& found)
      : rules_(rules), desk_is_bound_(desk_is_bound), found_(found) {}

  /// Empty, or the promise that this command broke.
  std::string give(const Command& command) {
    // The room is not empty, and what is in it already is nobody's business.
    std::array<Event, 3 + kEventsPerDecisionMax> room{};
    for (std::uint32_t i = 0; i < 3; ++i) room[i].detail = 1000 + i;
    EventBatch batch(room);
    for (int i = 0; i < 3; ++i) batch.append(room[static_cast<std::size_t>(i)]);
    CaseState after = state_;
    const Refusal refusal = act(after, command, rules_, batch);
    const auto events = batch.events().subspan(3);
    for (std::uint32_t i = 0; i < 3; ++i)
      if (room[i].detail != 1000 + i || room[i].kind != EventKind::none) return "earlier events were touched";
    if (refusal != Refusal::none && !events.empty()) return "a refusal left events";

    Decision decision;
    if (decide(state_, command, rules_, decision) != refusal || decision.count != events.size() ||
        !std::equal(events.begin(), events.end(), decision.room.begin()))
      return "decide and act differ";

    std::string broken = broken_promise({state_, command, refusal, events, after}, account_, rules_, desk_is_bound_);
    if (broken.empty() && refusal == Refusal::none) broken = refuses_to_be_rung(after, command.at);
    ++found_.commands;
    if (refusal == Refusal::none) ++found_.accepted;
    found_.most_events = std::max(found_.most_events, events.size());
    found_.digest.add(static_cast<std::uint64_t>(refusal));
    found_.digest.add(std::as_bytes(events));
    for (const Event& event : events) account_.tell(event);
    state_ = after;
    return broken;
  }

  const CaseState& state() const { return state_; }

 private:
  /// Every running clock can be rung when it says so.
  std::string refuses_to_be_rung(const CaseState& state, Instant now) const {
    for (std::size_t i = 0; i < kClocks; ++i) {
      const Instant next = next_tick(state, static_cast<Clock>(i), *rules_.procedure);
      if (next == kNever) continue;
      Command ring{};
      ring.at = std::max(now, next);
      ring.case_id = CaseId{1};
      ring.kind = CommandKind::tick;
      ring.party = Party::clock;
      ring.aux = static_cast<std::uint8_t>(i);
      Decision decision;
      if (const Refusal refusal = decide(state, ring, rules_, decision); refusal != Refusal::none)
        return "the clock " + std::string{name(static_cast<Clock>(i))} +
               " refuses to be rung: " + std::string{name(refusal)};
    }
    return "";
  }

  Rules rules_;
  bool desk_is_bound_;
  Found& found_;
  CaseState state_;
  Account account_;
};

/// The promise that these commands break at the last of them; empty when none.
std::string replay(const std::vector<Command>& commands, const World& world, bool desk_is_bound) {
  Found unused;
  History history(world.rules(), desk_is_bound, unused);
  for (const Command& command : commands)
    if (std::string broken = history.give(command); !broken.empty()) return broken;
  return "";
}

/// Leaves out what the broken promise does not need, one command after the other.
std::vector<Command> shortened(std::vector<Command> commands, const World& world, bool desk_is_bound) {
  for (std::size_t i = commands.size() - 1; i-- > 0;) {
    std::vector<Command> fewer = commands;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (!replay(fewer, world, desk_is_bound).empty()) commands = std::move(fewer);
  }
  return commands;
}

/// Draws one history; on a broken promise, prints the way to it and fails.
void live(const World& world, const std::string& who, std::uint64_t seed, bool desk_is_bound, Found& found) {
  Random random(seed, 1);
  History history(world.rules(), desk_is_bound, found);
  std::vector<Command> commands;
  Instant now = kBeginning;
  for (std::size_t i = 0; i < kCommandsPerHistory; ++i) {
    commands.push_back(draw_command(random, history.state(), world.procedure(), now));
    now = commands.back().at;
    const std::string broken = history.give(commands.back());
    if (broken.empty()) continue;
    std::string way;
    for (const Command& c : shortened(commands, world, desk_is_bound))
      way += "  " + print_instant(c.at) + "  " + cases::print_command(c, world.file()) + "\n";
    ADD_FAILURE() << broken << "\n"
                  << way << "again: GUICHET_PROPERTY_SEED=" << seed
                  << " GUICHET_PROPERTY_RUNS=1 properties_tests --gtest_filter='*" << who << "*'";
    return;
  }
}

void report(const std::string& who, const Found& found) {
  std::printf("%s: %zu commands, %zu accepted, at most %zu events each, digest %s\n", who.c_str(), found.commands,
              found.accepted, found.most_events, found.digest.hex().c_str());
  EXPECT_LE(found.most_events, kEventsPerDecisionMax);
  EXPECT_GT(found.accepted * 10, found.commands) << "too much is refused for the histories to mean something";
}

Found shipped(const std::string& name, bool desk_is_bound) {
  const World world(name);
  const std::uint64_t seed = setting("GUICHET_PROPERTY_SEED", 1);
  const std::uint64_t runs = setting("GUICHET_PROPERTY_RUNS", kHistories);
  Found found;
  std::string who = name;
  std::replace(who.begin(), who.end(), '-', '_');
  for (std::uint64_t i = 0; i < runs && !::testing::Test::HasFailure(); ++i)
    live(world, who, seed + i, desk_is_bound, found);
  return found;
}

// Under the testimony's procedure the desk has no clock, and may be silent for ever.
TEST(Promises, next_available) { report("next-available", shipped("next-available", false)); }
TEST(Promises, guichet_unique) { report("guichet-unique", shipped("guichet-unique", true)); }
TEST(Promises, p2b_minimum) { report("p2b-minimum", shipped("p2b-minimum", true)); }

TEST(Promises, random_procedures) {
  const std::uint64_t seed = setting("GUICHET_PROPERTY_SEED", 1);
  const std::uint64_t runs = setting("GUICHET_PROPERTY_RUNS", kHistories);
  Found found;
  std::unique_ptr<World> world;
  for (std::uint64_t i = seed; i < seed + runs && !HasFailure(); ++i) {
    Random procedure(i, 2);
    world = std::make_unique<World>(procedure);
    live(*world, "random_procedures", i, false, found);
  }
  report("random procedures", found);
}

TEST(Promises, same_seed_same_history) {
  const auto digest = [] { return shipped("guichet-unique", true).digest.hex(); };
  EXPECT_EQ(digest(), digest());
}

}  // namespace
}  // namespace guichet::properties
