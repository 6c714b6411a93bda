#include <guichet/desk/pages/house_parts.hpp>

#include <charconv>
#include <span>
#include <utility>

#include <guichet/base/digest.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/pages/audited.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kOnceBytesMax = 200;

}  // namespace

Html& open_card(Html& html, std::string_view id, std::string_view heading) {
  html.open("section", {{"class", "card form-gap"}, {"aria-labelledby", std::string(id)}});
  html.element("h2", heading, {{"id", std::string(id)}});
  return html;
}

void hidden_field(Html& html, std::string_view name, std::string_view value) {
  html.empty("input", {{"type", "hidden"}, {"name", std::string(name)}, {"value", std::string(value)}});
}

void warning(Html& html, std::string_view sentence) {
  html.open("p", {{"class", "warning"}, {"role", "alert"}});
  icon(html, "bad");
  html.text(sentence).close();
}

void examples_warning(Html& html, const Visit& visit) {
  if (visit.shared.house.demo || visit.shared.procedures->empty()) return;
  const InForce& now = visit.shared.procedures->at(visit.now);
  std::string named;
  for (const std::string& one : examples_in(now.file)) named += (named.empty() ? "" : " · ") + one;
  if (named.empty()) return;
  warning(html, visit.phrases("house.examples", {{"named", named}}));
  html.open("p").text(visit.phrases("house.examples.how")).text(" ");
  html.element("a", visit.phrases("house.examples.where"), {{"href", Url("/procedures")}}).close();
}

void pair(Html& html, std::string_view name, std::string_view value) { html.element("dt", name).element("dd", value); }

void boxes(Html& html, std::string_view id, std::string_view name, std::string_view legend,
           const std::vector<Box>& all) {
  html.open("fieldset").element("legend", legend);
  for (std::size_t i = 0; i < all.size(); ++i)
    check_box(html, std::string(id) + "-" + std::to_string(i), name, all[i].value, all[i].label, all[i].checked);
  html.close();
}

Errand house_errand(const Visit& visit) {
  Errand errand;
  errand.channel = visit.api ? ledger::Channel::api : ledger::Channel::web;
  errand.person = visit.person->id;
  const std::string* header = visit.request.header("idempotency-key");
  const std::string once = header != nullptr ? *header : visit.fields.raw("once");
  // A header has its own limit; a form of ours never hides a long word.
  if (once.empty() || (header == nullptr && once.size() > kOnceBytesMax)) return errand;
  RunningDigest digest;
  const auto add = [&digest](std::string_view text) {
    digest.add(text.size());
    digest.add(std::as_bytes(std::span{text}));
  };
  add(name(visit.request.method));
  add(visit.request.path);
  for (const auto& [name, value] : visit.fields.values())
    if (name != "csrf" && name != "once") {
      add(name);
      add(value);
    }
  for (const SentFile& file : visit.fields.files()) add(file.body);
  errand.key = std::to_string(visit.person->id.value) + ":" + once;
  errand.fingerprint = digest.value();
  return errand;
}

Response done_answer(bool repeated, std::string_view address, int status,
                     const std::function<void(formats::JsonWriter&)>& more) {
  formats::JsonWriter json;
  json.begin_object().key("done").value(true).key("repeated").value(repeated);
  json.key("address").value("/api" + std::string(address));
  if (more) more(json);
  json.end_object();
  Response response = json_answer(json, status);
  if (status == 201) response.headers.emplace_back("Location", "/api" + std::string(address));
  return response;
}

Told then(const Visit& visit, Respond respond, std::string address, std::string told) {
  return then(visit, std::move(respond), AddressOf([address = std::move(address)](const Answer&) { return address; }),
              std::move(told));
}

Told then(const Visit& visit, Respond respond, AddressOf address, std::string told) {
  return [language = visit.language(), shared = &visit.shared, person = visit.person, session = visit.session,
          api = visit.api, respond = std::move(respond), address = std::move(address),
          told = std::move(told)](const Answer& answer) {
    if (!api) return respond(answer_page(language, *shared, person, session, answer, address(answer), told));
    if (!answer.ok()) return respond(problem_of(formats::Phrases(language), answer));
    respond(done_answer(answer.kind == Answer::Kind::repeated, address(answer)));
  };
}

