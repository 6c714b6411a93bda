#include <guichet/desk/moments.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include <fmt/format.h>

#include <guichet/formats/zone.hpp>

namespace guichet::desk {
namespace {

using formats::Phrases;
using formats::ZoneStep;

/// The range of due instants (case_state.hpp), which ends in 2106.
constexpr std::int64_t kZoneEnd = 0x1'0000'0000;

/// The steps of a zone, read once in the life of the program.
const std::vector<ZoneStep>& steps_of(const std::string& zone) {
  static std::mutex mutex;
  static std::map<std::string, std::vector<ZoneStep>> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(zone);
  if (found != known.end()) return found->second;
  auto steps = formats::zone_steps(zone, 0, kZoneEnd);
  return known.emplace(zone, steps ? *std::move(steps) : std::vector<ZoneStep>{}).first->second;
}

std::string with_day(const Phrases& phrases, Instant local) {
  const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(local)};
  return phrases("when.day",
                 {{"weekday", phrases(fmt::format("weekday.{}", day.iso_encoding()))}, {"date", phrases.date(local)}});
}

std::string time_of_day(const Phrases& phrases, Instant local) {
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(local - std::chrono::floor<std::chrono::days>(local)).count();
  return phrases("when.clock",
                 {{"hour", fmt::format("{:02}", minutes / 60)}, {"minute", fmt::format("{:02}", minutes % 60)}});
}

/// The wall clock of UTC is named: nobody takes it for his own.
std::string named(const Phrases& phrases, const std::string& zone, std::string words) {
  return zone == "UTC" ? phrases("when.utc", {{"moment", std::move(words)}}) : words;
}

}  // namespace

const std::string& zone_of(const rulebook::ProcedureFile& file) {
  static const std::string kUtc = "UTC";
  return file.calendars.empty() || file.calendars.front().zone.empty() ? kUtc : file.calendars.front().zone;
}

Instant local_time(const std::string& zone, Instant at) {
  if (zone == "UTC") return at;
  const std::vector<ZoneStep>& steps = steps_of(zone);
  const std::int64_t second = std::chrono::floor<Seconds>(at).time_since_epoch().count();
  auto step = std::ranges::upper_bound(steps, second, {}, &ZoneStep::since);
  return step == steps.begin() ? at : at + Seconds{std::prev(step)->offset};
}

Instant from_local(const std::string& zone, Instant local) {
  // The offset an hour's change earlier may differ: what it gives is kept when the clocks agree.
  const Instant day_before = local - Duration{24LL * 3'600'000};
  const Instant early = local - (local_time(zone, day_before) - day_before);
  return local_time(zone, early) == local ? early : local - (local_time(zone, local) - local);
}

std::string moment_in_words(const Phrases& phrases, const std::string& zone, Instant at) {
  const Instant local = local_time(zone, at);
  return named(phrases, zone,
               phrases("when.moment", {{"day", with_day(phrases, local)}, {"clock", time_of_day(phrases, local)}}));
}

std::string day_in_words(const Phrases& phrases, const std::string& zone, Instant at) {
  return with_day(phrases, local_time(zone, at));
}

std::string moment_in_short(const Phrases& phrases, const std::string& zone, Instant at) {
  const Instant local = local_time(zone, at);
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(local)};
  return named(
      phrases, zone,
      phrases("when.short", {{"day", std::to_string(static_cast<unsigned>(day.day()))},
                             {"month", phrases(fmt::format("month.short.{}", static_cast<unsigned>(day.month())))},
                             {"year", std::to_string(static_cast<int>(day.year()))},
                             {"clock", time_of_day(phrases, local)}}));
}

std::string distance_in_words(const Phrases& phrases, Instant now, Instant at) {
  const bool past = at < now;
  const std::int64_t minutes = std::chrono::duration_cast<std::chrono::minutes>(past ? now - at : at - now).count();
  if (minutes == 0) return phrases("when.now");
  const std::string side = past ? "when.ago." : "when.in.";
  if (minutes < 90) return phrases.counted(side + "minutes", minutes);
  if (minutes < 48 * 60) return phrases.counted(side + "hours", (minutes + 30) / 60);
  return phrases.counted(side + "days", (minutes + 12 * 60) / (24 * 60));
}

}  // namespace guichet::desk
