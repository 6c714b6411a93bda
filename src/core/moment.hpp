// One line of any history - our ledger's or another system's log - in the form that measures read.
// Names are numbers here: index 0 means "not said", n is line n-1 of the vocabulary it belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/event.hpp>

namespace guichet {

/// What a moment is besides its kind.
inline constexpr std::uint8_t kMomentSystem = 1;  // done by a machine, not a person
inline constexpr std::uint8_t kMomentPublic = 2;  // words that the other side could read
// Marks that a mapping's rules leave; a moment may carry several besides its kind.
inline constexpr std::uint8_t kMomentReopens = 4;    // the case is open again from here
inline constexpr std::uint8_t kMomentAbandons = 8;   // the last moment of a case that was given up
inline constexpr std::uint8_t kMomentResolves = 16;  // the desk calls the matter solved
inline constexpr std::uint8_t kMomentCloses = 32;    // the case is closed from here
/// The spellings of these in files, the lowest bit first.
inline constexpr std::array<std::string_view, 6> kMarkNames{"system",   "public",   "reopens",
                                                            "abandons", "resolves", "closes"};

struct Moment {
  Instant at;
  std::uint32_t activity{};  // what the log calls it
  std::uint32_t status{};    // the state of the case from here to the next moment
  std::uint32_t person{};
  std::uint32_t team{};
  std::uint32_t words{};  // length of the text, when the log has one; questions: how many; cost_noted: cents
  EventKind kind{};       // its meaning in our words; none when the mapping gives it none
  Party party{};          // who acted
  Turn turn{};            // whose move it is afterwards; nobody when not known
  std::uint8_t flags{};
  friend constexpr bool operator==(const Moment&, const Moment&) = default;
};
static_assert(sizeof(Moment) == 32 && std::is_trivially_copyable_v<Moment>);

/// The case is closed from here: by our own event, or by what a mapping says of the log.
constexpr bool closes(const Moment& moment) {
  return moment.kind == EventKind::closed || (moment.flags & kMomentCloses) != 0;
}

/// What is known of a case besides its moments.
struct CaseFacts {
  std::string_view name;           // as the log writes it; valid during the call that passes it
  std::uint32_t seller{};          // index into Vocabulary::sellers
  std::uint32_t matter{};          // index into Vocabulary::matters
  std::int64_t amount_cents = -1;  // at stake; negative when not said
  Instant deadline = kNever;       // promised end; kNever when not said
  CaseId predecessor;
};

/// One case, whole: moments in time order, stable for equal times.
struct CaseHistory {
  CaseFacts facts;
  std::span<const Moment> moments;
};

/// The names behind the numbers of moments, in order of first appearance.
struct Vocabulary {
  std::vector<std::string> activities, statuses, persons, teams, sellers, matters;

  /// Empty for index 0.
  static std::string_view name(const std::vector<std::string>& names, std::uint32_t index) {
    return index == 0 || index > names.size() ? std::string_view{} : std::string_view{names[index - 1]};
  }
};

}  // namespace guichet
