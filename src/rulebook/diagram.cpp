#include <guichet/rulebook/diagram.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/core/names.hpp>
#include <guichet/rulebook/explain.hpp>

namespace guichet::rulebook {
namespace {

using formats::Html;
using formats::Language;
using formats::Phrases;

// All lengths are units of the viewBox. The width is that of a small telephone, so that the drawing stays
// readable there; on paper and large screens it grows as a whole.
constexpr int kWidth = 340;
constexpr int kMargin = 8;
constexpr int kText = 13;   // size of letters
constexpr int kLine = 17;   // from line to line
constexpr int kPad = 10;    // inside boxes
constexpr int kGap = 14;    // between boxes
constexpr int kLane = 8;    // between the lines that run along the right side
constexpr int kIcon = 26;   // room for an arrow's beginning and its icon
constexpr int kStair = 18;  // each level of the ladder stands so much to the right of the one below

// --- text without a layout engine ---

/// An upper bound of a letter's width in thousandths of its size: the widths of DejaVu Sans, the widest of
/// the usual sans-serif faces (measured from its tables, rounded up).
int letter_width(char32_t letter) {
  constexpr std::u32string_view kNarrow = U"ijl.,:;'|!’I ()[]\u00a0\u202f", kSlim = U"ftr-/J\"“”", kWide = U"mwMW%@…—→";
  if (kNarrow.find(letter) != std::u32string_view::npos) return 400;
  if (kSlim.find(letter) != std::u32string_view::npos) return 520;
  if (kWide.find(letter) != std::u32string_view::npos) return 1'000;
  return letter >= U'A' && letter <= U'Z' ? 790 : 640;
}

int text_width(std::string_view text) {
  int thousandths = 0;
  for (std::size_t i = 0; i < text.size();) {
    // The catalogue is UTF-8 (the page writer repairs what is not): the first byte tells the length.
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t letter = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      letter = letter << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    thousandths += letter_width(letter);
    i += length;
  }
  return (thousandths * kText + 999) / 1'000;
}

/// Lines no wider than `width`; a single word that is wider stands on a line of its own.
std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    if (lines.empty() || text_width(lines.back() + " " + word) > width)
      lines.push_back(word);
    else
      lines.back() += " " + word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// --- what is drawn ---

enum class Place : std::uint8_t { desk, seller, decided, appeal, mediation, closed, ladder, stays };
constexpr std::size_t kPlaces = 7;  // without `stays`

/// Why something moves: told by line, icon and words, never by colour alone.
enum class Cause : std::uint8_t { act, desk_silence, seller_silence };
constexpr std::size_t kCauses = 3;

struct Exit {
  Cause cause{};
  Place to{};
  std::string label;
};

struct State {
  Place place{};
  std::vector<Exit> exits;
};

/// Which words of the procedure become which arrows.
class Map {
 public:
  Map(const ProcedureFile& file, const Phrases& phrases) : file_(file), rules_(file.procedure), phrases_(phrases) {}

  std::vector<State> states() {
    std::vector<State> all{desk(), seller(), decided()};
    if (rules_.appeal.allowed) all.push_back(appeal());
    if (mediates()) all.push_back(mediation());
    all.push_back(closed());
    return all;
  }

 private:
  std::string label(const std::string& key, std::initializer_list<formats::Argument> arguments = {}) const {
    return phrases_("explain.diagram." + key, arguments);
  }
  std::string time(Clock clock) const { return time_in_words(file_, rules_.clock(clock).allowance, phrases_); }
  bool mediates() const { return rules_.mediation.by != 0 && rules_.mediation.mediators != 0; }

  std::string within(const std::string& act, const Allowance& allowance) const {
    const std::string what = label("act." + act);
    return allowance ? label("within", {{"what", what}, {"time", time_in_words(file_, allowance, phrases_)}}) : what;
  }
  /// Where the end of a clock leads.
  Place leads(Clock clock) const {
    const Effect follows = what_follows(rules_, clock);
    switch (follows) {
      case Effect::escalate: return Place::ladder;
      case Effect::close: return Place::closed;
      case Effect::grant: return Place::decided;
      case Effect::nothing:
      case Effect::remind:
      case Effect::reassign:
      case Effect::hand_back: break;
    }
    return clock == Clock::seller_reply ? Place::desk : Place::stays;
  }

