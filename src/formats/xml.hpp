// XML as a stream of element starts and ends, read in pieces so that no document is ever held whole.
// Refuses declared entities (a few lines of them can grow without bound) and knows no element names.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/formats/bytes.hpp>

namespace guichet::formats {

/// Valid during the call that tells them.
struct XmlAttribute {
  std::string_view name, value;
};

/// The attributes of one element, in the order of the document.
class XmlAttributes {
 public:
  explicit XmlAttributes(std::span<const XmlAttribute> all) : all_(all) {}
  /// The value of `name`; an empty view when the element has no such attribute.
  std::string_view get(std::string_view name) const {
    for (const XmlAttribute& attribute : all_)
      if (attribute.name == name) return attribute.value;
    return {};
  }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }

 private:
  std::span<const XmlAttribute> all_;
};

/// A name without its prefix.
constexpr std::string_view xml_local(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

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
  std::size_t block_bytes = std::size_t{1} << 18;  // read at a time
  // Plain UTF-8 is scanned in place; the first token that is not plain, or longer than a block, is left to expat with
  // all that follows. Without this, expat reads all.
  bool scans = true;
};

/// A place in a text, both from 1. A column is a character.
struct XmlPlace {
  std::uint64_t line = 1, column = 1;
};

class XmlScanner;

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
  Outcome read_with_expat(ByteSource& source, XmlScanner* before);
  Error fault_at(const ByteSource& source, const XmlPlace& place, const std::string& what) const;
  XmlPlace place_in_expat() const;

  XmlHandlers handlers_;
  XmlLimits limits_;
  XmlScanner* scanner_ = nullptr;     // while it tells
  void* parser_ = nullptr;            // while expat tells
  XmlPlace start_;                    // of what expat reads
  std::uint64_t before_columns_ = 0;  // of what expat is told first, to bring it there
  std::size_t told_before_ = 0;       // starts and ends in that
  std::vector<XmlAttribute> attributes_;
  std::uint32_t depth_ = 0;
  std::string stop_;  // why a handler stopped, and where
  XmlPlace stop_place_;
};

}  // namespace guichet::formats
