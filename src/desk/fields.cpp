#include <guichet/desk/fields.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

#include <guichet/base/utf8.hpp>
#include <guichet/desk/http_text.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using formats::JsonValue;

constexpr std::size_t kPartsMax = 1000;  // fields and files of one form
constexpr std::size_t kPartHeadBytesMax = 8 * 1024;
constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046 section 5.1.1
constexpr std::size_t kFileNameBytesMax = 200;

Error unreadable(std::string what) { return {Fault::unreadable, std::move(what)}; }

std::string utf8(std::string_view text) {
  return utf8_valid_prefix(text) == text.size() ? std::string(text) : utf8_repair(text);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// "UTF-8''r%C3%A9clamation.pdf" (RFC 8187); nothing when it is not of that shape.
std::optional<std::string> extended_value(std::string_view text) {
  const std::size_t first = text.find('\'');
  if (first == std::string_view::npos) return {};
  const std::size_t second = text.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  std::string escaped(text.substr(second + 1));
  replace_all(escaped, "+", "%2B");
  const std::string charset = lowered(text.substr(0, first));
  if (charset == "utf-8") return url_decoded(escaped);
  if (charset != "iso-8859-1") return {};
  // Its bytes are code points: each escape above 7F becomes two bytes of UTF-8.
  std::string out;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    unsigned byte = static_cast<std::uint8_t>(escaped[i]);
    if (byte == '%' && i + 2 < escaped.size()) {
      unsigned code = 0;
      const char* const end = escaped.data() + i + 3;
      const auto read = std::from_chars(escaped.data() + i + 1, end, code, 16);
      if (read.ec == std::errc{} && read.ptr == end) {
        byte = code;
        i += 2;
      }
    }
    if (byte < 0x80) {
      out += static_cast<char>(byte);
    } else {
      out += static_cast<char>(0xC0U | byte >> 6U);
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

/// Browsers write these three in names and file names of a form, and nothing else (WHATWG HTML, multipart/form-data).
std::string form_name(std::string_view text) {
  std::string out = utf8(text);
  replace_all(out, "%22", "\"");
  replace_all(out, "%0D", "\r");
  replace_all(out, "%0A", "\n");
  return out;
}

/// The last segment of a path, without what is not seen: control signs, and marks that turn the direction of writing
/// and so make "gpj.exe" look like "exe.jpg".
std::string file_name(std::string_view sent) {
  std::string name = utf8(sent);
  name.erase(0, name.find_last_of("/\\") + 1);
  std::erase_if(name, [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; });
  for (const std::string_view mark : {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068",
                                      "\u2069", "\u200E", "\u200F", "\u061C", "\u2028", "\u2029", "\uFEFF"})
    replace_all(name, mark, "");
  for (unsigned low = 0x80; low < 0xA0; ++low) replace_all(name, std::string{'\xC2', static_cast<char>(low)}, "");
  const std::size_t first = std::min(name.find_first_not_of(' '), name.size());
  name.erase(0, first);
  name.erase(name.find_last_not_of(' ') + 1);
  if (name == "." || name == "..") name.clear();
  if (name.size() > kFileNameBytesMax) {
    // The ending says how to open it.
    const std::size_t dot = name.rfind('.');
    const std::string ending = dot != std::string::npos && name.size() - dot <= 16 ? name.substr(dot) : "";
    name = utf8_cut(name, kFileNameBytesMax - ending.size() - std::string_view("…").size()) + ending;
  }
  return name.empty() ? "file" : name;
}

std::string media_type(std::string_view sent) {
  const std::string type = lowered(trimmed_blanks(sent.substr(0, sent.find(';'))));
  const std::size_t slash = type.find('/');
  const bool good = slash != std::string::npos && is_token(type.substr(0, slash)) && is_token(type.substr(slash + 1)) &&
                    type.size() <= 100;
  return good ? type : "application/octet-stream";
}

std::optional<std::string> base64_decoded(std::string_view text) {
  static constexpr std::uint8_t kNone = 0xFF;
  static constexpr auto kValues = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(kNone);
    std::uint8_t value = 0;
    for (const char c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"})
      table[static_cast<std::uint8_t>(c)] = value++;
    return table;
  }();
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned signs = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(c)];
    if (value == kNone || padding > 0) return {};
    bits = bits << 6U | value;
    if (++signs % 4 == 0)
      for (const unsigned shift : {16U, 8U, 0U}) out += static_cast<char>(bits >> shift & 0xFFU);
  }
  const unsigned rest = signs % 4;
  if (rest == 1 || padding > 2 || (padding > 0 && (rest + padding) % 4 != 0)) return {};
  if (rest == 2) out += static_cast<char>(bits >> 4U & 0xFFU);
  if (rest == 3) {
    out += static_cast<char>(bits >> 10U & 0xFFU);
    out += static_cast<char>(bits >> 2U & 0xFFU);
  }
  return out;
}

/// Takes the parts of multipart/form-data (RFC 7578) one by one.
class PartReader {
 public:
  PartReader(std::string_view body, std::string_view boundary) : body_(body), delimiter_("\r\n--") {
    delimiter_ += boundary;
  }

  Outcome read(NamedValues& values, std::vector<SentFile>& files) {
    GUICHET_TRY(more, first());
    for (std::size_t count = 1; more; ++count) {
      if (count > kPartsMax)
        return unreadable("the form has more than " + std::to_string(kPartsMax) + " parts; send it in several");
      GUICHET_TRY(part, next(count));
      if (!part.file) {
        values.emplace_back(std::move(part.name), std::string(part.body));
      } else if (!part.file->empty() || !part.body.empty()) {  // a field for a file that was left empty sends neither
        files.push_back({.field = std::move(part.name),
                         .name = file_name(*part.file),
                         .media_type = media_type(part.type),
                         .body = std::string(part.body)});
      }
      more = part.more;
    }
    return Done{};
  }

 private:
  struct Part {
    std::string name, type;
    std::optional<std::string> file;
    std::string_view body;
    bool more{};
  };

  /// Goes behind the first boundary; false when it is the last one too.
  Result<bool> first() {
    const std::string_view line = std::string_view(delimiter_).substr(2);
    if (body_.starts_with(line)) {
      at_ = line.size();
    } else {
      const std::size_t found = body_.find(delimiter_);
      if (found == std::string_view::npos) return unreadable("the form holds no boundary; its type names another one");
      at_ = found + delimiter_.size();
    }
    return after_boundary();
  }

  /// At the end of a boundary: true when a part follows.
  Result<bool> after_boundary() {
    const std::string_view rest = body_.substr(at_);
    if (rest.starts_with("--")) return false;
    const std::size_t end = std::min(rest.find_first_not_of(" \t"), rest.size());
    if (!rest.substr(end).starts_with("\r\n"))
      return unreadable("byte " + std::to_string(at_) + " of the form: a boundary is not the end of its line");
    at_ += end + 2;
    return true;
  }

  Result<Part> next(std::size_t number) {
    const auto where = [&] { return "part " + std::to_string(number) + " of the form "; };
    Part part;
    bool named = false;
    const std::size_t head_end = at_ + kPartHeadBytesMax;
    for (;;) {
      const std::size_t end = body_.find("\r\n", at_);
      if (end == std::string_view::npos || end > head_end) return unreadable(where() + "has a head without an end");
      const std::string_view line = body_.substr(at_, end - at_);
      at_ = end + 2;
      if (line.empty()) break;
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) return unreadable(where() + "has a header without a name");
      const std::string_view value = line.substr(colon + 1);
      if (same_letters(line.substr(0, colon), "content-type")) {
        part.type = trimmed_blanks(value);
      } else if (same_letters(line.substr(0, colon), "content-disposition")) {
        const HeaderValue given = header_value(value);
        const std::string* name = find(given.others, "name");
        if (given.value != "form-data" || name == nullptr) return unreadable(where() + "has no name");
        part.name = form_name(*name);
        named = true;
        if (const std::string* plain = find(given.others, "filename")) part.file = form_name(*plain);
        if (const std::string* extended = find(given.others, "filename*"))
          if (auto decoded = extended_value(*extended)) part.file = std::move(*decoded);
      }
    }
    if (!named) return unreadable(where() + "has no name");
    // An empty part: the end of the head's last line also begins the boundary.
    const std::size_t end = body_.find(delimiter_, at_ - 2);
    if (end == std::string_view::npos)
      return unreadable(where() + "has no boundary behind it; the form was cut off on its way");
    part.body = end < at_ ? std::string_view{} : body_.substr(at_, end - at_);
    at_ = end + delimiter_.size();
    GUICHET_TRY(more, after_boundary());
    part.more = more;
    return part;
  }

  std::string_view body_;
  std::string delimiter_;  // with the line end before it
  std::size_t at_ = 0;
};

