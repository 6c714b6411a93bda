#include <guichet/rulebook/print.hpp>

#include <span>

#include <guichet/core/names.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rulebook/calendar_tables.hpp>
#include <guichet/rulebook/spans.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::rulebook {
namespace {

using formats::toml_quoted;

std::string listed(std::span<const std::string> texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_quoted(text);
  return "[" + list + "]";
}

std::string words_of(std::uint32_t bits, std::span<const std::string_view> words) {
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < words.size(); ++i)
    if ((bits >> i & 1U) != 0) chosen.emplace_back(words[i]);
  return listed(chosen);
}

std::string date_of(Instant instant) { return print_instant(instant).substr(0, 10); }

std::string two_digits(std::uint32_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

class Printer {
 public:
  explicit Printer(const ProcedureFile& file) : file_(file), rules_(file.procedure) {}

  std::string print() {
    head();
    for (const WorkCalendar& calendar : file_.calendars) print(calendar);
    for (std::size_t i = 0; i < file_.levels.size(); ++i) level(i);
    for (std::size_t i = 0; i < file_.matters.size(); ++i) matter(i);
    titles("team", file_.team_titles);
    titles("speciality", file_.speciality_titles);
    conduct();
    clocks();
    closing();
    remedies();
    return std::move(out_);
  }

 private:
  void section(const std::string& path) { out_ += (out_.empty() ? "[" : "\n[") + path + "]\n"; }
  void entry(const std::string& path) { out_ += "\n[[" + path + "]]\n"; }

  void raw(std::string_view key, const std::string& value) { out_ += std::string{key} + " = " + value + "\n"; }
  void text(std::string_view key, std::string_view value) { raw(key, toml_quoted(value)); }
  void flag(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
  void count(std::string_view key, std::uint32_t value) { raw(key, std::to_string(value)); }

  void title(const Title& title) { translated("title", title); }

  void translated(std::string_view key, const Title& words) {
    std::string value;
    if (!words.en.empty()) value += "en = " + toml_quoted(words.en);
    if (!words.fr.empty()) value += (value.empty() ? "fr = " : ", fr = ") + toml_quoted(words.fr);
    raw(key, "{ " + value + " }");
  }

  void sentence(std::string_view key, const Title& words) {
    if (words.en == words.fr)
      text(key, words.en);
    else
      translated(key, words);
  }

  void allowance(std::string_view key, Allowance allowance) {
    switch (allowance.kind) {
      case Allowance::Kind::none: return;
      case Allowance::Kind::elapsed: text(key, print_span(allowance.seconds, 0)); return;
      case Allowance::Kind::working: {
        const WorkCalendar& calendar = file_.calendars[allowance.calendar];
        text(key, print_span(allowance.seconds, calendar.day_seconds));
        text("calendar", calendar.id);
        return;
      }
    }
  }

  // The table's own source: when it says something else than the table around it.
  void source(const std::string& path) {
    const auto own = file_.clauses.find(path);
    if (own == file_.clauses.end()) return;
    const std::optional<Source>& source = own->second.source;
    const std::size_t cut = path.find_last_of(".[");
    const auto around = cut == std::string::npos ? file_.clauses.end() : file_.clauses.find(path.substr(0, cut));
    if (!source || (around != file_.clauses.end() && around->second.source == source)) return;
    const auto& [en, fr] = source->text;
    raw("source", "{ kind = " + toml_quoted(source->kind) + ", text = " + toml_quoted(en) +
                      (fr == en ? std::string{} : ", fr = " + toml_quoted(fr)) + " }");
  }

  void head() {
    section("procedure");
    text("name", file_.name);
    text("version", file_.version);
    if (file_.announced_on) raw("announced_on", date_of(*file_.announced_on));
    raw("effective_from", date_of(file_.effective_from));
    std::uint32_t languages = 0;
    for (const formats::Language language : file_.languages) languages |= 1U << static_cast<unsigned>(language);
    raw("languages", words_of(languages, kLanguageWords));
    title(file_.title);
    flag("promises_consequence", rules_.promises_consequence);
    source("procedure");

    section("contact");
    const Declarations& declares = file_.declares;
    if (!declares.contact_point.empty()) text("point", declares.contact_point);
    flag("human", declares.contact_is_human);
    flag("free_of_charge", declares.complaint_is_free);
    flag("published", declares.published);
    flag("yearly_figures", declares.yearly_figures);
    source("contact");
  }

  void print(const WorkCalendar& calendar) {
    section("calendar." + calendar.id);
    out_ += print_calendar(calendar);
    source("calendar." + calendar.id);
  }

  void level(std::size_t index) {
    const Level& rule = rules_.ladder[index];
    const LevelText& level = file_.levels[index];
    entry("ladder");
    text("id", level.id);
    title(level.title);
    text("team", file_.teams[rule.team]);
    if (index > 0) raw("climb", words_of(rule.may_climb_here, kPartyWords));
    flag("different_person", rule.different_person);
    allowance("stay_max", rule.stay_max);
    flag("last_resort", level.last_resort);
    flag("may_decide", level.may_decide);
    source("ladder[" + std::to_string(index) + "]");
  }

  void matter(std::size_t index) {
    const MatterRule& rule = rules_.matter[index];
    const MatterText& matter = file_.matters[index];
    entry("matter");
    text("id", matter.id);
    title(matter.title);
    text("team", file_.teams[rule.team]);
    if (!matter.speciality.empty()) text("speciality", matter.speciality);
    text("level", file_.levels[rule.level].id);
    if (rule.amount_above != 0) {
      const std::uint32_t cents = rule.amount_above % 100;
      raw("amount_above_eur", std::to_string(rule.amount_above / 100) + (cents == 0 ? "" : "." + two_digits(cents)));
      text("level_above", file_.levels[rule.level_above].id);
    }
    source("matter[" + std::to_string(index) + "]");
  }

  void titles(const std::string& key, const std::map<std::string, Title, std::less<>>& titles) {
    for (const auto& [id, words] : titles) {
      section(key + "." + (is_id(id) ? id : toml_quoted(id)));
      title(words);
      source(key + "." + id);
    }
  }

  void conduct() {
    section("assignment");
    text("mode", name(rules_.assignment.mode));
    flag("substitute", rules_.assignment.substitute);
    flag("only_owner_answers", rules_.assignment.only_owner_answers);
    text("strip_to", name(rules_.assignment.strip_to));
    source("assignment");

    section("hand_off");
    flag("reason", rules_.hand_off.reason_needed);
    flag("summary", rules_.hand_off.summary_needed);
    flag("open_questions", rules_.hand_off.open_questions_needed);
    flag("acceptance", rules_.hand_off.acceptance_needed);
    count("count_max", rules_.hand_off.count_max);
    source("hand_off");

    section("answers");
    flag("cover_every_question", rules_.answers.cover_every_question);
    text("seller_reply_clock_starts", name(rules_.answers.reply_clock_starts));
    count("boilerplate_max_percent", file_.declares.boilerplate_max_percent);
    source("answers");
  }

  void clocks() {
    section("clocks");
    text("at_the_top", name(rules_.at_the_top));
    source("clocks");
    for (std::size_t i = 0; i < kClocks; ++i) {
      const auto clock = static_cast<Clock>(i);
      const ClockRule& rule = rules_.clocks[i];
      if (!rule.allowance && clock != Clock::level) continue;
      const std::string path = "clocks." + std::string{name(clock)};
      section(path);
      allowance("allowance", rule.allowance);
      std::vector<std::string> before;
      before.reserve(rule.reminders);
      for (std::size_t r = 0; r < rule.reminders; ++r) before.push_back(print_span(rule.before[r], 0) + " before");
      raw("reminders", listed(before));
      text("when_it_runs_out", name(rule.effect));
      source(path);
    }
  }

  void closing() {
    section("closing");
    source("closing");
    for (std::size_t i = 0; i < kGrounds; ++i) {
      const ClosingRight& right = rules_.closing[i];
      const std::string path = "closing." + std::string{name(static_cast<Ground>(i))};
      section(path);
      raw("by", words_of(right.by, kPartyWords));
      if (static_cast<Ground>(i) == Ground::seller_silence) count("notices", right.notices);
      flag("unread_blocks", right.unread_blocks);
      flag("open_questions_block", right.open_questions_block);
      source(path);
    }

    section("reopening");
    text("as", kReopeningWords[static_cast<std::size_t>(rules_.reopening.kind)]);
    allowance("within", rules_.reopening.within);
    flag("keeps_history", rules_.reopening.keeps_history);
    source("reopening");

    section("abandonment");
    allowance("after", rules_.abandoned_after);
    source("abandonment");
  }

  void remedies() {
    section("decision");
    flag("facts", rules_.decision.facts_needed);
    flag("ground", rules_.decision.ground_needed);
    flag("redress", rules_.decision.redress_needed);
    flag("person", rules_.decision.person_needed);
    flag("covers_questions", rules_.decision.covers_questions);
    raw("ways_of_redress", listed(file_.declares.redress));
    source("decision");

    section("appeal");
    flag("allowed", rules_.appeal.allowed);
    flag("different_person", rules_.appeal.different_person);
    source("appeal");

    section("mediation");
    raw("by", words_of(rules_.mediation.by, kPartyWords));
    flag("before_decision", rules_.mediation.before_decision);
    count("desk_share_percent", file_.declares.desk_share_of_mediation_percent);
    source("mediation");
    for (std::size_t i = 0; i < file_.mediators.size(); ++i) {
      const Mediator& mediator = file_.mediators[i];
      entry("mediation.mediator");
      text("name", mediator.name);
      text("contact", mediator.contact);
      raw("languages", listed(mediator.languages));
      if (!mediator.independence.empty()) sentence("independence", mediator.independence);
      source("mediation.mediator[" + std::to_string(i) + "]");
    }

    section("offers");
    flag("recorded", rules_.offers.recorded);
    raw("conditions_barred", words_of(rules_.offers.conditions_barred, kConditionWords));
    source("offers");

    section("restrictions");
    const RestrictionRule& rule = rules_.restrictions;
    flag("facts", rule.facts_needed);
    flag("ground", rule.ground_needed);
    flag("announced_first", rule.announced_first);
    flag("reasons_first", file_.declares.reasons_given_first);
    count("notice_days", rule.notice_days);
    count("termination_notice_days", rule.termination_notice_days);
    count("cooling_days_after_offer", rule.cooling_offer_days);
    count("cooling_days_after_appeal", rule.cooling_appeal_days);
    count("cooling_days_after_claim", rule.cooling_claim_days);
    source("restrictions");

    section("changes");
    count("notice_days", rules_.change.notice_days);
    flag("open_cases_keep_rules", rules_.change.open_cases_keep_rules);
    source("changes");

    section("targets");
    count("answers_per_hour", rules_.targets.answers_per_hour);
    count("closings_per_day", rules_.targets.closings_per_day);
    flag("quality_pair", file_.declares.quality_pair_declared);
    source("targets");
  }

  const ProcedureFile& file_;
  const Procedure& rules_;
  std::string out_;
};

}  // namespace

std::string print_procedure(const ProcedureFile& file) { return Printer{file}.print(); }

}  // namespace guichet::rulebook
