#include <guichet/desk/pages/chronology.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/dossier/facts_told.hpp>
#include <guichet/formats/json.hpp>

#include "markup.hpp"
#include "open_desk.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using formats::Language;
using Values = std::vector<std::pair<std::string, std::string>>;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

class ChronologyPages : public ::testing::Test {
 protected:
  ChronologyPages() : visiting(house) {
    const Answer opened =
        house.act(kSellerAnn, {}, "open",
                  {{"matter", "payment"}, {"subject", "March"}, {"body", "My payout is missing."}, {"amount", "1000"}});
    EXPECT_TRUE(opened.ok());
    id = opened.case_id;
  }
  std::string show(ActorId who, const std::string& page, Language language = Language::en) {
    const Response response = visiting.get(chronology_routes(), who, case_address(id) + page, {}, language);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(faults_of(response.body), std::vector<std::string>{});
    return response.body;
  }
  Response post(ActorId who, const std::string& act, const Values& values) {
    return visiting.post(case_routes(), who, case_address(id) + "/" + act, values);
  }
  void sent(ActorId who, const std::string& act, const Values& values) {
    const Response response = post(who, act, values);
    EXPECT_EQ(response.status, 303) << act << " " << words_on(response.body);
  }
  dossier::FactsTold told() {
    Request request;
    const Visit visit = visiting.visit_of(request, kAuditor);
    const auto seen = see_case(visit, id);
    EXPECT_TRUE(seen && *seen);
    return dossier::facts_of((*seen)->timeline);
  }
  std::string newest() {
    std::uint32_t number = 0;
    for (const dossier::FactTold& fact : told().facts) number = std::max(number, fact.number);
    return std::to_string(number);
  }

  SmallHouse house;
  Visiting visiting;
  CaseId id;
};

TEST_F(ChronologyPages, BothSidesStateDisputeAndChangeWithoutScript) {
  sent(kSellerAnn, "fact",
       {{"body", "Nobody answered <b>for ten days</b>."},
        {"date", "2026-02"},
        {"matters", "delay,  payment ,"},
        {"source", "message 2"},
        {"place", "first line"}});
  const std::string number = newest();
  sent(kAgentMarie, "dispute-fact", {{"fact", number}, {"body", "We answered on the third."}, {"date", "2026-02-03"}});
  dossier::FactsTold facts = told();
  ASSERT_EQ(facts.facts.size(), 1U);
  EXPECT_EQ(facts.facts[0].version.matters, (std::vector<std::string>{"delay", "payment"}));
  ASSERT_TRUE(facts.facts[0].other);
  EXPECT_EQ(facts.disputed, 1U);
  for (const ActorId who : {kSellerAnn, kAgentMarie, kAuditor}) {
    const std::string page = show(who, "/chronology");
    EXPECT_TRUE(contains(page, "Nobody answered &lt;b&gt;for ten days"));
    EXPECT_TRUE(contains(page, "We answered on the third."));
    EXPECT_TRUE(contains(page, "Disputed"));
    EXPECT_TRUE(contains(page, "February 2026"));
  }
  sent(kSellerAnn, "fact", {{"fact", number}, {"body", "Nobody answered for nine days."}, {"date", "2026-02"}});
  EXPECT_TRUE(told().facts[0].changed_since_disputed);
  sent(kAgentMarie, "concede-fact", {{"fact", number}});
  sent(kSellerAnn, "archive-fact", {{"fact", number}, {"body", "said twice"}});
  EXPECT_TRUE(told().facts.empty());
  EXPECT_TRUE(contains(show(kSellerAnn, "/chronology"), "said twice"));
  sent(kSellerAnn, "restore-fact", {{"fact", number}});
  EXPECT_EQ(told().facts.size(), 1U);
}

