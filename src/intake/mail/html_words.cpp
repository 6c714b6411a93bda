#include <guichet/intake/mail/html_words.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include <guichet/base/utf8.hpp>
#include <guichet/intake/mail/head.hpp>
#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {
namespace {

struct Entity {
  std::string_view name;
  std::uint16_t code;
};
/// HTML 4.01, 24.2 to 24.4: those that mails in European languages hold. Sorted by name.
constexpr std::array kEntities{
    Entity{"AElig", 198},   Entity{"Aacute", 193},  Entity{"Acirc", 194},   Entity{"Agrave", 192},
    Entity{"Aring", 197},   Entity{"Atilde", 195},  Entity{"Auml", 196},    Entity{"Ccedil", 199},
    Entity{"ETH", 208},     Entity{"Eacute", 201},  Entity{"Ecirc", 202},   Entity{"Egrave", 200},
    Entity{"Euml", 203},    Entity{"Iacute", 205},  Entity{"Icirc", 206},   Entity{"Igrave", 204},
    Entity{"Iuml", 207},    Entity{"Ntilde", 209},  Entity{"OElig", 338},   Entity{"Oacute", 211},
    Entity{"Ocirc", 212},   Entity{"Ograve", 210},  Entity{"Oslash", 216},  Entity{"Otilde", 213},
    Entity{"Ouml", 214},    Entity{"THORN", 222},   Entity{"Uacute", 218},  Entity{"Ucirc", 219},
    Entity{"Ugrave", 217},  Entity{"Uuml", 220},    Entity{"Yacute", 221},  Entity{"Yuml", 376},
    Entity{"aacute", 225},  Entity{"acirc", 226},   Entity{"acute", 180},   Entity{"aelig", 230},
    Entity{"agrave", 224},  Entity{"amp", 38},      Entity{"apos", 39},     Entity{"aring", 229},
    Entity{"atilde", 227},  Entity{"auml", 228},    Entity{"bdquo", 8222},  Entity{"brvbar", 166},
    Entity{"bull", 8226},   Entity{"ccedil", 231},  Entity{"cedil", 184},   Entity{"cent", 162},
    Entity{"copy", 169},    Entity{"curren", 164},  Entity{"dagger", 8224}, Entity{"deg", 176},
    Entity{"divide", 247},  Entity{"eacute", 233},  Entity{"ecirc", 234},   Entity{"egrave", 232},
    Entity{"emsp", 8195},   Entity{"ensp", 8194},   Entity{"eth", 240},     Entity{"euml", 235},
    Entity{"euro", 8364},   Entity{"frac12", 189},  Entity{"frac14", 188},  Entity{"frac34", 190},
    Entity{"gt", 62},       Entity{"hellip", 8230}, Entity{"iacute", 237},  Entity{"icirc", 238},
    Entity{"iexcl", 161},   Entity{"igrave", 236},  Entity{"iquest", 191},  Entity{"iuml", 239},
    Entity{"laquo", 171},   Entity{"larr", 8592},   Entity{"ldquo", 8220},  Entity{"lsaquo", 8249},
    Entity{"lsquo", 8216},  Entity{"lt", 60},       Entity{"macr", 175},    Entity{"mdash", 8212},
    Entity{"micro", 181},   Entity{"middot", 183},  Entity{"nbsp", 160},    Entity{"ndash", 8211},
    Entity{"not", 172},     Entity{"ntilde", 241},  Entity{"oacute", 243},  Entity{"ocirc", 244},
    Entity{"oelig", 339},   Entity{"ograve", 242},  Entity{"ordf", 170},    Entity{"ordm", 186},
    Entity{"oslash", 248},  Entity{"otilde", 245},  Entity{"ouml", 246},    Entity{"para", 182},
    Entity{"permil", 8240}, Entity{"plusmn", 177},  Entity{"pound", 163},   Entity{"quot", 34},
    Entity{"raquo", 187},   Entity{"rarr", 8594},   Entity{"rdquo", 8221},  Entity{"reg", 174},
    Entity{"rsaquo", 8250}, Entity{"rsquo", 8217},  Entity{"sbquo", 8218},  Entity{"sect", 167},
    Entity{"shy", 173},     Entity{"sup1", 185},    Entity{"sup2", 178},    Entity{"sup3", 179},
    Entity{"szlig", 223},   Entity{"thinsp", 8201}, Entity{"thorn", 254},   Entity{"times", 215},
    Entity{"trade", 8482},  Entity{"uacute", 250},  Entity{"ucirc", 251},   Entity{"ugrave", 249},
    Entity{"uml", 168},     Entity{"uuml", 252},    Entity{"yacute", 253},  Entity{"yen", 165},
    Entity{"yuml", 255},    Entity{"zwj", 8205},    Entity{"zwnj", 8204}};
static_assert(std::is_sorted(kEntities.begin(), kEntities.end(),
                             [](const Entity& a, const Entity& b) { return a.name < b.name; }));

/// The character that the reference at the start of `text` stands for, and its length; nothing when it is none.
struct Reference {
  std::uint32_t code;
  std::size_t bytes;
};
std::optional<Reference> reference(std::string_view text) {
  const std::size_t end = text.substr(0, std::min<std::size_t>(text.size(), 12)).find_first_of("; <\n\t", 1);
  const std::string_view name = text.substr(1, (end == std::string_view::npos ? text.size() : end) - 1);
  const bool closed = end != std::string_view::npos && text[end] == ';';
  const std::size_t bytes = 1 + name.size() + (closed ? 1 : 0);
  if (name.size() > 1 && name[0] == '#') {
    std::uint32_t code = 0;
    const bool hexadecimal = name[1] == 'x' || name[1] == 'X';
    const char* const first = name.data() + (hexadecimal ? 2 : 1);
    const auto [stop, fault] = std::from_chars(first, name.data() + name.size(), code, hexadecimal ? 16 : 10);
    if (fault != std::errc{} || stop != name.data() + name.size()) return {};
    if (code >= 0x80 && code < 0xA0) code = '?';  // control signs; mails that mean windows-1252 are older than UTF-8
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) || code < 0x20)
      code = code == 9 || code == 10 ? ' ' : 0xFFFD;
    return Reference{code, bytes};
  }
  if (!closed) return {};
  const auto found = std::lower_bound(kEntities.begin(), kEntities.end(), name,
                                      [](const Entity& e, std::string_view n) { return e.name < n; });
  if (found == kEntities.end() || found->name != name) return {};
  return Reference{found->code, bytes};
}

