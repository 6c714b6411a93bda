// Findings as a page: in short, plots with their numbers, what could not be known, definitions, and how to
// compute it again.
#include <algorithm>
#include <array>
#include <cmath>

#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/plots.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/dossier/sentences.hpp>

namespace guichet::dossier {
namespace {

using formats::Html;
using formats::Phrases;
using measures::Figure;
using measures::Findings;
using measures::MeasureId;
using measures::Row;
using measures::Stat;
using measures::Unit;

constexpr std::size_t kBarsMax = 12;
constexpr std::size_t kColumnsMax = 21;   // counts per case: 0 … 19, and the rest
constexpr std::size_t kNamesMax = 2'000;  // lines of a table of persons or teams
constexpr std::size_t kMessagesMax = 200;

std::optional<double> stat_of(const Row& row, std::string_view name) {
  for (const Stat& stat : row.stats)
    if (stat.name == name) return stat.value;
  return std::nullopt;
}

class ReportPage {
 public:
  ReportPage(const Findings& findings, const ReportSource& source, formats::Language language)
      : findings_(findings), source_(source), phrases_(language) {}

  std::string page() {
    content(true);
    return formats::html_page({phrases_.language(), phrases_("report.title"), source_.name, phrases_("report.footer")},
                              main_);
  }
  Html part() {
    content(false);
    return main_;
  }

 private:
  void content(bool persons) {
    in_short_box();
    measures_table();
    plots();
    read_together();
    by_name(MeasureId::by_team);
    if (persons) by_name(MeasureId::by_person);
    not_known();
    definitions();
    again();
  }

  std::string whole(std::uint64_t n) const { return phrases_.number(static_cast<double>(n)); }
  std::string time(double seconds) const { return said(seconds, Unit::seconds, phrases_); }
  std::string stat(const Figure& figure, std::string_view name) const {
    const std::optional<double> value = figure.stat(name);
    return value ? said(*value, unit_of(name, measures::measure(figure.id).unit), phrases_) : std::string{};
  }
  std::string in_all(const Figure& figure) const {
    for (const std::string_view name : {"share", "longest_ratio", "slope", "total"})
      if (figure.stat(name)) return stat(figure, name);
    return {};
  }
  std::string stat_name(std::string_view name) const { return phrases_("measures.stat." + std::string{name}); }
  PlotWords words(std::string_view plot, std::string sentence) const {
    const std::string key = "report.plot." + std::string{plot};
    const std::string y = phrases_.has(key + ".y") ? phrases_(key + ".y") : std::string{};  // bars have none
    return {phrases_(key + ".title"), phrases_(key + ".x"), y, std::move(sentence), phrases_("report.data")};
  }

  void in_short_box() {
    main_.open("section", {{"class", "brief"}}).element("h2", phrases_("report.in_short")).open("ul");
    for (const std::string& sentence : in_short(findings_, source_, phrases_)) main_.element("li", sentence);
    main_.close().close();
  }

  void measures_table() {
    main_.element("h2", phrases_("report.measures"));
    main_.element("p", phrases_("report.measures.how"));
    Table table;
    table.head = {phrases_("report.measure"), stat_name("n"),   stat_name("p10"),
                  stat_name("p50"),           stat_name("p90"), phrases_("report.in_all")};
    for (const Figure& figure : findings_.figures) {
      if (figure.id == MeasureId::by_person || figure.id == MeasureId::by_team) continue;
      const std::string_view code = measures::measure(figure.id).code;
      table.rows.push_back({measure_name(figure.id, phrases_) + (code.empty() ? "" : " (" + std::string{code} + ")"),
                            whole(figure.n), stat(figure, "p10"), stat(figure, "p50"), stat(figure, "p90"),
                            in_all(figure)});
    }
    add_table(main_, table);
  }

