// What an act says when its fields ask for something that is done otherwise.
#include <guichet/desk/acts.hpp>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

/// What either side is told who wants to close by agreement.
std::string closing(SmallHouse& house, ActorId who, CaseId case_id) {
  return house.act(who, case_id, "close", {{"ground", "agreement"}}).error;
}

TEST(Acts, ClosingByAgreementIsAcceptingAndSaysSo) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  EXPECT_EQ(closing(house, owner, opened), "ground: propose_first");
  EXPECT_EQ(closing(house, kSellerAnn, opened), "ground: propose_first");

  ASSERT_TRUE(house.act(owner, opened, "message", {{"answers", "0"}, {"body", "On Friday."}}).ok());
  ASSERT_TRUE(house.act(owner, opened, "propose", {{"body", "We pay on Friday."}}).ok());
  EXPECT_EQ(closing(house, owner, opened), "ground: other_side_accepts");
  EXPECT_EQ(closing(house, kSellerAnn, opened), "ground: accept_instead");
  EXPECT_EQ(house.row(opened).state.phase(), Phase::open) << "nothing was agreed to by that";
  EXPECT_EQ(house.act(owner, opened, "close", {{"ground", "agreed"}}).error, "ground: no_such_choice");

  ASSERT_TRUE(house.act(kSellerAnn, opened, "refuse").ok());
  EXPECT_EQ(closing(house, kSellerAnn, opened), "ground: propose_first");
  ASSERT_TRUE(house.act(kSellerAnn, opened, "propose", {{"body", "Pay on Thursday."}}).ok());
  EXPECT_EQ(closing(house, owner, opened), "ground: accept_instead");
  EXPECT_EQ(closing(house, kSellerAnn, opened), "ground: other_side_accepts");
  // What the fault names does it.
  ASSERT_TRUE(house.act(owner, opened, "accept").ok());
  EXPECT_EQ(house.row(opened).state.phase(), Phase::closed);
  EXPECT_EQ(house.row(opened).closed_on, static_cast<std::uint8_t>(Ground::agreement));
}

TEST(Acts, ADecisionNamesEveryWayOfRedressOfTheProcedureOrIsNotTaken) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  ASSERT_TRUE(house.act(owner, opened, "message", {{"answers", "0"}, {"body", "It will not be paid."}}).ok());
  const auto decide = [&](ActorId who, std::initializer_list<const char*> ways) {
    std::vector<std::pair<std::string, std::string>> values{
        {"outcome", "refused"}, {"facts", "It was paid."}, {"ground", "Clause 4"}, {"body", "Refused."}};
    for (const char* way : ways) values.emplace_back("redress", way);
    return house.act(who, opened, "decide", values);
  };
  EXPECT_EQ(decide(owner, {"court"}).error, "redress: ways_left_out");
  EXPECT_EQ(decide(owner, {"internal", "court"}).error, "redress: ways_left_out");
  EXPECT_EQ(decide(owner, {}).refusal, Refusal::redress_missing);
  ASSERT_TRUE(decide(owner, {"court", "internal", "certified_body"}).ok());
  // What decides an appeal leaves none inside the house.
  ASSERT_TRUE(house.act(kSellerAnn, opened, "appeal", {{"body", "It was not."}}).ok());
  const ActorId second = house.row(opened).state.owner;
  EXPECT_EQ(decide(second, {"certified_body"}).error, "redress: ways_left_out");
  const Answer decided = decide(second, {"certified_body", "court"});
  EXPECT_TRUE(decided.ok()) << decided.error << " " << name(decided.refusal);
}

TEST(Acts, AnOfferAndACostAreOfSomething) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  EXPECT_EQ(house.act(owner, opened, "offer", {{"amount", "0"}, {"body", "Take it."}}).error, "amount: zero");
  EXPECT_EQ(house.act(owner, opened, "offer", {{"amount", "0,00"}, {"body", "Take it."}}).error, "amount: zero");
  EXPECT_TRUE(house.act(owner, opened, "offer", {{"amount", "0,01"}, {"body", "Take it."}}).ok());
  EXPECT_EQ(house.act(owner, opened, "cost", {{"kind", "hours"}, {"minutes", "0"}}).error, "minutes: zero");
  EXPECT_EQ(house.act(owner, opened, "cost", {{"kind", "other"}, {"amount", "0"}}).error, "amount: zero");
  EXPECT_TRUE(house.act(owner, opened, "cost", {{"kind", "hours"}, {"minutes", "1"}}).ok());
}

TEST(Acts, ALineHasWordsThatAreSeenAndTurnsNothingBehindIt) {
  SmallHouse house;
  const auto open = [&](const std::string& subject, const std::string& body) {
    return house.act(kSellerAnn, {}, "open",
                     {{"matter", "payment"}, {"subject", subject}, {"body", body}, {"questions", "When?"}});
  };
  EXPECT_EQ(open("\u200B", "Please.").error, "subject: missing");
  EXPECT_EQ(open("\u202E\u200B \u3164", "Please.").error, "subject: missing");
  const Answer opened = open("\u202EMissing\npayout", "Please.");
  ASSERT_TRUE(opened.ok()) << opened.error;
  EXPECT_EQ(house.row(opened.case_id).subject, "Missing payout");
  const ActorId owner = house.row(opened.case_id).state.owner;
  EXPECT_EQ(house.act(owner, opened.case_id, "offer", {{"amount", "1"}, {"body", "\u200B\n\u2060"}}).error,
            "body: missing");
}

TEST(Acts, EveryFaultHasWordsInBothLanguages) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr})
    for (const char* fault : {"propose_first", "other_side_accepts", "accept_instead", "zero", "ways_left_out"})
      EXPECT_TRUE(formats::Phrases(language).has(std::string("field.") + fault)) << fault;
}

}  // namespace
}  // namespace guichet::desk
