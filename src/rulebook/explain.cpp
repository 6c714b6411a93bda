#include <guichet/rulebook/explain.hpp>

#include <algorithm>
#include <span>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/core/event.hpp>
#include <guichet/core/names.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/rulebook/diagram.hpp>
#include <guichet/rulebook/examples.hpp>
#include <guichet/rulebook/facts.hpp>

namespace guichet::rulebook {
namespace {

using formats::Argument;
using formats::Language;
using formats::Phrases;

constexpr std::size_t kLineLength = 80;

/// Who has to act before a clock runs out: "desk", "seller" or "third", as the catalogue's keys say it.
std::string_view whose(Clock clock) {
  switch (clock) {
    case Clock::first_answer:
    case Clock::next_answer:
    case Clock::decision:
    case Clock::appeal_decision:
    case Clock::acceptance:
    case Clock::level:
    case Clock::cooling: return "desk";
    case Clock::seller_reply:
    case Clock::appeal_window:
    case Clock::offer:
    case Clock::reopening: return "seller";
    case Clock::mediation: return "third";
  }
  return {};
}

/// A clock whose time stands in another table: the ladder, reopening, restrictions.
bool timed_elsewhere(Clock clock) {
  return clock == Clock::level || clock == Clock::reopening || clock == Clock::cooling;
}

bool empty(const ClockRule& rule) { return !rule.allowance && rule.effect == Effect::nothing && rule.reminders == 0; }

std::string at(std::string_view table, std::size_t index) {
  return std::string{table} + "[" + std::to_string(index) + "]";
}

class Teller {
 public:
  Teller(const ProcedureFile& file, Language language) : file_(file), rules_(file.procedure), phrases_(language) {}

  Explanation tell() {
    told_.title = sentence("title", {{"title", file_.title.in(phrases_.language())}});
    told_.subtitle = sentence(
        "subtitle", {{"name", file_.name}, {"version", file_.version}, {"date", phrases_.date(file_.effective_from)}});
    told_.footer = sentence("footer", {{"path", file_.path}});
    brief();
    this_procedure();
    who_answers();
    clocks_of("when_desk", "desk");
    clocks_of("when_seller", "seller");
    other_times();
    questions();
    closing();
    reopening();
    hand_offs();
    ladder();
    decision();
    appeal();
    mediation();
    offers();
    restrictions();
    changes();
    targets();
    promises();
    calendars();
    std::erase_if(told_.sections, [](const Section& section) { return section.paragraphs.empty(); });
    return std::move(told_);
  }

 private:
  // --- words ---

  std::string sentence(const std::string& key, std::initializer_list<Argument> arguments = {}) const {
    return phrases_("explain." + key, arguments);
  }
  std::string counted(const std::string& key, std::int64_t count) const {
    return phrases_.counted("explain." + key, count);
  }
  /// What stands in the file as an example is said to be one: nobody is reached there.
  std::string marked(const std::string& value) const {
    return is_example(value) ? value + " " + phrases_("example.mark") : value;
  }
  std::string time(const Allowance& allowance) const { return time_in_words(file_, allowance, phrases_); }

  std::string listed(std::span<const std::string> items) const {
    std::string list;
    for (const std::string& item : items)
      list = list.empty() ? item : sentence("list.comma", {{"a", list}, {"b", item}});
    return list;
  }

  std::string team(std::uint8_t index) const {
    return index < file_.teams.size() ? file_.team_name(file_.teams[index], phrases_.language())
                                      : "#" + std::to_string(index);
  }
  std::string level_name(std::uint8_t index) const { return std::to_string(index + 1); }
  std::string language_name(const std::string& code) const {
    return phrases_.has("explain.language." + code) ? sentence("language." + code) : code;
  }

  // --- the shape of the page ---

  void section(const std::string& id) { told_.sections.push_back({id, sentence("section." + id), {}}); }
  void paragraph(std::string path, std::string title = {}, std::string id = {}) {
    told_.sections.back().paragraphs.push_back({std::move(title), std::move(path), std::move(id), {}});
  }
  void add(const std::string& path, std::string text) {
    told_.sections.back().paragraphs.back().sentences.push_back({std::move(text), path});
  }

  // --- one property, one sentence: the key of the file is the key of the sentence ---

