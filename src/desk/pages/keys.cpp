#include <guichet/desk/pages/keys.hpp>

#include <algorithm>

#include <guichet/base/utf8.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

std::string key_of_record(ActorId person) { return std::to_string(person.value); }

bool is_key(std::string_view key) {
  if (key == "Enter") return true;
  return utf8_length(key) == 1 && static_cast<unsigned char>(key.front()) > 0x20 && key != "\x7f";
}

std::string field_of(const Shortcut& shortcut) { return "key_" + std::string(shortcut.action); }

void table_of_fixed(Html& html, const Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", phrases("keys.fixed")}})
      .open("table");
  html.element("caption", phrases("keys.fixed"));
  html.open("thead").open("tr");
  html.element("th", phrases("keys.key"), {{"scope", "col"}}).element("th", phrases("keys.does"), {{"scope", "col"}});
  html.close().close().open("tbody");
  const auto row = [&](std::string_view key, std::string_view does) {
    html.open("tr").open("th", {{"scope", "row"}}).element("kbd", key).close();
    html.element("td", does).close();
  };
  row("Ctrl+Enter", phrases("keys.send"));
  row("Ctrl+K", phrases("keys.menu"));
  row("/", phrases("keys.search"));
  row("Esc", phrases("keys.leave"));
  const ChosenKeys keys = keys_of(visit.reader, visit.person->id);
  const std::string& go = keys.back();
  if (!go.empty())
    for (const Destination& destination : kDestinations) {
      if (destination.address == "/supervise" && !visit.may(Right::supervise)) continue;
      row(go + " " + std::string(destination.key), phrases("keys.goes", {{"page", phrases(destination.phrase)}}));
    }
  html.close().close().close();
}

}  // namespace

ChosenKeys keys_of(ledger::Reader& reader, ActorId person) {
  ChosenKeys keys;
  for (std::size_t i = 0; i < kShortcuts.size(); ++i) keys[i] = kShortcuts[i].key;
  const auto record = reader.record("keys", key_of_record(person));
  if (!record || !*record) return keys;
  const auto json = formats::parse_json((*record)->body, "keys");
  if (!json) return keys;
  for (std::size_t i = 0; i < kShortcuts.size(); ++i)
    if (const formats::JsonValue* key = json->find(kShortcuts[i].action)) keys[i] = key->text;
  return keys;
}

std::size_t first_wrong(const ChosenKeys& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].empty()) continue;
    if (!is_key(keys[i]) || keys[i] == "/") return i;
    if (std::find(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), keys[i]) !=
        keys.begin() + static_cast<std::ptrdiff_t>(i))
      return i;
  }
  return keys.size();
}

Response keys_page(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("keys.title");
  parts.here = "keys";
  Html& html = parts.main;
  html.element("p", phrases(visit.person->shortcuts ? "keys.on" : "keys.off"));
  html.open("p").element("a", phrases("keys.switch"), {{"href", Url("/profile")}}).close();
  html.element("p", phrases("keys.rule"));

  const ChosenKeys keys = keys_of(visit.reader, visit.person->id);
  const std::string_view wrong = parameter(visit, "wrong");
  open_form(html, visit, "/keys", "keys");
  html.open("fieldset").element("legend", phrases("keys.yours"));
  html.element("p", phrases("keys.empty"), {{"class", "hint"}});
  for (std::size_t i = 0; i < kShortcuts.size(); ++i) {
    const std::string name = field_of(kShortcuts[i]);
    field(html, {.id = name,
                 .name = name,
                 .label = phrases("keys." + std::string(kShortcuts[i].action)),
                 .value = keys[i],
                 .autocomplete = "off",
                 .fault = kShortcuts[i].action == wrong ? phrases("keys.taken") : std::string{},
                 .length_max = 8});
  }
  html.close();
  button(html, phrases("agent.save"));
  html.open("button", {{"type", "submit"}, {"class", "quiet"}, {"name", "reset"}, {"value", "1"}})
      .text(phrases("keys.reset"))
      .close();
  html.close();
  table_of_fixed(html, visit);
  return page(visit, std::move(parts));
}

void change_keys(Visit& visit, Respond respond) {
  const Fields& fields = visit.fields;
  ledger::RecordChange change;
  change.record.kind = "keys";
  change.record.key = key_of_record(visit.person->id);
  change.record.owner = visit.person->id.value;
  if (fields.has("reset")) {
    change.remove = true;
  } else {
    ChosenKeys keys;
    for (std::size_t i = 0; i < kShortcuts.size(); ++i) keys[i] = fields.text(field_of(kShortcuts[i]));
    const std::size_t wrong = first_wrong(keys);
    if (wrong < keys.size())
      return respond(see_other(address_with("/keys", {{"wrong", std::string(kShortcuts[wrong].action)}})));
    formats::JsonWriter json(0);
    json.begin_object();
    for (std::size_t i = 0; i < kShortcuts.size(); ++i) json.key(kShortcuts[i].action).value(keys[i]);
    json.end_object();
    change.record.body = json.take();
  }
  Errand errand;
  errand.person = visit.person->id;
  errand.records.push_back(std::move(change));
  visit.shared.clerk->submit(std::move(errand),
                             [respond = std::move(respond), language = visit.language(), shared = &visit.shared,
                              person = visit.person, session = visit.session](const Answer& answer) {
                               respond(answer_page(language, *shared, person, session, answer, "/keys", "told.saved"));
                             });
}

}  // namespace guichet::desk
