// What somebody wants to do: flat, by value, with the facts that the door drew from their words.
#pragma once

#include <cstdint>
#include <type_traits>

#include <guichet/base/time.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/core/words.hpp>

namespace guichet {

/// Every command. What `detail`, `other` and `aux` carry stands beside each; unused fields are zero.
/// `seen` (in `other`, for acts of the desk on a living case) is the version of the case that the
/// actor had read; zero means "not said" and is not checked.
enum class CommandKind : std::uint8_t {
  open_case,           // seller. detail: cents at stake; aux: matter
  restart_case,        // seller. detail: the predecessor; aux: matter
  send_message,        // detail: answered question set (low 16) | words in it (high 16); aux: questions asked,
                       //   at most 15; other: seen (desk). text: the message
  make_note,           // desk. detail: words
  ask_question,        // aux: how many
  answer_question,     // detail: question set
  decline_question,    // detail: question set; facts: kFactReason
  withdraw_question,   // detail: question set
  dispute_answer,      // the asker: it does not answer my question. detail: question set
  assign,              // desk or clock. detail: the new owner, 0 only from the clock with kFactGone; aux: AssignReason;
                       //   facts: kFactOwnerAbsent, kFactGone
  propose_hand_off,    // desk. detail: to whom; aux: HandOffReason; facts: kFactSummary, kFactQuestionsListed
  accept_hand_off,     // desk
  refuse_hand_off,     // desk, facts: kFactReason; the clock for whoever is gone, facts: kFactGone
  escalate,            // seller or desk
  decide_case,         // desk. aux: Decided; other: seen; facts: kFactFacts, kFactGround, kFactRedress, kFactAutomatic
  appeal_decision,     // seller
  refer_to_mediator,   // seller or desk. detail: the mediator; facts: kFactSellerAgrees (desk)
  end_mediation,       // third. aux: MediationEnd
  propose_resolution,  // seller or desk. other: seen
  accept_resolution,   // the other side. other: seen (desk)
  refuse_resolution,   // the other side
  close_case,          // aux: Ground; other: seen
  reopen_case,         // seller or desk
  find_abandoned,      // clock, after measuring: the seller stays away. facts: kFactFacts (it was measured)
  make_offer,          // desk. detail: cents; aux: conditions
  accept_offer,        // seller
  refuse_offer,        // seller
  announce_restriction,  // desk. detail: quantity before; aux: RestrictionKind; facts: kFactFacts, kFactGround
  apply_restriction,     // desk. detail: quantity after; aux: RestrictionKind; facts: kFactException; other: Contended
  contest_restriction,   // seller
  lift_restriction,      // desk
  note_cost,             // anybody. detail: cents or minutes; aux: CostKind
  add_exhibit,           // anybody. detail: exhibit number; facts: kFactHandedIn
  change_procedure,      // desk. detail: the new procedure; other: days of notice given; facts: kFactSellerAgrees
  tick,                  // clock. aux: Clock
  link_case,             // seller or desk. detail: the other case; aux: Link
};
inline constexpr std::size_t kCommandKinds = 36;

// Facts that the door has established before the rules are asked.
inline constexpr std::uint8_t kFactReason = 1;           // a reason is given
inline constexpr std::uint8_t kFactSummary = 2;          // a summary is given
inline constexpr std::uint8_t kFactQuestionsListed = 4;  // the open questions are listed
inline constexpr std::uint8_t kFactFacts = 8;            // at least one specific fact is stated
inline constexpr std::uint8_t kFactGround = 16;          // a ground of the terms is named
inline constexpr std::uint8_t kFactRedress = 32;         // the ways of redress are named
inline constexpr std::uint8_t kFactAutomatic = 64;       // made by a machine alone
inline constexpr std::uint8_t kFactOversees = 64;        // escalate, by the desk: by who oversees the owner
inline constexpr std::uint8_t kFactGone = 64;            // assign: the owner works here no longer;
                                                         //   refuse_hand_off: whoever was asked does not
inline constexpr std::uint8_t kFactOwnerAbsent = 128;    // assign: the owner cannot act
inline constexpr std::uint8_t kFactException = 128;      // restriction: an exception of P2B art. 4(4), with proof
inline constexpr std::uint8_t kFactHandedIn = 128;       // add_exhibit: by itself, to be read; no file of a message
inline constexpr std::uint8_t kFactSellerAgrees = 128;   // change_procedure, refer_to_mediator: so the seller said

struct Command {
  Instant at;
  CaseId case_id;
  ActorId actor;
  TextId text;
  std::uint32_t detail{};
  std::uint32_t other{};
  CommandKind kind{};
  Party party{};
  std::uint8_t aux{};
  std::uint8_t facts{};
  friend constexpr bool operator==(const Command&, const Command&) = default;
};
static_assert(sizeof(Command) == 32 && std::is_trivially_copyable_v<Command>);

/// When the other cases of the account were last contended, as days since 1970, begun days counted whole; 0: never.
/// A pause after an offer or an appeal protects the account, not the one case in which it was made.
struct Contended {
  std::uint16_t offer{};   // made or refused
  std::uint16_t appeal{};  // or a climb of the seller
  constexpr std::uint32_t packed() const { return std::uint32_t{offer} | std::uint32_t{appeal} << 16; }
  /// The day that is meant, as a moment in it.
  static constexpr Instant day(std::uint16_t day) { return Instant{std::chrono::days{day} - Duration{1}}; }
  friend constexpr bool operator==(const Contended&, const Contended&) = default;
};
constexpr Contended contended(const Command& c) {
  if (c.kind != CommandKind::apply_restriction) return {};
  return {.offer = static_cast<std::uint16_t>(c.other & 0xFFFFU), .appeal = static_cast<std::uint16_t>(c.other >> 16)};
}

}  // namespace guichet
