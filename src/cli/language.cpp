#include "language.hpp"

#include <cstdlib>

namespace guichet::cli {

formats::Language language_of(const std::string& asked) {
  if (const auto language = formats::language_from(asked)) return *language;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return formats::language_from(value).value_or(formats::Language::en);
  }
  return formats::Language::en;
}

}  // namespace guichet::cli
