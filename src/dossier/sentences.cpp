#include <guichet/dossier/sentences.hpp>

#include <algorithm>
#include <cmath>

#include <guichet/dossier/numbers.hpp>

namespace guichet::dossier {

using measures::Figure;
using measures::Findings;
using measures::MeasureId;
using measures::Row;
using measures::Unit;

namespace {

std::string duration(Duration value, const formats::Phrases& phrases) { return phrases.duration(value); }

std::string whole(double value, const formats::Phrases& phrases) { return phrases.number(value, 1); }

double stat_of(const Row& row, std::string_view name) {
  for (const measures::Stat& stat : row.stats)
    if (stat.name == name) return stat.value;
  return 0;
}

}  // namespace

std::string measure_name(MeasureId id, const formats::Phrases& phrases) {
  return phrases("measure." + std::string{measures::measure(id).name} + ".name");
}

std::string row_name(const Row& row, const formats::Phrases& phrases) {
  return row.label.empty() && !row.word.empty() ? phrases("measures.word." + std::string{row.word}) : row.label;
}

std::vector<std::string> in_short(const Findings& findings, const ReportSource& source,
                                  const formats::Phrases& phrases) {
  (void)source;
  if (findings.cases == 0) return {phrases("report.short.nothing")};
  std::vector<std::string> sentences;
  sentences.push_back(phrases("report.short.size", {{"cases", phrases.number(static_cast<double>(findings.cases))},
                                                    {"events", phrases.number(static_cast<double>(findings.events))},
                                                    {"from", phrases.date(*findings.from)},
                                                    {"to", phrases.date(*findings.to)}}));
  if (const Figure* cycle = findings.figure(MeasureId::cycle_time))
    sentences.push_back(phrases("report.short.time", {{"p50", said(*cycle->stat("p50"), Unit::seconds, phrases)},
                                                      {"p90", said(*cycle->stat("p90"), Unit::seconds, phrases)}}));
  const Figure* met = findings.figure(MeasureId::agents_met);
  const Figure* hand_offs = findings.figure(MeasureId::hand_offs);
  if (met != nullptr && hand_offs != nullptr)
    sentences.push_back(phrases("report.short.persons", {{"mean", whole(*met->stat("mean"), phrases)},
                                                         {"max", whole(*met->stat("max"), phrases)},
                                                         {"share", phrases.percent(*hand_offs->stat("share"))}}));
  const Figure* status = findings.figure(MeasureId::time_in_status);
  if (status == nullptr) status = findings.figure(MeasureId::time_in_activity);
  if (status != nullptr && !status->rows.empty())
    sentences.push_back(
        phrases("report.short.sink", {{"status", row_name(status->rows.front(), phrases)},
                                      {"share", phrases.percent(stat_of(status->rows.front(), "share"))}}));
  if (findings.closing_rules.empty()) {
    sentences.push_back(phrases("report.short.no_clock"));
  } else {
    sentences.push_back(clock_in_short(findings.closing_rules.front().rule, phrases));
  }
  return sentences;
}

std::string clock_in_short(const measures::ClosingRule& rule, const formats::Phrases& phrases) {
  const bool began_later = rule.before.n >= measures::kRuleClosingsMin;
  return phrases(began_later ? "report.short.clock_since" : "report.short.clock",
                 {{"share", phrases.percent(rule.share)},
                  {"delay", duration(rule.delay, phrases)},
                  {"from", phrases.date(rule.first)}});
}

std::vector<std::string> closing_sentences(const Findings& findings, const formats::Phrases& phrases) {
  if (findings.closing_rules.empty()) return {phrases("report.closing.none")};
  std::vector<std::string> sentences;
  for (const measures::NamedRule& named : findings.closing_rules) {
    const measures::ClosingRule& rule = named.rule;
    const std::string start = rule.any_start ? phrases("report.closing.any") : named.start;
    std::string told =
        phrases(rule.clock == measures::DelayClock::weekdays ? "report.closing.rule_weekdays" : "report.closing.rule",
                {{"start", start},
                 {"finish", named.finish},
                 {"delay", duration(rule.delay, phrases)},
                 {"days", phrases.number(static_cast<double>(rule.delay.count()) / 86'400'000, 2)},
                 {"n", phrases.number(static_cast<double>(rule.n))},
                 {"of", phrases.number(static_cast<double>(rule.of))},
                 {"share", phrases.percent(rule.share)},
                 {"from", phrases.date(rule.first)},
                 {"until", phrases.date(rule.last)}});
    told += ' ' + phrases("report.closing.clock", {{"hours", phrases.number(rule.clock_hours, 1)},
                                                   {"shortest", duration(rule.shortest, phrases)},
                                                   {"longest", duration(rule.longest, phrases)}});
    if (!named.actor.empty() && rule.actor_share >= 0.5)
      told += ' ' + phrases(named.machine ? "report.closing.machine" : "report.closing.actor",
                            {{"actor", named.actor}, {"share", phrases.percent(rule.actor_share)}});
    const auto outside = [&](std::string_view key, const measures::Spread& spread) {
      if (spread.n < measures::kRuleClosingsMin) return;
      const auto time = [&](double ms) { return duration(Duration{std::llround(ms)}, phrases); };
      told += ' ' + phrases(key, {{"n", phrases.number(static_cast<double>(spread.n))},
                                  {"p10", time(spread.p10)},
                                  {"p50", time(spread.p50)},
                                  {"p90", time(spread.p90)}});
    };
    outside("report.closing.before", rule.before);
    outside("report.closing.afterwards", rule.after);
    sentences.push_back(std::move(told));
  }
  return sentences;
}

}  // namespace guichet::dossier
