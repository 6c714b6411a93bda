// A case that is referred to a mediator reaches somebody: whoever has that name here, or gets it later.
#include <guichet/desk/mediators.hpp>

#include <string>

#include <gtest/gtest.h>

#include <guichet/desk/pages/board.hpp>
#include <guichet/formats/json.hpp>

#include "open_desk.hpp"
#include "said.hpp"

namespace guichet::desk {
namespace {

const std::string kParis = "Example Mediation Centre, Paris";  // Lea's

class Mediators : public ::testing::Test {
 protected:
  Mediators() {
    for (const rulebook::Mediator& one : desk.shared().procedures->at(desk.clock().now()).file.mediators)
      if (one.name != kParis) other = one.name;
    EXPECT_NE(other, "");
  }
  const People& people() { return *desk.shared().people; }
  Response send(ActorId who, Method method, const std::string& path, const std::string& json) {
    return desk.ask(who, method, path, {}, json);
  }
  /// A case of Ann's, referred to this mediator.
  std::string refer(const std::string& mediator) {
    const auto opened = json_of(send(kSellerAnn, Method::post, "/api/cases",
                                     R"({"matter":"payment","subject":"Payout","body":"Where is it?"})"));
    const std::string path = "/api/cases/" + std::to_string(number(opened, "case"));
    const Response referred =
        send(kSellerAnn, Method::post, path + "/mediation", R"({"mediator":")" + mediator + R"("})");
    EXPECT_EQ(referred.status, 200) << referred.body;
    return path;
  }
  std::size_t cases_of(ActorId mediator) {
    return json_of(desk.ask(mediator, Method::get, "/api/cases")).find("cases")->items.size();
  }
  std::vector<Unmediated> waiting() {
    const auto reader = desk.shared().ledger->reader();
    return unmediated(**reader, people());
  }
  std::string add(const std::string& name, const std::string& email) {
    return R"({"name":")" + name + R"(","email":")" + email + R"(","role":"mediator","languages":["fr"]})";
  }

