// Coming in and going out: the first page, signing in, the first administrator, invitations, and one's own profile.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <guichet/desk/api/desk_json.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/qr.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {
namespace {

constexpr Duration kMinute{60'000};
constexpr std::uint32_t kSignInsPerMinute = 30;  // of one peer
constexpr std::uint32_t kSetupTriesPerMinute = 5;
constexpr std::string_view kCodeCookie = "guichet-code";
constexpr std::size_t kNameMax = 120;

Instant door_now(const Visit& visit) { return door_time(visit.shared, visit.now); }

void add_cookie(Response& response, std::string cookie) {
  response.headers.emplace_back("Set-Cookie", std::move(cookie));
}

/// The word between password and code; an empty one takes the cookie away.
std::string code_cookie(std::string_view word, bool secure) {
  std::string cookie = std::string(kCodeCookie) + "=" + std::string(word) + "; Path=/signin; HttpOnly; SameSite=Strict";
  cookie += word.empty() ? "; Max-Age=0" : "; Max-Age=300";
  if (secure) cookie += "; Secure";
  return cookie;
}

Response signed_in(const std::string& secret, bool secure, const std::string& next) {
  Response response = see_other(next.empty() ? "/" : next);
  add_cookie(response, session_cookie(secret, secure));
  return response;
}

Response too_many(Response page, Instant until, Instant now) {
  page.status = 429;
  const std::int64_t seconds = std::max<std::int64_t>(1, std::chrono::ceil<Seconds>(until - now).count());
  page.headers.emplace_back("Retry-After", std::to_string(seconds));
  return page;
}

/// Nobody governs this desk yet, and there is a word by which somebody can begin to.
bool first_run_is_open(const Shared& shared) {
  return !shared.house.setup_word.empty() && shared.people->with_role(Role::administrator).empty();
}

// ---- the first page ------------------------------------------------------------------------------------

Response home(Visit& visit) {
  if (visit.person) return see_other(home_of(visit.role()));
  if (first_run_is_open(visit.shared)) return see_other("/first-run");
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = house_name(visit.shared);
  parts.subtitle = phrases("door.welcome.subtitle");
  Html& html = parts.main;
  html.element("p", phrases("door.welcome.what"));
  html.open("p").text("");
  link_button(html, phrases("door.signin.button"), "/signin");
  html.close();
  if (visit.shared.house.demo) html.element("p", phrases("door.welcome.demo"));
  html.element("h2", phrases("door.welcome.before.title"));
  html.open("ul");
  html.open("li").element("a", phrases("door.welcome.procedure"), {{"href", Url("/procedure")}});
  html.text(" ").text(phrases("door.welcome.procedure.what")).close();
  html.open("li").element("a", phrases("door.welcome.figures"), {{"href", Url("/figures")}});
  html.text(" ").text(phrases("door.welcome.figures.what")).close();
  html.open("li").element("a", phrases("door.welcome.accessibility"), {{"href", Url("/accessibility")}});
  html.text(" ").text(phrases("door.welcome.accessibility.what")).close();
  html.close();
  html.element("h2", phrases("door.welcome.no_account.title"));
  html.element("p", phrases("door.welcome.no_account"));
  return page(visit, std::move(parts));
}

// ---- signing in ------------------------------------------------------------------------------------------

struct SignInLook {
  std::string email, next, fault;
  int status = 200;
};

void demo_accounts(Html& html, const Visit& visit, const std::string& next) {
  const House& house = visit.shared.house;
  if (!house.demo || house.demo_password.empty()) return;
  const auto& phrases = visit.phrases;
  open_card(html, "demo-accounts", phrases("door.demo.title"));
  html.element("p", phrases("door.demo.what", {{"password", house.demo_password}}));
  html.open("ul", {{"class", "plain-list"}});
  for (const std::string& email : house.demo_emails) {
    const auto person = visit.shared.people->by_email(email);
    if (!person || !person->active) continue;
    html.open("li");
    open_form(html, visit, "/signin", "row");
    hidden_field(html, "email", email);
    hidden_field(html, "password", house.demo_password);
    if (!next.empty()) hidden_field(html, "next", next);
    const std::string role = role_word(visit, person->role);
    button(html, phrases("door.demo.as", {{"name", person->name}, {"role", role}}), "second");
    html.element("span", email, {{"class", "hint"}});
    html.close().close();
  }
  html.close().close();
}

Response sign_in_page(const Visit& visit, const SignInLook& look) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("door.signin.title");
  parts.status = look.status;
  Html& html = parts.main;
  if (!look.fault.empty()) warning(html, look.fault);
  open_form(html, visit, "/signin", "form");
  field(html, {.id = "email",
               .name = "email",
               .label = phrases("door.email"),
               .hint = {},
               .value = look.email,
               .required = true,
               .autocomplete = "username",
               .type = "email",
               .draft = {},
               .fault = {}});
  field(html, {.id = "password",
               .name = "password",
               .label = phrases("door.password"),
               .hint = {},
               .value = {},
               .required = true,
               .autocomplete = "current-password",
               .type = "password",
               .draft = {},
               .fault = {}});
  if (!look.next.empty()) hidden_field(html, "next", look.next);
  html.open("div");
  button(html, phrases("door.signin.button"));
  html.close().close();
  html.element("p", phrases("door.signin.lost"), {{"class", "hint"}});
  demo_accounts(html, visit, look.next);
  return page(visit, std::move(parts));
}

std::string wait_words(const Visit& visit, std::string_view key, Instant until, Instant now) {
  const Duration wait = std::chrono::ceil<Seconds>(until - now);
  return visit.phrases(key, {{"wait", visit.phrases.duration(wait)}});
}

std::string next_of(const Visit& visit) {
  const std::string* asked = visit.request.parameter("next");
  return own_address(asked != nullptr ? *asked : visit.fields.raw("next"));
}

Response see_sign_in(Visit& visit) {
  const std::string next = next_of(visit);
  if (visit.person) return see_other(next.empty() ? "/" : next);
  if (first_run_is_open(visit.shared)) return see_other("/first-run");
  return sign_in_page(visit, {.email = {}, .next = next, .fault = {}});
}

void sign_in(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  const std::string email = visit.fields.text("email"), next = next_of(visit), peer = visit.request.peer;
  const Instant now = door_now(visit);
  Doorman& doorman = *visit.shared.doorman;
  const auto busy = [&] {
    return too_many(sign_in_page(visit, {.email = email, .next = next, .fault = phrases("door.signin.later")}),
                    now + kMinute, now);
  };
  if (!doorman.allows("sign_in", peer, kSignInsPerMinute, kMinute, now)) return respond(busy());
  if (const auto until = doorman.locked_until(email, peer, now)) {
    const std::string fault = wait_words(visit, "door.signin.locked", *until, now);
    return respond(too_many(sign_in_page(visit, {.email = email, .next = next, .fault = fault}), *until, now));
  }
  // The visit is gone when the answer comes, so its pages are made now.
  struct Pages {
    Response wrong, busy, failed;
  };
  auto pages = std::make_shared<Pages>();
  pages->wrong =
      sign_in_page(visit, {.email = email, .next = next, .fault = phrases("door.signin.wrong"), .status = 403});
  pages->busy = busy();
  pages->failed =
      sign_in_page(visit, {.email = email, .next = next, .fault = phrases("door.signin.failed"), .status = 503});
  doorman.sign_in(email, visit.fields.raw("password"), {}, peer, now,
                  [pages, next, secure = visit.request.secure, respond = std::move(respond)](const SignedIn& answer) {
                    switch (answer.outcome) {
                      case SignIn::done: return respond(signed_in(answer.cookie, secure, next));
                      case SignIn::second_factor_needed: {
                        Response response =
                            see_other(next.empty() ? "/signin/code" : "/signin/code?next=" + url_encoded(next));
                        add_cookie(response, code_cookie(answer.cookie, secure));
                        return respond(std::move(response));
                      }
                      case SignIn::wrong:
                      case SignIn::second_factor_wrong: return respond(pages->wrong);
                      case SignIn::locked_out:
                      case SignIn::too_many: return respond(pages->busy);
                      case SignIn::failed: return respond(pages->failed);
                    }
                  });
}

Response code_page(const Visit& visit, const std::string& next, const std::string& fault, int status) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("door.code.title");
  parts.status = status;
  Html& html = parts.main;
  open_form(html, visit, "/signin/code", "form");
  field(html, {.id = "code",
               .name = "code",
               .label = phrases("door.code"),
               .hint = phrases("door.code.hint"),
               .value = {},
               .required = true,
               .autocomplete = "one-time-code",
               .draft = {},
               .fault = fault});
  if (!next.empty()) hidden_field(html, "next", next);
  html.open("div");
  button(html, phrases("door.signin.button"));
  html.close().close();
  html.element("p", phrases("door.code.lost"), {{"class", "hint"}});
  html.open("p").element("a", phrases("door.code.again"), {{"href", Url("/signin")}}).close();
  return page(visit, std::move(parts));
}

