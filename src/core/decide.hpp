// The rules: (state, command, procedure) -> events or a refusal. Pure and total; no clock, no text, no
// allocation. One function per command, in the order of the command enum; the table of doors before them
// says who may come in and where the case must stand.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include <guichet/core/calendar.hpp>
#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event_batch.hpp>
#include <guichet/core/evolve.hpp>
#include <guichet/core/procedure.hpp>
#include <guichet/core/refusal.hpp>

namespace guichet {

/// A procedure with the calendars that its allowances name by index.
struct Rules {
  const Procedure* procedure{};
  std::span<const Calendar> calendars;
};

/// Days since 1970. The pauses that other cases of the account have begun count with the lengths of these rules.
constexpr std::uint32_t first_day_for_measures(const CaseState& state, const RestrictionRule& rules,
                                               Contended elsewhere) {
  std::uint32_t first = state.adverse_not_before;
  const auto until = [&first](std::uint16_t day, std::uint16_t days) {
    if (day != 0 && days != 0) first = std::max(first, std::uint32_t{day} + days);
  };
  until(elsewhere.offer, rules.cooling_offer_days);
  until(elsewhere.appeal, rules.cooling_appeal_days);
  return first;
}

namespace deciding {

// Parties and phases as bits, for the table of doors.
inline constexpr std::uint8_t kSeller = 1, kDesk = 2, kThird = 4, kClock = 8;
inline constexpr std::uint8_t kAbsent = 1, kOpen = 2, kDecided = 4, kAppeal = 8, kMediation = 16, kClosed = 32;
inline constexpr std::uint8_t kLiving = kOpen | kDecided | kAppeal | kMediation;
inline constexpr std::uint8_t kKnown = kLiving | kClosed;

/// Who may give a command, and in which phases of the case.
struct Door {
  CommandKind kind{};
  std::uint8_t parties{};
  std::uint8_t phases{};
};

inline constexpr std::array<Door, kCommandKinds> kDoors{{
    {CommandKind::open_case, kSeller, kAbsent},
    {CommandKind::restart_case, kSeller, kAbsent},
    {CommandKind::send_message, kSeller | kDesk | kThird, kKnown},
    {CommandKind::make_note, kDesk, kKnown},
    {CommandKind::ask_question, kSeller | kDesk, kLiving},
    {CommandKind::answer_question, kSeller | kDesk, kLiving},
    {CommandKind::decline_question, kSeller | kDesk, kLiving},
    {CommandKind::withdraw_question, kSeller | kDesk, kLiving},
    {CommandKind::dispute_answer, kSeller, kLiving},
    {CommandKind::assign, kDesk | kClock, kLiving},
    {CommandKind::propose_hand_off, kDesk, kOpen | kAppeal},
    {CommandKind::accept_hand_off, kDesk, kOpen | kAppeal},
    {CommandKind::refuse_hand_off, kDesk | kClock, kOpen | kAppeal},
    {CommandKind::escalate, kSeller | kDesk, kOpen | kAppeal},
    {CommandKind::decide_case, kDesk, kOpen | kAppeal},
    {CommandKind::appeal_decision, kSeller, kDecided | kClosed},
    {CommandKind::refer_to_mediator, kSeller | kDesk, kOpen | kAppeal | kDecided | kClosed},
    {CommandKind::end_mediation, kSeller | kDesk | kThird, kMediation},
    {CommandKind::propose_resolution, kSeller | kDesk, kOpen | kAppeal},
    {CommandKind::accept_resolution, kSeller | kDesk, kOpen | kAppeal},
    {CommandKind::refuse_resolution, kSeller | kDesk, kOpen | kAppeal},
    {CommandKind::close_case, kSeller | kDesk, kOpen | kDecided | kAppeal},
    {CommandKind::reopen_case, kSeller | kDesk, kClosed},
    {CommandKind::find_abandoned, kClock, kOpen | kDecided | kClosed},
    {CommandKind::make_offer, kDesk, kKnown},
    {CommandKind::accept_offer, kSeller, kKnown},
    {CommandKind::refuse_offer, kSeller, kKnown},
    {CommandKind::announce_restriction, kDesk, kKnown},
    {CommandKind::apply_restriction, kDesk, kKnown},
    {CommandKind::contest_restriction, kSeller, kKnown},
    {CommandKind::lift_restriction, kDesk, kKnown},
    {CommandKind::note_cost, kSeller | kDesk | kThird, kKnown},
    {CommandKind::add_exhibit, kSeller | kDesk | kThird, kKnown},
    {CommandKind::change_procedure, kDesk, kKnown | kAbsent},
    {CommandKind::tick, kClock, kKnown},
    {CommandKind::link_case, kSeller | kDesk, kKnown},
}};
consteval bool doors_in_order() {
  for (std::size_t i = 0; i < kDoors.size(); ++i)
    if (static_cast<std::size_t>(kDoors[i].kind) != i) return false;
  return true;
}
static_assert(doors_in_order());

constexpr std::uint8_t party_bit(Party party) {
  switch (party) {
    case Party::nobody: return 0;
    case Party::seller: return kSeller;
    case Party::desk: return kDesk;
    case Party::third: return kThird;
    case Party::clock: return kClock;
  }
  return 0;
}

/// Where a decision is needed: there is none yet, or the one there is has been appealed.
constexpr Refusal undecided(Phase phase) {
  return phase == Phase::under_appeal ? Refusal::appeal_runs : Refusal::not_decided;
}

/// What to say when the case does not stand where the command needs it.
constexpr Refusal wrong_phase(Phase phase, std::uint8_t wanted) {
  switch (phase) {
    case Phase::absent: return Refusal::no_such_case;
    case Phase::closed: return Refusal::case_is_closed;
    case Phase::in_mediation: return Refusal::mediation_runs;
    case Phase::decided:
      return wanted == kAbsent      ? Refusal::case_exists
             : wanted == kClosed    ? Refusal::case_is_not_closed
             : wanted == kMediation ? Refusal::mediation_not_open
                                    : Refusal::already_decided;
    case Phase::open:
    case Phase::under_appeal: break;
  }
  return wanted == kAbsent      ? Refusal::case_exists
         : wanted == kClosed    ? Refusal::case_is_not_closed
         : wanted == kMediation ? Refusal::mediation_not_open
                                : undecided(phase);
}

/// One decision under way: the case as its own events so far have left it, and where they go.
class Ruling {
 public:
  constexpr Ruling(const CaseState& state, const Command& command, const Rules& rules, EventBatch& out)
      : s_(state), c_(command), p_(*rules.procedure), calendars_(rules.calendars), out_(out), start_(out.size()) {}

