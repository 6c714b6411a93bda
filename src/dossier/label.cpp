#include <guichet/dossier/label.hpp>

#include <guichet/core/names.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::dossier {

std::string label_as_json(const Label& label) {
  formats::JsonWriter json(0);
  json.begin_object().key("body").value(label.mail ? label.said : label.activity);
  const auto text = [&json](std::string_view key, std::string_view value) {
    if (!value.empty()) json.key(key).value(value);
  };
  if (label.mail) text("activity", label.activity);
  text("status", label.status);
  text("team", label.team);
  text("matter", label.matter);
  text("subject", label.subject);
  if (label.predecessor != 0) json.key("predecessor").value(label.predecessor);
  if (label.words != 0) json.key("words").value(label.words);
  if (label.kind != EventKind::none) text("kind", name(label.kind));
  if (label.party != Party::nobody) text("party", name(label.party));
  if (label.turn != Turn::nobody) text("turn", name(label.turn));
  if (label.flags != 0) json.key("flags").value(std::uint32_t{label.flags});
  if (label.added) json.key("added").value(true);
  if (label.counts_amount) json.key("amount").value(true);
  if (label.deadline != kNever) json.key("deadline").value(print_instant(label.deadline));
  if (!label.files.empty()) {
    json.key("files").begin_array();
    for (const TextId file : label.files) json.value(file.value);
    json.end_array();
  }
  if (label.mail) json.key("mail").value(label.mail.value);
  text("matched", label.matched);
  text("came", label.came);
  if (!label.arrival.empty()) {
    json.key("arrival").begin_object();
    for (const ArrivalLine& line : label.arrival) json.key(line.key).value(line.value);
    json.end_object();
  }
  return json.end_object().take();
}

Result<Label> label_from_json(std::string_view json) {
  GUICHET_TRY(document, formats::parse_json(json, "label"));
  if (document.kind != formats::JsonValue::Kind::object)
    return Error{Fault::unreadable, "label: not an object; write what was kept again from its log"};
  const auto text = [&document](std::string_view key) {
    const formats::JsonValue* value = document.find(key);
    return value != nullptr ? value->text : std::string{};
  };
  const auto number = [&document](std::string_view key) {
    const formats::JsonValue* value = document.find(key);
    return value != nullptr && value->integer > 0 ? static_cast<std::uint32_t>(value->integer) : 0U;
  };
  const auto flag = [&document](std::string_view key) {
    const formats::JsonValue* value = document.find(key);
    return value != nullptr && value->boolean;
  };
  Label label;
  label.mail = TextId{number("mail")};
  label.activity = text(label.mail ? "activity" : "body");
  if (label.mail) label.said = text("body");
  label.matched = text("matched");
  label.came = text("came");
  if (const formats::JsonValue* files = document.find("files"))
    for (const formats::JsonValue& file : files->items)
      if (file.integer > 0) label.files.push_back(TextId{static_cast<std::uint32_t>(file.integer)});
  if (const formats::JsonValue* arrival = document.find("arrival"))
    for (const formats::JsonMember& member : arrival->members) label.arrival.push_back({member.key, member.value.text});
  label.status = text("status");
  label.team = text("team");
  label.matter = text("matter");
  label.subject = text("subject");
  label.predecessor = number("predecessor");
  label.words = number("words");
  label.kind = from_name<EventKind>(text("kind")).value_or(EventKind::none);
  label.party = from_name<Party>(text("party")).value_or(Party::nobody);
  label.turn = from_name<Turn>(text("turn")).value_or(Turn::nobody);
  label.flags = static_cast<std::uint8_t>(number("flags"));
  label.added = flag("added");
  label.counts_amount = flag("amount");
  if (const std::string deadline = text("deadline"); !deadline.empty())
    label.deadline = parse_instant(deadline).value_or(kNever);
  return label;
}

bool is_by_program(std::string_view label) {
  const auto read = label.empty() ? Result<Label>(Label{}) : label_from_json(label);
  return read && (read->flags & kMomentSystem) != 0;
}

}  // namespace guichet::dossier
