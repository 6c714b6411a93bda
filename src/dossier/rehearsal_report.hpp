// A rehearsal as people and programs read it: a table for the terminal, JSON, CSV and a page with plots. Rehearses
// nothing: what was played is handed in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <guichet/formats/phrases.hpp>
#include <guichet/rehearsal/explain.hpp>
#include <guichet/rehearsal/rehearse.hpp>
#include <guichet/rehearsal/results.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::dossier {

/// A scenario played under one procedure.
struct PlayedProcedure {
  rulebook::ProcedureFile procedure;
  rehearsal::Rehearsed result;
  std::vector<rehearsal::Difference> from_first;  // a: the first procedure played, b: this one; empty for the first
};

struct RehearsalReport {
  std::string scenario;  // its name
  rulebook::Title title;
  std::string command;  // what computes the same again
  std::vector<rehearsal::Assumption> assumptions;
  std::vector<PlayedProcedure> played;  // at least one
  std::optional<rehearsal::Explanation> explanation;
  std::string repaired_by;  // the procedure that lent the explanation its repaired rules
  bool cut_short{};         // interrupted before all that was asked for was played

  /// Something ended before its time, or was not played.
  bool is_partial() const;
};

/// One object. One procedure: its numbers stand at the top, under `measures`; several: each under `procedures`, with
/// `differences` and `differing_clauses` to the first. Times in seconds, shares from 0 to 1, money in cents, every
/// digit; what has no number is left out.
std::string rehearsal_as_json(const RehearsalReport& report);

/// One line per procedure, measure, row and number: procedure, measure, unit, row, stat, value (RFC 4180).
std::string rehearsal_as_csv(const RehearsalReport& report);

/// For a terminal of 100 columns.
std::string rehearsal_as_text(const RehearsalReport& report, formats::Language language);

/// The assumptions alone.
std::string assumptions_as_text(const std::vector<rehearsal::Assumption>& assumptions, formats::Language language);

/// One page in one file, readable without scripts and on paper. How long the computation took is not on it: the same
/// rehearsal gives the same page, byte for byte.
std::string rehearsal_as_page(const RehearsalReport& report, formats::Language language);

}  // namespace guichet::dossier
