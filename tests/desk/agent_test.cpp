#include <guichet/desk/pages/agent.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/keys.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/formats/json.hpp>

#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

/// The desk with one case that somebody answers for, and somebody else of the same team.
class Desk {
 public:
  SmallHouse house;
  Visiting visiting{house};
  CaseId case_id = house.open_case();
  ActorId owner = house.row(case_id).state.owner;
  ActorId other = owner == kAgentMarie ? kAgentNoor : kAgentMarie;

  std::string address(std::string_view rest = {}) const { return case_address(case_id) + std::string(rest); }
  std::string seen() { return std::to_string(house.row(case_id).state.version.value); }
  Response page(ActorId who, const std::string& path, NamedValues query = {},
                formats::Language language = formats::Language::en) {
    return visiting.get(agent_routes(), who, path, std::move(query), language);
  }
  /// The case's own page belongs to everybody; this is the one behind it for the desk.
  std::string case_page(ActorId who, NamedValues query = {}, formats::Language language = formats::Language::en) {
    Request request;
    request.path = address();
    request.query = std::move(query);
    Visit visit = visiting.visit_of(request, who, language);
    visit.captures = {std::to_string(case_id.value)};
    const auto here = see_case(visit, case_id);
    EXPECT_TRUE(here && *here);
    return agent_case(visit, **here).body;
  }
  Response send(ActorId who, const std::string& act, const Values& values) {
    return visiting.post(agent_routes(), who, address("/desk/" + act), values);
  }
  NamedValues query_of(const std::string& address) {
    NamedValues query;
    std::string_view rest = address;
    const std::size_t mark = rest.find('?');
    if (mark == std::string_view::npos) return query;
    rest = rest.substr(mark + 1);
    rest = rest.substr(0, rest.find('#'));
    while (!rest.empty()) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      const std::size_t equal = pair.find('=');
      query.emplace_back(url_decoded(pair.substr(0, equal)), url_decoded(pair.substr(equal + 1)));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    }
    return query;
  }
};

TEST(Agent, EveryPageIsWellFormedInBothLanguages) {
  Desk desk;
  ASSERT_TRUE(desk.owner);
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    for (const Route& route : agent_routes()) {
      if (route.look == nullptr || route.pattern == "/script.json" || route.pattern.starts_with("/api/")) continue;
      std::string path(route.pattern);
      for (const auto& [hole, value] : Values{{"{case}", std::to_string(desk.case_id.value)}, {"{template}", "new"}})
        if (const std::size_t at = path.find(hole); at != std::string::npos) path.replace(at, hole.size(), value);
      for (const ActorId who : {desk.owner, kSupervisor}) {
        if (!may(desk.house.people().person(who)->role, route.right)) continue;
        const Response response = desk.page(who, path, {{"q", "payout"}}, language);
        EXPECT_EQ(response.status, 200) << path;
        EXPECT_EQ(joined(faults_of(response.body)), "") << path;
      }
    }
    for (const ActorId who : {desk.owner, desk.other, kSupervisor, kHead})
      EXPECT_EQ(joined(faults_of(desk.case_page(who, {}, language))), "");
  }
}

TEST(Agent, TheOwnerHasTwoBoxesAndTheButtonSaysWhatItDoes) {
  Desk desk;
  const std::string page = desk.case_page(desk.owner);
  EXPECT_NE(page.find("box box-reply"), std::string::npos);
  EXPECT_NE(page.find("box box-note"), std::string::npos);
  EXPECT_NE(page.find("name=\"answers\""), std::string::npos) << "the seller's question can be ticked";
  EXPECT_NE(words_on(page).find("When will it be paid?"), std::string::npos);
  EXPECT_NE(words_on(page).find("Send; 1 question stays open"), std::string::npos);

  // Once it is ticked, the turn passes; once one asks, the seller's clock starts.
  const auto label = [&](std::uint16_t answers, std::size_t asks) {
    const Request request;
    const Visit visit = desk.visiting.visit_of(request, desk.owner);
    const ledger::ShelfRow row = desk.house.row(desk.case_id);
    return send_label(visit, row, desk.house.procedures().of_case(row.state), answers, asks);
  };
  const std::uint16_t open = desk.house.row(desk.case_id).state.seller_open;
  EXPECT_EQ(label(open, 0), "Send and wait for the seller (no time limit)");
  EXPECT_EQ(label(0, 1), "Send and wait for the seller (21\u00a0days)");
}

