#include <guichet/dossier/rehearsal_report_words.hpp>

#include <algorithm>
#include <cmath>

#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/sentences.hpp>

namespace guichet::dossier {

using formats::Phrases;
using measures::Unit;
using rehearsal::Difference;
using rehearsal::Estimate;
using rehearsal::Quantity;
using rehearsal::Rehearsed;
using rehearsal::Stopped;

namespace {

constexpr int kDecimalsMax = 6;
constexpr double kMinute = 60, kHour = 3600, kDay = 86'400;

/// Digits after the point at which `value` keeps `digits` figures.
int decimals_for(double value, int digits) {
  if (!std::isfinite(value) || value == 0) return 0;
  return std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))), 0, kDecimalsMax);
}

/// The largest unit in which a time of this size is not a small fraction.
std::pair<double, std::string_view> time_unit(double seconds) {
  if (seconds < 3 * kMinute) return {1, "seconds"};
  if (seconds < 3 * kHour) return {kMinute, "minutes"};
  if (seconds < 3 * kDay) return {kHour, "hours"};
  return {kDay, "days"};
}

double largest_of(std::initializer_list<const Estimate*> row) {
  double largest = 0;
  for (const Estimate* estimate : row)
    if (estimate != nullptr) largest = std::max({largest, std::abs(estimate->mean), estimate->p90.value_or(0)});
  return largest;
}

std::string told(const Rehearsed& result, Quantity quantity, const Phrases& phrases) {
  const Estimate& estimate = *estimate_of(result, quantity);
  return RowNumbers(rehearsal::text_of(quantity).unit, {&estimate}, phrases).told(estimate);
}

/// What one procedure comes to.
std::vector<std::string> outcome_in_short(const Rehearsed& result, const Phrases& phrases) {
  std::vector<std::string> sentences;
  const auto say = [&](std::string_view key, Quantity quantity) {
    if (estimate_of(result, quantity) != nullptr)
      sentences.push_back(phrases(key, {{"value", told(result, quantity, phrases)}}));
  };
  say("rehearsal.short.abandoned", Quantity::abandoned_share);
  say("rehearsal.short.resolved", Quantity::resolved_share);
  for (const auto& [key, quantity] : {std::pair{"rehearsal.short.agents", Quantity::agents},
                                      std::pair{"rehearsal.short.messages", Quantity::messages}}) {
    const Estimate* estimate = estimate_of(result, quantity);
    if (estimate == nullptr || !estimate->p90 || !estimate->max) continue;
    sentences.push_back(phrases(key, {{"value", told(result, quantity, phrases)},
                                      {"p90", phrases.number(*estimate->p90, 1)},
                                      {"max", phrases.number(*estimate->max, 1)}}));
  }
  say("rehearsal.short.elapsed", Quantity::elapsed_days);
  say("rehearsal.short.waited", Quantity::waited_share);
  say("rehearsal.short.wait", Quantity::queue_wait);
  say("rehearsal.short.saving", Quantity::attrition_saving_share);
  return sentences;
}

std::string size_in_words(const Rehearsed& result, const Phrases& phrases) {
  const auto whole = [&](std::uint64_t n) { return phrases.number(static_cast<double>(n)); };
  const std::string parts = phrases.counted(result.batches ? "rehearsal.batches" : "rehearsal.replications",
                                            static_cast<std::int64_t>(result.replications));
  return phrases("rehearsal.short.size", {{"cases", whole(result.cases)},
                                          {"events", whole(result.events)},
                                          {"parts", parts},
                                          {"seed", std::to_string(result.seed)}});
}

}  // namespace

