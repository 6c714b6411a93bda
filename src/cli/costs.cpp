// guichet costs: what a claim comes to on a day, and until when it can be brought.
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/dossier/costs.hpp>
#include <guichet/formats/phrases.hpp>

#include "language.hpp"
#include "outputs.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string claim, until, language, html;
  std::vector<std::string> rates;
  bool json = false, csv = false;
};

/// The last day that bears interest: the option before the file. No clock is asked, so that the answer stays the same.
Outcome set_last_day(const Wanted& wanted, dossier::Claim& claim) {
  if (!wanted.until.empty()) {
    claim.until = dossier::parse_day(wanted.until);
    if (!claim.until)
      return Error{Fault::usage, "guichet costs: --until " + wanted.until + " is not a date; write YYYY-MM-DD"};
  }
  if (!claim.until)
    return Error{Fault::usage, wanted.claim + ": says no last day; write until = 2026-06-30 in it, or --until DAY"};
  return Done{};
}

Result<int> run(const Wanted& wanted) {
  std::vector<std::string> read = wanted.rates;
  read.push_back(wanted.claim);
  if (const Outcome may = may_write(wanted.html, read); !may) return may.error();
  dossier::Rates rates = dossier::Rates::shipped();
  for (const std::string& path : wanted.rates)
    if (const Outcome added = rates.add_file(path); !added) return added.error();
  GUICHET_TRY(claim, dossier::load_claim(wanted.claim));
  if (const Outcome set = set_last_day(wanted, claim); !set) return set.error();
  const dossier::Day last = *claim.until;
  GUICHET_TRY(counted, dossier::count_claim(std::move(claim), rates, last));
  const auto& [asked, costs] = counted;
  if (asked.left_out > 0)
    std::cerr << wanted.claim << ": " << asked.left_out << " entries are dated after " << dossier::print_day(last)
              << " and are left out\n";
  const formats::Language language = language_of(wanted.language);
  if (!wanted.html.empty())
    if (const Outcome written = write_page(wanted.html, dossier::costs_as_page(asked, costs, language)); !written)
      return written.error();
  if (wanted.json) {
    std::cout << dossier::costs_as_json(asked, costs);
  } else if (wanted.csv) {
    std::cout << dossier::costs_as_csv(asked, costs);
  } else {
    const formats::Phrases phrases{language};
    std::cout << dossier::costs_as_text(asked, costs, phrases);
    if (asked.known)
      std::cout << '\n'
                << dossier::time_bar_as_text(dossier::time_bar_of(*asked.known, asked.time_bar), asked.time_bar,
                                             phrases);
  }
  return costs.unknown ? kExitFindings : kExitDone;
}

}  // namespace

void add_costs(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("costs", "What a claim comes to: interest, fees, hours, payments, prescription");
  verb->add_option("claim", wanted->claim, "A claim file (TOML, docs/costs.md)")->required();
  verb->add_option("--until", wanted->until, "The last day that bears interest, YYYY-MM-DD; before that of the file");
  verb->add_option("--rates", wanted->rates, "One more file of rates (TOML); may be given again, the last counts first")
      ->take_all()
      ->allow_extra_args(false);
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  CLI::Option* json = verb->add_flag("--json", wanted->json, "The account as JSON");
  verb->add_flag("--csv", wanted->csv, "The account as CSV, one line per line")->excludes(json);
  verb->add_option("--html", wanted->html, "Also write the account as a page to this file");
  verb->footer(
      "Exit code: 0 counted up to the day asked for, 1 counting stopped at a rate that is not known, 2 bad "
      "usage or input. Nothing is extrapolated.");
  verb->callback([wanted, &exit_code] {
    const Result<int> code = run(*wanted);
    if (!code) std::cerr << code.error().detail << '\n';
    exit_code = code ? *code : kExitBad;
  });
}

}  // namespace guichet::cli