  void silence(State& state, Clock clock, Cause cause) const {
    const ClockRule& rule = rules_.clock(clock);
    const std::string key = "silence." + std::string{name(clock)};
    if (!rule.allowance) {
      state.exits.push_back({cause, Place::stays, label(key + ".free")});
      return;
    }
    const std::string effect = short_effect(rules_, clock, phrases_);
    state.exits.push_back({cause, leads(clock), label(key, {{"time", time(clock)}, {"effect", effect}})});
  }
  void act(State& state, Place to, std::string label) const {
    state.exits.push_back({Cause::act, to, std::move(label)});
  }
  void close(State& state, Ground ground) const {
    const std::uint8_t by = rules_.right(ground).by;
    if (by == 0) return;
    const Cause cause = ground == Ground::seller_silence ? Cause::seller_silence : Cause::act;
    state.exits.push_back(
        {cause, Place::closed, label("close." + std::string{name(ground)}, {{"who", agents_in_words(by, phrases_)}})});
  }
  void mediate(State& state) const {
    if (mediates())
      act(state, Place::mediation, label("mediate", {{"who", agents_in_words(rules_.mediation.by, phrases_)}}));
  }

  State desk() const {
    State state{Place::desk, {}};
    act(state, Place::seller, label("act.answer"));
    act(state, Place::decided, within("decide", rules_.clock(Clock::decision).allowance));
    if (rules_.clock(Clock::first_answer).allowance != rules_.clock(Clock::next_answer).allowance)
      silence(state, Clock::first_answer, Cause::desk_silence);
    silence(state, Clock::next_answer, Cause::desk_silence);
    silence(state, Clock::decision, Cause::desk_silence);
    if (rules_.mediation.before_decision) mediate(state);
    close(state, Ground::desk_alone);
    return state;
  }
  State seller() const {
    State state{Place::seller, {}};
    act(state, Place::desk, label("act.reply"));
    const ClockRule& reply = rules_.clock(Clock::seller_reply);
    silence(state, Clock::seller_reply, Cause::seller_silence);
    // Where nobody but the clock may close for silence, its own arrow says so already.
    if (!reply.allowance || (rules_.right(Ground::seller_silence).by & kByDesk) != 0)
      close(state, Ground::seller_silence);
    close(state, Ground::agreement);
    close(state, Ground::seller_wish);
    return state;
  }
  State decided() const {
    State state{Place::decided, {}};
    if (rules_.appeal.allowed)
      act(state, Place::appeal, within("appeal", rules_.clock(Clock::appeal_window).allowance));
    mediate(state);
    close(state, Ground::decision);
    return state;
  }
  State appeal() const {
    State state{Place::appeal, {}};
    act(state, Place::decided, within("appeal_decided", rules_.clock(Clock::appeal_decision).allowance));
    silence(state, Clock::appeal_decision, Cause::desk_silence);
    return state;
  }
  State mediation() const {
    State state{Place::mediation, {}};
    act(state, rules_.mediation.before_decision ? Place::desk : Place::decided,
        within("mediated", rules_.clock(Clock::mediation).allowance));
    return state;
  }
  State closed() const {
    State state{Place::closed, {}};
    if (rules_.reopening.kind == Reopening::Kind::same_case)
      act(state, Place::desk, within("reopen", rules_.reopening.within));
    else
      act(state, Place::desk, label("act.restart"));
    return state;
  }

  const ProcedureFile& file_;
  const Procedure& rules_;
  const Phrases& phrases_;
};

// --- drawing ---

std::string digits(int value) { return std::to_string(value); }

/// Colour is the last of three signs: each cause also has its dash and its icon.
struct Pen {
  const char* part;    // class in the page's style
  const char* colour;  // where no page gives one
  const char* dash;
};
Pen pen(Cause cause) {
  switch (cause) {
    case Cause::act: return {"ink", "#1b1f24", "none"};
    case Cause::desk_silence: return {"desk", "#0b5790", "7 4"};
    case Cause::seller_silence: return {"seller", "#8a4300", "2 3"};
  }
  return {};
}

class Drawing {
 public:
  Drawing(const ProcedureFile& file, Language language)
      : file_(file), phrases_(language), states_(Map(file, phrases_).states()) {}