TEST_F(ChronologyPages, NobodyChangesTheOtherSidesFact) {
  sent(kSellerAnn, "fact", {{"body", "mine"}});
  const std::string number = newest();
  for (const char* act : {"fact", "archive-fact", "restore-fact"})
    EXPECT_EQ(post(kAgentMarie, act, {{"fact", number}, {"body", "theirs"}}).status, 422) << act;
  for (const char* act : {"dispute-fact", "concede-fact"})
    EXPECT_EQ(post(kSellerAnn, act, {{"fact", number}, {"body", "not so"}}).status, 422) << act;
  EXPECT_EQ(post(kSellerAnn, "fact", {{"fact", "999"}, {"body", "no such"}}).status, 422);
  EXPECT_EQ(told().facts.at(0).version.words, "mine");
}

TEST_F(ChronologyPages, AMediatorAndAnotherSellerDoNotWriteThere) {
  sent(kSellerAnn, "fact", {{"body", "mine"}});
  for (const ActorId who : {kSellerBob, kMediatorLea, kAuditor})
    EXPECT_EQ(post(who, "fact", {{"body", "theirs"}}).status, 404);
  const Response strange = visiting.get(chronology_routes(), kSellerBob, case_address(id) + "/chronology");
  EXPECT_EQ(strange.status, 404);
  EXPECT_FALSE(contains(strange.body, "mine"));
  EXPECT_EQ(visiting.get(chronology_routes(), kSellerBob, case_address(id) + "/claim").status, 404);
  const std::string read = show(kAuditor, "/chronology");
  EXPECT_FALSE(contains(read, "<textarea"));
}

TEST_F(ChronologyPages, UndatedFactsStandFirstAndUnsourcedOnesAreCounted) {
  sent(kSellerAnn, "fact",
       {{"body", "dated"}, {"date", "2026-01-05"}, {"sources", "letter of the carrier\nmessage 2"}});
  sent(kSellerAnn, "fact", {{"body", "undated"}});
  const std::string page = show(kSellerAnn, "/chronology", Language::fr);
  EXPECT_LT(page.find("undated"), page.find("dated", page.find("undated") + 3));
  EXPECT_TRUE(contains(words_on(page), "1 fait n’a pas de source."));
  EXPECT_TRUE(contains(words_on(page), "1 fait n’a pas de date."));
  EXPECT_EQ(told().facts.at(1).version.citations.size(), 2U);
}

TEST_F(ChronologyPages, WhatIsWrongIsSaidAndNothingTypedIsLost) {
  const Response wrong = post(kSellerAnn, "fact", {{"body", "kept words"}, {"date", "yesterday"}});
  EXPECT_EQ(wrong.status, 422);
  EXPECT_TRUE(contains(wrong.body, "kept words"));
  EXPECT_TRUE(contains(wrong.body, "is no date"));
  EXPECT_EQ(post(kSellerAnn, "fact", {{"body", ""}}).status, 422);
  EXPECT_EQ(
      post(kSellerAnn, "fact", {{"body", "x"}, {"date", "2026-02"}, {"date_end", "2026-01"}, {"date_is", "between"}})
          .status,
      422);
  sent(kSellerAnn, "fact", {{"body", "x"}, {"date", "2026-01"}, {"date_end", "2026-02"}, {"date_is", "between"}});
  EXPECT_EQ(print_fact_date(told().facts.at(0).version.date), "2026-01/2026-02");
  sent(kSellerAnn, "fact", {{"body", "y"}, {"date", "2026-01"}, {"date_is", "before"}});
  EXPECT_TRUE(contains(show(kSellerAnn, "/chronology"), "Before January 2026"));
}

/// The field of this id with its tag, and what is said of it: the part of the page between its label and the next one.
std::string field_on(const std::string& page, const std::string& id) {
  const std::size_t from = page.find("<label for=\"" + id + "\"");
  return from == std::string::npos ? std::string() : page.substr(from, page.find("<label", from + 6) - from);
}

