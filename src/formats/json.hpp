// JSON: documents read whole, with line and column in every error, and pages written the same way every
// time. The parsing library stays in the .cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::formats {

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, integer, number, text, array, object };
  Kind kind{};
  bool boolean{};
  std::int64_t integer{};  // a number without fraction or exponent that fits
  double number{};         // of every number, integers too
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  // in the order of the document; of equal keys the last counts

  /// The value under `key`, or null.
  const JsonValue* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

inline constexpr std::size_t kJsonDepthMax = 256;

/// Reads one document (RFC 8259). Errors read "LABEL:LINE:COLUMN: what is wrong".
Result<JsonValue> parse_json(std::string_view text, const std::string& label);

/// Writes a document piece by piece; keys come out in the order in which they are given. The caller keeps
/// to the grammar: a key before each value of an object, and an end for each beginning.
class JsonWriter {
 public:
  /// `indent` spaces per level; zero writes one line.
  explicit JsonWriter(unsigned indent = 2) : indent_(indent) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view{text}); }
  JsonWriter& value(bool flag);
  JsonWriter& value(std::int64_t whole);
  JsonWriter& value(std::uint64_t whole);
  JsonWriter& value(std::uint32_t whole) { return value(std::uint64_t{whole}); }
  JsonWriter& value(int whole) { return value(std::int64_t{whole}); }
  /// With at most `decimals` digits after the point, trailing zeros cut; null when not finite.
  JsonWriter& value(double number, int decimals = 6);
  /// The fewest digits that read back as the same number; null when not finite.
  JsonWriter& exact(double number);
  JsonWriter& null();

  /// The document, with a line end when indented.
  std::string take();

 private:
  void before_value();
  void line_break();

  std::string out_;
  unsigned indent_;
  std::vector<bool> filled_;  // per open level: something is in it
  bool after_key_ = false;
};

/// `text` in quotes; control signs, quotes and backslashes escaped, and "<" so that it may stand in a page.
/// What is not UTF-8 becomes U+FFFD.
std::string json_quoted(std::string_view text);

}  // namespace guichet::formats
