#include <guichet/rulebook/facts.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>

#include <guichet/base/check.hpp>
#include <guichet/core/names.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::rulebook {
namespace {

constexpr std::array kDeskClocks{Clock::first_answer, Clock::next_answer, Clock::decision, Clock::appeal_decision};

/// The names of the bits that are set.
Words named_bits(std::uint8_t bits, std::span<const std::string_view> names) {
  Words words;
  for (std::size_t i = 0; i < names.size(); ++i)
    if ((bits >> i & 1U) != 0) words.emplace_back(names[i]);
  return words;
}

/// The least and the greatest elapsed time in which `worked` seconds are worked, over every start in the
/// table. The wait is longest when it starts just after hours end, or when its last second falls just after
/// a break; shortest when it starts as hours open, or ends as they close: only those starts are tried.
TimeGiven over_all_starts(const Calendar& calendar, std::uint32_t worked) {
  const std::span<const OpenHours> hours = calendar.hours();
  std::uint32_t shortest = std::numeric_limits<std::uint32_t>::max(), longest = 0;
  const auto try_start = [&](std::uint32_t from) {
    const std::uint32_t until = calendar.after(from, worked);
    if (until == 0) return;  // the table ends first
    shortest = std::min(shortest, until - from);
    longest = std::max(longest, until - from);
  };
  // The start from which the work is done when `goal` seconds of the table are worked.
  const auto try_goal = [&](std::uint32_t goal) {
    if (goal < worked) return;
    const std::uint32_t done = goal - worked;
    const auto past = std::ranges::upper_bound(hours, done, {}, &OpenHours::worked_before);
    if (past == hours.begin()) return;
    const OpenHours& open = *std::prev(past);
    try_start(std::min(open.closes, open.opens + (done - open.worked_before)));
  };
  for (const OpenHours& open : hours) {
    try_start(open.opens);
    try_start(open.closes);
    try_goal(open.worked_before + 1);
    try_goal(open.worked_before + (open.closes - open.opens));
  }
  if (longest == 0) return {};
  return {.limited = true, .shortest = Seconds{shortest}, .longest = Seconds{longest}};
}

}  // namespace

TimeGiven time_given(const ProcedureFile& file, const Allowance& allowance) {
  switch (allowance.kind) {
    case Allowance::Kind::none: return {};
    case Allowance::Kind::elapsed:
      return {.limited = true, .shortest = Seconds{allowance.seconds}, .longest = Seconds{allowance.seconds}};
    case Allowance::Kind::working:
      return allowance.calendar < file.calendars.size()
                 ? over_all_starts(file.calendars[allowance.calendar].view(), allowance.seconds)
                 : TimeGiven{};
  }
  return {};
}