Response see_code(Visit& visit) {
  if (visit.person) return see_other("/");
  if (find(visit.request.cookies, kCodeCookie) == nullptr) return see_other("/signin");
  return code_page(visit, next_of(visit), {}, 200);
}

void give_code(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  const std::string next = next_of(visit), peer = visit.request.peer;
  const Instant now = door_now(visit);
  const std::string* word = find(visit.request.cookies, kCodeCookie);
  if (word == nullptr) return respond(see_other("/signin"));
  struct Pages {
    Response wrong, expired, busy, failed;
  };
  auto pages = std::make_shared<Pages>();
  pages->wrong = code_page(visit, next, phrases("door.code.wrong"), 403);
  pages->expired =
      sign_in_page(visit, {.email = {}, .next = next, .fault = phrases("door.code.expired"), .status = 403});
  add_cookie(pages->expired, code_cookie({}, visit.request.secure));
  pages->busy = too_many(code_page(visit, next, phrases("door.signin.later"), 429), now + kMinute, now);
  pages->failed = code_page(visit, next, phrases("door.signin.failed"), 503);
  if (!visit.shared.doorman->allows("sign_in", peer, kSignInsPerMinute, kMinute, now)) return respond(pages->busy);
  visit.shared.doorman->second_factor(
      *word, visit.fields.text("code"), peer, now,
      [pages, next, secure = visit.request.secure, respond = std::move(respond)](const SignedIn& answer) {
        switch (answer.outcome) {
          case SignIn::done: {
            Response response = signed_in(answer.cookie, secure, next);
            add_cookie(response, code_cookie({}, secure));
            return respond(std::move(response));
          }
          case SignIn::wrong:
          case SignIn::second_factor_needed: return respond(pages->expired);
          case SignIn::second_factor_wrong: return respond(pages->wrong);
          case SignIn::locked_out:
          case SignIn::too_many: return respond(pages->busy);
          case SignIn::failed: return respond(pages->failed);
        }
      });
}

