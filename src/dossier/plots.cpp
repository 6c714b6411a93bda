#include <guichet/dossier/plots.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <guichet/base/utf8.hpp>
#include <guichet/dossier/numbers.hpp>

namespace guichet::dossier {
namespace {

using formats::Html;

// Units of the viewBox: the width of a small telephone, so that words stay readable there.
constexpr double kWidth = 360;
constexpr double kLeft = 44;
constexpr double kRight = 352;
constexpr double kTop = 30;
constexpr double kBottom = 176;
constexpr double kHeight = 214;
constexpr double kLetter = 6.2;  // a letter's width at size 11, at most on average

std::string at(double value) { return plain_number(value, 1); }

void words_at(Html& svg, double x, double y, const char* anchor, std::string_view words, const char* size = "11") {
  svg.element("text", words,
              {{"x", at(x)}, {"y", at(y)}, {"text-anchor", anchor}, {"font-size", size}, {"fill", "currentColor"}});
}

void line(Html& svg, double x1, double y1, double x2, double y2, const char* opacity, const char* dash = "none") {
  svg.empty("line", {{"x1", at(x1)},
                     {"y1", at(y1)},
                     {"x2", at(x2)},
                     {"y2", at(y2)},
                     {"stroke", "currentColor"},
                     {"stroke-opacity", opacity},
                     {"stroke-dasharray", dash}});
}

/// A round number at or above the largest value, in two to five round steps; or powers of ten.
struct Scale {
  double top{1}, step{1};
  int decades{};  // shown below the top; 0: the scale is even and starts at zero
};
Scale scale_for(double largest) {
  if (largest <= 0) return {};
  const double decade = std::pow(10, std::floor(std::log10(largest)));
  for (const double step : {0.2, 0.25, 0.5, 1.0, 2.0}) {
    const double steps = std::ceil(largest / (step * decade) - 1e-9);
    if (steps <= 5) return {steps * step * decade, step * decade};
  }
  return {10 * decade, 2 * decade};
}

constexpr int kDecadesMax = 5;
Scale decades_for(double smallest, double largest) {
  if (largest <= 0) return {};
  const double top = std::pow(10, std::ceil(std::log10(largest) - 1e-9));
  const double below = std::ceil(std::log10(top / smallest) - 1e-9);
  return {top, 0, std::clamp(static_cast<int>(below), 1, kDecadesMax)};
}

double y_of(double value, const Scale& scale) {
  const double height = kBottom - kTop;
  if (scale.decades == 0) return kBottom - value / scale.top * height;
  const double fallen = std::log10(scale.top / value) / scale.decades;
  return kTop + std::clamp(fallen, 0.0, 1.0) * height;
}

/// "12k": numbers along an axis.
std::string short_number(double value) {
  if (value >= 1e6) return plain_number(value / 1e6, 2) + "M";
  if (value >= 1e4) return plain_number(value / 1e3, 1) + "k";
  return plain_number(value, value < 0.1 ? 4 : 2);
}

void open_figure(Html& html, const PlotWords& words) {
  html.open("figure", {{"class", "plot"}}).element("h3", words.title);
}

void close_figure(Html& html, const PlotWords& words, const Table& table) {
  html.element("figcaption", words.sentence);
  html.open("details", {{"open", ""}}).element("summary", words.data);
  add_table(html, table);
  html.close().close();
}

void open_svg(Html& svg, const PlotWords& words, double height) {
  svg.open("svg", {{"viewBox", "0 0 " + at(kWidth) + " " + at(height)},
                   {"role", "img"},
                   {"aria-label", words.title + ". " + words.sentence}});
}

void axes(Html& svg, const PlotWords& words, const Scale& scale) {
  words_at(svg, 4, 12, "start", words.y);
  const auto level = [&](double value, bool lowest) {
    line(svg, kLeft, y_of(value, scale), kRight, y_of(value, scale), lowest ? "1" : "0.25");
    words_at(svg, kLeft - 4, y_of(value, scale) + 4, "end", short_number(value), "10");
  };
  if (scale.decades > 0)
    for (int fallen = 0; fallen <= scale.decades; ++fallen)
      level(scale.top / std::pow(10, fallen), fallen == scale.decades);
  else
    for (double value = 0; value <= scale.top * 1.0001; value += scale.step) level(value, value == 0);
  words_at(svg, (kLeft + kRight) / 2, kHeight - 5, "middle", words.x);
}

/// Labels along the x axis, as many as stand side by side without touching, evenly.
void ticks(Html& svg, const std::vector<std::string>& labels, double first, double step) {
  std::size_t longest = 1;
  for (const std::string& label : labels) longest = std::max(longest, utf8_length(label));
  const double width = static_cast<double>(longest + 1) * kLetter;
  const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(width / std::max(step, 0.01))));
  for (std::size_t i = 0; i < labels.size(); i += every) {
    const double x = first + step * static_cast<double>(i);
    const double half = static_cast<double>(utf8_length(labels[i])) * kLetter / 2;
    line(svg, x, kBottom, x, kBottom + 4, "1");
    words_at(svg, std::clamp(x, half, kWidth - half), kBottom + 16, "middle", labels[i]);
  }
}

