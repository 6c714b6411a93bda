// Scenarios as text: TOML in, plain data out, every fault with line and column. Knows no procedure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

/// What a law written as `{ fit = "log.xes", of = "reply" }` comes to: the caller reads the log.
/// `of`: "between_arrivals", "arrivals", "seller_reply", "desk_answer", "cycle_time", "work".
using FitFromLog =
    std::function<Result<std::vector<double>>(const std::string& log, const std::string& mapping, std::string_view of)>;

/// Reads the text of a scenario. The error's detail has one line "PATH:LINE:COLUMN: what" per fault.
Result<Scenario> read_scenario(std::string_view text, const std::string& path, const FitFromLog& fit = {});
/// A shipped scenario's name, or a path.
Result<Scenario> load_scenario(const std::string& name_or_path, const FitFromLog& fit = {});
/// Names of the shipped scenarios, sorted.
std::vector<std::string> shipped_scenarios();

/// Every key of the format, dotted, sorted; those of a law, which many keys take, as "LAW.mean".
std::set<std::string> scenario_keys();

}  // namespace guichet::rehearsal