Response sign_out(Visit& visit) {
  visit.shared.doorman->sign_out(*visit.session);
  Response response = see_other("/", "told.signed_out");
  add_cookie(response, session_cookie({}, visit.request.secure));
  return response;
}

// ---- the first administrator -----------------------------------------------------------------------------

struct NewPersonLook {
  std::string name, email, desk, fault, password_fault;
  int status = 200;
};

Response first_run_page(const Visit& visit, const NewPersonLook& look) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("door.first_run.title");
  parts.subtitle = phrases("door.first_run.subtitle");
  parts.status = look.status;
  Html& html = parts.main;
  if (!look.fault.empty()) warning(html, look.fault);
  html.element("p", phrases("door.first_run.what"));
  examples_warning(html, visit);
  open_form(html, visit, "/first-run", "form");
  field(html, {.id = "setup-word",
               .name = "setup_word",
               .label = phrases("door.first_run.word"),
               .hint = phrases("door.first_run.word.hint"),
               .value = {},
               .required = true,
               .autocomplete = "off",
               .draft = {},
               .fault = {}});
  if (visit.shared.house.name.empty())
    field(html, {.id = "desk",
                 .name = "desk",
                 .label = phrases("door.first_run.desk"),
                 .hint = phrases("door.first_run.desk.hint"),
                 .value = look.desk,
                 .autocomplete = "organization",
                 .length_max = kHouseNameMax});
  field(html, {.id = "name",
               .name = "name",
               .label = phrases("door.first_run.name"),
               .hint = {},
               .value = look.name,
               .required = true,
               .autocomplete = "name",
               .draft = {},
               .fault = {},
               .length_max = kNameMax});
  field(html, {.id = "email",
               .name = "email",
               .label = phrases("door.email"),
               .hint = phrases("door.email.hint"),
               .value = look.email,
               .required = true,
               .autocomplete = "username",
               .type = "email",
               .draft = {},
               .fault = {}});
  new_password_fields(html, visit, look.password_fault);
  html.open("div");
  button(html, phrases("door.first_run.button"));
  html.close().close();
  return page(visit, std::move(parts));
}

Response see_first_run(Visit& visit) {
  return first_run_is_open(visit.shared) ? first_run_page(visit, {}) : see_other("/");
}

void first_run(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  Shared& shared = visit.shared;
  if (!first_run_is_open(shared)) return respond(see_other("/"));
  const Instant now = door_now(visit);
  NewPersonLook look{.name = one_line(visit.fields.text("name")),
                     .email = visit.fields.text("email"),
                     .desk = one_line(visit.fields.text("desk")),
                     .status = 422};
  // Only a wrong word is a guess: whoever has the right one may be wrong about the rest as often as he likes.
  const bool knows = same_secret(visit.fields.text("setup_word"), shared.house.setup_word);
  if (!knows && !shared.doorman->allows("setup", visit.request.peer, kSetupTriesPerMinute, kMinute, now)) {
    look.fault = phrases("door.signin.later");
    return respond(too_many(first_run_page(visit, look), now + kMinute, now));
  }
  const auto email = email_from(look.email);
  if (!knows)
    look.fault = phrases("door.first_run.word.wrong");
  else if (look.name.empty() || look.name.size() > kNameMax)
    look.fault = phrases("door.name.missing");
  else if (look.desk.size() > kHouseNameMax)
    look.fault = phrases("house.name.wrong");
  else if (!email)
    look.fault = phrases("door.email.wrong");
  else
    look.password_fault =
        password_fault(visit, visit.fields.raw("new_password"), visit.fields.raw("new_password_again"), *email);
  if (!look.fault.empty() || !look.password_fault.empty()) return respond(first_run_page(visit, look));

  Person person;
  person.name = look.name;
  person.email = *email;
  person.role = Role::administrator;
  person.language = visit.language();
  look.fault = phrases("door.first_run.taken");
  look.status = 409;
  auto refused = std::make_shared<Response>(first_run_page(visit, look));
  look.fault = phrases("door.signin.failed");
  look.status = 503;
  auto failed = std::make_shared<Response>(first_run_page(visit, look));
  shared.doorman->hash_password(
      visit.fields.raw("new_password"),
      [=, &shared, respond = std::move(respond), secure = visit.request.secure](Result<std::string> hash) mutable {
        if (!hash) return respond(*failed);
        person.password = *hash;
        // Of two who come at once, this record lets one through.
        Errand errand;
        errand.channel = ledger::Channel::web;
        ledger::RecordChange first;
        first.record.kind = "house";
        first.record.key = "first_administrator";
        first.record.body = "{}";
        first.expect = ledger::RecordChange::Expect::absent;
        errand.records.push_back(std::move(first));
        if (!look.desk.empty()) errand.records.push_back(house_called(look.desk));
        enrol(
            *shared.clerk, *shared.people, person, errand,
            [](Errand& whole, ActorId id) {
              whole.person = id;
              whole.house.push_back(house_note(id, "first_administrator_added", "person", id.value));
            },
            [=, &shared](const Answer& answer, ActorId id) {
              if (!answer.ok()) return respond(answer.kind == Answer::Kind::conflict ? *refused : *failed);
              shared.doorman->admit(id, now, [=](const SignedIn& in) {
                respond(in.outcome == SignIn::done ? signed_in(in.cookie, secure, "/people") : see_other("/signin"));
              });
            });
      });
}

