// The JSON API: the same rules, rights and acts as the pages, for programs.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <guichet/core/names.hpp>
#include <guichet/desk/acts.hpp>
#include <guichet/desk/api/desk_json.hpp>
#include <guichet/desk/api/openapi.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/case_words.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/expectations.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/views.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

// ---- reading -------------------------------------------------------------------------------------------

Response openapi(Visit& visit) {
  Response response;
  response.content_type = "application/json";
  response.body = openapi_document(visit.shared.house.base_url);
  return response;
}

Response me(Visit& visit) {
  const Person& person = *visit.person;
  JsonWriter json;
  json.begin_object().key("id").value(person.id.value).key("name").value(person.name);
  json.key("role").value(name(person.role));
  if (person.account) json.key("account").value(person.account.value);
  json.key("teams").begin_array();
  for (const std::string& team : person.teams) json.value(team);
  json.end_array().key("rights").begin_array();
  for (std::size_t i = 0; i < kRights; ++i)
    if (visit.may(static_cast<Right>(i))) json.value(name(static_cast<Right>(i)));
  json.end_array().end_object();
  return json_answer(json);
}

/// A whole number of a parameter; none when absent. `bad` is set when it is something else.
std::optional<std::uint32_t> number_of(const Visit& visit, std::string_view name, bool& bad) {
  const std::string* text = visit.request.parameter(name);
  if (text == nullptr || text->empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9' || value > 0xFFFF'FFFF) {
      bad = true;
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > 0xFFFF'FFFF) bad = true;
  return static_cast<std::uint32_t>(value);
}

/// The query that the parameters ask for; the name of the first bad one, or empty.
std::string_view read_query(const Visit& visit, ledger::CaseQuery& query) {
  const Person& person = *visit.person;
  bool bad = false;
  const auto text = [&visit](std::string_view name) {
    const std::string* value = visit.request.parameter(name);
    return value != nullptr ? std::string_view{*value} : std::string_view{};
  };
  if (const std::string_view owner = text("owner"); owner == "me") {
    query.owner = person.id;
  } else if (owner == "nobody") {
    query.owner = ActorId{};
  } else if (const auto id = number_of(visit, "owner", bad)) {
    query.owner = ActorId{*id};
  }
  if (bad) return "owner";
  if (const auto account = number_of(visit, "account", bad)) query.account = ledger::AccountId{*account};
  if (bad) return "account";
  if (!text("team").empty()) query.team = std::string{text("team")};
  if (const std::string_view phase = text("phase"); phase == "living") {
    query.phases = static_cast<std::uint8_t>(~(1U << static_cast<unsigned>(Phase::closed)));
  } else if (!phase.empty()) {
    const auto one = from_name<Phase>(phase);
    if (!one) return "phase";
    query.phases = static_cast<std::uint8_t>(1U << static_cast<unsigned>(*one));
  }
  if (const std::string_view turn = text("turn"); !turn.empty()) {
    query.turn = from_name<Turn>(turn);
    if (!query.turn) return "turn";
  }
  if (const auto agents = number_of(visit, "agents_min", bad)) query.agents_min = *agents;
  if (bad) return "agents_min";
  const auto flag = [&](std::string_view name, bool& wanted) {
    wanted = text(name) == "yes";
    return wanted || text(name).empty();
  };
  if (!flag("overdue", query.ran_out)) return "overdue";
  if (!flag("adverse_after", query.adverse_after)) return "adverse_after";
  if (!flag("without_decision", query.closed_without_decision)) return "without_decision";
  if (!flag("hand_off_pending", query.hand_off_pending)) return "hand_off_pending";
  if (!flag("unread", query.unread)) return "unread";
  if (const auto limit = number_of(visit, "limit", bad)) {
    if (*limit < 1 || *limit > ledger::kListMax) return "limit";
    query.limit = *limit;
  }
  if (bad) return "limit";
  const std::string_view order = text("order");
  using Order = ledger::CaseQuery::Order;
  if (order.empty() || order == "changed")
    query.order = Order::changed;
  else if (order == "promise")
    query.order = Order::promise;
  else if (order == "opened")
    query.order = Order::opened;
  else if (order == "number")
    query.order = Order::number;
  else
    return "order";
  query.after = std::string{text("after")};
  // Whatever was asked for: nobody lists what is not for him.
  if (person.role == Role::seller) query.account = person.account;
  if (person.role == Role::mediator) query.mediator = person.id;
  return {};
}

/// Asks for the cases about a matter by its name. Versions of the procedure may have it in another place: where they
/// do, the place is not asked for, and `about` sorts out. False when no version knows the name.
bool ask_for_matter(const Visit& visit, std::string_view matter, ledger::CaseQuery& query) {
  std::optional<std::uint8_t> place;
  bool moved = false;
  for (const InForce* one : visit.shared.procedures->all()) {
    const auto& matters = one->file.matters;
    const auto found = std::ranges::find(matters, matter, &rulebook::MatterText::id);
    if (found == matters.end()) continue;
    const auto here = static_cast<std::uint8_t>(found - matters.begin());
    moved = moved || (place && *place != here);
    place = here;
  }
  if (place && !moved) query.matter = place;
  return place.has_value();
}

bool about(const Visit& visit, const ledger::ShelfRow& row, std::string_view matter) {
  if (!row.state.procedure) return false;
  const auto& matters = visit.shared.procedures->of_case(row.state).file.matters;
  return row.state.matter() < matters.size() && matters[row.state.matter()].id == matter;
}

Response list_cases(Visit& visit) {
  ledger::CaseQuery query;
  if (const std::string_view bad = read_query(visit, query); !bad.empty()) return bad_parameter(visit.phrases, bad);
  const std::string_view matter = parameter(visit, "matter");
  if (!matter.empty() && !ask_for_matter(visit, matter, query)) return bad_parameter(visit.phrases, "matter");
  auto listed = visit.reader.cases(query);
  if (!listed)
    return listed.error().fault == Fault::usage ? bad_parameter(visit.phrases, "after") : ledger_trouble(visit.phrases);
  if (!matter.empty()) std::erase_if(listed->rows, [&](const auto& row) { return !about(visit, row, matter); });
  JsonWriter json;
  json.begin_object();
  rows_json(json, visit, *listed);
  json.end_object();
  return json_answer(json);
}

Response one_case(Visit& visit) {
  const auto seen = see_case(visit, visit.case_id());
  if (!seen) return ledger_trouble(visit.phrases);
  if (!*seen) return not_found(visit);
  JsonWriter json;
  case_json(json, visit, **seen);
  Response response = json_answer(json);
  response.headers.emplace_back("ETag", "\"" + std::to_string((*seen)->file.row.state.version.value) + "\"");
  return response;
}

Response events_of_case(Visit& visit) {
  const auto seen = see_case(visit, visit.case_id());
  if (!seen) return ledger_trouble(visit.phrases);
  if (!*seen) return not_found(visit);
  bool bad = false;
  const std::uint32_t after = number_of(visit, "after", bad).value_or(0);
  if (bad) return bad_parameter(visit.phrases, "after");
  constexpr std::size_t kEventsPerAnswer = 500;
  JsonWriter json;
  json.begin_object().key("events").begin_array();
  std::size_t given = 0;
  std::uint32_t next = 0;
  for (const dossier::Entry& entry : (*seen)->timeline.entries) {
    if (entry.event.version.value <= after) continue;
    if (given++ == kEventsPerAnswer) break;
    entry_json(json, visit, **seen, entry);
    next = entry.event.version.value;
  }
  json.end_array();
  if (given > kEventsPerAnswer) json.key("next").value(std::to_string(next));
  json.end_object();
  return json_answer(json);
}

/// Whether the visitor may read the words that were found. The index knows notes; older ledgers have words of hand-offs
/// in it that the case, as it is shown, holds back.
bool may_read(const Visit& visit, const ledger::Found& found) {
  if (!may_see(*visit.person, found.row)) return false;
  if (sees_the_inside(*visit.person)) return true;
  const auto seen = see_case(visit, found.row.case_id);
  const ledger::Text* text = seen && *seen ? text_in((*seen)->file, found.text) : nullptr;
  return text != nullptr && text->kind != ledger::TextKind::note &&
         !is_withheld(*visit.person, (*seen)->moved, found.text);
}

Response search(Visit& visit) {
  const Person& person = *visit.person;
  const SearchedIn in{.where = parameter(visit, "where"), .state = parameter(visit, "state")};
  // Teams and owners are the desk's own.
  if (!in.where.empty() && !visit.may(Right::act_as_desk)) return bad_parameter(visit.phrases, "where");
  ledger::SearchQuery query;
  query.words = parameter(visit, "q");
  query.after = parameter(visit, "after");
  if (person.role == Role::seller) query.account = person.account;
  if (person.role == Role::mediator) query.mediator = person.id;
  JsonWriter json;
  json.begin_object().key("found").begin_array();
  bool any = false;
  for (std::size_t round = 0; round < kSearchRoundsMax && !any; ++round) {
    const auto found = visit.reader.search(query);
    if (!found)
      return found.error().fault == Fault::usage ? bad_parameter(visit.phrases, "after")
                                                 : ledger_trouble(visit.phrases);
    for (const ledger::Found& one : found->rows) {
      if (!is_searched(visit, in, one.row) || !may_read(visit, one)) continue;
      any = true;
      std::string plain;
      for (const char c : one.excerpt)
        if (c != '\x01' && c != '\x02') plain += c;
      json.begin_object().key("text").value(one.text.value).key("excerpt").value(plain).key("case");
      row_json(json, visit, one.row);
      json.end_object();
    }
    query.after = found->next;
    if (query.after.empty()) break;
  }
  json.end_array();
  if (!query.after.empty()) json.key("next").value(query.after);
  json.end_object();
  return json_answer(json);
}

/// Ids with what readers call them.
void titles(JsonWriter& json, std::string_view key, const std::vector<std::string>& ids,
            const rulebook::ProcedureFile& file,
            std::string (rulebook::ProcedureFile::*name)(std::string_view, formats::Language) const) {
  json.key(key).begin_array();
  for (const std::string& id : ids) {
    json.begin_object().key("id").value(id).key("en").value((file.*name)(id, formats::Language::en));
    json.key("fr").value((file.*name)(id, formats::Language::fr)).end_object();
  }
  json.end_array();
}

Response procedures(Visit& visit) {
  const InForce& now = visit.shared.procedures->at(visit.now);
  JsonWriter json;
  json.begin_object().key("in_force").value(std::uint32_t{now.adopted.id.value}).key("procedures").begin_array();
  for (const InForce* one : visit.shared.procedures->all()) {
    json.begin_object().key("id").value(std::uint32_t{one->adopted.id.value}).key("name").value(one->adopted.name);
    json.key("version").value(one->adopted.version);
    json.key("effective_from").value(print_instant(one->adopted.effective_from));
    json.key("standing").value(name(visit.shared.procedures->standing(*one, visit.now)));
    if (const auto withdrawn = visit.shared.procedures->withdrawal_of(one->adopted.id)) {
      json.key("withdrawn").begin_object().key("at").value(print_instant(withdrawn->at));
      // Who it was is the house's own matter, as with who adopted it.
      if (visit.may(Right::manage_rules)) json.key("by").value(withdrawn->by.value);
      json.key("reason").value(withdrawn->reason).end_object();
    }
    json.key("adopted").value(print_instant(one->adopted.adopted));
    json.key("matters").begin_array();
    for (const rulebook::MatterText& matter : one->file.matters) {
      json.begin_object().key("id").value(matter.id).key("en").value(matter.title.in(formats::Language::en));
      json.key("fr").value(matter.title.in(formats::Language::fr)).end_object();
    }
    json.end_array();
    titles(json, "teams", one->file.teams, one->file, &rulebook::ProcedureFile::team_name);
    std::vector<std::string> specialities;
    for (const rulebook::MatterText& matter : one->file.matters)
      if (!matter.speciality.empty() && std::ranges::find(specialities, matter.speciality) == specialities.end())
        specialities.push_back(matter.speciality);
    titles(json, "specialities", specialities, one->file, &rulebook::ProcedureFile::speciality_name);
    json.key("toml").value(one->adopted.toml).end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

Response colleagues(Visit& visit) {
  JsonWriter json;
  json.begin_object().key("people").begin_array();
  for (const Role role : {Role::agent, Role::supervisor, Role::decider, Role::mediator})
    for (const auto& person : visit.shared.people->with_role(role)) {
      const bool here = role == Role::mediator ? person->active : can_answer(*person);
      if (!here) continue;
      json.begin_object().key("id").value(person->id.value).key("name").value(person->name);
      json.key("role").value(name(person->role)).key("teams").begin_array();
      for (const std::string& team : person->teams) json.value(team);
      json.end_array();
      if (person->absent_until && *person->absent_until > visit.now) json.key("absent").value(true);
      json.end_object();
    }
  json.end_array().end_object();
  return json_answer(json);
}

/// What happened in the whole ledger, act by act, for those who follow it.
Response acts_of_ledger(Visit& visit) {
  bool bad = false;
  const std::uint32_t after = number_of(visit, "after", bad).value_or(0);
  if (bad) return bad_parameter(visit.phrases, "after");
  constexpr std::size_t kActsPerAnswer = 500;
  const auto acts = visit.reader.acts_from(std::uint64_t{after} + 1, kActsPerAnswer);
  if (!acts) return ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("acts").begin_array();
  for (const ledger::NewAct& act : *acts) {
    json.begin_object().key("act").value(act.act.number).key("case").value(act.act.case_id.value);
    json.key("recorded").value(print_instant(act.act.recorded));
    if (act.act.command) json.key("command").value(name(act.act.command->kind));
    json.key("events").begin_array();
    for (const Event& event : act.events) {
      json.begin_object().key("version").value(event.version.value).key("event").value(name(event.kind));
      json.key("at").value(print_instant(event.at)).key("party").value(name(event.party));
      json.key("detail").value(event.detail).key("aux").value(std::uint32_t{event.aux});
      json.key("clock").value(name(event.clock)).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
  if (acts->size() == kActsPerAnswer) json.key("next").value(std::to_string(acts->back().act.number));
  json.end_object();
  return json_answer(json);
}

// ---- acting --------------------------------------------------------------------------------------------

void act(Visit& visit, std::string_view act_name, const ledger::ShelfRow* row, Respond respond) {
  const ActSpec* spec = act_for(act_name, visit.role());
  if (spec == nullptr || spec->opens != (row == nullptr)) {
    const bool known = std::ranges::any_of(all_acts(), [&](const ActSpec& one) { return one.name == act_name; });
    return respond(known ? problem(403, "no_right", visit.phrases("fault.no_right"))
                         : problem(404, "no_such_act", visit.phrases("fault.no_such_act")));
  }
  if (const FieldFault fault = fault_of_sent(spec->fields, visit.fields); !fault.field.empty())
    return respond(problem_of_field(visit.phrases, fault));
  Errand errand;
  const FieldFault fault = make_errand(*spec, acting_of(visit, row), visit.request, visit.fields, errand);
  if (!fault.field.empty()) return respond(problem_of_field(visit.phrases, fault));
  const int done_status = spec->opens ? 201 : 200;
  visit.shared.clerk->submit(std::move(errand), [respond = std::move(respond), language = visit.language(),
                                                 done_status](const Answer& answer) {
    if (!answer.ok()) return respond(problem_of(formats::Phrases(language), answer));
    JsonWriter json;
    json.begin_object().key("case").value(answer.case_id.value).key("version").value(answer.version.value);
    json.key("repeated").value(answer.kind == Answer::Kind::repeated).key("events").begin_array();
    for (const Event& event : answer.events) json.value(name(event.kind));
    json.end_array().end_object();
    Response response = json_answer(json, done_status);
    if (done_status == 201) response.headers.emplace_back("Location", "/api" + case_address(answer.case_id));
    respond(std::move(response));
  });
}

void open_case(Visit& visit, Respond respond) { act(visit, "open", nullptr, std::move(respond)); }

void act_on_case(Visit& visit, Respond respond) {
  const auto row = visit.visible_case(visit.case_id());
  if (!row) return respond(not_found(visit));
  act(visit, visit.captures[1], &*row, std::move(respond));
}

constexpr std::array<std::string_view, 6> kPhases{"living",       "open",         "decided",
                                                  "under_appeal", "in_mediation", "closed"};
constexpr std::array<std::string_view, 4> kTurns{"seller", "desk", "third", "nobody"};
constexpr std::array<std::string_view, 4> kOrders{"changed", "promise", "opened", "number"};
constexpr std::array<std::string_view, 2> kSides{"seller", "desk"};
constexpr std::array<std::string_view, 2> kWheres{"mine", "teams"};
constexpr std::array<std::string_view, 2> kStates{"living", "closed"};
constexpr std::array kAsksCases{
    ActField{"owner", FieldKind::line, false, {}, "me, nobody, or a person's number"},
    ActField{"account", FieldKind::number, false, {}, "a seller's account"},
    ActField{"team", FieldKind::line, false, {}, "a team of the procedure"},
    ActField{"matter", FieldKind::line, false, {}, "what it is about: a matter of the procedure, by its id"},
    ActField{"phase", FieldKind::choice, false, kPhases, "living, or one phase"},
    ActField{"turn", FieldKind::choice, false, kTurns, "who has to act"},
    ActField{"unread", FieldKind::choice, false, kYes, "words of the seller wait for the desk"},
    ActField{"agents_min", FieldKind::number, false, {}, "at least so many agents have written"},
    ActField{"overdue", FieldKind::choice, false, kYes, "a time limit of the desk has run out on it, at any time"},
    ActField{"adverse_after", FieldKind::choice, false, kYes,
             "a restriction came after an offer, an appeal or an escalation"},
    ActField{"without_decision", FieldKind::choice, false, kYes, "closed without decision or agreement"},
    ActField{"hand_off_pending", FieldKind::choice, false, kYes, "a hand-off waits for its acceptance"},
    ActField{"order", FieldKind::choice, false, kOrders, "what comes first; else what changed last"},
    ActField{"limit", FieldKind::number, false, {}, "1 to 200; else 50"},
    kAfterField};
constexpr std::array kAsksSearch{
    ActField{"q",
             FieldKind::line,
             false,
             {},
             "words that must all be there; \"…\" keeps them together, word* is a beginning"},
    ActField{"where", FieldKind::choice, false, kWheres,
             "of the desk: only in one's own cases, or those of one's teams"},
    ActField{"state", FieldKind::choice, false, kStates, "only in living cases, or in closed ones"}, kAfterField};
constexpr std::array kAsksSide{ActField{"side", FieldKind::choice, false, kSides, "whose claim; else the seller's"}};

constexpr std::array kRoutes{
    Route{Method::get, "/api/openapi.json", Right::anybody, openapi, nullptr, "This interface, as OpenAPI 3.1"},
    Route{Method::get, "/api/me", Right::signed_in, me, nullptr, "Who asks, and what he may do"},
    Route{Method::get,
          "/api/cases",
          Right::see_cases,
          list_cases,
          nullptr,
          "Cases that the asker may see",
          {},
          true,
          {},
          kAsksCases},
    Route{Method::post, "/api/cases", Right::act_as_seller, nullptr, open_case, "Open a case"},
    Route{Method::get, "/api/cases/{case}", Right::see_cases, one_case, nullptr, "A case, whole", {}, true},
    Route{Method::get,
          "/api/cases/{case}/events",
          Right::see_cases,
          events_of_case,
          nullptr,
          "The events of a case",
          {},
          true,
          {},
          kAsksAfterNumber},
    Route{Method::post, "/api/cases/{case}/{act}", Right::see_cases, nullptr, act_on_case, "Do something to a case"},
    Route{Method::get,
          "/api/search",
          Right::see_cases,
          search,
          nullptr,
          "Find words in cases",
          {},
          true,
          {},
          kAsksSearch},
    Route{Method::get, "/api/procedures", Right::anybody, procedures, nullptr, "The procedures adopted so far"},
    Route{Method::get, "/api/matters", Right::act_as_seller, matters_json, nullptr,
          "What a case can be about, with the promise for each in short"},
    Route{Method::get, "/api/matters/{matter}", Right::act_as_seller, matter_json, nullptr,
          "What the procedure promises for a matter, with the dates that it would set now"},
    Route{Method::get, "/api/matters/{matter}/expectation", Right::act_as_seller, matter_expectation_json, nullptr,
          "What to expect of a case about it, from earlier cases, and how good such forecasts were"},
    Route{Method::get, "/api/cases/{case}/expectation", Right::see_cases, expectation_json, nullptr,
          "What to expect of this case today, from earlier cases, and how good such forecasts were"},
    Route{Method::get, "/api/calendars", Right::anybody, calendars_json, nullptr,
          "The working calendars of the procedure in force"},
    Route{Method::get, "/api/account", Right::act_as_seller, own_account_json, nullptr,
          "Offers and restrictions on the seller's account, and its members"},
    Route{Method::get, "/api/cases/{case}/chronology", Right::see_cases, facts_json, nullptr,
          "The facts of a case, with both sides' versions and their sources"},
    Route{Method::get,
          "/api/cases/{case}/claim",
          Right::see_cases,
          claim_json,
          nullptr,
          "What a side claims in a case, with interest, costs and prescription; as guichet costs --json",
          {},
          false,
          {},
          kAsksSide},
    Route{Method::get, "/api/cases/{case}/drafts", Right::see_cases, drafts_json, nullptr,
          "What is typed in a case and not sent: one's own, and for the desk its colleagues'"},
    Route{Method::put, "/api/cases/{case}/drafts/{box}", Right::see_cases, nullptr, keep_draft,
          "Keeps what is typed; the fields are those of the act"},
    Route{Method::del, "/api/cases/{case}/drafts/{box}", Right::see_cases, nullptr, keep_draft, "Forgets a draft"},
    Route{Method::get, "/api/cases/{case}/presence", Right::act_as_desk, presence_json, nullptr,
          "Who else of the desk has the case open, and who writes"},
    Route{Method::get, "/api/board", Right::supervise, board_json, nullptr,
          "Promises at risk, hand-offs, cases with many agents, closings without decision, adverse measures"},
    Route{Method::get,
          "/api/board/{tile}",
          Right::supervise,
          tile_json,
          nullptr,
          "The cases behind one of them",
          {},
          false,
          {},
          kAsksAfter},
    Route{Method::get, "/api/ledger", Right::audit, ledger_json, nullptr,
          "How far the ledger has come, and its last check"},
    Route{Method::get, "/api/colleagues", Right::act_as_desk, colleagues, nullptr,
          "The people of the desk, as a sheet offers them"},
    Route{Method::get,
          "/api/acts",
          Right::audit,
          acts_of_ledger,
          nullptr,
          "What happened in the whole ledger, in order",
          {},
          false,
          {},
          kAsksAfterNumber},
};

}  // namespace

std::span<const Route> api_routes() { return kRoutes; }

}  // namespace guichet::desk
