// The ground floor holds words that any program could use.
// Rooms: base
// Refused: guichet/core/event\.hpp
#include <guichet/base/time.hpp>
#ifdef FORBIDDEN
#include <guichet/core/event.hpp>
#endif

int main() { return guichet::kNever > guichet::Instant{} ? 0 : 1; }