namespace {

bool any_effect(const ProcedureFile& file, Effect effect) {
  return std::ranges::any_of(file.procedure.clocks, [&](const ClockRule& rule) { return rule.effect == effect; });
}

/// At least one level: where cases open.
std::span<const Level> ladder(const ProcedureFile& file) {
  return std::span{file.procedure.ladder}.first(std::clamp<std::size_t>(file.procedure.levels, 1, kLevelsMax));
}
std::span<const Level> rungs_above_the_first(const ProcedureFile& file) { return ladder(file).subspan(1); }
std::span<const MatterRule> matters(const ProcedureFile& file) {
  return std::span{file.procedure.matter}.first(std::min<std::size_t>(file.procedure.matters, kMattersMax));
}

std::int64_t count(auto&& range, auto&& holds) { return std::ranges::count_if(range, holds); }

unsigned climbable_by(const ProcedureFile& file) {
  unsigned all = 0;
  for (const Level& level : rungs_above_the_first(file)) all |= level.may_climb_here;
  return all;
}

/// Whether something happens to the case when the clock runs out, beyond one more reminder.
bool has_consequence(const ProcedureFile& file, const ClockRule& rule) {
  if (!rule.allowance) return false;
  switch (rule.effect) {
    case Effect::nothing:
    case Effect::remind: return false;
    case Effect::escalate: return (climbable_by(file) & kByClock) != 0 || file.procedure.at_the_top == Effect::grant;
    case Effect::close:
    case Effect::grant:
    case Effect::reassign:
    case Effect::hand_back: return true;
  }
  return false;
}

/// Levels with somebody who may decide, that a seller's case starts on or that the seller can make it climb to.
std::int64_t deciders_within_reach(const ProcedureFile& file) {
  std::int64_t found = 0;
  for (std::size_t i = 0; i < ladder(file).size() && i < file.levels.size(); ++i) {
    const bool starts_here = std::ranges::any_of(matters(file), [&](const MatterRule& m) { return m.level == i; });
    const bool reached = i == 0 || starts_here || (ladder(file)[i].may_climb_here & kBySeller) != 0;
    found += static_cast<std::int64_t>(reached && file.levels[i].may_decide);
  }
  return found;
}

std::int64_t languages_without_mediator(const ProcedureFile& file) {
  return count(file.languages, [&](formats::Language language) {
    return std::ranges::none_of(file.mediators, [&](const Mediator& mediator) {
      return std::ranges::any_of(mediator.languages,
                                 [&](const std::string& code) { return formats::language_from(code) == language; });
    });
  });
}

std::int64_t days_announced_ahead(const ProcedureFile& file) {
  if (!file.announced_on) return 0;
  return std::chrono::floor<std::chrono::days>(file.effective_from - *file.announced_on).count();
}

/// Keys with a value for which neither they nor a table around them name a source. The head, the
/// calendars and what something is called are no rules and need none.
std::int64_t keys_without_source(const ProcedureFile& file) {
  return count(file.clauses, [&](const auto& entry) {
    const auto& [path, clause] = entry;
    if (clause.source || path.starts_with("procedure") || path.starts_with("calendar")) return false;
    if (path.starts_with("team.") || path.starts_with("speciality.")) return false;
    const auto next = file.clauses.upper_bound(path);  // of a table, the first key in it
    const bool holds_others = next != file.clauses.end() && next->first.size() > path.size() &&
                              next->first.starts_with(path) &&
                              (next->first[path.size()] == '.' || next->first[path.size()] == '[');
    return !holds_others;
  });
}

std::int64_t notices_missing(const ProcedureFile& file) {
  const int missing =
      file.procedure.right(Ground::seller_silence).notices - file.procedure.clock(Clock::seller_reply).reminders;
  return std::max(missing, 0);
}

/// As decide counts them: zero where a termination needs no announcement.
std::int64_t days_before_termination(const RestrictionRule& rule) {
  const bool announced = rule.announced_first || rule.termination_notice_days != 0;
  return announced ? std::max(rule.notice_days, rule.termination_notice_days) : 0;
}

class Table {
 public:
  using File = const ProcedureFile&;

  void add(std::string name, FactKind kind, std::string meaning, std::function<FactValue(File)> read,
           std::span<const std::string_view> spellings = {}, std::string clause = {}) {
    if (clause.empty()) clause = name;
    rows_.push_back({std::move(name),
                     kind,
                     std::move(clause),
                     std::move(meaning),
                     {spellings.begin(), spellings.end()},
                     std::move(read)});
  }
  void on_off(std::string name, std::string meaning, auto read, std::string clause = {}) {
    add(
        std::move(name), FactKind::on_off, std::move(meaning), [read](File f) { return FactValue{bool{read(f)}}; }, {},
        std::move(clause));
  }
  void number(std::string name, std::string meaning, auto read, std::string clause = {}) {
    add(
        std::move(name), FactKind::number, std::move(meaning),
        [read](File f) { return FactValue{static_cast<std::int64_t>(read(f))}; }, {}, std::move(clause));
  }
  void time(std::string name, std::string meaning, auto allowance) {
    add(std::move(name), FactKind::time, std::move(meaning),
        [allowance](File f) { return FactValue{time_given(f, allowance(f))}; });
  }
  template <class Enum>
  void word(std::string name, std::string meaning, Enum (*read)(File)) {
    add(
        std::move(name), FactKind::word, std::move(meaning),
        [read](File f) { return FactValue{Word{guichet::name(read(f))}}; }, spellings<Enum>());
  }
  void bits(std::string name, std::string meaning, std::span<const std::string_view> names, auto read,
            std::string clause = {}) {
    add(
        std::move(name), FactKind::words, std::move(meaning),
        [read, names](File f) { return FactValue{named_bits(read(f), names)}; }, names, std::move(clause));
  }

