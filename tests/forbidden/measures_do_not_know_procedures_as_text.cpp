// Measures count events; the text of a procedure is on the same floor, where neighbours do not meet.
// Rooms: measures
// Refused: guichet/rulebook/read\.hpp
#include <guichet/core/event.hpp>
#ifdef FORBIDDEN
#include <guichet/rulebook/read.hpp>
#endif

int main() { return sizeof(guichet::Event) == 32 ? 0 : 1; }