  void plots() {
    if (findings_.cases == 0) return;
    main_.element("h2", phrases_("report.time"));
    cycle_time_plot();
    sinks_plot();
    court_plot();
    main_.element("h2", phrases_("report.hands"));
    counts_plot("agents", MeasureId::agents_met, findings_.agents_met);
    counts_plot("hand_offs", MeasureId::hand_offs, findings_.hand_offs);
    reach_table();
    main_.element("h2", measure_name(MeasureId::auto_close, phrases_));
    for (const std::string& sentence : closing_sentences(findings_, phrases_)) main_.element("p", sentence);
    closing_plot();
    main_.element("h2", phrases_("report.course"));
    months_plot();
    survival_plot();
  }

  /// Where a value lies over bins, in bins from the left.
  static double place(const std::vector<measures::Bin>& bins, double value) {
    for (std::size_t i = 0; i < bins.size(); ++i)
      if (value < bins[i].high || i + 1 == bins.size())
        return static_cast<double>(i) + std::clamp((value - bins[i].low) / (bins[i].high - bins[i].low), 0.0, 1.0);
    return 0;
  }

  Columns columns_of(const std::vector<measures::Bin>& bins) const {
    Columns columns;
    for (const measures::Bin& bin : bins) {
      columns.values.push_back(static_cast<double>(bin.count));
      columns.edges.push_back(time(bin.low));
    }
    if (!bins.empty()) columns.edges.push_back(time(bins.back().high));
    return columns;
  }

  Table bins_table(const std::vector<measures::Bin>& bins) const {
    Table table;
    table.head = {phrases_("report.from_to"), phrases_("report.how_many")};
    for (const measures::Bin& bin : bins)
      if (bin.count > 0)
        table.rows.push_back(
            {phrases_("report.range", {{"low", time(bin.low)}, {"high", time(bin.high)}}), whole(bin.count)});
    return table;
  }

  void cycle_time_plot() {
    const Figure* figure = findings_.figure(MeasureId::cycle_time);
    if (figure == nullptr || findings_.cycle_time.empty()) return;
    Columns columns = columns_of(findings_.cycle_time);
    for (const std::string_view name : {"p10", "p50", "p90"})
      columns.marks.push_back({place(findings_.cycle_time, *figure->stat(name)), std::string{name}});
    main_.add(columns_plot(
        words("cycle_time",
              phrases_("report.plot.cycle_time.says",
                       {{"p10", stat(*figure, "p10")}, {"p50", stat(*figure, "p50")}, {"p90", stat(*figure, "p90")}})),
        columns, bins_table(findings_.cycle_time)));
  }

  Table times_table(const Figure& figure) const {
    Table table;
    table.head = {measure_name(figure.id, phrases_), stat_name("share"), stat_name("seconds"), stat_name("cases")};
    for (const Row& row : figure.rows)
      table.rows.push_back({row_name(row, phrases_), phrases_.percent(stat_of(row, "share").value_or(0)),
                            time(stat_of(row, "seconds").value_or(0)),
                            phrases_.number(stat_of(row, "cases").value_or(0))});
    return table;
  }

  void sinks_plot() {
    const Figure* figure = findings_.figure(MeasureId::time_in_status);
    if (figure == nullptr) figure = findings_.figure(MeasureId::time_in_activity);
    if (figure == nullptr || figure->rows.empty()) return;
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < std::min(kBarsMax, figure->rows.size()); ++i) {
      const double share = stat_of(figure->rows[i], "share").value_or(0);
      bars.push_back({row_name(figure->rows[i], phrases_), share, phrases_.percent(share), ""});
    }
    main_.add(bars_plot(words("sinks", phrases_("report.plot.sinks.says",
                                                {{"status", bars.front().label}, {"share", bars.front().said}})),
                        bars, times_table(*figure)));
  }

