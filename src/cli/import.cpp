// guichet import: the history of another system, brought into a ledger.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/base/digest.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/importing.hpp>
#include <guichet/desk/mailbox_in.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/rulebook/read.hpp>

#include "made_ledger.hpp"
#include "mail_keys.hpp"
#include "measured_log.hpp"
#include "outputs.hpp"
#include "progress.hpp"
#include "read_mailbox.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::vector<std::string> logs;
  WantedKeys keys;
  std::string mapping, ledger, notes, procedure = "guichet-unique";
  bool procedure_named = false;  // by whoever imports
};

/// The digest of a file's bytes, whatever it is called.
Result<std::string> digest_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Fault::not_found, path + ": cannot be read; name a log that is there"};
  RunningDigest digest;
  std::string room(1U << 20U, '\0');
  while (in.read(room.data(), static_cast<std::streamsize>(room.size())) || in.gcount() > 0)
    digest.add(std::as_bytes(std::span{room.data(), static_cast<std::size_t>(in.gcount())}));
  return digest.hex();
}

/// A ledger lives under rules, also one that only holds what others did. Which ones is told: only on its pages do
/// others come after them.
Outcome make_sure_of_a_procedure(desk::OpenedLedger& opened, const Wanted& wanted, Instant now) {
  GUICHET_TRY(text, rulebook::procedure_text(wanted.procedure));
  if (!opened.procedures->empty()) {
    const desk::InForce& in_force = opened.procedures->at(now);
    if (wanted.procedure_named && in_force.adopted.toml != text)
      std::cerr << "guichet import: --procedure " << wanted.procedure << ": not applied; " << wanted.ledger
                << " has its rules already, and " << in_force.file.name << ' ' << in_force.file.version
                << " is in force; an administrator adopts others on its page /procedures\n";
    return Done{};
  }
  GUICHET_TRY(file, rulebook::load_procedure(wanted.procedure));
  ledger::AdoptedProcedure first{.id = ProcedureId{1},
                                 .name = file.name,
                                 .version = file.version,
                                 .toml = text,
                                 .effective_from = file.effective_from,
                                 .adopted = now,
                                 .by = {}};
  GUICHET_TRY(read, opened.procedures->read(first));
  ledger::Batch batch;
  batch.procedures.push_back(first);
  if (const Outcome written = opened.ledger->append(batch); !written) return written;
  opened.procedures->add(read);
  if (!wanted.procedure_named)
    std::cerr << "guichet import: " << wanted.ledger << " begins under the rules " << file.name << ' ' << file.version
              << "; --procedure begins it under others\n";
  return Done{};
}

/// A zipped file cannot be gone back to: it is unzipped beside the ledger for as long as the import takes.
class Unzipped {
 public:
  Unzipped() = default;
  Unzipped(const Unzipped&) = delete;
  Unzipped& operator=(const Unzipped&) = delete;
  ~Unzipped() {
    std::error_code gone;
    for (const std::string& path : made_) std::filesystem::remove(path, gone);
  }

  Result<std::string> path_of(const std::string& path, const std::string& ledger) {
    std::ifstream start(path, std::ios::binary);
    if (std::filesystem::is_directory(path) || start.get() != 0x1F || start.get() != 0x8B) return path;
    std::string plain = ledger + ".unzipped-" + std::to_string(made_.size() + 1);
    made_.push_back(plain);
    GUICHET_TRY(source, formats::ByteSource::open(path));
    std::ofstream out(plain, std::ios::binary | std::ios::trunc);
    std::string room(1U << 20U, '\0');
    while (true) {
      GUICHET_TRY(got, source.read(room));
      if (got == 0) break;
      out.write(room.data(), static_cast<std::streamsize>(got));
    }
    out.flush();
    if (!out)
      return Error{Fault::storage, path +
                                       ": cannot be unzipped beside the ledger; make room on that disk, and see that "
                                       "this user may write to its folder"};
    called_.emplace(plain, path);
    return plain;
  }

  /// What was given, by the copy.
  const std::map<std::string, std::string>& called() const { return called_; }

 private:
  std::vector<std::string> made_;
  std::map<std::string, std::string> called_;
};

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

