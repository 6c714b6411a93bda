// How many come and when: [arrivals].
#include <cmath>
#include <numeric>

#include <guichet/rehearsal/read_scenario_sections.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

constexpr std::size_t kStepsMax = 10'080;  // the minutes of a week
constexpr Tick kWeek = 7 * kDay;

// Weights of steps of equal length, as many as `steps` (any number when zero); empty when absent or at fault.
std::vector<double> weights(TomlTable& table, std::string_view key, const ValueReader& values, std::size_t steps) {
  const TomlValue* written = table.get(key, Kind::array);
  if (written == nullptr) return {};
  const std::size_t count = written->items.size();
  if ((steps != 0 && count != steps) || count == 0 || count > kStepsMax) {
    table.fault(key, "holds " + std::to_string(count) + " weights; write " +
                         (steps != 0 ? std::to_string(steps) : "1 to " + std::to_string(kStepsMax)));
    return {};
  }
  std::vector<double> weights;
  for (const TomlValue& item : written->items) {
    const auto weight = values.one(table, key, item, Measured::count);
    if (!weight) return {};
    weights.push_back(*weight);
  }
  constexpr double kSumMin = 1e-9;  // below it, products of weights lose themselves
  if (std::accumulate(weights.begin(), weights.end(), 0.0) > kSumMin) return weights;
  table.fault(key, "holds zeros only; write at least one weight above zero");
  return {};
}

// Weights whose mean is 1; those that have it stay as they are, to the last bit.
std::vector<double> normalized(std::vector<double> weights) {
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  if (mean > 1 - 1e-12 && mean < 1 + 1e-12) return weights;
  for (double& weight : weights) weight /= mean;
  return weights;
}

void read_profile(TomlTable& table, const ValueReader& values, Arrivals& arrivals) {
  const std::vector<double> by_hour = weights(table, "by_hour", values, 24);
  const std::vector<double> by_day = weights(table, "by_day", values, 7);
  std::vector<double> whole = weights(table, "by_hour_of_week", values, 168);
  Tick period = kWeek;
  if (TomlTable profile = table.table("profile"); profile.present() || profile.recording()) {
    profile.require("weights", "weights = [1, 2, …], for equal steps of the period");
    period = values.ticks(profile, "period", kWeek);
    if (period != kDay && period != kWeek) profile.fault("period", "is neither; write \"1 day\" or \"1 week\"");
    if (!whole.empty()) table.fault("profile", "contradicts by_hour_of_week; write one of both");
    whole = weights(profile, "weights", values, 0);
    close(profile);
  }
  if (!whole.empty() && (!by_hour.empty() || !by_day.empty()))
    table.fault(by_hour.empty() ? "by_day" : "by_hour", "contradicts the weights of the whole week; write one of both");
  if (whole.empty() && by_day.empty()) {
    whole = by_hour;
    period = kDay;
  } else if (whole.empty()) {
    for (const double day : by_day)
      for (const double hour : by_hour.empty() ? std::vector<double>{1} : by_hour) whole.push_back(day * hour);
  }
  if (whole.empty()) return;
  arrivals.profile = normalized(std::move(whole));
  arrivals.profile_period = period;
}

void read_sinusoid(TomlTable& arrivals_table, const ValueReader& values, Arrivals& arrivals) {
  TomlTable table = arrivals_table.table("sinusoid");
  if (!table.present() && !table.recording()) return;
  table.require("amplitude", "amplitude = 0.8, of the mean rate");
  table.require("period", "period = \"24 hours\"");
  arrivals.sinus_amplitude = values.share(table, "amplitude", 0);
  arrivals.sinus_period = values.ticks(table, "period", kDay);
  if (arrivals.sinus_period <= 0) table.fault("period", "is zero; write a time above zero");
  arrivals.sinus_phase = values.share(table, "phase", 0);
  close(table);
}

// Instants of a log count from its first.
std::vector<double> of_log(TomlTable& table, const ValueReader& values) {
  std::vector<double> seconds = values.from_log(table, "log", "arrivals");
  if (seconds.empty()) return seconds;
  const double first = seconds.front();
  for (double& second : seconds) second -= first;
  return seconds;
}

std::vector<double> written_out(TomlTable& arrivals_table, const ValueReader& values) {
  TomlTable table = arrivals_table.table("at");
  if (!table.present() && !table.recording()) return {};
  table.require("values", "unit = \"seconds\" and values = [0, 12.5, …], from the start");
  std::vector<double> seconds = values.list(table, "values", Measured::time);
  close(table);
  return seconds;
}

void read_instants(TomlTable& table, std::string_view key, const std::vector<double>& seconds, Arrivals& arrivals) {
  for (const double second : seconds) {
    if (!(second >= 0 && second <= kTimeMax)) return table.fault(key, "are not in order, or too far apart; sort them");
    const Tick at = std::llround(second * static_cast<double>(kSecond));
    if (!arrivals.at.empty() && at < arrivals.at.back()) return table.fault(key, "are not in order; sort them");
    arrivals.at.push_back(at);
  }
  if (arrivals.at.empty()) return;
  if (arrivals.at.back() == 0) return table.fault(key, "are all at once; write arrivals that are apart, or a rate");
  arrivals.per_second =
      static_cast<double>(arrivals.at.size()) * static_cast<double>(kSecond) / static_cast<double>(arrivals.at.back());
}

}  // namespace

void read_arrivals(TomlTable& table, const ValueReader& values, Arrivals& arrivals) {
  if (const auto rate = values.rate(table, "rate")) arrivals.per_second = *rate;
  read_profile(table, values, arrivals);
  read_sinusoid(table, values, arrivals);
  arrivals.between = values.law(table, "between", Measured::time);
  constexpr double kMicrosecond = 1e-6;
  if (arrivals.between && arrivals.between->mean() < kMicrosecond)
    table.fault("between", "is zero: all would come at once, for ever; write a time above zero");
  else if (arrivals.between)
    arrivals.per_second = 1 / arrivals.between->mean();
  read_instants(table, "log", of_log(table, values), arrivals);
  read_instants(table, "at", written_out(table, values), arrivals);
  arrivals.sellers = static_cast<std::uint32_t>(table.whole("sellers", 1, 100'000'000, 10'000));
  arrivals.turned_away_above = static_cast<std::uint64_t>(table.whole("turned_away_above", 1, 1'000'000'000, 0));
  close(table);
}

}  // namespace guichet::rehearsal
