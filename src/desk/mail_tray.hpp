// Mails that belong to no case by themselves: each with the reason, its raw bytes kept, until somebody of the desk puts
// it into a case or sets it aside. Also how any mail becomes words of a case. Decides nothing by a number in a subject.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/signing.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Why a mail waits. By name in records; "mail.tray.reason.<name>" says it to people.
enum class TrayReason : std::uint8_t {
  no_match,        // it answers no mail that the desk sent or received
  unknown_sender,  // it does, but nobody here has this address
  no_sender,       // no address, or several
  not_of_account,  // the sender belongs to another account, or may not see the case
  not_allowed,     // an agent's mail that would go to a seller without being his answer
  refused,         // by the rules: `detail` is the refusal
  bounce,
  report,
  auto_reply,
  bulk,
  mailing_list,
  own_mail,    // our own came back
  too_many,    // from one address within an hour, or opened too many cases: `detail` is "opened"
  too_large,   // only its head was fetched
  same_id,     // its Message-ID was used for other words
  empty,       // neither words nor files
  not_signed,  // it would open a case, but no signature of its domain vouches for the sender
};
std::string_view name(TrayReason reason);
TrayReason reason_of(intake::mail::Automatic automatic);

struct TrayMail {
  std::string id;  // made from its bytes
  TrayReason reason{};
  std::string detail;
  std::string from, from_name, subject, message_id;
  std::optional<Instant> written;  // as its Date says
  Instant received{};
  std::uint64_t bytes{};
  bool head_only{};
  ActorId person;             // who has this address here, if anybody
  ledger::AccountId account;  // of that person
  CaseId case_id;             // that it seems to belong to, by the mails it names; zero when it names none
  std::string matched;        // … and why
  std::uint64_t says{};       // intake::mail::what_it_says
  std::vector<dossier::ArrivalLine> arrival;
  ActorId settled_by;        // once it is settled
  CaseId settled_in;         // zero: set aside
  std::uint64_t revision{};  // of the record
  friend bool operator==(const TrayMail&, const TrayMail&) = default;
};

/// Records: those that wait, by `at` when they came and `owner` their account; those that are settled; the raw bytes of
/// both, under the same key.
inline constexpr std::string_view kTrayKind = "mail_tray";
inline constexpr std::string_view kSettledKind = "mail_settled";
inline constexpr std::string_view kRawKind = "mail_raw";
ledger::Record to_record(const TrayMail& mail, std::string_view kind);
Result<TrayMail> tray_mail_from(const ledger::Record& record);
ledger::Record raw_record(const std::string& id, std::string_view raw);
/// Fault::not_found when there is none.
Result<std::string> raw_of(ledger::Reader& reader, const std::string& id);
/// Waiting mails, the oldest first.
Result<std::vector<TrayMail>> waiting_mails(ledger::Reader& reader, std::size_t most);
Result<std::optional<TrayMail>> waiting_mail(ledger::Reader& reader, const std::string& id);

/// Message-IDs that the desk sent or received. Records of kind "message_id", `owner` the case.
inline constexpr std::string_view kMessageIdKind = "message_id";
struct KnownId {
  std::string id;
  CaseId case_id;
  bool sent{};                // by the desk; else received
  std::string letter;         // kind of the letter that was sent
  ActorId person;             // to whom, or from whom
  std::optional<Instant> at;  // sent, once it is; or received
  /// What the mails of this identity say (intake::mail::what_it_says): one that says something else is another mail.
  /// Empty: not known.
  std::vector<std::uint64_t> says{};
  bool is_of(std::uint64_t said) const;
};
/// What is remembered once a second mail of one identity came: the first keeps its case.
KnownId and_also(const std::optional<KnownId>& before, KnownId now);
ledger::Record to_record(const KnownId& known);
Result<std::optional<KnownId>> known_id(ledger::Reader& reader, std::string_view id);

/// What the bytes of a mail that arrived say: their digest, signatures, way, and what is odd. Without `find_key` no key
/// is known.
std::vector<dossier::ArrivalLine> arrival_of_mail(std::string_view raw, const intake::mail::Message& message,
                                                  const intake::mail::FindKey& find_key);
/// Its Message-ID; of a mail without one, one made of its bytes.
std::string identity_of(const intake::mail::Message& message, std::string_view raw);

/// Why a mail is of a case, as the desk keeps it beside the words …
std::string matched_by_hand(std::string_view name);
std::string matched_by_hand(std::string_view name, CaseId from);  // zero: a case that is not to be named
std::string matched_as_opening(std::string_view address, bool is_signed);
/// … and in the reader's language; what another program or a mailbox has kept is given as it stands.
std::string matched_in_words(const formats::Phrases& phrases, std::string_view matched);

/// Who writes by a mail, and into which case.
struct MailWords {
  const Person& person;
  CaseId case_id;  // zero: a new case
  ledger::AccountId account;
  std::uint8_t matter{};  // of a new case
  std::string subject;    // of a new case
  std::string matched;    // why it belongs there
  std::vector<dossier::ArrivalLine> arrival{};
  std::string came{};  // when it came, if it was somewhere else before
};
/// The errand that makes the mail's own words, its files and its raw bytes part of the case. Its key is the mail's
/// Message-ID, or what its bytes come to.
Errand errand_of_mail(const intake::mail::Message& message, const std::string& raw, const std::string& id,
                      const MailWords& words, const House& house);

/// What somebody of the desk makes of a waiting mail.
struct TrayChoice {
  const Person& by;
  const Person& member;  // in whose name its words are
  CaseId case_id;        // zero: a new case of the member's account
  std::uint8_t matter{};
  std::string subject;
};
/// Puts the mail into a case. Once it is done, `remember_in` is to be run when a new case was made.
Result<Errand> put_into_case(ledger::Reader& reader, const TrayMail& mail, const TrayChoice& choice,
                             const House& house);
/// So that answers to the mail find the case that was made of it.
Errand remember_in(const TrayMail& mail, CaseId case_id);
/// Takes it off the list; it stays kept.
Errand set_aside(const TrayMail& mail, const Person& by);

}  // namespace guichet::desk
