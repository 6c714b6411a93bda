// A switch that forgets one side is found by the compiler.
// Rooms: core
// Refused: .third. not handled in switch
#include <cstdint>

#include <guichet/core/words.hpp>

namespace {

int seat(guichet::Party party) {
  switch (party) {
    case guichet::Party::nobody: return 0;
    case guichet::Party::seller: return 1;
    case guichet::Party::desk: return 2;
#ifndef FORBIDDEN
    case guichet::Party::third: return 3;
#endif
    case guichet::Party::clock: return 4;
  }
  return 0;
}

}  // namespace

int main() { return seat(guichet::Party::desk) == 2 ? 0 : 1; }
