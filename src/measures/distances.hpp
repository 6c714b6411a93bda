// How far apart two logs are: the six distances by which simulated logs are judged (Chapela-Campa, Benchekroun, Baron,
// Dumas, Krass, Senderovich, BPM 2023). Knows activities and instants; not who acted, nor what was meant.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include <guichet/core/moment.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::measures {

enum class Distance : std::uint8_t {
  ngram,             // which three activities follow one another
  absolute_events,   // when events happen
  circadian_events,  // at which hour of which day of the week
  relative_events,   // how long after the beginning of their case
  cycle_time,        // how long cases take
  case_arrivals,     // when cases begin
};
inline constexpr std::size_t kDistances = 6;

struct DistanceText {
  std::string_view name;  // in files; and its key in the catalogues of phrases
  std::string_view code;  // in the literature
  Unit unit;              // share from 0 to 1, or seconds
};
const DistanceText& text_of(Distance distance);

/// How often each value of some whole hours occurs.
class Hours {
 public:
  void add(std::int64_t hour) { ++counts_[hour]; }
  bool empty() const { return counts_.empty(); }
  /// The 1-Wasserstein distance (the area between the two distribution functions), in hours. Neither is empty.
  static double apart(const Hours& a, const Hours& b);

 private:
  std::map<std::int64_t, std::uint64_t> counts_;
};

/// What distances look at of one log, gathered case by case.
class LogShape {
 public:
  /// A case without moments is not counted.
  void fold(const CaseHistory& history);

 private:
  friend class LogPair;
  // Activities by number; a case's begins and ends in two gaps.
  struct Triple {
    std::uint32_t first, second, third;
    friend constexpr auto operator<=>(const Triple&, const Triple&) = default;
  };
  std::map<Triple, std::uint64_t> triples_;
  Hours events_, relative_, arrivals_;
  std::array<Hours, 7> by_weekday_;  // hours of the day in UTC; Monday first
  std::vector<std::int64_t> cycle_ms_;
};

/// Each log with the names behind its numbers. A distance is not known when one of the logs has no case. Shares are
/// from 0 to 1, times in seconds, whole hours being told apart.
std::array<std::optional<double>, kDistances> distances(const LogShape& a, const Vocabulary& names_a, const LogShape& b,
                                                        const Vocabulary& names_b);

}  // namespace guichet::measures
