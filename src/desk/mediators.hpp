// How a referral finds its mediator: the procedure names him, and whoever has that name here is given the case. Knows
// no case.
#pragma once

#include <memory>
#include <string_view>

#include <guichet/desk/people.hpp>

namespace guichet::desk {

/// Whether this mediator can sign in, and so read and end the mediations that he is given.
bool can_mediate(const Person& person);

/// The mediator of this name who works here: no two have one name, since one of them is added or comes back only when
/// the other has another or is gone. Of older ledgers, which knew no such rule, whoever can sign in comes first, then
/// whoever was there first. Null when there is none.
std::shared_ptr<const Person> mediator_named(const People& people, std::string_view name, ActorId but = {});

/// Somebody by this name whom a referral can be given to before he has an address: the case is his when he gets one.
Person mediator_to_come(std::string_view name);

}  // namespace guichet::desk
