#include <guichet/formats/xml_scan.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <guichet/base/utf8.hpp>

namespace guichet::formats {
namespace {

constexpr std::size_t kAttributesMax = 32;  // more of them, and looking for doubles one by one is slow

// What a byte may be part of. Names beyond ASCII are left to expat, which knows their tables.
constexpr std::uint8_t kNameStart = 1;
constexpr std::uint8_t kName = 2;
constexpr std::uint8_t kBlank = 4;
constexpr std::uint8_t kPlain = 8;       // an attribute value has it as it stands
constexpr std::uint8_t kForbidden = 16;  // in all of a document (XML 1.0, 2.2)

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (letter) classes[c] |= kNameStart;
    if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.') classes[c] |= kName;
    if (blank) classes[c] |= kBlank;
    if (c < ' ' && !blank) classes[c] |= kForbidden;
    if (c >= ' ' && c < 0x80 && c != '<' && c != '&' && c != '"' && c != '\'') classes[c] |= kPlain;
  }
  return classes;
}();

bool is(char c, std::uint8_t kind) { return (kClasses[static_cast<unsigned char>(c)] & kind) != 0; }

const char* skip(const char* p, std::uint8_t kind) {
  while (is(*p, kind)) ++p;
  return p;
}

std::string_view between(const char* from, const char* to) { return {from, static_cast<std::size_t>(to - from)}; }

/// Eight bytes at a time over what stands for itself in a value.
const char* skip_plain(const char* p, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101U;
  constexpr std::uint64_t kTops = 0x8080'8080'8080'8080U;
  const auto none_is = [](std::uint64_t word, char c) {
    const std::uint64_t same = word ^ (kOnes * static_cast<unsigned char>(c));
    return (same - kOnes) & ~same;
  };
  for (; end - p >= 8; p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    const std::uint64_t special = word | (word - kOnes * 0x20) | none_is(word, '"') | none_is(word, '\'') |
                                  none_is(word, '<') | none_is(word, '&');
    if ((special & kTops) != 0) break;
  }
  return skip(p, kPlain);
}

/// Characters that may stand in a document: UTF-8, no control codes, neither U+FFFE nor U+FFFF.
bool allowed(std::string_view text) {
  bool ascii = true;
  for (const char c : text) {
    if (is(c, kForbidden)) return false;
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  }
  return ascii || (utf8_valid_prefix(text) == text.size() && text.find("\xEF\xBF\xBE") == std::string_view::npos &&
                   text.find("\xEF\xBF\xBF") == std::string_view::npos);
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto tail = [&](std::uint32_t shift) { add(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) return add(point);
  if (point < 0x800) return add(0xC0U | (point >> 6)), tail(0);
  if (point < 0x10000) return add(0xE0U | (point >> 12)), tail(6), tail(0);
  add(0xF0U | (point >> 18)), tail(12), tail(6), tail(0);
}

/// Appends what "&NAME;" stands for; false when that is nothing we know.
bool append_reference(std::string_view name, std::string& out) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kKnown{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, c] : kKnown)
    if (name == known) {
      out += c;
      return true;
    }
  if (!name.starts_with('#')) return false;
  const bool hex = name.starts_with("#x");
  name.remove_prefix(hex ? 2 : 1);
  std::uint32_t point = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), point, hex ? 16 : 10);
  if (fault != std::errc{} || end != name.data() + name.size() || point > 0x10FFFF) return false;
  if ((point < 0x20 && !is(static_cast<char>(point), kBlank)) || (point >= 0xD800 && point < 0xE000) ||
      point == 0xFFFE || point == 0xFFFF)
    return false;
  append_utf8(point, out);
  return true;
}

bool same_but_for_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

}  // namespace

/// Counts lines, which end in LF, CR or CR LF. No token ends between those two.
void XmlScanner::pass(std::string_view bytes) {
  const bool returns = bytes.find('\r') != std::string_view::npos;
  std::size_t line_start = 0;
  while (true) {
    const std::size_t at = returns ? bytes.find_first_of("\r\n", line_start) : bytes.find('\n', line_start);
    if (at == bytes.npos) break;
    line_start = at + (bytes.substr(at).starts_with("\r\n") ? 2U : 1U);
    ++place_.line;
    place_.column = 1;
  }
  place_.column += utf8_length(bytes.substr(line_start));
}

XmlScanner::XmlScanner(const XmlHandlers& handlers, const XmlLimits& limits)
    : handlers_(handlers),
      limits_(limits),
      block_(limits.block_bytes + 1, '\0'),
      at_(block_.data()),
      end_(at_),
      counted_(at_) {
  decoded_.reserve(limits.block_bytes);  // so that it never moves: no tag is longer than a block
}

XmlPlace XmlScanner::place() {
  pass(between(counted_, at_));
  counted_ = at_;
  return place_;
}

