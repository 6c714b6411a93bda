// Cases whose owner left before the desk passed cases on by itself: found when the desk starts, and passed on.
#pragma once

#include <cstddef>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Asks the clerk to look at every living case whose owner, or who is asked to take it over, can no longer answer for
/// cases; gives how many. Nothing is written where there are none, so that a second start does nothing. Does not wait.
Result<std::size_t> pass_on_left_behind(ledger::Reader& reader, const People& people, Clerk& clerk);

}  // namespace guichet::desk
