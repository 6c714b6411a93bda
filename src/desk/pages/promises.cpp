#include <guichet/desk/pages/promises.hpp>

#include <array>

#include <fmt/format.h>

#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/case_lines.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/rulebook/explain.hpp>

namespace guichet::desk {
namespace {

class Promises {
 public:
  Promises(const Visit& visit, const InForce& procedure, std::uint8_t matter)
      : v_(visit), procedure_(procedure), file_(procedure.file), p_(procedure.file.procedure), matter_(matter) {
    Command command;
    command.kind = CommandKind::open_case;
    command.aux = matter;
    will_ = foresee(visit, CaseState{}, CaseId{1}, procedure, command);
    for (const Event& event : will_.events) opened_ = evolve(opened_, event);
  }

  Promised all() const { return {.who = who(), .times = times(), .endings = endings(), .ways_on = ways_on()}; }

  std::string in_short() const {
    const std::string answer = time(p_.clock(Clock::first_answer).allowance),
                      decision = time(p_.clock(Clock::decision).allowance);
    if (answer.empty() && decision.empty()) return v_.phrases("promises.short.none");
    if (decision.empty()) return v_.phrases("promises.short.answer", {{"answer", answer}});
    if (answer.empty()) return v_.phrases("promises.short.decision", {{"decision", decision}});
    return v_.phrases("promises.short", {{"answer", answer}, {"decision", decision}});
  }

 private:
  using Sentences = std::vector<std::string>;

  std::string time(const Allowance& allowance) const { return rulebook::time_in_words(file_, allowance, v_.phrases); }

  Sentences who() const {
    Sentences all{v_.phrases("promises.who", {{"level", level_name(v_.phrases, file_, opened_.level())}})};
    const MatterRule& rule = p_.matter[matter_];
    if (rule.amount_above != 0)
      all.push_back(v_.phrases("promises.who.above", {{"amount", amount(v_, rule.amount_above)},
                                                      {"level", level_name(v_.phrases, file_, rule.level_above)}}));
    all.push_back(
        v_.phrases(p_.assignment.mode == AssignMode::keep_owner ? "promises.one_person" : "promises.anybody"));
    if (const Instant opens = opens_next(procedure_, Clock::first_answer, v_.now); opens != kNever)
      all.push_back(v_.phrases("promises.closed", {{"moment", moment_words(v_, opens)}}));
    return all;
  }

  std::vector<PromisedTime> times() const {
    return {of(Clock::first_answer, p_.clock(Clock::first_answer).allowance),
            of(Clock::next_answer, p_.clock(Clock::next_answer).allowance),
            of(Clock::decision, p_.clock(Clock::decision).allowance),
            of(Clock::level, p_.ladder[opened_.level()].stay_max), yours()};
  }

  PromisedTime of(Clock clock, const Allowance& allowance) const {
    PromisedTime one{.clock = clock, .what = v_.phrases(fmt::format("promises.clock.{}", name(clock)))};
    one.time = allowance ? time(allowance) : v_.phrases("promises.no_time");
    one.otherwise = allowance ? otherwise(clock) : v_.phrases("promises.else.nothing");
    // Only clocks that an opening starts have a date of their own now.
    if (allowance) one.if_sent_now = will_.until(clock);
    return one;
  }

  std::string otherwise(Clock clock) const {
    const Effect effect = what_follows_here(opened_, clock, p_);
    if (effect == Effect::escalate)
      return v_.phrases("promises.else.escalate", {{"to", to_level(v_.phrases, file_, opened_.level() + 1U)}});
    return v_.phrases(fmt::format("promises.else.{}", name(effect)));
  }

  /// The seller's own time, and what his silence does.
  PromisedTime yours() const {
    const ClockRule& rule = p_.clock(Clock::seller_reply);
    const bool runs = rule.allowance && p_.answers.reply_clock_starts != Answers::ReplyClockStarts::never;
    const ClosingRight& right = p_.right(Ground::seller_silence);
    const bool closes = rule.effect == Effect::close && (right.by & kByClock) != 0 && rule.reminders >= right.notices;
    PromisedTime one{.clock = Clock::seller_reply, .what = v_.phrases("promises.clock.seller_reply")};
    one.time = runs ? time(rule.allowance) : v_.phrases("promises.no_time_for_you");
    one.otherwise = !runs                       ? v_.phrases("promises.else.nothing_for_you")
                    : closes                    ? v_.phrases.counted("promises.else.you_close", rule.reminders)
                    : (right.by & kByDesk) != 0 ? v_.phrases("promises.else.you_desk_close")
                                                : v_.phrases("promises.else.you_desk");
    return one;
  }

