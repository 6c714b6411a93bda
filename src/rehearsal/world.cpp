#include <guichet/rehearsal/world.hpp>

#include <algorithm>

#include <guichet/base/check.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::size_t kBatch = 1024;
/// Wakes at one and the same instant after which time is taken to stand still.
constexpr std::uint64_t kSameTickMax = 2'000'000;
/// After so many milliseconds the calendar goes back by 28 years, which begin and end on the same days of the week.
constexpr std::int64_t kCycleMs = 10'227LL * 86'400'000;

bool any_clock(const Procedure& procedure) {
  for (const ClockRule& clock : procedure.clocks)
    if (clock.allowance) return true;
  for (std::size_t level = 0; level < procedure.levels; ++level)
    if (procedure.ladder[level].stay_max) return true;
  return static_cast<bool>(procedure.reopening.within);
}

bool any_different_person(const Procedure& procedure) {
  if (procedure.appeal.different_person) return true;
  for (std::size_t level = 0; level < procedure.levels; ++level)
    if (procedure.ladder[level].different_person) return true;
  return false;
}

bool cases_have_owners(const Assignment& rule) {
  return rule.mode == AssignMode::keep_owner || rule.mode == AssignMode::least_loaded || rule.only_owner_answers;
}

}  // namespace

World::World(const Cast& cast, std::uint64_t seed, const WorldLimits& limits)
    : cast_(cast),
      scenario_(*cast.scenario),
      procedure_(cast.file->procedure),
      rules_(cast.rules),
      seed_(scramble(seed)),
      limits_(limits),
      any_clock_(any_clock(procedure_)),
      owners_(cases_have_owners(procedure_.assignment)),
      picky_(any_different_person(procedure_)),
      one_queue_(cast.queues.size() == 1),
      one_matter_(cast.matters.size() == 1),
      start_ms_(scenario_.run.starts.time_since_epoch().count()),
      arrivals_(scenario_.arrivals, cast.arrivals_per_second, scenario_.run.starts,
                Random{seed_, static_cast<std::uint64_t>(Purpose::arrival)}),
      room_(kBatch),
      batch_(room_) {
  if (scenario_.course) walk_.emplace(*scenario_.course);
  queues_.resize(cast.queues.size());
  queue_waiting_.resize(cast.queues.size());
  first_agent_ = next_actor_ = scenario_.arrivals.sellers + 1;
}

std::uint64_t World::memory_bytes() const {
  return slab_.memory_bytes() + agenda_.memory_bytes() + history_.memory_bytes() + agents_.capacity() * sizeof(Agent) +
         met_.capacity() * sizeof(Met) + visits_at_.capacity() * sizeof(std::uint32_t) + room_.size() * sizeof(Event);
}

std::uint64_t World::digest() const {
  std::uint64_t all = scramble(events_);
  for (const std::uint64_t lane : lanes_) all = scramble(all ^ lane) + 0x9e37'79b9'7f4a'7c15U;
  return all;
}

/// Four lanes, one per eight bytes of an event, so that the multiplications do not wait for one another.
void World::flush() {
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15U;
  std::array<std::uint64_t, 4> lanes = lanes_;
  for (const Event& event : batch_.events()) {
    const auto words = std::bit_cast<std::array<std::uint64_t, 4>>(event);
    for (std::size_t i = 0; i < 4; ++i) {
      lanes[i] = (lanes[i] ^ words[i]) * kOdd;
      lanes[i] ^= lanes[i] >> 29;
    }
  }
  lanes_ = lanes;
  events_ += batch_.size();
  batch_.clear();
  from_ = 0;
  if (limits_.events != nullptr) limits_.events->store(events_, std::memory_order_relaxed);
  if (limits_.stop != nullptr && limits_.stop->load(std::memory_order_relaxed)) {
    stopped_ = Stopped::interrupted;
    told_to_stop_ = true;
  }
  if (limits_.memory_bytes != 0 && memory_bytes() > limits_.memory_bytes) {
    stopped_ = Stopped::memory;
    told_to_stop_ = true;
  }
  if (limits_.share == nullptr) return;
  const RunRule& run = scenario_.run;
  const double done = run.cases != 0    ? static_cast<double>(counted_) / static_cast<double>(run.cases)
                      : run.length != 0 ? static_cast<double>(now_) / static_cast<double>(run.length + run.warm_up)
                                        : 0;
  limits_.share->store(std::min(done, 1.0), std::memory_order_relaxed);
}

