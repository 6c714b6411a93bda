// What must be known of a case to decide: one cache line. A summary for deciding, never a record for
// showing; history is the events.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include <guichet/base/time.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/core/words.hpp>

namespace guichet {

/// Due instants are kept as whole seconds since 1970, rounded up; zero is "not running". The range ends
/// in 2106: `decide` refuses what lies outside it.
using DueSecond = std::uint32_t;

/// Where a clock keeps its due instant. Clocks that never run together share a place.
enum class DueSlot : std::uint8_t { answer, decision, seller_reply, acceptance, level, window, offer };
inline constexpr std::size_t kDueSlots = 7;

constexpr DueSlot due_slot(Clock clock) {
  switch (clock) {
    case Clock::first_answer:
    case Clock::next_answer: return DueSlot::answer;  // the first until somebody answered
    case Clock::decision:
    case Clock::appeal_decision: return DueSlot::decision;  // the appeal's once appealed
    case Clock::seller_reply:
    case Clock::reopening: return DueSlot::seller_reply;  // the latter once the case is closed
    case Clock::acceptance: return DueSlot::acceptance;
    case Clock::level: return DueSlot::level;
    case Clock::appeal_window:
    case Clock::mediation: return DueSlot::window;  // mediation suspends the window
    case Clock::offer:
    case Clock::cooling: return DueSlot::offer;  // cooling is kept as a day, see adverse_not_before
  }
  return DueSlot::answer;
}

enum class Proposal : std::uint8_t { none, by_seller, by_desk };
/// An announced measure may take effect, contested or not; one in effect needs an announcement of its own to
/// go further, and a termination is announced as such.
enum class Restriction : std::uint8_t {
  none,
  announced,
  in_effect,
  contested,  // while in effect
  announced_contested,
  termination_announced,
  termination_contested,
};

// CaseState::flags
inline constexpr std::uint8_t kAnswered = 1;  // the desk has answered once
inline constexpr std::uint8_t kAppealed = 2;
inline constexpr std::uint8_t kHasDecision = 4;
inline constexpr std::uint8_t kOfferOpen = 8;
inline constexpr std::uint8_t kUnread = 16;  // the seller spoke after the desk's last words
inline constexpr std::uint8_t kAbandoned = 32;
inline constexpr std::uint8_t kSuccessor = 64;  // started again from zero
inline constexpr std::uint8_t kOverdue = 128;   // a clock of the desk has run out on this case

// CaseState::reminded and level_bits, beside what they count.
inline constexpr std::uint8_t kWindowWaits = 128;  // the appeal window ran when mediation began
inline constexpr std::uint8_t kSellerSilent = 8;   // the seller's clock has run out, and nothing has come since

struct alignas(64) CaseState {
  std::array<DueSecond, kDueSlots> due{};
  Version version;
  Version seller_version;              // of the seller's last words
  ActorId owner;                       // answerable, also while a hand-off waits for acceptance
  ActorId other_person;                // with an owner: asked to take over; without: had it and lost it
  ActorId decider;                     // of the last decision
  std::uint16_t adverse_not_before{};  // day since 1970 before which no adverse measure takes effect
  ProcedureId procedure;
  std::uint16_t seller_open{};      // question slots: asked by the seller, not answered
  std::uint16_t seller_answered{};  // … answered, may still be disputed
  std::uint16_t desk_open{};        // asked by the desk, not answered
  std::uint8_t phase_bits{};        // Phase : 4, Turn : 2, Proposal : 2
  std::uint8_t level_bits{};        // level : 3, kSellerSilent, notices : 4 (in this run of the seller's clock)
  std::uint8_t flags{};
  std::uint8_t reminded{};     // bit per DueSlot: reminded in this run; kWindowWaits
  std::uint8_t hand_offs{};    // saturates at 255
  std::uint8_t matter_bits{};  // matter : 5, Restriction : 3

  constexpr Phase phase() const { return static_cast<Phase>(phase_bits & 15U); }
  constexpr Turn turn() const { return static_cast<Turn>(phase_bits >> 4 & 3U); }
  constexpr Proposal proposal() const { return static_cast<Proposal>(phase_bits >> 6); }
  constexpr std::uint8_t level() const { return level_bits & 7U; }
  constexpr std::uint8_t notices() const { return static_cast<std::uint8_t>(level_bits >> 4); }
  constexpr std::uint8_t matter() const { return matter_bits & 31U; }
  constexpr Restriction restriction() const { return static_cast<Restriction>(matter_bits >> 5); }
  constexpr bool has(std::uint8_t flag) const { return (flags & flag) != 0; }

  constexpr bool window_waits() const { return (reminded & kWindowWaits) != 0; }
  constexpr bool seller_silent() const { return (level_bits & kSellerSilent) != 0; }
  constexpr bool hand_off_pending() const { return owner && other_person; }

  constexpr DueSecond due_second(Clock clock) const { return due[static_cast<std::size_t>(due_slot(clock))]; }
  /// Which of the clocks that share a place is the one that may run there now.
  constexpr bool runs(Clock clock) const {
    if (due_second(clock) == 0) return false;
    switch (clock) {
      case Clock::first_answer: return !has(kAnswered);
      case Clock::next_answer: return has(kAnswered);
      case Clock::decision: return !has(kAppealed);
      case Clock::appeal_decision: return has(kAppealed);
      case Clock::mediation: return phase() == Phase::in_mediation;
      case Clock::appeal_window: return phase() != Phase::in_mediation;
      case Clock::seller_reply: return phase() != Phase::closed;
      case Clock::reopening: return phase() == Phase::closed;
      case Clock::cooling: return false;
      case Clock::acceptance:
      case Clock::level:
      case Clock::offer: return true;
    }
    return false;
  }
  constexpr Instant due_at(Clock clock) const { return runs(clock) ? Instant{Seconds{due_second(clock)}} : kNever; }
  friend constexpr bool operator==(const CaseState&, const CaseState&) = default;
};
static_assert(sizeof(CaseState) == 64 && std::is_trivially_copyable_v<CaseState>);

}  // namespace guichet