  void court_plot() {
    const Figure* figure = findings_.figure(MeasureId::whose_court);
    if (figure == nullptr) return;
    constexpr std::array<std::pair<std::string_view, const char*>, 4> kIcons{
        {{"desk", "■ "}, {"seller", "▲ "}, {"third", "◆ "}, {"nobody", "○ "}}};
    std::vector<Bar> bars;
    for (const Row& row : figure->rows) {
      const auto icon =
          std::find_if(kIcons.begin(), kIcons.end(), [&](const auto& one) { return one.first == row.word; });
      const double share = stat_of(row, "share").value_or(0);
      bars.push_back({(icon == kIcons.end() ? "" : icon->second) + row_name(row, phrases_), share,
                      phrases_.percent(share),
                      row.word == "desk" || row.word == "seller" ? std::string{row.word} : "quiet"});
    }
    main_.add(bars_plot(
        words("court", phrases_("report.plot.court.says", {{"desk", bars[0].said}, {"seller", bars[1].said}})), bars,
        times_table(*figure)));
  }

  void counts_plot(std::string_view plot, MeasureId id, const std::vector<std::uint64_t>& by_value) {
    const Figure* figure = findings_.figure(id);
    if (figure == nullptr || by_value.empty()) return;
    Columns columns;
    columns.labels_in_middle = true;
    Table table;
    table.head = {phrases_("report.plot." + std::string{plot} + ".x"), stat_name("cases")};
    std::uint64_t rest = 0;
    for (std::size_t value = 0; value < by_value.size(); ++value) {
      if (value + 1 < kColumnsMax) {
        columns.values.push_back(static_cast<double>(by_value[value]));
        columns.edges.push_back(whole(value));
      } else {
        rest += by_value[value];
      }
      if (by_value[value] > 0) table.rows.push_back({whole(value), whole(by_value[value])});
    }
    if (rest > 0) {
      columns.values.push_back(static_cast<double>(rest));
      columns.edges.push_back("≥" + whole(kColumnsMax - 1));
    }
    const std::string key = "report.plot." + std::string{plot} + ".says";
    main_.add(columns_plot(words(plot, phrases_(key, {{"mean", said(*figure->stat("mean"), Unit::count, phrases_)},
                                                      {"p90", stat(*figure, "p90")},
                                                      {"max", stat(*figure, "max")},
                                                      {"share", stat(*figure, "share")}})),
                           columns, table));
  }

  void reach_table() {
    const Figure* figure = findings_.figure(MeasureId::reach);
    if (figure == nullptr || figure->rows.empty()) return;
    Table table;
    table.caption = measure_name(MeasureId::reach, phrases_);
    table.head = {phrases_("report.reached"), stat_name("cases"), stat_name("share"),
                  stat_name("p10"),           stat_name("p50"),   stat_name("p90")};
    for (const Row& row : figure->rows)
      table.rows.push_back({row_name(row, phrases_), phrases_.number(stat_of(row, "n").value_or(0)),
                            phrases_.percent(stat_of(row, "share").value_or(0)), time(stat_of(row, "p10").value_or(0)),
                            time(stat_of(row, "p50").value_or(0)), time(stat_of(row, "p90").value_or(0))});
    add_table(main_, table);
  }

  void closing_plot() {
    if (findings_.closing_delay.empty()) return;
    Columns columns = columns_of(findings_.closing_delay);
    std::string sentence = phrases_("report.closing.none");
    if (!findings_.closing_rules.empty()) {
      const measures::ClosingRule& rule = findings_.closing_rules.front().rule;
      const double delay = static_cast<double>(rule.delay.count()) / 1000;
      if (rule.clock == measures::DelayClock::elapsed)
        columns.marks.push_back({place(findings_.closing_delay, delay), time(delay)});
      sentence = clock_in_short(rule, phrases_);
    }
    main_.add(columns_plot(words("closing", sentence), columns, bins_table(findings_.closing_delay)));
  }

