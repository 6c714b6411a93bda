// What the desk's own people see of cases: their list, and a case with its composer and its facts. The address is the
// same for everybody; these are the pages behind it for those who sit at the desk.
#pragma once

#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// The page of one case: list, stream with composer, facts.
Response agent_case(Visit& visit, const SeenCase& seen);

/// The cases of this person, the promise soonest to break first, hand-offs that wait for acceptance on top.
Response agent_cases(Visit& visit);

}  // namespace guichet::desk