std::string XmlScanner::way_here() const {
  if (after_root_) return "<a/>";
  if (open_.empty()) return place_.line + place_.column == 2 ? "" : "<!---->";
  std::string way;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const std::size_t next = i + 1 < open_.size() ? open_[i + 1] : names_.size();
    way.append("<").append(names_, open_[i], next - open_[i]).append(">");
  }
  return way;
}

/// Moves the unfinished token to the front and fills the block; false when there is no room for more.
Result<bool> XmlScanner::refill(ByteSource& source) {
  place();
  std::size_t held = rest().size();
  if (held == limits_.block_bytes) return false;
  std::memmove(block_.data(), at_, held);
  at_ = counted_ = block_.data();
  while (held < limits_.block_bytes) {
    GUICHET_TRY(got, source.read({block_.data() + held, limits_.block_bytes - held}));
    held += got;
    last_ = got == 0;
    if (last_) break;
  }
  end_ = at_ + held;
  block_[held] = '\0';
  return true;
}

Result<XmlScanner::End> XmlScanner::read(ByteSource& source) {
  while (true) {
    GUICHET_TRY(room, refill(source));
    if (!room) return End::handed_over;
    switch (scan()) {
      case Token::taken: return End::whole;
      case Token::stopped: return End::stopped;
      case Token::unknown: return End::handed_over;
      case Token::unfinished: break;
    }
    if (last_) return End::handed_over;
    if (handlers_.progress) handlers_.progress(source.done(), source.total());
  }
}

/// All tokens of the block; taken only at the end of the document.
XmlScanner::Token XmlScanner::scan() {
  while (true) {
    if (at_ == end_) return last_ && after_root_ ? Token::taken : Token::unfinished;
    Token token{};
    if (!begun_)
      token = beginning();
    else if (*at_ != '<')
      token = text();
    else if (at_[1] == '/')
      token = end_tag();
    else if (at_[1] == '?')
      token = instruction();
    else if (at_[1] == '!')
      token = comment();
    else
      token = start_tag();
    if (token != Token::taken) return token;
  }
}

/// A byte order mark and <?xml …?>, one, both or none.
XmlScanner::Token XmlScanner::beginning() {
  constexpr std::string_view kLongest = "\xEF\xBB\xBF<?xml ";
  if (rest().size() < kLongest.size() && !last_) return Token::unfinished;
  const char* p = at_;
  if (rest().starts_with("\xEF\xBB\xBF")) p += 3;
  if (!between(p, end_).starts_with("<?xml") || !is(p[5], kBlank)) {
    // UTF-16 shows itself by a zero byte, and one byte alone is no document.
    if (end_ - p < 2 || (*p != '<' && !is(*p, kBlank)) || p[1] == '\0') return Token::unknown;
    at_ = p;
    begun_ = true;
    return Token::taken;
  }
  p += 5;
  attributes_.clear();
  decoded_.clear();
  while (true) {
    const char* const behind = skip(p, kBlank);
    if (*behind == '?') {
      if (behind[1] != '>') return broken(behind + 1);
      p = behind + 2;
      break;
    }
    if (behind == p) return broken(p);
    p = behind;
    if (const Token token = attribute(p); token != Token::taken) return token;
  }
  auto next = attributes_.begin();
  const auto is_next = [&](std::string_view name) { return next != attributes_.end() && next->name == name; };
  if (!decoded_.empty() || !is_next("version") || next->value != "1.0") return Token::unknown;
  ++next;
  if (is_next("encoding") && !same_but_for_case(next++->value, "utf-8")) return Token::unknown;
  if (is_next("standalone") && next->value != "yes" && next->value != "no") return Token::unknown;
  if (is_next("standalone")) ++next;
  if (next != attributes_.end()) return Token::unknown;
  at_ = p;
  begun_ = true;
  return Token::taken;
}

/// What stands between tags. References and brackets mean something there, and are rare in what we read.
XmlScanner::Token XmlScanner::text() {
  const char* p = skip(at_, kBlank);
  if (p == end_ && last_ && after_root_) {
    at_ = p;
    return Token::taken;
  }
  if (*p != '<') {
    if (p != end_ && open_.empty()) return Token::unknown;
    p = static_cast<const char*>(std::memchr(p, '<', static_cast<std::size_t>(end_ - p)));
    if (p == nullptr) return Token::unfinished;
    const std::string_view text = between(at_, p);
    if (text.find_first_of("&]") != text.npos || !allowed(text)) return Token::unknown;
  }
  at_ = p;
  return Token::taken;
}

XmlScanner::Token XmlScanner::instruction() {
  const char* p = at_ + 2;
  if (!is(*p, kNameStart)) return broken(p);
  p = skip(p, kName);
  if (same_but_for_case(between(at_ + 2, p), "xml")) return broken(p);
  if (*p != '?' && !is(*p, kBlank)) return broken(p);
  const std::string_view behind = between(p, end_);
  const std::size_t close = behind.find("?>");
  if (close == behind.npos) return Token::unfinished;
  if ((*p == '?' && close != 0) || !allowed(behind.substr(0, close))) return Token::unknown;
  at_ = p + close + 2;
  return Token::taken;
}

