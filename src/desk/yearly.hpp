// What a desk has to tell the public of itself every year (P2B, art. 11(4)): complaints lodged, their main types, the
// time to process them, and what came of them; beside three measures of the catalogue. Counted from the ledger alone;
// small numbers are kept back. Knows no page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::desk {

/// What became of a complaint, as it stands now.
enum class CaseOutcome : std::uint8_t {
  granted,
  partly_granted,
  refused,
  granted_by_silence,
  agreed,
  withdrawn,          // closed by the seller's wish
  closed_by_silence,  // of the seller
  closed_by_desk,     // without a decision
  closed_elsewhere,   // in the system used before, which did not say how
  not_yet,            // still being handled
};
inline constexpr std::size_t kCaseOutcomes = 10;
std::string_view name(CaseOutcome outcome);
CaseOutcome outcome_of(const ledger::ShelfRow& row);

/// No figure is shown that is about fewer cases than this.
inline constexpr std::uint64_t kFewest = 5;

struct MatterFigure {
  std::string id;         // as in the procedure, or as another system called it; may be empty: not said
  std::uint64_t n{};      // cases
  bool together = false;  // several matters, too small to be told one by one
  friend bool operator==(const MatterFigure&, const MatterFigure&) = default;
};

/// A measure of the catalogue over the year's cases.
struct MeasureFigure {
  measures::MeasureId id{};
  std::uint64_t n{};
  std::optional<double> value;  // none: too few cases, or none to which it applies
};

struct YearFigures {
  int year{};
  std::uint64_t lodged{};
  bool enough = false;                  // for more than their number to be told
  std::vector<MatterFigure> matters;    // most frequent first, those together last
  std::uint64_t processed{};            // decided or closed, at least once
  double hours_mean{}, hours_median{};  // from lodging to that; over `processed` cases, when they are enough
  std::array<std::uint64_t, kCaseOutcomes> outcomes{};
  std::vector<MeasureFigure> measures;  // M6, M8, M13
};

struct YearlyFigures {
  std::vector<YearFigures> years;  // the newest first
  ledger::Reach reach;             // how far the ledger had come
};

/// By calendar years of `zone`.
Result<YearlyFigures> yearly_figures(ledger::Ledger& ledger, const Procedures& procedures, const std::string& zone,
                                     const PassProgress& progress);

/// Types with fewer cases than kFewest are counted together; so many of the others join them that what is left over by
/// subtraction is no small number either.
std::vector<MatterFigure> without_small_numbers(std::vector<MatterFigure> matters);

/// RFC 4180: year, figure, of, unit, n, value.
std::string figures_as_csv(const YearlyFigures& figures);
/// The same as one object; what is kept back is not in it.
std::string figures_as_json(const YearlyFigures& figures);

}  // namespace guichet::desk
