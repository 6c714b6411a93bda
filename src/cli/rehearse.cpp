// guichet rehearse: the rules of the house, driven by people who do not exist over time that does not pass.
#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/dossier/rehearsal_report.hpp>
#include <guichet/rehearsal/read_scenario.hpp>

#include "language.hpp"
#include "outputs.hpp"
#include "rehearsed.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  ToRehearse what;
  std::string language, page;
  bool json = false, csv = false, list = false, assumptions = false;
};

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal may come in between");

/// The first Ctrl-C asks for what was measured so far; the second ends the program.
void listen_for_interruption() {
  struct sigaction on_interrupt = {};
  on_interrupt.sa_handler = [](int) { interrupted.store(true); };
  sigemptyset(&on_interrupt.sa_mask);
  on_interrupt.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &on_interrupt, nullptr);
}

Result<int> list_scenarios(formats::Language language) {
  for (const std::string& name : rehearsal::shipped_scenarios()) {
    GUICHET_TRY(scenario, rehearsal::load_scenario(name));
    std::cout << name << std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') << scenario.title.in(language)
              << '\n';
  }
  return kExitDone;
}

Result<int> rehearse(const Wanted& wanted) {
  const formats::Language language = language_of(wanted.language);
  if (wanted.list) return list_scenarios(language);
  if (wanted.what.scenario.empty())
    return Error{Fault::usage, "guichet rehearse: no scenario; name a file, or one that --list shows"};
  if (wanted.assumptions) {
    GUICHET_TRY(scenario, scenario_for(wanted.what));
    std::cout << dossier::assumptions_as_text(scenario.assumptions, language);
    return kExitDone;
  }
  if (!wanted.what.keep.empty() && wanted.what.procedures.size() > 1)
    return Error{Fault::usage, "guichet rehearse: --keep keeps one history; name one procedure"};
  listen_for_interruption();
  GUICHET_TRY(report, rehearse_all(wanted.what, &interrupted));
  if (!wanted.page.empty())
    if (const Outcome written =
            write_page(wanted.page, dossier::rehearsal_as_page(report, language), {wanted.what.scenario});
        !written)
      return written.error();
  if (wanted.json)
    std::cout << dossier::rehearsal_as_json(report);
  else if (wanted.csv)
    std::cout << dossier::rehearsal_as_csv(report);
  else if (wanted.page.empty())
    std::cout << dossier::rehearsal_as_text(report, language);
  if (report.cut_short) std::cerr << "guichet rehearse: interrupted; what is printed is partial\n";
  return report.is_partial() ? kExitFindings : kExitDone;
}

void add_options(CLI::App* verb, Wanted& wanted) {
  verb->add_option("scenario", wanted.what.scenario, "A file, or the name of a shipped scenario");
  verb->add_option("--procedure", wanted.what.procedures,
                   "The rules: a file, or a shipped procedure; else the scenario's own. Given again: one beside the "
                   "other, with the same chance")
      ->take_all()
      ->allow_extra_args(false);
  verb->add_option("--seed", wanted.what.seed, "Which invented history; else the scenario's")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--replications", wanted.what.replications, "How many histories; else as the scenario says")
      ->check(CLI::Range(1U, 1'000'000U));
  verb->add_option("--threads", wanted.what.threads, "At once; else as many as the machine has. Changes no number")
      ->check(CLI::Range(1U, 1'024U));
  verb->add_option("--cases", wanted.what.cases, "Cases per replication, instead of the scenario's length")
      ->check(CLI::PositiveNumber);
  verb->add_option("--length", wanted.what.length, "Time rehearsed, such as \"1 year\"");
  verb->add_flag("--explain", wanted.what.explain,
                 "Also say how much of the giving up comes from competence and how much from each rule; the last "
                 "--procedure lends the repaired rules, else guichet-unique");
  verb->add_option("--keep", wanted.what.keep, "Write the invented history to this log: .csv or .xes, also with .gz");
  verb->add_option("--language", wanted.language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
}

void add_outputs(CLI::App* verb, Wanted& wanted) {
  CLI::Option* json = verb->add_flag("--json", wanted.json, "JSON on standard output, every digit");
  CLI::Option* csv = verb->add_flag("--csv", wanted.csv, "CSV on standard output, one line per number");
  verb->add_option("--html", wanted.page, "Write a page with plots to this file; - for standard output");
  CLI::Option* assumptions =
      verb->add_flag("--assumptions", wanted.assumptions, "Print what the scenario assumes and from where, and stop");
  CLI::Option* list = verb->add_flag("--list", wanted.list, "Print the shipped scenarios, and stop");
  json->excludes(csv);
  assumptions->excludes(json)->excludes(csv);
  list->excludes(json)->excludes(csv)->excludes(assumptions);
}

}  // namespace

void add_rehearse(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb =
      app.add_subcommand("rehearse", "Play procedures with invented sellers and staff over simulated time");
  add_options(verb, *wanted);
  add_outputs(verb, *wanted);
  verb->footer(
      "Ctrl-C prints what has been measured so far. "
      "Exit code: 0 done, 1 the result is partial, 2 bad usage or a scenario that cannot be played.");
  verb->callback([wanted, &exit_code] {
    const Result<int> code = rehearse(*wanted);
    if (!code) std::cerr << code.error().detail << '\n';
    exit_code = code ? *code : kExitBad;
  });
}

}  // namespace guichet::cli
