// Dates as mails write them (RFC 5322, 3.3, with the obsolete forms and the usual mistakes). Knows no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/base/time.hpp>

namespace guichet::intake::mail {

struct MailDate {
  Instant at{};
  std::int16_t offset_minutes{};  // east of Greenwich, as written
  bool zone_known{};              // false: "-0000", a zone nobody knows, or none; then taken as UTC
  friend bool operator==(const MailDate&, const MailDate&) = default;
};

/// Reads "Tue, 1 Jul 2003 10:52:37 +0200" and what resembles it: without day of the week, seconds or zone, with
/// two-digit years, comments, and names of zones; also "Tue Jul 1 10:52:37 2003" and RFC 3339. Nothing for what is no
/// date, or a day that does not exist.
std::optional<MailDate> read_date(std::string_view text);

/// "Tue, 01 Jul 2003 10:52:37 +0000"
std::string print_date(Instant at);

}  // namespace guichet::intake::mail
