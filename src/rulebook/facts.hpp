// What a rule pack can ask of a procedure: the facts of its file, by name, as plain values. Knows no law:
// whether a fact is good or bad is for the packs to say.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// Time that the file gives, as elapsed time. Working time lasts longer or shorter with the moment at which
/// it starts: both ends are taken over every start that the compiled calendar holds. Without limit when the
/// file gives none, or when the calendar never has that much working time.
struct TimeGiven {
  bool limited{};
  Seconds shortest{}, longest{};
  friend bool operator==(const TimeGiven&, const TimeGiven&) = default;
};

TimeGiven time_given(const ProcedureFile& file, const Allowance& allowance);

/// The longest silence that the file tolerates from each side, and how they compare.
struct Silences {
  TimeGiven desk, seller;
  /// log2 of desk over seller: 0 when equal, 1 when the desk may be silent twice as long; plus or minus
  /// infinity when one side alone has no limit, 0 when neither has.
  double doublings() const;
};

/// The desk's silence ends with the slower of its two answer clocks, if they run out with a consequence;
/// the seller's with the reply clock, if a case can then be closed for silence. Anything else ends none.
Silences tolerated_silences(const ProcedureFile& file);

/// One of an enumeration's spellings, or free text.
using Word = std::string_view;
using Words = std::vector<std::string>;
using FactValue = std::variant<bool, std::int64_t, Word, Words, TimeGiven, Silences>;

/// In the order of FactValue.
enum class FactKind : std::uint8_t { on_off, number, word, words, time, silences };
std::string_view name(FactKind kind);

struct Fact {
  std::string name;  // the key of the file where there is one: "hand_off.reason_needed"
  FactKind kind{};
  std::string clause;                       // the key that a finding points at
  std::string meaning;                      // one line, for those who write packs
  std::vector<std::string_view> spellings;  // of a word, or of each of the words; empty: free text
  std::function<FactValue(const ProcedureFile&)> read;
};

/// Every fact, in the order of the file's sections.
std::span<const Fact> facts();
/// Null when there is none of that name.
const Fact* find_fact(std::string_view name);

/// The value as a sentence quotes it: "48 h", "no limit", "escalate", "certified_body, court".
std::string print(const FactValue& value, const formats::Phrases& phrases);

}  // namespace guichet::rulebook