// ---- invitations -----------------------------------------------------------------------------------------

Response no_invitation(const Visit& visit) {
  return plain_page(visit, 404, "door.invitation.none.title", visit.phrases("door.invitation.none"));
}

Response invitation_page(const Visit& visit, const Person& person, const std::string& fault, int status) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("door.invitation.title", {{"name", person.name}});
  parts.subtitle = phrases("door.invitation.subtitle");
  parts.status = status;
  Html& html = parts.main;
  html.element("p", phrases("door.invitation.what", {{"email", person.email}}));
  open_form(html, visit, "/invitation/" + url_encoded(visit.captures.front()), "form");
  // So that a keeper of passwords knows whose this one is.
  html.empty("input", {{"type", "hidden"}, {"name", "email"}, {"value", person.email}, {"autocomplete", "username"}});
  new_password_fields(html, visit, fault);
  html.open("div");
  button(html, phrases("door.invitation.button"));
  html.close().close();
  return page(visit, std::move(parts));
}

std::shared_ptr<const Person> invited_person(const Visit& visit) {
  const auto id = visit.shared.doorman->invited(visit.captures.front(), visit.reader, door_now(visit));
  return id ? visit.shared.people->person(*id) : nullptr;
}

Response see_invitation(Visit& visit) {
  const auto person = invited_person(visit);
  return person ? invitation_page(visit, *person, {}, 200) : no_invitation(visit);
}

/// Whoever changes his password may fear that somebody else had it, and made himself a token. False when the ledger
/// cannot be read.
bool end_tokens(const Visit& visit, ActorId person, Errand& errand) {
  const auto tokens = visit.shared.doorman->tokens(person, visit.reader);
  if (!tokens) return false;
  for (const KeptKey& token : *tokens) {
    errand.records.push_back(visit.shared.doorman->end_token(token));
    errand.house.push_back(house_note(person, "token_ended", "person", person.value));
  }
  return true;
}

void accept_invitation(Visit& visit, Respond respond) {
  const auto person = invited_person(visit);
  if (!person) return respond(no_invitation(visit));
  const std::string password = visit.fields.raw("new_password");
  const std::string fault = password_fault(visit, password, visit.fields.raw("new_password_again"), person->email);
  if (!fault.empty()) return respond(invitation_page(visit, *person, fault, 422));
  Shared& shared = visit.shared;
  auto used = std::make_shared<Response>(no_invitation(visit));
  auto failed = std::make_shared<Response>(invitation_page(visit, *person, visit.phrases("door.signin.failed"), 503));
  Errand ending;
  ending.channel = ledger::Channel::web;
  ending.person = person->id;
  if (!end_tokens(visit, person->id, ending)) return respond(*failed);
  shared.doorman->hash_password(
      password, [=, &shared, respond = std::move(respond), secret = visit.captures.front(), now = door_now(visit),
                 secure = visit.request.secure](Result<std::string> hash) {
        if (!hash) return respond(*failed);
        Person after = *person;
        after.password = *hash;
        Errand errand = ending;
        for (ledger::RecordChange& change : to_change(*person, after)) errand.records.push_back(std::move(change));
        errand.records.push_back(shared.doorman->use_invitation(secret));
        errand.house.push_back(house_note(person->id, "invitation_used", "person", person->id.value));
        shared.clerk->submit(std::move(errand), [=, &shared](const Answer& answer) {
          if (!answer.ok()) return respond(answer.kind == Answer::Kind::conflict ? *used : *failed);
          // A second factor is not skipped by a new password.
          if (!person->totp_secret.empty()) {
            shared.doorman->end_all_sessions(person->id);
            return respond(see_other("/signin", "told.password_set"));
          }
          shared.doorman->admit(person->id, now, [=](const SignedIn& in) {
            Response response = see_other(in.outcome == SignIn::done ? "/" : "/signin", "told.password_set");
            if (in.outcome == SignIn::done) add_cookie(response, session_cookie(in.cookie, secure));
            respond(std::move(response));
          });
        });
      });
}

