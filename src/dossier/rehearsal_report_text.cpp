// A rehearsal for a terminal of 100 columns.
#include <algorithm>
#include <span>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/dossier/rehearsal_report_words.hpp>
#include <guichet/rulebook/differing.hpp>

namespace guichet::dossier {
namespace {

using formats::Phrases;
using measures::Unit;
using rehearsal::Estimate;
using rehearsal::Rehearsed;

constexpr std::size_t kColumns = 100;

/// Foreign words cannot move the cursor of a terminal.
std::string printable(std::string_view words) {
  std::string clean;
  for (const char c : utf8_repair(words)) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return clean;
}

/// The first `columns` signs of `words` or, when it is longer, the start that ends with a word; at least one sign.
std::string_view line_of(std::string_view words, std::size_t columns) {
  const std::size_t indent = std::min(words.find_first_not_of(' '), words.size());
  std::size_t end = 0, last_space = 0;
  for (std::size_t signs = 0; end < words.size() && signs < columns; ++signs) {
    if (words[end] == ' ' && end > indent) last_space = end;
    do ++end;
    while (end < words.size() && (static_cast<unsigned char>(words[end]) & 0xC0U) == 0x80U);
  }
  if (end == words.size() || words[end] == ' ' || last_space == 0) return words.substr(0, end);
  return words.substr(0, last_space);
}

struct Column {
  std::size_t width;
  bool right = false;
};

/// Cells side by side, each over as many lines as it needs.
std::string row_of(std::span<const Column> columns, const std::vector<std::string>& cells) {
  std::vector<std::string> words, indents;
  for (const std::string& cell : cells) {
    words.push_back(printable(cell));
    indents.emplace_back(std::min(cell.find_first_not_of(' '), cell.size()), ' ');
  }
  std::string out;
  do {
    std::string line;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string part{line_of(words[i], columns[i].width - 1)};
      words[i].erase(0, part.size());
      words[i].erase(0, words[i].find_first_not_of(' '));
      if (!words[i].empty()) words[i].insert(0, indents[i]);
      const std::string space(columns[i].width - std::min(columns[i].width, utf8_length(part)), ' ');
      line += columns[i].right ? space + part : part + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  } while (std::ranges::any_of(words, [](const std::string& rest) { return !rest.empty(); }));
  return out;
}

class RehearsalText {
 public:
  RehearsalText(const RehearsalReport& report, formats::Language language)
      : report_(report), phrases_(language), labels_(labels_of(report)) {}

  std::string text() {
    head();
    if (report_.played.size() == 1) {
      one_table();
    } else {
      for (std::size_t i = 1; i < report_.played.size(); ++i) side_by_side(i);
    }
    for (std::size_t i = 0; i < report_.played.size(); ++i) parts_of(i);
    explanation();
    for (std::size_t i = 1; i < report_.played.size(); ++i) clauses(i);
    assumptions();
    return std::move(out_);
  }

 private:
  std::string whole(std::uint64_t n) const { return phrases_.number(static_cast<double>(n)); }
  std::string stat(std::string_view name) const { return phrases_("measures.stat." + std::string{name}); }
  void heading(const std::string& words) { out_ += '\n' + printable(words) + '\n'; }
  void paragraph(const std::string& words, std::string_view mark = "") {
    const std::array<Column, 2> columns{{{mark.size() + 1}, {kColumns - mark.size() - 1}}};
    if (mark.empty())
      out_ += row_of(std::span(columns).last(1), {words});
    else
      out_ += row_of(columns, {std::string{mark}, words});
  }

  void head() {
    const std::string& title = report_.title.in(phrases_.language());
    out_ += printable(title.empty() ? report_.scenario : title) + '\n';
    const std::vector<std::string> sentences = rehearsal_in_short(report_, phrases_);
    for (const std::string& sentence : sentences) paragraph(sentence, "-");
    if (report_.played.size() == 1) {
      const Rehearsed& result = report_.played.front().result;
      paragraph(
          phrases_("rehearsal.run", {{"seed", std::to_string(result.seed)}, {"digest", digest_of(result.digest)}}));
      return;
    }
    for (std::size_t i = 0; i < report_.played.size(); ++i)
      paragraph(phrases_("rehearsal.digest",
                         {{"procedure", labels_[i]}, {"digest", digest_of(report_.played[i].result.digest)}}));
  }

  // --- one procedure: each number with its interval and its spread ---

  static constexpr std::array<Column, 7> kOne{
      {{36}, {12, true}, {10, true}, {10, true}, {10, true}, {10, true}, {12, true}}};

