// Every route as every role and as another seller: nobody gets what is not for him.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/kept_pages.hpp>
#include <guichet/desk/request_reader.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/ledger/memory.hpp>
#include <guichet/rulebook/read.hpp>

#include "open_desk.hpp"

namespace guichet::desk {
namespace {

constexpr std::string_view kSecretWords = "xylophone-payout";

struct Visitor {
  ActorId person;
  Role role{};
};
const std::vector<Visitor> kVisitors{
    {ActorId{}, Role::nobody},      {kSellerAnn, Role::seller}, {kSellerBob, Role::seller},
    {kAgentMarie, Role::agent},     {kHead, Role::decider},     {kSupervisor, Role::supervisor},
    {kMediatorLea, Role::mediator}, {kAuditor, Role::auditor},  {kAdministrator, Role::administrator}};

std::string open_anns_case(OpenDesk& desk) {
  const std::string json = R"({"matter":"payment","subject":"About xylophone-payout","questions":["When?"],)"
                           R"("body":"My xylophone-payout is missing"})";
  const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {}, json);
  EXPECT_EQ(opened.status, 201) << opened.body;
  const auto said = formats::parse_json(opened.body, "answer");
  return std::to_string(said->find("case")->integer);
}

/// Keys of forms are new each time.
std::string without_once(std::string page) {
  constexpr std::string_view kOnce = "name=\"once\" value=\"";
  for (std::size_t at = 0; (at = page.find(kOnce, at)) != std::string::npos;) {
    at += kOnce.size();
    page.erase(at, page.find('"', at) - at);
  }
  return page;
}

std::string body_of(const Response& response) { return response.shared ? *response.shared : response.body; }

/// The route's address for Ann's case.
std::string address_of(const Route& route, const std::string& case_number) {
  std::string path;
  for (std::string_view rest = route.pattern; !rest.empty();) {
    const std::size_t hole = rest.find('{');
    path += rest.substr(0, hole);
    if (hole == std::string_view::npos) break;
    const std::size_t end = rest.find('}', hole);
    const std::string_view name = rest.substr(hole + 1, end - hole - 1);
    if (name == "case")
      path += case_number;
    else if (name == "act")
      path += "message";
    else if (name == "name")
      path += "desk.css";
    else
      path += "1";
    rest.remove_prefix(end + 1);
  }
  return path;
}

bool is_api(const Route& route) { return route.pattern.starts_with("/api/"); }

TEST(Routes, EveryRoleGetsWhatItsRightsSayAndNothingElse) {
  OpenDesk desk;
  const std::string number = open_anns_case(desk);
  for (const Route& route : all_routes())
    for (const Visitor& visitor : kVisitors) {
      // Ending all sessions or the visit itself would spoil the rest.
      if (route.pattern == "/signout" || route.pattern == "/live") continue;
      const std::string path = address_of(route, number);
      const Response response = desk.ask(visitor.person, route.method, path);
      const std::string where = std::string{name(route.method)} + " " + path + " as " +
                                std::string{name(visitor.role)} + " " + std::to_string(visitor.person.value) +
                                " gives " + std::to_string(response.status);
      if (route.right == Right::anybody) {
        EXPECT_NE(response.status, 401) << where;
        continue;
      }
      if (visitor.role == Role::nobody) {
        EXPECT_EQ(response.status, is_api(route) ? 401 : 303) << where;
      } else if (!may(visitor.role, route.right)) {
        EXPECT_EQ(response.status, 403) << where;
      } else {
        EXPECT_NE(response.status, 401) << where;
        EXPECT_NE(response.status, 500) << where;
        EXPECT_NE(response.status, 501) << where;
      }
    }
}

TEST(Routes, AnotherSellersCaseIsAsIfItWereNotThere) {
  OpenDesk desk;
  const std::string number = open_anns_case(desk);
  for (const Route& route : all_routes()) {
    if (route.pattern == "/live" || route.pattern == "/signout") continue;
    const std::string path = address_of(route, number);
    for (const ActorId stranger : {kSellerBob, kMediatorLea, ActorId{}}) {
      const Response response =
          desk.ask(stranger, route.method, path, route.method == Method::post ? "body=hello" : "");
      EXPECT_EQ(body_of(response).find(kSecretWords), std::string::npos)
          << name(route.method) << " " << path << " shows the words to " << stranger.value;
      if (stranger == kSellerBob && route.pattern.find("{case}") != std::string_view::npos &&
          may(Role::seller, route.right)) {
        EXPECT_EQ(response.status, 404) << name(route.method) << " " << path;
      }
    }
  }
  // A case that does not exist looks the same.
  const Response other = desk.ask(kSellerBob, Method::get, "/cases/" + number);
  Response none = desk.ask(kSellerBob, Method::get, "/cases/999999");
  // But for the address that was asked for.
  for (std::size_t at = 0; (at = none.body.find("999999", at)) != std::string::npos;) none.body.replace(at, 6, number);
  EXPECT_EQ(other.status, none.status);
  EXPECT_EQ(without_once(other.body), without_once(none.body));
}

TEST(Routes, ATokenOpensTheInterfaceForProgramsAndNoPage) {
  OpenDesk desk;
  const auto send = [&](const Route& route, const std::string& token) {
    Request request;
    request.method = route.method;
    request.path = route.pattern;
    request.peer = "192.0.2.1";
    for (std::size_t at = 0; (at = request.path.find('{')) != std::string::npos;)
      request.path.replace(at, request.path.find('}', at) - at + 1, "1");
    request.headers = {{"host", "desk.example"}, {"content-type", "application/x-www-form-urlencoded"}};
    if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
    return desk.send(request);
  };
  const std::string token = desk.token(kAdministrator);
  std::size_t pages = 0;
  for (const Route& route : all_routes()) {
    if (route.pattern.starts_with("/api/")) continue;
    const Response answer = send(route, token);
    if (route.right != Right::anybody) {
      ++pages;
      EXPECT_EQ(answer.status, 403) << route.pattern;
      EXPECT_EQ(answer.content_type, "application/problem+json") << route.pattern;
      EXPECT_NE(answer.body.find("token_not_here"), std::string::npos) << route.pattern << answer.body;
    } else if (route.method == Method::get && route.pattern != "/metrics") {
      EXPECT_EQ(without_once(answer.body), without_once(send(route, {}).body)) << route.pattern << ": as to a stranger";
    }
  }
  EXPECT_GT(pages, 80U);
}

TEST(Routes, AFullDiskIsSeenFromOutsideUntilThereIsRoom) {
  OpenDesk desk;
  const auto health = [&desk] { return desk.ask({}, Method::get, "/healthz").status; };
  desk.token(kSellerAnn);
  EXPECT_EQ(health(), 200);
  auto& disk = dynamic_cast<ledger::MemoryLedger&>(*desk.shared().ledger);
  disk.fail_appends(1'000);
  EXPECT_EQ(
      desk.ask(kSellerAnn, Method::post, "/api/cases", {}, R"({"matter":"payment","subject":"S","body":"B"})").status,
      503);
  EXPECT_EQ(health(), 503);
  disk.fail_appends(0);
  EXPECT_EQ(health(), 200) << "there is room again, and nobody had to do anything";
}

TEST(Routes, ALedgerAheadOfTheClockIsSeen) {
  OpenDesk desk;
  const auto ahead = [&desk] {
    const std::string text = desk.ask(kAdministrator, Method::get, "/metrics").body;
    return text.substr(text.find("\nguichet_ledger_ahead_seconds ") + 30, 6);
  };
  desk.ask(kSellerAnn, Method::post, "/api/cases", {}, R"({"matter":"payment","subject":"S","body":"B"})");
  EXPECT_TRUE(ahead().starts_with("0\n")) << ahead();
  desk.clock().set(desk.clock().now() - std::chrono::hours{2});
  EXPECT_TRUE(ahead().starts_with("7200\n")) << ahead();
}

TEST(Routes, AFileThatRunsWhenItIsOpenedIsNotTaken) {
  OpenDesk desk;
  const auto sent = [&desk](const std::string& name) {
    return desk
        .ask(kSellerAnn, Method::post, "/api/cases", {},
             R"({"matter":"payment","subject":"S","body":"B","files":[{"name":")" + name +
                 R"(","media_type":"application/pdf","base64":"QQ=="}]})")
        .status;
  };
  for (const char* program : {"proof.exe", "proof.pdf.EXE", "proof.js", "proof.exe.", "proof.lnk . "})
    EXPECT_EQ(sent(program), 422) << program;
  for (const char* document : {"proof.pdf", "proof", "exe", "proof.exe.txt", "proof.json"})
    EXPECT_EQ(sent(document), 201) << document;
}

