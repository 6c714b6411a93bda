#include <guichet/desk/pages/seller.hpp>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/ledger/memory.hpp>

#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using formats::Language;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string header(const Response& response, std::string_view wanted) {
  for (const auto& [name, value] : response.headers)
    if (name == wanted) return value;
  return {};
}

class SellerPages : public ::testing::Test {
 protected:
  explicit SellerPages(const std::string& procedure = "guichet-unique") : house(procedure), visiting(house) {}

  std::string show(ActorId who, const std::string& path, NamedValues query = {}, Language language = Language::en,
                   int status = 200) {
    auto table = std::vector<Route>(case_routes().begin(), case_routes().end());
    table.insert(table.end(), seller_routes().begin(), seller_routes().end());
    const Response response = visiting.get(table, who, path, std::move(query), language);
    EXPECT_EQ(response.status, status) << path;
    if (response.content_type.starts_with("text/html")) {
      EXPECT_EQ(faults_of(response.body), std::vector<std::string>{}) << path;
    }
    return response.body;
  }
  Response send(ActorId who, const std::string& path, const std::vector<std::pair<std::string, std::string>>& values) {
    return visiting.post(case_routes(), who, path, values);
  }
  static std::string path(CaseId id, const std::string& rest = {}) {
    return case_address(id) + (rest.empty() ? "" : "/" + rest);
  }
  ActorId owner(CaseId id) { return house.row(id).state.owner; }
  void answer(CaseId id) {
    const Answer done = house.act(owner(id), id, "message",
                                  {{"body", "It was paid."}, {"answers", "0"}, {"questions", "Did it arrive?"}});
    ASSERT_TRUE(done.ok());
  }

  SmallHouse house;
  Visiting visiting;
};
class UnderTheOldRules : public SellerPages {
 protected:
  UnderTheOldRules() : SellerPages("next-available") {}
};

TEST_F(SellerPages, ShowThePromisesBeforeAnythingIsSent) {
  for (const Language language : {Language::en, Language::fr}) {
    const std::string matters = show(kSellerAnn, "/cases/new", {}, language);
    EXPECT_TRUE(contains(matters, "/cases/new?matter=payment"));
    EXPECT_FALSE(contains(matters, "<textarea"));
  }
  const std::string form = show(kSellerAnn, "/cases/new", {{"matter", "payment"}});
  const std::string words = words_on(form);
  for (const char* part :
       {"2 working days", "15 working days", "If you send it now: before Wednesday 4 March 2026, 11:00",
        "Your case goes up to the head of the desk.", "Never by the desk alone.",
        "From €10,000 at stake on, it begins here: The head of the desk.", "Example Mediation Centre, Paris",
        "You can appeal the decision within 184 days."})
    EXPECT_TRUE(contains(words, part)) << part << "\n" << words;
  EXPECT_LT(form.find("<table"), form.find("<textarea"));
}

TEST_F(UnderTheOldRules, ThePromisesSayThatThereAreNone) {
  const std::string words = words_on(show(kSellerAnn, "/cases/new", {{"matter", "stock"}}));
  for (const char* part : {"no time set", "The procedure says nothing.", "There is no appeal.", "There is no mediator.",
                           "There is no level above.", "a new one starts from zero", "Your case is closed"})
    EXPECT_TRUE(contains(words, part)) << part << "\n" << words;
  EXPECT_FALSE(contains(words, "Never by the desk alone."));
}

TEST_F(SellerPages, OpenACaseByAForm) {
  const Response opened = send(kSellerAnn, "/cases",
                               {{"matter", "payment"},
                                {"subject", "Missing payout"},
                                {"body", "It is missing."},
                                {"questions", "When?"},
                                {"questions", "How much?"},
                                {"once", "k1"}});
  EXPECT_EQ(opened.status, 303);
  EXPECT_EQ(header(opened, "Location"), "/cases/1");
  const std::string page = show(kSellerAnn, "/cases/1");
  EXPECT_TRUE(contains(words_on(page), "When?") && contains(words_on(page), "How much?"));
  // Sent twice, done once.
  EXPECT_EQ(header(send(kSellerAnn, "/cases",
                        {{"matter", "payment"},
                         {"subject", "Missing payout"},
                         {"body", "It is missing."},
                         {"questions", "When?"},
                         {"questions", "How much?"},
                         {"once", "k1"}}),
                   "Location"),
            "/cases/1");
  EXPECT_EQ(house.reader().counts()->all, 1U);
}

