// Where and how the program writes: never over what it reads, nor over a ledger or its key, however they are named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::cli {

/// Fault::usage when `out` is one of `inputs` (also by another name or a link), a ledger, a ledger's key, or a file
/// that belongs to a ledger. Asked before anything is read or written. Empty and "-" are no files.
Outcome may_write(const std::string& out, const std::vector<std::string>& inputs = {});

/// Writes a page or another output, if it may; "-" is standard output.
Outcome write_page(const std::string& path, std::string_view page, const std::vector<std::string>& inputs = {});

}  // namespace guichet::cli
