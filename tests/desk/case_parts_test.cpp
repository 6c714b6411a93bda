#include <guichet/desk/pages/case_parts.hpp>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/views.hpp>
#include <guichet/formats/json.hpp>

#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using formats::Language;
using formats::Phrases;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string case_as_json(const Visit& visit, const SeenCase& seen) {
  formats::JsonWriter json;
  case_json(json, visit, seen);
  return json.take();
}

class CaseParts : public ::testing::Test {
 protected:
  SeenCase see(ActorId who, CaseId id) {
    const Visit visit = visiting.visit_of(request, who);
    auto seen = see_case(visit, id);
    EXPECT_TRUE(seen && *seen);
    return std::move(**seen);
  }
  std::string stream_of(ActorId who, CaseId id, bool all, bool clauses = false, Language language = Language::en) {
    const Visit visit = visiting.visit_of(request, who, language);
    const SeenCase seen = see(who, id);
    PageParts parts;
    parts.title = "x";
    stream(parts.main, visit, seen, all, clauses);
    questions_list(parts.main, visit, seen);
    clocks_table(parts.main, visit, seen);
    who_was_here(parts.main, visit, seen);
    offers_and_restrictions(parts.main, visit, seen);
    costs_list(parts.main, visit, seen);
    const std::string body = page(visit, std::move(parts)).body;
    EXPECT_EQ(faults_of(body), std::vector<std::string>{});
    return body;
  }
  /// A case with something of every kind in it; gives its number.
  CaseId full_case() {
    const CaseId id = house.open_case();
    const ActorId owner = house.row(id).state.owner;
    const auto must = [&](ActorId who, const std::string& act,
                          const std::vector<std::pair<std::string, std::string>>& fields) {
      const Answer answer = house.act(who, id, act, fields);
      EXPECT_TRUE(answer.ok()) << act << ": " << name(answer.refusal) << " " << answer.error;
    };
    must(owner, "note", {{"body", "He sounds <i>angry</i>."}});
    must(owner, "message",
         {{"body", "It was paid.\n\n<b>Really</b>."}, {"answers", "0"}, {"questions", "Which bank?"}});
    must(kSellerAnn, "dispute", {{"answers", "0"}, {"body", "When, I asked."}});
    must(kSellerAnn, "message", {{"body", "The usual one."}, {"answers", "0"}});
    must(kSellerAnn, "cost", {{"kind", "hours"}, {"minutes", "90"}});
    must(owner, "offer", {{"amount", "50.00"}, {"conditions", "withdrawal"}, {"body", "As a gesture."}});
    must(kSellerAnn, "refuse-offer", {{"body", "No."}});
    must(kSupervisor, "announce",
         {{"kind", "stock_limit"}, {"before", "1000"}, {"facts", "Too much stock."}, {"ground", "Clause 4."}});
    must(kSellerAnn, "contest", {{"body", "It sells well."}});
    must(kSellerAnn, "escalate", {{"body", "I want the head."}});
    return id;
  }

  SmallHouse house;
  Visiting visiting{house};
  Request request{.method = Method::get, .path = "/cases/1"};
};

TEST_F(CaseParts, ShowACaseToThoseWhoMaySeeIt) {
  const CaseId id = house.open_case(kSellerAnn);
  const auto sees = [&](ActorId who, CaseId wanted) {
    const Visit visit = visiting.visit_of(request, who);
    const auto seen = see_case(visit, wanted);
    return seen && seen->has_value();
  };
  EXPECT_TRUE(sees(kSellerAnn, id) && sees(kAgentMarie, id) && sees(kAuditor, id) && sees(kSupervisor, id));
  EXPECT_FALSE(sees(kSellerBob, id) || sees(kMediatorLea, id) || sees(kAdministrator, id) || sees({}, id));
  EXPECT_FALSE(sees(kAgentMarie, CaseId{99}) || sees(kAgentMarie, {}));
}

TEST_F(CaseParts, KeepTheInsideInside) {
  const CaseId id = full_case();
  const std::string desk = stream_of(kAgentMarie, id, true), seller = stream_of(kSellerAnn, id, true);
  EXPECT_TRUE(contains(desk, "He sounds &lt;i&gt;angry&lt;/i&gt;."));
  EXPECT_FALSE(contains(seller, "sounds"));
  EXPECT_TRUE(contains(words_on(seller), "made a note inside the desk")) << "that there is one is said";
  const Visit visit = visiting.visit_of(request, kSellerAnn);
  const std::string json = case_as_json(visit, see(kSellerAnn, id));
  EXPECT_FALSE(contains(json, "sounds"));
  EXPECT_TRUE(contains(case_as_json(visiting.visit_of(request, kAgentMarie), see(kAgentMarie, id)), "sounds"));
}

