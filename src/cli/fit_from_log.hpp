// Times that a scenario takes from a log of another system: { fit = "log.xes", of = "seller_reply" }. Knows what each
// word means in moments; docs/scenario-format.md says the same.
#pragma once

#include <guichet/rehearsal/read_scenario.hpp>

namespace guichet::cli {

/// Reads each log once, however many laws come from it.
rehearsal::FitFromLog fit_from_log();

}  // namespace guichet::cli