Told then_show(const Visit& visit, Respond respond, Response shown, std::string address) {
  return [otherwise = then(visit, respond, std::move(address), {}), respond = std::move(respond),
          shown = std::move(shown)](const Answer& answer) {
    if (answer.kind == Answer::Kind::done) return respond(shown);
    otherwise(answer);
  };
}

Response faulty(const Visit& visit, const FieldFault& fault, std::string_view title_key,
                std::string_view sentence_key) {
  return faulty(visit, fault, [&] { return plain_page(visit, 422, title_key, visit.phrases(sentence_key)); });
}

void note_details(Html& html, const Visit& visit, const ledger::HouseNote& note) {
  using Kind = formats::JsonValue::Kind;
  const auto detail = formats::parse_json(note.detail.empty() ? "{}" : note.detail, "detail");
  if (!detail) return;
  bool first = true;
  for (const auto& [key, value] : detail->members) {
    if (!first) html.text(", ");
    first = false;
    const bool number = value.kind == Kind::integer && value.integer > 0 && value.integer <= 0xFFFF'FFFF;
    const auto id = number ? static_cast<std::uint32_t>(value.integer) : 0U;
    const std::string said = value.kind == Kind::text      ? value.text
                             : value.kind == Kind::integer ? std::to_string(value.integer)
                             : value.kind == Kind::boolean ? (value.boolean ? "true" : "false")
                                                           : "…";
    const std::string word = "house.detail." + key;
    html.element("span", (visit.phrases.has(word) ? visit.phrases(word) : key) + " ", {{"class", "far"}});
    if (key == "person" && number)
      html.text(person_name(visit, ActorId{id}) + " (" + said + ")");
    else if (key == "account" && number)
      html.text(account_name(visit, ledger::AccountId{id}) + " (" + said + ")");
    else if (key == "case" && number && visit.may(Right::audit))
      html.element("a", said, {{"href", Url(audit_address(CaseId{id}))}});
    else if (key == "procedure" && number)
      html.element("a", said, {{"href", Url("/procedure/" + said)}});
    else if (key == "role" && visit.phrases.has("frame.role." + said))
      html.text(visit.phrases("frame.role." + said));
    else
      html.text(value.kind == Kind::integer ? visit.phrases.number(static_cast<double>(value.integer)) : said);
  }
}

std::uint32_t number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size() ? number : 0;
}

std::string own_address(std::string_view address) {
  if (address.size() > 2'000 || !address.starts_with('/') || address.starts_with("//")) return {};
  for (const char c : address)
    if (static_cast<unsigned char>(c) <= ' ' || c == '\\' || c == 0x7F) return {};
  return std::string(address);
}

std::string password_fault(const Visit& visit, const std::string& password, const std::string& again,
                           std::string_view email) {
  const auto& phrases = visit.phrases;
  if (utf8_length(password) < kPasswordLettersMin)
    return phrases("door.password.short", {{"n", std::to_string(kPasswordLettersMin)}});
  if (password.size() > kPasswordBytesMax)
    return phrases("door.password.long", {{"n", std::to_string(kPasswordBytesMax)}});
  if (!email.empty() && password == email) return phrases("door.password.is_email");
  if (password.find_first_not_of(password.front()) == std::string::npos) return phrases("door.password.one_sign");
  if (password != again) return phrases("door.password.differs");
  return {};
}

void new_password_fields(Html& html, const Visit& visit, const std::string& fault) {
  const auto& phrases = visit.phrases;
  field(html, {.id = "new-password",
               .name = "new_password",
               .label = phrases("door.password.new"),
               .hint = phrases("door.password.hint", {{"n", std::to_string(kPasswordLettersMin)}}),
               .value = {},
               .required = true,
               .autocomplete = "new-password",
               .type = "password",
               .draft = {},
               .fault = fault});
  field(html, {.id = "new-password-again",
               .name = "new_password_again",
               .label = phrases("door.password.again"),
               .hint = {},
               .value = {},
               .required = true,
               .autocomplete = "new-password",
               .type = "password",
               .draft = {},
               .fault = {}});
}

std::string_view home_of(Role role) {
  switch (role) {
    case Role::nobody: return "/";
    case Role::seller:
    case Role::agent:
    case Role::decider:
    case Role::mediator: return "/cases";
    case Role::supervisor: return "/supervise";
    case Role::auditor: return "/audit";
    case Role::administrator: return "/people";
  }
  return "/";
}

std::string role_word(const Visit& visit, Role role) { return visit.phrases("frame.role." + std::string(name(role))); }

}  // namespace guichet::desk
