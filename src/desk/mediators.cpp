#include <guichet/desk/mediators.hpp>

namespace guichet::desk {

bool can_mediate(const Person& person) {
  return person.active && person.role == Role::mediator && !person.email.empty() && !person.password.empty();
}

std::shared_ptr<const Person> mediator_named(const People& people, std::string_view name, ActorId but) {
  std::shared_ptr<const Person> found;
  // By name, then by number.
  for (auto& person : people.with_role(Role::mediator))
    if (person->active && person->name == name && person->id != but &&
        (!found || (can_mediate(*person) && !can_mediate(*found))))
      found = person;
  return found;
}

Person mediator_to_come(std::string_view name) {
  Person person;
  person.name = name;
  person.role = Role::mediator;
  return person;
}

}  // namespace guichet::desk
