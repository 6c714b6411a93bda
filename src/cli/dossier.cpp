// guichet dossier: one case of a ledger as one file, with its mails, exhibits, chronology and proofs.
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/desk/desk.hpp>
#include <guichet/desk/dossiers.hpp>
#include <guichet/formats/file_writer.hpp>

#include "language.hpp"
#include "outputs.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string ledger, out, language, edition = "whole", name = "Guichet";
  std::uint32_t case_number = 0;
};

Result<int> run(const Wanted& wanted) {
  if (const Outcome may = may_write(wanted.out, {wanted.ledger}); !may) return may.error();
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.ledger, .mode = ledger::Opening::Mode::read_only}));
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(people, desk::People::load(*reader));
  const desk::DossierParts parts{.reader = *reader,
                                 .ledger = *opened.ledger,
                                 .procedures = *opened.procedures,
                                 .people = *people,
                                 .house = wanted.name};
  GUICHET_TRY(made, desk::make_dossier(parts, {.case_id = CaseId{wanted.case_number},
                                               .edition = wanted.edition == "seller" ? dossier::Edition::seller
                                                                                     : dossier::Edition::whole,
                                               .language = language_of(wanted.language)}));
  if (!made)
    return Error{Fault::not_found, wanted.ledger + ": there is no case " + std::to_string(wanted.case_number) +
                                       "; guichet ledger info says how many cases it has"};
  GUICHET_TRY(file, formats::FileWriter::create(wanted.out));
  file.write(*made);
  GUICHET_TRY(finished, file.finish());
  std::cout << wanted.out << ": case " << wanted.case_number << ", " << made->size() << " bytes\n";
  return kExitDone;
}

}  // namespace

void add_dossier(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("dossier", "Write one case as a file that can be checked without a network");
  verb->add_option("ledger", wanted->ledger, "The ledger; may be in use by the desk")->required();
  verb->add_option("case", wanted->case_number, "The number of the case")->required()->check(CLI::PositiveNumber);
  verb->add_option("-o,--out", wanted->out, "The ZIP to write; what stands there is replaced")->required();
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->add_option("--edition", wanted->edition, "whole, or seller: without the notes of the desk")
      ->check(CLI::IsMember({"whole", "seller"}))
      ->capture_default_str();
  verb->add_option("--name", wanted->name, "What the desk is called in it, as for guichet serve")
      ->capture_default_str();
  verb->footer(
      "It is signed when the ledger's key is beside it. Exit code: 0 written, 2 no such case, or a file that cannot be "
      "read or written.");
  verb->callback([wanted, &exit_code] {
    const Result<int> done = run(*wanted);
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? *done : kExitBad;
  });
}

}  // namespace guichet::cli
