// A file that is read at once: procedures aside, what people name on the command line and what is small enough.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>

namespace guichet::formats {

/// All bytes of a regular file. Fault::not_found when it cannot be opened; Fault::unreadable when it is a folder, is
/// longer than `bytes_max`, or fails while it is read. Each names the path and ends with `remedy`: "name a claim file".
Result<std::string> whole_file(const std::string& path, std::size_t bytes_max, std::string_view remedy);

}  // namespace guichet::formats
