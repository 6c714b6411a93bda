#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/acts.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/fact_acts.hpp>
#include <guichet/desk/pages/agent.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/chronology.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/dossier_page.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/seller.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/views.hpp>

namespace guichet::desk {
namespace {

using ledger::ShelfRow;

// ---- lists of those who look at cases and have no list of their own --------------------------------------------

constexpr std::array<std::string_view, 3> kStates{"all", "living", "closed"};
constexpr std::array<std::string_view, 4> kOrders{"changed", "promise", "opened", "number"};

/// What a mediator has in hand, the one whose time ends first at the top: no promise of the desk runs meanwhile, so
/// that the ledger's order says nothing of it.
Result<std::vector<ledger::ShelfRow>> in_mediation(ledger::Reader& reader, ledger::CaseQuery query) {
  query.phases = static_cast<std::uint8_t>(1U << static_cast<unsigned>(Phase::in_mediation));
  query.order = ledger::CaseQuery::Order::number;
  query.after.clear();
  query.limit = ledger::kListMax;
  std::vector<ledger::ShelfRow> all;
  do {
    GUICHET_TRY(listed, reader.cases(query));
    for (ledger::ShelfRow& row : listed.rows) all.push_back(std::move(row));
    query.after = listed.next;
  } while (!query.after.empty());
  std::ranges::sort(
      all, {}, [](const ledger::ShelfRow& row) { return std::pair{row.state.due_at(Clock::mediation), row.case_id}; });
  return all;
}

Response plain_cases(Visit& visit) {
  const std::string_view wanted_state = parameter(visit, "state"), wanted_order = parameter(visit, "order");
  const auto known = [](const auto& all, std::string_view word) {
    const auto found = std::ranges::find(all, word);
    return found == all.end() ? all.begin() : found;
  };
  const auto state = known(kStates, wanted_state);
  const bool mediates = visit.role() == Role::mediator;
  const auto order = known(kOrders, wanted_order.empty() && mediates ? "promise" : wanted_order);
  static constexpr std::array<ledger::CaseQuery::Order, 4> kOrderOf{
      ledger::CaseQuery::Order::changed, ledger::CaseQuery::Order::promise, ledger::CaseQuery::Order::opened,
      ledger::CaseQuery::Order::number};
  ledger::CaseQuery query;
  if (mediates) query.mediator = visit.person->id;
  if (*state == "living") query.phases = kLivingPhases;
  if (*state == "closed") query.phases = kClosedPhase;
  query.order = kOrderOf[static_cast<std::size_t>(order - kOrders.begin())];
  query.after = parameter(visit, "after");
  std::vector<ledger::ShelfRow> first;
  if (mediates && *order == "promise" && *state != "closed") {
    if (query.after.empty()) {
      auto in_hand = in_mediation(visit.reader, query);
      if (!in_hand) return unreadable(visit, in_hand.error());
      first = std::move(*in_hand);
    }
    query.phases = static_cast<std::uint8_t>(query.phases & ~(1U << static_cast<unsigned>(Phase::in_mediation)));
  }
  auto listed = visit.reader.cases(query);
  if (!listed) return unreadable(visit, listed.error());
  listed->rows.insert(listed->rows.begin(), first.begin(), first.end());

  PageParts parts;
  parts.title = visit.phrases(mediates ? "cases.title.mediator" : "cases.title");
  parts.here = "cases";
  parts.live_lists = true;
  parts.css_class = "wide-list";
  Html& html = parts.main;
  html.open("form", {{"method", "get"}, {"action", Url("/cases")}, {"class", "filters"}});
  std::vector<Option> states, orders;
  for (const std::string_view one : kStates)
    states.push_back({std::string(one), visit.phrases(fmt::format("seller.cases.{}", one)), one == *state});
  for (const std::string_view one : kOrders)
    orders.push_back({std::string(one), visit.phrases(fmt::format("cases.order.{}", one)), one == *order});
  choice(html, "state", "state", visit.phrases("cases.state"), states);
  choice(html, "order", "order", visit.phrases("cases.order"), orders);
  button(html, visit.phrases("cases.show"), "second");
  html.close();
  ListLook look;
  if (!listed->next.empty())
    look.next_address = address_with(
        "/cases", {{"state", std::string(*state)}, {"order", std::string(*order)}, {"after", listed->next}});
  case_table(html, visit, listed->rows, look);
  return page(visit, std::move(parts));
}

Response cases(Visit& visit) {
  if (visit.role() == Role::seller) return seller_cases(visit);
  if (visit.may(Right::act_as_desk)) return agent_cases(visit);
  return plain_cases(visit);
}

// ---- a case for reading, and a mediator's words in it ------------------------------------------------------------

void section(Html& html, const Visit& visit, std::string_view title, const Html& content) {
  html.open("section").element("h2", visit.phrases(title)).add(content).close();
}

Html facts_beside(const Visit& visit, const SeenCase& seen) {
  Html aside, part;
  questions_list(part, visit, seen);
  section(aside, visit, "seller.questions", part);
  part = {};
  clocks_table(part, visit, seen);
  section(aside, visit, "seller.clocks", part);
  part = {};
  offers_and_restrictions(part, visit, seen);
  section(aside, visit, "seller.offers", part);
  part = {};
  who_was_here(part, visit, seen);
  section(aside, visit, "seller.met", part);
  part = {};
  costs_list(part, visit, seen);
  section(aside, visit, "seller.costs", part);
  return aside;
}

void mediator_forms(Html& html, const Visit& visit, const SeenCase& seen) {
  // Once it is over a mediator may read the case and writes in it no more.
  if (seen.file.row.state.phase() != Phase::in_mediation) return;
  const CaseId id = seen.file.row.case_id;
  const auto begin = [&](std::string_view act, bool files) {
    open_form(html, visit, fmt::format("{}/{}", case_address(id), act), "form", files);
    hidden(html, "box", act);
  };
  const Draft draft = draft_here(visit, id, "message");
  html.open("section", {{"class", "card no-print"}, {"id", "write"}}).element("h2", visit.phrases("mediator.write"));
  begin("message", true);
  field(html, {.id = "message-body",
               .name = "body",
               .label = visit.phrases("seller.words"),
               .hint = visit.phrases("mediator.write.hint"),
               .value = std::string(draft.text("body")),
               .required = true,
               .autocomplete = {},
               .rows = 8,
               .type = "text",
               .draft = "message"});
  field(html, {.id = "message-files",
               .name = "files",
               .label = visit.phrases("seller.files"),
               .hint = {},
               .value = {},
               .required = false,
               .autocomplete = {},
               .type = "file"});
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("mediator.send"));
  html.close().close().close();
  html.open("section", {{"class", "card no-print"}}).element("h2", visit.phrases("mediator.end"));
  begin("end-mediation", false);
  choice(html, "end-outcome", "outcome", visit.phrases("mediator.outcome"),
         {{"agreement", visit.phrases("mediator.agreement"), false},
          {"no_agreement", visit.phrases("mediator.no_agreement"), false}});
  field(html, {.id = "end-body",
               .name = "body",
               .label = visit.phrases("seller.words.optional"),
               .hint = {},
               .value = {},
               .required = false,
               .autocomplete = {},
               .rows = 4});
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("mediator.end.send"), "second");
  html.close().close().close();
}

