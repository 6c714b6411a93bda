// History of another system, written into a ledger: its moments become events and labels that give every moment back
// as it was. What happened is not ours to refuse. Knows no file and no mapping.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::desk {

/// What is written besides the cases, so that the ledger can say what its history could say.
struct ImportSource {
  std::string name;    // of the log
  std::string digest;  // of its bytes: the same log is not imported twice
  measures::Needs said;
  bool told_by_mails = false;              // what was written before an import was cut is left out by the caller
  const Procedures* procedures = nullptr;  // by which mails that join a living case are judged; null: by none
};

struct Imported {
  std::uint64_t cases{}, events{}, persons{}, accounts{};
};

/// The mail behind a moment.
struct MailBehind {
  std::string raw;  // as it came
  std::string message_id;
  std::string from;                 // its sender's address
  std::uint64_t says{};             // intake::mail::what_it_says
  std::string said;                 // all its words
  std::string own;                  // those without quotes and signature
  std::optional<TrayMail> waits{};  // the same mail, where it waits in the tray until now
  std::string matched;
  std::vector<dossier::ArrivalLine> arrival;
  std::vector<ledger::NewText> files;
};
using GetMail = std::function<Result<MailBehind>(std::size_t moment)>;

class Importer {
 public:
  /// `ledger` has no other writer meanwhile. Fault::conflict when a log of this digest is in it already.
  static Result<std::unique_ptr<Importer>> begin(ledger::Ledger& ledger, ledger::Shelving shelving, ImportSource source,
                                                 Instant now);
  virtual ~Importer() = default;
  /// One case, whole. Writes some thousand events at a time; a fault is kept and given by `finish`.
  virtual void add(const CaseHistory& history, const Vocabulary& names) = 0;
  /// One case whose moments are mails: each is asked for once, kept as it came beside its words and its files, and its
  /// Message-ID is remembered, so that answers to it find the case.
  virtual void add_mails(const CaseHistory& history, const Vocabulary& names, const GetMail& mail_of) = 0;
  /// Mails that join a case that is in the ledger. They stand behind what it holds: an earlier time than that of its
  /// last event is said beside them. A case that lives under a procedure is moved by them as by mails that arrive, its
  /// clocks counted from their time; what the rules would refuse happened all the same, and moves none.
  virtual void add_to_case(CaseId case_id, const CaseHistory& history, const Vocabulary& names,
                           const GetMail& mail_of) = 0;
  /// A mail that is of no case and that a person should look at: it waits in the mail tray.
  virtual void leave_in_tray(const TrayMail& mail, const std::string& raw) = 0;
  /// Writes what is left. `said` replaces that of the source: what the log could say is known only at its end. A log
  /// whose import failed half-way can be imported again: its cases are recognised.
  virtual Result<Imported> finish(measures::Needs said) = 0;
};

/// What the history in a ledger can say: our own events, and what each imported log could.
struct ImportsSay {
  bool any = false;
  measures::Needs said;
};
Result<ImportsSay> what_imports_say(ledger::Reader& reader);

}  // namespace guichet::desk