  Sentences endings() const {
    Sentences all;
    for (std::size_t i = 0; i < kGrounds; ++i) {
      const auto ground = static_cast<Ground>(i);
      const std::uint8_t by = p_.right(ground).by;
      if (by != 0)
        all.push_back(
            v_.phrases("promises.ending", {{"ground", v_.phrases(fmt::format("promises.ground.{}", name(ground)))},
                                           {"who", rulebook::agents_in_words(by, v_.phrases)}}));
    }
    if ((p_.right(Ground::desk_alone).by & kByDesk) == 0) all.push_back(v_.phrases("promises.never_alone"));
    return all;
  }

  Sentences ways_on() const {
    Sentences all;
    for (std::size_t level = opened_.level() + 1U; level < p_.levels; ++level) {
      const bool seller = (p_.ladder[level].may_climb_here & kBySeller) != 0;
      all.push_back(v_.phrases(seller ? "promises.level" : "promises.level.not_you",
                               {{"level", level_name(v_.phrases, file_, level)}}));
    }
    if (opened_.level() + 1U >= p_.levels) all.push_back(v_.phrases("promises.level.none"));
    if (!p_.appeal.allowed)
      all.push_back(v_.phrases("promises.appeal.none"));
    else if (const std::string window = time(p_.clock(Clock::appeal_window).allowance); window.empty())
      all.push_back(v_.phrases("promises.appeal"));
    else
      all.push_back(v_.phrases("promises.appeal.within", {{"time", window}}));
    const bool mediators = p_.mediation.mediators != 0 && (p_.mediation.by & kBySeller) != 0;
    if (!mediators) all.push_back(v_.phrases("promises.mediation.none"));
    if (mediators) {
      std::string names;
      for (const rulebook::Mediator& mediator : file_.mediators) {
        std::string one = mediator.name;
        if (is_example(one) || is_example(mediator.contact)) one += " " + v_.phrases("example.mark");
        names = names.empty() ? one : v_.phrases("list.and", {{"a", names}, {"b", one}});
      }
      all.push_back(v_.phrases(p_.mediation.before_decision ? "promises.mediation" : "promises.mediation.after",
                               {{"names", names}}));
    }
    const bool reopens = p_.reopening.kind == Reopening::Kind::same_case;
    if (!reopens)
      all.push_back(v_.phrases(p_.reopening.keeps_history ? "promises.reopen.new" : "promises.reopen.zero"));
    else if (p_.reopening.within)
      all.push_back(v_.phrases("promises.reopen.within", {{"time", time(p_.reopening.within)}}));
    else
      all.push_back(v_.phrases("promises.reopen"));
    return all;
  }

  const Visit& v_;
  const InForce& procedure_;
  const rulebook::ProcedureFile& file_;
  const Procedure& p_;
  std::uint8_t matter_;
  Foreseen will_;
  CaseState opened_;
};

void times_table(Html& html, const Visit& visit, const std::vector<PromisedTime>& times) {
  html.open("table", {{"class", "promises stack"}}).element("caption", visit.phrases("promises.times"));
  html.open("thead").open("tr");
  for (const std::string_view key : {"promises.what", "promises.time", "promises.otherwise"})
    html.element("th", visit.phrases(key), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const PromisedTime& one : times) {
    html.open("tr").element("th", one.what, {{"scope", "row"}});
    html.open("td", {{"data-label", visit.phrases("promises.time")}}).element("strong", one.time);
    if (one.if_sent_now != kNever)
      html.element("span", visit.phrases("promises.if_sent_now", {{"moment", moment_words(visit, one.if_sent_now)}}),
                   {{"class", "sub"}});
    html.close().element("td", one.otherwise, {{"data-label", visit.phrases("promises.otherwise")}}).close();
  }
  html.close().close();
}

void list(Html& html, std::string_view heading, const std::vector<std::string>& sentences) {
  html.element("h3", heading).open("ul");
  for (const std::string& sentence : sentences) html.element("li", sentence);
  html.close();
}

}  // namespace

Promised promised(const Visit& visit, const InForce& procedure, std::uint8_t matter) {
  return Promises(visit, procedure, matter).all();
}

void promises(Html& html, const Visit& visit, const InForce& procedure, std::uint8_t matter) {
  const Promised all = promised(visit, procedure, matter);
  for (const std::string& sentence : all.who)
    html.element("p", sentence, {{"class", &sentence == &all.who.front() ? "ratio" : ""}});
  times_table(html, visit, all.times);
  list(html, visit.phrases("promises.endings"), all.endings);
  list(html, visit.phrases("promises.ways"), all.ways_on);
  html.open("p").element("a", visit.phrases("promises.all"), {{"href", Url("/procedure")}}).close();
}

std::string promise_in_short(const Visit& visit, const InForce& procedure, std::uint8_t matter) {
  return Promises(visit, procedure, matter).in_short();
}

}  // namespace guichet::desk
