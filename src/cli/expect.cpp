// guichet expect: what to expect of a case, from the earlier ones of a log, a mailbox or a ledger, and how good such
// forecasts were there.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/desk/desk.hpp>
#include <guichet/desk/expected.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/dossier/expectations.hpp>
#include <guichet/ledger/ledger_file.hpp>

#include "language.hpp"
#include "measured_log.hpp"
#include "progress.hpp"
#include "read_mailbox.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string source, mapping, language;
  bool json = false;
};

Result<dossier::Foretold> of_mailbox(const Wanted& wanted, Instant now) {
  GUICHET_TRY(mailbox, read_mailbox({wanted.source}, wanted.mapping, now));
  mailbox.box->settle();
  expect::Past past;
  std::vector<Moment> room;
  for (const intake::mail::BoxCase& one : mailbox.box->cases()) past.fold(mailbox.box->history(one, room));
  past.settle(past.last());
  const MeasuredLog log = measure_mailbox(mailbox, wanted.mapping);
  return dossier::foretold(past, log.names, log.findings);
}

Result<dossier::Foretold> of_ledger(const Wanted& wanted, Instant now) {
  if (!wanted.mapping.empty())
    return Error{Fault::usage, wanted.source + ": a ledger needs no mapping; leave --mapping out"};
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.source, .mode = ledger::Opening::Mode::read_only}));
  ProgressBar progress("reading");
  GUICHET_TRY(expected, desk::expected_of_ledger(*opened.ledger, *opened.procedures, now,
                                                 [&progress](std::uint64_t done, std::uint64_t all) {
                                                   progress(done, all);
                                                   return true;
                                                 }));
  return std::move(expected.foretold);
}

/// What a log says ends with its last line: waits that are open there have lasted until then.
Result<dossier::Foretold> of_log(const Wanted& wanted) {
  expect::Past past;
  GUICHET_TRY(log,
              measure_log(wanted.source, wanted.mapping,
                          [&past](const CaseHistory& history, const Vocabulary& /*names*/) { past.fold(history); }));
  past.settle(past.last());
  tell_remarks(log.source);
  return dossier::foretold(past, log.names, log.findings);
}

/// The matters of which enough is known for one of the forecasts at least; first any matter.
std::vector<std::string> matters_of(const expect::Forecast& forecast) {
  std::vector<std::string> all{{}};
  for (std::size_t i = 0; i < expect::kAsked; ++i)
    for (std::string& matter : forecast.matters(static_cast<expect::Asked>(i)))
      if (std::ranges::find(all, matter) == all.end()) all.push_back(std::move(matter));
  std::ranges::sort(all);
  return all;
}

std::string as_json(const dossier::Foretold& foretold) {
  formats::JsonWriter json;
  json.begin_object().key("any_matter").begin_object();
  dossier::write_expectations(json, foretold, {}, dossier::kNotOpened);
  json.end_object().key("matters").begin_object();
  for (const std::string& matter : matters_of(foretold.forecast)) {
    if (matter.empty()) continue;
    json.key(matter).begin_object();
    dossier::write_expectations(json, foretold, matter, dossier::kNotOpened);
    json.end_object();
  }
  json.end_object().end_object();
  return json.take();
}

std::string as_text(const dossier::Foretold& foretold, const std::string& name, const formats::Phrases& phrases) {
  std::string text = phrases("expect.report.title", {{"name", name}}) + "\n";
  for (const std::string& matter : matters_of(foretold.forecast)) {
    text +=
        "\n" + (matter.empty() ? phrases("expect.report.all") : phrases("expect.report.matter", {{"matter", matter}}));
    text += "\n";
    for (const dossier::ExpectationTold& one : dossier::told(foretold, matter, dossier::kNotOpened, phrases)) {
      text += "  " + one.what + "\n    " + one.says + "\n";
      if (!one.rests_on.empty()) text += "    " + one.rests_on + " " + one.accuracy + "\n";
    }
  }
  const std::string reversal = dossier::reversal_told(foretold, phrases);
  if (!reversal.empty()) text += "\n" + phrases("expect.reversal.what") + "\n    " + reversal + "\n";
  return text;
}

int run(const Wanted& wanted) {
  const formats::Language language =
      wanted.json && wanted.language.empty() ? formats::Language::en : language_of(wanted.language);
  const Instant now = desk::SystemClock{}.now();
  const Result<dossier::Foretold> foretold = wants_mailbox({wanted.source}, wanted.mapping) ? of_mailbox(wanted, now)
                                             : ledger::is_ledger_file(wanted.source)        ? of_ledger(wanted, now)
                                                                                            : of_log(wanted);
  if (!foretold) {
    std::cerr << foretold.error().detail << '\n';
    return kExitBad;
  }
  const std::string name = std::filesystem::path(wanted.source).filename().string();
  std::cout << (wanted.json ? as_json(*foretold) : as_text(*foretold, name, formats::Phrases(language))) << std::flush;
  return std::cout ? kExitDone : kExitBad;
}

}  // namespace

void add_expect(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand(
      "expect", "Foretell from earlier cases how long a new one takes, and say how good such forecasts were");
  verb->add_option("source", wanted->source, "XES or CSV, plain or gzip; a mailbox; or a ledger")->required();
  verb->add_option("--mapping", wanted->mapping,
                   "Which column is which fact, or who is desk and who is seller; else a guess");
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG, and en for --json")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->add_flag("--json", wanted->json, "JSON on standard output");
  verb->callback([wanted, &exit_code] { exit_code = run(*wanted); });
}

}  // namespace guichet::cli