TEST(Routes, OnlyWhoMayDoItMaySendMuch) {
  OpenDesk desk;
  const FrontDoor door = front_door(desk.shared());
  const auto most = [&](ActorId who, Method method, const std::string& path) {
    Request head;
    head.method = method;
    head.path = path;
    if (who) head.headers.emplace_back("authorization", "Bearer " + desk.token(who));
    return door.body_bytes_max_of(head);
  };
  const std::uint64_t all = desk.shared().house.body_bytes_max();
  EXPECT_EQ(most(kSellerAnn, Method::post, "/api/cases"), all);
  EXPECT_EQ(most({}, Method::post, "/api/cases"), kSmallBody);
  EXPECT_EQ(most({}, Method::post, "/signin"), kSmallBody);
  EXPECT_EQ(most(kSellerAnn, Method::post, "/nowhere"), kSmallBody);
  EXPECT_EQ(most(kAuditor, Method::post, "/api/cases"), kSmallBody) << "who only reads";
}

TEST(Routes, ASellerNeverSeesANote) {
  OpenDesk desk;
  const std::string number = open_anns_case(desk);
  const Response noted =
      desk.ask(kAgentMarie, Method::post, "/api/cases/" + number + "/note", {}, R"({"body":"zebrawood suspicion"})");
  ASSERT_EQ(noted.status, 200) << noted.body;
  EXPECT_NE(body_of(desk.ask(kAgentMarie, Method::get, "/cases/" + number)).find("zebrawood"), std::string::npos);
  // Nor what one agent writes to the next.
  const auto seen = formats::parse_json(desk.ask(kAgentMarie, Method::get, "/api/cases/" + number).body, "case");
  const ActorId owner{static_cast<std::uint32_t>(seen->find("summary")->find("owner")->find("id")->integer)};
  const std::string to = std::to_string((owner == kAgentMarie ? kAgentNoor : kAgentMarie).value);
  const Response handed = desk.ask(owner, Method::post, "/api/cases/" + number + "/hand-off", {},
                                   R"({"to":)" + to + R"(,"reason":"workload","summary":"zebrawood summary",)" +
                                       R"("questions":["the zebrawood question"]})");
  ASSERT_EQ(handed.status, 200) << handed.body;
  for (const Route& route : all_routes()) {
    if (route.pattern == "/live" || route.pattern == "/signout" || route.method != Method::get) continue;
    const Response response = desk.ask(kSellerAnn, route.method, address_of(route, number));
    EXPECT_EQ(body_of(response).find("zebrawood"), std::string::npos) << route.pattern;
  }
  for (const std::string path : {"/search?q=zebrawood", "/api/search?q=zebrawood", "/cases?q=zebrawood"})
    for (const ActorId seller : {kSellerAnn, kSellerBob})
      EXPECT_EQ(body_of(desk.ask(seller, Method::get, path)).find("suspicion"), std::string::npos) << path;
}

