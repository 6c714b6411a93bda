// ZIP: what is read, written again, gives the same bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/formats/zip.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file{reinterpret_cast<const char*>(data), size};
  const auto read = guichet::formats::read_zip(file, "d");
  if (!read) return 0;
  guichet::formats::ZipWriter again;
  for (const auto& entry : *read)
    GUICHET_CHECK(static_cast<bool>(again.add(entry.name, entry.bytes)), "what was read may be written");
  GUICHET_CHECK(again.finish() == file, "there is one way to write it");
  return 0;
}