  std::vector<Fact> take() { return std::move(rows_); }

 private:
  std::vector<Fact> rows_;
};

std::vector<Fact> make_facts() {
  using File = Table::File;
  Table t;

  t.add("procedure.languages", FactKind::words, "languages that the file speaks", [](File f) {
    Words words;
    for (const formats::Language language : f.languages) words.emplace_back(formats::code(language));
    return FactValue{words};
  });
  t.number(
      "procedure.days_announced_ahead", "whole days between the announcement and the effect; 0 when not announced",
      [](File f) { return days_announced_ahead(f); }, "procedure.announced_on");
  t.number(
      "sources.missing", "keys without a source, their own or their table's; head, calendars and names of teams apart",
      [](File f) { return keys_without_source(f); }, "procedure");
  t.on_off("procedure.promises_consequence", "the file promises that no silence of the desk is without consequence",
           [](File f) { return f.procedure.promises_consequence; });

  t.add("contact.point", FactKind::word, "where a person can be reached",
        [](File f) { return FactValue{Word{f.declares.contact_point}}; });
  t.on_off("contact.human", "the contact is not only automatic", [](File f) { return f.declares.contact_is_human; });
  t.on_off("contact.free_of_charge", "complaining costs nothing", [](File f) { return f.declares.complaint_is_free; });
  t.on_off("contact.published", "readable without an account", [](File f) { return f.declares.published; });
  t.on_off("restrictions.reasons_first", "a restriction's reasons are given before or with its effect",
           [](File f) { return f.declares.reasons_given_first; });
  t.on_off("targets.quality_pair", "targets are read with their quality measures",
           [](File f) { return f.declares.quality_pair_declared; });
  t.on_off("contact.yearly_figures", "figures on complaints are published at least yearly",
           [](File f) { return f.declares.yearly_figures; });
  t.number("mediation.desk_share_percent", "share of a mediation's costs that the desk bears",
           [](File f) { return f.declares.desk_share_of_mediation_percent; });
  t.number("answers.boilerplate_max_percent", "share of text from templates above which an answer closes nothing",
           [](File f) { return f.declares.boilerplate_max_percent; });
  t.add(
      "decision.ways_of_redress", FactKind::words, "ways of redress that each decision names",
      [](File f) { return FactValue{f.declares.redress}; }, kRedressWords);

  t.number(
      "matters.with_speciality", "matters that name the speciality they need",
      [](File f) { return count(f.matters, [](const MatterText& m) { return !m.speciality.empty(); }); }, "matter");
  t.number(
      "matters.with_amount", "matters whose amount at stake decides where they start",
      [](File f) { return count(matters(f), [](const MatterRule& m) { return m.amount_above != 0; }); }, "matter");

  t.word<AssignMode>("assignment.mode", "who is given a message", [](File f) { return f.procedure.assignment.mode; });
  t.on_off("assignment.substitute", "a named substitute stands in",
           [](File f) { return f.procedure.assignment.substitute; });
  t.on_off("assignment.only_owner_answers", "nobody else writes to the seller",
           [](File f) { return f.procedure.assignment.only_owner_answers; });
  t.word<Assignment::StripTo>("assignment.strip_to", "who gets a case that a clock takes from its owner",
                              [](File f) { return f.procedure.assignment.strip_to; });

  t.on_off("hand_off.reason", "a hand-off has a reason", [](File f) { return f.procedure.hand_off.reason_needed; });
  t.on_off("hand_off.summary", "a hand-off has a summary", [](File f) { return f.procedure.hand_off.summary_needed; });
  t.on_off("hand_off.open_questions", "a hand-off lists the open questions",
           [](File f) { return f.procedure.hand_off.open_questions_needed; });
  t.on_off("hand_off.acceptance", "a hand-off counts once accepted",
           [](File f) { return f.procedure.hand_off.acceptance_needed; });
  t.number("hand_off.count_max", "hand-offs in all; 0 is without limit",
           [](File f) { return f.procedure.hand_off.count_max; });

  t.on_off("answers.cover_every_question", "an answer that leaves a question open is not an answer",
           [](File f) { return f.procedure.answers.cover_every_question; });
  t.word<Answers::ReplyClockStarts>("answers.seller_reply_clock_starts", "what starts the seller's clock",
                                    [](File f) { return f.procedure.answers.reply_clock_starts; });

  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    const std::string key = "clocks." + std::string{name(clock)};
    t.time(key + ".allowance", "time of this clock", [clock](File f) { return f.procedure.clock(clock).allowance; });
    t.add(
        key + ".when_it_runs_out", FactKind::word, "what happens when it runs out",
        [clock](File f) { return FactValue{Word{name(f.procedure.clock(clock).effect)}}; }, spellings<Effect>());
    t.number(key + ".reminders", "reminders before it runs out",
             [clock](File f) { return f.procedure.clock(clock).reminders; });
  }
  t.add(
      "clocks.without_consequence", FactKind::words, "the desk's clocks that run out without a consequence",
      [](File f) {
        Words words;
        for (const Clock clock : kDeskClocks)
          if (!has_consequence(f, f.procedure.clock(clock))) words.emplace_back(name(clock));
        return FactValue{words};
      },
      spellings<Clock>(), "clocks");
  t.word<Effect>("clocks.at_the_top", "what happens instead of climbing where the ladder ends",
                 [](File f) { return f.procedure.at_the_top; });
  t.on_off(
      "clocks.any_escalates", "some clock makes a case climb", [](File f) { return any_effect(f, Effect::escalate); },
      "clocks");
  t.on_off(
      "clocks.any_reassigns", "some clock takes the case from its owner",
      [](File f) { return any_effect(f, Effect::reassign); }, "clocks");
  t.add(
      "silence.asymmetry", FactKind::silences, "longest silence tolerated from the desk over that from the seller",
      [](File f) { return FactValue{tolerated_silences(f)}; }, {}, "clocks.seller_reply");

