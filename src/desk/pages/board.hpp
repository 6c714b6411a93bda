// What a supervisor's board counts: six lists that call for somebody, and what happened in the last two weeks, per
// rule and per team. Never per person: nobody is ranked here.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/words.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/measures/sample.hpp>

namespace guichet::desk {

enum class Tile : std::uint8_t { at_risk, without_owner, unaccepted, many_agents, without_decision, adverse_after };
inline constexpr std::size_t kTiles = 6;
/// "at-risk": the end of its address, and with _ for - of its keys.
std::string_view name(Tile tile);
std::optional<Tile> tile_from(std::string_view word);

/// The cases behind a tile, in the order in which they call for somebody.
ledger::CaseQuery query_of(Tile tile, Instant now);

/// What p90 of a tile is of: a time in milliseconds, a count, or cents.
enum class TileUnit : std::uint8_t { time, count, cents };

struct TileFigure {
  Tile tile{};
  std::uint64_t count{};
  bool more = false;   // there are more than were counted
  std::uint64_t of{};  // n: the cases it is a part of
  TileUnit unit{};
  std::uint64_t sampled{};  // cases behind the p90
  std::optional<double> p90;
  std::uint64_t this_week{}, last_week{};  // what added to it in the last seven days, and in the seven before
};

struct ClockFigure {
  Clock clock{};
  std::uint64_t started{}, ran_out{};
};

/// A number of speed never stands without the number that it could be bought with.
struct Pair {
  std::uint64_t n{};
  std::optional<double> speed_p50_ms, speed_p90_ms;
  std::uint64_t part{}, whole{};  // the other number, as a share
};

struct TeamFigure {
  std::string team;
  std::uint64_t living{}, at_risk{}, late{}, unowned{};
  std::uint64_t present{};  // people of the team who are here
  std::uint64_t locked{};   // appeals without an owner that nobody who is here may take
};

struct Board {
  std::array<TileFigure, kTiles> tiles;
  Instant since{};                  // from when on the last weeks are counted
  bool cut = false;                 // there was more than is looked through; then `since` is later than two weeks ago
  std::vector<ClockFigure> clocks;  // that started or ran out since then
  Pair answers;                     // time to the first answer; questions answered of those asked
  Pair closings;                    // time to close; closed without decision or agreement
  std::uint64_t reopened{}, restarted{}, abandoned{};
  std::vector<TeamFigure> teams;
  /// Teams that have cases without an owner and nobody there who may take them.
  std::vector<const TeamFigure*> stranded() const;
};

/// An appeal without an owner that none of its team who are here may take: whoever decided it may not do so again.
bool is_locked(const ledger::ShelfRow& row, const People& people, Instant now);

/// Reads lists and the acts of the last two weeks, at most as many as keep a page quick.
Result<Board> board_of(ledger::Reader& reader, const People& people, const std::vector<std::string>& teams,
                       Instant now);

/// Owners who are away, or gone, or were of another system, and whom nobody stands in for: it is their cases that are
/// told, not their work.
struct Unattended {
  std::shared_ptr<const Person> person;
  std::uint64_t cases{};    // living ones; counted up to a thousand
  bool works_here = false;  // away, and comes back; otherwise only somebody else can answer
};
std::vector<Unattended> unattended(ledger::Reader& reader, const People& people, Instant now);

/// Mediations that no mediator can take: who was named cannot sign in, or nobody was.
struct Unmediated {
  std::shared_ptr<const Person> mediator;  // null: the referral names nobody who is here
  std::uint64_t cases{};                   // counted up to a thousand
  std::vector<CaseId> first;               // some of them
};
std::vector<Unmediated> unmediated(ledger::Reader& reader, const People& people);

}  // namespace guichet::desk
