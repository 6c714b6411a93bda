// What happened to one seller, as his mailbox tells it: who answered, what was closed and begun again, how long each
// side was silent, what was asked in vain. Every figure leads to its mails. Takes mails as plain structs; knows no mail
// format, states what it finds and how, and draws no legal conclusion.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/core/words.hpp>
#include <guichet/dossier/mail_marks.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::dossier {

/// What is known of a mail's signature by its domain (DKIM).
enum class MailSeal : std::uint8_t { not_looked_at, none, verified, failed, key_unknown };
inline constexpr std::size_t kMailSeals = 5;
/// "verified"
std::string_view name(MailSeal seal);

/// One mail, as a reader of mailboxes tells it.
struct ToldMail {
  std::string message_id;      // without brackets; may be empty
  std::string place;           // "box.mbox, byte 1234"
  std::optional<Instant> at;   // as its Date says; else when it was received
  bool at_received = false;    // … the latter
  bool arrived = false;        // a server says when it was received
  bool at_ahead = false;       // its Date lay far ahead of every other and was taken away; the audit fills it
  Party side = Party::nobody;  // seller, desk, third
  bool machine = false;        // written by a program
  std::string address;         // the sender's
  std::string agent;           // who of the desk; empty: the mail does not say
  std::string agent_by;        // "signature", "address", "name"; empty
  std::string subject;
  std::string own;                          // its own words, without quotes and signature
  std::string text;                         // all of its words
  std::uint32_t thread{};                   // the same for mails that answer one another
  std::vector<std::string> unseen;          // identities it names of mails that are not in the box
  std::optional<Duration> skew;             // its Date less the time at which the first relay says to have got it
  bool relayed = false;                     // it says by which relays it came
  MailSeal seal = MailSeal::not_looked_at;  // of copies, the best: one that holds shows what was signed
  std::uint64_t says{};                     // the same for copies, whatever stations wrote above them; zero: not known
  std::uint32_t copies_failed{};            // of its copies, those whose signature does not hold; filled by the audit
};

/// How two conversations were found to be of one matter; the first that holds.
enum class SameMatter : std::uint8_t {
  nothing,
  case_number,  // the seller names the number of the earlier one
  reference,    // a number in the subject of one stands in the seller's words of the other
  subject,      // the same subject, but for "Re:" and case numbers
  wording,      // a third of the first mail's runs of eight words stood in the earlier one
};
std::string_view name(SameMatter why);

/// Mails are called by their number: 1, 2, 3 … in order of time, those without a time last.
using MailNumber = std::uint32_t;

struct MailAgent {
  std::string name, by;
  std::uint32_t mails{}, conversations{};
  MailNumber first{}, last{};
};

struct MailConversation {
  std::vector<MailNumber> mails;      // in order of time
  std::vector<MailNumber> closings;   // notices that it was closed
  std::vector<std::string> agents;    // in the order in which they wrote, each run once
  std::size_t matter{};               // index
  std::optional<std::size_t> before;  // the earlier conversation that it goes on with
  SameMatter why{};
};

/// A new conversation on a matter of which an earlier one had been closed not more than 60 days before.
struct MailRestart {
  std::size_t conversation{};
  MailNumber closing{}, first{};
  SameMatter why{};
  std::size_t words{},
      words_again{};  // of the first mail; of them, in runs of eight that the seller had written before
};

struct MailHandOff {
  MailNumber from{}, to{};
};

enum class SilenceEnd : std::uint8_t { answer, closing, none };
struct MailSilence {
  MailNumber from{}, until{};  // the mail that began it; that ended it, or the last one of the box
  Duration time{};
  std::uint32_t reminders{};  // further mails of the one who waited
  SilenceEnd end{};
};

enum class Asked : std::uint8_t {
  no_mail_after,  // no mail of the desk in this matter came after it
  not_taken_up,   // mails came; none has half of its telling words
  asked_again,    // a mail took up its words, and the seller asked again afterwards
  taken_up,       // a mail took up its words: perhaps an answer
};
inline constexpr std::size_t kAskedEnds = 4;
std::string_view name(Asked asked);

struct MailQuestion {
  std::string words;  // as first asked
  std::vector<MailNumber> asked;
  std::uint32_t mails_after{};  // of the desk in this matter, after it was first asked
  Asked end{};
  MailNumber by{};  // the last mail that took up its words; zero: none
};

/// A wording that stands in several mails of the desk.
struct MailPassage {
  std::string words;  // as first written
  std::vector<MailNumber> mails;
  std::uint32_t agents{};  // distinct names among them
};

/// Passages of one mail, to be quoted.
struct MailQuote {
  MailNumber mail{};
  std::vector<std::string> passages;
};

struct MailLimit {
  MailNumber mail{};
  std::string passage;
  std::optional<PutDown> put_down;
};

struct MailClosing {
  MailNumber before{}, closing{};  // the last mail before it, and its notice
  Duration wait{};
  bool in_peak{};  // of the constant delay
  std::string passage;
};

/// A constant delay before closings; absent when the mails do not show it.
struct MailClosingDelay {
  measures::ClosingRule rule;
  Duration first{}, last{};      // waits from … to are called of this delay
  std::optional<double> chance;  // the bound of few_closings; absent for a rule of thirty closings or more
};

struct MailboxAudit {
  std::vector<ToldMail> mails;                 // in the order of their numbers: number n is mails[n - 1]
  std::vector<std::size_t> conversation_of;    // of each; kNoConversation for thirds' mails
  std::uint64_t read{}, doubles{}, undated{};  // mails told; told twice; without any time
  std::array<std::uint64_t, 4> by_side{};      // by Party; machines' mails not among them
  std::uint64_t machines{};                    // mails by programs
  std::optional<Instant> from, to;

  std::vector<MailAgent> agents;  // in the order of their first mail
  std::uint64_t unsigned_desk{};  // mails of the desk that name nobody
  std::vector<MailConversation> conversations;
  std::size_t matters{};
  std::vector<MailRestart> restarts;
  std::vector<MailHandOff> hand_offs;
  std::vector<MailQuote> transfers;  // passages that announce one

  std::vector<MailSilence> desk_silences, seller_silences;  // the longest first
  std::vector<MailSilence> unanswered;                      // of the desk, without end in this box; the longest first

  std::vector<MailQuestion> questions;  // without an answer found, those asked most often first; then the others
  std::array<std::uint64_t, kAskedEnds> questions_by_end{};

  std::uint64_t desk_words{}, repeated_words{}, worded_mails{};  // of persons' mails of the desk
  std::vector<MailPassage> passages;                             // the most mails first

  std::vector<MailClosing> closings;
  std::vector<MailNumber> loose_closings;  // notices that could be tied to no mail before them
  std::optional<MailClosingDelay> closing_delay;

  std::vector<MailQuote> offers;  // mails that offer something and ask for silence
  std::vector<MailLimit> limits;

  measures::Findings findings;  // the catalogue over the conversations
  Vocabulary names;             // of the moments
};

inline constexpr std::size_t kNoConversation = static_cast<std::size_t>(-1);
/// Of a restart: the catalogue's sixty days.
inline constexpr Duration kRestartWithin = std::chrono::days{60};

/// How far ahead of every other date one that no server bears out is not believed.
inline constexpr Duration kFarAhead = std::chrono::days{730};

/// Takes mails in any order; the result does not depend on it, but for mails without a time.
MailboxAudit audit_mailbox(std::vector<ToldMail> mails);

}  // namespace guichet::dossier
