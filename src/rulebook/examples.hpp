// What in a procedure file stands there as an example, to be replaced by whoever takes the file for his own desk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// Whether a contact or a name is an example of the shipped files: a host under ".example" (RFC 2606), or a name that
/// begins with "Example".
bool is_example(std::string_view text);
/// What of this kind a procedure shows to sellers: its contact point, its mediators and their contacts.
std::vector<std::string> examples_in(const ProcedureFile& file);

}  // namespace guichet::rulebook
