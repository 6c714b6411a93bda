#include <algorithm>
#include <array>

#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/desk/secrets.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kNameMax = 120;
constexpr std::size_t kBodyMax = 20'000;

/// What may stand in braces.
constexpr std::array<std::string_view, 4> kHoles{"{case}", "{subject}", "{seller}", "{me}"};

/// The text with its holes marked, so that one sees what will be filled in.
void with_holes(Html& html, std::string_view text, std::string_view language) {
  html.open("p", {{"class", "template-text"}, {"lang", std::string(language)}});
  while (!text.empty()) {
    std::size_t first = std::string_view::npos, length = 0;
    for (const std::string_view hole : kHoles)
      if (const std::size_t at = text.find(hole); at < first) first = at, length = hole.size();
    html.text(text.substr(0, first));
    if (first == std::string_view::npos) break;
    html.element("mark", text.substr(first, length));
    text.remove_prefix(first + length);
  }
  html.close();
}

std::string matter_name(const Visit& visit, std::string_view id) {
  if (!id.empty() && !visit.shared.procedures->empty())
    for (const auto& matter : visit.shared.procedures->at(visit.now).file.matters)
      if (matter.id == id) return matter.title.in(visit.language());
  return visit.phrases("templates.any_matter");
}

void texts(Html& html, const Visit& visit, const Template& piece) {
  const auto one = [&](std::string_view language, std::string_view text) {
    if (text.empty()) return;
    html.element("p", visit.phrases("templates." + std::string{language}), {{"class", "hint"}});
    with_holes(html, text, language);
  };
  one("fr", piece.fr);
  one("en", piece.en);
}

void form_of(Html& html, const Visit& visit, const Template& piece, std::string_view action) {
  const formats::Phrases& phrases = visit.phrases;
  open_form(html, visit, action, "form");
  hidden(html, "revision", std::to_string(piece.revision));
  field(html, {.id = "template-name",
               .name = "name",
               .label = phrases("templates.name"),
               .value = piece.name,
               .required = true,
               .autocomplete = "off",
               .length_max = kNameMax});
  std::vector<Option> matters{{"", phrases("templates.any_matter"), piece.matter.empty()}};
  if (!visit.shared.procedures->empty())
    for (const auto& matter : visit.shared.procedures->at(visit.now).file.matters)
      matters.push_back({matter.id, matter.title.in(visit.language()), matter.id == piece.matter});
  choice(html, "template-matter", "matter", phrases("templates.matter"), matters);
  std::vector<Option> teams{{"", phrases("templates.any_team"), piece.team.empty()}};
  for (const std::string& team : teams_of(visit))
    teams.push_back({team, phrases("templates.of_team", {{"team", team_name(visit, team)}}), team == piece.team});
  if (teams.size() > 1) choice(html, "template-team", "team", phrases("templates.team"), teams);
  field(html, {.id = "template-fr",
               .name = "fr",
               .label = phrases("templates.fr"),
               .hint = phrases("templates.holes", {{"holes", "{case}, {subject}, {seller}, {me}"}}),
               .value = piece.fr,
               .rows = 8});
  field(html, {.id = "template-en", .name = "en", .label = phrases("templates.en"), .value = piece.en, .rows = 8});
  html.open("div", {{"class", "row"}});
  button(html, phrases("agent.save"));
  if (piece.revision != 0)
    html.open("button", {{"type", "submit"},
                         {"class", "danger"},
                         {"name", "remove"},
                         {"value", "1"},
                         {"formnovalidate", "formnovalidate"}})
        .text(phrases("templates.remove"))
        .close();
  html.close().close();
}

/// Of everybody, or of a team that this person looks after.
bool may_change(const Visit& visit, const std::string& team) {
  const std::vector<std::string> teams = teams_of(visit);
  return team.empty() || std::ranges::find(teams, team) != teams.end();
}

void only_shown(Html& html, const Visit& visit, const Template& piece) {
  html.element("p", visit.phrases("templates.not_yours"), {{"class", "hint"}});
  texts(html, visit, piece);
}

/// The template of this key as it stands; none when there is none.
Result<std::optional<Template>> kept_template(const Visit& visit, const std::string& key) {
  GUICHET_TRY(record, visit.reader.record("template", key));
  if (!record) return std::optional<Template>{};
  GUICHET_TRY(piece, template_from(*record));
  return std::optional{std::move(piece)};
}

