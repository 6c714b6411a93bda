// Two procedures mixed section by section: each factor's rules as they are in one, or as repaired in the other, in one
// coherent procedure. Rehearses nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rehearsal {

/// What people's giving up may come from. Each clause of a procedure that a rehearsal can feel belongs to one:
///
///   competence     the teams' chance to answer properly; repaired: every answer is a proper one
///   routing        assignment, hand_off and its clock, answers.cover_every_question, teams and specialities of matters
///   quota          the scenario's quota and the procedure's targets; repaired: none
///   silence_clock  clocks.seller_reply and what starts it, closing.seller_silence, closing.desk_alone, reopening
///   ladder         levels, where matters start on it, appeal, decision, mediation, and the clocks that bind the desk
///
/// What belongs to none (agreement, the seller's wish, offers, restrictions, changes) stays as it is.
enum class Factor : std::uint8_t { competence, routing, quota, silence_clock, ladder };
inline constexpr std::size_t kFactors = 5;
inline constexpr std::array<std::string_view, kFactors> kFactorNames{"competence", "routing", "quota", "silence_clock",
                                                                     "ladder"};

/// A set of factors: bit i for Factor i.
using FactorSet = std::uint32_t;
inline constexpr std::size_t kFactorSets = std::size_t{1} << kFactors;
inline constexpr FactorSet kAllFactors = kFactorSets - 1;
constexpr bool has(FactorSet set, Factor factor) { return (set >> static_cast<unsigned>(factor) & 1U) != 0; }

/// A scenario and the procedure that it is played under: its matters are the scenario's, by their ids.
struct Mixed {
  Scenario scenario;
  rulebook::ProcedureFile procedure;
};

/// The factors of `as_they_are` from the scenario and `as_it_is`, the others repaired. Fails when a
/// procedure that lends routing or ladder has none of the matters that a matter of the scenario may be.
Result<Mixed> mix(const Scenario& scenario, const rulebook::ProcedureFile& as_it_is,
                  const rulebook::ProcedureFile& repaired, FactorSet as_they_are);

}  // namespace guichet::rehearsal