// ---- the language switch -----------------------------------------------------------------------------------

void change_language(Visit& visit, Respond respond) {
  const auto language = formats::language_from(visit.fields.text("language"));
  const std::string next = next_of(visit);
  Response response = see_other(next.empty() ? "/" : next);
  if (!language) return respond(std::move(response));
  std::string cookie = std::string(kLanguageCookie) + "=" + std::string(formats::code(*language)) +
                       "; Path=/; SameSite=Lax; Max-Age=31536000";
  if (visit.request.secure) cookie += "; Secure";
  add_cookie(response, std::move(cookie));
  if (!visit.person || visit.person->language == language) return respond(std::move(response));
  Person after = *visit.person;
  after.language = language;
  Errand errand = house_errand(visit);
  errand.records = to_change(*visit.person, after);
  visit.shared.clerk->submit(std::move(errand), [response = std::move(response),
                                                 respond = std::move(respond)](const Answer&) { respond(response); });
}

// ---- the profile -----------------------------------------------------------------------------------------

/// What is wrong on which card.
struct ProfileLook {
  std::string old_password_fault, new_password_fault, factor_fault;
  int status = 200;
};

void settings_card(Html& html, const Visit& visit) {
  const auto& phrases = visit.phrases;
  const Person& person = *visit.person;
  open_card(html, "settings", phrases("door.profile.settings"));
  open_form(html, visit, "/profile", "form");
  choice(html, "language", "language", phrases("door.profile.language"),
         {{.value = "en", .label = "English", .chosen = visit.language() == formats::Language::en},
          {.value = "fr", .label = "Français", .chosen = visit.language() == formats::Language::fr}});
  check_box(html, "mails", "mails", "yes", phrases("door.profile.mails"), person.mails);
  if (visit.may(Right::act_as_desk))
    check_box(html, "shortcuts", "shortcuts", "yes", phrases("door.profile.shortcuts"), person.shortcuts);
  html.open("div");
  button(html, phrases("door.profile.save"));
  html.close().close().close();
}

void password_field(Html& html, const Visit& visit, std::string_view id, const std::string& fault) {
  field(html, {.id = std::string(id),
               .name = "password",
               .label = visit.phrases("door.password.now"),
               .hint = {},
               .value = {},
               .required = true,
               .autocomplete = "current-password",
               .type = "password",
               .draft = {},
               .fault = fault});
}

void password_card(Html& html, const Visit& visit, const ProfileLook& look) {
  const auto& phrases = visit.phrases;
  open_card(html, "password-card", phrases("door.profile.password"));
  html.element("p", phrases("door.profile.password.what"));
  open_form(html, visit, "/profile/password", "form");
  html.empty("input",
             {{"type", "hidden"}, {"name", "email"}, {"value", visit.person->email}, {"autocomplete", "username"}});
  password_field(html, visit, "old-password", look.old_password_fault);
  new_password_fields(html, visit, look.new_password_fault);
  html.open("div");
  button(html, phrases("door.profile.password.button"));
  html.close().close().close();
}

void factor_card(Html& html, const Visit& visit, const ProfileLook& look) {
  const auto& phrases = visit.phrases;
  open_card(html, "factor", phrases("door.factor.title"));
  if (visit.person->totp_secret.empty()) {
    html.element("p", phrases("door.factor.off"));
    html.open("p");
    link_button(html, phrases("door.factor.set_up"), "/profile/second-factor", "second");
    html.close().close();
    return;
  }
  if (!look.factor_fault.empty()) warning(html, look.factor_fault);
  html.element("p", phrases("door.factor.on"));
  if (const auto left = visit.shared.doorman->recovery_codes_left(visit.person->id, visit.reader))
    html.element("p", phrases.counted("door.factor.codes_left", static_cast<std::int64_t>(*left)));
  open_form(html, visit, "/profile/recovery-codes", "form");
  password_field(html, visit, "codes-password", {});
  html.open("div");
  button(html, phrases("door.factor.new_codes"), "second");
  html.close().close();
  open_form(html, visit, "/profile/second-factor/end", "form");
  password_field(html, visit, "end-password", {});
  html.open("div");
  button(html, phrases("door.factor.end"), "danger");
  html.close().close().close();
}

