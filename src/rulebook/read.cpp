#include <guichet/rulebook/read.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <guichet/core/names.hpp>
#include <guichet/embedded/procedures.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rulebook/calendar_tables.hpp>
#include <guichet/rulebook/spans.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::rulebook {
namespace {

using formats::TomlFaults;
using formats::TomlMember;
using formats::TomlPlace;
using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

constexpr std::int64_t kNoticesMax = 15;  // CaseState counts them in four bits
constexpr std::int64_t kDaysMax = 3'660;

// What each clock may do when it runs out: nobody can close a case by the desk's silence, and nothing can
// be granted by the seller's. A hand-off, an offer, a mediation and a window end by themselves; the last two
// clocks are written elsewhere, as reopening.within and the cooling days of restrictions.
std::span<const Effect> effects_of(Clock clock) {
  static constexpr std::array kOfDesk{Effect::nothing, Effect::remind, Effect::escalate, Effect::grant,
                                      Effect::reassign};
  static constexpr std::array kOfSeller{Effect::nothing, Effect::escalate, Effect::close};
  static constexpr std::array kOfAcceptance{Effect::nothing, Effect::hand_back, Effect::escalate, Effect::reassign};
  static constexpr std::array kOfEnding{Effect::nothing, Effect::hand_back};
  switch (clock) {
    case Clock::first_answer:
    case Clock::next_answer:
    case Clock::decision:
    case Clock::appeal_decision:
    case Clock::level: return kOfDesk;
    case Clock::seller_reply: return kOfSeller;
    case Clock::acceptance: return kOfAcceptance;
    case Clock::appeal_window:
    case Clock::mediation:
    case Clock::offer: return kOfEnding;
    case Clock::reopening:
    case Clock::cooling: return {};
  }
  return {};
}

class ProcedureReader {
 public:
  ProcedureReader(TomlTable document, ProcedureFile& file)
      : document_(std::move(document)), file_(file), rules_(file.procedure) {}

  void read() {
    head();
    contact();
    document_.each_named("calendar", [&](const std::string& id, TomlTable table) { calendar(id, std::move(table)); });
    document_.each("ladder", [&](TomlTable table) { level(std::move(table)); });
    if (!document_.has("ladder")) file_.levels.push_back({"desk", {"Desk", "Guichet"}, false, false});
    rules_.levels = static_cast<std::uint8_t>(file_.levels.size());
    document_.require("matter", "at least one table [[matter]]");
    document_.each("matter", [&](TomlTable table) { matter(std::move(table)); });
    rules_.matters = static_cast<std::uint8_t>(file_.matters.size());
    titles("team", file_.teams, "a team of the ladder or of a matter", file_.team_titles);
    std::vector<std::string> specialities;
    for (const MatterText& matter : file_.matters)
      if (!matter.speciality.empty()) specialities.push_back(matter.speciality);
    titles("speciality", specialities, "a speciality of a matter", file_.speciality_titles);
    assignment();
    hand_off();
    answers();
    clocks();
    closing();
    reopening();
    abandonment();
    decision();
    appeal();
    mediation();
    offers();
    restrictions();
    changes();
    targets();
    document_.finish();
  }

 private:
  template <class Named>
  static std::vector<std::string> ids(const std::vector<Named>& named) {
    std::vector<std::string> ids(named.size());
    std::transform(named.begin(), named.end(), ids.begin(), [](const Named& one) { return one.id; });
    return ids;
  }

  // Any table may say where its rule comes from; the sources themselves are read with the clauses.
  static void close(TomlTable& table) {
    table.any("source");
    table.finish();
  }

