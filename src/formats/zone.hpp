// The time zones of the IANA database, as steps of the offset from UTC. Knows nothing of calendars.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::formats {

/// From `since` on (seconds since 1970, UTC) clocks show UTC plus `offset` seconds.
struct ZoneStep {
  std::int64_t since{};
  std::int32_t offset{};
};

/// The steps that hold within [from, to), rising; the first begins at or before `from`. Read from the
/// system's database; beyond the last transition it lists, its closing rule (the POSIX rule at the end of
/// the zone's file) goes on. An unknown zone is Fault::not_found, with the nearest known name.
Result<std::vector<ZoneStep>> zone_steps(const std::string& zone, std::int64_t from, std::int64_t to);

}  // namespace guichet::formats
