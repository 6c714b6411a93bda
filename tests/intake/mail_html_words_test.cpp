#include <guichet/intake/mail/html_words.hpp>

#include <gtest/gtest.h>

namespace guichet::intake::mail {
namespace {

TEST(HtmlWords, elements_that_begin_a_line_begin_a_line) {
  EXPECT_EQ(html_words("<div>one</div><div>two<br>three</div>"), "one\ntwo\nthree\n");
  EXPECT_EQ(html_words("<p>one</p>\n<p>two</p>"), "one\n\ntwo\n");
  EXPECT_EQ(html_words("one\n   two\tthree"), "one two three\n");
  EXPECT_EQ(html_words("<ul><li>a</li><li>b</li></ul>"), "- a\n- b\n");
  EXPECT_EQ(html_words("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc\n");
  EXPECT_EQ(html_words("<pre>a  b\n  c</pre>d"), "a  b\n  c\n\nd\n");
}

TEST(HtmlWords, references_become_signs) {
  EXPECT_EQ(html_words("&lt;&amp;&gt; &eacute;&#233;&#xE9; &euro; 1&nbsp;000"),
            "<&> ééé € 1\xC2\xA0"
            "000\n");
  EXPECT_EQ(html_words("a & b &unknown; &#x110000; &#0; AT&T;"), "a & b &unknown; \xEF\xBF\xBD \xEF\xBF\xBD AT&T;\n");
}

TEST(HtmlWords, quotes_and_links_say_what_they_are) {
  EXPECT_EQ(html_words("yes<blockquote>no<blockquote>maybe</blockquote></blockquote>so"), "yes\n> no\n>> maybe\nso\n");
  EXPECT_EQ(html_words("<a href='https://x.example/a?b&amp;c'>here</a>"), "here <https://x.example/a?b&c>\n");
  EXPECT_EQ(html_words("<a href=https://x.example>https://x.example</a>"), "https://x.example\n");
  EXPECT_EQ(html_words("<a href='javascript:alert(1)'>here</a>"), "here\n");
  EXPECT_EQ(html_words("see <img alt='the\nstamp' src=x> there"), "see the stamp there\n");
}

TEST(HtmlWords, what_nobody_reads_is_left_out) {
  EXPECT_EQ(html_words("<head><title>t</title></head><style>s</style><script>if (a < b) c()</script>words<!-- no -->"),
            "words\n");
  EXPECT_EQ(html_words("<!DOCTYPE html><?xml x?>a<![CDATA[b]]>c"), "ac\n");
  EXPECT_EQ(html_words("a<br>\n<br><br><br><br>b"), "a\n\n\nb\n");
}

TEST(HtmlWords, broken_markup_is_still_words) {
  EXPECT_EQ(html_words("1 < 2 and 3 > 2"), "1 < 2 and 3 > 2\n");
  EXPECT_EQ(html_words("<b"), "");
  EXPECT_EQ(html_words("a<p title=\"open>b"), "a\n\nb\n");
  EXPECT_EQ(html_words("<title>never closed <p>words"), "never closed\n\nwords\n");
  EXPECT_EQ(html_words("<!-- never closed > words"), "words\n");
  EXPECT_EQ(html_words("</blockquote></p></pre>x"), "x\n");
}

TEST(HtmlWords, markup_made_to_hurt_comes_to_its_end) {
  for (const std::string piece :
       {"<!--", "<title><select><title>", "<a =\">", "<a =\">\"", "<a", "<", "&", "&#", "<pre>", "<blockquote>",
        "<a href='https://x.example/'>", "</a>", "<script>", "<p/"}) {
    std::string html;
    while (html.size() < 2'000'000) html += piece;
    EXPECT_LE(html_words(html, 1'000'000).size(), 1'200'000U) << piece;
  }
}

}  // namespace
}  // namespace guichet::intake::mail
