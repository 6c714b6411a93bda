#include <guichet/dossier/prescription.hpp>

#include <algorithm>
#include <numeric>

#include <guichet/dossier/plots.hpp>

namespace guichet::dossier {
namespace {

using namespace std::string_view_literals;
using std::chrono::days;

constexpr std::array kKinds{"mediation"sv, "claim_in_court"sv, "acknowledgment"sv, "reminder"sv};
constexpr std::array kArticles{"C. civ., art. 2238"sv, "C. civ., art. 2241, 2242, 2231"sv, "C. civ., art. 2240, 2231"sv,
                               "C. civ., art. 2240, 2241 (a contrario)"sv};
constexpr std::array kEffects{"runs"sv, "suspends"sv, "interrupts"sv, "none"sv, "too_late"sv};
static_assert(kKinds.size() == kTimeBarEventKinds && kArticles.size() == kTimeBarEventKinds);

constexpr int kYears = 5;          // C. civ. 2224, C. com. L110-4
constexpr int kMonthsLeftMin = 6;  // C. civ. 2238 paragraph 3

/// What the events that count so far come to.
struct Reckoning {
  std::optional<Day> last_day;  // absent: something goes on
  std::int64_t days_suspended{};
  bool six_months = false;
};

/// The day after which time runs anew; nothing while proceedings go on.
std::optional<Day> runs_since(Day known, const std::vector<TimeBarEvent>& events) {
  Day since = known;
  for (const TimeBarEvent& event : events) {
    if (event.kind == TimeBarEventKind::mediation) continue;
    if (event.kind == TimeBarEventKind::claim_in_court && !event.until) return std::nullopt;
    since = std::max(since, event.kind == TimeBarEventKind::claim_in_court ? *event.until : event.from);
  }
  return since;
}

/// `events` are those that suspend or interrupt, by their first day.
Reckoning reckon(Day known, const std::vector<TimeBarEvent>& events) {
  const std::optional<Day> since = runs_since(known, events);
  if (!since) return {};
  Reckoning sum{.last_day = years_after(*since, kYears)};
  Day counted_to = *since;  // days up to here are not suspended a second time
  Day least = *sum.last_day;
  for (const TimeBarEvent& event : events) {
    if (event.kind != TimeBarEventKind::mediation) continue;
    if (!event.until) return {};
    if (*event.until <= *since) continue;
    const Day from = std::max(event.from, counted_to + days{1});
    if (from <= *event.until) sum.days_suspended += (*event.until - from).count() + 1;
    counted_to = std::max(counted_to, *event.until);
    least = std::max(least, months_after(*event.until, kMonthsLeftMin));
  }
  *sum.last_day += days{sum.days_suspended};
  sum.six_months = *sum.last_day < least;
  sum.last_day = std::max(*sum.last_day, least);
  return sum;
}

/// Whether an event of its kind and day can move anything at all.
TimeBarStep::Effect effect_of(Day known, const TimeBarEvent& event, const std::optional<Day>& last_day) {
  using Effect = TimeBarStep::Effect;
  switch (event.kind) {
    case TimeBarEventKind::reminder: return Effect::none;
    case TimeBarEventKind::mediation:
      if (event.until && *event.until <= known) return Effect::none;
      break;
    case TimeBarEventKind::claim_in_court:
      if (event.claim_failed) return Effect::none;
      break;
    case TimeBarEventKind::acknowledgment:
      if (event.from < known) return Effect::none;
      break;
  }
  if (last_day && event.from > *last_day) return Effect::too_late;
  return event.kind == TimeBarEventKind::mediation ? Effect::suspends : Effect::interrupts;
}

std::string said_day(Day day, const formats::Phrases& phrases) { return phrases.date(as_instant(day)); }

std::string said_event(const TimeBarEvent& event, const formats::Phrases& phrases) {
  const std::string kind = phrases("timebar.kind." + std::string{name(event.kind)});
  const bool lasts = event.kind == TimeBarEventKind::mediation || event.kind == TimeBarEventKind::claim_in_court;
  if (!lasts) return phrases("timebar.on", {{"what", kind}, {"day", said_day(event.from, phrases)}});
  if (!event.until) return phrases("timebar.since", {{"what", kind}, {"day", said_day(event.from, phrases)}});
  return phrases("timebar.from_to",
                 {{"what", kind}, {"from", said_day(event.from, phrases)}, {"until", said_day(*event.until, phrases)}});
}

std::string said_step(const TimeBarStep& step, const std::vector<TimeBarEvent>& events,
                      const formats::Phrases& phrases) {
  using Effect = TimeBarStep::Effect;
  switch (step.effect) {
    case Effect::runs: return phrases("timebar.effect.runs");
    case Effect::suspends:
      if (!step.last_day) return phrases("timebar.effect.stands_still");
      return phrases.counted("timebar.effect.suspends", step.days_suspended) +
             (step.six_months ? " " + phrases("timebar.effect.six_months") : "");
    case Effect::interrupts:
      return phrases(step.last_day ? "timebar.effect.interrupts" : "timebar.effect.stands_still");
    case Effect::too_late: return phrases("timebar.effect.too_late");
    case Effect::none: break;
  }
  const TimeBarEvent& event = events[*step.event];
  if (event.kind == TimeBarEventKind::reminder) return phrases("timebar.effect.reminder");
  return phrases(event.claim_failed ? "timebar.effect.failed" : "timebar.effect.before");
}

}  // namespace

std::string_view name(TimeBarEventKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(TimeBarStep::Effect effect) { return kEffects[static_cast<std::size_t>(effect)]; }
std::string_view article_of(TimeBarEventKind kind) { return kArticles[static_cast<std::size_t>(kind)]; }

TimeBar time_bar_of(Day known, const std::vector<TimeBarEvent>& events) {
  using Effect = TimeBarStep::Effect;
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&events](std::size_t i) { return events[i].from; });