TEST(Routes, WordsOfAHandOffInAnOlderLedgerAreTheDesksOwnToo) {
  OpenDesk desk;
  const std::string number = open_anns_case(desk);
  const CaseId case_id{static_cast<std::uint32_t>(std::stoul(number))};
  const Shared& shared = desk.shared();
  auto reader = *shared.ledger->reader();
  const ledger::ShelfRow row = **reader->row(case_id);
  const auto owner = shared.people->person(row.state.owner);
  Fields fields;
  fields.add("to", std::to_string((owner->id == kAgentMarie ? kAgentNoor : kAgentMarie).value));
  fields.add("reason", "workload");
  fields.add("summary", "zebrawood summary");
  fields.add("questions", "the zebrawood question");
  Errand errand;
  const FieldFault fault = make_errand(*act_for("hand-off", owner->role),
                                       {.person = *owner,
                                        .channel = ledger::Channel::web,
                                        .house = shared.house,
                                        .procedures = *shared.procedures,
                                        .people = *shared.people,
                                        .now = desk.clock().now(),
                                        .row = &row},
                                       Request{}, fields, errand);
  ASSERT_TRUE(fault.field.empty()) << fault.field << " " << fault.fault;
  // As it was kept before there was a kind for it.
  errand.steps.front().text->kind = ledger::TextKind::words;
  ASSERT_TRUE(shared.clerk->run(std::move(errand)).ok());
  for (const Route& route : all_routes()) {
    if (route.pattern == "/live" || route.pattern == "/signout" || route.method != Method::get) continue;
    const Response response = desk.ask(kSellerAnn, route.method, address_of(route, number));
    EXPECT_EQ(body_of(response).find("zebrawood"), std::string::npos) << route.pattern;
  }
  // Words that say nothing about whether they were found: the case is not listed for them either.
  for (const std::string path : {"/api/search?q=zebrawood", "/api/search?q=summary"})
    EXPECT_EQ(desk.ask(kSellerAnn, Method::get, path).body.find("\"case\""), std::string::npos) << path;
  EXPECT_NE(desk.ask(kAgentMarie, Method::get, "/api/search?q=zebrawood").body.find("\"case\""), std::string::npos);
}

