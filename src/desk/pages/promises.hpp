// What a procedure promises for a matter, before a case is opened: who answers, by when, what if not, what may close
// it, where one can go on. The dates are those that the rules would set now.
#pragma once

#include <cstdint>
#include <string>

#include <guichet/desk/pages/frame.hpp>

namespace guichet::desk {

void promises(Html& html, const Visit& visit, const InForce& procedure, std::uint8_t matter);
/// The first answer and the decision in one sentence.
std::string promise_in_short(const Visit& visit, const InForce& procedure, std::uint8_t matter);

}  // namespace guichet::desk
