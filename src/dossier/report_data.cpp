// Findings for programs: JSON and CSV.
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::dossier {
namespace {

using measures::Figure;
using measures::Findings;
using measures::Need;
using measures::Stat;

std::string whole(std::uint64_t n) { return std::to_string(n); }

void add_stat(formats::JsonWriter& json, const Stat& stat) {
  json.key(stat.name).value(stat.value, stat.name == "hours" ? 4 : 6);
}

void add_remarks(formats::JsonWriter& json, std::string_view name, const std::vector<Remark>& remarks) {
  json.key(name).begin_array();
  for (const Remark& remark : remarks) {
    json.begin_object().key("reason").value(remark.what).key("count").value(remark.count);
    json.key("places").begin_array();
    for (const std::string& place : remark.places) json.value(place);
    json.end_array();
    if (!remark.example.empty()) json.key("example").value(remark.example);
    json.end_object();
  }
  json.end_array();
}

void add_spread(formats::JsonWriter& json, std::string_view name, const measures::Spread& spread) {
  if (spread.n == 0) return;
  json.key(name).begin_object().key("n").value(spread.n);
  for (const Stat& stat : {Stat{"p10", spread.p10}, Stat{"p50", spread.p50}, Stat{"p90", spread.p90}})
    json.key(stat.name).value(stat.value / 1000);
  json.end_object();
}

void add_rules(formats::JsonWriter& json, const Findings& findings) {
  json.key("rules").begin_array();
  for (const measures::NamedRule& named : findings.closing_rules) {
    const measures::ClosingRule& rule = named.rule;
    const auto ms = [](Duration duration) { return static_cast<double>(duration.count()) / 1000; };
    json.begin_object();
    if (!rule.any_start) json.key("after").value(named.start);
    json.key("closing").value(named.finish);
    json.key("counts").value(rule.clock == measures::DelayClock::elapsed ? "elapsed" : "weekdays");
    json.key("delay_seconds").value(ms(rule.delay));
    json.key("delay_days").value(ms(rule.delay) / 86'400);
    json.key("shortest_seconds").value(ms(rule.shortest));
    json.key("longest_seconds").value(ms(rule.longest));
    json.key("width_seconds").value(ms(rule.longest - rule.shortest));
    json.key("clock_hours").value(rule.clock_hours, 2);
    json.key("n").value(rule.n).key("of").value(rule.of).key("share").value(rule.share);
    json.key("from").value(print_instant(rule.first)).key("until").value(print_instant(rule.last));
    if (!named.actor.empty()) {
      json.key("actor").value(named.actor).key("actor_share").value(rule.actor_share);
      json.key("actor_is_machine").value(named.machine);
      json.key("among_this_actor_only").value(rule.of_actor);
    }
    add_spread(json, "waits_before", rule.before);
    add_spread(json, "waits_afterwards", rule.after);
    json.end_object();
  }
  json.end_array();
}

void add_figure(formats::JsonWriter& json, const Findings& findings, const Figure& figure) {
  const measures::Measure& about = measures::measure(figure.id);
  json.key(about.name).begin_object();
  if (!about.code.empty()) json.key("code").value(about.code);
  json.key("unit").value(measures::name(about.unit)).key("n").value(figure.n);
  if (figure.unknown > 0) json.key("unknown").value(figure.unknown);
  for (const Stat& stat : figure.stats) add_stat(json, stat);
  if (!figure.rows.empty()) {
    json.key("by").begin_object();
    for (const measures::Row& row : figure.rows) {
      json.key(row.label.empty() ? row.word : std::string_view{row.label}).begin_object();
      for (const Stat& stat : row.stats) add_stat(json, stat);
      json.end_object();
    }
    json.end_object();
  }
  if (figure.id == measures::MeasureId::auto_close) add_rules(json, findings);
  json.end_object();
}

}  // namespace

std::string report_as_json(const Findings& findings, const ReportSource& source, formats::Language language) {
  const formats::Phrases phrases(language);
  formats::JsonWriter json;
  json.begin_object();
  json.key("source").value(source.name).key("format").value(source.format);
  json.key("mapping").value(source.mapping).key("mapping_origin").value(source.mapping_origin);
  json.key("language").value(formats::code(language));
  json.key("cases").value(findings.cases).key("events").value(findings.events);
  json.key("activities").value(findings.activities);
  const auto instant = [&](std::string_view name, const std::optional<Instant>& at) {
    json.key(name);
    if (at)
      json.value(print_instant(*at));
    else
      json.null();
  };
  instant("from", findings.from);
  instant("to", findings.to);
  json.key("measures").begin_object();
  for (const Figure& figure : findings.figures) add_figure(json, findings, figure);
  json.end_object();
  json.key("not_computed").begin_object();
  for (const measures::NotComputed& missing : findings.not_computed) {
    const measures::Measure& about = measures::measure(missing.id);
    json.key(about.name).begin_object();
    if (!about.code.empty()) json.key("code").value(about.code);
    json.key("needs").begin_array();
    for (std::size_t need = 0; need < measures::kNeeds; ++need)
      if (missing.missing.has(static_cast<Need>(need))) json.value(measures::name(static_cast<Need>(need)));
    json.end_array().key("reason").value(missing_in_words(missing.missing, phrases)).end_object();
  }
  json.end_object();
  add_remarks(json, "skipped", source.skipped);
  add_remarks(json, "warnings", source.warnings);
  return json.end_object().take();
}

std::string report_as_csv(const Findings& findings) {
  std::string csv = "measure,code,unit,row,stat,value\r\n";
  for (const Figure& figure : findings.figures) {
    const measures::Measure& about = measures::measure(figure.id);
    const auto line = [&](std::string_view row, std::string_view stat, const std::string& value) {
      csv += std::string{about.name} + ',' + std::string{about.code} + ',';
      csv += std::string{measures::name(unit_of(stat, about.unit))} + ',' + csv_field(row) + ',' + std::string{stat};
      csv += ',' + value + "\r\n";
    };
    const auto stats = [&](std::string_view row, const std::vector<Stat>& all) {
      for (const Stat& stat : all) line(row, stat.name, plain_number(stat.value, stat.name == "hours" ? 4 : 6));
    };
    line("", "n", whole(figure.n));
    if (figure.unknown > 0) line("", "unknown", whole(figure.unknown));
    stats("", figure.stats);
    for (const measures::Row& row : figure.rows)
      stats(row.label.empty() ? row.word : std::string_view{row.label}, row.stats);
    if (figure.id == measures::MeasureId::auto_close)
      for (const measures::NamedRule& named : findings.closing_rules)
        stats(named.start + " → " + named.finish,
              {{"delay_seconds", static_cast<double>(named.rule.delay.count()) / 1000},
               {"n", static_cast<double>(named.rule.n)},
               {"share", named.rule.share}});
  }
  return csv;
}

}  // namespace guichet::dossier