  template <class Enum>
  static Enum choice(TomlTable& table, std::string_view key, Enum fallback) {
    return static_cast<Enum>(table.choice(key, spellings<Enum>(), static_cast<std::size_t>(fallback)));
  }
  static std::uint8_t parties(TomlTable& table, std::string_view key, std::size_t how_many = kPartyWords.size()) {
    return static_cast<std::uint8_t>(table.choices(key, std::span{kPartyWords}.first(how_many), 0));
  }
  template <class Number>
  static Number whole(TomlTable& table, std::string_view key, std::int64_t max, Number fallback) {
    return static_cast<Number>(table.whole(key, 0, max, fallback));
  }

  Title title(TomlTable& table) {
    table.require("title", "title = { en = \"…\", fr = \"…\" }");
    return translated(table.table("title"));
  }

  Title translated(TomlTable texts) {
    Title title{texts.text("en"), texts.text("fr")};
    for (const formats::Language language : file_.languages) {
      const std::string_view code = kLanguageWords[static_cast<std::size_t>(language)];
      if (texts.present() && (language == formats::Language::en ? title.en : title.fr).empty())
        texts.fault(code, "is missing; the file says that it has this language");
    }
    texts.finish();
    return title;
  }

  /// A sentence in the file's own words: one text for all languages, or one of each.
  Title sentence(TomlTable& table, std::string_view key) {
    const TomlValue* value = table.any(key);
    if (table.recording() || (value != nullptr && value->kind == Kind::table)) return translated(table.table(key));
    if (value != nullptr && value->kind != Kind::text)
      table.fault(key, "is " + std::string{formats::kind_name(value->kind)} +
                           "; write a text in quotes, or { en = \"…\", fr = \"…\" }");
    const std::string once = value != nullptr ? value->text : std::string{};
    return {once, once};
  }

  std::string id(TomlTable& table, const std::vector<std::string>& taken) {
    table.require("id", "id = \"a_short_name\"");
    const std::string id = table.text("id");
    if (table.has("id") && !is_id(id))
      table.fault("id", "is " + formats::toml_quoted(id.substr(0, 64)) + "; write small letters, digits, _ and -");
    if (std::find(taken.begin(), taken.end(), id) != taken.end())
      table.fault("id", "is given twice; write another name");
    return id;
  }

  std::uint8_t team(TomlTable& table, std::string_view fallback) {
    const std::string name = table.text("team", std::string{fallback});
    const auto found = std::find(file_.teams.begin(), file_.teams.end(), name);
    if (found == file_.teams.end() && file_.teams.size() >= 64) {
      table.fault("team", "is the 65th; write at most 64 teams");
      return 0;
    }
    const auto index = static_cast<std::uint8_t>(found - file_.teams.begin());
    if (found == file_.teams.end()) file_.teams.push_back(name);
    return index;
  }

  std::uint8_t level_index(TomlTable& table, std::string_view key, std::uint8_t fallback) {
    const std::string name = table.text(key);
    if (name.empty()) return fallback;
    const std::vector<std::string> known = ids(file_.levels);
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end()) return static_cast<std::uint8_t>(found - known.begin());
    table.fault_unknown(key, name, known, "a level of the ladder");
    return fallback;
  }

  // The time under `key`, and the calendar under "calendar" when it is working time.
  Allowance allowance(TomlTable& table, std::string_view key) {
    const TomlValue* written = table.get(key, Kind::text);
    const std::string name = table.text("calendar");
    if (written == nullptr) {
      if (!name.empty() && !table.has(key)) table.fault("calendar", "is given without " + std::string{key});
      return {};
    }
    const Result<WrittenSpan> span = parse_span(written->text);
    if (!span) {
      table.fault(key, span.error().detail);
      return {};
    }
    if (!span->working) {
      if (!name.empty()) table.fault("calendar", "is not used by elapsed time; write working time, or leave it out");
      return {Allowance::Kind::elapsed, 0, span_seconds(*span, 0)};
    }
    const std::vector<std::string> known = ids(file_.calendars);
    auto found = std::find(known.begin(), known.end(), name);
    if (name.empty() && known.size() == 1) found = known.begin();
    if (found == known.end()) {
      if (name.empty())
        table.fault(key, "is working time without a calendar; write calendar = \"…\"");
      else
        table.fault_unknown("calendar", name, known, "a calendar of this file");
      return {};
    }
    const auto index = static_cast<CalendarIndex>(found - known.begin());
    const std::uint32_t seconds = span_seconds(*span, file_.calendars[index].day_seconds);
    if (seconds == 0) table.fault(key, "is longer than ten years; write less");
    return {Allowance::Kind::working, index, seconds};
  }

