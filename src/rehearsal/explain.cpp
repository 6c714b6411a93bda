#include <guichet/rehearsal/explain.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <guichet/base/digest.hpp>
#include <guichet/rehearsal/meter.hpp>
#include <guichet/rehearsal/shapley.hpp>

namespace guichet::rehearsal {
namespace {

using SetValues = std::array<double, kFactorSets>;

/// The plain mean, replication by replication, whatever each of them is over.
Estimate mean_over_parts(const std::vector<double>& parts) {
  std::vector<Ratio> ratios;
  for (const double part : parts) ratios.push_back({part, 1});
  Estimate estimate = estimate_of(ratios);
  estimate.n = parts.size();
  return estimate;
}

/// The values of each replication in which every set of factors has one.
Result<std::vector<SetValues>> by_replication(const std::array<Played, kFactorSets>& played) {
  const std::size_t replications = played[0].abandoned_share.size();
  for (const Played& one : played)
    if (one.abandoned_share.size() != replications)
      return Error{Fault::usage,
                   "the factors cannot be told apart: not every set of them was rehearsed to its end; rehearse longer, "
                   "or with more memory"};
  std::vector<SetValues> values;
  for (std::size_t i = 0; i < replications; ++i) {
    SetValues one{};
    for (std::size_t set = 0; set < kFactorSets; ++set) one[set] = played[set].abandoned_share[i];
    if (std::none_of(one.begin(), one.end(), [](double share) { return std::isnan(share); })) values.push_back(one);
  }
  if (values.empty())
    return Error{Fault::usage,
                 "the factors cannot be told apart: no case ended in some of the rehearsals; rehearse longer"};
  return values;
}

/// What each factor adds, as a share of all they add: the ratio of the means, its interval by linearisation.
Estimate share_of(const std::vector<double>& points, const std::vector<double>& whole) {
  const double mean_whole = mean_over_parts(whole).mean;
  const double ratio = mean_over_parts(points).mean / mean_whole;
  std::vector<double> deviations;
  for (std::size_t i = 0; i < points.size(); ++i) deviations.push_back((points[i] - ratio * whole[i]) / mean_whole);
  Estimate share = mean_over_parts(deviations);
  share.mean = mean_whole == 0 ? std::numeric_limits<double>::quiet_NaN() : ratio;
  return share;
}

}  // namespace

Result<Explanation> explain(const std::function<Result<Played>(FactorSet as_they_are)>& play) {
  std::array<Played, kFactorSets> played;
  Explanation explanation;
  RunningDigest digest;
  for (FactorSet set = 0; set < kFactorSets; ++set) {
    GUICHET_TRY(one, play(set));
    explanation.events += one.events;
    digest.add(one.digest);
    played[set] = std::move(one);
  }
  explanation.digest = digest.value();

  GUICHET_TRY(values, by_replication(played));
  const auto over = [&](auto number) {
    std::vector<double> numbers;
    for (const SetValues& one : values) numbers.push_back(number(one));
    return numbers;
  };
  for (std::size_t set = 0; set < kFactorSets; ++set)
    explanation.coalitions[set] = mean_over_parts(over([&](const SetValues& one) { return one[set]; }));
  explanation.as_it_is = explanation.coalitions[kAllFactors];
  explanation.all_repaired = explanation.coalitions[0];
  const std::vector<double> whole = over([](const SetValues& one) { return one[kAllFactors] - one[0]; });
  for (std::size_t i = 0; i < kFactors; ++i) {
    const std::vector<double> points = over([&](const SetValues& one) { return shapley<kFactors>(one)[i]; });
    explanation.factors.push_back({static_cast<Factor>(i), mean_over_parts(points), share_of(points, whole)});
  }
  return explanation;
}

Result<Explanation> explain(const Scenario& scenario, const rulebook::ProcedureFile& as_it_is,
                            const rulebook::ProcedureFile& repaired, const Rehearsing& how) {
  Scenario lean = scenario;
  lean.run.kept_cases = 0;
  std::uint64_t events_before = 0;
  return explain([&](FactorSet set) -> Result<Played> {
    GUICHET_TRY(mixed, mix(lean, as_it_is, repaired, set));
    Rehearsing part;
    part.stop = how.stop;
    if (how.on_progress)
      part.on_progress = [&](const Progress& one) {
        how.on_progress({events_before + one.events, (set + one.share) / static_cast<double>(kFactorSets)});
      };
    GUICHET_TRY(rehearsed, rehearse(mixed.scenario, mixed.procedure, part));
    if (rehearsed.stopped != Stopped::no)
      return Error{Fault::usage, "the factors cannot be told apart: rehearsal " + std::to_string(set + 1) + " of " +
                                     std::to_string(kFactorSets) + " did not end: " + rehearsed.stopped_why};
    events_before += rehearsed.events;
    Played played;
    played.events = rehearsed.events;
    played.digest = rehearsed.digest;
    for (const auto& one : rehearsed.by_part)
      played.abandoned_share.push_back(one[static_cast<std::size_t>(Quantity::abandoned_share)]);
    return played;
  });
}

}  // namespace guichet::rehearsal
