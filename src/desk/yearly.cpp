#include <guichet/desk/yearly.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <guichet/desk/moments.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/measures/sample.hpp>
#include <guichet/measures/tally.hpp>

namespace guichet::desk {
namespace {

using measures::MeasureId;

constexpr std::array<std::string_view, kCaseOutcomes> kOutcomeNames{
    "granted",   "partly_granted",    "refused",        "granted_by_silence", "agreed",
    "withdrawn", "closed_by_silence", "closed_by_desk", "closed_elsewhere",   "not_yet"};

/// The measures that the public reads, and which of their numbers stands for them.
struct Chosen {
  MeasureId id;
  std::string_view stat;
};
constexpr std::array<Chosen, 3> kChosen{
    {{MeasureId::silence_asymmetry, "p50"}, {MeasureId::abandonment, "share"}, {MeasureId::reversal, "share"}}};

/// What is gathered of one year.
struct Year {
  std::uint64_t lodged{};
  std::map<std::string, std::uint64_t> matters;
  measures::Sample processing_ms;
  std::array<std::uint64_t, kCaseOutcomes> outcomes{};
  measures::Tally tally{measures::Tally::Keeps::shares};
};

int year_of(Instant at, const std::string& zone) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(local_time(zone, at))};
  return static_cast<int>(date.year());
}

/// When the complaint was first decided or closed; kNever while it is not.
Instant processed_at(const CaseHistory& history) {
  for (const Moment& moment : history.moments)
    if (closes(moment) || moment.kind == EventKind::decided) return moment.at;
  return kNever;
}

YearFigures figures_of(int number, const Year& year, const Vocabulary& names) {
  YearFigures figures;
  figures.year = number;
  figures.lodged = year.lodged;
  figures.enough = year.lodged >= kFewest;
  if (!figures.enough) return figures;
  for (const auto& [matter, n] : year.matters) figures.matters.push_back({.id = matter, .n = n, .together = false});
  figures.matters = without_small_numbers(std::move(figures.matters));
  const measures::Spread spread = year.processing_ms.spread();
  constexpr double kMsPerHour = 3'600'000;
  figures.processed = spread.n;
  if (spread.n >= kFewest) {
    figures.hours_mean = spread.mean / kMsPerHour;
    figures.hours_median = spread.p50 / kMsPerHour;
  }
  figures.outcomes = year.outcomes;
  const measures::Findings findings = year.tally.findings(names);
  for (const Chosen& chosen : kChosen) {
    MeasureFigure figure{.id = chosen.id, .n = 0, .value = std::nullopt};
    if (const measures::Figure* found = findings.figure(chosen.id)) {
      figure.n = found->n;
      if (found->n >= kFewest) figure.value = found->stat(chosen.stat);
    }
    figures.measures.push_back(figure);
  }
  return figures;
}

}  // namespace

std::string_view name(CaseOutcome outcome) { return kOutcomeNames[static_cast<std::size_t>(outcome)]; }

CaseOutcome outcome_of(const ledger::ShelfRow& row) {
  const CaseState& state = row.state;
  const bool closed = state.phase() == Phase::closed;
  if (CasesAsHistories::imported(row)) return closed ? CaseOutcome::closed_elsewhere : CaseOutcome::not_yet;
  // An agreement stands for itself, also where it came after a decision.
  if (closed && row.closed_on == static_cast<std::uint8_t>(Ground::agreement)) return CaseOutcome::agreed;
  if (state.has(kHasDecision) && state.phase() != Phase::under_appeal && row.decided_as)
    switch (static_cast<Decided>(*row.decided_as)) {
      case Decided::granted: return CaseOutcome::granted;
      case Decided::partly_granted: return CaseOutcome::partly_granted;
      case Decided::refused: return CaseOutcome::refused;
      case Decided::granted_by_silence: return CaseOutcome::granted_by_silence;
    }
  if (!closed || !row.closed_on) return CaseOutcome::not_yet;
  switch (static_cast<Ground>(*row.closed_on)) {
    case Ground::agreement: return CaseOutcome::agreed;
    case Ground::seller_wish: return CaseOutcome::withdrawn;
    case Ground::seller_silence: return CaseOutcome::closed_by_silence;
    case Ground::decision:
    case Ground::desk_alone: return CaseOutcome::closed_by_desk;
  }
  return CaseOutcome::not_yet;
}

std::vector<MatterFigure> without_small_numbers(std::vector<MatterFigure> matters) {
  std::erase_if(matters, [](const MatterFigure& one) { return one.n == 0; });
  std::ranges::sort(matters,
                    [](const MatterFigure& a, const MatterFigure& b) { return a.n != b.n ? a.n > b.n : a.id < b.id; });
  MatterFigure together{.id = {}, .n = 0, .together = true};
  std::size_t joined = 0;
  while (!matters.empty()) {
    const bool small = matters.back().n < kFewest;
    // One small number alone could be had by subtraction, and so could a small sum.
    const bool betrayed = joined > 0 && (joined == 1 || together.n < kFewest);
    if (!small && !betrayed) break;
    together.n += matters.back().n;
    ++joined;
    matters.pop_back();
  }
  if (joined > 0) matters.push_back(std::move(together));
  return matters;
}

