// TOML -> procedure, with file, line and column in every error and the nearest known key for every
// unknown one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// Reads the text of a procedure; `path` is used in messages only. On failure the error's detail holds
/// every fault found, one per line: "FILE:LINE:COLUMN: what is wrong; what would be right".
Result<ProcedureFile> read_procedure(std::string_view text, std::string path);

/// The text of a file, or of a shipped procedure when `path` is its bare name ("guichet-unique").
Result<std::string> procedure_text(const std::string& path);
/// The same, read.
Result<ProcedureFile> load_procedure(const std::string& path);

/// The names of the procedures embedded in the program.
std::vector<std::string> shipped_procedures();

/// Every key that a procedure may have, dotted, sorted; NAME stands for a name of the file's own choosing.
std::vector<std::string> known_keys();

}  // namespace guichet::rulebook