  constexpr const CaseState& state() const { return s_; }

  constexpr Refusal rule() { return settle(admit(c_.kind)); }
  /// The same for a command whose kind the caller knows when he is compiled.
  template <CommandKind kind>
  constexpr Refusal rule_as() {
    return settle(admit(kind));
  }

 private:
  constexpr Refusal settle(Refusal refusal) {
    if (refusal == Refusal::none && !out_of_time_) return Refusal::none;
    out_.cut(start_);
    return refusal != Refusal::none ? refusal : Refusal::time_out_of_range;
  }

  // ---- what the commands do -------------------------------------------------------------------------

  constexpr Refusal open_case(bool restart) {
    const std::uint8_t matter = c_.aux;
    if (matter >= p_.matters) return Refusal::no_such_matter;
    const MatterRule& m = p_.matter[matter];
    const std::uint32_t amount = restart ? 0U : c_.detail;
    const std::uint8_t level = m.amount_above != 0 && amount >= m.amount_above ? m.level_above : m.level;
    if (level >= p_.levels) return Refusal::no_such_level;
    if (restart && c_.detail == 0) return Refusal::no_such_case;
    emit(EventKind::opened, {.detail = amount, .aux = evolving::narrow(unsigned{matter} | unsigned{level} << 5)});
    if (restart) emit(EventKind::restarted, {.detail = c_.detail});
    if (p_.id) emit(EventKind::procedure_changed, {.detail = p_.id.value});
    start_clock(Clock::first_answer);
    start_clock(Clock::decision);
    start_clock(Clock::level);
    cool(p_.restrictions.cooling_claim_days);
    return Refusal::none;
  }

  constexpr Refusal send_message() {
    const unsigned asks = c_.aux;
    const auto answers = static_cast<std::uint16_t>(c_.detail);
    if (asks > 15) return Refusal::too_many_questions;
    if (c_.party == Party::third) {
      if (s_.phase() != Phase::in_mediation) return Refusal::mediation_not_open;
      if (asks != 0 || answers != 0) return Refusal::no_such_question;
      emit(EventKind::message_sent, {.detail = c_.detail >> 16});
      return Refusal::none;
    }
    return c_.party == Party::seller ? seller_writes(asks, answers) : desk_writes(asks, answers);
  }

  constexpr Refusal seller_writes(unsigned asks, std::uint16_t answers) {
    if ((answers & ~unsigned{s_.desk_open}) != 0) return Refusal::no_such_question;
    const std::uint16_t asked = free_slots(s_.seller_open, s_.seller_answered, asks);
    if (std::popcount(asked) != static_cast<int>(asks)) return Refusal::too_many_questions;
    // Words alone do not undo a decision and the time to appeal it; a case closed otherwise lives again.
    if (s_.phase() == Phase::closed && !(s_.has(kHasDecision) && p_.reopening.kind == Reopening::Kind::same_case))
      if (const Refusal refusal = reopen(); refusal != Refusal::none) return refusal;
    const bool passes = evolving::answerable(s_);
    emit(EventKind::message_sent, {.detail = c_.detail >> 16, .aux = message_aux(asks, passes)});
    if (answers != 0) emit(EventKind::question_answered, {.detail = answers});
    if (asked != 0) emit(EventKind::question_asked, {.detail = asked});
    if (passes) desk_to_move();
    return Refusal::none;
  }

  constexpr Refusal desk_writes(unsigned asks, std::uint16_t answers) {
    if (s_.phase() == Phase::closed) return Refusal::case_is_closed;
    if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    if ((answers & ~unsigned{s_.seller_open}) != 0) return Refusal::no_such_question;
    const std::uint16_t asked = free_slots(s_.desk_open, 0, asks);
    if (std::popcount(asked) != static_cast<int>(asks)) return Refusal::too_many_questions;
    // An answer that leaves a question of the seller open is no answer, unless it asks back.
    const bool whole = !p_.answers.cover_every_question || (s_.seller_open & ~unsigned{answers}) == 0;
    const bool passes = desk_owes_an_answer() && (whole || asks != 0);
    if (passes) stop_answer_clock();
    emit(EventKind::message_sent, {.detail = c_.detail >> 16, .aux = message_aux(asks, passes)});
    if (answers != 0) emit(EventKind::question_answered, {.detail = answers});
    if (asked != 0) emit(EventKind::question_asked, {.detail = asked});
    if (passes) seller_to_move(asks != 0);
    return Refusal::none;
  }

  constexpr Refusal make_note() {
    emit(EventKind::note_made, {.detail = c_.detail});
    return Refusal::none;
  }

  constexpr Refusal ask_question() {
    const bool by_seller = c_.party == Party::seller;
    const unsigned asks = c_.aux;
    if (asks == 0) return Refusal::no_such_question;
    const std::uint16_t asked =
        by_seller ? free_slots(s_.seller_open, s_.seller_answered, asks) : free_slots(s_.desk_open, 0, asks);
    if (asks > 15 || std::popcount(asked) != static_cast<int>(asks)) return Refusal::too_many_questions;
    if (!by_seller)
      if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    const bool passes = by_seller ? evolving::answerable(s_) : desk_owes_an_answer();
    if (passes && !by_seller) stop_answer_clock();
    emit(EventKind::question_asked, {.detail = asked});
    if (!passes) return Refusal::none;
    if (by_seller)
      desk_to_move();
    else
      seller_to_move(true);
    return Refusal::none;
  }

