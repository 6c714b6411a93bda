// Small files made by hand, so that an invented case has something attached to it. Knows no cases.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace guichet::demo {

/// A PDF of one page with these lines in large type; what WinAnsi does not have becomes a question mark.
std::string pdf_of(const std::vector<std::string>& lines);

/// A PNG of coloured fields, 64 by 48: another seed, other fields.
std::string png_of(std::uint64_t seed);

}  // namespace guichet::demo