XmlScanner::Token XmlScanner::comment() {
  if (rest().size() < 4) return Token::unfinished;
  if (!rest().starts_with("<!--")) return Token::unknown;
  const std::size_t close = rest().find("--", 4);
  if (close == std::string_view::npos || close + 2 >= rest().size()) return Token::unfinished;
  if (rest()[close + 2] != '>' || !allowed(rest().substr(4, close - 4))) return Token::unknown;
  at_ += close + 3;
  return Token::taken;
}

XmlScanner::Token XmlScanner::start_tag() {
  const char* p = at_ + 1;
  if (!is(*p, kNameStart)) return broken(p);
  p = skip(p, kName);
  const std::string_view name = between(at_ + 1, p);
  attributes_.clear();
  decoded_.clear();
  while (true) {
    const char* const behind = skip(p, kBlank);
    if (*behind == '>') return tell_start(name, behind + 1, false);
    if (*behind == '/') return behind[1] == '>' ? tell_start(name, behind + 2, true) : broken(behind + 1);
    if (behind == p) return broken(p);
    p = behind;
    if (const Token token = attribute(p); token != Token::taken) return token;
  }
}

/// NAME="VALUE" at `p`, which goes behind it.
XmlScanner::Token XmlScanner::attribute(const char*& p) {
  if (!is(*p, kNameStart)) return broken(p);
  const char* const name_at = p;
  p = skip(p, kName);
  const std::string_view name = between(name_at, p);
  for (const XmlAttribute& before : attributes_)
    if (before.name == name) return Token::unknown;
  if (attributes_.size() == kAttributesMax) return Token::unknown;
  p = skip(p, kBlank);
  if (*p != '=') return broken(p);
  p = skip(p + 1, kBlank);
  const char quote = *p;
  if (quote != '"' && quote != '\'') return broken(p);
  const char* const value_at = ++p;
  bool ascii = true;
  bool as_it_stands = true;
  for (; *(p = skip_plain(p, end_)) != quote; ++p) {
    if (p == end_) return Token::unfinished;
    if (*p == '<') return Token::unknown;
    if (static_cast<unsigned char>(*p) >= 0x80)
      ascii = false;
    else if (*p != '"' && *p != '\'')
      as_it_stands = false;
  }
  std::string_view value = between(value_at, p++);
  if ((!ascii || !as_it_stands) && !allowed(value)) return Token::unknown;
  if (!as_it_stands) {
    const std::size_t start = decoded_.size();
    if (!decode(value)) return Token::unknown;
    value = std::string_view(decoded_).substr(start);
  }
  attributes_.push_back({name, value});
  return Token::taken;
}

/// Appends a value with its references resolved and its line ends and tabs as spaces (XML 1.0, 2.11 and 3.3.3).
bool XmlScanner::decode(std::string_view raw) {
  while (!raw.empty()) {
    std::size_t length = 1;
    if (raw[0] == '&') {
      const std::size_t close = raw.find(';');
      if (close == raw.npos || !append_reference(raw.substr(1, close - 1), decoded_)) return false;
      length = close + 1;
    } else if (is(raw[0], kBlank)) {
      decoded_ += ' ';
      if (raw.starts_with("\r\n")) length = 2;
    } else {
      decoded_ += raw[0];
    }
    raw.remove_prefix(length);
  }
  return true;
}

XmlScanner::Token XmlScanner::tell_start(std::string_view name, const char* behind, bool empty) {
  if (after_root_ || open_.size() >= limits_.depth_max) return Token::unknown;
  if (std::string why = handlers_.start(xml_local(name), XmlAttributes(attributes_)); !why.empty())
    return stop(std::move(why));
  if (empty) return tell_end(name, behind);
  open_.push_back(names_.size());
  names_ += name;
  at_ = behind;
  return Token::taken;
}

XmlScanner::Token XmlScanner::end_tag() {
  if (open_.empty()) return Token::unknown;
  const std::string_view name = std::string_view(names_).substr(open_.back());
  const char* p = at_ + 2;
  if (rest().size() < name.size() + 3) return Token::unfinished;
  if (between(p, p + name.size()) != name) return Token::unknown;
  p = skip(p + name.size(), kBlank);
  if (*p != '>') return broken(p);
  if (std::string why = handlers_.end(xml_local(name)); !why.empty()) return stop(std::move(why));
  names_.resize(open_.back());
  open_.pop_back();
  at_ = p + 1;
  after_root_ = open_.empty();
  return Token::taken;
}

XmlScanner::Token XmlScanner::tell_end(std::string_view name, const char* behind) {
  at_ = behind;  // the end of an empty element is told behind it
  if (std::string why = handlers_.end(xml_local(name)); !why.empty()) return stop(std::move(why));
  after_root_ = open_.empty();
  return Token::taken;
}

XmlScanner::Token XmlScanner::stop(std::string why) {
  why_ = std::move(why);
  return Token::stopped;
}

}  // namespace guichet::formats