  void estimate_row(const std::string& name, Unit unit, const Estimate& estimate) {
    const RowNumbers numbers(unit, {&estimate}, phrases_);
    out_ += row_of(kOne, {"  " + with_unit(name, numbers), numbers.number(estimate.mean),
                          numbers.number(estimate.half_width), numbers.number(estimate.p10),
                          numbers.number(estimate.p50), numbers.number(estimate.p90), numbers.number(estimate.max)});
  }

  void one_table() {
    const Rehearsed& result = report_.played.front().result;
    out_ += '\n';
    paragraph(phrases_("rehearsal.how_to_read"));
    out_ += '\n' + row_of(kOne, {phrases_("rehearsal.quantity"), stat("mean"), "±", stat("p10"), stat("p50"),
                                 stat("p90"), stat("max")});
    for (const QuantityGroup& group : kQuantityGroups) {
      std::string title = phrases_("rehearsal.group." + std::string{group.name}) + '\n';
      for (const rehearsal::Quantity quantity : quantities_of(group)) {
        const Estimate* estimate = estimate_of(result, quantity);
        if (estimate == nullptr) continue;
        out_ += std::exchange(title, {});
        estimate_row(quantity_name(quantity, phrases_), rehearsal::text_of(quantity).unit, *estimate);
      }
    }
    if (!result.measures.empty()) out_ += phrases_("rehearsal.group.measures") + '\n';
    for (const rehearsal::MeasureResult& measure : result.measures)
      estimate_row(measure_name(measure, phrases_), unit_of(measure), measure.estimate);
  }

  // --- several: each beside the first ---

  static constexpr std::array<Column, 4> kBeside{{{36}, {21, true}, {21, true}, {22, true}}};

  void side_by_side(std::size_t i) {
    const PlayedProcedure &first = report_.played.front(), &other = report_.played[i];
    if (i == 1) {
      out_ += '\n';
      paragraph(phrases_("rehearsal.how_to_compare"));
      paragraph(phrases_("rehearsal.how_to_read"));
    }
    out_ += '\n' +
            row_of(kBeside, {phrases_("rehearsal.quantity"), labels_[0], labels_[i], phrases_("rehearsal.difference")});
    for (const QuantityGroup& group : kQuantityGroups) {
      std::string title = phrases_("rehearsal.group." + std::string{group.name}) + '\n';
      for (const rehearsal::Quantity quantity : quantities_of(group)) {
        const Estimate *a = estimate_of(first.result, quantity), *b = estimate_of(other.result, quantity);
        if (a == nullptr && b == nullptr) continue;
        out_ += std::exchange(title, {});
        const rehearsal::Difference* difference = difference_of(other, quantity);
        beside_row(quantity_name(quantity, phrases_), rehearsal::text_of(quantity).unit, a, b,
                   difference == nullptr ? nullptr : &difference->difference);
      }
    }
    measures_beside(first.result, other.result);
  }

  void measures_beside(const Rehearsed& first, const Rehearsed& other) {
    std::string title = phrases_("rehearsal.group.measures") + '\n';
    for (const rehearsal::MeasureResult& measure : first.measures) {
      const rehearsal::MeasureResult* same = measure_like(other, measure);
      if (same == nullptr) continue;
      out_ += std::exchange(title, {});
      beside_row(measure_name(measure, phrases_), unit_of(measure), &measure.estimate, &same->estimate, nullptr);
    }
  }

  void beside_row(const std::string& name, Unit unit, const Estimate* a, const Estimate* b,
                  const Estimate* difference) {
    const RowNumbers numbers(unit, {a, b, difference}, phrases_);
    const auto cell = [&](const Estimate* one) { return one == nullptr ? std::string{} : numbers.with_interval(*one); };
    out_ += row_of(kBeside, {"  " + with_unit(name, numbers), cell(a), cell(b), cell(difference)});
  }

  // --- what one procedure alone can say ---

  void parts_of(std::size_t i) {
    const Rehearsed& result = report_.played[i].result;
    const std::string whose = report_.played.size() == 1 ? "" : " · " + labels_[i];
    queues(result.by_queue, phrases_("rehearsal.by_queue") + whose, phrases_("rehearsal.queue"));
    queues(result.by_matter, phrases_("rehearsal.by_matter") + whose, phrases_("rehearsal.matter"));
    tails(result, whose);
    refused(result, whose);
  }

