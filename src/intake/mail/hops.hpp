// The way a mail took, station by station from its sender: who got it from whom, from which address, when, and how the
// clocks on the way differ. Stations can be invented by whoever wrote the lines below them; nothing here is believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/intake/mail/message.hpp>

namespace guichet::intake::mail {

struct Station {
  Hop hop;
  std::optional<Duration> since_before;  // from the station before; negative: one of the two clocks is wrong
  std::optional<Duration> since_date;    // from the mail's Date; negative: the writer's clock was ahead
  bool private_address = false;          // of a network that the world does not see (RFC 1918, 4193, 5735 …)
  bool joined = false;                   // "from" names the host that the station before called itself
};

struct Way {
  std::vector<Station> stations;   // the first one first
  std::optional<Instant> arrived;  // at the last station that says a time
  std::optional<Duration> whole;   // from Date to arrival
  Duration backwards_longest{};    // the longest step back in time between two stations
  std::size_t backwards{};         // how many of these
  std::size_t undated{};
  std::size_t unread{};  // Received fields that say neither from nor by
  /// "4 stations in 12 s, one step back of 3 s", for messages to people.
  std::string in_words() const;
};

/// Clocks that differ by less are as good as equal.
inline constexpr Duration kClocksAgree = Seconds{2};

Way way_of(const Message& message);

/// Whether this IPv4 or IPv6 address can be reached from nowhere outside its own network.
bool is_private_address(std::string_view address);

}  // namespace guichet::intake::mail
