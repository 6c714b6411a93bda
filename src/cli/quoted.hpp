// Words of a command line as a shell reads them back. Knows no verbs.
#pragma once

#include <string>

namespace guichet::cli {

/// `word` as it is when no shell would take it for anything else, otherwise in single quotes.
std::string quoted(const std::string& word);

}  // namespace guichet::cli