std::string title_of(const Visit& visit, const ShelfRow& row) {
  return row.subject.empty() ? visit.phrases("case.number", {{"n", std::to_string(row.case_id.value)}}) : row.subject;
}

std::string subtitle_of(const Visit& visit, const SeenCase& seen) {
  const ShelfRow& row = seen.file.row;
  const std::string matter = matter_title(visit, *seen.procedure, row.state);
  return visit.phrases(
      matter.empty() ? "cases.subtitle.no_matter" : "cases.subtitle",
      {{"n", std::to_string(row.case_id.value)}, {"seller", account_name(visit, row.account)}, {"matter", matter}});
}

/// For those who look and do not act for a side: mediators write, auditors read.
Response reading_case(Visit& visit, const SeenCase& seen) {
  const ShelfRow& row = seen.file.row;
  const bool all = parameter(visit, "events") == "all";
  PageParts parts;
  parts.title = title_of(visit, row);
  parts.subtitle = subtitle_of(visit, seen);
  parts.here = "cases";
  parts.live_case = row.case_id;
  Html& html = parts.main;
  first_lines(html, visit, row, *seen.procedure);
  html.open("p", {{"class", "switch"}});
  html.element("a", visit.phrases(all ? "seller.stream.messages" : "seller.stream.all"),
               {{"href", Url(case_address(row.case_id) + (all ? "" : "?events=all"))}});
  html.element("a", visit.phrases("seller.print"), {{"href", Url(case_address(row.case_id) + "/print")}});
  html.element("a", visit.phrases("chronology.title"), {{"href", Url(case_address(row.case_id) + "/chronology")}});
  html.element("a", visit.phrases("cases.data"), {{"href", Url(case_address(row.case_id) + "/data.json")}});
  if (visit.may(Right::audit))
    html.element("a", visit.phrases("cases.audit"), {{"href", Url("/audit" + case_address(row.case_id))}});
  html.close();
  dossier_links(html, visit, row.case_id);
  stream(html, visit, seen, all, all);
  if (visit.may(Right::act_as_third)) mediator_forms(html, visit, seen);
  parts.aside = facts_beside(visit, seen);
  return page(visit, std::move(parts));
}

