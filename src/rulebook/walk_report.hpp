// What a walk over all states found, in the reader's language.
#pragma once

#include <string>

#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/explore.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// True when a state is a trap, or the file promises that the desk's silence has a consequence and a
/// state breaks that promise.
bool walk_fails(const ProcedureFile& file, const Exploration& found);

/// Some lines of text: how far the walk went, traps and silences with an example of how to get there, and
/// what nobody can ever do under this file.
std::string print_walk(const ProcedureFile& file, const Exploration& found, const formats::Phrases& phrases);

}  // namespace guichet::rulebook
