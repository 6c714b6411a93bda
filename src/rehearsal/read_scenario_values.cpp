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
constexpr std::size_t kQuantilesMax = 100'000;
constexpr std::size_t kFittedQuantiles = 1'001;
constexpr std::size_t kPartsMax = 64;
constexpr int kDepthMax = 4;

struct Range {
  double max;
  std::string_view remedy, at_most, like;
};
const Range& range(Measured measured) {
  static constexpr std::array<Range, 4> kRanges{{
      {kTimeMax, "write a time and its unit, such as \"90 seconds\" or \"1.5 hours\"", "write at most \"200 years\"",
       "\"1 hour\""},
      {kCentsMax, "write an amount and its unit, such as \"250 EUR\"", "write at most \"10000000000 EUR\"",
       "\"250 EUR\""},
      {kCountMax, "write a number of zero or more", "write at most 1000000000000", "2"},
      {1.0, "write a share from 0 to 1", "write a share from 0 to 1", "0.5"},
  }};
  return kRanges[static_cast<std::size_t>(measured)];
}

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

void fault_spread(TomlTable& table) {
  table.fault(table.place(), table.path() +
                                 " varies too little or too much to be drawn; write values closer together, "
                                 "or one number if it does not vary");
}

// `count` values at evenly spaced shares of a sorted sample, linear in between.
std::vector<double> evenly_spaced(const std::vector<double>& sorted, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double place =
        static_cast<double>(i) * static_cast<double>(sorted.size() - 1) / static_cast<double>(count - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    values[i] = sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
  }
  return values;
}

}  // namespace

Result<double> parse_measured(std::string_view text, Measured measured, double scale) {
  const Range& allowed = range(measured);
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

std::pair<double, double> range_of(const Law& law) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  switch (law.kind()) {
    case Law::Kind::constant: return {law.first(), law.first()};
    case Law::Kind::exponential:
    case Law::Kind::lognormal:
    case Law::Kind::gamma: return {0, kNone};
    case Law::Kind::uniform: return {law.first(), law.second()};
    case Law::Kind::quantiles: return {law.values().front(), law.values().back()};
    case Law::Kind::mixture: break;
  }
  std::pair<double, double> whole{kNone, 0};
  for (const Law& part : law.parts()) {
    const auto [least, greatest] = range_of(part);
    whole = {std::min(whole.first, least), std::max(whole.second, greatest)};
  }
  return whole;
}

