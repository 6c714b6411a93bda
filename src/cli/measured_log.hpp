// A log read and counted: what the verbs that show measures have in common.
#pragma once

#include <string>

#include <guichet/base/result.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::cli {

struct MeasuredLog {
  measures::Findings findings;
  dossier::ReportSource source;
};

/// `mapping` is a path; when empty, a shipped mapping that fits is taken, else a proposal.
Result<MeasuredLog> measure_log(const std::string& log, const std::string& mapping);

}  // namespace guichet::cli