void sessions_card(Html& html, const Visit& visit) {
  const auto& phrases = visit.phrases;
  const auto sessions = visit.shared.doorman->sessions(visit.person->id, visit.reader, door_now(visit));
  if (!sessions || sessions->empty()) return;
  open_card(html, "sessions", phrases("door.sessions.title"));
  html.element("p", phrases("door.sessions.what"));
  html.open("table").open("thead").open("tr");
  html.element("th", phrases("door.sessions.since"), {{"scope", "col"}});
  html.element("th", phrases("door.sessions.seen"), {{"scope", "col"}});
  html.element("th", phrases("door.sessions.end"), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const KeptKey& session : *sessions) {
    html.open("tr");
    html.element("td", moment_words(visit, session.made));
    html.element("td", moment_words(visit, session.seen));
    html.open("td");
    if (session.id == visit.session->id) {
      html.text(phrases("door.sessions.this"));
    } else {
      open_form(html, visit, "/profile/sessions/end");
      hidden_field(html, "session", session.id);
      button(html, phrases("door.sessions.end_one"), "second");
      html.close();
    }
    html.close().close();
  }
  html.close().close();
  if (sessions->size() > 1) {
    open_form(html, visit, "/profile/sessions/end");
    button(html, phrases("door.sessions.end_others"), "second");
    html.close();
  }
  html.close();
}

Response profile_page(const Visit& visit, const ProfileLook& look) {
  const auto& phrases = visit.phrases;
  const Person& person = *visit.person;
  PageParts parts;
  parts.title = phrases("door.profile.title");
  parts.here = "profile";
  parts.status = look.status;
  Html& html = parts.main;
  html.open("dl", {{"class", "pairs"}});
  pair(html, phrases("door.name"), person.name);
  pair(html, phrases("door.email"), person.email);
  pair(html, phrases("door.role"), role_word(visit, person.role));
  if (person.account) pair(html, phrases("door.account"), account_name(visit, person.account));
  for (const std::string& team : person.teams) pair(html, phrases("door.team"), team_name(visit, team));
  html.close();
  settings_card(html, visit);
  password_card(html, visit, look);
  factor_card(html, visit, look);
  sessions_card(html, visit);
  if (visit.may(Right::act_as_desk)) {
    open_card(html, "keys", phrases("keys.title"));
    link_button(html, phrases("door.keys.open"), "/keys", "second");
    html.close();
  }
  open_card(html, "tokens", phrases("door.tokens.title"));
  html.element("p", phrases("door.tokens.what"));
  html.open("p");
  link_button(html, phrases("door.tokens.open"), "/tokens", "second");
  html.close().close();
  return page(visit, std::move(parts));
}

Response see_profile(Visit& visit) { return profile_page(visit, {}); }

void change_settings(Visit& visit, Respond respond) {
  Person after = *visit.person;
  if (const auto language = formats::language_from(visit.fields.text("language"))) after.language = language;
  after.mails = visit.fields.checked("mails");
  if (visit.may(Right::act_as_desk)) after.shortcuts = visit.fields.checked("shortcuts");
  Errand errand = house_errand(visit);
  errand.records = to_change(*visit.person, after);
  // The choice of the profile takes the place of what was switched to before.
  Respond and_forget = [respond = std::move(respond)](Response response) {
    add_cookie(response, std::string(kLanguageCookie) + "=; Path=/; SameSite=Lax; Max-Age=0");
    respond(std::move(response));
  };
  visit.shared.clerk->submit(std::move(errand), then(visit, std::move(and_forget), "/profile", "told.saved"));
}

/// Asks for the password once more; `go_on` runs when it is right, on a thread of the doorman's.
void with_password(Visit& visit, Respond respond, Response wrong, std::function<void(const Respond&)> go_on) {
  const Instant now = door_now(visit);
  Response busy = plain_page(visit, 429, "door.later.title", visit.phrases("door.signin.later"));
  visit.shared.doorman->ask_again(
      visit.person->id, visit.fields.raw("password"), visit.request.peer, now,
      [respond = std::move(respond), wrong = std::move(wrong), busy = too_many(std::move(busy), now + kMinute, now),
       go_on = std::move(go_on)](const SignedIn& answer) {
        switch (answer.outcome) {
          case SignIn::done: return go_on(respond);
          case SignIn::wrong:
          case SignIn::second_factor_wrong:
          case SignIn::second_factor_needed: return respond(wrong);
          case SignIn::locked_out:
          case SignIn::too_many:
          case SignIn::failed: return respond(busy);
        }
      });
}

void change_password(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  ProfileLook look{.old_password_fault = {},
                   .new_password_fault = password_fault(visit, visit.fields.raw("new_password"),
                                                        visit.fields.raw("new_password_again"), visit.person->email),
                   .factor_fault = {},
                   .status = 422};
  if (!look.new_password_fault.empty()) return respond(profile_page(visit, look));
  look.old_password_fault = phrases("door.password.wrong");
  Response wrong = profile_page(visit, look);
  Response failed = plain_page(visit, 503, "door.later.title", phrases("door.signin.failed"));
  Shared& shared = visit.shared;
  Errand errand;
  errand.channel = ledger::Channel::web;
  errand.person = visit.person->id;
  if (!end_tokens(visit, visit.person->id, errand)) return respond(failed);
  Told told = then(visit, respond, "/profile", "told.password_set");
  with_password(visit, std::move(respond), std::move(wrong),
                [=, &shared, person = visit.person, session = visit.session->id,
                 password = visit.fields.raw("new_password")](const Respond& answer_with) {
                  shared.doorman->hash_password(password, [=, &shared](Result<std::string> hash) {
                    if (!hash) return answer_with(failed);
                    Person after = *person;
                    after.password = *hash;
                    Errand whole = errand;
                    for (ledger::RecordChange& change : to_change(*person, after))
                      whole.records.push_back(std::move(change));
                    shared.clerk->submit(std::move(whole), [=, &shared](const Answer& answer) {
                      if (answer.ok()) shared.doorman->end_sessions(person->id, {}, session, {});
                      told(answer);
                    });
                  });
                });
}