std::optional<double> ValueReader::one(TomlTable& table, std::string_view key, const TomlValue& value,
                                       Measured measured, double scale) const {
  const Range& allowed = range(measured);
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

std::optional<Law> ValueReader::law(TomlTable& table, std::string_view key, Measured measured) const {
  const TomlValue* value = table.any(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::table) {
    const auto constant = one(table, key, *value, measured);
    return constant ? std::optional{Law::constant(*constant)} : std::nullopt;
  }
  const auto law = law_table(table.table(key), measured);
  if (law && measured == Measured::share && range_of(*law).second > 1) {
    table.fault(key, "can be above 1; write a law that ends: uniform, quantiles, or a mixture of such");
    return std::nullopt;
  }
  return law;
}

std::optional<Law> ValueReader::law_table(TomlTable table, Measured measured, int depth) const {
  constexpr std::array<std::string_view, 7> kLaws{"constant", "exponential", "lognormal", "gamma",
                                                  "uniform",  "mixture",     "quantiles"};
  std::optional<Law> law;
  if (table.recording() || table.has("fit")) law = fitted(table, measured);
  if (!table.has("fit")) {
    table.require("law", "law = \"exponential\" or another, or fit = \"log.xes\"");
    const std::size_t kind = table.choice("law", kLaws, kLaws.size());
    const auto is = [&](Law::Kind one) { return table.recording() || kind == static_cast<std::size_t>(one); };
    if (is(Law::Kind::constant)) {
      table.require("value", "value = " + std::string{range(measured).like});
      const double value = number(table, "value", measured, -1);
      if (value >= 0) law = Law::constant(value);
    }
    if (is(Law::Kind::exponential))
      if (const auto mean = positive(table, "mean", measured)) law = Law::exponential(*mean);
    if (is(Law::Kind::lognormal)) law = lognormal(table, measured);
    if (is(Law::Kind::gamma)) law = gamma(table, measured);
    if (is(Law::Kind::uniform)) law = uniform(table, measured);
    if (is(Law::Kind::mixture)) law = mixture(table, measured, depth);
    if (is(Law::Kind::quantiles)) law = quantiles(table, measured);
  }
  table.text("source");
  if (depth > 0 || table.recording()) table.any("weight");
  table.finish();
  return law;
}

// A value that a law cannot do without, above zero.
std::optional<double> ValueReader::positive(TomlTable& table, std::string_view key, Measured measured) const {
  table.require(key, std::string{key} + " = " + std::string{range(measured).like});
  const TomlValue* written = table.any(key);
  const auto value = written == nullptr ? std::nullopt : one(table, key, *written, measured);
  if (!value || *value > 0) return value;
  table.fault(key, "is zero; write more, or a constant instead of a law");
  return std::nullopt;
}

std::optional<Law> ValueReader::lognormal(TomlTable& table, Measured measured) const {
  constexpr double kSigmaMin = 1e-6, kSigmaMax = 10;
  const auto of_sigma = [&](double mean, double sigma) -> std::optional<Law> {
    if (sigma >= kSigmaMin && sigma <= kSigmaMax && mean <= range(measured).max)
      return Law::lognormal_of_sigma(mean, sigma);
    fault_spread(table);
    return std::nullopt;
  };
  if (table.has("median") || table.recording()) {
    const auto median = positive(table, "median", measured);
    const auto p90 = positive(table, "p90", measured);
    if (median && p90 && *p90 <= *median) {
      table.fault("p90", "is not above the median; write the value that one in ten exceeds");
    } else if (median && p90) {
      constexpr double kNormalP90 = 1.2815515655446004;
      const double sigma = exact_log(std::min(*p90 / *median, 1e100)) / kNormalP90;
      return of_sigma(*median * exact_exp(std::min(sigma * sigma, 200.0) / 2), sigma);
    }
    if (!table.recording()) return std::nullopt;
  }
  const auto mean = positive(table, "mean", measured);
  const auto spread = [&](std::string_view key, Measured of) {
    return table.has(key) || table.recording() ? positive(table, key, of) : std::nullopt;
  };
  const auto sigma = spread("sigma", Measured::count);
  const auto sd = spread("sd", measured);
  if (!table.has("sigma") && !table.has("sd"))
    table.require("cv2", "cv2, the variance over the mean squared; or sd, or sigma, or median and p90");
  const auto cv2 = spread("cv2", Measured::count);
  if (!mean || (!sigma && !sd && !cv2)) return std::nullopt;
  if (sigma) return of_sigma(*mean, *sigma);
  const double ratio = sd ? *sd / *mean : 0;
  return of_sigma(*mean, std::sqrt(exact_log(1 + std::min(sd ? ratio * ratio : *cv2, 1e100))));
}

std::optional<Law> ValueReader::gamma(TomlTable& table, Measured measured) const {
  const auto mean = positive(table, "mean", measured);
  std::optional<double> shape;
  if (table.has("shape") || table.recording()) shape = positive(table, "shape", Measured::count);
  if (table.has("sd") || table.recording())
    if (const auto sd = positive(table, "sd", measured); sd && mean) shape = *mean / *sd * (*mean / *sd);
  if (!table.has("shape") && !table.has("sd")) {
    table.require("cv2", "cv2, the variance over the mean squared; or sd, or shape");
    if (table.has("cv2"))
      if (const auto cv2 = positive(table, "cv2", Measured::count)) shape = 1 / *cv2;
  }
  if (!mean || !shape) return std::nullopt;
  if (*shape >= 1e-6 && *shape <= 1e12) return Law::gamma(*shape, *mean);
  fault_spread(table);
  return std::nullopt;
}

std::optional<Law> ValueReader::uniform(TomlTable& table, Measured measured) const {
  table.require("from", "from = " + std::string{range(measured).like});
  table.require("to", "to = " + std::string{range(measured).like});
  const double from = number(table, "from", measured, -1);
  const double to = number(table, "to", measured, -1);
  if (from < 0 || to < 0) return std::nullopt;
  if (from <= to) return Law::uniform(from, to);
  table.fault("to", "is below from; write the greater of both");
  return std::nullopt;
}

std::optional<Law> ValueReader::mixture(TomlTable& table, Measured measured, int depth) const {
  table.require("parts", "parts = [{ weight = 1, law = … }, …]");
  if (table.recording()) return std::nullopt;  // a part has the keys of a law again
  std::vector<std::pair<double, Law>> parts;
  bool whole = true;
  table.each("parts", [&](TomlTable part) {
    if (depth == kDepthMax || parts.size() == kPartsMax) {
      part.fault(part.place(), part.path() + " is one too many; write at most 64 parts, four deep");
      whole = false;
      return;
    }
    const auto weight = positive(part, "weight", Measured::count);
    const auto law = law_table(part, measured, depth + 1);
    whole = whole && weight && law;
    if (weight && law) parts.emplace_back(*weight, *law);
  });
  if (parts.empty() && whole && table.has("parts")) table.fault("parts", "are none; write at least one");
  return whole && !parts.empty() ? std::optional{Law::mixture(std::move(parts))} : std::nullopt;
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
  else if (values.back() > range(measured).max)
    table.fault(key, "are too large; " + std::string{range(measured).at_most});
  else
    return values;
  return {};
}

std::optional<Law> ValueReader::quantiles(TomlTable& table, Measured measured) const {
  table.require("values", "values, at even steps of probability from 0 to 1");
  std::vector<double> values = list(table, "values", measured);
  if (values.empty()) return std::nullopt;
  if (values.size() >= 2 && values.size() <= kQuantilesMax) return Law::quantiles(std::move(values));
  table.fault("values", "are " + std::to_string(values.size()) + "; write 2 to 100000");
  return std::nullopt;
}

std::string ValueReader::beside(const std::string& file) const {
  const std::filesystem::path beside = std::filesystem::path{path_}.parent_path() / file;
  std::error_code ignored;
  return std::filesystem::exists(beside, ignored) ? beside.string() : file;
}

std::vector<double> ValueReader::observed(TomlTable& table, std::string_view of) const {
  table.require("fit", "fit = \"log.xes\"");
  const std::string log = table.text("fit");
  const std::string mapping = table.text("mapping");
  if (log.empty()) {
    if (table.has("fit")) table.fault("fit", "names no log; write fit = \"log.xes\"");
    return {};
  }
  if (!fit_) {
    table.fault("fit", "needs the log, which is not read here; write the law that it comes to");
    return {};
  }
  const auto values = fit_(beside(log), mapping.empty() ? mapping : beside(mapping), of);
  if (!values) {
    table.fault("fit", "cannot be read: " + values.error().detail);
    return {};
  }
  if (values->empty()) table.fault("fit", "shows no " + std::string{of} + "; write a law instead");
  return *values;
}

std::optional<Law> ValueReader::fitted(TomlTable& table, Measured measured) const {
  constexpr std::array<std::string_view, 5> kOf{"between_arrivals", "seller_reply", "desk_answer", "cycle_time",
                                                "work"};
  table.require("of", "of = \"seller_reply\", or what else of the log");
  const std::size_t of = table.choice("of", kOf, kOf.size());
  if (measured != Measured::time) table.fault("fit", "gives times; write a law of your own here");
  const bool known = of < kOf.size() && measured == Measured::time;
  if (!known && !table.recording()) return std::nullopt;
  std::vector<double> values = observed(table, known ? kOf[of] : kOf[0]);
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  if (!(values.front() >= 0 && values.back() <= kTimeMax)) {
    table.fault("fit", "shows times that are negative or above 200 years; clean the log first");
    return std::nullopt;
  }
  if (values.front() == values.back()) return Law::constant(values.front());
  return Law::quantiles(evenly_spaced(values, std::min(kFittedQuantiles, values.size())));
}

std::vector<double> ValueReader::from_log(TomlTable& table, std::string_view key, std::string_view of) const {
  TomlTable log = table.table(key);
  if (!log.present() && !log.recording()) return {};
  std::vector<double> values = observed(log, of);
  log.text("source");
  log.finish();
  return values;
}

}  // namespace guichet::rehearsal
