#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <guichet/base/sha256.hpp>
#include <guichet/core/names.hpp>
#include <guichet/dossier/chronology.hpp>

namespace guichet::dossier {
namespace {

using Cell = std::vector<Line>;

Side side_of(const Event& event) {
  switch (event.party) {
    case Party::seller: return Side::seller;
    case Party::desk: return Side::desk;
    case Party::third: return Side::third;
    case Party::nobody:
    case Party::clock: break;
  }
  return Side::none;
}

Cell cell(std::string text) { return {plain(std::move(text))}; }
Cell marked(Run run) { return {Line{std::move(run)}}; }

class FolioWriter {
 public:
  FolioWriter(const ToldCase& told, const Chronology& made, const Voice& voice, const MoreChapters& more)
      : told_(told), made_(made), v_(voice), p_(voice.phrases), more_(more), time_(told.timeline) {}

  Folio write(const std::string& digest) {
    folio_.language = p_.language();
    folio_.kind = phrase("kind");
    folio_.title = p_("case.number", {{"n", std::to_string(told_.id.value)}});
    folio_.subtitle = told_.subject;
    folio_.author = told_.house;
    folio_.made = told_.until();
    folio_.foot = phrase("foot");
    folio_.digest = digest;
    folio_.contents_title = phrase("contents");
    folio_.page_of = phrase("page_of", {{"n", "{n}"}, {"of", "{of}"}});
    folio_.cut_note = phrase("cut");
    folio_.unknown_signs = phrase("unknown_signs", {{"n", "{n}"}});
    folio_.continued = phrase("continued");
    cover();
    in_short();
    people();
    chronology();
    versions();
    clocks();
    questions();
    offers();
    restrictions();
    costs();
    exhibits();
    challenges();
    checking(digest);
    return std::move(folio_);
  }

 private:
  bool all_imported() const { return imported_ != 0 && imported_ == told_.events.size(); }

  // ---- words ----

  /// The phrase "dossier.<key>", its placeholders left in when none are given.
  std::string phrase(std::string_view key, std::initializer_list<formats::Argument> arguments = {}) const {
    return p_(fmt::format("dossier.{}", key), arguments);
  }
  std::string counted(std::string_view key, std::uint64_t count,
                      std::initializer_list<formats::Argument> arguments = {}) const {
    return p_.counted(fmt::format("dossier.{}", key), static_cast<std::int64_t>(count), arguments);
  }
  std::string when(Instant at) const { return at == kNever ? phrase("never") : v_.moment(at); }
  /// Where a moment was taken from that is not the mail's own; an imported case opens when its first mail was.
  std::string time_from(const Entry& entry) const {
    std::string_view from = entry.time_by();
    if (from.empty() && entry.event.kind == EventKind::opened && imported_ != 0) {
      const auto first = std::ranges::find_if(
          time_.entries, [&](const Entry& one) { return one.event.at == entry.event.at && !one.time_by().empty(); });
      if (first != time_.entries.end()) from = first->time_by();
    }
    return from.empty() ? std::string() : phrase(fmt::format("time.{}", from));
  }
  std::string when_of(const Entry& entry) const {
    const std::string from = time_from(entry);
    return from.empty() ? when(entry.event.at) : fmt::format("{} ({})", when(entry.event.at), from);
  }
  std::string clock_name(Clock clock) const { return p_(fmt::format("clock.{}", name(clock))); }

  // ---- parts of the folio ----

  void chapter(std::string_view key) {
    folio_.blocks.push_back({.kind = Block::Kind::chapter,
                             .place = std::string(key),
                             .line = plain(phrase(fmt::format("chapter.{}", key)))});
  }
  void section(std::string_view key) {
    folio_.blocks.push_back({.kind = Block::Kind::section,
                             .place = std::string(key),
                             .line = plain(phrase(fmt::format("section.{}", key)))});
  }
  void paragraph(Line line) {
    folio_.blocks.push_back({.kind = Block::Kind::paragraph, .place = {}, .line = std::move(line)});
  }
  void paragraph(std::string text) { paragraph(plain(std::move(text))); }
  void bullet(Line line) {
    folio_.blocks.push_back({.kind = Block::Kind::bullet, .place = {}, .line = std::move(line)});
  }
  void bullet(std::string text) { bullet(plain(std::move(text))); }

  struct Heading {
    std::string_view key;
    unsigned share;
    bool number = false;
  };
  Block table(std::string_view caption, std::initializer_list<Heading> headings) const {
    Block block{.kind = Block::Kind::table, .place = {}, .line = {}};
    if (!caption.empty()) block.line = plain(phrase(fmt::format("table.{}", caption)));
    for (const Heading& one : headings)
      block.columns.push_back(
          {.title = phrase(fmt::format("column.{}", one.key)), .share = one.share, .number = one.number});
    return block;
  }
  void add(Block table) {
    if (!table.rows.empty()) folio_.blocks.push_back(std::move(table));
  }

