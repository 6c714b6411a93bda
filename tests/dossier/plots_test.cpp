#include <guichet/dossier/plots.hpp>

#include <gtest/gtest.h>

namespace guichet::dossier {
namespace {

const PlotWords kWords{"Title", "x in days", "cases", "What it says.", "The numbers"};
const Table kTable{"", {"x", "cases"}, {{"one", "1"}}};

TEST(Plots, SayTheSameInWordsAndNumbers) {
  for (const std::string& html : {columns_plot(kWords, {{1, 2}, {"0", "1", "2"}, false, {{0.5, "p50"}}}, kTable).str(),
                                  bars_plot(kWords, {{"desk", 0.5, "50%", "desk"}}, kTable).str(),
                                  lines_plot(kWords, {{"open", {1, 2, 3}}}, {"a", "b", "c"}, kTable).str()}) {
    EXPECT_NE(html.find("<h3>Title</h3>"), std::string::npos);
    EXPECT_NE(html.find("<figcaption>What it says.</figcaption>"), std::string::npos);
    EXPECT_NE(html.find("aria-label=\"Title. What it says.\""), std::string::npos);
    EXPECT_NE(html.find("x in days"), std::string::npos);
    EXPECT_NE(html.find("<table>"), std::string::npos);
  }
}

TEST(Plots, StandEmptyInputAndEqualValues) {
  EXPECT_FALSE(columns_plot(kWords, {}, kTable).str().empty());
  EXPECT_FALSE(bars_plot(kWords, {}, kTable).str().empty());
  EXPECT_FALSE(lines_plot(kWords, {}, {}, kTable).str().empty());
  EXPECT_FALSE(lines_plot(kWords, {{"one point", {0}}}, {"a"}, kTable).str().empty());
  const std::string flat = columns_plot(kWords, {{0, 0}, {"0", "1", "2"}, false, {}}, kTable).str();
  EXPECT_EQ(flat.find("nan"), std::string::npos);
  EXPECT_EQ(flat.find("inf"), std::string::npos);
  EXPECT_EQ(flat.find("<rect"), std::string::npos) << "no column for nothing";
}

TEST(Plots, LeaveOutLabelsThatWouldTouch) {
  std::vector<std::string> labels;
  Line line{"many", {}};
  for (int i = 0; i < 200; ++i) {
    labels.push_back("2026-" + std::to_string(100 + i));
    line.values.push_back(i);
  }
  const std::string html = lines_plot(kWords, {line}, labels, kTable).str();
  EXPECT_NE(html.find("2026-100<"), std::string::npos);
  EXPECT_EQ(html.find("2026-101<"), std::string::npos);
}

TEST(Plots, CutLongNames) {
  const std::string html = bars_plot(kWords, {{std::string(300, 'w'), 1, "100%", ""}}, kTable).str();
  EXPECT_EQ(html.find(std::string(100, 'w')), std::string::npos);
  EXPECT_NE(html.find("…"), std::string::npos);
}

TEST(Plots, ShowSmallSharesByPowersOfTen) {
  const std::vector<Line> tails{{"a", {100, 10, 0.1, 0}}, {"b", {100, 1, 0, 0}}};
  const std::string html = lines_plot(kWords, tails, {"1", "2", "5", "10"}, kTable, Rise::decades).str();
  EXPECT_NE(html.find(">100<"), std::string::npos);
  EXPECT_NE(html.find(">0.1<"), std::string::npos);
  EXPECT_EQ(html.find(">0.01<"), std::string::npos) << "no decade below the smallest share";
  EXPECT_NE(html.find("points=\"44,30 146.7,78.7 249.3,176\""), std::string::npos) << "ends where nothing is left";
  const std::string nothing = lines_plot(kWords, {{"a", {0, 0}}}, {"1", "2"}, kTable, Rise::decades).str();
  EXPECT_EQ(nothing.find("nan"), std::string::npos);
  EXPECT_EQ(nothing.find("inf"), std::string::npos);
}

TEST(Plots, TellLinesApartByTheirStrokes) {
  const std::vector<Line> lines{{"a long name of a procedure", {1}}, {"another long name", {2}}, {"a third", {3}}};
  const std::string html = lines_plot(kWords, lines, {"1"}, kTable).str();
  for (const char* dashes : {"\"none\"", "\"5 3\"", "\"1 3\""})
    EXPECT_NE(html.find(std::string{"stroke-dasharray="} + dashes), std::string::npos) << dashes;
  EXPECT_NE(html.find("y=\"226\""), std::string::npos) << "names that do not stand side by side stand below the plot";
}

TEST(Plots, DrawIntervals) {
  const std::string html = bars_plot(kWords, {{"a", 0.5, "50%", "", 0.4, 1.0}, {"b", 0.2, "20%", ""}}, kTable).str();
  EXPECT_NE(html.find("x1=\"144.8\""), std::string::npos) << "from the low end";
  EXPECT_NE(html.find("x2=\"356\""), std::string::npos) << "to the high end, which sets the scale";
}

TEST(Plots, TablesOfWordsMayTakeSeveralLines) {
  formats::Html html;
  add_table(html, {"", {"x", "says"}, {{"one", "a sentence"}}, true});
  EXPECT_EQ(html.str().find("class=\"number\""), std::string::npos);
}

}  // namespace
}  // namespace guichet::dossier
