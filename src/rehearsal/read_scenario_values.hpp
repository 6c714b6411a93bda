// The numbers and laws of a scenario as its text writes them: "1.5 hours", "95 per hour", a law as a table. Knows
// the units and the ranges, not what any key means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <guichet/base/result.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rehearsal/read_scenario.hpp>

namespace guichet::rehearsal {

/// What a number measures, and with it how it is written and kept: times in seconds, money in cents, both with a
/// unit; counts (of words, of questions) and shares as bare numbers.
enum class Measured : std::uint8_t { time, money, count, share };

/// The longest time a scenario may give, in seconds: two hundred years.
inline constexpr double kTimeMax = 200.0 * 365 * 86'400;

/// What may be written for it, and what to say when something else is.
struct AllowedRange {
  double max;
  std::string_view remedy, at_most, like;
};
const AllowedRange& allowed_range(Measured measured);

/// Reads "1.5 hours" or "250 EUR" in the base unit, or in multiples of `scale` of them (3600: in hours). The error says
/// what is wrong and what would be right.
Result<double> parse_measured(std::string_view text, Measured measured, double scale = 1);
/// Reads "95 per hour" as so many per second, or per `scale` seconds.
Result<double> parse_rate(std::string_view text, double scale = 1);

/// The same backwards, in quotes, in the unit with the shortest text that is read to the last bit.
std::string print_measured(double value, Measured measured, double scale = 1);
std::string print_rate(double rate, double scale = 1);
/// The fewest digits that read back as the same number; a TOML number.
std::string print_number(double value);
/// To six decimals, for messages.
std::string print_rounded(double value);

/// The least and the greatest value that a law can give; infinity when there is no greatest.
std::pair<double, double> range_of(const Law& law);

/// Reads the values of a scenario's tables. Faults are said in the tables.
class ValueReader {
 public:
  /// `path` of the scenario: logs are looked for beside it.
  ValueReader(std::string path, const FitFromLog& fit) : path_(std::move(path)), fit_(fit) {}

  /// A value of whatever spelling, also an item of an array; its fault is said under `key`.
  std::optional<double> one(formats::TomlTable& table, std::string_view key, const formats::TomlValue& value,
                            Measured measured, double scale = 1) const;
  /// One number; `fallback` when absent or at fault.
  double number(formats::TomlTable& table, std::string_view key, Measured measured, double fallback) const;
  /// A time, in hours; zero when absent or at fault.
  double hours(formats::TomlTable& table, std::string_view key) const;
  Tick ticks(formats::TomlTable& table, std::string_view key, Tick fallback) const;
  double share(formats::TomlTable& table, std::string_view key, double fallback) const {
    return number(table, key, Measured::share, fallback);
  }
  /// A rate above zero, per second or per `scale` seconds; nothing when absent or at fault.
  std::optional<double> rate(formats::TomlTable& table, std::string_view key, double scale = 1) const;
  /// A law: a number, which is a constant, or a table; nothing when absent or at fault.
  std::optional<Law> law(formats::TomlTable& table, std::string_view key, Measured measured) const;
  /// Reads the keys of a law from a table of its own and closes it.
  std::optional<Law> law_table(formats::TomlTable table, Measured measured, int depth = 0) const;
  /// Numbers in an array of texts with units, or of bare numbers in the `unit` beside; empty when absent or at fault.
  std::vector<double> list(formats::TomlTable& table, std::string_view key, Measured measured) const;
  /// Instants from a log: a table { fit = "log.xes", mapping = "…" } under `key`, read as seconds.
  std::vector<double> from_log(formats::TomlTable& table, std::string_view key, std::string_view of) const;

 private:
  std::optional<double> positive(formats::TomlTable& table, std::string_view key, Measured measured) const;
  std::optional<Law> lognormal(formats::TomlTable& table, Measured measured) const;
  std::optional<Law> gamma(formats::TomlTable& table, Measured measured) const;
  std::optional<Law> uniform(formats::TomlTable& table, Measured measured) const;
  std::optional<Law> mixture(formats::TomlTable& table, Measured measured, int depth) const;
  std::optional<Law> quantiles(formats::TomlTable& table, Measured measured) const;
  std::optional<Law> fitted(formats::TomlTable& table, Measured measured) const;
  std::vector<double> observed(formats::TomlTable& table, std::string_view of) const;
  std::string beside(const std::string& file) const;

  std::string path_;
  const FitFromLog& fit_;
};

}  // namespace guichet::rehearsal