TEST(Routes, WordsOfPeopleAreNeverMarkup) {
  const std::string evil = "\"'><img src=x onerror=alert(1)>";
  const std::string said = R"(\"'><img src=x onerror=alert(1)>)";  // in JSON
  OpenDesk desk;
  const auto send = [&](ActorId who, Method method, const std::string& path, const std::string& json) {
    const Response response = desk.ask(who, method, path, {}, json);
    EXPECT_LT(response.status, 300) << path << " " << response.body;
    return response;
  };
  const auto post = [&](ActorId who, const std::string& path, const std::string& json) {
    return send(who, Method::post, path, json);
  };
  // The house: its name, people, accounts, tokens, templates, saved lists, webhooks, a procedure's titles.
  send(kAdministrator, Method::put, "/api/desk", R"({"name":")" + said + "\"}");
  for (const ActorId who : {kSellerAnn, kAgentMarie, kMediatorLea}) {
    const auto person = desk.shared().people->person(who);
    send(kAdministrator, Method::put, "/api/people/" + std::to_string(who.value),
         R"({"name":")" + said + R"(","email":")" + person->email + R"(","role":")" + std::string{name(person->role)} +
             R"(","account":)" + std::to_string(person->account.value) + R"(,"teams":["desk"]})");
  }
  send(kAdministrator, Method::put, "/api/accounts/1", R"({"name":")" + said + R"(","reference":")" + said + "\"}");
  post(kAgentNoor, "/api/templates", R"({"name":")" + said + R"(","en":")" + said + R"(","fr":")" + said + "\"}");
  post(kAgentNoor, "/api/views", R"({"name":")" + said + R"(","address":"/queue?team=desk"})");
  post(kAdministrator, "/api/webhooks", R"({"url":"https://hooks.example/x","label":")" + said + "\"}");
  std::string toml{*rulebook::procedure_text("guichet-unique")};
  const auto put = [&toml](const std::string& before, const std::string& after) {
    for (std::size_t at = 0; (at = toml.find(before, at)) != std::string::npos; at += after.size())
      toml.replace(at, before.size(), after);
  };
  put("One desk for every case", "'><img src=x onerror=alert(1)> desk");
  put("version = \"1.0\"", "version = \"1.1'><img src=x onerror=alert(1)>\"");
  const std::string form = "findings_read=yes&earlier_day_read=yes&effective_from=2027-01-01&toml=" + url_encoded(toml);
  const Response adopted = desk.ask(kAdministrator, Method::post, "/api/procedures", form);
  EXPECT_EQ(adopted.status, 200) << adopted.body;
  // A case: every field of it.
  const Response opened =
      post(kSellerAnn, "/api/cases",
           R"({"matter":"payment","subject":")" + said + R"(","body":")" + said + R"(","questions":[")" + said +
               R"("],"files":[{"name":")" + said + R"(","media_type":"text/html","base64":"PGI+"}]})");
  const auto number = formats::parse_json(opened.body, "answer")->find("case")->integer;
  const std::string path = "/api/cases/" + std::to_string(number);
  const auto seen = formats::parse_json(desk.ask(kAgentNoor, Method::get, path).body, "case");
  const ActorId owner{static_cast<std::uint32_t>(seen->find("summary")->find("owner")->find("id")->integer)};
  const std::string body = R"({"body":")" + said + "\"";
  post(owner, path + "/note", body + "}");
  post(owner, path + "/message", body + R"(,"answers":[0],"questions":[")" + said + R"("]})");
  post(
      kSellerAnn, path + "/fact",
      body + R"(,"date":"2026-02","said_by":")" + said + R"(","matters":")" + said + R"(","sources":")" + said + "\"}");
  post(kSellerAnn, path + "/claim",
       R"({"regime":"no_interest","creditor":"business","what":")" + said + R"(","amount":"10","source":")" + said +
           "\"}");
  post(owner, path + "/offer", body + R"(,"amount":"5"})");
  post(owner, path + "/propose", body + "}");
  send(kAgentNoor, Method::put, path + "/drafts/message", body + "}");
  const std::string to = std::to_string((owner == kAgentMarie ? kAgentNoor : kAgentMarie).value);
  post(owner, path + "/hand-off",
       R"({"to":)" + to + R"(,"reason":"workload","summary":")" + said + R"(","questions":[")" + said + R"("]})");
  for (const Visitor& visitor : kVisitors)
    for (const Route& route : all_routes()) {
      if (route.method != Method::get || route.pattern == "/live" || route.pattern == "/signout") continue;
      for (const std::string query : {"", "?events=all&all=1", "?language=fr&q=img"}) {
        const Response page = desk.ask(visitor.person, Method::get, address_of(route, std::to_string(number)) + query);
        for (const auto& [header, value] : page.headers)
          EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << route.pattern << " " << header;
        if (page.content_type.find("html") == std::string::npos && page.content_type.find("svg") == std::string::npos)
          continue;
        EXPECT_EQ(body_of(page).find("<img src=x"), std::string::npos)
            << route.pattern << query << " as " << name(visitor.role);
      }
    }
  // What was typed comes back as it was, in the form that was refused.
  const Response refused = desk.ask(kSellerAnn, Method::post, "/cases",
                                    "matter=" + url_encoded(evil) + "&subject=" + url_encoded(evil) + "&body=");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body.find("<img src=x"), std::string::npos);
}

