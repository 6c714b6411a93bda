// Eight worked hours end tomorrow, or on Monday: only a calendar can add them to an instant.
// Rooms: base
// Refused: no match for .operator\+|invalid operands to binary expression
#include <guichet/base/time.hpp>

int main() {
  using namespace std::chrono_literals;
  const guichet::Instant opened{};
  const guichet::WorkingTime worked{8h};
#ifdef FORBIDDEN
  const guichet::Instant due = opened + worked;
#else
  const guichet::Instant due = opened + worked.spent;
#endif
  return due > opened ? 0 : 1;
}
