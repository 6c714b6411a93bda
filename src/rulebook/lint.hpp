// Holds a procedure's file against rule packs: what it lacks, in which clause, under which article, and
// what to write instead. States facts of the file and never concludes in law.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/formats/html.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/packs.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// The desk's size, the whole group counted as one.
struct Enterprise {
  std::int64_t staff{};
  std::int64_t turnover_eur{};  // a year
};

/// By which day's rules, and for whom. Without an enterprise no rule is spared for size.
struct Circumstances {
  Instant on;
  std::optional<Enterprise> enterprise;
};

/// The later of the day the procedure takes effect and the day the packs were last checked: the latest law
/// that the packs can vouch for.
Instant day_of_law(const ProcedureFile& file, std::span<const RulePack> packs);

struct Finding {
  const Rule* rule{};  // of the packs given to lint
  std::string clause;  // the key that the rule looks for
  std::uint32_t line{}, column{};
  FactValue found;
};

/// Rules that were not applied, by why.
struct NotApplied {
  std::size_t not_yet{}, no_longer{}, spared_by_size{}, not_concerned{};
};

struct LintReport {
  Instant on{};
  std::vector<Finding> findings;  // by line, column, severity, id
  std::size_t checked{};
  NotApplied not_applied;
  Silences silences;

  std::size_t count(Severity severity) const;
  /// Whether there is an error or a warning.
  bool calls_for_repair() const;
};

/// `packs` must outlive the report.
LintReport lint(const ProcedureFile& file, std::span<const RulePack> packs, const Circumstances& circumstances);

/// What the file says or lacks, in one sentence; and what to write instead.
std::string sentence(const Finding& finding, const formats::Phrases& phrases);
std::string repair(const Finding& finding, const formats::Phrases& phrases);

/// "Longest tolerated silence: no limit for the desk against 48 h for the seller; asymmetry: infinite."
std::string silence_line(const Silences& silences, const formats::Phrases& phrases);

/// One line per finding with its repair below, then the count.
std::string print_report(const ProcedureFile& file, const LintReport& report, const formats::Phrases& phrases);
/// The findings of one file as objects of the array that `json` is in.
void write_findings(formats::JsonWriter& json, const ProcedureFile& file, const LintReport& report,
                    const formats::Phrases& phrases);
/// The findings of one file as a section of a page.
formats::Html html_report(const ProcedureFile& file, const LintReport& report, const formats::Phrases& phrases);

/// docs/lint-rules.md: every rule of the packs, what no file can show, and the facts and checks of which
/// packs are made.
std::string rules_page(std::span<const RulePack> packs);

}  // namespace guichet::rulebook