TEST_F(ChronologyPages, AFaultyFormComesBackFilledWithTheFaultBesideItsField) {
  const Values typed{{"body", "kept \"words\""}, {"date", "yesterday"},  {"date_is", "before"},
                     {"said_by", "the carrier"}, {"matters", "a, b"},    {"source", "message 1"},
                     {"place", "line 2"},        {"sources", "a letter"}};
  for (const Language language : {Language::en, Language::fr}) {
    const Response wrong = visiting.post(case_routes(), kSellerAnn, case_address(id) + "/fact", typed, language);
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(faults_of(wrong.body), std::vector<std::string>{});
    EXPECT_TRUE(contains(field_on(wrong.body, "new-body"), "kept &quot;words&quot;") ||
                contains(field_on(wrong.body, "new-body"), "kept \"words\""));
    const std::string date = field_on(wrong.body, "new-date");
    EXPECT_TRUE(contains(date, "value=\"yesterday\"")) << date;
    EXPECT_TRUE(contains(date, "aria-invalid")) << date;
    EXPECT_TRUE(contains(date, language == Language::en ? "is no date" : "date")) << date;
    EXPECT_TRUE(contains(wrong.body, "href=\"#new-date\""));
    EXPECT_TRUE(contains(wrong.body, "<option value=\"before\" selected=\"selected\">"));
    for (const char* value : {"the carrier", "a, b", "line 2", "a letter"})
      EXPECT_TRUE(contains(wrong.body, value)) << value;
  }
  // A change of one fact comes back in the form of that fact, and in no other.
  sent(kSellerAnn, "fact", {{"body", "one"}});
  const std::string one = newest();
  sent(kSellerAnn, "fact", {{"body", "two"}});
  const Response change = post(kSellerAnn, "fact", {{"fact", one}, {"body", "one again"}, {"date", "2026-13"}});
  EXPECT_TRUE(contains(field_on(change.body, "fact-" + one + "-date"), "value=\"2026-13\""));
  EXPECT_FALSE(contains(field_on(change.body, "new-date"), "2026-13"));
  EXPECT_FALSE(contains(field_on(change.body, "fact-" + newest() + "-date"), "2026-13"));
  const Response dispute = post(kAgentMarie, "dispute-fact", {{"fact", one}, {"body", "no"}, {"date", "soon"}});
  EXPECT_TRUE(contains(field_on(dispute.body, "dispute-fact-" + one + "-date"), "value=\"soon\""));
}

TEST_F(ChronologyPages, AFaultyClaimComesBackFilled) {
  const Response wrong = post(kSellerAnn, "claim",
                              {{"regime", "late_payment"},
                               {"creditor", "private"},
                               {"what", "balance"},
                               {"amount", "ten"},
                               {"from", "2026-02-01"},
                               {"source", "invoice 12"}});
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(faults_of(wrong.body), std::vector<std::string>{});
  EXPECT_TRUE(contains(field_on(wrong.body, "claim-amount"), "value=\"ten\""));
  EXPECT_TRUE(contains(field_on(wrong.body, "claim-amount"), "aria-invalid"));
  EXPECT_TRUE(contains(field_on(wrong.body, "claim-from"), "value=\"2026-02-01\""));
  EXPECT_TRUE(contains(field_on(wrong.body, "claim-what"), "value=\"balance\""));
  EXPECT_TRUE(contains(wrong.body, "<option value=\"private\" selected=\"selected\">"));
  const Response file = post(kSellerAnn, "claim", {{"toml", "regime = \"late\"\n# my words\n"}});
  EXPECT_EQ(file.status, 422);
  EXPECT_TRUE(contains(field_on(file.body, "claim-toml"), "# my words"));
  EXPECT_TRUE(contains(field_on(file.body, "claim-toml"), "aria-invalid"));
}

