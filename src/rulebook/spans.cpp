#include <guichet/rulebook/spans.hpp>

#include <array>
#include <charconv>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/toml.hpp>

namespace guichet::rulebook {
namespace {

struct Unit {
  std::string_view name;
  std::uint32_t seconds;
};
constexpr std::array kUnits{Unit{"week", 604'800}, Unit{"day", 86'400}, Unit{"hour", 3'600}, Unit{"minute", 60}};

std::string_view next_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

Error wrong(std::string_view text, std::string_view remedy) {
  return {Fault::unreadable, "is " + formats::toml_quoted(utf8_cut(text, 40)) + "; " + std::string{remedy}};
}

}  // namespace

Result<WrittenSpan> parse_span(std::string_view text) {
  std::string_view rest = text;
  const std::string_view number = next_word(rest);
  std::string_view unit = next_word(rest);
  WrittenSpan span;
  if (unit == "working") {
    span.working = true;
    unit = next_word(rest);
  }
  if (!number.empty() && number.front() == '-') return wrong(text, "write a time above zero");
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), span.count);
  if (fault == std::errc::result_out_of_range) return wrong(text, "write at most ten years");
  if (fault != std::errc{} || end != number.data() + number.size() || unit.empty() || !rest.empty() ||
      text.ends_with(' '))
    return wrong(text, "write a whole number and a unit, such as \"48 hours\" or \"2 working days\"");
  if (span.count == 0) return wrong(text, "write a time above zero");
  const std::string_view one = unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit;
  if (one == "month" || one == "year")
    return wrong(text, "write days, for months and years differ in length (6 months are at most 184 days)");
  for (const Unit& known : kUnits)
    if (one == known.name) span.unit_seconds = known.seconds;
  if (span.unit_seconds == 0)
    return wrong(text, "write minutes, hours, days, weeks, working minutes, working hours or working days");
  if (span.working && one == "week") return wrong(text, "write working days, for weeks differ in working time");
  if (span.working && one == "day") span.unit_seconds = kWorkingDay;
  if (span_seconds(span, 60) == 0) return wrong(text, "write at most ten years");
  return span;
}

std::uint32_t span_seconds(const WrittenSpan& span, std::uint32_t day_seconds) {
  const std::uint64_t unit = span.working && span.unit_seconds == kWorkingDay ? day_seconds : span.unit_seconds;
  const std::uint64_t seconds = span.count * unit;
  return seconds > kSpanMax ? 0 : static_cast<std::uint32_t>(seconds);
}

std::string print_span(std::uint32_t seconds, std::uint32_t day_seconds) {
  for (const Unit& unit : kUnits) {
    if (unit.name == "week") continue;
    const std::uint32_t length = day_seconds != 0 && unit.name == "day" ? day_seconds : unit.seconds;
    if (seconds % length != 0) continue;
    const std::uint32_t count = seconds / length;
    return std::to_string(count) + (day_seconds != 0 ? " working " : " ") + std::string{unit.name} +
           (count == 1 ? "" : "s");
  }
  return std::to_string(seconds / 60) + (day_seconds != 0 ? " working minutes" : " minutes");
}

}  // namespace guichet::rulebook