  void months_plot() {
    if (findings_.months.empty()) return;
    // Months without any case are missing from the list, not from the time axis.
    Line opened{phrases_("report.opened"), {}};
    Line closed{phrases_("report.closed"), {}};
    std::vector<std::string> labels;
    Table table;
    table.head = {phrases_("report.month"), opened.label, closed.label};
    const auto number = [](const measures::Month& month) {
      return month.year * 12 + static_cast<int>(month.month) - 1;
    };
    const measures::Month* busiest = &findings_.months.front();
    int next = number(findings_.months.front());
    for (const measures::Month& month : findings_.months) {
      for (; next <= number(month); ++next) {
        const bool here = next == number(month);
        opened.values.push_back(here ? static_cast<double>(month.opened) : 0);
        closed.values.push_back(here ? static_cast<double>(month.closed) : 0);
        labels.push_back(month_name(next));
      }
      if (month.opened > busiest->opened) busiest = &month;
      table.rows.push_back({month_name(number(month)), whole(month.opened), whole(month.closed)});
    }
    main_.add(lines_plot(words("months", phrases_("report.plot.months.says", {{"month", month_name(number(*busiest))},
                                                                              {"n", whole(busiest->opened)}})),
                         {opened, closed}, labels, table));
  }

  static std::string month_name(int months) {
    const std::string month = std::to_string(months % 12 + 1);
    return std::to_string(months / 12) + (month.size() == 1 ? "-0" : "-") + month;
  }

  void survival_plot() {
    const Figure* figure = findings_.figure(MeasureId::survival);
    if (figure == nullptr || figure->rows.empty()) return;
    Line alive{phrases_("report.alive"), {}};
    std::vector<std::string> labels;
    Table table;
    table.head = {phrases_("report.plot.survival.x"), stat_name("cases"), stat_name("share"), stat_name("ended"),
                  stat_name("abandoned")};
    for (const Row& row : figure->rows) {
      if (labels.size() == kMessagesMax) break;
      alive.values.push_back(stat_of(row, "share").value_or(0) * 100);
      labels.push_back(row.label);
      table.rows.push_back({row.label, phrases_.number(stat_of(row, "cases").value_or(0)),
                            phrases_.percent(stat_of(row, "share").value_or(0)),
                            phrases_.number(stat_of(row, "ended").value_or(0)),
                            phrases_.number(stat_of(row, "abandoned").value_or(0))});
    }
    const std::size_t tenth = std::min<std::size_t>(figure->rows.size(), 10);
    main_.add(lines_plot(
        words("survival",
              phrases_("report.plot.survival.says",
                       {{"message", whole(tenth)},
                        {"share", phrases_.percent(stat_of(figure->rows[tenth - 1], "share").value_or(0))}})),
        {alive}, labels, table));
  }

  /// Measures of which one can be made to look good at the cost of the other stand side by side.
  void read_together() {
    main_.element("h2", phrases_("catalogue.pairs")).element("p", phrases_("catalogue.pairs_why"));
    const auto told = [&](MeasureId id, std::string_view name) {
      const Figure* figure = findings_.figure(id);
      const std::string value = figure == nullptr ? std::string{} : stat(*figure, name);
      return phrases_("report.pair", {{"name", measure_name(id, phrases_)},
                                      {"value", value.empty() ? phrases_("report.unknown") : value}});
    };
    const auto reach = [&] {
      const Figure* figure = findings_.figure(MeasureId::reach);
      const bool known = figure != nullptr && !figure->rows.empty() && figure->rows.front().word == "person";
      return phrases_("report.pair", {{"name", measure_name(MeasureId::reach, phrases_)},
                                      {"value", known ? time(stat_of(figure->rows.front(), "p50").value_or(0))
                                                      : phrases_("report.unknown")}});
    };
    main_.open("ul");
    main_.element("li", reach() + " · " + told(MeasureId::answer_completeness, "share"));
    main_.element("li", told(MeasureId::auto_close, "share") + " · " +
                            told(MeasureId::closings_without_decision, "share") + " · " +
                            told(MeasureId::restarts, "share"));
    main_.element("li", told(MeasureId::cycle_time, "p50") + " · " + told(MeasureId::abandonment, "share"));
    main_.close();
  }

