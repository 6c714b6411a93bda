// What may fail cannot be dropped on the floor.
// Rooms: base
// Refused: ignoring return(?:ed)? value
#include <guichet/base/result.hpp>

namespace {

guichet::Result<int> read_number() { return guichet::Error{guichet::Fault::unreadable, "a.csv:1: not a number"}; }

}  // namespace

int main() {
#ifdef FORBIDDEN
  read_number();
#endif
  return read_number() ? 1 : 0;
}
