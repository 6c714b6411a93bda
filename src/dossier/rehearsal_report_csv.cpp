// A rehearsal for spreadsheets.
#include <array>
#include <charconv>
#include <cmath>

#include <guichet/core/names.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/dossier/rehearsal_report_words.hpp>
#include <guichet/formats/csv.hpp>

namespace guichet::dossier {
namespace {

using measures::Unit;
using rehearsal::Estimate;

class RehearsalCsv {
 public:
  std::string csv(const RehearsalReport& report) {
    const std::vector<std::string> labels = labels_of(report);
    for (std::size_t i = 0; i < report.played.size(); ++i) {
      procedure_ = formats::csv_field(labels[i]);
      result(report.played[i].result);
    }
    for (std::size_t i = 1; i < report.played.size(); ++i) {
      procedure_ = formats::csv_field(labels[i] + " - " + labels[0]);
      for (const rehearsal::Difference& one : report.played[i].from_first) {
        const rehearsal::QuantityText& text = rehearsal::text_of(one.quantity);
        estimate(text.name, text.unit, "", one.difference);
      }
    }
    return std::move(out_);
  }

 private:
  void line(std::string_view measure, std::string_view unit, std::string_view row, std::string_view stat,
            double value) {
    if (!std::isfinite(value)) return;
    std::array<char, 32> room{};
    const auto written = std::to_chars(room.data(), room.data() + room.size(), value);
    out_ += procedure_ + ',' + std::string{measure} + ',' + std::string{unit} + ',' + formats::csv_field(row) + ',' +
            std::string{stat} + ',' + std::string{room.data(), written.ptr} + "\r\n";
  }

  void estimate(std::string_view measure, Unit unit, std::string_view row, const Estimate& one) {
    const std::string_view unit_name = measures::name(unit);
    line(measure, measures::name(Unit::count), row, "n", static_cast<double>(one.n));
    line(measure, unit_name, row, "mean", one.mean);
    line(measure, unit_name, row, "low", one.mean - one.half_width);
    line(measure, unit_name, row, "high", one.mean + one.half_width);
    line(measure, unit_name, row, "half_width", one.half_width);
    for (const auto& [stat, value] : {std::pair{"p10", one.p10}, {"p50", one.p50}, {"p90", one.p90}, {"max", one.max}})
      if (value) line(measure, unit_name, row, stat, *value);
  }

  void queues(const std::string& by, const std::vector<rehearsal::QueueResult>& queues) {
    for (const rehearsal::QueueResult& queue : queues) {
      estimate(by + "_waited_share", Unit::share, queue.id, queue.waited_share);
      estimate(by + "_left_share", Unit::share, queue.id, queue.left_share);
      estimate(by + "_wait", Unit::seconds, queue.id, queue.wait);
      estimate(by + "_length", Unit::count, queue.id, queue.length);
    }
  }

  void result(const rehearsal::Rehearsed& result) {
    for (std::size_t i = 0; i < rehearsal::kQuantities; ++i) {
      const auto quantity = static_cast<rehearsal::Quantity>(i);
      if (const Estimate* one = estimate_of(result, quantity))
        estimate(rehearsal::text_of(quantity).name, rehearsal::text_of(quantity).unit, "", *one);
    }
    for (const rehearsal::MeasureResult& measure : result.measures)
      estimate(measures::measure(measure.id).name, unit_of(measure), measure.stat, measure.estimate);
    queues("queue", result.by_queue);
    queues("matter", result.by_matter);
    for (const rehearsal::TailResult& tail : result.tails) {
      const std::string seconds = plain_number(tail.seconds);
      estimate("waits_longer", Unit::share, seconds, tail.waits_longer);
      estimate("served_within", Unit::share, seconds, tail.served_within);
    }
    for (const auto& [refusal, times] : result.refused)
      line("refused", measures::name(Unit::count), guichet::name(refusal), "n", static_cast<double>(times));
  }

  std::string out_ = "procedure,measure,unit,row,stat,value\r\n";
  std::string procedure_;
};

}  // namespace

std::string rehearsal_as_csv(const RehearsalReport& report) { return RehearsalCsv{}.csv(report); }

}  // namespace guichet::dossier
