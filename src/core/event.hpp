// What happened: 32 bytes that can be replayed in ten years without today's rules or holidays.
#pragma once

#include <cstdint>
#include <type_traits>

#include <guichet/base/time.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/core/words.hpp>

namespace guichet {

/// Every kind of event. `detail` and `aux` mean, per kind, what stands beside it; both are zero
/// otherwise. A question set is a mask over the 16 question slots of a case.
enum class EventKind : std::uint8_t {
  none,                     //
  opened,                   // detail: amount at stake in cents; aux: matter (low 5 bits), first level (high 3)
  message_sent,             // detail: words in it; aux: questions asked (low 4 bits) | kTurnPasses
  note_made,                // detail: words in it
  question_asked,           // detail: question set
  question_answered,        // detail: question set
  question_declined,        // detail: question set; text: the reason
  question_withdrawn,       // detail: question set
  question_disputed,        // detail: question set ("this does not answer my question")
  assigned,                 // detail: the new owner, 0 for nobody; aux: AssignReason
  hand_off_proposed,        // detail: the person asked; aux: HandOffReason; text: the summary
  hand_off_accepted,        // detail: the former owner
  hand_off_refused,         // detail: the person who refused; text: the reason
  hand_off_lapsed,          // detail: the person who did not answer
  clock_started,            // clock; detail: seconds from `at` until due
  clock_stopped,            // clock
  clock_reminded,           // clock; aux: how many reminders so far
  went_overdue,             // clock
  escalated,                // detail: the level climbed to; aux: the level left
  decided,                  // aux: Decided; text: facts, ground, redress
  appealed,                 // text: why
  referred_to_mediator,     // detail: the mediator, when named
  mediation_ended,          // aux: MediationEnd
  resolution_proposed,      // text: what is proposed
  resolution_accepted,      //
  resolution_refused,       //
  closed,                   // aux: Ground
  reopened,                 //
  abandoned,                // measured, never declared by the desk
  restarted,                // detail: the case this one starts again from zero
  offer_made,               // detail: cents; aux: offer conditions (kOffer…)
  offer_accepted,           //
  offer_refused,            //
  offer_lapsed,             //
  restriction_announced,    // detail: the quantity before; aux: RestrictionKind; text: facts and ground
  restriction_took_effect,  // detail: the quantity after; aux: RestrictionKind | kByException
  restriction_contested,    // aux: kTurnPasses
  restriction_lifted,       //
  cost_noted,               // detail: cents, or minutes for hours; aux: CostKind
  exhibit_added,            // detail: exhibit number; aux: kTurnPasses; text: the file
  procedure_changed,        // detail: the new procedure
  linked,                   // detail: the other case; aux: Link
};
inline constexpr std::size_t kEventKinds = 42;

/// It is now for the other side to move. Events of older ledgers that say so of messages alone mean what they say.
inline constexpr std::uint8_t kTurnPasses = 128;

/// restriction_took_effect: before the notice and the pauses were over, by an exception of P2B art. 4(4).
inline constexpr std::uint8_t kByException = 128;

// What an offer asks of the seller in return.
inline constexpr std::uint8_t kOfferSilence = 1;     // never to speak of it
inline constexpr std::uint8_t kOfferWithdrawal = 2;  // withdraw the claim
inline constexpr std::uint8_t kOfferWaiver = 4;      // waive what is past

struct Event {
  Instant at;  // when it happened
  CaseId case_id;
  ActorId actor;  // zero: the clock
  TextId text;
  std::uint32_t detail{};
  Version version;  // 1, 2, 3 … within the case
  EventKind kind{};
  Party party{};  // for whom the actor acts
  Clock clock{};
  std::uint8_t aux{};
  friend constexpr bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 32 && std::is_trivially_copyable_v<Event>);
static_assert(std::has_unique_object_representations_v<Event>, "equal events are equal bytes");

/// Of restriction_announced and restriction_took_effect.
constexpr RestrictionKind restriction_kind(const Event& e) {
  return static_cast<RestrictionKind>(e.aux & ~kByException);
}
constexpr bool by_exception(const Event& e) {
  return e.kind == EventKind::restriction_took_effect && (e.aux & kByException) != 0;
}

}  // namespace guichet
