// New persons and accounts, each under the next free number. Knows no pages.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <guichet/desk/clerk.hpp>
#include <guichet/desk/people.hpp>

namespace guichet::desk {

/// `id` is the number that was found, when `answer` is ok.
using Enrolled = std::function<void(const Answer& answer, ActorId id)>;

/// Adds a person with whatever else the errand does; the person's number is given here, and again when somebody else
/// takes it meanwhile. `finish` may add to the errand what names that number. A conflict that stays means that
/// something else stands in the way: the address is taken, or what the errand expects does not hold.
void enrol(Clerk& clerk, const People& people, const Person& person, const Errand& errand,
           const std::function<void(Errand&, ActorId)>& finish, const Enrolled& told);

/// The same for an account.
void enrol(Clerk& clerk, const People& people, const Account& account, const Errand& errand,
           const std::function<void(Errand&, ledger::AccountId)>& finish,
           const std::function<void(const Answer&, ledger::AccountId)>& told);

/// What changed in the house, by a word of ours and one number: {"person": 12}.
ledger::HouseNote house_note(ActorId by, std::string_view what, std::string_view key, std::uint64_t number);

}  // namespace guichet::desk