  for (std::size_t i = 0; i < kGrounds; ++i) {
    const auto ground = static_cast<Ground>(i);
    const std::string key = "closing." + std::string{name(ground)};
    t.bits(key + ".by", "who may close on this ground", kPartyWords,
           [ground](File f) { return f.procedure.right(ground).by; });
    t.number(key + ".notices", "notices that the seller has had first",
             [ground](File f) { return f.procedure.right(ground).notices; });
    t.on_off(key + ".unread_blocks", "not while a message of the seller is unread",
             [ground](File f) { return f.procedure.right(ground).unread_blocks; });
    t.on_off(key + ".open_questions_block", "not while a question of the seller is open",
             [ground](File f) { return f.procedure.right(ground).open_questions_block; });
  }

  t.number(
      "closing.seller_silence.notices_missing", "notices that closing for silence asks beyond those the clock sends",
      [](File f) { return notices_missing(f); }, "closing.seller_silence.notices");

  t.add(
      "reopening.as", FactKind::word, "whether a closed case comes back as itself",
      [](File f) { return FactValue{Word{kReopeningWords[static_cast<std::size_t>(f.procedure.reopening.kind)]}}; },
      kReopeningWords);
  t.time("reopening.within", "for how long a closed case can come back",
         [](File f) { return f.procedure.reopening.within; });
  t.on_off("reopening.keeps_history", "a new case knows its predecessor",
           [](File f) { return f.procedure.reopening.keeps_history; });
  t.time("abandonment.after", "silence after which a case is counted as abandoned",
         [](File f) { return f.procedure.abandoned_after; });

