#include <guichet/formats/html.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

namespace guichet::formats {
namespace {

TEST(Html, NestsAndClosesInOrder) {
  Html page;
  page.open("ul", {{"class", "a b"}}).element("li", "one").open("li").text("two").empty("br").close().close();
  EXPECT_EQ(page.str(), R"(<ul class="a b"><li>one</li><li>two<br></li></ul>)");
}

TEST(Html, KeepsForeignWordsAsWords) {
  Html page;
  page.element("p", "</p><script>alert(\"1\")</script> & 'x'", {{"title", "\"><img src=x onerror=y>"}});
  EXPECT_EQ(page.str(),
            "<p title=\"&quot;&gt;&lt;img src=x onerror=y&gt;\">&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)"
            "&lt;/script&gt; &amp; &#39;x&#39;</p>");
}

TEST(Html, RepairsBytesThatAreNoText) {
  Html page;
  page.text(std::string_view("a\xff\x00z\x1b\tb\x7f", 8));
  EXPECT_EQ(page.str(), "a\ufffd\ufffdz\ufffd\tb\ufffd");
}

TEST(Html, WritesDrawings) {
  Html page;
  page.open("svg", {{"viewBox", "0 0 8 8"}}).empty("path", {{"d", "M0 0L8 8"}}).close();
  EXPECT_EQ(page.str(), R"(<svg viewBox="0 0 8 8"><path d="M0 0L8 8"/></svg>)");
}

TEST(Html, TakesAWholeFragment) {
  Html inside, page;
  EXPECT_TRUE(inside.blank());
  inside.element("b", "<");
  page.open("p").add(inside).close();
  EXPECT_EQ(page.str(), "<p><b>&lt;</b></p>");
}

TEST(Url, LetsThroughOnlyHarmlessSchemes) {
  for (const char* good : {"https://example.org/a?b=1&c=2", "http://example.org", "mailto:a@example.org", "#part",
                           "a/b.html", "../a", "/root", "?q=1", "a?b:c", "", "HTTPS://EXAMPLE.ORG"})
    EXPECT_EQ(Url(good).text(), good);
  for (const char* bad : {"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
                          "data:text/html,x", "vbscript:x", "file:///etc/passwd", ":x", "\x01javascript:x"})
    EXPECT_EQ(Url(bad).text(), "#") << bad;
}

TEST(HtmlDeathTest, StopsOnOurOwnMistakes) {
  EXPECT_DEATH(Html().close(), "closed after it was opened");
  EXPECT_DEATH(Html().open("p").str(), "every element is closed");
  EXPECT_DEATH(Html().empty("img", {{"src", "javascript:x"}}), "given as a Url");
}

TEST(Page, IsWholeAndLoadsNothing) {
  Html main;
  main.element("h2", "Part");
  const std::string page = html_page({Language::fr, "Titre <1>", "", "Fin"}, main);
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html lang=\"fr\">"));
  EXPECT_NE(page.find("<title>Titre &lt;1&gt;</title>"), std::string::npos);
  EXPECT_NE(page.find("<h1>Titre &lt;1&gt;</h1>"), std::string::npos);
  EXPECT_NE(page.find("<main id=\"content\"><h2>Part</h2></main><footer><p>Fin</p></footer>"), std::string::npos);
  EXPECT_NE(page.find("href=\"#content\">Aller au contenu</a>"), std::string::npos);
  EXPECT_NE(page.find("default-src &#39;none&#39;"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
}

/// Relative luminance of "#rrggbb" (WCAG 2.2, definition of relative luminance).
double luminance(const std::string& colour) {
  double sum = 0;
  constexpr double kWeights[] = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double c = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
    sum += kWeights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& a, const std::string& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST(StyleSheet, KeepsTheContrastThatWcagAsks) {
  EXPECT_NEAR(contrast("#000000", "#ffffff"), 21, 1e-9);
  std::ostringstream text;
  text << std::ifstream(GUICHET_SOURCE_DIR "/ui/page.css").rdbuf();
  const std::string style = text.str();
  static const std::regex block(R"(:root \{([^}]*)\})"), variable(R"(--([a-z]+):\s*(#[0-9a-f]{6});)");
  int blocks = 0;
  for (std::sregex_iterator match(style.begin(), style.end(), block), end; match != end; ++match, ++blocks) {
    const std::string body = match->str(1);
    std::map<std::string, std::string> colours;
    for (std::sregex_iterator v(body.begin(), body.end(), variable); v != end; ++v) colours[v->str(1)] = v->str(2);
    ASSERT_EQ(colours.size(), 10U);
    for (const char* ink : {"ink", "muted", "link", "desk", "seller", "good", "bad"})
      for (const char* paper : {"paper", "soft"})
        EXPECT_GE(contrast(colours[ink], colours[paper]), 4.5) << ink << " on " << paper << " in block " << blocks;
  }
  EXPECT_EQ(blocks, 3);  // light, dark, print
}

}  // namespace
}  // namespace guichet::formats
