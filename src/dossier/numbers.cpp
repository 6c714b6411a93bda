#include <guichet/dossier/numbers.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <guichet/base/utf8.hpp>

namespace guichet::dossier {

using measures::Unit;

std::string plain_number(double value, int decimals) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 400> room;
  const auto end = std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::fixed, decimals).ptr;
  std::string text(room.data(), end);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

Unit unit_of(std::string_view stat, Unit of_measure) {
  constexpr std::array<std::string_view, 17> kCounts{
      "n",     "cases",     "events",         "spells",          "stays",   "kept",  "late",  "questions", "answered",
      "ended", "abandoned", "cases_resolved", "cases_with_none", "machine", "hours", "total", "unknown"};
  if (stat == "total" && (of_measure == Unit::seconds || of_measure == Unit::cents)) return of_measure;
  if (std::find(kCounts.begin(), kCounts.end(), stat) != kCounts.end()) return Unit::count;
  if (stat == "share" || stat.starts_with("longest_run") || stat.starts_with("share_")) return Unit::share;
  if (stat == "seconds" || stat.ends_with("_seconds")) return Unit::seconds;
  if (stat == "rate_ratio" || (of_measure == Unit::share && (stat == "low" || stat == "high"))) return Unit::count;
  return of_measure;
}

std::string said(double value, Unit unit, const formats::Phrases& phrases) {
  switch (unit) {
    case Unit::seconds: {
      // Beyond a hundred days, hours say nothing.
      constexpr double kDay = 86'400;
      const double shown = value < 100 * kDay ? value : std::round(value / kDay) * kDay;
      return phrases.duration(Duration{std::llround(shown * 1000)});
    }
    case Unit::share: return phrases.percent(value);
    case Unit::cents: return phrases.number(value / 100, 2);
    case Unit::count:
    case Unit::doublings: return phrases.number(value, 2);
    case Unit::slope: return phrases.number(value, 3);
  }
  return {};
}

std::string missing_in_words(measures::Needs missing, const formats::Phrases& phrases) {
  std::string words;
  for (std::size_t i = 0; i < measures::kNeeds; ++i) {
    const auto need = static_cast<measures::Need>(i);
    if (!missing.has(need)) continue;
    if (!words.empty()) words += ' ';
    words += phrases("measures.need." + std::string{measures::name(need)});
  }
  return words;
}

std::string csv_field(std::string_view words) {
  std::string field = utf8_repair(words);
  if (!field.empty() && std::string_view{"=+-@\t\r"}.find(field.front()) != std::string_view::npos)
    field.insert(0, 1, '\'');
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace guichet::dossier
