#include <guichet/desk/case_lines.hpp>

#include <algorithm>
#include <bit>
#include <vector>

#include <fmt/format.h>

#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>

namespace guichet::desk {
namespace {

using formats::Argument;
using formats::Language;

/// Sentences one after another.
class Said {
 public:
  void add(const std::string& sentence) {
    if (sentence.empty()) return;
    if (!text_.empty()) text_ += ' ';
    text_ += sentence;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class Teller {
 public:
  Teller(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure)
      : h_(hearer), row_(row), s_(row.state), file_(procedure.file), p_(procedure.file.procedure) {}

  std::string one() {
    switch (s_.phase()) {
      case Phase::absent: break;
      case Phase::open:
      case Phase::under_appeal: who_answers(); break;
      case Phase::decided: who_decided(); break;
      case Phase::in_mediation: who_mediates(); break;
      case Phase::closed: why_closed(); break;
    }
    return said_.take();
  }

  std::string two() {
    switch (s_.phase()) {
      case Phase::absent: break;
      case Phase::open:
      case Phase::under_appeal:
        expected();
        if ((p_.right(Ground::desk_alone).by & kByDesk) != 0) said_.add(sided("desk_alone"));
        break;
      case Phase::decided: after_decision(); break;
      case Phase::in_mediation: said_.add(sided("mediation.expected")); break;
      case Phase::closed: after_closing(); break;
    }
    offer();
    restriction();
    return said_.take();
  }

 private:
  std::string sentence(std::string_view key, std::initializer_list<Argument> arguments = {}) const {
    return h_.phrases(fmt::format("line.{}", key), arguments);
  }
  /// The sentence to the seller, or about him.
  std::string sided(std::string_view key, std::initializer_list<Argument> arguments = {}) const {
    return h_.phrases(fmt::format("line.{}.{}", key, h_.seller ? "you" : "they"), arguments);
  }
  std::string counted(std::string_view key, int count, std::initializer_list<Argument> arguments = {}) const {
    return h_.phrases.counted(fmt::format("line.{}", key), count, arguments);
  }
  std::string when(Instant at) const { return moment_in_words(h_.phrases, h_.zone, at); }
  std::string owner() const { return s_.owner ? name_of(h_, s_.owner) : sentence("the_desk"); }

  // ---- line one ------------------------------------------------------------------------------------------

  void who_answers() {
    const Clock answer = s_.has(kAnswered) ? Clock::next_answer : Clock::first_answer;
    const Clock decision = s_.has(kAppealed) ? Clock::appeal_decision : Clock::decision;
    const Instant answer_due = s_.due_at(answer), decision_due = s_.due_at(decision),
                  level_due = s_.due_at(Clock::level);
    const bool desk_moves = s_.turn() == Turn::desk;
    if (!desk_moves) said_.add(s_.owner ? sided("answers_for", {{"who", owner()}}) : sided("nobody_answers_for"));
    if (answer_due != kNever) promise(s_.proposal() == Proposal::by_seller ? "proposal" : "answer", answer, answer_due);
    // What comes sooner than the answer, or alone.
    const bool decision_first = decision_due <= level_due;
    const Instant other = decision_first ? decision_due : level_due;
    if (other < answer_due) {
      if (!decision_first)
        promise("level", Clock::level, other);
      else
        promise(s_.has(kAppealed) ? "appeal_decision" : "decision", decision, other);
    } else if (desk_moves && answer_due == kNever) {
      said_.add(sided("no_time", {{"who", owner()}}));
    }
    if (desk_moves && !s_.owner) said_.add(sided("nobody_yet"));
    if (s_.hand_off_pending()) hand_off();
  }

  void promise(std::string_view what, Clock clock, Instant due) {
    const std::string key = fmt::format("{}{}", what, due <= h_.now ? ".late" : "");
    said_.add(sided(key, {{"who", owner()}, {"moment", when(due)}}));
    otherwise(clock);
  }

  void otherwise(Clock clock) {
    switch (what_follows_here(s_, clock, p_)) {
      case Effect::escalate:
        said_.add(sided("else.escalate", {{"to", to_level(h_.phrases, file_, s_.level() + 1U)}}));
        return;
      case Effect::grant: said_.add(sided("else.grant")); return;
      case Effect::remind: said_.add(sentence("else.remind", {{"who", owner()}})); return;
      case Effect::reassign:
        if (!s_.owner) {
          said_.add(sentence("else.again"));
          return;
        }
        switch (p_.assignment.strip_to) {
          case Assignment::StripTo::nobody: said_.add(sentence("else.strip_nobody", {{"who", owner()}})); return;
          case Assignment::StripTo::substitute:
            said_.add(sentence("else.strip_substitute", {{"who", owner()}}));
            return;
          case Assignment::StripTo::queue: said_.add(sentence("else.strip_queue", {{"who", owner()}})); return;
        }
        return;
      case Effect::nothing:
      case Effect::close:
      case Effect::hand_back: said_.add(sentence("else.nothing")); return;
    }
  }

  void hand_off() {
    const std::string to = name_of(h_, s_.other_person), from = name_of(h_, s_.owner);
    const Instant due = s_.due_at(Clock::acceptance);
    said_.add(due == kNever ? sentence("hand_off", {{"to", to}, {"who", from}})
                            : sentence("hand_off.until", {{"to", to}, {"who", from}, {"moment", when(due)}}));
  }

  void who_decided() {
    const auto outcome = row_.decided_as ? static_cast<Decided>(*row_.decided_as) : Decided::refused;
    if (outcome == Decided::granted_by_silence || !s_.decider)
      said_.add(sided("decided.by_silence"));
    else
      said_.add(sided(fmt::format("decided.{}", name(outcome)), {{"who", name_of(h_, s_.decider)}}));
    const Clock answer = s_.has(kAnswered) ? Clock::next_answer : Clock::first_answer;
    if (const Instant due = s_.due_at(answer); due != kNever)
      promise("answer", answer, due);
    else if (s_.turn() == Turn::desk)
      said_.add(sided("no_time", {{"who", owner()}}));
    const Instant window = s_.due_at(Clock::appeal_window);
    if (window != kNever) {
      const bool closes = (p_.right(Ground::decision).by & kByClock) != 0;
      const bool last = !p_.appeal.allowed || s_.has(kAppealed);
      const std::string_view key = last     ? "decision_stands.last"
                                   : closes ? "decision_stands.closes"
                                            : "decision_stands";
      said_.add(sided(key, {{"moment", when(window)}}));
    } else if (s_.turn() == Turn::nobody) {
      said_.add(sentence("nobody_has_to"));
    }
  }

  void who_mediates() {
    const std::string who = row_.mediator ? name_of(h_, row_.mediator) : sentence("a_mediator");
    const Instant due = s_.due_at(Clock::mediation);
    said_.add(due == kNever ? sided("mediates", {{"who", who}})
                            : sided("mediates.until", {{"who", who}, {"moment", when(due)}}));
    said_.add(s_.has(kHasDecision) ? sentence("mediates.else.decision") : sided("mediates.else.desk"));
  }

  void why_closed() {
    const auto ground = row_.closed_on ? std::optional{static_cast<Ground>(*row_.closed_on)} : std::nullopt;
    const std::string why = ground ? h_.phrases(fmt::format("ground.{}", name(*ground))) : sentence("ground_unknown");
    said_.add(ground && h_.seller && *ground >= Ground::seller_wish && *ground <= Ground::seller_silence
                  ? sentence(fmt::format("closed.{}.you", name(*ground)))
                  : sided("closed", {{"why", why}}));
    if (row_.continues_in)
      said_.add(sentence("continues_in", {{"n", std::to_string(row_.continues_in.value)}}));
    else
      said_.add(sentence("nobody_has_to"));
  }

  // ---- line two ------------------------------------------------------------------------------------------

  void expected() {
    const int questions = std::popcount(s_.desk_open);
    const Instant due = s_.due_at(Clock::seller_reply);
    if (s_.proposal() == Proposal::by_desk) {
      said_.add(due == kNever ? sided("expected.proposal") : sided("expected.proposal.until", {{"moment", when(due)}}));
      if (questions != 0) said_.add(counted_sided("also_questions", questions));
      if_nothing(due);
    } else if (s_.turn() == Turn::seller) {
      if (questions != 0)
        said_.add(due == kNever ? counted_sided("expected.questions", questions)
                                : counted_sided("expected.questions.until", questions, {{"moment", when(due)}}));
      else
        said_.add(due == kNever ? sided("expected.reply") : sided("expected.reply.until", {{"moment", when(due)}}));
      if_nothing(due);
    } else {
      silence_is_behind();
      if (questions != 0) said_.add(counted_sided("also_questions", questions));
    }
  }

  std::string counted_sided(std::string_view key, int count, std::initializer_list<Argument> arguments = {}) const {
    return counted(fmt::format("{}.{}", key, h_.seller ? "you" : "they"), count, arguments);
  }

  /// The desk is to move; the seller's own time may have run out before.
  void silence_is_behind() {
    const bool may_close = (p_.right(Ground::seller_silence).by & kByDesk) != 0;
    if (s_.seller_silent())
      said_.add(sided(may_close ? "silent.may_close" : "silent"));
    else
      said_.add(sided("expected.nothing"));
  }

  void if_nothing(Instant due) {
    const ClosingRight& right = p_.right(Ground::seller_silence);
    if (due == kNever) {
      said_.add(sided("if_nothing.no_time"));
      return;
    }
    // What of his own still waits for the desk keeps the case open, where the file says so.
    const bool held = (right.open_questions_block && s_.seller_open != 0) || (right.unread_blocks && s_.has(kUnread));
    const ClockRule& rule = p_.clock(Clock::seller_reply);
    const bool noticed = rule.reminders >= right.notices;
    const bool climbs = rule.effect == Effect::escalate && s_.level() + 1U < p_.levels &&
                        (p_.ladder[s_.level() + 1U].may_climb_here & kByClock) != 0;
    if (rule.effect == Effect::close && (right.by & kByClock) != 0 && noticed && !held) {
      said_.add(sided("if_nothing.close"));
      const int left = std::max(0, static_cast<int>(rule.reminders) - static_cast<int>(s_.notices()));
      said_.add(left == 0 ? sided("if_nothing.no_notice") : counted_sided("if_nothing.notices", left));
      reopens();
    } else if (climbs) {
      said_.add(sided("if_nothing.escalate", {{"to", to_level(h_.phrases, file_, s_.level() + 1U)}}));
    } else if ((right.by & kByDesk) != 0 && !held) {
      said_.add(sided("if_nothing.desk_may_close"));
    } else {
      said_.add(sided("if_nothing.desk"));
    }
  }

  /// How a case closed for silence would come back.
  void reopens() {
    if (p_.reopening.kind == Reopening::Kind::new_case)
      said_.add(sided("reopens.new_case"));
    else
      said_.add(sided(p_.reopening.within ? "reopens.within" : "reopens.always"));
  }

  bool may_refer(bool decided) const {
    return p_.mediation.mediators != 0 && (p_.mediation.by & kBySeller) != 0 &&
           (decided ? s_.has(kHasDecision) : p_.mediation.before_decision);
  }

  void after_decision() {
    appeal();
    if (may_refer(true)) said_.add(sided("may_mediate"));
  }

  void appeal() {
    const Instant window = s_.due_at(Clock::appeal_window);
    if (!p_.appeal.allowed)
      said_.add(sided("appeal.none"));
    else if (s_.has(kAppealed))
      said_.add(sided("appeal.last"));
    else if (window != kNever)
      said_.add(sided("appeal.until", {{"moment", when(window)}}));
    else if (!p_.clock(Clock::appeal_window).allowance)
      said_.add(sided("appeal.always"));
    else
      said_.add(sided("appeal.over"));
  }

  void after_closing() {
    if (row_.continues_in) return said_.add(sided("continues"));
    const bool decided = s_.has(kHasDecision);
    if (decided && p_.appeal.allowed && !s_.has(kAppealed)) appeal();
    if (p_.reopening.kind == Reopening::Kind::new_case) {
      said_.add(sided(p_.reopening.keeps_history ? "new_case.history" : "new_case.zero"));
    } else if (!p_.reopening.within) {
      said_.add(sided("reopen.always"));
    } else if (const Instant until = s_.due_at(Clock::reopening); until != kNever) {
      said_.add(sided("reopen.until", {{"moment", when(until)}}));
    } else {
      said_.add(sided("reopen.over"));
    }
    if (decided && may_refer(true)) said_.add(sided("may_mediate"));
  }

  void offer() {
    if (!s_.has(kOfferOpen)) return;
    const Instant due = s_.due_at(Clock::offer);
    said_.add(due == kNever ? sided("offer") : sided("offer.until", {{"moment", when(due)}}));
  }

  void restriction() {
    const Instant day{std::chrono::duration_cast<Duration>(std::chrono::days{s_.adverse_not_before})};
    const bool later = day > h_.now;
    const std::string from = later ? day_in_words(h_.phrases, h_.zone, day) : std::string{};
    switch (s_.restriction()) {
      case Restriction::none: return;
      case Restriction::announced:
      case Restriction::announced_contested:
        said_.add(later ? sided("restriction.announced.from", {{"day", from}}) : sided("restriction.announced"));
        break;
      case Restriction::termination_announced:
      case Restriction::termination_contested:
        said_.add(later ? sided("restriction.termination.from", {{"day", from}}) : sided("restriction.termination"));
        break;
      case Restriction::in_effect:
      case Restriction::contested: said_.add(sided("restriction.in_effect")); break;
    }
    switch (s_.restriction()) {
      case Restriction::contested:
      case Restriction::announced_contested:
      case Restriction::termination_contested: said_.add(sided("restriction.contested")); break;
      case Restriction::none:
      case Restriction::announced:
      case Restriction::termination_announced:
      case Restriction::in_effect: said_.add(sided("restriction.may_contest")); break;
    }
  }

  const Hearer& h_;
  const ledger::ShelfRow& row_;
  const CaseState& s_;
  const rulebook::ProcedureFile& file_;
  const Procedure& p_;
  Said said_;
};

/// French joins "à" to the article of a title.
std::string with_article(std::string_view title) {
  struct Joined {
    std::string_view article, joined;
  };
  static constexpr std::array<Joined, 5> kJoined{
      {{"La ", "à la "}, {"Le ", "au "}, {"Les ", "aux "}, {"L’", "à l’"}, {"L'", "à l’"}}};
  for (const Joined& one : kJoined)
    if (title.starts_with(one.article)) return fmt::format("{}{}", one.joined, title.substr(one.article.size()));
  return {};
}

}  // namespace

std::string name_of(const Hearer& hearer, ActorId id) {
  if (!id) return hearer.phrases("person.clock");
  const auto person = hearer.people.person(id);
  return person && !person->name.empty() ? person->name
                                         : hearer.phrases("person.unknown", {{"n", std::to_string(id.value)}});
}

std::string level_name(const formats::Phrases& phrases, const rulebook::ProcedureFile& file, std::size_t level) {
  if (level < file.levels.size() && !file.levels[level].title.in(phrases.language()).empty())
    return file.levels[level].title.in(phrases.language());
  return phrases("level.number", {{"n", std::to_string(level + 1)}});
}

std::string to_level(const formats::Phrases& phrases, const rulebook::ProcedureFile& file, std::size_t level) {
  const std::string title = level_name(phrases, file, level);
  if (phrases.language() == Language::fr) {
    if (std::string joined = with_article(title); !joined.empty()) return joined;
  } else if (title.starts_with("The ")) {
    return "to the " + title.substr(4);
  }
  return phrases("level.to", {{"level", title}});
}

Effect what_follows_here(const CaseState& state, Clock clock, const Procedure& rules) {
  const Effect effect = rules.clock(clock).effect;
  // What is decided is not granted again: whoever did not answer loses the case.
  const auto here = [&state](Effect what) {
    return what == Effect::grant && state.phase() == Phase::decided ? Effect::reassign : what;
  };
  if (effect != Effect::escalate)
    return effect == Effect::close || effect == Effect::hand_back ? Effect::nothing : here(effect);
  const std::size_t next = state.level() + std::size_t{1};
  if (next < rules.levels && (rules.ladder[next].may_climb_here & kByClock) != 0) return Effect::escalate;
  return rules.at_the_top == Effect::escalate ? Effect::nothing : here(rules.at_the_top);
}

std::string line_one(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure) {
  return Teller(hearer, row, procedure).one();
}

std::string line_two(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure) {
  return Teller(hearer, row, procedure).two();
}

std::string whose_turn(const Hearer& hearer, const ledger::ShelfRow& row) {
  switch (row.state.turn()) {
    case Turn::nobody: break;
    case Turn::seller: return hearer.phrases(hearer.seller ? "turn.you" : "turn.the_seller");
    case Turn::desk:
      if (!row.state.owner) return hearer.phrases("turn.the_desk");
      return row.state.owner == hearer.me ? hearer.phrases("turn.you") : name_of(hearer, row.state.owner);
    case Turn::third:
      if (!row.mediator) return hearer.phrases("turn.the_mediator");
      return row.mediator == hearer.me ? hearer.phrases("turn.you") : name_of(hearer, row.mediator);
  }
  return hearer.phrases("turn.no_one");
}

std::string turn_line(const Hearer& hearer, const ledger::ShelfRow& row) {
  return hearer.phrases("turn.waits", {{"who", whose_turn(hearer, row)}});
}

}  // namespace guichet::desk
