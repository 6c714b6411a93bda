#include "histories.hpp"

#include <algorithm>
#include <array>

#include <guichet/base/check.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::properties {
namespace {

constexpr std::uint32_t kHour = 3600, kDay = 86'400;

rulebook::ProcedureFile load(const std::string& name) {
  auto file = rulebook::load_procedure(name);
  GUICHET_CHECK(static_cast<bool>(file), "the shipped procedures can be read");
  return std::move(*file);
}

template <class Enum>
Enum any(Random& random, Enum last) {
  return static_cast<Enum>(random.below(static_cast<std::uint32_t>(last) + 1));
}
std::uint8_t byte(Random& random, std::uint32_t bound) { return static_cast<std::uint8_t>(random.below(bound)); }
std::uint16_t word(Random& random, std::uint32_t bound) { return static_cast<std::uint16_t>(random.below(bound)); }
bool flip(Random& random) { return random.below(2) == 1; }
bool rarely(Random& random) { return random.below(16) == 0; }

Allowance draw_allowance(Random& random) {
  const auto kind = any(random, Allowance::Kind::working);
  return {kind, 0, kind == Allowance::Kind::none ? 0 : 1 + random.below(20 * kDay)};
}

/// A clock of at least `shortest` seconds, so that no reminder falls before its start.
ClockRule draw_clock(Random& random, Allowance allowance, std::uint32_t shortest) {
  ClockRule rule{allowance, any(random, Effect::hand_back), byte(random, kRemindersMax + 1), {}};
  std::uint32_t before = shortest;
  for (std::uint32_t& one : rule.before) one = before = random.below(std::max(before, 1U));
  return rule;
}

Procedure draw_procedure(Random& random) {
  Procedure p;
  p.id = ProcedureId{word(random, 3)};
  for (ClosingRight& right : p.closing) right = {byte(random, 8), byte(random, 4), flip(random), flip(random)};
  p.reopening = {any(random, Reopening::Kind::new_case), draw_allowance(random), flip(random)};
  p.assignment = {any(random, AssignMode::by_speciality), flip(random), flip(random),
                  any(random, Assignment::StripTo::queue)};
  p.hand_off = {flip(random), flip(random), flip(random), flip(random), byte(random, 4)};
  p.answers = {flip(random), any(random, Answers::ReplyClockStarts::on_any_message)};
  p.decision = {flip(random), flip(random), flip(random), flip(random), flip(random)};
  p.appeal = {random.below(4) != 0, flip(random)};
  p.mediation = {byte(random, 3), byte(random, 4), flip(random)};
  p.offers = {random.below(4) != 0, byte(random, 8)};
  p.restrictions = {flip(random),     flip(random),     flip(random),     word(random, 40),
                    word(random, 40), word(random, 90), word(random, 90), word(random, 90)};
  p.change = {word(random, 30), flip(random)};
  p.abandoned_after = draw_allowance(random);
  p.at_the_top = any(random, Effect::hand_back);
  p.levels = static_cast<std::uint8_t>(1 + random.below(kLevelsMax));
  for (Level& level : p.ladder) level = {byte(random, 4), byte(random, 8), flip(random), draw_allowance(random)};
  p.matters = static_cast<std::uint8_t>(1 + random.below(kMattersMax));
  std::uint32_t shortest_stay = kDay;
  for (const Level& level : p.ladder)
    if (level.stay_max) shortest_stay = std::min(shortest_stay, level.stay_max.seconds);
  for (ClockRule& clock : p.clocks) {
    const Allowance allowance = draw_allowance(random);
    clock = draw_clock(random, allowance, allowance.seconds);
  }
  // These two have their allowance elsewhere.
  p.clocks[static_cast<std::size_t>(Clock::level)] = draw_clock(random, {}, shortest_stay);
  p.clocks[static_cast<std::size_t>(Clock::reopening)] = {};
  for (MatterRule& matter : p.matter)
    matter = {byte(random, 4), byte(random, p.levels), byte(random, p.levels), random.below(3) * 100'000};
  return p;
}

// Draws stand in statements of their own or in braces: the order of operands is the compiler's own.

/// Some of a set of questions; mostly all.
std::uint32_t some_of(Random& random, std::uint32_t set) {
  return random.below(3) == 0 ? set & static_cast<std::uint32_t>(random.next()) : set;
}

constexpr ActorId kSeller{1}, kMediator{9};
ActorId an_agent(Random& random) { return ActorId{2 + random.below(4)}; }

/// What happens often is listed often.
constexpr std::array kUsual{
    CommandKind::send_message,
    CommandKind::send_message,
    CommandKind::send_message,
    CommandKind::send_message,
    CommandKind::send_message,
    CommandKind::ask_question,
    CommandKind::answer_question,
    CommandKind::assign,
    CommandKind::assign,
    CommandKind::propose_hand_off,
    CommandKind::accept_hand_off,
    CommandKind::escalate,
    CommandKind::decide_case,
    CommandKind::appeal_decision,
    CommandKind::close_case,
    CommandKind::propose_resolution,
    CommandKind::refuse_resolution,
    CommandKind::reopen_case,
    CommandKind::tick,
    CommandKind::tick,
    CommandKind::tick,
    CommandKind::tick,
    CommandKind::announce_restriction,
    CommandKind::apply_restriction,
};

/// When the next command comes: at once, soon, later, or when a clock wants to be rung.
Instant draw_instant(Random& random, const CaseState& s, const Procedure& p, Instant now) {
  switch (random.below(6)) {
    case 0: return now;
    case 1: return now + Seconds{random.below(kHour)};
    case 2: return now + Duration{random.below(2 * kDay * 1000)};
    case 3: return now + Seconds{random.below(15 * kDay)};
    default: break;
  }
  Instant next = kNever;
  for (std::size_t i = 0; i < kClocks; ++i) next = std::min(next, next_tick(s, static_cast<Clock>(i), p));
  if (next == kNever) return now + Seconds{random.below(kDay)};
  return std::max(now, next - Seconds{rarely(random) ? 1 : 0});
}

/// The clock whose end or reminder comes first, or any.
Clock draw_clock_to_ring(Random& random, const CaseState& s, const Procedure& p) {
  Clock first = any(random, Clock::cooling);
  if (rarely(random)) return first;
  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    if (next_tick(s, clock, p) < next_tick(s, first, p)) first = clock;
  }
  return first;
}

Party draw_party(Random& random, CommandKind kind, const CaseState& s) {
  const std::uint8_t may = deciding::kDoors[static_cast<std::size_t>(kind)].parties;
  if (rarely(random)) return any(random, Party::clock);
  if (may == deciding::kClock) return Party::clock;
  if ((may & deciding::kDesk) == 0) return Party::seller;
  if ((may & deciding::kSeller) == 0) return Party::desk;
  if ((may & deciding::kThird) != 0 && s.phase() == Phase::in_mediation && flip(random)) return Party::third;
  return flip(random) ? Party::seller : Party::desk;
}

ActorId draw_actor(Random& random, const Command& c, const CaseState& s) {
  switch (c.party) {
    case Party::seller: return kSeller;
    case Party::third: return kMediator;
    case Party::desk: break;
    case Party::nobody:
    case Party::clock: return {};
  }
  if (c.kind == CommandKind::accept_hand_off || c.kind == CommandKind::refuse_hand_off) return s.other_person;
  return s.owner && random.below(5) != 0 ? s.owner : an_agent(random);
}

void draw_details(Random& random, Command& c, const CaseState& s, const Procedure& p) {
  const bool by_seller = c.party == Party::seller;
  const std::uint32_t own = by_seller ? s.seller_open : s.desk_open;
  const std::uint32_t theirs = by_seller ? s.desk_open : s.seller_open;
  const std::uint32_t seen = random.below(4) == 0 ? random.below(s.version.value + 2) : 0;
  const auto pick = [&](std::uint32_t count) { c.aux = byte(random, count); };
  switch (c.kind) {
    case CommandKind::open_case:
      c.detail = random.below(500'000);
      pick(p.matters);
      break;
    case CommandKind::restart_case:
      c.detail = random.below(9);
      pick(p.matters);
      break;
    case CommandKind::send_message:
      c.detail = random.below(500) << 16;
      c.detail |= some_of(random, theirs);
      c.aux = random.below(3) == 0 ? byte(random, 4) : std::uint8_t{0};
      c.other = seen;
      break;
    case CommandKind::ask_question: pick(4); break;
    case CommandKind::answer_question:
    case CommandKind::decline_question: c.detail = some_of(random, theirs); break;
    case CommandKind::withdraw_question: c.detail = some_of(random, own); break;
    case CommandKind::dispute_answer: c.detail = some_of(random, s.seller_answered); break;
    case CommandKind::assign:
      c.detail = an_agent(random).value;
      pick(8);
      break;
    case CommandKind::propose_hand_off:
      c.detail = an_agent(random).value;
      pick(7);
      break;
    case CommandKind::decide_case:
      pick(3);
      c.other = seen;
      break;
    case CommandKind::end_mediation: pick(2); break;
    case CommandKind::propose_resolution:
    case CommandKind::accept_resolution: c.other = seen; break;
    case CommandKind::close_case:
      pick(kGrounds);
      c.other = seen;
      break;
    case CommandKind::make_offer:
      c.detail = random.below(1'000'000);
      pick(8);
      break;
    case CommandKind::announce_restriction:
    case CommandKind::apply_restriction:
      c.detail = random.below(10'000);
      pick(6);
      break;
    case CommandKind::note_cost:
      c.detail = random.below(10'000);
      pick(5);
      break;
    case CommandKind::change_procedure:
      c.detail = random.below(9);
      c.other = random.below(40);
      break;
    case CommandKind::link_case:
      c.detail = random.below(3);
      pick(2);
      break;
    case CommandKind::tick: c.aux = static_cast<std::uint8_t>(draw_clock_to_ring(random, s, p)); break;
    case CommandKind::refer_to_mediator: c.detail = kMediator.value; break;
    case CommandKind::add_exhibit:
      if (random.below(2) == 0) c.facts |= kFactHandedIn;
      [[fallthrough]];
    case CommandKind::make_note: c.detail = random.below(100); break;
    case CommandKind::accept_hand_off:
    case CommandKind::refuse_hand_off:
    case CommandKind::escalate:
    case CommandKind::appeal_decision:
    case CommandKind::refuse_resolution:
    case CommandKind::reopen_case:
    case CommandKind::find_abandoned:
    case CommandKind::accept_offer:
    case CommandKind::refuse_offer:
    case CommandKind::contest_restriction:
    case CommandKind::lift_restriction: break;
  }
}

}  // namespace

World::World(const std::string& shipped) : file_(load(shipped)) {
  for (const auto& calendar : file_.calendars) calendars_.push_back(calendar.view());
}

World::World(Random& random) : file_(load("guichet-unique")) {
  file_.procedure = draw_procedure(random);
  for (const auto& calendar : file_.calendars) calendars_.push_back(calendar.view());
}

Command draw_command(Random& random, const CaseState& s, const Procedure& p, Instant now) {
  Command c{};
  c.at = draw_instant(random, s, p, now);
  c.case_id = CaseId{1};
  c.kind = s.phase() == Phase::absent && !rarely(random) ? CommandKind::open_case
           : flip(random)                                ? kUsual[random.below(kUsual.size())]
                                                         : any(random, CommandKind::tick);
  c.party = draw_party(random, c.kind, s);
  c.actor = draw_actor(random, c, s);
  draw_details(random, c, s, p);
  c.facts = static_cast<std::uint8_t>(random.below(4) == 0 ? random.below(256) : 0x3FU);
  if (rarely(random)) c.aux = byte(random, 256);
  if (rarely(random)) c.detail ^= 1U << random.below(32);
  return c;
}

}  // namespace guichet::properties
