// A few cases made by hand, each to show one thing: a long story that ends well, a restriction after a refused offer, a
// mediation, an agreement, an answer awaited, a case that nobody has touched yet. They are woven into a script.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <guichet/core/calendar.hpp>
#include <guichet/demo/script.hpp>

namespace guichet::demo {

enum class Showcase : std::uint8_t {
  story,          // hand-offs, disputed answers, escalation, decision, appeal, granted
  adverse_after,  // an offer refused, and a restriction twelve days later
  mediation,      // given to the mediator whom a visitor plays
  agreement,      // closed by agreement
  awaits_seller,  // the persona of a seller has been asked something
  untouched,      // new, for the persona of an agent
  offered,        // a hand-off waits for the persona of an agent
  appealed,       // waits for the persona of a decider
  refused,        // decided against the persona of a seller, who may appeal
};
inline constexpr std::size_t kShowcases = 9;

/// Where each showcase stands among Script::tales.
using ShowcasePlaces = std::array<std::uint32_t, kShowcases>;

/// Adds the showcases; their last acts lie shortly before `now`. `office` says when the desk works.
ShowcasePlaces add_showcases(Script& script, const Crowd& crowd, const rulebook::ProcedureFile& procedure,
                             const Calendar& office, std::uint64_t seed, Instant now);

}  // namespace guichet::demo
