// guichet explain: a procedure in words, as a page, or as a drawing.
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/diagram.hpp>
#include <guichet/rulebook/explain.hpp>
#include <guichet/rulebook/read.hpp>

#include "language.hpp"
#include "outputs.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string procedure, language, format = "text", out;
};

int run(const Wanted& wanted) {
  const Result<rulebook::ProcedureFile> file = rulebook::load_procedure(wanted.procedure);
  if (!file) {
    std::cerr << file.error().detail << '\n';
    return kExitBad;
  }
  const formats::Language language = language_of(wanted.language);
  const std::string text = wanted.format == "html"  ? rulebook::explain_as_page(*file, language)
                           : wanted.format == "svg" ? rulebook::diagram_as_svg(*file, language)
                                                    : rulebook::explain_as_text(*file, language);
  const Outcome written = write_page(wanted.out.empty() ? "-" : wanted.out, text, {wanted.procedure});
  if (!written) std::cerr << written.error().detail << '\n';
  return written ? kExitDone : kExitBad;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("explain", "Tell a procedure in words that a seller can read");
  verb->add_option("procedure", wanted->procedure, "A file, or the name of a shipped procedure")->required();
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->add_option("--format", wanted->format, "text, html (a page with the diagram) or svg (the diagram)")
      ->check(CLI::IsMember({"text", "html", "svg"}));
  verb->add_option("-o,--out", wanted->out, "Where to write; standard output when not given");
  verb->callback([wanted, &exit_code] { exit_code = run(*wanted); });
}

}  // namespace guichet::cli
