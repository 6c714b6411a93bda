// Plots as drawings inside a page: columns, bars and lines, with axes and words. Each stands in a figure
// with a sentence and its numbers as a table, so that nothing is told by the drawing or by colour alone.
// Knows no domain words.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <guichet/formats/html.hpp>

namespace guichet::dossier {

/// What stands around a plot.
struct PlotWords {
  std::string title;
  std::string x, y;      // axis titles, with units
  std::string sentence;  // what the plot says
  std::string data;      // the name of its table: "The numbers"
};

/// A table: `head` names the columns, the first cell of each row is its heading, the others are numbers.
struct Table {
  std::string caption;
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  bool words{};  // the other cells are words and may take several lines
};
void add_table(formats::Html& html, const Table& table);

/// A vertical line over columns, `at` in columns from the left (2.5 is the middle of the third).
struct Mark {
  double at{};
  std::string label;
};

struct Columns {
  std::vector<double> values;
  std::vector<std::string> edges;  // one more than values: what stands under the left edge of each, and at the end
  bool labels_in_middle{};         // labels name columns instead; then as many as values
  std::vector<Mark> marks;
};
formats::Html columns_plot(const PlotWords& words, const Columns& columns, const Table& table);

struct Bar {
  std::string label;                    // with its icon, when colour says something
  double value{};                       // 0 … 1 of the whole
  std::string said;                     // the value in words
  std::string colour;                   // "desk", "seller" or empty
  std::optional<double> low{}, high{};  // the ends of an interval around the value
};
formats::Html bars_plot(const PlotWords& words, const std::vector<Bar>& bars, const Table& table);

struct Line {
  std::string label;
  std::vector<double> values;
};
/// How the upright axis rises: evenly, or by powers of ten, where what is zero ends the line.
enum class Rise : std::uint8_t { even, decades };
/// Lines over common positions, told apart by their strokes; `ticks` are labels by position, empty where none stands.
formats::Html lines_plot(const PlotWords& words, const std::vector<Line>& lines, const std::vector<std::string>& ticks,
                         const Table& table, Rise rise = Rise::even);

/// What happened on a lane: a triangle of the seller above it, a square of the desk below, a cross on it.
enum class LaneMark : std::uint8_t { seller, desk, ending };
/// Positions are parts of the whole time, from 0 to 1.
struct Lane {
  std::string label;
  std::vector<std::pair<double, double>> spans;  // a line from … to
  std::vector<std::pair<double, LaneMark>> marks;
};
/// Lanes over one time axis, below a legend in `legend` (by LaneMark); `ticks` are labels by position.
formats::Html lanes_plot(const PlotWords& words, const std::vector<Lane>& lanes,
                         const std::vector<std::pair<double, std::string>>& ticks,
                         const std::array<std::string, 3>& legend, const Table& table);

}  // namespace guichet::dossier
