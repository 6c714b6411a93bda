#include <guichet/desk/pages/saved_views.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <guichet/base/digest.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kOwnKind = "view";
constexpr std::string_view kTeamKind = "team_view";
constexpr std::size_t kNameBytesMax = 200;

std::optional<SavedView> view_from(const ledger::Record& record) {
  const auto json = formats::parse_json(record.body, "view");
  if (!json) return std::nullopt;
  const formats::JsonValue *name = json->find("name"), *address = json->find("address"), *team = json->find("team"),
                           *by = json->find("by");
  if (name == nullptr || address == nullptr) return std::nullopt;
  SavedView view{.key = record.key, .name = name->text, .address = address->text, .team = {}, .by = {}};
  if (team != nullptr) view.team = team->text;
  view.by = ActorId{static_cast<std::uint32_t>(by != nullptr ? by->integer : static_cast<std::int64_t>(record.owner))};
  return view;
}

bool is_list_address(std::string_view address) {
  return address.size() <= 2'000 &&
         std::ranges::any_of(
             std::initializer_list<std::string_view>{"/queue", "/cases", "/search"},
             [&](std::string_view path) { return address == path || address.starts_with(std::string(path) + "?"); });
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// One segment of an address, whatever the name.
std::string key_of(ActorId person, std::string_view team, std::string_view name) {
  RunningDigest digest;
  for (const std::string_view part : {team, name}) {
    digest.add(part.size());
    digest.add(std::as_bytes(std::span{part}));
  }
  return fmt::format("{}-{:016x}", team.empty() ? std::to_string(person.value) : "team", digest.value());
}

void forget(Visit& visit, const std::string& key, Respond respond) {
  const std::vector<SavedView> views = views_of(visit);
  const auto view = std::ranges::find(views, key, &SavedView::key);
  if (view == views.end() || !may_forget(visit, *view)) return respond(not_found(visit));
  ledger::RecordChange change;
  change.record.kind = view->team.empty() ? kOwnKind : kTeamKind;
  change.record.key = key;
  change.record.owner = view->team.empty() ? visit.person->id.value : 0;
  change.remove = true;
  Errand errand = house_errand(visit);
  errand.records.push_back(std::move(change));
  visit.shared.clerk->submit(std::move(errand), then(visit, std::move(respond), "/views", "told.saved"));
}

}  // namespace

std::vector<SavedView> views_of(const Visit& visit) {
  std::vector<SavedView> views;
  ledger::RecordQuery query;
  query.kind = kOwnKind;
  query.owner = visit.person->id.value;
  if (const auto records = visit.reader.records(query))
    for (const ledger::Record& record : *records)
      if (auto view = view_from(record)) views.push_back(std::move(*view));
  std::ranges::sort(views, {}, &SavedView::name);
  const std::vector<std::string> teams = teams_of(visit);
  ledger::RecordQuery shared;
  shared.kind = kTeamKind;
  std::vector<SavedView> of_teams;
  if (const auto records = visit.reader.records(shared))
    for (const ledger::Record& record : *records)
      if (auto view = view_from(record); view && has(teams, view->team)) of_teams.push_back(std::move(*view));
  std::ranges::sort(of_teams, {}, [](const SavedView& view) { return std::tie(view.team, view.name); });
  std::ranges::move(of_teams, std::back_inserter(views));
  return views;
}

bool may_forget(const Visit& visit, const SavedView& view) {
  return view.team.empty() || view.by == visit.person->id || visit.may(Right::supervise);
}