RowNumbers::RowNumbers(Unit unit, std::initializer_list<const Estimate*> row, const Phrases& phrases)
    : phrases_(&phrases) {
  switch (unit) {
    case Unit::seconds: {
      const auto [scale, word] = time_unit(largest_of(row));
      scale_ = scale;
      unit_ = phrases("rehearsal.unit." + std::string{word});
      break;
    }
    case Unit::share:
      scale_ = 0.01;
      share_ = true;
      unit_ = phrases("rehearsal.unit.percent");
      break;
    case Unit::cents: scale_ = 100; break;
    case Unit::count:
    case Unit::doublings:
    case Unit::slope: break;
  }
  for (const Estimate* estimate : row) {
    if (estimate == nullptr) continue;
    const bool known = std::isfinite(estimate->half_width) && estimate->half_width > 0;
    decimals_ = std::max(
        decimals_, known ? decimals_for(estimate->half_width / scale_, 2) : decimals_for(estimate->mean / scale_, 4));
  }
}

std::string RowNumbers::number(double value) const {
  return std::isfinite(value) ? phrases_->number(value / scale_, decimals_) : std::string{};
}

std::string RowNumbers::with_interval(const Estimate& estimate) const {
  if (!std::isfinite(estimate.half_width)) return number(estimate.mean);
  return (*phrases_)("rehearsal.interval",
                     {{"mean", number(estimate.mean)}, {"half_width", number(estimate.half_width)}});
}

std::string RowNumbers::told(const Estimate& estimate) const { return in_unit(with_interval(estimate)); }

std::string RowNumbers::told(double value) const { return in_unit(number(value)); }

std::string RowNumbers::in_unit(const std::string& digits) const {
  if (share_) return (*phrases_)("number.percent", {{"value", digits}});
  return unit_.empty() ? digits : (*phrases_)("rehearsal.measured", {{"value", digits}, {"unit", unit_}});
}

std::string quantity_name(Quantity quantity, const Phrases& phrases) {
  return phrases("rehearsal.quantity." + std::string{rehearsal::text_of(quantity).name});
}

std::string measure_name(const rehearsal::MeasureResult& result, const Phrases& phrases) {
  const std::string stat = "measures.stat." + std::string{result.stat};
  return phrases("rehearsal.measure_stat", {{"measure", measure_name(result.id, phrases)},
                                            {"stat", phrases.has(stat) ? phrases(stat) : std::string{result.stat}}});
}

std::string with_unit(const std::string& name, const RowNumbers& numbers) {
  return numbers.unit().empty() ? name : name + " (" + numbers.unit() + ")";
}

std::vector<Quantity> quantities_of(const QuantityGroup& group) {
  std::vector<Quantity> all;
  for (auto i = static_cast<std::size_t>(group.first); i <= static_cast<std::size_t>(group.last); ++i)
    all.push_back(static_cast<Quantity>(i));
  return all;
}

const Estimate* estimate_of(const Rehearsed& result, Quantity quantity) {
  const std::optional<Estimate>& estimate = result.quantities[static_cast<std::size_t>(quantity)];
  return estimate && std::isfinite(estimate->mean) ? &*estimate : nullptr;
}

const Difference* difference_of(const PlayedProcedure& played, Quantity quantity) {
  const auto found = std::ranges::find(played.from_first, quantity, &Difference::quantity);
  return found == played.from_first.end() || !std::isfinite(found->difference.mean) ? nullptr : &*found;
}

Unit unit_of(const rehearsal::MeasureResult& result) { return unit_of(result.stat, measures::measure(result.id).unit); }

const rehearsal::MeasureResult* measure_like(const Rehearsed& result, const rehearsal::MeasureResult& like) {
  const auto found = std::ranges::find_if(
      result.measures, [&](const rehearsal::MeasureResult& one) { return one.id == like.id && one.stat == like.stat; });
  return found == result.measures.end() ? nullptr : &*found;
}

std::string digest_of(std::uint64_t digest) {
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[digest >> shift & 15U];
  return digits;
}

std::string time_in_words(double seconds, const Phrases& phrases) {
  Estimate time;
  time.mean = seconds;
  return RowNumbers(Unit::seconds, {&time}, phrases).told(seconds);
}

std::vector<std::string> labels_of(const RehearsalReport& report) {
  std::vector<std::string> labels;
  for (const PlayedProcedure& one : report.played) {
    const auto same_name = std::ranges::count_if(
        report.played, [&](const PlayedProcedure& other) { return other.procedure.name == one.procedure.name; });
    labels.push_back(same_name > 1 ? one.procedure.path : one.procedure.name);
  }
  return labels;
}

