// A whole case as JSON, as this visitor may see it: for taking along, and for programs. Knows no page.
#pragma once

#include <string>

#include <guichet/desk/pages/case_parts.hpp>

namespace guichet::desk {

std::string case_as_json(const Visit& visit, const SeenCase& seen);

}  // namespace guichet::desk