/// A text, number, true or false as a form would have sent it; nothing for other kinds.
std::optional<std::string> scalar_text(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::text: return value.text;
    case JsonValue::Kind::integer: return std::to_string(value.integer);
    case JsonValue::Kind::number: {
      std::array<char, 32> digits{};
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value.number).ptr;
      return std::string(digits.data(), end);
    }
    case JsonValue::Kind::boolean: return value.boolean ? "true" : "false";
    case JsonValue::Kind::null:
    case JsonValue::Kind::array:
    case JsonValue::Kind::object: return {};
  }
  return {};
}

Outcome take_json(const std::string& key, const JsonValue& value, NamedValues& values, std::vector<SentFile>& files) {
  if (values.size() + files.size() >= kPartsMax)
    return unreadable("the document has more than " + std::to_string(kPartsMax) + " values; send it in several");
  if (auto text = scalar_text(value)) {
    values.emplace_back(key, std::move(*text));
    return Done{};
  }
  if (value.kind == JsonValue::Kind::null) return Done{};
  if (value.kind == JsonValue::Kind::array)
    return unreadable("\"" + utf8_cut(key, 60) + "\" is a list of lists; write a list of texts");
  const JsonValue* coded = value.find("base64");
  const JsonValue* name = value.find("name");
  const JsonValue* type = value.find("media_type");
  const auto is_text = [](const JsonValue* v) { return v != nullptr && v->kind == JsonValue::Kind::text; };
  auto body = is_text(coded) ? base64_decoded(coded->text) : std::nullopt;
  if (!is_text(name) || !body)
    return unreadable("\"" + utf8_cut(key, 60) +
                      R"(" is no file; write {"name": "a.pdf", "media_type": "application/pdf", "base64": "…"})");
  files.push_back({key, file_name(name->text), media_type(is_text(type) ? type->text : ""), std::move(*body)});
  return Done{};
}

