#include <guichet/desk/pages/board.hpp>

#include <algorithm>
#include <bit>
#include <map>

#include <guichet/desk/allot.hpp>
#include <guichet/desk/mediators.hpp>
#include <guichet/desk/pages/desk_parts.hpp>

namespace guichet::desk {
namespace {

constexpr std::uint64_t kCountMost = 10'000;
constexpr std::uint64_t kActsMost = 10'000;
constexpr std::uint64_t kActsPerRead = 500;
constexpr std::size_t kHandOffsRead = 50;
constexpr std::size_t kClosingsRead = 500;
constexpr Duration kWeek = std::chrono::hours{7 * 24};

constexpr std::array<std::string_view, kTiles> kTileNames{"at-risk",     "without-owner",    "unaccepted",
                                                          "many-agents", "without-decision", "adverse-after"};

std::size_t place(Tile tile) { return static_cast<std::size_t>(tile); }

std::optional<double> p90_of(std::vector<std::int64_t> values) {
  if (values.empty()) return std::nullopt;
  measures::sort_values(values);
  return measures::quantile(values, 0.9);
}

/// Since when the hand-off of this case waits.
std::optional<Instant> proposed_at(ledger::Reader& reader, CaseId case_id) {
  const auto file = reader.case_file(case_id);
  if (!file || !*file) return std::nullopt;
  for (auto kept = (*file)->events.rbegin(); kept != (*file)->events.rend(); ++kept)
    if (kept->event.kind == EventKind::hand_off_proposed) return kept->event.at;
  return std::nullopt;
}

Outcome fill_tile(TileFigure& figure, ledger::Reader& reader, const ledger::CaseCounts& counts, Instant now) {
  ledger::CaseQuery query = query_of(figure.tile, now);
  GUICHET_TRY(count, reader.count(query, kCountMost));
  figure.count = count;
  figure.more = count >= kCountMost;
  query.limit = ledger::kListMax;
  GUICHET_TRY(rows, reader.cases(query));
  std::vector<std::int64_t> values;
  const auto week = [&](Instant at) {
    if (at > now - kWeek)
      ++figure.this_week;
    else if (at > now - 2 * kWeek)
      ++figure.last_week;
  };
  switch (figure.tile) {
    case Tile::at_risk:
      figure.of = counts.living;
      for (const ledger::ShelfRow& row : rows.rows)
        values.push_back((now - row.seller_spoke.value_or(row.opened)).count());
      break;
    case Tile::without_owner:
      figure.of = counts.living;
      for (const ledger::ShelfRow& row : rows.rows) {
        values.push_back((now - row.changed).count());
        week(row.changed);
      }
      break;
    case Tile::unaccepted:
      figure.of = counts.living;
      for (const ledger::ShelfRow& row : rows.rows) {
        if (values.size() >= kHandOffsRead) break;
        if (const auto since = proposed_at(reader, row.case_id)) values.push_back((now - *since).count());
      }
      break;
    case Tile::many_agents:
      figure.of = counts.living;
      figure.unit = TileUnit::count;
      for (const ledger::ShelfRow& row : rows.rows) {
        values.push_back(static_cast<std::int64_t>(row.agents.size()));
        week(row.changed);
      }
      break;
    case Tile::without_decision:
      figure.of = counts.closed;
      for (const ledger::ShelfRow& row : rows.rows) values.push_back((row.changed - row.opened).count());
      break;
    case Tile::adverse_after:
      figure.of = counts.all;
      figure.unit = TileUnit::cents;
      for (const ledger::ShelfRow& row : rows.rows) values.push_back(row.amount_cents);
      break;
  }
  figure.sampled = values.size();
  figure.p90 = p90_of(std::move(values));
  return Done{};
}

/// The first act that was written at or after `from`; one beyond the last when there is none.
Result<std::uint64_t> first_act_since(ledger::Reader& reader, std::uint64_t last, Instant from) {
  std::uint64_t low = 1, high = last + 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    GUICHET_TRY(acts, reader.acts_from(middle, 1));
    if (acts.empty() || acts.front().act.recorded >= from)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/// A case that was opened in the time looked at.
struct Fresh {
  Instant opened{};
  bool answered = false;
  std::uint32_t asked{};  // questions of the seller
  std::uint16_t open{};   // slots of those that still wait
};

class Weeks {
 public:
  Weeks(Board& board, ledger::Reader& reader, Instant now) : board_(board), reader_(reader), now_(now) {}

  void event(const Event& e) {
    if (e.at < board_.since || e.at > now_) return;
    switch (e.kind) {
      case EventKind::opened: fresh_[e.case_id] = {.opened = e.at}; break;
      case EventKind::message_sent:
        if (e.party == Party::desk) answered(e);
        break;
      case EventKind::question_asked:
        if (e.party == Party::seller) asked(e);
        break;
      case EventKind::question_answered:
      case EventKind::question_declined:
        if (e.party == Party::desk) settled(e);
        break;
      case EventKind::question_disputed:
        if (Fresh* fresh = fresh_of(e.case_id)) fresh->open = with(fresh->open, e.detail);
        break;
      case EventKind::question_withdrawn:
        if (e.party == Party::seller) withdrawn(e);
        break;
      case EventKind::clock_started: ++clock(e.clock).started; break;
      case EventKind::went_overdue:
        ++clock(e.clock).ran_out;
        if (of_the_desk(e.clock)) week(Tile::at_risk, e.at);
        break;
      case EventKind::hand_off_lapsed:
      case EventKind::hand_off_refused: week(Tile::unaccepted, e.at); break;
      case EventKind::restriction_took_effect: adverse(e); break;
      case EventKind::closed: closed(e); break;
      case EventKind::reopened: ++board_.reopened; break;
      case EventKind::restarted: ++board_.restarted; break;
      case EventKind::abandoned: ++board_.abandoned; break;
      case EventKind::none:
      case EventKind::note_made:
      case EventKind::assigned:
      case EventKind::hand_off_proposed:
      case EventKind::hand_off_accepted:
      case EventKind::clock_stopped:
      case EventKind::clock_reminded:
      case EventKind::escalated:
      case EventKind::decided:
      case EventKind::appealed:
      case EventKind::referred_to_mediator:
      case EventKind::mediation_ended:
      case EventKind::resolution_proposed:
      case EventKind::resolution_accepted:
      case EventKind::resolution_refused:
      case EventKind::offer_made:
      case EventKind::offer_accepted:
      case EventKind::offer_refused:
      case EventKind::offer_lapsed:
      case EventKind::restriction_announced:
      case EventKind::restriction_contested:
      case EventKind::restriction_lifted:
      case EventKind::cost_noted:
      case EventKind::exhibit_added:
      case EventKind::procedure_changed:
      case EventKind::linked: break;
    }
  }

  void finish() {
    for (const auto& [case_id, fresh] : fresh_) {
      board_.answers.whole += fresh.asked;
      board_.answers.part += fresh.asked - std::min(fresh.asked, count_of(fresh.open));
    }
    finish(board_.answers, answer_ms_);
    finish(board_.closings, closing_ms_);
    for (std::size_t i = 0; i < kClocks; ++i)
      if (clocks_[i].started != 0 || clocks_[i].ran_out != 0) {
        clocks_[i].clock = static_cast<Clock>(i);
        board_.clocks.push_back(clocks_[i]);
      }
  }

 private:
  static bool of_the_desk(Clock clock) {
    return clock <= Clock::appeal_decision || clock == Clock::acceptance || clock == Clock::level;
  }
  ClockFigure& clock(Clock clock) { return clocks_[static_cast<std::size_t>(clock)]; }
  void week(Tile tile, Instant at) {
    TileFigure& figure = board_.tiles[place(tile)];
    ++(at > now_ - kWeek ? figure.this_week : figure.last_week);
  }
  void answered(const Event& e) {
    Fresh* fresh = fresh_of(e.case_id);
    if (fresh == nullptr || fresh->answered) return;
    fresh->answered = true;
    answer_ms_.push_back((e.at - fresh->opened).count());
  }
  void asked(const Event& e) {
    Fresh* fresh = fresh_of(e.case_id);
    if (fresh == nullptr) return;
    fresh->asked += count_of(e.detail);
    fresh->open = with(fresh->open, e.detail);
  }
  void settled(const Event& e) {
    if (Fresh* fresh = fresh_of(e.case_id)) fresh->open = without(fresh->open, e.detail);
  }
  /// What the seller takes back was not left unanswered.
  void withdrawn(const Event& e) {
    Fresh* fresh = fresh_of(e.case_id);
    if (fresh == nullptr) return;
    fresh->asked -= std::min(fresh->asked, count_of(fresh->open & e.detail));
    fresh->open = without(fresh->open, e.detail);
  }
  Fresh* fresh_of(CaseId case_id) {
    const auto found = fresh_.find(case_id);
    return found == fresh_.end() ? nullptr : &found->second;
  }
  static std::uint32_t count_of(std::uint32_t slots) { return static_cast<std::uint32_t>(std::popcount(slots)); }
  static std::uint16_t with(std::uint16_t slots, std::uint32_t more) {
    return static_cast<std::uint16_t>(slots | more);
  }
  static std::uint16_t without(std::uint16_t slots, std::uint32_t less) {
    return static_cast<std::uint16_t>(slots & ~less);
  }
  /// Of the restrictions only those that came after an offer, an appeal or an escalation.
  void adverse(const Event& e) {
    const auto row = reader_.row(e.case_id);
    if (row && *row && (*row)->adverse_after) week(Tile::adverse_after, e.at);
  }
  void closed(const Event& e) {
    ++board_.closings.whole;
    const auto ground = static_cast<Ground>(e.aux);
    if (ground == Ground::seller_silence || ground == Ground::desk_alone) {
      ++board_.closings.part;
      week(Tile::without_decision, e.at);
    }
    if (closing_ms_.size() >= kClosingsRead) return;
    if (const auto row = reader_.row(e.case_id); row && *row) closing_ms_.push_back((e.at - (*row)->opened).count());
  }
  static void finish(Pair& pair, std::vector<std::int64_t>& times) {
    pair.n = times.size();
    if (times.empty()) return;
    measures::sort_values(times);
    pair.speed_p50_ms = measures::quantile(times, 0.5);
    pair.speed_p90_ms = measures::quantile(times, 0.9);
  }

  Board& board_;
  ledger::Reader& reader_;
  Instant now_;
  std::map<CaseId, Fresh> fresh_;
  std::array<ClockFigure, kClocks> clocks_{};
  std::vector<std::int64_t> answer_ms_, closing_ms_;
};

Outcome fill_weeks(Board& board, ledger::Reader& reader, Instant now) {
  GUICHET_TRY(reach, reader.reach());
  board.since = now - 2 * kWeek;
  GUICHET_TRY(first, first_act_since(reader, reach.act, board.since));
  if (reach.act > kActsMost && first < reach.act - kActsMost) {
    first = reach.act - kActsMost;
    board.cut = true;
    GUICHET_TRY(acts, reader.acts_from(first, 1));
    if (!acts.empty()) board.since = std::max(board.since, acts.front().act.recorded);
  }
  Weeks weeks(board, reader, now);
  while (first <= reach.act) {
    GUICHET_TRY(acts, reader.acts_from(first, kActsPerRead));
    if (acts.empty()) break;
    for (const ledger::NewAct& act : acts)
      for (const Event& event : act.events) weeks.event(event);
    first = acts.back().act.number + 1;
  }
  weeks.finish();
  return Done{};
}

Outcome fill_teams(Board& board, ledger::Reader& reader, const People& people, const std::vector<std::string>& teams,
                   Instant now) {
  for (const std::string& team : teams) {
    TeamFigure figure{.team = team};
    ledger::CaseQuery query;
    query.team = team;
    query.phases = kLivingPhases;
    GUICHET_TRY(living, reader.count(query, kCountMost));
    figure.living = living;
    query.owner = ActorId{};
    query.turn = Turn::desk;
    GUICHET_TRY(unowned, reader.count(query, kCountMost));
    figure.unowned = unowned;
    if (unowned != 0) {
      query.phases = kAppealPhase;
      query.limit = ledger::kListMax;
      GUICHET_TRY(appeals, reader.cases(query));
      figure.locked = static_cast<std::uint64_t>(std::ranges::count_if(
          appeals.rows, [&](const ledger::ShelfRow& row) { return is_locked(row, people, now); }));
      query.phases = kLivingPhases;
    }
    query.owner.reset();
    query.turn.reset();
    query.desk_due_before = now;
    GUICHET_TRY(late, reader.count(query, kCountMost));
    figure.late = late;
    query.desk_due_before = now + std::chrono::hours{24};
    GUICHET_TRY(at_risk, reader.count(query, kCountMost));
    figure.at_risk = at_risk;
    figure.present = static_cast<std::uint64_t>(
        std::ranges::count_if(people.of_team(team), [&](const auto& person) { return !is_away(*person, now); }));
    board.teams.push_back(std::move(figure));
  }
  return Done{};
}

}  // namespace

std::string_view name(Tile tile) { return kTileNames[place(tile)]; }

std::optional<Tile> tile_from(std::string_view word) {
  const auto found = std::ranges::find(kTileNames, word);
  if (found == kTileNames.end()) return std::nullopt;
  return static_cast<Tile>(found - kTileNames.begin());
}

ledger::CaseQuery query_of(Tile tile, Instant now) {
  using Order = ledger::CaseQuery::Order;
  ledger::CaseQuery query;
  query.phases = kLivingPhases;
  query.order = Order::promise;
  switch (tile) {
    case Tile::at_risk: query.desk_due_before = now + std::chrono::hours{24}; break;
    case Tile::without_owner:
      query.owner = ActorId{};
      query.turn = Turn::desk;
      break;
    case Tile::unaccepted: query.hand_off_pending = true; break;
    case Tile::many_agents:
      query.agents_min = 3;
      query.order = Order::changed;
      break;
    case Tile::without_decision:
      query.phases = kClosedPhase;
      query.closed_without_decision = true;
      query.order = Order::changed;
      break;
    case Tile::adverse_after:
      query.phases = 0xFF;
      query.adverse_after = true;
      query.order = Order::changed;
      break;
  }
  return query;
}

std::vector<const TeamFigure*> Board::stranded() const {
  std::vector<const TeamFigure*> found;
  for (const TeamFigure& team : teams)
    if (team.unowned != 0 && (team.present == 0 || team.locked != 0)) found.push_back(&team);
  return found;
}

bool is_locked(const ledger::ShelfRow& row, const People& people, Instant now) {
  if (row.state.phase() != Phase::under_appeal || row.state.owner) return false;
  return std::ranges::none_of(people.of_team(row.team), [&](const auto& person) {
    return !is_away(*person, now) && person->id != row.state.decider;
  });
}

Result<Board> board_of(ledger::Reader& reader, const People& people, const std::vector<std::string>& teams,
                       Instant now) {
  Board board;
  GUICHET_TRY(counts, reader.counts());
  for (std::size_t i = 0; i < kTiles; ++i) {
    board.tiles[i].tile = static_cast<Tile>(i);
    if (const Outcome filled = fill_tile(board.tiles[i], reader, counts, now); !filled) return filled.error();
  }
  if (const Outcome filled = fill_weeks(board, reader, now); !filled) return filled.error();
  if (const Outcome filled = fill_teams(board, reader, people, teams, now); !filled) return filled.error();
  return board;
}

std::vector<Unattended> unattended(ledger::Reader& reader, const People& people, Instant now) {
  constexpr std::uint64_t kMost = 1'000;
  std::vector<Unattended> found;
  // Nobody's role is that of people who came with imported history: their cases live here, and they do not.
  for (const Role role :
       {Role::agent, Role::decider, Role::supervisor, Role::mediator, Role::auditor, Role::administrator, Role::nobody})
    for (const auto& person : people.with_role(role)) {
      const bool is_here = can_answer(*person);
      if (is_here && !is_away(*person, now)) continue;
      // A substitute stands in for somebody who comes back.
      const auto stands_in = people.person(person->substitute);
      if (is_here && stands_in && can_answer(*stands_in) && !is_away(*stands_in, now)) continue;
      ledger::CaseQuery query;
      query.owner = person->id;
      query.phases = kLivingPhases;
      if (const auto count = reader.count(query, kMost); count && *count != 0)
        found.push_back({.person = person, .cases = *count, .works_here = is_here});
    }
  return found;
}

std::vector<Unmediated> unmediated(ledger::Reader& reader, const People& people) {
  constexpr std::uint64_t kMost = 1'000;
  constexpr std::size_t kNamed = 20;
  std::vector<Unmediated> found;
  ledger::CaseQuery query;
  query.phases = std::uint8_t{1} << static_cast<unsigned>(Phase::in_mediation);
  query.order = ledger::CaseQuery::Order::number;
  for (const auto& person : people.with_role(Role::mediator)) {
    if (can_mediate(*person)) continue;
    query.mediator = person->id;
    query.limit = kNamed;
    const auto count = reader.count(query, kMost);
    const auto rows = reader.cases(query);
    if (!count || !rows || *count == 0) continue;
    found.push_back({.mediator = person, .cases = *count, .first = {}});
    for (const ledger::ShelfRow& row : rows->rows) found.back().first.push_back(row.case_id);
  }
  // Of ledgers in which a referral could name nobody, and of people who are mediators no longer.
  query.mediator.reset();
  query.limit = ledger::kListMax;
  Unmediated nobodys;
  do {
    const auto rows = reader.cases(query);
    if (!rows) break;
    for (const ledger::ShelfRow& row : rows->rows) {
      const auto mediator = people.person(row.mediator);
      if (mediator && mediator->role == Role::mediator) continue;
      if (nobodys.first.size() < kNamed) nobodys.first.push_back(row.case_id);
      ++nobodys.cases;
    }
    query.after = rows->next;
  } while (!query.after.empty() && nobodys.cases < kMost);
  if (nobodys.cases != 0) found.push_back(std::move(nobodys));
  return found;
}

}  // namespace guichet::desk
