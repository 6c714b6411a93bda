// What a seller sees of his cases: the case with what he can do now, a form per act, the promises of the procedure
// before a case is opened. The address of a case is the same for everybody; these are the pages behind it for him.
#pragma once

#include <string_view>
#include <vector>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

Response seller_cases(Visit& visit);
Response seller_case(Visit& visit, const SeenCase& seen);

/// A form that comes back: what was typed stays in it, and what is wrong is said at its field.
struct Sheet {
  std::string_view act;
  FieldFault fault;  // empty: it is opened for the first time, or again from a draft
};
/// Shows the fields of `visit` when there is a fault, with status 422; otherwise the draft kept for this form.
Response seller_sheet(Visit& visit, const SeenCase& seen, const Sheet& sheet);
Response new_case_page(Visit& visit, const FieldFault& fault);

/// The newest cases of the visitor's account in which there is an offer or a measure.
std::vector<SeenCase> cases_with_offers(const Visit& visit);

/// The form of an act of the seller.
std::string seller_sheet_address(CaseId case_id, std::string_view act);
/// Whether the rules would take the act as things stand, its form being filled in well.
Refusal seller_refusal(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure, std::string_view act);

}  // namespace guichet::desk
