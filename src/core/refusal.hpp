// Why the rules say no: a value, not an accident. The sentences are in the catalogues (po/), under
// "refusal.<name>".
#pragma once

#include <cstddef>
#include <cstdint>

namespace guichet {

enum class Refusal : std::uint8_t {
  none,
  no_such_case,
  case_exists,
  case_is_closed,
  case_is_not_closed,
  not_yours,
  wrong_party,
  no_owner_yet,
  owner_is_kept,
  nobody_named,
  same_person,
  too_many_hand_offs,
  hand_off_reason_missing,
  hand_off_summary_missing,
  hand_off_questions_missing,
  hand_off_pending,
  no_hand_off,
  seller_has_written,
  no_such_question,
  too_many_questions,
  questions_open,
  reason_missing,
  ladder_is_exhausted,
  not_your_ladder,
  facts_missing,
  ground_missing,
  redress_missing,
  person_missing,
  already_decided,
  not_decided,
  appeal_is_not_offered,
  appeal_is_exhausted,
  appeal_is_too_late,
  no_mediator_named,
  mediation_not_open,
  mediation_too_early,
  mediation_runs,
  no_proposal,
  your_own_proposal,
  no_right_to_close,
  notices_missing,
  unread_message,
  reopening_is_over,
  starts_from_zero,
  not_abandoned,
  offers_are_not_recorded,
  condition_is_barred,
  offer_is_open,
  no_offer,
  no_restriction,
  restriction_not_announced,
  restriction_too_early,
  notice_too_short,
  rules_are_kept,
  no_such_matter,
  no_such_level,
  no_such_value,
  nothing_is_due,
  time_out_of_range,
  count_,
};
inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::count_);

}  // namespace guichet
