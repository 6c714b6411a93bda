// A decision or a restriction as a statement of reasons: what is still missing from it, the letter that it makes, and
// the record that the EU register takes. Knows no ledger and sends nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/core/words.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::desk {

struct Statement {
  CaseId case_id;
  Version version;                           // of the case when it is written: makes the record's name unique
  std::optional<Decided> outcome;            // of a decision; none for a restriction
  std::optional<RestrictionKind> restricts;  // none: it restricts nothing, and the register does not take it
  std::string facts, ground, measure, duration, body;
  std::vector<std::string> redress;  // "internal", "certified_body", "court"
  std::optional<Instant> until;      // end of the restriction, when it has one
  Instant at{};
  std::string reference_url;  // of the published terms or procedure
  formats::Language language{};
  std::vector<std::string> persons;  // names that must not stand in the register
};

/// Something to mend before it is sent. `what` ends the key of a sentence: "reasons.fault.<what>".
struct StatementFault {
  std::string field;  // "facts", "ground" …
  std::string what;
  bool blocks{};  // the procedure refuses the act; otherwise it is advice
};

/// What DSA art. 17 and P2B art. 4(5) ask besides the procedure: a specific fact, a clause, a duration, redress.
std::vector<StatementFault> advice_on(const Statement& statement);

/// The record as the Commission's register takes it (schema of the DSA Transparency Database, June 2026), indented.
std::string register_record(const Statement& statement);
/// What the register would refuse, by its own lengths and rules; empty when nothing.
std::vector<StatementFault> register_faults(const Statement& statement);

/// What the seller will read, as paragraphs.
struct SellersLetter {
  std::string greeting;
  struct Part {
    std::string title, text;
  };
  std::vector<Part> parts;
  std::vector<std::string> redress;  // one sentence each
};
struct LetterNames {
  std::string seller, decider, house;
};
SellersLetter letter_of(const Statement& statement, const LetterNames& names, const formats::Phrases& phrases);

}  // namespace guichet::desk