TEST_F(SellerPages, WhatAFullDiskDidNotTakeStandsOnThePageAndIsSentAgainOnce) {
  const CaseId id = house.open_case();
  dynamic_cast<ledger::MemoryLedger&>(house.ledger()).fail_appends(2);
  const NamedValues typed{{"body", "Two hours of writing <b>"}, {"once", "k9"}, {"questions", "And when?"}};
  const Response failed = send(kSellerAnn, path(id, "message"), typed);
  EXPECT_EQ(failed.status, 503);
  EXPECT_TRUE(contains(words_on(failed.body), "Two hours of writing")) << failed.body;
  EXPECT_TRUE(contains(failed.body, R"(name="body" value="Two hours of writing &lt;b&gt;")")) << failed.body;
  EXPECT_TRUE(contains(failed.body, R"(action="/cases/1/message")"));
  EXPECT_TRUE(contains(failed.body, R"(name="once" value="k9")"));
  EXPECT_TRUE(contains(failed.body, "token-of-the-session"));
  EXPECT_EQ(send(kSellerAnn, path(id, "message"), typed).status, 503);
  EXPECT_EQ(send(kSellerAnn, path(id, "message"), typed).status, 303) << "there is room again";
  EXPECT_EQ(send(kSellerAnn, path(id, "message"), typed).status, 303) << "and done once";
  const std::string page = show(kSellerAnn, path(id));
  const std::size_t first = page.find("Two hours of writing");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(page.find("Two hours of writing", first + 1), std::string::npos);
}

TEST_F(SellerPages, ShowAFormAgainWithWhatWasTypedAndWhatIsWrong) {
  const Response faulty = send(
      kSellerAnn, "/cases", {{"matter", "payment"}, {"subject", ""}, {"amount", "much"}, {"body", "All <my> words."}});
  EXPECT_EQ(faulty.status, 422);
  EXPECT_EQ(faults_of(faulty.body), std::vector<std::string>{});
  EXPECT_TRUE(contains(faulty.body, "All &lt;my&gt; words."));
  EXPECT_TRUE(contains(faulty.body, "aria-invalid"));

  const CaseId id = house.open_case();
  const Response empty = send(kSellerAnn, path(id, "message"), {{"body", ""}, {"questions", ""}});
  EXPECT_EQ(empty.status, 422);
  EXPECT_EQ(faults_of(empty.body), std::vector<std::string>{});
  const Response cost = send(kSellerAnn, path(id, "cost"), {{"kind", "fee"}, {"amount", "x"}, {"body", "A lawyer."}});
  EXPECT_EQ(cost.status, 422);
  EXPECT_TRUE(contains(cost.body, "A lawyer."));
}

TEST_F(SellerPages, SayFirstWhoAnswersAndWhatIsExpected) {
  const CaseId id = house.open_case();
  const std::string page = show(kSellerAnn, path(id));
  const std::string words = words_on(page);
  EXPECT_TRUE(contains(words, "must answer you before Wednesday 4 March 2026, 11:00."));
  EXPECT_LT(page.find("class=\"first\""), page.find("class=\"acts\""));
  EXPECT_LT(page.find("class=\"acts\""), page.find("class=\"stream\""));
  // The five acts: what cannot be done is said with the reason.
  EXPECT_TRUE(contains(page, "href=\"#write\"") && contains(page, path(id, "my/escalate")) &&
              contains(page, path(id, "data.json")));
  EXPECT_TRUE(contains(words, "There is no decision to appeal."));
  EXPECT_TRUE(contains(words, "None of your questions has an answer yet."));
}

