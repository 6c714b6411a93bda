#include <guichet/desk/api/house_json.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/pages/saved_views.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

constexpr std::size_t kPerAnswer = 100;
constexpr std::array kStaff{Role::agent,    Role::supervisor, Role::decider,
                            Role::mediator, Role::auditor,    Role::administrator};

void words(JsonWriter& json, std::string_view key, const std::vector<std::string>& all) {
  json.key(key).begin_array();
  for (const std::string& one : all) json.value(one);
  json.end_array();
}

void text(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.key(key).value(value);
}

void write(JsonWriter& json, const Visit& visit, const Person& person) {
  json.begin_object().key("person").value(person.id.value).key("name").value(person.name);
  text(json, "email", person.email);
  json.key("role").value(name(person.role));
  if (person.account) json.key("account").value(person.account.value);
  words(json, "teams", person.teams);
  words(json, "languages", person.languages);
  json.key("active").value(person.active).key("signs_in").value(!person.password.empty());
  json.key("second_factor").value(!person.totp_secret.empty());
  if (person.absent_until && *person.absent_until > visit.now)
    json.key("absent_until").value(*person.absent_until == kNever ? "told" : print_instant(*person.absent_until));
  if (person.substitute) json.key("substitute").value(person.substitute.value);
  json.key("revision").value(person.revision).end_object();
}

void write(JsonWriter& json, const Account& account) {
  json.begin_object().key("account").value(account.id.value).key("name").value(account.name);
  text(json, "reference", account.reference);
  json.key("revision").value(account.revision);
}

void write(JsonWriter& json, const Template& piece) {
  json.begin_object().key("template").value(piece.key).key("name").value(piece.name);
  text(json, "fr", piece.fr);
  text(json, "en", piece.en);
  text(json, "matter", piece.matter);
  text(json, "team", piece.team);
  json.key("by").value(piece.by.value).key("changed").value(print_instant(piece.changed));
  json.key("revision").value(piece.revision).end_object();
}

Response tokens_of(const Visit& visit, ActorId person) {
  const auto tokens = visit.shared.doorman->tokens(person, visit.reader);
  if (!tokens) return ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("tokens").begin_array();
  for (const KeptKey& token : *tokens) {
    json.begin_object().key("token").value(token.id).key("label").value(token.label);
    json.key("person").value(token.person.value);
    words(json, "scopes", token.scopes);
    json.key("made").value(print_instant(token.made));
    if (token.seen != Instant{}) json.key("seen").value(print_instant(token.seen));
    json.end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

std::string parameter_of(const Visit& visit, std::string_view name) {
  const std::string* value = visit.request.parameter(name);
  return value != nullptr ? *value : std::string{};
}

}  // namespace

Response people_json(Visit& visit) {
  JsonWriter json;
  json.begin_object().key("people").begin_array();
  if (const std::string sought = parameter_of(visit, "email"); !sought.empty()) {
    const auto email = email_from(sought);
    if (!email) return bad_parameter(visit.phrases, "email");
    if (const auto person = visit.shared.people->by_email(*email)) write(json, visit, *person);
  } else {
    const Role only = role_from(parameter_of(visit, "role")).value_or(Role::nobody);
    for (const Role role : kStaff)
      if (only == Role::nobody || only == role)
        for (const auto& person : visit.shared.people->with_role(role)) write(json, visit, *person);
  }
  json.end_array().end_object();
  return json_answer(json);
}

Response person_json(Visit& visit) {
  const auto person = visit.shared.people->person(ActorId{number_of(visit.captures.front())});
  if (!person) return not_found(visit);
  JsonWriter json;
  write(json, visit, *person);
  return json_answer(json);
}

Response accounts_json(Visit& visit) {
  ledger::RecordQuery query;
  query.kind = "account";
  query.limit = kPerAnswer + 1;
  query.key_after = parameter_of(visit, "after");
  auto records = visit.reader.records(query);
  if (!records) return ledger_trouble(visit.phrases);
  const bool more = records->size() > kPerAnswer;
  if (more) records->resize(kPerAnswer);
  JsonWriter json;
  json.begin_object().key("accounts").begin_array();
  for (const ledger::Record& record : *records)
    if (const auto account = account_from(record)) {
      write(json, *account);
      json.end_object();
    }
  json.end_array();
  if (more) json.key("next").value(records->back().key);
  json.end_object();
  return json_answer(json);
}

Response account_json(Visit& visit) {
  const auto account = visit.shared.people->account(ledger::AccountId{number_of(visit.captures.front())});
  if (!account) return not_found(visit);
  JsonWriter json;
  write(json, *account);
  json.key("members").begin_array();
  for (const auto& member : visit.shared.people->members(account->id)) write(json, visit, *member);
  json.end_array().end_object();
  return json_answer(json);
}

Response tokens_json(Visit& visit) { return tokens_of(visit, visit.person->id); }
Response all_tokens_json(Visit& visit) { return tokens_of(visit, ActorId{}); }

Response notes_json(Visit& visit) {
  const std::uint64_t after = number_of(parameter_of(visit, "after"));
  const auto notes = visit.reader.house_notes(after, kPerAnswer);
  if (!notes) return ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("notes").begin_array();
  for (const ledger::HouseNote& note : *notes) {
    json.begin_object().key("note").value(note.number).key("at").value(print_instant(note.at));
    if (note.by) json.key("by").value(note.by.value);
    // As it was written: an object of ours.
    json.key("what").value(note.what).key("detail").value(note.detail.empty() ? "{}" : note.detail).end_object();
  }
  json.end_array();
  if (notes->size() == kPerAnswer) json.key("next").value(std::to_string(notes->back().number));
  json.end_object();
  return json_answer(json);
}

Response views_json(Visit& visit) {
  JsonWriter json;
  json.begin_object().key("views").begin_array();
  for (const SavedView& view : views_of(visit)) {
    json.begin_object().key("view").value(view.key).key("name").value(view.name).key("address").value(view.address);
    text(json, "team", view.team);
    json.key("by").value(view.by.value).end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

Response templates_json(Visit& visit) {
  JsonWriter json;
  json.begin_object().key("templates").begin_array();
  for (const Template& piece : all_templates(visit.reader)) write(json, piece);
  json.end_array().end_object();
  return json_answer(json);
}

Response template_json(Visit& visit) {
  const auto record = visit.reader.record("template", visit.captures.front());
  if (!record) return ledger_trouble(visit.phrases);
  if (!*record) return not_found(visit);
  const auto piece = template_from(**record);
  if (!piece) return ledger_trouble(visit.phrases);
  JsonWriter json;
  write(json, *piece);
  return json_answer(json);
}

Response mail_tray_json(Visit& visit) {
  const auto mails = waiting_mails(visit.reader, kPerAnswer);
  if (!mails) return ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("mails").begin_array();
  for (const TrayMail& mail : *mails) {
    json.begin_object().key("mail").value(mail.id).key("reason").value(name(mail.reason));
    text(json, "detail", mail.detail);
    json.key("from").value(mail.from);
    text(json, "from_name", mail.from_name);
    text(json, "subject", mail.subject);
    json.key("received").value(print_instant(mail.received)).key("bytes").value(mail.bytes);
    if (mail.person) json.key("person").value(mail.person.value);
    if (mail.case_id) json.key("case").value(mail.case_id.value).key("matched").value(mail.matched);
    json.end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

}  // namespace guichet::desk
