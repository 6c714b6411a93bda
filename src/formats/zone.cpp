#include <guichet/formats/zone.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include <guichet/formats/toml.hpp>

// As the distribution builds the library: it reads the system's compiled database and downloads nothing.
#define USE_OS_TZDB 1
#include <date/tz.h>

namespace guichet::formats {
namespace {

// The POSIX rule that closes a zone's file tells what goes on for ever: "CET-1CEST,M3.5.0,M10.5.0/3".
// IEEE Std 1003.1, chapter 8.3, with the hours from -167 to 167 of RFC 8536, section 3.3.1.
class ClosingRule {
 public:
  static std::optional<ClosingRule> parse(std::string_view text) {
    ClosingRule rule;
    rule.rest_ = text;
    if (!rule.skip_name()) return std::nullopt;
    rule.standard_ = -rule.time();
    if (rule.rest_.empty()) return rule;
    if (!rule.skip_name()) return std::nullopt;
    rule.summer_ = rule.rest_.starts_with(',') ? rule.standard_ + 3'600 : -rule.time();
    if (!rule.change(rule.to_summer_) || !rule.change(rule.to_standard_) || !rule.rest_.empty()) return std::nullopt;
    rule.changes_ = true;
    return rule;
  }

  /// Appends the steps of `year`.
  void append(int year, std::vector<ZoneStep>& steps) const {
    if (!changes_) return;
    std::array<ZoneStep, 2> both{ZoneStep{at(to_summer_, year) - standard_, summer_},
                                 ZoneStep{at(to_standard_, year) - summer_, standard_}};
    if (both[1].since < both[0].since) std::swap(both[0], both[1]);
    steps.insert(steps.end(), both.begin(), both.end());
  }

 private:
  struct Change {
    int month{}, week{}, weekday{}, time{7'200};  // Sunday is 0; week 5 is the last; seconds
  };

  bool skip_name() {
    const std::size_t length = rest_.starts_with('<') ? rest_.find('>') + 1 : rest_.find_first_of("+-0123456789,");
    if (length == 0) return false;
    rest_.remove_prefix(std::min(length, rest_.size()));
    return true;
  }
  int number() {
    int value = 0;
    const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return fault == std::errc{} ? value : 0;
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // [+-]hh[:mm[:ss]] in seconds.
  std::int32_t time() {
    const bool negative = skip('-');
    if (!negative) skip('+');
    std::int32_t seconds = number() * 3'600;
    if (skip(':')) seconds += number() * 60;
    if (skip(':')) seconds += number();
    return negative ? -seconds : seconds;
  }
  bool change(Change& change) {
    if (!skip(',') || !skip('M')) return false;
    change.month = number();
    if (!skip('.')) return false;
    change.week = number();
    if (!skip('.')) return false;
    change.weekday = number();
    if (skip('/')) change.time = time();
    return change.month >= 1 && change.month <= 12 && change.week >= 1 && change.week <= 5 && change.weekday >= 0 &&
           change.weekday <= 6;
  }
  // Seconds since 1970 on the wall clock.
  static std::int64_t at(const Change& change, int year) {
    using namespace std::chrono;
    const year_month month = std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(change.month)};
    const std::chrono::weekday day{static_cast<unsigned>(change.weekday)};
    const sys_days date =
        change.week == 5 ? sys_days{month / day[last]} : sys_days{month / day[static_cast<unsigned>(change.week)]};
    return seconds{date.time_since_epoch()}.count() + change.time;
  }

  std::string_view rest_;
  std::int32_t standard_{}, summer_{};
  bool changes_{};
  Change to_summer_, to_standard_;
};

std::optional<ClosingRule> closing_rule(const std::string& zone) {
  std::ifstream file("/usr/share/zoneinfo/" + zone, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  const std::string bytes = std::move(content).str();
  if (bytes.size() < 2 || bytes.back() != '\n') return std::nullopt;
  const std::size_t start = bytes.rfind('\n', bytes.size() - 2);
  if (start == std::string::npos) return std::nullopt;
  return ClosingRule::parse(std::string_view{bytes}.substr(start + 1, bytes.size() - start - 2));
}

// The library knows the transitions that the database lists (until 2037) and ignores the closing rule.
std::vector<ZoneStep> listed_steps(const date::time_zone& zone, std::int64_t from, std::int64_t to) {
  std::vector<ZoneStep> steps;
  for (std::int64_t at = from; at < to;) {
    const date::sys_info info = zone.get_info(date::sys_seconds{std::chrono::seconds{at}});
    steps.push_back({at, static_cast<std::int32_t>(info.offset.count())});
    const std::int64_t end = info.end.time_since_epoch().count();
    if (end <= at) break;
    at = end;
  }
  return steps;
}

int year_of(std::int64_t second) {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{second}});
  return static_cast<int>(std::chrono::year_month_day{day}.year());
}

std::string nearest_zone(const std::string& zone) {
  std::vector<std::string> names;
  for (const date::time_zone& known : date::get_tzdb().zones) names.push_back(known.name());
  return nearest_word(zone, names);
}

}  // namespace

Result<std::vector<ZoneStep>> zone_steps(const std::string& zone, std::int64_t from, std::int64_t to) {
  try {
    std::vector<ZoneStep> steps = listed_steps(*date::locate_zone(zone), from, to);
    if (const auto rule = closing_rule(zone)) {
      const std::int64_t last_listed = steps.back().since;
      std::vector<ZoneStep> further;
      for (int year = year_of(last_listed); year <= year_of(to); ++year) rule->append(year, further);
      for (const ZoneStep& step : further)
        if (step.since > last_listed && step.since < to) steps.push_back(step);
    }
    return steps;
  } catch (const std::exception&) {
    try {
      const std::string nearest = nearest_zone(zone);
      return Error{Fault::not_found,
                   "there is no time zone " + toml_quoted(zone) + "; " +
                       (nearest.empty() ? "write a name of the IANA database, such as \"Europe/Paris\""
                                        : "did you mean \"" + nearest + "\"?")};
    } catch (const std::exception& failure) {
      return Error{Fault::unreadable, std::string{"the system's time zone database cannot be read ("} + failure.what() +
                                          "); install the package tzdata"};
    }
  }
}

}  // namespace guichet::formats
