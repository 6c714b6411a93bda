// Why people give up: how much of the abandonment comes from competence and how much from each rule, as Shapley
// shares over factors that are switched on and off under common random numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <guichet/rehearsal/rehearse.hpp>

namespace guichet::rehearsal {

enum class Factor : std::uint8_t { competence, routing, quota, silence_clock, ladder };
inline constexpr std::size_t kFactors = 5;
inline constexpr std::array<std::string_view, kFactors> kFactorNames{"competence", "routing", "quota", "silence_clock",
                                                                     "ladder"};

/// What one factor adds to the share of cases given up: its Shapley value, and that as a share of the whole difference.
struct FactorShare {
  Factor factor{};
  Estimate points;  // of abandoned_share; negative when the factor lowers it
  Estimate share;   // points / (as it is - all repaired)
};

struct Explanation {
  Estimate as_it_is;                                // abandoned_share under the procedure and scenario given
  Estimate all_repaired;                            // … with every factor repaired
  std::vector<FactorShare> factors;                 // in the order of Factor; points sum to the difference
  std::array<Estimate, 1U << kFactors> coalitions;  // abandoned_share with the factors of the mask as they are
  std::uint64_t events{};
  std::uint64_t digest{};
};

/// `as_it_is` lends the factors their rules as they are, `repaired` as they would be; competence is repaired by agents
/// who answer every question properly, quota by none.
Result<Explanation> explain(const Scenario& scenario, const rulebook::ProcedureFile& as_it_is,
                            const rulebook::ProcedureFile& repaired, const Rehearsing& how = {});

}  // namespace guichet::rehearsal
