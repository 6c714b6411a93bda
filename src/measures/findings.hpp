// What a tally comes to: each measure with its numbers, or what was missing. Plain data, ready to be
// written as a page, a table or a file; knows no language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/measures/catalogue.hpp>
#include <guichet/measures/closing_rules.hpp>

namespace guichet::measures {

/// One number of a measure: "mean", "p50", "share" …; in the measure's unit unless its name says otherwise.
struct Stat {
  std::string_view name;
  double value{};
};

/// A line of a breakdown: by status, by team, by party.
struct Row {
  std::string label;      // from the log; or
  std::string_view word;  // a word of ours, when label is empty
  std::vector<Stat> stats;
};

struct Figure {
  MeasureId id{};
  std::uint64_t n{};        // what the numbers are over: cases, unless the definition says otherwise
  std::uint64_t unknown{};  // cases for which it could not be computed
  std::vector<Stat> stats;
  std::vector<Row> rows;

  std::optional<double> stat(std::string_view name) const;
};

struct NotComputed {
  MeasureId id{};
  Needs missing;
};

/// A closing rule with the names behind its numbers, which are ranks among those names.
struct NamedRule {
  ClosingRule rule;
  std::string start, finish, actor;
  bool machine{};  // the actor is one, as the mapping says
};

/// A stretch of a distribution: values from `low` to below `high`, seconds.
struct Bin {
  double low{}, high{};
  std::uint64_t count{};
};

struct Month {
  int year{};
  unsigned month{};
  std::uint64_t opened{}, closed{};
};

struct Findings {
  std::uint64_t cases{}, events{}, activities{};
  std::optional<Instant> from, to;
  std::vector<Figure> figures;            // in the order of the catalogue
  std::vector<NotComputed> not_computed;  // likewise
  std::vector<NamedRule> closing_rules;
  // Behind the plots.
  std::vector<Bin> cycle_time, closing_delay;
  std::vector<std::uint64_t> agents_met, hand_offs;  // cases with 0, 1, 2 …
  std::vector<Month> months;

  const Figure* figure(MeasureId id) const;
};

}  // namespace guichet::measures
