// XML as a stream of element starts and ends, read in pieces so that no document is ever held whole.
// Refuses declared entities (a few lines of them can grow without bound) and knows no element names.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/formats/bytes.hpp>

namespace guichet::formats {

/// The attributes of one element: names and values in turn, closed by a null.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  /// The value of `name`; a view without data when the element has no such attribute.
  std::string_view get(std::string_view name) const {
    for (const char* const* p = pairs_; *p != nullptr; p += 2)
      if (name == *p) return {p[1]};
    return {};
  }
  const char* const* begin() const { return pairs_; }

 private:
  const char* const* pairs_;
};

struct XmlHandlers {
  /// Names come without their prefix ("xes:log" is "log"); texts are UTF-8 and valid during the call.
  /// Returning a text stops the reading with that text as the error, at the element's line and column.
  std::function<std::string(std::string_view name, const XmlAttributes&)> start;
  std::function<std::string(std::string_view name)> end;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // may be empty
};

struct XmlLimits {
  std::size_t token_bytes_max = std::size_t{64} << 20;  // one tag with its attributes
  std::uint32_t depth_max = 256;
};

/// Reads one document and tells its elements to the handlers.
class XmlReader {
 public:
  explicit XmlReader(XmlHandlers handlers, XmlLimits limits = {}) : handlers_(std::move(handlers)), limits_(limits) {}

  /// Reads all of `source`. Errors read "LABEL:LINE:COLUMN: what".
  Outcome read(ByteSource& source);
  /// The line of the element being told; only meaningful inside a handler.
  std::uint64_t line() const;

 private:
  friend struct XmlCallbacks;
  XmlHandlers handlers_;
  XmlLimits limits_;
  void* parser_ = nullptr;
  std::uint32_t depth_ = 0;
  std::string stop_;  // why a handler stopped, and where
  std::uint64_t stop_line_ = 0, stop_column_ = 0;
};

}  // namespace guichet::formats