SentAs::Kind kind_of(const JsonValue& value) {
  if (value.kind == JsonValue::Kind::text) return SentAs::Kind::text;
  if (value.kind == JsonValue::Kind::boolean) return SentAs::Kind::flag;
  return value.kind == JsonValue::Kind::object ? SentAs::Kind::file : SentAs::Kind::number;
}

/// The first name that an object has twice, of a document that has been read without fault; nothing when each is there
/// once. A reader keeps only the last of them.
std::string named_twice(std::string_view document) {
  std::set<std::string_view> keys;
  std::size_t depth = 0;
  std::string_view last;  // the text before this place
  for (std::size_t at = 0; at < document.size(); ++at) {
    const char sign = document[at];
    if (sign == '"') {
      const std::size_t begin = ++at;
      while (document[at] != '"') at += document[at] == '\\' ? 2U : 1U;
      last = document.substr(begin, at - begin);
    } else if (sign == '{' || sign == '[') {
      ++depth;
    } else if (sign == '}' || sign == ']') {
      --depth;
    } else if (sign == ':' && depth == 1 && !keys.insert(last).second) {
      return std::string{last};
    }
  }
  return {};
}

Outcome read_json(const std::string& body, NamedValues& values, std::vector<SentFile>& files,
                  std::vector<SentAs>& sent_as, std::string& twice) {
  GUICHET_TRY(document, formats::parse_json(body, "body"));
  if (document.kind != JsonValue::Kind::object)
    return unreadable("body:1:1: the document is no object; write {\"name\": \"value\"}");
  twice = named_twice(body);
  for (const auto& [key, value] : document.members) {
    const bool many = value.kind == JsonValue::Kind::array;
    if (!many) {
      GUICHET_TRY(taken, take_json(key, value, values, files));
      if (value.kind != JsonValue::Kind::null) sent_as.push_back({key, kind_of(value), false});
      continue;
    }
    for (const JsonValue& item : value.items) {
      if (item.kind != JsonValue::Kind::null) sent_as.push_back({key, kind_of(item), true});
      GUICHET_TRY(taken, take_json(key, item, values, files));
    }
  }
  return Done{};
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Spaces and signs that people write around and inside amounts, removed.
std::string without_blanks(std::string text) {
  for (const std::string_view blank : {" ", "\t", "\u00A0", "\u202F", "\u2009", "'", "\u2019", "€"})
    replace_all(text, blank, "");
  return text;
}

/// The whole part of an amount, "1234" or "1.234.567" in groups of three; nothing for another shape.
std::optional<std::string> ungrouped(std::string_view text, char group) {
  if (text.find(group) == std::string_view::npos) return std::string(text);
  std::string digits;
  for (bool first = true;; first = false) {
    const std::size_t end = std::min(text.find(group), text.size());
    if (first ? end == 0 || end > 3 : end != 3) return {};
    digits += text.substr(0, end);
    if (end == text.size()) return digits;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Result<Fields> Fields::of(const Request& request) {
  Fields fields;
  if (request.body.empty()) return fields;
  const std::string* sent = request.header("content-type");
  const HeaderValue type = header_value(sent != nullptr ? std::string_view(*sent) : std::string_view{});
  if (type.value == "application/x-www-form-urlencoded") {
    fields.values_ = parse_query(request.body, kPartsMax + 1);
    if (fields.values_.size() > kPartsMax)
      return unreadable("the form has more than " + std::to_string(kPartsMax) + " fields; send it in several");
  } else if (type.value == "multipart/form-data") {
    const std::string* boundary = find(type.others, "boundary");
    if (boundary == nullptr || boundary->empty() || boundary->size() > kBoundaryBytesMax)
      return unreadable("the type of the form names no boundary of 1 to 70 signs");
    GUICHET_TRY(read, PartReader(request.body, *boundary).read(fields.values_, fields.files_));
    for (auto& [key, value] : fields.values_)
      if (utf8_valid_prefix(value) != value.size()) value = utf8_repair(value);
    for (SentFile& file : fields.files_) file.left_out = request.files_left_out;
  } else if (type.value == "application/json" || type.value.ends_with("+json")) {
    GUICHET_TRY(read, read_json(request.body, fields.values_, fields.files_, fields.sent_as_, fields.twice_));
  } else {
    return unreadable("a body of type \"" + utf8_cut(utf8(type.value), 60) +
                      "\" cannot be read; send application/json, application/x-www-form-urlencoded or "
                      "multipart/form-data");
  }
  return fields;
}

std::string Fields::raw(std::string_view name) const {
  const std::string* value = find(values_, name);
  return value != nullptr ? *value : std::string();
}

std::string Fields::text(std::string_view name) const {
  const std::string value = raw(name);
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\r') {
      out += '\n';
      if (i + 1 < value.size() && value[i + 1] == '\n') ++i;
    } else if (static_cast<std::uint8_t>(c) >= 0x20 ? c != 0x7F : c == '\n' || c == '\t') {
      out += c;
    }
  }
  if (utf8_valid_prefix(out) != out.size()) out = utf8_repair(out);
  // A space that does not break, typed or pasted at an end, is trimmed like any other.
  std::string_view kept = out;
  for (std::size_t before = kept.size() + 1; kept.size() < before;) {
    before = kept.size();
    for (const std::string_view blank : {" ", "\t", "\n", "\u00A0", "\u202F", "\uFEFF"}) {
      if (kept.starts_with(blank)) kept.remove_prefix(blank.size());
      if (kept.ends_with(blank)) kept.remove_suffix(blank.size());
    }
  }
  // Who sends signs that nobody sees has written nothing.
  return is_unseen(kept) ? std::string{} : std::string(kept);
}

std::vector<std::string> Fields::all(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : values_)
    if (key == name && !value.empty()) found.push_back(value);
  return found;
}