enum class Does : std::uint8_t { nothing, line, paragraph, cell, skip, raw, quote, link, item, image };
struct Element {
  std::string_view name;
  Does does;
};
constexpr std::array kElements{
    Element{"a", Does::link},           Element{"address", Does::line},  Element{"article", Does::line},
    Element{"blockquote", Does::quote}, Element{"br", Does::line},       Element{"center", Does::line},
    Element{"dd", Does::line},          Element{"div", Does::line},      Element{"dl", Does::line},
    Element{"dt", Does::line},          Element{"footer", Does::line},   Element{"form", Does::line},
    Element{"h1", Does::paragraph},     Element{"h2", Does::paragraph},  Element{"h3", Does::paragraph},
    Element{"h4", Does::paragraph},     Element{"h5", Does::paragraph},  Element{"h6", Does::paragraph},
    Element{"head", Does::skip},        Element{"header", Does::line},   Element{"hr", Does::line},
    Element{"img", Does::image},        Element{"li", Does::item},       Element{"main", Does::line},
    Element{"object", Does::skip},      Element{"ol", Does::line},       Element{"p", Does::paragraph},
    Element{"pre", Does::raw},          Element{"script", Does::skip},   Element{"section", Does::line},
    Element{"select", Does::skip},      Element{"style", Does::skip},    Element{"table", Does::line},
    Element{"td", Does::cell},          Element{"template", Does::skip}, Element{"textarea", Does::skip},
    Element{"th", Does::cell},          Element{"title", Does::skip},    Element{"tr", Does::line},
    Element{"ul", Does::line}};