  // ---- the cover ----

  void cover() {
    const auto line = [&](std::string_view key, std::string value) {
      if (!value.empty()) folio_.cover.emplace_back(phrase(fmt::format("cover.{}", key)), std::move(value));
    };
    line("seller", told_.seller);
    line("desk", told_.house);
    line("matter", told_.matter);
    if (told_.amount_cents != 0) line("amount", money(p_, told_.amount_cents));
    if (!time_.entries.empty()) line("opened", when_of(time_.entries.front()));
    line("until", when(told_.until()));
    line("stands", all_imported() ? phrase("cover.stands.imported") : told_.stands);
    line("owner", told_.owner);
    if (all_imported())
      line("procedure", phrase("cover.procedure.imported"));
    else
      line("procedure", phrase("cover.procedure.value", {{"name", told_.procedure_name},
                                                         {"version", told_.procedure_version},
                                                         {"n", std::to_string(told_.procedure_number)}}));
    line("size", joined(p_, {counted("cover_letters", made_.letters.size()), counted("events", told_.events.size()),
                             counted("exhibits", made_.exhibits.size())}));
    line("edition", phrase(fmt::format("edition.{}", name(told_.edition))));
    if (told_.key.empty()) line("key", phrase("cover.no_key"));
    folio_.cover_notes.push_back(plain(phrase("cover.facts_only")));
    folio_.cover_notes.push_back(
        {{.text = phrase("cover.verify")}, {.text = " guichet verify dossier.zip", .mono = true}});
    folio_.cover_notes.push_back({{.text = folio_.foot + " "}, {.text = folio_.digest, .mono = true}});
    if (!told_.key.empty())
      folio_.cover_notes.push_back({{.text = phrase("checking.key") + " "}, {.text = told_.key, .mono = true}});
  }

  // ---- in short ----

  void in_short() {
    chapter("short");
    if (time_.entries.empty()) {
      paragraph(phrase("short.empty"));
      return;
    }
    bullet(phrase("short.span", {{"from", when(time_.opened)},
                                 {"until", when(time_.entries.back().event.at)},
                                 {"time", p_.duration(time_.entries.back().event.at - time_.opened)}}));
    bullet(phrase("short.messages", {{"seller", counted("messages", time_.seller_messages)},
                                     {"desk", counted("messages", time_.desk_messages)},
                                     {"agents", counted("agents", time_.agents.size())}}));
    const std::uint64_t sent = std::uint64_t{time_.seller_messages} + time_.desk_messages;
    if (made_.letters.size() != sent)
      bullet(phrase("short.writings", {{"list", counted("cover_letters", made_.letters.size())}}));
    bullet(phrase("short.silences", {{"desk", p_.duration(time_.desk_silence_longest)},
                                     {"seller", p_.duration(time_.seller_silence_longest)}}));
    if (time_.silences_unsure != 0) bullet(phrase("short.silences.unsure"));
    if (time_.clocks.empty())
      bullet(phrase("clocks.none"));
    else
      bullet(phrase("short.clocks", {{"kept", counted("kept", made_.clocks_kept)},
                                     {"missed", counted("missed", made_.clocks_missed)},
                                     {"seller_kept", counted("kept", made_.clocks_kept_seller)},
                                     {"seller_missed", counted("missed", made_.clocks_missed_seller)}}));
    if (imported_ != 0) bullet(phrase("short.questions.imported"));
    if (!all_imported())
      bullet(phrase("short.questions", {{"seller", std::to_string(time_.open_questions(Party::seller).size())},
                                        {"desk", std::to_string(time_.open_questions(Party::desk).size())}}));
    if (!time_.offers.empty()) bullet(counted("short.offers", time_.offers.size()));
    if (!time_.restrictions.empty()) bullet(counted("short.restrictions", time_.restrictions.size()));
    const std::size_t differ = made_.versions.size() + more_.disputed_facts;
    if (differ != 0) bullet(counted("short.versions", differ));
    for (const Fact& fact : made_.facts) {
      const Entry& entry = time_.entries[fact.entry];
      if (!is_landmark(entry.event.kind)) continue;
      bullet({{.text = when_of(entry) + " – ", .tone = Tone::muted},
              {.text = event_line(v_, entry), .to = event_place(entry.event.version)}});
    }
  }

