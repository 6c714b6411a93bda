// A scenario under a procedure, rehearsed: replications on threads, merged in their order, so that nothing
// depends on how many threads there are.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/rehearsal/results.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rehearsal {

struct Progress {
  std::uint64_t events{};  // so far, all replications
  double share{};          // of the whole, 0 … 1
};

struct Rehearsing {
  /// Called from the calling thread some ten times a second; may be empty.
  std::function<void(const Progress&)> on_progress;
  /// Set by the caller (Ctrl-C): every replication stops soon and what was measured is given.
  const std::atomic<bool>* stop = nullptr;
  /// Every kept case of every replication once it is over, in the order of replications and of cases; makes every
  /// counted case kept. Names are "r1-000001"; names of persons and so on are those of `vocabulary_of`.
  std::function<void(const CaseHistory&, const Vocabulary&)> on_case;
};

/// The error's detail says what the scenario or the procedure lacks for one to be played under the other.
Result<Rehearsed> rehearse(const Scenario& scenario, const rulebook::ProcedureFile& procedure,
                           const Rehearsing& how = {});

/// The difference B - A of two results of one scenario and seed, replication by replication (common random numbers).
struct Difference {
  Quantity quantity{};
  Estimate a, b, difference;  // difference.half_width is of the paired differences
};
std::vector<Difference> paired(const Rehearsed& a, const Rehearsed& b);

}  // namespace guichet::rehearsal
