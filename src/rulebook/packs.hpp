// Law and fairness as dated files: a rule pack says what a procedure's file must show, since when and until
// when, for whom, and under which article. A new text of law is a new file, never new code: a rule is one
// fact (facts.hpp) and one check of a small fixed vocabulary. Knows no particular law.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/rulebook/facts.hpp>

namespace guichet::rulebook {

enum class Severity : std::uint8_t { error, warning, note };

/// What is known of a rule's future.
enum class Status : std::uint8_t { in_force, repeal_proposed, proposed, house };

/// What a fact is held against. A rule is kept when its check holds.
enum class Check : std::uint8_t {
  on,              // on_off
  off,             // on_off
  given,           // word, words: not empty
  is,              // word: one of `words`
  is_not,          // word: none of `words`
  includes,        // words: all of `words`
  excludes,        // words: none of `words`
  at_least,        // number: `number` or more
  at_most,         // number: `number` or less; silences: at most `number` doublings
  limited,         // time: there is a limit
  lasts_at_least,  // time: `days` or more, however it is counted; no limit is more
  lasts_at_most,   // time: `days` or less, however it is counted
};

/// A check with its operand, to be put to one fact of a file.
struct Condition {
  const Fact* fact{};
  Check check{};
  std::int64_t number{};  // at_least, at_most; days of lasts_…
  Words words;            // is, is_not, includes, excludes
};

/// Whether the condition holds for a value of its fact.
bool holds(const Condition& condition, const FactValue& value);

/// Below which size an enterprise is spared; groups are counted as one.
struct SizeClass {
  std::string id;
  std::int64_t staff_below{}, turnover_eur_max{};
  std::string source;
};

struct Rule {
  std::string id;                      // "P12-decision"
  Title article;                       // "Regulation (EU) 2019/1150, art. 11(1)"
  std::optional<Instant> from, until;  // first day; first day no more; absent: always
  Status status{};
  Severity severity{};
  std::vector<SizeClass> exempt;
  std::string clause;  // the key of the procedure that a finding points at
  Condition asks;
  std::vector<Condition> when;  // all must hold, or the rule has nothing to say
  Title finding, repair;        // the pack's own words; empty: those of the catalogue
};

/// A requirement that no procedure file can show, and where it is kept instead.
struct Unseen {
  std::string id;
  Title article;
  std::string why;
};

struct RulePack {
  std::string path, name;
  Title title;
  std::string source;  // where the text was published
  Instant as_of{};     // the day on which its status was last checked
  std::vector<SizeClass> sizes;
  std::vector<Rule> rules;
  std::vector<Unseen> unseen;
};

/// Reads a pack. On failure the detail holds every fault, one per line: "FILE:LINE:COLUMN: what is wrong",
/// with the nearest known name for every unknown fact, check or key.
Result<RulePack> read_pack(std::string_view text, std::string path);

/// Reads a pack from a file.
Result<RulePack> load_pack(const std::string& path);

/// The packs embedded in the program, by file name.
const std::vector<RulePack>& shipped_packs();

/// Names of the enumerations above, as packs and reports spell them.
std::string_view name(Severity severity);
std::string_view name(Status status);
std::string_view name(Check check);

/// "at_least 15", "is_not next_available": the condition as a pack writes it, without its fact.
std::string spell(const Condition& condition);

/// The checks as rows of a table of Markdown: name, kinds of fact, key of the operand, meaning.
std::string checks_table();

}  // namespace guichet::rulebook
