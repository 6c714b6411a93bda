// One rehearsed world: one desk, its sellers, one seed, one thread, one order of events. Every act goes through the
// rules as a command; what they refuse is counted. Knows no files and no other worlds.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/agenda.hpp>
#include <guichet/base/random.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/rehearsal/arrivals.hpp>
#include <guichet/rehearsal/cast.hpp>
#include <guichet/rehearsal/course.hpp>
#include <guichet/rehearsal/history.hpp>
#include <guichet/rehearsal/meter.hpp>
#include <guichet/rehearsal/people.hpp>

namespace guichet::rehearsal {

/// What each draw is for: one more draw here does not shift the draws there.
enum class Purpose : std::uint32_t {
  arrival,
  matter,
  amount,
  questions,
  seller,
  seller_words,
  patience,
  work,
  act,
  quality,
  desk_words,
  reply,
  discouragement,
  return_,
  climb,
  thanks,
  appeal,
  competence,
  absence,
  turnover,
  course,
};

struct WorldLimits {
  std::uint32_t windows = 1;               // stretches of the measured time, each with its own meter
  std::uint64_t memory_bytes = 0;          // 0: none
  bool keep_all = false;                   // every counted matter, for a log
  std::vector<Command>* record = nullptr;  // of kept cases: the commands that the rules took, as they come
  const std::atomic<bool>* stop = nullptr;
  std::atomic<std::uint64_t>* events = nullptr;  // told now and then
  std::atomic<double>* share = nullptr;          // of the run, likewise
};

class World {
 public:
  World(const Cast& cast, std::uint64_t seed, const WorldLimits& limits);

  /// Runs to the end, or until it must stop.
  void run();

