#include <guichet/rulebook/calendar_tables.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include <guichet/rulebook/spans.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::rulebook {
namespace {

using formats::toml_quoted;
using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

// "09:00-17:30" in minutes; a shift that ends at or before its begin ends the day after.
std::optional<OpenSpan> parse_open_span(std::string_view text) {
  if (text.size() != 11 || text[2] != ':' || text[5] != '-' || text[8] != ':') return std::nullopt;
  const auto two = [&](std::size_t at) {
    int value = -1;
    const char* end = text.data() + at + 2;
    return std::from_chars(text.data() + at, end, value).ptr == end ? value : -1;
  };
  const int hour = two(0), minute = two(3), end_hour = two(6), end_minute = two(9);
  if (hour < 0 || minute < 0 || end_hour < 0 || end_minute < 0) return std::nullopt;
  const int opens = hour * 60 + minute;
  int closes = end_hour * 60 + end_minute;
  if (hour > 23 || minute > 59 || end_minute > 59 || closes > 1'440 || opens == closes) return std::nullopt;
  if (closes < opens) closes += 1'440;
  return OpenSpan{static_cast<std::uint16_t>(opens), static_cast<std::uint16_t>(closes)};
}

std::optional<std::vector<OpenSpan>> open_spans(TomlTable& hours, std::string_view key) {
  if (hours.get(key, Kind::array) == nullptr) return std::nullopt;
  std::vector<OpenSpan> spans;
  for (const std::string& text : hours.texts(key)) {
    const auto span = parse_open_span(text);
    if (!span)
      hours.fault(key, "holds " + formats::toml_quoted(text.substr(0, 32)) + "; write intervals like \"09:00-17:00\"");
    else if (!spans.empty() && span->closes <= spans.back().opens)
      hours.fault(key, "holds " + formats::toml_quoted(text) + " after a later one; write intervals in their order");
    else if (!spans.empty() && span->opens < spans.back().closes)
      hours.fault(key, "holds " + formats::toml_quoted(text) + ", which overlaps the one before it");
    else if (!spans.empty() && span->closes - spans.front().opens > 1'440)
      hours.fault(key, "last longer than a day; write shorter intervals");
    else
      spans.push_back(*span);
  }
  return spans;
}

void week(TomlTable& table, WorkCalendar& calendar) {
  TomlTable hours = table.table("hours");
  std::array<bool, 7> given{};
  const auto day = [&](std::size_t index, std::string_view key, const std::vector<OpenSpan>& spans) {
    if (given[index])
      hours.fault(key, "gives " + std::string{kWeekdays[index]} + " a second time; write each day once");
    given[index] = true;
    calendar.week[index] = spans;
  };
  for (std::size_t first = 0; first < kWeekdays.size(); ++first) {
    if (const auto spans = open_spans(hours, kWeekdays[first])) day(first, kWeekdays[first], *spans);
    for (std::size_t last = first + 1; last < kWeekdays.size(); ++last) {
      const std::string key = std::string{kWeekdays[first]} + "-" + std::string{kWeekdays[last]};
      if (!hours.has(key)) continue;
      if (const auto spans = open_spans(hours, key))
        for (std::size_t index = first; index <= last; ++index) day(index, key, *spans);
    }
  }
  const bool open =
      std::any_of(calendar.week.begin(), calendar.week.end(), [](const auto& spans) { return !spans.empty(); });
  if (hours.present() && !open)
    hours.fault(hours.place(), hours.path() + " are never open; write at least one interval");
  hours.finish();
}

// "1 working day" is what the file says, or else the longest day of the week.
void working_day(TomlTable& table, WorkCalendar& calendar) {
  for (const std::vector<OpenSpan>& spans : calendar.week) {
    std::uint32_t seconds = 0;
    for (const OpenSpan& span : spans) seconds += 60U * static_cast<std::uint32_t>(span.closes - span.opens);
    calendar.day_seconds = std::max(calendar.day_seconds, seconds);
  }
  if (const TomlValue* written = table.get("day", Kind::text)) {
    const Result<WrittenSpan> span = parse_span(written->text);
    if (!span)
      table.fault("day", span.error().detail);
    else if (span->working || span_seconds(*span, 0) > 86'400)
      table.fault("day", "is " + formats::toml_quoted(written->text) +
                             "; write how many hours a working day has, such as \"7 hours\"");
    else
      calendar.day_seconds = span_seconds(*span, 0);
  }
}

std::string listed(std::span<const std::string> texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_quoted(text);
  return "[" + list + "]";
}

std::string two_digits(std::uint32_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string clock_time(std::uint32_t minutes) { return two_digits(minutes / 60) + ":" + two_digits(minutes % 60); }

std::string spans_of(const std::vector<OpenSpan>& spans) {
  std::vector<std::string> texts;
  for (const OpenSpan& span : spans) {
    const std::uint32_t closes = span.closes > 1'440 ? span.closes - 1'440U : span.closes;
    texts.push_back(clock_time(span.opens) + "-" + clock_time(closes));
  }
  return listed(texts);
}

// Neighbouring days with the same hours are told as one: "monday-friday".
std::string week_of(const Week& week) {
  std::string text;
  for (std::size_t first = 0; first < week.size();) {
    std::size_t last = first;
    while (last + 1 < week.size() && week[last + 1] == week[first]) ++last;
    if (!week[first].empty()) {
      text += (text.empty() ? "" : ", ") + std::string{kWeekdays[first]};
      if (last > first) text += "-" + std::string{kWeekdays[last]};
      text += " = " + spans_of(week[first]);
    }
    first = last + 1;
  }
  return "{ " + text + " }";
}

}  // namespace

WorkCalendar read_calendar(const std::string& id, TomlTable& table) {
  if (!is_id(id) && !table.recording())
    table.fault(table.place(), "the calendar's name " + formats::toml_quoted(id.substr(0, 64)) +
                                   " is not one; write small letters, digits, _ and -");
  WorkCalendar calendar;
  calendar.id = id;
  table.require("zone", "zone = \"Europe/Paris\"");
  calendar.zone = table.text("zone");
  table.require("hours", "hours = { monday-friday = [\"09:00-17:00\"] }");
  week(table, calendar);
  working_day(table, calendar);
  if (const TomlValue* holidays = table.get("holidays", Kind::array))
    for (const TomlValue& holiday : holidays->items) {
      const bool spelled = (holiday.kind == Kind::date || holiday.kind == Kind::text) && day_of(holiday.text);
      if (spelled)
        calendar.holidays.push_back(holiday.text);
      else
        table.fault(holiday.place, table.path() + ".holidays holds something that is not a date; write 2026-05-01");
    }
  for (const std::string& country : table.texts("holiday_sets")) {
    const auto known = holiday_sets();
    if (std::find(known.begin(), known.end(), country) != known.end())
      calendar.holiday_sets.push_back(country);
    else
      table.fault_unknown("holiday_sets", country, std::vector<std::string>(known.begin(), known.end()),
                          "a country whose holidays are known");
  }
  if (table.has("zone") && !table.recording())
    if (const Outcome compiled = compile(calendar); !compiled)
      table.fault("zone", "cannot be used: " + compiled.error().detail);
  return calendar;
}

std::string print_calendar(const WorkCalendar& calendar) {
  std::string text = "zone = " + toml_quoted(calendar.zone) + "\n";
  text += "hours = " + week_of(calendar.week) + "\n";
  text += "day = " + toml_quoted(print_span(calendar.day_seconds, 0)) + "\n";
  if (!calendar.holidays.empty()) {
    std::string dates;
    for (const std::string& holiday : calendar.holidays) dates += (dates.empty() ? "" : ", ") + holiday;
    text += "holidays = [" + dates + "]\n";
  }
  if (!calendar.holiday_sets.empty()) text += "holiday_sets = " + listed(calendar.holiday_sets) + "\n";
  return text;
}

}  // namespace guichet::rulebook