static_assert(std::is_sorted(kElements.begin(), kElements.end(),
                             [](const Element& a, const Element& b) { return a.name < b.name; }));

Does what_does(std::string_view name) {
  const auto found = std::lower_bound(kElements.begin(), kElements.end(), name,
                                      [](const Element& e, std::string_view n) { return e.name < n; });
  return found != kElements.end() && found->name == name ? found->does : Does::nothing;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&')
      if (const auto found = reference(text.substr(i))) {
        utf8_put(found->code, out);
        i += found->bytes;
        continue;
      }
    out += text[i++];
  }
  return out;
}

/// Lines under construction.
class Lines {
 public:
  explicit Lines(std::size_t bytes) : bytes_(bytes) {}

  bool full() const { return out_.size() >= bytes_; }
  void word(std::string_view text) {
    if (text.empty() || full()) return;
    if (at_start_) {
      for (int i = 0; i < std::min(quotes_, 20); ++i) out_ += i + 1 == std::min(quotes_, 20) ? "> " : ">";
      at_start_ = false;
      gap_ = false;
    }
    if (gap_) out_ += ' ';
    gap_ = false;
    out_ += text;
  }
  void gap() { gap_ = gap_ || !at_start_; }
  void line() {
    if (!at_start_) {
      out_ += '\n';
      blank_ = 0;
    }
    at_start_ = true;
    gap_ = false;
  }
  void break_line() {
    if (at_start_) {
      if (!out_.empty() && blank_ < 2 && !full()) {
        out_ += '\n';
        ++blank_;
      }
      return;
    }
    line();
  }
  void paragraph() {
    line();
    if (!out_.empty() && blank_ == 0 && !full()) {
      out_ += '\n';
      blank_ = 1;
    }
  }
  void raw_line() {
    if (full()) return;
    if (at_start_) {
      out_ += '\n';
    } else {
      line();
    }
  }
  void quote(int by) {
    line();
    quotes_ = std::max(0, quotes_ + by);
  }
  std::size_t size() const { return out_.size(); }
  std::string_view since(std::size_t from) const { return std::string_view(out_).substr(std::min(from, out_.size())); }
  std::string take() {
    while (!out_.empty() && is_blank(out_.back())) out_.pop_back();
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  std::string out_;
  std::size_t bytes_;
  int quotes_ = 0;
  int blank_ = 0;
  bool at_start_ = true;
  bool gap_ = false;
};

constexpr std::size_t kTagBytesMax = 16'384;

/// A tag from "<" on: its name in lower case, its attributes as they are, and its length.
struct Tag {
  std::string name;
  std::string_view attributes;
  std::size_t bytes{};
  bool closes{};
};

/// Where a tag ends when its quotes do not say so is its first ">"; `stray` says that it was so.
std::optional<Tag> read_tag(std::string_view text, bool quotes, bool& stray) {
  Tag tag;
  std::size_t i = 1;
  if (i < text.size() && text[i] == '/') {
    tag.closes = true;
    ++i;
  }
  const std::size_t start = i;
  while (i < text.size() && ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
                             (text[i] >= '0' && text[i] <= '9') || text[i] == ':' || text[i] == '-'))
    ++i;
  if (i == start || (text[start] >= '0' && text[start] <= '9')) return {};
  tag.name = lower_case(text.substr(start, std::min<std::size_t>(i - start, 20)));
  const std::size_t after_name = i;
  char quote = '\0';
  // A quote that never closes must not swallow the mail.
  const std::size_t stop = std::min(text.size(), after_name + kTagBytesMax);
  for (; i < stop; ++i) {
    if (quote != '\0') {
      if (text[i] == quote) quote = '\0';
    } else if (text[i] == '>') {
      tag.attributes = text.substr(after_name, i - after_name);
      tag.bytes = i + 1;
      return tag;
    } else if (quotes && (text[i] == '"' || text[i] == '\'') && text[i - 1] == '=') {
      quote = text[i];
    }
  }
  stray = true;
  const std::size_t plain = text.substr(0, stop).find('>', after_name);
  tag.bytes = plain == std::string_view::npos ? stop : plain + 1;
  return tag;
}

