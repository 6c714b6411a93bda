// What a procedure promises for a matter, before a case is opened: who answers, by when, what if not, what may close
// it, where one can go on. The dates are those that the rules would set now.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/desk/pages/frame.hpp>

namespace guichet::desk {

/// A time that the procedure sets, and what follows when it runs out; in the visitor's words.
struct PromisedTime {
  Clock clock{};
  std::string what, time;
  Instant if_sent_now = kNever;  // kNever: an opening does not start this clock
  std::string otherwise;
};
/// One sentence each.
struct Promised {
  std::vector<std::string> who;
  std::vector<PromisedTime> times;
  std::vector<std::string> endings, ways_on;
};
Promised promised(const Visit& visit, const InForce& procedure, std::uint8_t matter);

/// The same as a part of a page.
void promises(Html& html, const Visit& visit, const InForce& procedure, std::uint8_t matter);
/// The first answer and the decision in one sentence.
std::string promise_in_short(const Visit& visit, const InForce& procedure, std::uint8_t matter);

}  // namespace guichet::desk
