#include <guichet/desk/enrol.hpp>

#include <utility>

#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr int kTries = 5;

void try_person(Clerk& clerk, const People& people, Person person, const Errand& errand,
                const std::function<void(Errand&, ActorId)>& finish, const Enrolled& told, int tries) {
  person.id = people.reserve_person();
  Errand whole = errand;
  for (ledger::RecordChange& change : to_add(person)) whole.records.push_back(std::move(change));
  if (finish) finish(whole, person.id);
  clerk.submit(std::move(whole), [&clerk, &people, person, errand, finish, told, tries](const Answer& answer) {
    const bool number_taken = people.person(person.id) != nullptr;
    if (answer.kind == Answer::Kind::conflict && number_taken && tries > 1)
      return try_person(clerk, people, person, errand, finish, told, tries - 1);
    if (told) told(answer, person.id);
  });
}

void try_account(Clerk& clerk, const People& people, Account account, const Errand& errand,
                 const std::function<void(Errand&, ledger::AccountId)>& finish,
                 const std::function<void(const Answer&, ledger::AccountId)>& told, int tries) {
  account.id = people.reserve_account();
  Errand whole = errand;
  whole.records.push_back(to_add(account));
  if (finish) finish(whole, account.id);
  clerk.submit(std::move(whole), [&clerk, &people, account, errand, finish, told, tries](const Answer& answer) {
    const bool number_taken = people.account(account.id) != nullptr;
    if (answer.kind == Answer::Kind::conflict && number_taken && tries > 1)
      return try_account(clerk, people, account, errand, finish, told, tries - 1);
    if (told) told(answer, account.id);
  });
}

}  // namespace

void enrol(Clerk& clerk, const People& people, const Person& person, const Errand& errand,
           const std::function<void(Errand&, ActorId)>& finish, const Enrolled& told) {
  try_person(clerk, people, person, errand, finish, told, kTries);
}

void enrol(Clerk& clerk, const People& people, const Account& account, const Errand& errand,
           const std::function<void(Errand&, ledger::AccountId)>& finish,
           const std::function<void(const Answer&, ledger::AccountId)>& told) {
  try_account(clerk, people, account, errand, finish, told, kTries);
}

ledger::HouseNote house_note(ActorId by, std::string_view what, std::string_view key, std::uint64_t number) {
  formats::JsonWriter json(0);
  json.begin_object().key(key).value(number).end_object();
  ledger::HouseNote note;
  note.by = by;
  note.what = what;
  note.detail = json.take();
  return note;
}

}  // namespace guichet::desk
