#include <guichet/rulebook/lint.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace guichet::rulebook {
namespace {

using formats::Html;
using formats::Phrases;

bool spared(const Rule& rule, const std::optional<Enterprise>& enterprise) {
  return enterprise && std::ranges::any_of(rule.exempt, [&](const SizeClass& size) {
           return enterprise->staff < size.staff_below && enterprise->turnover_eur <= size.turnover_eur_max;
         });
}

std::string print_wanted(const Condition& condition, const Phrases& phrases) {
  if (!condition.words.empty()) return print(FactValue{condition.words}, phrases);
  if (condition.check == Check::lasts_at_least || condition.check == Check::lasts_at_most)
    return phrases.duration(std::chrono::days{condition.number});
  return print(FactValue{condition.number}, phrases);
}

/// The words of an `includes` that the file does not have.
std::string print_missing(const Finding& finding, const Phrases& phrases) {
  const auto* found = std::get_if<Words>(&finding.found);
  if (found == nullptr) return {};
  Words missing;
  for (const std::string& word : finding.rule->asks.words)
    if (std::ranges::find(*found, word) == found->end()) missing.push_back(word);
  return print(FactValue{missing}, phrases);
}

/// What was found, as short as it is tolerated at worst: the shortest time for what must last, the longest
/// for what must end.
std::string print_found(const Finding& finding, const Phrases& phrases) {
  const auto* time = std::get_if<TimeGiven>(&finding.found);
  if (time != nullptr && time->limited && finding.rule->asks.check == Check::lasts_at_least)
    return phrases.duration(time->shortest);
  return print(finding.found, phrases);
}

/// A pack's own sentence, its placeholders filled in.
std::string fill(std::string text, std::initializer_list<formats::Argument> arguments) {
  for (const formats::Argument& argument : arguments) {
    const std::string name = "{" + std::string{argument.name} + "}";
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += argument.value.size())
      text.replace(at, name.size(), argument.value);
  }
  return text;
}

std::string words_of(const Finding& finding, const Title& own, std::string_view part, const Phrases& phrases) {
  const std::string found = print_found(finding, phrases), wanted = print_wanted(finding.rule->asks, phrases),
                    missing = print_missing(finding, phrases);
  if (!own.en.empty())
    return fill(own.in(phrases.language()), {{"found", found}, {"wanted", wanted}, {"missing", missing}});
  return phrases("lint." + finding.rule->id + "." + std::string{part},
                 {{"found", found}, {"wanted", wanted}, {"missing", missing}});
}

std::string severity_word(Severity severity, const Phrases& phrases) {
  return phrases("lint.severity." + std::string{name(severity)});
}

std::string not_applied(const NotApplied& counts, const Phrases& phrases) {
  std::string text;
  const auto add = [&](std::string_view why, std::size_t count) {
    if (count != 0)
      text += ", " + phrases.counted("lint.skipped." + std::string{why}, static_cast<std::int64_t>(count));
  };
  add("not_yet", counts.not_yet);
  add("no_longer", counts.no_longer);
  add("size", counts.spared_by_size);
  add("not_concerned", counts.not_concerned);
  return text;
}

std::string count_line(const ProcedureFile& file, const LintReport& report, const Phrases& phrases) {
  const auto counted = [&](std::string_view key, Severity severity) {
    return phrases.counted(key, static_cast<std::int64_t>(report.count(severity)));
  };
  return phrases("lint.count", {{"file", file.path},
                                {"errors", counted("lint.errors", Severity::error)},
                                {"warnings", counted("lint.warnings", Severity::warning)},
                                {"notes", counted("lint.notes", Severity::note)},
                                {"date", phrases.date(report.on)},
                                {"checked", phrases.number(static_cast<double>(report.checked))},
                                {"not_applied", not_applied(report.not_applied, phrases)}});
}

std::string print_day(Instant day) { return print_instant(day).substr(0, 10); }

std::string asked(const Rule& rule) {
  const auto one = [](const Condition& condition) { return "`" + condition.fact->name + "` " + spell(condition); };
  std::string text = one(rule.asks);
  for (std::size_t i = 0; i < rule.when.size(); ++i) text += (i == 0 ? ", when " : " and ") + one(rule.when[i]);
  return text;
}

std::string time_in_force(const Rule& rule) {
  std::string text = rule.from ? print_day(*rule.from) : std::string{"always"};
  if (rule.until) text += " until " + print_day(*rule.until);
  return rule.status == Status::in_force || rule.status == Status::house ? text
                                                                         : text + ", " + std::string{name(rule.status)};
}

