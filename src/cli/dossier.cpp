// guichet dossier: one case of a ledger as one file, with its mails, exhibits, chronology and proofs.
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
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
  std::string ledger, case_number, out, language, edition = "whole", name = "Guichet";
};

/// Whatever is no number of a case is answered with those that there are.
std::optional<CaseId> case_of(const std::string& text, CaseId last) {
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number == 0 || number > last.value ? std::nullopt : std::optional{CaseId{number}};
}

Error no_such_case(const Wanted& wanted, CaseId last) {
  return Error{Fault::not_found,
               wanted.ledger + ": there is no case " + wanted.case_number +
                   (last ? "; its cases are numbered 1 to " + std::to_string(last.value) : "; it has no cases yet")};
}

/// That a dossier will not be signed is said before it is written; another desk's key is no key of this ledger.
Outcome look_for_key(const Wanted& wanted, ledger::Reader& reader, ledger::Ledger& ledger) {
  using Kind = desk::KeyAtHand::Kind;
  GUICHET_TRY(key, desk::key_at_hand(reader, ledger));
  const std::string file = wanted.ledger + ".key";
  switch (key.kind) {
    case Kind::ours: break;
    case Kind::missing:
      std::cerr
          << file
          << ": the key of this ledger is not there, so the dossier is NOT SIGNED: nobody could show that its pages "
             "are the desk's; put the key beside the ledger and write the dossier again\n";
      break;
    case Kind::others:
      return Error{Fault::usage, file + ": this is not the key of this ledger: its public key is " + hex(key.found) +
                                     ", and the ledger is signed with " + hex(key.wanted) +
                                     "; put the right key there, or take this one away to write an unsigned dossier"};
    case Kind::no_head:
      std::cerr << wanted.ledger
                << ": nothing in this ledger was signed yet, so the dossier is NOT SIGNED and proves nothing; let the "
                   "desk write to the ledger once (guichet serve), then write the dossier again\n";
      break;
  }
  return Done{};
}

Result<int> run(const Wanted& wanted) {
  if (const Outcome may = may_write(wanted.out, {wanted.ledger}); !may) return may.error();
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.ledger, .mode = ledger::Opening::Mode::read_only}));
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(reach, reader->reach());
  const std::optional<CaseId> case_id = case_of(wanted.case_number, reach.case_id);
  if (!case_id) return no_such_case(wanted, reach.case_id);
  GUICHET_TRY(key, look_for_key(wanted, *reader, *opened.ledger));
  GUICHET_TRY(people, desk::People::load(*reader));
  const desk::DossierParts parts{.reader = *reader,
                                 .ledger = *opened.ledger,
                                 .procedures = *opened.procedures,
                                 .people = *people,
                                 .house = wanted.name};
  GUICHET_TRY(made, desk::make_dossier(parts, {.case_id = *case_id,
                                               .edition = wanted.edition == "seller" ? dossier::Edition::seller
                                                                                     : dossier::Edition::whole,
                                               .language = language_of(wanted.language)}));
  if (!made) return no_such_case(wanted, reach.case_id);
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
  verb->add_option("case", wanted->case_number, "The number of the case")->required();
  verb->add_option("-o,--out", wanted->out, "The ZIP to write; what stands there is replaced")->required();
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->add_option("--edition", wanted->edition, "whole, or seller: without the notes of the desk")
      ->check(CLI::IsMember({"whole", "seller"}))
      ->capture_default_str();
  verb->add_option("--name", wanted->name, "What the desk is called in it, as for guichet serve")
      ->capture_default_str();
  verb->footer(
      "It is signed when the ledger's key is beside it; without, it says that it is not. Exit code: 0 written, 2 no "
      "such case, another ledger's key, or a file that cannot be read or written.");
  verb->callback([wanted, &exit_code] {
    const Result<int> done = run(*wanted);
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? *done : kExitBad;
  });
}

}  // namespace guichet::cli