/// The address as a picture, for the telephone that keeps it; light around it, also on a dark page.
void scannable(Html& html, const Visit& visit, const std::string& address) {
  constexpr std::uint32_t kQuietZone = 4;  // squares, as the standard asks
  constexpr std::uint32_t kSquare = 6;     // pixels
  const auto code = qr_code(address);
  if (!code) return;
  const std::uint32_t side = code->side + 2 * kQuietZone;
  const std::string shown = std::to_string(side * kSquare), squares = std::to_string(side);
  html.element("p", visit.phrases("door.factor.scan"));
  html.open("svg", {{"class", "scannable"},
                    {"role", "img"},
                    {"aria-label", visit.phrases("door.factor.picture")},
                    {"width", shown},
                    {"height", shown},
                    {"viewBox", "0 0 " + squares + " " + squares},
                    {"shape-rendering", "crispEdges"}});
  html.empty("rect", {{"width", squares}, {"height", squares}, {"fill", "#fff"}});
  html.empty("path", {{"d", qr_path(*code, kQuietZone)}, {"fill", "#000"}});
  html.close();
}

Response factor_page(const Visit& visit, const std::string& secret, const std::string& code_fault,
                     const std::string& password_fault, int status) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("door.factor.set_up.title");
  parts.here = "profile";
  parts.status = status;
  Html& html = parts.main;
  html.element("p", phrases("door.factor.what"));
  std::string grouped;
  for (std::size_t i = 0; i < secret.size(); i += 4) grouped += (i == 0 ? "" : " ") + secret.substr(i, 4);
  html.open("dl", {{"class", "pairs"}});
  html.element("dt", phrases("door.factor.secret")).open("dd").element("code", grouped).close();
  const std::string address = totp_address(secret, visit.person->email, house_name(visit.shared));
  html.element("dt", phrases("door.factor.address")).open("dd").element("code", address).close();
  html.close();
  scannable(html, visit, address);
  open_form(html, visit, "/profile/second-factor", "form");
  hidden_field(html, "secret", secret);
  field(html, {.id = "code",
               .name = "code",
               .label = phrases("door.code"),
               .hint = phrases("door.factor.code.hint"),
               .value = {},
               .required = true,
               .autocomplete = "one-time-code",
               .draft = {},
               .fault = code_fault});
  password_field(html, visit, "factor-password", password_fault);
  html.open("div");
  button(html, phrases("door.factor.begin"));
  html.close().close();
  return page(visit, std::move(parts));
}

Response see_factor(Visit& visit) {
  if (!visit.person->totp_secret.empty()) return see_other("/profile");
  return factor_page(visit, new_totp_secret(), {}, {}, 200);
}

Response codes_page(const Visit& visit, const std::vector<std::string>& codes) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("door.codes.title");
  parts.subtitle = phrases("door.codes.subtitle");
  parts.here = "profile";
  Html& html = parts.main;
  html.element("p", phrases("door.codes.what"));
  html.open("ul", {{"class", "plain-list"}});
  for (const std::string& code : codes) html.open("li").element("code", code).close();
  html.close();
  html.open("p");
  link_button(html, phrases("door.codes.done"), "/profile");
  html.close();
  return page(visit, std::move(parts));
}

/// Both are written together: the person's secret, and the digests of the new codes.
void agree(Visit& visit, Respond respond, Response wrong, const std::string& secret, std::uint64_t step) {
  auto factor = visit.shared.doorman->agree_second_factor(visit.person->id, step, visit.reader);
  if (!factor) return respond(plain_page(visit, 503, "door.later.title", visit.phrases("door.signin.failed")));
  Person after = *visit.person;
  after.totp_secret = secret;
  Errand errand;
  errand.channel = ledger::Channel::web;
  errand.person = after.id;
  errand.records = to_change(*visit.person, after);
  errand.records.push_back(factor->change);
  Told told = then_show(visit, respond, codes_page(visit, factor->recovery_codes), "/profile");
  with_password(visit, std::move(respond), std::move(wrong),
                [errand = std::move(errand), told = std::move(told), clerk = visit.shared.clerk](const Respond&) {
                  clerk->submit(errand, told);
                });
}

void begin_factor(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  if (!visit.person->totp_secret.empty()) return respond(see_other("/profile"));
  const std::string secret = visit.fields.text("secret");
  const auto bytes = from_base32(secret);
  if (!bytes || bytes->size() < 16 || secret.size() > 64) return respond(see_other("/profile/second-factor"));
  const auto step = totp_step(secret, visit.fields.text("code"), door_now(visit));
  if (!step) return respond(factor_page(visit, secret, phrases("door.factor.code.wrong"), {}, 422));
  agree(visit, std::move(respond), factor_page(visit, secret, {}, phrases("door.password.wrong"), 422), secret, *step);
}