TEST_F(CaseParts, ShowTheWordsOfAHandOffToTheDeskAlone) {
  const CaseId id = house.open_case(kSellerAnn);
  const auto must = [&](ActorId who, std::string_view act,
                        const std::vector<std::pair<std::string, std::string>>& fields) {
    const Answer answer = house.act(who, id, std::string{act}, fields);
    ASSERT_TRUE(answer.ok()) << act;
  };
  const ActorId owner = house.row(id).state.owner;
  const ActorId other = owner == kAgentMarie ? kAgentNoor : kAgentMarie;
  must(owner, "hand-off",
       {{"to", std::to_string(other.value)},
        {"reason", "workload"},
        {"questions", "When?"},
        {"summary", "He is quarrelsome."}});
  must(other, "refuse-hand-off", {{"body", "I quarrel too."}});
  for (const ledger::Text& text : house.file(id).texts)
    EXPECT_TRUE(!contains(text.body, "uarrel") || text.kind == ledger::TextKind::note);
  for (const auto& [who, inside] : {std::pair{kAgentMarie, true}, {kAuditor, true}, {kSellerAnn, false}}) {
    const std::string json = case_as_json(visiting.visit_of(request, who), see(who, id));
    EXPECT_EQ(contains(json, "quarrelsome"), inside);
    EXPECT_EQ(contains(json, "I quarrel too"), inside);
    EXPECT_EQ(contains(stream_of(who, id, true), "quarrelsome"), inside);
  }
  const auto found = [&](std::optional<ledger::AccountId> account) {
    auto reader = house.ledger().reader();
    ledger::SearchQuery query;
    query.words = "quarrelsome";
    query.account = account;
    return (*reader)->search(query)->rows.size();
  };
  EXPECT_EQ(found(std::nullopt), 1U);
  EXPECT_EQ(found(house.row(id).account), 0U);
}

TEST_F(CaseParts, TellEverythingInBothLanguages) {
  const CaseId id = full_case();
  for (const Language language : {Language::en, Language::fr})
    for (const ActorId who : {kSellerAnn, kAgentMarie, kAuditor}) {
      const std::string all = stream_of(who, id, true, true, language),
                        some = stream_of(who, id, false, false, language);
      EXPECT_GT(all.size(), some.size());
      EXPECT_FALSE(contains(all, "<b>Really")) << "words are no markup";
      EXPECT_TRUE(contains(words_on(all), "When will it be paid?"));
      EXPECT_TRUE(contains(words_on(all), "Which bank?"));
      EXPECT_TRUE(contains(all, "/procedure?number=1#"));
    }
  const std::string english = words_on(stream_of(kSellerAnn, id, false));
  for (const char* part :
       {"Agents met: 1", "withdrawing the claim", "Too much stock.", "Noted so far: €0 and 1 h 30 min",
        "took the case to the head of the desk", "limit on stock", "not answered, says who asked"})
    EXPECT_TRUE(contains(english, part)) << part << "\n" << english;
}

TEST_F(CaseParts, SayOfAMeasureHowMuchLessThereIs) {
  const CaseId id = house.open_case();
  const ActorId owner = house.row(id).state.owner;
  ASSERT_TRUE(house.act(owner, id, "offer", {{"amount", "50"}, {"body", "A gesture."}}).ok());
  ASSERT_TRUE(house.act(kSellerAnn, id, "refuse-offer").ok());
  house.pass_until(at_utc("2026-03-10T10:00:00Z"));
  const std::vector<std::pair<std::string, std::string>> reasons{
      {"kind", "stock_limit"}, {"facts", "Too much stock."}, {"ground", "Clause 4."}};
  auto announced = reasons;
  announced.emplace_back("before", "1000");
  ASSERT_TRUE(house.act(kSupervisor, id, "announce", announced).ok());
  auto applied = reasons;
  applied.emplace_back("after", "60");
  applied.emplace_back("exception", "on");
  const Answer answer = house.act(kSupervisor, id, "apply", applied);
  ASSERT_TRUE(answer.ok()) << name(answer.refusal);
  const std::string words = words_on(stream_of(kSellerAnn, id, false));
  EXPECT_TRUE(contains(words, "From 1,000 to 60")) << words;
  EXPECT_TRUE(contains(words, "divided by 16.7"));
  EXPECT_TRUE(contains(words, "after an offer was made or refused"));
}