  void queues(const std::vector<rehearsal::QueueResult>& queues, const std::string& title, const std::string& what) {
    if (queues.empty()) return;
    static constexpr std::array<Column, 5> kQueue{{{24}, {18, true}, {18, true}, {20, true}, {20, true}}};
    heading(title);
    out_ += row_of(kQueue, {"  " + what, phrases_("rehearsal.waited"), phrases_("rehearsal.left"),
                            phrases_("rehearsal.wait"), phrases_("rehearsal.length")});
    const auto cell = [&](const Estimate& one, Unit unit) { return RowNumbers(unit, {&one}, phrases_).told(one); };
    for (const rehearsal::QueueResult& queue : queues)
      out_ +=
          row_of(kQueue, {"  " + queue.id, cell(queue.waited_share, Unit::share), cell(queue.left_share, Unit::share),
                          cell(queue.wait, Unit::seconds), cell(queue.length, Unit::count)});
  }

  void tails(const Rehearsed& result, const std::string& whose) {
    if (result.tails.empty()) return;
    static constexpr std::array<Column, 3> kTail{{{24}, {26, true}, {26, true}}};
    heading(phrases_("rehearsal.tails") + whose);
    out_ += row_of(kTail, {"  " + phrases_("rehearsal.tail.time"), phrases_("rehearsal.tail.longer"),
                           phrases_("rehearsal.tail.within")});
    const auto cell = [&](const Estimate& one) { return RowNumbers(Unit::share, {&one}, phrases_).told(one); };
    for (const rehearsal::TailResult& tail : result.tails)
      out_ += row_of(kTail,
                     {"  " + time_in_words(tail.seconds, phrases_), cell(tail.waits_longer), cell(tail.served_within)});
  }

  void refused(const Rehearsed& result, const std::string& whose) {
    heading(phrases_("rehearsal.refused") + whose);
    if (result.refused.empty()) out_ += "  " + phrases_("rehearsal.refused.none") + '\n';
    static constexpr std::array<Column, 2> kRefused{{{14, true}, {86}}};
    for (const auto& [refusal, times] : result.refused)
      out_ += row_of(kRefused, {whole(times), "  " + phrases_("refusal." + std::string{guichet::name(refusal)})});
  }

  void explanation() {
    if (!report_.explanation) return;
    static constexpr std::array<Column, 3> kFactor{{{40}, {24, true}, {26, true}}};
    heading(phrases_("rehearsal.explain"));
    paragraph(phrases_("rehearsal.explain.how"));
    out_ += row_of(kFactor, {"  " + phrases_("rehearsal.explain.factor"), phrases_("rehearsal.explain.points"),
                             phrases_("rehearsal.explain.share")});
    const auto numbers = [&](const Estimate& one) { return RowNumbers(Unit::share, {&one}, phrases_); };
    for (const rehearsal::FactorShare& factor : report_.explanation->factors)
      out_ += row_of(kFactor,
                     {"  " + factor_name(factor.factor, phrases_), numbers(factor.points).with_interval(factor.points),
                      numbers(factor.share).told(factor.share)});
  }

  void clauses(std::size_t i) {
    static constexpr std::array<Column, 3> kClause{{{40}, {30}, {30}}};
    const auto differing = rulebook::differing_clauses(report_.played.front().procedure, report_.played[i].procedure);
    heading(phrases_("rehearsal.clauses"));
    paragraph(phrases_.counted("rehearsal.clauses.how", static_cast<std::int64_t>(differing.size())));
    if (differing.empty()) return;
    out_ += row_of(kClause, {"  " + phrases_("rehearsal.clause"), labels_[0], labels_[i]});
    const auto said = [&](const std::string& value) {
      return value.empty() ? phrases_("rehearsal.nothing_said") : value;
    };
    for (const rulebook::DifferingClause& clause : differing)
      out_ += row_of(kClause, {"  " + clause.path, said(clause.a), said(clause.b)});
  }

  void assumptions() {
    heading(phrases_("rehearsal.assumptions"));
    out_ += assumptions_as_text(report_.assumptions, phrases_.language());
  }

  const RehearsalReport& report_;
  Phrases phrases_;
  std::vector<std::string> labels_;
  std::string out_;
};

}  // namespace

std::string rehearsal_as_text(const RehearsalReport& report, formats::Language language) {
  return RehearsalText(report, language).text();
}

std::string assumptions_as_text(const std::vector<rehearsal::Assumption>& assumptions, formats::Language language) {
  static constexpr std::array<Column, 3> kAssumption{{{36}, {28}, {36}}};
  const Phrases phrases(language);
  std::string text = row_of(
      kAssumption, {"  " + phrases("rehearsal.assumption"), phrases("rehearsal.value"), phrases("rehearsal.source")});
  for (const rehearsal::Assumption& one : assumptions)
    text += row_of(kAssumption, {"  " + one.path, one.value, source_in_words(one, phrases)});
  return text;
}

}  // namespace guichet::dossier
