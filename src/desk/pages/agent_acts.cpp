#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/acts.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/keys.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::array<std::string_view, 13> kSheets{"hand-off", "decide",    "propose",  "offer",  "restrict",
                                                   "link",     "mediation", "escalate", "assign", "decline",
                                                   "cost",     "close",     "reopen"};

/// Words that the script says by itself, each under "script.<name>".
constexpr std::array<std::string_view, 15> kScriptWords{
    "saving",   "saved", "not_saved",  "changed", "seller_wrote",   "here",   "writes", "too_large",
    "too_many", "menu",  "menu_empty", "close",   "too_many_lines", "chosen", "go"};

bool is_box(std::string_view box) {
  return !box.empty() && box.size() <= 40 && std::ranges::all_of(box, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// The page with the form that was sent: one of our sheets, or the case itself.
std::string way_back(CaseId case_id, std::string_view sheet) {
  return std::ranges::find(kSheets, sheet) != kSheets.end() ? sheet_address(case_id, sheet) : case_address(case_id);
}

/// What the act's own form asks and the act's fields do not have: how long a measure lasts is part of the measure.
Fields as_sent(const Visit& visit, const Fields& form) {
  const std::string duration = form.text("duration");
  if (duration.empty()) return form;
  Fields sent;
  for (const auto& [name, value] : form.values()) {
    if (name == "duration") continue;
    if (name == "measure")
      sent.add(name, value.empty() ? visit.phrases("letter.lasts", {{"duration", duration}})
                                   : value + "\n" + visit.phrases("letter.lasts", {{"duration", duration}}));
    else
      sent.add(name, value);
  }
  return sent;
}

/// What somebody had typed goes back to the page it came from, with the reason beside it.
struct Return {
  Clerk* clerk;
  Draft draft;
  std::string address;  // with its query, without its anchor
};
void go_back(const Return& back, const Respond& respond) {
  keep_then(*back.clerk, back.draft, [respond, address = back.address] { respond(see_other(address + "#write")); });
}

void in_json(Response& response, std::string body) {
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = std::move(body);
}

bool wants_json(const Request& request) {
  const std::string* accept = request.header("accept");
  return accept != nullptr && accept->find("application/json") != std::string::npos;
}

/// Puts words at the end of one field of a draft, after a line of their own.
void append(Draft& draft, std::string_view name, std::string_view words) {
  if (words.empty()) return;
  for (auto& [key, value] : draft.fields)
    if (key == name) {
      value.append(value.empty() ? "" : "\n\n").append(words);
      return;
    }
  draft.fields.emplace_back(name, words);
}

std::string boilerplate_sentence(const Visit& visit, const Draft& draft) {
  if (!sees_the_inside(*visit.person) || draft.box != "message") return {};
  const Boilerplate share = boilerplate_of(draft.text("body"), all_templates(visit.reader));
  if (share.words == 0) return {};
  return share.shared == 0
             ? visit.phrases("agent.boilerplate.none")
             : visit.phrases("agent.boilerplate.some", {{"share", visit.phrases.percent(share.percent() / 100.0, 0)},
                                                        {"template", share.closest}});
}

/// What the button that sends this draft says.
std::string send_label_of(const Visit& visit, const ledger::ShelfRow& row, const Draft& draft) {
  unsigned answers = 0;
  for (const std::string& slot : draft.all("answers"))
    for (unsigned i = 0; i < 16; ++i)
      if (slot == std::to_string(i)) answers |= 1U << i;
  return send_label(visit, row, visit.shared.procedures->of_case(row.state), static_cast<std::uint16_t>(answers),
                    draft.all("questions").size());
}

}  // namespace

void act_of_desk(Visit& visit, Respond respond) {
  const CaseId case_id = visit.case_id();
  const ActSpec* spec = visit.captures.size() < 2 ? nullptr : act_for(visit.captures[1], visit.role());
  const auto row = visit.visible_case(case_id);
  if (spec == nullptr || spec->opens || !row) return respond(not_found(visit));
  const Fields& form = visit.fields;
  const std::string box = is_box(form.text("box")) ? form.text("box") : std::string(spec->name);
  Return back{.clerk = visit.shared.clerk,
              .draft = draft_of(visit.person->id, case_id, box, form, visit.now),
              .address = way_back(case_id, form.text("back"))};
  Errand errand;
  const bool has_files = !form.files().empty();
  const Fields sent = has_files ? form : as_sent(visit, form);
  const FieldFault fault = make_errand(*spec, acting_of(visit, &*row), visit.request, sent, errand);
  if (!fault.field.empty()) {
    back.address = address_with(back.address, {{"fault", fault.field + "." + fault.fault}});
    return go_back(back, respond);
  }
  errand.records.push_back(forget(visit.person->id, case_id, box));
  const std::string told = "told.desk." + std::string(spec->name);
  visit.shared.clerk->submit(
      std::move(errand), [respond = std::move(respond), back = std::move(back), seen = form.text("seen"), told, case_id,
                          language = visit.language(), shared = &visit.shared, person = visit.person,
                          session = visit.session](const Answer& answer) mutable {
        if (answer.kind != Answer::Kind::refused)
          return respond(answer_page(language, *shared, person, session, answer, case_address(case_id), told));
        back.address =
            address_with(back.address, {{"refused", std::string(name(answer.refusal))}, {"since", std::move(seen)}});
        go_back(back, respond);
      });
}

/// What a draft may bring besides the fields of its act.
constexpr std::array kDraftFields{
    ActField{"seen", FieldKind::number, false, {}, "the version of the case that was read"},
    ActField{"language", FieldKind::choice, false, {}, "of a piece of text that is put in"},
    ActField{"template", FieldKind::line, false, {}, "the piece of text"},
    ActField{"insert", FieldKind::flag, false, {}, "whether it is put in"},
    ActField{"from", FieldKind::person, false, {}, "the colleague whose draft is taken over"}};

void keep_draft(Visit& visit, Respond respond) {
  const bool of_a_new_case = !visit.captures.empty() && visit.captures[0] == "new";
  const CaseId case_id = visit.case_id();
  if (!of_a_new_case && !visit.visible_case(case_id)) return respond(not_found(visit));
  const Fields& form = visit.fields;
  const std::string box = visit.api ? visit.captures[1] : form.text("box");
  if (!is_box(box) && visit.api) return respond(problem_of_field(visit.phrases, {"box", "no_such_choice"}));
  if (visit.api && visit.request.method != Method::del) {
    // What a program keeps is what the act of that name would take. An old draft can always be forgotten.
    const ActSpec* spec = act_for(box, visit.role());
    if (spec == nullptr || spec->opens != of_a_new_case)
      return respond(problem_of_field(visit.phrases, {"box", "no_such_choice"}));
    std::vector<ActField> known(spec->fields.begin(), spec->fields.end());
    known.insert(known.end(), kDraftFields.begin(), kDraftFields.end());
    if (const FieldFault fault = fault_of_sent(known, form); !fault.field.empty())
      return respond(problem_of_field(visit.phrases, fault));
  }
  if (!is_box(box)) return respond(plain_page(visit, 422, "agent.unreadable", visit.phrases("agent.no_box")));

  const bool forgets = form.has("discard") || visit.request.method == Method::del;
  // What no act would take is not said to be kept.
  if (const FieldFault fault = fault_of_draft(form); !fault.field.empty() && !forgets)
    return respond(visit.api || wants_json(visit.request)
                       ? problem_of_field(visit.phrases, fault)
                       : plain_page(visit, 422, "agent.unreadable", visit.phrases("field.too_long")));

  const bool inside = sees_the_inside(*visit.person);
  Draft draft = draft_of(visit.person->id, case_id, box, form, visit.now);
  const std::string before(draft.text("body"));
  if (const std::string key = form.text("template"); inside && form.has("insert") && !key.empty()) {
    const auto record = visit.reader.record("template", key);
    if (record && *record)
      if (const auto piece = template_from(**record)) {
        const auto here = visit.visible_case(case_id);
        const std::string wanted = form.text("language");
        const auto language = formats::language_from(wanted).value_or(visit.language());
        append(draft, "body",
               filled_in(piece->in(language), {{"case", std::to_string(case_id.value)},
                                               {"subject", here ? here->subject : std::string{}},
                                               {"seller", here ? account_name(visit, here->account) : std::string{}},
                                               {"me", visit.person->name}}));
      }
  }
  if (const auto from = form.number("from"); inside && from && *from > 0) {
    for (const Draft& other : drafts_of_others(visit, case_id))
      if (other.person.value == static_cast<std::uint64_t>(*from) && other.box == box) {
        Draft mine = draft_here(visit, case_id, box);
        if (draft.blank()) draft.fields = mine.fields;
        append(draft, "body", other.text("body"));
      }
  }
  if (forgets) draft.fields.clear();

  const auto row = visit.visible_case(case_id);
  Response response;
  if (visit.api || wants_json(visit.request)) {
    formats::JsonWriter json(0);
    json.begin_object();
    json.key("saved").value(print_instant(draft.saved));
    if (draft.text("body") != before) json.key("body").value(draft.text("body"));
    if (const std::string sentence = boilerplate_sentence(visit, draft); !sentence.empty())
      json.key("boilerplate").value(sentence);
    if (inside && row && box == "message") json.key("send").value(send_label_of(visit, *row, draft));
    json.end_object();
    in_json(response, json.take());
  } else {
    response = see_other((of_a_new_case ? "/cases/new" : way_back(case_id, form.text("back"))) + "#write");
  }
  if (case_id && inside && !draft.blank() && visit.shared.live != nullptr)
    visit.shared.live->writes(visit.person->id, case_id, visit.now);

  Errand errand;
  errand.person = visit.person->id;
  errand.records.push_back(keep(draft));
  visit.shared.clerk->submit(
      std::move(errand), [respond = std::move(respond), response = std::move(response), language = visit.language(),
                          shared = &visit.shared, person = visit.person, session = visit.session, api = visit.api,
                          case_id](const Answer& answer) {
        if (api && !answer.ok()) return respond(problem_of(formats::Phrases(language), answer));
        respond(answer.ok() ? response
                            : answer_page(language, *shared, person, session, answer, case_address(case_id), {}));
      });
}

Response script_data(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const bool inside = visit.person && party_of(visit.role()) == Party::desk;
  formats::JsonWriter json(0);
  json.begin_object();
  json.key("language").value(formats::code(visit.language()));
  json.key("now").value(print_instant(visit.now));
  json.key("pace").value(visit.shared.clock != nullptr ? visit.shared.clock->pace() : 1.0);
  json.key("file_bytes_max").value(visit.shared.house.file_bytes_max);
  json.key("files_max").value(visit.shared.house.files_max);
  json.key("shortcuts").value(inside && visit.person->shortcuts);
  json.key("keys").begin_object();
  if (inside) {
    const ChosenKeys keys = keys_of(visit.reader, visit.person->id);
    for (std::size_t i = 0; i < kShortcuts.size(); ++i) json.key(kShortcuts[i].action).value(keys[i]);
  }
  json.end_object().key("go").begin_object();
  if (inside)
    for (const Destination& destination : kDestinations)
      if (destination.address != "/supervise" || visit.may(Right::supervise))
        json.key(destination.key).value(destination.address);
  json.end_object().key("words").begin_object();
  for (const std::string_view word : kScriptWords) json.key(word).value(phrases("script." + std::string(word)));
  json.key("now").value(phrases("when.now"));
  json.end_object().end_object();
  Response response;
  in_json(response, json.take());
  return response;
}

}  // namespace guichet::desk
