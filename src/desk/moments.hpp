// Moments as people at the desk read them: in the desk's time zone, with the day of the week, and how far away they
// are. Knows no cases and asks no clock.
#pragma once

#include <cstdint>
#include <string>

#include <guichet/base/time.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::desk {

/// The zone of the procedure's first calendar; "UTC" when it has none.
const std::string& zone_of(const rulebook::ProcedureFile& file);

/// `at` as the wall clocks of the zone show it, as if it were UTC. An unknown zone counts as UTC.
Instant local_time(const std::string& zone, Instant at);

/// The moment at which the wall clocks of the zone show `local`; the earlier one where they show it twice.
Instant from_local(const std::string& zone, Instant local);

/// "Tuesday 4 November 2026, 18:00" / « mardi 4 novembre 2026, 18 h 00 »; in UTC with that word.
std::string moment_in_words(const formats::Phrases& phrases, const std::string& zone, Instant at);
/// "Tuesday 4 November 2026".
std::string day_in_words(const formats::Phrases& phrases, const std::string& zone, Instant at);
/// "4 Nov, 18:00", for tables.
std::string moment_in_short(const formats::Phrases& phrases, const std::string& zone, Instant at);
/// "in 2 days", "3 hours ago", "now".
std::string distance_in_words(const formats::Phrases& phrases, Instant now, Instant at);

}  // namespace guichet::desk
