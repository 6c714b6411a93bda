// The tables of a scenario, one reader each, and the checks that need several of them. Between read_scenario.cpp
// and its parts only.
#pragma once

#include <string>
#include <vector>

#include <guichet/formats/toml.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>

namespace guichet::rehearsal {

/// Reads what any table may have beside its own keys, `source` and `sources`, and faults for the keys it may not.
void close(formats::TomlTable& table);

void read_run(formats::TomlTable& table, const ValueReader& values, RunRule& run);
void read_arrivals(formats::TomlTable& table, const ValueReader& values, Arrivals& arrivals);
void read_matter(formats::TomlTable& table, const ValueReader& values, Matter& matter);
void read_team(formats::TomlTable& table, const ValueReader& values, Team& team);
void read_quota(formats::TomlTable& table, const ValueReader& values, Quota& quota);
void read_sellers(formats::TomlTable& table, const ValueReader& values, Sellers& sellers);
void read_course(formats::TomlTable& table, const ValueReader& values, Course& course);

/// The tables that a scenario was read from, so that checks can say where.
struct ScenarioTables {
  formats::TomlTable document, run, arrivals, quota, sellers, course;
  std::vector<formats::TomlTable> matters, teams;  // as the scenario's
};

/// Says what contradicts, what is missing, and what would never end.
void check(const Scenario& scenario, ScenarioTables& tables);

/// Every value that is an assumption, in the order of the file, with its source.
std::vector<Assumption> assumptions_of(const formats::TomlValue& document);

}  // namespace guichet::rehearsal
