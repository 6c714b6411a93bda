// A whole desk in memory behind its front door, and people who knock: requests without a socket.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/desk.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/rulebook/read.hpp>

#include "small_house.hpp"

namespace guichet::desk {

class OpenDesk {
 public:
  explicit OpenDesk(bool demo = false, const std::string& procedure = "guichet-unique")
      : clock_(std::make_shared<HandClock>(kMonday)) {
    OpenedLedger opened = ledger_in_memory();
    const Outcome people = opened.ledger->append(first_people());
    EXPECT_TRUE(people);
    DeskOptions options;
    options.house.demo = demo;
    options.house.setup_word = "word";
    options.house.writes_per_minute = 1'000'000;
    options.procedure_name = procedure;
    options.procedure_toml = *rulebook::procedure_text(procedure);
    auto desk = Desk::open(std::move(opened.ledger), opened.procedures, clock_, nullptr, std::move(options));
    EXPECT_TRUE(desk) << (desk ? "" : desk.error().detail);
    desk_ = std::move(*desk);
  }

  /// A token of this person's, for the Authorization header.
  const std::string& token(ActorId person) {
    auto [place, fresh] = tokens_.try_emplace(person.value);
    if (fresh) {
      Errand errand;
      errand.records.emplace_back();
      place->second =
          desk_->shared()
              .doorman->make_token(person, "test", {"read", "write", "admin"}, clock_->now(), errand.records.back())
              .secret;
      EXPECT_TRUE(desk_->shared().clerk->run(std::move(errand)).ok());
    }
    return place->second;
  }

  /// The cookie of a session of this person's, by which pages know him; a new one when the last has ended.
  std::string cookie(ActorId person) {
    std::string& secret = sessions_[person.value];
    const auto reader = desk_->shared().ledger->reader();
    const auto still = secret.empty() ? std::nullopt : *(*reader)->record("session", digest_of(secret));
    const Instant now = clock_->now();
    if (!still || still->at < now + Duration{60'000} || still->at > now + kSessionIdle) {
      secret = secret_word(32);
      const std::string at = std::to_string(now.time_since_epoch().count());
      Errand errand;
      errand.records.push_back({.record = {.kind = "session",
                                           .key = digest_of(secret),
                                           .owner = person.value,
                                           .at = now + kSessionIdle,
                                           .body = "{\"made\":" + at + ",\"seen\":" + at + "}"}});
      EXPECT_TRUE(desk_->shared().clerk->run(std::move(errand)).ok());
    }
    return secret;
  }

  /// Makes it this person's request: by token under /api, else by session.
  void sign(Request& request, ActorId person) {
    if (!person) return;
    if (request.path.starts_with("/api/")) {
      request.headers.emplace_back("authorization", "Bearer " + token(person));
      return;
    }
    const std::string secret = cookie(person);
    request.cookies.emplace_back(session_cookie_name(false), secret);
    request.headers.emplace_back("x-csrf-token", keyed_digest(secret, "form"));
  }

  /// The same for a page, as lines of a head.
  std::string signature(ActorId person) {
    const std::string secret = cookie(person);
    return "Cookie: " + session_cookie_name(false) + "=" + secret +
           "\r\nX-CSRF-Token: " + keyed_digest(secret, "form") + "\r\n";
  }

  /// As this person; nobody for zero. `form` is sent as a form, `json` as JSON.
  Response ask(ActorId person, Method method, std::string path, std::string form = {}, std::string json = {}) {
    Request request;
    request.method = method;
    if (const std::size_t query = path.find('?'); query != std::string::npos) {
      std::string_view rest = std::string_view{path}.substr(query + 1);
      while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find('&'));
        const std::size_t equals = one.find('=');
        request.query.emplace_back(url_decoded(one.substr(0, equals)),
                                   equals == std::string_view::npos ? "" : url_decoded(one.substr(equals + 1)));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      }
      path.resize(query);
    }
    request.path = std::move(path);
    request.peer = "192.0.2.1";
    request.headers.emplace_back("host", "desk.example");
    sign(request, person);
    if (!json.empty()) request.headers.emplace_back("content-type", "application/json");
    if (!form.empty()) request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    request.body = json.empty() ? std::move(form) : std::move(json);
    return send(request);
  }

  Response send(const Request& request) {
    std::promise<Response> promise;
    auto future = promise.get_future();
    desk_->handler()(request, [&promise](Response response) { promise.set_value(std::move(response)); });
    return future.get();
  }

  Desk& desk() { return *desk_; }
  Shared& shared() { return desk_->shared(); }
  HandClock& clock() { return *clock_; }

 private:
  std::shared_ptr<HandClock> clock_;
  std::unique_ptr<Desk> desk_;
  std::map<std::uint32_t, std::string> tokens_, sessions_;
};

}  // namespace guichet::desk
