// The words of an HTML mail as plain lines, for reading and counting where there is no plain part. Draws nothing, loads
// nothing, and never becomes a page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace guichet::intake::mail {

/// Elements that begin a line begin a line; what stands in <blockquote> is quoted with "> "; links keep their address
/// when it says more than their words; scripts, styles, comments and hidden elements are left out. At most `bytes` are
/// given. UTF-8 in, UTF-8 out.
std::string html_words(std::string_view html, std::size_t bytes = std::size_t{16} << 20);

}  // namespace guichet::intake::mail
