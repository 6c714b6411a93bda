// A whole mailbox as cases: its threads, each mail with its side, its person, its time and the reasons, and as moments
// that measures read. Keeps no mail in memory; gives the raw bytes of each again. Knows no ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <guichet/base/digest.hpp>
#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/intake/mail/maildir.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/sides.hpp>
#include <guichet/intake/mail/thread.hpp>

namespace guichet::intake::mail {

/// Where the time of a mail was found, in the order in which it is looked for.
enum class TimeBy : std::uint8_t {
  date,       // what its writer says
  arrival,    // the last server that says one; also where the Date lies more than a day behind it
  separator,  // the line of the mailbox before it
  neighbour,  // none of these: that of the mail before it in the mailbox
};
std::string_view name(TimeBy by);

/// What became of a mail.
enum class Fate : std::uint8_t {
  in_case,
  copy,      // the same Message-ID, and says the same: what_it_says
  left_out,  // its sender is left out by the mapping
  no_case,   // nobody of its thread is the desk, or writes to it
  nobody,    // no address says who wrote it: for a person to look at
};
std::string_view name(Fate fate);

struct BoxMail {
  std::uint32_t file{};  // of those that were read
  bool boxed{};
  std::uint64_t begin{}, end{};  // in that file
  Instant at{};
  TimeBy time_by{};
  Party side{};
  Fate fate{};
  bool machine{}, to_desk{}, cut{};
  std::uint32_t person{};   // index into the names
  std::uint32_t account{};  // index into the names; of the seller who wrote it, or zero
  std::uint32_t words{};    // its own
  std::uint64_t digest{};   // of its bytes
  std::uint64_t says{};     // what_it_says
  std::uint32_t copy_of{};  // of a copy: the mail that it is a copy of
  Flaws flaws;
};

struct BoxCase {
  std::string subject;  // of its first mail
  std::uint32_t account{};
  std::vector<std::uint32_t> mails;  // in order of time; numbers in the order of the mailbox
};

/// The same for two copies of a mail that came by different ways: made of who wrote it to whom, its Date, its subject
/// and the bytes of all its parts; what stations wrote above it may differ. Of a mail without a Message-ID, made of its
/// bytes but for carriage returns. `message` was read with Reading::digests.
std::uint64_t what_it_says(const Message& message, std::string_view raw);
/// The name of a mail without a Message-ID, by what it says.
std::string made_id(std::uint64_t says);

/// A mail that is of no case, or of which something was odd.
struct BoxNote {
  std::uint32_t mail{};
  std::string what;
};

class Mailbox {
 public:
  /// A Date of more than a day after `now` is not believed; nothing: any is.
  explicit Mailbox(MailMapping mapping, std::optional<Instant> now = {});

  /// Reads every mail at `path`; may be called for several. A file that is zipped cannot be gone back to: `raw_of` will
  /// say so.
  Outcome read(const std::string& path, const Walk& walk);
  /// What a file that is read is called to people: it may be a copy, unzipped for as long as it takes.
  void call(const std::string& path, const std::string& name) { called_[path] = name; }
  /// After the last: joins threads into cases. A thread that names an identity which is known elsewhere is a case
  /// too, whoever wrote it; `is_known` may be empty.
  void settle(const std::function<bool(const std::string& id)>& is_known = {});

  const MailMapping& mapping() const { return mapping_; }
  const Vocabulary& names() const { return names_; }
  const std::vector<BoxMail>& mails() const { return mails_; }
  const std::vector<BoxCase>& cases() const { return cases_; }
  const std::vector<BoxNote>& notes() const { return notes_; }
  /// The notes by what they say, with the places of the first.
  std::vector<Noted> counted_notes() const;
  std::uint64_t count(Fate fate) const;
  /// Mails that begin as mails do; the others may be any bytes.
  std::uint64_t recognised() const { return recognised_; }
  /// Whether a mail is from the desk, to it, or from the seller. Else `senders` says who wrote.
  bool covers_somebody() const;
  const std::map<std::string, std::uint64_t>& senders() const { return senders_; }
  /// Of all bytes of all mails, in order.
  std::string digest() const { return digest_.hex(); }

  /// Moments live in `room`, which is emptied first; one for each mail of the case, in order.
  CaseHistory history(const BoxCase& of, std::vector<Moment>& room) const;
  /// "archive.mbox, byte 1234"
  std::string place_of(std::uint32_t mail) const;
  /// Its Message-ID; where it has none, one made of its bytes.
  std::string message_id(std::uint32_t mail) const;
  /// Why it is in this thread: "answers <id> (in_reply_to)", "begins the thread" …
  std::string thread_reason(std::uint32_t mail) const;
  /// The mail that it answers, when that is in the mailbox.
  std::optional<std::uint32_t> answered(std::uint32_t mail) const;
  std::vector<Named> named_by(std::uint32_t mail) const { return threads_.named_by(mail); }
  /// The bytes again. Fault::unreadable when the file has changed.
  Result<std::string> raw_of(std::uint32_t mail) const;

 private:
  void add(const FoundMail& found);
  std::uint32_t person(const std::string& name);
  std::uint32_t account(const Placing& placing, const Message& message);
  void note(std::uint32_t mail, std::string what) { notes_.push_back({mail, std::move(what)}); }

  const std::string& name_of_file(std::size_t file) const;

  MailMapping mapping_;
  std::map<std::string, std::string> called_;
  std::optional<Instant> now_;
  Vocabulary names_;
  std::unordered_map<std::string, std::uint32_t> persons_, accounts_;
  std::vector<std::string> files_;
  std::vector<std::uint64_t> file_zipped_;
  std::vector<BoxMail> mails_;
  std::vector<std::string> subjects_;
  std::vector<BoxCase> cases_;
  std::vector<BoxNote> notes_;
  Threads threads_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> seen_;  // Message-ID -> its mails that say other things
  RunningDigest digest_;
  std::uint64_t recognised_ = 0;
  std::map<std::string, std::uint64_t> senders_;  // the first thousand who are of no side, and their mails
};

}  // namespace guichet::intake::mail
