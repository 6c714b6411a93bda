// A mapping: which column or attribute of somebody's log is which fact, and what its values mean in our
// words. Read from TOML; knows nothing of measures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/event.hpp>
#include <guichet/formats/csv.hpp>

namespace guichet::intake {

/// What a column may stand for. Conditions may name these instead of a column.
enum class Role : std::uint8_t { activity, status, transition, person, team };
inline constexpr std::size_t kRoles = 5;
inline constexpr std::array<std::string_view, kRoles> kRoleNames{"activity", "status", "transition", "person", "team"};

/// Columns whose values together make one value: joined by "/" for names, by a space for times.
using Columns = std::vector<std::string>;

/// One test on one value. With `is`, the value must be among them; with `is_not`, not. A text that ends
/// in "*" stands for every value that begins so; "" for a missing value.
struct ValueTest {
  std::optional<Role> role;  // of a value we made, or
  std::string column;        // of a column as it is
  std::vector<std::string> is, is_not;
};

/// Every test must hold. Without tests it holds always.
struct Condition {
  std::vector<ValueTest> tests;
};

/// Gives what matching moments are: each part comes from the first entry that matches and has it.
struct Meaning {
  Condition when;
  std::optional<EventKind> event;
  std::optional<Party> by;
  std::optional<Turn> turn;
  bool system = false;
};

/// The roles of columns; in a row that holds several events, those of one of them.
struct EventColumns {
  std::string activity_is;  // a fixed name, instead of columns
  Columns activity, status, transition, person, team, time, text;
  Columns kind, by, turn, words, marks;  // of logs that say these in our words
  std::string plus_seconds;              // a column of seconds to add to the time
  Condition when;
  std::optional<EventKind> event;  // what it means, before any [[meaning]]
};

struct TimeRule {
  std::vector<std::string> formats;  // see time_format.hpp; empty: ISO 8601
  std::string zone;                  // IANA name for values that carry none; empty: UTC
};

struct CaseColumns {
  Columns name, seller, matter, amount, deadline, predecessor;
};

struct AmountRule {
  char decimal = '.';
  std::int64_t divide_by = 1;
};

/// A rule over the moments of a case in time order: the first moment that meets `then` after one that
/// met `after` opens the case again.
struct ReopeningRule {
  Condition after, then;
};

struct Mapping {
  std::string path = "mapping";  // for messages
  std::string name, describes;
  Columns recognise;                        // columns that a log must have for this mapping to apply by itself
  std::vector<ValueTest> recognise_values;  // and values that its first records must show somewhere
  std::string recognise_format;             // "csv", "xes" or either when empty
  CaseColumns of_case;
  EventColumns row;                                            // defaults of every event
  std::vector<EventColumns> events;                            // several per row; empty: one, `row`
  Columns optional;                                            // columns that a log may lack
  std::vector<std::pair<std::string, std::string>> xes_names;  // what a column is called when the log is XES
  TimeRule time;
  std::optional<TimeRule> deadline_time;
  formats::CsvShape csv;
  bool csv_header = true;
  bool csv_formula_guard = false;  // texts like formulas have an apostrophe before them
  AmountRule amount;
  std::vector<std::string> empty;  // texts that stand for "no value"
  std::vector<Condition> skip;
  std::vector<Meaning> meanings;  // of [persons], [[meaning]] and [[waiting]], in this order
  std::optional<ReopeningRule> reopened;
  std::optional<Condition> abandoned;  // of a case's last moment
};

/// Reads the text of a mapping; the error names each fault with line and column.
Result<Mapping> read_mapping(std::string_view text, std::string path);
/// Reads a file of at most a megabyte.
Result<Mapping> load_mapping(const std::string& path);
/// The text of a file that is a mapping of either kind.
Result<std::string> mapping_text(const std::string& path);

/// The mapping with all columns under the names that they have in XES.
Mapping named_for_xes(Mapping mapping);

/// "closed", and "resolved" for resolution_proposed; never EventKind::none.
std::optional<EventKind> event_named(std::string_view word);

/// Every key of the format, dotted, sorted.
std::set<std::string> mapping_keys();

/// Whether `value` meets the texts of a test ("Wait*", "").
bool meets(const ValueTest& test, std::string_view value);

}  // namespace guichet::intake
