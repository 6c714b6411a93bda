// A scenario rehearsed under one procedure or several: what the verbs that show rehearsals have in common.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::cli {

/// What is asked for on the command line; what is absent is as the scenario says.
struct ToRehearse {
  std::string scenario;                 // a shipped name, or a path
  std::vector<std::string> procedures;  // likewise; empty: the scenario's own
  std::optional<std::uint64_t> seed, cases;
  std::optional<std::uint32_t> replications, threads;
  std::string length;  // "1 year"
  bool explain = false;
  std::string keep;  // where the invented history goes
};

/// The scenario with what the command line says instead.
Result<rehearsal::Scenario> scenario_for(const ToRehearse& wanted);

/// Plays every procedure, unless `stop` is set meanwhile: then what was played so far is given.
Result<dossier::RehearsalReport> rehearse_all(const ToRehearse& wanted, const std::atomic<bool>* stop = nullptr);

}  // namespace guichet::cli