TEST_F(SellerPages, LetASellerGoAllTheWay) {
  const CaseId id = house.open_case();
  answer(id);
  EXPECT_TRUE(contains(show(kSellerAnn, path(id)), path(id, "my/dispute")));
  EXPECT_TRUE(contains(words_on(show(kSellerAnn, path(id, "my/dispute"))), "When will it be paid?"));
  EXPECT_EQ(header(send(kSellerAnn, path(id, "dispute"), {{"answers", "0"}}), "Location"), path(id));
  EXPECT_EQ(send(kSellerAnn, path(id, "message"), {{"body", "Not yet."}, {"answers", "0"}}).status, 303);

  const std::string before = words_on(show(kSellerAnn, path(id, "my/escalate")));
  EXPECT_TRUE(contains(before, "Your case goes up to the head of the desk.")) << before;
  EXPECT_TRUE(contains(before, "The desk must answer before"));
  EXPECT_TRUE(contains(before, "Another person looks at it there."));
  EXPECT_EQ(send(kSellerAnn, path(id, "escalate"), {{"body", "Please."}}).status, 303);
  EXPECT_EQ(house.row(id).state.level(), 1U);

  const ActorId head = owner(id);
  ASSERT_TRUE(house.act(head, id, "message", {{"body", "We look."}, {"answers", "0"}}).ok());
  const Answer decided = house.act(head, id, "decide",
                                   {{"outcome", "refused"},
                                    {"facts", "Paid on the 3rd."},
                                    {"ground", "Clause 2."},
                                    {"redress", "internal"},
                                    {"redress", "certified_body"},
                                    {"redress", "court"}});
  ASSERT_TRUE(decided.ok()) << name(decided.refusal);
  const std::string appeal = show(kSellerAnn, path(id, "my/appeal"));
  EXPECT_TRUE(contains(words_on(appeal), "Paid on the 3rd."));
  EXPECT_TRUE(contains(words_on(appeal), "I appeal the decision of Monday 2 March 2026"));
  EXPECT_EQ(send(kSellerAnn, path(id, "appeal"), {{"body", "I appeal."}}).status, 303);
  EXPECT_EQ(house.row(id).state.phase(), Phase::under_appeal);
  show(kSellerAnn, path(id), {{"events", "all"}}, Language::fr);
}