Response one_case(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  if (visit.role() == Role::seller) return seller_case(visit, *found.seen);
  if (visit.may(Right::act_as_desk)) return agent_case(visit, *found.seen);
  return reading_case(visit, *found.seen);
}

// ---- taking a case along -------------------------------------------------------------------------------------------

Response print_case(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const SeenCase& seen = *found.seen;
  PageParts parts;
  parts.title = title_of(visit, seen.file.row);
  parts.subtitle = subtitle_of(visit, seen);
  parts.here = "cases";
  parts.css_class = "printed";
  Html& html = parts.main;
  html.element("p", visit.phrases("print.taken", {{"moment", moment_words(visit, visit.now)}}), {{"class", "muted"}});
  html.open("p", {{"class", "no-print"}})
      .element("a", visit.phrases("seller.back"), {{"href", Url(case_address(seen.file.row.case_id))}})
      .close();
  first_lines(html, visit, seen.file.row, *seen.procedure);
  html.element("h2", visit.phrases("print.chronology"));
  stream(html, visit, seen, true, true);
  html.element("h2", visit.phrases("seller.questions"));
  questions_list(html, visit, seen);
  html.element("h2", visit.phrases("seller.clocks"));
  clocks_table(html, visit, seen);
  html.element("h2", visit.phrases("seller.offers"));
  offers_and_restrictions(html, visit, seen);
  html.element("h2", visit.phrases("seller.met"));
  who_was_here(html, visit, seen);
  html.element("h2", visit.phrases("seller.costs"));
  costs_list(html, visit, seen);
  return page(visit, std::move(parts));
}

Response case_data(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  Response response;
  response.content_type = "application/json";
  response.headers.emplace_back(
      "Content-Disposition", fmt::format("attachment; filename=\"case-{}.json\"", found.seen->file.row.case_id.value));
  formats::JsonWriter json;
  case_json(json, visit, *found.seen);
  response.body = json.take();
  return response;
}

/// Types that no browser runs, whatever is in them.
constexpr std::array<std::string_view, 8> kHarmless{"application/pdf", "image/png",  "image/jpeg", "image/gif",
                                                    "image/webp",      "text/plain", "text/csv",   "application/zip"};

std::string quoted_name(std::string_view name) {
  std::string quoted;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    quoted += byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '/' ? '_' : c;
  }
  return quoted.empty() ? "file" : quoted;
}

Response file_of_case(Visit& visit) {
  const CaseId case_id = visit.case_id();
  const TextId id{visit.case_id(1).value};
  const auto row = visit.visible_case(case_id);
  if (!row || !id) return not_found(visit);
  auto text = visit.reader.text(id);
  if (!text) return text.error().fault == Fault::not_found ? not_found(visit) : unreadable(visit, text.error());
  const bool readable =
      text->kind == ledger::TextKind::file || (text->kind == ledger::TextKind::mail && sees_the_inside(*visit.person));
  if (text->case_id != case_id || !readable) return not_found(visit);
  if (!sees_the_inside(*visit.person)) {
    const auto file = visit.reader.case_file(case_id);
    if (!file) return unreadable(visit, file.error());
    const std::vector<TextId> withheld = *file ? withheld_texts(**file) : std::vector<TextId>{};
    if (std::ranges::find(withheld, id) != withheld.end()) return not_found(visit);
  }
  if (text->erased) {
    const std::string gone = visit.phrases("file.gone", {{"moment", moment_words(visit, *text->erased)}});
    return visit.api ? problem(410, "erased", gone) : plain_page(visit, 410, "file.gone.title", gone);
  }
  Response response;
  const bool harmless = std::ranges::find(kHarmless, text->media_type) != kHarmless.end();
  response.content_type = text->kind == ledger::TextKind::mail ? "message/rfc822"
                          : harmless                           ? text->media_type
                                                               : "application/octet-stream";
  const std::string name = text->kind == ledger::TextKind::mail ? fmt::format("mail-{}.eml", id.value) : text->name;
  // RFC 6266: a plain name for all, and the whole one for those who read RFC 8187.
  response.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}",
                                                                   quoted_name(name), url_encoded(name)));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.emplace_back("Cache-Control", "private, no-store");
  response.body = std::move(text->body);
  return response;
}

