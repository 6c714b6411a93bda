// The house itself: demo time, keys of programs, erasures, its log; and the table of routes by which it is changed.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <guichet/desk/api/desk_json.hpp>
#include <guichet/desk/api/house_json.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/erasing.hpp>
#include <guichet/desk/failed_letters.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/pages/house_pages.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/timekeeper.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLabelMax = 80;
constexpr std::size_t kTokensMax = 20;  // of one person
constexpr std::size_t kNotesPerPage = 50;
constexpr Duration kHour{3'600'000};
constexpr std::array<int, 4> kPaces{1, 60, 600, 3'600};
constexpr std::array<std::string_view, 4> kReasons{"wish", "third_person", "mistake", "unlawful"};

// ---- keys of programs ----------------------------------------------------------------------------------------

std::string scope_words(const Visit& visit, const std::vector<std::string>& scopes) {
  std::string all;
  for (const std::string& scope : scopes) {
    const std::string key = "house.scope." + scope;
    all += (all.empty() ? "" : ", ") + (visit.phrases.has(key) ? visit.phrases(key) : scope);
  }
  return all;
}

void tokens_table(Html& html, const Visit& visit, const std::vector<KeptKey>& tokens, std::string_view end_address,
                  bool with_person) {
  const auto& phrases = visit.phrases;
  html.open("table", {{"class", "cases"}}).open("thead").open("tr");
  html.element("th", phrases("house.tokens.label"), {{"scope", "col"}});
  if (with_person) html.element("th", phrases("house.tokens.person"), {{"scope", "col"}});
  html.element("th", phrases("house.tokens.scopes"), {{"scope", "col"}});
  html.element("th", phrases("house.tokens.made"), {{"scope", "col"}});
  html.element("th", phrases("house.tokens.seen"), {{"scope", "col"}});
  html.element("th", phrases("house.tokens.end"), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const KeptKey& token : tokens) {
    html.open("tr");
    html.element("th", token.label, {{"scope", "row"}});
    if (with_person)
      html.element("td", person_name(visit, token.person), {{"data-label", phrases("house.tokens.person")}});
    html.element("td", scope_words(visit, token.scopes), {{"data-label", phrases("house.tokens.scopes")}});
    html.element("td", moment_words(visit, token.made), {{"data-label", phrases("house.tokens.made")}});
    html.element("td", token.seen == Instant{} ? phrases("house.tokens.never") : moment_words(visit, token.seen),
                 {{"data-label", phrases("house.tokens.seen")}});
    html.open("td");
    open_form(html, visit, end_address);
    hidden_field(html, "token", token.id);
    button(html, phrases("house.tokens.end.button"), "danger");
    html.close().close().close();
  }
  html.close().close();
}

bool manages(const Visit& visit) {
  return visit.may(Right::manage_people) || visit.may(Right::manage_rules) || visit.may(Right::manage_desk);
}

Response tokens_page(const Visit& visit, const std::string& fault) {
  const auto& phrases = visit.phrases;
  auto tokens = visit.shared.doorman->tokens(visit.person->id, visit.reader);
  if (!tokens) return plain_page(visit, 503, "answer.failed.title", phrases("fault.ledger"));
  PageParts parts;
  parts.title = phrases("house.tokens.title");
  parts.here = "profile";
  parts.status = fault.empty() ? 200 : 422;
  Html& html = parts.main;
  html.element("p", phrases("house.tokens.what"));
  html.open("p").element("a", phrases("house.tokens.api"), {{"href", Url("/api/openapi.json")}}).close();
  if (tokens->empty())
    html.element("p", phrases("house.tokens.none"));
  else
    tokens_table(html, visit, *tokens, "/tokens/end", false);
  open_card(html, "new-token", phrases("house.tokens.new"));
  open_form(html, visit, "/tokens", "form");
  field(html, {.id = "label",
               .name = "label",
               .label = phrases("house.tokens.label"),
               .hint = phrases("house.tokens.label.hint"),
               .value = visit.fields.text("label"),
               .required = true,
               .autocomplete = "off",
               .draft = {},
               .fault = fault,
               .length_max = kLabelMax});
  std::vector<Box> scopes{{.value = "read", .label = phrases("house.scope.read"), .checked = true},
                          {.value = "write", .label = phrases("house.scope.write"), .checked = false}};
  if (manages(visit)) scopes.push_back({.value = "admin", .label = phrases("house.scope.admin"), .checked = false});
  boxes(html, "scope", "scopes", phrases("house.tokens.scopes"), scopes);
  html.open("div");
  button(html, phrases("house.tokens.new.button"));
  html.close().close().close();
  return page(visit, std::move(parts));
}

Response see_tokens(Visit& visit) { return tokens_page(visit, {}); }

/// A token makes no tokens: what it may is no more than what it was given.
void add_token(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  if (visit.session->by_token)
    return respond(visit.api ? problem(403, "no_right", phrases("fault.no_right")) : forbidden(visit));
  const std::string label = one_line(visit.fields.text("label"));
  std::vector<std::string> scopes;
  for (const std::string& scope : visit.fields.all("scopes"))
    if (scope == "read" || scope == "write" || (scope == "admin" && manages(visit))) scopes.push_back(scope);
  if (label.empty() || label.size() > kLabelMax)
    return respond(faulty(visit, {"label", label.empty() ? "missing" : "too_long"},
                          [&] { return tokens_page(visit, phrases("house.tokens.label.missing")); }));
  if (scopes.empty())
    return respond(faulty(visit, {"scopes", "missing"},
                          [&] { return tokens_page(visit, phrases("house.tokens.scopes.missing")); }));
  const auto own = visit.shared.doorman->tokens(visit.person->id, visit.reader);
  if (!own || own->size() >= kTokensMax)
    return respond(
        faulty(visit, {"label", "too_many"}, [&] { return tokens_page(visit, phrases("house.tokens.too_many")); }));

  ledger::RecordChange change;
  const NewToken token = visit.shared.doorman->make_token(visit.person->id, label, std::move(scopes),
                                                          door_time(visit.shared, visit.now), change);
  PageParts parts;
  parts.title = phrases("house.tokens.made.title");
  parts.here = "profile";
  Html& html = parts.main;
  html.element("p", phrases("house.tokens.made.what"));
  html.open("p").element("code", token.secret).close();
  html.element("p", phrases("house.tokens.made.use"));
  html.open("pre").element("code", "Authorization: Bearer " + token.secret).close();
  html.open("p");
  link_button(html, phrases("house.tokens.made.done"), "/tokens");
  html.close();

  Errand errand = house_errand(visit);
  errand.records.push_back(std::move(change));
  errand.house.push_back(house_note(visit.person->id, "token_made", "person", visit.person->id.value));
  Response shown = visit.api ? done_answer(false, "/tokens/" + token.id, 201,
                                           [&](formats::JsonWriter& json) { json.key("secret").value(token.secret); })
                             : page(visit, std::move(parts));
  visit.shared.clerk->submit(std::move(errand), then_show(visit, std::move(respond), std::move(shown), "/tokens"));
}

/// Ends one of `tokens`; what is not among them is not there.
void end_token_of(Visit& visit, Respond respond, const Result<std::vector<KeptKey>>& tokens, std::string address) {
  if (!tokens)
    return respond(visit.api ? ledger_trouble(visit.phrases)
                             : plain_page(visit, 503, "answer.failed.title", visit.phrases("fault.ledger")));
  const std::string id = visit.api ? visit.captures.front() : visit.fields.text("token");
  const auto found = std::ranges::find(*tokens, id, &KeptKey::id);
  if (found == tokens->end()) return respond(not_found(visit));
  Errand errand = house_errand(visit);
  errand.records.push_back(visit.shared.doorman->end_token(*found));
  errand.house.push_back(house_note(visit.person->id, "token_ended", "person", found->person.value));
  visit.shared.clerk->submit(std::move(errand),
                             then(visit, std::move(respond), std::move(address), "told.token_ended"));
}

void end_own_token(Visit& visit, Respond respond) {
  end_token_of(visit, std::move(respond), visit.shared.doorman->tokens(visit.person->id, visit.reader), "/tokens");
}

void end_any_token(Visit& visit, Respond respond) {
  end_token_of(visit, std::move(respond), visit.shared.doorman->tokens(ActorId{}, visit.reader), "/desk");
}

// ---- the desk ------------------------------------------------------------------------------------------------

void time_card(Html& html, const Visit& visit) {
  const auto& phrases = visit.phrases;
  const DemoClock& clock = *visit.shared.demo_clock;
  open_card(html, "demo-time", phrases("house.time.title"));
  html.open("p").text(phrases("house.time.now")).text(" ");
  moment(html, visit, visit.now);
  html.close();
  html.element("p", phrases("house.time.what"));
  open_form(html, visit, "/desk/time", "row");
  for (const char* step : {"hour", "day", "week"})
    button(html, phrases("house.time.advance." + std::string(step)), "second", "advance", step);
  html.close();
  open_form(html, visit, "/desk/time", "filters");
  std::vector<Option> paces;
  // What was set at the start of the desk may be none of these.
  const double pace_now = clock.pace();
  if (std::ranges::none_of(kPaces, [&](int pace) { return static_cast<double>(pace) == pace_now; }))
    paces.push_back(
        {.value = "", .label = phrases("house.time.pace.other", {{"n", phrases.number(pace_now)}}), .chosen = true});
  for (const int pace : kPaces)
    paces.push_back({.value = std::to_string(pace),
                     .label = phrases("house.time.pace." + std::to_string(pace)),
                     .chosen = static_cast<double>(pace) == pace_now});
  choice(html, "pace", "pace", phrases("house.time.pace"), paces);
  button(html, phrases("house.time.pace.button"), "second");
  html.close().close();
}

void move_time(Visit& visit, Respond respond) {
  DemoClock* clock = visit.shared.demo_clock;
  if (clock == nullptr) return respond(not_found(visit));
  const std::string step = visit.fields.text("advance");
  Duration by{0};
  if (step == "hour") by = kHour;
  if (step == "day") by = kHour * 24;
  if (step == "week") by = kHour * (7 * 24);
  const auto pace = visit.fields.number("pace");
  const bool paced = pace && std::ranges::find(kPaces, *pace) != kPaces.end();
  if (by == Duration{0} && !paced)
    return respond(faulty(visit, {"advance", "no_such_choice"}, [] { return see_other("/desk"); }));
  Errand errand = house_errand(visit);
  // A form that is sent twice moves time once: it is the answer that moves it.
  formats::JsonWriter json(0);
  json.begin_object().key("offset_ms").value((clock->offset() + by).count()).end_object();
  ledger::RecordChange kept;
  kept.record.kind = "house";
  kept.record.key = "demo_time";
  kept.record.body = json.take();
  errand.records.push_back(std::move(kept));
  errand.house.push_back(
      paced ? house_note(visit.person->id, "pace_set", "pace", static_cast<std::uint64_t>(*pace))
            : house_note(visit.person->id, "time_moved", "hours", static_cast<std::uint64_t>(by / kHour)));
  // Where invented people live through it, time takes a moment.
  const char* const moved = visit.shared.advance_demo ? "told.time_moves" : "told.time_moved";
  Told told = then(visit, std::move(respond), "/desk", paced ? "told.pace_set" : moved);
  visit.shared.clerk->submit(std::move(errand), [told = std::move(told), clock, by, paced, pace,
                                                 &shared = visit.shared](const Answer& answer) {
    if (answer.kind == Answer::Kind::done) {
      if (paced) clock->set_pace(static_cast<double>(*pace));
      // Where invented people act, they live through the time; otherwise it leaps.
      if (shared.advance_demo && by != Duration{0})
        shared.advance_demo(by);
      else
        clock->advance(by);
      if (shared.timekeeper != nullptr) shared.timekeeper->look();
    }
    told(answer);
  });
}

// ---- what it is called ----------------------------------------------------------------------------------------

void name_card(Html& html, const Visit& visit, const std::string& fault) {
  const auto& phrases = visit.phrases;
  open_card(html, "house-name", phrases("house.name.title"));
  if (!visit.shared.house.name.empty()) {
    html.element("p", phrases("house.name.fixed", {{"name", visit.shared.house.name}})).close();
    return;
  }
  open_form(html, visit, "/desk/name", "form");
  field(html, {.id = "desk-name",
               .name = "name",
               .label = phrases("house.name.label"),
               .hint = phrases("door.first_run.desk.hint"),
               .value = fault.empty() ? house_name(visit.shared) : visit.fields.text("name"),
               .required = true,
               .autocomplete = "organization",
               .fault = fault,
               .length_max = kHouseNameMax});
  html.open("div");
  button(html, phrases("house.name.button"), "second");
  html.close().close().close();
}

Response desk_page(const Visit& visit, const std::string& name_fault, const std::string& erase_fault, int status);

void name_desk(Visit& visit, Respond respond) {
  const std::string name = one_line(visit.fields.text("name"));
  if (!visit.shared.house.name.empty())
    return respond(visit.api
                       ? problem(409, "fixed", visit.phrases("house.name.fixed", {{"name", house_name(visit.shared)}}))
                       : see_other("/desk"));
  if (name.empty() || name.size() > kHouseNameMax)
    return respond(faulty(visit, {"name", name.empty() ? "missing" : "too_long"},
                          [&] { return desk_page(visit, visit.phrases("house.name.wrong"), {}, 422); }));
  Errand errand = house_errand(visit);
  errand.records.push_back(house_called(name));
  formats::JsonWriter json(0);
  json.begin_object().key("name").value(name).end_object();
  errand.house.push_back({.number = 0, .at = {}, .by = visit.person->id, .what = "house_named", .detail = json.take()});
  visit.shared.clerk->submit(std::move(errand), then(visit, std::move(respond), "/desk", "told.saved"));
}

void erasure_card(Html& html, const Visit& visit, const std::string& fault) {
  const auto& phrases = visit.phrases;
  open_card(html, "erasure", phrases("house.erase.title"));
  if (!fault.empty()) warning(html, fault);
  html.element("p", phrases("house.erase.what"));
  open_form(html, visit, "/desk/erase", "form");
  for (const char* which : {"case", "text"})
    field(html, {.id = "erase-" + std::string(which),
                 .name = which,
                 .label = phrases("house.erase." + std::string(which)),
                 .hint = {},
                 .value = visit.fields.text(which),
                 .required = true,
                 .autocomplete = "off",
                 .draft = {},
                 .fault = {}});
  std::vector<Option> reasons;
  for (const std::string_view reason : kReasons)
    reasons.push_back({.value = std::string(reason), .label = phrases("house.erase.reason." + std::string(reason))});
  choice(html, "erase-reason", "reason", phrases("house.erase.reason"), reasons);
  html.open("div");
  button(html, phrases("house.erase.button"), "danger");
  html.close().close().close();
}

void log_card(Html& html, const Visit& visit) {
  const auto& phrases = visit.phrases;
  const auto reach = visit.reader.reach();
  if (!reach) return;
  std::uint64_t last = reach->house;
  if (const std::string* before = visit.request.parameter("before"))
    if (const std::uint64_t number = number_of(*before); number > 1) last = std::min(last, number - 1);
  const std::uint64_t after = last > kNotesPerPage ? last - kNotesPerPage : 0;
  auto notes = visit.reader.house_notes(after, static_cast<std::size_t>(last - after));
  if (!notes) return;
  std::ranges::reverse(*notes);
  open_card(html, "house-log", phrases("house.log.title"));
  html.open("ol", {{"class", "plain-list"}});
  for (const ledger::HouseNote& note : *notes) {
    html.open("li");
    const std::string key = "house.note." + note.what;
    html.element("strong", phrases.has(key) ? phrases(key) : note.what).text(" ");
    note_details(html, visit, note);
    html.empty("br");
    const std::string who = note.by ? person_name(visit, note.by) : phrases("house.log.program");
    html.element("span", who + ", " + moment_words(visit, note.at), {{"class", "far"}}).close();
  }
  html.close();
  if (after > 0)
    html.open("p", {{"class", "more"}})
        .element("a", phrases("house.log.older"), {{"href", Url("/desk?before=" + std::to_string(after + 1))}})
        .close();
  html.close();
}

Response desk_page(const Visit& visit, const std::string& name_fault, const std::string& erase_fault, int status) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("house.desk.title");
  parts.here = "desk";
  parts.status = status;
  Html& html = parts.main;
  examples_warning(html, visit);
  if (visit.shared.demo_clock != nullptr) time_card(html, visit);
  name_card(html, visit, name_fault);
  open_card(html, "all-tokens", phrases("house.tokens.all"));
  const auto tokens = visit.shared.doorman->tokens(ActorId{}, visit.reader);
  if (!tokens || tokens->empty())
    html.element("p", phrases("house.tokens.none"));
  else
    tokens_table(html, visit, *tokens, "/desk/tokens/end", true);
  html.open("p").element("a", phrases("door.tokens.open"), {{"href", Url("/tokens")}}).close();
  html.open("p").element("a", phrases("webhooks.title"), {{"href", Url("/desk/webhooks")}}).close();
  html.open("p").element("a", phrases("mail.page.title"), {{"href", Url("/desk/mail")}}).close().close();
  if (const auto failed = count_failed_letters(visit.reader, 1'000); failed && *failed != 0) {
    open_card(html, "failed", phrases("failed.title"));
    html.open("p").element("a", phrases.counted("failed.count", static_cast<std::int64_t>(*failed)),
                           {{"href", Url("/trays/failed")}});
    html.close().close();
  }
  erasure_card(html, visit, erase_fault);
  log_card(html, visit);
  return page(visit, std::move(parts));
}

Response see_desk(Visit& visit) { return desk_page(visit, {}, {}, 200); }

/// The case's number is asked for too: one wrong digit must not take somebody else's words away.
void erase_text(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  const TextId id{number_of(visit.fields.text("text"))};
  const CaseId case_id{number_of(visit.fields.text("case"))};
  const std::string reason = visit.fields.text("reason");
  const auto wrong = [&](std::string_view field, std::string_view fault, std::string_view sentence) {
    return faulty(visit, {std::string(field), std::string(fault)},
                  [&] { return desk_page(visit, {}, phrases(sentence), 422); });
  };
  if (std::ranges::find(kReasons, reason) == kReasons.end())
    return respond(wrong("reason", "no_such_choice", "house.erase.reason.missing"));
  const auto text = id ? visit.reader.text(id) : Result<ledger::Text>(Error{Fault::not_found, {}});
  if (!text || text->case_id != case_id) return respond(wrong("text", "no_such_text", "house.erase.no_such_text"));
  auto erasing = erasing_of(visit.reader, id);
  if (!erasing)
    return respond(visit.api ? ledger_trouble(phrases)
                             : plain_page(visit, 503, "answer.failed.title", phrases("fault.ledger")));
  if (erasing->texts.empty()) return respond(wrong("text", "erased", "house.erase.already"));
  Errand errand = house_errand(visit);
  for (const TextId one : erasing->texts) {
    const auto erased = visit.reader.text(one);
    formats::JsonWriter json(0);
    json.begin_object().key("case").value(erased ? erased->case_id.value : 0U).key("text").value(one.value);
    json.key("reason").value(std::string_view{reason}).end_object();
    ledger::HouseNote note;
    note.by = visit.person->id;
    note.what = "text_erased";
    note.detail = json.take();
    errand.erase.push_back(one);
    errand.house.push_back(std::move(note));
  }
  for (ledger::RecordChange& change : erasing->records) errand.records.push_back(std::move(change));
  const std::vector<TextId> texts = std::move(erasing->texts);
  if (!visit.api)
    return visit.shared.clerk->submit(
        std::move(errand),
        then(visit, std::move(respond), "/desk", texts.size() == 1 ? "told.text_erased" : "told.texts_erased"));
  Response shown = done_answer(false, "/desk", 200, [&texts](formats::JsonWriter& json) {
    json.key("texts").begin_array();
    for (const TextId one : texts) json.value(one.value);
    json.end_array();
  });
  visit.shared.clerk->submit(std::move(errand), then_show(visit, std::move(respond), std::move(shown), "/desk"));
}

constexpr std::array kRoleWords{"seller"sv,   "agent"sv,   "supervisor"sv,   "decider"sv,
                                "mediator"sv, "auditor"sv, "administrator"sv};
constexpr std::array kAbsences{"no"sv, "until"sv, "told"sv};
constexpr std::array kScopes{"read"sv, "write"sv, "admin"sv};
constexpr std::array kSteps{"hour"sv, "day"sv, "week"sv};

constexpr ActField kRevision{"revision", FieldKind::number, false, {}, "as it was read: whoever was quicker stays"};
constexpr std::array kPersonFields{
    ActField{"name", FieldKind::line, true, {}, "as others see it"},
    ActField{"email", FieldKind::line, false, {}, "where the invitation leads; without one nobody signs in"},
    ActField{"role", FieldKind::choice, true, kRoleWords, "what the person may do"},
    ActField{"account", FieldKind::number, false, {}, "of a seller"},
    ActField{"teams", FieldKind::lines, false, {}, "of the desk's people: teams of the procedure"},
    ActField{"languages", FieldKind::lines, false, {}, "fr, en"},
    kRevision};
constexpr std::array kAbsenceFields{
    ActField{"absent", FieldKind::choice, true, kAbsences, "away until a day, or until told otherwise"},
    ActField{"back_on", FieldKind::line, false, {}, "the day of return: 2027-01-31"},
    ActField{"substitute", FieldKind::person, false, {}, "who stands in"}};
constexpr std::array kActiveFields{ActField{"active", FieldKind::flag, true, {}, "whether he may sign in"}};
constexpr std::array kAccountFields{
    ActField{"name", FieldKind::line, true, {}, "of the seller"},
    ActField{"reference", FieldKind::line, false, {}, "the marketplace's own number for this seller"}, kRevision};
constexpr std::array kNameFields{ActField{"name", FieldKind::line, true, {}, "what its pages call it"}};
constexpr ActField kToml{"toml", FieldKind::words, true, {}, "the procedure's text"};
constexpr ActField kFindingsRead{
    "findings_read", FieldKind::flag, false, {}, "needed when the rule packs call for repair"};
constexpr ActField kEarlierDayRead{"earlier_day_read",
                                   FieldKind::flag,
                                   false,
                                   {},
                                   "needed when the text itself says an earlier day than it can take effect on"};
constexpr std::array kAdoptFields{
    kToml,
    ActField{"effective_from", FieldKind::line, true, {}, "a day, after the notice that the one in force asks for"},
    kFindingsRead, kEarlierDayRead};
// What is to be adopted may be sent as it is.
constexpr std::array kCheckFields{kToml, ActField{"effective_from", FieldKind::line, false, {}, "not looked at"},
                                  kFindingsRead, kEarlierDayRead};
constexpr std::array kWithdrawFields{
    ActField{"reason", FieldKind::words, true, {}, "why, for everybody to read: it stays, and names nobody"}};
constexpr std::array kTokenFields{ActField{"label", FieldKind::line, true, {}, "what it is for"},
                                  ActField{"scopes", FieldKind::flags, true, kScopes, "what it may"}};
constexpr std::array kTimeFields{
    ActField{"advance", FieldKind::choice, false, kSteps, "how far"},
    ActField{"pace", FieldKind::number, false, {}, "seconds of the demo in one second: 1, 60, 600, 3600"}};
constexpr std::array kFailedChoices{"again"sv, "forget"sv};
constexpr std::array kFailedFields{ActField{"letter", FieldKind::line, true, {}, "which, by its Message-ID"},
                                   ActField{"do", FieldKind::choice, true, kFailedChoices, "what becomes of it"}};
constexpr std::array kEraseFields{
    ActField{"case", FieldKind::case_number, true, {}, "whose text it is: one wrong digit erases nothing"},
    ActField{"text", FieldKind::number, true, {}, "which"},
    ActField{"reason", FieldKind::choice, true, kReasons, "why"}};

constexpr std::array kAsksPeople{
    ActField{"role", FieldKind::choice, false, std::span{kRoleWords}.subspan<1>(), "only those of one role"},
    ActField{"email", FieldKind::line, false, {}, "only the one with this address, sellers too"}};

constexpr std::array kRoutes{
    Route{Method::get, "/people", Right::see_people, see_people, nullptr, "Everybody who works here"},
    Route{Method::post, "/people", Right::manage_people, nullptr, add_person, "Adds a person and invites him"},
    Route{Method::get, "/people/{person}", Right::see_people, see_person, nullptr, "One person"},
    Route{Method::post, "/people/{person}", Right::manage_people, nullptr, change_person,
          "Changes a person's name, address, role, teams and languages"},
    Route{Method::post, "/people/{person}/absence", Right::see_people, nullptr, change_absence,
          "Says until when somebody is away, and who stands in"},
    Route{Method::post, "/people/{person}/invitation", Right::manage_people, nullptr, invite_person,
          "A new link for choosing a password"},
    Route{Method::post, "/people/{person}/active", Right::manage_people, nullptr, switch_person,
          "Lets somebody sign in no more, or again"},
    Route{Method::post, "/people/{person}/sessions/end", Right::manage_people, nullptr, end_persons_sessions,
          "Ends all of a person's sessions"},
    Route{Method::post, "/people/{person}/second-factor/end", Right::manage_people, nullptr, end_persons_factor,
          "Takes a lost second factor away"},
    Route{Method::get, "/accounts", Right::see_people, see_accounts, nullptr, "The sellers' accounts"},
    Route{Method::post, "/accounts", Right::manage_people, nullptr, add_account, "Adds a seller's account"},
    Route{Method::get, "/accounts/{account}", Right::see_people, see_account, nullptr, "One account and its members"},
    Route{Method::post, "/accounts/{account}", Right::manage_people, nullptr, change_account,
          "Changes an account's name and reference"},
    Route{Method::get, "/procedures", Right::manage_rules, see_procedures, nullptr, "The procedures that were adopted"},
    Route{Method::get, "/procedures/{procedure}.toml", Right::manage_rules, procedure_text, nullptr,
          "The text of an adopted procedure"},
    Route{Method::post, "/procedures/check", Right::manage_rules, check_procedure, nullptr,
          "Reads a new procedure and shows what there is to say of it"},
    Route{Method::post, "/procedures/adopt", Right::manage_rules, nullptr, adopt_procedure,
          "Adopts a new procedure with its date of effect"},
    Route{Method::post, "/procedures/{procedure}/withdraw", Right::manage_rules, nullptr, withdraw_procedure,
          "Withdraws a procedure before its date of effect"},
    Route{Method::get, "/trays/failed", Right::see_people, failed_letters_page, nullptr,
          "Mails that could not be delivered"},
    Route{Method::post, "/trays/failed", Right::see_people, nullptr, settle_failed_letter,
          "Sends such a mail again, or takes it off the list"},
    Route{Method::get, "/tokens", Right::signed_in, see_tokens, nullptr, "One's own tokens for programs"},
    Route{Method::post, "/tokens", Right::signed_in, nullptr, add_token, "Makes a token"},
    Route{Method::post, "/tokens/end", Right::signed_in, nullptr, end_own_token, "Ends one of one's own tokens"},
    Route{Method::get, "/desk", Right::manage_desk, see_desk, nullptr,
          "Demo time, tokens, erasures and the house's log"},
    Route{Method::get, "/desk/mail", Right::manage_desk, see_mail, nullptr,
          "How the desk sends and receives mail, and how that goes"},
    Route{Method::post, "/desk/mail/test", Right::manage_desk, nullptr, test_mail, "Sends a test mail to oneself"},
    Route{Method::post, "/desk/time", Right::manage_desk, nullptr, move_time, "Moves the time of a demo, or its pace"},
    Route{Method::post, "/desk/name", Right::manage_desk, nullptr, name_desk, "Says what the desk is called"},
    Route{Method::post, "/desk/tokens/end", Right::manage_desk, nullptr, end_any_token, "Ends anybody's token"},
    Route{Method::post, "/desk/erase", Right::manage_desk, nullptr, erase_text, "Erases the words of one text"},

    // The same for programs: the same functions, which answer whoever asked.
    Route{Method::get,
          "/api/people",
          Right::see_people,
          people_json,
          nullptr,
          "Everybody who works here; with email or role, fewer",
          {},
          false,
          {},
          kAsksPeople},
    Route{Method::post, "/api/people", Right::manage_people, nullptr, add_person,
          "Adds a person; the link of the invitation is given once", kPersonFields},
    Route{Method::get, "/api/people/{person}", Right::see_people, person_json, nullptr, "One person"},
    Route{Method::put, "/api/people/{person}", Right::manage_people, nullptr, change_person,
          "Changes a person: what is not sent is emptied", kPersonFields},
    Route{Method::post, "/api/people/{person}/absence", Right::see_people, nullptr, change_absence,
          "Says until when somebody is away, and who stands in", kAbsenceFields},
    Route{Method::post, "/api/people/{person}/invitation", Right::manage_people, nullptr, invite_person,
          "A new link for choosing a password, given once"},
    Route{Method::post, "/api/people/{person}/active", Right::manage_people, nullptr, switch_person,
          "Lets somebody sign in no more, or again", kActiveFields},
    Route{Method::post, "/api/people/{person}/sessions/end", Right::manage_people, nullptr, end_persons_sessions,
          "Ends all of a person's sessions"},
    Route{Method::post, "/api/people/{person}/second-factor/end", Right::manage_people, nullptr, end_persons_factor,
          "Takes a lost second factor away"},
    Route{Method::get,
          "/api/accounts",
          Right::see_people,
          accounts_json,
          nullptr,
          "The sellers' accounts",
          {},
          false,
          {},
          kAsksAfter},
    Route{Method::post, "/api/accounts", Right::manage_people, nullptr, add_account, "Adds a seller's account",
          kAccountFields},
    Route{Method::get, "/api/accounts/{account}", Right::see_people, account_json, nullptr,
          "One account and its members"},
    Route{Method::put, "/api/accounts/{account}", Right::manage_people, nullptr, change_account,
          "Changes an account's name and reference", kAccountFields},
    Route{Method::post, "/api/procedures/check", Right::manage_rules, check_procedure, nullptr,
          "Reads a new procedure and says what the rule packs say of it", kCheckFields},
    Route{Method::post, "/api/procedures", Right::manage_rules, nullptr, adopt_procedure,
          "Adopts a new procedure with its date of effect", kAdoptFields},
    Route{Method::post, "/api/procedures/{procedure}/withdraw", Right::manage_rules, nullptr, withdraw_procedure,
          "Withdraws a procedure before its date of effect; it stays in the list, and is never in force",
          kWithdrawFields},
    Route{Method::get, "/api/trays/failed", Right::see_people, failed_letters_json, nullptr,
          "Mails that could not be delivered"},
    Route{Method::post, "/api/trays/failed", Right::see_people, nullptr, settle_failed_letter,
          "Sends such a mail again, or takes it off the list", kFailedFields},
    Route{Method::get, "/api/tokens", Right::signed_in, tokens_json, nullptr, "One's own tokens for programs"},
    Route{Method::post, "/api/tokens", Right::signed_in, nullptr, add_token,
          "Makes a token, whose secret is given once; a token makes none", kTokenFields},
    Route{Method::del, "/api/tokens/{token}", Right::signed_in, nullptr, end_own_token, "Ends one of one's own tokens"},
    Route{Method::get, "/api/desk", Right::manage_desk, desk_json, nullptr,
          "What the desk is called, its time, and mails that could not be delivered"},
    Route{Method::put, "/api/desk", Right::manage_desk, nullptr, name_desk, "Says what the desk is called",
          kNameFields},
    Route{Method::get, "/api/desk/mail", Right::manage_desk, mail_json, nullptr,
          "How the desk sends and receives mail, without passwords, and how that goes"},
    Route{Method::post, "/api/desk/mail/test", Right::manage_desk, nullptr, test_mail, "Sends a test mail to oneself"},
    Route{Method::get, "/api/desk/tokens", Right::manage_desk, all_tokens_json, nullptr, "Everybody's tokens"},
    Route{Method::del, "/api/desk/tokens/{token}", Right::manage_desk, nullptr, end_any_token, "Ends anybody's token"},
    Route{Method::post, "/api/desk/time", Right::manage_desk, nullptr, move_time,
          "Moves the time of a demo, or its pace", kTimeFields},
    Route{Method::post, "/api/desk/erase", Right::manage_desk, nullptr, erase_text, "Erases the words of one text",
          kEraseFields},
    Route{Method::get,
          "/api/desk/notes",
          Right::manage_desk,
          notes_json,
          nullptr,
          "The house's log",
          {},
          false,
          {},
          kAsksAfterNumber},
    Route{Method::get,
          "/api/audit/notes",
          Right::audit,
          notes_json,
          nullptr,
          "The house's log, for auditors",
          {},
          false,
          {},
          kAsksAfterNumber},
};

}  // namespace

std::span<const Route> house_routes() { return kRoutes; }

}  // namespace guichet::desk