  OpenDesk desk;
  std::string other;
};

TEST_F(Mediators, WhoeverHasTheNameIsGivenTheCase) {
  refer(kParis);
  EXPECT_EQ(cases_of(kMediatorLea), 1U);
  ASSERT_EQ(waiting().size(), 1U) << "Lea has no password yet: she was invited and did not come";
  EXPECT_EQ(waiting().front().mediator->id, kMediatorLea);
}

TEST_F(Mediators, ACaseWaitsForWhoeverGetsTheNameLater) {
  const std::string path = refer(other);
  // Nobody has it: the board says so, and the same once more is the same mediator.
  refer(other);
  const auto left = waiting();
  ASSERT_EQ(left.size(), 1U);
  ASSERT_NE(left.front().mediator, nullptr);
  EXPECT_EQ(left.front().mediator->name, other);
  EXPECT_EQ(left.front().cases, 2U);
  EXPECT_EQ(left.front().first.size(), 2U);
  const auto board = json_of(desk.ask(kSupervisor, Method::get, "/api/board"));
  EXPECT_EQ(number(board.find("unmediated")->items[0], "cases"), 2);
  EXPECT_NE(desk.ask(kSupervisor, Method::get, "/supervise").body.find("Mediations that no mediator can take"),
            std::string::npos);
  EXPECT_NE(desk.ask(kAdministrator, Method::get, "/people").body.find("cases wait: nobody signs in under this name"),
            std::string::npos);

  // Under another name he gets nothing; under this one, what waited.
  const Response stranger = send(kAdministrator, Method::post, "/api/people", add("Somebody", "s@people.example"));
  ASSERT_EQ(stranger.status, 201) << stranger.body;
  EXPECT_EQ(cases_of(ActorId{static_cast<std::uint32_t>(number(json_of(stranger), "person"))}), 0U);
  const Response added = send(kAdministrator, Method::post, "/api/people", add(other, "m@people.example"));
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_NE(added.body.find("/invitation/"), std::string::npos);
  const ActorId mediator{static_cast<std::uint32_t>(number(json_of(added), "person"))};
  EXPECT_EQ(mediator, left.front().mediator->id);
  EXPECT_EQ(people().person(mediator)->email, "m@people.example");
  EXPECT_EQ(people().by_email("m@people.example")->id, mediator);
  EXPECT_EQ(cases_of(mediator), 2U);
  EXPECT_EQ(desk.ask(mediator, Method::get, path).status, 200);
  EXPECT_EQ(send(mediator, Method::post, path + "/end-mediation", R"({"outcome":"agreement"})").status, 200);
}

TEST_F(Mediators, ARefusedReferralLeavesNobodyBehind) {
  const std::string path = refer(kParis);
  const std::size_t before = people().size();
  EXPECT_EQ(send(kSellerAnn, Method::post, path + "/mediation", R"({"mediator":"Nobody whom it names"})").status, 422);
  const Response again = send(kSellerAnn, Method::post, path + "/mediation", R"({"mediator":")" + other + R"("})");
  EXPECT_EQ(again.status, 409) << "it is in mediation already" << again.body;
  EXPECT_EQ(people().size(), before);
}

TEST_F(Mediators, NoTwoHaveOneName) {
  const auto refused = [&](const Response& response, const std::string& field) {
    EXPECT_EQ(response.status, 422) << response.body;
    EXPECT_EQ(text(json_of(response), "code"), "mediator_there") << response.body;
    EXPECT_EQ(text(json_of(response), "field"), field) << response.body;
  };
  refused(send(kAdministrator, Method::post, "/api/people", add(kParis, "second@people.example")), "name");
  const auto added = json_of(send(kAdministrator, Method::post, "/api/people", add("Somebody", "s@people.example")));
  const std::string path = "/api/people/" + std::to_string(number(added, "person"));
  refused(send(kAdministrator, Method::put, path, add(kParis, "s@people.example")), "name");
  // An agent of that name is no mediator; once he is one, he is the second.
  const std::string agent = R"({"name":")" + kParis + R"(","email":"s@people.example","role":"agent"})";
  EXPECT_EQ(send(kAdministrator, Method::put, path, agent).status, 200);
  refused(send(kAdministrator, Method::put, path, add(kParis, "s@people.example")), "name");
  // Whoever is gone leaves the name to others, and comes back only when it is free.
  const std::string lea = "/api/people/" + std::to_string(kMediatorLea.value);
  EXPECT_EQ(send(kAdministrator, Method::post, lea + "/active", R"({"active":false})").status, 200);
  EXPECT_EQ(send(kAdministrator, Method::put, path, add(kParis, "s@people.example")).status, 200);
  refused(send(kAdministrator, Method::post, lea + "/active", R"({"active":true})"), "active");
  EXPECT_FALSE(people().person(kMediatorLea)->active);
  EXPECT_EQ(send(kAdministrator, Method::put, path, add("Somebody", "s@people.example")).status, 200);
  EXPECT_EQ(send(kAdministrator, Method::post, lea + "/active", R"({"active":true})").status, 200);
  EXPECT_TRUE(people().person(kMediatorLea)->active);
}

TEST_F(Mediators, TwoWhoAreAddedAtOnceAreNotBothThere) {
  // Both were found good before either was written: the second meets the record of the first.
  Person first = mediator_to_come(other), second = mediator_to_come(other);
  first.id = people().reserve_person();
  second.id = people().reserve_person();
  Errand one, two;
  one.records = to_add(first);
  two.records = to_add(second);
  EXPECT_TRUE(desk.shared().clerk->run(std::move(one)).ok());
  EXPECT_EQ(desk.shared().clerk->run(std::move(two)).kind, Answer::Kind::conflict);
  EXPECT_EQ(mediator_named(people(), other)->id, first.id);
}

TEST_F(Mediators, OfAnOlderLedgerWithTwoOfOneNameTheOneWhoSignsInIsFound) {
  Person first = mediator_to_come(kParis), second = make_person(ActorId{21}, kParis, Role::mediator);
  first.id = ActorId{20};
  second.password = "no hash";
  Errand errand;
  for (const Person& person : {first, second})
    errand.records.push_back({.record = to_record(person), .expect = ledger::RecordChange::Expect::anything});
  ASSERT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  EXPECT_EQ(mediator_named(people(), kParis)->id, second.id);
}

}  // namespace
}  // namespace guichet::desk
