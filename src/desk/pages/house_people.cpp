// Who works here and who sells here: the list, one person, and what an administrator or a supervisor may change.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>

#include <guichet/desk/doorman.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/mediators.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/house_pages.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kNameMax = 120;
constexpr std::array kStaff{Role::agent,    Role::supervisor, Role::decider,
                            Role::mediator, Role::auditor,    Role::administrator};

std::string person_address(ActorId id) { return "/people/" + std::to_string(id.value); }

bool of_the_desk(Role role) { return may(role, Right::act_as_desk); }

std::shared_ptr<const Person> captured_person(const Visit& visit) {
  return visit.shared.people->person(ActorId{number_of(visit.captures.front())});
}

/// What the notes of the house say of a person: who, and as what. No words of persons.
ledger::HouseNote note_of(ActorId by, std::string_view what, const Person& person) {
  formats::JsonWriter json(0);
  json.begin_object().key("person").value(person.id.value).key("role").value(name(person.role)).end_object();
  ledger::HouseNote note;
  note.by = by;
  note.what = what;
  note.detail = json.take();
  return note;
}

/// The desk never loses its last administrator, not even to two who send each other away at once: both errands change
/// one record, so one of them comes too late. Gives false when this person is the last.
bool may_lose(const Visit& visit, const Person& person, Errand& errand) {
  if (person.role != Role::administrator) return true;
  std::size_t active = 0;
  for (const auto& one : visit.shared.people->with_role(Role::administrator))
    if (one->active && !one->password.empty()) ++active;
  const bool counts = person.active && !person.password.empty();
  if (counts && active <= 1) return false;
  const auto kept = visit.reader.record("house", "administrators");
  if (!kept) return false;
  ledger::RecordChange guard;
  guard.record.kind = "house";
  guard.record.key = "administrators";
  guard.record.body = "{}";
  guard.record.revision = *kept ? (*kept)->revision : 0;
  guard.expect = *kept ? ledger::RecordChange::Expect::revision : ledger::RecordChange::Expect::absent;
  errand.records.push_back(std::move(guard));
  return true;
}

