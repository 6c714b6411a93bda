// The addresses that are told of each act: listed, added, tried again, removed.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <guichet/core/names.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/pages/counted.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/desk/webhooks.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kAddress = "/desk/webhooks";

Result<std::vector<Webhook>> all_webhooks(const Visit& visit) {
  ledger::RecordQuery query;
  query.kind = kWebhookKind;
  GUICHET_TRY(records, visit.reader.records(query));
  std::vector<Webhook> all;
  for (const ledger::Record& record : records)
    if (auto webhook = webhook_from(record)) all.push_back(std::move(*webhook));
  return all;
}

Result<std::vector<Delivery>> late_deliveries(const Visit& visit) {
  ledger::RecordQuery query;
  query.kind = kDeliveryKind;
  GUICHET_TRY(records, visit.reader.records(query));
  std::vector<Delivery> late;
  for (const ledger::Record& record : records)
    if (auto delivery = delivery_from(record); delivery && delivery->attempts != 0)
      late.push_back(std::move(*delivery));
  return late;
}

void one_webhook(Html& html, const Visit& visit, const Webhook& webhook) {
  html.open("li").open("p").element("strong", webhook.label.empty() ? webhook.url : webhook.label).text(" · ");
  html.element("code", webhook.url).close();
  std::string kinds;
  for (const std::string& event : webhook.events) kinds += (kinds.empty() ? "" : ", ") + event;
  html.element("p", kinds.empty() ? visit.phrases("webhooks.all_events") : kinds, {{"class", "muted"}});
  open_form(html, visit, std::string{kAddress} + "/" + webhook.id + "/remove");
  button(html, visit.phrases("webhooks.remove"), "quiet");
  html.close().close();
}

Response list(Visit& visit) {
  const auto hooks = all_webhooks(visit);
  const auto late = late_deliveries(visit);
  if (!hooks || !late) return plain_page(visit, 503, "fault.title", visit.phrases("fault.ledger"));
  PageParts parts;
  parts.title = visit.phrases("webhooks.title");
  parts.subtitle = visit.phrases("webhooks.subtitle");
  parts.here = "desk";
  Html& main = parts.main;
  if (hooks->empty()) {
    main.element("p", visit.phrases("webhooks.none"));
  } else {
    main.open("ul", {{"class", "plain"}});
    for (const Webhook& webhook : *hooks) one_webhook(main, visit, webhook);
    main.close();
  }
  main.element("h2", visit.phrases("webhooks.add"));
  open_form(main, visit, kAddress, "form");
  field(main, {.id = "url", .name = "url", .label = visit.phrases("webhooks.url"), .required = true, .type = "url"});
  field(main, {.id = "label", .name = "label", .label = visit.phrases("webhooks.label")});
  field(main, {.id = "events",
               .name = "events",
               .label = visit.phrases("webhooks.events"),
               .hint = visit.phrases("webhooks.events.hint")});
  main.open("div");
  button(main, visit.phrases("webhooks.add.button"));
  main.close().close();
  if (!late->empty()) {
    main.element("h2", visit.phrases("webhooks.late"));
    WideTable table(main, visit.phrases("webhooks.late"),
                    {visit.phrases("webhooks.late.act"), visit.phrases("webhooks.late.attempts"),
                     visit.phrases("webhooks.late.fault")});
    for (const Delivery& delivery : *late) {
      main.open("tr").element("td", std::to_string(delivery.act)).element("td", std::to_string(delivery.attempts));
      main.element("td", delivery.last_fault + (delivery.given_up ? " · " + visit.phrases("webhooks.given_up") : ""));
      main.close();
    }
    table.end();
  }
  return page(visit, std::move(parts));
}

/// What is wrong with what was asked for: the field, its fault's word and a sentence.
struct WrongWebhook {
  FieldFault fault;
  std::string told;
};

/// What the form or the JSON asks for; nothing when something is wrong with it.
std::optional<WrongWebhook> read(const Visit& visit, Webhook& webhook) {
  webhook.id = secret_word(9);
  webhook.secret = secret_word(32);
  webhook.url = visit.fields.text("url");
  webhook.label = one_line(visit.fields.text("label"));
  for (const std::string& line : visit.fields.all("events")) {
    std::string word;
    for (const char c : line + " ") {
      if (c != ' ' && c != ',' && c != '\n') {
        word += c;
        continue;
      }
      if (word.empty()) continue;
      if (!from_name<EventKind>(word)) return WrongWebhook{{"events", "no_such_choice"}, "events: " + word};
      webhook.events.push_back(std::exchange(word, {}));
    }
  }
  const std::string wrong = wrong_with_address(webhook.url, visit.shared.house.webhook_reach);
  if (wrong.empty()) return std::nullopt;
  return WrongWebhook{{"url", webhook.url.empty() ? "missing" : "no_web_address"}, "url: " + wrong};
}

