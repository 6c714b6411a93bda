#include "rehearsed.hpp"

#include <cmath>
#include <iostream>
#include <memory>

#include <guichet/rehearsal/explain.hpp>
#include <guichet/rehearsal/keep.hpp>
#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>
#include <guichet/rehearsal/rehearse.hpp>

#include "fit_from_log.hpp"
#include "progress.hpp"
#include "quoted.hpp"

namespace guichet::cli {
namespace {

/// Rules in which each factor of an explanation is repaired, when the command line names no second procedure.
constexpr const char* kRepairedBy = "guichet-unique";

bool is_set(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

std::string command_of(const ToRehearse& wanted) {
  std::string command = "guichet rehearse " + quoted(wanted.scenario);
  for (const std::string& procedure : wanted.procedures) command += " --procedure " + quoted(procedure);
  const auto number = [&](const char* option, const auto& value) {
    if (value) command += std::string{" "} + option + " " + std::to_string(*value);
  };
  number("--seed", wanted.seed);
  number("--replications", wanted.replications);
  number("--cases", wanted.cases);
  if (!wanted.length.empty()) command += " --length " + quoted(wanted.length);
  if (wanted.explain) command += " --explain";
  return command;
}

/// Draws the bar of one rehearsal.
rehearsal::Rehearsing watched(const std::string& label, const std::atomic<bool>* stop) {
  const auto bar = std::make_shared<ProgressBar>(label, "events");
  rehearsal::Rehearsing how;
  how.stop = stop;
  how.on_progress = [bar](const rehearsal::Progress& progress) { (*bar)({progress.share, progress.events}); };
  return how;
}

/// What it took, for whoever watches; the reports hold nothing that differs from run to run.
void tell_speed(const rehearsal::Rehearsed& result) {
  if (!ProgressBar("").watched() || !(result.wall_seconds > 0)) return;
  std::cerr << result.procedure << ": " << result.events << " events, "
            << rate_in_words(static_cast<double>(result.events) / result.wall_seconds, "events") << '\n';
}

Result<dossier::PlayedProcedure> play(const rehearsal::Scenario& scenario, const std::string& procedure,
                                      rehearsal::LogWriter* kept, const std::atomic<bool>* stop) {
  GUICHET_TRY(file, rehearsal::load_procedure_for(scenario, procedure));
  rehearsal::Rehearsing how = watched("rehearsing " + file.name, stop);
  if (kept != nullptr)
    how.on_case = [kept](const CaseHistory& history, const Vocabulary& names) { kept->add(history, names); };
  GUICHET_TRY(result, rehearsal::rehearse(scenario, file, how));
  how = {};  // the bar goes before anything is said
  tell_speed(result);
  if (!result.stopped_why.empty()) std::cerr << "guichet rehearse: " << result.stopped_why << '\n';
  return dossier::PlayedProcedure{std::move(file), std::move(result), {}};
}

Outcome explain_it(const rehearsal::Scenario& scenario, const ToRehearse& wanted, const std::atomic<bool>* stop,
                   dossier::RehearsalReport& report) {
  const std::string repaired_by = wanted.procedures.size() > 1 ? wanted.procedures.back() : kRepairedBy;
  GUICHET_TRY(repaired, rehearsal::load_procedure_for(scenario, repaired_by));
  auto explanation =
      rehearsal::explain(scenario, report.played.front().procedure, repaired, watched("explaining", stop));
  if (is_set(stop)) return Done{};  // of some sets of factors nothing is known
  if (!explanation) return explanation.error();
  report.explanation = std::move(*explanation);
  report.repaired_by = repaired.name;
  return Done{};
}

}  // namespace

Result<rehearsal::Scenario> scenario_for(const ToRehearse& wanted) {
  GUICHET_TRY(scenario, rehearsal::load_scenario(wanted.scenario, fit_from_log()));
  if (wanted.seed) scenario.run.seed = *wanted.seed;
  if (wanted.replications) scenario.run.replications = *wanted.replications;
  if (wanted.threads) scenario.run.threads = *wanted.threads;
  if (wanted.cases) {
    scenario.run.cases = *wanted.cases;
    scenario.run.length = 0;
  }
  if (!wanted.length.empty()) {
    const auto seconds = rehearsal::parse_measured(wanted.length, rehearsal::Measured::time);
    if (!seconds) return Error{Fault::usage, "--length " + seconds.error().detail};
    if (!(*seconds > 0)) return Error{Fault::usage, "--length is \"" + wanted.length + "\"; write a time above zero"};
    scenario.run.length = std::llround(*seconds * static_cast<double>(rehearsal::kSecond));
    if (!wanted.cases) scenario.run.cases = 0;
  }
  return scenario;
}

Result<dossier::RehearsalReport> rehearse_all(const ToRehearse& wanted, const std::atomic<bool>* stop) {
  GUICHET_TRY(scenario, scenario_for(wanted));
  std::unique_ptr<rehearsal::LogWriter> kept;
  if (!wanted.keep.empty()) {
    GUICHET_TRY(opened, rehearsal::LogWriter::open(wanted.keep));
    kept = std::move(opened);
  }
  dossier::RehearsalReport report;
  report.scenario = scenario.name;
  report.title = scenario.title;
  report.command = command_of(wanted);
  report.assumptions = scenario.assumptions;
  const std::vector<std::string> own{std::string{}};
  for (const std::string& procedure : wanted.procedures.empty() ? own : wanted.procedures) {
    GUICHET_TRY(played, play(scenario, procedure, kept.get(), stop));
    if (!report.played.empty()) played.from_first = rehearsal::paired(report.played.front().result, played.result);
    report.played.push_back(std::move(played));
    if (is_set(stop)) break;
  }
  if (wanted.explain && !is_set(stop))
    if (const Outcome explained = explain_it(scenario, wanted, stop, report); !explained) return explained.error();
  report.cut_short = is_set(stop);
  if (kept)
    if (const Outcome written = kept->finish(); !written) return written.error();
  return report;
}

}  // namespace guichet::cli
