// The door of the command line: parses, calls the verb, returns its exit code.
#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/ledger/ledger.hpp>

#include "clean_output.hpp"
#include "verbs.hpp"

int main(int argc, char** argv) {
  CLI::App app{"guichet: a desk for sellers' cases whose rules can be run, rehearsed and audited", "guichet"};
  app.set_version_flag(
      "--version", "guichet " GUICHET_VERSION "\nledger format " + std::to_string(guichet::ledger::ledger_format()));
  app.require_subcommand(1);
  int exit_code = guichet::cli::kExitDone;
  guichet::cli::add_measure(app, exit_code);
  guichet::cli::add_audit(app, exit_code);
  guichet::cli::add_compare(app, exit_code);
  guichet::cli::add_mapping(app, exit_code);
  guichet::cli::add_lint(app, exit_code);
  guichet::cli::add_dossier(app, exit_code);
  guichet::cli::add_expect(app, exit_code);
  guichet::cli::add_explain(app, exit_code);
  guichet::cli::add_fit(app, exit_code);
  guichet::cli::add_rehearse(app, exit_code);
  guichet::cli::add_import(app, exit_code);
  guichet::cli::add_ledger(app, exit_code);
  guichet::cli::add_serve(app, exit_code);
  guichet::cli::add_mail_in(app, exit_code);
  guichet::cli::add_costs(app, exit_code);
  guichet::cli::add_tour(app, exit_code);
  guichet::cli::add_verify(app, exit_code);
  const guichet::cli::CleanOutput clean_out(std::cout);
  const guichet::cli::CleanOutput clean_errors(std::cerr);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? guichet::cli::kExitDone : guichet::cli::kExitBad;
  } catch (const std::exception& error) {
    std::cerr << "guichet: " << error.what() << '\n';
    return guichet::cli::kExitBad;
  }
  // A disk that is full, or nobody who reads: what was said is not what was heard.
  if (!(std::cout << std::flush)) {
    std::cerr << "guichet: standard output cannot be written; nothing can be said of what was printed\n";
    return guichet::cli::kExitBad;
  }
  return exit_code;
}