Outcome import_mails(const Wanted& wanted) {
  std::vector<std::string> read = wanted.logs;
  read.push_back(wanted.mapping);
  read.push_back(wanted.ledger);
  if (const Outcome may = may_write(wanted.notes, read); !may) return may;
  const Instant now = desk::SystemClock{}.now();
  GUICHET_TRY(find_key, keys_of(wanted.keys, {}));
  Unzipped unzipped;
  std::vector<std::string> paths;
  for (const std::string& path : wanted.logs) {
    GUICHET_TRY(plain, unzipped.path_of(path, wanted.ledger));
    paths.push_back(std::move(plain));
  }
  GUICHET_TRY(mailbox, read_mailbox(paths, wanted.mapping, now, unzipped.called()));
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.ledger}));
  GUICHET_TRY(reader, opened.ledger->reader());
  mailbox.box->settle(desk::known_in(*reader));
  if (const Outcome ruled = make_sure_of_a_procedure(opened, wanted, now); !ruled) return ruled;
  ProgressBar progress("writing", "cases");
  GUICHET_TRY(done, desk::import_mailbox(*opened.ledger, desk::shelving(*opened.procedures),
                                         {.box = *mailbox.box,
                                          .name = mailbox.name,
                                          .find_key = find_key,
                                          .procedures = opened.procedures.get(),
                                          .progress = [&](std::uint64_t at, std::uint64_t all) { progress(at, all); }},
                                         now));
  tell_remarks(measure_mailbox(mailbox, wanted.mapping).source);
  if (!wanted.notes.empty())
    if (const Outcome told = write_notes(wanted.notes, *mailbox.box, done.known_mails); !told) return told;
  std::cout << counted(mailbox.box->mails().size(), "mail", "mails") << " read. New in " << wanted.ledger << ": "
            << counted(done.written.cases, "case", "cases") << " with "
            << counted(done.mails - done.joined, "mail", "mails") << ", "
            << counted(done.written.persons, "person", "persons") << " and "
            << counted(done.written.accounts, "seller", "sellers") << ".\n";
  if (done.joined > 0)
    std::cout << counted(done.joined, "mail", "mails") << " joined " << counted(done.joined_cases, "case", "cases")
              << " that " << (done.joined_cases == 1 ? "was" : "were") << " there.\n";
  if (done.known > 0) std::cout << counted(done.known, "mail was", "mails were") << " in it before.\n";
  if (!done.other_mails.empty())
    std::cout << counted(done.other_mails.size(), "mail bears", "mails bear")
              << " the Message-ID of a mail that was in it before, with other words or files: kept as another mail.\n";
  if (done.waiting > 0)
    std::cout << counted(done.waiting, "mail that nobody signed waits", "mails that nobody signed wait")
              << " in the mail tray.\n";
  std::cout << "See them: guichet serve --ledger " << wanted.ledger << "\n";
  return Done{};
}

Outcome import(const Wanted& wanted) {
  if (wants_mailbox(wanted.logs, wanted.mapping)) return import_mails(wanted);
  if (wanted.logs.size() > 1)
    return Error{Fault::usage, "guichet import: logs are imported one by one; several files at once are for mails"};
  if (!wanted.keys.files.empty() || !wanted.keys.dns.empty() || !wanted.notes.empty())
    return Error{Fault::usage,
                 "guichet import: --keys, --dns and --notes are for mails, and " + wanted.logs.front() + " is none"};
  const std::string& log = wanted.logs.front();
  const Instant now = desk::SystemClock{}.now();
  GUICHET_TRY(digest, digest_of(log));
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.ledger}));
  if (const Outcome ruled = make_sure_of_a_procedure(opened, wanted, now); !ruled) return ruled;
  const std::size_t slash = log.find_last_of('/');
  GUICHET_TRY(importer,
              desk::Importer::begin(
                  *opened.ledger, desk::shelving(*opened.procedures),
                  {.name = log.substr(slash == std::string::npos ? 0 : slash + 1), .digest = digest, .said = {}}, now));
  GUICHET_TRY(measured,
              measure_log(log, wanted.mapping, [&importer](const CaseHistory& history, const Vocabulary& names) {
                importer->add(history, names);
              }));
  tell_remarks(measured.source);
  GUICHET_TRY(done, importer->finish(measured.said));
  std::cout << "New in " << wanted.ledger << ": " << counted(done.cases, "case", "cases") << " with "
            << counted(done.events, "event", "events") << ", " << counted(done.persons, "person", "persons") << " and "
            << counted(done.accounts, "seller", "sellers") << ".\n"
            << "See them: guichet serve --ledger " << wanted.ledger << "\n";
  return Done{};
}

}  // namespace

void add_import(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("import", "Bring the history of another system into a ledger");
  verb->add_option("log", wanted->logs, "XES or CSV, plain or gzip; or mails: an mbox, a Maildir, .eml files")
      ->required();
  verb->add_option("--into", wanted->ledger, "The ledger's file; made when it is not there")->required();
  verb->add_option("--mapping", wanted->mapping,
                   "Which column is which fact, or who is the desk and who the seller; else a guess");
  add_key_options(*verb, wanted->keys, "Of mails: ");
  verb->add_option("--notes", wanted->notes, "Of mails: write a line of CSV for each that is odd or of no case");
  CLI::Option* procedure =
      verb->add_option("--procedure", wanted->procedure, "The rules of a new ledger: a file, or a shipped procedure");
  verb->footer(
      "Stop the desk first: a ledger has one writer. A log is imported once; of mails, those that are new.\n"
      "Exit code: 0 done, 2 bad usage, a log that cannot be read, or a ledger that cannot be written.");
  verb->callback([wanted, procedure, &exit_code] {
    wanted->procedure_named = procedure->count() != 0;
    const MadeLedger ledger(wanted->ledger);
    const Outcome may = ledger.may_be_made();
    const Outcome done = may ? import(*wanted) : may;
    if (!done && may) ledger.take_away();
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? kExitDone : kExitBad;
  });
}

}  // namespace guichet::cli
