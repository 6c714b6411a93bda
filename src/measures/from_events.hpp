// Our own events as the moments that measures read, so that a live desk, a rehearsal and somebody else's
// log are measured by the same code. Knows the rules only through evolve.
#pragma once

#include <span>
#include <vector>

#include <guichet/core/event.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::measures {

/// What our own events can say: all but the words themselves and forecasts, which stand elsewhere.
inline constexpr Needs kEventsSay{
    Need::persons,   Need::machines,     Need::teams,         Need::statuses,     Need::turns,      Need::sellers,
    Need::messages,  Need::questions,    Need::hand_off_acts, Need::resolutions,  Need::reopenings, Need::closings,
    Need::decisions, Need::abandonments, Need::appeals,       Need::restrictions, Need::costs,      Need::promises};

/// The names behind the numbers that `history_of` gives: activities are kinds of events (decisions by their
/// outcome), statuses say phase and turn, teams are levels of the ladder, persons and sellers are actors up
/// to `actors`, called by number.
Vocabulary event_vocabulary(ActorId actors);

/// The events of one case, in order of version, as a history. Its moments live in `room`, which is emptied
/// first; its name is left to the caller.
CaseHistory history_of(std::span<const Event> events, std::vector<Moment>& room);

}  // namespace guichet::measures
