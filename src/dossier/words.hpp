// The words that go with an act, as the JSON document that a ledger keeps as one text: what was written, asked, decided
// on which facts, with which files. Knows no ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/dossier/facts.hpp>

namespace guichet::dossier {

/// One thing that was found of a mail when it arrived: "dkim", "pass: signed by market.example".
struct ArrivalLine {
  std::string key, value;
  friend bool operator==(const ArrivalLine&, const ArrivalLine&) = default;
};

/// Of a note beside a mail that was found to belong to another case: where it went, or where it came from.
struct MovedMail {
  CaseId to, from;          // one of both
  std::uint32_t message{};  // the version of its event in the case where it stood first
  bool across = false;      // between cases of two accounts: nobody outside the desk reads it where it was wrong
  friend bool operator==(const MovedMail&, const MovedMail&) = default;
};

struct Words {
  std::string subject;                 // of a case, when it is opened
  std::string body;                    // of a message, a note, a reason, a proposal, a summary of a hand-off
  std::vector<std::string> questions;  // asked with it, in the order of the question slots (lowest first)
  std::vector<TextId> files;           // attached
  std::string facts, ground;           // of a decision or a restriction
  std::vector<std::string> redress;    // ways of redress named: "internal", "certified_body", "court"
  std::string measure;                 // of a decision: what will be done; of a restriction: what it touches
  std::string unit;                    // of a restriction's quantities
  std::string language;                // "fr", "en"; empty when not known
  TextId mail;                         // the message as it came, when it came by mail
  std::string matched;                 // … and why it belongs to this case
  std::vector<ArrivalLine> arrival;    // … and what its bytes said of its way and its signatures
  std::string came;                    // … and when, if it was put here later: an instant in ISO 8601
  std::string name;                    // whom it names: a mediator
  std::optional<FactWords> fact;       // a statement about the list of facts; its words are the body
  std::string claim;                   // what is asked for in this case, as a claim file (claim.hpp)
  std::optional<MovedMail> moved;      // of a note about a mail
  bool invented = false;               // nobody wrote this: a demo
  friend bool operator==(const Words&, const Words&) = default;
};

/// One line of JSON; empty members are left out.
std::string words_as_json(const Words& words);
/// Unknown members are passed over; the error says what cannot be read.
Result<Words> words_from_json(std::string_view json);
/// A text that is not such a document (of a log, say) becomes the body.
Words words_or_plain(std::string_view body, std::string_view media_type);

/// Words in a text: runs of what is neither space nor control; for MessageFacts. At most 65,535.
std::uint32_t count_of_words(std::string_view text);

}  // namespace guichet::dossier