/// One pack on the page of rules. What a repair asks is shown as for an empty file.
std::string pack_section(const RulePack& pack) {
  const Phrases english{formats::Language::en};
  const ProcedureFile empty;
  std::string text = "\n## " + pack.title.en + "\n\nPack `" + pack.name + "`, last checked on " + print_day(pack.as_of);
  text += (pack.source.empty() ? "" : "; published in " + pack.source) + ".\n";
  for (const SizeClass& size : pack.sizes)
    text += "Spared where the table says `" + size.id + "`: fewer than " + std::to_string(size.staff_below) +
            " staff and at most " + english.number(static_cast<double>(size.turnover_eur_max)) + " EUR a year\n(" +
            size.source + ").\n";
  text +=
      "\n| Rule | Article | Since | Spared | Severity | Asks | Repair |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const Rule& rule : pack.rules) {
    std::string exempt;
    for (const SizeClass& size : rule.exempt) exempt += (exempt.empty() ? "" : ", ") + size.id;
    const Finding sample{.rule = &rule, .found = rule.asks.fact->read(empty)};
    for (const std::string& cell : {rule.id, rule.article.en, time_in_force(rule), exempt.empty() ? "—" : exempt,
                                    std::string{name(rule.severity)}, asked(rule), repair(sample, english)})
      text += "| " + cell + " ";
    text += "|\n";
  }
  if (!pack.unseen.empty()) text += "\nNot visible in a file:\n\n";
  for (const Unseen& unseen : pack.unseen)
    text += "- " + unseen.id + ", " + unseen.article.en + ". " + unseen.why + "\n";
  return text;
}

constexpr std::string_view kExamplePack = R"(name = "our-union"
title = { en = "Agreement of the sellers' union", fr = "Accord du syndicat des vendeurs" }
law = { en = "Agreement of 3 May 2027", fr = "Accord du 3 mai 2027" }
as_of = 2027-05-03
from = 2027-07-01
status = "in_force"

[size.tiny]
staff_below = 10
turnover_at_most = 2_000_000
source = "Agreement of 3 May 2027, art. 1"

[[rule]]
id = "U4"
article = "art. 4"
severity = "error"
exempt = ["tiny"]
fact = "clocks.seller_reply.allowance"
check = "lasts_at_least"
days = 14
when = [{ fact = "closing.seller_silence.by", check = "given" }]
finding = { en = "The seller has {found} to reply.", fr = "Le vendeur a {found} pour répondre." }
repair = { en = "Give the seller {wanted}.", fr = "Donnez {wanted} au vendeur." }
)";

}  // namespace

Instant day_of_law(const ProcedureFile& file, std::span<const RulePack> packs) {
  Instant day = file.effective_from;
  for (const RulePack& pack : packs) day = std::max(day, pack.as_of);
  return day;
}

std::size_t LintReport::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [&](const Finding& f) { return f.rule->severity == severity; }));
}

bool LintReport::calls_for_repair() const { return count(Severity::error) + count(Severity::warning) > 0; }

LintReport lint(const ProcedureFile& file, std::span<const RulePack> packs, const Circumstances& circumstances) {
  LintReport report;
  report.on = circumstances.on;
  report.silences = tolerated_silences(file);
  const auto kept = [&](const Condition& condition) { return holds(condition, condition.fact->read(file)); };
  for (const RulePack& pack : packs)
    for (const Rule& rule : pack.rules) {
      if (rule.from && circumstances.on < *rule.from) {
        ++report.not_applied.not_yet;
      } else if (rule.until && circumstances.on >= *rule.until) {
        ++report.not_applied.no_longer;
      } else if (spared(rule, circumstances.enterprise)) {
        ++report.not_applied.spared_by_size;
      } else if (!std::ranges::all_of(rule.when, kept)) {
        ++report.not_applied.not_concerned;
      } else {
        ++report.checked;
        if (kept(rule.asks)) continue;
        const Clause& clause = file.clause(rule.clause);
        report.findings.push_back({.rule = &rule,
                                   .clause = rule.clause,
                                   .line = clause.line,
                                   .column = clause.column,
                                   .found = rule.asks.fact->read(file)});
      }
    }
  std::ranges::sort(report.findings, {}, [](const Finding& f) {
    return std::tuple{f.line, f.column, f.rule->severity, std::string_view{f.rule->id}};
  });
  return report;
}

std::string sentence(const Finding& finding, const Phrases& phrases) {
  return words_of(finding, finding.rule->finding, "finding", phrases);
}

std::string repair(const Finding& finding, const Phrases& phrases) {
  return words_of(finding, finding.rule->repair, "repair", phrases);
}

std::string silence_line(const Silences& silences, const Phrases& phrases) {
  const double doublings = silences.doublings();
  const std::string size = std::isfinite(doublings) ? phrases("lint.doublings", {{"n", phrases.number(doublings, 2)}})
                           : doublings > 0          ? phrases("lint.infinite")
                                                    : phrases("lint.minus_infinite");
  return phrases("lint.silence", {{"against", print(FactValue{silences}, phrases)}, {"doublings", size}});
}