  void flag(const std::string& path, bool value) { flag(path, path, value); }
  void flag(const std::string& path, const std::string& key, bool value) {
    add(path, sentence(key + (value ? ".yes" : ".no")));
  }
  void number(const std::string& path, std::int64_t value) { number(path, path, value); }
  void number(const std::string& path, const std::string& key, std::int64_t value) {
    add(path, value == 0 ? sentence(key + ".none") : counted(key, value));
  }
  template <class Enum>
  void choice(const std::string& path, Enum value) {
    add(path, sentence(path + "." + std::string{name(value)}));
  }
  void parties(const std::string& path, const std::string& key, std::uint8_t by) {
    add(path, by == 0 ? sentence(key + ".none") : sentence(key, {{"who", agents_in_words(by, phrases_)}}));
  }
  void text(const std::string& path, const std::string& key, const char* placeholder, const std::string& value) {
    add(path, value.empty() ? sentence(key + ".none") : sentence(key, {{placeholder, value}}));
  }
  void allowance(const std::string& path, const std::string& key, const Allowance& value) {
    add(path, value ? sentence(key + ".some", {{"time", time(value)}}) : sentence(key + ".none"));
    if (value.kind == Allowance::Kind::working) add(path, working_time(value));
  }

  /// Which calendar counts, and how long that may last by the wall clock.
  std::string working_time(const Allowance& value) const {
    const std::string calendar =
        value.calendar < file_.calendars.size() ? file_.calendars[value.calendar].id : std::to_string(value.calendar);
    const TimeGiven given = time_given(file_, value);
    return given.limited
               ? sentence("time.working", {{"calendar", calendar}, {"longest", phrases_.duration(given.longest)}})
               : sentence("time.working.unknown", {{"calendar", calendar}});
  }

  // --- the sections ---

  void brief() {
    const auto add_brief = [&](std::string path, std::string sentence) {
      told_.brief.push_back({std::move(sentence), std::move(path)});
    };
    add_brief("assignment.mode", sentence("brief.mode." + std::string{name(rules_.assignment.mode)}));
    const ClockRule& answer = rules_.clock(Clock::next_answer);
    const ClockRule& first = rules_.clock(Clock::first_answer);
    const bool limited = answer.allowance && first.allowance;
    const ClockRule& slower =
        !answer.allowance || (limited && slower_than(answer.allowance, first.allowance)) ? answer : first;
    const Clock slower_clock = &slower == &answer ? Clock::next_answer : Clock::first_answer;
    const std::string slower_path = "clocks." + std::string{name(slower_clock)};
    add_brief(slower_path + ".allowance", limited ? sentence("brief.answer.some", {{"time", time(slower.allowance)}})
                                                  : sentence("brief.answer.none"));
    add_brief(slower_path + ".when_it_runs_out",
              sentence("brief.desk_silence." +
                       std::string{name(limited ? what_follows(rules_, slower_clock) : Effect::nothing)}));
    const ClockRule& reply = rules_.clock(Clock::seller_reply);
    const bool runs = reply.allowance && rules_.answers.reply_clock_starts != Answers::ReplyClockStarts::never;
    const Effect follows = what_follows(rules_, Clock::seller_reply);
    const Effect silence = follows == Effect::close || follows == Effect::escalate ? follows : Effect::nothing;
    add_brief("clocks.seller_reply.when_it_runs_out",
              runs ? sentence("brief.seller_silence." + std::string{name(silence)}, {{"time", time(reply.allowance)}})
                   : sentence("brief.seller_silence.none"));
    add_brief("reopening.as", sentence("brief.reopening." + reopening_kind()));
    std::int64_t climbable = 0;
    for (std::size_t i = 1; i < rules_.levels; ++i) climbable += (rules_.ladder[i].may_climb_here & kBySeller) != 0;
    add_brief("ladder", climbable == 0 ? sentence("brief.ladder.none") : counted("brief.ladder.some", climbable));
    add_brief("appeal.allowed", sentence(rules_.appeal.allowed ? "brief.appeal.yes" : "brief.appeal.no"));
    const bool mediation = rules_.mediation.mediators > 0 && (rules_.mediation.by & kBySeller) != 0;
    add_brief("mediation.by", sentence(mediation ? "brief.mediation.yes" : "brief.mediation.no"));
  }

  bool slower_than(const Allowance& one, const Allowance& other) const {
    return time_given(file_, one).longest >= time_given(file_, other).longest;
  }