  std::optional<Instant> date(TomlTable& table, std::string_view key) {
    const TomlValue* value = table.get(key, Kind::date);
    if (value == nullptr) return std::nullopt;
    const auto instant = parse_instant(value->text);
    if (instant && value->text >= "2000-01-01" && value->text < "2100-01-01") return instant;
    table.fault(key, "is " + value->text + "; write a date from 2000-01-01 to 2099-12-31");
    return std::nullopt;
  }

  void head() {
    document_.require("procedure", "a table [procedure]");
    TomlTable table = document_.table("procedure");
    if (table.present() || table.recording()) {
      table.require("name", "name = \"a-short-name\"");
      table.require("version", "version = \"1.0\"");
      table.require("effective_from", "effective_from = 2026-01-01");
    }
    file_.name = table.text("name");
    if (table.has("name") && !is_id(file_.name))
      table.fault("name",
                  "is " + formats::toml_quoted(file_.name.substr(0, 64)) + "; write small letters, digits, _ and -");
    file_.version = table.text("version");
    const std::uint32_t languages = table.choices("languages", kLanguageWords, 1);
    if (table.has("languages") && languages == 0)
      table.fault("languages", "names none; write [\"en\"], [\"fr\"] or both");
    if ((languages & 1U) != 0) file_.languages.push_back(formats::Language::en);
    if ((languages & 2U) != 0) file_.languages.push_back(formats::Language::fr);
    if (table.present() || table.recording()) file_.title = title(table);
    if (const auto from = date(table, "effective_from")) file_.effective_from = *from;
    file_.announced_on = date(table, "announced_on");
    rules_.promises_consequence = table.flag("promises_consequence", false);
    close(table);
  }

  void contact() {
    TomlTable table = document_.table("contact");
    Declarations& declares = file_.declares;
    declares.contact_point = table.text("point");
    declares.contact_is_human = table.flag("human", false);
    declares.complaint_is_free = table.flag("free_of_charge", false);
    declares.published = table.flag("published", false);
    declares.yearly_figures = table.flag("yearly_figures", false);
    close(table);
  }

  void calendar(const std::string& id, TomlTable table) {
    if (file_.calendars.size() == kCalendarsMax) {
      table.fault(table.place(), "calendar." + id + " is one too many; write at most " + std::to_string(kCalendarsMax));
      return;
    }
    WorkCalendar calendar = read_calendar(id, table);
    close(table);
    file_.calendars.push_back(std::move(calendar));
  }

  void level(TomlTable table) {
    if (file_.levels.size() == kLevelsMax) {
      table.fault(table.place(),
                  table.path() + " is one too many; write at most " + std::to_string(kLevelsMax) + " levels");
      return;
    }
    Level& level = rules_.ladder[file_.levels.size()];
    const std::vector<std::string> taken = ids(file_.levels);
    LevelText text;
    text.id = id(table, taken);
    text.title = title(table);
    table.require("team", "team = \"…\"");
    level.team = team(table, "desk");
    level.may_climb_here = parties(table, "climb");
    if (file_.levels.empty() && level.may_climb_here != 0)
      table.fault("climb", "is given for the first level, where cases open; leave it out");
    level.different_person = table.flag("different_person", false);
    level.stay_max = allowance(table, "stay_max");
    text.last_resort = table.flag("last_resort", false);
    text.may_decide = table.flag("may_decide", false);
    close(table);
    file_.levels.push_back(std::move(text));
  }

