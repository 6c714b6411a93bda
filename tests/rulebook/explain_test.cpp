#include <guichet/rulebook/explain.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <guichet/core/names.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::rulebook {
namespace {

using formats::Language;

constexpr std::array kLanguages{Language::en, Language::fr};

/// A shipped procedure with calendars cut to their first years, so that hundreds of tellings are quick.
ProcedureFile shipped(const std::string& name) {
  Result<ProcedureFile> file = load_procedure(name);
  EXPECT_TRUE(file) << name;
  for (WorkCalendar& calendar : file->calendars)
    calendar.hours.resize(std::min<std::size_t>(calendar.hours.size(), 500));
  return *std::move(file);
}

std::string prose(const ProcedureFile& file) {
  return explain_as_text(file, Language::en) + explain_as_text(file, Language::fr);
}

// --- words ---

struct Entry {
  std::string key, words;
};

std::vector<Entry> catalogue(const std::string& language) {
  std::ostringstream text;
  text << std::ifstream(GUICHET_SOURCE_DIR "/po/explain." + language + ".po").rdbuf();
  const std::string content = text.str();
  static const std::regex entry("msgid \"([^\"]+)\"\nmsgstr \"(.*)\"\n");
  std::vector<Entry> entries;
  for (std::sregex_iterator match(content.begin(), content.end(), entry), end; match != end; ++match)
    entries.push_back({match->str(1), match->str(2)});
  return entries;
}

/// The most words in one sentence of `text`. A word has a letter or digit in it; a placeholder is a word.
std::size_t longest_sentence(std::string text) {
  text = std::regex_replace(text, std::regex("\u00a0|\u202f"), " ");
  // Letters beyond ASCII begin with a byte from 0xc3 on and below 0xe2: dashes and quotes do not.
  const auto letter = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (byte >= 0xc3 && byte < 0xe2);
  };
  std::istringstream words(text);
  std::string word;
  std::size_t most = 0, count = 0;
  while (words >> word) {
    count += std::ranges::any_of(word, letter) ? 1U : 0U;
    most = std::max(most, count);
    if (word.ends_with('.') || word.ends_with('!') || word.ends_with('?')) count = 0;
  }
  return most;
}

TEST(Sentences, AreShort) {
  EXPECT_EQ(longest_sentence("One two. One two three – four. One!"), 4U);
  for (const char* language : {"en", "fr"}) {
    const auto entries = catalogue(language);
    EXPECT_GT(entries.size(), 300U);
    for (const Entry& entry : entries)
      EXPECT_LE(longest_sentence(entry.words), entry.key.starts_with("explain.brief.") ? 12U : 20U)
          << entry.key << ": " << entry.words;
  }
}

TEST(Sentences, UseTheWordsOfTheGlossary) {
  static const std::regex banned_en(R"(\b(tickets?|SLAs?|issues?|timers?|users?|customers?)\b)", std::regex::icase);
  static const std::regex banned_fr(R"(\b(tickets?|SLAs?|timers?|clients?|utilisateurs?|horloges?)\b)",
                                    std::regex::icase);
  for (const Entry& entry : catalogue("en")) EXPECT_FALSE(std::regex_search(entry.words, banned_en)) << entry.words;
  for (const Entry& entry : catalogue("fr")) EXPECT_FALSE(std::regex_search(entry.words, banned_fr)) << entry.words;
}

TEST(Sentences, AreShortWhenFilledIn) {
  // What a file says in its own words is as long as the file wants.
  static const std::regex free_text(R"(independence|contact|point|holidays|hours|languages|ladder$|ways_of_redress)");
  for (const std::string& name : shipped_procedures())
    for (const Language language : kLanguages) {
      const Explanation told = explain(shipped(name), language);
      for (const Sentence& sentence : told.brief) EXPECT_LE(longest_sentence(sentence.text), 12U) << sentence.text;
      for (const Section& section : told.sections)
        for (const Paragraph& paragraph : section.paragraphs)
          for (const Sentence& sentence : paragraph.sentences)
            EXPECT_TRUE(std::regex_search(sentence.path, free_text) || longest_sentence(sentence.text) <= 20U)
                << name << ": " << sentence.text;
    }
}

// --- nothing is lost ---