  /// Ticking questions: the desk's turn passes with its next message, the seller's with the last question.
  constexpr Refusal answer_question(EventKind kind) {
    const auto set = static_cast<std::uint16_t>(c_.detail);
    const std::uint16_t open = c_.party == Party::seller ? s_.desk_open : s_.seller_open;
    if (set == 0 || c_.detail > 0xFFFF || (set & ~unsigned{open}) != 0) return Refusal::no_such_question;
    if (kind == EventKind::question_declined && !fact(kFactReason)) return Refusal::reason_missing;
    if (c_.party == Party::desk)
      if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    emit(kind, {.detail = set});
    if (c_.party == Party::seller && s_.phase() == Phase::decided) desk_to_move();
    if (c_.party == Party::seller) nothing_more_asked();
    return Refusal::none;
  }

  constexpr Refusal withdraw_question() {
    const auto set = static_cast<std::uint16_t>(c_.detail);
    const unsigned own = c_.party == Party::seller ? unsigned{s_.seller_open} : unsigned{s_.desk_open};
    if (set == 0 || c_.detail > 0xFFFF || (set & ~own) != 0) return Refusal::no_such_question;
    emit(EventKind::question_withdrawn, {.detail = set});
    if (c_.party == Party::desk) nothing_more_asked();
    return Refusal::none;
  }

  constexpr Refusal dispute_answer() {
    const auto set = static_cast<std::uint16_t>(c_.detail);
    if (set == 0 || c_.detail > 0xFFFF || (set & ~unsigned{s_.seller_answered}) != 0) return Refusal::no_such_question;
    emit(EventKind::question_disputed, {.detail = set});
    if (evolving::answerable(s_)) desk_to_move();
    return Refusal::none;
  }

  constexpr Refusal assign() {
    const ActorId to{c_.detail};
    // Whoever works here no longer keeps no case, not even where there is nobody else to give it to.
    const bool gone = s_.owner && fact(kFactGone);
    if (!to && !(gone && c_.party == Party::clock)) return Refusal::nobody_named;
    if (c_.aux > static_cast<std::uint8_t>(AssignReason::left)) return Refusal::no_such_value;
    if (to == s_.owner) return Refusal::same_person;
    if (s_.owner && !gone && p_.assignment.mode == AssignMode::keep_owner) {
      const bool substitute = static_cast<AssignReason>(c_.aux) == AssignReason::substitute;
      if (!substitute || !p_.assignment.substitute || !fact(kFactOwnerAbsent)) return Refusal::owner_is_kept;
    }
    const bool fresh_eyes = s_.phase() == Phase::under_appeal && p_.appeal.different_person;
    const bool other_than_before = fresh_eyes || p_.ladder[s_.level()].different_person;
    if (to && fresh_eyes && to == s_.decider) return Refusal::same_person;
    if (!s_.owner && other_than_before && to == s_.other_person) return Refusal::same_person;
    emit(EventKind::assigned, {.detail = to.value, .aux = c_.aux});
    return Refusal::none;
  }

  constexpr Refusal propose_hand_off() {
    const ActorId to{c_.detail};
    if (!s_.owner) return Refusal::no_owner_yet;
    if (c_.actor != s_.owner) return Refusal::not_yours;
    if (!to) return Refusal::nobody_named;
    if (to == s_.owner) return Refusal::same_person;
    if (s_.phase() == Phase::under_appeal && p_.appeal.different_person && to == s_.decider)
      return Refusal::same_person;
    if (s_.hand_off_pending()) return Refusal::hand_off_pending;
    const HandOffRule& h = p_.hand_off;
    if (h.count_max != 0 && s_.hand_offs >= h.count_max) return Refusal::too_many_hand_offs;
    if (c_.aux > static_cast<std::uint8_t>(HandOffReason::other)) return Refusal::no_such_value;
    if (h.reason_needed && c_.aux == 0) return Refusal::hand_off_reason_missing;
    if (h.summary_needed && !fact(kFactSummary)) return Refusal::hand_off_summary_missing;
    const bool questions = (s_.seller_open | s_.desk_open) != 0;
    if (h.open_questions_needed && questions && !fact(kFactQuestionsListed)) return Refusal::hand_off_questions_missing;
    emit(EventKind::hand_off_proposed, {.detail = to.value, .aux = c_.aux});
    if (h.acceptance_needed) {
      start_clock(Clock::acceptance);
    } else {
      const AssignReason reason = static_cast<HandOffReason>(c_.aux) == HandOffReason::speciality
                                      ? AssignReason::speciality
                                      : AssignReason::next_available;
      emit(EventKind::assigned, {.detail = to.value, .aux = static_cast<std::uint8_t>(reason)});
    }
    return Refusal::none;
  }

  constexpr Refusal accept_hand_off() {
    if (!s_.hand_off_pending()) return Refusal::no_hand_off;
    if (c_.actor != s_.other_person) return Refusal::not_yours;
    emit(EventKind::hand_off_accepted, {.detail = s_.owner.value});
    return Refusal::none;
  }

  constexpr Refusal refuse_hand_off() {
    if (!s_.hand_off_pending()) return Refusal::no_hand_off;
    if (c_.party == Party::clock) {
      if (!fact(kFactGone)) return Refusal::nothing_is_due;
      emit(EventKind::hand_off_lapsed, {.detail = s_.other_person.value});
      return Refusal::none;
    }
    if (c_.actor != s_.other_person) return Refusal::not_yours;
    if (p_.hand_off.reason_needed && !fact(kFactReason)) return Refusal::reason_missing;
    emit(EventKind::hand_off_refused, {.detail = s_.other_person.value});
    return Refusal::none;
  }

  constexpr Refusal escalate() {
    const bool by_seller = c_.party == Party::seller;
    if (s_.level() + 1 >= p_.levels) return Refusal::ladder_is_exhausted;
    if (!may_climb(by_seller ? kBySeller : kByDesk)) return Refusal::not_your_ladder;
    if (!by_seller && p_.assignment.only_owner_answers && s_.owner && c_.actor != s_.owner && !fact(kFactOversees))
      return Refusal::not_yours;
    climb();
    if (by_seller) cool(p_.restrictions.cooling_appeal_days);
    return Refusal::none;
  }