TEST(Agent, WhoDoesNotAnswerForTheCaseLeavesNotesOnly) {
  Desk desk;
  const std::string page = desk.case_page(desk.other);
  EXPECT_EQ(page.find("box box-reply"), std::string::npos);
  EXPECT_NE(page.find("box box-closed"), std::string::npos);
  EXPECT_NE(page.find("box box-note"), std::string::npos);
  const Response note = desk.send(desk.other, "note", {{"box", "note"}, {"body", "I know this seller."}});
  EXPECT_EQ(note.status, 303);
  EXPECT_EQ(desk.house.count(desk.case_id, EventKind::note_made), 1U);
}

TEST(Agent, AStaleReplyIsStoppedAndKeptBesideTheNewWords) {
  Desk desk;
  const std::string seen = desk.seen();
  ASSERT_TRUE(desk.house.act(kSellerAnn, desk.case_id, "message", {{"body", "I found the payout myself."}}).ok());
  const Response stopped = desk.send(desk.owner, "message",
                                     {{"box", "message"},
                                      {"seen", seen},
                                      {"answers", "0"},
                                      {"body", "We are still looking."},
                                      {"questions", "IBAN?"}});
  EXPECT_EQ(stopped.status, 303);
  EXPECT_NE(location(stopped).find("refused=seller_has_written"), std::string::npos) << location(stopped);
  EXPECT_NE(location(stopped).find("since=" + seen), std::string::npos);

  const std::string page = desk.case_page(desk.owner, desk.query_of(location(stopped)));
  EXPECT_EQ(joined(faults_of(page)), "");
  const std::string words = words_on(page);
  EXPECT_NE(words.find("The seller has written since you read the case"), std::string::npos);
  EXPECT_NE(page.find("id=\"new-words\""), std::string::npos);
  EXPECT_NE(page.find("We are still looking."), std::string::npos) << "what was typed is kept";
  EXPECT_NE(page.find("value=\"IBAN?\""), std::string::npos);
  EXPECT_NE(page.find("value=\"0\" checked"), std::string::npos);

  const Response sent =
      desk.send(desk.owner, "message",
                {{"box", "message"}, {"seen", desk.seen()}, {"answers", "0"}, {"body", "Then all is well?"}});
  EXPECT_EQ(location(sent), desk.address());
  EXPECT_FALSE(*desk.house.reader().record("draft", draft_key(desk.owner, desk.case_id, "message")))
      << "a draft that was sent is gone";
}

TEST(Agent, AHalfWrittenAnswerSurvivesAChangeOfOwner) {
  Desk desk;
  const Response kept = desk.visiting.post(agent_routes(), desk.owner, desk.address("/draft"),
                                           {{"box", "message"}, {"body", "I have already asked the bank."}});
  EXPECT_EQ(kept.status, 303);
  ASSERT_TRUE(desk.house
                  .act(desk.owner, desk.case_id, "hand-off",
                       {{"to", std::to_string(desk.other.value)},
                        {"reason", "workload"},
                        {"summary", "The bank was asked."},
                        {"questions", "When will it be paid?"}})
                  .ok());
  const std::string waiting = words_on(desk.case_page(desk.other));
  EXPECT_NE(waiting.find("A hand-off waits for you"), std::string::npos);
  ASSERT_TRUE(desk.house.act(desk.other, desk.case_id, "accept-hand-off").ok());

  const std::string page = desk.case_page(desk.other);
  EXPECT_NE(page.find("I have already asked the bank."), std::string::npos);
  EXPECT_NE(words_on(page).find("Drafts of others"), std::string::npos);
  const Response taken = desk.visiting.post(agent_routes(), desk.other, desk.address("/draft"),
                                            {{"box", "message"}, {"from", std::to_string(desk.owner.value)}});
  EXPECT_EQ(taken.status, 303);
  const auto record = desk.house.reader().record("draft", draft_key(desk.other, desk.case_id, "message"));
  ASSERT_TRUE(record && *record);
  EXPECT_EQ(draft_from(**record)->text("body"), "I have already asked the bank.");
  EXPECT_TRUE(*desk.house.reader().record("draft", draft_key(desk.owner, desk.case_id, "message")))
      << "the first one's stays his";
}

