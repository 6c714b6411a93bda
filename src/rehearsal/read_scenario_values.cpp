#include <guichet/rehearsal/read_scenario_values.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>

#include <guichet/base/utf8.hpp>

namespace guichet::rehearsal {
namespace {

using formats::toml_quoted;
using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

struct Unit {
  std::string_view name;  // of one
  double size;            // in the base unit
};
// A year is 365 days: months and calendar years differ in length.
constexpr std::array kTimes{Unit{"year", 365.0 * 86'400}, Unit{"week", 604'800}, Unit{"day", 86'400},
                            Unit{"hour", 3'600},          Unit{"minute", 60},    Unit{"second", 1},
                            Unit{"millisecond", 0.001}};
constexpr std::array kMoney{Unit{"EUR", 100}, Unit{"cent", 1}};

constexpr double kCountMax = 1e12;
constexpr double kCentsMax = 1e12;
constexpr double kPerSecondMax = 1e6;

std::span<const Unit> units(Measured measured) {
  switch (measured) {
    case Measured::time: return kTimes;
    case Measured::money: return kMoney;
    case Measured::count:
    case Measured::share: return {};
  }
  return {};
}

Error wrong(std::string_view text, std::string_view remedy) {
  return {Fault::unreadable, "is " + toml_quoted(utf8_cut(text, 40)) + "; " + std::string{remedy}};
}

const Unit* unit_called(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units)
    if (name == unit.name || (name.ends_with('s') && name.substr(0, name.size() - 1) == unit.name)) return &unit;
  return nullptr;
}

// The number at the start of `text`, which is cut off it; nothing when there is none or it is not finite.
std::optional<double> number_before(std::string_view& text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// A number in the unit that needs the fewest digits for it to be read again as it is; where none tells it shortly, in
// the unit in which it is kept.
template <class CountIn, class Read>
std::pair<std::string, Unit> fewest_digits(std::span<const Unit> units, double kept_in, bool zero, CountIn count_in,
                                           Read read) {
  constexpr std::size_t kShort = 8;
  const auto is_kept = [&](const Unit& unit) { return unit.size == kept_in; };
  const Unit kept = *std::find_if(units.begin(), units.end(), is_kept);
  std::pair<std::string, Unit> best{print_number(count_in(kept)), kept};
  for (const Unit& unit : units) {
    const double count = count_in(unit);
    if (zero || !read(count, unit)) continue;
    std::string digits = print_number(count);
    if (digits.size() > std::min(best.first.size(), kShort)) continue;
    if (digits.size() == best.first.size() && unit.size < best.second.size) continue;
    best = {std::move(digits), unit};
  }
  return best;
}

}  // namespace

const AllowedRange& allowed_range(Measured measured) {
  static constexpr std::array<AllowedRange, 4> kRanges{{
      {kTimeMax, "write a time and its unit, such as \"90 seconds\" or \"1.5 hours\"", "write at most \"200 years\"",
       "\"1 hour\""},
      {kCentsMax, "write an amount and its unit, such as \"250 EUR\"", "write at most \"10000000000 EUR\"",
       "\"250 EUR\""},
      {kCountMax, "write a number of zero or more", "write at most 1000000000000", "2"},
      {1.0, "write a share from 0 to 1", "write a share from 0 to 1", "0.5"},
  }};
  return kRanges[static_cast<std::size_t>(measured)];
}

Result<double> parse_measured(std::string_view text, Measured measured, double scale) {
  const AllowedRange& allowed = allowed_range(measured);
  std::string_view rest = text;
  const auto count = number_before(rest);
  if (!count || !rest.starts_with(' ')) return wrong(text, allowed.remedy);
  const Unit* unit = unit_called(units(measured), rest.substr(1));
  if (unit == nullptr && measured == Measured::time && (rest.starts_with(" month")))
    return wrong(text, "write days, for months differ in length");
  if (unit == nullptr) return wrong(text, allowed.remedy);
  if (*count < 0) return wrong(text, "write zero or more");
  if (*count * unit->size > allowed.max) return wrong(text, allowed.at_most);
  return *count * (unit->size / scale);
}

Result<double> parse_rate(std::string_view text, double scale) {
  std::string_view rest = text;
  const auto count = number_before(rest);
  constexpr std::string_view kPer = " per ";
  const Unit* unit = count && rest.starts_with(kPer) ? unit_called(kTimes, rest.substr(kPer.size())) : nullptr;
  if (unit == nullptr) return wrong(text, "write a rate, such as \"95 per hour\"");
  if (*count <= 0) return wrong(text, "write a rate above zero");
  const double per_second = *count / unit->size;
  if (per_second > kPerSecondMax) return wrong(text, "write at most \"1000000 per second\"");
  if (per_second < 1 / kTimeMax) return wrong(text, "write more than \"0.005 per year\"");
  return *count / (unit->size / scale);
}

std::string print_number(double value) {
  std::array<char, 32> room{};
  const auto [end, fault] = std::to_chars(room.data(), room.data() + room.size(), value);
  static_cast<void>(fault);  // the shortest form of a double has at most 24 signs
  return {room.data(), end};
}

std::string print_rounded(double value) { return print_number(std::round(value * 1e6) / 1e6); }

std::string print_measured(double value, Measured measured, double scale) {
  if (units(measured).empty()) return print_number(value);
  const auto count_in = [&](const Unit& unit) { return value / (unit.size / scale); };
  const auto read = [&](double count, const Unit& unit) { return count * (unit.size / scale) == value; };
  const auto& [count, unit] = fewest_digits(units(measured), scale, value == 0, count_in, read);
  return toml_quoted(count + " " + std::string{unit.name} + (count == "1" || unit.name == "EUR" ? "" : "s"));
}

std::string print_rate(double rate, double scale) {
  const auto count_in = [&](const Unit& unit) { return rate * (unit.size / scale); };
  const auto read = [&](double count, const Unit& unit) { return count / (unit.size / scale) == rate; };
  const auto& [count, unit] = fewest_digits(kTimes, scale, false, count_in, read);
  return toml_quoted(count + " per " + std::string{unit.name});
}

std::optional<double> ValueReader::one(TomlTable& table, std::string_view key, const TomlValue& value,
                                       Measured measured, double scale) const {
  const AllowedRange& allowed = allowed_range(measured);
  const auto fault = [&](const std::string& what) {
    table.fault(value.place, table.path() + "." + std::string{key} + " " + what);
  };
  if (!units(measured).empty()) {
    if (value.kind != Kind::text) {
      fault("is " + std::string{formats::kind_name(value.kind)} + "; " + std::string{allowed.remedy});
      return std::nullopt;
    }
    const Result<double> parsed = parse_measured(value.text, measured, scale);
    if (parsed) return *parsed;
    fault(parsed.error().detail);
    return std::nullopt;
  }
  if (value.kind != Kind::integer && value.kind != Kind::number) {
    fault("is " + std::string{formats::kind_name(value.kind)} + "; " + std::string{allowed.remedy});
    return std::nullopt;
  }
  const double bare = value.kind == Kind::integer ? static_cast<double>(value.integer) : value.number;
  if (bare >= 0 && bare <= allowed.max) return bare;
  fault("is " + print_number(bare) + "; " + std::string{bare > 0 ? allowed.at_most : allowed.remedy});
  return std::nullopt;
}

double ValueReader::number(TomlTable& table, std::string_view key, Measured measured, double fallback) const {
  const TomlValue* value = table.any(key);
  return value == nullptr ? fallback : one(table, key, *value, measured).value_or(fallback);
}

double ValueReader::hours(TomlTable& table, std::string_view key) const {
  const TomlValue* value = table.any(key);
  return value == nullptr ? 0 : one(table, key, *value, Measured::time, 3'600).value_or(0);
}

Tick ValueReader::ticks(TomlTable& table, std::string_view key, Tick fallback) const {
  const double seconds = number(table, key, Measured::time, -1);
  return seconds < 0 ? fallback : std::llround(seconds * static_cast<double>(kSecond));
}

std::optional<double> ValueReader::rate(TomlTable& table, std::string_view key, double scale) const {
  const TomlValue* value = table.get(key, Kind::text);
  if (value == nullptr) return std::nullopt;
  const Result<double> parsed = parse_rate(value->text, scale);
  if (parsed) return *parsed;
  table.fault(key, parsed.error().detail);
  return std::nullopt;
}

std::vector<double> ValueReader::list(TomlTable& table, std::string_view key, Measured measured) const {
  double size = units(measured).empty() ? 1 : 0;
  if (!units(measured).empty()) {
    const std::string name = table.text("unit");
    const Unit* unit = unit_called(units(measured), name);
    if (unit != nullptr) size = unit->size;
    if (unit == nullptr && !name.empty()) {
      std::vector<std::string> known;
      for (const Unit& one : units(measured)) known.push_back(std::string{one.name} + (one.name == "EUR" ? "" : "s"));
      table.fault_unknown("unit", name, known, "a unit");
      return {};
    }
  }
  const TomlValue* written = table.get(key, Kind::array);
  if (written == nullptr) return {};
  std::vector<double> values;
  for (const TomlValue& item : written->items) {
    const bool bare = size > 0 && item.kind != Kind::text && measured != Measured::share;
    const auto value = one(table, key, item, bare ? Measured::count : measured);
    if (!value) return {};
    values.push_back(bare ? *value * size : *value);
  }
  if (values.empty())
    table.fault(key, "holds nothing; write at least two numbers");
  else if (!std::is_sorted(values.begin(), values.end()))
    table.fault(key, "do not rise; write the least first");
  else if (values.back() > allowed_range(measured).max)
    table.fault(key, "are too large; " + std::string{allowed_range(measured).at_most});
  else
    return values;
  return {};
}

}  // namespace guichet::rehearsal