  constexpr Refusal decide_case() {
    const DecisionRule& d = p_.decision;
    if (c_.aux > static_cast<std::uint8_t>(Decided::refused)) return Refusal::no_such_value;
    if (d.person_needed && (fact(kFactAutomatic) || !c_.actor)) return Refusal::person_missing;
    if (s_.phase() == Phase::under_appeal && p_.appeal.different_person && c_.actor == s_.decider)
      return Refusal::same_person;
    if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    if (d.facts_needed && !fact(kFactFacts)) return Refusal::facts_missing;
    if (d.ground_needed && !fact(kFactGround)) return Refusal::ground_missing;
    if (d.redress_needed && !fact(kFactRedress)) return Refusal::redress_missing;
    if (d.covers_questions && s_.seller_open != 0) return Refusal::questions_open;
    settle_by(static_cast<Decided>(c_.aux));
    return Refusal::none;
  }

  constexpr Refusal appeal_decision() {
    if (!s_.has(kHasDecision)) return Refusal::not_decided;
    if (!p_.appeal.allowed) return Refusal::appeal_is_not_offered;
    if (s_.has(kAppealed)) return Refusal::appeal_is_exhausted;
    if (p_.clock(Clock::appeal_window).allowance && !s_.runs(Clock::appeal_window)) return Refusal::appeal_is_too_late;
    emit(EventKind::appealed, {});
    start_clock(Clock::appeal_decision);
    start_clock(Clock::level);
    cool(p_.restrictions.cooling_appeal_days);
    return Refusal::none;
  }

  constexpr Refusal refer_to_mediator() {
    if (p_.mediation.mediators == 0) return Refusal::no_mediator_named;
    if ((p_.mediation.by & (c_.party == Party::seller ? kBySeller : kByDesk)) == 0) return Refusal::wrong_party;
    // Mediation is voluntary (P2B art. 12(4)), and it stops the desk's clocks: the desk cannot take it alone.
    if (c_.party == Party::desk && !fact(kFactSellerAgrees)) return Refusal::seller_has_not_agreed;
    if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    if (s_.phase() == Phase::under_appeal) return Refusal::appeal_runs;
    if (s_.phase() == Phase::open && !p_.mediation.before_decision) return Refusal::mediation_too_early;
    if (s_.phase() == Phase::closed && !s_.has(kHasDecision)) return Refusal::case_is_closed;
    emit(EventKind::referred_to_mediator, {.detail = c_.detail});
    start_clock(Clock::mediation);
    return Refusal::none;
  }

  constexpr Refusal end_mediation() {
    if (c_.aux >= static_cast<std::uint8_t>(MediationEnd::lapsed)) return Refusal::no_such_value;
    const auto end = static_cast<MediationEnd>(c_.aux);
    // Either side may leave; only the mediator can say that both agreed.
    if (end == MediationEnd::agreement && c_.party != Party::third) return Refusal::wrong_party;
    finish_mediation(end);
    return Refusal::none;
  }

  constexpr Refusal propose_resolution() {
    const bool by_desk = c_.party == Party::desk;
    if (by_desk) {
      if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
      if (p_.answers.cover_every_question && s_.seller_open != 0) return Refusal::questions_open;
      stop_answer_clock();
    }
    emit(EventKind::resolution_proposed, {});
    if (by_desk)
      seller_to_move(true);
    else
      desk_to_move();
    return Refusal::none;
  }

  constexpr Refusal accept_resolution() {
    if (const Refusal refusal = proposal_of_the_other(); refusal != Refusal::none) return refusal;
    if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    emit(EventKind::resolution_accepted, {});
    if (closes_by(Ground::agreement, c_.party == Party::desk ? kByDesk : kBySeller))
      close(Ground::agreement);
    else
      desk_to_move();
    return Refusal::none;
  }

  constexpr Refusal refuse_resolution() {
    if (const Refusal refusal = proposal_of_the_other(); refusal != Refusal::none) return refusal;
    if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    emit(EventKind::resolution_refused, {});
    desk_to_move();
    return Refusal::none;
  }

  constexpr Refusal close_case() {
    if (c_.aux >= kGrounds) return Refusal::no_such_value;
    const auto ground = static_cast<Ground>(c_.aux);
    const bool by_desk = c_.party == Party::desk;
    const ClosingRight& right = p_.right(ground);
    if (!closes_by(ground, by_desk ? kByDesk : kBySeller)) return Refusal::no_right_to_close;
    switch (ground) {
      case Ground::agreement: return Refusal::no_proposal;  // an agreement closes when it is accepted
      case Ground::decision:
        if (s_.phase() != Phase::decided) return undecided(s_.phase());
        break;
      case Ground::seller_wish:
        if (by_desk) return Refusal::wrong_party;
        break;
      case Ground::seller_silence:
        if (!by_desk) return Refusal::wrong_party;
        if (!seller_is_silent()) return Refusal::nothing_is_due;
        if (s_.notices() < right.notices) return Refusal::notices_missing;
        break;
      case Ground::desk_alone:
        if (!by_desk) return Refusal::wrong_party;
        break;
    }
    if (by_desk) {
      if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
      if (const Refusal refusal = still_waits(right); refusal != Refusal::none) return refusal;
    }
    close(ground);
    return Refusal::none;
  }

  constexpr Refusal reopen_case() {
    // The seller may have a decision looked at anew; the desk may not undo its own.
    if (c_.party == Party::desk && s_.has(kHasDecision)) return Refusal::already_decided;
    if (const Refusal refusal = reopen(); refusal != Refusal::none) return refusal;
    desk_to_move();
    return Refusal::none;
  }

  constexpr Refusal find_abandoned() {
    if (!fact(kFactFacts) || !p_.abandoned_after || s_.has(kAbandoned) || s_.turn() == Turn::desk)
      return Refusal::not_abandoned;
    emit(EventKind::abandoned, {});
    return Refusal::none;
  }

