// What earlier cases had to live through, gathered from the history of any system: waits for an answer, the time until
// something came of the case, the messages until then. Knows no procedure and foretells nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/moment.hpp>

namespace guichet::expect {

/// What somebody with a case asks himself.
enum class Asked : std::uint8_t {
  answer,    // how long until a person of the desk writes or decides; milliseconds since the seller's words
  outcome,   // how long until the case is decided or closed, for the first time; milliseconds since it was opened
  messages,  // how many messages, of both sides, until then
};
inline constexpr std::size_t kAsked = 3;
/// "answer", "outcome", "messages".
std::string_view name(Asked asked);

/// How a stretch ended. `never`: the case was closed or given up over it, and what was waited for can come no more.
enum class Ending : std::uint8_t { open, came, never };

/// One wait of one case.
struct Stretch {
  Instant began;
  Instant until;          // when it ended; while it is open, the case's last moment
  std::int64_t length{};  // milliseconds or messages; so far, while it is open
  std::uint32_t matter{};
  Ending ending{};
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

/// The stretches of one case, in the order in which they began, of each kind; of `outcome` and `messages` there is at
/// most one.
struct CaseStretches {
  std::array<std::vector<Stretch>, kAsked> of;
  const std::vector<Stretch>& operator[](Asked asked) const { return of[static_cast<std::size_t>(asked)]; }
};
CaseStretches stretches_of(const CaseHistory& history);

/// Of a case that goes on: what has been waited for, and for how long, at `now`. None: nothing of the kind is awaited.
std::optional<std::int64_t> so_far(const CaseStretches& stretches, Asked asked, Instant now);

/// The latest stretches of many cases, up to kKept of each kind; cases may come in any order.
class Past {
 public:
  static constexpr std::size_t kKept = 20'000;

  void fold(const CaseHistory& history);

  /// All cases were folded, and `now` is how far the history is known: open waits have lasted until then. Where no case
  /// was ever decided, closed or given up, a case's last moment is taken for its outcome.
  void settle(Instant now);

  /// In the order in which they began; once settled.
  std::span<const Stretch> of(Asked asked) const { return kept_[static_cast<std::size_t>(asked)]; }
  /// The last moment of all that was folded.
  Instant last() const { return last_; }

 private:
  void keep_latest(std::vector<Stretch>& stretches) const;

  std::array<std::vector<Stretch>, kAsked> kept_;
  Instant last_ = Instant::min();
  bool any_outcome_ = false;
};

}  // namespace guichet::expect