Errand errand_for(const Visit& visit, ledger::RecordChange change, std::string what, const std::string& id) {
  Errand errand;
  errand.channel = visit.api ? ledger::Channel::api : ledger::Channel::web;
  errand.person = visit.person->id;
  errand.party = Party::desk;
  errand.records.push_back(std::move(change));
  formats::JsonWriter detail(0);
  detail.begin_object().key("webhook").value(id).end_object();
  errand.house.push_back(
      {.number = 0, .at = {}, .by = visit.person->id, .what = std::move(what), .detail = detail.take()});
  return errand;
}

void add(Visit& visit, Respond respond) {
  Webhook webhook;
  if (const auto wrong = read(visit, webhook))
    return respond(visit.api ? problem_of_field(visit.phrases, wrong->fault)
                             : plain_page(visit, 422, "webhooks.wrong", wrong->told));
  Errand errand =
      errand_for(visit, {.record = to_record(webhook), .expect = ledger::RecordChange::Expect::absent, .remove = false},
                 "webhook_added", webhook.id);
  const bool api = visit.api;
  // The secret is shown once, on the page that follows.
  Response shown;
  if (!api) {
    PageParts parts;
    parts.title = visit.phrases("webhooks.added");
    parts.here = "desk";
    parts.main.element("p", visit.phrases("webhooks.secret"));
    parts.main.open("p").element("code", webhook.secret).close();
    parts.main.open("p").element("a", visit.phrases("webhooks.back"), {{"href", Url(kAddress)}}).close();
    shown = page(visit, std::move(parts));
  }
  visit.shared.clerk->submit(std::move(errand), [respond = std::move(respond), api, webhook, shown,
                                                 language = visit.language()](const Answer& answer) {
    if (!answer.ok()) return respond(problem_of(formats::Phrases(language), answer));
    if (!api) return respond(shown);
    formats::JsonWriter json;
    json.begin_object().key("id").value(webhook.id).key("secret").value(webhook.secret).end_object();
    respond(json_answer(json, 201));
  });
}

void remove(Visit& visit, Respond respond) {
  const std::string id = visit.captures[0];
  Errand errand = errand_for(visit,
                             {.record = {.kind = std::string{kWebhookKind}, .key = id, .owner = 0, .body = "{}"},
                              .expect = ledger::RecordChange::Expect::anything,
                              .remove = true},
                             "webhook_removed", id);
  if (!visit.api)
    return visit.shared.clerk->submit(std::move(errand),
                                      then(visit, std::move(respond), std::string{kAddress}, "told.saved"));
  visit.shared.clerk->submit(std::move(errand),
                             [respond = std::move(respond), language = visit.language()](const Answer& answer) {
                               if (!answer.ok()) return respond(problem_of(formats::Phrases(language), answer));
                               Response response;
                               response.status = 204;
                               respond(std::move(response));
                             });
}

Response list_json(Visit& visit) {
  const auto hooks = all_webhooks(visit);
  const auto late = late_deliveries(visit);
  if (!hooks || !late) return ledger_trouble(visit.phrases);
  formats::JsonWriter json;
  json.begin_object().key("webhooks").begin_array();
  for (const Webhook& webhook : *hooks) {
    json.begin_object().key("id").value(webhook.id).key("url").value(webhook.url).key("label").value(webhook.label);
    json.key("events").begin_array();
    for (const std::string& event : webhook.events) json.value(event);
    json.end_array().end_object();
  }
  json.end_array().key("late").begin_array();
  for (const Delivery& delivery : *late) {
    json.begin_object().key("webhook").value(delivery.webhook).key("act").value(delivery.act);
    json.key("attempts").value(delivery.attempts).key("fault").value(delivery.last_fault).end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

constexpr std::array kWebhookFields{
    ActField{"url", FieldKind::line, true, {}, "where it is told of: https://, outside this machine's own networks"},
    ActField{"label", FieldKind::line, false, {}, "what it is for"},
    ActField{"events", FieldKind::lines, false, {}, "kinds of events, of which alone it is told; without them of all"}};

constexpr std::array kRoutes{
    Route{Method::get, "/desk/webhooks", Right::manage_desk, list, nullptr, "Addresses that are told of each act"},
    Route{Method::post, "/desk/webhooks", Right::manage_desk, nullptr, add, "Add an address"},
    Route{Method::post, "/desk/webhooks/{id}/remove", Right::manage_desk, nullptr, remove, "Remove an address"},
    Route{Method::get, "/api/webhooks", Right::manage_desk, list_json, nullptr, "Addresses that are told of each act"},
    Route{Method::post, "/api/webhooks", Right::manage_desk, nullptr, add, "Add an address; the secret is given once",
          kWebhookFields},
    Route{Method::del, "/api/webhooks/{id}", Right::manage_desk, nullptr, remove, "Remove an address"},
};

}  // namespace

std::span<const Route> webhook_routes() { return kRoutes; }

}  // namespace guichet::desk
