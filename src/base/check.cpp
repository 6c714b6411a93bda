#include <cstdio>
#include <cstdlib>

#include <guichet/base/check.hpp>

namespace guichet {

void check_failed(const char* file, int line, const char* why, const char* condition) {
  std::fprintf(stderr, "%s:%d: internal error: %s (%s)\n", file, line, why, condition);
  std::abort();
}

}  // namespace guichet
