// The rules see what they stand on, and no format of any file.
// Rooms: core
// Refused: guichet/formats/phrases\.hpp
#include <guichet/core/event.hpp>
#ifdef FORBIDDEN
#include <guichet/formats/phrases.hpp>
#endif

int main() { return sizeof(guichet::Event) == 32 ? 0 : 1; }
