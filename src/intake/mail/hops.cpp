#include <guichet/intake/mail/hops.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace guichet::intake::mail {
namespace {

/// Nothing for what is no IPv4 address in four figures.
std::optional<std::array<unsigned, 4>> read_ipv4(std::string_view text) {
  std::array<unsigned, 4> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
    if (fault != std::errc{} || parts[i] > 255) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i == 3) break;
    if (!text.starts_with('.')) return {};
    text.remove_prefix(1);
  }
  if (!text.empty()) return {};
  return parts;
}

std::string span_in_words(Duration span) {
  const auto seconds = std::chrono::duration_cast<Seconds>(span).count();
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " days";
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

}  // namespace

bool is_private_address(std::string_view address) {
  const std::string lower = lower_case(address);
  std::string_view text = lower;
  if (text.starts_with("ipv6:")) text.remove_prefix(5);
  if (text.starts_with("::ffff:")) text.remove_prefix(7);
  if (const auto v4 = read_ipv4(text)) {
    const auto& [a, b, c, d] = *v4;
    return a == 10 || a == 127 || a == 0 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
           (a == 169 && b == 254) || (a == 100 && b >= 64 && b < 128);
  }
  return text == "::1" || text == "::" || text.starts_with("fc") || text.starts_with("fd") || text.starts_with("fe8") ||
         text.starts_with("fe9") || text.starts_with("fea") || text.starts_with("feb");
}

Way way_of(const Message& message) {
  Way way;
  // kNever: not said.
  const Instant written = message.date ? message.date->at : kNever;
  Instant before = kNever;
  std::string_view by_before;
  for (auto hop = message.received.rbegin(); hop != message.received.rend(); ++hop) {
    Station station;
    station.hop = *hop;
    station.private_address = !hop->from_address.empty() && is_private_address(hop->from_address);
    station.joined = !by_before.empty() && lower_case(hop->from) == lower_case(by_before);
    by_before = hop->by;
    if (hop->from.empty() && hop->by.empty()) ++way.unread;
    if (hop->date) {
      const Instant at = hop->date->at;
      if (before != kNever) station.since_before = at - before;
      if (written != kNever) station.since_date = at - written;
      if (station.since_before && *station.since_before < -kClocksAgree) {
        ++way.backwards;
        way.backwards_longest = std::max(way.backwards_longest, -*station.since_before);
      }
      before = at;
      way.arrived = at;
    } else {
      ++way.undated;
    }
    way.stations.push_back(std::move(station));
  }
  if (before != kNever && written != kNever) way.whole = before - written;
  return way;
}

std::string Way::in_words() const {
  if (stations.empty()) return "no station is named";
  std::string out = counted(stations.size(), "station", "stations");
  if (whole)
    out +=
        *whole < Duration{} ? ", " + span_in_words(-*whole) + " before its own date" : " in " + span_in_words(*whole);
  if (backwards > 0)
    out += ", " + counted(backwards, "step", "steps") + " back in time of up to " + span_in_words(backwards_longest);
  if (undated > 0) out += ", " + std::to_string(undated) + " without a time";
  return out;
}

}  // namespace guichet::intake::mail