TEST(Agent, ASellersDraftIsNotForTheDesk) {
  Desk desk;
  desk.visiting.post(agent_routes(), kSellerAnn, desk.address("/draft"),
                     {{"box", "message"}, {"body", "Something I may never send."}});
  EXPECT_EQ(desk.case_page(desk.owner).find("Something I may never send."), std::string::npos);
  EXPECT_EQ(desk.visiting.post(agent_routes(), kSellerBob, desk.address("/draft"), {{"box", "message"}}).status, 404);
}

TEST(Agent, AHandOffIsReadAndAnsweredOnItsSheet) {
  Desk desk;
  const std::string sheet = desk.page(desk.owner, desk.address("/hand-off")).body;
  EXPECT_NE(sheet.find("<optgroup"), std::string::npos);
  EXPECT_NE(sheet.find("value=\"When will it be paid?\""), std::string::npos) << "open questions are listed";

  // Six lines are too many: one comes back to what one typed, with the fault beside its field.
  const Response back = desk.send(desk.owner, "hand-off",
                                  {{"box", "hand-off"},
                                   {"back", "hand-off"},
                                   {"to", std::to_string(desk.other.value)},
                                   {"reason", "language"},
                                   {"summary", "1\n2\n3\n4\n5\n6"},
                                   {"questions", "When will it be paid?"}});
  EXPECT_TRUE(location(back).starts_with(desk.address("/hand-off?fault=summary.too_many_lines"))) << location(back);
  const std::string again = desk.page(desk.owner, desk.address("/hand-off"), desk.query_of(location(back))).body;
  EXPECT_EQ(joined(faults_of(again)), "");
  EXPECT_NE(again.find("1\n2\n3\n4\n5\n6"), std::string::npos);
  EXPECT_NE(again.find("aria-invalid"), std::string::npos);

  EXPECT_EQ(location(desk.send(desk.owner, "hand-off",
                               {{"box", "hand-off"},
                                {"to", std::to_string(desk.other.value)},
                                {"reason", "language"},
                                {"summary", "She writes French."},
                                {"questions", "When will it be paid?"}})),
            desk.address());
  Request request;
  request.path = "/cases";
  Visit visit = desk.visiting.visit_of(request, desk.other);
  const std::string list = agent_cases(visit).body;
  EXPECT_EQ(joined(faults_of(list)), "");
  EXPECT_NE(words_on(list).find("1 hand-off waits for you"), std::string::npos);

  const std::string offered = words_on(desk.page(desk.other, desk.address("/hand-off")).body);
  EXPECT_NE(offered.find("She writes French."), std::string::npos);
  EXPECT_NE(offered.find("Accept: I answer for this case"), std::string::npos);
  EXPECT_EQ(desk.send(desk.other, "accept-hand-off", {}).status, 303);
  EXPECT_EQ(desk.house.row(desk.case_id).state.owner, desk.other);
}

TEST(Agent, ADecisionShowsItsLettersItsRecordAndWhatIsMissing) {
  Desk desk;
  ASSERT_TRUE(
      desk.house
          .act(desk.owner, desk.case_id, "message", {{"seen", desk.seen()}, {"answers", "0"}, {"body", "Tomorrow."}})
          .ok());
  const Values typed{
      {"box", "decide"},       {"back", "decide"},      {"outcome", "refused"},  {"kind", "funds"},
      {"ground", "our rules"}, {"body", "I am sorry."}, {"duration", "30 days"}, {"measure", "The funds stay."}};
  EXPECT_EQ(desk.visiting.post(agent_routes(), desk.owner, desk.address("/draft"), typed).status, 303);
  const std::string page = desk.page(desk.owner, desk.address("/decide")).body;
  EXPECT_EQ(joined(faults_of(page)), "");
  const std::string words = words_on(page);
  EXPECT_NE(words.find("State at least one specific fact."), std::string::npos) << "the rules";
  EXPECT_NE(words.find("tells nobody what to do"), std::string::npos) << "advice on the ground";
  EXPECT_NE(page.find("DECISION_MONETARY_SUSPENSION"), std::string::npos);
  EXPECT_NE(page.find("<article class=\"letter\" lang=\"fr\">"), std::string::npos);
  EXPECT_NE(page.find("<article class=\"letter\" lang=\"en\">"), std::string::npos);

  // Without facts the rules refuse it; nothing that was typed is lost.
  const Response refused = desk.send(desk.owner, "decide", typed);
  EXPECT_NE(location(refused).find("/decide?refused=facts_missing"), std::string::npos) << location(refused);
  Values with_facts = typed;
  with_facts.emplace_back("facts", "On 2 March the bank returned 120.50.");
  for (const char* way : {"internal", "certified_body", "court"}) with_facts.emplace_back("redress", way);
  EXPECT_EQ(location(desk.send(desk.owner, "decide", with_facts)), desk.address());
  EXPECT_EQ(desk.house.row(desk.case_id).state.phase(), Phase::decided);
  const std::string decided = words_on(desk.case_page(desk.owner));
  EXPECT_NE(decided.find("The funds stay."), std::string::npos);
  EXPECT_NE(decided.find("For how long: 30 days"), std::string::npos) << "the duration is part of the measure";
}