/// By the line's position: colour alone tells nothing.
struct Stroke {
  const char *colour, *dashes;
};
constexpr std::array<Stroke, 4> kStrokes{
    {{"line desk", "none"}, {"line seller", "5 3"}, {"line desk", "1 3"}, {"line seller", "9 3 2 3"}}};

struct LegendPlace {
  double x{}, y{};
};
/// Side by side above the lines when they all stand there, else one below the other under the axis. A single line
/// needs no legend.
std::vector<LegendPlace> legend_of(const std::vector<Line>& lines) {
  std::vector<LegendPlace> above, below;
  double x = kLeft;
  for (const Line& one : lines) {
    above.push_back({x, kTop - 9});
    below.push_back({kLeft, kHeight + 8 + 16 * static_cast<double>(below.size())});
    x += 42 + static_cast<double>(utf8_length(one.label)) * kLetter;
  }
  if (lines.size() < 2) return {};
  return x <= kWidth + 15 ? above : below;
}

}  // namespace

void add_table(Html& html, const Table& table) {
  // It scrolls inside itself on a narrow screen: so the keyboard must reach it, and it needs a name.
  const std::string& label = table.caption.empty() ? table.head.front() : table.caption;
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", label}}).open("table");
  if (!table.caption.empty()) html.element("caption", table.caption);
  html.open("thead").open("tr");
  for (std::size_t i = 0; i < table.head.size(); ++i)
    html.element("th", table.head[i], {{"scope", "col"}, {"class", i == 0 || table.words ? "" : "number"}});
  html.close().close().open("tbody");
  for (const std::vector<std::string>& row : table.rows) {
    html.open("tr");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == 0)
        html.element("th", row[i], {{"scope", "row"}});
      else
        html.element("td", row[i], {{"class", table.words ? "" : "number"}});
    }
    html.close();
  }
  html.close().close().close();
}

Html columns_plot(const PlotWords& words, const Columns& columns, const Table& table) {
  Html html;
  open_figure(html, words);
  const double largest = columns.values.empty() ? 0 : *std::max_element(columns.values.begin(), columns.values.end());
  const Scale scale = scale_for(largest);
  const double width = (kRight - kLeft) / static_cast<double>(std::max<std::size_t>(columns.values.size(), 1));
  Html svg;
  open_svg(svg, words, kHeight);
  axes(svg, words, scale);
  for (std::size_t i = 0; i < columns.values.size(); ++i) {
    if (columns.values[i] <= 0) continue;
    const double y = std::min(y_of(columns.values[i], scale), kBottom - 1);
    svg.empty("rect", {{"class", "column"},
                       {"x", at(kLeft + width * static_cast<double>(i) + width * 0.06)},
                       {"y", at(y)},
                       {"width", at(width * 0.88)},
                       {"height", at(kBottom - y)}});
  }
  ticks(svg, columns.edges, kLeft + (columns.labels_in_middle ? width / 2 : 0), width);
  double free = 0;
  for (const Mark& mark : columns.marks) {
    const double x = kLeft + width * mark.at;
    line(svg, x, kTop - 4, x, kBottom, "1", "4 3");
    const double half = static_cast<double>(utf8_length(mark.label)) * kLetter / 2;
    const double place = std::clamp(std::max(x, free + half), half, kWidth - half);
    words_at(svg, place, kTop - 7, "middle", mark.label);
    free = place + half + kLetter;
  }
  svg.close();
  html.add(svg);
  close_figure(html, words, table);
  return html;
}

