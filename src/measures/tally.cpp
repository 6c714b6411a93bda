#include <guichet/measures/tally.hpp>

#include <algorithm>
#include <cmath>

#include <guichet/base/random.hpp>

namespace guichet::measures {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kHourMs = 3'600'000;

constexpr std::size_t index_of(Turn turn) { return static_cast<std::size_t>(turn); }

/// What the wait before a closing is filed under: the status, or the activity when there is none.
constexpr std::uint32_t label(const Moment& moment) {
  return moment.status != 0 ? moment.status | kStatusLabel : moment.activity;
}

/// Months since January 1970.
std::int32_t month_of(Instant at) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  return (static_cast<int>(date.year()) - 1970) * 12 + static_cast<std::int32_t>(static_cast<unsigned>(date.month())) -
         1;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Adds the numbers of `from` to those at the same places of `to`.
void add_each(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

template <class T>
T& at_index(std::vector<T>& all, std::size_t index) {
  if (index >= all.size()) all.resize(index + 1);
  return all[index];
}

}  // namespace

struct Tally::InCase {
  std::uint64_t number{};
  Instant began;
  Chain persons, teams;
  std::uint64_t people{}, wrote{};
  // Whose court.
  Turn turn{};
  std::int64_t spell{};
  std::array<std::int64_t, 4> longest{};
  std::array<bool, 4> had{};
  // What happened.
  std::uint64_t messages{};
  Turn turn_before_close{};
  Party last_words{};
  bool seller_after_abandonment = true;  // until something is called abandoned
  bool reopened{}, resolved{}, appealed{}, agreed{}, decided{}, closed{}, closed_undecided{}, restarted{};
  std::uint32_t decision{};  // the last one's activity
  bool looked_at_again{}, examined{}, reversed{};
  std::uint64_t asked{}, answered{}, disputed{}, withdrawn{};
  std::int64_t cents = -1;
  Instant first_person = kNever, first_team = kNever, first_level = kNever, first_decision = kNever,
          first_appeal = kNever;
  Instant settled = kNever, closed_at = kNever;
};

void Tally::Uses::merge(const Uses& other) {
  if (uses_.size() < other.uses_.size()) uses_.resize(other.uses_.size());
  for (std::size_t i = 0; i < other.uses_.size(); ++i) {
    uses_[i].events += other.uses_[i].events;
    uses_[i].cases += other.uses_[i].cases;
    uses_[i].ms += other.uses_[i].ms;
  }
}

std::uint64_t Tally::Uses::distinct() const {
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < uses_.size(); ++i) count += uses_[i].events > 0 ? 1U : 0U;
  return count;
}

void Tally::Chained::add(const Chain& chain, std::int64_t cycle_ms) {
  distinct.add(chain.distinct);
  hand_offs.add(chain.hand_offs);
  adjacent.add(chain.adjacent);
  bounces.add(chain.bounces);
  if (chain.returned) ++returned;
  if (chain.acts == 0) ++without;
  if (chain.acts >= 2) {
    pairs += chain.acts - 1;
    ++cases_with_pairs;
    if (cycle_ms > 0)
      run_share_ppm.push_back(std::llround(static_cast<double>(chain.run_longest) / static_cast<double>(cycle_ms) *
                                           static_cast<double>(kMillion)));
  }
}

void Tally::Chained::merge(const Chained& other) {
  distinct.merge(other.distinct);
  hand_offs.merge(other.hand_offs);
  adjacent.merge(other.adjacent);
  bounces.merge(other.bounces);
  returned += other.returned;
  without += other.without;
  pairs += other.pairs;
  cases_with_pairs += other.cases_with_pairs;
  append(run_share_ppm, other.run_share_ppm);
}

namespace {

/// One more act in a chain. `new_here`: the first of this name in the case; `direct`: the moment just before was
/// somebody else's.
template <class Chain>
bool follow(Chain& chain, std::uint32_t who, Instant at, bool new_here, bool direct) {
  ++chain.acts;
  if (new_here) ++chain.distinct;
  if (who == chain.now) return false;
  if (chain.now != 0) {
    ++chain.hand_offs;
    chain.run_longest = std::max(chain.run_longest, (at - chain.run_began).count());
  }
  if (direct) ++chain.adjacent;
  if (who == chain.before) ++chain.bounces;
  if (!new_here) chain.returned = true;
  chain.before = chain.now;
  chain.now = who;
  chain.run_began = at;
  return true;
}

/// Also when the log does not say for whom somebody acted.
bool of_desk(const Moment& moment) { return moment.party == Party::desk || moment.party == Party::nobody; }

}  // namespace