/// Calls `check` once for every other value that one field can have, with the field set to it, and puts
/// the field back. The structured bindings name every field: one more field in a type does not compile here.
class Changes {
 public:
  explicit Changes(std::function<void(const std::string&)> check) : check_(std::move(check)) {}

  template <class T>
  void with(const std::string& where, T& field, T other) {
    if (field == other) return;
    const T kept = std::exchange(field, std::move(other));
    check_(where);
    field = kept;
  }

  void visit(const std::string& where, bool& field) { with(where, field, !field); }
  template <std::unsigned_integral T>
  void visit(const std::string& where, T& field) {
    with(where, field, static_cast<T>(field + 1));
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void visit_enum(const std::string& where, Enum& field, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) with(where, field, static_cast<Enum>(i));
  }
  void visit_bits(const std::string& where, std::uint8_t& field) {
    for (const int bit : {1, 2, 4}) with(where, field, static_cast<std::uint8_t>(field ^ bit));
  }
  void visit(const std::string& where, Allowance& field) {
    const auto& [kind, calendar, seconds] = field;
    (void)kind;
    with(where + ".none", field, Allowance{});
    with(where + ".elapsed", field, Allowance{Allowance::Kind::elapsed, 0, seconds + 60});
    with(where + ".working", field, Allowance{Allowance::Kind::working, calendar, seconds + 60});
    with(where + ".calendar", field,
         Allowance{Allowance::Kind::working, static_cast<CalendarIndex>(calendar + 1), seconds + 60});
  }
  void visit(const std::string& where, ClockRule& field) {
    auto& [allowance, effect, reminders, before] = field;
    visit(where + ".allowance", allowance);
    visit_enum(where + ".effect", effect, spellings<Effect>().size());
    if (reminders < kRemindersMax) visit(where + ".reminders", reminders);
    for (std::size_t i = 0; i < reminders; ++i) visit(where + ".before", before[i]);
  }
  void visit(const std::string& where, ClosingRight& field) {
    auto& [by, notices, unread_blocks, open_questions_block] = field;
    visit_bits(where + ".by", by);
    visit(where + ".notices", notices);
    visit(where + ".unread_blocks", unread_blocks);
    visit(where + ".open_questions_block", open_questions_block);
  }
  void visit(const std::string& where, Level& field) {
    auto& [team, may_climb_here, different_person, stay_max] = field;
    visit(where + ".team", team);
    visit_bits(where + ".may_climb_here", may_climb_here);
    visit(where + ".different_person", different_person);
    visit(where + ".stay_max", stay_max);
  }
  void visit(const std::string& where, MatterRule& field) {
    auto& [team, level, level_above, amount_above] = field;
    visit(where + ".team", team);
    visit(where + ".level", level);
    visit(where + ".level_above", level_above);
    visit(where + ".amount_above", amount_above);
  }