void World::run() {
  start();
  while (stage_ != Stage::done && !told_to_stop_) step();
  if (stage_ == Stage::warming) begin_measuring();
  if (stage_ == Stage::measuring) end_measuring();
  flush();
}

void World::start() {
  pass_time(0);
  for (std::uint32_t team = 0; team < cast_.teams.size(); ++team) {
    const Team& rule = *cast_.teams[team].team;
    Pool pool;
    pool.first = static_cast<std::uint32_t>(agents_.size());
    pool.count = rule.unlimited ? 0 : rule.agents;
    pools_.push_back(std::move(pool));
    for (std::uint32_t i = 0; i < pools_[team].count; ++i) {
      agents_.emplace_back();
      agents_.back().team = team;
      agents_.back().on_duty = false;
      hire(static_cast<AgentIndex>(agents_.size() - 1));
    }
  }
  for (std::uint32_t team = 0; team < cast_.teams.size(); ++team) shift(team);
  if (scenario_.run.look_every > 0) put(scenario_.run.look_every, Wake::look, 0);
  rebase_at_ = 2 * kCycleMs * 1000;
  next_arrival_ = arrivals_.next(0);
  if (scenario_.run.warm_up == 0 && scenario_.run.warm_up_cases == 0) begin_measuring();
}

void World::step() {
  const Tick due = agenda_.empty() ? kNoTick : static_cast<Tick>(agenda_.peek().at);
  const bool arrival = due >= next_arrival_;
  const Tick at = arrival ? next_arrival_ : due;
  if (at > now_) {
    at_same_tick_ = 0;
  } else if (++at_same_tick_ > kSameTickMax) {
    stopped_ = Stopped::no_progress;
    told_to_stop_ = true;
    return;
  }
  if (stage_ == Stage::warming && at >= scenario_.run.warm_up && arrived_ >= scenario_.run.warm_up_cases) {
    // Not when something next happens, which would depend on what is looked at.
    pass_time(std::max(now_, scenario_.run.warm_up));
    begin_measuring();
  }
  if (at >= window_ends_ || at >= stop_at_ || at >= rebase_at_) {
    if (at == kNoTick) {
      stage_ = Stage::done;
      return;
    }
    if (over()) return;
  }
  if (at > now_) pass_time(at);
  if (arrival) {
    arrive();
    return;
  }
  const auto entry = agenda_.pop();
  if (const auto* ahead = agenda_.upcoming(4)) {
    const std::uint32_t kind = ahead->payload >> kWakeShift;
    if (kind <= static_cast<std::uint32_t>(Wake::seller)) {
      const Slot slot = ahead->payload & ((1U << kWakeShift) - 1);
      __builtin_prefetch(&slab_.state(slot));
      __builtin_prefetch(&slab_.life(slot));
      __builtin_prefetch(reinterpret_cast<const char*>(&slab_.life(slot)) + 64);
    }
  }
  const std::uint32_t index = entry.payload & ((1U << kWakeShift) - 1);
  switch (static_cast<Wake>(entry.payload >> kWakeShift)) {
    case Wake::clock: wake(index, at); break;
    case Wake::seller: seller_acts(index, at); break;
    case Wake::work: finish(index); break;
    case Wake::shift: shift(index); break;
    case Wake::turnover: turn_over(index); break;
    case Wake::look: look(); break;
  }
}

/// A boundary of time is reached before the next wake: true when the run has ended.
bool World::over() {
  const Tick at = agenda_.empty() ? next_arrival_ : std::min(next_arrival_, static_cast<Tick>(agenda_.peek().at));
  if (at >= rebase_at_) {
    pass_time(rebase_at_);
    rebase();
  }
  while (stage_ == Stage::measuring && at >= window_ends_) {
    pass_time(window_ends_);
    if (now_ >= stop_at_) {
      end_measuring();
    } else {
      next_window();
    }
  }
  if (stage_ == Stage::ending && at >= stop_at_) stage_ = Stage::done;
  return stage_ == Stage::done;
}

