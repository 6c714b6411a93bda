// Why people give up: how much of the abandonment comes from competence and how much from each rule, as Shapley
// shares over factors that are switched on and off under common random numbers. For the stated scenario only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include <guichet/rehearsal/mix.hpp>
#include <guichet/rehearsal/rehearse.hpp>

namespace guichet::rehearsal {

/// What one factor adds to the share of cases given up: its Shapley value, and that as a share of the whole difference.
struct FactorShare {
  Factor factor{};
  Estimate points;  // of abandoned_share; negative when the factor lowers it
  Estimate share;   // points / (as it is - all repaired); NaN when there is no difference
};

/// Every estimate is the plain mean over replications, so that the points add up to the difference.
struct Explanation {
  Estimate as_it_is;                             // abandoned_share under the procedure and scenario given
  Estimate all_repaired;                         // … with every factor repaired
  std::vector<FactorShare> factors;              // in the order of Factor; points sum to the difference
  std::array<Estimate, kFactorSets> coalitions;  // abandoned_share with the factors of the mask as they are
  std::uint64_t events{};
  std::uint64_t digest{};
};

/// `as_it_is` lends the factors their rules as they are, `repaired` as they would be; competence is repaired by agents
/// who answer every question properly, quota by none. All 32 sets of factors are rehearsed with the scenario's seed.
/// Nothing is kept: `how.on_case` is not called.
Result<Explanation> explain(const Scenario& scenario, const rulebook::ProcedureFile& as_it_is,
                            const rulebook::ProcedureFile& repaired, const Rehearsing& how = {});

/// One set of factors, played.
struct Played {
  std::vector<double> abandoned_share;  // of each replication, in their order; NaN where no case ended
  std::uint64_t events{}, digest{};
};
/// The same from any way to play a set of factors; the replications of all sets must be as many. Those in which some
/// set has no value are left out of everything.
Result<Explanation> explain(const std::function<Result<Played>(FactorSet as_they_are)>& play);

}  // namespace guichet::rehearsal