TEST(Agent, OfSeveralCasesNoneIsClosedOrDecidedAtOnce) {
  Desk desk;
  const CaseId second = desk.house.open_case(kSellerBob);
  const Values cases{{"case", std::to_string(desk.case_id.value)}, {"case", std::to_string(second.value)}};
  for (const std::string act : {"close", "decide", "propose", "message", "apply"}) {
    Values values = cases;
    values.emplace_back("act", act);
    EXPECT_EQ(desk.visiting.post(agent_routes(), desk.owner, "/bulk", values).status, 422) << act;
  }
  Values values = cases;
  values.emplace_back("case", "999999");
  values.emplace_back("act", "note");
  values.emplace_back("body", "The bank has trouble today.");
  const Response done = desk.visiting.post(agent_routes(), desk.owner, "/bulk", values);
  EXPECT_EQ(location(done), "/bulk");
  EXPECT_EQ(desk.house.count(desk.case_id, EventKind::note_made), 1U);
  EXPECT_EQ(desk.house.count(second, EventKind::note_made), 1U);
  const std::string result = desk.page(desk.owner, "/bulk").body;
  EXPECT_EQ(joined(faults_of(result)), "");
  EXPECT_NE(words_on(result).find("Done: 2 of 3."), std::string::npos) << words_on(result);
}

TEST(Agent, WhatIsFoundIsMarkedAndFiltered) {
  Desk desk;
  const std::string found = desk.page(desk.owner, "/search", {{"q", "february"}}).body;
  EXPECT_NE(found.find("<mark>February</mark>"), std::string::npos);
  const std::string none = desk.page(desk.owner, "/search", {{"q", "february"}, {"state", "closed"}}).body;
  EXPECT_EQ(none.find("<mark>"), std::string::npos);
  const std::string mine = desk.page(desk.other, "/search", {{"q", "february"}, {"where", "mine"}}).body;
  EXPECT_EQ(mine.find("<mark>"), std::string::npos);
  const std::string number = desk.page(desk.owner, "/search", {{"q", "#" + std::to_string(desk.case_id.value)}}).body;
  EXPECT_NE(number.find(desk.address()), std::string::npos);
}

TEST(Agent, SavesListsOfThisDeskOnly) {
  Desk desk;
  const auto save = [&](const std::string& name, const std::string& address) {
    return desk.visiting.post(agent_routes(), desk.owner, "/views", {{"name", name}, {"address", address}});
  };
  EXPECT_EQ(save("Mine in accounts", "/queue?team=accounts&owner=me").status, 303);
  EXPECT_EQ(save("Elsewhere", "https://example.org/").status, 422);
  EXPECT_EQ(save("Elsewhere", "//example.org").status, 422);
  EXPECT_EQ(save("", "/queue").status, 422);
  EXPECT_NE(desk.page(desk.owner, "/queue").body.find("Mine in accounts"), std::string::npos);
  EXPECT_EQ(desk.page(desk.other, "/queue").body.find("Mine in accounts"), std::string::npos);
  ledger::RecordQuery query;
  query.kind = "view";
  const std::string key = desk.house.reader().records(query)->front().key;
  EXPECT_EQ(desk.visiting.post(agent_routes(), desk.other, "/views", {{"remove", key}}).status, 404);
  EXPECT_EQ(desk.visiting.post(agent_routes(), desk.owner, "/views", {{"remove", key}}).status, 303);
  EXPECT_EQ(desk.page(desk.owner, "/queue").body.find("Mine in accounts"), std::string::npos);
}

