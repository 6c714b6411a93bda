// What to expect of a case: from what earlier cases had to live through, with how often such forecasts were right.
// Decides nothing and promises nothing.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/expect/past.hpp>

namespace guichet::expect {

/// Of fewer earlier waits than this nothing is foretold.
inline constexpr std::uint64_t kFewest = 30;

/// Eight of ten lie between `low` and `high`, half up to `middle`. None: beyond it lie too many that never came, or
/// whose end is not known.
struct Interval {
  std::optional<std::int64_t> low, middle, high;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// How many of those waits go on for longer, by the product-limit estimate (Kaplan and Meier 1958): waits that are
/// open count for as long as they are known; those that never ended never end (Fine and Gray 1999).
class Curve {
 public:
  explicit Curve(std::span<const Stretch> stretches);

  /// The waits that lasted longer than `so_far`: what the interval rests on.
  std::uint64_t beyond(std::int64_t so_far) const;
  /// Of a wait that has lasted longer than `so_far`: its whole length.
  Interval interval(std::int64_t so_far) const;

 private:
  double surviving(std::int64_t length) const;

  std::vector<std::int64_t> known_;  // lengths of all that ended or is open, rising
  std::vector<std::int64_t> times_;  // at which some ended, rising
  std::vector<double> survival_;     // after each of these
  std::uint64_t never_{};
};

/// How forecasts fared that were made for earlier cases, each from what was known at its time only.
struct Honesty {
  std::uint64_t told{};     // whose end is known
  std::uint64_t within{};   // of these, inside the interval; 80 % would be exact
  std::uint64_t sooner{};   // of these, up to the middle; 50 % would be exact
  std::uint64_t unknown{};  // not judged, since they may still come out either way
  friend bool operator==(const Honesty&, const Honesty&) = default;
};

struct Expectation {
  Interval interval;       // of the whole length, also of that which is past
  std::uint64_t n{};       // earlier waits that it rests on
  bool of_matter = false;  // they were about the same matter; else there were fewer than kFewest of these
  std::int64_t so_far{};
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

class Forecast {
 public:
  Forecast() = default;
  /// `past` is settled; `matters` are the names by which its cases' matters are numbered.
  Forecast(const Past& past, std::vector<std::string> matters);

  /// For a case about `matter` in which so much has been waited already; none when too little is known. For messages,
  /// `so_far` are those already written.
  std::optional<Expectation> of(Asked asked, std::string_view matter, std::int64_t so_far = 0) const;
  const Honesty& honesty(Asked asked) const { return honesty_[static_cast<std::size_t>(asked)]; }
  /// The matters of which enough is known, in the order of their names.
  std::vector<std::string> matters(Asked asked) const;

 private:
  struct Known {
    std::optional<Curve> all;
    std::map<std::uint32_t, Curve> matters;
  };
  static Known known(std::span<const Stretch> stretches);
  static std::optional<Expectation> expected(const Known& known, Asked asked, std::uint32_t matter,
                                             std::int64_t so_far);
  static Honesty tried(std::span<const Stretch> stretches, Asked asked);

  std::vector<std::string> names_;
  std::array<Known, kAsked> known_;
  std::array<Honesty, kAsked> honesty_{};
};

}  // namespace guichet::expect
