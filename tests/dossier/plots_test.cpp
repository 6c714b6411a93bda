#include <guichet/dossier/plots.hpp>

#include <gtest/gtest.h>

namespace guichet::dossier {
namespace {

const PlotWords kWords{"Title", "x in days", "cases", "What it says.", "The numbers"};
const Table kTable{"", {"x", "cases"}, {{"one", "1"}}};

TEST(Plots, SayTheSameInWordsAndNumbers) {
  for (const std::string& html : {columns_plot(kWords, {{1, 2}, {"0", "1", "2"}, false, {{0.5, "p50"}}}, kTable).str(),
                                  bars_plot(kWords, {{"desk", 0.5, "50%", "desk"}}, kTable).str(),
                                  lines_plot(kWords, {{"open", {1, 2, 3}, false}}, {"a", "b", "c"}, kTable).str()}) {
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
  EXPECT_FALSE(lines_plot(kWords, {{"one point", {0}, true}}, {"a"}, kTable).str().empty());
  const std::string flat = columns_plot(kWords, {{0, 0}, {"0", "1", "2"}, false, {}}, kTable).str();
  EXPECT_EQ(flat.find("nan"), std::string::npos);
  EXPECT_EQ(flat.find("inf"), std::string::npos);
  EXPECT_EQ(flat.find("<rect"), std::string::npos) << "no column for nothing";
}

TEST(Plots, LeaveOutLabelsThatWouldTouch) {
  std::vector<std::string> labels;
  Line line{"many", {}, false};
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

}  // namespace
}  // namespace guichet::dossier
