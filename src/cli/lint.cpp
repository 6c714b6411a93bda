// guichet lint: procedures held against law and fairness.
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/formats/html.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/explore.hpp>
#include <guichet/rulebook/lint.hpp>
#include <guichet/rulebook/packs.hpp>
#include <guichet/rulebook/read.hpp>
#include <guichet/rulebook/walk_report.hpp>

#include "language.hpp"
#include "outputs.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::vector<std::string> procedures, packs;
  std::string on, language, html;
  std::optional<std::int64_t> staff, turnover;
  bool json = false, rules = false, explore = false;
};

/// The shipped packs and those asked for; no two rules of one id.
Result<std::vector<rulebook::RulePack>> packs_of(const Wanted& wanted) {
  std::vector<rulebook::RulePack> packs = rulebook::shipped_packs();
  for (const std::string& path : wanted.packs) {
    GUICHET_TRY(pack, rulebook::load_pack(path));
    packs.push_back(std::move(pack));
  }
  std::set<std::string> ids;
  for (const rulebook::RulePack& pack : packs)
    for (const rulebook::Rule& rule : pack.rules)
      if (!ids.insert(rule.id).second)
        return Error{Fault::usage, pack.path + ": the rule \"" + rule.id + "\" is in another pack; give it another id"};
  return packs;
}

Result<std::optional<rulebook::Enterprise>> enterprise_of(const Wanted& wanted) {
  if (!wanted.staff && !wanted.turnover) return std::optional<rulebook::Enterprise>{};
  if (!wanted.staff || !wanted.turnover)
    return Error{Fault::usage,
                 "guichet lint: the size needs both; write --staff N --turnover EUR, groups counted as one"};
  return std::optional<rulebook::Enterprise>{{.staff = *wanted.staff, .turnover_eur = *wanted.turnover}};
}

Result<std::optional<Instant>> day_of(const Wanted& wanted) {
  if (wanted.on.empty()) return std::optional<Instant>{};
  const std::optional<Instant> day = parse_instant(wanted.on);
  if (!day || wanted.on.size() != 10)
    return Error{Fault::usage, "guichet lint: --on " + wanted.on + " is not a date; write YYYY-MM-DD"};
  return day;
}

/// Walks every state that a case can reach, instead of holding the file against rules.
Result<int> walk(const Wanted& wanted) {
  const formats::Phrases phrases{language_of(wanted.language)};
  std::string text;
  bool fails = false;
  for (const std::string& path : wanted.procedures) {
    GUICHET_TRY(file, rulebook::load_procedure(path));
    GUICHET_TRY(found, rulebook::explore(file));
    text += rulebook::print_walk(file, found, phrases);
    fails |= rulebook::walk_fails(file, found);
  }
  std::cout << text;
  return fails ? kExitFindings : kExitDone;
}

std::string whole_page(const formats::Phrases& phrases, const formats::Html& page) {
  return formats::html_page(
      {.language = phrases.language(), .title = phrases("lint.page.title"), .footer = phrases("lint.page.footer")},
      page);
}

/// Prints nothing before everything has been read.
Result<int> run(const Wanted& wanted) {
  GUICHET_TRY(packs, packs_of(wanted));
  if (wanted.rules) {
    std::cout << rulebook::rules_page(packs);
    return kExitDone;
  }
  if (wanted.procedures.empty())
    return Error{Fault::usage, "guichet lint: no procedure; name files, or shipped procedures such as guichet-unique"};
  if (wanted.explore) return walk(wanted);
  GUICHET_TRY(enterprise, enterprise_of(wanted));
  GUICHET_TRY(day, day_of(wanted));

  // What machines read does not depend on where it was asked for.
  const bool for_machines = wanted.json && wanted.language.empty();
  const formats::Phrases phrases{for_machines ? formats::Language::en : language_of(wanted.language)};
  std::string text;
  formats::JsonWriter json;
  formats::Html page;
  bool calls_for_repair = false;
  json.begin_array();
  for (const std::string& path : wanted.procedures) {
    GUICHET_TRY(file, rulebook::load_procedure(path));
    const Instant on = day.value_or(rulebook::day_of_law(file, packs));
    const rulebook::LintReport report = rulebook::lint(file, packs, {.on = on, .enterprise = enterprise});
    calls_for_repair |= report.calls_for_repair();
    text += rulebook::print_report(file, report, phrases);
    rulebook::write_findings(json, file, report, phrases);
    page.add(rulebook::html_report(file, report, phrases));
  }
  json.end_array();
  if (!wanted.html.empty())
    if (const Outcome written = write_page(wanted.html, whole_page(phrases, page), wanted.procedures); !written)
      return written.error();
  std::cout << (wanted.json ? json.take() : text);
  return calls_for_repair ? kExitFindings : kExitDone;
}

}  // namespace

void add_lint(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("lint", "Hold procedures against dated packs of law and fairness");
  verb->add_option("procedure", wanted->procedures, "Files, or names of shipped procedures");
  verb->add_option("--on", wanted->on,
                   "By the rules of this day, YYYY-MM-DD; else of the day the file takes effect or the packs were last "
                   "checked, whichever is later");
  verb->add_option("--staff", wanted->staff, "Persons at work, groups counted as one; with --turnover")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--turnover", wanted->turnover, "EUR a year, groups counted as one; with --staff")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--pack", wanted->packs, "One more rule pack (TOML); may be given again")
      ->take_all()
      ->allow_extra_args(false);
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG, and en for --json")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->add_flag("--json", wanted->json, "The findings as a JSON array");
  verb->add_option("--html", wanted->html, "Also write the findings as a page to this file");
  verb->add_flag("--rules", wanted->rules, "Print every rule, fact and check as Markdown, and look at no procedure");
  CLI::Option* explore = verb->add_flag(
      "--explore", wanted->explore,
      "Walk every state a case can reach instead: traps, and where the desk may be silent without consequence");
  explore->excludes("--json")->excludes("--html")->excludes("--rules");
  verb->footer(
      "Exit code: 0 no error or warning was found (notes are not counted), 1 some were, 2 bad usage or input. "
      "With --explore: 1 when a state is a trap, or breaks the file's promise about the desk's silence.");
  verb->callback([wanted, &exit_code] {
    const Result<int> code = run(*wanted);
    if (!code) std::cerr << code.error().detail << '\n';
    exit_code = code ? *code : kExitBad;
  });
}

}  // namespace guichet::cli