  Html draw() {
    place_lanes();
    right_ = kWidth - kMargin - kLane * (lanes_ + 1);
    int y = kMargin;
    for (const State& state : states_) y = box(state, y) + kGap;
    y = ladder(y) + kGap;
    y = legend(y) + kMargin;
    arrows();
    return frame(y);
  }

 private:
  struct Start {
    Cause cause{};
    Place to{};
    int y{};
  };
  struct Box {
    int top{}, bottom{};
    bool drawn{};
  };

  std::string label(const std::string& key, std::initializer_list<formats::Argument> arguments = {}) const {
    return phrases_("explain.diagram." + key, arguments);
  }
  static std::size_t index(Place place) { return static_cast<std::size_t>(place); }
  static std::size_t lane_of(Place to, Cause cause) { return index(to) * kCauses + static_cast<std::size_t>(cause); }

  /// Arrows of one cause to one place share a lane; a lane of its own for each such pair that occurs.
  void place_lanes() {
    for (const State& state : states_)
      for (const Exit& exit : state.exits)
        if (exit.to != Place::stays) lane_[lane_of(exit.to, exit.cause)] = 0;
    for (auto& lane : lane_)
      if (lane) lane = lanes_++;
  }

  void line(std::string_view text, int x, int y, bool bold = false) {
    front_.element("text", text,
                   {{"x", digits(x)},
                    {"y", digits(y)},
                    {"font-size", digits(kText)},
                    {"font-weight", bold ? "700" : "400"},
                    {"fill", "currentColor"}});
  }

  void rect(int x, int y, int width, int height, int round, const char* part, const char* fill = "#f2f4f7") {
    back_.empty("rect", {{"class", part},
                         {"x", digits(x)},
                         {"y", digits(y)},
                         {"width", digits(width)},
                         {"height", digits(height)},
                         {"rx", digits(round)},
                         {"fill", fill},
                         {"stroke", "currentColor"},
                         {"stroke-width", "1.2"}});
  }

  /// Silence is an hourglass, in a square for the desk and in a circle for the seller; an act is a dot.
  void icon(Cause cause, int x, int y) {
    const Pen p = pen(cause);
    front_.open("g", {{"class", p.part},
                      {"color", p.colour},
                      {"fill", "none"},
                      {"stroke", "currentColor"},
                      {"stroke-width", "1.3"}});
    const auto hourglass = [&] {
      front_.empty("path", {{"d", "M" + digits(x - 3) + " " + digits(y - 4) + "h6l-6 8h6z"}, {"fill", "currentColor"}});
    };
    switch (cause) {
      case Cause::act:
        front_.empty("circle", {{"cx", digits(x)}, {"cy", digits(y)}, {"r", "3"}, {"fill", "currentColor"}});
        break;
      case Cause::desk_silence:
        front_.empty("rect", {{"x", digits(x - 7)}, {"y", digits(y - 7)}, {"width", "14"}, {"height", "14"}});
        hourglass();
        break;
      case Cause::seller_silence:
        front_.empty("circle", {{"cx", digits(x)}, {"cy", digits(y)}, {"r", "7.5"}});
        hourglass();
        break;
    }
    front_.close();
  }

  void path(Cause cause, const std::string& d) {
    const Pen p = pen(cause);
    back_.empty("path", {{"class", p.part},
                         {"color", p.colour},
                         {"d", d},
                         {"fill", "none"},
                         {"stroke", "currentColor"},
                         {"stroke-width", "1.6"},
                         {"stroke-dasharray", p.dash}});
  }
  void head(Cause cause, const std::string& d) {
    const Pen p = pen(cause);
    back_.empty("path", {{"class", p.part}, {"color", p.colour}, {"d", d}, {"fill", "currentColor"}});
  }

  /// Where an arrow joins a lane, as opposed to crossing it.
  void joint(Cause cause, int x, int y) {
    const Pen p = pen(cause);
    back_.empty("circle", {{"class", p.part},
                           {"color", p.colour},
                           {"cx", digits(x)},
                           {"cy", digits(y)},
                           {"r", "2.6"},
                           {"fill", "currentColor"}});
  }

