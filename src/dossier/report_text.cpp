// Findings for a terminal, and the catalogue as a page.
#include <algorithm>

#include <guichet/base/utf8.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/dossier/sentences.hpp>

namespace guichet::dossier {
namespace {

using measures::Figure;
using measures::Findings;
using measures::MeasureId;
using measures::Row;

constexpr std::size_t kNameColumns = 44;
constexpr std::size_t kNumberColumns = 14;
constexpr std::size_t kRowsMax = 12;

std::string padded(std::string_view words, std::size_t columns) {
  std::string cell = utf8_length(words) > columns ? utf8_cut(words, columns) : std::string{words};
  const std::size_t length = utf8_length(cell);
  if (length < columns) cell.append(columns - length, ' ');
  return cell;
}

std::string right(std::string_view words, std::size_t columns) {
  const std::size_t length = utf8_length(words);
  return std::string(length < columns ? columns - length : 1, ' ') + std::string{words};
}

/// Foreign words cannot move the cursor of a terminal.
std::string printable(std::string_view words) {
  std::string clean;
  for (const char c : utf8_repair(words)) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return clean;
}

}  // namespace

std::string report_as_text(const Findings& findings, const ReportSource& source, formats::Language language) {
  const formats::Phrases phrases(language);
  std::string out = printable(source.name) + "\n";
  for (const std::string& sentence : in_short(findings, source, phrases)) out += printable(sentence) + "\n";
  out += "\n" + padded(phrases("report.measure"), kNameColumns);
  for (const char* column :
       {"measures.stat.n", "measures.stat.p10", "measures.stat.p50", "measures.stat.p90", "report.in_all"})
    out += right(phrases(column), kNumberColumns);
  out += '\n';
  for (const Figure& figure : findings.figures) {
    const measures::Measure& about = measures::measure(figure.id);
    const auto cell = [&](std::string_view stat) {
      const std::optional<double> value = figure.stat(stat);
      return value ? said(*value, unit_of(stat, about.unit), phrases) : std::string{};
    };
    std::string in_all = cell("share");
    for (const std::string_view other : {"longest_ratio", "slope", "total"})
      if (in_all.empty()) in_all = cell(other);
    if (figure.id == MeasureId::by_person || figure.id == MeasureId::by_team) continue;
    out += padded(measure_name(figure.id, phrases), kNameColumns);
    out += right(phrases.number(static_cast<double>(figure.n)), kNumberColumns);
    out += right(cell("p10"), kNumberColumns) + right(cell("p50"), kNumberColumns) + right(cell("p90"), kNumberColumns);
    out += right(in_all, kNumberColumns);
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  const MeasureId sinks =
      findings.figure(MeasureId::time_in_status) != nullptr ? MeasureId::time_in_status : MeasureId::time_in_activity;
  for (const MeasureId id : {sinks, MeasureId::whose_court, MeasureId::reach}) {
    const Figure* figure = findings.figure(id);
    if (figure == nullptr) continue;
    out += "\n" + measure_name(id, phrases) + "\n";
    for (std::size_t i = 0; i < std::min(kRowsMax, figure->rows.size()); ++i) {
      const Row& row = figure->rows[i];
      out += padded("  " + printable(row_name(row, phrases)), kNameColumns);
      for (const measures::Stat& stat : row.stats)
        if (stat.name == "seconds" || stat.name == "share" || stat.name.starts_with('p'))
          out += right(said(stat.value, unit_of(stat.name, measures::Unit::seconds), phrases), kNumberColumns);
      out += '\n';
    }
  }
  out += "\n" + measure_name(MeasureId::auto_close, phrases) + "\n";
  for (const std::string& sentence : closing_sentences(findings, phrases)) out += "  " + printable(sentence) + "\n";
  if (!findings.not_computed.empty()) {
    out += "\n" + phrases("report.not_computed") + "\n";
    for (const measures::NotComputed& missing : findings.not_computed)
      out += padded("  " + measure_name(missing.id, phrases), kNameColumns) + ' ' +
             missing_in_words(missing.missing, phrases) + "\n";
  }
  return out;
}

std::string catalogue_as_markdown(formats::Language language) {
  const formats::Phrases phrases(language);
  std::string out = "# " + phrases("catalogue.title") + "\n\n" + phrases("catalogue.intro") + "\n\n";
  for (const char* note : {"catalogue.order", "catalogue.quantiles", "catalogue.numbers", "catalogue.persons"})
    out += "- " + phrases(note) + "\n";
  out += "\n" + phrases("catalogue.printed") + "\n";
  for (const measures::Measure& about : measures::catalogue()) {
    out += "\n## `" + std::string{about.name} + "`";
    if (!about.code.empty()) out += " (" + std::string{about.code} + ")";
    out += "\n\n**" + measure_name(about.id, phrases) + ".** " +
           phrases("measure." + std::string{about.name} + ".definition") + "\n\n";
    out += phrases("catalogue.unit", {{"unit", phrases("measures.unit." + std::string{measures::name(about.unit)})}}) +
           "\n";
    std::string needs;
    for (std::size_t i = 0; i < measures::kNeeds; ++i)
      if (const auto need = static_cast<measures::Need>(i); about.needs.has(need))
        needs += (needs.empty() ? "`" : ", `") + std::string{measures::name(need)} + "`";
    if (!needs.empty()) out += phrases("catalogue.needs", {{"needs", needs}}) + "\n";
  }
  out += "\n## " + phrases("catalogue.what_needs_mean") + "\n\n";
  for (std::size_t i = 0; i < measures::kNeeds; ++i) {
    const std::string need{measures::name(static_cast<measures::Need>(i))};
    out += "- `" + need + "`: " + phrases("measures.need." + need) + "\n";
  }
  out += "\n## " + phrases("catalogue.pairs") + "\n\n" + phrases("catalogue.pairs_why") + "\n\n";
  for (const char* pair : {"catalogue.pair.reach", "catalogue.pair.closings", "catalogue.pair.time"})
    out += "- " + phrases(pair) + "\n";
  return out;
}

}  // namespace guichet::dossier