  constexpr Refusal make_offer() {
    if (!p_.offers.recorded) return Refusal::offers_are_not_recorded;
    if ((c_.aux & p_.offers.conditions_barred) != 0) return Refusal::condition_is_barred;
    if (c_.aux > (kOfferSilence | kOfferWithdrawal | kOfferWaiver)) return Refusal::no_such_value;
    if (s_.has(kOfferOpen)) return Refusal::offer_is_open;
    if (const Refusal refusal = may_speak(); refusal != Refusal::none) return refusal;
    emit(EventKind::offer_made, {.detail = c_.detail, .aux = c_.aux});
    start_clock(Clock::offer);
    cool(p_.restrictions.cooling_offer_days);
    return Refusal::none;
  }

  constexpr Refusal accept_offer() {
    if (!s_.has(kOfferOpen)) return Refusal::no_offer;
    emit(EventKind::offer_accepted, {});
    if (s_.phase() != Phase::closed && closes_by(Ground::agreement, kBySeller)) close(Ground::agreement);
    return Refusal::none;
  }

  constexpr Refusal refuse_offer() {
    if (!s_.has(kOfferOpen)) return Refusal::no_offer;
    emit(EventKind::offer_refused, {});
    cool(p_.restrictions.cooling_offer_days);
    return Refusal::none;
  }

  constexpr Refusal announce_restriction() {
    if (const Refusal refusal = restriction_reasons(); refusal != Refusal::none) return refusal;
    emit(EventKind::restriction_announced, {.detail = c_.detail, .aux = c_.aux});
    cool(terminates() ? std::max(p_.restrictions.notice_days, p_.restrictions.termination_notice_days)
                      : p_.restrictions.notice_days);
    return Refusal::none;
  }

  constexpr Refusal apply_restriction() {
    const bool announced = is_announced();
    const bool announced_first =
        p_.restrictions.announced_first || (terminates() && p_.restrictions.termination_notice_days != 0);
    if (announced_first && !announced) return Refusal::restriction_not_announced;
    if (!announced)
      if (const Refusal refusal = restriction_reasons(); refusal != Refusal::none) return refusal;
    if (c_.aux > static_cast<std::uint8_t>(RestrictionKind::other)) return Refusal::no_such_value;
    const bool early = now() / 86'400U < first_day_for_measures(s_, p_.restrictions, contended(c_));
    if (early && !fact(kFactException)) return Refusal::restriction_too_early;
    emit(EventKind::restriction_took_effect,
         {.detail = c_.detail, .aux = early ? evolving::narrow(c_.aux | kByException) : c_.aux});
    return Refusal::none;
  }

  constexpr Refusal contest_restriction() {
    if (s_.restriction() == Restriction::none) return Refusal::no_restriction;
    // Somebody has to read it: the case lives again where the rules let it, and it may be contested where they do not.
    if (s_.phase() == Phase::closed) static_cast<void>(reopen());
    hand_in(EventKind::restriction_contested, {});
    return Refusal::none;
  }

  constexpr Refusal lift_restriction() {
    if (s_.restriction() == Restriction::none) return Refusal::no_restriction;
    emit(EventKind::restriction_lifted, {});
    return Refusal::none;
  }

  constexpr Refusal note_cost() {
    if (c_.aux > static_cast<std::uint8_t>(CostKind::other)) return Refusal::no_such_value;
    emit(EventKind::cost_noted, {.detail = c_.detail, .aux = c_.aux});
    return Refusal::none;
  }

  constexpr Refusal add_exhibit() {
    if (c_.party == Party::third && s_.phase() != Phase::in_mediation) return Refusal::mediation_not_open;
    if (fact(kFactHandedIn))
      hand_in(EventKind::exhibit_added, {.detail = c_.detail});
    else
      emit(EventKind::exhibit_added, {.detail = c_.detail});
    return Refusal::none;
  }

  constexpr Refusal change_procedure() {
    if (c_.detail == 0 || c_.detail > 0xFFFF) return Refusal::no_such_value;
    const bool opened = s_.phase() != Phase::absent;
    const bool agreed = opened && fact(kFactSellerAgrees);
    if (opened && !agreed && p_.change.open_cases_keep_rules) return Refusal::rules_are_kept;
    if (!agreed && c_.other < p_.change.notice_days) return Refusal::notice_too_short;
    emit(EventKind::procedure_changed, {.detail = c_.detail});
    return Refusal::none;
  }

  constexpr Refusal tick() {
    if (c_.aux >= kClocks) return Refusal::no_such_value;
    const auto clock = static_cast<Clock>(c_.aux);
    if (!s_.runs(clock)) return Refusal::nothing_is_due;
    const DueSecond due = s_.due_second(clock);
    if (now() >= due) {
      run_out(clock);
      return Refusal::none;
    }
    const ClockRule& rule = p_.clock(clock);
    const unsigned sent = reminders_sent(clock);
    if (sent >= rule.reminders || sent >= kRemindersMax) return Refusal::nothing_is_due;
    if (std::uint64_t{now()} + rule.before[sent] < due) return Refusal::nothing_is_due;
    emit(EventKind::clock_reminded, {.aux = evolving::narrow(sent + 1), .clock = clock});
    return Refusal::none;
  }

  constexpr Refusal link_case() {
    if (c_.detail == 0 || c_.detail == c_.case_id.value) return Refusal::no_such_case;
    if (c_.aux > static_cast<std::uint8_t>(Link::withdrawn)) return Refusal::no_such_value;
    emit(EventKind::linked, {.detail = c_.detail, .aux = c_.aux});
    return Refusal::none;
  }

  // ---- what happens when a clock runs out ----------------------------------------------------------

  constexpr void run_out(Clock clock) {
    emit(EventKind::went_overdue, {.clock = clock});
    // What a clock ends by itself, whatever else the procedure attaches to it.
    switch (clock) {
      case Clock::acceptance: emit(EventKind::hand_off_lapsed, {.detail = s_.other_person.value}); break;
      case Clock::offer: emit(EventKind::offer_lapsed, {}); return;
      case Clock::mediation: finish_mediation(MediationEnd::lapsed); return;
      case Clock::appeal_window: decision_stands(); return;
      case Clock::seller_reply: seller_was_silent(); return;
      case Clock::reopening:
      case Clock::cooling: return;
      case Clock::first_answer:
      case Clock::next_answer:
      case Clock::decision:
      case Clock::appeal_decision:
      case Clock::level: break;
    }
    apply(p_.clock(clock).effect, clock);
  }

