// Invented people at work in a living desk: what a recording says is done when its time comes, and where somebody real
// has acted, they answer him. Every act goes through the clerk like anybody else's; what the rules refuse is let be.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/demo/people.hpp>
#include <guichet/demo/script.hpp>
#include <guichet/demo/showcase.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::demo {

struct PlayerCounts {
  std::uint64_t acts{}, refused{}, released{}, answers{};  // released: cases left to the real people
};

class Player {
 public:
  virtual ~Player() = default;
  /// Looks by itself, on a thread of its own, several times a second.
  virtual void start() = 0;
  virtual void stop() = 0;
  /// While paused nobody invented acts; what fell due meanwhile is done afterwards.
  virtual void pause(bool paused) = 0;
  virtual bool paused() const = 0;
  /// Does everything that is due at `now`, and gives how many acts were done. For tests; not beside a started thread.
  virtual Result<std::uint64_t> step(Instant now) = 0;
  /// Moves a demo's clock forward so that clocks ring and people act on the way, in order, as if the time had been
  /// lived through. Returns at once; `told` is called on the player's thread when the time has come.
  virtual void advance(Duration by, std::function<void()> told) = 0;
  virtual PlayerCounts counts() const = 0;
};

/// Goes on with new cases when a script nears its end: `from` is the instant at which the next begins, `round` counts
/// from 1.
using MoreScript = std::function<Result<Script>(Instant from, std::uint32_t round)>;

struct PlayerParts {
  ledger::Ledger* ledger{};
  desk::Clerk* clerk{};
  const desk::Procedures* procedures{};
  const desk::WallClock* clock{};
  desk::DemoClock* demo_clock{};  // the same clock when it can be moved, else null
  const Crowd* crowd{};
  std::uint64_t seed{};
  Script script;
  std::size_t played{};         // deeds of the script that are in the ledger already
  std::vector<CaseId> numbers;  // by tale; zero: not opened yet
  MoreScript more;
  bool know_all = false;  // every living case is in the script; otherwise the desk's turns are looked for
};

Result<std::unique_ptr<Player>> make_player(PlayerParts parts);

}  // namespace guichet::demo
