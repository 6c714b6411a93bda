#include <guichet/rulebook/diagram.hpp>

#include <charconv>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <guichet/base/utf8.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::rulebook {
namespace {

using formats::Language;

ProcedureFile shipped(const std::string& name) {
  Result<ProcedureFile> file = load_procedure(name);
  EXPECT_TRUE(file) << name;
  return *std::move(file);
}

struct Rect {
  double left{}, top{}, right{}, bottom{};
  std::string what;

  bool holds(const Rect& other) const {
    return left <= other.left && top <= other.top && right >= other.right && bottom >= other.bottom;
  }
  bool meets(const Rect& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// A whole number without sign, as drawings hold them.
double number(const std::string& digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

double attribute(const std::string& element, const std::string& name) {
  const std::regex value(" " + name + "=\"([0-9]+)\"");
  std::smatch match;
  EXPECT_TRUE(std::regex_search(element, match, value)) << element;
  return match.empty() ? 0 : number(match.str(1));
}

std::vector<Rect> texts(const std::string& svg) {
  static const std::regex text("(<text [^>]*>)([^<]*)</text>");
  std::vector<Rect> found;
  for (std::sregex_iterator match(svg.begin(), svg.end(), text), end; match != end; ++match) {
    const std::string element = match->str(1);
    const double x = attribute(element, "x"), y = attribute(element, "y"), size = attribute(element, "font-size");
    // Words of a wide sans-serif face (DejaVu Sans) take some 0.55 of the size for each letter.
    const double width = 0.55 * size * static_cast<double>(utf8_length(match->str(2)));
    found.push_back({x, y - 0.8 * size, x + width, y + 0.2 * size, match->str(2)});
  }
  return found;
}

std::vector<Rect> rects(const std::string& svg, const std::string& part) {
  const std::regex rect("<rect class=\"" + part + "\"[^>]*>");
  std::vector<Rect> found;
  for (std::sregex_iterator match(svg.begin(), svg.end(), rect), end; match != end; ++match) {
    const std::string element = match->str();
    const double x = attribute(element, "x"), y = attribute(element, "y");
    found.push_back({x, y, x + attribute(element, "width"), y + attribute(element, "height"), part});
  }
  return found;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

void expect_tidy(const std::string& svg) {
  std::smatch box;
  static const std::regex view("viewBox=\"0 0 ([0-9]+) ([0-9]+)\"");
  ASSERT_TRUE(std::regex_search(svg, box, view));
  const Rect sheet{0, 0, number(box.str(1)), number(box.str(2)), "sheet"};
  const std::vector<Rect> words = texts(svg);
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_TRUE(sheet.holds(words[i])) << words[i].what << " leaves the sheet";
    for (std::size_t k = i + 1; k < words.size(); ++k)
      EXPECT_FALSE(words[i].meets(words[k])) << words[i].what << " lies on " << words[k].what;
  }
  for (const char* part : {"state", "step"}) {
    const std::vector<Rect> boxes = rects(svg, part);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      EXPECT_TRUE(sheet.holds(boxes[i]));
      for (std::size_t k = i + 1; k < boxes.size(); ++k) EXPECT_FALSE(boxes[i].meets(boxes[k]));
      for (const Rect& word : words)
        EXPECT_TRUE(boxes[i].holds(word) || !boxes[i].meets(word)) << word.what << " leaves its box";
    }
  }
}

TEST(Diagram, KeepsItsWordsApartAndInside) {
  for (const std::string& name : shipped_procedures())
    for (const Language language : {Language::en, Language::fr}) {
      SCOPED_TRACE(name);
      expect_tidy(diagram_as_svg(shipped(name), language));
    }
}

TEST(Diagram, StandsTheLongestLadderAndLongTitles) {
  ProcedureFile file = shipped("guichet-unique");
  file.procedure.levels = kLevelsMax;
  file.levels.resize(kLevelsMax, file.levels.front());
  for (LevelText& level : file.levels) level.title.en = "A level whose title takes several lines of the drawing";
  expect_tidy(diagram_as_svg(file, Language::en));
}

TEST(Diagram, ShowsTheStatesThatTheProcedureHas) {
  const std::string testimony = diagram_as_svg(shipped("next-available"), Language::en);
  EXPECT_EQ(rects(testimony, "state").size(), 5U);  // two turns, decided, closed, the ladder
  EXPECT_EQ(rects(testimony, "step").size(), 1U);
  EXPECT_EQ(testimony.find("Under appeal"), std::string::npos);
  EXPECT_NE(testimony.find("You start again"), std::string::npos);

  const std::string fair = diagram_as_svg(shipped("guichet-unique"), Language::en);
  EXPECT_EQ(rects(fair, "state").size(), 7U);
  EXPECT_EQ(rects(fair, "step").size(), 3U);
}

TEST(Diagram, TellsSilencesByDashAndWordsNotByColourAlone) {
  const std::string svg = diagram_as_svg(shipped("guichet-unique"), Language::en);
  EXPECT_NE(svg.find("stroke-dasharray=\"7 4\""), std::string::npos);
  EXPECT_NE(svg.find("stroke-dasharray=\"2 3\""), std::string::npos);
  EXPECT_NE(svg.find("the desk is silent</text>"), std::string::npos);
  EXPECT_NE(svg.find("you are silent</text>"), std::string::npos);
}

TEST(Diagram, ChangesWithTheClocks) {
  ProcedureFile file = shipped("guichet-unique");
  const std::string before = diagram_as_svg(file, Language::en);
  file.procedure.clocks[static_cast<std::size_t>(Clock::seller_reply)].effect = Effect::nothing;
  EXPECT_NE(diagram_as_svg(file, Language::en), before);
}

TEST(Diagram, IsAFileOfItsOwnWithTitleAndDescription) {
  ProcedureFile file = shipped("p2b-minimum");
  file.title.fr = "<b>&\"";
  const std::string svg = diagram_as_svg(file, Language::fr);
  EXPECT_TRUE(svg.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "));
  EXPECT_NE(svg.find("role=\"img\" aria-labelledby=\"drawing-title drawing-about\""), std::string::npos);
  EXPECT_EQ(count(svg, "<title id=\"drawing-title\">"), 1U);
  EXPECT_EQ(count(svg, "<desc id=\"drawing-about\">"), 1U);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
}

}  // namespace
}  // namespace guichet::rulebook
