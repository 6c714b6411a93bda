#include <guichet/desk/pages/drafts.hpp>

#include <algorithm>
#include <array>
#include <functional>

#include <guichet/desk/clerk.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

/// What a form holds besides what somebody typed.
constexpr std::array<std::string_view, 8> kOfTheForm{"csrf",   "once", "seen", "box",
                                                     "insert", "from", "back", "template"};

/// Longer than any text that an act takes. What is beyond it would not be sent either, and is not kept.
constexpr std::size_t kDraftBytesMax = 256 * 1024;

/// Drafts in this case that `wanted` takes, the newest first.
std::vector<Draft> drafts_in(const Visit& visit, CaseId case_id, const std::function<bool(const Draft&)>& wanted) {
  ledger::RecordQuery query;
  query.kind = "draft";
  query.owner = case_id.value;
  std::vector<Draft> drafts;
  const auto records = visit.reader.records(query);
  if (!records) return drafts;
  for (const ledger::Record& record : *records)
    if (auto draft = draft_from(record); draft && draft->case_id == case_id && !draft->blank() && wanted(*draft))
      drafts.push_back(std::move(*draft));
  std::ranges::sort(drafts, [](const Draft& a, const Draft& b) { return a.saved > b.saved; });
  return drafts;
}

}  // namespace

std::string_view Draft::text(std::string_view name) const {
  const std::string* value = find(fields, name);
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

std::vector<std::string> Draft::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields)
    if (key == name) values.push_back(value);
  return values;
}

bool Draft::holds(std::string_view name, std::string_view value) const {
  return std::ranges::any_of(fields, [&](const auto& field) { return field.first == name && field.second == value; });
}

bool Draft::blank() const {
  return std::ranges::all_of(fields, [](const auto& field) { return field.second.empty(); });
}

std::string draft_key(ActorId person, CaseId case_id, std::string_view box) {
  return std::to_string(person.value) + "/" + std::to_string(case_id.value) + "/" + std::string(box);
}

ledger::Record to_record(const Draft& draft) {
  formats::JsonWriter json(0);
  json.begin_object();
  json.key("person").value(draft.person.value);
  json.key("case").value(draft.case_id.value);
  json.key("box").value(draft.box);
  json.key("saved").value(print_instant(draft.saved));
  json.key("fields").begin_array();
  for (const auto& [name, value] : draft.fields) json.begin_array().value(name).value(value).end_array();
  json.end_array().end_object();
  return {.kind = "draft",
          .key = draft_key(draft.person, draft.case_id, draft.box),
          .owner = draft.case_id.value,
          .at = kNever,
          .body = json.take(),
          .revision = draft.revision};
}

Result<Draft> draft_from(const ledger::Record& record) {
  GUICHET_TRY(json, formats::parse_json(record.body, "draft " + record.key));
  const auto whole = [&](std::string_view key) {
    const formats::JsonValue* value = json.find(key);
    return value == nullptr ? 0U : static_cast<std::uint32_t>(value->integer);
  };
  const auto text = [&](std::string_view key) {
    const formats::JsonValue* value = json.find(key);
    return value == nullptr ? std::string{} : value->text;
  };
  Draft draft{.person = ActorId{whole("person")},
              .case_id = CaseId{whole("case")},
              .box = text("box"),
              .saved = parse_instant(text("saved")).value_or(Instant{}),
              .fields = {},
              .revision = record.revision};
  if (record.key != draft_key(draft.person, draft.case_id, draft.box))
    return Error{Fault::unreadable, "the draft under " + record.key + " says that it is another one"};
  if (const formats::JsonValue* fields = json.find("fields"))
    for (const formats::JsonValue& field : fields->items)
      if (field.items.size() == 2) draft.fields.emplace_back(field.items[0].text, field.items[1].text);
  return draft;
}

Draft draft_of(ActorId person, CaseId case_id, std::string_view box, const Fields& fields, Instant now) {
  Draft draft{.person = person, .case_id = case_id, .box = std::string(box), .saved = now, .fields = {}, .revision = 0};
  std::size_t bytes = 0;
  for (const auto& [name, value] : fields.values()) {
    // A claim has a first day of that name.
    const bool of_the_form =
        std::ranges::find(kOfTheForm, name) != kOfTheForm.end() && (name != "from" || box != "claim");
    if (of_the_form || value.empty()) continue;
    bytes += name.size() + value.size();
    if (bytes > kDraftBytesMax) break;
    draft.fields.emplace_back(name, value);
  }
  return draft;
}

FieldFault fault_of_draft(const Fields& fields) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : fields.values()) {
    bytes += name.size() + value.size();
    if (value.size() > kWordsBytesMax || bytes > kDraftBytesMax) return {name, "too_long"};
  }
  return {};
}

ledger::RecordChange keep(const Draft& draft) {
  if (draft.blank()) return forget(draft.person, draft.case_id, draft.box);
  return {.record = to_record(draft), .expect = ledger::RecordChange::Expect::anything, .remove = false};
}

ledger::RecordChange forget(ActorId person, CaseId case_id, std::string_view box) {
  ledger::RecordChange change;
  change.record.kind = "draft";
  change.record.key = draft_key(person, case_id, box);
  change.record.owner = case_id.value;
  change.remove = true;
  return change;
}

void keep_then(Clerk& clerk, const Draft& draft, std::function<void()> go_on) {
  Errand keeping;
  keeping.person = draft.person;
  keeping.records.push_back(keep(draft));
  clerk.submit(std::move(keeping), [go_on = std::move(go_on)](const Answer&) { go_on(); });
}

Draft draft_here(const Visit& visit, CaseId case_id, std::string_view box) {
  Draft none{.person = visit.person ? visit.person->id : ActorId{},
             .case_id = case_id,
             .box = std::string(box),
             .saved = {},
             .fields = {},
             .revision = 0};
  if (!visit.person) return none;
  const auto record = visit.reader.record("draft", draft_key(none.person, case_id, box));
  if (!record || !*record) return none;
  auto draft = draft_from(**record);
  return draft ? std::move(*draft) : none;
}

std::vector<Draft> own_drafts(const Visit& visit, CaseId case_id) {
  if (!visit.person) return {};
  if (!case_id) {
    Draft draft = draft_here(visit, case_id, "open");
    return draft.blank() ? std::vector<Draft>{} : std::vector<Draft>{std::move(draft)};
  }
  return drafts_in(visit, case_id, [&](const Draft& draft) { return draft.person == visit.person->id; });
}

std::vector<Draft> drafts_of_others(const Visit& visit, CaseId case_id) {
  if (!visit.person || !sees_the_inside(*visit.person)) return {};
  return drafts_in(visit, case_id, [&](const Draft& draft) {
    // A seller's draft is his own, whatever number the record was filed under.
    const auto writer = visit.shared.people->person(draft.person);
    return draft.person != visit.person->id && writer && sees_the_inside(*writer);
  });
}

}  // namespace guichet::desk