void Tally::fold_people(const Moment& moment, const Moment* previous, InCase& in) {
  const bool by_desk = of_desk(moment);
  const bool after_desk = previous != nullptr && of_desk(*previous);
  const std::uint32_t person = by_desk ? moment.person : 0;
  const bool new_person = by_desk && persons_.add(person, 0, in.number);
  if (person != 0) {
    const bool direct = after_desk && previous->person != 0 && previous->person != person;
    follow(in.persons, person, moment.at, new_person, direct);
    const bool machine = (moment.flags & kMomentSystem) != 0;
    if (machine) {
      seen_.add(Need::machines);
      if (person >= machines_.size()) machines_.resize(person + 1);
      machines_[person] = true;
    } else {
      if (new_person) ++in.people;
      if (in.first_person == kNever && (moment.party == Party::desk || moment.at > in.began))
        in.first_person = moment.at;
    }
    if (moment.kind == EventKind::message_sent && moment.party == Party::desk) {
      std::uint64_t& last = at_index(wrote_in_case_, person);
      if (last != in.number) ++in.wrote;
      last = in.number;
    }
  }

  const std::uint32_t team = by_desk ? moment.team : 0;
  const bool new_team = by_desk && teams_.add(team, 0, in.number);
  if (team != 0) {
    const bool direct = after_desk && previous->team != 0 && previous->team != team;
    const std::uint32_t left = in.teams.now;
    const Instant since = in.teams.run_began;
    if (follow(in.teams, team, moment.at, new_team, direct)) {
      if (left != 0 && whole_) at_index(team_stays_, left).add((moment.at - since).count());
      if (left != 0 && in.first_team == kNever) in.first_team = moment.at;
    }
  }
}

/// Without branches: whose move it is follows no pattern that a processor could guess.
void Tally::fold_court(const Moment& moment, std::int64_t span, InCase& in) {
  const bool goes_on = moment.turn == in.turn;
  courts_[index_of(in.turn)].spells += goes_on ? 0U : 1U;
  const std::size_t court = index_of(moment.turn);
  in.turn = moment.turn;
  in.spell = (goes_on ? in.spell : 0) + span;
  in.longest[court] = std::max(in.longest[court], in.spell);
  in.had[court] = true;
  courts_[court].ms += span;
}

void Tally::fold_closing(const CaseHistory& history, std::size_t index, InCase& in) {
  const Moment& moment = history.moments[index];
  seen_.add(Need::closings);
  if (index > 0 && !in.closed) in.turn_before_close = history.moments[index - 1].turn;
  const bool agreed = in.agreed || moment.party == Party::seller;
  if (index > 0 && whole_) {
    const Moment& before = history.moments[index - 1];
    closings_.push_back({before.at, moment.at, label(before), label(moment), moment.person});
  }
  in.closed = true;
  in.closed_at = moment.at;
  in.closed_undecided = !in.decided && !agreed;
  if (moment.person != 0 && (moment.flags & kMomentSystem) == 0) {
    auto& [all, undecided] = closers_[moment.person];
    ++all;
    if (in.closed_undecided) ++undecided;
  }
  in.settled = std::min(in.settled, moment.at);
}

