#include <guichet/dossier/plots.hpp>

#include <algorithm>
#include <array>
#include <cmath>

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

/// A round number at or above the largest value, in two to five round steps.
struct Scale {
  double top{1}, step{1};
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

double y_of(double value, const Scale& scale) { return kBottom - value / scale.top * (kBottom - kTop); }

/// "12k": numbers along an axis.
std::string short_number(double value) {
  if (value >= 1e6) return plain_number(value / 1e6, 2) + "M";
  if (value >= 1e4) return plain_number(value / 1e3, 1) + "k";
  return plain_number(value, 2);
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
  for (double value = 0; value <= scale.top * 1.0001; value += scale.step) {
    line(svg, kLeft, y_of(value, scale), kRight, y_of(value, scale), value == 0 ? "1" : "0.25");
    words_at(svg, kLeft - 4, y_of(value, scale) + 4, "end", short_number(value), "10");
  }
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

}  // namespace

void add_table(Html& html, const Table& table) {
  // It scrolls inside itself on a narrow screen: so the keyboard must reach it, and it needs a name.
  const std::string& label = table.caption.empty() ? table.head.front() : table.caption;
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", label}}).open("table");
  if (!table.caption.empty()) html.element("caption", table.caption);
  html.open("thead").open("tr");
  for (std::size_t i = 0; i < table.head.size(); ++i)
    html.element("th", table.head[i], {{"scope", "col"}, {"class", i == 0 ? "" : "number"}});
  html.close().close().open("tbody");
  for (const std::vector<std::string>& row : table.rows) {
    html.open("tr");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == 0)
        html.element("th", row[i], {{"scope", "row"}});
      else
        html.element("td", row[i], {{"class", "number"}});
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
  for (const Bar& bar : bars) largest = std::max(largest, bar.value);
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
  }
  words_at(svg, kWidth / 2, height - 5, "middle", words.x);
  svg.close();
  html.add(svg);
  close_figure(html, words, table);
  return html;
}

Html lines_plot(const PlotWords& words, const std::vector<Line>& lines, const std::vector<std::string>& labels,
                const Table& table) {
  Html html;
  open_figure(html, words);
  double largest = 0;
  std::size_t positions = labels.size();
  for (const Line& one : lines) {
    for (const double value : one.values) largest = std::max(largest, value);
    positions = std::max(positions, one.values.size());
  }
  const Scale scale = scale_for(largest);
  const double step = positions > 1 ? (kRight - kLeft) / static_cast<double>(positions - 1) : 0;
  Html svg;
  open_svg(svg, words, kHeight);
  axes(svg, words, scale);
  double legend = kLeft;
  for (const Line& one : lines) {
    std::string points;
    for (std::size_t i = 0; i < one.values.size(); ++i)
      points += (i == 0 ? "" : " ") + at(kLeft + step * static_cast<double>(i)) + "," + at(y_of(one.values[i], scale));
    svg.empty("polyline", {{"class", one.dashed ? "line seller" : "line desk"},
                           {"points", points},
                           {"fill", "none"},
                           {"stroke-width", "2"},
                           {"stroke-dasharray", one.dashed ? "5 3" : "none"}});
    if (lines.size() > 1) {
      svg.empty("line", {{"class", one.dashed ? "line seller" : "line desk"},
                         {"x1", at(legend)},
                         {"x2", at(legend + 22)},
                         {"y1", at(kTop - 9)},
                         {"y2", at(kTop - 9)},
                         {"stroke-width", "2"},
                         {"stroke-dasharray", one.dashed ? "5 3" : "none"}});
      words_at(svg, legend + 27, kTop - 5, "start", one.label);
      legend += 42 + static_cast<double>(utf8_length(one.label)) * kLetter;
    }
  }
  ticks(svg, labels, kLeft, step);
  svg.close();
  html.add(svg);
  close_figure(html, words, table);
  return html;
}

}  // namespace guichet::dossier
