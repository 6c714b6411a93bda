// A rehearsal as a page: in short, the procedures beside one another, plots with their numbers, why sellers give up,
// every assumption with its source, and how to rehearse it again.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <guichet/core/names.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/plots.hpp>
#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/dossier/rehearsal_report_words.hpp>
#include <guichet/rulebook/differing.hpp>
#include <guichet/rulebook/explain.hpp>

namespace guichet::dossier {
namespace {

using formats::Html;
using formats::Phrases;
using measures::Unit;
using rehearsal::Difference;
using rehearsal::Estimate;
using rehearsal::Quantity;
using rehearsal::Rehearsed;

constexpr std::size_t kMessagesShown = 60;

/// The numbers at which tails are shown: 1, 2, 3, 5, 7, 10, 15, 20, 30 …
std::vector<std::size_t> rising_counts(std::size_t last) {
  constexpr std::array<std::size_t, 7> kSteps{10, 15, 20, 30, 40, 50, 70};
  std::vector<std::size_t> counts;
  for (const std::size_t count : {1U, 2U, 3U, 5U, 7U})
    if (count <= last) counts.push_back(count);
  for (std::size_t decade = 1; decade * 10 <= last; decade *= 10)
    for (const std::size_t step : kSteps)
      if (step * decade <= last) counts.push_back(step * decade);
  return counts;
}

/// The share of cases with at least each of `counts`, in percent.
std::vector<double> tail_of(const std::vector<std::uint64_t>& histogram, const std::vector<std::size_t>& counts) {
  std::vector<std::uint64_t> at_least(histogram.size() + 1);
  for (std::size_t n = histogram.size(); n-- > 0;) at_least[n] = at_least[n + 1] + histogram[n];
  const double all = histogram.empty() ? 0 : static_cast<double>(at_least[0]);
  std::vector<double> shares;
  for (const std::size_t count : counts)
    shares.push_back(count < histogram.size() && all > 0 ? 100 * static_cast<double>(at_least[count]) / all : 0);
  return shares;
}

/// What a file says under each path, in the words of its explanation.
std::map<std::string, std::string> words_by_path(const rulebook::ProcedureFile& file, formats::Language language) {
  std::map<std::string, std::string> words;
  for (const rulebook::Section& section : rulebook::explain(file, language).sections)
    for (const rulebook::Paragraph& paragraph : section.paragraphs)
      for (const rulebook::Sentence& sentence : paragraph.sentences) {
        std::string& said = words[sentence.path];
        said += (said.empty() ? "" : " ") + sentence.text;
      }
  return words;
}

class RehearsalPage {
 public:
  RehearsalPage(const RehearsalReport& report, formats::Language language)
      : report_(report), phrases_(language), labels_(labels_of(report)) {}

  std::string page() {
    in_short_box();
    for (std::size_t i = 1; i < report_.played.size(); ++i) beside(i);
    tails();
    for (std::size_t i = 0; i < report_.played.size(); ++i) alone(i);
    explanation();
    for (std::size_t i = 1; i < report_.played.size(); ++i) clauses(i);
    assumptions();
    definitions();
    again();
    const std::string& title = report_.title.in(phrases_.language());
    std::string procedures;
    for (const PlayedProcedure& one : report_.played)
      procedures += (procedures.empty() ? "" : " · ") + one.procedure.title.in(phrases_.language());
    return formats::html_page(
        {.language = phrases_.language(),
         .title = phrases_("rehearsal.title", {{"scenario", title.empty() ? report_.scenario : title}}),
         .subtitle = phrases_("rehearsal.subtitle", {{"procedures", procedures}}),
         .footer = phrases_("rehearsal.footer")},
        main_);
  }

 private:
  std::string whole(std::uint64_t n) const { return phrases_.number(static_cast<double>(n)); }
  std::string time(double seconds) const { return time_in_words(seconds, phrases_); }
  std::string stat(std::string_view name) const { return phrases_("measures.stat." + std::string{name}); }
  std::string told(const Estimate& one, Unit unit) const { return RowNumbers(unit, {&one}, phrases_).told(one); }
  std::string group_title(const QuantityGroup& group) const {
    return phrases_("rehearsal.group." + std::string{group.name});
  }
  PlotWords words(std::string_view plot, std::string sentence) const {
    const std::string key = "rehearsal.plot." + std::string{plot};
    return {phrases_(key + ".title"), phrases_(key + ".x"), phrases_.has(key + ".y") ? phrases_(key + ".y") : "",
            std::move(sentence), phrases_("rehearsal.data")};
  }
  void section(const std::string& title) { main_.element("h2", title); }