TEST(Routes, APageGivenAgainIsForItsReaderAsHeIsNow) {
  OpenDesk desk;
  const std::string number = open_anns_case(desk), path = "/cases/" + number, reply = path + "/desk/message";
  const auto page = [&](ActorId who, const std::string& query = {}) {
    Response last;
    for (int i = 0; i < 3; ++i) last = desk.ask(who, Method::get, path + query);
    return last;
  };
  EXPECT_NE(page(kAgentMarie).body.find(reply), std::string::npos);
  EXPECT_GT(desk.shared().kept_pages->given(), 0U);
  EXPECT_NE(page(kAgentMarie, "?language=fr").body, page(kAgentMarie, "?language=en").body);
  EXPECT_EQ(page(kSellerAnn).body.find(reply), std::string::npos);
  EXPECT_EQ(page(kSellerBob).status, 404);
  // Who has no password does not count as an administrator, and Marie is not to become the last one.
  Person administrator = *desk.shared().people->person(kAdministrator);
  administrator.password = "no hash";
  Errand errand;
  errand.records.push_back({.record = to_record(administrator)});
  ASSERT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  const auto becomes = [&](const std::string& role) {
    const Response changed = desk.ask(kAdministrator, Method::put, "/api/people/3", {},
                                      R"({"name":"Marie","email":"3@people.example","role":")" + role + "\"}");
    EXPECT_EQ(changed.status, 200) << changed.body;
  };
  becomes("auditor");
  EXPECT_EQ(page(kAgentMarie).status, 200);
  EXPECT_EQ(page(kAgentMarie).body.find(reply), std::string::npos) << "an auditor writes nothing";
  becomes("administrator");
  EXPECT_EQ(page(kAgentMarie).status, 403);
  becomes("mediator");
  EXPECT_EQ(page(kAgentMarie).status, 404) << "a case that was not given to her";
  becomes("agent");
  // Her cases have gone to colleagues meanwhile; a note she may make.
  EXPECT_NE(page(kAgentMarie).body.find(path + "/desk/note"), std::string::npos);
  ASSERT_EQ(desk.ask(kAdministrator, Method::post, "/api/people/3/active", {}, R"({"active":"no"})").status, 200);
  EXPECT_EQ(page(kAgentMarie).status, 303);
}

