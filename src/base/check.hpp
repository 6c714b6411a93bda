// Stops the program when our own reasoning was wrong. On in every build.
#pragma once

namespace guichet {

/// Prints the place, the reason and the condition on stderr, then aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* why, const char* condition);

}  // namespace guichet

// The second argument says why the condition must hold.
#define GUICHET_CHECK(condition, why)                               \
  do {                                                              \
    if (!(condition)) [[unlikely]]                                  \
      ::guichet::check_failed(__FILE__, __LINE__, why, #condition); \
  } while (false)