  void visit(Procedure& procedure) {
    auto& [id, clocks, closing, reopening, assignment, hand_off, answers, decision, appeal, mediation, offers,
           restrictions, change, targets, abandoned_after, at_the_top, levels, ladder, matters, matter,
           promises_consequence] = procedure;
    visit("id", id.value);
    for (std::size_t i = 0; i < kClocks; ++i) visit("clocks." + std::string{name(static_cast<Clock>(i))}, clocks[i]);
    for (std::size_t i = 0; i < kGrounds; ++i)
      visit("closing." + std::string{name(static_cast<Ground>(i))}, closing[i]);
    {
      auto& [kind, within, keeps_history] = reopening;
      visit_enum("reopening.kind", kind, 2);
      visit("reopening.within", within);
      visit("reopening.keeps_history", keeps_history);
    }
    {
      auto& [mode, substitute, only_owner_answers, strip_to] = assignment;
      visit_enum("assignment.mode", mode, spellings<AssignMode>().size());
      visit("assignment.substitute", substitute);
      visit("assignment.only_owner_answers", only_owner_answers);
      visit_enum("assignment.strip_to", strip_to, spellings<Assignment::StripTo>().size());
    }
    {
      auto& [reason, summary, open_questions, acceptance, count_max] = hand_off;
      for (bool* flag : {&reason, &summary, &open_questions, &acceptance}) visit("hand_off", *flag);
      visit("hand_off.count_max", count_max);
    }
    {
      auto& [cover_every_question, reply_clock_starts] = answers;
      visit("answers.cover_every_question", cover_every_question);
      visit_enum("answers.reply_clock_starts", reply_clock_starts, spellings<Answers::ReplyClockStarts>().size());
    }
    {
      auto& [facts, ground, redress, person, covers_questions] = decision;
      for (bool* flag : {&facts, &ground, &redress, &person, &covers_questions}) visit("decision", *flag);
    }
    {
      auto& [allowed, different_person] = appeal;
      visit("appeal.allowed", allowed);
      visit("appeal.different_person", different_person);
    }
    {
      auto& [mediators, by, before_decision] = mediation;
      visit("mediation.mediators", mediators);
      visit_bits("mediation.by", by);
      visit("mediation.before_decision", before_decision);
    }
    {
      auto& [recorded, conditions_barred] = offers;
      visit("offers.recorded", recorded);
      visit_bits("offers.conditions_barred", conditions_barred);
    }
    {
      auto& [facts, ground, announced, notice, termination, after_offer, after_appeal, after_claim] = restrictions;
      for (bool* flag : {&facts, &ground, &announced}) visit("restrictions", *flag);
      for (std::uint16_t* days : {&notice, &termination, &after_offer, &after_appeal, &after_claim})
        visit("restrictions.days", *days);
    }
    {
      auto& [notice_days, open_cases_keep_rules] = change;
      visit("change.notice_days", notice_days);
      visit("change.open_cases_keep_rules", open_cases_keep_rules);
    }
    {
      auto& [answers_per_hour, closings_per_day] = targets;
      visit("targets.answers_per_hour", answers_per_hour);
      visit("targets.closings_per_day", closings_per_day);
    }
    visit("abandoned_after", abandoned_after);
    visit_enum("at_the_top", at_the_top, spellings<Effect>().size());
    visit("levels", levels);
    for (std::size_t i = 0; i < levels; ++i) visit("ladder", ladder[i]);
    visit("matters", matters);
    for (std::size_t i = 0; i < matters; ++i) visit("matter", matter[i]);
    visit("promises_consequence", promises_consequence);
  }

  void visit(const std::string& where, std::string& field) { with(where, field, field + " changed"); }
  void visit(const std::string& where, Title& field) {
    auto& [en, fr] = field;
    visit(where, en);
    visit(where, fr);
  }
  void visit(Declarations& field) {
    auto& [contact_point, human, free, published, reasons_first, quality, yearly, share, boilerplate, redress] = field;
    visit("declares.contact_point", contact_point);
    for (bool* flag : {&human, &free, &published, &reasons_first, &quality, &yearly}) visit("declares", *flag);
    with("declares.share", share, share == 50 ? 49U : 50U);
    with("declares.boilerplate", boilerplate, boilerplate == 50 ? 49U : 50U);
    with("declares.redress", redress, redress.empty() ? std::vector<std::string>{"court"} : std::vector<std::string>{});
  }

  /// What stands beside the rules: everything but `path`, `clauses` (told as references) and the compiled
  /// tables of calendars.
  void visit(ProcedureFile& file) {
    auto& [path, name, version, title, effective_from, announced_on, languages, procedure, teams, team_titles,
           speciality_titles, matters, levels, mediators, calendars, declares, clauses] = file;
    (void)path, (void)clauses;
    visit("name", name);
    visit("version", version);
    visit("title", title);
    with("effective_from", effective_from, effective_from + std::chrono::days(1));
    with("announced_on", announced_on, std::optional<Instant>{});
    with("announced_on", announced_on, std::optional{effective_from - std::chrono::days(3)});
    with("languages", languages, std::vector{Language::fr});
    visit(procedure);
    for (std::string& team : teams) visit("teams", team);
    for (auto& [id, text] : team_titles) visit("team.title", text);
    for (auto& [id, text] : speciality_titles) visit("speciality.title", text);
    for (auto& [id, text, speciality] : matters) {
      visit("matter.id", id);
      visit("matter.title", text);
      visit("matter.speciality", speciality);
    }
    for (auto& [id, text, last_resort, may_decide] : levels) {
      visit("ladder.id", id);
      visit("ladder.title", text);
      visit("ladder.last_resort", last_resort);
      visit("ladder.may_decide", may_decide);
    }
    for (auto& [who, contact, independence, spoken] : mediators) {
      visit("mediator.name", who);
      visit("mediator.contact", contact);
      visit("mediator.independence", independence);
      with("mediator.languages", spoken, std::vector<std::string>{"de"});
    }
    for (auto& [id, zone, week, day_seconds, holidays, sets, hours, by_day, first_day] : calendars) {
      (void)hours, (void)by_day, (void)first_day;
      visit("calendar.id", id);
      visit("calendar.zone", zone);
      for (auto& day : week) with("calendar.hours", day, std::vector<OpenSpan>{{60, 125}});
      with("calendar.day", day_seconds, day_seconds + 60);
      with("calendar.holidays", holidays, std::vector<std::string>{"2026-12-24"});
      with("calendar.holiday_sets", sets, std::vector<std::string>{"lu"});
    }
    visit(declares);
  }

