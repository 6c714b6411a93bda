// The table of measures: what each is called, its unit, and what a log must say for it to be computed.
// The sentences that define them are in po/measures.*.po, under "measure.<name>…".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace guichet::measures {

enum class MeasureId : std::uint8_t {
  cycle_time,
  events_per_case,
  cases_zero_duration,
  variants,
  activity_counts,
  activity_transition_pairs,
  time_in_activity,
  time_in_status,
  whose_court,
  silence_asymmetry,
  persons,
  events_without_person,
  agents_met,
  people_met,
  agents_who_wrote,
  continuity,
  hand_offs,
  adjacent_hand_offs,
  bounces,
  returns,
  hand_offs_unaccepted,
  teams,
  events_without_team,
  teams_met,
  team_hand_offs,
  adjacent_team_hand_offs,
  team_bounces,
  team_returns,
  re_explanation,
  restarts,
  reopened,
  appealed,
  closings_without_decision,
  abandonment,
  survival,
  answer_completeness,
  boilerplate,
  reach,
  reversal,
  adverse_after,
  cost,
  quota_pressure,
  forecast_honesty,
  promise_kept,
  auto_close,
  by_person,
  by_team,
  count_,
};
inline constexpr std::size_t kMeasures = static_cast<std::size_t>(MeasureId::count_);

/// Units of a measure's values. `share` is a number from 0 to 1; `doublings` is a base-2 logarithm.
enum class Unit : std::uint8_t { seconds, count, share, doublings, cents, slope };

/// What a log may say beyond who, what, when: each a column or a meaning of the mapping.
enum class Need : std::uint8_t {
  persons,
  machines,  // which persons are machines
  teams,
  statuses,
  turns,     // whose move it is
  sellers,   // which cases belong to one seller
  messages,  // which moments are messages, and of which party
  questions,
  hand_off_acts,  // hand-offs proposed, accepted, refused, lapsed
  resolutions,    // which moments say that the matter is settled
  reopenings,
  closings,
  decisions,
  abandonments,
  appeals,
  restrictions,
  costs,
  promises,  // a deadline, or clocks
  texts,     // the words themselves
  forecasts,
  count_,
};
inline constexpr std::size_t kNeeds = static_cast<std::size_t>(Need::count_);
std::string_view name(Need need);

/// A set of needs.
class Needs {
 public:
  constexpr Needs() = default;
  template <class... More>
  constexpr explicit Needs(Need first, More... more) : bits_(bit(first)) {
    (add(more), ...);
  }
  constexpr void add(Need need) { bits_ |= bit(need); }
  constexpr void add(Needs other) { bits_ |= other.bits_; }
  constexpr bool has(Need need) const { return (bits_ & bit(need)) != 0; }
  constexpr bool covers(Needs other) const { return (other.bits_ & ~bits_) == 0; }
  constexpr Needs without(Needs other) const {
    Needs rest;
    rest.bits_ = bits_ & ~other.bits_;
    return rest;
  }

 private:
  static constexpr std::uint32_t bit(Need need) { return 1U << static_cast<unsigned>(need); }
  std::uint32_t bits_ = 0;
};

struct Measure {
  MeasureId id;
  std::string_view name;  // in files; and its key in the catalogues of phrases
  std::string_view code;  // M1 … M18; empty for measures that only serve others
  Unit unit;
  Needs needs;
};

std::span<const Measure, kMeasures> catalogue();
const Measure& measure(MeasureId id);
std::string_view name(Unit unit);

}  // namespace guichet::measures