  std::vector<TimeBarEvent> counting;
  Reckoning so_far = reckon(known, counting);
  TimeBar bar{.known = known, .steps = {}, .last_day = {}, .alarms = {}};
  bar.steps.push_back({.effect = Effect::runs, .event = {}, .last_day = so_far.last_day});
  for (const std::size_t i : order) {
    TimeBarStep step{.effect = effect_of(known, events[i], so_far.last_day), .event = i, .last_day = {}};
    if (step.effect == Effect::suspends || step.effect == Effect::interrupts) {
      const std::int64_t before = so_far.days_suspended;
      counting.push_back(events[i]);
      so_far = reckon(known, counting);
      if (step.effect == Effect::suspends) {
        step.days_suspended = std::max<std::int64_t>(0, so_far.days_suspended - before);
        step.six_months = so_far.six_months;
      }
    }
    step.last_day = so_far.last_day;
    bar.steps.push_back(step);
  }
  bar.last_day = so_far.last_day;
  if (bar.last_day)
    for (const int months : kAlarmMonths)
      bar.alarms.push_back({.months = months, .on = months_after(*bar.last_day, -months)});
  return bar;
}

std::string time_bar_in_short(const TimeBar& bar, const formats::Phrases& phrases) {
  return bar.last_day ? phrases("timebar.last_day", {{"day", said_day(*bar.last_day, phrases)}})
                      : phrases("timebar.stands_still");
}

formats::Html time_bar_as_html(const TimeBar& bar, const std::vector<TimeBarEvent>& events,
                               const formats::Phrases& phrases) {
  formats::Html html;
  html.element("h2", phrases("timebar.title")).element("p", time_bar_in_short(bar, phrases));
  Table table;
  table.words = true;
  for (const char* column : {"timebar.what", "timebar.effect", "timebar.until", "costs.article", "costs.source"})
    table.head.push_back(phrases(column));
  for (const TimeBarStep& step : bar.steps) {
    const TimeBarEvent* event = step.event ? &events[*step.event] : nullptr;
    const std::string known = phrases("timebar.known", {{"day", said_day(bar.known, phrases)}});
    table.rows.push_back({event == nullptr ? known : said_event(*event, phrases), said_step(step, events, phrases),
                          step.last_day ? said_day(*step.last_day, phrases) : "—",
                          std::string{event == nullptr ? kTimeBarArticle : article_of(event->kind)},
                          event == nullptr || event->source.empty() ? "—" : event->source});
  }
  add_table(html, table);
  if (!bar.alarms.empty()) {
    html.element("p", phrases("timebar.alarms")).open("ul");
    for (const Alarm& alarm : bar.alarms)
      html.element("li", phrases.counted("timebar.alarm", alarm.months, {{"day", said_day(alarm.on, phrases)}}));
    html.close();
  }
  html.element("p", phrases("timebar.method"), {{"class", "muted"}});
  return html;
}

std::string time_bar_as_text(const TimeBar& bar, const std::vector<TimeBarEvent>& events,
                             const formats::Phrases& phrases) {
  std::string out = phrases("timebar.title") + "\n" + time_bar_in_short(bar, phrases) + "\n";
  for (const TimeBarStep& step : bar.steps) {
    const TimeBarEvent* event = step.event ? &events[*step.event] : nullptr;
    out += "  " +
           (event == nullptr ? phrases("timebar.known", {{"day", said_day(bar.known, phrases)}})
                             : said_event(*event, phrases)) +
           "\n      " + said_step(step, events, phrases) + " · " +
           std::string{event == nullptr ? kTimeBarArticle : article_of(event->kind)};
    if (step.last_day) out += " · " + phrases("timebar.until") + " " + print_day(*step.last_day);
    out += "\n";
  }
  for (const Alarm& alarm : bar.alarms)
    out += "  " + phrases.counted("timebar.alarm", alarm.months, {{"day", said_day(alarm.on, phrases)}}) + "\n";
  return out + phrases("timebar.method") + "\n";
}

}  // namespace guichet::dossier
