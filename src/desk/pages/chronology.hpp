// The list of facts of a case, with both sides' versions and the forms to state, change and dispute them; and what each
// side claims in it, with the interest and costs that come of it. Decides nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <guichet/core/ids.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// Pages of both; parts of the table of routes.
std::span<const Route> chronology_routes();

/// The page on which the form of an act on facts or claims stands (is_fact_act).
std::string fact_page_address(CaseId case_id, std::string_view act);
/// That page once more (422): the form is filled with what was sent, with what is wrong beside its field.
Response fact_form_again(Visit& visit, std::string_view act, const FieldFault& fault);

}  // namespace guichet::desk
