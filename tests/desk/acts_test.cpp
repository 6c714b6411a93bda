// What an act says when its fields ask for something that is done otherwise.
#include <guichet/desk/acts.hpp>

#include <gtest/gtest.h>

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

TEST(Acts, EveryFaultOfAgreementHasWordsInBothLanguages) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr})
    for (const char* fault : {"propose_first", "other_side_accepts", "accept_instead"})
      EXPECT_TRUE(formats::Phrases(language).has(std::string("field.") + fault)) << fault;
}

}  // namespace
}  // namespace guichet::desk
