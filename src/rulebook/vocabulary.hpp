// The words of procedure files that are no enum of the core: sets of parties, conditions and the like, in
// the order of their bits or values. Reading and printing share them.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include <guichet/core/procedure.hpp>

namespace guichet::rulebook {

/// In the order of the bits kBySeller, kByDesk, kByClock.
inline constexpr std::array<std::string_view, 3> kPartyWords{"seller", "desk", "clock"};
static_assert(kBySeller == 1 && kByDesk == 2 && kByClock == 4);

/// In the order of the bits kOfferSilence, kOfferWithdrawal, kOfferWaiver.
inline constexpr std::array<std::string_view, 3> kConditionWords{"silence", "withdrawal", "waiver"};

/// In the order of Reopening::Kind.
inline constexpr std::array<std::string_view, 2> kReopeningWords{"same_case", "new_case"};

/// In the order of formats::Language.
inline constexpr std::array<std::string_view, 2> kLanguageWords{"en", "fr"};

inline constexpr std::array<std::string_view, 3> kSourceWords{"law", "contract", "house"};
inline constexpr std::array<std::string_view, 3> kRedressWords{"internal", "certified_body", "court"};

/// What may happen instead of climbing where the ladder ends.
inline constexpr std::array<Effect, 3> kAtTheTop{Effect::nothing, Effect::remind, Effect::grant};
inline constexpr std::array<std::string_view, 3> kAtTheTopWords{"nothing", "remind", "grant"};

/// Whether a file may call something of its own so: small letters, digits, _ and -, at most 64.
constexpr bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace guichet::rulebook