  void matter(TomlTable table) {
    if (file_.matters.size() == kMattersMax) {
      table.fault(table.place(),
                  table.path() + " is one too many; write at most " + std::to_string(kMattersMax) + " matters");
      return;
    }
    MatterRule& rule = rules_.matter[file_.matters.size()];
    const std::vector<std::string> taken = ids(file_.matters);
    MatterText text;
    text.id = id(table, taken);
    text.title = title(table);
    text.speciality = table.text("speciality");
    rule.level = level_index(table, "level", 0);
    const std::uint8_t level_team = rules_.ladder[rule.level].team;
    rule.team = team(table, level_team < file_.teams.size() ? file_.teams[level_team] : "desk");
    rule.amount_above = cents(table, "amount_above_eur");
    rule.level_above = level_index(table, "level_above", rule.level);
    if (table.has("level_above") && !table.has("amount_above_eur"))
      table.fault("level_above", "is given without amount_above_eur");
    close(table);
    file_.matters.push_back(std::move(text));
  }

  /// What readers call that which the file names by a word of its own.
  void titles(std::string_view key, const std::vector<std::string>& known, std::string_view what,
              std::map<std::string, Title, std::less<>>& titles) {
    document_.each_named(key, [&](const std::string& id, TomlTable table) {
      if (std::find(known.begin(), known.end(), id) == known.end())
        table.fault(table.place(),
                    std::string{key} + "." + id.substr(0, 64) + " is not " + std::string{what} + "; leave it out");
      titles[id] = title(table);
      close(table);
    });
  }

  static std::uint32_t cents(TomlTable& table, std::string_view key) {
    const TomlValue* value = table.any(key);
    if (value == nullptr) return 0;
    const double euros = value->kind == Kind::integer  ? static_cast<double>(value->integer)
                         : value->kind == Kind::number ? value->number
                                                       : -1.0;
    if (euros >= 0.01 && euros <= 40'000'000.0) {
      const auto rounded = static_cast<std::uint32_t>(std::llround(euros * 100.0));
      if (std::abs(euros * 100.0 - rounded) < 1e-4) return rounded;
    }
    table.fault(key, "is not an amount; write euros from 0.01 to 40000000, with two decimals at most");
    return 0;
  }

  void assignment() {
    TomlTable table = document_.table("assignment");
    Assignment& rule = rules_.assignment;
    rule.mode = choice(table, "mode", rule.mode);
    rule.substitute = table.flag("substitute", false);
    rule.only_owner_answers = table.flag("only_owner_answers", false);
    rule.strip_to = choice(table, "strip_to", rule.strip_to);
    if (rule.strip_to == Assignment::StripTo::substitute && !rule.substitute)
      table.fault("strip_to", "is \"substitute\", but there is none; write substitute = true");
    close(table);
  }

  void hand_off() {
    TomlTable table = document_.table("hand_off");
    HandOffRule& rule = rules_.hand_off;
    rule.reason_needed = table.flag("reason", false);
    rule.summary_needed = table.flag("summary", false);
    rule.open_questions_needed = table.flag("open_questions", false);
    rule.acceptance_needed = table.flag("acceptance", false);
    rule.count_max = whole<std::uint8_t>(table, "count_max", 254, 0);
    close(table);
  }

  void answers() {
    TomlTable table = document_.table("answers");
    Answers& rule = rules_.answers;
    rule.cover_every_question = table.flag("cover_every_question", false);
    rule.reply_clock_starts = choice(table, "seller_reply_clock_starts", rule.reply_clock_starts);
    file_.declares.boilerplate_max_percent = whole<std::uint32_t>(table, "boilerplate_max_percent", 100, 100);
    close(table);
  }

