// The house and the desk's tools by the API: the same rules and rights as on the pages.
#include <guichet/desk/api/house_json.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/routes.hpp>
#include <guichet/formats/json.hpp>

#include "open_desk.hpp"
#include "said.hpp"

namespace guichet::desk {
namespace {

bool flag(const formats::JsonValue& value, std::string_view key) {
  const auto* found = value.find(key);
  return found != nullptr && found->boolean;
}

class HouseJson : public ::testing::Test {
 protected:
  Response get(ActorId who, const std::string& path) { return desk.ask(who, Method::get, path); }
  Response post(ActorId who, const std::string& path, const std::string& json, const std::string& key = {}) {
    return send(who, Method::post, path, json, key);
  }
  Response send(ActorId who, Method method, const std::string& path, const std::string& json,
                const std::string& key = {}) {
    Request request;
    request.method = method;
    request.path = path;
    request.peer = "192.0.2.1";
    request.headers.emplace_back("authorization", "Bearer " + desk.token(who));
    request.headers.emplace_back("content-type", "application/json");
    if (!key.empty()) request.headers.emplace_back("idempotency-key", key);
    request.body = json;
    return desk.send(request);
  }
  void expect_problem(const Response& response, int status, const std::string& code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(text(json_of(response), "code"), code);
  }
  const People& people() { return *desk.shared().people; }
  CaseId open_case(ActorId seller = kSellerAnn) {
    const Response opened =
        post(seller, "/api/cases",
             R"({"matter":"payment","subject":"Payout","body":"Where is it?","questions":["When will it come?"]})");
    return CaseId{static_cast<std::uint32_t>(number(json_of(opened), "case"))};
  }
  ledger::ShelfRow row(CaseId id) {
    auto reader = desk.shared().ledger->reader();
    return **(*reader)->row(id);
  }

