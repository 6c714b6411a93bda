#include <guichet/rulebook/explore.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <unordered_map>

#include <guichet/base/random.hpp>
#include <guichet/core/decide.hpp>

namespace guichet::rulebook {
namespace {

constexpr ActorId kSeller{1};
constexpr std::array kAgents{ActorId{2}, ActorId{3}, ActorId{4}};
constexpr ActorId kMediator{5};
constexpr Instant kNow{Seconds{1'767'600'000}};           // Monday 5 January 2026, 08:00 UTC
constexpr DueSecond kLater = 1'767'600'000 + 40'000'000;  // when every running clock is due
constexpr std::uint16_t kCooling = 0xFFFF;                // adverse measures must still wait
constexpr std::size_t kWitnessesMax = 5;

/// Offers, restrictions and the cooling period: no rule about the handling of a case reads them, and an
/// offer may be open in any state; so each state is walked without them, and tried with each of these.
enum class Account : std::uint8_t { plain, offer_open, announced, in_effect, cooling };

CaseState with_account(CaseState s, Account account) {
  switch (account) {
    case Account::plain: break;
    case Account::offer_open:
      evolving::raise(s, kOfferOpen);
      s.due[static_cast<std::size_t>(DueSlot::offer)] = kLater;
      break;
    case Account::announced: evolving::set_restriction(s, Restriction::announced); break;
    case Account::in_effect: evolving::set_restriction(s, Restriction::in_effect); break;
    case Account::cooling:
      evolving::set_restriction(s, Restriction::announced);
      s.adverse_not_before = kCooling;
      break;
  }
  return s;
}

/// Forgets what no rule of handling can tell apart: dates, numbers of persons, how often, the account.
CaseState abstracted(CaseState s, const Procedure& p) {
  s.version = {};
  s.seller_version = {};
  s.procedure = {};
  for (DueSecond& due : s.due)
    if (due != 0) due = kLater;
  s.adverse_not_before = 0;
  s.matter_bits = 0;
  evolving::stop(s, DueSlot::offer);
  s.reminded &= kWindowWaits;
  s.seller_open = s.seller_open != 0 ? 1 : 0;
  s.seller_answered = s.seller_answered != 0 ? 2 : 0;
  s.desk_open = s.desk_open != 0 ? 1 : 0;
  s.hand_offs = std::min(s.hand_offs, p.hand_off.count_max);
  evolving::lower(s, kOverdue | kSuccessor | kOfferOpen);
  const unsigned enough =
      std::max<unsigned>(p.right(Ground::seller_silence).notices, p.clock(Clock::seller_reply).reminders);
  evolving::set_notices(s, std::min<unsigned>(s.notices(), enough));
  // Agents are interchangeable: number them by where they appear.
  std::array<ActorId, 3> seen{};
  std::size_t count = 0;
  for (ActorId* person : {&s.owner, &s.other_person, &s.decider}) {
    if (!*person) continue;
    const auto end = seen.begin() + static_cast<std::ptrdiff_t>(count);
    auto found = std::find(seen.begin(), end, *person);
    if (found == end) seen[count++] = *person;
    *person = kAgents[static_cast<std::size_t>(found - seen.begin())];
  }
  return s;
}

struct StateHash {
  std::size_t operator()(const CaseState& s) const {
    std::array<std::uint64_t, sizeof(CaseState) / 8> words{};
    std::memcpy(words.data(), &s, sizeof s);
    std::uint64_t h = 0;
    for (const std::uint64_t word : words) h = scramble(h ^ word) + 0x9e37'79b9'7f4a'7c15U;
    return h;
  }
};

/// Everything that anybody might try in a state, in a fixed order.
class Attempts {
 public:
  Attempts(const CaseState& s, const Procedure& p, Account account) : s_(s), p_(p) {
    if (account != Account::plain) {
      of_the_account();
      return;
    }
    if (s.phase() == Phase::absent) {
      for (std::uint8_t matter = 0; matter < p.matters; ++matter) {
        add(CommandKind::open_case, Party::seller, kSeller, {.aux = matter});
        if (p.matter[matter].amount_above != 0)
          add(CommandKind::open_case, Party::seller, kSeller, {.detail = p.matter[matter].amount_above, .aux = matter});
      }
      add(CommandKind::restart_case, Party::seller, kSeller, {.detail = 1});
      return;
    }
    words();
    people();
    outcomes();
    of_the_account();
    time();
  }
  const std::vector<Command>& commands() const { return commands_; }

 private:
  struct More {
    std::uint32_t detail{};
    std::uint8_t aux{};
    std::uint8_t facts{0x7F & ~kFactAutomatic};
    Instant at = kNow;
  };
  void add(CommandKind kind, Party party, ActorId actor, More more) {
    commands_.push_back(Command{.at = more.at,
                                .case_id = CaseId{1},
                                .actor = actor,
                                .text = {},
                                .detail = more.detail,
                                .other = 0,
                                .kind = kind,
                                .party = party,
                                .aux = more.aux,
                                .facts = more.facts});
  }

  void words() {
    const std::uint8_t seller_may_ask = s_.seller_open == 0 ? 1 : 0;
    const std::uint8_t desk_may_ask = s_.desk_open == 0 ? 1 : 0;
    for (std::uint8_t asks = 0; asks <= seller_may_ask; ++asks) {
      add(CommandKind::send_message, Party::seller, kSeller, {.aux = asks});
      if (s_.desk_open != 0)
        add(CommandKind::send_message, Party::seller, kSeller, {.detail = s_.desk_open, .aux = asks});
    }
    for (const ActorId agent : kAgents) {
      for (std::uint8_t asks = 0; asks <= desk_may_ask; ++asks) {
        add(CommandKind::send_message, Party::desk, agent, {.aux = asks});
        if (s_.seller_open != 0)
          add(CommandKind::send_message, Party::desk, agent, {.detail = s_.seller_open, .aux = asks});
      }
      if (s_.seller_open != 0) add(CommandKind::decline_question, Party::desk, agent, {.detail = s_.seller_open});
      if (s_.seller_open != 0) add(CommandKind::answer_question, Party::desk, agent, {.detail = s_.seller_open});
      if (desk_may_ask != 0) add(CommandKind::ask_question, Party::desk, agent, {.aux = 1});
    }
    if (seller_may_ask != 0) add(CommandKind::ask_question, Party::seller, kSeller, {.aux = 1});
    if (s_.desk_open != 0) {
      add(CommandKind::answer_question, Party::seller, kSeller, {.detail = s_.desk_open});
      add(CommandKind::decline_question, Party::seller, kSeller, {.detail = s_.desk_open});
      add(CommandKind::withdraw_question, Party::desk, kAgents[0], {.detail = s_.desk_open});
    }
    if (s_.seller_open != 0) add(CommandKind::withdraw_question, Party::seller, kSeller, {.detail = s_.seller_open});
    if (s_.seller_answered != 0)
      add(CommandKind::dispute_answer, Party::seller, kSeller, {.detail = s_.seller_answered});
    add(CommandKind::make_note, Party::desk, kAgents[0], {});
  }

  void people() {
    for (const ActorId to : kAgents) {
      add(CommandKind::assign, Party::desk, kAgents[0], {.detail = to.value});
      add(CommandKind::assign, Party::desk, kAgents[0],
          {.detail = to.value, .aux = static_cast<std::uint8_t>(AssignReason::substitute), .facts = kFactOwnerAbsent});
      add(CommandKind::propose_hand_off, Party::desk, s_.owner,
          {.detail = to.value, .aux = static_cast<std::uint8_t>(HandOffReason::speciality)});
    }
    add(CommandKind::accept_hand_off, Party::desk, s_.other_person, {});
    add(CommandKind::refuse_hand_off, Party::desk, s_.other_person, {});
    add(CommandKind::escalate, Party::seller, kSeller, {});
    add(CommandKind::escalate, Party::desk, kAgents[0], {});
  }

  void outcomes() {
    for (const ActorId agent : kAgents) {
      add(CommandKind::decide_case, Party::desk, agent, {.aux = static_cast<std::uint8_t>(Decided::granted)});
      add(CommandKind::decide_case, Party::desk, agent, {.aux = static_cast<std::uint8_t>(Decided::refused)});
      add(CommandKind::propose_resolution, Party::desk, agent, {});
      for (std::uint8_t ground = 0; ground < kGrounds; ++ground) {
        add(CommandKind::close_case, Party::desk, agent, {.aux = ground});
        if (ground == static_cast<std::uint8_t>(Ground::seller_silence))
          add(CommandKind::close_case, Party::desk, agent, {.aux = ground, .at = Instant{Seconds{kLater}}});
      }
    }
    for (std::uint8_t ground = 0; ground < kGrounds; ++ground)
      add(CommandKind::close_case, Party::seller, kSeller, {.aux = ground});
    for (const Party party : {Party::seller, Party::desk}) {
      const ActorId actor = party == Party::seller ? kSeller : kAgents[0];
      add(CommandKind::refer_to_mediator, party, actor, {.detail = kMediator.value, .facts = kFactSellerAgrees});
      add(CommandKind::end_mediation, party, actor, {.aux = static_cast<std::uint8_t>(MediationEnd::no_agreement)});
      add(CommandKind::accept_resolution, party, actor, {});
      add(CommandKind::refuse_resolution, party, actor, {});
      add(CommandKind::reopen_case, party, actor, {});
    }
    add(CommandKind::end_mediation, Party::third, kMediator,
        {.aux = static_cast<std::uint8_t>(MediationEnd::agreement)});
    add(CommandKind::propose_resolution, Party::seller, kSeller, {});
    add(CommandKind::appeal_decision, Party::seller, kSeller, {});
  }

  void of_the_account() {
    add(CommandKind::make_offer, Party::desk, kAgents[0], {.detail = 1});
    add(CommandKind::accept_offer, Party::seller, kSeller, {});
    add(CommandKind::refuse_offer, Party::seller, kSeller, {});
    add(CommandKind::announce_restriction, Party::desk, kAgents[0], {});
    add(CommandKind::apply_restriction, Party::desk, kAgents[0], {});
    add(CommandKind::contest_restriction, Party::seller, kSeller, {});
    add(CommandKind::lift_restriction, Party::desk, kAgents[0], {});
    if (s_.runs(Clock::offer)) tick(Clock::offer);
    add(CommandKind::note_cost, Party::seller, kSeller, {.detail = 1});
    add(CommandKind::add_exhibit, Party::seller, kSeller, {.detail = 1, .facts = kFactHandedIn});
    add(CommandKind::change_procedure, Party::desk, kAgents[0], {.detail = 1, .facts = kFactSellerAgrees});
    add(CommandKind::link_case, Party::desk, kAgents[0], {.detail = 2});
  }

  void time() {
    add(CommandKind::find_abandoned, Party::clock, {}, {});
    for (std::uint8_t clock = 0; clock < kClocks; ++clock)
      if (s_.runs(static_cast<Clock>(clock))) tick(static_cast<Clock>(clock));
  }
  /// The clock's next reminder, and its end.
  void tick(Clock clock) {
    const Instant next = next_tick(s_, clock, p_);
    add(CommandKind::tick, Party::clock, {}, {.aux = static_cast<std::uint8_t>(clock), .at = next});
    if (next != s_.due_at(clock))
      add(CommandKind::tick, Party::clock, {}, {.aux = static_cast<std::uint8_t>(clock), .at = s_.due_at(clock)});
  }

  const CaseState& s_;
  const Procedure& p_;
  std::vector<Command> commands_;
};

/// The desk has to move. After a decision the phase alone does not tell: words of the seller wait for an answer
/// there too, and a walk that looks at open cases only would never see them left without one.
bool must_move(const CaseState& s) {
  if (evolving::handled(s)) return s.turn() == Turn::desk;
  return s.phase() == Phase::decided && (s.turn() == Turn::desk || s.has(kUnread));
}

/// What was in dispute is settled by a decision; there it is enough that the answer is owed anew.
bool has_consequence(EventKind kind, Phase phase) {
  if (phase == Phase::decided && kind == EventKind::clock_started) return true;
  return kind != EventKind::went_overdue && kind != EventKind::clock_reminded && kind != EventKind::clock_started &&
         kind != EventKind::clock_stopped;
}

class Walk {
 public:
  Walk(const ProcedureFile& file, std::size_t states_max)
      : procedure_(file.procedure), compiled_(file), rules_(compiled_.rules()), states_max_(states_max) {
    // One hand-off or three: the rules tell only whether the limit is reached.
    procedure_.hand_off.count_max = std::min<std::uint8_t>(procedure_.hand_off.count_max, 1);
    rules_.procedure = &procedure_;
  }
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  Result<Exploration> run() {
    reach(CaseState{}, kNowhere, {});
    for (std::size_t i = 0; i < states_.size(); ++i) {
      visit(i);
      if (states_.size() > states_max_)
        return Error{Fault::usage, "the walk passes " + std::to_string(states_max_) +
                                       " states; shorten the ladder, or the number of hand-offs that is counted"};
    }
    find_traps();
    return std::move(found_);
  }

 private:
  static constexpr std::uint32_t kNowhere = 0xFFFF'FFFF;
  struct Reached {
    CaseState state;
    std::uint32_t from;
    Step step;
  };

  std::uint32_t reach(const CaseState& state, std::uint32_t from, Step step) {
    const CaseState key = abstracted(state, procedure_);
    const auto [place, is_new] = index_.try_emplace(key, static_cast<std::uint32_t>(states_.size()));
    if (is_new) states_.push_back({key, from, step});
    return place->second;
  }

  void visit(std::size_t i) {
    const CaseState state = states_[i].state;
    const auto self = static_cast<std::uint32_t>(i);
    if (found_.by_phase.empty()) found_.by_phase.resize(static_cast<std::size_t>(Phase::closed) + 1);
    ++found_.by_phase[static_cast<std::size_t>(state.phase())];
    ++found_.states;
    bool consequence = false;
    for (const Account account :
         {Account::plain, Account::offer_open, Account::announced, Account::in_effect, Account::cooling}) {
      if (account != Account::plain && state.phase() == Phase::absent) break;
      if (account == Account::offer_open && !procedure_.offers.recorded) continue;
      consequence |= try_all(self, with_account(state, account), account);
    }
    if (!must_move(state)) return;
    ++found_.desk_turn_states;
    if (consequence) return;
    ++found_.silent_states;
    if (found_.silences.size() < kWitnessesMax) found_.silences.push_back(witness(i));
  }

  /// Whether the end of a clock of the desk did something to the case.
  bool try_all(std::uint32_t self, const CaseState& state, Account account) {
    bool consequence = false;
    std::array<Event, kEventsPerDecisionMax> room;
    const Attempts attempts(state, procedure_, account);
    for (const Command& command : attempts.commands()) {
      CaseState after = state;
      EventBatch batch(room);
      if (act(after, command, rules_, batch) != Refusal::none) continue;
      ++found_.moves;
      possible_.set(static_cast<std::size_t>(command.kind));
      for (const Event& event : batch.events()) {
        happens_.set(static_cast<std::size_t>(event.kind));
        if (command.kind == CommandKind::tick && is_of_desk(static_cast<Clock>(command.aux)) &&
            has_consequence(event.kind, state.phase()))
          consequence = true;
      }
      const std::uint32_t to = reach(after, self, {command.kind, command.party, command.aux});
      if (to != self) ways_back_.push_back({to, self});
    }
    return consequence;
  }

  static bool is_of_desk(Clock clock) { return clock <= Clock::appeal_decision || clock == Clock::level; }

  /// Backwards from every end: what is never met is a trap.
  void find_traps() {
    std::sort(ways_back_.begin(), ways_back_.end());
    std::vector<bool> ends(states_.size());
    std::vector<std::uint32_t> todo;
    for (std::uint32_t i = 0; i < states_.size(); ++i)
      if (states_[i].state.phase() == Phase::closed) {
        ends[i] = true;
        todo.push_back(i);
      }
    while (!todo.empty()) {
      const std::uint32_t to = todo.back();
      todo.pop_back();
      for (auto way = std::lower_bound(ways_back_.begin(), ways_back_.end(), WayBack{to, 0});
           way != ways_back_.end() && way->to == to; ++way)
        if (!ends[way->from]) {
          ends[way->from] = true;
          todo.push_back(way->from);
        }
    }
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (ends[i]) continue;
      ++found_.trap_states;
      if (found_.traps.size() < kWitnessesMax) found_.traps.push_back(witness(i));
    }
    for (std::size_t k = 0; k < kCommandKinds; ++k)
      if (!possible_[k]) found_.never_possible.push_back(static_cast<CommandKind>(k));
    for (std::size_t k = 1; k < kEventKinds; ++k)
      if (!happens_[k]) found_.never_happens.push_back(static_cast<EventKind>(k));
  }

  Witness witness(std::size_t i) const {
    Witness w{states_[i].state, {}};
    for (auto at = static_cast<std::uint32_t>(i); states_[at].from != kNowhere; at = states_[at].from)
      w.way.push_back(states_[at].step);
    std::reverse(w.way.begin(), w.way.end());
    return w;
  }

  struct WayBack {
    std::uint32_t to, from;
    friend auto operator<=>(const WayBack&, const WayBack&) = default;
  };

  Procedure procedure_;
  CompiledRules compiled_;
  Rules rules_;
  std::size_t states_max_;
  std::vector<Reached> states_;
  std::unordered_map<CaseState, std::uint32_t, StateHash> index_;
  std::vector<WayBack> ways_back_;
  std::bitset<kCommandKinds> possible_;
  std::bitset<kEventKinds> happens_;
  Exploration found_;
};

}  // namespace

Result<Exploration> explore(const ProcedureFile& file, std::size_t states_max) { return Walk(file, states_max).run(); }

}  // namespace guichet::rulebook
