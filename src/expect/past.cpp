#include <guichet/expect/past.hpp>

#include <algorithm>
#include <tuple>

namespace guichet::expect {
namespace {

constexpr std::array<std::string_view, kAsked> kNames{"answer", "outcome", "messages"};

bool gives_up(const Moment& moment) {
  return moment.kind == EventKind::abandoned || (moment.flags & kMomentAbandons) != 0;
}
bool by_person(const Moment& moment) { return (moment.flags & kMomentSystem) == 0; }
bool speaks(const Moment& moment) { return moment.kind == EventKind::message_sent && by_person(moment); }

constexpr std::size_t index(Asked asked) { return static_cast<std::size_t>(asked); }

}  // namespace

std::string_view name(Asked asked) { return kNames[index(asked)]; }

CaseStretches stretches_of(const CaseHistory& history) {
  CaseStretches stretches;
  if (history.moments.empty()) return stretches;
  const std::uint32_t matter = history.facts.matter;
  const Instant opened = history.moments.front().at, last = history.moments.back().at;
  Instant waits_since = kNever, over = kNever;
  Ending outcome = Ending::open;
  std::int64_t messages = 0;
  const auto waited = [&](Instant until, Ending ending) {
    if (waits_since == kNever) return;
    stretches.of[index(Asked::answer)].push_back({.began = waits_since,
                                                  .until = until,
                                                  .length = (until - waits_since).count(),
                                                  .matter = matter,
                                                  .ending = ending});
    waits_since = kNever;
  };
  for (const Moment& moment : history.moments) {
    const bool decided = moment.kind == EventKind::decided;
    const bool by_seller = moment.party == Party::seller;
    const bool begins = moment.kind == EventKind::opened || moment.kind == EventKind::message_sent;
    if (by_seller && begins && waits_since == kNever) waits_since = moment.at;
    if (outcome == Ending::open && speaks(moment)) ++messages;
    if (moment.party == Party::desk && by_person(moment) && (speaks(moment) || decided))
      waited(moment.at, Ending::came);
    if (gives_up(moment) || closes(moment)) waited(moment.at, Ending::never);
    if (outcome == Ending::open && (decided || closes(moment) || gives_up(moment))) {
      outcome = gives_up(moment) && !decided && !closes(moment) ? Ending::never : Ending::came;
      over = moment.at;
    }
  }
  waited(last, Ending::open);
  const Instant until = outcome == Ending::open ? last : over;
  const Stretch whole{
      .began = opened, .until = until, .length = (until - opened).count(), .matter = matter, .ending = outcome};
  stretches.of[index(Asked::outcome)].push_back(whole);
  if (messages != 0) {
    Stretch counted = whole;
    counted.length = messages;
    stretches.of[index(Asked::messages)].push_back(counted);
  }
  return stretches;
}

std::optional<std::int64_t> so_far(const CaseStretches& stretches, Asked asked, Instant now) {
  const std::vector<Stretch>& those = stretches[asked];
  if (those.empty() || those.back().ending != Ending::open) return std::nullopt;
  if (asked == Asked::messages) return those.back().length;
  return std::max<std::int64_t>((now - those.back().began).count(), 0);
}

void Past::fold(const CaseHistory& history) {
  if (history.moments.empty()) return;
  last_ = std::max(last_, history.moments.back().at);
  const CaseStretches stretches = stretches_of(history);
  for (std::size_t i = 0; i < kAsked; ++i) {
    kept_[i].insert(kept_[i].end(), stretches.of[i].begin(), stretches.of[i].end());
    if (kept_[i].size() >= 2 * kKept) keep_latest(kept_[i]);
  }
  any_outcome_ = any_outcome_ || stretches[Asked::outcome].front().ending != Ending::open;
}

void Past::keep_latest(std::vector<Stretch>& stretches) const {
  if (stretches.size() <= kKept) return;
  const auto first_kept = stretches.begin() + static_cast<std::ptrdiff_t>(stretches.size() - kKept);
  std::ranges::nth_element(stretches, first_kept, {}, &Stretch::began);
  stretches.erase(stretches.begin(), first_kept);
}

void Past::settle(Instant now) {
  for (std::size_t i = 0; i < kAsked; ++i) {
    keep_latest(kept_[i]);
    for (Stretch& one : kept_[i]) {
      if (one.ending != Ending::open) continue;
      if (!any_outcome_ && i != index(Asked::answer)) {
        one.ending = Ending::came;
      } else {
        one.until = std::max(one.until, now);
        if (i != index(Asked::messages)) one.length = (one.until - one.began).count();
      }
    }
    // Equal beginnings in one order, whatever order the cases came in.
    std::ranges::sort(kept_[i], {}, [](const Stretch& one) {
      return std::tuple{one.began, one.until, one.length, one.matter, one.ending};
    });
  }
}

}  // namespace guichet::expect
