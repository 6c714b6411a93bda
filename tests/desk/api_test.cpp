#include <set>
#include <string>

#include <gtest/gtest.h>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/api/openapi.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/formats/json.hpp>

#include "open_desk.hpp"
#include "said.hpp"

namespace guichet::desk {
namespace {

Response open(OpenDesk& desk, ActorId seller = kSellerAnn) {
  return desk.ask(
      seller, Method::post, "/api/cases", {},
      R"({"matter":"payment","subject":"Payout","amount":"99,50","body":"Where is it?","questions":["When?","Why?"]})");
}

TEST(Api, ACaseFromItsOpeningToItsDecision) {
  OpenDesk desk;
  const auto opened = json_of(open(desk));
  const std::string cases = "/api/cases/" + std::to_string(number(opened, "case"));
  const auto before = json_of(desk.ask(kSellerAnn, Method::get, cases));
  EXPECT_EQ(text(*before.find("summary"), "turn"), "desk");
  EXPECT_EQ(number(*before.find("summary"), "amount_cents"), 9'950);
  EXPECT_EQ(before.find("questions")->items.size(), 2U);
  EXPECT_EQ(text(before.find("questions")->items[0], "text"), "When?");
  const ActorId owner{static_cast<std::uint32_t>(number(*before.find("summary")->find("owner"), "id"))};

  const Response reply = desk.ask(owner, Method::post, cases + "/message", {},
                                  R"({"body":"On Friday, because of a holiday.","answers":[0,1]})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(text(json_of(desk.ask(kSellerAnn, Method::get, cases)).find("questions")->items[1], "standing"),
            "answered");

  const Response disputed =
      desk.ask(kSellerAnn, Method::post, cases + "/dispute", {}, R"({"answers":[1],"body":"Which?"})");
  EXPECT_EQ(disputed.status, 200) << disputed.body;
  const Response unready =
      desk.ask(owner, Method::post, cases + "/decide", {}, R"({"outcome":"granted","facts":"f","ground":"g"})");
  EXPECT_EQ(unready.status, 409);
  EXPECT_EQ(text(json_of(unready), "code"), "redress_missing");
  const Response open_question =
      desk.ask(owner, Method::post, cases + "/decide", {},
               R"({"outcome":"granted","facts":"f","ground":"g","redress":["internal","certified_body","court"]})");
  EXPECT_EQ(text(json_of(open_question), "code"), "questions_open");
  ASSERT_EQ(desk.ask(owner, Method::post, cases + "/message", {}, R"({"body":"Easter.","answers":[1]})").status, 200);
  const Response decided =
      desk.ask(owner, Method::post, cases + "/decide", {},
               R"({"outcome":"granted","facts":"f","ground":"g","redress":["internal","certified_body","court"]})");
  EXPECT_EQ(decided.status, 200) << decided.body;
  EXPECT_EQ(text(*json_of(desk.ask(kSellerAnn, Method::get, cases)).find("summary"), "decided_as"), "granted");
}

TEST(Api, ADraftThatNoActWouldTakeIsNotSaidToBeKept) {
  OpenDesk desk;
  const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                                   R"({"matter":"payment","subject":"Payout","body":"Where is it?"})");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string drafts = "/api/cases/" + std::to_string(json_of(opened).find("case")->integer) + "/drafts";
  const auto keep = [&](std::size_t letters) {
    return desk.ask(kSellerAnn, Method::put, drafts + "/message", {},
                    R"({"body":")" + std::string(letters, 'a') + R"("})");
  };
  EXPECT_EQ(keep(200'000).status, 200);
  const Response refused = keep(200'001);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(text(json_of(refused), "code"), "too_long");
  EXPECT_EQ(text(json_of(refused), "field"), "body");
  EXPECT_EQ(keep(2'000'000).status, 422);
  const auto kept = json_of(desk.ask(kSellerAnn, Method::get, drafts));
  ASSERT_EQ(kept.find("drafts")->items.size(), 1U) << "the one that was kept stands";
  EXPECT_EQ(desk.ask(kSellerAnn, Method::del, drafts + "/message", {}, "{}").status, 200);
}

TEST(Api, FaultsAreProblemsWithCodes) {
  OpenDesk desk;
  const std::string cases = "/api/cases/" + std::to_string(number(json_of(open(desk)), "case"));
  const auto expect = [&](ActorId who, const std::string& path, const std::string& json, int status,
                          const std::string& code) {
    const Response response = desk.ask(who, Method::post, path, {}, json);
    EXPECT_EQ(response.status, status) << path << " " << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(text(json_of(response), "code"), code) << path;
  };
  expect({}, cases + "/message", R"({"body":"x"})", 401, "not_signed_in");
  expect(kAuditor, cases + "/message", R"({"body":"x"})", 403, "no_right");
  expect(kSellerAnn, cases + "/decide", "{}", 403, "no_right");
  expect(kSellerAnn, cases + "/dance", "{}", 404, "no_such_act");
  expect(kSellerBob, cases + "/message", R"({"body":"x"})", 404, "not_found");
  expect(kSellerAnn, cases + "/message", R"({"body":"   "})", 422, "missing");
  expect(kSellerAnn, cases + "/message", R"({"body":)", 400, "unreadable");
  expect(kSellerAnn, cases + "/dispute", R"({"answers":[17]})", 422, "no_such_choice");
  expect(kSellerAnn, "/api/cases", R"({"matter":"moon","subject":"s","body":"b"})", 422, "no_such_choice");
  expect(kSellerAnn, "/api/cases", R"({"matter":"payment","subject":"s","body":"b","amount":"-3"})", 422,
         "not_an_amount");
  expect(kSellerAnn, "/api/cases", R"({"matter":"payment","subject":"s","body":"b","predecessor":4711})", 422,
         "no_such_case");
  EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/api/cases?phase=gone").status, 422);
  EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/api/cases?limit=x").status, 422);
}

TEST(Api, WhatCannotBeTakenIsNamedAndNotDropped) {
  OpenDesk desk;
  const auto opened = json_of(open(desk));
  const std::string message = "/api/cases/" + std::to_string(number(opened, "case")) + "/message";
  const struct {
    const char *body, *field, *code, *says;
  } wrong[] = {{R"({"body":"a","questons":["Why?"]})", "questons", "unknown_field", "questions"},
               {R"({"body":"a","zzzzzzzzzzzz":1})", "zzzzzzzzzzzz", "unknown_field", ""},
               {R"({"body":5})", "body", "other_kind", ""},
               {R"({"body":["a"]})", "body", "other_kind", ""},
               {R"({"body":"a","questions":[true]})", "questions", "other_kind", ""},
               {R"({"body":"a","questions":["Why?",5]})", "questions", "other_kind", ""},
               {R"({"body":"a","files":"x"})", "files", "other_kind", ""},
               {R"({"body":"a","language":"de"})", "language", "no_such_choice", ""},
               {R"({"body":"a","body":"b"})", "body", "twice", ""}};
  for (const auto& one : wrong) {
    const Response refused = desk.ask(kSellerAnn, Method::post, message, {}, one.body);
    EXPECT_EQ(refused.status, 422) << one.body << refused.body;
    EXPECT_EQ(text(json_of(refused), "field"), one.field) << refused.body;
    EXPECT_EQ(text(json_of(refused), "code"), one.code) << refused.body;
    EXPECT_NE(refused.body.find(one.says), std::string::npos) << refused.body;
  }
  const auto before = json_of(desk.ask(kSellerAnn, Method::get, "/api/cases/1"));
  const ActorId owner{static_cast<std::uint32_t>(number(*before.find("summary")->find("owner"), "id"))};
  const Response ahead = desk.ask(owner, Method::post, message, {}, R"({"body":"a","seen":4000})");
  EXPECT_EQ(ahead.status, 422) << ahead.body;
  EXPECT_EQ(text(json_of(ahead), "field"), "seen");
  const Response team = desk.ask(owner, Method::post, "/api/cases/1/hand-off", {}, R"({"team":"nobodys"})");
  EXPECT_EQ(team.status, 422);
  EXPECT_EQ(text(json_of(team), "code"), "no_such_choice") << team.body;
  const Response person =
      desk.ask(kAdministrator, Method::post, "/api/people", {},
               R"({"name":"New","email":"new@desk.example","role":"agent","teams":["nobodys"],"languages":["fr"]})");
  EXPECT_EQ(person.status, 422) << person.body;
  EXPECT_EQ(text(json_of(person), "field"), "teams");
  EXPECT_EQ(json_of(desk.ask(kSellerAnn, Method::get, "/api/cases/1")).find("events")->items.size(),
            before.find("events")->items.size());
}

TEST(Api, NothingOfAQueryIsDroppedInSilence) {
  OpenDesk desk;
  open(desk);
  const struct {
    ActorId who;
    const char *path, *field, *code, *says;
  } wrong[] = {{kAuditor, "/api/cases?nonsense=1", "nonsense", "unknown_parameter", ""},
               {kAuditor, "/api/cases?phases=closed", "phases", "unknown_parameter", "phase"},
               {kAuditor, "/api/cases?mater=payment", "mater", "unknown_parameter", "matter"},
               {kAuditor, "/api/cases?phase=open&phase=closed", "phase", "parameter_twice", ""},
               {kAuditor, "/api/cases?matter=moon", "matter", "bad_parameter", ""},
               {kAuditor, "/api/cases?unread=1", "unread", "bad_parameter", ""},
               {kAuditor, "/api/cases?limit=0", "limit", "bad_parameter", ""},
               {kAuditor, "/api/cases?limit=201", "limit", "bad_parameter", ""},
               {kAuditor, "/api/cases?limit=99999999999999999999", "limit", "bad_parameter", ""},
               {kAuditor, "/api/cases?owner=somebody", "owner", "bad_parameter", ""},
               {kAuditor, "/api/cases?language=de", "language", "bad_parameter", ""},
               {kAuditor, "/api/search?q=payout&state=open", "state", "bad_parameter", ""},
               {kAuditor, "/api/search?q=payout&where=mine", "where", "bad_parameter", ""},
               {kSellerAnn, "/api/search?q=payout&where=teams", "where", "bad_parameter", ""},
               {kAuditor, "/api/search?words=payout", "words", "unknown_parameter", ""},
               {kAuditor, "/api/acts?after=x", "after", "bad_parameter", ""},
               {kAuditor, "/api/audit/notes?after=x", "after", "bad_parameter", ""},
               {kSupervisor, "/api/people?role=queen", "role", "bad_parameter", ""},
               {kSupervisor, "/api/people?email=nobody", "email", "bad_parameter", ""},
               {kSellerAnn, "/api/cases/1/dossier?edition=whole", "edition", "bad_parameter", ""},
               {kSellerAnn, "/api/cases/1/claim?side=both", "side", "bad_parameter", ""},
               {{}, "/api/figures?year=2026", "year", "unknown_parameter", ""}};
  for (const auto& one : wrong) {
    const Response refused = desk.ask(one.who, Method::get, one.path);
    EXPECT_EQ(refused.status, 422) << one.path << refused.body;
    EXPECT_EQ(refused.content_type, "application/problem+json");
    EXPECT_EQ(text(json_of(refused), "field"), one.field) << refused.body;
    EXPECT_EQ(text(json_of(refused), "code"), one.code) << one.path << refused.body;
    EXPECT_NE(text(json_of(refused), "detail").find(one.says), std::string::npos) << refused.body;
  }
}

TEST(Api, EveryAddressRefusesAParameterThatItDoesNotKnow) {
  OpenDesk desk;
  open(desk);
  std::size_t asked = 0;
  for (const Route& route : all_routes()) {
    if (!route.pattern.starts_with("/api/")) {
      EXPECT_TRUE(route.asks.empty()) << route.pattern << ": pages read what they know";
      continue;
    }
    std::string path(route.pattern);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "1");
    ActorId who;
    for (std::uint32_t id = 1; id <= kAdministrator.value && !who; ++id)
      if (may(desk.shared().people->person(ActorId{id})->role, route.right)) who = ActorId{id};
    const Response refused = desk.ask(who, route.method, path + "?nonsense=1");
    EXPECT_EQ(refused.status, 422) << path << " " << refused.body;
    EXPECT_EQ(text(json_of(refused), "code"), "unknown_parameter") << path;
    ++asked;
  }
  EXPECT_GT(asked, 50U);
}

TEST(Api, ListsAndSearchesKnowTheFiltersOfThePages) {
  OpenDesk desk;
  const auto listed = [&](ActorId who, const std::string& query) {
    const Response response = desk.ask(who, Method::get, "/api/cases" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    const auto told = json_of(response);
    std::string numbers;
    for (const auto& row : told.find("cases")->items)
      numbers += (numbers.empty() ? "" : " ") + std::to_string(number(row, "case"));
    return numbers;
  };
  const auto found = [&](ActorId who, const std::string& query) {
    const Response response = desk.ask(who, Method::get, "/api/search?q=xylophone" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    return json_of(response).find("found")->items.size();
  };
  for (const std::string matter : {"payment", "stock", "payment"}) {
    const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                                     R"({"matter":")" + matter + R"(","subject":"s","body":"A xylophone"})");
    ASSERT_EQ(opened.status, 201) << opened.body;
  }
  EXPECT_EQ(listed(kAuditor, "?matter=payment&order=number"), "3 1");
  EXPECT_EQ(listed(kSellerAnn, "?matter=stock"), "2");
  EXPECT_EQ(listed(kAuditor, "?unread=yes&order=number"), "3 2 1");
  const auto owner_of = [&](const std::string& path) {
    return ActorId{static_cast<std::uint32_t>(
        number(*json_of(desk.ask(kSellerAnn, Method::get, path)).find("summary")->find("owner"), "id"))};
  };
  const ActorId owner = owner_of("/api/cases/1");
  ASSERT_EQ(desk.ask(owner, Method::post, "/api/cases/1/message", {}, R"({"body":"On Friday."})").status, 200);
  EXPECT_EQ(listed(kAuditor, "?unread=yes&order=number"), "3 2");

  EXPECT_EQ(found(owner, ""), 3U);
  ASSERT_EQ(desk.ask(kSellerAnn, Method::post, "/api/cases/2/close", {}, R"({"ground":"seller_wish"})").status, 200);
  EXPECT_EQ(found(owner, "&state=closed"), 1U);
  EXPECT_EQ(found(owner, "&state=living"), 2U);
  EXPECT_EQ(found(kSellerAnn, "&state=closed"), 1U) << "a seller in his own";
  std::size_t mine = 0;
  for (const char* path : {"/api/cases/1", "/api/cases/2", "/api/cases/3"}) mine += owner_of(path) == owner ? 1U : 0U;
  EXPECT_GE(mine, 1U);
  EXPECT_EQ(found(owner, "&where=mine"), mine);
  EXPECT_EQ(found(kHead, "&where=mine"), 0U);
  EXPECT_EQ(found(kHead, "&where=teams"), 0U);
}

TEST(Api, ItsDescriptionNamesWhatAnAddressTakes) {
  const auto document = formats::parse_json(openapi_document("https://desk.example"), "openapi");
  ASSERT_TRUE(document);
  const auto& parameters = document->find("paths")->find("/api/cases")->find("get")->find("parameters")->items;
  std::set<std::string> names;
  for (const auto& one : parameters) names.insert(text(one, "name"));
  for (const char* name : {"owner", "matter", "unread", "phase", "limit", "after", "language"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Api, WebhooksAndDraftsTakeNothingThatTheyDoNotKnow) {
  OpenDesk desk;
  const auto opened = json_of(open(desk));
  const std::string drafts = "/api/cases/" + std::to_string(number(opened, "case")) + "/drafts/";
  const struct {
    ActorId who;
    Method method;
    std::string path;
    const char *body, *field, *code;
  } wrong[] = {
      {kAdministrator, Method::post, "/api/webhooks", R"({"url":"https://a.example.org","event":["closed"]})", "event",
       "unknown_field"},
      {kAdministrator, Method::post, "/api/webhooks", R"({"url":5})", "url", "other_kind"},
      {kAdministrator, Method::post, "/api/webhooks", R"({"url":"https://a.example.org","events":[5]})", "events",
       "other_kind"},
      {kAdministrator, Method::post, "/api/webhooks", R"({"url":"https://a.example.org","events":["never"]})", "events",
       "no_such_choice"},
      {kAdministrator, Method::post, "/api/webhooks", R"({"url":"ftp://a.example.org"})", "url", "no_web_address"},
      {kAdministrator, Method::post, "/api/webhooks", R"({"label":"mine"})", "url", "missing"},
      {kSellerAnn, Method::put, drafts + "message", R"({"bodi":"a"})", "bodi", "unknown_field"},
      {kSellerAnn, Method::put, drafts + "message", R"({"body":5})", "body", "other_kind"},
      {kSellerAnn, Method::put, drafts + "message", R"({"questions":[5]})", "questions", "other_kind"},
      {kSellerAnn, Method::put, drafts + "open", R"({"subject":"a"})", "box", "no_such_choice"},
      {kSellerAnn, Method::put, drafts + "no-such-act", R"({"body":"a"})", "box", "no_such_choice"},
      {kSellerAnn, Method::put, "/api/cases/new/drafts/message", R"({"body":"a"})", "box", "no_such_choice"}};
  for (const auto& one : wrong) {
    const Response refused = desk.ask(one.who, one.method, one.path, {}, one.body);
    EXPECT_EQ(refused.status, 422) << one.body << refused.body;
    EXPECT_EQ(text(json_of(refused), "field"), one.field) << one.body << refused.body;
    EXPECT_EQ(text(json_of(refused), "code"), one.code) << one.body << refused.body;
  }
  EXPECT_TRUE(json_of(desk.ask(kAdministrator, Method::get, "/api/webhooks")).find("webhooks")->items.empty());
  EXPECT_EQ(desk.ask(kAdministrator, Method::post, "/api/webhooks", {},
                     R"({"url":"https://a.example.org","label":"mine","events":["closed"]})")
                .status,
            201);
  EXPECT_EQ(
      desk.ask(kSellerAnn, Method::put, drafts + "message", {}, R"({"body":"a","seen":1,"language":"fr"})").status,
      200);
}

TEST(Api, AQuestionThatAColleagueHasAnsweredIsSaidToBeAnswered) {
  OpenDesk desk;
  open(desk);
  const auto before = json_of(desk.ask(kSellerAnn, Method::get, "/api/cases/1"));
  const ActorId owner{static_cast<std::uint32_t>(number(*before.find("summary")->find("owner"), "id"))};
  ASSERT_EQ(desk.ask(owner, Method::post, "/api/cases/1/message", {}, R"({"body":"On Friday.","answers":[0]})").status,
            200);
  for (const char* act : {"message", "answer", "decline"}) {
    const Response again =
        desk.ask(owner, Method::post, std::string{"/api/cases/1/"} + act, {},
                 act == std::string{"answer"} ? R"({"answers":[0]})" : R"({"body":"So.","answers":[0]})");
    EXPECT_EQ(again.status, 422) << again.body;
    EXPECT_EQ(text(json_of(again), "code"), "answered_already") << act;
  }
  ASSERT_EQ(desk.ask(kSellerAnn, Method::post, "/api/cases/1/dispute", {}, R"({"answers":[0],"body":"Which?"})").status,
            200);
  EXPECT_EQ(desk.ask(owner, Method::post, "/api/cases/1/message", {}, R"({"body":"The 5th.","answers":[0]})").status,
            200);
}

TEST(Api, WhatIsReadCanBeSentInTheSameForm) {
  OpenDesk desk;
  const auto send = [&](ActorId who, const std::string& path, const std::string& json) {
    return desk.ask(who, Method::post, path, {}, json);
  };
  const auto code = [](const Response& response) {
    const auto said = json_of(response);
    return text(said, "field") + " " + text(said, "code");
  };
  // The amount at stake.
  const std::string head = R"({"matter":"payment","subject":"s","body":"b")";
  EXPECT_EQ(code(send(kSellerAnn, "/api/cases", head + R"(,"amount_cents":9950,"amount":"99,50"})")),
            "amount_cents given_twice");
  EXPECT_EQ(code(send(kSellerAnn, "/api/cases", head + R"(,"amount":99.5})")), "amount other_kind");
  ASSERT_EQ(send(kSellerAnn, "/api/cases", head + R"(,"amount_cents":9950})").status, 201);
  const auto opened = json_of(desk.ask(kSellerAnn, Method::get, "/api/cases/1"));
  EXPECT_EQ(number(*opened.find("summary"), "amount_cents"), 9'950);
  const ActorId owner{static_cast<std::uint32_t>(number(*opened.find("summary")->find("owner"), "id"))};

  // Offers and costs.
  const std::string offer = "/api/cases/1/offer";
  EXPECT_EQ(code(send(owner, offer, R"({"cents":10000.5,"body":"x"})")), "cents not_a_number");
  EXPECT_EQ(code(send(owner, offer, R"({"cents":"10000","body":"x"})")), "cents other_kind");
  EXPECT_EQ(code(send(owner, offer, R"({"cents":-1,"body":"x"})")), "cents not_a_number");
  EXPECT_EQ(code(send(owner, offer, R"({"cents":10000,"amount":"100","body":"x"})")), "cents given_twice");
  EXPECT_EQ(code(send(owner, offer, R"({"body":"x"})")), "amount missing");
  ASSERT_EQ(send(owner, offer, R"({"cents":10000,"body":"x"})").status, 200);
  ASSERT_EQ(send(owner, "/api/cases/1/cost", R"({"kind":"fee","cents":1234})").status, 200);
  ASSERT_EQ(send(owner, "/api/cases/1/cost", R"({"kind":"fee","amount":"12,34"})").status, 200);
  const auto after = json_of(desk.ask(owner, Method::get, "/api/cases/1"));
  EXPECT_EQ(number(after.find("offers")->items.at(0), "cents"), 10'000);
  EXPECT_EQ(number(*after.find("costs"), "cents"), 2'468);

  // Lists as lists.
  ASSERT_EQ(send(kSellerAnn, "/api/cases/1/fact",
                 R"({"body":"f","matters":["fees","payout"],"sources":["message 2","page 3, contract.pdf"]})")
                .status,
            200);
  const auto facts = json_of(desk.ask(kSellerAnn, Method::get, "/api/cases/1/chronology"));
  const auto* version = facts.find("facts")->items.at(0).find("version");
  ASSERT_EQ(version->find("matters")->items.size(), 2U);
  EXPECT_EQ(version->find("matters")->items[1].text, "payout");
  EXPECT_EQ(version->find("sources")->items.size(), 2U);

  // Yes and no as true and false.
  const std::string bob = "/api/people/" + std::to_string(kSellerBob.value);
  for (const bool active : {false, true}) {
    ASSERT_EQ(send(kAdministrator, bob + "/active", active ? R"({"active":true})" : R"({"active":false})").status, 200);
    EXPECT_EQ(json_of(desk.ask(kAdministrator, Method::get, bob)).find("active")->boolean, active);
  }
  EXPECT_EQ(code(send(kAdministrator, bob + "/active", R"({"active":"perhaps"})")), "active no_such_choice");
}

TEST(Api, AKeyMakesTheSameRequestHappenOnce) {
  OpenDesk desk;
  const std::string path = "/api/cases/" + std::to_string(number(json_of(open(desk)), "case")) + "/message";
  const auto send = [&](const std::string& body, const std::string& key) {
    Request request;
    request.method = Method::post;
    request.path = path;
    request.headers = {{"authorization", "Bearer " + desk.token(kSellerAnn)},
                       {"content-type", "application/json"},
                       {"idempotency-key", key}};
    request.body = body;
    return desk.send(request);
  };
  const auto first = json_of(send(R"({"body":"hello"})", "a"));
  const auto again = json_of(send(R"({"body":"hello"})", "a"));
  EXPECT_EQ(number(first, "version"), number(again, "version"));
  EXPECT_TRUE(again.find("repeated")->boolean);
  EXPECT_EQ(send(R"({"body":"other"})", "a").status, 422);
  EXPECT_EQ(send(R"({"body":"hello"})", std::string(201, 'k')).status, 422);
}

TEST(Api, ListsGoOnByCursorsAndShowEachCaseOnce) {
  OpenDesk desk;
  constexpr int kCases = 23;
  for (int i = 0; i < kCases; ++i) {
    desk.clock().advance(Duration{1'000});
    open(desk);
    open(desk, kSellerBob);
  }
  for (const std::string order : {"changed", "opened", "number", "promise"}) {
    std::set<std::int64_t> seen;
    std::string after;
    int pages = 0;
    do {
      const auto page = json_of(
          desk.ask(kSellerAnn, Method::get,
                   "/api/cases?limit=5&order=" + order + (after.empty() ? "" : "&after=" + url_encoded(after))));
      for (const auto& row : page.find("cases")->items) {
        EXPECT_TRUE(seen.insert(number(row, "case")).second) << order;
        EXPECT_EQ(number(*row.find("account"), "id"), kAnnsShop.value);
      }
      after = page.find("next") != nullptr ? text(page, "next") : "";
      ASSERT_LT(++pages, 20);
    } while (!after.empty());
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kCases)) << order;
  }
}

TEST(Api, SearchFindsWordsWithoutAccentsAndOnlyOnesOwn) {
  OpenDesk desk;
  desk.ask(kSellerAnn, Method::post, "/api/cases", {},
           R"({"matter":"payment","subject":"Délai","body":"L’indemnité n’est pas arrivée"})");
  EXPECT_EQ(json_of(desk.ask(kSellerAnn, Method::get, "/api/search?q=indemnite")).find("found")->items.size(), 1U);
  EXPECT_EQ(json_of(desk.ask(kAgentMarie, Method::get, "/api/search?q=INDEMNITE")).find("found")->items.size(), 1U);
  EXPECT_EQ(json_of(desk.ask(kSellerBob, Method::get, "/api/search?q=indemnite")).find("found")->items.size(), 0U);
  for (const std::string hostile : {"%22", "a%20AND%20(", "NEAR(", "*", "scope%3Aa1", "%22%22%22", "col:x", "-"})
    EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/api/search?q=" + hostile).status, 200) << hostile;
}

TEST(Api, ATokenThatOnlyReadsDoesNotWrite) {
  OpenDesk desk;
  Errand errand;
  errand.records.emplace_back();
  const NewToken token =
      desk.shared().doorman->make_token(kSellerAnn, "reader", {"read"}, desk.clock().now(), errand.records.back());
  ASSERT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  Request request;
  request.path = "/api/cases";
  request.headers = {{"authorization", "Bearer " + token.secret}, {"content-type", "application/json"}};
  EXPECT_EQ(desk.send(request).status, 200);
  request.method = Method::post;
  request.body = R"({"matter":"payment","subject":"s","body":"b"})";
  EXPECT_EQ(desk.send(request).status, 403);
}

TEST(OpenApi, DescribesEveryRouteAndEveryAct) {
  const auto document = formats::parse_json(openapi_document("https://desk.example"), "openapi");
  ASSERT_TRUE(document);
  EXPECT_EQ(text(*document, "openapi"), "3.1.0");
  const auto* paths = document->find("paths");
  ASSERT_NE(paths, nullptr);
  for (const Route& route : all_routes())
    if (route.pattern.starts_with("/api/") && !route.pattern.ends_with("/{act}")) {
      EXPECT_NE(paths->find(route.pattern), nullptr) << route.pattern;
    }
  for (const auto& [path, method] : {std::pair{"/api/webhooks", "post"}, {"/api/cases/{case}/drafts/{box}", "put"}}) {
    EXPECT_NE(paths->find(path)->find(method)->find("requestBody"), nullptr) << path;
  }
  std::set<std::string> operations, addresses;
  for (const auto& [path, methods] : paths->members)
    EXPECT_TRUE(addresses.insert(path).second) << path << " stands there twice, and only one of them is read";
  for (const auto& [path, methods] : paths->members)
    for (const auto& [method, operation] : methods.members) {
      EXPECT_TRUE(operations.insert(text(operation, "operationId")).second) << path;
      EXPECT_NE(operation.find("responses"), nullptr) << path;
      // Each hole of the path is a parameter.
      std::size_t holes = 0;
      for (const char c : path) holes += c == '{' ? 1U : 0U;
      std::size_t told = 0;
      for (const auto& parameter : operation.find("parameters")->items)
        told += text(parameter, "in") == "path" ? 1U : 0U;
      EXPECT_EQ(holes, told) << path;
    }
  for (const ActSpec& spec : all_acts()) {
    if (spec.opens) continue;
    const auto* path = paths->find("/api/cases/{case}/" + std::string{spec.name});
    ASSERT_NE(path, nullptr) << spec.name;
    for (const ActField& field : spec.fields) {
      const auto* body = path->find("post")->find("requestBody");
      ASSERT_NE(body, nullptr) << spec.name;
      EXPECT_NE(body->find("content")->find("application/json")->find("schema")->find("properties")->find(field.name),
                nullptr)
          << spec.name << "." << field.name;
    }
  }
}

}  // namespace
}  // namespace guichet::desk