TEST_F(SellerPages, KeepWhatWasTypedWhenTheRulesRefuse) {
  const CaseId id = house.open_case();
  // Nothing is decided: an appeal is refused, and its words are there when the time comes.
  const Response refused = send(kSellerAnn, path(id, "appeal"), {{"body", "My long appeal."}, {"box", "appeal"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(faults_of(refused.body), std::vector<std::string>{});
  Request request;
  const Visit visit = visiting.visit_of(request, kSellerAnn);
  EXPECT_EQ(draft_here(visit, id, "appeal").text("body"), "My long appeal.");
  EXPECT_TRUE(contains(refused.body, path(id, "my/appeal")));
}

TEST_F(SellerPages, OfferEachActOnlyWhenTheRulesWouldTakeIt) {
  const CaseId id = house.open_case();
  answer(id);
  for (const char* act :
       {"message", "dispute",   "escalate",        "appeal", "accept",  "refuse",   "accept-offer", "refuse-offer",
        "propose", "mediation", "leave-mediation", "answer", "decline", "withdraw", "contest",      "exhibit",
        "cost",    "link",      "reopen",          "close"}) {
    const ledger::ShelfRow row = house.row(id);
    Request request;
    const Visit visit = visiting.visit_of(request, kSellerAnn);
    const Refusal refusal = seller_refusal(visit, row, house.procedures().of_case(row.state), act);
    for (const Language language : {Language::en, Language::fr}) {
      const std::string sheet = show(kSellerAnn, path(id, std::string("my/") + act), {}, language);
      EXPECT_EQ(contains(sheet, "action=\"" + path(id, act) + "\""), refusal == Refusal::none) << act;
    }
  }
  show(kSellerAnn, path(id, "my/nonsense"), {}, Language::en, 404);
}

TEST_F(SellerPages, AskForAYesOrNoWhereSomethingWaits) {
  const CaseId id = house.open_case();
  ASSERT_TRUE(house.act(owner(id), id, "answer", {{"answers", "0"}}).ok());
  ASSERT_TRUE(house.act(owner(id), id, "propose", {{"body", "We pay half."}}).ok());
  ASSERT_TRUE(
      house.act(owner(id), id, "offer", {{"amount", "50"}, {"conditions", "waiver"}, {"body", "A gesture."}}).ok());
  const std::string page = show(kSellerAnn, path(id));
  for (const char* act : {"accept", "refuse", "accept-offer", "refuse-offer"})
    EXPECT_TRUE(contains(page, path(id, std::string("my/") + act))) << act;
  const std::string offer = words_on(show(kSellerAnn, path(id, "my/accept-offer")));
  EXPECT_TRUE(contains(offer, "€50") && contains(offer, "giving up what is past"));
  const std::string account = words_on(show(kSellerAnn, "/account"));
  EXPECT_TRUE(contains(account, "Offer of €50") && contains(account, "Ann"));
  EXPECT_FALSE(contains(words_on(show(kSellerBob, "/account")), "Offer of"));
  EXPECT_EQ(send(kSellerAnn, path(id, "accept"), {}).status, 303);
  EXPECT_EQ(house.row(id).state.phase(), Phase::closed);
  EXPECT_TRUE(contains(words_on(show(kSellerAnn, path(id))), "Your case is closed by agreement"));
}

TEST_F(UnderTheOldRules, AClosedCaseLeadsToANewOne) {
  const CaseId id = house.open_case(kSellerAnn, "stock");
  ASSERT_TRUE(house.act(kSellerAnn, id, "close").ok());
  const std::string page = show(kSellerAnn, path(id));
  EXPECT_TRUE(contains(page, "/cases/new?predecessor=1"));
  const std::string form = show(kSellerAnn, "/cases/new", {{"matter", "stock"}, {"predecessor", "1"}});
  EXPECT_TRUE(contains(form, "<option value=\"1\" selected=\"selected\">"));
  EXPECT_EQ(send(kSellerAnn, "/cases",
                 {{"matter", "stock"}, {"subject", "Again"}, {"body", "As before."}, {"predecessor", "1"}})
                .status,
            303);
  EXPECT_EQ(house.row(CaseId{2}).predecessor, id);
  EXPECT_TRUE(contains(show(kSellerAnn, "/cases/2"), "href=\"/cases/1\""));
}

TEST_F(SellerPages, AreNobodyElses) {
  const CaseId id = house.open_case(kSellerAnn);
  for (const char* rest : {"", "my/escalate", "data.json", "print"})
    show(kSellerBob, path(id, rest), {}, Language::en, 404);
  EXPECT_EQ(send(kSellerBob, path(id, "message"), {{"body", "Hello."}}).status, 404);
  EXPECT_EQ(send(kSellerBob, path(id, "escalate"), {}).status, 404);
  EXPECT_EQ(house.row(id).messages, house.row(id).messages);
  EXPECT_FALSE(contains(show(kSellerBob, "/cases"), "Missing payout"));
  EXPECT_TRUE(contains(show(kSellerAnn, "/cases"), "Missing payout"));
}

TEST_F(SellerPages, ListByWhatIsAsked) {
  const CaseId waiting = house.open_case(), other = house.open_case();
  answer(waiting);
  ASSERT_TRUE(house.act(kSellerAnn, other, "close").ok());
  const auto lists = [&](const char* state, CaseId id) {
    return contains(show(kSellerAnn, "/cases", {{"state", state}}), "href=\"" + path(id) + "\"");
  };
  EXPECT_TRUE(lists("mine", waiting) && lists("living", waiting) && lists("all", waiting) && !lists("closed", waiting));
  EXPECT_TRUE(lists("closed", other) && lists("all", other) && !lists("living", other) && !lists("mine", other));
}

TEST_F(SellerPages, GiveFilesOnlyToBeKept) {
  const CaseId id = house.open_case();
  Errand errand;
  errand.channel = ledger::Channel::web;
  errand.person = kSellerAnn;
  errand.party = Party::seller;
  errand.case_id = id;
  Step step;
  step.command.kind = CommandKind::add_exhibit;
  step.text = ledger::NewText{.kind = ledger::TextKind::file,
                              .author = kSellerAnn,
                              .name = "preuve \"é\".html",
                              .media_type = "text/html",
                              .body = "<script>alert(1)</script>"};
  errand.steps.push_back(std::move(step));
  const Answer added = house.clerk().run(std::move(errand));
  ASSERT_TRUE(added.ok());
  const std::string address = path(id, "files/" + std::to_string(added.texts.front().value));
  EXPECT_TRUE(contains(show(kSellerAnn, path(id)), "href=\"" + address + "\""));
  const Response file = visiting.get(case_routes(), kSellerAnn, address);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.content_type, "application/octet-stream");
  EXPECT_EQ(file.body, "<script>alert(1)</script>");
  EXPECT_EQ(header(file, "Content-Disposition"),
            "attachment; filename=\"preuve ____.html\"; filename*=UTF-8''preuve%20%22%C3%A9%22.html");
  EXPECT_EQ(header(file, "X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(contains(header(file, "Content-Security-Policy"), "sandbox"));
  EXPECT_EQ(visiting.get(case_routes(), kSellerBob, address).status, 404);
  // A text of the case that is no file, a file of another case, and none at all.
  EXPECT_EQ(visiting.get(case_routes(), kSellerAnn, path(id, "files/1")).status, 404);
  const CaseId other = house.open_case();
  EXPECT_EQ(
      visiting.get(case_routes(), kSellerAnn, path(other, "files/" + std::to_string(added.texts.front().value))).status,
      404);
  EXPECT_EQ(visiting.get(case_routes(), kSellerAnn, path(id, "files/9999")).status, 404);
}

TEST_F(SellerPages, SayInEachLanguageWhyAMediatorIsIndependent) {
  const CaseId id = house.open_case();
  EXPECT_TRUE(
      contains(show(kSellerAnn, path(id, "my/mediation")), "Appointed by a chamber of commerce; no other business"));
  const std::string french = show(kSellerAnn, path(id, "my/mediation"), {}, Language::fr);
  EXPECT_TRUE(contains(french, "Désigné par une chambre de commerce\u202f; aucune autre affaire"));
  EXPECT_FALSE(contains(french, "no other business"));
}

TEST_F(SellerPages, ShowACaseToAMediatorAndAnAuditor) {
  const CaseId id = house.open_case();
  const Answer referred =
      house.act(kSellerAnn, id, "mediation", {{"mediator", "Example Mediation Centre, Paris"}, {"body", "Please."}});
  ASSERT_TRUE(referred.ok()) << name(referred.refusal) << referred.error;
  const std::string page = show(kMediatorLea, path(id));
  EXPECT_TRUE(contains(page, path(id, "end-mediation")));
  EXPECT_EQ(send(kMediatorLea, path(id, "message"), {{"body", "Let us talk."}}).status, 303);
  EXPECT_EQ(send(kMediatorLea, path(id, "end-mediation"), {{"outcome", "maybe"}, {"body", "My words."}}).status, 422);
  EXPECT_EQ(send(kMediatorLea, path(id, "end-mediation"), {{"outcome", "agreement"}}).status, 303);
  EXPECT_EQ(house.row(id).state.phase(), Phase::closed);
  for (const Language language : {Language::en, Language::fr}) {
    show(kMediatorLea, "/cases", {}, language);
    show(kAuditor, "/cases", {{"state", "closed"}, {"order", "promise"}}, language);
    show(kAuditor, path(id), {{"events", "all"}}, language);
    show(kAuditor, path(id, "print"), {}, language);
    show(kSellerAnn, path(id, "print"), {}, language);
  }
}

}  // namespace
}  // namespace guichet::desk