void state_badge(Html& html, const Visit& visit, const Person& person) {
  const auto& phrases = visit.phrases;
  if (!person.active)
    badge(html, "plain", phrases("house.person.inactive"));
  else if (person.email.empty())
    badge(html, "plain", phrases("house.person.no_sign_in"));
  else if (person.password.empty())
    badge(html, "wait", phrases("house.person.invited"));
  else if (person.absent_until && *person.absent_until > visit.now)
    badge(html, "wait", phrases("house.person.absent"));
  else
    badge(html, "good", phrases("house.person.active"));
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

void cell(Html& html, std::string label, std::string_view words) {
  html.element("td", words, {{"data-label", std::move(label)}});
}

// ---- the list ----------------------------------------------------------------------------------------------

std::vector<std::string> team_names(const Visit& visit, const std::vector<std::string>& teams) {
  std::vector<std::string> names;
  for (const std::string& team : teams) names.push_back(team_name(visit, team));
  return names;
}

void people_table(Html& html, const Visit& visit, const std::vector<std::shared_ptr<const Person>>& people) {
  const auto& phrases = visit.phrases;
  html.open("table", {{"class", "cases"}}).open("thead").open("tr");
  for (const char* column : {"house.column.name", "house.column.role", "house.column.teams", "house.column.state"})
    html.element("th", phrases(column), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const auto& person : people) {
    html.open("tr").open("th", {{"scope", "row"}, {"class", "subject"}});
    const std::string shown = person->name.empty() ? person_name(visit, person->id) : person->name;
    html.element("a", shown, {{"href", Url(person_address(person->id))}});
    html.element("span", person->email, {{"class", "sub"}}).close();
    cell(html, phrases("house.column.role"), role_word(visit, person->role));
    cell(html, phrases("house.column.teams"), joined(team_names(visit, person->teams)));
    html.open("td", {{"data-label", phrases("house.column.state")}});
    state_badge(html, visit, *person);
    html.close().close();
  }
  html.close().close();
}

struct PersonLook {
  std::string name, email, name_fault, email_fault, account_fault, fault;
  Role role = Role::agent;
  ledger::AccountId account;
  std::vector<std::string> teams, languages;
  int status = 200;
  FieldFault first;  // what a program is told

  void wrong(std::string& place, std::string_view field, std::string_view what, std::string sentence) {
    place = std::move(sentence);
    if (first.field.empty()) first = {.field = std::string(field), .fault = std::string(what)};
  }
};

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The teams that the procedure in force knows, and those that the person is in already.
std::vector<Box> team_boxes(const Visit& visit, const std::vector<std::string>& chosen) {
  std::vector<Box> all;
  std::vector<std::string> names = visit.shared.procedures->at(visit.now).file.teams;
  for (const std::string& team : chosen)
    if (!has(names, team)) names.push_back(team);
  for (const std::string& team : names)
    all.push_back({.value = team, .label = team_name(visit, team), .checked = has(chosen, team)});
  return all;
}

void person_fields(Html& html, const Visit& visit, const PersonLook& look, bool may_be_seller) {
  const auto& phrases = visit.phrases;
  field(html, {.id = "name",
               .name = "name",
               .label = phrases("house.person.name"),
               .hint = phrases("house.person.name.hint"),
               .value = look.name,
               .required = true,
               .autocomplete = "off",
               .draft = {},
               .fault = look.name_fault,
               .length_max = kNameMax});
  field(html, {.id = "email",
               .name = "email",
               .label = phrases("door.email"),
               .hint = phrases("house.person.email.hint"),
               .value = look.email,
               .required = false,
               .autocomplete = "off",
               .type = "email",
               .draft = {},
               .fault = look.email_fault});
  std::vector<Option> roles;
  if (may_be_seller)
    roles.push_back({.value = "seller", .label = role_word(visit, Role::seller), .chosen = look.role == Role::seller});
  for (const Role role : kStaff)
    roles.push_back({.value = std::string(name(role)), .label = role_word(visit, role), .chosen = look.role == role});
  choice(html, "role", "role", phrases("house.person.role"), roles);
  html.element("p", phrases("house.person.role.hint"), {{"class", "hint"}});
  if (may_be_seller)
    field(html, {.id = "account",
                 .name = "account",
                 .label = phrases("house.person.account"),
                 .hint = phrases("house.person.account.hint"),
                 .value = look.account ? std::to_string(look.account.value) : std::string{},
                 .required = false,
                 .autocomplete = "off",
                 .draft = {},
                 .fault = look.account_fault});
  const auto teams = team_boxes(visit, look.teams);
  if (!teams.empty()) boxes(html, "team", "teams", phrases("house.person.teams"), teams);
  boxes(html, "speaks", "languages", phrases("house.person.languages"),
        {{.value = "fr", .label = "Français", .checked = has(look.languages, "fr")},
         {.value = "en", .label = "English", .checked = has(look.languages, "en")}});
}

/// Reads the fields of a person into `person` and into `look`, with what is wrong; true when nothing is.
bool read_person(const Visit& visit, Person& person, PersonLook& look) {
  const auto& phrases = visit.phrases;
  look.name = one_line(visit.fields.text("name"));
  look.email = visit.fields.text("email");
  look.role = role_from(visit.fields.text("role")).value_or(Role::nobody);
  look.account = ledger::AccountId{number_of(visit.fields.text("account"))};
  look.teams = visit.fields.all("teams");
  look.languages = visit.fields.all("languages");
  look.status = 422;
  if (look.name.empty() || look.name.size() > kNameMax)
    look.wrong(look.name_fault, "name", look.name.empty() ? "missing" : "too_long", phrases("door.name.missing"));
  std::optional<std::string> email = std::string{};
  if (!look.email.empty()) email = email_from(look.email);
  if (!email) {
    look.wrong(look.email_fault, "email", "no_address", phrases("door.email.wrong"));
  } else if (!email->empty()) {
    const auto owner = visit.shared.people->by_email(*email);
    if (owner && owner->id != person.id)
      look.wrong(look.email_fault, "email", "taken", phrases("house.person.email.taken"));
  }
  if (look.role == Role::mediator && person.active)
    if (const auto other = mediator_named(*visit.shared.people, look.name, person.id)) {
      // Whoever is added under the name of somebody who was only expected becomes that one.
      const bool is_he = !person.id && other->email.empty() && !look.email.empty();
      if (!is_he)
        look.wrong(look.name_fault, "name", "mediator_there",
                   phrases("house.person.name.mediator_there", {{"n", std::to_string(other->id.value)}}));
    }
  if (look.role == Role::nobody) look.wrong(look.fault, "role", "no_such_choice", phrases("house.person.role.missing"));
  if (look.role == Role::seller && !visit.shared.people->account(look.account))
    look.wrong(look.account_fault, "account", "no_such_account", phrases("house.person.account.missing"));
  const auto known = team_boxes(visit, {});
  const auto is_team = [&](const std::string& team) {
    return std::ranges::find(known, team, &Box::value) != known.end();
  };
  const auto is_language = [](const std::string& one) { return formats::language_from(one).has_value(); };
  // A page offers what there is; a program is told what is not.
  if (visit.api && !std::ranges::all_of(look.teams, is_team))
    look.wrong(look.fault, "teams", "no_such_choice", phrases("field.no_such_choice"));
  if (visit.api && !std::ranges::all_of(look.languages, is_language))
    look.wrong(look.fault, "languages", "no_such_choice", phrases("field.no_such_choice"));
  if (!look.first.field.empty()) return false;
  person.name = look.name;
  person.email = *email;
  person.role = look.role;
  person.account = look.role == Role::seller ? look.account : ledger::AccountId{};
  person.teams = of_the_desk(look.role) ? look.teams : std::vector<std::string>{};
  person.languages = look.languages;
  // What binds nobody is cut: a team is a word of the procedure, a language one that we speak.
  std::erase_if(person.teams, std::not_fn(is_team));
  std::erase_if(person.languages, std::not_fn(is_language));
  return true;
}

/// A referral finds its mediator by the name that the procedure has for him: whether somebody here has it.
void named_mediators(Html& html, const Visit& visit) {
  const auto& phrases = visit.phrases;
  const auto& mediators = visit.shared.procedures->at(visit.now).file.mediators;
  if (mediators.empty()) return;
  open_card(html, "mediators", phrases("house.mediators.title"));
  html.element("p", phrases("house.mediators.what"));
  html.open("ul");
  for (const rulebook::Mediator& mediator : mediators) {
    const auto person = mediator_named(*visit.shared.people, mediator.name);
    html.open("li");
    if (person)
      html.element("a", mediator.name, {{"href", Url(person_address(person->id))}});
    else
      html.text(mediator.name);
    const bool without_address = person && person->email.empty();
    html.text(" · ").text(phrases(!person                ? "house.mediators.nobody"
                                  : without_address      ? "house.mediators.no_address"
                                  : can_mediate(*person) ? "house.mediators.here"
                                                         : "house.mediators.invited"));
    html.close();
  }
  html.close().close();
}

Response people_page(const Visit& visit, const PersonLook& look) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("house.people.title");
  parts.here = "people";
  parts.status = look.status;
  Html& html = parts.main;
  const std::string* wanted = visit.request.parameter("role");
  const Role only = wanted != nullptr ? role_from(*wanted).value_or(Role::nobody) : Role::nobody;  // nobody: all
  html.open("form", {{"method", "get"}, {"action", Url("/people")}, {"class", "filters"}});
  std::vector<Option> roles{{.value = "", .label = phrases("house.people.all"), .chosen = only == Role::nobody}};
  for (const Role role : kStaff)
    roles.push_back({.value = std::string(name(role)), .label = role_word(visit, role), .chosen = only == role});
  choice(html, "filter-role", "role", phrases("house.person.role"), roles);
  const std::string* sought = visit.request.parameter("email");
  field(html, {.id = "filter-email",
               .name = "email",
               .label = phrases("house.people.by_email"),
               .hint = {},
               .value = sought != nullptr ? *sought : std::string{},
               .required = false,
               .autocomplete = "off",
               .draft = {},
               .fault = {}});
  button(html, phrases("house.people.show"), "second");
  html.close();
  html.open("p").element("a", phrases("house.accounts.link"), {{"href", Url("/accounts")}}).close();

  std::vector<std::shared_ptr<const Person>> people;
  if (sought != nullptr && !sought->empty()) {
    if (const auto email = email_from(*sought))
      if (auto found = visit.shared.people->by_email(*email)) people.push_back(std::move(found));
  } else {
    for (const Role role : kStaff)
      if (only == Role::nobody || only == role)
        for (auto& person : visit.shared.people->with_role(role)) people.push_back(std::move(person));
  }
  if (people.empty())
    html.element("p", phrases("house.people.none"));
  else
    people_table(html, visit, people);

  named_mediators(html, visit);

  if (visit.may(Right::manage_people)) {
    open_card(html, "add-person", phrases("house.people.add"));
    if (!look.fault.empty()) warning(html, look.fault);
    open_form(html, visit, "/people", "form");
    person_fields(html, visit, look, true);
    html.element("p", phrases("house.people.add.what"), {{"class", "hint"}});
    html.open("div");
    button(html, phrases("house.people.add.button"));
    html.close().close().close();
  }
  return page(visit, std::move(parts));
}

