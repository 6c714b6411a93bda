// What the pages, tables and files of a rehearsal share: how its numbers are written, what they are called, and the
// sentences that say what matters.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::dossier {

/// The numbers of one row in one unit and with as many digits as their intervals carry, so that they compare at a
/// glance: "3.42 ± 0.05", in minutes.
class RowNumbers {
 public:
  RowNumbers(measures::Unit unit, std::initializer_list<const rehearsal::Estimate*> row,
             const formats::Phrases& phrases);

  /// "min", "%"; empty for plain counts.
  const std::string& unit() const { return unit_; }
  /// Empty when there is no such number.
  std::string number(double value) const;
  std::string number(const std::optional<double>& value) const { return value ? number(*value) : std::string{}; }
  std::string with_interval(const rehearsal::Estimate& estimate) const;
  /// The same with its unit behind it: "3.42 ± 0.05 min".
  std::string told(const rehearsal::Estimate& estimate) const;
  std::string told(double value) const;

 private:
  std::string in_unit(const std::string& digits) const;

  const formats::Phrases* phrases_;
  double scale_ = 1;  // of the unit shown, in units of the measure
  bool share_ = false;
  int decimals_ = 0;
  std::string unit_;
};

/// "Wait in a queue": a quantity, or a catalogue measure with the number that is meant.
std::string quantity_name(rehearsal::Quantity quantity, const formats::Phrases& phrases);
std::string measure_name(const rehearsal::MeasureResult& result, const formats::Phrases& phrases);
/// "Wait in a queue (min)".
std::string with_unit(const std::string& name, const RowNumbers& numbers);

/// Quantities that are read together, under a heading of the catalogue: "rehearsal.group.<name>".
struct QuantityGroup {
  std::string_view name;
  rehearsal::Quantity first, last;
};
inline constexpr std::array<QuantityGroup, 5> kQuantityGroups{
    {{"queue", rehearsal::Quantity::waited_share, rehearsal::Quantity::open_cases},
     {"ends", rehearsal::Quantity::resolved_share, rehearsal::Quantity::appealed_share},
     {"per_case", rehearsal::Quantity::messages, rehearsal::Quantity::seller_hours},
     {"money", rehearsal::Quantity::paid, rehearsal::Quantity::given_up},
     {"discouragement", rehearsal::Quantity::attrition_saving, rehearsal::Quantity::missed_promises}}};
/// Those of a group, in order.
std::vector<rehearsal::Quantity> quantities_of(const QuantityGroup& group);
/// The first to look at when two procedures are compared.
inline constexpr std::array<rehearsal::Quantity, 8> kMainQuantities{
    rehearsal::Quantity::abandoned_share, rehearsal::Quantity::resolved_share, rehearsal::Quantity::agents,
    rehearsal::Quantity::messages,        rehearsal::Quantity::elapsed_days,   rehearsal::Quantity::queue_wait,
    rehearsal::Quantity::desk_hours,      rehearsal::Quantity::seller_hours};

const rehearsal::Estimate* estimate_of(const rehearsal::Rehearsed& result, rehearsal::Quantity quantity);
const rehearsal::Difference* difference_of(const PlayedProcedure& played, rehearsal::Quantity quantity);

/// The unit of the number that is meant, which may be a count or a share of its own.
measures::Unit unit_of(const rehearsal::MeasureResult& result);
/// The same measure and number of another result; null when it has none.
const rehearsal::MeasureResult* measure_like(const rehearsal::Rehearsed& result, const rehearsal::MeasureResult& like);

/// Sixteen lower-case hexadecimal digits.
std::string digest_of(std::uint64_t digest);
/// "2 min", "1.5 h".
std::string time_in_words(double seconds, const formats::Phrases& phrases);

/// How each procedure is called: by its name, or by its path when two have one name.
std::vector<std::string> labels_of(const RehearsalReport& report);

/// The word for why a run ended before its time, as files spell it.
std::string_view name(rehearsal::Stopped stopped);
bool is_partial(const rehearsal::Rehearsed& result);

/// "assumed" in the language, or the source as the file gives it.
std::string source_in_words(const rehearsal::Assumption& assumption, const formats::Phrases& phrases);

/// Everything that matters, one sentence each; what is partial is said first.
std::vector<std::string> rehearsal_in_short(const RehearsalReport& report, const formats::Phrases& phrases);
/// What two procedures come to for one quantity, and whether they can be told apart.
std::string difference_in_words(const rehearsal::Difference& difference, const std::string& a, const std::string& b,
                                const formats::Phrases& phrases);
/// Which factor brings the most.
std::string explanation_in_short(const rehearsal::Explanation& explanation, const std::string& repaired_by,
                                 const formats::Phrases& phrases);
std::string factor_name(rehearsal::Factor factor, const formats::Phrases& phrases);

}  // namespace guichet::dossier