  t.number("ladder.levels", "levels, the first included", [](File f) { return ladder(f).size(); }, "ladder");
  t.bits(
      "ladder.climbable_by", "who may make a case climb, to whichever level", kPartyWords,
      [](File f) { return static_cast<std::uint8_t>(climbable_by(f)); }, "ladder");
  t.number(
      "ladder.same_person_levels", "levels above the first where the same person may stay in charge",
      [](File f) { return count(rungs_above_the_first(f), [](const Level& l) { return !l.different_person; }); },
      "ladder");
  t.number(
      "ladder.unlimited_levels", "levels below the last without a longest stay",
      [](File f) { return count(ladder(f).first(ladder(f).size() - 1), [](const Level& l) { return !l.stay_max; }); },
      "ladder");
  t.number(
      "ladder.last_resorts", "levels of last resort",
      [](File f) { return count(f.levels, [](const LevelText& l) { return l.last_resort; }); }, "ladder");
  t.number(
      "ladder.deciders_in_reach", "levels where somebody may decide, that the seller can reach",
      [](File f) { return deciders_within_reach(f); }, "ladder");

  t.on_off("decision.facts", "a decision states facts", [](File f) { return f.procedure.decision.facts_needed; });
  t.on_off("decision.ground", "a decision names its ground", [](File f) { return f.procedure.decision.ground_needed; });
  t.on_off("decision.redress", "a decision names the ways of redress",
           [](File f) { return f.procedure.decision.redress_needed; });
  t.on_off("decision.person", "a decision is made by a person",
           [](File f) { return f.procedure.decision.person_needed; });
  t.on_off("decision.covers_questions", "every question is answered or declined first",
           [](File f) { return f.procedure.decision.covers_questions; });
  t.on_off("appeal.allowed", "a decision can be appealed", [](File f) { return f.procedure.appeal.allowed; });
  t.on_off("appeal.different_person", "another person decides the appeal",
           [](File f) { return f.procedure.appeal.different_person; });

  t.bits("mediation.by", "who may refer a case to a mediator", kPartyWords,
         [](File f) { return f.procedure.mediation.by; });
  t.on_off("mediation.before_decision", "already while the case is open",
           [](File f) { return f.procedure.mediation.before_decision; });
  t.number("mediators.named", "mediators that the file names", [](File f) { return f.mediators.size(); }, "mediation");
  t.number(
      "mediators.incomplete", "mediators without contact, languages or statement of independence",
      [](File f) {
        return count(f.mediators, [](const Mediator& m) {
          return m.contact.empty() || m.independence.empty() || m.languages.empty();
        });
      },
      "mediation.mediator");
  t.number(
      "mediators.languages_missing", "languages of the file that no mediator works in",
      [](File f) { return languages_without_mediator(f); }, "mediation.mediator");

  t.on_off("offers.recorded", "offers are on record", [](File f) { return f.procedure.offers.recorded; });
  t.bits("offers.conditions_barred", "conditions that an offer may not ask", kConditionWords,
         [](File f) { return f.procedure.offers.conditions_barred; });

  t.on_off("restrictions.facts", "a restriction states facts",
           [](File f) { return f.procedure.restrictions.facts_needed; });
  t.on_off("restrictions.ground", "a restriction names its ground",
           [](File f) { return f.procedure.restrictions.ground_needed; });
  t.on_off("restrictions.announced_first", "a restriction is announced before it takes effect",
           [](File f) { return f.procedure.restrictions.announced_first; });
  t.number("restrictions.notice_days", "days between announcement and effect",
           [](File f) { return f.procedure.restrictions.notice_days; });
  t.number(
      "restrictions.days_before_termination", "days between announcement and effect of a termination",
      [](File f) { return days_before_termination(f.procedure.restrictions); }, "restrictions.termination_notice_days");
  t.number("restrictions.cooling_days_after_offer", "days without restriction after an offer or its refusal",
           [](File f) { return f.procedure.restrictions.cooling_offer_days; });
  t.number("restrictions.cooling_days_after_appeal", "days without restriction after an appeal or escalation",
           [](File f) { return f.procedure.restrictions.cooling_appeal_days; });
  t.number("restrictions.cooling_days_after_claim", "days without restriction after a case is opened",
           [](File f) { return f.procedure.restrictions.cooling_claim_days; });