 private:
  std::function<void(const std::string&)> check_;
};

void expect_every_change_told(ProcedureFile file) {
  const std::string before = prose(file);
  int changes = 0;
  Changes([&](const std::string& where) {
    ++changes;
    EXPECT_TRUE(prose(file) != before) << "a change of " << where << " in " << file.name << " changes no word";
  }).visit(file);
  EXPECT_GT(changes, 200);
  EXPECT_TRUE(prose(file) == before) << "every field is put back";
}

TEST(Prose, TellsEveryChangeOfAFairProcedure) { expect_every_change_told(shipped("guichet-unique")); }
TEST(Prose, TellsEveryChangeOfTheTestimony) { expect_every_change_told(shipped("next-available")); }
TEST(Prose, TellsEveryChangeOfTheLegalMinimum) { expect_every_change_told(shipped("p2b-minimum")); }
TEST(Prose, TellsEveryChangeOfNothing) { expect_every_change_told({}); }

/// The paths that the prose of a file tells, as known_keys() spells them.
void add_told(const ProcedureFile& file, std::set<std::string>& told) {
  static const std::regex index(R"(\[\d+\])"), calendar(R"(^calendar\.[^.]+)");
  for (const Section& section : explain(file, Language::en).sections)
    for (const Paragraph& paragraph : section.paragraphs)
      for (const Sentence& sentence : paragraph.sentences)
        told.insert(std::regex_replace(std::regex_replace(sentence.path, index, ""), calendar, "calendar.NAME"));
}

TEST(Prose, TellsEveryKeyThatAFileMayHave) {
  std::set<std::string> told;
  for (const std::string& name : shipped_procedures()) add_told(shipped(name), told);
  // Whatever the shipped files leave out.
  ProcedureFile rich = shipped("guichet-unique");
  for (std::size_t i = 0; i < kClocks; ++i)
    if (const auto clock = static_cast<Clock>(i); clock != Clock::reopening && clock != Clock::cooling)
      rich.procedure.clocks[i].reminders = 1;
  for (ClosingRight& right : rich.procedure.closing) right.by = kBySeller;
  rich.procedure.matter[0].level_above = 1;
  add_told(rich, told);

  const std::vector<std::string> keys = known_keys();
  for (const std::string& path : told) EXPECT_TRUE(std::ranges::binary_search(keys, path)) << path;

  // Not sentences of their own: names and titles (headings), calendars (part of the times), and sources.
  static const std::regex elsewhere(
      R"((^|\.)(source|calendar|id|name|version|title(\.en|\.fr)?)$|independence\.(en|fr)$|hours\.[a-z]+$)"
      R"(|^clocks\.level\.allowance$)");
  for (const std::string& key : keys) {
    const bool table =
        std::ranges::any_of(keys, [&](const std::string& other) { return other.starts_with(key + "."); });
    if (table || std::regex_search(key, elsewhere)) continue;
    EXPECT_TRUE(told.contains(key)) << key << " has no sentence";
  }
}

// --- what it says ---

bool says(const Explanation& told, const std::string& path, const std::string& text) {
  for (const Section& section : told.sections)
    for (const Paragraph& paragraph : section.paragraphs)
      for (const Sentence& sentence : paragraph.sentences)
        if (sentence.path == path && sentence.text == text) return true;
  return std::ranges::any_of(told.brief, [&](const Sentence& s) { return s.path == path && s.text == text; });
}

