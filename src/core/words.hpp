// The small enumerations of the domain. Values are written to ledgers and never renumbered; new ones go
// to the end. Their spellings are in names.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace guichet {

/// Who speaks or acts.
enum class Party : std::uint8_t { nobody, seller, desk, third, clock };

/// Whose move it is.
enum class Turn : std::uint8_t { nobody, seller, desk, third };

/// Where a case stands.
enum class Phase : std::uint8_t { absent, open, decided, under_appeal, in_mediation, closed };

/// Time given to one party for one act.
enum class Clock : std::uint8_t {
  first_answer,     // desk: the first answer to a new case
  next_answer,      // desk: every later answer
  decision,         // desk: the decision
  appeal_decision,  // desk: the decision on an appeal
  seller_reply,     // seller: the reply to a question or a proposal
  acceptance,       // desk: the acceptance of a hand-off
  level,            // desk: the longest stay on one level of the ladder
  appeal_window,    // seller: how long a decision may be appealed
  mediation,        // third: the mediation
  offer,            // seller: the answer to an offer
  reopening,        // seller: how long a closed case may be reopened
  cooling,          // desk: no adverse measure takes effect before it has run out
};
inline constexpr std::size_t kClocks = 12;

/// Why a case is closed: the closing rights of a procedure are a table over these.
enum class Ground : std::uint8_t { agreement, decision, seller_wish, seller_silence, desk_alone };
inline constexpr std::size_t kGrounds = 5;

/// Why somebody was given a case.
enum class AssignReason : std::uint8_t {
  next_available,
  owner,
  substitute,
  speciality,
  level,
  appeal,
  least_loaded,
  timer,
  left,  // whoever had it works here no longer
};

/// Why a case is handed on.
enum class HandOffReason : std::uint8_t { none, speciality, absence, workload, language, conflict_of_interest, other };

enum class Decided : std::uint8_t { granted, partly_granted, refused, granted_by_silence };

enum class MediationEnd : std::uint8_t { agreement, no_agreement, lapsed };

/// Adverse measures on the seller's account.
enum class RestrictionKind : std::uint8_t { stock_limit, listing, funds, suspension, termination, other };

enum class CostKind : std::uint8_t { hours, letter, fee, interest, other };

/// How a case stands to another. To go on elsewhere closes nothing: that takes a right to close, as ever. What was said
/// by mistake is withdrawn, and stays in the history.
enum class Link : std::uint8_t { related, continues_in, withdrawn };

}  // namespace guichet
