#include <guichet/measures/distances.hpp>

#include <algorithm>
#include <chrono>
#include <string>

namespace guichet::measures {
namespace {

constexpr double kSecondsPerHour = 3600;

constexpr std::array<DistanceText, kDistances> kTexts{{
    {"ngram", "NGD", Unit::share},
    {"absolute_events", "AED", Unit::seconds},
    {"circadian_events", "CED", Unit::seconds},
    {"relative_events", "RED", Unit::seconds},
    {"cycle_time", "CTD", Unit::seconds},
    {"case_arrivals", "CAR", Unit::seconds},
}};

constexpr std::uint32_t kGap = ~std::uint32_t{0};  // before the first activity of a case, and after its last

std::int64_t whole_hours(Duration duration) { return std::chrono::floor<std::chrono::hours>(duration).count(); }

std::uint64_t apart(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

}  // namespace

const DistanceText& text_of(Distance distance) { return kTexts[static_cast<std::size_t>(distance)]; }

double Hours::apart(const Hours& a, const Hours& b) {
  const auto total = [](const Hours& all) {
    std::uint64_t n = 0;
    for (const auto& [hour, count] : all.counts_) n += count;
    return n;
  };
  const std::uint64_t all_a = total(a);
  const std::uint64_t all_b = total(b);
  // The distribution functions are steps: between two values that occur they differ by a fixed fraction, counted in
  // parts of all_a * all_b so that nothing is rounded before the sum.
  std::uint64_t below_a = 0;
  std::uint64_t below_b = 0;
  std::int64_t at = 0;
  double area = 0;
  auto next_a = a.counts_.begin();
  auto next_b = b.counts_.begin();
  while (next_a != a.counts_.end() || next_b != b.counts_.end()) {
    const bool from_a = next_b == b.counts_.end() || (next_a != a.counts_.end() && next_a->first <= next_b->first);
    const auto& [hour, count] = from_a ? *next_a++ : *next_b++;
    area += static_cast<double>(measures::apart(below_a * all_b, below_b * all_a)) * static_cast<double>(hour - at);
    at = hour;
    (from_a ? below_a : below_b) += count;
  }
  return area / (static_cast<double>(all_a) * static_cast<double>(all_b));
}

void LogShape::fold(const CaseHistory& history) {
  if (history.moments.empty()) return;
  const Instant first = history.moments.front().at;
  Triple triple{kGap, kGap, kGap};
  const auto follow = [&](std::uint32_t activity) {
    triple = {triple.second, triple.third, activity};
    ++triples_[triple];
  };
  for (const Moment& moment : history.moments) {
    follow(moment.activity);
    const Duration since_1970 = moment.at.time_since_epoch();
    events_.add(whole_hours(since_1970));
    relative_.add(whole_hours(moment.at - first));
    const auto day = std::chrono::floor<std::chrono::days>(moment.at);
    const unsigned weekday = std::chrono::weekday{day}.iso_encoding() - 1;
    by_weekday_[weekday].add(whole_hours(moment.at - day));
  }
  follow(kGap);
  follow(kGap);
  arrivals_.add(whole_hours(first.time_since_epoch()));
  cycle_ms_.push_back((history.moments.back().at - first).count());
}

/// Two logs side by side.
class LogPair {
 public:
  LogPair(const LogShape& a, const Vocabulary& names_a, const LogShape& b, const Vocabulary& names_b)
      : a_(a), b_(b), names_a_(names_a), names_b_(names_b) {}

  bool comparable() const { return !a_.cycle_ms_.empty() && !b_.cycle_ms_.empty(); }

  double ngram() const {
    std::map<LogShape::Triple, std::pair<std::uint64_t, std::uint64_t>> counts;
    std::map<std::string_view, std::uint32_t> numbers;
    const auto add = [&](const LogShape& shape, const Vocabulary& names, auto member) {
      const auto common = [&](std::uint32_t activity) {
        if (activity == kGap) return kGap;
        const auto next = static_cast<std::uint32_t>(numbers.size());
        return numbers.try_emplace(Vocabulary::name(names.activities, activity), next).first->second;
      };
      std::uint64_t all = 0;
      for (const auto& [triple, count] : shape.triples_) {
        counts[{common(triple.first), common(triple.second), common(triple.third)}].*member += count;
        all += count;
      }
      return all;
    };
    using Counts = std::pair<std::uint64_t, std::uint64_t>;
    const std::uint64_t all = add(a_, names_a_, &Counts::first) + add(b_, names_b_, &Counts::second);
    std::uint64_t different = 0;
    for (const auto& [triple, count] : counts) different += measures::apart(count.first, count.second);
    return static_cast<double>(different) / static_cast<double>(all);
  }

  double absolute_events() const { return seconds(Hours::apart(a_.events_, b_.events_)); }
  double relative_events() const { return seconds(Hours::apart(a_.relative_, b_.relative_)); }
  double case_arrivals() const { return seconds(Hours::apart(a_.arrivals_, b_.arrivals_)); }

  /// The mean over the days of the week. A day on which only one of the logs has events counts as far apart as hours
  /// of a day can be.
  double circadian_events() const {
    constexpr double kFarthest = 23;
    double sum = 0;
    for (std::size_t day = 0; day < 7; ++day) {
      const Hours& of_a = a_.by_weekday_[day];
      const Hours& of_b = b_.by_weekday_[day];
      if (!of_a.empty() && !of_b.empty())
        sum += Hours::apart(of_a, of_b);
      else if (of_a.empty() != of_b.empty())
        sum += kFarthest;
    }
    return seconds(sum / 7);
  }

  /// Cycle times are cut into hours from the shortest of both logs on.
  double cycle_time() const {
    const std::int64_t shortest = std::min(*std::min_element(a_.cycle_ms_.begin(), a_.cycle_ms_.end()),
                                           *std::min_element(b_.cycle_ms_.begin(), b_.cycle_ms_.end()));
    const auto hours = [&](const LogShape& shape) {
      Hours all;
      for (const std::int64_t ms : shape.cycle_ms_) all.add(whole_hours(Duration{ms - shortest}));
      return all;
    };
    return seconds(Hours::apart(hours(a_), hours(b_)));
  }

 private:
  static double seconds(double hours) { return hours * kSecondsPerHour; }

  const LogShape& a_;
  const LogShape& b_;
  const Vocabulary& names_a_;
  const Vocabulary& names_b_;
};

std::array<std::optional<double>, kDistances> distances(const LogShape& a, const Vocabulary& names_a, const LogShape& b,
                                                        const Vocabulary& names_b) {
  const LogPair pair(a, names_a, b, names_b);
  if (!pair.comparable()) return {};
  return {pair.ngram(),           pair.absolute_events(), pair.circadian_events(),
          pair.relative_events(), pair.cycle_time(),      pair.case_arrivals()};
}

}  // namespace guichet::measures
