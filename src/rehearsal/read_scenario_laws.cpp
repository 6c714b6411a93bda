// Laws of chance as the text of a scenario writes them, or as a log shows them.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

#include <guichet/rehearsal/read_scenario_values.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

constexpr int kDepthMax = 4;
constexpr std::size_t kPartsMax = 64;
constexpr std::size_t kFittedQuantiles = 1'001;
constexpr std::size_t kQuantilesMax = 100'000;

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
    const double between = sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
    values[i] = std::min(between, sorted[above]);  // rounding must not break the order
  }
  return values;
}

}  // namespace

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

std::optional<Law> ValueReader::law(TomlTable& table, std::string_view key, Measured measured) const {
  const TomlValue* value = table.any(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != Kind::table) {
    const auto constant = one(table, key, *value, measured);
    return constant ? std::optional{Law::constant(*constant)} : std::nullopt;
  }
  auto law = law_table(table.table(key), measured);
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
      table.require("value", "value = " + std::string{allowed_range(measured).like});
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
  table.require(key, std::string{key} + " = " + std::string{allowed_range(measured).like});
  const TomlValue* written = table.any(key);
  const auto value = written == nullptr ? std::nullopt : one(table, key, *written, measured);
  if (!value || *value > 0) return value;
  table.fault(key, "is zero; write more, or a constant instead of a law");
  return std::nullopt;
}

std::optional<Law> ValueReader::lognormal(TomlTable& table, Measured measured) const {
  constexpr double kSigmaMin = 1e-6, kSigmaMax = 10;
  const auto of_sigma = [&](double mean, double sigma) -> std::optional<Law> {
    if (sigma >= kSigmaMin && sigma <= kSigmaMax && mean <= allowed_range(measured).max)
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
  table.require("from", "from = " + std::string{allowed_range(measured).like});
  table.require("to", "to = " + std::string{allowed_range(measured).like});
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