  static bool is_landmark(EventKind kind) {
    using enum EventKind;
    constexpr std::array kLandmarks{opened,
                                    decided,
                                    appealed,
                                    closed,
                                    reopened,
                                    abandoned,
                                    restarted,
                                    referred_to_mediator,
                                    escalated,
                                    mediation_ended,
                                    offer_made,
                                    offer_refused,
                                    offer_accepted,
                                    restriction_took_effect,
                                    restriction_lifted};
    return std::ranges::find(kLandmarks, kind) != kLandmarks.end();
  }

  // ---- people ----

  void people() {
    chapter("people");
    paragraph(counted("people.met", time_.agents.size()));
    Block met = table("agents", {{"person", 10}, {"messages", 5, true}, {"first", 10}, {"last", 10}, {"span", 6}});
    for (const AgentMet& agent : time_.agents)
      met.rows.push_back(
          {.cells = {marked({.text = v_.person(agent.person), .strong = true}), cell(std::to_string(agent.messages)),
                     cell(when(agent.first)), cell(when(agent.last)), cell(p_.duration(agent.last - agent.first))},
           .side = Side::desk});
    add(std::move(met));
    Block handed = table("hand_overs", {{"date", 9}, {"from", 8}, {"to", 8}, {"result", 6}, {"why", 12}});
    for (const HandOverTold& told : time_.hand_overs) {
      static constexpr std::array<std::string_view, 5> kStandings{"assigned", "proposed", "accepted", "refused",
                                                                  "lapsed"};
      const bool assigned = told.standing == HandOverTold::Standing::assigned;
      std::string why = assigned ? p_(fmt::format("assigned.because.{}", name(static_cast<AssignReason>(told.reason))))
                        : told.reason == 0
                            ? std::string()
                            : p_(fmt::format("hand_off.because.{}", name(static_cast<HandOffReason>(told.reason))));
      Cell reasons = cell(std::move(why));
      if (!told.words.body.empty()) reasons.push_back(quoted(told.words.body));
      if (!told.answer.body.empty()) reasons.push_back(quoted(told.answer.body));
      handed.rows.push_back(
          {.cells = {cell(when(told.at)), cell(told.from ? v_.person(told.from) : phrase("nobody")),
                     cell(told.to ? v_.person(told.to) : phrase("nobody")),
                     cell(p_(fmt::format("hand_over.{}", kStandings[static_cast<std::size_t>(told.standing)]))),
                     std::move(reasons)},
           .side = Side::desk});
    }
    add(std::move(handed));
  }

  // ---- the chronology ----

  static std::string event_place(Version version) { return fmt::format("#e{}", version.value); }

  Line quoted(const std::string& words) const {
    return {{.text = phrase("quoted", {{"words", words}}), .tone = Tone::muted}};
  }

  /// What was written with an event, each part in its paragraph.
  Cell words_of(const Entry& entry) const {
    Cell lines;
    if (!entry.words) return lines;
    const FoundWords& found = *entry.words;
    if (found.erased) {
      lines.push_back({{.text = erased_words(entry.event.text, *found.erased), .tone = Tone::muted}});
      return lines;
    }
    if (found.label) return lines;  // the line says it
    add_words(lines, found.words);
    if (found.note && lines.empty()) lines.push_back({{.text = phrase("note_withheld"), .tone = Tone::muted}});
    return lines;
  }

  void add_words(Cell& lines, const Words& words) const {
    const auto labelled = [&](std::string_view key, const std::string& text) {
      if (!text.empty())
        lines.push_back({{.text = phrase(fmt::format("said.{}", key)) + " ", .tone = Tone::muted}, {.text = text}});
    };
    if (!words.body.empty()) lines.push_back(quoted(words.body));
    labelled("facts", words.facts);
    labelled("ground", words.ground);
    labelled("measure", words.measure);
    for (const std::string& question : words.questions) labelled("question", question);
    std::vector<std::string> ways;
    for (const std::string& way : words.redress)
      ways.push_back(p_.has("dossier.redress." + way) ? phrase("redress." + way) : way);
    labelled("redress", joined(p_, ways));
  }

  Cell sources_of(const Fact& fact, const std::string& clause) const {
    Cell lines;
    for (const Source& source : fact.sources) lines.push_back({source_run(source)});
    // Small, so that the longest path stands on one line of paper.
    if (!clause.empty()) lines.push_back({{.text = clause, .tone = Tone::muted, .mono = true, .small = true}});
    return lines;
  }

  Run source_run(const Source& source) const {
    const std::string number = std::to_string(source.number);
    switch (source.kind) {
      case Source::Kind::event: return {.text = phrase("source.event", {{"n", number}}), .tone = Tone::muted};
      case Source::Kind::letter: return {.text = phrase("source.letter", {{"n", number}}), .to = "#m" + number};
      case Source::Kind::exhibit: return {.text = phrase("source.exhibit", {{"n", number}}), .to = "#x" + number};
    }
    return {};
  }

