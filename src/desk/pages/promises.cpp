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
  Promises(Html& html, const Visit& visit, const InForce& procedure, std::uint8_t matter)
      : h_(html), v_(visit), file_(procedure.file), p_(procedure.file.procedure), matter_(matter) {
    Command command;
    command.kind = CommandKind::open_case;
    command.aux = matter;
    will_ = foresee(visit, CaseState{}, CaseId{1}, procedure, command);
    for (const Event& event : will_.events) opened_ = evolve(opened_, event);
  }

  void write() {
    who();
    times();
    endings();
    ways_on();
    h_.open("p").element("a", v_.phrases("promises.all"), {{"href", Url("/procedure")}}).close();
  }

  std::string in_short() const {
    const std::string answer = time(p_.clock(Clock::first_answer).allowance),
                      decision = time(p_.clock(Clock::decision).allowance);
    if (answer.empty() && decision.empty()) return v_.phrases("promises.short.none");
    if (decision.empty()) return v_.phrases("promises.short.answer", {{"answer", answer}});
    if (answer.empty()) return v_.phrases("promises.short.decision", {{"decision", decision}});
    return v_.phrases("promises.short", {{"answer", answer}, {"decision", decision}});
  }

 private:
  std::string time(const Allowance& allowance) const { return rulebook::time_in_words(file_, allowance, v_.phrases); }

  void who() {
    h_.element("p", v_.phrases("promises.who", {{"level", level_name(v_.phrases, file_, opened_.level())}}),
               {{"class", "ratio"}});
    const MatterRule& rule = p_.matter[matter_];
    if (rule.amount_above != 0)
      h_.element("p", v_.phrases("promises.who.above", {{"amount", amount(v_, rule.amount_above)},
                                                        {"level", level_name(v_.phrases, file_, rule.level_above)}}));
    h_.element("p",
               v_.phrases(p_.assignment.mode == AssignMode::keep_owner ? "promises.one_person" : "promises.anybody"));
  }

  void times() {
    h_.open("table", {{"class", "promises stack"}}).element("caption", v_.phrases("promises.times"));
    h_.open("thead").open("tr");
    for (const std::string_view key : {"promises.what", "promises.time", "promises.otherwise"})
      h_.element("th", v_.phrases(key), {{"scope", "col"}});
    h_.close().close().open("tbody");
    row(Clock::first_answer, p_.clock(Clock::first_answer).allowance);
    row(Clock::next_answer, p_.clock(Clock::next_answer).allowance);
    row(Clock::decision, p_.clock(Clock::decision).allowance);
    row(Clock::level, p_.ladder[opened_.level()].stay_max);
    yours();
    h_.close().close();
  }

  void row(Clock clock, const Allowance& allowance) {
    h_.open("tr").element("th", v_.phrases(fmt::format("promises.clock.{}", name(clock))), {{"scope", "row"}});
    cell("promises.time");
    if (!allowance) {
      h_.element("strong", v_.phrases("promises.no_time")).close();
      cell("promises.otherwise").text(v_.phrases("promises.else.nothing"));
    } else {
      h_.element("strong", time(allowance));
      // Only clocks that an opening starts have a date of their own now.
      if (const Instant due = will_.until(clock); due != kNever)
        h_.element("span", v_.phrases("promises.if_sent_now", {{"moment", moment_words(v_, due)}}), {{"class", "sub"}});
      h_.close();
      cell("promises.otherwise").text(otherwise(clock));
    }
    h_.close().close();
  }

  Html& cell(std::string_view key) { return h_.open("td", {{"data-label", v_.phrases(key)}}); }

  std::string otherwise(Clock clock) const {
    const Effect effect = what_follows_here(opened_, clock, p_);
    if (effect == Effect::escalate)
      return v_.phrases("promises.else.escalate", {{"to", to_level(v_.phrases, file_, opened_.level() + 1U)}});
    return v_.phrases(fmt::format("promises.else.{}", name(effect)));
  }

  /// The seller's own time, and what his silence does.
  void yours() {
    const ClockRule& rule = p_.clock(Clock::seller_reply);
    const bool runs = rule.allowance && p_.answers.reply_clock_starts != Answers::ReplyClockStarts::never;
    h_.open("tr").element("th", v_.phrases("promises.clock.seller_reply"), {{"scope", "row"}});
    cell("promises.time");
    h_.element("strong", runs ? time(rule.allowance) : v_.phrases("promises.no_time_for_you")).close();
    cell("promises.otherwise");
    const ClosingRight& right = p_.right(Ground::seller_silence);
    const bool closes = rule.effect == Effect::close && (right.by & kByClock) != 0 && rule.reminders >= right.notices;
    if (!runs)
      h_.text(v_.phrases("promises.else.nothing_for_you"));
    else if (closes)
      h_.text(v_.phrases.counted("promises.else.you_close", rule.reminders));
    else if ((right.by & kByDesk) != 0)
      h_.text(v_.phrases("promises.else.you_desk_close"));
    else
      h_.text(v_.phrases("promises.else.you_desk"));
    h_.close().close();
  }

  void endings() {
    h_.element("h3", v_.phrases("promises.endings")).open("ul");
    for (std::size_t i = 0; i < kGrounds; ++i) {
      const auto ground = static_cast<Ground>(i);
      const std::uint8_t by = p_.right(ground).by;
      if (by != 0)
        h_.element("li", v_.phrases("promises.ending",
                                    {{"ground", v_.phrases(fmt::format("promises.ground.{}", name(ground)))},
                                     {"who", rulebook::agents_in_words(by, v_.phrases)}}));
    }
    if ((p_.right(Ground::desk_alone).by & kByDesk) == 0) h_.element("li", v_.phrases("promises.never_alone"));
    h_.close();
  }

  void ways_on() {
    h_.element("h3", v_.phrases("promises.ways")).open("ul");
    for (std::size_t level = opened_.level() + 1U; level < p_.levels; ++level) {
      const std::string title = level_name(v_.phrases, file_, level);
      const bool seller = (p_.ladder[level].may_climb_here & kBySeller) != 0;
      h_.element("li", v_.phrases(seller ? "promises.level" : "promises.level.not_you", {{"level", title}}));
    }
    if (opened_.level() + 1U >= p_.levels) h_.element("li", v_.phrases("promises.level.none"));
    if (!p_.appeal.allowed)
      h_.element("li", v_.phrases("promises.appeal.none"));
    else if (const std::string window = time(p_.clock(Clock::appeal_window).allowance); window.empty())
      h_.element("li", v_.phrases("promises.appeal"));
    else
      h_.element("li", v_.phrases("promises.appeal.within", {{"time", window}}));
    const bool mediators = p_.mediation.mediators != 0 && (p_.mediation.by & kBySeller) != 0;
    if (!mediators) h_.element("li", v_.phrases("promises.mediation.none"));
    if (mediators) {
      std::string names;
      for (const rulebook::Mediator& mediator : file_.mediators)
        names = names.empty() ? mediator.name : v_.phrases("list.and", {{"a", names}, {"b", mediator.name}});
      h_.element("li", v_.phrases(p_.mediation.before_decision ? "promises.mediation" : "promises.mediation.after",
                                  {{"names", names}}));
    }
    const bool reopens = p_.reopening.kind == Reopening::Kind::same_case;
    if (!reopens)
      h_.element("li", v_.phrases(p_.reopening.keeps_history ? "promises.reopen.new" : "promises.reopen.zero"));
    else if (p_.reopening.within)
      h_.element("li", v_.phrases("promises.reopen.within", {{"time", time(p_.reopening.within)}}));
    else
      h_.element("li", v_.phrases("promises.reopen"));
    h_.close();
  }

  Html& h_;
  const Visit& v_;
  const rulebook::ProcedureFile& file_;
  const Procedure& p_;
  std::uint8_t matter_;
  Foreseen will_;
  CaseState opened_;
};

}  // namespace

void promises(Html& html, const Visit& visit, const InForce& procedure, std::uint8_t matter) {
  Promises(html, visit, procedure, matter).write();
}

std::string promise_in_short(const Visit& visit, const InForce& procedure, std::uint8_t matter) {
  Html unused;
  return Promises(unused, visit, procedure, matter).in_short();
}

}  // namespace guichet::desk
