// Text from outside is checked here before anything else looks at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guichet {

/// The offset of the first byte that is not well-formed UTF-8 (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF), or text.size() when there is none.
std::size_t utf8_valid_prefix(std::string_view text);

/// Code points in `text`; bytes that are not UTF-8 count as one each.
std::size_t utf8_length(std::string_view text);

/// At most `bytes` bytes of `text`, cut between code points, with "…" when something was cut off.
std::string utf8_cut(std::string_view text, std::size_t bytes);

/// `text` with every byte that is not UTF-8 replaced by U+FFFD.
std::string utf8_repair(std::string_view text);

/// Appends the code point `c`, which must not be above U+10FFFF.
void utf8_put(std::uint32_t c, std::string& out);

}  // namespace guichet