  /// The line of an event with its marks: late, disputed.
  Line line_of(const Entry& entry, bool disputed) const {
    Line line{{.text = event_line(v_, entry), .strong = true}};
    if (entry.late)
      line.push_back(
          {.text = " " + phrase("late", {{"time", p_.duration(*entry.late)}}), .tone = Tone::bad, .strong = true});
    if (disputed) line.push_back({.text = " " + phrase("disputed"), .tone = Tone::wait, .strong = true});
    return line;
  }

  void chronology() {
    chapter("chronology");
    paragraph(phrase("chronology.how", {{"zone", told_.zone}}));
    if (imported_ != 0) paragraph(phrase("chronology.imported", {{"n", std::to_string(imported_)}}));
    folio_.blocks.insert(folio_.blocks.end(), more_.facts.begin(), more_.facts.end());
    if (!more_.facts.empty()) section("events");
    Block block = table("", {{"number", 3, true}, {"date", 10}, {"fact", 29}, {"source", 18}});
    for (std::size_t i = 0; i < made_.facts.size(); ++i) {
      const Fact& fact = made_.facts[i];
      const Entry& entry = time_.entries[fact.entry];
      Cell said{line_of(entry, fact.disputed)};
      const Cell words = words_of(entry);
      said.insert(said.end(), words.begin(), words.end());
      Cell date = cell(when(fact.at));
      if (const std::string from = time_from(entry); !from.empty())
        date.push_back({{.text = from, .tone = Tone::wait}});
      block.rows.push_back({.cells = {marked({.text = std::to_string(i + 1), .tone = Tone::muted}), std::move(date),
                                      std::move(said), sources_of(fact, entry.clause)},
                            .place = fmt::format("e{}", entry.event.version.value),
                            .side = side_of(entry.event)});
    }
    add(std::move(block));
  }

  // ---- both sides ----

  void versions() {
    chapter("versions");
    if (made_.versions.empty() && more_.versions.empty()) {
      paragraph(phrase("versions.none"));
      return;
    }
    paragraph(phrase("versions.how"));
    folio_.blocks.insert(folio_.blocks.end(), more_.versions.begin(), more_.versions.end());
    Block block =
        table(more_.versions.empty() ? "" : "disputed_acts", {{"about", 9}, {"seller_says", 21}, {"desk_says", 21}});
    for (const Versions& one : made_.versions) {
      static constexpr std::array<std::string_view, 4> kAbout{"answer", "restriction", "decision", "proposal"};
      Cell about = marked(
          {.text = phrase(fmt::format("versions.{}", kAbout[static_cast<std::size_t>(one.about)])), .strong = true});
      about.push_back({{.text = phrase("disputed"), .tone = Tone::wait, .strong = true}});
      block.rows.push_back({.cells = {std::move(about), version_cell(one.seller), version_cell(one.desk)}});
    }
    add(std::move(block));
  }

  Cell version_cell(const std::optional<std::size_t>& index) const {
    if (!index) return marked({.text = phrase("versions.silent"), .tone = Tone::muted});
    const Entry& entry = time_.entries[*index];
    Cell lines{{{.text = when(entry.event.at), .tone = Tone::muted, .to = event_place(entry.event.version)}},
               {{.text = event_line(v_, entry), .strong = true}}};
    const Cell words = words_of(entry);
    lines.insert(lines.end(), words.begin(), words.end());
    return lines;
  }

  // ---- clocks ----

  void clocks() {
    chapter("clocks");
    if (time_.clocks.empty()) {
      paragraph(phrase("clocks.none"));
      return;
    }
    paragraph(phrase("clocks.how"));
    Block block = table("", {{"clock", 10}, {"started", 9}, {"due", 9}, {"ended", 9}, {"result", 8}, {"clause", 15}});
    for (const ClockTold& told : time_.clocks) {
      static constexpr std::array<std::string_view, 4> kEndings{"runs", "kept", "missed", "stopped"};
      static constexpr std::array<Tone, 4> kTones{Tone::wait, Tone::good, Tone::bad, Tone::muted};
      const auto ending = static_cast<std::size_t>(told.ending);
      const bool over = is_over(told, told_.until());
      const Instant ended = over ? told.due : told.ended;
      Cell result = marked({.text = over ? phrase("clocks.over") : p_(fmt::format("clocks.{}", kEndings[ending])),
                            .tone = over ? Tone::muted : kTones[ending],
                            .strong = told.ending == ClockTold::Ending::missed});
      if (told.ending == ClockTold::Ending::missed && told.ended != kNever && told.ended > told.due)
        result.push_back(
            {{.text = phrase("clocks.by", {{"time", p_.duration(told.ended - told.due)}}), .tone = Tone::bad}});
      if (told.reminders != 0)
        result.push_back({{.text = p_.counted("clocks.reminders", told.reminders), .tone = Tone::muted}});
      block.rows.push_back(
          {.cells = {marked({.text = clock_name(told.clock), .strong = true}), cell(when(told.started)),
                     cell(when(told.due)), cell(ended == kNever ? phrase("clocks.not_ended") : when(ended)),
                     std::move(result),
                     marked({.text = fmt::format("clocks.{}", name(told.clock)),
                             .tone = Tone::muted,
                             .mono = true,
                             .small = true})}});
    }
    add(std::move(block));
  }

