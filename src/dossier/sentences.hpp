// What the numbers say, in words: the sentences that the page and the terminal share.
#pragma once

#include <string>
#include <vector>

#include <guichet/dossier/report.hpp>

namespace guichet::dossier {

std::string measure_name(measures::MeasureId id, const formats::Phrases& phrases);
/// A row's name from the log, or the word for it.
std::string row_name(const measures::Row& row, const formats::Phrases& phrases);

/// At most five sentences.
std::vector<std::string> in_short(const measures::Findings& findings, const ReportSource& source,
                                  const formats::Phrases& phrases);

/// What a rule says in one sentence.
std::string clock_in_short(const measures::ClosingRule& rule, const formats::Phrases& phrases);

/// One or more sentences per closing rule; one sentence when there is none.
std::vector<std::string> closing_sentences(const measures::Findings& findings, const formats::Phrases& phrases);

}  // namespace guichet::dossier
