// guichet import: the history of another system, brought into a ledger.
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/base/digest.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/importing.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/rulebook/read.hpp>

#include "measured_log.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string log, mapping, ledger, procedure = "guichet-unique";
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

/// A ledger lives under rules, also one that only holds what others did.
Outcome make_sure_of_a_procedure(desk::OpenedLedger& opened, const std::string& name, Instant now) {
  if (!opened.procedures->empty()) return Done{};
  GUICHET_TRY(file, rulebook::load_procedure(name));
  GUICHET_TRY(text, rulebook::procedure_text(name));
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
  return Done{};
}

Outcome import(const Wanted& wanted) {
  const Instant now = desk::SystemClock{}.now();
  GUICHET_TRY(digest, digest_of(wanted.log));
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.ledger}));
  if (const Outcome ruled = make_sure_of_a_procedure(opened, wanted.procedure, now); !ruled) return ruled;
  const std::size_t slash = wanted.log.find_last_of('/');
  GUICHET_TRY(
      importer,
      desk::Importer::begin(
          *opened.ledger, desk::shelving(*opened.procedures),
          {.name = wanted.log.substr(slash == std::string::npos ? 0 : slash + 1), .digest = digest, .said = {}}, now));
  GUICHET_TRY(measured,
              measure_log(wanted.log, wanted.mapping, [&importer](const CaseHistory& history, const Vocabulary& names) {
                importer->add(history, names);
              }));
  tell_remarks(measured.source);
  GUICHET_TRY(done, importer->finish(measured.said));
  std::cout << done.cases << " cases with " << done.events << " events, " << done.persons << " persons and "
            << done.accounts << " sellers are now in " << wanted.ledger << "\n"
            << "See them: guichet serve --ledger " << wanted.ledger << "\n";
  return Done{};
}

}  // namespace

void add_import(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("import", "Bring the history of another system into a ledger");
  verb->add_option("log", wanted->log, "XES or CSV, plain or gzip")->required();
  verb->add_option("--into", wanted->ledger, "The ledger's file; made when it is not there")->required();
  verb->add_option("--mapping", wanted->mapping,
                   "Which column is which fact; else a shipped one that fits, else a guess");
  verb->add_option("--procedure", wanted->procedure, "The rules of a new ledger: a file, or a shipped procedure");
  verb->footer(
      "Stop the desk first: a ledger has one writer. A log is imported once.\n"
      "Exit code: 0 done, 2 bad usage, a log that cannot be read, or a ledger that cannot be written.");
  verb->callback([wanted, &exit_code] {
    const Outcome done = import(*wanted);
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? kExitDone : kExitBad;
  });
}

}  // namespace guichet::cli