TEST_F(ChronologyPages, AFactMovesNothingElseAndIsInTheHistory) {
  const ledger::ShelfRow before = house.row(id);
  sent(kSellerAnn, "fact", {{"body", "a statement"}});
  const ledger::ShelfRow after = house.row(id);
  EXPECT_EQ(after.state.turn(), before.state.turn());
  EXPECT_EQ(after.state.phase(), before.state.phase());
  EXPECT_EQ(after.desk_due, before.desk_due);
  EXPECT_EQ(after.messages, before.messages);
  const Response stream = visiting.get(case_routes(), kSellerAnn, case_address(id), {{"events", "all"}});
  EXPECT_TRUE(contains(stream.body, "stated fact")) << words_on(stream.body);
  EXPECT_TRUE(contains(stream.body, "/chronology#fact-"));
}

// The page, the API, `guichet costs`, `guichet audit` and the dossier count by one rule.
TEST_F(ChronologyPages, WhatIsLaterThanTheLastDayIsLeftOutAndSaid) {
  sent(kSellerAnn, "claim",
       {{"toml",
         "regime = \"legal_interest\"\nuntil = 2025-06-30\n[[sum]]\nwhat = \"balance\"\namount = \"100\"\n"
         "from = 2024-07-01\n[[sum]]\nwhat = \"later\"\namount = \"7000\"\nfrom = 2025-07-01\n"}});
  const std::string page = words_on(show(kSellerAnn, "/claim"));
  EXPECT_TRUE(contains(page, "One entry is dated after the last day counted")) << page;
  EXPECT_FALSE(contains(page, "7,000")) << page;
  const Response json = visiting.get(api_routes(), kSellerAnn, "/api" + case_address(id) + "/claim");
  EXPECT_TRUE(contains(json.body, "\"left_out\": 1")) << json.body;
  EXPECT_FALSE(contains(json.body, "7000")) << json.body;
}

TEST_F(ChronologyPages, AClaimGivesInterestAndTheCostOfTheCase) {
  EXPECT_TRUE(contains(show(kSellerAnn, "/claim"), "Nobody has said yet"));
  house.act(kSellerAnn, id, "cost", {{"kind", "hours"}, {"minutes", "90"}});
  sent(kSellerAnn, "claim",
       {{"regime", "legal_interest"},
        {"what", "balance"},
        {"amount", "8 199,36"},
        {"from", "2024-07-01"},
        {"until", "2026-06-30"},
        {"hour_rate", "40"},
        {"known", "2024-06-15"}});
  const std::string page = words_on(show(kSellerAnn, "/claim"));
  for (const char* part : {"€202.81", "€150.85", "€114.08", "€106.53", "€574.26", "€60.00", "15 June 2029",
                           "Cost of the case: €634.26 for €8,199.36 at stake, 7.7%."})
    EXPECT_TRUE(contains(page, part)) << part << "\n" << page;
  EXPECT_TRUE(contains(show(kAgentMarie, "/claim", Language::fr), "574,26\u202f€"));
  // The form shows what there is, and keeps what it does not show.
  sent(kSellerAnn, "claim",
       {{"toml",
         "regime = \"legal_interest\"\nuntil = 2026-06-30\n[[sum]]\nwhat = \"balance\"\namount = \"8199.36\"\n"
         "from = 2024-07-01\n[[payment]]\non = 2025-01-01\namount = \"100\"\n"}});
  sent(kSellerAnn, "claim",
       {{"regime", "legal_interest"},
        {"what", "balance"},
        {"amount", "8199.36"},
        {"from", "2024-07-01"},
        {"until", "2025-06-30"}});
  EXPECT_EQ(told().seller_claim->claim.payments.size(), 1U);
  EXPECT_FALSE(told().desk_claim);
}