// ---- acts ----------------------------------------------------------------------------------------------------------

/// The sentence, and everything that was typed, so that nobody writes it twice.
Response faulty(const Visit& visit, const FieldFault& fault, std::string_view back) {
  PageParts parts;
  parts.title = visit.phrases("cases.fault");
  parts.status = 422;
  Html& html = parts.main;
  html.open("p", {{"class", "refused"}, {"role", "alert"}});
  icon(html, "bad");
  html.text(visit.phrases("cases.fault.field",
                          {{"field", fault.field}, {"fault", fault_in_words(visit.phrases, fault.fault)}}));
  html.close();
  html.element("h2", visit.phrases("cases.typed")).open("dl", {{"class", "card"}});
  for (const auto& [name, value] : visit.fields.values()) {
    if (value.empty() || name == "csrf" || name == "once" || name == "box") continue;
    html.element("dt", name).open("dd");
    words(html, value);
    html.close();
  }
  html.close().open("p").element("a", visit.phrases("frame.back"), {{"href", Url(back)}}).close();
  return page(visit, std::move(parts));
}

std::string told_after(const Visit& visit, std::string_view act) {
  const std::string key = fmt::format("told.{}", act);
  return visit.phrases.has(key) ? key : "told.sent";
}

/// What is needed to answer later, when the visit is gone.
struct Later {
  formats::Language language{};
  Shared* shared{};
  std::shared_ptr<const Person> person;
  std::optional<Session> session;
  Draft draft;
  std::string form;    // where one comes back to when it is refused
  std::string action;  // where it was sent
  NamedValues typed;   // with the keys of the form
  bool files = false;
};

Later later(const Visit& visit, CaseId case_id, std::string_view box, std::string form) {
  return {.language = visit.language(),
          .shared = &visit.shared,
          .person = visit.person,
          .session = visit.session,
          .draft = draft_of(visit.person->id, case_id, box, visit.fields, visit.now),
          .form = std::move(form),
          .action = visit.request.path,
          .typed = visit.fields.values(),
          .files = !visit.fields.files().empty()};
}

/// What could not be written anywhere stands on the page, to be sent again as it is: by the same key, so that it is
/// done once.
Html to_send_again(const Later& then) {
  const formats::Phrases phrases(then.language);
  Html html;
  html.element("h2", phrases("cases.typed")).open("form", {{"method", "post"}, {"action", Url(then.action)}});
  if (then.session) hidden(html, "csrf", then.session->csrf);
  for (const auto& [name, value] : then.typed)
    if (name != "csrf" && !value.empty()) hidden(html, name, value);
  for (const auto& [name, value] : then.draft.fields) words(html, value);
  if (then.files) html.element("p", phrases("answer.failed.files"), {{"class", "hint"}});
  button(html, phrases("answer.failed.again"));
  html.close();
  return html;
}

/// Sends the errand; when it comes to nothing, what was typed is kept before the answer goes.
void send(Later then, Errand errand, std::function<std::string(const Answer&)> done, std::string told,
          Respond respond) {
  Clerk* clerk = then.shared->clerk;
  errand.records.push_back(forget(then.draft.person, then.draft.case_id, then.draft.box));
  clerk->submit(std::move(errand), [then = std::move(then), done = std::move(done), told = std::move(told),
                                    respond = std::move(respond)](const Answer& answer) {
    const auto reply = [&](std::string_view address) {
      return answer_page(then.language, *then.shared, then.person, then.session, answer, address, told);
    };
    if (answer.ok()) return respond(reply(done(answer)));
    const bool unwritten = answer.kind == Answer::Kind::stopped || answer.kind == Answer::Kind::failed;
    if (unwritten && !then.draft.blank())
      return respond(answer_page(then.language, *then.shared, then.person, then.session, answer, then.form, told,
                                 to_send_again(then)));
    Response refused = reply(then.form);
    if (then.draft.blank() || unwritten) return respond(std::move(refused));
    keep_then(*then.shared->clerk, then.draft, [respond, refused = std::move(refused)] { respond(refused); });
  });
}