  void this_procedure() {
    section("file");
    paragraph("procedure");
    add("procedure.effective_from", sentence("file.effective", {{"date", phrases_.date(file_.effective_from)}}));
    add("procedure.announced_on", file_.announced_on
                                      ? sentence("file.announced", {{"date", phrases_.date(*file_.announced_on)}})
                                      : sentence("file.announced.none"));
    std::vector<std::string> languages;
    for (const Language language : file_.languages) languages.push_back(language_name(std::string{code(language)}));
    add("procedure.languages", sentence("file.languages", {{"list", listed(languages)}}));
    if (rules_.id) add("procedure.name", sentence("file.id", {{"n", std::to_string(rules_.id.value)}}));
    paragraph("contact");
    flag("contact.published", file_.declares.published);
  }

  void who_answers() {
    section("who");
    paragraph("assignment");
    choice("assignment.mode", rules_.assignment.mode);
    flag("assignment.substitute", rules_.assignment.substitute);
    flag("assignment.only_owner_answers", rules_.assignment.only_owner_answers);
    choice("assignment.strip_to", rules_.assignment.strip_to);

    paragraph("contact", sentence("contact.title"));
    text("contact.point", "contact.point", "contact", marked(file_.declares.contact_point));
    flag("contact.human", file_.declares.contact_is_human);
    flag("contact.free_of_charge", file_.declares.complaint_is_free);

    if (!file_.teams.empty()) {
      paragraph("ladder", sentence("teams.title"));
      std::vector<std::string> names;
      for (const std::string& id : file_.teams) names.push_back(file_.team_name(id, phrases_.language()));
      add("ladder", sentence("teams", {{"list", listed(names)}}));
    }
    for (std::size_t i = 0; i < rules_.matters; ++i) matter(i);
  }

  void matter(std::size_t index) {
    const MatterRule& rule = rules_.matter[index];
    const MatterText kNoText;
    const MatterText& known = index < file_.matters.size() ? file_.matters[index] : kNoText;
    const std::string path = at("matter", index);
    paragraph(path, sentence("matter.title", {{"title", known.title.in(phrases_.language())}}), known.id);
    add(path + ".team", sentence("matter.team", {{"team", team(rule.team)}}));
    add(path + ".level", sentence("matter.level", {{"n", level_name(rule.level)}}));
    if (!known.speciality.empty())
      add(path + ".speciality",
          sentence("matter.speciality",
                   {{"speciality", file_.speciality_name(known.speciality, phrases_.language())}}));
    if (rule.amount_above != 0) {
      const std::string amount = sentence("amount", {{"n", phrases_.number(rule.amount_above / 100.0, 2)}});
      add(path + ".amount_above_eur",
          sentence("matter.amount", {{"amount", amount}, {"n", level_name(rule.level_above)}}));
    } else if (rule.level_above != rule.level) {
      add(path + ".level_above", sentence("matter.amount.inert", {{"n", level_name(rule.level_above)}}));
    }
  }

  void clocks_of(const std::string& section_id, std::string_view party) {
    section(section_id);
    for (std::size_t i = 0; i < kClocks; ++i)
      if (whose(static_cast<Clock>(i)) == party) clock(static_cast<Clock>(i));
  }

  void clock(Clock which) {
    const ClockRule& rule = rules_.clock(which);
    const std::string id{name(which)};
    const std::string path = "clocks." + id;
    // Reopening and cooling have no table of their own; what they do is told where they are written.
    if ((which == Clock::reopening || which == Clock::cooling) && empty(rule)) return;
    paragraph(path, sentence("clock." + id));
    allowance(path + ".allowance", path + ".allowance", rule.allowance);
    const bool inert = !rule.allowance && !timed_elsewhere(which);
    if (inert && empty(rule)) return;
    if (inert) add(path + ".allowance", sentence("clock.inert"));
    reminders(path + ".reminders", rule);
    add(path + ".when_it_runs_out", effect_of(which));
  }

  std::string effect_of(Clock which) const {
    const Effect effect = rules_.clock(which).effect;
    const std::string word{name(effect)}, id{name(which)};
    if (effect == Effect::close && which == Clock::seller_reply)
      return sentence(what_follows(rules_, which) == Effect::close ? "effect.seller_reply.close"
                                                                   : "effect.seller_reply.close_barred");
    for (const std::string& key : {"effect." + id + "." + word, "effect." + std::string{whose(which)} + "." + word})
      if (phrases_.has("explain." + key)) return sentence(key);
    return sentence("effect.void", {{"effect", word}});
  }

