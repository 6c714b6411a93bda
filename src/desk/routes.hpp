// The table of routes: method, path, right needed, function. What is not in it does not exist.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// `{case}` and the like in a pattern stand for one segment each; "{path}" last for the rest.
struct Route {
  Method method{};
  std::string_view pattern;
  Right right{};
  /// Looks, and answers at once; or answers later by `respond`, which it then takes over (the visit is gone by then).
  using Look = Response (*)(Visit&);
  using Act = void (*)(Visit&, Respond);
  Look look{};
  Act act{};
  std::string_view summary;            // English, for the list of routes in docs/http-api.md and for OpenAPI
  std::span<const ActField> fields{};  // of the body, for OpenAPI; acts on cases have theirs in acts.hpp
  /// What it shows hangs on the visitor, the ledger and the minute alone, and looking changes nothing: the page may be
  /// given again to the same session while what it was made from stands (kept_pages.hpp).
  bool kept = false;
  std::string_view gives{};  // the media type of the answer, for OpenAPI, when it is no JSON
  /// What may be asked for in the query of an address under /api, beside `language`, which all take: a name that is not
  /// here, one that comes twice and a word that is no choice are refused before the route is called.
  std::span<const ActField> asks{};
};

/// The rest of a list.
inline constexpr ActField kAfterField{"after", FieldKind::line, false, {}, "the value of next in the answer before"};
inline constexpr std::array kAsksAfter{kAfterField};
/// The same of a list that goes on from a number.
inline constexpr std::array kAsksAfterNumber{
    ActField{"after", FieldKind::number, false, {}, "the value of next in the answer before"}};
inline constexpr std::array<std::string_view, 1> kYes{"yes"};

/// All routes, pages and API. Every POST outside /api carries a form token, every one is limited in rate.
std::vector<Route> all_routes();

// The parts of the table, each beside its functions.
std::span<const Route> public_routes();      // pages/public.cpp
std::span<const Route> door_routes();        // pages/door.cpp: sign-in, invitation, first run, profile
std::span<const Route> case_routes();        // pages/cases.cpp: lists, the case, acts on it, files (every role)
std::span<const Route> proof_routes();       // pages/proof_pages.cpp: heads and receipts
std::span<const Route> seller_routes();      // pages/seller.cpp
std::span<const Route> agent_routes();       // pages/agent.cpp
std::span<const Route> supervisor_routes();  // pages/supervisor.cpp
std::span<const Route> auditor_routes();     // pages/auditor.cpp
std::span<const Route> house_routes();       // pages/house.cpp: people, procedures, tokens, webhooks, demo time
std::span<const Route> webhook_routes();     // pages/webhooks.cpp
std::span<const Route> api_routes();         // api/api.cpp
std::span<const Route> machine_routes();     // machine.cpp: /healthz, /metrics, /static, /live

/// Answers every request of the server: finds the route, asks the doorman and the table of rights, then calls it.
struct FrontDoor {
  Handler answer;
  /// How long a body may be from who sends it: short from strangers and from those who may not do what they ask.
  std::function<std::uint64_t(const Request& head)> body_bytes_max_of;
};
FrontDoor front_door(Shared& shared);

}  // namespace guichet::desk
