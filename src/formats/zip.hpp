// ZIP files of which every byte is settled: entries stored, one order, no dates, UTF-8 names. The reader takes what the
// writer would write and nothing else, so that a changed byte anywhere is found. Needs no outside library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::formats {

inline constexpr std::size_t kZipEntriesMax = 65'534;
inline constexpr std::size_t kZipNameMax = 255;             // bytes
inline constexpr std::uint64_t kZipBytesMax = 0xFFFF'FFFE;  // of a file and of each entry: there is no ZIP64

/// Relative, in parts separated by "/", none of them empty, "." or ".."; UTF-8 without control signs and without
/// : \ * ? " < > |, which some systems cannot keep; no part ends in a dot or a blank.
bool is_zip_name(std::string_view name);

/// Gathers entries in the order in which they are added.
class ZipWriter {
 public:
  /// Fault::usage when the name cannot stand, was given before (capitals count as small ones in ASCII), or the file
  /// would become too large.
  Outcome add(std::string_view name, std::string_view bytes);
  /// The whole file; the writer is empty afterwards.
  std::string finish();

 private:
  struct Added {
    std::string name;
    std::uint32_t crc{}, bytes{}, offset{};
  };
  std::string out_;
  std::vector<Added> added_;
  std::vector<std::string> folded_;  // sorted
  std::uint64_t central_bytes_ = 0;
};

struct ZipEntry {
  std::string_view name, bytes;  // both inside the file that was read
  std::uint64_t offset{};        // of the entry in the file
};

/// All entries in their order. Errors read "LABEL: byte OFFSET: what is wrong".
Result<std::vector<ZipEntry>> read_zip(std::string_view file, const std::string& label);

/// CRC-32 as ZIP and gzip have it.
std::uint32_t crc32_of(std::string_view bytes);

}  // namespace guichet::formats
