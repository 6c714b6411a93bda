// Somebody looks at a page of a small house: visits made by hand, without a server and without a front door.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/doorman.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/visit.hpp>

#include "small_house.hpp"

namespace guichet::desk {

/// Where an answer sends the browser; empty: nowhere.
inline std::string location(const Response& response) {
  for (const auto& [name, value] : response.headers)
    if (name == "Location") return value;
  return {};
}

class Visiting {
 public:
  explicit Visiting(SmallHouse& house) : house_(house) {
    shared_.ledger = &house.ledger();
    shared_.clerk = &house.clerk();
    shared_.procedures = &house.procedures();
    shared_.people = &house.people();
    shared_.clock = &house.clock();
    shared_.house.base_url = "https://desk.example";
  }

  Shared& shared() { return shared_; }

  /// The page behind a GET of `table`, as this person (zero: nobody) sees it.
  Response get(std::span<const Route> table, ActorId who, const std::string& path, NamedValues query = {},
               formats::Language language = formats::Language::en) {
    Request request;
    request.path = path;
    request.query = std::move(query);
    Visit visit = visit_of(request, who, language);
    const Route* route = route_of(table, Method::get, path, visit.captures);
    if (route == nullptr || route->look == nullptr) return {.status = 404};
    EXPECT_TRUE(visit.may(route->right)) << path;
    return route->look(visit);
  }

  /// Sends a form of `table` and waits for the answer.
  Response post(std::span<const Route> table, ActorId who, const std::string& path,
                const std::vector<std::pair<std::string, std::string>>& values,
                formats::Language language = formats::Language::en) {
    Request request;
    request.method = Method::post;
    request.path = path;
    Visit visit = visit_of(request, who, language);
    for (const auto& [name, value] : values) visit.fields.add(name, value);
    const Route* route = route_of(table, Method::post, path, visit.captures);
    if (route == nullptr || route->act == nullptr) return {.status = 404};
    EXPECT_TRUE(visit.may(route->right)) << path;
    std::promise<Response> answered;
    route->act(visit, [&answered](Response response) { answered.set_value(std::move(response)); });
    return answered.get_future().get();
  }

  /// The request must outlive the visit.
  Visit visit_of(const Request& request, ActorId who, formats::Language language = formats::Language::en) {
    Visit visit{.shared = shared_,
                .request = request,
                .reader = house_.reader(),
                .session = std::nullopt,
                .person = who ? house_.people().person(who) : nullptr,
                .phrases = formats::Phrases(language),
                .now = house_.clock().now(),
                .captures = {},
                .fields = {}};
    if (who) visit.session = Session{.id = "s", .csrf = "token-of-the-session", .person = who};
    return visit;
  }

 private:
  static std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> all;
    while (!path.empty()) {
      path.remove_prefix(1);
      all.push_back(path.substr(0, path.find('/')));
      path.remove_prefix(all.back().size());
    }
    return all;
  }
  static const Route* route_of(std::span<const Route> table, Method method, std::string_view path,
                               std::vector<std::string>& captures) {
    const Route* found = nullptr;
    const auto wanted = segments(path);
    for (const Route& route : table) {
      const auto parts = segments(route.pattern);
      if (route.method != method || parts.size() != wanted.size()) continue;
      std::vector<std::string> caught;
      bool fits = true;
      for (std::size_t i = 0; i < parts.size() && fits; ++i) {
        if (parts[i].starts_with('{'))
          caught.emplace_back(wanted[i]);
        else
          fits = parts[i] == wanted[i];
      }
      // As at the front door: the route with fewer holes is the better fit.
      if (fits && (found == nullptr || caught.size() < captures.size())) {
        found = &route;
        captures = std::move(caught);
      }
    }
    return found;
  }

  SmallHouse& house_;
  Shared shared_;
};

}  // namespace guichet::desk
