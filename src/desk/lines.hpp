// Texts of one line as people read them in lists, headings and mails: without signs that are not seen or that turn the
// direction of what stands behind them. Knows no fields and no limits but their lengths.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace guichet::desk {

inline constexpr std::size_t kLineBytesMax = 400;
inline constexpr std::size_t kWordsBytesMax = 200'000;  // of several lines

/// Nothing in it is seen: blanks, signs of no width, marks of direction. `text` is UTF-8.
bool is_unseen(std::string_view text);

/// `text` on one line: line ends as blanks, without control signs and without the marks that embed, override or isolate
/// a direction of writing (UAX 9), which reach beyond the text that has them. Those that only say the direction of
/// their neighbours stay. Trimmed; empty when nothing in it is seen.
std::string one_line(std::string_view text);

}  // namespace guichet::desk
