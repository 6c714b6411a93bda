// In which language a verb answers. Knows the options and the environment, and no sentences.
#pragma once

#include <string>

#include <guichet/formats/phrases.hpp>

namespace guichet::cli {

/// The language asked for, else that of the environment (POSIX: LC_ALL before LC_MESSAGES before LANG),
/// else English.
formats::Language language_of(const std::string& asked);

}  // namespace guichet::cli