void renew_codes(Visit& visit, Respond respond) {
  if (visit.person->totp_secret.empty()) return respond(see_other("/profile"));
  Response wrong = profile_page(visit, {.old_password_fault = {},
                                        .new_password_fault = {},
                                        .factor_fault = visit.phrases("door.password.wrong"),
                                        .status = 422});
  agree(visit, std::move(respond), std::move(wrong), visit.person->totp_secret, 0);
}

void end_factor(Visit& visit, Respond respond) {
  if (visit.person->totp_secret.empty()) return respond(see_other("/profile"));
  Response wrong = profile_page(visit, {.old_password_fault = {},
                                        .new_password_fault = {},
                                        .factor_fault = visit.phrases("door.password.wrong"),
                                        .status = 422});
  Person after = *visit.person;
  after.totp_secret.clear();
  Errand errand;
  errand.channel = ledger::Channel::web;
  errand.person = after.id;
  errand.records = to_change(*visit.person, after);
  Told told = then(visit, respond, "/profile", "told.factor_ended");
  with_password(visit, std::move(respond), std::move(wrong),
                [errand = std::move(errand), told = std::move(told), clerk = visit.shared.clerk](const Respond&) {
                  clerk->submit(errand, told);
                });
}

void end_sessions(Visit& visit, Respond respond) {
  const std::string id = visit.fields.text("session");
  if (id == visit.session->id) return respond(see_other("/profile"));
  visit.shared.doorman->end_sessions(visit.person->id, id, visit.session->id, [respond = std::move(respond)] {
    respond(see_other("/profile", "told.sessions_ended"));
  });
}

constexpr std::array<std::string_view, 2> kLanguages{"en", "fr"};
constexpr std::array kSettingFields{
    ActField{"language", FieldKind::choice, false, kLanguages, "of what is said to him"},
    ActField{"mails", FieldKind::flag, false, {}, "whether he is notified by mail"},
    ActField{"shortcuts", FieldKind::flag, false, {}, "of the desk: whether single keys do something"}};

constexpr std::array kRoutes{
    Route{Method::get, "/", Right::anybody, home, nullptr,
          "The first page: what this desk is, or where one's day begins"},
    Route{Method::get, "/signin", Right::anybody, see_sign_in, nullptr, "The form for signing in"},
    Route{Method::post, "/signin", Right::anybody, nullptr, sign_in, "Signs in with address and password"},
    Route{Method::get, "/signin/code", Right::anybody, see_code, nullptr, "The form for the second factor"},
    Route{Method::post, "/signin/code", Right::anybody, nullptr, give_code, "Signs in with the second factor"},
    Route{Method::post, "/signout", Right::signed_in, sign_out, nullptr, "Ends this session"},
    Route{Method::get, "/first-run", Right::anybody, see_first_run, nullptr,
          "The form for the first administrator, while there is none"},
    Route{Method::post, "/first-run", Right::anybody, nullptr, first_run, "Makes the first administrator"},
    Route{Method::get, "/invitation/{secret}", Right::anybody, see_invitation, nullptr,
          "The form for choosing a password"},
    Route{Method::post, "/invitation/{secret}", Right::anybody, nullptr, accept_invitation,
          "Sets the password of somebody who was invited"},
    Route{Method::post, "/language", Right::anybody, nullptr, change_language, "Changes the language of the pages"},
    Route{Method::get, "/profile", Right::signed_in, see_profile, nullptr, "One's own settings, password and sessions"},
    Route{Method::post, "/profile", Right::signed_in, nullptr, change_settings, "Changes one's settings"},
    Route{Method::get, "/api/profile", Right::signed_in, profile_json, nullptr, "One's own settings"},
    Route{Method::put, "/api/profile", Right::signed_in, nullptr, change_settings,
          "Changes one's settings: language, notifications by mail, shortcuts", kSettingFields},
    Route{Method::post, "/profile/password", Right::signed_in, nullptr, change_password, "Changes one's password"},
    Route{Method::get, "/profile/second-factor", Right::signed_in, see_factor, nullptr,
          "A new secret for a second factor"},
    Route{Method::post, "/profile/second-factor", Right::signed_in, nullptr, begin_factor, "Begins a second factor"},
    Route{Method::post, "/profile/second-factor/end", Right::signed_in, nullptr, end_factor, "Ends the second factor"},
    Route{Method::post, "/profile/recovery-codes", Right::signed_in, nullptr, renew_codes,
          "Ten new recovery codes in place of the old"},
    Route{Method::post, "/profile/sessions/end", Right::signed_in, nullptr, end_sessions,
          "Ends one other session, or all others"},
};

}  // namespace

std::span<const Route> door_routes() { return kRoutes; }

}  // namespace guichet::desk