  constexpr void apply(Effect effect, Clock clock) {
    switch (effect) {
      case Effect::nothing:
      case Effect::hand_back:
      case Effect::close: break;
      case Effect::remind:
        emit(EventKind::clock_reminded, {.aux = 1, .clock = clock});
        start_again(clock);
        break;
      case Effect::escalate:
        if (may_climb(kByClock))
          climb();
        else if (p_.at_the_top != Effect::escalate)
          apply(p_.at_the_top, clock);
        break;
      case Effect::grant:
        // What is decided cannot be granted again: whoever did not answer loses the case instead.
        if (evolving::handled(s_))
          settle_by(Decided::granted_by_silence);
        else
          apply(Effect::reassign, clock);
        break;
      case Effect::reassign:
        if (s_.owner) emit(EventKind::assigned, {.aux = static_cast<std::uint8_t>(AssignReason::timer)});
        start_again(clock);
        break;
    }
  }

  /// The same time again, but not for a hand-off, which has lapsed with its clock.
  constexpr void start_again(Clock clock) {
    if (clock != Clock::acceptance) start_clock(clock);
  }

  /// Nobody appealed. Where the file closes such a case and words of the seller still wait for the desk, the
  /// window stays open as long again.
  constexpr void decision_stands() {
    if (s_.phase() != Phase::decided || !closes_by(Ground::decision, kByClock)) return;
    const bool answer_is_due = s_.due[static_cast<std::size_t>(DueSlot::answer)] != 0;
    if (!answer_is_due && still_waits(p_.right(Ground::decision)) == Refusal::none)
      close(Ground::decision);
    else
      start_clock(Clock::appeal_window);
  }

  /// Closed, where the file gives that right and its conditions are met; otherwise the desk has to act.
  constexpr void seller_was_silent() {
    const ClosingRight& right = p_.right(Ground::seller_silence);
    const Effect effect = p_.clock(Clock::seller_reply).effect;
    const bool met = closes_by(Ground::seller_silence, kByClock) && s_.notices() >= right.notices &&
                     still_waits(right) == Refusal::none;
    if (effect == Effect::close && met)
      close(Ground::seller_silence);
    else if (effect == Effect::escalate && may_climb(kByClock))
      climb();
    else
      start_answer_clock();
  }

  // ---- what several commands share -------------------------------------------------------------------

  struct Extra {
    std::uint32_t detail{};
    std::uint8_t aux{};
    Clock clock{};
  };

  constexpr void emit(EventKind kind, Extra extra) {
    const Event& event = out_.append(Event{.at = c_.at,
                                           .case_id = c_.case_id,
                                           .actor = c_.actor,
                                           .text = carries_text(kind) ? c_.text : TextId{},
                                           .detail = extra.detail,
                                           .version = Version{s_.version.value + 1},
                                           .kind = kind,
                                           .party = c_.party,
                                           .clock = extra.clock,
                                           .aux = extra.aux});
    evolve_in_place(s_, event);
  }

  /// The command's text belongs to the act itself, not to the clocks it moves nor to what a case opens after and under.
  constexpr bool carries_text(EventKind kind) const {
    if (kind == EventKind::procedure_changed) return c_.kind == CommandKind::change_procedure;
    return kind != EventKind::clock_started && kind != EventKind::clock_stopped && kind != EventKind::question_asked &&
           kind != EventKind::question_answered && kind != EventKind::reopened && kind != EventKind::closed &&
           kind != EventKind::restarted;
  }

  constexpr void start_clock(Clock clock) {
    const Allowance allowance = clock == Clock::level       ? p_.ladder[s_.level()].stay_max
                                : clock == Clock::reopening ? p_.reopening.within
                                                            : p_.clock(clock).allowance;
    if (allowance) run_clock(clock, allowance);
  }

  constexpr void run_clock(Clock clock, Allowance allowance) {
    const DueSecond from = second_at_or_after(c_.at);
    std::uint64_t due = std::uint64_t{from} + allowance.seconds;
    if (allowance.kind == Allowance::Kind::working)
      due = allowance.calendar < calendars_.size() ? calendars_[allowance.calendar].after(from, allowance.seconds) : 0;
    if (due < from || due > 0xFFFF'FFFF) {
      out_of_time_ = true;
      return;
    }
    emit(EventKind::clock_started, {.detail = static_cast<std::uint32_t>(due - from), .clock = clock});
  }

  constexpr void start_answer_clock() { start_clock(s_.has(kAnswered) ? Clock::next_answer : Clock::first_answer); }
  constexpr void go_on_with_answer_clock(DueSecond due) {
    const DueSecond from = second_at_or_after(c_.at);
    emit(EventKind::clock_started, {.detail = due > from ? due - from : 0U,
                                    .clock = s_.has(kAnswered) ? Clock::next_answer : Clock::first_answer});
  }
  constexpr void stop_answer_clock() {
    const Clock clock = s_.has(kAnswered) ? Clock::next_answer : Clock::first_answer;
    if (s_.runs(clock)) emit(EventKind::clock_stopped, {.clock = clock});
  }

  /// What the seller hands in without a message calls for an answer as a message does.
  constexpr void hand_in(EventKind kind, Extra extra) {
    const bool passes = c_.party == Party::seller && evolving::answerable(s_);
    if (passes) extra.aux = kTurnPasses;
    emit(kind, extra);
    if (passes) desk_to_move();
  }

  /// A running clock of the desk is not started anew by one more message of the seller.
  constexpr void desk_to_move() {
    if (s_.runs(Clock::seller_reply)) emit(EventKind::clock_stopped, {.clock = Clock::seller_reply});
    if (s_.due[static_cast<std::size_t>(DueSlot::answer)] == 0) start_answer_clock();
  }
  /// Once the seller has dealt with the last question, or the desk has taken it back, the desk has to act.
  constexpr void nothing_more_asked() {
    if (evolving::handled(s_) && s_.turn() == Turn::desk) desk_to_move();
  }
  /// While a case is handled the desk always speaks to the point; after a decision only when it was asked.
  constexpr bool desk_owes_an_answer() const {
    return evolving::handled(s_) || (evolving::answerable(s_) && s_.turn() == Turn::desk);
  }
  /// A decided case waits for nobody: the seller's silence ends nothing there.
  constexpr void seller_to_move(bool asked) {
    if (!evolving::handled(s_)) return;
    switch (p_.answers.reply_clock_starts) {
      case Answers::ReplyClockStarts::never: return;
      case Answers::ReplyClockStarts::on_question:
        if (!asked) return;
        break;
      case Answers::ReplyClockStarts::on_any_message: break;
    }
    start_clock(Clock::seller_reply);
  }

