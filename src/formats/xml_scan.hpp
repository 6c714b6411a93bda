// The quick way through plain XML: UTF-8, no document type. Knows no error messages: before the first thing that is
// wrong, or that it does not know, it stops, and says how another reader gets to the same place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/formats/xml.hpp>

namespace guichet::formats {

class XmlScanner {
 public:
  /// What it is given must outlive it.
  XmlScanner(const XmlHandlers& handlers, const XmlLimits& limits);

  enum class End : std::uint8_t {
    whole,        // all was told
    handed_over,  // what follows is for another reader
    stopped,      // a handler stopped it: see why()
  };
  Result<End> read(ByteSource& source);

  /// Where it stands: at what is being told, or at the first byte that it leaves to another.
  XmlPlace place();
  const std::string& why() const { return why_; }

  /// The start of a document that brings another reader to the same state, in one line of ASCII; after read().
  std::string way_here() const;
  /// The element starts and ends in way_here(), all told already.
  std::size_t told_on_the_way() const { return after_root_ ? 2 : open_.size(); }
  std::uint32_t depth() const { return static_cast<std::uint32_t>(open_.size()); }
  /// What has been read of the source and is left to another.
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

 private:
  // What became of a token.
  enum class Token : std::uint8_t { taken, unfinished, unknown, stopped };

  void pass(std::string_view bytes);
  Result<bool> refill(ByteSource& source);
  Token scan();
  Token text();
  Token beginning();
  Token instruction();
  Token comment();
  Token start_tag();
  Token end_tag();
  Token attribute(const char*& p);
  bool decode(std::string_view raw);
  Token tell_start(std::string_view name, const char* behind, bool empty);
  Token tell_end(std::string_view name, const char* behind);
  Token stop(std::string why);
  /// The document goes wrong at `p`, or the block ends there.
  Token broken(const char* p) const { return p == end_ ? Token::unfinished : Token::unknown; }

  const XmlHandlers& handlers_;
  const XmlLimits& limits_;
  std::string block_;    // closed by a NUL, at which all loops stop
  const char* at_;       // the token being read
  const char* end_;      // of what has been read
  const char* counted_;  // how far place_ has come
  XmlPlace place_;
  bool last_ = false;   // nothing follows the block
  bool begun_ = false;  // the encoding is known
  bool after_root_ = false;
  std::string names_;              // of the open elements, one behind another
  std::vector<std::size_t> open_;  // where each begins
  std::vector<XmlAttribute> attributes_;
  std::string decoded_;  // values that are not in the block as they are told
  std::string why_;
};

}  // namespace guichet::formats
