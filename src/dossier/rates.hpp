// Rates of interest as dated files: since when and until when a rate holds, where it was published, and the periods for
// which nobody here knows it. A new half-year is a new line in a file, never new code. Extrapolates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/dossier/days.hpp>

namespace guichet::dossier {

/// Hundredths of a percent: 4.92 % is 492.
using RatePoints = std::int32_t;

enum class RateKind : std::uint8_t {
  legal_business,   // legal interest, every creditor but a private person (CMF L313-2)
  legal_private,    // legal interest, the creditor is a private person outside business
  ecb_refinancing,  // of the ECB on 1 January or 1 July, for the half-year (C. com. L441-10 II)
};
inline constexpr std::size_t kRateKinds = 3;
std::string_view name(RateKind kind);

struct Rate {
  RateKind kind{};
  Day from{}, until{};  // first and last day
  RatePoints points{};
  std::string source;
};

/// A period of which a file says that its rate is not known, and why.
struct RateHole {
  RateKind kind{};
  Day from{};
  std::optional<Day> until;  // absent: and later
  std::string why, why_fr;   // in French; empty: only the first
};

class Rates {
 public:
  /// The tables embedded in the program: rates/*.toml.
  static const Rates& shipped();

  /// Adds a file: its rates count before those that are there already, for the days that it names. On failure nothing
  /// is added and the detail holds every fault: "FILE:LINE:COLUMN: what is wrong".
  Outcome add(std::string_view text, const std::string& path);
  Outcome add_file(const std::string& path);

  /// The rate of a day, or null when it is not known. Valid until something is added.
  const Rate* find(RateKind kind, Day day) const;
  /// What a file says of a day whose rate is not known; null when no file speaks of it.
  const RateHole* hole(RateKind kind, Day day) const;
  /// The last day of the last known rate; nothing when there is none.
  std::optional<Day> known_until(RateKind kind) const;
  /// All that is known of a kind, by date, what counts first before the rest.
  std::vector<Rate> all(RateKind kind) const;

 private:
  struct Table {
    std::vector<Rate> rates;
    std::vector<RateHole> holes;
  };
  static Result<Table> read(std::string_view text, const std::string& path);

  std::vector<Table> tables_;  // in the order added: the last counts first
};

/// "4.92": points as a number with two decimals.
std::string print_points(RatePoints points);
/// "4.92", "4,92", "10": nothing for more than two decimals, a sign, or 1000 and more.
std::optional<RatePoints> points_from(std::string_view text);

}  // namespace guichet::dossier
