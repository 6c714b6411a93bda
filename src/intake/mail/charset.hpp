// Text of any charset becomes UTF-8. What cannot be read becomes U+FFFD, and that it was so is said.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace guichet::intake::mail {

struct Decoded {
  std::string text;
  bool unknown_charset{};  // nobody knows this name; read as UTF-8, or windows-1252
  bool wrong_charset{};    // some bytes were not of the charset that was named
};

/// `charset` as a Content-Type names it, in any case; empty is US-ASCII, which is read as UTF-8 when it is that.
Decoded to_utf8(std::string_view bytes, std::string_view charset);

}  // namespace guichet::intake::mail
