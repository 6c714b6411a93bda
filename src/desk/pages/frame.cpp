#include <guichet/desk/pages/frame.hpp>

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include <guichet/base/digest.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/dossier/event_line.hpp>

namespace guichet::desk {
namespace {

using formats::Language;
using formats::Phrases;

/// One entry of the menu.
struct Entry {
  std::string_view here, address, key;
};
constexpr std::array<Entry, 3> kSellerMenu{{{"cases", "/cases", "frame.nav.my_cases"},
                                            {"new", "/cases/new", "frame.nav.new"},
                                            {"account", "/account", "frame.nav.account"}}};
constexpr std::array<Entry, 5> kAgentMenu{{{"cases", "/cases", "frame.nav.my_cases"},
                                           {"queue", "/queue", "frame.nav.queue"},
                                           {"search", "/search", "frame.nav.search"},
                                           {"mail", "/trays/mail", "frame.nav.mail"},
                                           {"templates", "/templates", "frame.nav.templates"}}};
constexpr std::array<Entry, 8> kSupervisorMenu{{{"supervise", "/supervise", "frame.nav.supervise"},
                                                {"cases", "/cases", "frame.nav.my_cases"},
                                                {"queue", "/queue", "frame.nav.queue"},
                                                {"search", "/search", "frame.nav.search"},
                                                {"mail", "/trays/mail", "frame.nav.mail"},
                                                {"templates", "/templates", "frame.nav.templates"},
                                                {"people", "/people", "frame.nav.people"},
                                                {"procedures", "/procedures", "frame.nav.procedures"}}};
constexpr std::array<Entry, 1> kMediatorMenu{{{"cases", "/cases", "frame.nav.my_cases"}}};
constexpr std::array<Entry, 4> kAuditorMenu{{{"audit", "/audit", "frame.nav.audit"},
                                             {"cases", "/cases", "frame.nav.cases"},
                                             {"measures", "/audit/measures", "frame.nav.measures"},
                                             {"house", "/audit/house", "frame.nav.house"}}};
constexpr std::array<Entry, 3> kAdministratorMenu{{{"people", "/people", "frame.nav.people"},
                                                   {"procedures", "/procedures", "frame.nav.procedures"},
                                                   {"desk", "/desk", "frame.nav.desk"}}};
/// For everybody, at the foot of each page and, without a role, at its head.
constexpr std::array<Entry, 4> kPublicMenu{{{"procedure", "/procedure", "frame.nav.procedure"},
                                            {"figures", "/figures", "frame.nav.figures"},
                                            {"verify", "/verify", "frame.nav.verify"},
                                            {"accessibility", "/accessibility", "frame.nav.accessibility"}}};

std::span<const Entry> menu_of(Role role) {
  switch (role) {
    case Role::nobody: return {};
    case Role::seller: return kSellerMenu;
    case Role::agent:
    case Role::decider: return kAgentMenu;
    case Role::supervisor: return kSupervisorMenu;
    case Role::mediator: return kMediatorMenu;
    case Role::auditor: return kAuditorMenu;
    case Role::administrator: return kAdministratorMenu;
  }
  return {};
}

/// What a frame must know of a request; callbacks have no more than this.
struct Around {
  const Shared& shared;
  const Phrases& phrases;
  const Person* person;
  const Session* session;
  std::string address;  // of this page, without the language
  std::string told;     // key of a sentence to say once; empty: none
  Instant now;
  std::vector<std::string>* once = nullptr;  // of Visit
};

/// The style sheet is named by its content, so that a browser may keep it for ever.
const std::string& style_address() {
  static const std::string address = [] {
    RunningDigest digest;
    digest.add(std::as_bytes(std::span(formats::served_style())));
    return "/static/desk.css?v=" + digest.hex();
  }();
  return address;
}

/// The address of a request in the other language, its own parameters kept.
std::string address_of(const Request& request) {
  std::string address = request.path;
  char sign = '?';
  for (const auto& [name, value] : request.query) {
    if (name == "language") continue;
    address.append(1, sign).append(url_encoded(name)).append("=").append(url_encoded(value));
    sign = '&';
  }
  return address;
}

std::string in_language(const std::string& address, Language language) {
  return fmt::format("{}{}language={}", address, address.find('?') == std::string::npos ? '?' : '&', code(language));
}

void hidden(Html& html, std::string_view name, std::string_view value) {
  html.empty("input", {{"type", "hidden"}, {"name", std::string(name)}, {"value", std::string(value)}});
}

void begin_form(Html& html, const Session* session, std::vector<std::string>* once_keys, std::string_view action,
                std::string_view css_class, bool files) {
  const std::string kind = files ? "multipart/form-data" : "application/x-www-form-urlencoded";
  if (css_class.empty())
    html.open("form", {{"method", "post"}, {"action", Url(action)}, {"enctype", kind}});
  else
    html.open("form",
              {{"method", "post"}, {"action", Url(action)}, {"enctype", kind}, {"class", std::string(css_class)}});
  if (session != nullptr) hidden(html, "csrf", session->csrf);
  const std::string once = secret_word(12);
  hidden(html, "once", once);
  if (once_keys != nullptr) once_keys->push_back(once);
}

void menu_entry(Html& html, const Entry& entry, std::string_view here, const Phrases& phrases) {
  html.open("li");
  if (entry.here == here)
    html.element("a", phrases(entry.key), {{"href", Url(entry.address)}, {"aria-current", "page"}});
  else
    html.element("a", phrases(entry.key), {{"href", Url(entry.address)}});
  html.close();
}

void menu(Html& html, const Around& around, std::string_view here) {
  const Role role = around.person != nullptr ? around.person->role : Role::nobody;
  const auto entries = role == Role::nobody ? std::span<const Entry>(kPublicMenu) : menu_of(role);
  html.open("nav", {{"class", "menu"}, {"aria-label", around.phrases("frame.nav")}}).open("ul");
  for (const Entry& entry : entries) menu_entry(html, entry, here, around.phrases);
  html.close().close();
}

/// Who looks, in which language, and the way out.
void personal(Html& html, const Around& around, std::string_view here) {
  const Phrases& phrases = around.phrases;
  html.open("div", {{"class", "personal"}});
  if (around.person != nullptr) {
    const Person& person = *around.person;
    const std::string role = phrases("frame.role." + std::string(name(person.role)));
    const std::string label = phrases("frame.me", {{"name", person.name}, {"role", role}});
    html.open("a", {{"class", "me"},
                    {"href", Url("/profile")},
                    {"aria-label", label},
                    {"aria-current", here == "profile" ? "page" : "false"}});
    html.element("span", person.name, {{"class", "me-name"}}).element("span", role, {{"class", "me-role"}}).close();
  }
  const Language other = phrases.language() == Language::fr ? Language::en : Language::fr;
  html.element("a", phrases("frame.other_language"),
               {{"class", "language"},
                {"href", Url(in_language(around.address, other))},
                {"lang", std::string(code(other))},
                {"hreflang", std::string(code(other))}});
  if (around.person != nullptr) {
    begin_form(html, around.session, around.once, "/signout", "signout", false);
    button(html, phrases("frame.sign_out"), "quiet");
    html.close();
  } else {
    html.element("a", phrases("frame.sign_in"), {{"class", "signin"}, {"href", Url("/signin")}});
  }
  html.close();
}

const rulebook::ProcedureFile* in_force(const Shared& shared, Instant now) {
  return shared.procedures == nullptr || shared.procedures->empty() ? nullptr : &shared.procedures->at(now).file;
}

const std::string& zone(const Shared& shared, Instant now) {
  static const std::string kUtc = "UTC";
  const rulebook::ProcedureFile* file = in_force(shared, now);
  return file == nullptr ? kUtc : zone_of(*file);
}

void demo_banner(Html& html, const Around& around) {
  const Phrases& phrases = around.phrases;
  html.open("p", {{"class", "demo"}});
  html.text(phrases("frame.demo")).text(" ");
  html.text(
      phrases("frame.demo.now", {{"moment", moment_in_words(phrases, zone(around.shared, around.now), around.now)}}));
  if (around.person != nullptr && may(around.person->role, Right::manage_desk))
    html.text(" ").element("a", phrases("frame.demo.move"), {{"href", Url("/desk")}});
  html.close();
}

/// The way to a person, at the same place of every page (WCAG 2.2, 3.2.6).
void contact(Html& html, const Around& around) {
  const Phrases& phrases = around.phrases;
  const rulebook::ProcedureFile* file = in_force(around.shared, around.now);
  if (file == nullptr) return;
  const std::string& point = file->declares.contact_point;
  html.open("p", {{"class", "contact"}}).element("strong", phrases("frame.contact")).text(" ");
  if (point.empty()) {
    html.text(phrases("frame.contact.none"));
  } else {
    const bool address = point.starts_with("http://") || point.starts_with("https://");
    const bool mail = !address && point.find('@') != std::string::npos && point.find(' ') == std::string::npos;
    if (address || mail)
      html.element("a", point, {{"href", Url(mail ? "mailto:" + point : point)}});
    else
      html.text(point);
    if (is_example(point)) html.text(" ").element("em", phrases("example.mark"));
    if (file->declares.contact_is_human) html.text(" ").text(phrases("frame.contact.person"));
  }
  html.close();
}

void foot(Html& html, const Around& around, std::string_view here) {
  const Phrases& phrases = around.phrases;
  html.open("footer");
  contact(html, around);
  html.open("nav", {{"aria-label", phrases("frame.footer.nav")}}).open("ul");
  for (const Entry& entry : kPublicMenu) menu_entry(html, entry, here, phrases);
  html.close().close();
  html.element("p", phrases("frame.zone", {{"zone", zone(around.shared, around.now)}}), {{"class", "zone"}});
  html.close();
}

/// The attributes that the script reads stand on an element of their own, because most pages have none.
void live_mark(Html& html, const Around& around, const PageParts& parts) {
  if (around.session != nullptr && !around.session->csrf.empty())
    html.open("div", {{"hidden", "hidden"}, {"id", "session"}, {"data-csrf", around.session->csrf}}).close();
  if (parts.live_case)
    html.open("div", {{"hidden", "hidden"}, {"id", "live"}, {"data-case", std::to_string(parts.live_case.value)}})
        .close();
  else if (parts.live_lists)
    html.open("div", {{"hidden", "hidden"}, {"id", "live"}, {"data-lists", "yes"}}).close();
}

Response frame(const Around& around, PageParts&& parts) {
  const Phrases& phrases = around.phrases;
  Html body;
  body.element("a", phrases("page.skip"), {{"class", "skip"}, {"href", Url("#content")}});
  body.open("header", {{"class", "top"}});
  body.element("a", house_name(around.shared), {{"class", "brand"}, {"href", Url("/")}});
  menu(body, around, parts.here);
  personal(body, around, parts.here);
  if (around.shared.house.demo) demo_banner(body, around);
  body.close();

  std::string zones = "zones";
  if (!parts.before.blank()) zones += " with-before";
  if (!parts.aside.blank()) zones += " with-aside";
  body.open("div", {{"class", std::move(zones)}});
  if (!parts.before.blank()) body.open("div", {{"class", "before"}}).add(parts.before).close();
  body.open("main", {{"id", "content"}, {"tabindex", "-1"}});
  if (!around.told.empty()) {
    body.open("p", {{"class", "told"}, {"role", "status"}});
    icon(body, "good");
    body.text(phrases(around.told)).close();
  }
  if (!parts.title_hidden) {
    body.open("div", {{"class", "head"}}).element("h1", parts.title);
    if (!parts.subtitle.empty()) body.element("p", parts.subtitle, {{"class", "subtitle"}});
    body.close();
  }
  body.add(parts.main).close();
  if (!parts.aside.blank()) body.open("aside", {{"aria-label", phrases("frame.aside")}}).add(parts.aside).close();
  body.close();
  foot(body, around, parts.here);
  live_mark(body, around, parts);

  std::string css_class = "served";
  if (around.person != nullptr) css_class.append(" role-").append(name(around.person->role));
  if (!parts.css_class.empty()) css_class.append(" ").append(parts.css_class);
  Response response;
  response.status = parts.status;
  response.body =
      html_served_page({.language = phrases.language(),
                        .title = phrases("frame.title", {{"page", parts.title}, {"house", house_name(around.shared)}}),
                        .style = style_address(),
                        .script = "/static/desk.js",
                        .body_class = css_class},
                       body);
  response.headers.emplace_back("Cache-Control", "no-store");
  if (!around.told.empty())
    response.headers.emplace_back("Set-Cookie",
                                  fmt::format("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", kToldCookie));
  return response;
}

/// A sentence is said only when it is one of those that pages say after an act.
std::string told_of(const Request& request, const Phrases& phrases) {
  const std::string* key = find(request.cookies, kToldCookie);
  return key != nullptr && key->starts_with("told.") && phrases.has(*key) ? *key : std::string{};
}

Html one_paragraph(std::string_view text, const Phrases& phrases, std::string_view back) {
  Html html;
  html.element("p", text);
  html.open("p").element("a", phrases("frame.back"), {{"href", Url(back)}}).close();
  return html;
}

/// Where somebody comes from, when that is a page of ours; otherwise the first one.
std::string_view way_back(const Visit& visit) { return visit.person ? "/cases" : "/"; }

}  // namespace

Response page(const Visit& visit, PageParts parts) {
  return frame({.shared = visit.shared,
                .phrases = visit.phrases,
                .person = visit.person.get(),
                .session = visit.session ? &*visit.session : nullptr,
                .address = address_of(visit.request),
                .told = told_of(visit.request, visit.phrases),
                .now = visit.now,
                .once = visit.once},
               std::move(parts));
}

Response plain_page(const Visit& visit, int status, std::string_view title_key, std::string_view text) {
  PageParts parts;
  parts.title = visit.phrases(title_key);
  parts.main = one_paragraph(text, visit.phrases, way_back(visit));
  parts.status = status;
  return page(visit, std::move(parts));
}

Response not_found(const Visit& visit) {
  if (visit.api) return problem(404, "not_found", visit.phrases("fault.not_found"));
  return plain_page(visit, 404, "frame.not_found.title", visit.phrases("frame.not_found.text"));
}

Response forbidden(const Visit& visit) {
  return plain_page(visit, 403, "frame.forbidden.title", visit.phrases("frame.forbidden.text"));
}

Response see_other(std::string_view address, std::string_view told) {
  Response response;
  response.status = 303;
  response.headers.emplace_back("Location", std::string(address));
  response.headers.emplace_back("Cache-Control", "no-store");
  if (!told.empty())
    response.headers.emplace_back("Set-Cookie",
                                  fmt::format("{}={}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax", kToldCookie, told));
  return response;
}

Response answer_page(Language language, const Shared& shared, const std::shared_ptr<const Person>& person,
                     std::optional<Session> session, const Answer& answer, std::string_view address,
                     std::string_view told, const Html& more) {
  if (answer.ok()) return see_other(address, told);
  const Phrases phrases(language);
  PageParts parts;
  std::string_view kind;
  switch (answer.kind) {
    case Answer::Kind::done:
    case Answer::Kind::repeated:
    case Answer::Kind::refused: kind = "refused", parts.status = 409; break;
    case Answer::Kind::no_such_case: kind = "no_such_case", parts.status = 404; break;
    case Answer::Kind::key_mistaken: kind = "key_mistaken", parts.status = 422; break;
    case Answer::Kind::conflict: kind = "conflict", parts.status = 409; break;
    case Answer::Kind::too_late: kind = "too_late", parts.status = 409; break;
    case Answer::Kind::withdrawn: kind = "withdrawn", parts.status = 409; break;
    case Answer::Kind::stopped: kind = "stopped", parts.status = 503; break;
    case Answer::Kind::failed: kind = "failed", parts.status = 503; break;
  }
  const std::string key = fmt::format("answer.{}", kind);
  parts.title = phrases(key + ".title");
  if (answer.kind == Answer::Kind::refused) {
    parts.main.open("p", {{"class", "refused"}, {"role", "alert"}});
    icon(parts.main, "bad");
    parts.main.text(phrases(fmt::format("refusal.{}", name(answer.refusal)))).close();
    parts.main.element("p", phrases("answer.refused.rule"));
  } else {
    parts.main.open("p", {{"role", "alert"}}).text(phrases(key + ".text")).close();
  }
  parts.main.add(more);
  parts.main.open("p").element("a", phrases("frame.back"), {{"href", Url(address)}}).close();
  return frame({.shared = shared,
                .phrases = phrases,
                .person = person.get(),
                .session = session ? &*session : nullptr,
                .address = std::string(address),
                .told = {},
                .now = shared.clock != nullptr ? shared.clock->now() : Instant{}},
               std::move(parts));
}

Html& open_form(Html& html, const Visit& visit, std::string_view action, std::string_view css_class, bool files) {
  begin_form(html, visit.session ? &*visit.session : nullptr, visit.once, action, css_class, files);
  return html;
}

void field(Html& html, const FieldLook& look) {
  html.open("div", {{"class", look.fault.empty() ? "field" : "field faulty"}});
  html.open("label", {{"for", look.id}}).text(look.label);
  html.close();
  std::string described;
  if (!look.hint.empty()) {
    described = look.id + "-hint";
    html.element("p", look.hint, {{"class", "hint"}, {"id", described}});
  }
  if (!look.fault.empty()) {
    const std::string fault = look.id + "-fault";
    described.append(described.empty() ? "" : " ").append(fault);
    html.open("p", {{"class", "fault"}, {"id", fault}});
    icon(html, "bad");
    html.text(look.fault).close();
  }
  std::vector<formats::HtmlAttribute> attributes{{"id", look.id}, {"name", look.name}};
  if (!described.empty()) attributes.push_back({"aria-describedby", described});
  if (!look.fault.empty()) attributes.push_back({"aria-invalid", "true"});
  if (look.required) attributes.push_back({"required", "required"});
  if (!look.autocomplete.empty()) attributes.push_back({"autocomplete", look.autocomplete});
  if (look.length_max != 0) attributes.push_back({"maxlength", std::to_string(look.length_max)});
  if (!look.draft.empty()) attributes.push_back({"data-draft", look.draft});
  if (look.rows != 0) {
    attributes.push_back({"rows", std::to_string(look.rows)});
    // The first line end after the tag is dropped by browsers: one of our own keeps that of the words.
    html.open("textarea", attributes).text("\n").text(look.value).close();
  } else {
    attributes.push_back({"type", look.type});
    if (!look.value.empty() && look.type != "file") attributes.push_back({"value", look.value});
    if (look.type == "file") attributes.push_back({"multiple", "multiple"});
    html.empty("input", attributes);
  }
  html.close();
}

void choice(Html& html, std::string_view id, std::string_view name, std::string_view label,
            const std::vector<Option>& options) {
  html.open("div", {{"class", "field"}});
  html.element("label", label, {{"for", std::string(id)}});
  html.open("select", {{"id", std::string(id)}, {"name", std::string(name)}});
  for (const Option& option : options) {
    if (option.chosen)
      html.element("option", option.label, {{"value", option.value}, {"selected", "selected"}});
    else
      html.element("option", option.label, {{"value", option.value}});
  }
  html.close().close();
}

void check_box(Html& html, std::string_view id, std::string_view name, std::string_view value, std::string_view label,
               bool checked) {
  html.open("div", {{"class", "check"}});
  std::vector<formats::HtmlAttribute> attributes{
      {"type", "checkbox"}, {"id", std::string(id)}, {"name", std::string(name)}, {"value", std::string(value)}};
  if (checked) attributes.push_back({"checked", "checked"});
  html.empty("input", attributes);
  html.element("label", label, {{"for", std::string(id)}}).close();
}

void button(Html& html, std::string_view label, std::string_view css_class, std::string_view name,
            std::string_view value) {
  std::vector<formats::HtmlAttribute> attributes{{"type", "submit"}};
  if (!css_class.empty()) attributes.push_back({"class", std::string(css_class)});
  if (!name.empty()) {
    attributes.push_back({"name", std::string(name)});
    attributes.push_back({"value", std::string(value)});
  }
  html.open("button", attributes).text(label).close();
}

void link_button(Html& html, std::string_view label, std::string_view address, std::string_view css_class) {
  std::string all = "button";
  if (!css_class.empty()) all.append(" ").append(css_class);
  html.element("a", label, {{"class", all}, {"href", Url(address)}});
}

std::string case_address(CaseId case_id) { return fmt::format("/cases/{}", case_id.value); }

std::string person_name(const Visit& visit, ActorId id) {
  if (!id) return visit.phrases("person.clock");
  const auto person = visit.shared.people->person(id);
  return person && !person->name.empty() ? person->name
                                         : visit.phrases("person.unknown", {{"n", std::to_string(id.value)}});
}

std::string account_name(const Visit& visit, ledger::AccountId id) {
  const auto account = visit.shared.people->account(id);
  return account && !account->name.empty() ? account->name
                                           : visit.phrases("account.unknown", {{"n", std::to_string(id.value)}});
}

std::string team_name(const Visit& visit, std::string_view id) {
  const Procedures& procedures = *visit.shared.procedures;
  if (procedures.empty()) return std::string{id};
  const InForce& now = procedures.at(visit.now);
  if (now.file.team_titles.contains(id)) return now.file.team_name(id, visit.language());
  const auto all = procedures.all();
  const auto named = std::find_if(all.rbegin(), all.rend(), [&](const InForce* one) {
    return procedures.standing(*one, visit.now) == Standing::past && one->file.team_titles.contains(id);
  });
  return named == all.rend() ? std::string{id} : (*named)->file.team_name(id, visit.language());
}

const std::string& desk_zone(const Visit& visit) { return zone(visit.shared, visit.now); }

std::string moment_words(const Visit& visit, Instant at) {
  return moment_in_words(visit.phrases, desk_zone(visit), at);
}

void moment(Html& html, const Visit& visit, Instant at) {
  html.element("time", moment_words(visit, at), {{"datetime", print_instant(at)}});
  html.text(" ").element("span", "(" + distance_in_words(visit.phrases, visit.now, at) + ")", {{"class", "far"}});
}

std::string amount(const Visit& visit, std::uint32_t cents) { return dossier::money(visit.phrases, cents); }

void words(Html& html, std::string_view text, std::string_view language) {
  if (language == "fr" || language == "en")
    html.open("div", {{"class", "words"}, {"lang", std::string(language)}});
  else
    html.open("div", {{"class", "words"}});
  bool in_paragraph = false, in_quotation = false;
  const auto end_paragraph = [&] {
    if (in_paragraph) html.close();
    in_paragraph = false;
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    // What somebody quotes is told apart from what he says.
    const bool quoted = line.starts_with('>');
    if (quoted != in_quotation) {
      end_paragraph();
      if (quoted)
        html.open("blockquote");
      else
        html.close();
      in_quotation = quoted;
    }
    while (quoted && !line.empty() && (line.front() == '>' || line.front() == ' ')) line.remove_prefix(1);
    if (line.empty()) {
      end_paragraph();
      continue;
    }
    if (in_paragraph)
      html.empty("br");
    else
      html.open("p");
    in_paragraph = true;
    html.text(line);
  }
  end_paragraph();
  if (in_quotation) html.close();
  html.close();
}

void badge(Html& html, std::string_view kind, std::string_view word) {
  html.open("span", {{"class", fmt::format("badge badge-{}", kind)}});
  icon(html, kind);
  html.text(word).close();
}

void icon(Html& html, std::string_view name) {
  struct Drawing {
    std::string_view name, path;
  };
  // On a field of 16 by 16, drawn in the colour of the words beside it.
  static constexpr std::array<Drawing, 13> kDrawings{{
      {"good", "M2.5 8.5l3.5 3.5 7.5-8"},
      {"bad", "M8 1.8L15 14H1zM8 6v4M8 11.8v.6"},
      {"wait", "M4 1.5h8M4 14.5h8M5 1.5c0 4 6 5 6 6.5s-6 2.5-6 6.5M11 1.5c0 4-6 5-6 6.5s6 2.5 6 6.5"},
      {"plain", "M8 4.5a3.5 3.5 0 1 0 .01 0z"},
      {"desk", "M1.5 13.5h13M3 13.5V7h10v6.5M5.5 7V4.5a2.5 2.5 0 0 1 5 0V7"},
      {"seller", "M2 6l1.2-3.5h9.6L14 6v1a2 2 0 0 1-4 0 2 2 0 0 1-4 0 2 2 0 0 1-4 0zM3.2 9v5h9.6V9"},
      {"note", "M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z"},
      {"third", "M8 2v12M4 14h8M2.5 4.5h11M2.5 4.5L.8 9.5h3.4zM13.5 4.5l-1.7 5h3.4z"},
      {"clock", "M8 1.5a6.5 6.5 0 1 0 .01 0zM8 4.5V8l2.5 2"},
      {"file", "M9.5 1.5H3.5v13h9v-10zM9.5 1.5v3h3"},
      {"question", "M5.5 6a2.5 2.5 0 1 1 3.8 2.1C8.3 8.7 8 9.2 8 10.2M8 12.6v.6"},
      {"up", "M8 14V2.5M3 7.5l5-5 5 5"},
      {"down", "M8 2v11.5M3 8.5l5 5 5-5"},
  }};
  const auto* drawing = std::ranges::find(kDrawings, name, &Drawing::name);
  if (drawing == kDrawings.end()) drawing = kDrawings.begin() + 3;
  html.open("svg",
            {{"class", "icon"}, {"viewBox", "0 0 16 16"}, {"width", "16"}, {"height", "16"}, {"aria-hidden", "true"}});
  html.empty("path", {{"d", std::string(drawing->path)}}).close();
}

}  // namespace guichet::desk