TEST_F(ChronologyPages, AClaimThatIsNoneIsRefused) {
  EXPECT_EQ(post(kSellerAnn, "claim", {{"toml", "regime = \"late\"\n"}}).status, 422);
  EXPECT_EQ(post(kSellerAnn, "claim", {{"amount", "10"}}).status, 422);
  EXPECT_EQ(post(kSellerAnn, "claim", {{"regime", "late_payment"}, {"creditor", "private"}}).status, 422);
  EXPECT_EQ(post(kSellerAnn, "claim", {{"regime", "late_payment"}, {"served", "2026-01-01"}}).status, 422);
  EXPECT_EQ(post(kSellerAnn, "claim", {{"regime", "legal_interest"}, {"what", "a"}, {"amount", "10"}}).status, 422);
  EXPECT_FALSE(told().seller_claim);
}

TEST_F(ChronologyPages, WhatTheRulesRefusedWaitsInItsForm) {
  Errand errand;
  errand.person = kSellerAnn;
  errand.records.push_back(keep({.person = kSellerAnn,
                                 .case_id = id,
                                 .box = "fact",
                                 .saved = house.clock().now(),
                                 .fields = {{"body", "kept words"}, {"date", "2026-02"}},
                                 .revision = 0}));
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const std::string page = show(kSellerAnn, "/chronology");
  EXPECT_TRUE(contains(field_on(page, "new-body"), "kept words"));
  EXPECT_TRUE(contains(field_on(page, "new-date"), "value=\"2026-02\""));
  EXPECT_FALSE(contains(show(kAgentMarie, "/chronology"), "kept words")) << "a draft is its writer's";
  sent(kSellerAnn, "fact", {{"body", "kept words, sent"}});
  EXPECT_FALSE(contains(field_on(show(kSellerAnn, "/chronology"), "new-body"), "kept words")) << "sent, and gone";
}

TEST(ChronologyApi, ExhibitsAreCountedInTheCase) {
  OpenDesk desk;
  for (const char* subject : {"First", "Second"}) {
    const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                                     std::string(R"({"matter":"payment","body":"Missing.","subject":")") + subject +
                                         R"(","files":[{"name":"a.txt","media_type":"text/plain","base64":"YQ=="}]})");
    ASSERT_EQ(opened.status, 201) << opened.body;
    const std::string address =
        "/api/cases/" + std::to_string(formats::parse_json(opened.body, "x")->find("case")->integer);
    const Response added = desk.ask(kSellerAnn, Method::post, address + "/exhibit", {},
                                    R"({"files":[{"name":"b.txt","media_type":"text/plain","base64":"Yg=="}]})");
    ASSERT_EQ(added.status, 200) << added.body;
    for (const ActorId who : {kSellerAnn, kAgentMarie}) {
      const auto seen = formats::parse_json(desk.ask(who, Method::get, address).body, "case");
      ASSERT_TRUE(seen) << seen.error().detail;
      std::vector<std::int64_t> numbers;
      for (const auto& file : seen->find("files")->items) numbers.push_back(file.find("exhibit")->integer);
      EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2})) << subject;
    }
  }
}

TEST(ChronologyApi, TheSameActsAndTheFactsInTheCase) {
  OpenDesk desk;
  const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                                   R"({"matter":"payment","subject":"March","body":"My payout is missing."})");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string number = std::to_string(formats::parse_json(opened.body, "x")->find("case")->integer);
  const std::string address = "/api/cases/" + number;
  const Response stated = desk.ask(kSellerAnn, Method::post, address + "/fact", {},
                                   R"({"body":"Nobody answered.","date":"2026-02","sources":"message 2"})");
  EXPECT_EQ(stated.status, 200) << stated.body;
  EXPECT_EQ(desk.ask(kSellerBob, Method::post, address + "/fact", {}, R"({"body":"x"})").status, 404);
  const Response seen = desk.ask(kAgentMarie, Method::get, address);
  EXPECT_NE(seen.body.find("\"act\": \"state\""), std::string::npos) << seen.body;
  EXPECT_NE(seen.body.find("\"date\": \"2026-02\""), std::string::npos);
}

}  // namespace
}  // namespace guichet::desk
