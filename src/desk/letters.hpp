// Letters of the desk: which acts are told to whom by mail, and what the mail says: what happened, who must do what
// until when, a link. Nobody is told what the pages would not show him. Sends nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/mail_settings.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/intake/mail/compose.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// What a letter is mainly about; the more pressing ones come last. Part of its Message-ID; by name in records.
enum class LetterKind : std::uint8_t {
  hand_over,  // somebody else answers for the case
  state,      // closed, reopened, escalated, appealed, in mediation …
  clock,      // time ran out
  reminder,   // the desk waits for the seller
  words,      // a message
  proposal,   // a proposal, or the answer to one
  offer,
  restriction,
  hand_off,  // somebody is asked to take a case over, or has answered
  decision,
  promise,  // a promise of the desk ends soon
  refusal,  // a mail to the desk could not be taken
};
std::string_view name(LetterKind kind);
std::optional<LetterKind> letter_kind_from(std::string_view word);

struct Letter {
  std::string id;  // its Message-ID, without brackets
  ActorId to;
  CaseId case_id;
  std::uint64_t act{};  // the first act that it tells of; zero: none
  LetterKind kind{};
  Instant queued{};
  Clock clock{};         // of a promise
  Instant due = kNever;  // … and when it ends
  std::string refusal;   // why a mail was not taken, by the refusal's name
  std::string in_reply_to;
  std::vector<std::string> references;  // the oldest first
  std::uint32_t attempts{};
  std::string fault;  // of the last attempt
  friend bool operator==(const Letter&, const Letter&) = default;
};

/// Waiting to be sent, `at` the record's instant; and given up: what an administrator should look at.
inline constexpr std::string_view kLetterKind = "mail_out";
inline constexpr std::string_view kLetterFailedKind = "mail_failed";
ledger::Record to_record(const Letter& letter, std::string_view kind, Instant at);
Result<Letter> letter_from(const ledger::Record& record);

/// Whether this person is told of this event by mail, of a case that now stands as `row`.
std::optional<LetterKind> tells(const Event& event, const Person& person, const ledger::ShelfRow& row);
/// Whether this person gets mails at all.
bool takes_mails(const Person& person);

struct Concerned {
  ActorId person;
  LetterKind kind{};
  friend bool operator==(const Concerned&, const Concerned&) = default;
};
/// Everybody who is told of these acts, which one case had at one moment. By number; nobody of his own acts.
std::vector<Concerned> concerned(std::span<const ledger::NewAct> acts, const ledger::ShelfRow& row,
                                 const People& people);

/// "1042.7.words.15.Zm9vYmFy@place.example": the same for the same letter, and not to be guessed without `secret`.
std::string letter_id(const Letter& letter, std::string_view secret, std::string_view domain);

struct LetterDesk {
  ledger::Reader& reader;
  const House& house;
  Procedures& procedures;
  People& people;
  const MailSettings& settings;
};
/// The letter as a mail; nothing when its person may no longer have it, or nothing is left to tell.
Result<std::optional<intake::mail::Outgoing>> write_letter(const Letter& letter, const LetterDesk& desk, Instant now);

}  // namespace guichet::desk