  void by_name(MeasureId id) {
    const Figure* figure = findings_.figure(id);
    if (figure == nullptr || figure->rows.empty()) return;
    main_.element("h2", measure_name(id, phrases_));
    main_.element("p", phrases_("measure." + std::string{measures::measure(id).name} + ".definition"));
    Table table;
    table.head = {id == MeasureId::by_team ? phrases_("report.team") : phrases_("report.person"), stat_name("events"),
                  stat_name("cases")};
    if (id == MeasureId::by_team)
      table.head.insert(table.head.end(), {stat_name("stays"), stat_name("stay_p50_seconds")});
    for (const Row& row : figure->rows) {
      if (table.rows.size() == kNamesMax) break;
      std::vector<std::string> cells{row.label};
      for (const Stat& one : row.stats)
        if (one.name != "machine") cells.push_back(said(one.value, unit_of(one.name, Unit::count), phrases_));
      if (stat_of(row, "machine")) cells.front() += " (" + stat_name("machine") + ")";
      table.rows.push_back(std::move(cells));
    }
    main_.open("details").element("summary",
                                  phrases_.counted("report.lines", static_cast<std::int64_t>(table.rows.size())));
    if (figure->rows.size() > kNamesMax)
      main_.element("p", phrases_("report.more", {{"n", whole(figure->rows.size())}}));
    add_table(main_, table);
    main_.close();
  }

  void remarks(std::string_view heading, const std::vector<Remark>& all) {
    if (all.empty()) return;
    main_.element("h3", phrases_(heading)).open("ul");
    for (const Remark& remark : all) {
      std::string line = phrases_("report.pair", {{"name", remark.what}, {"value", whole(remark.count)}});
      for (std::size_t i = 0; i < remark.places.size(); ++i) line += (i == 0 ? " (" : ", ") + remark.places[i];
      if (!remark.places.empty()) line += remark.count > remark.places.size() ? ", …)" : ")";
      if (!remark.example.empty()) line += " “" + remark.example + "”";
      main_.element("li", line);
    }
    main_.close();
  }

  void not_known() {
    main_.element("h2", phrases_("report.not_known"));
    remarks("report.skipped", source_.skipped);
    remarks("report.warnings", source_.warnings);
    if (source_.skipped.empty()) main_.element("p", phrases_("report.nothing_skipped"));
    if (findings_.not_computed.empty()) return;
    main_.element("h3", phrases_("report.not_computed")).open("dl");
    for (const measures::NotComputed& missing : findings_.not_computed) {
      const std::string_view code = measures::measure(missing.id).code;
      main_.element("dt", measure_name(missing.id, phrases_) + (code.empty() ? "" : " (" + std::string{code} + ")"));
      main_.element("dd", missing_in_words(missing.missing, phrases_));
    }
    main_.close();
  }

  void definitions() {
    main_.element("h2", phrases_("report.definitions")).open("ul");
    for (const char* note : {"catalogue.order", "catalogue.quantiles", "catalogue.numbers", "catalogue.persons"})
      main_.element("li", phrases_(note));
    main_.close().open("dl");
    for (const Figure& figure : findings_.figures) {
      main_.open("dt").text(measure_name(figure.id, phrases_) + " ");
      main_.element("code", measures::measure(figure.id).name).close();
      main_.element("dd", phrases_("measure." + std::string{measures::measure(figure.id).name} + ".definition"));
    }
    main_.close();
  }

  void again() {
    main_.element("h2", phrases_("report.again")).element("p", phrases_("report.again.how"));
    main_.open("p").element("code", source_.command).close();
    main_.element("p", phrases_("report.source", {{"name", source_.name},
                                                  {"format", source_.format},
                                                  {"mapping", source_.mapping},
                                                  {"origin", phrases_("report.mapping." + source_.mapping_origin)}}));
  }

  const Findings& findings_;
  const ReportSource& source_;
  Phrases phrases_;
  Html main_;
};

}  // namespace

std::string report_as_page(const Findings& findings, const ReportSource& source, formats::Language language) {
  return ReportPage(findings, source, language).page();
}

formats::Html report_as_html(const Findings& findings, const ReportSource& source, formats::Language language) {
  return ReportPage(findings, source, language).part();
}

}  // namespace guichet::dossier