void open_case(Visit& visit, Respond respond) {
  const ActSpec* spec = act_for("open", visit.role());
  if (spec == nullptr) return respond(forbidden(visit));
  Errand errand;
  const Acting how = acting_of(visit, nullptr);
  const FieldFault fault = make_errand(*spec, how, visit.request, visit.fields, errand);
  if (!fault.field.empty()) return respond(new_case_page(visit, fault));
  const std::string form = address_with("/cases/new", {{"matter", visit.fields.text("matter")}});
  send(
      later(visit, CaseId{}, "open", form), std::move(errand),
      [](const Answer& answer) { return case_address(answer.case_id); }, "told.opened", std::move(respond));
}

void act_on_case(Visit& visit, Respond respond) {
  const CaseId case_id = visit.case_id();
  const std::string act = visit.captures.size() < 2 ? std::string{} : visit.captures[1];
  const ActSpec* spec = act_for(act, visit.role());
  const auto row = visit.visible_case(case_id);
  if (spec == nullptr || spec->opens || !row) return respond(not_found(visit));
  const bool seller = visit.role() == Role::seller;
  const bool on_facts = is_fact_act(act);
  const std::string form = on_facts                     ? fact_page_address(case_id, act)
                           : seller && act != "message" ? seller_sheet_address(case_id, act)
                                                        : case_address(case_id) + "#write";
  Errand errand;
  const Acting how = acting_of(visit, &*row);
  const FieldFault fault = make_errand(*spec, how, visit.request, visit.fields, errand);
  if (!fault.field.empty()) {
    // A form on a fact that is not there has no place on the page.
    if (on_facts && fault.field != "fact") return respond(fact_form_again(visit, act, fault));
    if (!seller || on_facts)
      return respond(faulty(visit, fault, on_facts ? fact_page_address(case_id, act) : case_address(case_id)));
    CaseOr found = case_of_sheet(visit);
    return respond(found.seen ? seller_sheet(visit, *found.seen, {.act = act, .fault = fault})
                              : std::move(found.instead));
  }
  send(
      later(visit, case_id, act, form), std::move(errand),
      [case_id, act](const Answer&) {
        return is_fact_act(act) ? fact_page_address(case_id, act) : case_address(case_id);
      },
      told_after(visit, act), std::move(respond));
}

constexpr std::array kRoutes{
    Route{.method = Method::get,
          .pattern = "/cases",
          .right = Right::see_cases,
          .look = cases,
          .summary = "The cases of the person who looks",
          .kept = true},
    Route{.method = Method::post,
          .pattern = "/cases",
          .right = Right::act_as_seller,
          .act = open_case,
          .summary = "Opens a case"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}",
          .right = Right::see_cases,
          .look = one_case,
          .summary = "A case, as the role of the person who looks needs it",
          .kept = true},
    Route{.method = Method::post,
          .pattern = "/cases/{case}/{act}",
          .right = Right::see_cases,
          .act = act_on_case,
          .summary = "Does an act on a case"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/files/{text}",
          .right = Right::see_cases,
          .look = file_of_case,
          .summary = "A file of a case, to be kept"},
    Route{.method = Method::get,
          .pattern = "/api/cases/{case}/files/{text}",
          .right = Right::see_cases,
          .look = file_of_case,
          .summary = "A file of a case, as it was sent",
          .gives = "application/octet-stream"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/data.json",
          .right = Right::see_cases,
          .look = case_data,
          .summary = "The whole case as JSON, as this person may see it"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/print",
          .right = Right::see_cases,
          .look = print_case,
          .summary = "The whole case as one page for paper"},
};

}  // namespace

std::span<const Route> case_routes() { return kRoutes; }

}  // namespace guichet::desk
