// (state, event) -> state. Total: it never refuses; an event that makes no sense in a state is a broken
// ledger, and verifying says so.
#pragma once

#include <algorithm>

#include <guichet/core/case_state.hpp>
#include <guichet/core/event.hpp>

namespace guichet {

/// Whole seconds since 1970, rounded up; 0 before 1970 and the largest value after 2106.
constexpr DueSecond second_at_or_after(Instant at) {
  const std::int64_t ms = at.time_since_epoch().count();
  if (ms <= 0) return 0;
  return static_cast<DueSecond>(std::min<std::int64_t>((ms - 1) / 1000 + 1, 0xFFFF'FFFF));
}

namespace evolving {

constexpr std::uint8_t narrow(unsigned value) { return static_cast<std::uint8_t>(value); }

constexpr void set_phase(CaseState& s, Phase phase) {
  s.phase_bits = narrow((s.phase_bits & 0xF0U) | static_cast<unsigned>(phase));
}
constexpr void set_turn(CaseState& s, Turn turn) {
  s.phase_bits = narrow((s.phase_bits & 0xCFU) | static_cast<unsigned>(turn) << 4);
}
constexpr void set_proposal(CaseState& s, Proposal proposal) {
  s.phase_bits = narrow((s.phase_bits & 0x3FU) | static_cast<unsigned>(proposal) << 6);
}
constexpr void set_level(CaseState& s, unsigned level) { s.level_bits = narrow((s.level_bits & 0xF8U) | (level & 7U)); }
constexpr void set_notices(CaseState& s, unsigned n) {
  s.level_bits = narrow((s.level_bits & 0x0FU) | std::min(n, 15U) << 4);
}
constexpr void set_seller_silent(CaseState& s, bool silent) {
  s.level_bits = narrow((s.level_bits & ~unsigned{kSellerSilent}) | (silent ? kSellerSilent : 0U));
}
constexpr void set_window_waits(CaseState& s, bool waits) {
  s.reminded = narrow((s.reminded & ~unsigned{kWindowWaits}) | (waits ? kWindowWaits : 0U));
}
constexpr void set_restriction(CaseState& s, Restriction r) {
  s.matter_bits = narrow((s.matter_bits & 0x1FU) | static_cast<unsigned>(r) << 5);
}
constexpr void raise(CaseState& s, std::uint8_t flags) { s.flags = narrow(s.flags | unsigned{flags}); }
constexpr void lower(CaseState& s, std::uint8_t flags) { s.flags = narrow(s.flags & ~unsigned{flags}); }

constexpr void stop(CaseState& s, DueSlot slot) {
  s.due[static_cast<std::size_t>(slot)] = 0;
  s.reminded = narrow(s.reminded & ~(1U << static_cast<unsigned>(slot)));
  if (slot != DueSlot::seller_reply) return;
  set_notices(s, 0);
  set_seller_silent(s, false);
}
/// The clocks that end when the matter itself is settled or taken elsewhere.
constexpr void stop_handling(CaseState& s) {
  for (const DueSlot slot :
       {DueSlot::answer, DueSlot::decision, DueSlot::seller_reply, DueSlot::acceptance, DueSlot::level})
    stop(s, slot);
}
constexpr void start(CaseState& s, const Event& e) {
  const std::uint64_t due = std::uint64_t{second_at_or_after(e.at)} + e.detail;
  if (e.clock == Clock::cooling) {
    const std::uint64_t day = (due + 86'399U) / 86'400U;
    s.adverse_not_before =
        static_cast<std::uint16_t>(std::max<std::uint64_t>(s.adverse_not_before, std::min<std::uint64_t>(day, 0xFFFF)));
    return;
  }
  const DueSlot slot = due_slot(e.clock);
  stop(s, slot);
  s.due[static_cast<std::size_t>(slot)] = static_cast<DueSecond>(std::min<std::uint64_t>(due, 0xFFFF'FFFF));
}
/// The owner is no longer answerable: nobody is, until somebody else is assigned.
constexpr void lose_owner(CaseState& s) {
  if (s.owner) s.other_person = s.owner;
  s.owner = {};
  stop(s, DueSlot::acceptance);
}
constexpr void end_hand_off(CaseState& s) {
  if (s.owner) s.other_person = {};
  stop(s, DueSlot::acceptance);
}
constexpr void take_over(CaseState& s, ActorId by) {
  if (s.owner && s.owner != by && s.hand_offs < 255) ++s.hand_offs;
  s.owner = by;
  s.other_person = {};
  stop(s, DueSlot::acceptance);
}
/// The seller acts: he is neither silent nor gone, and a reply written before this is behind.
constexpr void hear(CaseState& s, const Event& e) {
  s.seller_version = e.version;
  lower(s, kAbandoned);
  set_seller_silent(s, false);
}
/// … and there is something to read.
constexpr void hear_words(CaseState& s, const Event& e) {
  hear(s, e);
  raise(s, kUnread);
}
/// The desk asked or proposed, and nothing of that waits any more.
constexpr bool nothing_left_to_answer(const CaseState& s) {
  return s.desk_open == 0 && s.proposal() != Proposal::by_desk;
}
constexpr bool handled(const CaseState& s) { return s.phase() == Phase::open || s.phase() == Phase::under_appeal; }
/// The seller's words put the desk to move: also once it has decided, and he asks what becomes of it.
constexpr bool answerable(const CaseState& s) { return handled(s) || s.phase() == Phase::decided; }
/// What the seller does instead of writing, where the event says that the desk has to move upon it.
constexpr void hear_turning(CaseState& s, const Event& e) {
  if (e.party != Party::seller || (e.aux & kTurnPasses) == 0) return;
  hear_words(s, e);
  if (handled(s)) set_turn(s, Turn::desk);
}
/// The desk has spoken: the seller's move, where anything is still open.
constexpr void desk_has_spoken(CaseState& s) { set_turn(s, handled(s) ? Turn::seller : Turn::nobody); }

constexpr Restriction contested(Restriction r) {
  switch (r) {
    case Restriction::announced: return Restriction::announced_contested;
    case Restriction::termination_announced: return Restriction::termination_contested;
    case Restriction::in_effect: return Restriction::contested;
    case Restriction::none:
    case Restriction::contested:
    case Restriction::announced_contested:
    case Restriction::termination_contested: break;
  }
  return r;
}

}  // namespace evolving

constexpr void evolve_in_place(CaseState& s, const Event& e) {
  using namespace evolving;
  s.version = e.version;
  const auto set = static_cast<std::uint16_t>(e.detail);
  const auto without = [set](std::uint16_t all) { return static_cast<std::uint16_t>(all & ~unsigned{set}); };
  const auto with = [set](std::uint16_t all) { return static_cast<std::uint16_t>(all | unsigned{set}); };
  switch (e.kind) {
    case EventKind::none: break;
    case EventKind::opened:
      set_phase(s, Phase::open);
      set_turn(s, Turn::desk);
      s.matter_bits = narrow(e.aux & 31U);
      set_level(s, e.aux >> 5);
      break;
    case EventKind::message_sent:
      if (e.party == Party::seller) {
        hear_words(s, e);
        if ((e.aux & kTurnPasses) != 0) set_turn(s, Turn::desk);
      } else if (e.party == Party::desk) {
        lower(s, kUnread);
        if ((e.aux & kTurnPasses) != 0) {
          raise(s, kAnswered);
          desk_has_spoken(s);
          set_seller_silent(s, false);
          stop(s, DueSlot::answer);
        }
      }
      break;
    case EventKind::note_made: break;
    case EventKind::question_asked:
      if (e.party == Party::seller) {
        hear_words(s, e);
        s.seller_open = with(s.seller_open);
        s.seller_answered = without(s.seller_answered);
        if (handled(s)) set_turn(s, Turn::desk);
      } else {
        lower(s, kUnread);
        s.desk_open = with(s.desk_open);
        if (answerable(s)) desk_has_spoken(s);
      }
      break;
    case EventKind::question_answered:
    case EventKind::question_declined:
      if (e.party == Party::seller) {
        hear_words(s, e);
        s.desk_open = without(s.desk_open);
        if (handled(s) && nothing_left_to_answer(s)) set_turn(s, Turn::desk);
      } else {
        s.seller_open = without(s.seller_open);
        s.seller_answered = with(s.seller_answered);
      }
      break;
    case EventKind::question_withdrawn:
      if (e.party == Party::seller) {
        hear(s, e);
        s.seller_open = without(s.seller_open);
        s.seller_answered = without(s.seller_answered);
      } else {
        s.desk_open = without(s.desk_open);
        if (handled(s) && nothing_left_to_answer(s)) set_turn(s, Turn::desk);
      }
      break;
    case EventKind::question_disputed:
      hear_words(s, e);
      s.seller_open = with(s.seller_open);
      s.seller_answered = without(s.seller_answered);
      if (handled(s)) set_turn(s, Turn::desk);
      break;
    case EventKind::assigned:
      if (e.detail == 0)
        lose_owner(s);
      else
        take_over(s, ActorId{e.detail});
      break;
    case EventKind::hand_off_proposed: s.other_person = ActorId{e.detail}; break;
    case EventKind::hand_off_accepted: take_over(s, e.actor); break;
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed: end_hand_off(s); break;
    case EventKind::clock_started:
      start(s, e);
      // After a decision it is the desk's move when its answer is given a time; older ledgers gave none there.
      if (s.phase() == Phase::decided && due_slot(e.clock) == DueSlot::answer) set_turn(s, Turn::desk);
      break;
    case EventKind::clock_stopped:
      if (e.clock != Clock::cooling) stop(s, due_slot(e.clock));
      break;
    case EventKind::clock_reminded:
      if (e.clock == Clock::cooling) break;
      s.reminded = narrow(s.reminded | 1U << static_cast<unsigned>(due_slot(e.clock)));
      if (e.clock == Clock::seller_reply) set_notices(s, e.aux);
      break;
    case EventKind::went_overdue: {
      if (e.clock == Clock::cooling) break;
      const unsigned notices = s.notices();
      stop(s, due_slot(e.clock));
      if (e.clock == Clock::seller_reply && handled(s)) {
        set_turn(s, Turn::desk);
        set_notices(s, notices);
        set_seller_silent(s, true);
      }
      if (e.clock <= Clock::appeal_decision || e.clock == Clock::acceptance || e.clock == Clock::level)
        raise(s, kOverdue);
      break;
    }
    case EventKind::escalated:
      set_level(s, e.detail);
      set_turn(s, Turn::desk);
      stop(s, DueSlot::answer);
      stop(s, DueSlot::level);
      stop(s, DueSlot::seller_reply);
      lose_owner(s);
      break;
    case EventKind::decided:
      set_phase(s, Phase::decided);
      set_turn(s, Turn::nobody);
      set_proposal(s, Proposal::none);
      raise(s, kHasDecision);
      lower(s, kUnread);
      s.decider = e.actor;
      stop_handling(s);
      end_hand_off(s);
      break;
    case EventKind::appealed:
      set_phase(s, Phase::under_appeal);
      set_turn(s, Turn::desk);
      raise(s, kAppealed);
      stop(s, DueSlot::window);
      stop(s, DueSlot::seller_reply);
      lose_owner(s);
      break;
    case EventKind::referred_to_mediator:
      set_window_waits(s, s.runs(Clock::appeal_window));
      set_phase(s, Phase::in_mediation);
      set_turn(s, Turn::third);
      set_proposal(s, Proposal::none);
      stop_handling(s);
      stop(s, DueSlot::window);
      end_hand_off(s);
      break;
    case EventKind::mediation_ended:
      set_phase(s, s.has(kHasDecision) ? Phase::decided : Phase::open);
      set_turn(s, s.has(kHasDecision) ? Turn::nobody : Turn::desk);
      stop(s, DueSlot::window);
      set_window_waits(s, false);
      break;
    case EventKind::resolution_proposed:
      set_proposal(s, e.party == Party::seller ? Proposal::by_seller : Proposal::by_desk);
      set_turn(s, e.party == Party::seller ? Turn::desk : Turn::seller);
      if (e.party == Party::desk) {
        raise(s, kAnswered);
        lower(s, kUnread);
        stop(s, DueSlot::answer);
      } else {
        hear_words(s, e);
      }
      break;
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
      set_proposal(s, Proposal::none);
      set_turn(s, Turn::desk);
      stop(s, DueSlot::seller_reply);
      if (e.party == Party::seller)
        hear(s, e);
      else
        lower(s, kUnread);
      break;
    case EventKind::closed: {
      const bool appealable = s.phase() == Phase::decided;
      set_phase(s, Phase::closed);
      set_turn(s, Turn::nobody);
      set_proposal(s, Proposal::none);
      lower(s, kUnread);
      stop_handling(s);
      if (!appealable) stop(s, DueSlot::window);
      end_hand_off(s);
      break;
    }
    case EventKind::reopened:
      set_phase(s, Phase::open);
      set_turn(s, Turn::desk);
      lower(s, kAbandoned | kHasDecision | kAppealed);
      stop(s, DueSlot::seller_reply);
      stop(s, DueSlot::window);
      break;
    case EventKind::abandoned: raise(s, kAbandoned); break;
    case EventKind::restarted: raise(s, kSuccessor); break;
    case EventKind::offer_made: raise(s, kOfferOpen); break;
    case EventKind::offer_accepted:
    case EventKind::offer_refused:
    case EventKind::offer_lapsed:
      lower(s, kOfferOpen);
      stop(s, DueSlot::offer);
      break;
    case EventKind::restriction_announced:
      set_restriction(s, e.aux == static_cast<std::uint8_t>(RestrictionKind::termination)
                             ? Restriction::termination_announced
                             : Restriction::announced);
      break;
    case EventKind::restriction_took_effect: set_restriction(s, Restriction::in_effect); break;
    case EventKind::restriction_contested:
      set_restriction(s, contested(s.restriction()));
      hear_turning(s, e);
      break;
    case EventKind::restriction_lifted: set_restriction(s, Restriction::none); break;
    case EventKind::exhibit_added: hear_turning(s, e); break;
    case EventKind::cost_noted:
    case EventKind::linked: break;
    case EventKind::procedure_changed: s.procedure = ProcedureId{static_cast<std::uint16_t>(e.detail)}; break;
  }
}

constexpr CaseState evolve(CaseState state, const Event& event) {
  evolve_in_place(state, event);
  return state;
}

}  // namespace guichet
