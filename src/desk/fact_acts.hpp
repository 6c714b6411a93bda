// The acts on the list of facts of a case and on what is claimed in it: what their fields are, and which errand they
// make. They are statements: exhibits of words, in the history as any other, that move nothing else in the case.
#pragma once

#include <array>
#include <string_view>

#include <guichet/desk/acts.hpp>

namespace guichet::desk {

inline constexpr std::array<std::string_view, 4> kFactDates{"at", "between", "before", "after"};
inline constexpr std::array<std::string_view, 3> kClaimRegimes{"no_interest", "legal_interest", "late_payment"};
inline constexpr std::array<std::string_view, 2> kClaimCreditors{"business", "private"};

inline constexpr ActField kFactNumber{"fact", FieldKind::number, true, {}, "the number of the fact"};
inline constexpr ActField kFactDateField{
    "date", FieldKind::line, false, {}, "2026-03-02, 2026-03-02 14:30 (UTC), 2026-03 or 2026; else not known"};
inline constexpr ActField kFactDateEnd{
    "date_end", FieldKind::line, false, {}, "the same: the end, with date_is between"};
inline constexpr ActField kFactDateIs{"date_is", FieldKind::choice, false, kFactDates, "what the date is; else at"};
inline constexpr ActField kFactSaidBy{"said_by", FieldKind::line, false, {}, "who says so, when it is not the party"};
inline constexpr ActField kFactMatters{
    "matters", FieldKind::lines, false, {}, "what it belongs to; in one text, parted by commas"};
inline constexpr ActField kFactSource{"source", FieldKind::line, false, {}, "one source: message 12, exhibit 31 …"};
inline constexpr ActField kFactPlace{"place", FieldKind::line, false, {}, "where in it: page 3"};
inline constexpr ActField kFactSources{
    "sources",
    FieldKind::lines,
    false,
    {},
    "more sources; in one text, one a line: message 12; exhibit 31, page 3; page 3, contract.pdf; "
    "or words for what is not in the case"};
inline constexpr ActField kFactLanguage{"language", FieldKind::line, false, {}, "fr or en; else that of the person"};

inline constexpr std::array kFactFields{
    ActField{"body", FieldKind::words, true, {}, "the fact, in words"},
    ActField{
        "fact", FieldKind::number, false, {}, "the number of an own fact that this replaces; else it is a new one"},
    kFactDateField,
    kFactDateEnd,
    kFactDateIs,
    kFactSaidBy,
    kFactMatters,
    kFactSource,
    kFactPlace,
    kFactSources,
    kFactLanguage};
inline constexpr std::array kDisputeFactFields{
    kFactNumber,    ActField{"body", FieldKind::words, true, {}, "the other version"},
    kFactDateField, kFactDateEnd,
    kFactDateIs,    kFactSaidBy,
    kFactSource,    kFactPlace,
    kFactSources,   kFactLanguage};
inline constexpr std::array kFactNumberFields{kFactNumber};
inline constexpr std::array kArchiveFactFields{kFactNumber, ActField{"body", FieldKind::words, false, {}, "why"},
                                               kFactLanguage};
inline constexpr std::array kClaimFields{
    ActField{"toml", FieldKind::words, false, {}, "a whole claim file (docs/costs.md); then no other field counts"},
    ActField{"regime", FieldKind::choice, false, kClaimRegimes, "of interest; needed without toml"},
    ActField{"creditor", FieldKind::choice, false, kClaimCreditors, "else business"},
    ActField{"what", FieldKind::line, false, {}, "what is due"},
    ActField{"amount", FieldKind::cents, false, {}, "how much; without it no sum is claimed"},
    ActField{"from", FieldKind::line, false, {}, "the first day that bears interest, 2026-03-02"},
    ActField{"source", FieldKind::line, false, {}, "why it is due since that day"},
    ActField{"until", FieldKind::line, false, {}, "the last day that bears interest; else the day of looking"},
    ActField{"hour_rate", FieldKind::cents, false, {}, "of an hour; without it hours count as zero"},
    ActField{"served", FieldKind::line, false, {}, "the day an enforceable decision was served"},
    ActField{"known", FieldKind::line, false, {}, "the day the facts were known, for the prescription"},
    kFactLanguage};

FieldFault make_fact(const Acting& acting, const Fields& fields, Errand& errand);
FieldFault make_dispute_fact(const Acting& acting, const Fields& fields, Errand& errand);
FieldFault make_concede_fact(const Acting& acting, const Fields& fields, Errand& errand);
FieldFault make_archive_fact(const Acting& acting, const Fields& fields, Errand& errand);
FieldFault make_restore_fact(const Acting& acting, const Fields& fields, Errand& errand);
FieldFault make_claim(const Acting& acting, const Fields& fields, Errand& errand);

/// Whether the act is one of these: its form stands on the page of the chronology.
bool is_fact_act(std::string_view act);

}  // namespace guichet::desk