TEST(Prose, TellsTheTestimonyPlainly) {
  const Explanation en = explain(shipped("next-available"), Language::en);
  EXPECT_TRUE(says(en, "assignment.mode", "Each message goes to the next agent who is free."));
  EXPECT_TRUE(says(en, "assignment.mode", "Nobody in particular answers for your case."));
  EXPECT_TRUE(says(en, "clocks.first_answer.allowance", "The desk has no time limit for its first answer."));
  EXPECT_TRUE(
      says(en, "clocks.seller_reply.when_it_runs_out", "If you stay silent for 48\u00a0hours, your case is closed."));
  EXPECT_TRUE(says(en, "closing.desk_alone.by", "The case may be closed by the desk."));
  EXPECT_TRUE(
      says(en, "closing.seller_silence.by", "The case may be closed by the desk or by a time limit that ran out."));
  EXPECT_TRUE(says(en, "reopening.keeps_history", "A new case knows nothing of the old one: you start from zero."));
  EXPECT_TRUE(says(en, "targets.closings_per_day", "Each agent is expected to close 40 cases per day."));
}

TEST(Prose, TellsTheFairProcedureInFrench) {
  const Explanation fr = explain(shipped("guichet-unique"), Language::fr);
  EXPECT_EQ(fr.title, "Le guichet unique\u202f: les règles du guichet");
  EXPECT_TRUE(says(fr, "clocks.first_answer.allowance",
                   "Le guichet doit vous donner une première réponse sous 2\u00a0jours ouvrés."));
  EXPECT_TRUE(says(fr, "clocks.appeal_decision.when_it_runs_out",
                   "Si le guichet le laisse passer, la décision est prise en votre faveur."));
  EXPECT_TRUE(says(fr, "closing.desk_alone.by", "Personne ne peut clore votre dossier pour ce motif."));
  EXPECT_TRUE(
      says(fr, "ladder[1].climb", "Un dossier peut y être porté par vous ou par le guichet ou par un délai dépassé."));
}

TEST(Prose, SpeaksOfIndependenceInTheReadersLanguage) {
  ProcedureFile file = shipped("guichet-unique");
  const std::string path = "mediation.mediator[1].independence";
  EXPECT_TRUE(says(explain(file, Language::en), path,
                   "On independence the file says: Appointed by a chamber of commerce; no other business with the "
                   "marketplace"));
  EXPECT_TRUE(
      says(explain(file, Language::fr), path,
           "Sur son indépendance, le fichier dit\u202f: Désigné par une chambre de commerce\u202f; aucune autre "
           "affaire avec la place de marché"));
  file.mediators[1].independence = {"said once", "said once"};
  EXPECT_TRUE(says(explain(file, Language::fr), path, "Sur son indépendance, le fichier dit\u202f: said once"));
}

TEST(Prose, PromisesNoMoreThanTheRulesDo) {
  ProcedureFile file = shipped("guichet-unique");
  EXPECT_EQ(what_follows(file.procedure, Clock::seller_reply), Effect::close);
  // A clock that closes, without the right to.
  file.procedure.closing[static_cast<std::size_t>(Ground::seller_silence)].by = kByDesk;
  EXPECT_EQ(what_follows(file.procedure, Clock::seller_reply), Effect::nothing);
  EXPECT_TRUE(says(explain(file, Language::en), "clocks.seller_reply.when_it_runs_out",
                   "If you stay silent for 21\u00a0days, the desk must act again."));
  // A clock that makes a case climb, where no level lets a time limit do so.
  EXPECT_EQ(what_follows(file.procedure, Clock::next_answer), Effect::escalate);
  for (Level& level : file.procedure.ladder) level.may_climb_here = kBySeller;
  EXPECT_EQ(what_follows(file.procedure, Clock::next_answer), Effect::grant);
  EXPECT_TRUE(says(explain(file, Language::en), "clocks.next_answer.when_it_runs_out",
                   "If the desk stays silent, you win the case."));
  file.procedure.at_the_top = Effect::escalate;
  EXPECT_EQ(what_follows(file.procedure, Clock::next_answer), Effect::nothing);
}

TEST(Prose, SaysOfAnExampleThatItIsOne) {
  ProcedureFile file = shipped("guichet-unique");
  const std::string path = "mediation.mediator[0].contact";
  EXPECT_TRUE(says(explain(file, Language::en), path,
                   "You can reach the mediator here: https://mediation-paris.example (example)."));
  const std::string english = explain_as_text(file, Language::en);
  EXPECT_NE(english.find("Mediator: Example Mediation Centre, Paris (example)"), std::string::npos) << english;
  EXPECT_NE(explain_as_text(file, Language::fr).find("Centre, Paris (exemple)"), std::string::npos);
  file.declares.contact_point = "https://desk.acme.fr";
  for (Mediator& mediator : file.mediators) {
    mediator.name = "Centre " + std::to_string(mediator.name.size());
    mediator.contact = "https://centre.fr";
  }
  EXPECT_EQ(explain_as_text(file, Language::en).find("(example)"), std::string::npos);
}

