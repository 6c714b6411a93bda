// A page shows events; which reader they came through is not its business.
// Rooms: dossier
// Refused: guichet/intake/mapping\.hpp
#include <guichet/core/event.hpp>
#ifdef FORBIDDEN
#include <guichet/intake/mapping.hpp>
#endif

int main() { return sizeof(guichet::Event) == 32 ? 0 : 1; }
