// Findings as people and programs read them: a page, a table for the terminal, JSON and CSV. Knows no log
// format: what was read is told by the caller.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/formats/html.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::dossier {

/// Something that was left out or looked odd while reading: what, how often, where first.
struct Remark {
  std::string what;
  std::uint64_t count{};
  std::vector<std::string> places;
  std::string example;
};

/// Where the findings come from.
struct ReportSource {
  std::string name;            // the file, as the reader of the report may know it
  std::string format;          // "XES 1.0", "CSV, ;, utf-8"
  std::string mapping;         // its name
  std::string mapping_origin;  // "given", "shipped" or "proposed"; "ledger" where none was needed
  std::string command;         // what computes the same again
  std::vector<Remark> skipped, warnings;
};

/// One object: source, cases, events, activities, from, to, measures.<name>, not_computed.<name>, skipped,
/// warnings. Times in seconds, shares from 0 to 1; at most six decimals. Sentences in `language`.
std::string report_as_json(const measures::Findings& findings, const ReportSource& source, formats::Language language);

/// One line per measure, row and number: measure, code, unit, row, stat, value (RFC 4180). A row's name that
/// a spreadsheet would take for a formula is led by an apostrophe.
std::string report_as_csv(const measures::Findings& findings);

/// For a terminal of 100 columns.
std::string report_as_text(const measures::Findings& findings, const ReportSource& source, formats::Language language);

/// One page in one file, readable without scripts and on paper.
std::string report_as_page(const measures::Findings& findings, const ReportSource& source, formats::Language language);

/// The same as a part of a page of somebody else, its headings of the second rank. Persons are not told one by one.
formats::Html report_as_html(const measures::Findings& findings, const ReportSource& source,
                             formats::Language language);

/// The catalogue of measures: the page docs/measures.md.
std::string catalogue_as_markdown(formats::Language language);

}  // namespace guichet::dossier