  constexpr bool may_climb(std::uint8_t by) const {
    return s_.level() + 1 < p_.levels && (p_.ladder[s_.level() + 1U].may_climb_here & by) != 0;
  }
  constexpr void climb() {
    const std::uint8_t from = s_.level();
    const DueSecond promised = s_.due[static_cast<std::size_t>(DueSlot::answer)];
    emit(EventKind::escalated, {.detail = from + 1U, .aux = from});
    // The desk puts off no promise by its own climb: the one that ran goes on.
    if (c_.party == Party::desk && promised != 0)
      go_on_with_answer_clock(promised);
    else
      start_answer_clock();
    if (evolving::handled(s_)) start_clock(Clock::level);
  }

  /// By a person or by the desk's silence: a decision is a decision, and may be appealed alike.
  constexpr void settle_by(Decided outcome) {
    emit(EventKind::decided, {.aux = static_cast<std::uint8_t>(outcome)});
    open_appeal_window();
  }

  constexpr bool closes_by(Ground ground, std::uint8_t by) const { return (p_.right(ground).by & by) != 0; }
  /// What of the seller's waits for the desk, where that keeps a case open.
  constexpr Refusal still_waits(const ClosingRight& right) const {
    if (right.unread_blocks && s_.has(kUnread)) return Refusal::unread_message;
    if (right.open_questions_block && s_.seller_open != 0) return Refusal::questions_open;
    return Refusal::none;
  }
  /// His clock has run out, whether it has been rung or not, and he has not acted since.
  constexpr bool seller_is_silent() const {
    return s_.seller_silent() || (s_.runs(Clock::seller_reply) && now() >= s_.due_second(Clock::seller_reply));
  }
  constexpr void close(Ground ground) {
    emit(EventKind::closed, {.aux = static_cast<std::uint8_t>(ground)});
    if (p_.reopening.kind == Reopening::Kind::same_case) start_clock(Clock::reopening);
  }

  /// For seller and desk alike: the case lives on under its number where the procedure keeps it.
  constexpr Refusal reopen() {
    if (p_.reopening.kind == Reopening::Kind::new_case) return Refusal::starts_from_zero;
    if (p_.reopening.within && !s_.runs(Clock::reopening)) return Refusal::reopening_is_over;
    emit(EventKind::reopened, {});
    start_clock(Clock::decision);
    start_clock(Clock::level);
    return Refusal::none;
  }

  constexpr void finish_mediation(MediationEnd end) {
    const bool window_waits = s_.window_waits();
    emit(EventKind::mediation_ended, {.aux = static_cast<std::uint8_t>(end)});
    if (end == MediationEnd::agreement && p_.right(Ground::agreement).by != 0) {
      close(Ground::agreement);
    } else if (s_.phase() == Phase::open) {
      start_answer_clock();
      start_clock(Clock::decision);
      start_clock(Clock::level);
    } else {
      if (window_waits) open_appeal_window();
      if (s_.has(kUnread)) start_answer_clock();
    }
  }

  /// The last decision there is waits as long before the clock closes it, so that words about it find somebody.
  constexpr void open_appeal_window() {
    const bool may_be_appealed = p_.appeal.allowed && !s_.has(kAppealed);
    if (may_be_appealed || closes_by(Ground::decision, kByClock)) start_clock(Clock::appeal_window);
  }