TEST(Agent, ATemplateIsMadeInsertedAndItsShareShown) {
  Desk desk;
  const Response made = desk.visiting.post(
      agent_routes(), desk.owner, "/templates/new",
      {{"name", "Late payout"}, {"en", "Dear {seller}, your payout is late and we are looking into it."}, {"fr", ""}});
  EXPECT_EQ(location(made), "/templates");
  const auto templates = all_templates(desk.house.reader());
  ASSERT_EQ(templates.size(), 1U);
  EXPECT_NE(desk.page(desk.owner, "/templates").body.find("<mark>{seller}</mark>"), std::string::npos);

  desk.visiting.post(
      agent_routes(), desk.owner, desk.address("/draft"),
      {{"box", "message"}, {"insert", "1"}, {"template", templates[0].key}, {"language", "en"}, {"body", "Hello."}});
  const std::string page = desk.case_page(desk.owner);
  EXPECT_NE(page.find("Hello.\n\nDear Ann&#39;s shop, your payout is late"), std::string::npos);
  EXPECT_NE(words_on(page).find("of these words come from templates"), std::string::npos);

  // Changed by two at once: the second is told, and nothing is lost.
  const std::string address = "/templates/" + templates[0].key;
  const Values change{{"name", "Late payout"}, {"en", "Shorter."}, {"revision", "1"}};
  EXPECT_EQ(desk.visiting.post(agent_routes(), desk.owner, address, change).status, 303);
  EXPECT_EQ(desk.visiting.post(agent_routes(), desk.other, address, change).status, 409);
}

TEST(Agent, ClosingIsASheetThatSaysWhichRightsThereAre) {
  Desk desk;
  const std::string sheet = words_on(desk.page(desk.owner, desk.address("/close")).body);
  EXPECT_NE(sheet.find("A case is closed by right, never by routine."), std::string::npos);
  EXPECT_NE(sheet.find("The procedure gives no right to close on this ground."), std::string::npos);
  EXPECT_EQ(sheet.find("Close on this ground"), std::string::npos) << "no right, no button";
  const std::string page = desk.case_page(desk.owner);
  EXPECT_EQ(page.find("action=\"" + act_address(desk.case_id, "close")), std::string::npos) << "nor on the case";
}

TEST(Agent, TheNextCaseHasItsNumberOnTheButton) {
  Desk desk;
  ASSERT_TRUE(desk.house.act(kSellerAnn, desk.case_id, "escalate").ok());
  // Climbing takes the case from its owner; whoever of the next level is there may have been given it at once.
  const ActorId now = desk.house.row(desk.case_id).state.owner;
  const std::string page = desk.page(kHead, "/queue").body;
  EXPECT_EQ(joined(faults_of(page)), "");
  EXPECT_EQ(page.find(act_address(desk.case_id, "take")) != std::string::npos, !now);
}

TEST(Keys, AreOneSignEachAndNoTwoAlike) {
  ChosenKeys keys;
  for (std::size_t i = 0; i < kShortcuts.size(); ++i) keys[i] = kShortcuts[i].key;
  EXPECT_EQ(first_wrong(keys), keys.size());
  keys[5] = keys[6];
  EXPECT_EQ(first_wrong(keys), 6U);
  keys[5] = "";
  EXPECT_EQ(first_wrong(keys), keys.size()) << "an empty key is switched off";
  keys[5] = "rr";
  EXPECT_EQ(first_wrong(keys), 5U);
  keys[5] = " ";
  EXPECT_EQ(first_wrong(keys), 5U);
  keys[5] = "é";
  EXPECT_EQ(first_wrong(keys), keys.size());
}

TEST(Keys, AreChangedForOnePersonAndToldToTheScript) {
  Desk desk;
  Values values;
  for (const Shortcut& shortcut : kShortcuts)
    values.emplace_back("key_" + std::string(shortcut.action),
                        shortcut.action == "reply" ? "w" : std::string(shortcut.key));
  EXPECT_EQ(desk.visiting.post(agent_routes(), desk.owner, "/keys", values).status, 303);
  const auto key_of = [&](ActorId who) {
    const auto json = formats::parse_json(desk.page(who, "/script.json").body, "script");
    return json ? json->find("keys")->find("reply")->text : std::string{};
  };
  EXPECT_EQ(key_of(desk.owner), "w");
  EXPECT_EQ(key_of(desk.other), "r");
  for (auto& [name, key] : values) key = "x";
  EXPECT_EQ(location(desk.visiting.post(agent_routes(), desk.owner, "/keys", values)), "/keys?wrong=search");
}

TEST(Keys, NoneClosesOrDecides) {
  for (const Shortcut& shortcut : kShortcuts) {
    EXPECT_EQ(shortcut.action.find("close"), std::string_view::npos);
    EXPECT_EQ(shortcut.action.find("decide"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace guichet::desk