Html bars_plot(const PlotWords& words, const std::vector<Bar>& bars, const Table& table) {
  Html html;
  open_figure(html, words);
  constexpr double kStep = 32;
  const double height = kStep * static_cast<double>(bars.size()) + 24;
  double largest = 0;
  for (const Bar& bar : bars) largest = std::max({largest, bar.value, bar.high.value_or(0)});
  Html svg;
  open_svg(svg, words, height);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Bar& bar = bars[i];
    const double y = kStep * static_cast<double>(i);
    const double room = kWidth - 12 - static_cast<double>(utf8_length(bar.said)) * kLetter;
    std::string label = bar.label;
    const auto letters = static_cast<std::size_t>(room / kLetter);
    if (utf8_length(label) > letters) label = utf8_cut(label, letters);
    words_at(svg, 4, y + 13, "start", label);
    words_at(svg, kWidth - 4, y + 13, "end", bar.said);
    const double width = largest > 0 ? bar.value / largest * (kWidth - 8) : 0;
    svg.empty("rect", {{"class", bar.colour.empty() ? "column" : "column " + bar.colour},
                       {"x", "4"},
                       {"y", at(y + 17)},
                       {"width", at(std::max(width, 1.0))},
                       {"height", "9"}});
    if (bar.low && bar.high && largest > 0) {
      const auto x_of = [&](double value) { return 4 + std::clamp(value / largest, 0.0, 1.0) * (kWidth - 8); };
      line(svg, x_of(*bar.low), y + 21.5, x_of(*bar.high), y + 21.5, "1");
      for (const double end : {*bar.low, *bar.high}) line(svg, x_of(end), y + 16, x_of(end), y + 27, "1");
    }
  }
  words_at(svg, kWidth / 2, height - 5, "middle", words.x);
  svg.close();
  html.add(svg);
  close_figure(html, words, table);
  return html;
}

Html lines_plot(const PlotWords& words, const std::vector<Line>& lines, const std::vector<std::string>& labels,
                const Table& table, Rise rise) {
  Html html;
  open_figure(html, words);
  double largest = 0;
  double smallest = std::numeric_limits<double>::infinity();
  std::size_t positions = labels.size();
  for (const Line& one : lines) {
    for (const double value : one.values) {
      largest = std::max(largest, value);
      if (value > 0) smallest = std::min(smallest, value);
    }
    positions = std::max(positions, one.values.size());
  }
  const Scale scale = rise == Rise::decades ? decades_for(smallest, largest) : scale_for(largest);
  const double step = positions > 1 ? (kRight - kLeft) / static_cast<double>(positions - 1) : 0;
  const std::vector<LegendPlace> legend = legend_of(lines);
  Html svg;
  open_svg(svg, words, std::max(kHeight, legend.empty() ? 0 : legend.back().y + 10));
  axes(svg, words, scale);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Stroke& stroke = kStrokes[i % kStrokes.size()];
    std::string points;
    for (std::size_t at_x = 0; at_x < lines[i].values.size(); ++at_x) {
      const double value = lines[i].values[at_x];
      if (scale.decades > 0 && value <= 0) break;
      points += (at_x == 0 ? "" : " ") + at(kLeft + step * static_cast<double>(at_x)) + "," + at(y_of(value, scale));
    }
    svg.empty("polyline", {{"class", stroke.colour},
                           {"points", points},
                           {"fill", "none"},
                           {"stroke-width", "2"},
                           {"stroke-dasharray", stroke.dashes}});
    if (legend.empty()) continue;
    svg.empty("line", {{"class", stroke.colour},
                       {"x1", at(legend[i].x)},
                       {"x2", at(legend[i].x + 22)},
                       {"y1", at(legend[i].y)},
                       {"y2", at(legend[i].y)},
                       {"stroke-width", "2"},
                       {"stroke-dasharray", stroke.dashes}});
    words_at(svg, legend[i].x + 27, legend[i].y + 4, "start", lines[i].label);
  }
  ticks(svg, labels, kLeft, step);
  svg.close();
  html.add(svg);
  close_figure(html, words, table);
  return html;
}

