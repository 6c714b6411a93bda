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

constexpr std::array<std::string_view, 8> kAddresses{"href",   "src",  "action",     "formaction",
                                                     "poster", "cite", "background", "data"};

bool is_address(std::string_view name) { return std::ranges::find(kAddresses, name) != kAddresses.end(); }

/// Escapes for text and for quoted attributes alike.
void escape(std::string_view words, std::string& out) {
  const std::string repaired = utf8_repair(words);
  for (const char c : repaired) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        // Control characters are in no version of XML 1.0 and mean nothing on a page.
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
          out += "\ufffd";
        else
          out += c;
    }
  }
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
  GUICHET_CHECK(!is_address(name_), "an address is given as a Url");
}

HtmlAttribute::HtmlAttribute(HtmlName name, const Url& address) : name_(name.text()), value_(address.text()) {
  GUICHET_CHECK(is_address(name_), "only addresses are given as a Url");
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

}  // namespace guichet::formats
