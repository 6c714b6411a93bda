#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <guichet/base/utf8.hpp>
#include <guichet/dossier/folio.hpp>
#include <guichet/dossier/print_catalog.hpp>
#include <guichet/embedded/paper_fonts.hpp>

// fontconfig keeps its patterns behind offsets and not pointers, so that the search for leaks under sanitizers takes
// them for lost. They are made once for a font and kept; printing again adds none. Nobody else calls this.
extern "C" const char* __lsan_default_suppressions();                                    // NOLINT: the sanitizer's name
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }  // NOLINT
// … and says nothing of it where our own words stand.
extern "C" const char* __lsan_default_options();                                    // NOLINT: the sanitizer's name
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }  // NOLINT

namespace guichet::dossier {
namespace {

// ---- the fonts: those that the build put in, and no others -----------------------------------------------

template <class Object>
struct Unref {
  void operator()(Object* object) const { g_object_unref(object); }
};
template <class Object>
using Held = std::unique_ptr<Object, Unref<Object>>;

/// Made once and kept: fontconfig wants files, and ours are in memory, so they stand in files without a name.
class Fonts {
 public:
  static Result<PangoFontMap*> map() {
    static const Fonts fonts;
    if (!fonts.fault_.empty()) return Error{Fault::unreadable, fonts.fault_};
    return fonts.map_;
  }

 private:
  Fonts() {
    FcConfig* config = FcConfigCreate();
    for (const EmbeddedFile& font : embedded::paper_fonts()) {
      const int file = memfd_create("font", MFD_CLOEXEC);
      if (file < 0 || !write_all(file, font.bytes)) {
        fault_ = "print: no room in memory for the font " + std::string(font.name);
        return;
      }
      const std::string path = fmt::format("/proc/self/fd/{}", file);
      if (FcConfigAppFontAddFile(config, reinterpret_cast<const FcChar8*>(path.c_str())) == FcFalse) {
        fault_ = "print: the font " + std::string(font.name) + " cannot be read at " + path + "; is /proc mounted?";
        return;
      }
    }
    map_ = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map_), config);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map_), 72);
  }

  static bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(file, bytes.data(), bytes.size());
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  PangoFontMap* map_ = nullptr;
  std::string fault_;
};

// ---- the look: A4, in points -----------------------------------------------------------------------------

constexpr double kWidth = 595.276, kHeight = 841.89;
constexpr double kLeft = 62, kRight = 56, kTop = 64, kBottom = 70;
constexpr double kInner = kWidth - kLeft - kRight;
constexpr double kFloor = kHeight - kBottom;

struct Colour {
  double r, g, b;
};
constexpr Colour kInk{0.10, 0.11, 0.13}, kMuted{0.35, 0.38, 0.42}, kRule{0.72, 0.75, 0.79}, kSoft{0.953, 0.961, 0.969};
constexpr Colour kBlue{0.043, 0.247, 0.408}, kGood{0.09, 0.37, 0.18}, kBad{0.60, 0.11, 0.09}, kAmber{0.52, 0.26, 0.0};
constexpr Colour kThird{0.37, 0.24, 0.50};

Colour colour_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return kInk;
    case Tone::muted: return kMuted;
    case Tone::good: return kGood;
    case Tone::bad: return kBad;
    case Tone::wait: return kAmber;
  }
  return kInk;
}

std::optional<Colour> colour_of(Side side) {
  switch (side) {
    case Side::none: return std::nullopt;
    case Side::seller: return kAmber;
    case Side::desk: return kBlue;
    case Side::third: return kThird;
  }
  return std::nullopt;
}

/// A kind of letters.
struct Type {
  const char* family;
  double size;  // points
  bool bold = false;
  double leading = 1.32;  // of a line, against its own height in the font
};
constexpr Type kBody{"DejaVu Sans", 8.6}, kCell{"DejaVu Sans", 7.4}, kHead{"DejaVu Sans", 7.2, true};
constexpr Type kChapter{"DejaVu Serif", 15, true, 1.1}, kSection{"DejaVu Serif", 10.5, true, 1.15};
constexpr Type kFoot{"DejaVu Sans", 6.4}, kDigest{"DejaVu Sans Mono", 5.9};
constexpr std::size_t kCellBytesMax = 900;  // of one paragraph of a table; more is cut, and said

// ---- what stands where -----------------------------------------------------------------------------------

constexpr const char *kParagraphTag = "P", *kChapterTag = "H1", *kSectionTag = "H2";

/// Where in a table words stand, for those who have the paper read to them; zeros outside of tables.
struct Spot {
  std::size_t table{}, row{}, cell{};
  bool heading = false;
  friend bool operator==(const Spot&, const Spot&) = default;
};

