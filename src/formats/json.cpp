#include <guichet/formats/json.hpp>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include <guichet/base/utf8.hpp>

namespace guichet::formats {
namespace {

namespace bj = boost::json;

// Recursion is as deep as the parser allows, kJsonDepthMax.
JsonValue value_of(const bj::value& value) {
  JsonValue out;
  switch (value.kind()) {
    case bj::kind::null: break;
    case bj::kind::bool_:
      out.kind = JsonValue::Kind::boolean;
      out.boolean = value.get_bool();
      break;
    case bj::kind::int64:
      out.kind = JsonValue::Kind::integer;
      out.integer = value.get_int64();
      out.number = static_cast<double>(out.integer);
      break;
    case bj::kind::uint64:  // above the largest std::int64_t
      out.kind = JsonValue::Kind::number;
      out.number = static_cast<double>(value.get_uint64());
      break;
    case bj::kind::double_:
      out.kind = JsonValue::Kind::number;
      out.number = value.get_double();
      break;
    case bj::kind::string:
      out.kind = JsonValue::Kind::text;
      out.text = std::string(value.get_string());
      break;
    case bj::kind::array:
      out.kind = JsonValue::Kind::array;
      for (const bj::value& item : value.get_array()) out.items.push_back(value_of(item));
      break;
    case bj::kind::object:
      out.kind = JsonValue::Kind::object;
      for (const auto& member : value.get_object())
        out.members.push_back({std::string(member.key()), value_of(member.value())});
      break;
  }
  return out;
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : members)
    if (member.key == key) return &member.value;
  return nullptr;
}

Result<JsonValue> parse_json(std::string_view text, const std::string& label) {
  bj::parse_options options;
  options.max_depth = kJsonDepthMax;
  bj::stream_parser parser({}, options);
  bj::error_code code;
  std::size_t good = 0;
  try {
    good = parser.write_some(text.data(), text.size(), code);
    if (!code && good < text.size()) code = bj::error::extra_data;
    if (!code) parser.finish(code);
    if (!code) return value_of(parser.release());
  } catch (const std::exception& failure) {
    return Error{Fault::unreadable, label + ": " + failure.what()};
  }
  const std::string_view before = text.substr(0, good);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const std::size_t column = utf8_length(start == std::string_view::npos ? before : before.substr(start + 1)) + 1;
  return Error{Fault::unreadable,
               label + ":" + std::to_string(line) + ":" + std::to_string(column) + ": not JSON: " + code.message()};
}

void JsonWriter::line_break() {
  if (indent_ == 0) return;
  out_ += '\n';
  out_.append(filled_.size() * indent_, ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (filled_.empty()) return;
  if (filled_.back()) out_ += ',';
  filled_.back() = true;
  line_break();
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_ += '{';
  filled_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  const bool filled = filled_.back();
  filled_.pop_back();
  if (filled) line_break();
  out_ += '}';
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  out_ += '[';
  filled_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  const bool filled = filled_.back();
  filled_.pop_back();
  if (filled) line_break();
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  out_ += json_quoted(name);
  out_ += indent_ == 0 ? ":" : ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  out_ += json_quoted(text);
  return *this;
}

JsonWriter& JsonWriter::value(bool flag) {
  before_value();
  out_ += flag ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t whole) {
  before_value();
  out_ += std::to_string(whole);
  return *this;
}

JsonWriter& JsonWriter::value(std::uint64_t whole) {
  before_value();
  out_ += std::to_string(whole);
  return *this;
}

JsonWriter& JsonWriter::value(double number, int decimals) {
  if (!std::isfinite(number)) return null();
  before_value();
  std::array<char, 400> room{};
  const auto [end, fault] =
      std::to_chars(room.data(), room.data() + room.size(), number, std::chars_format::fixed, decimals);
  std::string_view digits{room.data(), static_cast<std::size_t>(end - room.data())};
  if (digits.find('.') != std::string_view::npos) {
    while (digits.ends_with('0')) digits.remove_suffix(1);
    if (digits.ends_with('.')) digits.remove_suffix(1);
  }
  if (digits == "-0") digits = "0";
  out_ += digits;
  static_cast<void>(fault);  // 309 digits, a point and the decimals fit
  return *this;
}

JsonWriter& JsonWriter::exact(double number) {
  if (!std::isfinite(number)) return null();
  before_value();
  std::array<char, 32> room{};
  const auto [end, fault] = std::to_chars(room.data(), room.data() + room.size(), number);
  out_.append(room.data(), end);
  static_cast<void>(fault);  // the shortest form of a double has at most 24 signs
  return *this;
}

JsonWriter& JsonWriter::null() {
  before_value();
  out_ += "null";
  return *this;
}

std::string JsonWriter::take() {
  if (indent_ != 0) out_ += '\n';
  return std::move(out_);
}

std::string json_quoted(std::string_view text) {
  const std::string good = utf8_valid_prefix(text) == text.size() ? std::string(text) : utf8_repair(text);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : good) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || c == '<') {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace guichet::formats
