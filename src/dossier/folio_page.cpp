#include <string_view>

#include <fmt/format.h>

#include <guichet/dossier/folio.hpp>
#include <guichet/formats/html.hpp>

namespace guichet::dossier {
namespace {

using formats::Html;
using formats::HtmlAttribute;
using formats::Url;

class PageWriter {
 public:
  explicit PageWriter(const Folio& folio) : folio_(folio) {}

  std::string write() {
    cover();
    contents();
    for (const Block& block : folio_.blocks) {
      if (block.kind != Block::Kind::bullet) end_list();
      put(block);
    }
    end_list();
    return html_page({.language = folio_.language,
                      .title = folio_.title,
                      .subtitle = folio_.subtitle,
                      .footer = folio_.foot + " " + folio_.digest},
                     h_);
  }

 private:
  void cover() {
    h_.open("dl", {{"class", "cover"}});
    for (const auto& [name, value] : folio_.cover) h_.element("dt", name).element("dd", value);
    h_.close();
    if (folio_.cover_notes.empty()) return;
    h_.open("div", {{"class", "brief"}});
    for (const Line& note : folio_.cover_notes) paragraph(note);
    h_.close();
  }

  void contents() {
    h_.open("nav", {{"aria-label", folio_.contents_title}}).element("h2", folio_.contents_title).open("ol");
    for (const Block& block : folio_.blocks) {
      if (block.kind != Block::Kind::chapter) continue;
      h_.open("li").open("a", {{"href", Url("#" + block.place)}});
      for (const Run& run : block.line) h_.text(run.text);
      h_.close().close();
    }
    h_.close().close();
  }

  void put(const Block& block) {
    switch (block.kind) {
      case Block::Kind::chapter:
        h_.open("h2", {{"id", block.place}});
        runs(block.line);
        h_.close();
        return;
      case Block::Kind::section:
        h_.open("h3", {{"id", block.place}});
        runs(block.line);
        h_.close();
        return;
      case Block::Kind::paragraph: paragraph(block.line); return;
      case Block::Kind::bullet:
        if (!in_list_) h_.open("ul");
        in_list_ = true;
        h_.open("li");
        runs(block.line);
        h_.close();
        return;
      case Block::Kind::box:
        h_.open("div", {{"class", "brief"}});
        paragraph(block.line);
        for (const Line& line : block.more) paragraph(line);
        h_.close();
        return;
      case Block::Kind::table: table(block); return;
    }
  }

  void end_list() {
    if (in_list_) h_.close();
    in_list_ = false;
  }

  void table(const Block& block) {
    h_.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", caption(block)}});
    h_.open("table");
    if (!block.line.empty()) {
      h_.open("caption");
      runs(block.line);
      h_.close();
    }
    h_.open("thead").open("tr");
    for (const Column& column : block.columns) {
      if (column.number)
        h_.element("th", column.title, {{"scope", "col"}, {"class", "number"}});
      else
        h_.element("th", column.title, {{"scope", "col"}});
    }
    h_.close().close().open("tbody");
    for (const Row& row : block.rows) put(block, row);
    h_.close().close().close();
  }

  std::string caption(const Block& block) const {
    std::string all;
    for (const Run& run : block.line) all += run.text;
    return all.empty() ? folio_.title : all;
  }

  void put(const Block& block, const Row& row) {
    std::vector<HtmlAttribute> attributes;
    if (!row.place.empty()) attributes.push_back({"id", row.place});
    switch (row.side) {
      case Side::none: break;
      case Side::seller: attributes.push_back({"class", "of-seller"}); break;
      case Side::desk: attributes.push_back({"class", "of-desk"}); break;
      case Side::third: attributes.push_back({"class", "of-third"}); break;
    }
    h_.open("tr", attributes);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (i < block.columns.size() && block.columns[i].number)
        h_.open("td", {{"class", "number"}});
      else
        h_.open("td");
      if (row.cells[i].size() == 1)
        runs(row.cells[i].front());
      else
        for (const Line& line : row.cells[i]) paragraph(line);
      h_.close();
    }
    h_.close();
  }

  void paragraph(const Line& line) {
    h_.open("p");
    runs(line);
    h_.close();
  }

  void runs(const Line& line) {
    for (const Run& run : line) {
      if (!run.to.empty()) h_.open("a", {{"href", Url(run.to)}});
      if (run.mono && run.small) h_.open("code", {{"class", "digest"}});
      if (run.mono && !run.small) h_.open("code");
      if (run.strong) h_.open("strong");
      const std::string_view tone = tone_class(run.tone);
      if (!tone.empty()) h_.open("span", {{"class", std::string(tone)}});
      words(run.text);
      if (!tone.empty()) h_.close();
      if (run.strong) h_.close();
      if (run.mono) h_.close();
      if (!run.to.empty()) h_.close();
    }
  }

  static std::string_view tone_class(Tone tone) {
    switch (tone) {
      case Tone::plain: return {};
      case Tone::muted: return "muted";
      case Tone::good: return "good";
      case Tone::bad: return "bad";
      case Tone::wait: return "seller";
    }
    return {};
  }

  void words(std::string_view text) {
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      if (from != 0) h_.empty("br");
      h_.text(text.substr(from, end - from));
      from = end + 1;
    }
  }

  const Folio& folio_;
  Html h_;
  bool in_list_ = false;
};

}  // namespace

Line plain(std::string text) {
  Line line;
  line.push_back({.text = std::move(text)});
  return line;
}

std::string folio_page(const Folio& folio) { return PageWriter(folio).write(); }

}  // namespace guichet::dossier
