// A file written from start to end, plain or gzip, that appears under its name only when it is whole. Knows nothing of
// what the bytes mean.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>

namespace guichet::formats {

class FileWriter {
 public:
  /// Writes beside `path`, in the same folder; what stands under `path` stays untouched until `finish`. Bytes are
  /// gzipped when the path ends in ".gz"; the same bytes in give the same bytes out.
  static Result<FileWriter> create(const std::string& path);

  FileWriter(FileWriter&&) noexcept;
  FileWriter& operator=(FileWriter&&) noexcept;
  /// Without `finish` nothing is left behind.
  ~FileWriter();

  /// A fault (a full disk) is kept, and given by `finish`.
  void write(std::string_view bytes);
  /// Brings all to the disk and gives it its name, in place of what stood there.
  Outcome finish();

 private:
  struct State;
  explicit FileWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace guichet::formats
