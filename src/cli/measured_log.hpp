// A log read and counted: what the verbs that show measures have in common.
#pragma once

#include <functional>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::cli {

struct MeasuredLog {
  measures::Findings findings;
  dossier::ReportSource source;
  Vocabulary names;
  measures::Needs said;  // what the log could say
};

/// `mapping` is a path; when empty, a shipped mapping that fits is taken, else a proposal. `on_case` is told every case
/// too, with the names known by then; it may be empty.
Result<MeasuredLog> measure_log(const std::string& log, const std::string& mapping,
                                const std::function<void(const CaseHistory&, const Vocabulary&)>& on_case = {});

/// Says on standard error what was left out and what looked odd; each line begins with `about`.
void tell_remarks(const dossier::ReportSource& source, const std::string& about = {});

}  // namespace guichet::cli
