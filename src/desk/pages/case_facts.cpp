#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/case_words.hpp>

namespace guichet::desk {
namespace {

using dossier::ClockTold;

/// "from 1,000 to 60 units (divided by 16.7)".
std::string quantity_change(const Visit& visit, const dossier::RestrictionTold& told) {
  const std::string before = visit.phrases.number(told.before), after = visit.phrases.number(told.after);
  std::string change =
      visit.phrases("restriction.change", {{"before", before}, {"after", after}, {"unit", told.words.unit}});
  if (told.after == 0 || told.after >= told.before) return change;
  const double ratio = static_cast<double>(told.before) / static_cast<double>(told.after);
  return visit.phrases("restriction.divided", {{"change", change}, {"ratio", visit.phrases.number(ratio, 1)}});
}

/// The clocks that run, and folded away those that have ended.
class ClocksTable {
 public:
  ClocksTable(Html& html, const Visit& visit, const std::vector<ClockTold>& clocks)
      : h_(html), v_(visit), clocks_(clocks) {}

  void write() {
    if (clocks_.empty()) {
      h_.element("p", v_.phrases("clocks.none"), {{"class", "muted"}});
      return;
    }
    if (count(ClockTold::Ending::runs) != 0)
      table(true);
    else
      h_.element("p", v_.phrases("clocks.none_runs"), {{"class", "muted"}});
    if (count(ClockTold::Ending::runs) == static_cast<std::ptrdiff_t>(clocks_.size())) return;
    h_.open("details");
    h_.element(
        "summary",
        v_.phrases("clocks.ended",
                   {{"kept", v_.phrases.counted("clocks.ended.kept", count(ClockTold::Ending::kept))},
                    {"missed", v_.phrases.counted("clocks.ended.missed", count(ClockTold::Ending::missed))},
                    {"stopped", v_.phrases.counted("clocks.ended.stopped", count(ClockTold::Ending::stopped))}}));
    table(false);
    h_.close();
  }

 private:
  std::ptrdiff_t count(ClockTold::Ending ending) const {
    return std::ranges::count(clocks_, ending, &ClockTold::ending);
  }

  /// Of several pauses that run at once the longest holds.
  bool outlasted(const ClockTold& told) const {
    return told.clock == Clock::cooling && told.ending == ClockTold::Ending::runs &&
           std::ranges::any_of(clocks_, [&](const ClockTold& other) {
             return other.clock == Clock::cooling && &other != &told &&
                    (other.due > told.due || (other.due == told.due && &other > &told));
           });
  }

  void table(bool running) {
    h_.open("table", {{"class", "clocks"}});
    h_.element("caption", v_.phrases(running ? "clocks.running" : "clocks.past"));
    h_.open("thead").open("tr");
    heading("clocks.which");
    heading("clocks.due");
    if (!running) heading("clocks.ending");
    h_.close().close().open("tbody");
    for (const ClockTold& told : clocks_)
      if ((told.ending == ClockTold::Ending::runs) == running && !outlasted(told)) row(told, running);
    h_.close().close();
  }

  void heading(std::string_view key) { h_.element("th", v_.phrases(key), {{"scope", "col"}}); }

  void row(const ClockTold& told, bool running) {
    static constexpr std::array<std::string_view, 4> kEndings{"runs", "kept", "missed", "stopped"};
    static constexpr std::array<std::string_view, 4> kKinds{"clock", "good", "bad", "plain"};
    h_.open("tr").element("th", clock_name(v_, told.clock), {{"scope", "row"}}).open("td");
    h_.element("time", moment_in_short(v_.phrases, desk_zone(v_), told.due), {{"datetime", print_instant(told.due)}});
    if (running)
      h_.element("span", distance_in_words(v_.phrases, v_.now, told.due),
                 {{"class", told.due <= v_.now ? "sub late" : "sub"}});
    if (!running) {
      const auto ending = static_cast<std::size_t>(told.ending);
      h_.close().open("td");
      badge(h_, kKinds[ending], v_.phrases(fmt::format("clocks.{}", kEndings[ending])));
    }
    if (told.reminders != 0)
      h_.element("span", v_.phrases.counted("clocks.reminders", told.reminders), {{"class", "sub"}});
    h_.close().close();
  }

