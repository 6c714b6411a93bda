// What sellers do in a rehearsed world: come, write, wait, react, climb, leave, come back.
#include <algorithm>
#include <bit>

#include <guichet/rehearsal/world.hpp>

namespace guichet::rehearsal {
namespace {

std::uint32_t whole(double value, double max) {
  return value <= 0 ? 0U : static_cast<std::uint32_t>(std::min(value + 0.5, max));
}

}  // namespace

void World::arrive() {
  next_arrival_ = arrivals_.next(now_);
  const std::uint32_t number = ++arrived_;
  const Arrivals& rule = scenario_.arrivals;
  const bool counts = stage_ == Stage::measuring;
  if (rule.turned_away_above != 0 && waiting_ + busy_ >= rule.turned_away_above) {
    if (counts) ++meter_->blocked;
    return;
  }
  std::uint8_t matter = 0;
  if (cast_.matters.size() > 1) {
    Random random = draw(Purpose::matter, number);
    const double place = uniform(random);
    while (place > cast_.matters[matter].until) ++matter;
  }
  const CastMatter& part = cast_.matters[matter];
  const Matter& told = scenario_.matters[matter];
  const Slot slot = slab_.take();
  Life& life = slab_.life(slot);
  life.number = number;
  life.case_id = number;
  life.opened = now_;
  forget_visits(slot);
  life.matter = matter;
  life.priority = part.priority;
  life.queue = part.queue;
  life.seller = 1 + draw(Purpose::seller, number).below(rule.sellers);
  life.amount = whole(drawn(told.amount, Purpose::amount, number), 4e9);
  const unsigned asks = whole(drawn(told.questions, Purpose::questions, number), 15);
  if (asks == 0) life.raise(kImplicit);
  life.unsettled = asks == 0 ? std::uint16_t{1} : static_cast<std::uint16_t>((1U << asks) - 1);
  if (counts) {
    life.raise(kCounted);
    ++meter_->arrivals;
    ++counted_living_;
    const std::uint64_t every = cast_.keep_every;
    if (limits_.keep_all || (every != 0 && counted_ % every == 0)) life.kept = history_.begin(number, 0, 0);
    ++counted_;
  }
  ++open_;
  if (walk_)
    begin_course(slot);
  else
    open(slot, 0);
  if (counts && scenario_.run.cases != 0) {
    if (counted_ == scenario_.run.cases) {
      end_measuring();
    } else if (counted_ >= (window_ + 1) * (scenario_.run.cases / limits_.windows) && window_ + 1 < limits_.windows) {
      next_window();
    }
  }
}

void World::open(Slot slot, std::uint32_t predecessor) {
  Life& life = slab_.life(slot);
  const std::uint8_t matter = cast_.matters[life.matter].matter;
  const unsigned asks = life.has(kImplicit) ? 0U : static_cast<unsigned>(std::popcount(life.unsettled));
  const Refusal refusal = predecessor == 0
                              ? give<CommandKind::open_case>(slot, Party::seller, life.seller, life.amount, matter)
                              : give<CommandKind::restart_case>(slot, Party::seller, life.seller, predecessor, matter);
  if (refusal != Refusal::none) {
    go_for_good(slot);
    free_if_over(slot);
    return;
  }
  if (asks != 0 || !scenario_.sellers.words.is_zero()) {
    write(slot, asks);
    life.unsettled = life.has(kImplicit) ? life.unsettled : slab_.state(slot).seller_open;
  } else {
    ++life.messages;
    life.seller_ms += cast_.ms_per_message;
    life.asked_at = now_;
  }
  to_desk(slot);
}

/// One message of the seller: it asks `asks` questions and answers all that the desk asked.
void World::write(Slot slot, unsigned asks) {
  Life& life = slab_.life(slot);
  const std::uint32_t words =
      whole(drawn(scenario_.sellers.words, Purpose::seller_words, life.number, life.messages), 65'535);
  const std::uint32_t answers = slab_.state(slot).desk_open;
  if (give<CommandKind::send_message>(slot, Party::seller, life.seller, words << 16 | answers,
                                      static_cast<std::uint8_t>(asks)) != Refusal::none)
    return;
  ++life.messages;
  life.words += words;
  life.seller_ms += cast_.ms_per_message;
  life.asked_at = now_;
}

void World::expect_reaction(Slot slot) {
  Life& life = slab_.life(slot);
  if (life.has(kGone | kSettled)) return;
  const Tick delay = ticks(drawn(scenario_.sellers.reply, Purpose::reply, life.number, life.messages));
  if (delay == 0) {
    react(slot);
    return;
  }
  life.plan = Plan::react;
  life.asked_at += delay;  // his own time is not spent waiting for the desk
  life.seller_at = now_ + delay;
  put(life.seller_at, Wake::seller, slot);
}

void World::seller_acts(Slot slot, Tick at) {
  Life& life = slab_.life(slot);
  if (life.seller_at != at || life.number == 0) return;
  const Plan plan = life.plan;
  life.plan = Plan::none;
  life.seller_at = kNoTick;
  switch (plan) {
    case Plan::none: break;
    case Plan::leave: leave_queue(slot); break;
    case Plan::react: react(slot); break;
    case Plan::come_back: come_back(slot); break;
    case Plan::be_missed: be_missed(slot); break;
    case Plan::step: take_step(slot, CourseStep{coming_[slot]}); break;
  }
  free_if_over(slot);
}

void World::react(Slot slot) {
  Life& life = slab_.life(slot);
  if (life.has(kGone | kSettled | kLost)) return;
  life.seller_ms += cast_.ms_per_read;
  if (life.unsettled == 0)
    satisfied(slot);
  else
    disappointed(slot);
}

void World::satisfied(Slot slot) {
  Life& life = slab_.life(slot);
  settle(slot);
  if (!happens(scenario_.sellers.thanks, Purpose::thanks, life.number)) return;
  const CaseState& state = slab_.state(slot);
  if (state.phase() == Phase::closed) return;
  const bool decided = state.phase() == Phase::decided;
  const Ground ground =
      decided && (procedure_.right(Ground::decision).by & kBySeller) != 0 ? Ground::decision : Ground::seller_wish;
  if ((procedure_.right(ground).by & kBySeller) == 0) return;
  if (give<CommandKind::close_case>(slot, Party::seller, life.seller, 0, static_cast<std::uint8_t>(ground)) ==
      Refusal::none)
    take_out(slot);
}

bool World::discouraged(const Life& life) const {
  const Sellers& rule = scenario_.sellers;
  if (!life.has(kProgress) && happens(rule.leaves_per_failure, Purpose::discouragement, life.number, life.messages))
    return true;
  if (rule.leaves_per_day <= 0) return false;
  // The chance to stay is that of one day to the power of the days waited.
  const double days = static_cast<double>(now_ - life.asked_at) / static_cast<double>(kDay);
  const double stays = exact_exp(days * cast_.log_stays_per_day);
  return happens(1 - stays, Purpose::discouragement, life.number, life.messages + 100'000U);
}

/// The desk's words left something unanswered.
void World::disappointed(Slot slot) {
  Life& life = slab_.life(slot);
  if (!life.has(kProgress) && life.failures < 255) ++life.failures;
  if (discouraged(life)) {
    go_for_good(slot);
    return;
  }
  const CaseState& state = slab_.state(slot);
  if (state.phase() == Phase::closed) {
    // Closed while he was writing: his words open it again where the procedure lets them, else he starts anew.
    come_back(slot);
    return;
  }
  if (state.phase() == Phase::decided) {
    const bool may = procedure_.appeal.allowed && !state.has(kAppealed);
    if (may && happens(scenario_.sellers.appeals, Purpose::appeal, life.number) &&
        give<CommandKind::appeal_decision>(slot, Party::seller, life.seller) == Refusal::none) {
      dispute(slot);
      life.raise(kAppealedOnce);
      ++life.messages;
      life.seller_ms += cast_.ms_per_message;
      life.asked_at = now_;
      moved(slot, state.level());
      to_desk(slot);
      return;
    }
    life.raise(kLost);
    end_matter(slot, Quantity::refused_share);
    return;
  }
  const std::uint8_t next = static_cast<std::uint8_t>(state.level() + 1U);
  const bool may_climb = next < procedure_.levels && (procedure_.ladder[next].may_climb_here & kBySeller) != 0;
  const bool climbs = may_climb && happens(scenario_.sellers.climbs, Purpose::climb, life.number, life.messages);
  write(slot, 0);
  dispute(slot);
  if (climbs && give<CommandKind::escalate>(slot, Party::seller, life.seller) == Refusal::none) follow(slot);
  to_desk(slot);
}

/// What was answered, but not properly, is open again.
void World::dispute(Slot slot) {
  Life& life = slab_.life(slot);
  const auto disputed = static_cast<std::uint16_t>(life.unsettled & slab_.state(slot).seller_answered);
  if (!life.has(kImplicit) && disputed != 0)
    static_cast<void>(give<CommandKind::dispute_answer>(slot, Party::seller, life.seller, disputed));
}

/// Plans to leave the queue when patience ends.
void World::wait_patiently(Slot slot) {
  Life& life = slab_.life(slot);
  const Law* patience = cast_.matters[life.matter].patience;
  if (patience == nullptr || life.plan != Plan::none || life.has(kGone | kSettled)) return;
  life.plan = Plan::leave;
  life.seller_at = now_ + ticks(drawn(*patience, Purpose::patience, life.number, life.visits));
  put(life.seller_at, Wake::seller, slot);
}

void World::leave_queue(Slot slot) {
  Life& life = slab_.life(slot);
  if (!life.has(kQueued)) return;
  const bool may_close = (procedure_.right(Ground::seller_wish).by & kBySeller) != 0;
  if (may_close && give<CommandKind::close_case>(slot, Party::seller, life.seller, 0,
                                                 static_cast<std::uint8_t>(Ground::seller_wish)) == Refusal::none)
    take_out(slot);
  go_for_good(slot);
}

void World::come_back(Slot slot) {
  Life& life = slab_.life(slot);
  life.seller_ms += cast_.ms_per_restart;
  if (procedure_.reopening.kind == Reopening::Kind::same_case) {
    write(slot, 0);
    if (slab_.state(slot).phase() == Phase::closed) {
      go_for_good(slot);
      return;
    }
    to_desk(slot);
    return;
  }
  if (life.lives == 255) {
    go_for_good(slot);
    return;
  }
  const std::uint32_t predecessor = life.case_id;
  ++life.lives;
  life.case_id = 0x8000'0000U + ++restarts_;
  life.queue = cast_.matters[life.matter].queue;
  forget_visits(slot);
  life.wake_at = kNoTick;
  if (life.kept != kNone) life.kept = history_.begin(life.number, life.lives, predecessor);
  slab_.state(slot) = CaseState{};
  life.words = 0;
  life.met_words = 0;
  for (std::uint32_t at = life.met_more; at != kNone; at = met_[at].next) met_[at].words = 0;
  open(slot, predecessor);
}

void World::go_for_good(Slot slot) {
  Life& life = slab_.life(slot);
  life.raise(kGone);
  life.plan = Plan::none;
  life.seller_at = kNoTick;
  end_matter(slot, Quantity::abandoned_share);
  if (!procedure_.abandoned_after) return;
  life.plan = Plan::be_missed;
  life.seller_at = now_ + Tick{procedure_.abandoned_after.seconds} * kSecond;
  put(life.seller_at, Wake::seller, slot);
}

/// So long without a word from him that the rules may find the case abandoned.
void World::be_missed(Slot slot) {
  const CaseState& state = slab_.state(slot);
  const bool waits_for_seller = state.turn() == Turn::seller || state.phase() == Phase::closed;
  if (waits_for_seller && !state.has(kAbandoned))
    static_cast<void>(give<CommandKind::find_abandoned>(slot, Party::clock, 0, 0, 0, kFactFacts));
}

void World::settle(Slot slot) {
  Life& life = slab_.life(slot);
  if (life.has(kSettled)) return;
  life.raise(kSettled);
  life.plan = Plan::none;
  life.seller_at = kNoTick;
  end_matter(slot, Quantity::resolved_share);
}

void World::end_matter(Slot slot, Quantity how) {
  Life& life = slab_.life(slot);
  if (life.has(kEnded)) return;
  life.raise(kEnded);
  --open_;
  if (!life.has(kCounted)) return;
  Meter& m = *meter_;
  const bool gave_up = how == Quantity::abandoned_share;
  ++m.ended;
  ++(gave_up ? m.gave_up : how == Quantity::refused_share ? m.refused : m.resolved);
  if (life.has(kSilenced)) ++m.silenced;
  if (life.has(kClosedAlone)) ++m.closed_alone;
  if (life.lives != 0) ++m.restarted;
  if (life.has(kEscalated)) ++m.escalated;
  if (life.has(kAppealedOnce)) ++m.appealed;
  m.messages.add(life.messages);
  m.agents.add(life.agents);
  m.visits.add(life.visits);
  m.elapsed_us.add(static_cast<std::uint64_t>(now_ - life.opened));
  m.desk_us.add(std::uint64_t{life.desk_ms} * 1000);
  m.seller_us.add(std::uint64_t{life.seller_ms} * 1000);
  m.paid.add(how == Quantity::resolved_share ? life.amount : 0);
  m.given_up.add(gave_up ? life.amount : 0);
  m.missed_promises += life.missed;
  const std::size_t reached = life.messages;
  if (reached >= m.reached_message.size()) {
    m.reached_message.resize(reached + 1);
    m.gave_up_at_message.resize(reached + 1);
  }
  ++m.reached_message[reached];
  if (gave_up) {
    ++m.gave_up_at_message[reached];
    m.questions_given_up += static_cast<std::uint64_t>(std::popcount(life.unsettled));
  }
  --counted_living_;
  if (stage_ == Stage::ending && counted_living_ == 0) stage_ = Stage::done;
}

/// Nothing will happen to it any more.
void World::free_if_over(Slot slot) {
  Life& life = slab_.life(slot);
  if (life.number == 0 || !life.has(kEnded) || life.has(kDeskHas) || life.plan != Plan::none) return;
  const CaseState& state = slab_.state(slot);
  if (state.phase() != Phase::closed && life.wake_at != kNoTick) return;
  for (std::uint32_t at = life.met_more; at != kNone;) {
    const std::uint32_t next = met_[at].next;
    met_[at].next = met_free_;
    met_free_ = at;
    at = next;
  }
  slab_.give_back(slot);
}

}  // namespace guichet::rehearsal
