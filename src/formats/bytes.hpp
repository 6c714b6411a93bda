// Bytes of a file or of memory, gunzipped on the way when they are gzip, and turned into UTF-8 when asked.
// Knows nothing of what the bytes mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>

namespace guichet::formats {

/// How text is written as bytes. windows_1252 also reads ISO 8859-1: they differ only in control codes.
enum class Encoding : std::uint8_t { utf_8, utf_16_le, utf_16_be, windows_1252 };

/// "utf-8", "utf-16", "utf-16le", "utf-16be", "latin-1", "iso-8859-1", "windows-1252", in any case.
std::optional<Encoding> encoding_from(std::string_view name);
std::string_view name(Encoding encoding);

/// A stream of bytes read once, from start to end.
class ByteSource {
 public:
  /// Opens a regular file, plain or gzip (told apart by its first bytes). Fault::not_found or unreadable.
  static Result<ByteSource> open(const std::string& path);
  /// Reads memory that outlives the source; gunzips it too. `label` is used in messages.
  static ByteSource of(std::string_view bytes, std::string label = "memory");

  ByteSource(ByteSource&&) noexcept;
  ByteSource& operator=(ByteSource&&) noexcept;
  ~ByteSource();

  /// Fills `room` from its start; returns how many bytes came, zero only at the end. A gzip stream that
  /// is cut, damaged or followed by other bytes is an error that names the offset in the file.
  Result<std::size_t> read(std::span<char> room);

  /// The first bytes that `read` has still to give, `count` of them or all there are; only before `read`.
  Result<std::string_view> peek(std::size_t count);

  /// Bytes of the file taken so far and in all: compressed ones when it is gzip.
  std::uint64_t done() const;
  std::uint64_t total() const;
  const std::string& label() const;

 private:
  struct State;
  explicit ByteSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The encoding that the first bytes of a text give away: a byte order mark, the zero bytes of UTF-16,
/// or windows_1252 when they are not UTF-8. `mark_bytes` is the length of the byte order mark.
struct SniffedEncoding {
  Encoding encoding{};
  std::size_t mark_bytes{};
};
SniffedEncoding sniff_encoding(std::string_view start);

/// Turns chunks of one encoding into UTF-8; keeps an unfinished character for the next chunk. What
/// cannot be read becomes U+FFFD.
class Transcoder {
 public:
  explicit Transcoder(Encoding from) : from_(from) {}
  /// Appends to `out`. `last` says that nothing follows.
  void add(std::string_view chunk, bool last, std::string& out);

 private:
  void unit(std::uint32_t value, std::string& out);
  Encoding from_;
  std::uint32_t high_ = 0;   // a first surrogate that waits for its second
  std::optional<char> odd_;  // the first byte of a UTF-16 unit
};

}  // namespace guichet::formats