  // ---- questions ----

  void questions() {
    chapter("questions");
    if (time_.questions.empty()) {
      paragraph(phrase(all_imported() ? "questions.imported" : "questions.none"));
      return;
    }
    const auto open = [](const QuestionTold& one) {
      return one.standing == QuestionTold::Standing::open || one.standing == QuestionTold::Standing::disputed;
    };
    const auto unanswered = static_cast<std::uint64_t>(std::ranges::count_if(time_.questions, open));
    paragraph(counted("questions.unanswered", unanswered, {{"moment", when(told_.until())}}));
    for (const bool first : {true, false}) {
      Block block = table(first ? "unanswered" : "answered",
                          {{"asked", 10}, {"by", 6}, {"question", 26}, {"standing", 8}, {"settled", 10}});
      for (const QuestionTold& told : time_.questions) {
        static constexpr std::array<std::string_view, 5> kStandings{"open", "answered", "declined", "withdrawn",
                                                                    "disputed"};
        if (open(told) != first) continue;
        block.rows.push_back(
            {.cells = {cell(when(told.asked)), cell(p_(fmt::format("who.{}", name(told.by)))),
                       cell(told.text.empty() ? p_("question.unsaid") : told.text),
                       marked(
                           {.text = p_(fmt::format("question.{}", kStandings[static_cast<std::size_t>(told.standing)])),
                            .tone = first ? Tone::bad : Tone::plain,
                            .strong = first}),
                       cell(told.settled == kNever ? std::string("–") : when(told.settled))},
             .side = told.by == Party::seller ? Side::seller : Side::desk});
      }
      add(std::move(block));
    }
  }

  // ---- offers ----

  void offers() {
    chapter("offers");
    if (time_.offers.empty()) {
      paragraph(phrase("offers.none"));
      return;
    }
    Block block = table(
        "", {{"made", 9}, {"amount", 7, true}, {"conditions", 16}, {"secrecy", 7}, {"answer", 10}, {"words", 16}});
    for (const OfferTold& told : time_.offers) {
      static constexpr std::array<std::string_view, 4> kStandings{"open", "accepted", "refused", "lapsed"};
      const std::string asked = conditions_line(p_, told.conditions);
      const bool secrecy = (told.conditions & kOfferSilence) != 0;
      Cell answer = marked(
          {.text = p_(fmt::format("offer.{}", kStandings[static_cast<std::size_t>(told.standing)])), .strong = true});
      if (told.answered != kNever) answer.push_back(plain(when(told.answered)));
      if (told.due != kNever)
        answer.push_back({{.text = phrase("offers.until", {{"moment", when(told.due)}}), .tone = Tone::muted}});
      Cell words;
      add_words(words, told.words);
      if (words.empty()) words = cell("–");
      block.rows.push_back({.cells = {cell(when(told.made)), marked({.text = money(p_, told.cents), .strong = true}),
                                      cell(asked.empty() ? p_("offer.no_condition") : asked),
                                      marked({.text = phrase(secrecy ? "yes" : "no"),
                                              .tone = secrecy ? Tone::wait : Tone::plain,
                                              .strong = secrecy}),
                                      std::move(answer), std::move(words)},
                            .side = Side::desk});
    }
    add(std::move(block));
  }

  // ---- restrictions ----

  void restrictions() {
    chapter("restrictions");
    if (time_.restrictions.empty()) {
      paragraph(phrase("restrictions.none"));
    } else {
      paragraph(phrase("restrictions.how"));
      Block block = table("", {{"measure", 13}, {"quantity", 14}, {"dates", 16}, {"before_it", 14}, {"words", 16}});
      for (const RestrictionTold& told : time_.restrictions) block.rows.push_back(row_of(told));
      add(std::move(block));
    }
    adverse();
  }