namespace {

void lane_mark(Html& svg, LaneMark mark, double x, double y) {
  switch (mark) {
    case LaneMark::seller:
      svg.empty("path", {{"class", "column seller"}, {"d", "M" + at(x) + " " + at(y - 3) + "l-4 -8h8z"}});
      break;
    case LaneMark::desk:
      svg.empty("rect", {{"class", "column"}, {"x", at(x - 3)}, {"y", at(y + 3)}, {"width", "6"}, {"height", "7"}});
      break;
    case LaneMark::ending:
      svg.empty("path", {{"d", "M" + at(x - 4) + " " + at(y - 5) + "l8 10m0 -10l-8 10"},
                         {"stroke", "currentColor"},
                         {"stroke-width", "2"},
                         {"fill", "none"}});
      break;
  }
}

}  // namespace

Html lanes_plot(const PlotWords& words, const std::vector<Lane>& lanes,
                const std::vector<std::pair<double, std::string>>& ticks_at, const std::array<std::string, 3>& legend,
                const Table& table) {
  constexpr double kLaneLeft = 8, kLaneHeight = 46, kFirst = 30;
  Html html;
  html.open("figure", {{"class", "plot lanes"}}).element("h3", words.title);
  const double bottom = kFirst + kLaneHeight * static_cast<double>(lanes.size());
  const auto x_of = [&](double part) { return kLaneLeft + std::clamp(part, 0.0, 1.0) * (kRight - kLaneLeft); };
  Html svg;
  open_svg(svg, words, bottom + 24);
  double x = kLaneLeft + 4;
  for (std::size_t i = 0; i < legend.size(); ++i) {
    const auto mark = static_cast<LaneMark>(i);
    lane_mark(svg, mark, x, mark == LaneMark::seller ? 17 : mark == LaneMark::desk ? 4 : 10);
    words_at(svg, x + 9, 14, "start", legend[i]);
    x += 26 + static_cast<double>(utf8_length(legend[i])) * kLetter;
  }
  double free = 0;
  for (const auto& [part, label] : ticks_at) {
    const double half = static_cast<double>(utf8_length(label)) * kLetter / 2;
    const double place = std::clamp(x_of(part), half, kWidth - half);
    line(svg, x_of(part), kFirst - 6, x_of(part), bottom, "0.2");
    if (place - half < free) continue;
    words_at(svg, place, bottom + 14, "middle", label);
    free = place + half + kLetter;
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const double top = kFirst + kLaneHeight * static_cast<double>(i);
    const double y = top + 29;
    std::string label = lanes[i].label;
    const auto letters = static_cast<std::size_t>((kRight - kLaneLeft) / kLetter);
    if (utf8_length(label) > letters) label = utf8_cut(label, letters);
    words_at(svg, kLaneLeft, top + 10, "start", label);
    line(svg, kLaneLeft, y, kRight, y, "0.2");
    for (const auto& [from, until] : lanes[i].spans)
      svg.empty("line", {{"x1", at(x_of(from))},
                         {"x2", at(x_of(until))},
                         {"y1", at(y)},
                         {"y2", at(y)},
                         {"stroke", "currentColor"},
                         {"stroke-width", "2"}});
    for (const auto& [part, mark] : lanes[i].marks) lane_mark(svg, mark, x_of(part), y);
  }
  svg.close();
  html.add(svg);
  close_figure(html, words, table);
  return html;
}

}  // namespace guichet::dossier