std::string_view name(Stopped stopped) {
  switch (stopped) {
    case Stopped::no: return "no";
    case Stopped::memory: return "memory";
    case Stopped::no_progress: return "no_progress";
    case Stopped::interrupted: return "interrupted";
  }
  return {};
}

bool is_partial(const Rehearsed& result) { return result.stopped != Stopped::no; }

bool RehearsalReport::is_partial() const {
  return cut_short ||
         std::ranges::any_of(played, [](const PlayedProcedure& one) { return dossier::is_partial(one.result); });
}

std::string source_in_words(const rehearsal::Assumption& assumption, const Phrases& phrases) {
  return assumption.source.empty() || assumption.source == "assumed" ? phrases("rehearsal.assumed") : assumption.source;
}

std::vector<std::string> rehearsal_in_short(const RehearsalReport& report, const Phrases& phrases) {
  const std::vector<std::string> labels = labels_of(report);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < report.played.size(); ++i)
    if (const Rehearsed& result = report.played[i].result; is_partial(result))
      sentences.push_back(phrases(
          "rehearsal.partial",
          {{"procedure", labels[i]}, {"why", phrases("rehearsal.stopped." + std::string{name(result.stopped)})}}));
  if (report.cut_short && sentences.empty()) sentences.push_back(phrases("rehearsal.cut_short"));
  const PlayedProcedure& first = report.played.front();
  sentences.push_back(size_in_words(first.result, phrases));
  if (report.played.size() == 1)
    for (std::string& sentence : outcome_in_short(first.result, phrases)) sentences.push_back(std::move(sentence));
  for (std::size_t i = 1; i < report.played.size(); ++i)
    for (const Quantity quantity : kMainQuantities)
      if (const Difference* difference = difference_of(report.played[i], quantity))
        sentences.push_back(difference_in_words(*difference, labels[0], labels[i], phrases));
  if (report.explanation) sentences.push_back(explanation_in_short(*report.explanation, report.repaired_by, phrases));
  return sentences;
}

std::string difference_in_words(const Difference& difference, const std::string& a, const std::string& b,
                                const Phrases& phrases) {
  const Unit unit = rehearsal::text_of(difference.quantity).unit;
  const RowNumbers numbers(unit, {&difference.a, &difference.b, &difference.difference}, phrases);
  const double half = difference.difference.half_width;
  const bool told_apart = std::isfinite(half) && std::abs(difference.difference.mean) > half;
  const char* key = !std::isfinite(half) ? "rehearsal.compared.once"
                    : told_apart         ? "rehearsal.compared"
                                         : "rehearsal.compared.not_told_apart";
  return phrases(key, {{"quantity", with_unit(quantity_name(difference.quantity, phrases), numbers)},
                       {"a", a},
                       {"b", b},
                       {"value_a", numbers.number(difference.a.mean)},
                       {"value_b", numbers.number(difference.b.mean)},
                       {"difference", numbers.with_interval(difference.difference)}});
}

std::string factor_name(rehearsal::Factor factor, const Phrases& phrases) {
  return phrases("rehearsal.factor." + std::string{rehearsal::kFactorNames[static_cast<std::size_t>(factor)]});
}

std::string explanation_in_short(const rehearsal::Explanation& explanation, const std::string& repaired_by,
                                 const Phrases& phrases) {
  const auto most = std::ranges::max_element(explanation.factors, {},
                                             [](const rehearsal::FactorShare& one) { return one.points.mean; });
  if (most == explanation.factors.end()) return phrases("rehearsal.explain.nothing");
  return phrases("rehearsal.explain.short",
                 {{"as_it_is", phrases.percent(explanation.as_it_is.mean)},
                  {"repaired", phrases.percent(explanation.all_repaired.mean)},
                  {"by", repaired_by},
                  {"factor", factor_name(most->factor, phrases)},
                  {"points", RowNumbers(Unit::share, {&most->points}, phrases).with_interval(most->points)}});
}

}  // namespace guichet::dossier
