// Tables [calendar.NAME] of procedures and scenarios: read from TOML and printed. Knows nothing else of either.
#pragma once

#include <string>

#include <guichet/formats/toml.hpp>
#include <guichet/rulebook/calendars.hpp>

namespace guichet::rulebook {

/// Reads the keys of a calendar and compiles it; what is wrong is said in the table, which stays open for keys of
/// the caller's own, such as a source.
WorkCalendar read_calendar(const std::string& id, formats::TomlTable& table);

/// The keys of a calendar, one a line, without the table's header.
std::string print_calendar(const WorkCalendar& calendar);

}  // namespace guichet::rulebook