struct Mark {
  enum class Kind : std::uint8_t { words, box, rule } kind{};
  double x{}, y{}, width{}, height{};  // words: y is the base line
  Colour colour{};
  PangoLayoutLine* words = nullptr;  // of a layout that the printer holds
  const char* tag = nullptr;         // words: what they are in the paper's structure
  Spot spot = {};                    // words
};
struct Link {
  double x{}, y{}, width{}, height{};
  std::string to;  // "#place", or the path of a file beside the paper
};
struct Place {
  std::string name;
  double y{};
};
struct Page {
  std::vector<Mark> marks;
  std::vector<Link> links;
  std::vector<Place> places;
};
struct Bookmark {
  std::string title, place;
  int level{};
  std::size_t page{};
};

/// A laid out paragraph and what of it leads somewhere.
struct Laid {
  PangoLayout* layout = nullptr;
  struct Span {
    int from{}, until{};  // bytes
    std::string to;
  };
  std::vector<Span> spans;
  const char* tag = kParagraphTag;
  std::vector<PangoLayoutLine*> lines;
  std::vector<double> heights, baselines;  // of each line; the base line is counted from its top
  double height = 0;
};

class Printer {
 public:
  Printer(const Folio& folio, PangoFontMap* map) : folio_(folio), context_(pango_font_map_create_context(map)) {
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context_.get(), options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context_.get(), FALSE);
    pango_context_set_language(context_.get(), pango_language_from_string(code(folio.language).data()));
  }

  Result<std::string> print() {
    cover();
    // The list of chapters is laid out with its pages empty, for it has to be known how long it is.
    new_page();
    const std::vector<ContentsLine> contents = contents_list();
    new_page();
    for (std::size_t i = 0; i < folio_.blocks.size(); ++i) put(i);
    if (unknown_ != 0) {
      space(8);
      const std::string number = std::to_string(unknown_);
      std::string said = folio_.unknown_signs;
      if (const std::size_t at = said.find("{n}"); at != std::string::npos) said.replace(at, 3, number);
      paragraph({{.text = said, .tone = Tone::muted}}, kBody, kLeft, kInner);
    }
    fill(contents);
    return draw();
  }

 private:
  // ---- laying out -----------------------------------------------------------------------------------------

  static PangoFontDescription* description(const Type& type, bool bold, bool mono, bool small = false) {
    PangoFontDescription* wanted = pango_font_description_new();
    pango_font_description_set_family(wanted, mono ? "DejaVu Sans Mono" : type.family);
    pango_font_description_set_absolute_size(wanted, type.size * (small ? 0.7 : mono ? 0.9 : 1.0) * PANGO_SCALE);
    pango_font_description_set_weight(wanted, bold || (type.bold && !mono) ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    return wanted;
  }

  static void add(PangoAttrList* list, PangoAttribute* attribute, std::size_t from, std::size_t until) {
    attribute->start_index = static_cast<guint>(from);
    attribute->end_index = static_cast<guint>(until);
    pango_attr_list_insert(list, attribute);
  }

  static guint16 channel(double value) { return static_cast<guint16>(value * 65535); }

  /// What a layout can hold: no bytes that are not UTF-8, no zeros, no signs that would end a paragraph.
  static std::string clean(std::string_view text) {
    std::string good = utf8_repair(text);
    for (char& c : good)
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') c = ' ';
    return good;
  }

  Laid* lay(const Line& line, const Type& type, double width, std::size_t bytes_max = 0,
            PangoAlignment alignment = PANGO_ALIGN_LEFT) {
    Laid& laid = laid_.emplace_back();
    PangoLayout* layout = layouts_.emplace_back(pango_layout_new(context_.get())).get();
    laid.layout = layout;
    if (&type == &kChapter) laid.tag = kChapterTag;
    if (&type == &kSection) laid.tag = kSectionTag;
    std::string text;
    PangoAttrList* attributes = pango_attr_list_new();
    // No hyphens where a long word is broken: they were not written.
    add(attributes, pango_attr_insert_hyphens_new(FALSE), 0, PANGO_ATTR_INDEX_TO_TEXT_END);
    // Letters drawn as one sign cannot be searched for.
    add(attributes, pango_attr_font_features_new("liga=0, clig=0"), 0, PANGO_ATTR_INDEX_TO_TEXT_END);
    for (const Run& run : line) {
      std::string words = clean(run.text);
      if (bytes_max != 0 && words.size() > bytes_max) words = utf8_cut(words, bytes_max) + " " + folio_.cut_note;
      const std::size_t from = text.size();
      text += words;
      if (run.strong || run.mono) add(attributes, desc_attribute(type, run), from, text.size());
      const bool leads = !run.to.empty();
      const Colour colour = leads && run.tone == Tone::plain ? kBlue : colour_of(run.tone);
      add(attributes, pango_attr_foreground_new(channel(colour.r), channel(colour.g), channel(colour.b)), from,
          text.size());
      if (leads)
        laid.spans.push_back({.from = static_cast<int>(from), .until = static_cast<int>(text.size()), .to = run.to});
    }
    PangoFontDescription* wanted = description(type, false, false);
    pango_layout_set_font_description(layout, wanted);
    pango_font_description_free(wanted);
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, alignment);
    pango_layout_set_text(layout, text.c_str(), static_cast<int>(text.size()));
    unknown_ += static_cast<std::size_t>(std::max(0, pango_layout_get_unknown_glyphs_count(layout)));
    const int count = pango_layout_get_line_count(layout);
    for (int i = 0; i < count; ++i) {
      PangoLayoutLine* one = pango_layout_get_line_readonly(layout, i);
      PangoRectangle box;
      pango_layout_line_get_extents(one, nullptr, &box);
      const double own = static_cast<double>(box.height) / PANGO_SCALE, high = own * type.leading / 1.164;
      laid.lines.push_back(one);
      laid.heights.push_back(high);
      laid.baselines.push_back(-static_cast<double>(box.y) / PANGO_SCALE + (high - own) / 2);
      laid.height += high;
    }
    return &laid;
  }

  static PangoAttribute* desc_attribute(const Type& type, const Run& run) {
    PangoFontDescription* wanted = description(type, run.strong, run.mono, run.small);
    PangoAttribute* attribute = pango_attr_font_desc_new(wanted);
    pango_font_description_free(wanted);
    return attribute;
  }

  /// One line of a layout with its top at `y`.
  void set(const Laid& laid, std::size_t index, double x, double y, double width) {
    PangoLayoutLine* line = laid.lines[index];
    PangoRectangle box;
    pango_layout_line_get_extents(line, nullptr, &box);
    const double wide = static_cast<double>(box.width) / PANGO_SCALE;
    double left = x;
    const PangoAlignment alignment = pango_layout_get_alignment(laid.layout);
    const bool rightwards = line->resolved_dir == PANGO_DIRECTION_RTL;
    if (alignment == PANGO_ALIGN_RIGHT || (alignment == PANGO_ALIGN_LEFT && rightwards)) left = x + width - wide;
    if (alignment == PANGO_ALIGN_CENTER) left = x + (width - wide) / 2;
    const double base = y + laid.baselines[index];
    page().marks.push_back(
        {.kind = Mark::Kind::words, .x = left, .y = base, .words = line, .tag = laid.tag, .spot = spot_});
    for (const Laid::Span& span : laid.spans) {
      if (span.until <= line->start_index || span.from >= line->start_index + line->length) continue;
      int* ranges = nullptr;
      int count = 0;
      pango_layout_line_get_x_ranges(line, std::max(span.from, line->start_index),
                                     std::min(span.until, line->start_index + line->length), &ranges, &count);
      for (int i = 0; i < count; ++i) {
        // Ranges are counted from the left edge of the layout, and lines set here begin at `left`.
        const double shift = first_x(line);
        const double from = static_cast<double>(ranges[2 * i]) / PANGO_SCALE - shift;
        const double until = static_cast<double>(ranges[2 * i + 1]) / PANGO_SCALE - shift;
        page().links.push_back(
            {.x = left + from, .y = y, .width = until - from, .height = laid.heights[index], .to = span.to});
      }
      g_free(ranges);
    }
  }

  static double first_x(PangoLayoutLine* line) {
    int* ranges = nullptr;
    int count = 0;
    pango_layout_line_get_x_ranges(line, line->start_index, line->start_index + line->length, &ranges, &count);
    int least = count == 0 ? 0 : ranges[0];
    for (int i = 1; i < count; ++i) least = std::min(least, ranges[2 * i]);
    g_free(ranges);
    return static_cast<double>(least) / PANGO_SCALE;
  }

  Page& page() { return pages_.back(); }

  void new_page() {
    pages_.emplace_back();
    y_ = kTop;
  }
  void space(double points) {
    if (y_ > kTop) y_ += points;
  }
  void room_for(double points) {
    if (y_ + points > kFloor && y_ > kTop) new_page();
  }

  void box(double x, double y, double width, double height, Colour colour) {
    page().marks.push_back(
        {.kind = Mark::Kind::box, .x = x, .y = y, .width = width, .height = height, .colour = colour});
  }
  void rule(double x, double y, double width, double thick, Colour colour) {
    page().marks.push_back(
        {.kind = Mark::Kind::rule, .x = x, .y = y, .width = width, .height = thick, .colour = colour});
  }

  /// Words at the cursor, over as many pages as they need.
  void paragraph(const Line& line, const Type& type, double x, double width) {
    const Laid* laid = lay(line, type, width);
    // Neither the first line of a paragraph alone at the foot of a page nor the last one alone at its head.
    const std::size_t lines = laid->lines.size();
    for (std::size_t i = 0; i < lines; ++i) {
      const bool with_next = (i == 0 && lines > 1) || i + 2 == lines;
      room_for(laid->heights[i] + (with_next ? laid->heights[i + 1] : 0));
      set(*laid, i, x, y_, width);
      y_ += laid->heights[i];
    }
  }

  void set_all(const Laid& laid, double x, double y, double width) {
    for (std::size_t i = 0; i < laid.lines.size(); ++i) {
      set(laid, i, x, y, width);
      y += laid.heights[i];
    }
  }

  // ---- the cover -----------------------------------------------------------------------------------------

  void cover() {
    new_page();
    box(0, 0, kWidth, 9, kBlue);
    double y = 92;
    const auto line = [&](const std::string& text, const Type& type, Tone tone, double after) {
      if (text.empty()) return;
      const Laid* laid = lay({{.text = text, .tone = tone}}, type, kInner);
      set_all(*laid, kLeft, y, kInner);
      y += laid->height + after;
    };
    line(folio_.author, {"DejaVu Sans", 9.5}, Tone::muted, 60);
    line(folio_.kind, {"DejaVu Sans", 11, true}, Tone::muted, 6);
    line(folio_.title, {"DejaVu Serif", 29, true, 1.1}, Tone::plain, 8);
    line(utf8_cut(folio_.subtitle, 300), {"DejaVu Serif", 14, false, 1.2}, Tone::plain, 22);
    rule(kLeft, y, 72, 2.2, kBlue);
    y += 26;
    constexpr double kNames = 132;
    for (const auto& [name, value] : folio_.cover) {
      const Laid* left = lay({{.text = name, .tone = Tone::muted}}, {"DejaVu Sans", 8.6}, kNames - 12);
      const Laid* right = lay({{.text = utf8_cut(value, 400)}}, {"DejaVu Sans", 9}, kInner - kNames);
      if (y + std::max(left->height, right->height) > kFloor - 150) break;  // the rest stands in the first chapter
      set_all(*left, kLeft, y + 0.4, kNames);
      set_all(*right, kLeft + kNames, y, kInner - kNames);
      y += std::max(left->height, right->height) + 4.5;
      rule(kLeft, y, kInner, 0.35, kRule);
      y += 4.5;
    }
    std::vector<const Laid*> notes;
    double height = 20;
    for (const Line& note : folio_.cover_notes) {
      notes.push_back(lay(note, {"DejaVu Sans", 8}, kInner - 32));
      height += notes.back()->height + 4;
    }
    if (notes.empty()) return;
    double top = std::max(kFloor - height, y + 12);
    box(kLeft, top, kInner, height, kSoft);
    box(kLeft, top, 3, height, kBlue);
    top += 11;
    for (const Laid* note : notes) {
      set_all(*note, kLeft + 18, top, kInner - 32);
      top += note->height + 4;
    }
  }

  // ---- the list of chapters ------------------------------------------------------------------------------

  struct ContentsLine {
    std::size_t page{};
    double y{};
    std::string place;
    bool chapter{};
  };

  static std::string words_of(const Line& line) {
    std::string all;
    for (const Run& run : line) all += run.text;
    return all;
  }

  std::vector<ContentsLine> contents_list() {
    std::vector<ContentsLine> lines;
    paragraph(plain(folio_.contents_title), kChapter, kLeft, kInner);
    y_ += 12;
    std::size_t number = 0;
    for (const Block& block : folio_.blocks) {
      if (block.kind != Block::Kind::chapter && block.kind != Block::Kind::section) continue;
      const bool chapter = block.kind == Block::Kind::chapter;
      if (chapter) y_ += 5;
      room_for(18);
      const double x = chapter ? kLeft : kLeft + 26;
      const std::string words = utf8_cut(words_of(block.line), 90);
      lines.push_back({.page = pages_.size() - 1, .y = y_, .place = block.place, .chapter = chapter});
      if (chapter) set(*lay({{.text = std::to_string(++number), .tone = Tone::muted}}, kBody, 20), 0, kLeft, y_, 20);
      const Type type{"DejaVu Sans", chapter ? 9.4 : 8.2, chapter};
      const Laid* laid = lay({{.text = words, .to = "#" + block.place}}, type, kInner - 60);
      set(*laid, 0, chapter ? x + 26 : x, y_, kInner - 60);
      y_ += laid->heights[0] + 2;
    }
    return lines;
  }

  void fill(const std::vector<ContentsLine>& lines) {
    pages_.emplace_back();  // `set` writes on the last page; its marks are then moved to where they belong
    for (const ContentsLine& line : lines) {
      const auto at = std::ranges::find(bookmarks_, line.place, &Bookmark::place);
      if (at == bookmarks_.end()) continue;
      const Type type{"DejaVu Sans", line.chapter ? 9.4 : 8.2, line.chapter};
      const Laid* laid =
          lay({{.text = std::to_string(at->page + 1), .to = "#" + line.place}}, type, 40, 0, PANGO_ALIGN_RIGHT);
      set(*laid, 0, kLeft + kInner - 40, line.y, 40);
      Page& target = pages_[line.page];
      target.marks.insert(target.marks.end(), page().marks.begin(), page().marks.end());
      target.links.insert(target.links.end(), page().links.begin(), page().links.end());
      page().marks.clear();
      page().links.clear();
    }
    pages_.pop_back();
  }

  // ---- blocks --------------------------------------------------------------------------------------------

  void put(std::size_t index) {
    const Block& block = folio_.blocks[index];
    switch (block.kind) {
      case Block::Kind::chapter: chapter(block); return;
      case Block::Kind::section:
        space(13);
        room_for(70);
        here(block, 1);
        paragraph(block.line, kSection, kLeft, kInner);
        y_ += 4;
        return;
      case Block::Kind::paragraph:
        paragraph(block.line, kBody, kLeft, kInner);
        y_ += 5;
        return;
      case Block::Kind::bullet: {
        const Laid* dot = lay({{.text = "–", .tone = Tone::muted}}, kBody, 12);
        room_for(2 * dot->height);
        set(*dot, 0, kLeft + 2, y_, 12);
        paragraph(block.line, kBody, kLeft + 15, kInner - 15);
        y_ += 3;
        return;
      }
      case Block::Kind::box: boxed(block); return;
      case Block::Kind::table: table(block); return;
    }
  }

  void here(const Block& block, int level) {
    bookmarks_.push_back(
        {.title = words_of(block.line), .place = block.place, .level = level, .page = pages_.size() - 1});
    page().places.push_back({.name = block.place, .y = y_ - 6});
  }

  void chapter(const Block& block) {
    // A chapter begins a page when less than a quarter of this one is left.
    if (y_ > kTop) {
      if (y_ + 30 > kTop + (kFloor - kTop) * 0.75)
        new_page();
      else
        y_ += 26;
    }
    here(block, 0);
    ++chapters_;
    const Laid* number = lay({{.text = std::to_string(chapters_), .tone = Tone::muted}}, kChapter, 30);
    set(*number, 0, kLeft, y_, 30);
    paragraph(block.line, kChapter, kLeft + 30, kInner - 30);
    y_ += 3;
    rule(kLeft, y_, kInner, 0.9, kBlue);
    y_ += 9;
  }

  void boxed(const Block& block) {
    std::vector<const Laid*> parts{lay(block.line, kBody, kInner - 30)};
    for (const Line& line : block.more) parts.push_back(lay(line, kBody, kInner - 30));
    double height = 14;
    for (const Laid* part : parts) height += part->height + 3;
    if (height > kFloor - kTop) {  // no box holds it
      paragraph(block.line, kBody, kLeft, kInner);
      for (const Line& line : block.more) paragraph(line, kBody, kLeft, kInner);
      return;
    }
    room_for(height);
    box(kLeft, y_, kInner, height, kSoft);
    box(kLeft, y_, 2.4, height, kBlue);
    double y = y_ + 8;
    for (const Laid* part : parts) {
      set_all(*part, kLeft + 15, y, kInner - 30);
      y += part->height + 3;
    }
    y_ += height + 8;
  }

  // ---- tables --------------------------------------------------------------------------------------------

  struct Columns {
    std::vector<double> x, width;
  };
  static constexpr double kGap = 9, kPad = 3.6;

  static Columns columns_of(const Block& block) {
    Columns columns;
    double shares = 0;
    for (const Column& column : block.columns) shares += column.share;
    const double free = kInner - 8 - kGap * static_cast<double>(block.columns.size() - 1);
    double x = kLeft + 6;
    for (const Column& column : block.columns) {
      const double width = free * column.share / shares;
      columns.x.push_back(x);
      columns.width.push_back(width);
      x += width + kGap;
    }
    return columns;
  }

  void heading(const Block& block, const Columns& columns, bool again) {
    if (!block.line.empty()) {
      Line caption = block.line;
      if (again) caption.push_back({.text = " (" + folio_.continued + ")", .tone = Tone::muted});
      for (Run& run : caption) run.strong = !again || &run != &caption.back();
      paragraph(caption, {"DejaVu Sans", 8.2}, kLeft, kInner);
      y_ += 3;
    }
    double height = 0;
    std::vector<const Laid*> titles;
    for (std::size_t i = 0; i < block.columns.size(); ++i) {
      titles.push_back(lay({{.text = block.columns[i].title, .tone = Tone::muted}}, kHead, columns.width[i], 0,
                           block.columns[i].number ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT));
      height = std::max(height, titles.back()->height);
    }
    box(kLeft, y_, kInner, height + 2 * kPad, kSoft);
    ++spot_row_;
    for (std::size_t i = 0; i < titles.size(); ++i) {
      spot_ = {.table = spot_table_, .row = spot_row_, .cell = i + 1, .heading = true};
      set_all(*titles[i], columns.x[i], y_ + kPad, columns.width[i]);
    }
    spot_ = {};
    y_ += height + 2 * kPad;
    rule(kLeft, y_, kInner, 0.7, kMuted);
  }

  /// The lines of one cell, of all its paragraphs, and how far they are set.
  struct CellLines {
    std::vector<std::pair<const Laid*, std::size_t>> lines;
    std::vector<double> before;  // space above each
    std::size_t next = 0;
    double height = 0;
  };

  void table(const Block& block) {
    if (block.columns.empty()) return;
    const Columns columns = columns_of(block);
    ++spot_table_;
    space(4);
    room_for(84);
    heading(block, columns, false);
    for (const Row& row : block.rows) put(block, columns, row);
    y_ += 10;
  }

  void put(const Block& block, const Columns& columns, const Row& row) {
    std::vector<CellLines> cells(block.columns.size());
    double height = 0;
    for (std::size_t i = 0; i < cells.size() && i < row.cells.size(); ++i) {
      CellLines& cell = cells[i];
      for (const Line& line : row.cells[i]) {
        const Laid* laid = lay(line, kCell, columns.width[i], kCellBytesMax,
                               block.columns[i].number ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        for (std::size_t n = 0; n < laid->lines.size(); ++n) {
          const double gap = n == 0 && !cell.lines.empty() ? 2.5 : 0;
          cell.lines.emplace_back(laid, n);
          cell.before.push_back(gap);
          cell.height += gap + laid->heights[n];
        }
      }
      height = std::max(height, cell.height);
    }
    // A row stands whole on one page unless it takes more than a third of one.
    if (y_ + height + 2 * kPad > kFloor && height < (kFloor - kTop) / 3) turn(block, columns);
    if (y_ + 2 * kPad + 24 > kFloor) turn(block, columns);
    if (!row.place.empty()) page().places.push_back({.name = row.place, .y = y_});
    if (!row.bookmark.empty())
      bookmarks_.push_back({.title = row.bookmark, .place = row.place, .level = 1, .page = pages_.size() - 1});
    while (true) {
      const double top = y_;
      const double set_height = part(cells, columns, row.side);
      y_ = top + set_height;
      rule(kLeft, y_, kInner, 0.35, kRule);
      if (std::ranges::all_of(cells, [](const CellLines& cell) { return cell.next == cell.lines.size(); })) return;
      turn(block, columns);
    }
  }

  void turn(const Block& block, const Columns& columns) {
    new_page();
    heading(block, columns, true);
  }

  /// As much of a row as this page takes; its height.
  double part(std::vector<CellLines>& cells, const Columns& columns, Side side) {
    double deepest = y_ + kPad;
    ++spot_row_;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      CellLines& cell = cells[i];
      spot_ = {.table = spot_table_, .row = spot_row_, .cell = i + 1};
      double y = y_ + kPad;
      for (std::size_t set_here = 0; cell.next < cell.lines.size(); ++cell.next, ++set_here) {
        const auto& [laid, line] = cell.lines[cell.next];
        const double gap = set_here == 0 ? 0 : cell.before[cell.next];
        if (y + gap + laid->heights[line] > kFloor - kPad && set_here != 0) break;
        set(*laid, line, columns.x[i], y + gap, columns.width[i]);
        y += gap + laid->heights[line];
      }
      deepest = std::max(deepest, y);
    }
    spot_ = {};
    const double height = deepest - y_ + kPad;
    if (const std::optional<Colour> band = colour_of(side)) box(kLeft, y_ + 0.6, 2.2, height - 1.2, *band);
    return height;
  }

  // ---- drawing -------------------------------------------------------------------------------------------

  static cairo_status_t keep(void* out, const unsigned char* bytes, unsigned int count) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
  }

  static void source(cairo_t* cr, Colour colour) { cairo_set_source_rgb(cr, colour.r, colour.g, colour.b); }

  /// A place as it may stand in the attributes of a tag: letters and digits of ASCII; other bytes as their numbers.
  static std::string tag_name(std::string_view place) {
    std::string name;
    for (const char c : place) {
      const bool plain =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
      name += plain ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
    }
    return name;
  }

  Result<std::string> draw() {
    std::string out;
    cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(&Printer::keep, &out, kWidth, kHeight);
    // Later versions of cairo would pack objects into streams, and the language could not be added.
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
    const auto say = [surface](cairo_pdf_metadata_t what, const std::string& words) {
      cairo_pdf_surface_set_metadata(surface, what, utf8_repair(words).c_str());
    };
    say(CAIRO_PDF_METADATA_TITLE, folio_.title + (folio_.subtitle.empty() ? "" : " – " + folio_.subtitle));
    say(CAIRO_PDF_METADATA_AUTHOR, folio_.author);
    say(CAIRO_PDF_METADATA_SUBJECT, folio_.foot + " " + folio_.digest);
    say(CAIRO_PDF_METADATA_CREATOR, "guichet");
    const std::string made = print_instant(std::chrono::floor<Seconds>(folio_.made));
    say(CAIRO_PDF_METADATA_CREATE_DATE, made);
    say(CAIRO_PDF_METADATA_MOD_DATE, made);

    cairo_t* cr = cairo_create(surface);
    std::vector<std::string> names;
    for (const Page& one : pages_)
      for (const Place& place : one.places) names.push_back(place.name);
    std::ranges::sort(names);
    for (std::size_t i = 0; i < pages_.size(); ++i) {
      draw(cr, pages_[i], names);
      if (i != 0) foot(cr, i);
      cairo_surface_show_page(surface);
    }
    std::array<int, 3> parents{CAIRO_PDF_OUTLINE_ROOT, 0, 0};
    for (const Bookmark& bookmark : bookmarks_) {
      const auto level = static_cast<std::size_t>(bookmark.level);
      parents[level + 1] = cairo_pdf_surface_add_outline(
          surface, level == 0 ? CAIRO_PDF_OUTLINE_ROOT : parents[level], clean(bookmark.title).c_str(),
          fmt::format("dest='{}'", tag_name(bookmark.place)).c_str(),
          level == 0 ? CAIRO_PDF_OUTLINE_FLAG_BOLD : static_cast<cairo_pdf_outline_flags_t>(0));
    }
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    const cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS)
      return Error{Fault::storage, std::string("print: ") + cairo_status_to_string(status)};
    return with_language(std::move(out), code(folio_.language));
  }

  void draw(cairo_t* cr, const Page& one, const std::vector<std::string>& names) {
    for (const Place& place : one.places) {
      const std::string where =
          fmt::format("name='{}' x={:.2f} y={:.2f}", tag_name(place.name), kLeft - 10, std::max(0.0, place.y - 4));
      cairo_tag_begin(cr, CAIRO_TAG_DEST, where.c_str());
      cairo_tag_end(cr, CAIRO_TAG_DEST);
    }
    for (const Mark& mark : one.marks) {
      if (mark.kind == Mark::Kind::words) continue;
      source(cr, mark.colour);
      cairo_rectangle(cr, mark.x, mark.y, mark.width, mark.height);
      cairo_fill(cr);
    }
    source(cr, kInk);
    const PangoLayout* paragraph = nullptr;
    const char* tag = kParagraphTag;
    Spot spot;
    for (const Mark& mark : one.marks) {
      if (mark.kind != Mark::Kind::words) continue;
      // The lines of a paragraph are one for those who have the paper read to them.
      if (mark.words->layout != paragraph || mark.spot != spot) {
        if (paragraph != nullptr) cairo_tag_end(cr, tag);
        step(cr, spot, mark.spot);
        tag = mark.tag;
        cairo_tag_begin(cr, tag, nullptr);
        paragraph = mark.words->layout;
      }
      cairo_move_to(cr, mark.x, mark.y);
      pango_cairo_show_layout_line(cr, mark.words);
    }
    if (paragraph != nullptr) cairo_tag_end(cr, tag);
    step(cr, spot, {});
    for (const Link& link : one.links) {
      const std::string to = target(link.to, names);
      if (to.empty()) continue;
      const std::string where =
          fmt::format("{} rect=[{:.2f} {:.2f} {:.2f} {:.2f}]", to, link.x, link.y, link.width, link.height);
      cairo_tag_begin(cr, CAIRO_TAG_LINK, where.c_str());
      cairo_tag_end(cr, CAIRO_TAG_LINK);
    }
  }

  /// Where a link leads, as an attribute of its tag: a place of this paper, or a file beside it. Empty: nowhere.
  static std::string target(const std::string& to, const std::vector<std::string>& names) {
    if (to.starts_with('#')) {
      const std::string place = to.substr(1);
      return std::ranges::binary_search(names, place) ? fmt::format("dest='{}'", tag_name(place)) : std::string();
    }
    // Paths of entries are of such signs (chronology.cpp); nothing else may stand in the attributes of a tag.
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/";
    return to.find_first_not_of(kPlain) == std::string::npos ? fmt::format("uri='{}'", to) : std::string();
  }

  /// Ends what is open of a table as far as `next` is not in it, and begins what `next` is in.
  static void step(cairo_t* cr, Spot& open, const Spot& next) {
    const bool same_table = open.table == next.table, same_row = same_table && open.row == next.row;
    const bool same_cell = same_row && open.cell == next.cell;
    const auto cell_tag = [](const Spot& spot) { return spot.heading ? "TH" : "TD"; };
    if (open.table != 0) {
      if (!same_cell) cairo_tag_end(cr, cell_tag(open));
      if (!same_row) cairo_tag_end(cr, "TR");
      if (!same_table) cairo_tag_end(cr, "Table");
    }
    if (next.table != 0) {
      if (!same_table) cairo_tag_begin(cr, "Table", nullptr);
      if (!same_row) cairo_tag_begin(cr, "TR", nullptr);
      if (!same_cell) cairo_tag_begin(cr, cell_tag(next), nullptr);
    }
    open = next;
  }

  static std::string filled(std::string text, std::string_view placeholder, const std::string& value) {
    if (const std::size_t at = text.find(placeholder); at != std::string::npos)
      text.replace(at, placeholder.size(), value);
    return text;
  }

  void show(cairo_t* cr, const Line& line, const Type& type, double y, PangoAlignment alignment) {
    const Laid* laid = lay(line, type, kInner, 0, alignment);
    pages_.emplace_back();
    set(*laid, 0, kLeft, y, kInner);
    for (const Mark& mark : page().marks) {
      cairo_move_to(cr, mark.x, mark.y);
      pango_cairo_show_layout_line(cr, mark.words);
    }
    pages_.pop_back();
  }

  /// What stands on every page but the cover: above, whose case it is; below, the digest and the number of the page.
  void foot(cairo_t* cr, std::size_t index) {
    const std::size_t pages = pages_.size();
    source(cr, kRule);
    cairo_rectangle(cr, kLeft, 46, kInner, 0.4);
    cairo_rectangle(cr, kLeft, kHeight - 50, kInner, 0.4);
    cairo_fill(cr);
    source(cr, kInk);
    show(cr, {{.text = folio_.author, .tone = Tone::muted}}, kFoot, 34, PANGO_ALIGN_LEFT);
    show(cr, {{.text = folio_.title, .tone = Tone::muted}}, kFoot, 34, PANGO_ALIGN_RIGHT);
    show(cr, {{.text = folio_.foot, .tone = Tone::muted}}, kFoot, kHeight - 45, PANGO_ALIGN_LEFT);
    show(cr, {{.text = folio_.digest, .tone = Tone::muted, .mono = true}}, kDigest, kHeight - 35, PANGO_ALIGN_LEFT);
    const std::string number =
        filled(filled(folio_.page_of, "{n}", std::to_string(index + 1)), "{of}", std::to_string(pages));
    show(cr, {{.text = number}}, kFoot, kHeight - 45, PANGO_ALIGN_RIGHT);
  }

  const Folio& folio_;
  Held<PangoContext> context_;
  std::vector<Held<PangoLayout>> layouts_;
  std::deque<Laid> laid_;
  std::vector<Page> pages_;
  std::vector<Bookmark> bookmarks_;
  double y_ = kTop;
  std::size_t unknown_ = 0, chapters_ = 0;
  Spot spot_;
  std::size_t spot_table_ = 0, spot_row_ = 0;
};

}  // namespace

Result<std::string> folio_print(const Folio& folio) {
  // A font map is for one thread at a time.
  static std::mutex one_at_a_time;
  const std::scoped_lock lock(one_at_a_time);
  GUICHET_TRY(map, Fonts::map());
  return Printer(folio, map).print();
}

}  // namespace guichet::dossier
