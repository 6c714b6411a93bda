#include <guichet/core/names.hpp>

#include <array>

namespace guichet {
namespace {

using namespace std::string_view_literals;

constexpr std::array kEventKindNames{"none"sv,
                                     "opened"sv,
                                     "message_sent"sv,
                                     "note_made"sv,
                                     "question_asked"sv,
                                     "question_answered"sv,
                                     "question_declined"sv,
                                     "question_withdrawn"sv,
                                     "question_disputed"sv,
                                     "assigned"sv,
                                     "hand_off_proposed"sv,
                                     "hand_off_accepted"sv,
                                     "hand_off_refused"sv,
                                     "hand_off_lapsed"sv,
                                     "clock_started"sv,
                                     "clock_stopped"sv,
                                     "clock_reminded"sv,
                                     "went_overdue"sv,
                                     "escalated"sv,
                                     "decided"sv,
                                     "appealed"sv,
                                     "referred_to_mediator"sv,
                                     "mediation_ended"sv,
                                     "resolution_proposed"sv,
                                     "resolution_accepted"sv,
                                     "resolution_refused"sv,
                                     "closed"sv,
                                     "reopened"sv,
                                     "abandoned"sv,
                                     "restarted"sv,
                                     "offer_made"sv,
                                     "offer_accepted"sv,
                                     "offer_refused"sv,
                                     "offer_lapsed"sv,
                                     "restriction_announced"sv,
                                     "restriction_took_effect"sv,
                                     "restriction_contested"sv,
                                     "restriction_lifted"sv,
                                     "cost_noted"sv,
                                     "exhibit_added"sv,
                                     "procedure_changed"sv,
                                     "linked"sv};
constexpr std::array kCommandKindNames{"open_case"sv,
                                       "restart_case"sv,
                                       "send_message"sv,
                                       "make_note"sv,
                                       "ask_question"sv,
                                       "answer_question"sv,
                                       "decline_question"sv,
                                       "withdraw_question"sv,
                                       "dispute_answer"sv,
                                       "assign"sv,
                                       "propose_hand_off"sv,
                                       "accept_hand_off"sv,
                                       "refuse_hand_off"sv,
                                       "escalate"sv,
                                       "decide_case"sv,
                                       "appeal_decision"sv,
                                       "refer_to_mediator"sv,
                                       "end_mediation"sv,
                                       "propose_resolution"sv,
                                       "accept_resolution"sv,
                                       "refuse_resolution"sv,
                                       "close_case"sv,
                                       "reopen_case"sv,
                                       "find_abandoned"sv,
                                       "make_offer"sv,
                                       "accept_offer"sv,
                                       "refuse_offer"sv,
                                       "announce_restriction"sv,
                                       "apply_restriction"sv,
                                       "contest_restriction"sv,
                                       "lift_restriction"sv,
                                       "note_cost"sv,
                                       "add_exhibit"sv,
                                       "change_procedure"sv,
                                       "tick"sv,
                                       "link_case"sv};
constexpr std::array kRefusalNames{"none"sv,
                                   "no_such_case"sv,
                                   "case_exists"sv,
                                   "case_is_closed"sv,
                                   "case_is_not_closed"sv,
                                   "not_yours"sv,
                                   "wrong_party"sv,
                                   "no_owner_yet"sv,
                                   "owner_is_kept"sv,
                                   "nobody_named"sv,
                                   "same_person"sv,
                                   "too_many_hand_offs"sv,
                                   "hand_off_reason_missing"sv,
                                   "hand_off_summary_missing"sv,
                                   "hand_off_questions_missing"sv,
                                   "hand_off_pending"sv,
                                   "no_hand_off"sv,
                                   "seller_has_written"sv,
                                   "no_such_question"sv,
                                   "too_many_questions"sv,
                                   "questions_open"sv,
                                   "reason_missing"sv,
                                   "ladder_is_exhausted"sv,
                                   "not_your_ladder"sv,
                                   "facts_missing"sv,
                                   "ground_missing"sv,
                                   "redress_missing"sv,
                                   "person_missing"sv,
                                   "already_decided"sv,
                                   "not_decided"sv,
                                   "appeal_is_not_offered"sv,
                                   "appeal_is_exhausted"sv,
                                   "appeal_is_too_late"sv,
                                   "no_mediator_named"sv,
                                   "mediation_not_open"sv,
                                   "mediation_too_early"sv,
                                   "mediation_runs"sv,
                                   "no_proposal"sv,
                                   "your_own_proposal"sv,
                                   "no_right_to_close"sv,
                                   "notices_missing"sv,
                                   "unread_message"sv,
                                   "reopening_is_over"sv,
                                   "starts_from_zero"sv,
                                   "not_abandoned"sv,
                                   "offers_are_not_recorded"sv,
                                   "condition_is_barred"sv,
                                   "offer_is_open"sv,
                                   "no_offer"sv,
                                   "no_restriction"sv,
                                   "restriction_not_announced"sv,
                                   "restriction_too_early"sv,
                                   "notice_too_short"sv,
                                   "rules_are_kept"sv,
                                   "no_such_matter"sv,
                                   "no_such_level"sv,
                                   "no_such_value"sv,
                                   "nothing_is_due"sv,
                                   "time_out_of_range"sv,
                                   "seller_has_not_agreed"sv,
                                   "appeal_runs"sv};
constexpr std::array kPartyNames{"nobody"sv, "seller"sv, "desk"sv, "third"sv, "clock"sv};
constexpr std::array kTurnNames{"nobody"sv, "seller"sv, "desk"sv, "third"sv};
constexpr std::array kPhaseNames{"absent"sv, "open"sv, "decided"sv, "under_appeal"sv, "in_mediation"sv, "closed"sv};
constexpr std::array kClockNames{"first_answer"sv, "next_answer"sv, "decision"sv,  "appeal_decision"sv,
                                 "seller_reply"sv, "acceptance"sv,  "level"sv,     "appeal_window"sv,
                                 "mediation"sv,    "offer"sv,       "reopening"sv, "cooling"sv};
constexpr std::array kGroundNames{"agreement"sv, "decision"sv, "seller_wish"sv, "seller_silence"sv, "desk_alone"sv};
constexpr std::array kAssignReasonNames{"next_available"sv, "owner"sv,        "substitute"sv, "speciality"sv, "level"sv,
                                        "appeal"sv,         "least_loaded"sv, "timer"sv,      "left"sv};
constexpr std::array kHandOffReasonNames{"none"sv,     "speciality"sv,           "absence"sv, "workload"sv,
                                         "language"sv, "conflict_of_interest"sv, "other"sv};
constexpr std::array kDecidedNames{"granted"sv, "partly_granted"sv, "refused"sv, "granted_by_silence"sv};
constexpr std::array kMediationEndNames{"agreement"sv, "no_agreement"sv, "lapsed"sv};
constexpr std::array kRestrictionKindNames{"stock_limit"sv, "listing"sv,     "funds"sv,
                                           "suspension"sv,  "termination"sv, "other"sv};
constexpr std::array kCostKindNames{"hours"sv, "letter"sv, "fee"sv, "interest"sv, "other"sv};
constexpr std::array kLinkNames{"related"sv, "continues_in"sv, "withdrawn"sv};
constexpr std::array kEffectNames{"nothing"sv, "remind"sv,   "escalate"sv, "close"sv,
                                  "grant"sv,   "reassign"sv, "hand_back"sv};
constexpr std::array kAssignModeNames{"next_available"sv, "keep_owner"sv, "least_loaded"sv, "by_speciality"sv};
constexpr std::array kStripToNames{"nobody"sv, "substitute"sv, "queue"sv};
constexpr std::array kReplyClockStartsNames{"never"sv, "on_question"sv, "on_any_message"sv};

static_assert(kEventKindNames.size() == kEventKinds);
static_assert(kCommandKindNames.size() == kCommandKinds);
static_assert(kRefusalNames.size() == kRefusals);
static_assert(kClockNames.size() == kClocks);
static_assert(kGroundNames.size() == kGrounds);
// The last spelling must be the last value: a forgotten row would shift the rest.
static_assert(static_cast<std::size_t>(EventKind::linked) + 1 == kEventKinds);
static_assert(static_cast<std::size_t>(CommandKind::link_case) + 1 == kCommandKinds);

}  // namespace

template <>
std::span<const std::string_view> spellings<EventKind>() {
  return kEventKindNames;
}
template <>
std::span<const std::string_view> spellings<CommandKind>() {
  return kCommandKindNames;
}
template <>
std::span<const std::string_view> spellings<Refusal>() {
  return kRefusalNames;
}
template <>
std::span<const std::string_view> spellings<Party>() {
  return kPartyNames;
}
template <>
std::span<const std::string_view> spellings<Turn>() {
  return kTurnNames;
}
template <>
std::span<const std::string_view> spellings<Phase>() {
  return kPhaseNames;
}
template <>
std::span<const std::string_view> spellings<Clock>() {
  return kClockNames;
}
template <>
std::span<const std::string_view> spellings<Ground>() {
  return kGroundNames;
}
template <>
std::span<const std::string_view> spellings<AssignReason>() {
  return kAssignReasonNames;
}
template <>
std::span<const std::string_view> spellings<HandOffReason>() {
  return kHandOffReasonNames;
}
template <>
std::span<const std::string_view> spellings<Decided>() {
  return kDecidedNames;
}
template <>
std::span<const std::string_view> spellings<MediationEnd>() {
  return kMediationEndNames;
}
template <>
std::span<const std::string_view> spellings<RestrictionKind>() {
  return kRestrictionKindNames;
}
template <>
std::span<const std::string_view> spellings<CostKind>() {
  return kCostKindNames;
}
template <>
std::span<const std::string_view> spellings<Link>() {
  return kLinkNames;
}
template <>
std::span<const std::string_view> spellings<Effect>() {
  return kEffectNames;
}
template <>
std::span<const std::string_view> spellings<AssignMode>() {
  return kAssignModeNames;
}
template <>
std::span<const std::string_view> spellings<Assignment::StripTo>() {
  return kStripToNames;
}
template <>
std::span<const std::string_view> spellings<Answers::ReplyClockStarts>() {
  return kReplyClockStartsNames;
}

}  // namespace guichet
