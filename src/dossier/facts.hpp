// A fact as a party states it: words, a date that may be fuzzy, who says so, the matters it belongs to and the sources
// that show it. A fact is no source and a source is no fact. Knows no case and no rights.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/core/words.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::dossier {

/// A time as exactly as somebody knows it. `at` is its first moment, in UTC.
struct FactTime {
  enum class Grain : std::uint8_t { minute, day, month, year } grain{};
  Instant at{};
  friend bool operator==(const FactTime&, const FactTime&) = default;
};

/// "2026-03-02T14:30", "2026-03-02", "2026-03", "2026"; a space may stand for the T. Nothing for any other text.
std::optional<FactTime> parse_fact_time(std::string_view text);
std::string print_fact_time(const FactTime& time);

struct FactDate {
  enum class Kind : std::uint8_t { unknown, at, between, before, after } kind{};
  FactTime first;  // at, after, before: that time; between: the first
  FactTime last;   // between
  friend bool operator==(const FactDate&, const FactDate&) = default;
};

/// "2026-03-02", "2026-03/2026-05-02" (between), "../2026-03" (before), "2026-03/.." (after), "" (unknown): ISO 8601-2.
/// Nothing for any other text, or for a period that ends before it begins.
std::optional<FactDate> parse_fact_date(std::string_view text);
std::string print_fact_date(const FactDate& date);
/// "2 March 2026", "March 2026", "between 2 March 2026 and May 2026", "before 2026", "date not known".
std::string said_fact_date(const FactDate& date, const formats::Phrases& phrases);
/// The first moment at which it may have happened, for putting facts in order; kNever is never given: an unknown date
/// comes first.
Instant sorts_at(const FactDate& date);

/// Where a fact is shown.
struct Citation {
  enum class Kind : std::uint8_t {
    event,    // number: the event's version in the case
    message,  // the same, of a message
    exhibit,  // number: the exhibit's
    mail,     // number: of the text that keeps the mail as it came
    page,     // number: of the page; place: of which file or paper
    other,    // place: words for something outside the case
  } kind{};
  std::uint32_t number{};
  std::string place;  // where in it: "page 3", "second paragraph"; may be empty
  friend bool operator==(const Citation&, const Citation&) = default;
};
std::string_view name(Citation::Kind kind);

/// "message 12", "exhibit 31, page 3", "page 3, contract.pdf", "#12"; French words too ("pièce 31"). What is none of
/// these is `other`, in its own words. Nothing when empty.
std::optional<Citation> parse_citation(std::string_view line);
std::string print_citation(const Citation& citation);
/// "message 12", "exhibit 31, page 3" in the reader's language.
std::string said_citation(const Citation& citation, const formats::Phrases& phrases);

/// What a party says about the list of facts, beside its words (Words::body).
struct FactWords {
  enum class Act : std::uint8_t {
    state,    // a new fact
    change,   // of an own fact: all of it anew
    dispute,  // of the other side's: body and the rest are the other version
    concede,  // that the other side's fact is no longer disputed
    archive,  // an own fact leaves the list, and stays in the history; body: why
    restore,  // an own fact comes back
  } act{};
  std::uint32_t fact{};  // the version of the event that stated it; zero for `state`
  FactDate date;
  std::string said_by;  // who says so, when it is not the party itself
  std::vector<std::string> matters;
  std::vector<Citation> citations;
  friend bool operator==(const FactWords&, const FactWords&) = default;
};
std::string_view name(FactWords::Act act);
std::optional<FactWords::Act> fact_act_from(std::string_view word);

/// As a value of a document of words; and back, the error saying what cannot be read.
void write_fact(formats::JsonWriter& json, const FactWords& fact);
Result<FactWords> read_fact(const formats::JsonValue& value);

}  // namespace guichet::dossier