  Row row_of(const RestrictionTold& told) const {
    std::string quantity = "–";
    if (told.took_effect != kNever && told.before != 0) {
      quantity = p_("restriction.change",
                    {{"before", p_.number(told.before)}, {"after", p_.number(told.after)}, {"unit", told.words.unit}});
      if (told.after != 0 && told.after < told.before)
        quantity = p_("restriction.divided",
                      {{"change", quantity}, {"ratio", p_.number(static_cast<double>(told.before) / told.after, 1)}});
    }
    Cell dates;
    const auto date = [&](std::string_view key, Instant at) {
      if (at != kNever) dates.push_back(plain(p_(key, {{"moment", when(at)}})));
    };
    date("restriction.date.announced", told.announced);
    date("restriction.date.effect", told.took_effect);
    if (told.exception) dates.push_back(plain(p_("restriction.exception")));
    date("restriction.date.contested", told.contested);
    date("restriction.date.lifted", told.lifted);
    Cell before;
    if (told.after_offer)
      before.push_back(plain(p_("restriction.after_offer", {{"time", p_.duration(*told.after_offer)}})));
    if (told.after_appeal)
      before.push_back(plain(p_("restriction.after_appeal", {{"time", p_.duration(*told.after_appeal)}})));
    const auto elsewhere = [&](std::string_view key, std::uint16_t day) {
      if (day != 0) before.push_back(plain(p_(key, {{"day", print_instant(Contended::day(day)).substr(0, 10)}})));
    };
    elsewhere("restriction.offer_elsewhere", told.elsewhere.offer);
    elsewhere("restriction.appeal_elsewhere", told.elsewhere.appeal);
    if (before.empty()) before = cell(phrase("restrictions.nothing_before"));
    Cell words;
    add_words(words, told.words);
    if (words.empty()) words = cell("–");
    Cell measure = marked({.text = p_(fmt::format("restriction.kind.{}", name(told.kind))), .strong = true});
    if (told.contested != kNever) measure.push_back({{.text = phrase("disputed"), .tone = Tone::wait, .strong = true}});
    return {
        .cells = {std::move(measure), cell(std::move(quantity)), std::move(dates), std::move(before), std::move(words)},
        .place = {},
        .side = Side::desk};
  }

  void adverse() {
    if (!told_.adverse || told_.adverse->n == 0) return;
    section("adverse");
    paragraph(counted("adverse.how", told_.adverse->n,
                      {{"cases", counted("cases", told_.adverse_cases.size())}, {"moment", when(told_.until())}}));
    std::vector<std::string> counted_in;
    for (const auto& one : told_.adverse_measures)
      counted_in.push_back(phrase(
          "adverse.source", {{"case", std::to_string(one.case_id.value)}, {"n", std::to_string(one.version.value)}}));
    paragraph(phrase("adverse.sources", {{"list", fmt::format("{}", fmt::join(counted_in, "; "))}}));
    Block block = table("", {{"window", 10}, {"measures_within", 8, true}, {"share", 8, true}, {"rate_ratio", 18}});
    for (const measures::Row& row : told_.adverse->rows) {
      const auto stat = [&row](std::string_view wanted) -> std::optional<double> {
        for (const measures::Stat& one : row.stats)
          if (one.name == wanted) return one.value;
        return std::nullopt;
      };
      const auto ratio = stat("rate_ratio");
      block.rows.push_back(
          {.cells = {cell(phrase(fmt::format("adverse.{}", row.word))), cell(p_.number(stat("n").value_or(0))),
                     cell(p_.percent(stat("share").value_or(0))),
                     cell(ratio ? phrase("adverse.ratio", {{"ratio", p_.number(*ratio, 1)},
                                                           {"low", p_.number(stat("low").value_or(0), 1)},
                                                           {"high", p_.number(stat("high").value_or(0), 1)}})
                                : phrase("adverse.no_ratio"))}});
    }
    add(std::move(block));
  }

  // ---- costs ----

  void costs() {
    chapter("costs");
    Block block = table("noted", {{"date", 10}, {"person", 10}, {"what", 12}, {"amount", 8, true}, {"source", 8}});
    for (const Entry& entry : time_.entries) {
      if (entry.event.kind != EventKind::cost_noted) continue;
      const auto kind = static_cast<CostKind>(entry.event.aux);
      Cell what = cell(p_(fmt::format("cost.{}", name(kind))));
      const Cell words = words_of(entry);
      what.insert(what.end(), words.begin(), words.end());
      block.rows.push_back(
          {.cells = {cell(when(entry.event.at)), cell(v_.person(entry.event.actor)), std::move(what),
                     cell(kind == CostKind::hours ? p_.duration(std::chrono::minutes{entry.event.detail})
                                                  : money(p_, entry.event.detail)),
                     marked({.text = phrase("source.event", {{"n", std::to_string(entry.event.version.value)}}),
                             .to = event_place(entry.event.version)})},
           .side = side_of(entry.event)});
    }
    const bool noted = !block.rows.empty();
    add(std::move(block));
    if (noted)
      paragraph(phrase("costs.sum",
                       {{"amount", money(p_, time_.cost_cents)},
                        {"time", p_.duration(std::chrono::minutes{static_cast<std::int64_t>(time_.cost_minutes)})}}));
    if (!noted && more_.costs.empty()) paragraph(phrase("costs.none"));
    folio_.blocks.insert(folio_.blocks.end(), more_.costs.begin(), more_.costs.end());
  }

