// A rehearsal for programs that read objects.
#include <cmath>

#include <guichet/core/names.hpp>
#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/dossier/rehearsal_report_words.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/rulebook/differing.hpp>

namespace guichet::dossier {
namespace {

using formats::JsonWriter;
using rehearsal::Estimate;
using rehearsal::Rehearsed;

/// A key and its number, or nothing where there is no number.
void add(JsonWriter& json, std::string_view key, double value) {
  if (std::isfinite(value)) json.key(key).exact(value);
}
void add(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  if (value) add(json, key, *value);
}

void add_numbers(JsonWriter& json, const Estimate& estimate) {
  json.key("n").value(estimate.n).key("parts").value(estimate.parts);
  add(json, "mean", estimate.mean);
  if (std::isfinite(estimate.half_width) && std::isfinite(estimate.mean)) {
    json.key("ci95").begin_array().exact(estimate.mean - estimate.half_width);
    json.exact(estimate.mean + estimate.half_width).end_array();
    json.key("half_width").exact(estimate.half_width);
    add(json, "sd_of_parts", estimate.sd_of_parts);
  }
  add(json, "p10", estimate.p10);
  add(json, "p50", estimate.p50);
  add(json, "p90", estimate.p90);
  add(json, "max", estimate.max);
}

void add_estimate(JsonWriter& json, std::string_view key, const Estimate& estimate) {
  json.key(key).begin_object();
  add_numbers(json, estimate);
  json.end_object();
}

void add_measures(JsonWriter& json, const Rehearsed& result) {
  json.key("measures").begin_object();
  for (std::size_t i = 0; i < rehearsal::kQuantities; ++i) {
    const auto quantity = static_cast<rehearsal::Quantity>(i);
    const Estimate* estimate = estimate_of(result, quantity);
    if (estimate == nullptr) continue;
    const rehearsal::QuantityText& text = rehearsal::text_of(quantity);
    json.key(text.name).begin_object().key("unit").value(measures::name(text.unit));
    add_numbers(json, *estimate);
    json.end_object();
  }
  // A measure of which more than one number is given: the others are named after theirs.
  std::optional<measures::MeasureId> last;
  for (const rehearsal::MeasureResult& measure : result.measures) {
    const std::string name{measures::measure(measure.id).name};
    json.key(last == measure.id ? name + "." + std::string{measure.stat} : name).begin_object();
    last = measure.id;
    json.key("stat").value(measure.stat).key("unit").value(measures::name(unit_of(measure)));
    add_numbers(json, measure.estimate);
    json.end_object();
  }
  json.end_object();
}

void add_queues(JsonWriter& json, std::string_view key, const std::vector<rehearsal::QueueResult>& queues) {
  json.key(key).begin_object();
  for (const rehearsal::QueueResult& queue : queues) {
    json.key(queue.id).begin_object();
    add_estimate(json, "waited_share", queue.waited_share);
    add_estimate(json, "left_share", queue.left_share);
    add_estimate(json, "wait", queue.wait);
    add_estimate(json, "length", queue.length);
    json.end_object();
  }
  json.end_object();
}

template <class Number>
void add_list(JsonWriter& json, std::string_view key, const std::vector<Number>& numbers) {
  json.key(key).begin_array();
  for (const Number number : numbers) {
    if constexpr (std::is_floating_point_v<Number>)
      json.exact(number);
    else
      json.value(number);
  }
  json.end_array();
}

void add_distributions(JsonWriter& json, const Rehearsed& result) {
  json.key("tails").begin_array();
  for (const rehearsal::TailResult& tail : result.tails) {
    json.begin_object().key("seconds").exact(tail.seconds);
    add_estimate(json, "waits_longer", tail.waits_longer);
    add_estimate(json, "served_within", tail.served_within);
    json.end_object();
  }
  json.end_array().key("looks").begin_array();
  for (const rehearsal::LookResult& look : result.looks) {
    json.begin_object().key("place_seconds").exact(look.place_seconds);
    add_estimate(json, "in_desk", look.in_desk);
    json.end_object();
  }
  json.end_array().key("histograms").begin_object();
  add_list(json, "messages", result.messages_histogram);
  add_list(json, "agents", result.agents_histogram);
  add_list(json, "wait", result.wait_histogram);
  add_list(json, "wait_edges", result.wait_edges);
  json.end_object();
  add_list(json, "gave_up_by_message", result.gave_up_by_message);
}

/// What a run was: its seed and digest, its size, how long it took, and how it ended.
void add_run(JsonWriter& json, const Rehearsed& result, rehearsal::Stopped stopped) {
  json.key("procedure").value(result.procedure).key("seed").value(result.seed);
  json.key("digest").value(digest_of(result.digest));
  json.key("events").value(result.events).key("cases").value(result.cases).key("kept_cases").value(result.kept_cases);
  add(json, "wall_seconds", result.wall_seconds);
  add(json, "loop_seconds", result.loop_seconds);
  const auto events = static_cast<double>(result.events);
  add(json, "events_per_second", events / result.wall_seconds);
  add(json, "events_per_second_per_core", events / result.loop_seconds);
  json.key("replications").value(result.replications).key("batches").value(result.batches);
  add(json, "rehearsed_seconds", result.rehearsed_seconds);
  json.key("peak_open_cases").value(result.peak_open_cases).key("memory_bytes").value(result.memory_bytes);
  json.key("partial").value(stopped != rehearsal::Stopped::no).key("stopped").value(name(stopped));
  if (!result.stopped_why.empty()) json.key("stopped_why").value(result.stopped_why);
}

void add_result(JsonWriter& json, const Rehearsed& result, rehearsal::Stopped stopped) {
  add_run(json, result, stopped);
  add_measures(json, result);
  add_queues(json, "by_queue", result.by_queue);
  add_queues(json, "by_matter", result.by_matter);
  add_distributions(json, result);
  json.key("refused").begin_object();
  for (const auto& [refusal, times] : result.refused) json.key(guichet::name(refusal)).value(times);
  json.end_object();
}

void add_differences(JsonWriter& json, const RehearsalReport& report) {
  const std::vector<std::string> labels = labels_of(report);
  json.key("differences").begin_array();
  for (std::size_t i = 1; i < report.played.size(); ++i) {
    json.begin_object().key("a").value(labels[0]).key("b").value(labels[i]).key("measures").begin_object();
    for (const rehearsal::Difference& one : report.played[i].from_first) {
      json.key(rehearsal::text_of(one.quantity).name).begin_object();
      add_estimate(json, "a", one.a);
      add_estimate(json, "b", one.b);
      add_estimate(json, "difference", one.difference);
      json.end_object();
    }
    json.end_object().end_object();
  }
  json.end_array().key("differing_clauses").begin_array();
  for (std::size_t i = 1; i < report.played.size(); ++i) {
    json.begin_object().key("a").value(labels[0]).key("b").value(labels[i]).key("clauses").begin_array();
    for (const rulebook::DifferingClause& clause :
         rulebook::differing_clauses(report.played[0].procedure, report.played[i].procedure))
      json.begin_object().key("path").value(clause.path).key("a").value(clause.a).key("b").value(clause.b).end_object();
    json.end_array().end_object();
  }
  json.end_array();
}

void add_explanation(JsonWriter& json, const rehearsal::Explanation& explanation, const std::string& repaired_by) {
  json.key("explain").begin_object().key("repaired_by").value(repaired_by);
  add_estimate(json, "as_it_is", explanation.as_it_is);
  add_estimate(json, "all_repaired", explanation.all_repaired);
  json.key("factors").begin_object();
  for (const rehearsal::FactorShare& factor : explanation.factors) {
    json.key(rehearsal::kFactorNames[static_cast<std::size_t>(factor.factor)]).begin_object();
    add_estimate(json, "points", factor.points);
    add_estimate(json, "share", factor.share);
    json.end_object();
  }
  json.end_object().key("coalitions").begin_array();
  for (rehearsal::FactorSet set = 0; set < rehearsal::kFactorSets; ++set) {
    json.begin_object().key("as_they_are").begin_array();
    for (std::size_t factor = 0; factor < rehearsal::kFactors; ++factor)
      if (has(set, static_cast<rehearsal::Factor>(factor))) json.value(rehearsal::kFactorNames[factor]);
    json.end_array();
    add_estimate(json, "abandoned_share", explanation.coalitions[set]);
    json.end_object();
  }
  json.end_array().key("events").value(explanation.events);
  json.key("digest").value(digest_of(explanation.digest)).end_object();
}

void add_assumptions(JsonWriter& json, const RehearsalReport& report) {
  json.key("assumptions").begin_array();
  for (const rehearsal::Assumption& one : report.assumptions) {
    json.begin_object().key("path").value(one.path).key("value").value(one.value);
    json.key("source").value(one.source).key("line").value(one.line).end_object();
  }
  json.end_array();
}

}  // namespace

std::string rehearsal_as_json(const RehearsalReport& report) {
  JsonWriter json;
  json.begin_object().key("scenario").value(report.scenario).key("command").value(report.command);
  if (report.played.size() == 1) {
    const Rehearsed& result = report.played.front().result;
    const bool only_the_rest_is_missing = report.cut_short && !is_partial(result);
    add_result(json, result, only_the_rest_is_missing ? rehearsal::Stopped::interrupted : result.stopped);
  } else {
    json.key("seed").value(report.played.front().result.seed);
    json.key("partial").value(report.is_partial());
    json.key("procedures").begin_array();
    for (const PlayedProcedure& one : report.played) {
      json.begin_object();
      add_result(json, one.result, one.result.stopped);
      json.end_object();
    }
    json.end_array();
    add_differences(json, report);
  }
  if (report.explanation) add_explanation(json, *report.explanation, report.repaired_by);
  add_assumptions(json, report);
  return json.end_object().take();
}

}  // namespace guichet::dossier