  void reminders(const std::string& path, const ClockRule& rule) {
    if (rule.reminders == 0) return;
    std::vector<std::string> times;
    for (std::size_t i = 0; i < rule.reminders; ++i)
      times.push_back(time({.kind = Allowance::Kind::elapsed, .seconds = rule.before[i]}));
    add(path, phrases_.counted("explain.reminders", rule.reminders, {{"times", listed(times)}}));
  }

  void other_times() {
    section("when_other");
    clock(Clock::mediation);
    paragraph("abandonment", sentence("abandoned.title"));
    allowance("abandonment.after", "abandonment.after", rules_.abandoned_after);
    paragraph("clocks", sentence("at_the_top.title"));
    const std::string top = "clocks.at_the_top." + std::string{name(rules_.at_the_top)};
    add("clocks.at_the_top", phrases_.has("explain." + top)
                                 ? sentence(top)
                                 : sentence("effect.void", {{"effect", std::string{name(rules_.at_the_top)}}}));
  }

  void questions() {
    section("questions");
    paragraph("answers");
    flag("answers.cover_every_question", rules_.answers.cover_every_question);
    choice("answers.seller_reply_clock_starts", rules_.answers.reply_clock_starts);
    const std::uint32_t boilerplate = file_.declares.boilerplate_max_percent;
    add("answers.boilerplate_max_percent",
        boilerplate >= 100
            ? sentence("answers.boilerplate_max_percent.all")
            : sentence("answers.boilerplate_max_percent", {{"share", phrases_.percent(boilerplate / 100.0)}}));
  }

  void closing() {
    section("closing");
    for (std::size_t i = 0; i < kGrounds; ++i) {
      const ClosingRight& right = rules_.closing[i];
      const std::string ground{name(static_cast<Ground>(i))};
      const std::string path = "closing." + ground;
      paragraph(path, sentence("ground." + ground));
      parties(path + ".by", "closing.by", right.by);
      // What holds a closing back goes without saying where nobody may close.
      const bool told = right.by != 0;
      if (right.notices != 0 || (told && static_cast<Ground>(i) == Ground::seller_silence))
        number(path + ".notices", "closing.notices", right.notices);
      if (told || right.unread_blocks) flag(path + ".unread_blocks", "closing.unread_blocks", right.unread_blocks);
      if (told || right.open_questions_block)
        flag(path + ".open_questions_block", "closing.open_questions_block", right.open_questions_block);
    }
  }

  std::string reopening_kind() const {
    return rules_.reopening.kind == Reopening::Kind::same_case ? "same_case" : "new_case";
  }

  void reopening() {
    section("reopening");
    paragraph("reopening");
    add("reopening.as", sentence("reopening.as." + reopening_kind()));
    allowance("reopening.within", "reopening.within." + reopening_kind(), rules_.reopening.within);
    flag("reopening.keeps_history", rules_.reopening.keeps_history);
  }

  void hand_offs() {
    section("hand_off");
    paragraph("hand_off");
    flag("hand_off.reason", rules_.hand_off.reason_needed);
    flag("hand_off.summary", rules_.hand_off.summary_needed);
    flag("hand_off.open_questions", rules_.hand_off.open_questions_needed);
    flag("hand_off.acceptance", rules_.hand_off.acceptance_needed);
    number("hand_off.count_max", rules_.hand_off.count_max);
  }

  void ladder() {
    section("ladder");
    for (std::size_t i = 0; i < rules_.levels; ++i) {
      const Level& level = rules_.ladder[i];
      const LevelText kNoText;
      const LevelText& known = i < file_.levels.size() ? file_.levels[i] : kNoText;
      const std::string path = at("ladder", i);
      paragraph(path,
                sentence("level.title", {{"n", std::to_string(i + 1)}, {"title", known.title.in(phrases_.language())}}),
                known.id);
      add(path + ".team", sentence("level.team", {{"team", team(level.team)}}));
      if (i == 0 && level.may_climb_here == 0)
        add(path + ".climb", sentence("level.climb.first"));
      else
        parties(path + ".climb", "level.climb", level.may_climb_here);
      if (i != 0 || level.different_person)
        flag(path + ".different_person", "level.different_person", level.different_person);
      allowance(path + ".stay_max", "level.stay", level.stay_max);
      flag(path + ".may_decide", "level.may_decide", known.may_decide);
      if (known.last_resort) add(path + ".last_resort", sentence("level.last_resort"));
    }
  }

