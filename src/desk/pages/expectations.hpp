// What to expect of a case, as a part of a page and for programs: beside what is promised, and never instead of it.
#pragma once

#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// Of a case about `matter` of the procedure in force that is to be opened.
void expectations_before(Html& html, const Visit& visit, std::string_view matter);
/// Of this case, today; nothing when it is over.
void expectations_of(Html& html, const Visit& visit, const SeenCase& seen);

Response expectation_json(Visit& visit);         // of a case
Response matter_expectation_json(Visit& visit);  // of a case that is to be opened

}  // namespace guichet::desk
