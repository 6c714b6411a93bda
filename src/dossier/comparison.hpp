// Two logs side by side as people and programs read them: how far apart they are, and every measure of both. Knows no
// log format.
#pragma once

#include <array>
#include <optional>
#include <string>

#include <guichet/dossier/report.hpp>
#include <guichet/measures/distances.hpp>

namespace guichet::dossier {

/// Borrows what it compares.
struct Comparison {
  const measures::Findings& a;
  const measures::Findings& b;
  const ReportSource& source_a;
  const ReportSource& source_b;
  std::array<std::optional<double>, measures::kDistances> distances;
};

/// One object: a, b (source, mapping, cases, events, from, to), distances.<name> (value, unit, code), and
/// measures.<name> (unit, <stat> with a, b, difference = b - a; by.<row>.<stat>), only_in_a, only_in_b.
std::string comparison_as_json(const Comparison& compared);

/// One line per number: measure, unit, row, stat, a, b, difference (RFC 4180). Distances are lines with the stat
/// "distance", their value being the difference.
std::string comparison_as_csv(const Comparison& compared);

/// For a terminal of 100 columns.
std::string comparison_as_text(const Comparison& compared, formats::Language language);

}  // namespace guichet::dossier
