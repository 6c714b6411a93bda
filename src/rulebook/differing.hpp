// Two procedures laid over each other: the clauses in which they say different things. Judges neither.
#pragma once

#include <string>
#include <vector>

#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// What each file says under one path, as print_procedure writes it; empty where a file does not have the clause.
struct DifferingClause {
  std::string path;  // "clocks.first_answer.allowance", "ladder[1].team"
  std::string a, b;
  friend bool operator==(const DifferingClause&, const DifferingClause&) = default;
};

/// In the order of the files. Names, titles, dates of versions and sources are no clauses.
std::vector<DifferingClause> differing_clauses(const ProcedureFile& a, const ProcedureFile& b);

}  // namespace guichet::rulebook
