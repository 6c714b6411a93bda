#include <guichet/formats/whole_file.hpp>

#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace guichet::formats {

Result<std::string> whole_file(const std::string& path, std::size_t bytes_max, std::string_view remedy) {
  std::error_code unknown;
  // Opening a folder succeeds, reading it throws.
  if (std::filesystem::is_directory(path, unknown))
    return Error{Fault::unreadable, fmt::format("{}: is a folder; {}", path, remedy)};
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Fault::not_found, fmt::format("{}: cannot be read; {}", path, remedy)};
  std::string bytes;
  std::array<char, 64 * 1024> room;
  do {
    in.read(room.data(), room.size());
    bytes.append(room.data(), static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > bytes_max)
      return Error{Fault::unreadable, fmt::format("{}: longer than {} bytes; {}", path, bytes_max, remedy)};
  } while (in);
  if (in.bad() || !in.eof()) return Error{Fault::unreadable, fmt::format("{}: cannot be read; {}", path, remedy)};
  return bytes;
}

}  // namespace guichet::formats
