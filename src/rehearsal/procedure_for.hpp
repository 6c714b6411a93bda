// Finds the procedure that a scenario is rehearsed under: one that comes with the program, or a file. Knows no
// rule of it.
#pragma once

#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rehearsal {

/// `instead` is a name or a path that replaces what the scenario names; empty: the scenario's own, which may also be
/// a path beside the scenario's file.
Result<rulebook::ProcedureFile> load_procedure_for(const Scenario& scenario, const std::string& instead = {});

/// Names of the small procedures that come with the shipped scenarios, sorted.
std::vector<std::string> scenario_procedures();

}  // namespace guichet::rehearsal
