// Procedure -> TOML in one canonical form: every section in a fixed order, every key said, every source
// kept. Comments and the order of a file are not kept; reading the result gives the same procedure.
#pragma once

#include <string>

#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

std::string print_procedure(const ProcedureFile& file);

}  // namespace guichet::rulebook
