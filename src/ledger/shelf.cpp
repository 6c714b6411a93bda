#include <guichet/ledger/shelf.hpp>

#include <algorithm>

#include <guichet/core/decide.hpp>
#include <guichet/core/evolve.hpp>

namespace guichet::ledger {
namespace {

/// P2B practice: a measure so soon after an offer, an appeal or an escalation asks for a look.
constexpr Duration kAdverseWithin = std::chrono::days{90};

constexpr std::array kDeskClocks{Clock::first_answer,    Clock::next_answer, Clock::decision,
                                 Clock::appeal_decision, Clock::acceptance,  Clock::level};
constexpr std::array kSellerClocks{Clock::seller_reply, Clock::offer};

/// Words that the other side reads.
constexpr bool speaks(EventKind kind) {
  switch (kind) {
    case EventKind::opened:
    case EventKind::message_sent:
    case EventKind::question_asked:
    case EventKind::question_answered:
    case EventKind::question_declined:
    case EventKind::question_disputed:
    case EventKind::decided:
    case EventKind::appealed:
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
    case EventKind::offer_made:
    case EventKind::restriction_announced:
    case EventKind::restriction_contested: return true;
    case EventKind::none:
    case EventKind::note_made:
    case EventKind::question_withdrawn:
    case EventKind::assigned:
    case EventKind::hand_off_proposed:
    case EventKind::hand_off_accepted:
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed:
    case EventKind::clock_started:
    case EventKind::clock_stopped:
    case EventKind::clock_reminded:
    case EventKind::went_overdue:
    case EventKind::escalated:
    case EventKind::referred_to_mediator:
    case EventKind::mediation_ended:
    case EventKind::closed:
    case EventKind::reopened:
    case EventKind::abandoned:
    case EventKind::restarted:
    case EventKind::offer_accepted:
    case EventKind::offer_refused:
    case EventKind::offer_lapsed:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_lifted:
    case EventKind::cost_noted:
    case EventKind::exhibit_added:
    case EventKind::procedure_changed:
    case EventKind::linked: return false;
  }
  return false;
}

void hear(ShelfRow& row, const Event& event, bool by_program) {
  if (event.party == Party::seller) row.seller_spoke = event.at;
  if (event.party != Party::desk) return;
  row.desk_spoke = event.at;
  if (event.actor && !by_program && std::find(row.agents.begin(), row.agents.end(), event.actor) == row.agents.end())
    row.agents.push_back(event.actor);
}

void contend(ShelfRow& row, Instant at) {
  row.last_offer = row.last_offer == kNever ? at : std::max(row.last_offer, at);
}

/// A measure in this case may follow an offer or an appeal in another one of the account, told to the day.
void count_elsewhere(ShelfRow& row, const Event& event, const Contended& elsewhere) {
  if (event.kind != EventKind::restriction_took_effect) return;
  const Instant last{std::chrono::days{std::max(elsewhere.offer, elsewhere.appeal)}};
  if (last != Instant{} && event.at - last <= kAdverseWithin) row.adverse_after = true;
}

/// What the event adds to the row; `row.state` is the case before it.
void count(ShelfRow& row, const Event& event, bool by_program) {
  if (speaks(event.kind)) hear(row, event, by_program);
  switch (event.kind) {
    case EventKind::opened: row.amount_cents = event.detail; break;
    case EventKind::message_sent: ++row.messages; break;
    case EventKind::note_made: ++row.notes; break;
    case EventKind::escalated:
      ++row.escalations;
      if (event.party == Party::seller) contend(row, event.at);
      break;
    case EventKind::appealed: contend(row, event.at); break;
    case EventKind::decided:
      ++row.decisions;
      row.decided_as = event.aux;
      break;
    case EventKind::referred_to_mediator: row.mediator = ActorId{event.detail}; break;
    case EventKind::closed: row.closed_on = event.aux; break;
    case EventKind::restarted: row.predecessor = CaseId{event.detail}; break;
    case EventKind::linked:
      if (event.aux == static_cast<std::uint8_t>(Link::continues_in)) row.continues_in = CaseId{event.detail};
      if (event.aux == static_cast<std::uint8_t>(Link::withdrawn) && row.continues_in == CaseId{event.detail})
        row.continues_in = {};
      break;
    case EventKind::offer_made:
      ++row.offers;
      contend(row, event.at);
      break;
    case EventKind::offer_refused: contend(row, event.at); break;
    case EventKind::restriction_announced: ++row.restrictions; break;
    case EventKind::restriction_took_effect:
      // One that was announced is counted already.
      if (row.state.restriction() == Restriction::none) ++row.restrictions;
      if (row.last_offer != kNever && event.at - row.last_offer <= kAdverseWithin) row.adverse_after = true;
      break;
    case EventKind::none:
    case EventKind::question_asked:
    case EventKind::question_answered:
    case EventKind::question_declined:
    case EventKind::question_withdrawn:
    case EventKind::question_disputed:
    case EventKind::assigned:
    case EventKind::hand_off_proposed:
    case EventKind::hand_off_accepted:
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed:
    case EventKind::clock_started:
    case EventKind::clock_stopped:
    case EventKind::clock_reminded:
    case EventKind::went_overdue:
    case EventKind::mediation_ended:
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
    case EventKind::reopened:
    case EventKind::abandoned:
    case EventKind::offer_accepted:
    case EventKind::offer_lapsed:
    case EventKind::restriction_contested:
    case EventKind::restriction_lifted:
    case EventKind::cost_noted:
    case EventKind::exhibit_added:
    case EventKind::procedure_changed: break;
  }
}

template <class Clocks>
Instant soonest(const CaseState& state, const Clocks& clocks) {
  Instant first = kNever;
  for (const Clock clock : clocks) first = std::min(first, state.due_at(clock));
  return first;
}

/// What is of the state as it stands now, and of nothing before.
void read_state(ShelfRow& row, const Shelving& shelving) {
  const CaseState& state = row.state;
  const bool is_closed = state.phase() == Phase::closed;
  if (!is_closed) row.closed_on.reset();
  row.team = shelving.team_of(state);
  // A closed case keeps no promise of the desk, even when a foreign history says so.
  row.desk_due = is_closed ? kNever : soonest(state, kDeskClocks);
  row.seller_due = soonest(state, kSellerClocks);
  row.next_tick = kNever;
  const Procedure& procedure = shelving.procedure_of(state.procedure);
  for (std::size_t i = 0; i < kClocks; ++i)
    row.next_tick = std::min(row.next_tick, next_tick(state, static_cast<Clock>(i), procedure));
  row.next_tick = std::min(row.next_tick, abandoned_at(row, procedure));
}

}  // namespace

void shelve(ShelfRow& row, const Act& act, std::span<const Event> events,
            const std::function<const Text*(TextId)>& text_of, const Shelving& shelving) {
  row.case_id = act.case_id;
  row.account = act.account;
  for (const Event& event : events) {
    if (row.state.version == Version{}) {
      row.opened = event.at;
      row.opener = event.actor;
      if (event.text)
        // A label that imported cases share names none of them.
        if (const Text* text = text_of(event.text); text != nullptr && text->case_id)
          row.subject = shelving.subject_of(*text);
    }
    row.changed = event.at;
    // Only what came from elsewhere has no command, and only there programs are told from persons by their words.
    const Text* imported = shelving.by_program && !act.command && event.text ? text_of(event.text) : nullptr;
    if (act.command) count_elsewhere(row, event, contended(*act.command));
    count(row, event, imported != nullptr && shelving.by_program(*imported));
    evolve_in_place(row.state, event);
  }
  read_state(row, shelving);
}

}  // namespace guichet::ledger