  // ---- exhibits and letters ----

  void exhibits() {
    chapter("exhibits");
    if (made_.exhibits.empty()) paragraph(phrase("exhibits.none"));
    Block block =
        table("exhibits", {{"number", 3, true}, {"exhibit", 13}, {"from", 8}, {"bytes", 5, true}, {"digest", 27}});
    for (const Exhibit& exhibit : made_.exhibits) {
      const Piece& piece = *piece_of(told_, exhibit.text);
      Cell named = marked({.text = exhibit.shown.empty() ? phrase("exhibits.unnamed") : exhibit.shown, .strong = true});
      if (!piece.media_type.empty()) named.push_back({{.text = piece.media_type, .tone = Tone::muted}});
      if (!exhibit.path.empty())
        named.push_back({{.text = exhibit.path, .tone = Tone::muted, .mono = true, .to = exhibit.path}});
      Cell from = cell(v_.person(piece.author));
      if (exhibit.first.value != 0)
        from.push_back({{.text = phrase("source.event", {{"n", std::to_string(exhibit.first.value)}}),
                         .to = event_place(exhibit.first)}});
      block.rows.push_back({.cells = {cell(std::to_string(exhibit.number)), std::move(named), std::move(from),
                                      cell(p_.number(static_cast<double>(piece.bytes))), marked(digest_run(piece))},
                            .place = fmt::format("x{}", exhibit.number),
                            .side = {},
                            .bookmark = exhibit_title(exhibit)});
    }
    add(std::move(block));
    letters();
    erasures();
  }

  /// "Exhibit 2: invoice.pdf".
  std::string exhibit_title(const Exhibit& exhibit) const {
    return phrase("exhibits.title", {{"n", std::to_string(exhibit.number)},
                                     {"name", exhibit.shown.empty() ? phrase("exhibits.unnamed") : exhibit.shown}});
  }

  void letters() {
    if (made_.letters.empty()) return;
    section("letters");
    paragraph(phrase("letters.how", {{"path", made_.letters.front().path}}));
    Block letters = table("letters", {{"number", 3, true}, {"date", 10}, {"from", 8}, {"how", 8}, {"digest", 27}});
    for (const Letter& letter : made_.letters) {
      const LetterFile& file = told_.letters[letter.file];
      const auto entry =
          std::ranges::find(time_.entries, letter.version, [](const Entry& one) { return one.event.version; });
      if (entry == time_.entries.end()) continue;
      Cell digest = marked({.text = hex(sha256(file.eml)), .mono = true, .small = true, .to = letter.path});
      letters.rows.push_back({.cells = {cell(std::to_string(letter.number)),
                                        marked({.text = when(entry->event.at), .to = event_place(letter.version)}),
                                        cell(v_.person(entry->event.actor)), how(file, *entry), std::move(digest)},
                              .place = fmt::format("m{}", letter.number),
                              .side = side_of(entry->event)});
    }
    add(std::move(letters));
  }

  /// As it came or put together; of a mail also what it shows of where it comes from, and of when.
  Cell how(const LetterFile& file, const Entry& entry) const {
    Cell lines = cell(phrase(file.raw ? "letters.raw" : "letters.composed"));
    if (const std::string_view dkim = dkim_of(entry); file.raw && !dkim.empty())
      lines.push_back({{.text = unsigned_mail(entry) ? phrase("letters.unsigned")
                                                     : phrase("letters.dkim", {{"verdict", std::string(dkim)}}),
                        .tone = unsigned_mail(entry) ? Tone::wait : Tone::muted}});
    if (const std::string from = time_from(entry); !from.empty()) lines.push_back({{.text = from, .tone = Tone::wait}});
    return lines;
  }

  /// When it was erased and, where the house's log says so, by whom and why.
  std::string erased_words(TextId text, Instant at) const {
    const Erasure* note = erasure_of(told_, text);
    std::string all = note == nullptr ? phrase("erased", {{"moment", when(at)}})
                                      : phrase(note->by ? "erased.by" : "erased.by_program",
                                               {{"moment", when(at)}, {"who", v_.person(note->by)}});
    const std::string why = note == nullptr ? std::string() : reason_words(note->reason);
    if (!why.empty()) all += " " + phrase("erased.why", {{"why", why}});
    return all;
  }
  /// A reason of the page's own list is said in the reader's language; others are as they were written.
  std::string reason_words(const std::string& reason) const {
    const std::string key = fmt::format("house.erase.reason.{}", reason);
    return !reason.empty() && p_.has(key) ? p_(key) : reason;
  }

