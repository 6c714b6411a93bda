#include <guichet/desk/enrol.hpp>

#include <future>
#include <set>

#include <gtest/gtest.h>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

TEST(Enrol, GivesEachOfManyAtOnceANumberOfHisOwn) {
  SmallHouse house;
  constexpr std::size_t kMany = 60;
  std::vector<std::promise<std::pair<Answer, ActorId>>> answers(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    Person person = make_person({}, "New " + std::to_string(i), Role::agent, {"desk"});
    person.email = "new" + std::to_string(i) + "@people.example";
    enrol(
        house.clerk(), house.people(), person, Errand{},
        [](Errand& errand, ActorId id) {
          errand.house.push_back(house_note(kAdministrator, "person_added", "person", id.value));
        },
        [&answers, i](const Answer& answer, ActorId id) { answers[i].set_value({answer, id}); });
  }
  std::set<std::uint32_t> numbers;
  for (auto& answer : answers) {
    const auto [said, id] = answer.get_future().get();
    EXPECT_TRUE(said.ok());
    EXPECT_TRUE(numbers.insert(id.value).second) << id.value;
  }
  EXPECT_EQ(house.people().size(), 10 + kMany);
  EXPECT_EQ(house.people().last_person().value, 10 + kMany);
  EXPECT_EQ(house.reader().house_notes(0, 200)->size(), kMany);
}

TEST(Enrol, ANumberThatSomebodyElseTookIsLeftToHim) {
  SmallHouse house;
  Errand other;
  for (std::uint32_t id = 11; id <= 12; ++id)
    for (ledger::RecordChange& change : to_add(make_person(ActorId{id}, "Other", Role::agent)))
      other.records.push_back(std::move(change));
  house.clerk().submit(std::move(other), {});
  std::promise<ActorId> answer;
  Person person = make_person({}, "New", Role::agent);
  person.email = "new@people.example";
  enrol(house.clerk(), house.people(), person, Errand{}, {}, [&answer](const Answer& said, ActorId id) {
    EXPECT_TRUE(said.ok());
    answer.set_value(id);
  });
  const ActorId id = answer.get_future().get();
  EXPECT_GE(id.value, 13U);
  EXPECT_EQ(house.people().person(id)->name, "New");
  EXPECT_EQ(house.people().person(ActorId{11})->name, "Other");
}

TEST(Enrol, AnAddressThatIsTakenIsAConflict) {
  SmallHouse house;
  Person person = make_person({}, "Other", Role::agent);
  person.email = "3@people.example";
  std::promise<Answer> answer;
  enrol(house.clerk(), house.people(), person, Errand{}, {},
        [&answer](const Answer& said, ActorId) { answer.set_value(said); });
  EXPECT_EQ(answer.get_future().get().kind, Answer::Kind::conflict);
  EXPECT_EQ(house.people().size(), 10U);
}

TEST(Enrol, AccountsTooAndWhateverTheErrandBrings) {
  SmallHouse house;
  std::promise<ledger::AccountId> answer;
  Errand errand;
  errand.records.emplace_back();
  errand.records.back().record = {.kind = "draft", .key = "x", .body = "{}"};
  enrol(house.clerk(), house.people(), Account{.name = "Third shop"}, errand, {},
        [&answer](const Answer& said, ledger::AccountId id) {
          EXPECT_TRUE(said.ok());
          answer.set_value(id);
        });
  EXPECT_EQ(answer.get_future().get(), ledger::AccountId{3});
  EXPECT_EQ(house.people().account(ledger::AccountId{3})->name, "Third shop");
  EXPECT_TRUE(house.reader().record("draft", "x")->has_value());
}

TEST(HouseNotes, HaveNumbersAndNoNames) {
  const ledger::HouseNote note = house_note(kAdministrator, "person_added", "person", 12);
  EXPECT_EQ(note.by, kAdministrator);
  EXPECT_EQ(note.what, "person_added");
  EXPECT_EQ(note.detail, R"({"person":12})");
}

}  // namespace
}  // namespace guichet::desk
