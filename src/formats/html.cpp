#include <guichet/formats/html.hpp>

#include <algorithm>
#include <array>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/embedded/styles.hpp>

namespace guichet::formats {
namespace {

// Elements that have no end tag in HTML (HTML Living Standard, section 13.1.2 "void elements").
constexpr std::array<std::string_view, 8> kVoid{"br", "col", "hr", "img", "input", "link", "meta", "wbr"};

/// What a byte becomes where it may not stand as it is; null: it may.
constexpr std::array<const char*, 128> escapes() {
  std::array<const char*, 128> table{};
  // Control characters are in no version of XML 1.0 and mean nothing on a page.
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = "\ufffd";
  table['\t'] = table['\n'] = nullptr;
  table[0x7f] = "\ufffd";
  table['&'] = "&amp;";
  table['<'] = "&lt;";
  table['>'] = "&gt;";
  table['"'] = "&quot;";
  table['\''] = "&#39;";
  return table;
}
constexpr std::array<const char*, 128> kEscapes = escapes();

/// Escapes well-formed UTF-8, for text and for quoted attributes alike: runs of plain bytes are copied whole.
void escape_valid(std::string_view words, std::string& out) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto byte = static_cast<unsigned char>(words[i]);
    if (byte >= kEscapes.size() || kEscapes[byte] == nullptr) continue;
    out.append(words, start, i - start).append(kEscapes[byte]);
    start = i + 1;
  }
  out.append(words, start);
}

void escape(std::string_view words, std::string& out) {
  // Most words are plain letters: looked at once, and copied whole.
  std::size_t plain = 0;
  while (plain < words.size() && static_cast<unsigned char>(words[plain]) < kEscapes.size() &&
         kEscapes[static_cast<unsigned char>(words[plain])] == nullptr)
    ++plain;
  out.append(words, 0, plain);
  words.remove_prefix(plain);
  if (words.empty()) return;
  if (utf8_valid_prefix(words) == words.size())
    escape_valid(words, out);
  else
    escape_valid(utf8_repair(words), out);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The scheme of an address in small letters, or empty when it is relative. Browsers skip spaces and
/// control characters before and inside a scheme ("java\tscript:"), so these are no scheme of ours.
std::string scheme(std::string_view address) {
  const std::size_t end = address.find_first_of(":/?#");
  if (end == std::string_view::npos || address[end] != ':') return {};
  std::string name(address.substr(0, end));
  std::ranges::transform(name, name.begin(), lower);
  return name.empty() ? ":" : name;
}

}  // namespace

Url::Url(std::string_view address) : text_("#") {
  const std::string kind = scheme(address);
  if (kind.empty() || kind == "http" || kind == "https" || kind == "mailto") text_ = address;
}

HtmlAttribute::HtmlAttribute(HtmlName name, std::string value) : name_(name.text()), value_(std::move(value)) {
  GUICHET_CHECK(!name.is_address(), "an address is given as a Url");
}

HtmlAttribute::HtmlAttribute(HtmlName name, const Url& address) : name_(name.text()), value_(address.text()) {
  GUICHET_CHECK(name.is_address(), "only addresses are given as a Url");
}

void Html::tag(HtmlName element, Attributes attributes) {
  text_.append("<").append(element.text());
  for (const HtmlAttribute& attribute : attributes) {
    text_.append(" ").append(attribute.name()).append("=\"");
    escape(attribute.value(), text_);
    text_ += '"';
  }
}

Html& Html::open(HtmlName element, Attributes attributes) {
  tag(element, attributes);
  text_ += '>';
  open_.push_back(element.text());
  return *this;
}

Html& Html::close() {
  GUICHET_CHECK(!open_.empty(), "an element is closed after it was opened");
  text_.append("</").append(open_.back()).append(">");
  open_.pop_back();
  return *this;
}

Html& Html::text(std::string_view words) {
  escape(words, text_);
  return *this;
}

Html& Html::element(HtmlName element, std::string_view words, Attributes attributes) {
  return open(element, attributes).text(words).close();
}

Html& Html::empty(HtmlName element, Attributes attributes) {
  tag(element, attributes);
  // SVG wants the slash, HTML ignores it.
  text_ += std::ranges::find(kVoid, element.text()) == kVoid.end() ? "/>" : ">";
  return *this;
}

Html& Html::add(const Html& fragment) {
  text_ += fragment.str();
  return *this;
}

const std::string& Html::str() const {
  GUICHET_CHECK(open_.empty(), "every element is closed before the markup is used");
  return text_;
}

std::string html_page(const PageFrame& frame, const Html& main) {
  const Phrases phrases(frame.language);
  const std::string_view style = embedded_bytes(embedded::styles(), "page.css");
  GUICHET_CHECK(!style.empty() && style.find("</") == std::string_view::npos,
                "the style sheet stays inside its element");

  Html head;
  head.empty("meta", {{"charset", "utf-8"}})
      .empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}})
      .empty("meta", {{"http-equiv", "Content-Security-Policy"},
                      {"content",
                       "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
                       "form-action 'none'"}})
      .empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}})
      .element("title", frame.title);

  Html body;
  body.element("a", phrases("page.skip"), {{"class", "skip"}, {"href", Url("#content")}});
  body.open("header").element("h1", frame.title);
  if (!frame.subtitle.empty()) body.element("p", frame.subtitle, {{"class", "subtitle"}});
  body.close();
  body.open("main", {{"id", "content"}}).add(main).close();
  if (!frame.footer.empty()) body.open("footer").element("p", frame.footer).close();

  std::string page = "<!DOCTYPE html>\n<html lang=\"";
  page.append(code(frame.language)).append("\">\n<head>").append(head.str());
  page.append("<style>\n").append(style).append("</style></head>\n<body>").append(body.str());
  return page.append("</body>\n</html>\n");
}

std::string html_served_page(const ServedFrame& frame, const Html& body) {
  std::string page;
  page.reserve(body.str().size() + 1024);
  page.append("<!DOCTYPE html>\n<html lang=\"").append(code(frame.language));
  page +=
      "\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>";
  escape(frame.title, page);
  page += "</title><link rel=\"stylesheet\" href=\"";
  escape(Url(frame.style).text(), page);
  page += "\"><link rel=\"icon\" href=\"data:,\">";
  if (!frame.script.empty()) {
    page += "<script type=\"module\" src=\"";
    escape(Url(frame.script).text(), page);
    page += "\"></script>";
  }
  page += "</head>\n<body class=\"";
  escape(frame.body_class, page);
  return page.append("\">").append(body.str()).append("</body>\n</html>\n");
}

const std::string& served_style() {
  static const std::string style = [] {
    std::string joined;
    for (const std::string_view name : {"page.css", "desk.css"})
      joined.append(embedded_bytes(embedded::styles(), name)).append("\n");
    return joined;
  }();
  return style;
}

}  // namespace guichet::formats