void saved_views(Html& html, const Visit& visit, std::string_view address) {
  const std::vector<SavedView> views = views_of(visit);
  html.open("nav", {{"class", "views"}, {"aria-label", visit.phrases("views.title")}});
  if (!views.empty()) {
    html.open("ul", {{"class", "row plain-list"}});
    for (const SavedView& view : views) {
      html.open("li");
      std::vector<formats::HtmlAttribute> attributes{{"href", Url(view.address)}};
      if (view.address == address) attributes.push_back({"aria-current", "page"});
      html.element("a", view.name, attributes);
      if (!view.team.empty()) html.text(" ").element("span", team_name(visit, view.team), {{"class", "hint"}});
      html.close();
    }
    html.close();
  }
  html.open("details").element("summary", visit.phrases("views.save"));
  open_form(html, visit, "/views", "form");
  hidden(html, "address", address);
  field(html, {.id = "view-name",
               .name = "name",
               .label = visit.phrases("views.name"),
               .required = true,
               .autocomplete = "off",
               .length_max = 60});
  std::vector<Option> whom{{"", visit.phrases("views.for_me"), true}};
  for (const std::string& team : teams_of(visit))
    whom.push_back({team, visit.phrases("views.for_team", {{"team", team_name(visit, team)}}), false});
  if (whom.size() > 1) choice(html, "view-team", "team", visit.phrases("views.for"), whom);
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("views.keep"), "second");
  html.element("a", visit.phrases("views.all"), {{"href", Url("/views")}});
  html.close().close().close().close();
}

Response views_page(Visit& visit) {
  PageParts parts;
  parts.title = visit.phrases("views.title");
  parts.here = "queue";
  const std::vector<SavedView> views = views_of(visit);
  if (views.empty()) parts.main.element("p", visit.phrases("views.none"));
  parts.main.open("ul", {{"class", "plain-list"}});
  for (const SavedView& view : views) {
    parts.main.open("li", {{"class", "card row"}});
    parts.main.element("a", view.name, {{"href", Url(view.address)}});
    if (!view.team.empty())
      parts.main.element("span",
                         visit.phrases("views.of_team",
                                       {{"team", team_name(visit, view.team)}, {"name", person_name(visit, view.by)}}),
                         {{"class", "hint"}});
    if (may_forget(visit, view)) {
      open_form(parts.main, visit, "/views");
      hidden(parts.main, "remove", view.key);
      parts.main.open("button", {{"type", "submit"}, {"class", "quiet"}});
      parts.main.text(visit.phrases("views.remove", {{"name", view.name}})).close();
      parts.main.close();
    }
    parts.main.close();
  }
  parts.main.close();
  return page(visit, std::move(parts));
}

void change_view(Visit& visit, Respond respond) {
  const Fields& form = visit.fields;
  if (const std::string key = form.text("remove"); !key.empty() && !visit.api)
    return forget(visit, key, std::move(respond));
  const std::string name = form.text("name"), to = form.text("address"), team = form.text("team");
  const auto wrong = [&](std::string_view field, std::string_view what) {
    respond(faulty(visit, {std::string(field), std::string(what)}, "agent.unreadable", "views.wrong"));
  };
  if (name.empty()) return wrong("name", "missing");
  if (name.size() > kNameBytesMax) return wrong("name", "too_long");
  if (!is_list_address(to)) return wrong("address", "no_list");
  if (!team.empty() && !has(teams_of(visit), team)) return wrong("team", "not_yours");
  ledger::RecordChange change;
  change.record.kind = team.empty() ? kOwnKind : kTeamKind;
  change.record.owner = team.empty() ? visit.person->id.value : 0;
  change.record.key = key_of(visit.person->id, team, name);
  formats::JsonWriter json(0);
  json.begin_object().key("name").value(name).key("address").value(to);
  if (!team.empty()) json.key("team").value(team).key("by").value(visit.person->id.value);
  json.end_object();
  change.record.body = json.take();
  Errand errand = house_errand(visit);
  const std::string key = change.record.key;
  errand.records.push_back(std::move(change));
  if (visit.api)
    return visit.shared.clerk->submit(
        std::move(errand), then_show(visit, respond,
                                     done_answer(false, "/views/" + key, 201,
                                                 [&](formats::JsonWriter& more) { more.key("view").value(key); }),
                                     "/views/" + key));
  visit.shared.clerk->submit(std::move(errand), then(visit, std::move(respond), to, "told.saved"));
}

void forget_view(Visit& visit, Respond respond) { forget(visit, visit.captures.front(), std::move(respond)); }

}  // namespace guichet::desk