  Html& h_;
  const Visit& v_;
  const std::vector<ClockTold>& clocks_;
};

}  // namespace

void questions_list(Html& html, const Visit& visit, const SeenCase& seen) {
  using Stands = dossier::QuestionTold::Standing;
  if (seen.timeline.questions.empty()) {
    html.element("p", visit.phrases("questions.none"), {{"class", "muted"}});
    return;
  }
  const auto question = [&](const dossier::QuestionTold& told) {
    static constexpr std::array<std::string_view, 5> kStandings{"open", "answered", "declined", "withdrawn",
                                                                "disputed"};
    static constexpr std::array<std::string_view, 5> kKinds{"wait", "good", "bad", "plain", "bad"};
    const auto standing = static_cast<std::size_t>(told.standing);
    html.open("li").open("p");
    badge(html, kKinds[standing], visit.phrases(fmt::format("question.{}", kStandings[standing])));
    html.text(" ").element("span", visit.phrases(told.by == Party::seller ? "question.by_seller" : "question.by_desk"),
                           {{"class", "far"}});
    html.close();
    html.element("p", told.text.empty() ? visit.phrases("question.unsaid") : told.text);
    html.open("p", {{"class", "far"}}).text(moment_in_short(visit.phrases, desk_zone(visit), told.asked));
    if (told.settled != kNever)
      html.text(visit.phrases("question.settled",
                              {{"moment", moment_in_short(visit.phrases, desk_zone(visit), told.settled)}}));
    if (told.disputes != 0) html.text(" ").text(visit.phrases.counted("question.disputes", told.disputes));
    html.close().close();
  };
  const auto open = [](const dossier::QuestionTold& told) {
    return told.standing == Stands::open || told.standing == Stands::disputed;
  };
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.questions)
    if (open(told)) question(told);
  html.close();
  const auto settled = std::ranges::count_if(seen.timeline.questions, [&](const auto& told) { return !open(told); });
  if (settled == 0) return;
  html.open("details").element("summary", visit.phrases.counted("questions.settled", settled));
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.questions)
    if (!open(told)) question(told);
  html.close().close();
}

void clocks_table(Html& html, const Visit& visit, const SeenCase& seen) {
  // A pause ends by itself, and no event says so: one that is over is neither running nor kept nor missed.
  std::vector<ClockTold> clocks = seen.timeline.clocks;
  std::erase_if(clocks, [&](const ClockTold& told) { return told.clock == Clock::cooling && told.due <= visit.now; });
  ClocksTable(html, visit, clocks).write();
}

void who_was_here(Html& html, const Visit& visit, const SeenCase& seen) {
  using Stands = dossier::HandOverTold::Standing;
  const auto& met = seen.timeline.agents;
  html.element("p", visit.phrases.counted("met", static_cast<std::int64_t>(met.size())), {{"class", "ratio"}});
  if (!met.empty()) {
    html.open("ol");
    for (const auto& agent : met) {
      html.open("li").element("strong", person_name(visit, agent.person)).text(" ");
      html.text(visit.phrases.counted("met.messages", agent.messages,
                                      {{"first", moment_in_short(visit.phrases, desk_zone(visit), agent.first)}}));
      html.close();
    }
    html.close();
  }
  const auto changes = std::ranges::count_if(seen.timeline.hand_overs,
                                             [](const auto& told) { return told.standing != Stands::assigned; });
  if (changes == 0) return;
  html.open("details").element("summary", visit.phrases.counted("met.hand_overs", changes)).open("ol");
  for (const auto& told : seen.timeline.hand_overs) {
    if (told.standing == Stands::assigned) continue;
    static constexpr std::array<std::string_view, 5> kStandings{"assigned", "proposed", "accepted", "refused",
                                                                "lapsed"};
    html.open("li").text(
        visit.phrases("met.hand_over", {{"from", person_name(visit, told.from)},
                                        {"to", person_name(visit, told.to)},
                                        {"moment", moment_in_short(visit.phrases, desk_zone(visit), told.at)}}));
    html.text(" ");
    badge(html,
          told.standing == Stands::accepted   ? "good"
          : told.standing == Stands::proposed ? "wait"
                                              : "bad",
          visit.phrases(fmt::format("hand_over.{}", kStandings[static_cast<std::size_t>(told.standing)])));
    html.close();
  }
  html.close().close();
}