/// The value of an attribute, decoded; empty when it is not there.
std::string attribute(std::string_view attributes, std::string_view wanted) {
  for (std::size_t i = 0; i < attributes.size();) {
    while (i < attributes.size() && (is_blank(attributes[i]) || attributes[i] == '/')) ++i;
    const std::size_t start = i;
    while (i < attributes.size() && !is_blank(attributes[i]) && attributes[i] != '=') ++i;
    const std::string_view name = attributes.substr(start, i - start);
    while (i < attributes.size() && is_blank(attributes[i])) ++i;
    std::string_view value;
    if (i < attributes.size() && attributes[i] == '=') {
      ++i;
      while (i < attributes.size() && is_blank(attributes[i])) ++i;
      if (i < attributes.size() && (attributes[i] == '"' || attributes[i] == '\'')) {
        const std::size_t end = attributes.find(attributes[i], i + 1);
        value = attributes.substr(i + 1, (end == std::string_view::npos ? attributes.size() : end) - i - 1);
        i = end == std::string_view::npos ? attributes.size() : end + 1;
      } else {
        const std::size_t begin = i;
        while (i < attributes.size() && !is_blank(attributes[i])) ++i;
        value = attributes.substr(begin, i - begin);
      }
    } else if (i == start) {
      ++i;
    }
    if (same_word(name, wanted)) return decoded(value);
  }
  return {};
}

/// Where the element `name` that opened before `html` ends: behind its closing tag, or at the end.
std::size_t behind_closing(std::string_view html, std::string_view name) {
  for (std::size_t i = html.find('<'); i != std::string_view::npos; i = html.find('<', i + 1)) {
    if (i + 2 + name.size() > html.size() || html[i + 1] != '/') continue;
    if (!same_word(html.substr(i + 2, name.size()), name)) continue;
    const std::size_t end = html.find('>', i);
    return end == std::string_view::npos ? html.size() : end + 1;
  }
  return html.size();
}

class Reading {
 public:
  Reading(std::string_view html, std::size_t bytes) : html_(html), lines_(bytes) {}

  std::string run() {
    while (at_ < html_.size() && !lines_.full()) {
      if (html_[at_] == '<' && tag()) continue;
      words();
    }
    return lines_.take();
  }

 private:
  /// False when "<" begins no tag and is a word like any other.
  bool tag() {
    if (html_.substr(at_).starts_with("<!--")) {
      // A comment that never closes ends at its first ">". That there is no end is found out once.
      const std::size_t end = comments_end_ ? html_.find("-->", at_ + 4) : std::string_view::npos;
      comments_end_ = end != std::string_view::npos;
      const std::size_t other = end == std::string_view::npos ? html_.find('>', at_) : end + 2;
      at_ = other == std::string_view::npos ? html_.size() : other + 1;
      return true;
    }
    if (at_ + 1 < html_.size() && (html_[at_ + 1] == '!' || html_[at_ + 1] == '?')) {
      const std::size_t end = html_.find('>', at_);
      at_ = end == std::string_view::npos ? html_.size() : end + 1;
      return true;
    }
    bool stray = false;
    const auto found = read_tag(html_.substr(at_), at_ >= stray_until_, stray);
    if (!found) return false;
    // What was looked through in vain for a closing quote is not looked through again.
    if (stray) stray_until_ = std::max(stray_until_, at_ + kTagBytesMax);
    at_ += found->bytes;
    apply(*found);
    return true;
  }