TEST_F(CaseParts, HaveASentenceForEveryKindOfEvent) {
  const CaseId id = house.open_case();
  const SeenCase seen = see(kAuditor, id);
  for (const Language language : {Language::en, Language::fr}) {
    const Visit visit = visiting.visit_of(request, kAuditor, language);
    for (std::size_t kind = 0; kind < kEventKinds; ++kind)
      for (std::uint8_t aux = 0; aux < 2; ++aux)
        for (const ActorId actor : {ActorId{}, kAgentMarie, ActorId{4'000'000'000}}) {
          dossier::Entry entry;
          entry.event = {.at = kMonday,
                         .case_id = id,
                         .actor = actor,
                         .detail = 1,
                         .version = Version{1},
                         .kind = static_cast<EventKind>(kind),
                         .party = actor ? Party::desk : Party::clock,
                         .clock = Clock::decision,
                         .aux = aux};
          const std::string sentence = event_sentence(visit, entry, *seen.procedure);
          EXPECT_FALSE(sentence.empty() || contains(sentence, "{")) << kind;
        }
  }
}

TEST_F(CaseParts, SayWhatWasErasedAndNothingOfIt) {
  const CaseId id = house.open_case();
  const ledger::CaseFile file = house.file(id);
  Errand errand;
  errand.person = kAdministrator;
  for (const ledger::Text& text : file.texts) errand.erase.push_back(text.id);
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const std::string body = stream_of(kSellerAnn, id, false);
  EXPECT_FALSE(contains(body, "payout"));
  EXPECT_TRUE(contains(words_on(body), "These words were erased on Monday 2 March 2026"));
}

TEST_F(CaseParts, AListSaysHowLongADecisionMayBeAppealed) {
  const CaseId id = house.open_case();
  const ActorId owner = house.row(id).state.owner;
  ASSERT_TRUE(house.act(owner, id, "message", {{"body", "On Monday."}, {"answers", "0"}}).ok());
  const Answer decided = house.act(owner, id, "decide",
                                   {{"outcome", "refused"},
                                    {"facts", "Nothing is missing."},
                                    {"ground", "Clause 4."},
                                    {"redress", "internal"},
                                    {"redress", "certified_body"},
                                    {"redress", "court"},
                                    {"body", "I am sorry."}});
  ASSERT_TRUE(decided.ok()) << name(decided.refusal) << " " << decided.error;
  const Visit visit = visiting.visit_of(request, kAgentMarie);
  PageParts parts;
  parts.title = "x";
  case_table(parts.main, visit, {house.row(id)}, {});
  const std::string body = page(visit, std::move(parts)).body;
  EXPECT_TRUE(contains(body, "appeal until ")) << body;
  EXPECT_FALSE(contains(body, "no time set"));
}

TEST_F(CaseParts, ListCasesForEachSide) {
  const CaseId first = full_case();
  house.open_case(kSellerAnn);
  for (const Language language : {Language::en, Language::fr})
    for (const bool seller : {true, false}) {
      const Visit visit = visiting.visit_of(request, seller ? kSellerAnn : kAgentMarie, language);
      const auto rows = house.reader().cases({.account = kAnnsShop});
      ASSERT_TRUE(rows);
      ASSERT_EQ(rows->rows.size(), 2U);
      PageParts parts;
      parts.title = "x";
      case_table(parts.main, visit, rows->rows,
                 {.seller = seller, .choose = !seller, .next_address = "/cases?after=x"});
      const std::string body = page(visit, std::move(parts)).body;
      EXPECT_EQ(faults_of(body), std::vector<std::string>{});
      EXPECT_TRUE(contains(body, "href=\"" + case_address(first) + "\""));
      EXPECT_TRUE(contains(body, "href=\"/cases?after=x\""));
    }
}

TEST_F(CaseParts, GiveTheWholeCaseAsJson) {
  const CaseId id = full_case();
  const Visit visit = visiting.visit_of(request, kSellerAnn);
  const auto json = formats::parse_json(case_as_json(visit, see(kSellerAnn, id)), "case");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("summary")->find("case")->integer, static_cast<std::int64_t>(id.value));
  EXPECT_FALSE(json->find("taken")->text.empty());
  EXPECT_EQ(json->find("events")->items.size(), house.file(id).events.size());
  EXPECT_EQ(json->find("questions")->items.size(), 2U);
  EXPECT_EQ(json->find("who_answers")->text, line_one(visit, house.row(id), house.procedures().at(kMonday)));
}

}  // namespace
}  // namespace guichet::desk
