// Says in a finished PDF in which language it is, which the library that wrote it has no words for, and writes its
// dates as dates. Knows nothing of what the paper is about.
#pragma once

#include <string>
#include <string_view>

namespace guichet::dossier {

/// The PDF with an update behind it (ISO 32000-1, 7.5.6) that puts the language and the wish to show its title into its
/// catalog, and "D:" before its dates. A file that has no plain table of its objects is given back as it is.
std::string with_language(std::string pdf, std::string_view language);

}  // namespace guichet::dossier