  void clocks() {
    TomlTable table = document_.table("clocks");
    for (std::size_t i = 0; i < kClocks; ++i)
      if (const auto which = static_cast<Clock>(i); !effects_of(which).empty()) clock(which, table.table(name(which)));
    rules_.at_the_top = kAtTheTop[table.choice("at_the_top", kAtTheTopWords, 1)];
    close(table);
  }

  void clock(Clock clock, TomlTable table) {
    ClockRule& rule = rules_.clocks[static_cast<std::size_t>(clock)];
    if (clock == Clock::level) {
      if (table.any("allowance") != nullptr)
        table.fault("allowance", "is not read; the longest stay is stay_max of each level of the ladder");
    } else {
      rule.allowance = allowance(table, "allowance");
      if (table.present()) table.require("allowance", "a time, such as \"2 working days\"");
    }
    std::vector<std::string_view> allowed;
    allowed.reserve(effects_of(clock).size());
    for (const Effect effect : effects_of(clock)) allowed.push_back(name(effect));
    rule.effect = effects_of(clock)[table.choice("when_it_runs_out", allowed, 0)];
    reminders(table, rule, clock == Clock::seller_reply ? kRemindersMax : 1);
    close(table);
  }

  // Only the seller's reply keeps count of its reminders: they are notices before a closing.
  static void reminders(TomlTable& table, ClockRule& rule, std::size_t max) {
    for (const std::string& text : table.texts("reminders")) {
      const std::string_view before = std::string_view{text}.ends_with(" before")
                                          ? std::string_view{text}.substr(0, text.size() - 7)
                                          : std::string_view{text};
      const Result<WrittenSpan> span = parse_span(before);
      if (!span || span->working) {
        table.fault("reminders", "holds " + formats::toml_quoted(text.substr(0, 40)) +
                                     "; write elapsed time before the end, such as \"1 day before\"");
        continue;
      }
      const std::uint32_t seconds = span_seconds(*span, 0);
      if (rule.reminders == max) {
        table.fault("reminders", "are too many; write at most " + std::to_string(max));
        return;
      }
      if (rule.reminders > 0 && seconds >= rule.before[rule.reminders - 1U])
        table.fault("reminders", "are not in order; write the one farthest from the end first");
      if (rule.allowance.kind == Allowance::Kind::elapsed && seconds >= rule.allowance.seconds)
        table.fault("reminders",
                    "hold " + formats::toml_quoted(text) + ", which is before the clock starts; write less");
      rule.before[rule.reminders++] = seconds;
    }
  }

  void closing() {
    TomlTable table = document_.table("closing");
    for (std::size_t i = 0; i < kGrounds; ++i) {
      TomlTable ground = table.table(name(static_cast<Ground>(i)));
      ClosingRight& right = rules_.closing[i];
      right.by = parties(ground, "by");
      if (static_cast<Ground>(i) == Ground::seller_silence)
        right.notices = whole<std::uint8_t>(ground, "notices", kNoticesMax, 0);
      right.unread_blocks = ground.flag("unread_blocks", false);
      right.open_questions_block = ground.flag("open_questions_block", false);
      close(ground);
    }
    close(table);
  }

  void reopening() {
    TomlTable table = document_.table("reopening");
    Reopening& rule = rules_.reopening;
    rule.kind = static_cast<Reopening::Kind>(table.choice("as", kReopeningWords, 0));
    rule.within = allowance(table, "within");
    rule.keeps_history = table.flag("keeps_history", true);
    if (rule.kind == Reopening::Kind::new_case && table.has("within"))
      table.fault("within", "belongs to as = \"same_case\"; leave it out");
    close(table);
  }

  void abandonment() {
    TomlTable table = document_.table("abandonment");
    rules_.abandoned_after = allowance(table, "after");
    close(table);
  }