void World::begin_measuring() {
  stage_ = Stage::measuring;
  measured_from_ = now_;
  const RunRule& run = scenario_.run;
  if (run.length > 0) {
    stop_at_ = now_ + run.length;
    window_ends_ = now_ + run.length / limits_.windows;
  }
  meters_.reserve(limits_.windows);
  open_meter();
}

void World::open_meter() {
  meter_ = &meters_.emplace_back();
  meter_->from = now_;
  meter_->queue_lengths.resize(cast_.queues.size());
  meter_->by_queue.resize(cast_.queues.size());
  meter_->by_matter.resize(cast_.matters.size());
  meter_->longer.resize(scenario_.run.tails.size());
  meter_->served_within.resize(scenario_.run.tails.size());
}

void World::next_window() {
  meter_->until = now_;
  open_meter();
  ++window_;
  const RunRule& run = scenario_.run;
  if (run.length > 0)
    window_ends_ = window_ + 1 == limits_.windows
                       ? stop_at_
                       : measured_from_ + run.length / limits_.windows * static_cast<Tick>(window_ + 1);
}

/// The desk as it stands, until `at`.
void World::pass_time(Tick at) {
  if (stage_ == Stage::measuring && at > now_) {
    Meter& m = *meter_;
    const auto span = static_cast<double>(at - now_);
    const double busy = signed_double(busy_);
    m.queue_length.add(span, waiting_);
    m.in_desk.area += span * (signed_double(waiting_) + busy);
    m.busy.area += span * busy;
    m.open_cases.area += span * signed_double(open_);
    m.on_duty.area += span * signed_double(on_duty_);
    if (on_duty_ != 0 && busy_ >= on_duty_) m.all_busy.area += span;
    m.busy.span += span;
    if (!one_queue_)
      for (std::size_t i = 0; i < queue_waiting_.size(); ++i) m.queue_lengths[i].add(span, queue_waiting_[i]);
  }
  now_ = at;
  now_instant_ = instant(at);
}

/// Nothing that arrives from here on counts; what has been counted is followed to its end, at most as long again.
void World::end_measuring() {
  meter_->until = measured_until_ = now_;
  for (Meter& meter : meters_)
    meter.in_desk.span = meter.all_busy.span = meter.open_cases.span = meter.on_duty.span = meter.busy.span;
  stage_ = Stage::ending;
  window_ends_ = kNoTick;
  stop_at_ = now_ + std::max<Tick>(now_, kDay);
  if (walk_) stop_at_ = next_arrival_ = kNoTick;  // cases of a course do not meet: each walks to its own end
  if (counted_living_ == 0) stage_ = Stage::done;
}

/// Due instants are whole seconds until 2106; a longer run lives through the same 28 years again.
void World::rebase() {
  rebased_ms_ += kCycleMs;
  rebase_at_ += kCycleMs * 1000;
  constexpr auto kCycle = static_cast<DueSecond>(kCycleMs / 1000);
  for (Slot slot = 0; slot < slab_.used(); ++slot) {
    if (slab_.life(slot).number == 0) continue;
    CaseState& state = slab_.state(slot);
    for (DueSecond& due : state.due)
      if (due > kCycle) due -= kCycle;
    if (state.adverse_not_before > kCycle / 86'400) state.adverse_not_before = 0;
  }
  for (std::uint32_t team = 0; team < pools_.size(); ++team) pools_[team].shifts = 0;
}

void World::look() {
  const RunRule& run = scenario_.run;
  const Tick period = run.look_period > 0 ? run.look_period : kDay;
  const auto place = static_cast<std::size_t>(now_ % period / run.look_every);
  if (stage_ == Stage::measuring) {
    if (place >= meter_->looks.size()) meter_->looks.resize(place + 1);
    meter_->looks[place].add(waiting_ + busy_);
  }
  put(now_ + run.look_every, Wake::look, 0);
}

// ---- the clocks of the rules ----------------------------------------------------------------------------------

/// The events of the last command, and the command itself where somebody wants to do it again.
void World::keep(const Life& life, const Command& command) {
  history_.keep(life.kept, batch_.events().subspan(from_), now_);
  if (limits_.record != nullptr) limits_.record->push_back(command);
}

/// One wake for each case: for the earliest of its clocks, looked at again when it fires.
void World::watch_clocks(Slot slot) {
  const CaseState& state = slab_.state(slot);
  DueSecond first = UINT32_MAX;
  for (std::size_t i = 0; i < kDueSlots; ++i) {
    const DueSecond due = state.due[i];
    if (due != 0 && due < first) first = due;
  }
  Tick at = first == UINT32_MAX ? kNoTick : tick_of(Instant{Seconds{first}});
  if (cast_.any_reminder)
    for (std::size_t i = 0; i < kClocks; ++i) {
      const auto clock = static_cast<Clock>(i);
      if (procedure_.clock(clock).reminders == 0 || state.due_second(clock) == 0) continue;
      const Instant next = next_tick(state, clock, procedure_);
      if (next != kNever) at = std::min(at, tick_of(next));
    }
  Life& life = slab_.life(slot);
  if (at < now_) at = now_;
  if (at >= life.wake_at || at == kNoTick) return;
  life.wake_at = at;
  put(at, Wake::clock, slot);
}

void World::wake(Slot slot, Tick at) {
  Life& life = slab_.life(slot);
  if (life.wake_at != at || life.number == 0) return;
  life.wake_at = kNoTick;
  const Instant now = instant(now_);
  const std::uint32_t case_id = life.case_id;
  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    if (next_tick(slab_.state(slot), clock, procedure_) > now) continue;
    if (give<CommandKind::tick>(slot, Party::clock, 0, 0, static_cast<std::uint8_t>(clock)) == Refusal::none)
      follow(slot);
    if (life.case_id != case_id) break;
  }
  watch_clocks(slot);
  free_if_over(slot);
}

