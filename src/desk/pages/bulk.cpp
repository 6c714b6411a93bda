#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include <guichet/core/names.hpp>
#include <guichet/desk/acts.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kManyMax = 100;

struct Done {
  CaseId case_id;
  bool ok{};
  std::string why;  // key of a sentence; empty when done
};

std::string why_of(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::done:
    case Answer::Kind::repeated: return {};
    case Answer::Kind::refused: return "refusal." + std::string(name(answer.refusal));
    case Answer::Kind::no_such_case: return "answer.no_such_case.text";
    case Answer::Kind::key_mistaken: return "answer.key_mistaken.text";
    case Answer::Kind::conflict: return "answer.conflict.text";
    case Answer::Kind::too_late: return "answer.too_late.text";
    case Answer::Kind::withdrawn: return "answer.withdrawn.text";
    case Answer::Kind::stopped: return "answer.stopped.text";
    case Answer::Kind::failed: return "answer.failed.text";
  }
  return "answer.failed.text";
}

/// Waits for the answers of all; the last one writes what became of each where the person finds it.
struct Together {
  std::mutex mutex;
  std::size_t left{};
  std::vector<Done> done;
  std::string act;
  ActorId person;
  Instant at{};
  Clerk* clerk{};
  bool api{};
  formats::Language language{};
  Respond respond;
};

std::string sentence_of(const formats::Phrases& phrases, const std::string& why) {
  return why.empty() ? std::string{} : phrases(phrases.has(why) ? why : "field.wrong");
}

