// guichet measure: the catalogue of measures over a log of any system.
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/desk/desk.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/ledger/ledger_file.hpp>

#include "language.hpp"
#include "measured_log.hpp"
#include "outputs.hpp"
#include "progress.hpp"
#include "read_mailbox.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string log, mapping, language, page;
  bool json = false, csv = false, catalogue = false;
};

int write_out(const std::string& text) {
  std::cout << text << std::flush;
  return std::cout ? kExitDone : kExitBad;
}

struct Measured {
  measures::Findings findings;
  dossier::ReportSource source;
};

Result<Measured> measured_by(const Wanted& wanted) {
  if (wants_mailbox({wanted.log}, wanted.mapping)) {
    GUICHET_TRY(mailbox, read_mailbox({wanted.log}, wanted.mapping, desk::SystemClock{}.now()));
    mailbox.box->settle();
    MeasuredLog log = measure_mailbox(mailbox, wanted.mapping);
    return Measured{std::move(log.findings), std::move(log.source)};
  }
  if (!ledger::is_ledger_file(wanted.log)) {
    GUICHET_TRY(log, measure_log(wanted.log, wanted.mapping));
    return Measured{std::move(log.findings), std::move(log.source)};
  }
  if (!wanted.mapping.empty())
    return Error{Fault::usage, wanted.log + ": a ledger needs no mapping; leave --mapping out"};
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.log, .mode = ledger::Opening::Mode::read_only}));
  const std::string name = wanted.log.substr(wanted.log.find_last_of('/') + 1);
  ProgressBar progress("reading");
  GUICHET_TRY(measured, desk::measure_ledger(*opened.ledger, *opened.procedures, {}, name, "guichet measure " + name,
                                             [&progress](std::uint64_t done, std::uint64_t all) {
                                               progress(done, all);
                                               return true;
                                             }));
  return Measured{std::move(measured.findings), std::move(measured.source)};
}

int run(const Wanted& wanted) {
  // What machines read does not depend on where it was asked for.
  const bool for_machines = wanted.json && wanted.language.empty();
  const formats::Language language = for_machines ? formats::Language::en : language_of(wanted.language);
  if (wanted.catalogue) return write_out(dossier::catalogue_as_markdown(language));
  if (wanted.log.empty()) {
    std::cerr << "guichet measure: no log given; name a file, or ask for --catalogue\n";
    return kExitBad;
  }
  const Result<Measured> measured = measured_by(wanted);
  if (!measured) {
    std::cerr << measured.error().detail << '\n';
    return kExitBad;
  }
  const auto& [findings, source] = *measured;
  tell_remarks(source);
  if (!wanted.page.empty()) {
    const Outcome written =
        write_page(wanted.page, dossier::report_as_page(findings, source, language), {wanted.log, wanted.mapping});
    if (!written) std::cerr << written.error().detail << '\n';
    return written ? kExitDone : kExitBad;
  }
  if (wanted.json) return write_out(dossier::report_as_json(findings, source, language));
  if (wanted.csv) return write_out(dossier::report_as_csv(findings));
  return write_out(dossier::report_as_text(findings, source, language));
}

}  // namespace

void add_measure(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb =
      app.add_subcommand("measure", "Measure a log of any system, or a ledger: times, hands, silences, closings");
  verb->add_option("log", wanted->log, "XES or CSV, plain or gzip; a mailbox; or a ledger");
  verb->add_option("--mapping", wanted->mapping,
                   "Which column is which fact, or who is desk and who is seller; else a guess");
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG, and en for --json")
      ->check(CLI::IsMember({"fr", "en"}));
  CLI::Option* json = verb->add_flag("--json", wanted->json, "JSON on standard output");
  CLI::Option* csv = verb->add_flag("--csv", wanted->csv, "CSV on standard output, one line per number");
  CLI::Option* page =
      verb->add_option("--html", wanted->page, "Write a page with plots to this file; - for standard output");
  CLI::Option* catalogue = verb->add_flag("--catalogue", wanted->catalogue, "Print the definitions of all measures");
  json->excludes(csv)->excludes(page);
  csv->excludes(page);
  catalogue->excludes(json)->excludes(csv)->excludes(page);
  verb->callback([wanted, &exit_code] { exit_code = run(*wanted); });
}

}  // namespace guichet::cli
