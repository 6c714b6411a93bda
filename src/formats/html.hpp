// Pages and drawings, written so that foreign words cannot become markup: names of elements and
// attributes are literals of our own code, everything else is escaped by what it is (text, attribute,
// address). Knows no domain words, loads nothing from other hosts and writes no scripts.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/formats/phrases.hpp>

namespace guichet::formats {

/// The name of an element or attribute: a literal, checked when compiled. Elements and attributes that
/// run code or hold another language (script, style, on…) do not compile.
class HtmlName {
 public:
  template <std::size_t size>
  consteval HtmlName(const char (&literal)[size]) : text_(literal, size - 1) {
    if (text_.empty()) throw "a name has letters";
    for (const char c : text_)
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
        throw "a name has letters, digits and hyphens only";
    if (text_ == "script" || text_ == "style" || text_.starts_with("on") || text_ == "srcdoc")
      throw "neither scripts nor styles are written by hand";
    for (const std::string_view address :
         {"href", "src", "action", "formaction", "poster", "cite", "background", "data"})
      address_ = address_ || text_ == address;
  }
  constexpr std::string_view text() const { return text_; }
  /// Of an attribute: its value is an address, and is given as a Url.
  constexpr bool is_address() const { return address_; }

 private:
  std::string_view text_;
  bool address_ = false;
};

/// An address that a page may lead to: http, https, mailto, a #fragment or a relative path. Any other
/// scheme (javascript:, data: …) becomes "#".
class Url {
 public:
  explicit Url(std::string_view address);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// name="value". Attributes that hold an address take a Url.
class HtmlAttribute {
 public:
  HtmlAttribute(HtmlName name, std::string value);
  HtmlAttribute(HtmlName name, const Url& address);

  std::string_view name() const { return name_; }
  const std::string& value() const { return value_; }

 private:
  std::string_view name_;
  std::string value_;
};

/// A fragment of HTML (or SVG inside it) under construction. Elements close in the order opposite to
/// their opening; closing what is not open is our own fault and stops the program.
class Html {
 public:
  /// A list in braces, or a vector where some hang on a condition.
  class Attributes {
   public:
    Attributes() = default;
    Attributes(std::initializer_list<HtmlAttribute> list) : all_(list.begin(), list.size()) {}
    Attributes(const std::vector<HtmlAttribute>& list) : all_(list) {}
    auto begin() const { return all_.begin(); }
    auto end() const { return all_.end(); }

   private:
    std::span<const HtmlAttribute> all_;
  };

  Html& open(HtmlName element, Attributes attributes = {});
  Html& close();
  /// Words as they are; bytes that are not UTF-8 and control characters become U+FFFD.
  Html& text(std::string_view words);
  /// <element>words</element>
  Html& element(HtmlName element, std::string_view words, Attributes attributes = {});
  /// An element without content: <br>, <img …>, <path …/>.
  Html& empty(HtmlName element, Attributes attributes = {});
  /// Another fragment, whole.
  Html& add(const Html& fragment);

  bool blank() const { return text_.empty(); }
  /// The markup; every element must be closed.
  const std::string& str() const;

 private:
  void tag(HtmlName element, Attributes attributes);

  std::string text_;
  std::vector<std::string_view> open_;
};

/// What a page says around its content.
struct PageFrame {
  Language language{};
  std::string title;
  std::string subtitle;  // one line under the title; may be empty
  std::string footer;    // one line at the end; may be empty
};

/// A whole page in one file: style inside, nothing loaded, no scripts; for screens from 320 px, light and
/// dark, and for A4. `main` starts with headings of the second rank: the title is the first.
std::string html_page(const PageFrame& frame, const Html& main);

/// What stands around the body of a page that a server sends.
struct ServedFrame {
  Language language{};
  std::string title;        // of the window
  std::string_view style;   // address of a style sheet of the same server
  std::string_view script;  // address of a module of the same server; empty: none
  std::string_view body_class;
};

/// A whole page that links its style and its module, for a server that sends the content policy as a header; the
/// page must work without the module. `body` is everything between <body> and </body>.
std::string html_served_page(const ServedFrame& frame, const Html& body);

/// The style sheet of served pages: that of pages for reading, and what a desk adds to it.
const std::string& served_style();

}  // namespace guichet::formats
