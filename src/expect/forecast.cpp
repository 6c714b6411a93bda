#include <guichet/expect/forecast.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace guichet::expect {
namespace {

constexpr double kLow = 0.1, kMiddle = 0.5, kHigh = 0.9;
/// The past is walked through in so many steps; the forecasts of a step know what ended before it.
constexpr std::size_t kSteps = 40;
/// A step of which more than this is not over yet is not judged: those that are over came soon.
constexpr double kUnknownMost = 0.1;

constexpr std::size_t index(Asked asked) { return static_cast<std::size_t>(asked); }

/// As it was known at `then`.
std::vector<Stretch> known_at(std::span<const Stretch> stretches, Asked asked, Instant then) {
  std::vector<Stretch> known;
  for (const Stretch& one : stretches) {
    if (one.began >= then) break;
    Stretch seen = one;
    if (one.ending == Ending::open || one.until > then) {
      // How many messages had been written by then is not kept.
      if (asked == Asked::messages) continue;
      seen.ending = Ending::open;
      seen.until = std::min(one.until, then);
      seen.length = (seen.until - seen.began).count();
    }
    known.push_back(seen);
  }
  return known;
}

enum class Came : std::uint8_t { inside, outside, unknown };

Came judged(const Interval& interval, const Stretch& stretch) {
  const bool long_enough = interval.low && stretch.length >= *interval.low;
  switch (stretch.ending) {
    case Ending::came:
      return long_enough && (!interval.high || stretch.length <= *interval.high) ? Came::inside : Came::outside;
    case Ending::never: return interval.high ? Came::outside : Came::inside;
    case Ending::open: return interval.high && stretch.length > *interval.high ? Came::outside : Came::unknown;
  }
  return Came::unknown;
}

}  // namespace

Curve::Curve(std::span<const Stretch> stretches) {
  std::vector<std::int64_t> came;
  for (const Stretch& one : stretches) {
    if (one.ending == Ending::never) {
      ++never_;
      continue;
    }
    known_.push_back(one.length);
    if (one.ending == Ending::came) came.push_back(one.length);
  }
  std::ranges::sort(known_);
  std::ranges::sort(came);
  double left = 1;
  for (auto at = came.begin(); at != came.end();) {
    const auto after = std::upper_bound(at, came.end(), *at);
    const auto waiting = static_cast<double>(beyond(*at - 1));
    left *= 1 - static_cast<double>(after - at) / waiting;
    times_.push_back(*at);
    survival_.push_back(left);
    at = after;
  }
}

std::uint64_t Curve::beyond(std::int64_t so_far) const {
  return static_cast<std::uint64_t>(known_.end() - std::ranges::upper_bound(known_, so_far)) + never_;
}

double Curve::surviving(std::int64_t length) const {
  const auto after = std::ranges::upper_bound(times_, length);
  return after == times_.begin() ? 1 : survival_[static_cast<std::size_t>(after - times_.begin()) - 1];
}

Interval Curve::interval(std::int64_t so_far) const {
  const double now = surviving(so_far);
  const auto when = [&](double share) -> std::optional<std::int64_t> {
    // Survival falls, and rounding is not to decide over equal numbers.
    constexpr double kRounding = 1e-12;
    const auto found = std::ranges::lower_bound(survival_, now * (1 - share) + kRounding, std::greater<>{});
    if (now <= 0 || found == survival_.end()) return std::nullopt;
    return times_[static_cast<std::size_t>(found - survival_.begin())];
  };
  return {.low = when(kLow), .middle = when(kMiddle), .high = when(kHigh)};
}

Forecast::Forecast(const Past& past, std::vector<std::string> matters) : names_(std::move(matters)) {
  for (std::size_t i = 0; i < kAsked; ++i) {
    const auto asked = static_cast<Asked>(i);
    known_[i] = known(past.of(asked));
    honesty_[i] = tried(past.of(asked), asked);
  }
}

Forecast::Known Forecast::known(std::span<const Stretch> stretches) {
  Known known;
  if (stretches.size() < kFewest) return known;
  known.all.emplace(stretches);
  std::map<std::uint32_t, std::vector<Stretch>> by_matter;
  for (const Stretch& one : stretches)
    if (one.matter != 0) by_matter[one.matter].push_back(one);
  for (const auto& [matter, those] : by_matter)
    if (those.size() >= kFewest) known.matters.emplace(matter, Curve(those));
  return known;
}

std::optional<Expectation> Forecast::expected(const Known& known, Asked asked, std::uint32_t matter,
                                              std::int64_t so_far) {
  // A case with four messages may end with these four.
  const std::int64_t past = asked == Asked::messages ? so_far - 1 : so_far;
  const auto from = [&](const Curve& curve, bool of_matter) -> std::optional<Expectation> {
    const std::uint64_t n = curve.beyond(past);
    if (n < kFewest) return std::nullopt;
    return Expectation{.interval = curve.interval(past), .n = n, .of_matter = of_matter, .so_far = so_far};
  };
  if (const auto own = known.matters.find(matter); own != known.matters.end())
    if (auto found = from(own->second, true)) return found;
  return known.all ? from(*known.all, false) : std::nullopt;
}

std::optional<Expectation> Forecast::of(Asked asked, std::string_view matter, std::int64_t so_far) const {
  const auto place = std::ranges::find(names_, matter);
  const auto number = place == names_.end() ? 0U : static_cast<std::uint32_t>(place - names_.begin()) + 1;
  return expected(known_[index(asked)], asked, number, so_far);
}

std::vector<std::string> Forecast::matters(Asked asked) const {
  std::vector<std::string> found;
  for (const auto& [matter, curve] : known_[index(asked)].matters)
    if (matter <= names_.size()) found.push_back(names_[matter - 1]);
  std::ranges::sort(found);
  return found;
}

Honesty Forecast::tried(std::span<const Stretch> stretches, Asked asked) {
  Honesty honesty;
  const std::size_t length = std::max<std::size_t>(stretches.size() / kSteps, 1);
  for (std::size_t from = 0; from < stretches.size(); from += length) {
    const std::span<const Stretch> step = stretches.subspan(from, std::min(length, stretches.size() - from));
    const Known then = known(known_at(stretches, asked, step.front().began));
    Honesty here;
    for (const Stretch& one : step) {
      const auto told = expected(then, asked, one.matter, 0);
      if (!told) continue;
      const Came came = judged(told->interval, one);
      if (came == Came::unknown) {
        ++here.unknown;
        continue;
      }
      ++here.told;
      if (came == Came::inside) ++here.within;
      const auto& middle = told->interval.middle;
      if (one.ending == Ending::came && (!middle || one.length <= *middle)) ++here.sooner;
    }
    if (static_cast<double>(here.unknown) > kUnknownMost * static_cast<double>(here.told + here.unknown)) {
      honesty.unknown += here.told + here.unknown;
      continue;
    }
    honesty.told += here.told;
    honesty.within += here.within;
    honesty.sooner += here.sooner;
    honesty.unknown += here.unknown;
  }
  return honesty;
}

}  // namespace guichet::expect
