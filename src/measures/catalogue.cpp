#include <guichet/measures/catalogue.hpp>

namespace guichet::measures {
namespace {

constexpr std::array<Measure, kMeasures> kCatalogue{{
    {MeasureId::cycle_time, "cycle_time", "", Unit::seconds, {}},
    {MeasureId::events_per_case, "events_per_case", "", Unit::count, {}},
    {MeasureId::cases_zero_duration, "cases_zero_duration", "", Unit::count, {}},
    {MeasureId::variants, "variants", "", Unit::count, {}},
    {MeasureId::activity_counts, "activity_counts", "", Unit::count, {}},
    {MeasureId::activity_transition_pairs, "activity_transition_pairs", "", Unit::count, {}},
    {MeasureId::time_in_activity, "time_in_activity", "", Unit::seconds, {}},
    {MeasureId::time_in_status, "time_in_status", "", Unit::seconds, Needs{Need::statuses}},
    {MeasureId::whose_court, "whose_court", "M12", Unit::share, Needs{Need::turns}},
    {MeasureId::silence_asymmetry, "silence_asymmetry", "M6", Unit::doublings, Needs{Need::turns}},
    {MeasureId::persons, "persons", "", Unit::count, Needs{Need::persons}},
    {MeasureId::events_without_person, "events_without_person", "", Unit::count, Needs{Need::persons}},
    {MeasureId::agents_met, "agents_met", "M2", Unit::count, Needs{Need::persons}},
    {MeasureId::people_met, "people_met", "M2", Unit::count, Needs{Need::persons, Need::machines}},
    {MeasureId::agents_who_wrote, "agents_who_wrote", "M2", Unit::count, Needs{Need::persons, Need::messages}},
    {MeasureId::continuity, "continuity", "M1", Unit::share, Needs{Need::persons}},
    {MeasureId::hand_offs, "hand_offs", "M3", Unit::count, Needs{Need::persons}},
    {MeasureId::adjacent_hand_offs, "adjacent_hand_offs", "", Unit::count, Needs{Need::persons}},
    {MeasureId::bounces, "bounces", "M3", Unit::count, Needs{Need::persons}},
    {MeasureId::returns, "returns", "", Unit::share, Needs{Need::persons}},
    {MeasureId::hand_offs_unaccepted, "hand_offs_unaccepted", "M3", Unit::share, Needs{Need::hand_off_acts}},
    {MeasureId::teams, "teams", "", Unit::count, Needs{Need::teams}},
    {MeasureId::events_without_team, "events_without_team", "", Unit::count, Needs{Need::teams}},
    {MeasureId::teams_met, "teams_met", "M2", Unit::count, Needs{Need::teams}},
    {MeasureId::team_hand_offs, "team_hand_offs", "M3", Unit::count, Needs{Need::teams}},
    {MeasureId::adjacent_team_hand_offs, "adjacent_team_hand_offs", "", Unit::count, Needs{Need::teams}},
    {MeasureId::team_bounces, "team_bounces", "M3", Unit::count, Needs{Need::teams}},
    {MeasureId::team_returns, "team_returns", "", Unit::share, Needs{Need::teams}},
    {MeasureId::re_explanation, "re_explanation", "M4", Unit::share, Needs{Need::texts}},
    {MeasureId::restarts, "restarts", "M5", Unit::share, Needs{Need::sellers, Need::closings, Need::decisions}},
    {MeasureId::reopened, "reopened", "", Unit::share, Needs{Need::reopenings}},
    {MeasureId::appealed, "appealed", "", Unit::share, Needs{Need::appeals}},
    {MeasureId::closings_without_decision, "closings_without_decision", "M7", Unit::share,
     Needs{Need::closings, Need::decisions}},
    {MeasureId::abandonment, "abandonment", "M8", Unit::share, Needs{Need::abandonments}},
    {MeasureId::survival, "survival", "M8", Unit::share, Needs{Need::messages}},
    {MeasureId::answer_completeness, "answer_completeness", "M9", Unit::share, Needs{Need::questions}},
    {MeasureId::boilerplate, "boilerplate", "M10", Unit::share, Needs{Need::texts}},
    {MeasureId::reach, "reach", "M11", Unit::seconds, Needs{Need::persons}},
    {MeasureId::reversal, "reversal", "M13", Unit::share, Needs{Need::appeals, Need::decisions}},
    {MeasureId::adverse_after, "adverse_after", "M14", Unit::share, Needs{Need::sellers, Need::restrictions}},
    {MeasureId::cost, "cost", "M15", Unit::cents, Needs{Need::costs}},
    {MeasureId::quota_pressure, "quota_pressure", "M16", Unit::slope,
     Needs{Need::persons, Need::closings, Need::decisions}},
    {MeasureId::forecast_honesty, "forecast_honesty", "M17", Unit::share, Needs{Need::forecasts}},
    {MeasureId::promise_kept, "promise_kept", "M18", Unit::share, Needs{Need::promises}},
    {MeasureId::auto_close, "auto_close", "", Unit::seconds, {}},
    {MeasureId::by_person, "by_person", "", Unit::count, Needs{Need::persons}},
    {MeasureId::by_team, "by_team", "", Unit::count, Needs{Need::teams}},
}};

consteval bool in_order() {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i)
    if (static_cast<std::size_t>(kCatalogue[i].id) != i) return false;
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const Measure, kMeasures> catalogue() { return kCatalogue; }

const Measure& measure(MeasureId id) { return kCatalogue[static_cast<std::size_t>(id)]; }

std::string_view name(Unit unit) {
  switch (unit) {
    case Unit::seconds: return "seconds";
    case Unit::count: return "count";
    case Unit::share: return "share";
    case Unit::doublings: return "doublings";
    case Unit::cents: return "cents";
    case Unit::slope: return "slope";
  }
  return "?";
}

std::string_view name(Need need) {
  switch (need) {
    case Need::persons: return "persons";
    case Need::machines: return "machines";
    case Need::teams: return "teams";
    case Need::statuses: return "statuses";
    case Need::turns: return "turns";
    case Need::sellers: return "sellers";
    case Need::messages: return "messages";
    case Need::questions: return "questions";
    case Need::hand_off_acts: return "hand_off_acts";
    case Need::resolutions: return "resolutions";
    case Need::reopenings: return "reopenings";
    case Need::closings: return "closings";
    case Need::decisions: return "decisions";
    case Need::abandonments: return "abandonments";
    case Need::appeals: return "appeals";
    case Need::restrictions: return "restrictions";
    case Need::costs: return "costs";
    case Need::promises: return "promises";
    case Need::texts: return "texts";
    case Need::forecasts: return "forecasts";
    case Need::count_: break;
  }
  return "?";
}

}  // namespace guichet::measures
