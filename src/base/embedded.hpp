// A file that the build put into the program (cmake/Embed.cmake). Knows nothing of what is in it.
#pragma once

#include <span>
#include <string_view>

namespace guichet {

/// `name` is the file's own name ("page.css"), `bytes` its whole content, valid for the life of the program.
struct EmbeddedFile {
  std::string_view name, bytes;
};

/// The content of the file called `name`, or empty when there is none.
constexpr std::string_view embedded_bytes(std::span<const EmbeddedFile> files, std::string_view name) {
  for (const EmbeddedFile& file : files)
    if (file.name == name) return file.bytes;
  return {};
}

}  // namespace guichet