  void decision() {
    TomlTable table = document_.table("decision");
    DecisionRule& rule = rules_.decision;
    rule.facts_needed = table.flag("facts", false);
    rule.ground_needed = table.flag("ground", false);
    rule.redress_needed = table.flag("redress", false);
    rule.person_needed = table.flag("person", false);
    rule.covers_questions = table.flag("covers_questions", false);
    const std::uint32_t ways = table.choices("ways_of_redress", kRedressWords, 0);
    for (std::size_t i = 0; i < kRedressWords.size(); ++i)
      if ((ways >> i & 1U) != 0) file_.declares.redress.emplace_back(kRedressWords[i]);
    close(table);
  }

  void appeal() {
    TomlTable table = document_.table("appeal");
    rules_.appeal.allowed = table.flag("allowed", false);
    rules_.appeal.different_person = table.flag("different_person", false);
    close(table);
  }

  void mediation() {
    TomlTable table = document_.table("mediation");
    MediationRule& rule = rules_.mediation;
    rule.by = parties(table, "by", 2);
    rule.before_decision = table.flag("before_decision", false);
    file_.declares.desk_share_of_mediation_percent = whole<std::uint32_t>(table, "desk_share_percent", 100, 0);
    table.each("mediator", [&](TomlTable person) {
      Mediator mediator;
      person.require("name", "name = \"…\"");
      person.require("contact", "contact = \"…\"");
      mediator.name = person.text("name");
      mediator.contact = person.text("contact");
      mediator.independence = sentence(person, "independence");
      mediator.languages = person.texts("languages");
      close(person);
      if (file_.mediators.size() < 100)
        file_.mediators.push_back(std::move(mediator));
      else
        person.fault(person.place(), person.path() + " is one too many; write at most 100");
    });
    rule.mediators = static_cast<std::uint8_t>(file_.mediators.size());
    close(table);
  }

  void offers() {
    TomlTable table = document_.table("offers");
    rules_.offers.recorded = table.flag("recorded", false);
    rules_.offers.conditions_barred = static_cast<std::uint8_t>(table.choices("conditions_barred", kConditionWords, 0));
    close(table);
  }

  void restrictions() {
    TomlTable table = document_.table("restrictions");
    RestrictionRule& rule = rules_.restrictions;
    rule.facts_needed = table.flag("facts", false);
    rule.ground_needed = table.flag("ground", false);
    rule.announced_first = table.flag("announced_first", false);
    file_.declares.reasons_given_first = table.flag("reasons_first", false);
    rule.notice_days = whole<std::uint16_t>(table, "notice_days", kDaysMax, 0);
    rule.termination_notice_days = whole<std::uint16_t>(table, "termination_notice_days", kDaysMax, 0);
    rule.cooling_offer_days = whole<std::uint16_t>(table, "cooling_days_after_offer", kDaysMax, 0);
    rule.cooling_appeal_days = whole<std::uint16_t>(table, "cooling_days_after_appeal", kDaysMax, 0);
    rule.cooling_claim_days = whole<std::uint16_t>(table, "cooling_days_after_claim", kDaysMax, 0);
    close(table);
  }

  void changes() {
    TomlTable table = document_.table("changes");
    rules_.change.notice_days = whole<std::uint16_t>(table, "notice_days", kDaysMax, 0);
    rules_.change.open_cases_keep_rules = table.flag("open_cases_keep_rules", false);
    close(table);
  }

