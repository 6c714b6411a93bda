#include <algorithm>
#include <array>

#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/board.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {
namespace {

std::string key_of(Tile tile) {
  std::string key(name(tile));
  std::ranges::replace(key, '-', '_');
  return "board." + key;
}

std::string said(const Visit& visit, double value, TileUnit unit) {
  switch (unit) {
    case TileUnit::time: return visit.phrases.duration(std::chrono::minutes{static_cast<std::int64_t>(value / 60'000)});
    case TileUnit::count: return visit.phrases.number(value, 1);
    case TileUnit::cents: return amount(visit, static_cast<std::uint32_t>(value));
  }
  return {};
}

std::string whole(const Visit& visit, std::uint64_t number) {
  return visit.phrases.number(static_cast<double>(number));
}

std::string time_of(const Visit& visit, double ms) {
  return visit.phrases.duration(std::chrono::minutes{static_cast<std::int64_t>(ms / 60'000)});
}

std::string share_of(const Visit& visit, std::uint64_t part, std::uint64_t all) {
  return all == 0
             ? visit.phrases("board.no_share")
             : visit.phrases("board.share",
                             {{"share", visit.phrases.percent(static_cast<double>(part) / static_cast<double>(all))},
                              {"part", whole(visit, part)},
                              {"all", whole(visit, all)}});
}

void tile(Html& html, const Visit& visit, const TileFigure& figure) {
  const formats::Phrases& phrases = visit.phrases;
  const std::string key = key_of(figure.tile);
  html.open("li", {{"class", figure.count == 0 ? "card tile" : "card tile calls"}});
  html.open("h3").element("a", phrases(key), {{"href", Url("/supervise/" + std::string(name(figure.tile)))}}).close();
  html.open("p", {{"class", "big"}});
  html.text(figure.more ? phrases("board.more_than", {{"n", whole(visit, figure.count)}}) : whole(visit, figure.count));
  html.element("span", phrases("board.of", {{"n", whole(visit, figure.of)}}), {{"class", "far"}}).close();
  html.open("p");
  if (figure.p90)
    html.text(
        phrases(key + ".p90", {{"value", said(visit, *figure.p90, figure.unit)}, {"n", whole(visit, figure.sampled)}}));
  else
    html.text(phrases("board.no_p90"));
  html.close();
  html.open("p", {{"class", "trend"}});
  icon(html, figure.this_week > figure.last_week ? "up" : figure.this_week < figure.last_week ? "down" : "plain");
  html.text(
      phrases(key + ".trend", {{"now", whole(visit, figure.this_week)}, {"before", whole(visit, figure.last_week)}}));
  html.close().close();
}

/// Cases that nobody here can take come before all numbers, with what to do about them.
void stranded(Html& html, const Visit& visit, const Board& board) {
  const formats::Phrases& phrases = visit.phrases;
  for (const TeamFigure* team : board.stranded()) {
    html.open("section", {{"class", "warning"}});
    html.open("h2");
    icon(html, "bad");
    const bool locked = team->present != 0;
    html.text(phrases(locked ? "board.locked" : "board.stranded", {{"team", team_name(visit, team->team)}})).close();
    html.element(
        "p", phrases.counted("board.stranded.cases", static_cast<std::int64_t>(locked ? team->locked : team->unowned)));
    html.element("p", phrases(locked ? "board.locked.remedy" : "board.stranded.remedy"));
    html.open("div", {{"class", "row"}});
    link_button(html, phrases("board.stranded.queue"),
                address_with("/queue", {{"team", team->team}, {"owner", "none"}}));
    link_button(html, phrases("frame.nav.people"), "/people", "second");
    html.close().close();
  }
}

void unattended_cases(Html& html, const Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const auto all = unattended(visit.reader, *visit.shared.people, visit.now);
  for (const bool works_here : {true, false}) {
    if (std::ranges::none_of(all, [&](const Unattended& one) { return one.works_here == works_here; })) continue;
    html.open("section", {{"class", "card"}});
    html.element("h2", phrases(works_here ? "board.unattended" : "board.unattended.gone")).open("ul");
    for (const Unattended& one : all) {
      if (one.works_here != works_here) continue;
      const std::string number = std::to_string(one.person->id.value);
      html.open("li").text(
          phrases.counted("board.unattended.of", static_cast<std::int64_t>(one.cases), {{"name", one.person->name}}));
      html.text(" ");
      if (works_here)
        html.element("a", phrases("board.unattended.remedy"), {{"href", Url("/people/" + number)}});
      else
        html.element("a", phrases("board.unattended.gone.remedy"),
                     {{"href", Url(address_with("/queue", {{"owner", number}}))}});
      html.close();
    }
    html.close().close();
  }
}

/// Referrals that reach nobody: the desk's clocks stand meanwhile, and the mediation runs out.
void unmediated_cases(Html& html, const Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const auto all = unmediated(visit.reader, *visit.shared.people);
  if (all.empty()) return;
  html.open("section", {{"class", "warning"}}).open("h2");
  icon(html, "bad");
  html.text(phrases("board.unmediated")).close();
  html.open("ul");
  for (const Unmediated& one : all) {
    const auto n = static_cast<std::int64_t>(one.cases);
    html.open("li");
    if (one.mediator) {
      html.text(phrases.counted("board.unattended.of", n, {{"name", one.mediator->name}})).text(" ");
      html.element("a", phrases("board.unmediated.remedy"),
                   {{"href", Url("/people/" + std::to_string(one.mediator->id.value))}});
    } else {
      html.text(phrases.counted("board.unmediated.nobody", n));
    }
    html.open("span", {{"class", "row"}});
    for (const CaseId case_id : one.first)
      html.element("a", phrases("case.number", {{"n", std::to_string(case_id.value)}}),
                   {{"href", Url(case_address(case_id))}});
    html.close().close();
  }
  html.close().close();
}

void head_of(Html& html, const Visit& visit, std::string_view caption, std::initializer_list<std::string_view> keys) {
  const std::string named = visit.phrases(caption);
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", named}});
  html.open("table").element("caption", named);
  html.open("thead").open("tr");
  bool first = true;
  for (const std::string_view key : keys) {
    html.element("th", visit.phrases(key), {{"scope", "col"}, {"class", first ? "" : "number"}});
    first = false;
  }
  html.close().close().open("tbody");
}

void clocks_by_rule(Html& html, const Visit& visit, const Board& board) {
  const InForce& procedure = visit.shared.procedures->at(visit.now);
  head_of(html, visit, "board.rules", {"board.rule", "board.started", "board.ran_out", "board.then"});
  for (const ClockFigure& figure : board.clocks) {
    if (figure.clock == Clock::cooling) continue;  // a pause, not a promise
    const std::string clock(name(figure.clock));
    html.open("tr").open("th", {{"scope", "row"}}).text(visit.phrases("clock." + clock)).text(" ");
    html.open("span", {{"class", "sub"}});
    clause_link(html, visit, procedure, "clocks." + clock);
    html.close().close();
    html.element("td", whole(visit, figure.started), {{"class", "number"}});
    html.element("td", whole(visit, figure.ran_out), {{"class", "number"}});
    html.element("td", effect_words(visit, procedure, figure.clock));
    html.close();
  }
  html.close().close().close();
}

void teams_table(Html& html, const Visit& visit, const Board& board) {
  head_of(html, visit, "board.teams",
          {"board.team", "board.living", "board.at_risk", "board.late", "board.unowned", "board.present"});
  for (const TeamFigure& team : board.teams) {
    html.open("tr").open("th", {{"scope", "row"}});
    html.element("a", team_name(visit, team.team), {{"href", Url(address_with("/queue", {{"team", team.team}}))}})
        .close();
    for (const std::uint64_t number : {team.living, team.at_risk, team.late})
      html.element("td", whole(visit, number), {{"class", "number"}});
    html.open("td", {{"class", "number"}});
    if (team.unowned == 0)
      html.text("0");
    else
      html.element("a", whole(visit, team.unowned),
                   {{"href", Url(address_with("/queue", {{"team", team.team}, {"owner", "none"}}))}});
    html.close();
    html.element("td", whole(visit, team.present), {{"class", "number"}}).close();
  }
  html.close().close().close();
}

void pair(Html& html, const Visit& visit, std::string_view key, const Pair& figures) {
  const std::string beginning = "board.pair." + std::string(key);
  html.open("li", {{"class", "card"}}).element("h3", visit.phrases(beginning));
  html.element("p", figures.speed_p50_ms
                        ? visit.phrases(beginning + ".speed", {{"p50", time_of(visit, *figures.speed_p50_ms)},
                                                               {"p90", time_of(visit, *figures.speed_p90_ms)},
                                                               {"n", whole(visit, figures.n)}})
                        : visit.phrases("board.pair.none"));
  html.element("p", visit.phrases(beginning + ".other", {{"share", share_of(visit, figures.part, figures.whole)}}));
  html.close();
}

void procedures(Html& html, const Visit& visit) {
  const InForce& now = visit.shared.procedures->at(visit.now);
  html.open("section").element("h2", visit.phrases("board.procedure"));
  html.open("p").element("strong", now.file.title.in(visit.language())).text(" ");
  html.text(visit.phrases("board.procedure.version", {{"version", now.file.version}})).text(" ");
  html.text(visit.phrases("board.procedure.since",
                          {{"date", day_in_words(visit.phrases, desk_zone(visit), now.adopted.effective_from)}}));
  html.close();
  for (const InForce* next : visit.shared.procedures->all())
    if (visit.shared.procedures->standing(*next, visit.now) == Standing::coming)
      html.element(
          "p", visit.phrases("board.procedure.next",
                             {{"version", next->file.version},
                              {"date", day_in_words(visit.phrases, desk_zone(visit), next->adopted.effective_from)}}));
  html.open("p").element("a", visit.phrases("board.procedure.all"), {{"href", Url("/procedures")}}).close();
  html.close();
  html.open("section").element("h2", visit.phrases("board.people"));
  html.element("p", visit.phrases("board.people.what"));
  html.open("p").element("a", visit.phrases("board.people.all"), {{"href", Url("/people")}}).close();
  html.close();
}

Response board_page(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const auto board = board_of(visit.reader, *visit.shared.people, all_teams(visit), visit.now);
  if (!board) return unreadable(visit, board.error());
  PageParts parts;
  parts.title = phrases("board.title");
  parts.subtitle = phrases("board.subtitle");
  parts.here = "supervise";
  parts.css_class = "lists";
  parts.live_lists = true;
  Html& html = parts.main;
  stranded(html, visit, *board);
  unattended_cases(html, visit);
  unmediated_cases(html, visit);

  html.element("h2", phrases("board.tiles"), {{"class", "visually-hidden"}});
  html.open("ul", {{"class", "tiles"}});
  for (const TileFigure& figure : board->tiles) tile(html, visit, figure);
  html.close();

  const std::string since = day_in_words(phrases, desk_zone(visit), board->since);
  html.element("h2", phrases("board.pairs"));
  html.element("p", phrases(board->cut ? "board.since.cut" : "board.since", {{"date", since}}), {{"class", "hint"}});
  html.open("ul", {{"class", "tiles"}});
  pair(html, visit, "answers", board->answers);
  pair(html, visit, "closings", board->closings);
  html.open("li", {{"class", "card"}}).element("h3", phrases("board.pair.after"));
  html.element("p", phrases("board.pair.after.what", {{"reopened", whole(visit, board->reopened)},
                                                      {"restarted", whole(visit, board->restarted)},
                                                      {"abandoned", whole(visit, board->abandoned)}}));
  html.close().close();

  html.element("h2", phrases("board.by_rule"));
  html.element("p", phrases(board->cut ? "board.since.cut" : "board.since", {{"date", since}}), {{"class", "hint"}});
  clocks_by_rule(html, visit, *board);
  html.element("h2", phrases("board.by_team"));
  html.element("p", phrases("board.no_ranking"), {{"class", "hint"}});
  teams_table(html, visit, *board);
  procedures(parts.aside, visit);
  return page(visit, std::move(parts));
}

Response tile_page(Visit& visit) {
  const auto tile = tile_from(visit.captures.at(0));
  if (!tile) return not_found(visit);
  ledger::CaseQuery query = query_of(*tile, visit.now);
  query.after = std::string(parameter(visit, "after"));
  const auto rows = visit.reader.cases(query);
  if (!rows) return unreadable(visit, rows.error());
  const std::string address = "/supervise/" + std::string(name(*tile));
  PageParts parts;
  parts.title = visit.phrases(key_of(*tile));
  parts.subtitle = visit.phrases(key_of(*tile) + ".what");
  parts.here = "supervise";
  parts.css_class = "lists";
  parts.live_lists = true;
  parts.main.open("p", {{"class", "back"}});
  parts.main.element("a", visit.phrases("board.back"), {{"href", Url("/supervise")}}).close();
  case_table(parts.main, visit, rows->rows,
             {.next_address = rows->next.empty() ? std::string{} : address_with(address, {{"after", rows->next}}),
              .promise = query.order == ledger::CaseQuery::Order::promise});
  return page(visit, std::move(parts));
}

constexpr std::array kRoutes{
    Route{Method::get, "/supervise", Right::supervise, board_page, nullptr,
          "Promises at risk, hand-offs, cases with many agents, closings without decision, adverse measures"},
    Route{Method::get, "/supervise/{tile}", Right::supervise, tile_page, nullptr, "The cases behind one of them"},
};

}  // namespace

std::span<const Route> supervisor_routes() { return kRoutes; }

}  // namespace guichet::desk
