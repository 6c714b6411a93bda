#include "promises.hpp"

#include <algorithm>
#include <array>

#include <guichet/core/names.hpp>

namespace guichet::properties {
namespace {

Instant due_of(const Event& e) { return Instant{Seconds{std::int64_t{second_at_or_after(e.at)} + e.detail}}; }

std::uint8_t by_bit(Party party) {
  switch (party) {
    case Party::seller: return kBySeller;
    case Party::desk: return kByDesk;
    case Party::clock: return kByClock;
    case Party::nobody:
    case Party::third: break;
  }
  return 0;
}

bool is_speech_of_desk(const Event& e) {
  if (e.party != Party::desk) return false;
  switch (e.kind) {
    case EventKind::offer_made:
    case EventKind::message_sent:
    case EventKind::question_asked:
    case EventKind::question_answered:
    case EventKind::question_declined:
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
    case EventKind::decided: return true;
    default: return false;
  }
}

/// Whether an event may follow a closing without the case being taken up again. The seller's words on a
/// decided case leave it closed; on any other they reopen it.
bool may_follow_closing(const Event& e, bool decided) {
  switch (e.kind) {
    case EventKind::note_made:
    case EventKind::reopened:
    case EventKind::appealed:
    case EventKind::referred_to_mediator:
    case EventKind::abandoned:
    case EventKind::offer_made:
    case EventKind::offer_accepted:
    case EventKind::offer_refused:
    case EventKind::offer_lapsed:
    case EventKind::restriction_announced:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_contested:
    case EventKind::restriction_lifted:
    case EventKind::cost_noted:
    case EventKind::exhibit_added:
    case EventKind::procedure_changed:
    case EventKind::linked: return true;
    case EventKind::message_sent: return e.party == Party::third || (e.party == Party::seller && decided);
    case EventKind::question_asked:
    case EventKind::question_answered: return e.party == Party::seller && decided;
    case EventKind::clock_started: return e.clock == Clock::offer || e.clock == Clock::cooling;
    case EventKind::clock_reminded:
    case EventKind::went_overdue:
      return e.clock == Clock::offer || e.clock == Clock::reopening || e.clock == Clock::appeal_window;
    default: return false;
  }
}

/// A closing, against the account as it stood just before it.
std::string unfounded_closing(const Event& e, const Account& account, const Procedure& p, const Command& c) {
  const auto ground = static_cast<Ground>(e.aux);
  const ClosingRight& right = p.right(ground);
  const bool mediated = c.kind == CommandKind::end_mediation;
  if (mediated ? right.by == 0 : (right.by & by_bit(e.party)) == 0) return "closed without the right to";
  const bool blocked =
      (right.unread_blocks && account.unread) || (right.open_questions_block && account.seller_questions != 0);
  const bool by_seller_or_both = e.party == Party::seller || ground == Ground::agreement;
  if (blocked && !by_seller_or_both) return "closed over words of the seller that wait for the desk";
  switch (ground) {
    case Ground::agreement: {
      const bool agreed = mediated || c.kind == CommandKind::accept_resolution || c.kind == CommandKind::accept_offer;
      return agreed ? "" : "closed by agreement, but nobody agreed";
    }
    case Ground::decision: return account.phase == Phase::decided ? "" : "closed on a decision that is not there";
    case Ground::seller_wish: return e.party == Party::seller ? "" : "the seller's wish is not his own";
    case Ground::seller_silence:
      if (e.at < account.seller_due) return "closed for silence, but the seller has acted or still has time";
      return account.notices >= right.notices ? "" : "closed for silence without the notices";
    case Ground::desk_alone: return e.party == Party::desk ? "" : "not the desk alone";
  }
  return "closed on no ground";
}

Allowance allowance_of(Clock clock, const Procedure& p, std::uint8_t level) {
  if (clock == Clock::level) return p.ladder[level].stay_max;
  if (clock == Clock::reopening) return p.reopening.within;
  return p.clock(clock).allowance;
}

/// Whether the due instant is the calendar's, by counting back.
std::string wrong_due(const Event& e, const Rules& rules, std::uint8_t level) {
  if (e.clock == Clock::cooling) return e.detail % 86'400 == 0 ? "" : "a cooling period is not in whole days";
  const Allowance allowance = allowance_of(e.clock, *rules.procedure, level);
  if (allowance.kind == Allowance::Kind::none) return "a clock without allowance was started";
  if (allowance.kind == Allowance::Kind::elapsed)
    return e.detail == allowance.seconds ? "" : "elapsed time is not the allowance";
  const std::uint32_t from = second_at_or_after(e.at);
  const std::uint32_t due = from + e.detail;
  const Calendar& calendar = rules.calendars[allowance.calendar];
  const bool exact = calendar.between(from, due) == allowance.seconds && calendar.between(due - 1, due) == 1;
  return exact ? "" : "working time is not the allowance";
}

bool desk_clock_runs(const CaseState& s) {
  constexpr std::array kOfDesk{Clock::first_answer, Clock::next_answer, Clock::decision, Clock::appeal_decision,
                               Clock::level};
  return std::any_of(kOfDesk.begin(), kOfDesk.end(), [&s](Clock clock) { return s.runs(clock); });
}

}  // namespace

void Account::tell(const Event& e) {
  const bool by_seller = e.party == Party::seller;
  const auto seller_acts = [this] { seller_due = kNever; };
  if (by_seller && e.kind >= EventKind::message_sent && e.kind <= EventKind::question_disputed) {
    unread = unread || (e.kind != EventKind::question_withdrawn);
    if (e.kind == EventKind::message_sent || e.kind == EventKind::question_asked) seller_acts();
  }
  // What he hands in is to be read like his words.
  if (by_seller && (e.kind == EventKind::exhibit_added || e.kind == EventKind::restriction_contested) &&
      (e.aux & kTurnPasses) != 0) {
    unread = true;
    seller_acts();
  }
  if (e.party == Party::desk && (e.kind == EventKind::message_sent || e.kind == EventKind::question_asked))
    unread = false;
  switch (e.kind) {
    case EventKind::opened: phase = Phase::open; break;
    case EventKind::question_asked: (by_seller ? seller_questions : desk_questions) |= e.detail; break;
    case EventKind::question_answered:
    case EventKind::question_declined: (by_seller ? desk_questions : seller_questions) &= ~e.detail; break;
    case EventKind::question_withdrawn: (by_seller ? seller_questions : desk_questions) &= ~e.detail; break;
    case EventKind::question_disputed: seller_questions |= e.detail; break;
    case EventKind::assigned: owner = ActorId{e.detail}; break;
    case EventKind::hand_off_accepted: owner = e.actor; break;
    case EventKind::escalated:
      owner = {};
      seller_acts();
      break;
    case EventKind::decided:
      decider = e.actor;
      phase = Phase::decided;
      has_decision = true;
      unread = false;
      seller_acts();
      break;
    case EventKind::appealed:
      owner = {};
      phase = Phase::under_appeal;
      seller_acts();
      break;
    case EventKind::referred_to_mediator:
      phase = Phase::in_mediation;
      seller_acts();
      break;
    case EventKind::mediation_ended: phase = has_decision ? Phase::decided : Phase::open; break;
    case EventKind::closed:
      phase = Phase::closed;
      unread = false;
      seller_acts();
      break;
    case EventKind::reopened:
      phase = Phase::open;
      has_decision = false;
      break;
    case EventKind::resolution_proposed:
      unread = by_seller;
      if (by_seller) seller_acts();
      break;
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
      if (by_seller)
        seller_acts();
      else
        unread = false;
      break;
    case EventKind::clock_started:
      if (e.clock == Clock::seller_reply) {
        seller_due = due_of(e);
        notices = 0;
      }
      if (e.clock == Clock::cooling) no_harm_before = std::max(no_harm_before, due_of(e));
      break;
    case EventKind::clock_stopped:
      if (e.clock == Clock::seller_reply) seller_acts();
      break;
    case EventKind::clock_reminded:
      if (e.clock == Clock::seller_reply) ++notices;
      break;
    default: break;
  }
}

std::string broken_promise(const Step& step, const Account& before, const Rules& rules, bool desk_is_bound) {
  const Procedure& p = *rules.procedure;
  const Command& c = step.command;
  if (step.refusal != Refusal::none) return step.before == step.after ? "" : "a refused command moved the case";
  if (step.events.empty()) return "an accepted command caused nothing";
  Account account = before;
  CaseState replayed = step.before;
  bool taken_up = step.before.phase() != Phase::closed;
  for (const Event& e : step.events) {
    if (e.version.value != replayed.version.value + 1) return "versions do not follow one another";
    if (e.at != c.at || e.case_id != c.case_id) return "an event of another time or case";
    if (!taken_up && !may_follow_closing(e, step.before.has(kHasDecision)))
      return std::string{name(e.kind)} + " in a closed case";
    taken_up = taken_up || e.kind == EventKind::reopened || e.kind == EventKind::appealed ||
               e.kind == EventKind::referred_to_mediator;
    if (p.assignment.only_owner_answers && is_speech_of_desk(e) && e.actor != account.owner)
      return "somebody else than the owner spoke for the desk";
    if (e.kind == EventKind::decided && account.phase == Phase::under_appeal && p.appeal.different_person &&
        e.party == Party::desk && e.actor == account.decider)
      return "the first decider decided the appeal";
    if (e.kind == EventKind::restriction_took_effect) {
      const bool early = e.at < account.no_harm_before;
      if (early && (c.facts & kFactException) == 0)
        return "an adverse measure took effect in the time of notice or cooling";
      // The time ends with its last day.
      const bool needed = e.at < account.no_harm_before + std::chrono::days{1};
      if (by_exception(e) ? !needed : early)
        return "an event tells of an exception that was not needed, or not of one that was";
    }
    const auto answer = static_cast<std::size_t>(DueSlot::answer);
    // A promise that goes on is due as before, and may be reminded of at once.
    const bool goes_on = c.kind == CommandKind::escalate && c.party == Party::desk && step.before.due[answer] != 0 &&
                         e.kind == EventKind::clock_started && due_slot(e.clock) == DueSlot::answer;
    if (goes_on) {
      if (step.after.due[answer] > std::max(step.before.due[answer], second_at_or_after(c.at)))
        return "the desk put off its promise by climbing";
    } else if (e.kind == EventKind::clock_started) {
      if (std::string wrong = wrong_due(e, rules, replayed.level()); !wrong.empty()) return wrong;
    }
    if (e.kind == EventKind::closed)
      if (std::string wrong = unfounded_closing(e, account, p, c); !wrong.empty()) return wrong;
    evolve_in_place(replayed, e);
    account.tell(e);
    if (e.kind == EventKind::clock_started && !goes_on && replayed.runs(e.clock) &&
        next_tick(replayed, e.clock, p) < e.at)
      return "a clock wants to be rung before it was started";
  }
  if (replayed != step.after) return "the events do not add up to the case";
  if (step.after.owner != account.owner) return "the owner is not who the events say";
  if (step.after.seller_open != account.seller_questions || step.after.desk_open != account.desk_questions)
    return "the open questions are not those that the events say";
  if (desk_is_bound && evolving::handled(step.after) && step.after.turn() == Turn::desk && !desk_clock_runs(step.after))
    return "the desk has to move and no clock of the desk runs";
  if (evolving::handled(step.after) && step.after.turn() == Turn::desk && step.after.runs(Clock::seller_reply))
    return "the seller's clock runs while the desk has to move";
  return "";
}

}  // namespace guichet::properties
