// A first mapping for a log nobody has described: guesses from names and values, each with its reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/intake/logs/sample.hpp>
#include <guichet/intake/mapping.hpp>

namespace guichet::intake {

/// The shipped mapping that says of itself that it applies to this log; none when no one does.
std::optional<Mapping> shipped_mapping_for(const Sample& sample);
std::vector<Mapping> shipped_mappings();

/// The text of a mapping for the log, ready for use: a comment per guess, and the first rows. An error
/// when no column can be the case or none holds times; it lists what was found.
Result<std::string> propose_mapping(const Sample& sample);

/// Of time formats that all read a sample, those that also read the column in the rest of the file.
Result<std::vector<std::string>> narrow_formats(const std::string& path, const std::string& column,
                                                std::vector<std::string> formats);

}  // namespace guichet::intake
