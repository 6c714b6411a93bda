// A procedure as plain data: small fixed arrays indexed by enums, no text, no interpreter. The texts of
// the same file (names, sources, matters' titles) live in rulebook.
#pragma once

#include <array>
#include <cstdint>

#include <guichet/core/ids.hpp>
#include <guichet/core/words.hpp>

namespace guichet {

/// Which of the calendars that the procedure names.
using CalendarIndex = std::uint8_t;

/// How much time: none at all, elapsed, or counted on a calendar.
struct Allowance {
  enum class Kind : std::uint8_t { none, elapsed, working };
  Kind kind{};
  CalendarIndex calendar{};
  std::uint32_t seconds{};
  constexpr explicit operator bool() const { return kind != Kind::none; }
  friend constexpr bool operator==(Allowance, Allowance) = default;
};

/// What happens when a clock runs out.
enum class Effect : std::uint8_t {
  nothing,    // the clock stops and no one is told
  remind,     // a reminder, and the same time again
  escalate,   // one level up the ladder
  close,      // the case is closed, if the closing right of the party's silence is met
  grant,      // decided for the seller by the desk's silence
  reassign,   // the owner loses the case, see Assignment::strip_to
  hand_back,  // a hand-off lapses; an offer lapses; a mediation ends; an appeal window ends
};

inline constexpr std::size_t kRemindersMax = 3;

/// One clock: for whom, how long, what then. A clock without allowance never starts. The seller's reply
/// may have several reminders (they count as notices before a closing); every other clock has one at
/// most. The clock `level` has its allowance in each Level; `cooling` has it in RestrictionRule.
struct ClockRule {
  Allowance allowance;
  Effect effect{};
  std::uint8_t reminders{};                           // how many of `before` are set
  std::array<std::uint32_t, kRemindersMax> before{};  // seconds before due, falling
  friend constexpr bool operator==(const ClockRule&, const ClockRule&) = default;
};

/// Bits for "which parties may".
inline constexpr std::uint8_t kBySeller = 1;
inline constexpr std::uint8_t kByDesk = 2;
inline constexpr std::uint8_t kByClock = 4;

/// The conditions under which a case may be closed on one ground.
struct ClosingRight {
  std::uint8_t by{};            // parties; zero: never on this ground
  std::uint8_t notices{};       // reminders the seller must have had (seller_silence)
  bool unread_blocks{};         // not while a message of the seller waits
  bool open_questions_block{};  // not while a question of the seller is open
  friend constexpr bool operator==(const ClosingRight&, const ClosingRight&) = default;
};

struct Reopening {
  enum class Kind : std::uint8_t { same_case, new_case };
  Kind kind{};
  Allowance within;          // same_case: for how long; none means without limit
  bool keeps_history{true};  // new_case: the successor knows its predecessor
  friend constexpr bool operator==(const Reopening&, const Reopening&) = default;
};

enum class AssignMode : std::uint8_t { next_available, keep_owner, least_loaded, by_speciality };

struct Assignment {
  enum class StripTo : std::uint8_t { nobody, substitute, queue };
  AssignMode mode{};
  bool substitute{};          // a named substitute may answer for an absent owner
  bool only_owner_answers{};  // nobody else may send messages to the seller
  StripTo strip_to{};         // who gets a case whose owner loses it to a clock
  friend constexpr bool operator==(const Assignment&, const Assignment&) = default;
};

struct HandOffRule {
  bool reason_needed{};
  bool summary_needed{};
  bool open_questions_needed{};
  bool acceptance_needed{};  // until accepted, the giver stays answerable
  std::uint8_t count_max{};  // in all; zero: no limit
  friend constexpr bool operator==(const HandOffRule&, const HandOffRule&) = default;
};

inline constexpr std::size_t kLevelsMax = 8;
inline constexpr std::size_t kMattersMax = 32;

/// A rung of the ladder; level 0 is where cases open.
struct Level {
  std::uint8_t team{};
  std::uint8_t may_climb_here{};  // parties that may make a case climb to this level
  bool different_person{};        // the new owner may not be the one who leaves it
  Allowance stay_max;             // longest stay; what then is the level clock's effect
  friend constexpr bool operator==(const Level&, const Level&) = default;
};

struct MatterRule {
  std::uint8_t team{};           // who handles it first
  std::uint8_t level{};          // where it starts
  std::uint8_t level_above{};    // where it starts from `amount_above` on
  std::uint32_t amount_above{};  // cents; zero: no such threshold
  friend constexpr bool operator==(const MatterRule&, const MatterRule&) = default;
};

struct Answers {
  enum class ReplyClockStarts : std::uint8_t { never, on_question, on_any_message };
  bool cover_every_question{};  // an answer that leaves a question open is not an answer
  ReplyClockStarts reply_clock_starts{};
  friend constexpr bool operator==(const Answers&, const Answers&) = default;
};

struct DecisionRule {
  bool facts_needed{};
  bool ground_needed{};
  bool redress_needed{};
  bool person_needed{};     // never by a machine alone
  bool covers_questions{};  // every question answered or declined first
  friend constexpr bool operator==(const DecisionRule&, const DecisionRule&) = default;
};

struct AppealRule {
  bool allowed{};
  bool different_person{};
  friend constexpr bool operator==(const AppealRule&, const AppealRule&) = default;
};

struct MediationRule {
  std::uint8_t mediators{};  // named in the file
  std::uint8_t by{};         // parties that may refer a case
  bool before_decision{};    // already while the case is open
  friend constexpr bool operator==(const MediationRule&, const MediationRule&) = default;
};

struct OfferRule {
  bool recorded{};                   // offers are events; otherwise the desk keeps no trace of its own
  std::uint8_t conditions_barred{};  // kOffer… bits that may not be asked
  friend constexpr bool operator==(const OfferRule&, const OfferRule&) = default;
};

struct RestrictionRule {
  bool facts_needed{};
  bool ground_needed{};
  bool announced_first{};                   // announced before it takes effect
  std::uint16_t notice_days{};              // between announcement and effect, whole days
  std::uint16_t termination_notice_days{};  // … of a termination, which it makes announce first
  std::uint16_t cooling_offer_days{};       // no effect for so long after an offer or its refusal
  std::uint16_t cooling_appeal_days{};      // … after an appeal or escalation by the seller
  std::uint16_t cooling_claim_days{};       // … after a case is opened
  friend constexpr bool operator==(const RestrictionRule&, const RestrictionRule&) = default;
};

struct ChangeRule {
  std::uint16_t notice_days{};   // between announcement and effect of a new procedure
  bool open_cases_keep_rules{};  // a case lives under the procedure it was opened under
  friend constexpr bool operator==(const ChangeRule&, const ChangeRule&) = default;
};

/// Quotas on agents. They bind nobody here; they change behaviour in rehearsal and are measured live.
struct Targets {
  std::uint16_t answers_per_hour{};
  std::uint16_t closings_per_day{};
  friend constexpr bool operator==(const Targets&, const Targets&) = default;
};

struct Procedure {
  ProcedureId id;
  std::array<ClockRule, kClocks> clocks{};
  std::array<ClosingRight, kGrounds> closing{};
  Reopening reopening;
  Assignment assignment;
  HandOffRule hand_off;
  Answers answers;
  DecisionRule decision;
  AppealRule appeal;
  MediationRule mediation;
  OfferRule offers;
  RestrictionRule restrictions;
  ChangeRule change;
  Targets targets;
  Allowance abandoned_after;          // silence of the seller after which a case counts as abandoned
  Effect at_the_top{Effect::remind};  // instead of `escalate` where the ladder ends: nothing, remind, grant
  std::uint8_t levels{1};
  std::array<Level, kLevelsMax> ladder{};
  std::uint8_t matters{1};
  std::array<MatterRule, kMattersMax> matter{};
  bool promises_consequence{};  // the file promises: no silence of the desk without consequence

  constexpr const ClockRule& clock(Clock c) const { return clocks[static_cast<std::size_t>(c)]; }
  constexpr const ClosingRight& right(Ground g) const { return closing[static_cast<std::size_t>(g)]; }
  friend constexpr bool operator==(const Procedure&, const Procedure&) = default;
};

}  // namespace guichet