  void apply(const Tag& tag) {
    switch (what_does(tag.name)) {
      case Does::nothing: break;
      case Does::line:
        if (tag.name == "br") {
          lines_.break_line();
        } else {
          lines_.line();
        }
        if (tag.name == "hr") {
          lines_.word("---");
          lines_.line();
        }
        break;
      case Does::paragraph: lines_.paragraph(); break;
      case Does::cell: lines_.gap(); break;
      case Does::skip:
        // Searched for its end once only: an element that never ends is no reason to look again and again.
        if (tag.closes) break;
        if (std::find(unclosed_.begin(), unclosed_.end(), tag.name) == unclosed_.end()) {
          const std::size_t end = behind_closing(html_.substr(at_), tag.name);
          if (at_ + end >= html_.size() && tag.name != "script" && tag.name != "style") {
            unclosed_.push_back(tag.name);
          } else {
            at_ += end;
          }
        }
        break;
      case Does::raw:
        lines_.paragraph();
        raw_ = tag.closes ? std::max(0, raw_ - 1) : raw_ + 1;
        break;
      case Does::quote: lines_.quote(tag.closes ? -1 : 1); break;
      case Does::link: link(tag); break;
      case Does::item:
        lines_.line();
        if (!tag.closes) {
          lines_.word("-");
          lines_.gap();
        }
        break;
      case Does::image:
        if (std::string said = attribute(tag.attributes, "alt"); !said.empty()) {
          std::replace_if(said.begin(), said.end(), is_blank, ' ');
          lines_.gap();
          lines_.word(said);
          lines_.gap();
        }
        break;
    }
  }

  void link(const Tag& tag) {
    if (!tag.closes) {
      href_ = attribute(tag.attributes, "href");
      link_from_ = lines_.size();
      return;
    }
    const std::string_view words = lines_.since(link_from_).substr(0, 4'000);
    const bool leads_out =
        href_.starts_with("http://") || href_.starts_with("https://") || href_.starts_with("mailto:");
    const std::string_view bare = std::string_view(href_).substr(href_.starts_with("mailto:") ? 7 : 0);
    if (leads_out && href_.size() < 2'000 && words.find(bare) == std::string_view::npos &&
        bare.find_first_of("\r\n\t <>") == std::string_view::npos) {
      lines_.gap();
      lines_.word("<" + std::string(bare) + ">");
    }
    href_.clear();
  }

  void words() {
    std::string word;
    const auto flush = [&] {
      lines_.word(word);
      word.clear();
    };
    bool first = true;
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<' && !first) break;
      first = false;
      if (c == '&') {
        if (const auto found = reference(html_.substr(at_))) {
          if (found->code != 173) utf8_put(found->code, word);  // a soft hyphen is no sign
          at_ += found->bytes;
          continue;
        }
      }
      ++at_;
      if (!is_blank(c) || (raw_ > 0 && (c == ' ' || c == '\t'))) {
        word += c;
      } else if (raw_ > 0 && c == '\n') {
        flush();
        lines_.raw_line();
      } else if (raw_ == 0) {
        flush();
        lines_.gap();
      }
      if (word.size() > 65'536) flush();
      if (lines_.full()) break;
    }
    flush();
  }

  std::string_view html_;
  Lines lines_;
  std::size_t at_ = 0;
  int raw_ = 0;
  std::string href_;
  std::vector<std::string> unclosed_;
  bool comments_end_ = true;
  std::size_t stray_until_ = 0;
  std::size_t link_from_ = 0;
};

}  // namespace

std::string html_words(std::string_view html, std::size_t bytes) { return Reading(html, bytes).run(); }

}  // namespace guichet::intake::mail
