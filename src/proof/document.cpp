#include <guichet/proof/document.hpp>

#include <algorithm>

#include <guichet/base/utf8.hpp>

namespace guichet::proof {
namespace {

constexpr int kDepthMost = 32;

class Reading {
 public:
  explicit Reading(std::string_view text) : rest_(text) {}

  bool document(DocumentValue& value) {
    if (!read(value, 0)) return false;
    skip();
    return rest_.empty();
  }

 private:
  void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool word(std::string_view expected, DocumentValue::Kind kind, DocumentValue& value) {
    value.kind = kind;
    value.text = expected;
    return take(expected);
  }

  // As deep as kDepthMost.
  bool read(DocumentValue& value, int depth) {
    skip();
    if (rest_.empty() || depth > kDepthMost) return false;
    switch (rest_.front()) {
      case '{': return object(value, depth);
      case '[': return array(value, depth);
      case '"': value.kind = DocumentValue::Kind::text; return text(value.text);
      case 't': return word("true", DocumentValue::Kind::boolean, value);
      case 'f': return word("false", DocumentValue::Kind::boolean, value);
      case 'n': return word("null", DocumentValue::Kind::null, value);
      default: return number(value);
    }
  }

  bool array(DocumentValue& value, int depth) {
    value.kind = DocumentValue::Kind::array;
    take("[");
    skip();
    if (take("]")) return true;
    for (;;) {
      if (!read(value.items.emplace_back(), depth + 1)) return false;
      skip();
      if (take("]")) return true;
      if (!take(",")) return false;
    }
  }

  bool object(DocumentValue& value, int depth) {
    value.kind = DocumentValue::Kind::object;
    take("{");
    skip();
    if (take("}")) return true;
    for (;;) {
      skip();
      DocumentMember& member = value.members.emplace_back();
      if (!text(member.key)) return false;
      skip();
      if (!take(":") || !read(member.value, depth + 1)) return false;
      skip();
      if (take("}")) return names_each_once(value);
      if (!take(",")) return false;
    }
  }

  static bool names_each_once(const DocumentValue& value) {
    std::vector<std::string_view> keys;
    for (const DocumentMember& member : value.members) keys.emplace_back(member.key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
  }

  std::size_t digits() const {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
  }

  void move(std::size_t count, std::string& to) {
    to += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  bool number(DocumentValue& value) {
    value.kind = DocumentValue::Kind::number;
    if (rest_.starts_with('-')) move(1, value.text);
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && rest_.starts_with('0'))) return false;
    move(whole, value.text);
    if (rest_.starts_with('.')) {
      move(1, value.text);
      if (digits() == 0) return false;
      move(digits(), value.text);
    }
    if (rest_.starts_with('e') || rest_.starts_with('E')) {
      move(1, value.text);
      if (rest_.starts_with('-') || rest_.starts_with('+')) move(1, value.text);
      if (digits() == 0) return false;
      move(digits(), value.text);
    }
    return true;
  }

  /// The four digits after \u.
  bool unit(std::uint32_t& value) {
    constexpr std::size_t kDigits = 4;
    if (rest_.size() < kDigits) return false;
    value = 0;
    for (const char c : rest_.substr(0, kDigits)) {
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return false;
      value = value << 4U | static_cast<std::uint32_t>(digit);
    }
    rest_.remove_prefix(kDigits);
    return true;
  }

  bool escape(std::string& to) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kShort = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (const std::size_t which = kShort.find(c); which != std::string_view::npos) {
      to += kMeant[which];
      return true;
    }
    std::uint32_t point = 0;
    if (c != 'u' || !unit(point)) return false;
    if (point >= 0xDC00 && point <= 0xDFFF) return false;
    if (point >= 0xD800 && point <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!take("\\u") || !unit(low) || low < 0xDC00 || low > 0xDFFF) return false;
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    }
    utf8_put(point, to);
    return true;
  }

  bool text(std::string& to) {
    if (!take("\"")) return false;
    for (;;) {
      const auto plain = [](char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; };
      move(static_cast<std::size_t>(std::ranges::find_if_not(rest_, plain) - rest_.begin()), to);
      if (take("\"")) return true;
      if (!take("\\") || !escape(to)) return false;
    }
  }

  std::string_view rest_;
};

}  // namespace

const DocumentValue* DocumentValue::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &DocumentMember::key);
  return found == members.end() ? nullptr : &found->value;
}

// As deep as the documents are.
bool same(const DocumentValue& a, const DocumentValue& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() || a.members.size() != b.members.size())
    return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(a.items[i], b.items[i])) return false;
  return std::ranges::all_of(a.members, [&b](const DocumentMember& member) {
    const DocumentValue* other = b.find(member.key);
    return other != nullptr && same(member.value, *other);
  });
}

std::optional<DocumentValue> read_document(std::string_view text) {
  if (utf8_valid_prefix(text) != text.size()) return std::nullopt;
  DocumentValue value;
  if (!Reading(text).document(value)) return std::nullopt;
  return value;
}

}  // namespace guichet::proof
