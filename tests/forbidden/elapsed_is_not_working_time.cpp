// A span between two instants does not say how much of it was worked.
// Rooms: base
// Refused: could not convert|conversion from .* to non-scalar|no viable conversion|cannot convert
#include <guichet/base/time.hpp>

int main() {
  using namespace std::chrono_literals;
  const guichet::Duration elapsed = 48h;
#ifdef FORBIDDEN
  const guichet::WorkingTime worked = elapsed;
#else
  const guichet::WorkingTime worked{std::chrono::duration_cast<std::chrono::seconds>(elapsed)};
#endif
  return worked > guichet::WorkingTime{} ? 0 : 1;
}
