// A mail that was threaded into the wrong case goes to where it belongs: its words are entered there whole, with the
// moment at which they came, and a note in the old case says who found so, when, why and where they are. Nothing is
// taken out of the ledger; what is no longer for whom is said here, once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/dossier/timeline.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// What the notes of a case say of its mails. Keys are versions of messages.
struct MovedMails {
  struct Taken {
    dossier::TakenMail mail;
    bool across = false;        // to another account
    std::vector<TextId> texts;  // its words, its bytes and its files
  };
  struct Origin {
    CaseId case_id;
    std::uint32_t message{};
  };
  std::map<std::uint32_t, Taken> taken;
  std::map<std::uint32_t, Origin> from;
};
/// `file` as the ledger gives it, with the words of notes.
MovedMails moved_mails(const ledger::CaseFile& file);
/// The words of a message, its bytes and its files, also where the words that name them were erased.
std::vector<TextId> texts_of_mail(const ledger::CaseFile& file, const Event& message);
/// Between two accounts, what a mail said is for the desk alone where it stood by mistake. Within one account whoever
/// may read the one case has read it there, and may go on to.
bool withheld_from(const Person& person, const MovedMails::Taken& taken);
/// Whether this is a text of such a mail, and not for this person.
bool is_withheld(const Person& person, const MovedMails& moved, TextId text);
/// The texts of the case that are for the desk alone since then.
std::vector<TextId> withheld_texts(const ledger::CaseFile& file);

/// A mail that still stands where it came: a seller's, or anybody's out of a mailbox that was brought in.
struct MovableMail {
  Version message;
  ActorId actor;
  Party party{};
  Instant came{};  // into its first case
  dossier::Words words;
  bool imported = false;    // it goes on as history: into cases that live under no procedure
  bool into_living = true;  // by the rules too: the words of a person who is on the seller's side
};
std::optional<MovableMail> movable_mail(const ledger::CaseFile& file, const MovedMails& moved, Version message);
/// Why a mail of this case stays where it is: "desk", "third", "erased"; empty for one that may go, for one that went,
/// and for what is no mail.
std::string_view stays_because(const ledger::CaseFile& file, const MovedMails& moved, Version message);

/// The member of a seller's account from whose address a mail is; null when nobody here has it.
std::shared_ptr<const Person> seller_behind(const People& people, const intake::mail::Message& mail);

/// Where somebody of the desk puts it.
struct MailMove {
  const Person& by;
  CaseId to;                  // zero: a new case
  std::string matter;         // of a new case: a matter of the procedure in force, by its id
  std::string subject;        // of a new case
  std::string reason;         // in the mover's words
  bool checked = false;       // somebody has looked that a stranger's words belong to that account
  ledger::Channel channel{};  // of the notes
};
/// The field that is wrong and what is wrong with it, or the errand: all of it is done, or nothing.
struct MailMoved {
  FieldFault fault;
  Errand errand;
};
/// The case, when the same was asked for before and done.
Result<std::optional<CaseId>> moved_before(ledger::Reader& reader, CaseId old, Version message, const MailMove& move);
/// A mail of somebody who is known here goes to no account but his own.
Result<MailMoved> move_mail(Visit& visit, const ledger::CaseFile& file, Version message, const MailMove& move);

}  // namespace guichet::desk