  /// Returns the box's lower edge.
  int box(const State& state, int top) {
    static constexpr std::array<const char*, kPlaces> kNames{"desk",      "seller", "decided", "appeal",
                                                             "mediation", "closed", "ladder"};
    const int left = kMargin, inside = right_ - left - 2 * kPad - kIcon;
    int y = top + kPad + kText;
    line(label(std::string{"state."} + kNames[index(state.place)]), left + kPad, y, true);
    for (const Exit& exit : state.exits) {
      y += kLine + 4;
      icon(exit.cause, left + kPad + 8, y - 4);
      if (exit.to != Place::stays) starts_.push_back({exit.cause, exit.to, y - 4});
      const std::vector<std::string> lines = wrapped(exit.label, inside);
      for (std::size_t i = 0; i < lines.size(); ++i)
        line(lines[i], left + kPad + kIcon, y + static_cast<int>(i) * kLine);
      y += static_cast<int>(lines.size() - 1) * kLine;
    }
    const int bottom = y + kPad;
    rect(left, top, right_ - left, bottom - top, 12, "state");
    boxes_[index(state.place)] = {top, bottom, true};
    return bottom;
  }

  // --- the ladder: the highest level on top, each a step further to the right ---

  int ladder(int top) {
    int y = top + kPad + kText;
    line(label("state.ladder"), kMargin + kPad, y, true);
    Html around = std::move(back_);  // the outer box lies below all that stands in it
    back_ = {};
    y += kPad;
    for (std::size_t i = std::min<std::size_t>(file_.procedure.levels, kLevelsMax); i-- > 0;) {
      y = step(i, y);
      if (i > 0) y = rise(i, y);
    }
    const int bottom = y + kPad;
    std::swap(around, back_);
    rect(kMargin, top, right_ - kMargin, bottom - top, 12, "state");
    back_.add(around);
    boxes_[index(Place::ladder)] = {top, bottom, true};
    return bottom;
  }

  int step(std::size_t level, int top) {
    const Level& rule = file_.procedure.ladder[level];
    const LevelText kNoText;
    const LevelText& known = level < file_.levels.size() ? file_.levels[level] : kNoText;
    const int left = kMargin + kPad + static_cast<int>(level) * kStair, right = right_ - kPad;
    const int inside = right - left - 2 * kPad;
    int y = top + kPad - kLine + kText;
    for (const std::string& text :
         wrapped(label("level", {{"n", std::to_string(level + 1)}, {"title", known.title.in(phrases_.language())}}),
                 inside * 9 / 10))  // bold letters are wider
      line(text, left + kPad, y += kLine, true);
    std::string about = rule.stay_max ? label("level.stay", {{"time", time_in_words(file_, rule.stay_max, phrases_)}})
                                      : label("level.free");
    about += " · " + label(known.may_decide ? "level.decides" : "level.only_answers");
    if (known.last_resort) about += " · " + label("level.last_resort");
    for (const std::string& text : wrapped(about, inside)) line(text, left + kPad, y += kLine);
    const int bottom = y + kPad;
    rect(left, top, right - left, bottom - top, 6, "step", "#ffffff");
    return bottom;
  }

  /// The arrows up to `level`, between its box above and the next box below.
  int rise(std::size_t level, int top) {
    const Procedure& rules = file_.procedure;
    const int x = kMargin + kPad + static_cast<int>(level) * kStair + 12;
    struct Up {
      Cause cause{};
      std::vector<std::string> lines;
    };
    const int room = right_ - kPad - x - 2 * kIcon;
    std::vector<Up> ups;
    const std::uint8_t by = rules.ladder[level].may_climb_here;
    const bool nobody = by == 0;
    ups.push_back(
        {Cause::act,
         wrapped(nobody ? label("climb.none") : label("climb", {{"who", agents_in_words(by, phrases_)}}), room)});
    const Allowance stay = rules.ladder[level - 1].stay_max;
    if (stay && what_follows(rules, Clock::level) == Effect::escalate && (by & kByClock) != 0)
      ups.push_back(
          {Cause::desk_silence, wrapped(label("climb.clock", {{"time", time_in_words(file_, stay, phrases_)},
                                                              {"effect", phrases_("explain.effect.short.escalate")}}),
                                        room)});
    int lines = 0;
    for (const Up& up : ups) lines += static_cast<int>(up.lines.size());
    const int bottom = top + lines * kLine + static_cast<int>(ups.size() - 1) * 4 + 10;
    int y = top + kText + 2;
    for (std::size_t i = 0; i < ups.size(); ++i) {
      const int at = x + static_cast<int>(i) * 16;
      if (!nobody || i > 0) {
        path(ups[i].cause, "M" + digits(at) + " " + digits(bottom) + "V" + digits(top + 6));
        head(ups[i].cause, "M" + digits(at - 4) + " " + digits(top + 8) + "l4 -8l4 8z");
      } else {
        path(Cause::act, "M" + digits(at - 5) + " " + digits(top + 6) + "l10 10m0 -10l-10 10");
      }
      icon(ups[i].cause, x + 38, y - 4);
      for (const std::string& text : ups[i].lines) {
        line(text, x + 52, y);
        y += kLine;
      }
      y += 4;
    }
    return bottom;
  }

