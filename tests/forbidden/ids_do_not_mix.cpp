// A person is not a case.
// Rooms: core
// Refused: could not convert|cannot convert|no viable conversion|no matching function
#include <guichet/core/ids.hpp>

namespace {

guichet::ActorId owner_of(guichet::CaseId) { return guichet::ActorId{7}; }

}  // namespace

int main() {
  const guichet::ActorId owner = owner_of(guichet::CaseId{42});
#ifdef FORBIDDEN
  owner_of(owner);
#endif
  return owner ? 0 : 1;
}