void Tally::fold_kind(const CaseHistory& history, std::size_t index, InCase& in) {
  const Moment& moment = history.moments[index];
  if ((moment.flags & kMomentReopens) != 0) {
    seen_.add(Need::reopenings);
    in.reopened = true;
  }
  if ((moment.flags & kMomentResolves) != 0) {
    seen_.add(Need::resolutions);
    in.resolved = true;
    in.settled = std::min(in.settled, moment.at);
  }
  const bool at_work = closes(moment) || moment.kind == EventKind::message_sent || moment.kind == EventKind::decided;
  if (whole_ && at_work && of_desk(moment) && moment.person != 0 && (moment.flags & kMomentSystem) == 0) {
    const auto hour = static_cast<std::uint64_t>(moment.at.time_since_epoch().count() / kHourMs);
    person_hours_in_case_.push_back(std::uint64_t{moment.person} << 32 | (hour & 0xFFFF'FFFFU));
    person_hours_.expect(person_hours_in_case_.back());
  }
  if (closes(moment)) fold_closing(history, index, in);
  if (moment.party == Party::seller) in.seller_after_abandonment = true;
  if ((moment.flags & kMomentAbandons) != 0) {
    seen_.add(Need::abandonments);
    in.seller_after_abandonment = false;
  }
  const auto act = [&](bool restriction) {
    if (restriction) seen_.add(Need::restrictions);
    if (history.facts.seller != 0 && whole_) seller_acts_.push_back({history.facts.seller, moment.at, restriction});
  };
  const std::uint64_t questions = std::max<std::uint64_t>(moment.words, 1);
  switch (moment.kind) {
    case EventKind::message_sent:
      if (moment.party != Party::nobody) seen_.add(Need::messages);
      ++in.messages;
      in.last_words = moment.party;
      break;
    case EventKind::question_asked:
      seen_.add(Need::questions);
      if (moment.party != Party::desk) in.asked += questions;
      break;
    case EventKind::question_answered:
      if (moment.party != Party::seller) in.answered += questions;
      break;
    case EventKind::question_disputed:
      if (moment.party != Party::desk) in.disputed += questions;
      break;
    case EventKind::question_withdrawn:
      if (moment.party != Party::desk) in.withdrawn += questions;
      break;
    case EventKind::hand_off_proposed:
      seen_.add(Need::hand_off_acts);
      ++hand_offs_proposed_;
      break;
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed:
      seen_.add(Need::hand_off_acts);
      ++hand_offs_unaccepted_;
      break;
    case EventKind::clock_started:
      seen_.add(Need::promises);
      ++clocks_;
      break;
    case EventKind::went_overdue:
      seen_.add(Need::promises);
      ++clocks_overdue_;
      break;
    case EventKind::escalated:
      in.first_level = std::min(in.first_level, moment.at);
      in.looked_at_again = in.looked_at_again || in.decision != 0;
      break;
    case EventKind::decided:
      seen_.add(Need::decisions);
      in.decided = true;
      in.first_decision = std::min(in.first_decision, moment.at);
      in.settled = std::min(in.settled, moment.at);
      if (in.looked_at_again) {
        in.examined = true;
        in.reversed = in.reversed || moment.activity != in.decision;
        in.looked_at_again = false;
      }
      in.decision = moment.activity;
      break;
    case EventKind::appealed:
      seen_.add(Need::appeals);
      in.appealed = true;
      in.first_appeal = std::min(in.first_appeal, moment.at);
      in.looked_at_again = in.looked_at_again || in.decision != 0;
      act(false);
      break;
    case EventKind::referred_to_mediator: in.looked_at_again = in.looked_at_again || in.decision != 0; break;
    case EventKind::resolution_accepted: in.agreed = true; break;
    case EventKind::reopened:
      seen_.add(Need::reopenings);
      in.reopened = true;
      break;
    case EventKind::abandoned:
      seen_.add(Need::abandonments);
      in.seller_after_abandonment = false;
      break;
    case EventKind::restarted: in.restarted = true; break;
    case EventKind::opened:
    case EventKind::offer_made:
    case EventKind::offer_refused: act(false); break;
    case EventKind::restriction_announced: act(true); break;
    case EventKind::cost_noted:
      seen_.add(Need::costs);
      in.cents = std::max<std::int64_t>(in.cents, 0) + moment.words;
      break;
    case EventKind::none:
    case EventKind::note_made:
    case EventKind::question_declined:
    case EventKind::assigned:
    case EventKind::hand_off_accepted:
    case EventKind::clock_stopped:
    case EventKind::clock_reminded:
    case EventKind::mediation_ended:
    case EventKind::resolution_proposed:
    case EventKind::resolution_refused:
    case EventKind::closed:
    case EventKind::offer_accepted:
    case EventKind::offer_lapsed:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_contested:
    case EventKind::restriction_lifted:
    case EventKind::exhibit_added:
    case EventKind::procedure_changed:
    case EventKind::linked: break;
  }
}

void Tally::fold(const CaseHistory& history) {
  if (history.moments.empty()) return;
  ++cases_;
  events_ += history.moments.size();
  InCase in;
  in.number = cases_;
  in.began = history.moments.front().at;
  in.turn = history.moments.front().turn;
  std::uint64_t digest = 0;
  std::uint32_t statuses = 0;
  for (std::size_t i = 0; i < history.moments.size(); ++i) {
    const Moment& moment = history.moments[i];
    const std::int64_t span =
        i + 1 < history.moments.size() ? (history.moments[i + 1].at - moment.at).count() : std::int64_t{0};
    activities_.add(moment.activity, span, in.number);
    statuses_.add(moment.status, span, in.number);
    statuses |= moment.status;
    digest = scramble(digest + 0x9e37'79b9'7f4a'7c15U + moment.activity);
    if (whole_) pairs_.insert(std::uint64_t{moment.activity} << 32 | moment.status);
    fold_people(moment, i == 0 ? nullptr : &history.moments[i - 1], in);
    fold_court(moment, span, in);
    if (moment.kind != EventKind::none || moment.flags > kMomentPublic) fold_kind(history, i, in);
  }
  if (whole_) variants_.push_back(digest);
  if (statuses != 0) seen_.add(Need::statuses);
  finish(history, in);
}

void Tally::finish(const CaseHistory& history, InCase& in) {
  const Moment& first = history.moments.front();
  const Moment& last = history.moments.back();
  const std::int64_t cycle = (last.at - first.at).count();
  from_ = std::min(from_, first.at);
  to_ = std::max(to_, last.at);
  if (cycle == 0) ++zero_duration_;
  events_per_case_.add(history.moments.size());
  people_met_.add(in.people);
  wrote_.add(in.wrote);
  if (whole_) keep_of(history, in, cycle);

  ++courts_[index_of(in.turn)].spells;
  for (std::size_t court = 0; court < courts_.size(); ++court)
    if (in.had[court]) {
      if (court != index_of(Turn::nobody)) seen_.add(Need::turns);
      ++courts_[court].cases;
      if (whole_) courts_[court].longest.add(in.longest[court]);
    }
  const std::int64_t desk = in.longest[index_of(Turn::desk)];
  const std::int64_t seller = in.longest[index_of(Turn::seller)];
  if (desk > 0 && seller > 0)
    asymmetries_.push_back(std::log2(static_cast<double>(desk) / static_cast<double>(seller)));

  if (in.persons.acts != 0) seen_.add(Need::persons);
  if (in.teams.acts != 0) seen_.add(Need::teams);
  if (in.reopened) ++reopened_;
  if (in.resolved) ++resolved_;
  if (in.appealed) ++appealed_;
  if (in.closed) {
    ++closed_;
    if (in.closed_undecided) ++closed_undecided_;
  }
  const Turn waiting = in.closed ? in.turn_before_close : last.turn;
  const bool left_unanswered = in.messages > 0 && in.last_words == Party::desk && waiting == Turn::seller &&
                               !in.agreed && !in.decided && (!in.closed || in.closed_undecided);
  if (in.messages > 0 && waiting != Turn::nobody) seen_.add(Need::abandonments);
  const bool abandoned = !in.seller_after_abandonment || left_unanswered;
  if (abandoned) ++abandoned_;
  if (in.messages > 0) {
    ++at_index(by_messages_, in.messages);
    if (abandoned) ++at_index(abandoned_by_messages_, in.messages);
  }
  if (in.asked > in.withdrawn) {
    const std::uint64_t asked = in.asked - in.withdrawn;
    const std::uint64_t answered = std::min(asked, in.answered - std::min(in.answered, in.disputed));
    ++question_cases_;
    questions_ += asked;
    answers_ += answered;
    if (whole_) answered_ppm_.add(static_cast<std::int64_t>(answered * kMillion / asked));
  }
  if (in.examined) ++examined_;
  if (in.reversed) ++reversed_;
  if (history.facts.deadline != kNever) {
    seen_.add(Need::promises);
    ++deadlines_;
    const Instant end = in.settled != kNever ? in.settled : last.at;
    if (end <= history.facts.deadline)
      ++deadlines_kept_;
    else if (whole_)
      late_ms_.add((end - history.facts.deadline).count());
  }
  if (history.facts.seller != 0) seen_.add(Need::sellers);
  ++months_[month_of(first.at)].first;
  ++months_[month_of(in.closed ? in.closed_at : last.at)].second;
}

/// What takes room for every case.
void Tally::keep_of(const CaseHistory& history, InCase& in, std::int64_t cycle) {
  const Moment& first = history.moments.front();
  const Moment& last = history.moments.back();
  cycle_ms_.add(cycle);
  in.persons.run_longest = std::max(in.persons.run_longest, (last.at - in.persons.run_began).count());
  if (in.teams.now != 0) at_index(team_stays_, in.teams.now).add((last.at - in.teams.run_began).count());
  person_chain_.add(in.persons, cycle);
  team_chain_.add(in.teams, cycle);
  if (!in.closed && history.moments.size() > 1) {
    const Moment& before = history.moments[history.moments.size() - 2];
    endings_.push_back({before.at, last.at, label(before), label(last), last.person});
  }
  const auto reach = [&](Sample& sample, Instant at) {
    if (at != kNever) sample.add((at - in.began).count());
  };
  reach(reach_person_, in.first_person);
  reach(reach_team_, in.first_team);
  reach(reach_level_, in.first_level);
  reach(reach_decision_, in.first_decision);
  reach(reach_appeal_, in.first_appeal);
  if (in.cents >= 0) {
    cost_cents_.add(in.cents);
    if (history.facts.amount_cents > 0) cost_ppm_.add(in.cents * kMillion / history.facts.amount_cents);
  }
  if (history.facts.seller != 0) {
    const bool restarted = in.restarted || static_cast<bool>(history.facts.predecessor);
    seller_cases_.push_back(
        {history.facts.seller, history.facts.matter, first.at, in.closed_undecided ? in.closed_at : kNever, restarted});
  }
  for (const std::uint64_t one : person_hours_in_case_) person_hours_.insert(one);
  person_hours_in_case_.clear();
}

void Tally::merge(const Tally& other) {
  cases_ += other.cases_;
  events_ += other.events_;
  from_ = std::min(from_, other.from_);
  to_ = std::max(to_, other.to_);
  seen_.add(other.seen_);
  cycle_ms_.merge(other.cycle_ms_);
  events_per_case_.merge(other.events_per_case_);
  zero_duration_ += other.zero_duration_;
  append(variants_, other.variants_);
  pairs_.merge(other.pairs_);
  activities_.merge(other.activities_);
  statuses_.merge(other.statuses_);
  persons_.merge(other.persons_);
  teams_.merge(other.teams_);
  if (machines_.size() < other.machines_.size()) machines_.resize(other.machines_.size());
  for (std::size_t i = 0; i < other.machines_.size(); ++i)
    if (other.machines_[i]) machines_[i] = true;
  for (std::size_t i = 0; i < other.team_stays_.size(); ++i) at_index(team_stays_, i).merge(other.team_stays_[i]);
  person_chain_.merge(other.person_chain_);
  team_chain_.merge(other.team_chain_);
  people_met_.merge(other.people_met_);
  wrote_.merge(other.wrote_);
  for (std::size_t court = 0; court < courts_.size(); ++court) {
    courts_[court].ms += other.courts_[court].ms;
    courts_[court].spells += other.courts_[court].spells;
    courts_[court].cases += other.courts_[court].cases;
    courts_[court].longest.merge(other.courts_[court].longest);
  }
  append(asymmetries_, other.asymmetries_);
  reopened_ += other.reopened_;
  resolved_ += other.resolved_;
  appealed_ += other.appealed_;
  closed_ += other.closed_;
  closed_undecided_ += other.closed_undecided_;
  abandoned_ += other.abandoned_;
  add_each(by_messages_, other.by_messages_);
  add_each(abandoned_by_messages_, other.abandoned_by_messages_);
  hand_offs_proposed_ += other.hand_offs_proposed_;
  hand_offs_unaccepted_ += other.hand_offs_unaccepted_;
  questions_ += other.questions_;
  answers_ += other.answers_;
  question_cases_ += other.question_cases_;
  answered_ppm_.merge(other.answered_ppm_);
  reach_person_.merge(other.reach_person_);
  reach_team_.merge(other.reach_team_);
  reach_level_.merge(other.reach_level_);
  reach_decision_.merge(other.reach_decision_);
  reach_appeal_.merge(other.reach_appeal_);
  examined_ += other.examined_;
  reversed_ += other.reversed_;
  cost_cents_.merge(other.cost_cents_);
  cost_ppm_.merge(other.cost_ppm_);
  deadlines_ += other.deadlines_;
  deadlines_kept_ += other.deadlines_kept_;
  clocks_ += other.clocks_;
  clocks_overdue_ += other.clocks_overdue_;
  late_ms_.merge(other.late_ms_);
  append(seller_cases_, other.seller_cases_);
  append(seller_acts_, other.seller_acts_);
  append(closings_, other.closings_);
  append(endings_, other.endings_);
  for (const auto& [month, counts] : other.months_) {
    months_[month].first += counts.first;
    months_[month].second += counts.second;
  }
  person_hours_.merge(other.person_hours_);
  for (const auto& [person, counts] : other.closers_) {
    closers_[person].first += counts.first;
    closers_[person].second += counts.second;
  }
}

}  // namespace guichet::measures