  t.number("changes.notice_days", "days between announcement and effect of a new version",
           [](File f) { return f.procedure.change.notice_days; });
  t.on_off("changes.open_cases_keep_rules", "a case lives under the rules it was opened under",
           [](File f) { return f.procedure.change.open_cases_keep_rules; });
  t.number("targets.answers_per_hour", "quota of answers; 0 is none",
           [](File f) { return f.procedure.targets.answers_per_hour; });
  t.number("targets.closings_per_day", "quota of closings; 0 is none",
           [](File f) { return f.procedure.targets.closings_per_day; });
  return t.take();
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string print_time(const TimeGiven& time, Seconds which, const formats::Phrases& phrases) {
  return time.limited ? phrases.duration(which) : phrases("lint.no_limit");
}

}  // namespace

double Silences::doublings() const {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (!desk.limited) return seller.limited ? kInfinite : 0.0;
  if (!seller.limited) return -kInfinite;
  if (desk.longest == seller.shortest) return 0.0;
  if (seller.shortest == Seconds{0}) return kInfinite;
  return std::log2(static_cast<double>(desk.longest.count()) / static_cast<double>(seller.shortest.count()));
}

Silences tolerated_silences(const ProcedureFile& file) {
  const Procedure& p = file.procedure;
  Silences silences;

  const auto tolerated = [&](Clock clock) {
    return has_consequence(file, p.clock(clock)) ? time_given(file, p.clock(clock).allowance) : TimeGiven{};
  };
  const TimeGiven first = tolerated(Clock::first_answer), next = tolerated(Clock::next_answer);
  if (first.limited && next.limited)
    silences.desk = {.limited = true,
                     .shortest = std::max(first.shortest, next.shortest),
                     .longest = std::max(first.longest, next.longest)};

  const ClosingRight& right = p.right(Ground::seller_silence);
  const ClockRule& reply = p.clock(Clock::seller_reply);
  const bool starts = p.answers.reply_clock_starts != Answers::ReplyClockStarts::never;
  const bool closes = (right.by & kByDesk) != 0 || ((right.by & kByClock) != 0 && reply.effect == Effect::close);
  if (starts && closes && notices_missing(file) == 0) silences.seller = time_given(file, reply.allowance);
  return silences;
}

std::string_view name(FactKind kind) {
  switch (kind) {
    case FactKind::on_off: return "on_off";
    case FactKind::number: return "number";
    case FactKind::word: return "word";
    case FactKind::words: return "words";
    case FactKind::time: return "time";
    case FactKind::silences: return "silences";
  }
  return "?";
}

std::span<const Fact> facts() {
  static const std::vector<Fact> all = make_facts();
  return all;
}

const Fact* find_fact(std::string_view name) {
  const auto found = std::ranges::find(facts(), name, &Fact::name);
  return found == facts().end() ? nullptr : &*found;
}

std::string print(const FactValue& value, const formats::Phrases& phrases) {
  switch (static_cast<FactKind>(value.index())) {
    case FactKind::on_off: return std::get<bool>(value) ? "true" : "false";
    case FactKind::number: return phrases.number(static_cast<double>(std::get<std::int64_t>(value)));
    case FactKind::word: return std::string{std::get<Word>(value)};
    case FactKind::words: return joined(std::get<Words>(value));
    case FactKind::time: {
      const TimeGiven& time = std::get<TimeGiven>(value);
      return print_time(time, time.longest, phrases);
    }
    case FactKind::silences: {
      const Silences& silences = std::get<Silences>(value);
      return phrases("lint.against", {{"desk", print_time(silences.desk, silences.desk.longest, phrases)},
                                      {"seller", print_time(silences.seller, silences.seller.shortest, phrases)}});
    }
  }
  GUICHET_CHECK(false, "a value has one of the kinds above");
  return {};
}

}  // namespace guichet::rulebook