Result<YearlyFigures> yearly_figures(ledger::Ledger& ledger, const Procedures& procedures, const std::string& zone,
                                     const PassProgress& progress) {
  YearlyFigures figures;
  {
    GUICHET_TRY(reader, ledger.reader());
    GUICHET_TRY(reach, reader->reach());
    figures.reach = reach;
  }
  std::map<int, Year> years;
  Vocabulary names;
  std::map<std::uint32_t, std::map<int, std::uint64_t>> by_matter;
  const Outcome passed = pass_over(
      ledger, procedures, progress,
      [&](const ledger::ShelfRow& row, std::span<const Event>, const CaseHistory& history) {
        const int number = year_of(row.opened, zone);
        Year& year = years[number];
        ++year.lodged;
        ++by_matter[history.facts.matter][number];
        ++year.outcomes[static_cast<std::size_t>(outcome_of(row))];
        if (const Instant processed = processed_at(history); processed != kNever)
          year.processing_ms.add((processed - row.opened).count());
        year.tally.fold(history);
      },
      names);
  if (!passed) return passed.error();
  for (const auto& [matter, counts] : by_matter)
    for (const auto& [number, n] : counts)
      years[number].matters[std::string{Vocabulary::name(names.matters, matter)}] += n;
  for (auto& [number, year] : years) {
    year.tally.can_say(measures::kEventsSay);
    figures.years.push_back(figures_of(number, year, names));
  }
  std::ranges::reverse(figures.years);
  return figures;
}

std::string figures_as_csv(const YearlyFigures& figures) {
  std::string csv = "year,figure,of,unit,n,value\r\n";
  const auto line = [&csv](int year, std::string_view figure, std::string_view of, std::string_view unit,
                           std::uint64_t n, const std::string& value) {
    csv += std::to_string(year);
    for (const std::string& field : {std::string{figure}, std::string{of}, std::string{unit}, std::to_string(n), value})
      csv.append(",").append(dossier::csv_field(field));
    csv += "\r\n";
  };
  for (const YearFigures& year : figures.years) {
    line(year.year, "lodged", "", "cases", year.lodged, std::to_string(year.lodged));
    if (!year.enough) continue;
    for (const MatterFigure& matter : year.matters)
      line(year.year, "matter", matter.together ? "others_together" : matter.id, "cases", year.lodged,
           std::to_string(matter.n));
    const bool timed = year.processed >= kFewest;
    line(year.year, "time_to_process", "mean", "hours", year.processed,
         timed ? dossier::plain_number(year.hours_mean, 2) : "");
    line(year.year, "time_to_process", "median", "hours", year.processed,
         timed ? dossier::plain_number(year.hours_median, 2) : "");
    for (std::size_t i = 0; i < kCaseOutcomes; ++i)
      line(year.year, "outcome", kOutcomeNames[i], "cases", year.lodged, std::to_string(year.outcomes[i]));
    for (const MeasureFigure& figure : year.measures) {
      const measures::Measure& about = measures::measure(figure.id);
      line(year.year, about.name, about.code, measures::name(about.unit), figure.n,
           figure.value ? dossier::plain_number(*figure.value) : "");
    }
  }
  return csv;
}

std::string figures_as_json(const YearlyFigures& figures) {
  formats::JsonWriter json;
  json.begin_object().key("position").value(figures.reach.position).key("years").begin_array();
  for (const YearFigures& year : figures.years) {
    json.begin_object().key("year").value(year.year).key("lodged").value(year.lodged);
    json.key("enough").value(year.enough);
    if (!year.enough) {
      json.end_object();
      continue;
    }
    json.key("matters").begin_array();
    for (const MatterFigure& matter : year.matters) {
      json.begin_object().key("matter").value(matter.together ? "others_together" : matter.id);
      json.key("cases").value(matter.n).end_object();
    }
    json.end_array().key("processed").value(year.processed);
    if (year.processed >= kFewest)
      json.key("hours_mean").value(year.hours_mean, 2).key("hours_median").value(year.hours_median, 2);
    json.key("outcomes").begin_object();
    for (std::size_t i = 0; i < kCaseOutcomes; ++i) json.key(kOutcomeNames[i]).value(year.outcomes[i]);
    json.end_object().key("measures").begin_array();
    for (const MeasureFigure& figure : year.measures) {
      const measures::Measure& about = measures::measure(figure.id);
      json.begin_object().key("code").value(about.code).key("name").value(about.name);
      json.key("unit").value(measures::name(about.unit)).key("n").value(figure.n);
      if (figure.value) json.key("value").exact(*figure.value);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace guichet::desk