  void in_short_box() {
    main_.open("section", {{"class", "brief"}}).element("h2", phrases_("rehearsal.in_short")).open("ul");
    for (const std::string& sentence : rehearsal_in_short(report_, phrases_)) main_.element("li", sentence);
    main_.close().close();
    main_.element("p", phrases_("rehearsal.invented"));
  }

  // --- procedures beside one another ---

  void beside(std::size_t i) {
    section(phrases_("rehearsal.plot.compare.title", {{"a", labels_[0]}, {"b", labels_[i]}}));
    main_.element("p", phrases_("rehearsal.how_to_compare"));
    comparison_plot(i);
    const Rehearsed &first = report_.played.front().result, &other = report_.played[i].result;
    for (const QuantityGroup& group : kQuantityGroups) {
      Table table = beside_table(group_title(group), i);
      for (const Quantity quantity : quantities_of(group)) {
        const Difference* difference = difference_of(report_.played[i], quantity);
        add_beside(table, quantity_name(quantity, phrases_), rehearsal::text_of(quantity).unit,
                   estimate_of(first, quantity), estimate_of(other, quantity),
                   difference == nullptr ? nullptr : &difference->difference);
      }
      if (!table.rows.empty()) add_table(main_, table);
    }
    Table table = beside_table(phrases_("rehearsal.group.measures"), i);
    table.head.pop_back();  // these are not paired
    for (const rehearsal::MeasureResult& measure : first.measures)
      if (const rehearsal::MeasureResult* same = measure_like(other, measure))
        add_beside(table, measure_name(measure, phrases_), unit_of(measure), &measure.estimate, &same->estimate,
                   nullptr);
    if (!table.rows.empty()) add_table(main_, table);
  }

  Table beside_table(std::string caption, std::size_t i) const {
    Table table;
    table.caption = std::move(caption);
    table.head = {phrases_("rehearsal.quantity"), labels_[0], labels_[i], phrases_("rehearsal.difference")};
    return table;
  }

  void add_beside(Table& table, const std::string& name, Unit unit, const Estimate* a, const Estimate* b,
                  const Estimate* difference) const {
    if (a == nullptr && b == nullptr) return;
    const RowNumbers numbers(unit, {a, b, difference}, phrases_);
    const auto cell = [&](const Estimate* one) { return one == nullptr ? std::string{} : numbers.with_interval(*one); };
    table.rows.push_back({with_unit(name, numbers), cell(a), cell(b), cell(difference)});
    table.rows.back().resize(table.head.size());
  }

  /// Two bars for each main quantity, on a scale of their own.
  void comparison_plot(std::size_t i) {
    std::vector<Bar> bars;
    std::string sentence;
    Table table = beside_table("", i);
    for (const Quantity quantity : kMainQuantities) {
      const Difference* difference = difference_of(report_.played[i], quantity);
      if (difference == nullptr) continue;
      const double largest = std::max(end_of(difference->a), end_of(difference->b));
      if (!(largest > 0)) continue;
      bars.push_back(bar_of(quantity, difference->a, labels_[0], largest, ""));
      bars.push_back(bar_of(quantity, difference->b, labels_[i], largest, "seller"));
      add_beside(table, quantity_name(quantity, phrases_), rehearsal::text_of(quantity).unit, &difference->a,
                 &difference->b, &difference->difference);
      if (sentence.empty()) sentence = difference_in_words(*difference, labels_[0], labels_[i], phrases_);
    }
    if (bars.empty()) return;
    PlotWords around = {phrases_("rehearsal.compare"), phrases_("rehearsal.plot.compare.x"), "", sentence,
                        phrases_("rehearsal.data")};
    main_.add(bars_plot(around, bars, table));
  }

  static double end_of(const Estimate& one) { return one.mean + (std::isfinite(one.half_width) ? one.half_width : 0); }