// ---- invitations ---------------------------------------------------------------------------------------------

/// The link is shown here and nowhere else: only its digest is kept.
Response link_page(const Visit& visit, const Person& person, const std::string& secret, const std::string& back) {
  const std::string link = visit.shared.house.base_url + "/invitation/" + secret;
  if (visit.api)
    return done_answer(false, back, 200, [&](formats::JsonWriter& json) { json.key("invitation").value(link); });
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("house.invite.title", {{"name", person.name}});
  parts.here = "people";
  Html& html = parts.main;
  html.element("p", phrases("house.invite.what", {{"email", person.email}}));
  html.open("p").element("code", link).close();
  html.element("p", phrases("house.invite.once"));
  html.open("p");
  link_button(html, phrases("house.invite.done"), back);
  html.close();
  return page(visit, std::move(parts));
}

}  // namespace

Response see_people(Visit& visit) { return people_page(visit, {}); }

void add_person(Visit& visit, Respond respond) {
  PersonLook look;
  Person person;
  if (!read_person(visit, person, look))
    return respond(faulty(visit, look.first, [&] { return people_page(visit, look); }));
  Shared& shared = visit.shared;
  ledger::RecordChange invitation;
  const bool invited = !person.email.empty();
  const auto expected = person.role == Role::mediator ? mediator_named(*shared.people, person.name) : nullptr;
  const std::string secret = invited ? shared.doorman->invite(expected ? expected->id : ActorId{}, visit.person->id,
                                                              door_time(shared, visit.now), invitation)
                                     : std::string{};
  const std::string back = person.account ? "/accounts/" + std::to_string(person.account.value) : "/people";
  // A program is told the number, which is known once it is done.
  Response shown;
  if (!visit.api) shown = invited ? link_page(visit, person, secret, back) : see_other(back, "told.person_added");
  look.wrong(look.fault, "email", "taken", visit.phrases("house.person.email.taken"));
  look.status = 409;
  Response taken = faulty(visit, look.first, [&] { return people_page(visit, look); });
  Told told = then_show(visit, respond, std::move(shown), back);
  const std::string link = invited ? shared.house.base_url + "/invitation/" + secret : std::string{};
  const auto answered = [respond = std::move(respond), told, taken, link, api = visit.api, email = person.email,
                         people = shared.people](const Answer& answer, ActorId id) {
    if (answer.kind == Answer::Kind::conflict && people->by_email(email)) return respond(taken);
    if (!api || answer.kind != Answer::Kind::done) return told(answer);
    respond(done_answer(false, person_address(id), 201, [&](formats::JsonWriter& json) {
      json.key("person").value(id.value);
      if (!link.empty()) json.key("invitation").value(link);
    }));
  };
  if (expected) {
    // The cases that were referred to this name are his.
    Person after = *expected;
    after.email = person.email;
    after.languages = person.languages;
    Errand errand = house_errand(visit);
    for (ledger::RecordChange& change : to_change(*expected, after)) errand.records.push_back(std::move(change));
    errand.records.push_back(std::move(invitation));
    errand.house.push_back(note_of(visit.person->id, "person_added", after));
    shared.clerk->submit(std::move(errand), [answered, id = after.id](const Answer& answer) { answered(answer, id); });
    return;
  }
  enrol(
      *shared.clerk, *shared.people, person, house_errand(visit),
      [by = visit.person->id, person, invitation, invited](Errand& errand, ActorId id) {
        Person added = person;
        added.id = id;
        errand.house.push_back(note_of(by, "person_added", added));
        if (!invited) return;
        ledger::RecordChange change = invitation;
        change.record.owner = id.value;
        errand.records.push_back(std::move(change));
      },
      answered);
}