/// What somebody wants with a template: `key` is "new" for one that is to be made.
void put_template(Visit& visit, const std::string& key, bool removes, Respond respond) {
  const Fields& form = visit.fields;
  const bool fresh = key == "new";
  Template piece{
      .key = fresh ? secret_word(9) : key,
      .name = form.text("name"),
      .en = form.text("en"),
      .fr = form.text("fr"),
      .matter = form.text("matter"),
      .team = form.text("team"),
      .by = visit.person->id,
      .changed = visit.now,
      .revision = static_cast<std::uint64_t>(std::max<std::int64_t>(form.number("revision").value_or(0), 0))};
  const auto wrong = [&](std::string_view field, std::string_view what, std::string_view sentence) {
    respond(faulty(visit, {std::string(field), std::string(what)}, "templates.title", sentence));
  };
  if (!fresh) {
    const auto kept = kept_template(visit, key);
    if (!kept) return respond(unreadable(visit, kept.error()));
    if (!*kept) return respond(not_found(visit));
    if (!may_change(visit, (*kept)->team)) return wrong("team", "not_yours", "templates.not_yours");
    // A program that names no revision changes what is there now.
    if (visit.api && piece.revision == 0) piece.revision = (*kept)->revision;
  }
  if (!removes) {
    if (piece.name.empty()) return wrong("name", "missing", "templates.wrong_name");
    if (piece.name.size() > 4 * kNameMax) return wrong("name", "too_long", "templates.wrong_name");
    if (piece.en.empty() && piece.fr.empty()) return wrong("fr", "missing", "templates.wrong_text");
    if (piece.en.size() > kBodyMax || piece.fr.size() > kBodyMax)
      return wrong(piece.fr.size() > kBodyMax ? "fr" : "en", "too_long", "templates.wrong_text");
    if (!may_change(visit, piece.team)) return wrong("team", "not_yours", "templates.not_yours");
  }
  Errand errand = house_errand(visit);
  errand.records.push_back(
      {.record = to_record(piece),
       .expect = fresh ? ledger::RecordChange::Expect::absent : ledger::RecordChange::Expect::revision,
       .remove = removes});
  if (visit.api && fresh)
    return visit.shared.clerk->submit(
        std::move(errand),
        then_show(visit, respond,
                  done_answer(false, "/templates/" + piece.key, 201,
                              [&](formats::JsonWriter& json) { json.key("template").value(piece.key); }),
                  "/templates"));
  visit.shared.clerk->submit(std::move(errand), then(visit, std::move(respond), "/templates", "told.saved"));
}

}  // namespace

Response templates_page(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("templates.title");
  parts.subtitle = phrases("templates.subtitle");
  parts.here = "templates";
  Html& html = parts.main;
  if (!visit.shared.procedures->empty()) {
    const InForce& procedure = visit.shared.procedures->at(visit.now);
    const std::uint32_t most = procedure.file.declares.boilerplate_max_percent;
    if (most < 100) {
      html.open("p").text(phrases("templates.most", {{"share", phrases.percent(most / 100.0, 0)}})).text(" ");
      clause_link(html, visit, procedure, "answers.boilerplate_max_percent");
      html.close();
    }
  }
  link_button(html, phrases("templates.new"), "/templates/new");
  const std::vector<Template> templates = all_templates(visit.reader);
  if (templates.empty()) html.element("p", phrases("templates.none"), {{"class", "card"}});
  for (const Template& piece : templates) {
    html.open("article", {{"class", "card"}});
    html.open("h2").element("a", piece.name, {{"href", Url("/templates/" + piece.key)}}).close();
    html.open("p", {{"class", "hint"}}).text(matter_name(visit, piece.matter)).text(" · ");
    if (!piece.team.empty())
      html.text(phrases("templates.of_team", {{"team", team_name(visit, piece.team)}})).text(" · ");
    html.text(phrases("templates.changed", {{"name", person_name(visit, piece.by)}})).text(" ");
    moment(html, visit, piece.changed);
    html.close();
    texts(html, visit, piece);
    html.close();
  }
  return page(visit, std::move(parts));
}

Response template_page(Visit& visit) {
  const std::string& key = visit.captures.at(0);
  PageParts parts;
  parts.here = "templates";
  Template piece;
  if (key == "new") {
    parts.title = visit.phrases("templates.new");
  } else {
    const auto record = visit.reader.record("template", key);
    if (!record) return unreadable(visit, record.error());
    if (!*record) return not_found(visit);
    auto read = template_from(**record);
    if (!read) return unreadable(visit, read.error());
    piece = std::move(*read);
    parts.title = piece.name;
  }
  if (may_change(visit, piece.team))
    form_of(parts.main, visit, piece, "/templates/" + key);
  else
    only_shown(parts.main, visit, piece);
  parts.main.open("p").element("a", visit.phrases("templates.title"), {{"href", Url("/templates")}}).close();
  return page(visit, std::move(parts));
}

void change_template(Visit& visit, Respond respond) {
  const std::string key = visit.captures.at(0);
  if (visit.api && key == "new") return respond(not_found(visit));
  put_template(visit, key, !visit.api && visit.fields.has("remove") && key != "new", std::move(respond));
}

void add_template(Visit& visit, Respond respond) { put_template(visit, "new", false, std::move(respond)); }

void remove_template(Visit& visit, Respond respond) {
  const std::string key = visit.captures.at(0);
  if (key == "new") return respond(not_found(visit));
  put_template(visit, key, true, std::move(respond));
}

}  // namespace guichet::desk