TEST(Routes, EveryAnswerCarriesTheSameGuards) {
  OpenDesk desk;
  const std::string number = open_anns_case(desk);
  for (const Route& route : all_routes()) {
    if (route.method != Method::get || route.pattern == "/live") continue;
    const Response response = desk.ask(kSellerAnn, route.method, address_of(route, number));
    for (const std::string_view header : {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"})
      EXPECT_NE(find(response.headers, header), nullptr) << route.pattern << " lacks " << header;
    if (route.pattern == "/verify") {
      // It is one file that can be taken away: its policy names its own script and no other, and reaches nowhere.
      const std::string policy = *find(response.headers, "Content-Security-Policy");
      EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'sha256-")) << policy;
      EXPECT_EQ(policy.find("unsafe-inline"), std::string::npos);
      continue;
    }
    EXPECT_EQ(body_of(response).find("<script>"), std::string::npos) << route.pattern;
    EXPECT_EQ(body_of(response).find(" style=\""), std::string::npos) << route.pattern;
  }
}

TEST(Routes, PathsAndMethodsThatAreNotThere) {
  OpenDesk desk;
  EXPECT_EQ(desk.ask({}, Method::get, "/nowhere").status, 404);
  EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/api/nowhere").status, 404);
  EXPECT_EQ(desk.ask(kSellerAnn, Method::post, "/healthz").status, 405);
  EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/cases/4294967297").status, 404);
  EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/cases/1x").status, 404);
}

TEST(Routes, NoAddressIsGivenTwice) {
  std::vector<std::string> seen;
  for (const Route& route : all_routes()) {
    EXPECT_TRUE((route.look != nullptr) != (route.act != nullptr)) << route.pattern;
    EXPECT_FALSE(route.summary.empty()) << route.pattern;
    seen.push_back(std::string{name(route.method)} + " " + std::string{route.pattern});
  }
  std::ranges::sort(seen);
  const auto twice = std::ranges::adjacent_find(seen);
  EXPECT_EQ(twice, seen.end()) << *twice;
}

TEST(Routes, AFormOfAnotherSiteIsRefused) {
  OpenDesk desk;
  Request request;
  request.method = Method::post;
  request.path = "/signin";
  request.headers = {{"host", "desk.example"},
                     {"origin", "https://evil.example"},
                     {"content-type", "application/x-www-form-urlencoded"}};
  request.body = "email=a&password=b";
  EXPECT_EQ(desk.send(request).status, 403);
}

TEST(Routes, TheLimitOfWritesHolds) {
  OpenDesk desk;
  desk.shared().house.writes_per_minute = 3;
  int refused = 0;
  for (int i = 0; i < 6; ++i) refused += desk.ask({}, Method::post, "/language", "language=fr").status == 429 ? 1 : 0;
  EXPECT_EQ(refused, 3);
}

}  // namespace
}  // namespace guichet::desk