  int legend(int top) {
    static constexpr std::array<const char*, kCauses> kKeys{"legend.act", "legend.desk", "legend.seller"};
    int y = top + kText;
    line(label("legend"), kMargin, y, true);
    for (std::size_t i = 0; i < kCauses; ++i) {
      const auto cause = static_cast<Cause>(i);
      y += kLine + 2;
      path(cause, "M" + digits(kMargin + 4) + " " + digits(y - 4) + "h38");
      head(cause, "M" + digits(kMargin + 42) + " " + digits(y - 8) + "l8 4l-8 4z");
      icon(cause, kMargin + 66, y - 4);
      line(label(kKeys[i]), kMargin + 82, y);
    }
    return y + 4;
  }

  /// From each start to the right, along its lane, and into the place it leads to.
  void arrows() {
    std::array<int, kPlaces> entries{};
    for (std::size_t place = 0; place < kPlaces; ++place)
      for (std::size_t cause = 0; cause < kCauses; ++cause) {
        const std::size_t which = place * kCauses + cause;
        if (!lane_[which] || !boxes_[place].drawn) continue;
        const int x = right_ + kLane * (*lane_[which] + 1);
        // Enter beside the title, each cause a little lower than the one before.
        const int into = boxes_[place].top + 9 + 9 * entries[place]++;
        const auto why = static_cast<Cause>(cause);
        int top = into, bottom = into;
        for (const Start& start : starts_) {
          if (index(start.to) != place || start.cause != why) continue;
          path(why, "M" + digits(right_) + " " + digits(start.y) + "H" + digits(x));
          top = std::min(top, start.y);
          bottom = std::max(bottom, start.y);
        }
        // The lane is drawn once, or the dashes of its arrows would fill each other's gaps.
        path(why, "M" + digits(x) + " " + digits(top) + "V" + digits(bottom) + "M" + digits(x) + " " + digits(into) +
                      "H" + digits(right_ + 6));
        for (const Start& start : starts_)
          if (index(start.to) == place && start.cause == why && start.y != top && start.y != bottom)
            joint(why, x, start.y);
        head(why, "M" + digits(right_ + 8) + " " + digits(into - 4) + "l-8 4l8 4z");
      }
  }

  Html frame(int height) {
    Html svg;
    svg.open("svg", {{"class", "drawing"},
                     {"xmlns", "http://www.w3.org/2000/svg"},
                     {"viewBox", "0 0 " + digits(kWidth) + " " + digits(height)},
                     {"role", "img"},
                     {"aria-labelledby", "drawing-title drawing-about"},
                     {"color", "#1b1f24"},
                     {"font-family", "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif"}});
    svg.element("title", label("title", {{"title", file_.title.in(phrases_.language())}}), {{"id", "drawing-title"}});
    svg.element("desc", label("about"), {{"id", "drawing-about"}});
    svg.empty("rect", {{"class", "sheet"}, {"width", digits(kWidth)}, {"height", digits(height)}, {"fill", "#ffffff"}});
    return svg.add(back_).add(front_).close();
  }

  const ProcedureFile& file_;
  Phrases phrases_;
  std::vector<State> states_;
  std::array<std::optional<int>, kPlaces * kCauses> lane_{};
  int lanes_ = 0;
  int right_ = 0;  // the right edge of boxes; lanes are beyond
  std::array<Box, kPlaces> boxes_{};
  std::vector<Start> starts_;
  Html back_, front_;  // lines and boxes below, words and icons above
};

}  // namespace

Html diagram(const ProcedureFile& file, Language language) { return Drawing(file, language).draw(); }

std::string diagram_as_svg(const ProcedureFile& file, Language language) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + diagram(file, language).str() + "\n";
}

}  // namespace guichet::rulebook