  void erasures() {
    Block block = table("erased", {{"text", 5, true}, {"what", 9}, {"event", 5, true}, {"erased", 32}});
    for (const Piece& piece : told_.pieces) {
      if (!piece.erased) continue;
      Line where{{.text = "–"}};
      for (const Entry& entry : time_.entries)
        if (entry.event.text == piece.id)
          where = {{.text = std::to_string(entry.event.version.value), .to = event_place(entry.event.version)}};
      block.rows.push_back({.cells = {cell(std::to_string(piece.id.value)),
                                      cell(phrase(fmt::format("piece.{}", name(piece.kind)))),
                                      {std::move(where)},
                                      cell(erased_words(piece.id, *piece.erased))}});
    }
    if (block.rows.empty()) return;
    section("erased");
    paragraph(phrase("erased.how"));
    add(std::move(block));
  }

  Run digest_run(const Piece& piece) const {
    if (piece.erased) return {.text = erased_words(piece.id, *piece.erased), .tone = Tone::muted};
    if (piece.withheld) return {.text = phrase("withheld"), .tone = Tone::muted};
    return {.text = hex(sha256(piece.body)), .mono = true, .small = true};
  }

  // ---- expected challenges ----

  void challenges() {
    chapter("challenges");
    paragraph(phrase("challenges.how"));
    Block block = table("", {{"challenge", 14}, {"dossier_says", 34}, {"places", 8}});
    for (const Challenge& one : made_.challenges) {
      const std::string_view kind = name(one.kind);
      Cell answer = cell(p_.has(fmt::format("dossier.challenge.{}.other", kind))
                             ? counted(fmt::format("challenge.{}", kind), one.count)
                             : phrase(challenge_key(one.kind), {{"desk", told_.house}, {"program", told_.program}}));
      if (one.kind == Challenge::Kind::recorded_by_one_side) answer.push_back(plain(channels()));
      Line places;
      for (const std::uint32_t version : one.places) {
        if (!places.empty()) places.push_back({.text = ", "});
        places.push_back({.text = std::to_string(version), .to = fmt::format("#e{}", version)});
      }
      if (one.count > one.places.size() && !one.places.empty()) places.push_back({.text = " …"});
      if (places.empty()) places = plain("–");
      block.rows.push_back({.cells = {marked({.text = phrase(fmt::format("challenge.{}.title", kind)), .strong = true}),
                                      std::move(answer),
                                      {std::move(places)}}});
    }
    add(std::move(block));
  }

  /// Nobody had a receipt for what was imported.
  std::string challenge_key(Challenge::Kind kind) const {
    const bool of_receipts = kind == Challenge::Kind::recorded_by_one_side || kind == Challenge::Kind::key_not_vouched;
    const std::string_view of_imported = !of_receipts || imported_ == 0 ? "" : all_imported() ? ".imported" : ".partly";
    return fmt::format("challenge.{}{}", name(kind), of_imported);
  }

  /// "12 by the web pages, 3 by mail".
  std::string channels() const {
    std::vector<std::string> parts;
    for (const std::string_view channel : {"web", "mail", "api", "clock", "import", "demo"}) {
      const auto count = std::ranges::count(told_.comings, channel, &Coming::channel);
      if (count != 0) parts.push_back(counted(fmt::format("channel.{}", channel), static_cast<std::uint64_t>(count)));
    }
    return phrase("channels", {{"list", joined(p_, parts)}});
  }

  // ---- how to check ----

  void checking(const std::string& digest) {
    chapter("checking");
    const bool listed = !told_.key.empty();
    bullet(phrase(listed ? "checking.zip" : "checking.zip.unsigned"));
    bullet(phrase(listed ? "checking.manifest" : "checking.manifest.none"));
    bullet(phrase(told_.proven ? "checking.proof" : "checking.proof.none"));
    if (listed) bullet(phrase("checking.by_hand"));
    bullet({{.text = folio_.foot + " "}, {.text = digest, .mono = true}});
    bullet({{.text = phrase("checking.key") + " "},
            {.text = told_.key.empty() ? phrase("cover.no_key") : told_.key, .mono = !told_.key.empty()}});
  }

  const ToldCase& told_;
  const Chronology& made_;
  const Voice& v_;
  const formats::Phrases& p_;
  const MoreChapters& more_;
  const Timeline& time_;
  const std::size_t imported_ = imported_events(told_);
  Folio folio_;
};

}  // namespace

Folio folio_of(const ToldCase& told, const Chronology& chronology, const Voice& voice, const MoreChapters& more,
               const std::string& digest) {
  return FolioWriter(told, chronology, voice, more).write(digest);
}

}  // namespace guichet::dossier