  const std::vector<Meter>& meters() const { return meters_; }
  const History& history() const { return history_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t digest() const;
  std::uint64_t counted() const { return counted_; }
  std::uint32_t peak_open() const { return slab_.peak(); }
  std::uint64_t memory_bytes() const;
  const std::array<std::uint64_t, kRefusals>& refused() const { return refused_; }
  Stopped stopped() const { return stopped_; }
  Tick now() const { return now_; }
  Tick measured() const { return measured_until_ - measured_from_; }
  std::uint32_t agents_hired() const { return next_actor_ - first_agent_; }
  /// From 1, in the scenario's order; 0 for those who are no agents.
  std::uint32_t team_of(std::uint32_t actor) const {
    return actor < first_agent_ || actor >= next_actor_ ? 0U : agents_[actor_place_[actor - first_agent_]].team + 1;
  }

 private:
  enum class Wake : std::uint32_t { clock, seller, work, shift, turnover, look };
  static constexpr unsigned kWakeShift = 29;

  // ---- time (world.cpp)
  void put(Tick at, Wake wake, std::uint32_t index) {
    agenda_.push(static_cast<std::uint64_t>(at), static_cast<std::uint32_t>(wake) << kWakeShift | index);
  }
  void pass_time(Tick at);
  Instant instant(Tick tick) const { return Instant{Duration{start_ms_ + tick / 1000 - rebased_ms_}}; }
  Tick tick_of(Instant instant) const { return (instant.time_since_epoch().count() - start_ms_ + rebased_ms_) * 1000; }
  void start();
  void step();
  void begin_measuring();
  void open_meter();
  void next_window();
  void end_measuring();
  bool over();
  void rebase();
  void flush();
  void look();
  Random draw(Purpose purpose, std::uint32_t number, std::uint32_t k = 0) const {
    return Random{seed_ + number * 0xd1b5'4a32'd192'ed03U, static_cast<std::uint64_t>(purpose) << 32 | k};
  }
  double drawn(const Law& law, Purpose purpose, std::uint32_t number, std::uint32_t k = 0) const {
    Random random = law.is_constant() ? Random{0} : draw(purpose, number, k);
    return law.draw(random);
  }
  bool happens(double chance, Purpose purpose, std::uint32_t number, std::uint32_t k = 0) const {
    if (chance <= 0) return false;
    if (chance >= 1) return true;
    Random random = draw(purpose, number, k);
    return uniform(random) < chance;
  }
  static Tick ticks(double seconds) { return seconds <= 0 ? 0 : nearest_whole(seconds * 1e6); }

  // ---- the rules
  template <CommandKind kind>
  Refusal give(Slot slot, Party party, std::uint32_t actor, std::uint32_t detail = 0, std::uint8_t aux = 0,
               std::uint8_t facts = 0);
  void keep(const Life& life, const Command& command);
  void watch_clocks(Slot slot);
  void wake(Slot slot, Tick at);
  void follow(Slot slot);  // what the events just written mean for people
  void closed(Slot slot, Ground ground);
  void moved(Slot slot, std::uint8_t level);

  // ---- sellers (sellers.cpp)
  void arrive();
  void open(Slot slot, std::uint32_t predecessor);
  void write(Slot slot, unsigned asks);
  void expect_reaction(Slot slot);
  void seller_acts(Slot slot, Tick at);
  void react(Slot slot);
  void satisfied(Slot slot);
  void disappointed(Slot slot);
  void dispute(Slot slot);
  bool discouraged(const Life& life) const;
  void wait_patiently(Slot slot);
  void leave_queue(Slot slot);
  void come_back(Slot slot);
  void go_for_good(Slot slot);
  void be_missed(Slot slot);
  void settle(Slot slot);
  void end_matter(Slot slot, Quantity how);
  void free_if_over(Slot slot);

  // ---- a learned course (learned.cpp)
  void begin_course(Slot slot);
  void take_step(Slot slot, const CourseStep& step);
  void act_out(Slot slot, const CourseStep& step);
  void end_course(Slot slot);

  // ---- the desk (desk.cpp)
  void hire(AgentIndex agent);
  AgentIndex idle_agent(QueueIndex queue, Slot slot);
  void to_desk(Slot slot);
  void to_queue(Slot slot, QueueIndex queue);
  void to_agent(Slot slot, AgentIndex agent);
  void stand_in(Line& line, Slot slot);
  void take_out(Slot slot);
  void note_wait(const Life& life, bool waited, bool left);
  void next_for(AgentIndex agent);
  Slot choose_for(const Agent& agent);
  bool may_take(const Agent& agent, const CaseState& state) const;
  void begin(AgentIndex agent, Slot slot);
  bool pick_up(const Agent& agent, Slot slot);
  std::uint32_t& words_read(Life& life, const Agent& agent);
  Tick plan_work(AgentIndex agent, Slot slot);
  std::uint32_t& visits_at(Slot slot, QueueIndex queue);
  void forget_visits(Slot slot);
  Act routine(const Agent& agent, Slot slot, std::uint8_t& to);
  bool behind_on_closings(const Agent& agent) const;
  void finish(AgentIndex agent);
  void answer(AgentIndex agent, Slot slot, bool whole);
  void ask_back(AgentIndex agent, Slot slot);
  void pass_on(AgentIndex agent, Slot slot);
  AgentIndex colleague(AgentIndex agent, QueueIndex queue) const;
  void set_idle(AgentIndex agent);
  void unset_idle(AgentIndex agent);
  void shift(std::uint32_t team);
  void turn_over(AgentIndex agent);
  void waiting_changed(QueueIndex queue, int by) {
    waiting_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(waiting_) + by);
    queue_waiting_[queue] = static_cast<std::uint64_t>(static_cast<std::int64_t>(queue_waiting_[queue]) + by);
  }
  AgentIndex agent_of(std::uint32_t actor) const;

  const Cast& cast_;
  const Scenario& scenario_;
  const Procedure& procedure_;
  const Rules rules_;
  const std::uint64_t seed_;
  const WorldLimits limits_;
  const bool any_clock_, owners_, picky_, one_queue_, one_matter_;

  std::int64_t start_ms_{}, rebased_ms_{};
  Tick rebase_at_{kNoTick};
  Instant now_instant_{};
  Tick now_{}, next_arrival_{}, stop_at_{kNoTick}, window_ends_{kNoTick}, measured_from_{}, measured_until_{};
  std::uint64_t at_same_tick_{};
  enum class Stage : std::uint8_t { warming, measuring, ending, done } stage_{};
  Stopped stopped_{};
  bool told_to_stop_{};

  Agenda<std::uint32_t> agenda_;
  Slab slab_;
  std::vector<Agent> agents_;
  struct Pool {
    std::uint32_t first{}, count{};  // of agents_
    AgentIndex idle_first{kNone}, idle_last{kNone};
    std::vector<AgentIndex> extra;  // of an unlimited team, beyond the first
    std::uint32_t shifts{};
  };
  std::vector<Pool> pools_;  // per team
  std::vector<std::array<Line, kPriorities>> queues_;
  std::vector<std::uint64_t> queue_waiting_;
  struct Met {
    std::uint32_t actor{}, words{}, next{kNone};
  };
  std::vector<Met> met_;
  std::uint32_t met_free_{kNone};
  std::vector<std::uint32_t> visits_at_;  // by slot and queue
  std::vector<AgentIndex> actor_place_;   // by actor since first_agent_
  std::uint32_t first_agent_{}, next_actor_{};

  std::optional<CourseWalk> walk_;
  std::vector<CourseCase> course_;  // by slot
  std::vector<CourseStep> coming_;  // likewise: the step planned

  ArrivalClock arrivals_;
  std::uint32_t arrived_{}, restarts_{};
  std::uint64_t counted_{}, counted_living_{};
  std::uint64_t waiting_{}, busy_{}, on_duty_{}, open_{};

  std::vector<Event> room_;
  EventBatch batch_;
  std::size_t from_{};  // the first event of the last command
  std::array<std::uint64_t, 4> lanes_{};
  std::uint64_t events_{};
  std::array<std::uint64_t, kRefusals> refused_{};

  std::vector<Meter> meters_;
  Meter off_;
  Meter* meter_{&off_};
  std::size_t window_{};
  History history_;
};

template <CommandKind kind>
Refusal World::give(Slot slot, Party party, std::uint32_t actor, std::uint32_t detail, std::uint8_t aux,
                    std::uint8_t facts) {
  if (batch_.left() < kEventsPerDecisionMax) flush();
  from_ = batch_.size();
  Life& life = slab_.life(slot);
  const Command command{.at = now_instant_,
                        .case_id = CaseId{life.case_id},
                        .actor = ActorId{actor},
                        .text = {},
                        .detail = detail,
                        .other = 0,
                        .kind = kind,
                        .party = party,
                        .aux = aux,
                        .facts = facts};
  const Refusal refusal = act<kind>(slab_.state(slot), command, rules_, batch_);
  if (refusal != Refusal::none) {
    ++refused_[static_cast<std::size_t>(refusal)];
    return refusal;
  }
  if (life.kept != kNone && !walk_) keep(life, command);
  if (any_clock_) watch_clocks(slot);
  return Refusal::none;
}

}  // namespace guichet::rehearsal