/// With `phrases`, the reasons are sentences too; what is kept speaks no language.
std::string told_as_json(const Together& all, const formats::Phrases* phrases = nullptr) {
  formats::JsonWriter json(0);
  json.begin_object().key("act").value(all.act).key("at").value(print_instant(all.at)).key("cases").begin_array();
  for (const Done& one : all.done) {
    json.begin_object().key("case").value(one.case_id.value).key("ok").value(one.ok).key("why").value(one.why);
    if (phrases != nullptr && !one.why.empty()) json.key("detail").value(sentence_of(*phrases, one.why));
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

Response answer_of(const Together& all) {
  if (!all.api) return see_other("/bulk");
  Response response;
  response.content_type = "application/json";
  const formats::Phrases phrases(all.language);
  response.body = told_as_json(all, &phrases);
  return response;
}

ledger::Record record_of(const Together& all) {
  ledger::Record record;
  record.kind = "bulk";
  record.key = std::to_string(all.person.value);
  record.owner = all.person.value;
  record.body = told_as_json(all);
  return record;
}

void one_is_done(const std::shared_ptr<Together>& all, Done done) {
  {
    const std::scoped_lock lock(all->mutex);
    all->done.push_back(std::move(done));
    if (--all->left != 0) return;
  }
  std::ranges::sort(all->done, {}, &Done::case_id);
  Errand errand;
  errand.person = all->person;
  errand.records.push_back(
      {.record = record_of(*all), .expect = ledger::RecordChange::Expect::anything, .remove = false});
  all->clerk->submit(std::move(errand), [all](const Answer&) { all->respond(answer_of(*all)); });
}

/// The cases that were ticked, each once, in the order of their numbers.
std::set<CaseId> chosen(const Visit& visit) {
  std::set<CaseId> cases;
  for (const std::string& text : visit.fields.all("case")) {
    std::uint64_t number = 0;
    for (const char c : text)
      number = c >= '0' && c <= '9' && number <= 0xFFFF'FFFF ? number * 10 + static_cast<unsigned>(c - '0')
                                                             : std::uint64_t{0xFFFF'FFFF'FF};
    if (number != 0 && number <= 0xFFFF'FFFF) cases.insert(CaseId{static_cast<std::uint32_t>(number)});
  }
  return cases;
}

/// The form of one case, as if it had been filled in by itself.
Fields fields_for(const Visit& visit, std::string_view act, CaseId case_id) {
  constexpr std::array kPassedOn{"to"sv, "body"sv, "other"sv, "team"sv, "reason"sv, "summary"sv};
  Fields fields;
  for (const auto& [name, value] : visit.fields.values())
    if (std::ranges::find(kPassedOn, name) != kPassedOn.end()) fields.add(name, value);
  const std::string* header = visit.request.header("idempotency-key");
  const std::string once = header != nullptr ? *header : visit.fields.raw("once");
  if (!once.empty()) fields.add("once", once + "." + std::to_string(case_id.value));
  if (act != "hand-off") return fields;
  // The next person is told what is still open, as the form of one case has it filled in.
  const auto seen = see_case(visit, case_id);
  if (!seen || !*seen) return fields;
  for (const dossier::QuestionTold* question : (*seen)->timeline.open_questions(Party::seller))
    fields.add("questions", question->text.empty()
                                ? visit.phrases("agent.question", {{"n", std::to_string(question->slot + 1)}})
                                : question->text);
  return fields;
}

}  // namespace

void bulk_choice(Html& html, const Visit& visit, std::string_view prefix) {
  const formats::Phrases& phrases = visit.phrases;
  const std::string id(prefix);
  html.open("details", {{"class", "card bulk"}}).element("summary", phrases("bulk.summary"));
  html.element("p", phrases("bulk.never"), {{"class", "hint"}});
  html.open("div", {{"class", "form"}});
  std::vector<Option> acts;
  for (const std::string_view act : kManyActs)
    acts.push_back({std::string(act), phrases("bulk.act." + std::string(act)), act == "note"});
  choice(html, id + "-act", "act", phrases("bulk.act"), acts);
  field(html, {.id = id + "-body", .name = "body", .label = phrases("bulk.note"), .rows = 3});
  std::vector<Option> people{{"", phrases("agent.choose"), true}};
  for (const Role role : {Role::agent, Role::decider, Role::supervisor})
    for (const auto& person : visit.shared.people->with_role(role))
      if (can_answer(*person))
        people.push_back({std::to_string(person->id.value), person_with_presence(visit, *person), false});
  choice(html, id + "-to", "to", phrases("bulk.to"), people);
  std::vector<Option> teams{{"", phrases("agent.choose"), true}};
  for (const std::string& team : all_teams(visit)) teams.push_back({team, team_name(visit, team), false});
  if (teams.size() > 1) choice(html, id + "-team", "team", phrases("bulk.team"), teams);
  std::vector<Option> reasons{{"", phrases("agent.choose"), true}};
  for (const std::string_view word : spellings<HandOffReason>().subspan(1))
    reasons.push_back({std::string(word), phrases("hand_off.because." + std::string(word)), false});
  choice(html, id + "-reason", "reason", phrases("sheet.hand-off.reason"), reasons);
  field(html, {.id = id + "-summary", .name = "summary", .label = phrases("bulk.summary_for"), .rows = 3});
  field(html, {.id = id + "-other", .name = "other", .label = phrases("bulk.other"), .type = "number"});
  html.open("div", {{"class", "row"}});
  button(html, phrases("bulk.do"), "second");
  html.close().close().close();
}

void act_on_many(Visit& visit, Respond respond) {
  const std::string act = visit.fields.text("act");
  const ActSpec* spec = std::ranges::find(kManyActs, act) == kManyActs.end() ? nullptr : act_for(act, visit.role());
  if (spec == nullptr) return respond(faulty(visit, {"act", "no_such_choice"}, "bulk.title", "bulk.no_such_act"));
  const std::set<CaseId> cases = chosen(visit);
  if (cases.empty()) return respond(faulty(visit, {"case", "missing"}, "bulk.title", "bulk.none"));
  if (cases.size() > kManyMax)
    return respond(faulty(visit, {"case", "too_many"}, [&] {
      return plain_page(visit, 422, "bulk.title", visit.phrases("bulk.too_many", {{"most", std::to_string(kManyMax)}}));
    }));

  const auto all = std::make_shared<Together>();
  all->left = cases.size();
  all->act = act;
  all->person = visit.person->id;
  all->at = visit.now;
  all->clerk = visit.shared.clerk;
  all->api = visit.api;
  all->language = visit.language();
  all->respond = std::move(respond);
  // What is asked of somebody here counts before it is on the shelf, so that a team shares the cases.
  std::map<ActorId, std::uint32_t> asked;
  const Request keyless;  // each case has a key of its own, in its fields
  for (const CaseId case_id : cases) {
    const auto row = visit.visible_case(case_id);
    if (!row) {
      one_is_done(all, {case_id, false, "answer.no_such_case.text"});
      continue;
    }
    Acting acting = acting_of(visit, &*row);
    acting.load_of = [&asked, counted = std::move(acting.load_of)](ActorId person) {
      const auto more = asked.find(person);
      return counted(person) + (more != asked.end() ? more->second : 0);
    };
    Errand errand;
    const FieldFault fault = make_errand(*spec, acting, keyless, fields_for(visit, act, case_id), errand);
    if (!fault.field.empty()) {
      one_is_done(all, {case_id, false, "field." + fault.fault});
      continue;
    }
    if (act == "hand-off") ++asked[ActorId{errand.steps.front().command.detail}];
    visit.shared.clerk->submit(std::move(errand), [all, case_id](const Answer& answer) {
      one_is_done(all, {case_id, answer.ok(), why_of(answer)});
    });
  }
}

Response bulk_result(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("bulk.title");
  parts.here = "queue";
  Html& html = parts.main;
  const auto record = visit.reader.record("bulk", std::to_string(visit.person->id.value));
  const auto json = record && *record ? formats::parse_json((*record)->body, "bulk")
                                      : Result<formats::JsonValue>(Error{Fault::not_found, {}});
  const formats::JsonValue* cases = json ? json->find("cases") : nullptr;
  if (cases == nullptr) {
    html.element("p", phrases("bulk.nothing_yet"));
    return page(visit, std::move(parts));
  }
  std::int64_t done = 0;
  for (const formats::JsonValue& one : cases->items)
    if (const formats::JsonValue* ok = one.find("ok"); ok != nullptr && ok->boolean) ++done;
  html.element("p", phrases("bulk.result", {{"done", phrases.number(static_cast<double>(done))},
                                            {"all", phrases.number(static_cast<double>(cases->items.size()))}}));
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", phrases("bulk.caption")}})
      .open("table");
  html.element("caption", phrases("bulk.caption"), {{"class", "visually-hidden"}});
  html.open("thead").open("tr");
  html.element("th", phrases("bulk.case"), {{"scope", "col"}})
      .element("th", phrases("bulk.became"), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const formats::JsonValue& one : cases->items) {
    const formats::JsonValue *number = one.find("case"), *ok = one.find("ok"), *why = one.find("why");
    if (number == nullptr || ok == nullptr) continue;
    const CaseId case_id{static_cast<std::uint32_t>(number->integer)};
    const auto row = visit.visible_case(case_id);
    html.open("tr").open("th", {{"scope", "row"}});
    html.element("a", phrases("agent.case", {{"n", std::to_string(case_id.value)}}),
                 {{"href", Url(case_address(case_id))}});
    if (row) html.text(" ").text(row->subject);
    html.close().open("td");
    badge(html, ok->boolean ? "good" : "bad", phrases(ok->boolean ? "bulk.done" : "bulk.not_done"));
    if (why != nullptr) html.text(" ").text(sentence_of(phrases, why->text));
    html.close().close();
  }
  html.close().close().close();
  html.open("p").element("a", phrases("frame.nav.queue"), {{"href", Url("/queue")}}).close();
  return page(visit, std::move(parts));
}

}  // namespace guichet::desk