TEST(Times, AreExactAndInOneUnit) {
  const formats::Phrases en(Language::en);
  ProcedureFile file;
  file.calendars.emplace_back().day_seconds = 7 * 3'600;
  const auto elapsed = [&](std::uint32_t seconds) {
    return time_in_words(file, {Allowance::Kind::elapsed, 0, seconds}, en);
  };
  const auto working = [&](std::uint32_t seconds, CalendarIndex calendar = 0) {
    return time_in_words(file, {Allowance::Kind::working, calendar, seconds}, en);
  };
  EXPECT_EQ(elapsed(48 * 3'600), "48\u00a0hours");
  EXPECT_EQ(elapsed(3 * 86'400), "3\u00a0days");
  EXPECT_EQ(elapsed(86'400 * 3 + 60), "4,321\u00a0minutes");
  EXPECT_EQ(elapsed(60), "1\u00a0minute");
  EXPECT_EQ(elapsed(61), "61\u00a0seconds");
  EXPECT_EQ(working(7 * 3'600), "1\u00a0working day");
  EXPECT_EQ(working(8 * 3'600), "8\u00a0working hours");
  EXPECT_EQ(working(14 * 3'600, 1), "14\u00a0working hours");
  EXPECT_EQ(time_in_words(file, {}, en), "");
}

TEST(Text, KeepsToEightyColumnsAndNamesItsClauses) {
  for (const Language language : kLanguages) {
    const std::string text = explain_as_text(shipped("guichet-unique"), language);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto signs = std::ranges::count_if(line, [](char c) { return (c & 0xc0) != 0x80; });
      EXPECT_LE(signs, 80) << line;
    }
    EXPECT_NE(text.find("clocks.first_answer"), std::string::npos);
    EXPECT_EQ(text, explain_as_text(shipped("guichet-unique"), language));
  }
}

TEST(Page, HasHeadingsInOrderCaptionsAndScopes) {
  for (const std::string& name : shipped_procedures())
    for (const Language language : kLanguages) {
      const std::string page = explain_as_page(shipped(name), language);
      static const std::regex heading("<h([1-6])"), tables("<table"), captions("<caption>"), headers("<th"),
          scopes("<th scope=\"(row|col)\"");
      int rank = 0;
      for (std::sregex_iterator match(page.begin(), page.end(), heading), end; match != end; ++match) {
        const int next = std::stoi(match->str(1));
        EXPECT_LE(next, rank + 1);
        EXPECT_TRUE(next > 1 || rank == 0) << "one h1";
        rank = next;
      }
      const auto count = [&](const std::regex& what) {
        return std::distance(std::sregex_iterator(page.begin(), page.end(), what), {});
      };
      EXPECT_EQ(count(tables), 2);
      EXPECT_EQ(count(captions), 2);
      EXPECT_EQ(count(headers) - 2, count(scopes)) << "every th but the two of <thead> has a scope";
      EXPECT_NE(page.find("<svg"), std::string::npos);
    }
}

TEST(Page, HasNoIdTwiceByItselfNorAsAPartOfTheDesks) {
  for (const std::string& name : shipped_procedures())
    for (const std::string& page : {explain_as_page(shipped(name), Language::en),
                                    std::string(explain_as_html(shipped(name), Language::en).str())}) {
      std::set<std::string> ids;
      static const std::regex id(" id=\"([^\"]*)\"");
      for (std::sregex_iterator match(page.begin(), page.end(), id), end; match != end; ++match)
        EXPECT_TRUE(ids.insert(match->str(1)).second) << match->str(1) << " is twice an id";
    }
}

TEST(Page, KeepsTheWordsOfAFileAsWords) {
  ProcedureFile file = shipped("guichet-unique");
  file.title.en = "</h1><script>alert(1)</script>";
  file.mediators[0].contact = "<img src=x>";
  const std::string page = explain_as_page(file, Language::en);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
}

}  // namespace
}  // namespace guichet::rulebook