  Bar bar_of(Quantity quantity, const Estimate& one, const std::string& label, double largest,
             std::string colour) const {
    Bar bar;
    bar.label = quantity_name(quantity, phrases_) + " · " + label;
    bar.value = std::max(0.0, one.mean / largest);
    bar.said = told(one, rehearsal::text_of(quantity).unit);
    bar.colour = std::move(colour);
    if (std::isfinite(one.half_width)) {
      bar.low = (one.mean - one.half_width) / largest;
      bar.high = (one.mean + one.half_width) / largest;
    }
    return bar;
  }

  // --- tails over all procedures ---

  void tails() {
    if (std::ranges::all_of(report_.played, [](const PlayedProcedure& one) {
          return one.result.agents_histogram.empty() && one.result.messages_histogram.empty() &&
                 one.result.gave_up_by_message.empty();
        }))
      return;
    section(phrases_("rehearsal.hands"));
    tail_plot("agents", &Rehearsed::agents_histogram);
    tail_plot("messages", &Rehearsed::messages_histogram);
    gave_up_plot();
  }

  void tail_plot(std::string_view plot, std::vector<std::uint64_t> Rehearsed::* histogram) {
    std::size_t last = 0;
    for (const PlayedProcedure& one : report_.played) {
      const std::vector<std::uint64_t>& counts = one.result.*histogram;
      for (std::size_t n = 0; n < counts.size(); ++n)
        if (counts[n] > 0) last = std::max(last, n);
    }
    if (last == 0) return;
    const std::vector<std::size_t> counts = rising_counts(last);
    std::vector<Line> lines;
    for (std::size_t i = 0; i < report_.played.size(); ++i)
      lines.push_back({labels_[i], tail_of(report_.played[i].result.*histogram, counts)});
    std::vector<std::string> ticks;
    for (const std::size_t count : counts) ticks.push_back(whole(count));
    // The last number that one case in a hundred of the first procedure reaches.
    std::size_t told = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (lines[0].values[i] >= 1) told = i;
    const std::string key = "rehearsal.plot." + std::string{plot} + ".says";
    const std::string sentence = over_lines(lines, told, key, whole(counts[told]));
    main_.add(lines_plot(words(plot, sentence), lines, ticks, lines_table(plot, lines, ticks), Rise::decades));
  }

  /// One sentence per line, at one position.
  std::string over_lines(const std::vector<Line>& lines, std::size_t at, const std::string& key,
                         const std::string& n) const {
    std::string sentence;
    for (const Line& line : lines)
      sentence += (sentence.empty() ? "" : " ") +
                  phrases_(key, {{"procedure", line.label}, {"n", n}, {"share", percent_at(line, at)}});
    return sentence;
  }

  std::string percent_at(const Line& line, std::size_t at) const {
    const double value = at < line.values.size() ? line.values[at] / 100 : 0;
    return phrases_.percent(value, value < 0.001 ? 4 : value < 0.01 ? 2 : 1);
  }

