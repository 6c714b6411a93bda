// What the staff of a rehearsed world does: take cases up, read, answer well or badly, pass on, close, come and go.
#include <algorithm>
#include <bit>

#include <guichet/rehearsal/world.hpp>

namespace guichet::rehearsal {
namespace {

constexpr std::uint32_t kNoteWords = 20;
constexpr std::uint8_t kEverythingSaid =
    kFactReason | kFactSummary | kFactQuestionsListed | kFactFacts | kFactGround | kFactRedress;

std::uint32_t words_of(double value) { return value <= 0 ? 0U : static_cast<std::uint32_t>(std::min(value, 65'535.0)); }

/// The lowest `count` bits that are set in `mask`.
std::uint16_t lowest(std::uint16_t mask, unsigned count) {
  unsigned chosen = 0;
  for (unsigned bit = 0; bit < 16 && count > 0; ++bit)
    if ((mask >> bit & 1U) != 0) {
      chosen |= 1U << bit;
      --count;
    }
  return static_cast<std::uint16_t>(chosen);
}

}  // namespace

// ---- who is there ------------------------------------------------------------------------------------------------

void World::hire(AgentIndex agent) {
  Agent& person = agents_[agent];
  const Team& rule = *cast_.teams[person.team].team;
  person.actor = next_actor_++;
  actor_place_.push_back(agent);
  Random random = draw(Purpose::competence, agent, person.hired);
  person.competence = std::clamp(rule.competence.draw(random), 0.0, 1.0);
  ++person.hired;
  if (rule.turnover_per_year <= 0) return;
  Random leaving = draw(Purpose::turnover, agent, person.hired);
  const double years = exponential(leaving) / rule.turnover_per_year;
  put(now_ + ticks(years * 365 * 86'400), Wake::turnover, agent);
}

AgentIndex World::agent_of(std::uint32_t actor) const {
  if (actor < first_agent_ || actor >= next_actor_) return kNone;
  const AgentIndex agent = actor_place_[actor - first_agent_];
  return agents_[agent].actor == actor ? agent : kNone;
}

void World::set_idle(AgentIndex agent) {
  Agent& person = agents_[agent];
  Pool& pool = pools_[person.team];
  person.idle = true;
  person.next = kNone;
  person.prev = pool.idle_last;
  (pool.idle_last == kNone ? pool.idle_first : agents_[pool.idle_last].next) = agent;
  pool.idle_last = agent;
}

void World::unset_idle(AgentIndex agent) {
  Agent& person = agents_[agent];
  Pool& pool = pools_[person.team];
  person.idle = false;
  (person.prev == kNone ? pool.idle_first : agents_[person.prev].next) = person.next;
  (person.next == kNone ? pool.idle_last : agents_[person.next].prev) = person.prev;
}

/// A shift of the team begins or ends, or, for those who work day and night, a day.
void World::shift(std::uint32_t team) {
  const CastTeam& part = cast_.teams[team];
  const Team& rule = *part.team;
  Pool& pool = pools_[team];
  bool opens = true;
  Tick next = kNoTick;
  Tick ends = kNoTick;
  if (part.hours != nullptr) {
    const auto second = static_cast<std::uint32_t>(instant(now_).time_since_epoch().count() / 1000);
    const auto& hours = part.hours->hours;
    const auto span = std::upper_bound(hours.begin(), hours.end(), second,
                                       [](std::uint32_t at, const OpenHours& h) { return at < h.closes; });
    opens = span != hours.end() && span->opens <= second;
    if (span != hours.end()) next = tick_of(Instant{Seconds{opens ? span->closes : span->opens}});
    if (opens) ends = next;
  } else if (rule.absence > 0) {
    next = (now_ / kDay + 1) * kDay;
    ends = next;
  }
  const std::uint32_t day = static_cast<std::uint32_t>(now_ / kDay);
  for (AgentIndex agent = pool.first; agent < pool.first + pool.count; ++agent) {
    Agent& person = agents_[agent];
    if (opens) person.absent = happens(rule.absence, Purpose::absence, agent, day);
    const bool duty = opens && !person.absent;
    if (duty != person.on_duty) {
      person.on_duty = duty;
      if (person.slot == kNone) on_duty_ += duty ? 1U : std::uint64_t{0} - 1;
      if (!duty && person.idle) unset_idle(agent);
    }
    if (!opens) continue;
    person.shift_began = now_;
    person.shift_ends = ends;
    person.closings_today = 0;
    if (person.absent) {
      // What waits for him in person goes to a substitute, where the procedure knows one.
      while (procedure_.assignment.substitute && person.own.first != kNone) {
        const Slot slot = person.own.first;
        take_out(slot);
        slab_.life(slot).raise(kOwnerAway);
        to_desk(slot);
      }
    } else if (person.slot == kNone && !person.idle) {
      next_for(agent);
    }
  }
  if (next != kNoTick) put(next, Wake::shift, team);
}

/// One leaves, another takes the place; what was his waits for a substitute.
void World::turn_over(AgentIndex agent) {
  Agent& person = agents_[agent];
  if (person.slot != kNone) {
    person.leaving = true;
    return;
  }
  person.leaving = false;
  std::vector<Slot> left;
  while (person.own.first != kNone) {
    left.push_back(person.own.first);
    take_out(person.own.first);
  }
  person.owned = 0;
  hire(agent);
  for (const Slot slot : left) {
    slab_.life(slot).raise(kOwnerAway);
    to_desk(slot);
  }
}

// ---- waiting -----------------------------------------------------------------------------------------------------

void World::to_desk(Slot slot) {
  Life& life = slab_.life(slot);
  if (life.has(kDeskHas)) return;
  const CaseState& state = slab_.state(slot);
  if (!evolving::handled(state)) return;
  if (owners_ && state.owner) {
    const AgentIndex owner = agent_of(state.owner.value);
    if (owner != kNone && !agents_[owner].absent && !life.has(kOwnerAway)) {
      to_agent(slot, owner);
      return;
    }
    life.raise(kOwnerAway);
  }
  to_queue(slot, life.queue);
}

void World::to_queue(Slot slot, QueueIndex queue) {
  Life& life = slab_.life(slot);
  life.queue = queue;
  life.queued_at = now_;
  life.raise(kDeskHas);
  const AgentIndex agent = idle_agent(queue, slot);
  if (agent != kNone) {
    unset_idle(agent);
    ++busy_;
    begin(agent, slot);
    return;
  }
  stand_in(queues_[queue][life.priority], slot);
  life.agent = kNone;
  waiting_changed(queue, 1);
  wait_patiently(slot);
}

void World::to_agent(Slot slot, AgentIndex agent) {
  Life& life = slab_.life(slot);
  life.queued_at = now_;
  life.raise(kDeskHas);
  Agent& person = agents_[agent];
  if (person.idle) {
    unset_idle(agent);
    ++busy_;
    begin(agent, slot);
    return;
  }
  stand_in(person.own, slot);
  ++person.own_count;
  life.agent = agent;
  waiting_changed(life.queue, 1);
  wait_patiently(slot);
}

void World::stand_in(Line& line, Slot slot) {
  Life& life = slab_.life(slot);
  life.raise(kQueued);
  life.next = kNone;
  life.prev = line.last;
  (line.last == kNone ? line.first : slab_.life(line.last).next) = slot;
  line.last = slot;
}

/// Out of whatever queue it waits in.
void World::take_out(Slot slot) {
  Life& life = slab_.life(slot);
  if (!life.has(kQueued)) return;
  Line& line = life.agent != kNone ? agents_[life.agent].own : queues_[life.queue][life.priority];
  if (life.agent != kNone) --agents_[life.agent].own_count;
  (life.prev == kNone ? line.first : slab_.life(life.prev).next) = life.next;
  (life.next == kNone ? line.last : slab_.life(life.next).prev) = life.prev;
  life.lower(kQueued | kDeskHas);
  life.agent = kNone;
  waiting_changed(life.queue, -1);
  if (life.plan == Plan::leave) {
    life.plan = Plan::none;
    life.seller_at = kNoTick;
  }
  note_wait(life, true, true);
}

/// Every wait that ends is one, whether it ends with an agent or not.
void World::note_wait(const Life& life, bool waited, bool left) {
  if (!life.has(kCounted)) return;
  const auto wait = static_cast<std::uint64_t>(now_ - life.queued_at);
  Meter& m = *meter_;
  m.all.add(wait, waited, left);
  if (!one_queue_) m.by_queue[life.queue].add(wait, waited, left);
  if (!one_matter_) m.by_matter[life.matter].add(wait, waited, left);
  if (waited) m.wait_if_waited.add(wait);
  for (std::size_t i = 0; i < scenario_.run.tails.size(); ++i) {
    if (wait > static_cast<std::uint64_t>(ticks(scenario_.run.tails[i])))
      ++m.longer[i];
    else if (!left)
      ++m.served_within[i];
  }
}

bool World::may_take(const Agent& agent, const CaseState& state) const {
  if (!picky_) return true;
  const bool fresh_eyes = state.phase() == Phase::under_appeal && procedure_.appeal.different_person;
  if (fresh_eyes && state.decider.value == agent.actor) return false;
  const bool other = fresh_eyes || procedure_.ladder[state.level()].different_person;
  return !(other && !state.owner && state.other_person.value == agent.actor);
}

/// Of those on duty without work, in the order of the scenario's teams, the one who has waited longest.
AgentIndex World::idle_agent(QueueIndex queue, Slot slot) {
  const CaseState& state = slab_.state(slot);
  for (const std::uint8_t team : cast_.served_by[queue]) {
    Pool& pool = pools_[team];
    for (AgentIndex agent = pool.idle_first; agent != kNone; agent = agents_[agent].next)
      if (may_take(agents_[agent], state)) return agent;
    if (!cast_.teams[team].team->unlimited) continue;
    agents_.emplace_back();
    const auto agent = static_cast<AgentIndex>(agents_.size() - 1);
    agents_[agent].team = team;
    hire(agent);
    set_idle(agent);
    return agent;
  }
  return kNone;
}

/// The next case for one who is free: what waits for him in person, then his teams' queues by priority.
Slot World::choose_for(const Agent& agent) {
  if (waiting_ == 0) return kNone;
  if (agent.own.first != kNone) return agent.own.first;
  for (std::size_t priority = 0; priority < cast_.priorities; ++priority)
    for (const QueueIndex queue : cast_.teams[agent.team].serves)
      for (Slot slot = queues_[queue][priority].first; slot != kNone; slot = slab_.life(slot).next)
        if (may_take(agent, slab_.state(slot))) return slot;
  return kNone;
}

/// Called for one without work: his next case, or rest. The caller has counted him as busy when he was.
void World::next_for(AgentIndex agent) {
  Agent& person = agents_[agent];
  if (person.on_duty) {
    const Slot slot = choose_for(person);
    if (slot == kNone) {
      set_idle(agent);
    } else {
      ++busy_;
      begin(agent, slot);
    }
  }
}

// ---- work --------------------------------------------------------------------------------------------------------

/// What of the case this agent has read; he is met from here on.
std::uint32_t& World::words_read(Life& life, const Agent& agent) {
  if (life.met_agent == agent.actor) return life.met_words;
  if (life.met_agent == kNone) {
    life.met_agent = agent.actor;
    life.met_words = 0;
    ++life.agents;
    return life.met_words;
  }
  for (std::uint32_t at = life.met_more; at != kNone; at = met_[at].next)
    if (met_[at].actor == agent.actor) return met_[at].words;
  std::uint32_t fresh = met_free_;
  if (fresh != kNone) {
    met_free_ = met_[fresh].next;
  } else {
    fresh = static_cast<std::uint32_t>(met_.size());
    met_.emplace_back();
  }
  met_[fresh] = {agent.actor, 0, life.met_more};
  life.met_more = fresh;
  ++life.agents;
  return met_[fresh].words;
}

void World::begin(AgentIndex agent, Slot slot) {
  Agent& person = agents_[agent];
  Life& life = slab_.life(slot);
  const bool waited = life.has(kQueued);
  if (waited) {
    Line& line = life.agent != kNone ? agents_[life.agent].own : queues_[life.queue][life.priority];
    if (life.agent != kNone) --agents_[life.agent].own_count;
    (life.prev == kNone ? line.first : slab_.life(life.prev).next) = life.next;
    (life.next == kNone ? line.last : slab_.life(life.next).prev) = life.prev;
    life.lower(kQueued);
    waiting_changed(life.queue, -1);
    if (life.plan == Plan::leave) {
      life.plan = Plan::none;
      life.seller_at = kNoTick;
    }
  }
  note_wait(life, waited, false);
  life.agent = agent;
  person.slot = slot;
  person.began = now_;
  if (owners_) static_cast<void>(pick_up(person, slot));
  const Tick work = plan_work(agent, slot);
  ++life.visits;
  if (cast_.counts_visits) ++visits_at(slot, life.queue);
  put(now_ + work, Wake::work, agent);
}

/// Where cases have owners: accepts what was handed to him, or becomes the owner where there is none.
bool World::pick_up(const Agent& agent, Slot slot) {
  Life& life = slab_.life(slot);
  const CaseState& state = slab_.state(slot);
  if (life.has(kOffered) && state.other_person.value == agent.actor) {
    life.lower(kOffered);
    return give<CommandKind::accept_hand_off>(slot, Party::desk, agent.actor) == Refusal::none;
  }
  if (state.owner.value == agent.actor) return true;
  const bool away = state.owner && life.has(kOwnerAway);
  life.lower(kOwnerAway);
  const AssignReason reason = away                 ? AssignReason::substitute
                              : state.level() != 0 ? AssignReason::level
                                                   : AssignReason::next_available;
  return give<CommandKind::assign>(slot, Party::desk, agent.actor, agent.actor, static_cast<std::uint8_t>(reason),
                                   away ? kFactOwnerAbsent : std::uint8_t{0}) == Refusal::none;
}

/// How often the case has been taken up from a queue; kept only where a routine asks for it.
std::uint32_t& World::visits_at(Slot slot, QueueIndex queue) {
  const std::size_t place = std::size_t{slot} * queues_.size() + queue;
  if (place >= visits_at_.size()) visits_at_.resize((std::size_t{slot} + 1) * queues_.size());
  return visits_at_[place];
}

void World::forget_visits(Slot slot) {
  if (!cast_.counts_visits) return;
  for (std::size_t queue = 0; queue < queues_.size(); ++queue) visits_at(slot, static_cast<QueueIndex>(queue)) = 0;
}

/// What he would do unpressed.
Act World::routine(const Agent& agent, Slot slot, std::uint8_t& to) {
  const CastTeam& part = cast_.teams[agent.team];
  if (part.then.empty()) return Act::answer;
  const Life& life = slab_.life(slot);
  const std::uint32_t visits = cast_.counts_visits ? visits_at(slot, life.queue) : 0U;
  Random random = draw(Purpose::act, life.number, life.visits);
  const double place = uniform(random);
  double until = 0;
  for (const CastThen& then : part.then) {
    if (then.on_visit >= 0 && static_cast<std::uint32_t>(then.on_visit) != visits) continue;
    until += then.chance;
    if (place >= until) continue;
    to = then.to;
    return then.act;
  }
  return Act::answer;
}

/// Fewer closings since the shift began than the quota wants by now.
bool World::behind_on_closings(const Agent& agent) const {
  if (cast_.closings_per_day <= 0) return false;
  const double shift = agent.shift_ends == kNoTick ? static_cast<double>(kDay)
                                                   : static_cast<double>(agent.shift_ends - agent.shift_began);
  const double spent = static_cast<double>(now_ - agent.shift_began);
  return static_cast<double>(agent.closings_today) < cast_.closings_per_day * std::min(1.0, spent / shift);
}

/// Chooses the act and gives the time until it is done.
Tick World::plan_work(AgentIndex agent, Slot slot) {
  Agent& person = agents_[agent];
  Life& life = slab_.life(slot);
  const Team& rule = *cast_.teams[person.team].team;
  std::uint32_t& read = words_read(life, person);
  person.to = kNoQueue;
  person.act = routine(person, slot, person.to);
  Random random = draw(Purpose::work, life.number, life.visits);
  const Law* own = cast_.matters[life.matter].work;
  double seconds = 0;
  if (own != nullptr) {
    seconds = own->draw(random);
  } else if (rule.work) {
    seconds = rule.work->draw(random);
  } else {
    const double unread = life.words > read ? life.words - read : 0U;
    if (rule.reading_words_per_minute > 0)
      seconds = unread * (life.has(kHandedOver) ? rule.summary_share : 1.0) * 60 / rule.reading_words_per_minute;
    const int open = life.has(kImplicit) ? 1 : std::popcount(slab_.state(slot).seller_open);
    for (int i = 0; i < open; ++i) seconds += rule.writing.draw(random);
    seconds += rule.handling.draw(random);
  }
  if (person.act == Act::answer && (cast_.answers_per_hour > 0 || cast_.closings_per_day > 0)) {
    const double allowed = cast_.answers_per_hour > 0 ? 3600 / cast_.answers_per_hour : seconds;
    if (seconds > allowed || behind_on_closings(person)) {
      Random pressed = draw(Purpose::act, life.number, life.visits + 100'000U);
      double place = uniform(pressed);
      const auto& chances = scenario_.quota.pressed;
      std::size_t chosen = 0;
      while (chosen + 1 < kActs && place >= chances[chosen]) place -= chances[chosen++];
      person.act = static_cast<Act>(chosen);
      if (person.act != Act::answer) {
        const Law& evasion = scenario_.quota.time_when_pressed;
        seconds = std::min(seconds, evasion.is_zero() ? allowed : evasion.draw(pressed));
      }
    }
  }
  if (person.act == Act::answer || rule.work || own != nullptr) {
    read = life.words;
    life.lower(kHandedOver);
  }
  return ticks(seconds);
}

void World::finish(AgentIndex agent) {
  const Slot slot = agents_[agent].slot;
  Life& life = slab_.life(slot);
  agents_[agent].slot = kNone;
  life.agent = kNone;
  life.lower(kDeskHas | kProgress);
  const Tick spent = now_ - agents_[agent].began;
  life.desk_ms += static_cast<std::uint32_t>(std::min<Tick>(spent / 1000, 1'000'000'000));
  meter_->desk_seconds += static_cast<double>(spent) * 1e-6;
  --busy_;
  switch (agents_[agent].act) {
    case Act::answer: answer(agent, slot, true); break;
    case Act::part: answer(agent, slot, false); break;
    case Act::ask_back: ask_back(agent, slot); break;
    case Act::pass_on: pass_on(agent, slot); break;
    case Act::escalate:
      if (give<CommandKind::escalate>(slot, Party::desk, agents_[agent].actor) == Refusal::none)
        follow(slot);
      else
        answer(agent, slot, true);
      break;
    case Act::close:
      if (give<CommandKind::close_case>(slot, Party::desk, agents_[agent].actor, 0,
                                        static_cast<std::uint8_t>(Ground::desk_alone)) == Refusal::none) {
        ++agents_[agent].closings_today;
        follow(slot);
      } else {
        answer(agent, slot, false);
      }
      break;
  }
  if (slab_.state(slot).turn() == Turn::desk) to_desk(slot);
  free_if_over(slot);
  Agent& person = agents_[agent];
  if (person.leaving) turn_over(agent);
  if (!person.on_duty) --on_duty_;
  next_for(agent);
}

/// Words to the seller about all his open questions, or about a part of them; each answer is proper or only looks so.
void World::answer(AgentIndex agent, Slot slot, bool whole) {
  const Agent& person = agents_[agent];
  Life& life = slab_.life(slot);
  const CaseState& state = slab_.state(slot);
  const Team& rule = *cast_.teams[person.team].team;
  if (!evolving::handled(state)) return;
  const CastMatter& matter = cast_.matters[life.matter];
  const bool skilled =
      matter.speciality == 0 || (cast_.teams[person.team].skills >> (matter.speciality - 1U) & 1U) != 0;
  const double competence = person.competence * (skilled ? 1.0 : rule.outside_speciality);
  const std::uint16_t open = life.has(kImplicit) ? life.unsettled : state.seller_open;
  const auto part = static_cast<unsigned>(scenario_.quota.part_share * std::popcount(open));
  const std::uint16_t answered = whole ? open : lowest(open, part);
  std::uint16_t proper = answered;
  if (competence < 1)
    for (unsigned bit = 0; bit < 16; ++bit)
      if ((answered >> bit & 1U) != 0 && !happens(competence, Purpose::quality, life.number, life.visits * 16U + bit))
        proper = static_cast<std::uint16_t>(proper & ~(1U << bit));
  const auto unsettled = static_cast<std::uint16_t>(life.unsettled & ~unsigned{proper});
  const std::uint32_t words = words_of(drawn(rule.words, Purpose::desk_words, life.number, life.visits));
  const std::uint32_t answers = life.has(kImplicit) ? 0U : answered;
  if (give<CommandKind::send_message>(slot, Party::desk, person.actor, words << 16 | answers) != Refusal::none) return;
  if (unsettled != life.unsettled) {
    life.raise(kProgress);
    meter_->proper_answers += static_cast<std::uint64_t>(std::popcount(life.unsettled) - std::popcount(unsettled));
  }
  life.unsettled = unsettled;
  ++life.messages;
  life.words += words;
  words_read(life, person) = life.words;
  // Where a clock brings back what has long been answered, the decision ends it.
  const bool due = life.failures > 0 || life.has(kSettled) || state.phase() == Phase::under_appeal;
  const bool decides = whole && cast_.may_decide[state.level()] && due;
  if (decides) {
    const Decided outcome = unsettled == 0 ? Decided::granted : Decided::refused;
    static_cast<void>(give<CommandKind::decide_case>(slot, Party::desk, person.actor, 0,
                                                     static_cast<std::uint8_t>(outcome), kEverythingSaid));
  }
  if (state.turn() != Turn::desk) expect_reaction(slot);
}

void World::ask_back(AgentIndex agent, Slot slot) {
  const Agent& person = agents_[agent];
  Life& life = slab_.life(slot);
  const Law& length = cast_.teams[person.team].team->words;
  const std::uint32_t words = words_of(drawn(length, Purpose::desk_words, life.number, life.visits));
  if (give<CommandKind::send_message>(slot, Party::desk, person.actor, words << 16, 1) != Refusal::none) {
    answer(agent, slot, false);
    return;
  }
  ++life.messages;
  life.words += words;
  words_read(life, person) = life.words;
  expect_reaction(slot);
}

/// Of those who serve the queue the one without work, else the one with the fewest cases waiting for him.
AgentIndex World::colleague(AgentIndex agent, QueueIndex queue) const {
  AgentIndex best = kNone;
  for (const std::uint8_t team : cast_.served_by[queue]) {
    const Pool& pool = pools_[team];
    for (AgentIndex other = pool.first; other < pool.first + pool.count; ++other) {
      if (other == agent || agents_[other].absent) continue;
      if (agents_[other].idle) return other;
      if (best == kNone || agents_[other].own_count < agents_[best].own_count) best = other;
    }
  }
  return best;
}

void World::pass_on(AgentIndex agent, Slot slot) {
  Agent& person = agents_[agent];
  Life& life = slab_.life(slot);
  const QueueIndex queue = person.to == kNoQueue ? life.queue : person.to;
  if (!owners_) {
    if (give<CommandKind::make_note>(slot, Party::desk, person.actor, kNoteWords) != Refusal::none) return;
    if (evolving::handled(slab_.state(slot))) to_queue(slot, queue);
    return;
  }
  const AgentIndex other = colleague(agent, queue);
  const HandOffReason reason = queue != life.queue ? HandOffReason::speciality : HandOffReason::workload;
  if (other == kNone ||
      give<CommandKind::propose_hand_off>(slot, Party::desk, person.actor, agents_[other].actor,
                                          static_cast<std::uint8_t>(reason), kEverythingSaid) != Refusal::none) {
    answer(agent, slot, false);
    return;
  }
  life.queue = queue;
  if (procedure_.hand_off.summary_needed) life.raise(kHandedOver);
  if (procedure_.hand_off.acceptance_needed) life.raise(kOffered);
  to_agent(slot, other);
}

}  // namespace guichet::rehearsal