void World::follow(Slot slot) {
  // The events may be written over while people act on them.
  std::array<Event, kEventsPerDecisionMax> room;
  const auto events = batch_.events().subspan(from_);
  const std::size_t count = std::min(events.size(), room.size());
  std::copy_n(events.begin(), count, room.begin());
  Life& life = slab_.life(slot);
  for (const Event& event : std::span{room}.first(count)) {
    switch (event.kind) {
      case EventKind::went_overdue:
        if (event.clock <= Clock::appeal_decision || event.clock == Clock::level) ++life.missed;
        break;
      case EventKind::escalated:
        life.raise(kEscalated);
        moved(slot, static_cast<std::uint8_t>(event.detail));
        break;
      case EventKind::assigned:
        if (event.detail == 0) moved(slot, slab_.state(slot).level());
        break;
      case EventKind::hand_off_lapsed:
        life.lower(kOffered);
        moved(slot, slab_.state(slot).level());
        break;
      case EventKind::decided:
        if (event.party == Party::clock) {
          take_out(slot);
          settle(slot);
        }
        break;
      case EventKind::closed: closed(slot, static_cast<Ground>(event.aux)); break;
      default: break;
    }
  }
  // The seller's silence can leave the desk to act.
  const CaseState& state = slab_.state(slot);
  if (!walk_ && evolving::handled(state) && state.turn() == Turn::desk) to_desk(slot);
}

/// The case goes to the people of a level, wherever it was waiting.
void World::moved(Slot slot, std::uint8_t level) {
  if (walk_) return;
  Life& life = slab_.life(slot);
  take_out(slot);
  if (cast_.level_queue[level] != kNoQueue) life.queue = cast_.level_queue[level];
}

void World::closed(Slot slot, Ground ground) {
  Life& life = slab_.life(slot);
  if (walk_) {
    end_course(slot);
    return;
  }
  take_out(slot);
  if (ground == Ground::seller_silence) life.raise(kSilenced);
  if (ground == Ground::desk_alone) life.raise(kClosedAlone);
  if (life.has(kSettled | kGone | kLost)) return;
  if (ground == Ground::agreement || ground == Ground::seller_wish || ground == Ground::decision) return;
  if (life.unsettled == 0) {
    settle(slot);
    return;
  }
  if (happens(scenario_.sellers.comes_back, Purpose::return_, life.number, life.lives)) {
    Random random = draw(Purpose::return_, life.number, life.lives + 1000U);
    life.plan = Plan::come_back;
    life.seller_at = now_ + ticks(scenario_.sellers.comes_back_after.draw(random));
    put(life.seller_at, Wake::seller, slot);
  } else {
    go_for_good(slot);
  }
}

}  // namespace guichet::rehearsal