  Table lines_table(std::string_view plot, const std::vector<Line>& lines, const std::vector<std::string>& at) const {
    Table table;
    table.head = {phrases_("rehearsal.plot." + std::string{plot} + ".x")};
    for (const Line& line : lines) table.head.push_back(line.label);
    for (std::size_t i = 0; i < at.size(); ++i) {
      std::vector<std::string> row{at[i]};
      for (const Line& line : lines) row.push_back(i < line.values.size() ? percent_at(line, i) : std::string{});
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  void gave_up_plot() {
    std::vector<Line> lines;
    std::size_t positions = 0;
    for (std::size_t i = 0; i < report_.played.size(); ++i) {
      Line line{labels_[i], {}};
      const std::vector<double>& shares = report_.played[i].result.gave_up_by_message;
      for (std::size_t n = 1; n < shares.size() && n <= kMessagesShown && std::isfinite(shares[n]); ++n)
        line.values.push_back(shares[n] * 100);
      positions = std::max(positions, line.values.size());
      lines.push_back(std::move(line));
    }
    if (positions == 0) return;
    std::vector<std::string> ticks;
    for (std::size_t n = 1; n <= positions; ++n) ticks.push_back(whole(n));
    const std::size_t told = std::min<std::size_t>(lines[0].values.empty() ? 1 : lines[0].values.size(), 5);
    const std::string sentence = over_lines(lines, told - 1, "rehearsal.plot.gave_up.says", whole(told));
    main_.add(lines_plot(words("gave_up", sentence), lines, ticks, lines_table("gave_up", lines, ticks)));
  }

  // --- what one procedure alone can say ---

  void alone(std::size_t i) {
    const Rehearsed& result = report_.played[i].result;
    section(phrases_("rehearsal.under", {{"procedure", labels_[i]}}));
    main_.element(
        "p", phrases_("rehearsal.run", {{"seed", std::to_string(result.seed)}, {"digest", digest_of(result.digest)}}));
    main_.element("p", phrases_("rehearsal.how_to_read"));
    for (const QuantityGroup& group : kQuantityGroups) quantities_table(result, group);
    measures_table(result);
    wait_plot(result);
    looks_plot(result);
    queues_table(result.by_queue, "rehearsal.by_queue", "rehearsal.queue");
    queues_table(result.by_matter, "rehearsal.by_matter", "rehearsal.matter");
    tails_table(result);
    refused(result);
  }

  Table spread_table(std::string caption) const {
    Table table;
    table.caption = std::move(caption);
    table.head = {
        phrases_("rehearsal.quantity"), stat("mean"), "±", stat("p10"), stat("p50"), stat("p90"), stat("max")};
    return table;
  }

  void add_spread(Table& table, const std::string& name, Unit unit, const Estimate& one) const {
    const RowNumbers numbers(unit, {&one}, phrases_);
    table.rows.push_back({with_unit(name, numbers), numbers.number(one.mean), numbers.number(one.half_width),
                          numbers.number(one.p10), numbers.number(one.p50), numbers.number(one.p90),
                          numbers.number(one.max)});
  }

  void quantities_table(const Rehearsed& result, const QuantityGroup& group) {
    Table table = spread_table(group_title(group));
    for (const Quantity quantity : quantities_of(group))
      if (const Estimate* one = estimate_of(result, quantity))
        add_spread(table, quantity_name(quantity, phrases_), rehearsal::text_of(quantity).unit, *one);
    if (!table.rows.empty()) add_table(main_, table);
  }

  void measures_table(const Rehearsed& result) {
    Table table = spread_table(phrases_("rehearsal.group.measures"));
    for (const rehearsal::MeasureResult& measure : result.measures)
      add_spread(table, measure_name(measure, phrases_), unit_of(measure), measure.estimate);
    if (!table.rows.empty()) add_table(main_, table);
  }

  void wait_plot(const Rehearsed& result) {
    const std::vector<double>& edges = result.wait_edges;
    const std::vector<std::uint64_t>& counts = result.wait_histogram;
    const std::size_t bins = std::min(edges.size(), counts.size());
    if (std::ranges::all_of(counts, [](std::uint64_t count) { return count == 0; }) || bins == 0) return;
    Columns columns;
    Table table;
    table.head = {phrases_("rehearsal.plot.wait.x"), phrases_("rehearsal.plot.wait.y")};
    for (std::size_t i = 0; i < bins; ++i) {
      columns.values.push_back(static_cast<double>(counts[i]));
      columns.edges.push_back(time(edges[i]));
      const std::string stretch =
          i + 1 < edges.size() ? phrases_("report.range", {{"low", time(edges[i])}, {"high", time(edges[i + 1])}})
                               : phrases_("rehearsal.plot.wait.or_more", {{"low", time(edges[i])}});
      if (counts[i] > 0) table.rows.push_back({stretch, whole(counts[i])});
    }
    if (bins < edges.size()) columns.edges.push_back(time(edges[bins]));
    main_.add(columns_plot(words("wait", wait_sentence(result)), columns, table));
  }

  std::string wait_sentence(const Rehearsed& result) const {
    const Estimate* wait = estimate_of(result, Quantity::queue_wait);
    if (wait == nullptr) return {};
    const std::string mean = told(*wait, Unit::seconds);
    return wait->p90 ? phrases_("rehearsal.plot.wait.says", {{"mean", mean}, {"p90", time(*wait->p90)}})
                     : phrases_("rehearsal.plot.wait.says_mean", {{"mean", mean}});
  }

  void looks_plot(const Rehearsed& result) {
    if (result.looks.empty()) return;
    Line line{phrases_("rehearsal.plot.looks.y"), {}};
    std::vector<std::string> ticks;
    Table table;
    table.head = {phrases_("rehearsal.look.time"), phrases_("rehearsal.plot.looks.y")};
    const rehearsal::LookResult* most = &result.looks.front();
    for (const rehearsal::LookResult& look : result.looks) {
      line.values.push_back(look.in_desk.mean);
      ticks.push_back(time(look.place_seconds));
      table.rows.push_back({ticks.back(), told(look.in_desk, Unit::count)});
      if (look.in_desk.mean > most->in_desk.mean) most = &look;
    }
    const std::string sentence = phrases_(
        "rehearsal.plot.looks.says", {{"place", time(most->place_seconds)}, {"n", told(most->in_desk, Unit::count)}});
    main_.add(lines_plot(words("looks", sentence), {line}, ticks, table));
  }

  void queues_table(const std::vector<rehearsal::QueueResult>& queues, std::string_view caption,
                    std::string_view what) {
    if (queues.empty()) return;
    Table table;
    table.caption = phrases_(caption);
    table.head = {phrases_(what), phrases_("rehearsal.waited"), phrases_("rehearsal.left"), phrases_("rehearsal.wait"),
                  phrases_("rehearsal.length")};
    for (const rehearsal::QueueResult& queue : queues)
      table.rows.push_back({queue.id, told(queue.waited_share, Unit::share), told(queue.left_share, Unit::share),
                            told(queue.wait, Unit::seconds), told(queue.length, Unit::count)});
    add_table(main_, table);
  }

  void tails_table(const Rehearsed& result) {
    if (result.tails.empty()) return;
    Table table;
    table.caption = phrases_("rehearsal.tails");
    table.head = {phrases_("rehearsal.tail.time"), phrases_("rehearsal.tail.longer"),
                  phrases_("rehearsal.tail.within")};
    for (const rehearsal::TailResult& tail : result.tails)
      table.rows.push_back(
          {time(tail.seconds), told(tail.waits_longer, Unit::share), told(tail.served_within, Unit::share)});
    add_table(main_, table);
  }

  void refused(const Rehearsed& result) {
    main_.element("h3", phrases_("rehearsal.refused"));
    if (result.refused.empty()) {
      main_.element("p", phrases_("rehearsal.refused.none"));
      return;
    }
    Table table;
    table.head = {phrases_("rehearsal.reason"), phrases_("rehearsal.times")};
    for (const auto& [refusal, times] : result.refused)
      table.rows.push_back({phrases_("refusal." + std::string{guichet::name(refusal)}), whole(times)});
    add_table(main_, table);
  }

  // --- why ---

  void explanation() {
    if (!report_.explanation) return;
    const rehearsal::Explanation& found = *report_.explanation;
    section(phrases_("rehearsal.explain"));
    main_.element("p", phrases_("rehearsal.explain.how"));
    std::vector<Bar> bars;
    Table table;
    table.head = {phrases_("rehearsal.explain.factor"), phrases_("rehearsal.explain.points"),
                  phrases_("rehearsal.explain.share")};
    for (const rehearsal::FactorShare& factor : found.factors) {
      const bool raises = factor.points.mean >= 0;
      const std::string name = factor_name(factor.factor, phrases_);
      const RowNumbers points(Unit::share, {&factor.points}, phrases_);
      Bar bar;
      bar.label = phrases_(raises ? "rehearsal.explain.raises" : "rehearsal.explain.lowers", {{"factor", name}});
      bar.value = std::abs(factor.points.mean);
      bar.said = points.with_interval(factor.points);
      bar.colour = raises ? "seller" : "";
      if (std::isfinite(factor.points.half_width)) {
        bar.low = bar.value - factor.points.half_width;
        bar.high = bar.value + factor.points.half_width;
      }
      bars.push_back(std::move(bar));
      table.rows.push_back({name, points.with_interval(factor.points), told(factor.share, Unit::share)});
    }
    main_.add(bars_plot(words("explain", explanation_in_short(found, report_.repaired_by, phrases_)), bars, table));
    coalitions(found);
  }

  void coalitions(const rehearsal::Explanation& found) {
    Table table;
    table.caption = phrases_("rehearsal.explain.all");
    table.head = {phrases_("rehearsal.explain.as_they_are"), phrases_("rehearsal.explain.given_up")};
    for (rehearsal::FactorSet set = 0; set < rehearsal::kFactorSets; ++set) {
      std::string names;
      for (std::size_t i = 0; i < rehearsal::kFactors; ++i) {
        const auto factor = static_cast<rehearsal::Factor>(i);
        if (has(set, factor)) names += (names.empty() ? "" : ", ") + factor_name(factor, phrases_);
      }
      if (names.empty()) names = phrases_("rehearsal.explain.none");
      table.rows.push_back({names, told(found.coalitions[set], Unit::share)});
    }
    add_table(main_, table);
  }

  // --- what it stands on ---

  void clauses(std::size_t i) {
    const rulebook::ProcedureFile &a = report_.played.front().procedure, &b = report_.played[i].procedure;
    const std::vector<rulebook::DifferingClause> differing = rulebook::differing_clauses(a, b);
    section(phrases_("rehearsal.clauses"));
    main_.element("p", phrases_.counted("rehearsal.clauses.how", static_cast<std::int64_t>(differing.size())));
    if (differing.empty()) return;
    const auto words_a = words_by_path(a, phrases_.language()), words_b = words_by_path(b, phrases_.language());
    Table table;
    table.caption = labels_[0] + " · " + labels_[i];
    table.head = {phrases_("rehearsal.clause"), labels_[0], labels_[i]};
    table.words = true;
    for (const rulebook::DifferingClause& clause : differing) {
      const auto in_words = [&](const auto& words) {
        const auto found = words.find(clause.path);
        return found == words.end() ? std::string{} : found->second;
      };
      std::string said_a = in_words(words_a), said_b = in_words(words_b);
      if (said_a == said_b) {  // the sentences do not show the difference: the file does
        said_a = clause.a;
        said_b = clause.b;
      }
      const auto or_nothing = [&](const std::string& said) {
        return said.empty() ? phrases_("rehearsal.nothing_said") : said;
      };
      table.rows.push_back({clause.path, or_nothing(said_a), or_nothing(said_b)});
    }
    add_table(main_, table);
  }

  void assumptions() {
    section(phrases_("rehearsal.assumptions"));
    main_.element("p", phrases_("rehearsal.assumptions.how"));
    if (report_.assumptions.empty()) return;
    Table table;
    table.caption = report_.scenario;
    table.head = {phrases_("rehearsal.assumption"), phrases_("rehearsal.value"), phrases_("rehearsal.source")};
    table.words = true;
    for (const rehearsal::Assumption& one : report_.assumptions)
      table.rows.push_back({one.path, one.value, source_in_words(one, phrases_)});
    add_table(main_, table);
  }

  void definitions() {
    section(phrases_("rehearsal.definitions"));
    main_.open("dl");
    for (std::size_t i = 0; i < rehearsal::kQuantities; ++i) {
      const auto quantity = static_cast<Quantity>(i);
      if (std::ranges::none_of(
              report_.played, [&](const PlayedProcedure& one) { return estimate_of(one.result, quantity) != nullptr; }))
        continue;
      const std::string name{rehearsal::text_of(quantity).name};
      main_.open("dt").text(quantity_name(quantity, phrases_) + " ");
      main_.element("code", name).close();
      main_.element("dd", phrases_("rehearsal.quantity." + name + ".definition"));
    }
    main_.close();
  }

  void again() {
    section(phrases_("rehearsal.again"));
    main_.element("p", phrases_("rehearsal.again.how"));
    main_.open("p").element("code", report_.command).close();
  }

  const RehearsalReport& report_;
  Phrases phrases_;
  std::vector<std::string> labels_;
  Html main_;
};

}  // namespace

std::string rehearsal_as_page(const RehearsalReport& report, formats::Language language) {
  return RehearsalPage(report, language).page();
}

}  // namespace guichet::dossier