  OpenDesk desk;
};

TEST_F(HouseJson, APersonIsAddedInvitedChangedAndSentAway) {
  const std::string zoe =
      R"({"name":"Zoé","email":"Zoe@People.example","role":"agent","teams":["desk"],"languages":["fr"]})";
  expect_problem(post(kAdministrator, "/api/people", R"({"name":"Zoé","role":"agent","teams":["desk","no such"]})"),
                 422, "no_such_choice");
  const Response added = post(kAdministrator, "/api/people", zoe, "k1");
  ASSERT_EQ(added.status, 201) << added.body;
  const auto said = json_of(added);
  EXPECT_EQ(number(said, "person"), 11);
  EXPECT_EQ(text(said, "address"), "/api/people/11");
  EXPECT_NE(text(said, "invitation").find("/invitation/"), std::string::npos);
  ASSERT_TRUE(people().person(ActorId{11}));
  EXPECT_EQ(people().person(ActorId{11})->teams, std::vector<std::string>{"desk"});

  const auto again = json_of(post(kAdministrator, "/api/people", zoe, "k1"));
  EXPECT_EQ(people().size(), 11U) << "the address is taken, whether by the key or by the person";
  EXPECT_EQ(text(again, "invitation"), "(absent)") << "a link that was not kept is not shown";

  const auto read = json_of(get(kSupervisor, "/api/people/11"));
  EXPECT_EQ(text(read, "email"), "zoe@people.example");
  EXPECT_FALSE(flag(read, "signs_in"));
  const std::string revision = std::to_string(number(read, "revision"));
  const std::string change =
      R"({"name":"Zoé B.","email":"zoe@people.example","role":"supervisor","revision":)" + revision + "}";
  ASSERT_EQ(send(kAdministrator, Method::put, "/api/people/11", change).status, 200);
  EXPECT_EQ(people().person(ActorId{11})->role, Role::supervisor);
  EXPECT_TRUE(people().person(ActorId{11})->teams.empty()) << "what is not sent is emptied";
  expect_problem(send(kAdministrator, Method::put, "/api/people/11", change), 409, "conflict");

  EXPECT_EQ(
      post(kSupervisor, "/api/people/3/absence", R"({"absent":"until","back_on":"2026-04-01","substitute":4})").status,
      200);
  EXPECT_EQ(people().person(kAgentMarie)->substitute, kAgentNoor);
  expect_problem(post(kSupervisor, "/api/people/3/absence", R"({"absent":"until","back_on":"2020-01-01"})"), 422,
                 "not_to_come");
  expect_problem(post(kSupervisor, "/api/people/1/absence", R"({"absent":"told"})"), 404, "not_found");
  // Nobody there, himself, a seller, an auditor, somebody who never signed in.
  for (const char* cannot : {"999", "3", "1", "9", "11"}) {
    const Response refused =
        post(kSupervisor, "/api/people/3/absence",
             R"({"absent":"until","back_on":"2026-05-01","substitute":)" + std::string{cannot} + "}");
    expect_problem(refused, 422, "no_such_choice");
    EXPECT_EQ(text(json_of(refused), "field"), "substitute");
  }
  EXPECT_EQ(people().person(kAgentMarie)->substitute, kAgentNoor);
  EXPECT_EQ(people().person(kAgentMarie)->absent_until, at_utc("2026-04-01")) << "what is refused changes nothing";

  EXPECT_EQ(post(kAdministrator, "/api/people/11/active", R"({"active":"no"})").status, 200);
  EXPECT_FALSE(people().person(ActorId{11})->active);
  expect_problem(post(kAdministrator, "/api/people/11/active", R"({"active":"maybe"})"), 422, "no_such_choice");
  expect_problem(post(kAdministrator, "/api/people/99/active", R"({"active":"no"})"), 404, "not_found");
}

TEST_F(HouseJson, FaultsOfAPersonNameTheField) {
  const auto expect = [&](const std::string& json, const std::string& field, const std::string& code) {
    const Response response = post(kAdministrator, "/api/people", json);
    expect_problem(response, 422, code);
    EXPECT_EQ(text(json_of(response), "field"), field);
  };
  expect(R"({"email":"a@b.example","role":"agent"})", "name", "missing");
  expect(R"({"name":"A","email":"no address","role":"agent"})", "email", "no_address");
  expect(R"({"name":"A","email":"3@people.example","role":"agent"})", "email", "taken");
  expect(R"({"name":"A","role":"king"})", "role", "no_such_choice");
  expect(R"({"name":"A","role":"seller","account":99})", "account", "no_such_account");
  EXPECT_EQ(people().size(), 10U);
}

TEST_F(HouseJson, TheLastAdministratorStays) {
  const auto errand_answer = [&] { return post(kAdministrator, "/api/people/10/active", R"({"active":"no"})"); };
  // One without a password does not count, so the only one there is can be sent away by nobody but himself knowingly.
  Errand errand;
  Person adam = *people().person(kAdministrator);
  Person with = adam;
  with.password = "$argon2id$x";
  errand.records = to_change(adam, with);
  ASSERT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  expect_problem(errand_answer(), 409, "last_administrator");
  expect_problem(send(kAdministrator, Method::put, "/api/people/10", R"({"name":"Adam","role":"auditor"})"), 409,
                 "last_administrator");
}

TEST_F(HouseJson, AccountsWithTheirMembers) {
  const auto made = json_of(post(kAdministrator, "/api/accounts", R"({"name":"Cleo's shop","reference":"C-3"})"));
  const std::string address = text(made, "address");
  EXPECT_EQ(address, "/api/accounts/3");
  expect_problem(post(kAdministrator, "/api/accounts", R"({"reference":"C-3"})"), 422, "missing");
  post(kAdministrator, "/api/people", R"({"name":"Cleo","role":"seller","account":3})");
  const auto account = json_of(get(kSupervisor, address));
  EXPECT_EQ(text(account, "name"), "Cleo's shop");
  ASSERT_EQ(account.find("members")->items.size(), 1U);
  EXPECT_EQ(text(account.find("members")->items[0], "name"), "Cleo");
  EXPECT_EQ(send(kAdministrator, Method::put, address, R"({"name":"Cleopatra's"})").status, 200);
  EXPECT_EQ(people().account(ledger::AccountId{3})->name, "Cleopatra's");
  EXPECT_EQ(json_of(get(kAdministrator, "/api/accounts")).find("accounts")->items.size(), 3U);
  expect_problem(get(kAdministrator, "/api/accounts/99"), 404, "not_found");
}

TEST_F(HouseJson, WhoHasNoRightIsToldSo) {
  for (const ActorId who : {kSellerAnn, kAgentMarie, kMediatorLea, kAuditor}) {
    expect_problem(get(who, "/api/people"), 403, "no_right");
    expect_problem(get(who, "/api/people/3"), 403, "no_right");
    expect_problem(post(who, "/api/people", R"({"name":"A","role":"agent"})"), 403, "no_right");
    expect_problem(post(who, "/api/procedures", R"({"toml":"x"})"), 403, "no_right");
  }
  expect_problem(post(kSupervisor, "/api/people", R"({"name":"A","role":"agent"})"), 403, "no_right");
  expect_problem(send(kSupervisor, Method::put, "/api/people/3", R"({"name":"A","role":"agent"})"), 403, "no_right");
  for (const ActorId who : {kSellerAnn, kMediatorLea, kAuditor, kAdministrator})
    for (const char* path : {"/api/views", "/api/templates", "/api/trays/mail", "/api/colleagues"})
      expect_problem(get(who, path), 403, "no_right");
}

TEST_F(HouseJson, ANewProcedureIsCheckedAndAdopted) {
  std::string toml = *rulebook::procedure_text("guichet-unique");
  const std::size_t at = toml.find("version = \"");
  toml.replace(at, toml.find('\n', at) - at, "version = \"9.0\"");
  const auto as_json = [](const std::string& text, const std::string& day, bool seen = true) {
    formats::JsonWriter json(0);
    json.begin_object().key("toml").value(text).key("effective_from").value(day).key("findings_read").value(true);
    if (seen) json.key("earlier_day_read").value(true);
    json.end_object();
    return json.take();
  };
  const auto checked = json_of(post(kSupervisor, "/api/procedures/check", as_json(toml, "")));
  EXPECT_EQ(text(checked, "version"), "9.0");
  EXPECT_EQ(text(checked, "first_day"), "2026-03-17") << "fifteen days of notice";
  EXPECT_EQ(text(checked, "said_day"), "2026-01-01");
  EXPECT_TRUE(checked.find("names_earlier_day")->boolean);
  const Response broken = post(kSupervisor, "/api/procedures/check", as_json("[procedure]\nname = 3\n", ""));
  expect_problem(broken, 422, "no_procedure");
  EXPECT_NE(text(json_of(broken), "detail").find("procedure.toml:2:"), std::string::npos) << broken.body;
  expect_problem(post(kSupervisor, "/api/procedures", as_json(toml, "2026-03-03")), 422, "too_early");
  expect_problem(post(kSupervisor, "/api/procedures", as_json(toml, "soon")), 422, "no_day");
  const Response unseen = post(kSupervisor, "/api/procedures", as_json(toml, "2026-06-01", false));
  expect_problem(unseen, 422, "missing");
  EXPECT_EQ(text(json_of(unseen), "field"), "earlier_day_read") << "the text says 1 January";
  EXPECT_EQ(json_of(get(kSellerAnn, "/api/procedures")).find("procedures")->items.size(), 1U);
  ASSERT_EQ(post(kSupervisor, "/api/procedures", as_json(toml, "2026-06-01")).status, 200);
  EXPECT_EQ(json_of(get(kSellerAnn, "/api/procedures")).find("procedures")->items.size(), 2U);
  expect_problem(post(kSupervisor, "/api/procedures", as_json(toml, "2026-07-01")), 422, "no_procedure");
}

TEST_F(HouseJson, TeamsHaveTheirNamesBesideTheirIds) {
  const auto listed = json_of(get(kSellerAnn, "/api/procedures")).find("procedures")->items.at(0);
  const auto named = [&](const char* list, const std::string& id, const char* language) -> std::string {
    for (const auto& one : listed.find(list)->items)
      if (text(one, "id") == id) return text(one, language);
    return "none";
  };
  EXPECT_EQ(named("teams", "heads", "en"), "Heads of the desk");
  EXPECT_EQ(named("teams", "heads", "fr"), "Direction du guichet");
  EXPECT_EQ(named("specialities", "accounts", "fr"), "comptabilité");
  const auto board = json_of(get(kSupervisor, "/api/board?language=fr"));
  const auto& first = board.find("teams")->items.at(0);
  EXPECT_EQ(text(first, "team"), "desk");
  EXPECT_EQ(text(first, "name"), "Guichet des vendeurs");
  ASSERT_EQ(post(kSellerAnn, "/api/cases", R"({"matter":"payment","subject":"Payout","body":"Where is it?"})").status,
            201);
  const auto row = json_of(get(kAgentMarie, "/api/cases?language=fr")).find("cases")->items.at(0);
  EXPECT_EQ(text(row, "team"), "accounts");
  EXPECT_EQ(text(row, "team_name"), "Comptabilité");
  EXPECT_EQ(json_of(get(kSellerAnn, "/api/cases")).find("cases")->items.at(0).find("team_name"), nullptr)
      << "the desk's own";
}

TEST_F(HouseJson, AComingProcedureIsWithdrawn) {
  std::string toml = *rulebook::procedure_text("guichet-unique");
  const std::size_t at = toml.find("version = \"");
  toml.replace(at, toml.find('\n', at) - at, "version = \"9.0\"");
  formats::JsonWriter json(0);
  json.begin_object().key("toml").value(toml).key("effective_from").value("2026-06-01");
  json.key("findings_read").value(true).key("earlier_day_read").value(true).end_object();
  ASSERT_EQ(post(kSupervisor, "/api/procedures", json.take()).status, 200);
  const auto second = [this](ActorId who) {
    return json_of(get(who, "/api/procedures")).find("procedures")->items.at(1);
  };
  EXPECT_EQ(text(second(kSellerAnn), "standing"), "coming");
  const std::string address = "/api/procedures/2/withdraw", why = R"({"reason":"The appeal is missing."})";
  expect_problem(post(kAgentMarie, address, why), 403, "no_right");
  expect_problem(post(kSupervisor, address, "{}"), 422, "missing");
  expect_problem(post(kSupervisor, "/api/procedures/7/withdraw", why), 404, "not_found");
  expect_problem(post(kSupervisor, "/api/procedures/1/withdraw", why), 409, "too_late");
  ASSERT_EQ(post(kSupervisor, address, why).status, 200);
  expect_problem(post(kSupervisor, address, why), 409, "withdrawn");
  const auto told = second(kSellerAnn), inside = second(kSupervisor);
  EXPECT_EQ(text(told, "standing"), "withdrawn");
  ASSERT_NE(told.find("withdrawn"), nullptr);
  EXPECT_EQ(text(*told.find("withdrawn"), "reason"), "The appeal is missing.");
  EXPECT_EQ(text(*told.find("withdrawn"), "at"), "2026-03-02T10:00:00Z");
  EXPECT_EQ(told.find("withdrawn")->find("by"), nullptr);
  EXPECT_EQ(inside.find("withdrawn")->find("by")->integer, kSupervisor.value);
}

TEST_F(HouseJson, TemplatesOfATeamAreChangedByThatTeam) {
  const auto made = json_of(post(kAgentMarie, "/api/templates", R"({"name":"Late","en":"It is late.","team":"desk"})"));
  const std::string address = text(made, "address");
  expect_problem(post(kAgentMarie, "/api/templates", R"({"name":"Late","en":"x","team":"heads"})"), 422, "not_yours");
  expect_problem(post(kAgentMarie, "/api/templates", R"({"name":"Late"})"), 422, "missing");
  EXPECT_EQ(text(json_of(get(kHead, address)), "team"), "desk") << "everybody of the desk may read it";
  expect_problem(send(kHead, Method::put, address, R"({"name":"Late","en":"Not yours."})"), 422, "not_yours");
  expect_problem(send(kHead, Method::del, address, "{}"), 422, "not_yours");
  EXPECT_EQ(send(kAgentNoor, Method::put, address, R"({"name":"Late","en":"Soon.","team":"desk"})").status, 200);
  EXPECT_EQ(text(json_of(get(kAgentMarie, address)), "en"), "Soon.");
  expect_problem(send(kAgentNoor, Method::put, address, R"({"name":"Late","en":"Sooner.","revision":1})"), 409,
                 "conflict");
  EXPECT_EQ(send(kSupervisor, Method::del, address, "{}").status, 200);
  expect_problem(get(kAgentMarie, address), 404, "not_found");
}

TEST_F(HouseJson, ASavedListOfATeamIsFoundByThatTeam) {
  EXPECT_EQ(post(kAgentMarie, "/api/views", R"({"name":"Mine","address":"/queue?owner=me"})").status, 201);
  const auto shared =
      json_of(post(kAgentMarie, "/api/views", R"({"name":"Ours","address":"/queue?owner=none","team":"desk"})"));
  const auto count = [&](ActorId who) { return json_of(get(who, "/api/views")).find("views")->items.size(); };
  EXPECT_EQ(count(kAgentMarie), 2U);
  EXPECT_EQ(count(kAgentNoor), 1U);
  EXPECT_EQ(count(kSupervisor), 1U);
  EXPECT_EQ(count(kHead), 0U);
  expect_problem(post(kHead, "/api/views", R"({"name":"x","address":"/queue","team":"desk"})"), 422, "not_yours");
  expect_problem(post(kHead, "/api/views", R"({"name":"x","address":"https://evil.example/"})"), 422, "no_list");
  const std::string address = text(shared, "address");
  expect_problem(send(kAgentNoor, Method::del, "/api/views/" + text(shared, "view"), "{}"), 404, "not_found");
  EXPECT_EQ(send(kAgentMarie, Method::del, address, "{}").status, 200);
  EXPECT_EQ(count(kAgentNoor), 0U);
}

TEST_F(HouseJson, SeveralCasesAreHandedToATeamAndWaitToBeAccepted) {
  std::vector<CaseId> opened;
  for (int i = 0; i < 4; ++i) opened.push_back(open_case());
  const ActorId owner = row(opened.front()).state.owner;
  std::string cases;
  std::vector<CaseId> his;
  for (const CaseId id : opened) {
    cases += (cases.empty() ? "[" : ",") + std::to_string(id.value);
    if (row(id).state.owner == owner) his.push_back(id);
  }
  cases += "]";
  expect_problem(post(owner, "/api/bulk", R"({"act":"decide","case":)" + cases + "}"), 422, "no_such_choice");
  const auto done = json_of(
      post(owner, "/api/bulk",
           R"({"act":"hand-off","team":"desk","reason":"workload","summary":"They wait for the bank.","case":)" +
               cases + "}",
           "b1"));
  ASSERT_EQ(done.find("cases")->items.size(), opened.size());
  for (const auto& one : done.find("cases")->items) {
    const CaseId id{static_cast<std::uint32_t>(number(one, "case"))};
    const bool mine = std::ranges::find(his, id) != his.end();
    EXPECT_EQ(flag(one, "ok"), mine) << text(one, "why");
    EXPECT_EQ(text(one, "why"), mine ? "" : "refusal.not_yours");
    EXPECT_EQ(text(one, "detail").find("not_yours"), std::string::npos) << "a sentence, where there is one";
    EXPECT_EQ(row(id).state.hand_off_pending(), mine) << "the rules of one case hold for many";
    EXPECT_EQ(row(id).state.owner == owner, mine) << "he answers for it until it is accepted";
  }
  expect_problem(post(owner, "/api/cases/" + std::to_string(his.front().value) + "/hand-off",
                      R"({"team":"nobody","reason":"workload","summary":"x"})"),
                 422, "no_such_choice");
}

TEST_F(HouseJson, ATokenMakesNoTokenAndEndsItself) {
  expect_problem(post(kAgentMarie, "/api/tokens", R"({"label":"x","scopes":["read"]})"), 403, "no_right");
  const auto tokens = json_of(get(kAgentMarie, "/api/tokens"));
  ASSERT_EQ(tokens.find("tokens")->items.size(), 1U);
  const std::string id = text(tokens.find("tokens")->items[0], "token");
  expect_problem(send(kAgentNoor, Method::del, "/api/tokens/" + id, "{}"), 404, "not_found");
  EXPECT_EQ(send(kAgentMarie, Method::del, "/api/tokens/" + id, "{}").status, 200);
  expect_problem(get(kAgentMarie, "/api/tokens"), 401, "not_signed_in");
}

TEST_F(HouseJson, AnErasureIsNotedAndAuditorsReadIt) {
  const CaseId id = open_case();
  auto reader = desk.shared().ledger->reader();
  const auto file = (*reader)->case_file(id);
  const TextId words = (*file)->texts[1].id;
  const std::string wrong = R"({"case":99,"text":)" + std::to_string(words.value) + R"(,"reason":"wish"})";
  expect_problem(post(kAdministrator, "/api/desk/erase", wrong), 422, "no_such_text");
  const std::string right =
      R"({"case":)" + std::to_string(id.value) + R"(,"text":)" + std::to_string(words.value) + R"(,"reason":"wish"})";
  const Response done = post(kAdministrator, "/api/desk/erase", right);
  EXPECT_EQ(done.status, 200);
  const auto told = json_of(done);
  ASSERT_EQ(told.find("texts")->items.size(), 1U);
  EXPECT_EQ(told.find("texts")->items[0].integer, words.value);
  expect_problem(post(kAdministrator, "/api/desk/erase", right), 422, "erased");
  const auto notes = json_of(get(kAuditor, "/api/audit/notes"));
  EXPECT_EQ(text(notes.find("notes")->items.back(), "what"), "text_erased");
}

}  // namespace
}  // namespace guichet::desk