  void decision() {
    section("decision");
    paragraph("decision");
    flag("decision.person", rules_.decision.person_needed);
    flag("decision.facts", rules_.decision.facts_needed);
    flag("decision.ground", rules_.decision.ground_needed);
    flag("decision.redress", rules_.decision.redress_needed);
    std::vector<std::string> ways;
    for (const std::string& way : file_.declares.redress) ways.push_back(sentence("redress." + way));
    text("decision.ways_of_redress", "decision.ways_of_redress", "list", listed(ways));
    flag("decision.covers_questions", rules_.decision.covers_questions);
  }

  void appeal() {
    section("appeal");
    paragraph("appeal");
    flag("appeal.allowed", rules_.appeal.allowed);
    if (rules_.appeal.allowed || rules_.appeal.different_person)
      flag("appeal.different_person", rules_.appeal.different_person);
  }

  void mediation() {
    section("mediation");
    paragraph("mediation");
    const MediationRule& rule = rules_.mediation;
    parties("mediation.by", "mediation.by", rule.by);
    if (rule.by != 0 || rule.before_decision) flag("mediation.before_decision", rule.before_decision);
    number("mediation.mediator", "mediation.mediators", rule.mediators);
    add("mediation.desk_share_percent",
        sentence("mediation.desk_share_percent",
                 {{"share", phrases_.percent(file_.declares.desk_share_of_mediation_percent / 100.0)}}));
    for (std::size_t i = 0; i < file_.mediators.size(); ++i) {
      const Mediator& mediator = file_.mediators[i];
      const std::string path = at("mediation.mediator", i);
      paragraph(path, sentence("mediator.title", {{"name", marked(mediator.name)}}));
      text(path + ".contact", "mediator.contact", "contact", marked(mediator.contact));
      std::vector<std::string> languages;
      for (const std::string& code : mediator.languages) languages.push_back(language_name(code));
      text(path + ".languages", "mediator.languages", "list", listed(languages));
      text(path + ".independence", "mediator.independence", "text", mediator.independence.in(phrases_.language()));
    }
  }

  void offers() {
    section("offers");
    paragraph("offers");
    flag("offers.recorded", rules_.offers.recorded);
    const std::uint8_t barred = rules_.offers.conditions_barred;
    flag("offers.conditions_barred", "offers.barred.silence", (barred & kOfferSilence) != 0);
    flag("offers.conditions_barred", "offers.barred.withdrawal", (barred & kOfferWithdrawal) != 0);
    flag("offers.conditions_barred", "offers.barred.waiver", (barred & kOfferWaiver) != 0);
  }

  void restrictions() {
    section("restrictions");
    paragraph("restrictions");
    const RestrictionRule& rule = rules_.restrictions;
    flag("restrictions.facts", rule.facts_needed);
    flag("restrictions.ground", rule.ground_needed);
    flag("restrictions.announced_first", rule.announced_first);
    number("restrictions.notice_days", rule.notice_days);
    number("restrictions.termination_notice_days", rule.termination_notice_days);
    flag("restrictions.reasons_first", file_.declares.reasons_given_first);
    number("restrictions.cooling_days_after_offer", rule.cooling_offer_days);
    number("restrictions.cooling_days_after_appeal", rule.cooling_appeal_days);
    number("restrictions.cooling_days_after_claim", rule.cooling_claim_days);
  }

  void changes() {
    section("change");
    paragraph("changes");
    number("changes.notice_days", rules_.change.notice_days);
    flag("changes.open_cases_keep_rules", rules_.change.open_cases_keep_rules);
  }

  void targets() {
    section("targets");
    paragraph("targets");
    number("targets.answers_per_hour", rules_.targets.answers_per_hour);
    number("targets.closings_per_day", rules_.targets.closings_per_day);
    flag("targets.quality_pair", file_.declares.quality_pair_declared);
  }

  void promises() {
    section("promises");
    paragraph("procedure");
    flag("procedure.promises_consequence", rules_.promises_consequence);
    paragraph("contact");
    flag("contact.yearly_figures", file_.declares.yearly_figures);
  }