// ---- one person ----------------------------------------------------------------------------------------------

namespace {

void absence_card(Html& html, const Visit& visit, const Person& person) {
  const auto& phrases = visit.phrases;
  open_card(html, "absence", phrases("house.absence.title"));
  html.element("p", phrases("house.absence.what"));
  open_form(html, visit, person_address(person.id) + "/absence", "form");
  const bool away = person.absent_until && *person.absent_until > visit.now;
  const bool open_end = away && *person.absent_until == kNever;
  choice(html, "absent", "absent", phrases("house.absence.state"),
         {{.value = "no", .label = phrases("house.absence.no"), .chosen = !away},
          {.value = "until", .label = phrases("house.absence.until"), .chosen = away && !open_end},
          {.value = "told", .label = phrases("house.absence.told"), .chosen = open_end}});
  field(html, {.id = "back-on",
               .name = "back_on",
               .label = phrases("house.absence.back_on"),
               .hint = phrases("house.absence.back_on.hint"),
               .value = away && !open_end ? print_instant(*person.absent_until).substr(0, 10) : std::string{},
               .required = false,
               .autocomplete = "off",
               .type = "date",
               .draft = {},
               .fault = {}});
  std::vector<Option> others{{.value = "0", .label = phrases("house.absence.nobody"), .chosen = !person.substitute}};
  for (const Role role : {Role::agent, Role::supervisor, Role::decider})
    for (const auto& other : visit.shared.people->with_role(role))
      if (can_answer(*other) && other->id != person.id)
        others.push_back(
            {.value = std::to_string(other->id.value), .label = other->name, .chosen = other->id == person.substitute});
  choice(html, "substitute", "substitute", phrases("house.absence.substitute"), others);
  html.open("div");
  button(html, phrases("door.profile.save"));
  html.close().close().close();
}

void one_button(Html& html, const Visit& visit, const std::string& address, const std::string& label,
                std::string_view css_class, std::string_view name = {}, std::string_view value = {}) {
  open_form(html, visit, address);
  button(html, label, css_class, name, value);
  html.close();
}

void key_card(Html& html, const Visit& visit, const Person& person) {
  const auto& phrases = visit.phrases;
  const std::string address = person_address(person.id);
  open_card(html, "keys", phrases("house.keys.title"));
  html.element("p", phrases("house.keys.what"));
  html.open("div", {{"class", "row"}});
  if (person.active && !person.email.empty())
    one_button(html, visit, address + "/invitation", phrases("house.keys.invite"), "second");
  one_button(html, visit, address + "/sessions/end", phrases("house.keys.sessions"), "second");
  if (!person.totp_secret.empty())
    one_button(html, visit, address + "/second-factor/end", phrases("house.keys.factor"), "danger");
  html.close().close();
}

void active_card(Html& html, const Visit& visit, const Person& person, const std::string& fault) {
  const auto& phrases = visit.phrases;
  open_card(html, "active", phrases(person.active ? "house.leave.title" : "house.return.title"));
  if (!fault.empty()) warning(html, fault);
  html.element("p", phrases(person.active ? "house.leave.what" : "house.return.what"));
  if (person.active && of_the_desk(person.role)) {
    const ledger::CaseQuery theirs{
        .owner = person.id, .phases = static_cast<std::uint8_t>(0xFFU & ~(1U << static_cast<unsigned>(Phase::closed)))};
    if (const auto count = visit.reader.count(theirs, 1'000); count && *count != 0)
      html.element("p", phrases.counted("house.leave.cases", static_cast<std::int64_t>(*count)));
  }
  if (person.active)
    one_button(html, visit, person_address(person.id) + "/active", phrases("house.leave.button"), "danger", "active",
               "no");
  else
    one_button(html, visit, person_address(person.id) + "/active", phrases("house.return.button"), "second", "active",
               "yes");
  html.close();
}

PersonLook look_of(const Person& person) {
  PersonLook look;
  look.name = person.name;
  look.email = person.email;
  look.role = person.role;
  look.account = person.account;
  look.teams = person.teams;
  look.languages = person.languages;
  return look;
}

Response person_page(const Visit& visit, const Person& person, const PersonLook& look, const std::string& leave_fault) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = person.name.empty() ? person_name(visit, person.id) : person.name;
  parts.subtitle = role_word(visit, person.role);
  parts.here = "people";
  parts.status = look.status;
  Html& html = parts.main;
  html.open("p").element("a", phrases("house.people.back"), {{"href", Url("/people")}}).close();
  html.open("dl", {{"class", "pairs"}});
  pair(html, phrases("house.person.number"), std::to_string(person.id.value));
  if (!person.email.empty()) pair(html, phrases("door.email"), person.email);
  if (person.account) {
    html.element("dt", phrases("door.account")).open("dd");
    html.element("a", account_name(visit, person.account),
                 {{"href", Url("/accounts/" + std::to_string(person.account.value))}});
    html.close();
  }
  if (!person.teams.empty()) pair(html, phrases("house.column.teams"), joined(team_names(visit, person.teams)));
  html.element("dt", phrases("house.column.state")).open("dd");
  state_badge(html, visit, person);
  html.close();
  if (person.absent_until && *person.absent_until > visit.now && *person.absent_until != kNever)
    pair(html, phrases("house.absence.back_on"), day_in_words(phrases, desk_zone(visit), *person.absent_until));
  if (person.substitute) pair(html, phrases("house.absence.substitute"), person_name(visit, person.substitute));
  pair(html, phrases("door.factor.title"),
       phrases(person.totp_secret.empty() ? "house.person.factor.off" : "house.person.factor.on"));
  html.close();

  if (of_the_desk(person.role)) absence_card(html, visit, person);
  if (!visit.may(Right::manage_people)) return page(visit, std::move(parts));

  open_card(html, "change", phrases("house.person.change"));
  if (!look.fault.empty()) warning(html, look.fault);
  open_form(html, visit, person_address(person.id), "form");
  hidden_field(html, "revision", std::to_string(person.revision));
  person_fields(html, visit, look, true);
  html.open("div");
  button(html, phrases("door.profile.save"));
  html.close().close().close();
  key_card(html, visit, person);
  active_card(html, visit, person, leave_fault);
  return page(visit, std::move(parts));
}

/// Submits what leads from one to the other, with a note; answers with the person's page.
void change(Visit& visit, Respond respond, const Person& before, const Person& after, std::string_view what,
            std::string told, Errand errand) {
  for (ledger::RecordChange& one : to_change(before, after)) errand.records.push_back(std::move(one));
  errand.house.push_back(note_of(visit.person->id, what, after));
  visit.shared.clerk->submit(std::move(errand),
                             then(visit, std::move(respond), person_address(after.id), std::move(told)));
}

Response last_administrator(const Visit& visit) {
  return problem(409, "last_administrator", visit.phrases("house.leave.last"));
}

}  // namespace

Response see_person(Visit& visit) {
  const auto person = captured_person(visit);
  return person ? person_page(visit, *person, look_of(*person), {}) : not_found(visit);
}

void change_person(Visit& visit, Respond respond) {
  const auto person = captured_person(visit);
  if (!person) return respond(not_found(visit));
  PersonLook look;
  Person after = *person;
  if (!read_person(visit, after, look))
    return respond(faulty(visit, look.first, [&] { return person_page(visit, *person, look, {}); }));
  Person before = *person;
  // What was shown in the form is what is changed: whoever was quicker is not undone.
  if (const auto shown = visit.fields.number("revision"); shown && *shown > 0)
    before.revision = static_cast<std::uint64_t>(*shown);
  Errand errand = house_errand(visit);
  if (after.role != person->role && !may_lose(visit, *person, errand)) {
    if (visit.api) return respond(last_administrator(visit));
    look.fault = visit.phrases("house.leave.last");
    look.status = 409;
    return respond(person_page(visit, *person, look, {}));
  }
  if (after.email.empty()) after.password.clear();
  change(visit, std::move(respond), before, after, "person_changed", "told.saved", std::move(errand));
}

void change_absence(Visit& visit, Respond respond) {
  const auto person = captured_person(visit);
  if (!person || !of_the_desk(person->role)) return respond(not_found(visit));
  Person after = *person;
  const std::string absent = visit.fields.text("absent");
  after.absent_until.reset();
  if (absent == "told") after.absent_until = kNever;
  if (absent == "until") {
    after.absent_until = parse_instant(visit.fields.text("back_on"));
    if (!after.absent_until || *after.absent_until <= visit.now)
      return respond(faulty(visit, {"back_on", "not_to_come"}, "house.absence.title", "house.absence.back_on.wrong"));
  }
  const std::string named = visit.fields.text("substitute");
  const auto substitute = visit.shared.people->person(ActorId{number_of(named)});
  const bool can = substitute && can_answer(*substitute) && substitute->id != person->id;
  // "0" is the choice of nobody.
  if (!can && !named.empty() && named != "0")
    return respond(
        faulty(visit, {"substitute", "no_such_choice"}, "house.absence.title", "house.absence.substitute.wrong"));
  after.substitute = can ? substitute->id : ActorId{};
  change(visit, std::move(respond), *person, after, "absence_changed", "told.saved", house_errand(visit));
}

void invite_person(Visit& visit, Respond respond) {
  const auto person = captured_person(visit);
  if (!person || !person->active || person->email.empty()) return respond(not_found(visit));
  ledger::RecordChange invitation;
  const std::string secret =
      visit.shared.doorman->invite(person->id, visit.person->id, door_time(visit.shared, visit.now), invitation);
  Errand errand = house_errand(visit);
  errand.records.push_back(std::move(invitation));
  errand.house.push_back(note_of(visit.person->id, "person_invited", *person));
  const std::string back = person_address(person->id);
  visit.shared.clerk->submit(std::move(errand),
                             then_show(visit, std::move(respond), link_page(visit, *person, secret, back), back));
}

void switch_person(Visit& visit, Respond respond) {
  const auto person = captured_person(visit);
  if (!person) return respond(not_found(visit));
  const std::string active = visit.fields.text("active");
  // "yes" and "no" are the buttons', true and false are what programs read.
  if (active != "yes" && active != "no" && active != "true" && active != "false")
    return respond(faulty(visit, {"active", "no_such_choice"}, [&] { return see_other(person_address(person->id)); }));
  Person after = *person;
  after.active = active == "yes" || active == "true";
  if (const auto other = person->role == Role::mediator && after.active && !person->active
                             ? mediator_named(*visit.shared.people, person->name)
                             : nullptr) {
    return respond(faulty(visit, {"active", "mediator_there"}, [&] {
      PersonLook look = look_of(*person);
      look.status = 422;
      return person_page(visit, *person, look,
                         visit.phrases("house.person.name.mediator_there", {{"n", std::to_string(other->id.value)}}));
    }));
  }
  Errand errand = house_errand(visit);
  if (!after.active && !may_lose(visit, *person, errand)) {
    if (visit.api) return respond(last_administrator(visit));
    PersonLook look = look_of(*person);
    look.status = 409;
    return respond(person_page(visit, *person, look, visit.phrases("house.leave.last")));
  }
  const bool leaves = person->active && !after.active;
  if (leaves) visit.shared.doorman->end_all_sessions(person->id);
  change(visit, std::move(respond), *person, after, after.active ? "person_returned" : "person_left", "told.saved",
         std::move(errand));
}

void end_persons_sessions(Visit& visit, Respond respond) {
  const auto person = captured_person(visit);
  if (!person) return respond(not_found(visit));
  Errand errand = house_errand(visit);
  errand.house.push_back(note_of(visit.person->id, "sessions_ended", *person));
  Told told = then(visit, std::move(respond), person_address(person->id), "told.sessions_ended");
  visit.shared.doorman->end_sessions(person->id, {}, {},
                                     [errand = std::move(errand), told = std::move(told), clerk = visit.shared.clerk] {
                                       clerk->submit(errand, told);
                                     });
}

void end_persons_factor(Visit& visit, Respond respond) {
  const auto person = captured_person(visit);
  if (!person) return respond(not_found(visit));
  Person after = *person;
  after.totp_secret.clear();
  change(visit, std::move(respond), *person, after, "second_factor_ended", "told.saved", house_errand(visit));
}

}  // namespace guichet::desk