  void targets() {
    TomlTable table = document_.table("targets");
    rules_.targets.answers_per_hour = whole<std::uint16_t>(table, "answers_per_hour", 10'000, 0);
    rules_.targets.closings_per_day = whole<std::uint16_t>(table, "closings_per_day", 10'000, 0);
    file_.declares.quality_pair_declared = table.flag("quality_pair", false);
    close(table);
  }

  TomlTable document_;
  ProcedureFile& file_;
  Procedure& rules_;
};

// Notes where every key stands and which source stands behind it: its table's, or that of the table around.
class ClauseReader {
 public:
  ClauseReader(TomlFaults& faults, std::map<std::string, Clause>& clauses) : faults_(faults), clauses_(clauses) {}

  void read(const TomlValue& value, const std::string& path, TomlPlace place, std::optional<Source> source) {
    if (value.kind == Kind::table)
      if (const TomlValue* own = value.find("source")) source = own_source(*own, path);
    if (!path.empty()) clauses_[path] = {path, place.line, place.column, source};
    for (const TomlMember& member : value.members)
      if (member.key != "source")
        read(member.value, path.empty() ? member.key : path + "." + member.key,
             member.value.kind == Kind::table ? member.value.place : member.place, source);
    for (std::size_t i = 0; i < value.items.size(); ++i)
      if (value.items[i].kind == Kind::table)
        read(value.items[i], path + "[" + std::to_string(i) + "]", value.items[i].place, source);
  }

 private:
  std::optional<Source> own_source(const TomlValue& value, const std::string& path) {
    const std::string where = path.empty() ? "source" : path + ".source";
    if (value.kind != Kind::table) {
      faults_.add(value.place, where + " is " + std::string{formats::kind_name(value.kind)} +
                                   "; write source = { kind = \"law\", text = \"…\" }");
      return std::nullopt;
    }
    TomlTable table{&value, where, value.place, faults_};
    table.require("kind", "kind = \"law\", \"contract\" or \"house\"");
    table.require("text", "text = \"…\"");
    const std::size_t kind = table.choice("kind", kSourceWords, 0);
    const std::string text = table.text("text");
    for (const char* key : {"text", "en", "fr"})
      if (table.has(key) && table.text(key).empty()) table.fault(key, "is empty; say where the rule comes from");
    Source source{std::string{kSourceWords[kind]}, {table.text("en", text), table.text("fr", text)}};
    table.finish();
    return source;
  }

  TomlFaults& faults_;
  std::map<std::string, Clause>& clauses_;
};

}  // namespace

Result<ProcedureFile> read_procedure(std::string_view text, std::string path) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  ProcedureFile file;
  file.path = std::move(path);
  TomlFaults faults;
  ClauseReader{faults, file.clauses}.read(document, "", {}, std::nullopt);
  ProcedureReader{{&document, "", {}, faults}, file}.read();
  if (!faults.none()) return faults.error(file.path);
  return file;
}

Result<std::string> procedure_text(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    const std::string_view shipped = embedded_bytes(embedded::procedures(), path + ".toml");
    if (!shipped.empty()) return std::string{shipped};
    const std::vector<std::string> names = shipped_procedures();
    const std::string nearest = formats::nearest_word(path, names);
    std::string detail = path + ": there is no such file, nor a procedure of this name";
    if (!nearest.empty()) {
      detail += "; did you mean \"" + nearest + "\"?";
    } else {
      detail += "; shipped:";
      for (const std::string& name : names) detail += " " + name;
    }
    return Error{Fault::not_found, detail};
  }
  std::ifstream stream(path, std::ios::binary);
  std::string content(formats::kTomlBytesMax + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.bad() || (stream.gcount() == 0 && !stream.eof()) || std::filesystem::is_directory(path, ignored))
    return Error{Fault::unreadable, path + ": cannot be read; it must be a file that you may read"};
  content.resize(static_cast<std::size_t>(stream.gcount()));
  return content;
}

Result<ProcedureFile> load_procedure(const std::string& path) {
  GUICHET_TRY(text, procedure_text(path));
  return read_procedure(text, path);
}

std::vector<std::string> shipped_procedures() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded::procedures()) names.emplace_back(file.name.substr(0, file.name.rfind('.')));
  return names;
}

std::vector<std::string> known_keys() {
  std::set<std::string> keys;
  TomlFaults faults;
  ProcedureFile file;
  ProcedureReader{{nullptr, "", {}, faults, &keys}, file}.read();
  return {keys.begin(), keys.end()};
}

}  // namespace guichet::rulebook
