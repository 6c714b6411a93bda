#include <guichet/desk/contention.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

const std::vector<std::pair<std::string, std::string>> kReasons{
    {"kind", "funds"}, {"facts", "Too many returns."}, {"ground", "Clause 4."}, {"measure", "Payouts are held."}};

/// An offer is refused in one case, and a measure is announced in another of the same account.
class AnotherCase : public ::testing::Test {
 protected:
  AnotherCase() : refused_(house_.open_case()), other_(house_.open_case(kSellerAnn, "technical")) {
    const ActorId owner = house_.row(refused_).state.owner;
    EXPECT_TRUE(house_.act(owner, refused_, "offer", {{"amount", "50"}, {"body", "A gesture."}}).ok());
    EXPECT_TRUE(house_.act(kSellerAnn, refused_, "refuse-offer").ok());
    EXPECT_TRUE(house_.act(kSupervisor, other_, "announce", kReasons).ok());
  }
  Answer apply(CaseId where, bool exception = false) {
    auto values = kReasons;
    if (exception) values.emplace_back("exception", "on");
    return house_.act(kSupervisor, where, "apply", values);
  }
  Event effect(CaseId where) {
    for (const ledger::KeptEvent& kept : house_.file(where).events)
      if (kept.event.kind == EventKind::restriction_took_effect) return kept.event;
    return {};
  }

  SmallHouse house_;
  CaseId refused_, other_;
};

TEST_F(AnotherCase, IsNoWayRoundThePauseAfterARefusedOffer) {
  // The notice of thirty days is over, the pause of ninety is not.
  house_.clock().set(kMonday + 24h * 35);
  EXPECT_EQ(apply(other_).refusal, Refusal::restriction_too_early);
  house_.clock().set(kMonday + 24h * 91);
  ASSERT_TRUE(apply(other_).ok());
  EXPECT_FALSE(by_exception(effect(other_)));
}

TEST_F(AnotherCase, RaisesTheAlarmOfTheMeasureThatComesByException) {
  house_.clock().set(kMonday + 24h * 35);
  ASSERT_TRUE(apply(other_, true).ok());
  EXPECT_TRUE(by_exception(effect(other_)));
  EXPECT_EQ(restriction_kind(effect(other_)), RestrictionKind::funds);
  EXPECT_TRUE(house_.row(other_).adverse_after);
}

TEST_F(AnotherCase, OfAnotherAccountHoldsUpNothing) {
  const CaseId bobs = house_.open_case(kSellerBob);
  ASSERT_TRUE(house_.act(kSupervisor, bobs, "announce", kReasons).ok());
  house_.clock().set(kMonday + 24h * 35);
  EXPECT_TRUE(apply(bobs).ok());
  EXPECT_FALSE(house_.row(bobs).adverse_after);
}

TEST_F(AnotherCase, IsToldToTheDay) {
  const Contended elsewhere = contended_elsewhere(house_.reader(), kAnnsShop, other_);
  EXPECT_EQ(print_instant(Contended::day(elsewhere.offer)).substr(0, 10), print_instant(kMonday).substr(0, 10));
  EXPECT_EQ(elsewhere.appeal, 0);
  EXPECT_EQ(contended_elsewhere(house_.reader(), kAnnsShop, refused_), Contended{}) << "its own case is not another";
}

TEST_F(AnotherCase, CountsClimbsOfTheSellerAndNotThoseOfTheDesk) {
  ASSERT_TRUE(house_.act(kSupervisor, refused_, "escalate").ok());
  EXPECT_EQ(contended_elsewhere(house_.reader(), kAnnsShop, other_).appeal, 0);
  ASSERT_TRUE(house_.act(kSellerAnn, refused_, "escalate").ok());
  EXPECT_NE(contended_elsewhere(house_.reader(), kAnnsShop, other_).appeal, 0);
}

}  // namespace
}  // namespace guichet::desk