bool Fields::checked(std::string_view name) const {
  const std::string value = text(name);
  return value == "on" || value == "1" || value == "true" || value == "yes";
}

std::optional<std::int64_t> Fields::number(std::string_view name) const {
  const std::string value = text(name);
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (value.empty() || read.ec != std::errc{} || read.ptr != end) return {};
  return number;
}

std::optional<std::uint32_t> Fields::cents(std::string_view name) const {
  const std::string amount = without_blanks(text(name));
  // The last sign that is no digit begins the hundredths when one or two digits follow it.
  const std::size_t sign = amount.find_last_of(".,");
  std::string whole = amount;
  std::string hundredths;
  if (sign != std::string::npos) {
    const bool decimal = amount.size() - sign - 1 <= 2;
    const char other = amount[sign] == ',' ? '.' : ',';
    // "1,234" is a thousand to one reader and a little more than one to another.
    if (!decimal && std::count(amount.begin(), amount.end(), amount[sign]) == 1) return {};
    if (decimal) {
      whole.resize(sign);
      hundredths = amount.substr(sign + 1);
    }
    const auto plain = ungrouped(whole, decimal ? other : amount[sign]);
    if (!plain || hundredths.size() > 2 || (decimal && hundredths.empty())) return {};
    whole = *plain;
  }
  hundredths.resize(2, '0');
  const std::string digits = whole + hundredths;
  if (whole.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
  std::uint32_t cents = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, cents);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return cents;
}

}  // namespace guichet::desk