namespace {

void offer_of(Html& html, const Visit& visit, const SeenCase& seen, const dossier::OfferTold& told) {
  static constexpr std::array<std::string_view, 4> kStandings{"open", "accepted", "refused", "lapsed"};
  static constexpr std::array<std::string_view, 4> kKinds{"wait", "good", "plain", "plain"};
  const auto standing = static_cast<std::size_t>(told.standing);
  html.open("li")
      .open("p")
      .element("strong", visit.phrases("offer.of", {{"amount", amount(visit, told.cents)}}))
      .text(" ");
  badge(html, kKinds[standing], visit.phrases(fmt::format("offer.{}", kStandings[standing])));
  html.close();
  const std::string asked = conditions_in_words(visit, told.conditions);
  html.element("p", asked.empty() ? visit.phrases("offer.no_condition")
                                  : visit.phrases("offer.conditions", {{"conditions", asked}}));
  words_of_act(html, visit, seen, told.words);
  html.element("p",
               visit.phrases("offer.made", {{"moment", moment_in_short(visit.phrases, desk_zone(visit), told.made)}}),
               {{"class", "far"}});
  if (told.standing == dossier::OfferTold::Standing::open && told.due != kNever) {
    html.open("p").text(visit.phrases("offer.until")).text(" ");
    moment(html, visit, told.due);
    html.close();
  }
  html.close();
}

void restriction_of(Html& html, const Visit& visit, const SeenCase& seen, const dossier::RestrictionTold& told) {
  const std::string& zone = desk_zone(visit);
  html.open("li").open("p");
  const std::string kind = visit.phrases(fmt::format("restriction.kind.{}", name(told.kind)));
  html.element("strong", visit.phrases("restriction.of", {{"kind", kind}})).text(" ");
  const bool lifted = told.lifted != kNever, effective = told.took_effect != kNever;
  badge(html,
        lifted      ? "good"
        : effective ? "bad"
                    : "wait",
        visit.phrases(lifted      ? "restriction.lifted"
                      : effective ? "restriction.effective"
                                  : "restriction.announced"));
  if (told.contested != kNever && !lifted) {
    html.text(" ");
    badge(html, "wait", visit.phrases("restriction.contested"));
  }
  html.close();
  if (effective && told.before != 0) html.element("p", quantity_change(visit, told), {{"class", "ratio"}});
  if (told.exception) html.element("p", visit.phrases("restriction.exception"));
  // What came shortly before is said beside it, without a conclusion.
  if (told.after_offer)
    html.element("p", visit.phrases("restriction.after_offer", {{"time", visit.phrases.duration(*told.after_offer)}}));
  if (told.after_appeal)
    html.element("p",
                 visit.phrases("restriction.after_appeal", {{"time", visit.phrases.duration(*told.after_appeal)}}));
  const auto elsewhere = [&](std::string_view key, std::uint16_t day) {
    if (day != 0)
      html.element("p", visit.phrases(key, {{"day", day_in_words(visit.phrases, "UTC", Contended::day(day))}}));
  };
  elsewhere("restriction.offer_elsewhere", told.elsewhere.offer);
  elsewhere("restriction.appeal_elsewhere", told.elsewhere.appeal);
  words_of_act(html, visit, seen, told.words);
  html.open("p", {{"class", "far"}});
  std::string dates;
  const auto date = [&](std::string_view key, Instant at) {
    if (at != kNever)
      dates.append(dates.empty() ? "" : " ")
          .append(visit.phrases(key, {{"moment", moment_in_short(visit.phrases, zone, at)}}));
  };
  date("restriction.date.announced", told.announced);
  date("restriction.date.effect", told.took_effect);
  date("restriction.date.contested", told.contested);
  date("restriction.date.lifted", told.lifted);
  html.text(dates).close().close();
}

}  // namespace

void open_offer(Html& html, const Visit& visit, const SeenCase& seen) {
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.offers)
    if (told.standing == dossier::OfferTold::Standing::open) offer_of(html, visit, seen, told);
  html.close();
}

void offers_and_restrictions(Html& html, const Visit& visit, const SeenCase& seen) {
  if (seen.timeline.offers.empty() && seen.timeline.restrictions.empty()) {
    html.element("p", visit.phrases("offers.none"), {{"class", "muted"}});
    return;
  }
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.offers) offer_of(html, visit, seen, told);
  for (const auto& told : seen.timeline.restrictions) restriction_of(html, visit, seen, told);
  html.close();
}

void costs_list(Html& html, const Visit& visit, const SeenCase& seen) {
  const auto& told = seen.timeline;
  if (told.cost_cents == 0 && told.cost_minutes == 0) {
    html.element("p", visit.phrases("costs.none"), {{"class", "muted"}});
    return;
  }
  const auto cents = static_cast<std::uint32_t>(std::min<std::uint64_t>(told.cost_cents, 0xFFFF'FFFF));
  html.element("p", visit.phrases("costs.sum", {{"amount", amount(visit, cents)},
                                                {"time", visit.phrases.duration(std::chrono::minutes{
                                                             static_cast<std::int64_t>(told.cost_minutes)})}}));
}

}  // namespace guichet::desk