  void calendars() {
    section("calendars");
    for (const WorkCalendar& calendar : file_.calendars) {
      const std::string path = "calendar." + calendar.id;
      paragraph(path, sentence("calendar.title", {{"id", calendar.id}}));
      add(path + ".zone", sentence("calendar.zone", {{"zone", calendar.zone}}));
      bool open = false;
      for (std::size_t day = 0; day < calendar.week.size(); ++day) {
        if (calendar.week[day].empty()) continue;
        open = true;
        std::vector<std::string> spans;
        for (const OpenSpan& span : calendar.week[day])
          spans.push_back(clock_time(span.opens) + "–" + clock_time(span.closes));
        add(path + ".hours", sentence("calendar.day.open", {{"day", sentence("day." + std::string{kWeekdays[day]})},
                                                            {"list", listed(spans)}}));
      }
      if (!open) add(path + ".hours", sentence("calendar.empty"));
      add(path + ".day",
          sentence("calendar.working_day",
                   {{"time", time({.kind = Allowance::Kind::elapsed, .seconds = calendar.day_seconds})}}));
      text(path + ".holidays", "calendar.holidays", "list", listed(calendar.holidays));
      if (!calendar.holiday_sets.empty())
        add(path + ".holiday_sets", sentence("calendar.sets", {{"list", listed(calendar.holiday_sets)}}));
    }
  }

