#include <guichet/formats/xml.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::formats {
namespace {

/// The document as its reader hears it: "<a k=v ><b ></b></a>", or the error.
std::string told(std::string_view text, XmlLimits limits = {}, const std::string& stop_at = "") {
  std::string out;
  XmlHandlers handlers;
  handlers.start = [&](std::string_view name, const XmlAttributes& attributes) -> std::string {
    out += "<" + std::string(name) + " ";
    for (const auto& [key, value] : attributes) out.append(key).append("=").append(value).append(" ");
    out += ">";
    return name == stop_at ? "seen enough" : "";
  };
  handlers.end = [&](std::string_view name) -> std::string {
    out += "</" + std::string(name) + ">";
    return {};
  };
  ByteSource source = ByteSource::of(text, "d.xml");
  const Outcome outcome = XmlReader(handlers, limits).read(source);
  return outcome ? out : outcome.error().detail;
}

TEST(Xml, elements_and_attributes_are_told_in_order) {
  EXPECT_EQ(told("<a k='v &amp; &#233;'><x:b/>text<!-- no --></a>"), "<a k=v & é ><b ></b></a>");
  EXPECT_EQ(told("<a xmlns='urn:x' x:k='1' xmlns:x='urn:y'/>"), "<a xmlns=urn:x x:k=1 xmlns:x=urn:y ></a>");
}

TEST(Xml, encodings_other_than_utf_8_are_read) {
  EXPECT_EQ(told("<?xml version='1.0' encoding='ISO-8859-1'?><a k='\xE9'/>"), "<a k=é ></a>");
  EXPECT_EQ(told("<?xml version='1.0' encoding='windows-1252'?><a k='\x80'/>"), "<a k=€ ></a>");
  EXPECT_NE(told("<?xml version='1.0' encoding='klingon'?><a/>").find("unknown encoding"), std::string::npos);
  using namespace std::string_view_literals;
  EXPECT_EQ(told("\xFF\xFE<\0a\0/\0>\0"sv), "<a ></a>");
}

TEST(Xml, broken_documents_name_line_and_column) {
  EXPECT_EQ(told("<a>\n  <b>\n</a>"), "d.xml:3:3: mismatched tag");
  EXPECT_EQ(told("<a>\n"), "d.xml:2:1: no element found");
  EXPECT_EQ(told(""), "d.xml:1:1: no element found");
  EXPECT_EQ(told("<a k='1' k='2'/>"), "d.xml:1:10: duplicate attribute");
  EXPECT_EQ(told("<a>&nobody;</a>"), "d.xml:1:4: undefined entity");
  EXPECT_EQ(told("<a/>\n<b/>"), "d.xml:2:1: junk after document element");
}

TEST(Xml, declared_entities_are_refused) {
  const std::string error = told("<!DOCTYPE a [\n<!ENTITY lol \"lol\">\n]><a>&lol;</a>");
  EXPECT_EQ(error,
            "d.xml:2:14: the document declares an entity (\"lol\"), which is refused because entities can grow "
            "without bound; write the text out instead");
  EXPECT_NE(told("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>").find("declares an entity"),
            std::string::npos);
}

TEST(Xml, the_reader_can_be_stopped) { EXPECT_EQ(told("<a>\n <b/>\n <c/></a>", {}, "b"), "d.xml:2:2: seen enough"); }

TEST(Xml, depth_and_length_have_limits) {
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "<a>";
  EXPECT_EQ(told(deep), "d.xml:1:769: elements are nested more than 256 deep");
  const std::string long_value(std::size_t{3} << 20, 'x');
  EXPECT_EQ(told("<a k='" + long_value + "'/>"), "<a k=" + long_value + " ></a>");
  EXPECT_EQ(told("<a>\n<b k='" + long_value + "'/></a>", {.token_bytes_max = std::size_t{1} << 20}),
            "d.xml:2:1: a tag or a stretch of text is longer than 1 MB; is a quote or a > missing?");
}

TEST(Xml, blocks_may_end_anywhere) {
  const std::string document =
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding='UTF-8' ?>\r\n<!-- é -- ><?p q?>\n<x:log k='1'\tx:l = \"2 "
      "&lt;&#x20AC;\r\n\t\">"
      "\r<é/>\n <b a='\"'/>text \xE2\x82\xAC > <![CDATA[<]]></x:log >\n<!-- end -->\n";
  for (const std::string& text :
       {document, std::string(document).replace(document.find(" -- >"), 5, "-->"),
        std::string(document).replace(document.find(" -- >"), 5, "-->").replace(document.find("<é/>"), 5, "<e/>")}) {
    const std::string expected = told(text, {.scans = false});
    for (std::size_t block = 1; block <= text.size() + 1; ++block)
      EXPECT_EQ(told(text, {.block_bytes = block}), expected) << block;
    for (std::size_t cut = 0; cut < text.size(); ++cut)
      EXPECT_EQ(told(text.substr(0, cut)), told(text.substr(0, cut), {.scans = false})) << cut;
  }
}

TEST(Xml, what_the_scanner_leaves_to_expat_is_told_as_if_it_had_read_all) {
  for (const std::string_view token :
       {"<![CDATA[x]]>", "a ]]> b", "&amp;", "&no;", "<\xC3\xA9/>", "<c k='&#0;'/>", "<c k='<'/>", "<c k='1'k='2'/>",
        "</b>", "<?xml version='1.0'?>", "<!-- -- -->", "\x01", "\xED\xA0\x80", "<c k='\xEF\xBF\xBF'/>", "<c k=1/>"}) {
    const std::string inside = "<?xml version='1.0'?>\n<a>\xC3\xA9 <b\n/>" + std::string(token) + "\n<d e='f'/></a>\n";
    EXPECT_EQ(told(inside), told(inside, {.scans = false})) << token;
    const std::string before = "<!-- -->" + std::string(token) + "<a/>";
    EXPECT_EQ(told(before), told(before, {.scans = false})) << token;
    const std::string behind = "<a><b/></a>\n  " + std::string(token);
    EXPECT_EQ(told(behind), told(behind, {.scans = false})) << token;
  }
}

}  // namespace
}  // namespace guichet::formats
