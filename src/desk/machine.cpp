// What machines ask: is it alive, how much of what, files of the screens, and the stream of news for open pages.
#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <guichet/base/embedded.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/failed_letters.hpp>
#include <guichet/desk/kept_pages.hpp>
#include <guichet/desk/meters.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/timekeeper.hpp>
#include <guichet/embedded/screens.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kFailedLettersCounted = 100'000;

Response plain(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Response health(Visit& visit) {
  if (!visit.reader.reach()) return plain(503, "the ledger cannot be read\n");
  if (!visit.shared.clerk->counts().failing) return plain(200, "ok\n");
  // The disk was full or read-only when something was last to be written: it is tried again.
  Errand trial;
  trial.channel = ledger::Channel::web;
  trial.records.push_back({.record = {.kind = "health", .key = "tried", .owner = 0, .at = visit.now, .body = {}},
                           .expect = ledger::RecordChange::Expect::anything,
                           .remove = false});
  return visit.shared.clerk->run(std::move(trial)).ok() ? plain(200, "ok\n")
                                                        : plain(503, "the ledger cannot be written\n");
}

bool is_this_machine(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

/// Numbers of the desk as a whole say something about its business: they are for its own machine.
Response metrics(Visit& visit) {
  if (!is_this_machine(visit.request.peer) && !visit.may(Right::manage_desk))
    return plain(403, "metrics are for this machine, or with an administrator's token\n");
  std::string text = visit.shared.meters->text();
  const ClerkCounts clerk = visit.shared.clerk->counts();
  add_metric(text, "guichet_errands_total", "counter", "Errands taken by the clerk.", clerk.errands);
  add_metric(text, "guichet_errands_refused_total", "counter", "Errands that were not done.", clerk.refused);
  add_metric(text, "guichet_errands_waiting", "gauge", "Errands that wait for the clerk.", clerk.waiting);
  add_metric(text, "guichet_commits_total", "counter", "Transactions on disk.", clerk.commits);
  add_metric(text, "guichet_commits_failed_total", "counter", "Transactions that the disk did not take.", clerk.failed);
  add_metric(text, "guichet_events_total", "counter", "Events written since the start.", clerk.events);
  add_metric(text, "guichet_screens_open", "gauge", "Pages that listen for news.", visit.shared.live->open());
  if (visit.shared.kept_pages != nullptr)
    add_metric(text, "guichet_pages_given_again_total", "counter", "Pages that had not to be made.",
               visit.shared.kept_pages->given());
  if (visit.shared.timekeeper != nullptr)
    add_metric(text, "guichet_clocks_rung_total", "counter", "Clocks that fell due.", visit.shared.timekeeper->rung());
  if (visit.shared.server != nullptr) {
    const ServerCounts server = visit.shared.server->counts();
    add_metric(text, "guichet_connections_total", "counter", "Connections taken.", server.connections);
    add_metric(text, "guichet_connections_open", "gauge", "Connections open now.", server.connections_open);
    add_metric(text, "guichet_bytes_out_total", "counter", "Bytes sent.", server.bytes_out);
  }
  if (const auto reach = visit.reader.reach()) {
    add_metric(text, "guichet_ledger_events", "gauge", "Events in the ledger.", reach->position);
    const Duration ahead = reach->recorded > visit.now ? reach->recorded - visit.now : Duration{0};
    add_metric(text, "guichet_ledger_ahead_seconds", "gauge",
               "How far the newest event stands ahead of this machine's clock.",
               static_cast<std::uint64_t>(ahead.count() / 1000));
    add_metric(text, "guichet_ledger_cases", "gauge", "The highest case number.", reach->case_id.value);
  }
  if (const auto failed = count_failed_letters(visit.reader, kFailedLettersCounted))
    add_metric(text, "guichet_letters_failed", "gauge", "Mails that could not be delivered and wait for somebody.",
               *failed);
  Response response = plain(200, std::move(text));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

/// Files of the screens; their address carries the program's version, so that they may be kept.
Response file_of_the_screens(Visit& visit) {
  static const auto style =
      std::make_shared<const std::string>(std::string{embedded_bytes(embedded::screens(), "page.css")}.append(
          embedded_bytes(embedded::screens(), "desk.css")));
  static const auto script = std::make_shared<const std::string>(embedded_bytes(embedded::screens(), "desk.js"));
  Response response;
  if (visit.captures[0] == "desk.css") {
    response.content_type = "text/css; charset=utf-8";
    response.shared = style;
  } else if (visit.captures[0] == "desk.js") {
    response.content_type = "text/javascript; charset=utf-8";
    response.shared = script;
  } else {
    return not_found(visit);
  }
  response.headers.emplace_back("Cache-Control", visit.request.parameter("v") != nullptr
                                                     ? "public, max-age=31536000, immutable"
                                                     : "public, max-age=300");
  return response;
}

Response news(Visit& visit) {
  Live::Listener listener;
  listener.person = visit.person->id;
  listener.name = visit.person->name;
  listener.of_the_desk = sees_the_inside(*visit.person);
  if (const std::string* wanted = visit.request.parameter("case")) {
    visit.captures = {*wanted};
    listener.case_id = visit.case_id();
    if (!visit.visible_case(listener.case_id)) return not_found(visit);
  }
  // A page may stay open for days: who has left the desk, or got another role, hears no more.
  std::function<bool()> still = [people = visit.shared.people, before = visit.person] {
    const auto now = people->person(before->id);
    return now && now->active && now->role == before->role && now->account == before->account;
  };
  // Nor does he whose session has ended, wherever that was done.
  listener.session = visit.session->id;
  listener.may_stay = [still, shared = &visit.shared, session = *visit.session] {
    return still() && shared->doorman->still_in(session, door_time(*shared, shared->clock->now()));
  };
  const bool all = listener.of_the_desk || visit.may(Right::supervise) || visit.may(Right::audit);
  // A seller's case stays his account's; a mediator's may be taken from him, and lists are of many cases.
  if (all || (listener.case_id && visit.role() == Role::seller)) {
    listener.may_hear = [still = std::move(still)](CaseId) { return still(); };
  } else {
    auto reader = std::shared_ptr<ledger::Reader>();
    if (auto opened = visit.shared.ledger->reader()) reader = std::move(*opened);
    listener.may_hear = [still = std::move(still), person = visit.person, reader](CaseId case_id) {
      if (!reader || !still()) return false;
      const auto row = reader->row(case_id);
      return row && *row && may_see(*person, **row);
    };
  }
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  Live* live = visit.shared.live;
  response.stream = [live, listener](std::shared_ptr<EventStream> stream) { live->join(listener, std::move(stream)); };
  return response;
}

constexpr std::array kRoutes{
    Route{Method::get, "/healthz", Right::anybody, health, nullptr, "Whether the desk can read and write its ledger"},
    Route{Method::get, "/metrics", Right::anybody, metrics, nullptr, "Numbers for Prometheus, for this machine"},
    Route{Method::get, "/static/{name}", Right::anybody, file_of_the_screens, nullptr, "Style and script of the pages"},
    Route{Method::get, "/live", Right::signed_in, news, nullptr, "News for an open page, as server-sent events"},
};

}  // namespace

std::span<const Route> machine_routes() { return kRoutes; }

}  // namespace guichet::desk