  /// No adverse measure takes effect for `days` from now.
  constexpr void cool(std::uint16_t days) {
    if (days != 0) emit(EventKind::clock_started, {.detail = days * 86'400U, .clock = Clock::cooling});
  }

  /// For every act of the desk towards the seller: the right person, who has read the last message.
  constexpr Refusal may_speak() const {
    if (c_.party != Party::desk) return Refusal::none;
    if (p_.assignment.only_owner_answers) {
      if (!s_.owner) return Refusal::no_owner_yet;
      if (c_.actor != s_.owner) return Refusal::not_yours;
    }
    return seen_is_stale() ? Refusal::seller_has_written : Refusal::none;
  }
  /// `other` is the version the actor had read, for the commands that say so.
  constexpr bool seen_is_stale() const {
    switch (c_.kind) {
      case CommandKind::send_message:
      case CommandKind::decide_case:
      case CommandKind::propose_resolution:
      case CommandKind::accept_resolution:
      case CommandKind::close_case: return c_.other != 0 && c_.other < s_.seller_version.value;
      default: return false;
    }
  }

  constexpr Refusal proposal_of_the_other() const {
    if (s_.proposal() == Proposal::none) return Refusal::no_proposal;
    const bool own = (s_.proposal() == Proposal::by_seller) == (c_.party == Party::seller);
    return own ? Refusal::your_own_proposal : Refusal::none;
  }

  constexpr Refusal restriction_reasons() const {
    if (c_.aux > static_cast<std::uint8_t>(RestrictionKind::other)) return Refusal::no_such_value;
    if (p_.restrictions.facts_needed && !fact(kFactFacts)) return Refusal::facts_missing;
    if (p_.restrictions.ground_needed && !fact(kFactGround)) return Refusal::ground_missing;
    return Refusal::none;
  }

  /// The announcement of another measure does not announce a termination, nor the reverse.
  constexpr bool is_announced() const {
    const Restriction r = s_.restriction();
    if (terminates()) return r == Restriction::termination_announced || r == Restriction::termination_contested;
    return r == Restriction::announced || r == Restriction::announced_contested;
  }
  constexpr bool terminates() const { return c_.aux == static_cast<std::uint8_t>(RestrictionKind::termination); }

  constexpr unsigned reminders_sent(Clock clock) const {
    if (clock == Clock::seller_reply) return s_.notices();
    return s_.reminded >> static_cast<unsigned>(due_slot(clock)) & 1U;
  }

  /// `count` free question slots: the unused first, then those answered and never disputed.
  static constexpr std::uint16_t free_slots(std::uint16_t open, std::uint16_t answered, unsigned count) {
    unsigned chosen = 0;
    for (const unsigned taken : {unsigned{open} | answered, unsigned{open}})
      for (unsigned slot = 0; slot < 16 && static_cast<unsigned>(std::popcount(chosen)) < count; ++slot)
        if (((taken | chosen) >> slot & 1U) == 0) chosen |= 1U << slot;
    return static_cast<std::uint16_t>(chosen);
  }

  static constexpr std::uint8_t message_aux(unsigned asks, bool passes) {
    return evolving::narrow(asks | (passes ? kTurnPasses : 0U));
  }

  constexpr bool fact(std::uint8_t bit) const { return (c_.facts & bit) != 0; }
  constexpr DueSecond now() const { return static_cast<DueSecond>(c_.at.time_since_epoch().count() / 1000); }

  [[gnu::always_inline]] constexpr Refusal admit(CommandKind command) {
    const std::int64_t ms = c_.at.time_since_epoch().count();
    if (ms < 1000 || ms > std::int64_t{0xFFFF'FFFF} * 1000) return Refusal::time_out_of_range;
    const auto kind = static_cast<std::size_t>(command);
    if (kind >= kCommandKinds) return Refusal::no_such_value;
    const Door& door = kDoors[kind];
    if ((door.parties & party_bit(c_.party)) == 0) return Refusal::wrong_party;
    if ((door.phases & 1U << static_cast<unsigned>(s_.phase())) == 0) return wrong_phase(s_.phase(), door.phases);
    switch (command) {
      case CommandKind::open_case: return open_case(false);
      case CommandKind::restart_case: return open_case(true);
      case CommandKind::send_message: return send_message();
      case CommandKind::make_note: return make_note();
      case CommandKind::ask_question: return ask_question();
      case CommandKind::answer_question: return answer_question(EventKind::question_answered);
      case CommandKind::decline_question: return answer_question(EventKind::question_declined);
      case CommandKind::withdraw_question: return withdraw_question();
      case CommandKind::dispute_answer: return dispute_answer();
      case CommandKind::assign: return assign();
      case CommandKind::propose_hand_off: return propose_hand_off();
      case CommandKind::accept_hand_off: return accept_hand_off();
      case CommandKind::refuse_hand_off: return refuse_hand_off();
      case CommandKind::escalate: return escalate();
      case CommandKind::decide_case: return decide_case();
      case CommandKind::appeal_decision: return appeal_decision();
      case CommandKind::refer_to_mediator: return refer_to_mediator();
      case CommandKind::end_mediation: return end_mediation();
      case CommandKind::propose_resolution: return propose_resolution();
      case CommandKind::accept_resolution: return accept_resolution();
      case CommandKind::refuse_resolution: return refuse_resolution();
      case CommandKind::close_case: return close_case();
      case CommandKind::reopen_case: return reopen_case();
      case CommandKind::find_abandoned: return find_abandoned();
      case CommandKind::make_offer: return make_offer();
      case CommandKind::accept_offer: return accept_offer();
      case CommandKind::refuse_offer: return refuse_offer();
      case CommandKind::announce_restriction: return announce_restriction();
      case CommandKind::apply_restriction: return apply_restriction();
      case CommandKind::contest_restriction: return contest_restriction();
      case CommandKind::lift_restriction: return lift_restriction();
      case CommandKind::note_cost: return note_cost();
      case CommandKind::add_exhibit: return add_exhibit();
      case CommandKind::change_procedure: return change_procedure();
      case CommandKind::tick: return tick();
      case CommandKind::link_case: return link_case();
    }
    return Refusal::no_such_value;
  }

  CaseState s_;
  const Command& c_;
  const Procedure& p_;
  std::span<const Calendar> calendars_;
  EventBatch& out_;
  std::size_t start_;
  bool out_of_time_ = false;
};

}  // namespace deciding

/// Appends the events that `command` causes to `out`, at most kEventsPerDecisionMax, which must have
/// room for that many; on a refusal `out` is unchanged.
constexpr Refusal decide(const CaseState& state, const Command& command, const Rules& rules, EventBatch& out) {
  return deciding::Ruling(state, command, rules, out).rule();
}

/// The same for one command at a time.
Refusal decide(const CaseState& state, const Command& command, const Rules& rules, Decision& out);

/// decide, and evolve over what it wrote, in one pass: `state` is the case afterwards.
constexpr Refusal act(CaseState& state, const Command& command, const Rules& rules, EventBatch& out) {
  deciding::Ruling ruling(state, command, rules, out);
  const Refusal refusal = ruling.rule();
  if (refusal == Refusal::none) state = ruling.state();
  return refusal;
}

/// The same for a command whose kind the caller knows when he is compiled; `command.kind` is that kind.
template <CommandKind kind>
constexpr Refusal act(CaseState& state, const Command& command, const Rules& rules, EventBatch& out) {
  deciding::Ruling ruling(state, command, rules, out);
  const Refusal refusal = ruling.template rule_as<kind>();
  if (refusal == Refusal::none) state = ruling.state();
  return refusal;
}

/// When the world should next send `tick` for this clock: its next reminder or its end; kNever when it
/// does not run.
constexpr Instant next_tick(const CaseState& state, Clock clock, const Procedure& procedure) {
  if (!state.runs(clock)) return kNever;
  const ClockRule& rule = procedure.clock(clock);
  const DueSecond due = state.due_second(clock);
  const unsigned sent =
      clock == Clock::seller_reply ? state.notices() : state.reminded >> static_cast<unsigned>(due_slot(clock)) & 1U;
  const bool reminder = sent < rule.reminders && sent < kRemindersMax && rule.before[sent] < due;
  return Instant{Seconds{reminder ? due - rule.before[sent] : due}};
}

}  // namespace guichet