std::string print_report(const ProcedureFile& file, const LintReport& report, const Phrases& phrases) {
  std::string text;
  for (const Finding& finding : report.findings) {
    const std::string place = file.path + ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
    text += phrases("lint.line", {{"place", place},
                                  {"severity", severity_word(finding.rule->severity, phrases)},
                                  {"sentence", sentence(finding, phrases)},
                                  {"rule", finding.rule->id},
                                  {"article", finding.rule->article.in(phrases.language())}}) +
            "\n  " + phrases("lint.remedy", {{"repair", repair(finding, phrases)}}) + "\n";
  }
  return text + silence_line(report.silences, phrases) + "\n" + count_line(file, report, phrases) + "\n";
}

void write_findings(formats::JsonWriter& json, const ProcedureFile& file, const LintReport& report,
                    const Phrases& phrases) {
  for (const Finding& finding : report.findings) {
    const Rule& rule = *finding.rule;
    json.begin_object();
    json.key("file").value(file.path).key("line").value(finding.line).key("column").value(finding.column);
    json.key("clause")
        .value(finding.clause)
        .key("rule")
        .value(rule.id)
        .key("article")
        .value(rule.article.in(phrases.language()));
    json.key("status").value(name(rule.status)).key("severity").value(name(rule.severity));
    json.key("sentence").value(sentence(finding, phrases)).key("repair").value(repair(finding, phrases));
    json.end_object();
  }
}

Html html_report(const ProcedureFile& file, const LintReport& report, const Phrases& phrases) {
  Html html;
  html.open("section");
  html.element("h2", file.title.in(phrases.language()));
  html.element("p", count_line(file, report, phrases));
  html.element("p", silence_line(report.silences, phrases));
  if (report.findings.empty()) {
    html.element("p", phrases("lint.none"));
  } else {
    html.open(
        "div",
        {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", file.title.in(phrases.language())}});
    html.open("table").open("thead").open("tr");
    for (const std::string_view column : {"place", "finding"})
      html.element("th", phrases("lint.column." + std::string{column}), {{"scope", "col"}});
    html.close().close().open("tbody");
    for (const Finding& finding : report.findings) {
      const Rule& rule = *finding.rule;
      html.open("tr").element("td", std::to_string(finding.line), {{"class", "number"}});
      html.open("td").element("strong", severity_word(rule.severity, phrases),
                              {{"class", rule.severity == Severity::error ? "bad" : "muted"}});
      html.text(" " + sentence(finding, phrases)).empty("br");
      html.text(phrases("lint.remedy", {{"repair", repair(finding, phrases)}})).empty("br");
      const std::string status = phrases("lint.status." + std::string{name(rule.status)});
      html.element("span", rule.id + " · " + rule.article.in(phrases.language()) + " · " + status,
                   {{"class", "muted"}});
      html.close().close();
    }
    html.close().close().close();
  }
  html.close();
  return html;
}

std::string rules_page(std::span<const RulePack> packs) {
  std::size_t count = 0;
  for (const RulePack& pack : packs) count += pack.rules.size();
  std::string page =
      "# What lint looks for\n\n"
      "Printed by `guichet lint --rules` from the packs in `rulepacks/` and the table of facts; a test compares. A\n"
      "finding states what a procedure's file says or lacks and names the article; it concludes nothing in law. Rules\n"
      "have their first day, and their last where one is known: `--on DATE` asks by the rules of another day.\n\n" +
      std::to_string(count) + " rules in " + std::to_string(packs.size()) + " packs.\n";
  for (const RulePack& pack : packs) page += pack_section(pack);
  page +=
      "\n## How to write a pack\n\n"
      "A new text of law is a new file, given with `--pack`. Its head says what its rules share; a rule may say "
      "`from`,\n"
      "`until` and `status` for itself. `when` holds conditions: unless all are met, the rule has nothing to look at.\n"
      "`{found}`, `{wanted}` and `{missing}` in the sentences are what the file says, what the rule asks, and which "
      "of\n"
      "its words are not there. `clause` names the key that a finding points at, where it is not the fact's own.\n\n"
      "```toml\n" +
      std::string{kExamplePack} + "```\n";
  page += "\n## Facts that a rule can ask for\n\n| Fact | Kind | Meaning |\n| --- | --- | --- |\n";
  for (const Fact& fact : facts())
    page += "| `" + fact.name + "` | " + std::string{name(fact.kind)} + " | " + fact.meaning + " |\n";
  return page + "\n## Checks\n\n| Check | Put to | Operand | Holds when |\n| --- | --- | --- | --- |\n" +
         checks_table();
}

}  // namespace guichet::rulebook