  /// Minutes of the day as "09:30"; what closes after midnight is told by the clock of the next day.
  std::string clock_time(std::uint16_t minutes) const {
    if (minutes > 1'440)
      return sentence("calendar.next_day", {{"time", clock_time(static_cast<std::uint16_t>(minutes - 1'440))}});
    const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    return two(minutes / 60) + ":" + two(minutes % 60);
  }

  const ProcedureFile& file_;
  const Procedure& rules_;
  Phrases phrases_;
  Explanation told_;
};

// --- references to the file ---

/// "Clause hand_off, line 12. Law: …"
std::string reference(const Clause& clause, const std::string& path, const Phrases& phrases) {
  if (clause.path.empty()) return phrases("explain.clause.default");
  std::string text = phrases("explain.clause", {{"path", path}, {"line", std::to_string(clause.line)}});
  text += ' ';
  return text += clause.source ? phrases("explain.source." + clause.source->kind,
                                         {{"text", clause.source->text.in(phrases.language())}})
                               : phrases("explain.source.none");
}

/// The clause of the paragraph, and those of its sentences that come from elsewhere.
std::vector<std::string> references(const Paragraph& paragraph, const ProcedureFile& file, const Phrases& phrases) {
  const Clause& table = file.clause(paragraph.path);
  const std::string path = paragraph.id.empty() ? paragraph.path : paragraph.path + " (" + paragraph.id + ")";
  std::vector<std::string> all{reference(table, path, phrases)};
  for (const Sentence& sentence : paragraph.sentences) {
    const Clause& own = file.clause(sentence.path);
    if (own.source != table.source && own.source) all.push_back(reference(own, own.path, phrases));
  }
  const auto last = std::unique(all.begin(), all.end());
  all.erase(last, all.end());
  return all;
}

// --- as text ---

/// Appends `text` in lines of at most kLineLength signs, the first after `first`, the others as far in;
/// no-break spaces hold.
void wrap(std::string_view text, std::string_view first, std::string& out) {
  std::string indent(first);
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t width = utf8_length(word);
    if (column != 0 && column + 1 + width > kLineLength) {
      out += '\n';
      column = 0;
      indent.assign(first.size(), ' ');
    }
    out.append(column == 0 ? indent : " ").append(word);
    column += (column == 0 ? utf8_length(indent) : 1) + width;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out += '\n';
}

std::string joined(const std::vector<Sentence>& sentences) {
  std::string text;
  for (const Sentence& sentence : sentences) text.append(text.empty() ? "" : " ").append(sentence.text);
  return text;
}

// --- as a page ---

using formats::Html;

class Page {
 public:
  Page(const ProcedureFile& file, Language language)
      : file_(file), phrases_(language), told_(explain(file, language)) {}

  std::string write() {
    content(false);
    return formats::html_page({phrases_.language(), told_.title, told_.subtitle, told_.footer}, html_);
  }
  Html write_part() {
    content(true);
    return html_;
  }

 private:
  void content(bool anchors) {
    brief();
    picture();
    for (const Section& section : told_.sections) prose(section);
    clocks();
    clauses(anchors);
  }

  std::string sentence(const std::string& key) const { return phrases_("explain." + key); }

  /// Named apart from the clauses, whose rows bear the names of the file's tables.
  void heading(const std::string& id) {
    const std::string here = "about-" + id;
    html_.open("section", {{"aria-labelledby", here}}).element("h2", sentence("section." + id), {{"id", here}});
  }

  void brief() {
    html_.open("section", {{"class", "brief"}, {"aria-labelledby", "brief"}});
    html_.element("h2", sentence("section.brief"), {{"id", "brief"}}).open("ul");
    for (const Sentence& sentence : told_.brief) html_.element("li", sentence.text);
    html_.close().close();
  }

  void picture() {
    heading("picture");
    html_.open("figure").add(diagram(file_, phrases_.language()));
    html_.element("figcaption", sentence("diagram.caption")).close().close();
  }

  void table(const std::string& caption, std::initializer_list<const char*> columns) {
    html_.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", sentence(caption)}});
    html_.open("table").element("caption", sentence(caption)).open("thead").open("tr");
    for (const char* column : columns) html_.element("th", sentence(column), {{"scope", "col"}});
    html_.close().close().open("tbody");
  }
  void end_table() { html_.close().close().close(); }

  void clocks() {
    heading("clocks");
    table("table.clocks", {"table.what", "table.who", "table.time", "table.then", "table.path"});
    for (std::size_t i = 0; i < kClocks; ++i) {
      const auto clock = static_cast<Clock>(i);
      const ClockRule& rule = file_.procedure.clock(clock);
      if ((clock == Clock::reopening || clock == Clock::cooling) && empty(rule)) continue;
      const std::string id{name(clock)}, path = "clocks." + id;
      const std::string_view party = whose(clock);
      html_.open("tr").element("th", sentence("clock." + id), {{"scope", "row"}});
      html_.element("td", sentence("who." + std::string{party}), {{"class", std::string{party}}});
      const bool runs = rule.allowance || timed_elsewhere(clock);
      html_.element("td", rule.allowance ? time_in_words(file_, rule.allowance, phrases_)
                                         : sentence(runs ? "table.elsewhere" : "table.none"));
      html_.element("td", runs ? short_effect(file_.procedure, clock, phrases_) : "–");
      html_.open("td").element("code", path).close().close();
    }
    end_table();
    html_.close();
  }

  void prose(const Section& section) {
    heading(section.id);
    for (const Paragraph& paragraph : section.paragraphs) {
      html_.open("div", {{"class", "rule"}});
      if (!paragraph.title.empty()) html_.element("h3", paragraph.title);
      html_.element("p", joined(paragraph.sentences));
      html_.open("p", {{"class", "muted"}}).open("small");
      bool first = true;
      for (const std::string& reference : references(paragraph, file_, phrases_)) {
        if (!first) html_.empty("br");
        first = false;
        html_.text(reference);
      }
      html_.close().close().close();
    }
    html_.close();
  }

  void clauses(bool anchors) {
    heading("clauses");
    table("table.clauses", {"table.path", "table.line", "table.source"});
    std::vector<const Clause*> in_order;
    for (const auto& [path, clause] : file_.clauses) in_order.push_back(&clause);
    std::ranges::sort(in_order, {}, [](const Clause* clause) { return std::pair{clause->line, clause->column}; });
    for (const Clause* clause : in_order) {
      if (anchors)
        html_.open("tr", {{"id", clause->path}});
      else
        html_.open("tr");
      html_.open("th", {{"scope", "row"}}).element("code", clause->path).close();
      html_.element("td", std::to_string(clause->line), {{"class", "number"}});
      html_.element("td", clause->source ? phrases_("explain.source." + clause->source->kind,
                                                    {{"text", clause->source->text.in(phrases_.language())}})
                                         : sentence("source.none"));
      html_.close();
    }
    end_table();
    html_.close();
  }

  const ProcedureFile& file_;
  Phrases phrases_;
  Explanation told_;
  Html html_;
};

}  // namespace

Explanation explain(const ProcedureFile& file, Language language) { return Teller(file, language).tell(); }

std::string time_in_words(const ProcedureFile& file, const Allowance& allowance, const Phrases& phrases) {
  struct Unit {
    const char* key;
    std::uint32_t seconds;
  };
  const auto in_largest = [&](std::initializer_list<Unit> units) {
    for (const Unit& unit : units)
      if (unit.seconds != 0 && allowance.seconds >= unit.seconds && allowance.seconds % unit.seconds == 0)
        return phrases.counted(std::string{"explain.time."} + unit.key, allowance.seconds / unit.seconds);
    return phrases.counted(std::string{"explain.time."} + (units.end() - 1)->key, allowance.seconds);
  };
  switch (allowance.kind) {
    case Allowance::Kind::none: return {};
    case Allowance::Kind::elapsed:
      // Below three days people count in hours: "48 hours".
      return in_largest(
          {{"days", allowance.seconds < 3 * 86'400 ? 0U : 86'400U}, {"hours", 3'600}, {"minutes", 60}, {"seconds", 1}});
    case Allowance::Kind::working: {
      const bool known = allowance.calendar < file.calendars.size();
      return in_largest({{"working_days", known ? file.calendars[allowance.calendar].day_seconds : 0U},
                         {"working_hours", 3'600},
                         {"working_minutes", 60},
                         {"working_seconds", 1}});
    }
  }
  return {};
}

Effect what_follows(const Procedure& rules, Clock clock) {
  const Effect effect = rules.clock(clock).effect;
  const auto takes_effect = [](Effect one) {
    return one == Effect::remind || one == Effect::grant || one == Effect::reassign;
  };
  switch (effect) {
    case Effect::nothing:
    case Effect::remind:
    case Effect::grant:
    case Effect::reassign: return effect;
    case Effect::escalate: {
      const auto rungs = std::span{rules.ladder}.first(std::min<std::size_t>(rules.levels, kLevelsMax));
      if (std::ranges::any_of(rungs, [](const Level& level) { return (level.may_climb_here & kByClock) != 0; }))
        return effect;
      return takes_effect(rules.at_the_top) ? rules.at_the_top : Effect::nothing;
    }
    case Effect::close: {
      const bool right = (rules.right(Ground::seller_silence).by & kByClock) != 0;
      return clock == Clock::seller_reply && right ? effect : Effect::nothing;
    }
    case Effect::hand_back: return whose(clock) == "desk" && clock != Clock::acceptance ? Effect::nothing : effect;
  }
  return effect;
}

std::string short_effect(const Procedure& rules, Clock clock, const Phrases& phrases) {
  switch (clock) {
    case Clock::appeal_window:
    case Clock::mediation:
    case Clock::offer:
    case Clock::reopening:
    case Clock::cooling: return phrases("explain.effect.short.ends");  // by themselves, whatever the file writes
    case Clock::seller_reply:
      if (what_follows(rules, clock) != Effect::close) return phrases("explain.effect.short.desk_turn");
      break;
    case Clock::acceptance:
      if (what_follows(rules, clock) == Effect::hand_back) return phrases("explain.effect.short.ends");
      break;
    case Clock::first_answer:
    case Clock::next_answer:
    case Clock::decision:
    case Clock::appeal_decision:
    case Clock::level: break;
  }
  return phrases("explain.effect.short." + std::string{name(what_follows(rules, clock))});
}

std::string agents_in_words(std::uint8_t by, const Phrases& phrases) {
  std::string list;
  for (const auto& [bit, key] : {std::pair{kBySeller, "seller"}, {kByDesk, "desk"}, {kByClock, "clock"}}) {
    if ((by & bit) == 0) continue;
    const std::string agent = phrases(std::string{"explain.by."} + key);
    list = list.empty() ? agent : phrases("explain.list.two", {{"a", list}, {"b", agent}});
  }
  return list;
}

std::string explain_as_text(const ProcedureFile& file, Language language) {
  const Explanation told = explain(file, language);
  const Phrases phrases(language);
  std::string out;
  const auto heading = [&](const std::string& title, char line) {
    out.append(title).append("\n").append(utf8_length(title), line).append("\n");
  };
  heading(told.title, '=');
  wrap(told.subtitle, "", out);
  out += '\n';
  heading(phrases("explain.section.brief"), '-');
  for (const Sentence& sentence : told.brief) wrap(sentence.text, "- ", out);
  for (const Section& section : told.sections) {
    out += '\n';
    heading(section.title, '-');
    for (std::size_t i = 0; i < section.paragraphs.size(); ++i) {
      const Paragraph& paragraph = section.paragraphs[i];
      if (i != 0) out += '\n';
      if (!paragraph.title.empty()) wrap(paragraph.title, "* ", out);
      wrap(joined(paragraph.sentences), "", out);
      for (const std::string& reference : references(paragraph, file, phrases)) wrap(reference, "    ", out);
    }
  }
  out += '\n';
  wrap(told.footer, "", out);
  return out;
}

std::string explain_as_page(const ProcedureFile& file, Language language) { return Page(file, language).write(); }

formats::Html explain_as_html(const ProcedureFile& file, Language language) {
  return Page(file, language).write_part();
}

}  // namespace guichet::rulebook
