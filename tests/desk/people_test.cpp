#include <guichet/desk/people.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

/// How the ledger will have it once it is written for the n-th time.
ledger::Record written(ledger::Record record, std::uint64_t revision) {
  record.revision = revision;
  return record;
}

void expect_equal(const Person& a, const Person& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.email, b.email);
  EXPECT_EQ(a.role, b.role);
  EXPECT_EQ(a.account, b.account);
  EXPECT_EQ(a.teams, b.teams);
  EXPECT_EQ(a.languages, b.languages);
  EXPECT_EQ(a.language, b.language);
  EXPECT_EQ(a.password, b.password);
  EXPECT_EQ(a.totp_secret, b.totp_secret);
  EXPECT_EQ(a.active, b.active);
  EXPECT_EQ(a.absent_until, b.absent_until);
  EXPECT_EQ(a.substitute, b.substitute);
  EXPECT_EQ(a.shortcuts, b.shortcuts);
  EXPECT_EQ(a.mails, b.mails);
  EXPECT_EQ(a.revision, b.revision);
}

// ---- rights ------------------------------------------------------------------------------------------------

TEST(Rights, StandInTheDocumentAsTheyAreInTheTable) {
  std::ostringstream text;
  text << std::ifstream(std::string(GUICHET_SOURCE_DIR) + "/docs/security.md", std::ios::binary).rdbuf();
  EXPECT_NE(text.str().find("\n" + rights_table()), std::string::npos) << "docs/security.md should have this table:\n"
                                                                       << rights_table();
}

TEST(Rights, AreOfEachRoleWhatItsWorkNeeds) {
  for (std::size_t i = 0; i < kRoles; ++i) {
    const Role role = static_cast<Role>(i);
    EXPECT_TRUE(may(role, Right::anybody));
    EXPECT_EQ(may(role, Right::signed_in), role != Role::nobody);
    // Whoever acts on cases can see cases; whoever manages the desk cannot.
    const bool acts = may(role, Right::act_as_seller) || may(role, Right::act_as_desk) ||
                      may(role, Right::act_as_third) || may(role, Right::decide) || may(role, Right::audit);
    EXPECT_EQ(acts, may(role, Right::see_cases)) << name(role);
    EXPECT_FALSE(may(role, Right::see_cases) && may(role, Right::manage_people)) << name(role);
    EXPECT_FALSE(may(role, Right::see_cases) && may(role, Right::manage_desk)) << name(role);
    // Nobody stands on two sides of a case.
    EXPECT_LE(may(role, Right::act_as_seller) + may(role, Right::act_as_desk) + may(role, Right::act_as_third) +
                  may(role, Right::audit),
              1)
        << name(role);
    EXPECT_EQ(role_from(name(role)), role);
  }
  EXPECT_FALSE(role_from("king"));
}

TEST(Rights, SayWhichCasesAreThere) {
  ledger::ShelfRow row;
  row.case_id = CaseId{1};
  row.account = kAnnsShop;
  row.mediator = kMediatorLea;
  const auto sees = [&row](ActorId id, Role role, ledger::AccountId account = {}) {
    return may_see(make_person(id, "X", role, {}, account), row);
  };
  EXPECT_TRUE(sees(kSellerAnn, Role::seller, kAnnsShop));
  EXPECT_FALSE(sees(kSellerBob, Role::seller, kBobsShop));
  EXPECT_FALSE(sees(kSellerBob, Role::seller)) << "no account is nobody's account";
  EXPECT_TRUE(sees(kMediatorLea, Role::mediator));
  EXPECT_FALSE(sees(ActorId{99}, Role::mediator));
  for (const Role role : {Role::agent, Role::supervisor, Role::decider, Role::auditor})
    EXPECT_TRUE(sees(ActorId{99}, role)) << name(role);
  for (const Role role : {Role::administrator, Role::nobody}) EXPECT_FALSE(sees(ActorId{99}, role)) << name(role);
  Person gone = make_person(kAgentMarie, "Marie", Role::agent);
  gone.active = false;
  EXPECT_FALSE(may_see(gone, row));
  EXPECT_FALSE(sees_the_inside(gone));

  row.account = {};
  row.mediator = {};
  EXPECT_FALSE(sees(kSellerBob, Role::seller)) << "a case of no account is not of whoever has none";
  EXPECT_FALSE(sees(ActorId{}, Role::mediator));
}

TEST(Rights, KeepTheInsideInside) {
  for (std::size_t i = 0; i < kRoles; ++i) {
    const Role role = static_cast<Role>(i);
    const bool inside = sees_the_inside(make_person(ActorId{9}, "X", role));
    EXPECT_EQ(inside, may(role, Right::act_as_desk) || may(role, Right::audit)) << name(role);
    EXPECT_EQ(party_of(role) == Party::desk, may(role, Right::act_as_desk)) << name(role);
    EXPECT_EQ(party_of(role) == Party::seller, may(role, Right::act_as_seller)) << name(role);
    EXPECT_EQ(party_of(role) == Party::third, may(role, Right::act_as_third)) << name(role);
  }
}

// ---- records -----------------------------------------------------------------------------------------------

TEST(Person, ComesBackFromItsRecordAsItWas) {
  const std::uint64_t seed = 20'261'127;
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const std::vector<std::string> words{"", "Marie", "\"role\":\"seller\"", "a\\b", "Zoë 🦊", "<b>", "\n", "x@y.z"};
  const auto word = [&] { return words[random.next() % words.size()]; };
  for (int i = 0; i < 500; ++i) {
    Person person;
    person.id = ActorId{static_cast<std::uint32_t>(random.next() % 0xFFFF'FFFF + 1)};
    person.name = word();
    person.email = word();
    person.role = static_cast<Role>(1 + random.next() % (kRoles - 1));
    person.account = ledger::AccountId{static_cast<std::uint32_t>(random.next() % 3)};
    for (auto n = random.next() % 3; n > 0; --n) person.teams.push_back("t" + word());
    for (auto n = random.next() % 3; n > 0; --n) person.languages.emplace_back(n == 1 ? "fr" : "en");
    if (random.next() % 2) person.language = formats::Language::fr;
    person.password = word();
    person.totp_secret = word();
    person.active = random.next() % 2 == 0;
    if (random.next() % 3 == 0) person.absent_until = kNever;
    if (random.next() % 3 == 0)
      person.absent_until = kMonday + Duration{static_cast<std::int64_t>(random.next() % 1'000'000)};
    person.substitute = ActorId{static_cast<std::uint32_t>(random.next() % 4)};
    person.shortcuts = random.next() % 2 == 0;
    person.mails = random.next() % 2 == 0;
    person.revision = random.next() % 10;
    const auto again = person_from(to_record(person));
    ASSERT_TRUE(again) << again.error().detail;
    expect_equal(person, *again);
  }
}

TEST(Person, ThatCannotBeReadIsNamed) {
  ledger::Record record = to_record(make_person(kAgentMarie, "Marie", Role::agent));
  record.body = "{\"role\":\"king\"}";
  const auto read = person_from(record);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("person/0000000003"), std::string::npos) << read.error().detail;
  record.body = "{";
  EXPECT_FALSE(person_from(record));
  record = to_record(make_person(kAgentMarie, "Marie", Role::agent));
  record.key = "three";
  EXPECT_FALSE(person_from(record));
}

TEST(Email, IsKeptInOneForm) {
  EXPECT_EQ(email_from("  Marie@Example.ORG\n"), "marie@example.org");
  EXPECT_EQ(email_from("zoë@exämple.org"), "zoë@exämple.org");
  for (const char* wrong : {"", " ", "marie", "@example.org", "marie@", "a@b@c", "a b@c.org", "<a@b.org>",
                            "a@b.org,c@d.org", "a\n@b.org", "\xFF@b.org"})
    EXPECT_FALSE(email_from(wrong)) << wrong;
  EXPECT_FALSE(email_from(std::string(65, 'a') + "@b.org"));
  EXPECT_FALSE(email_from("a@" + std::string(260, 'b')));
}

// ---- in memory ---------------------------------------------------------------------------------------------

TEST(People, AreLoadedAndFound) {
  SmallHouse house;
  const People& people = house.people();
  EXPECT_EQ(people.size(), 10U);
  EXPECT_EQ(people.last_person(), kAdministrator);
  EXPECT_EQ(people.last_account(), kBobsShop);
  EXPECT_EQ(people.person(kSellerAnn)->name, "Ann");
  EXPECT_EQ(people.person(kAgentMarie)->name, "Marie");
  EXPECT_EQ(people.person(ActorId{99}), nullptr);
  EXPECT_EQ(people.person(ActorId{}), nullptr);
  EXPECT_EQ(people.by_email("1@people.example")->id, kSellerAnn);
  EXPECT_EQ(people.by_email("3@people.example")->id, kAgentMarie);
  EXPECT_EQ(people.by_email("nobody@people.example"), nullptr);
  EXPECT_EQ(people.by_email(""), nullptr);
  EXPECT_EQ(people.account(kAnnsShop)->name, "Ann's shop");
  EXPECT_EQ(people.account(ledger::AccountId{99}), nullptr);
  ASSERT_EQ(people.members(kAnnsShop).size(), 1U);
  EXPECT_EQ(people.members(kAnnsShop).front()->id, kSellerAnn);
  EXPECT_EQ(people.with_role(Role::seller).size(), 2U);
  EXPECT_EQ(people.with_role(Role::nobody).size(), 0U);
  const auto desk = people.of_team("desk");
  ASSERT_EQ(desk.size(), 2U);
  EXPECT_EQ(desk.front()->id, kAgentMarie);
  EXPECT_TRUE(people.of_team("nobodys").empty());
}

TEST(People, FollowWhatIsWritten) {
  SmallHouse house;
  const auto run = [&house](std::vector<ledger::RecordChange> records) {
    Errand errand;
    errand.records = std::move(records);
    return house.clerk().run(std::move(errand)).kind;
  };
  const auto ann = house.people().person(kSellerAnn);
  Person after = *ann;
  after.email = "ann@new.example";
  after.account = kBobsShop;
  EXPECT_EQ(run(to_change(*ann, after)), Answer::Kind::done);
  EXPECT_EQ(ann->email, "1@people.example") << "what was given stays as it was";
  EXPECT_EQ(house.people().by_email("1@people.example"), nullptr);
  EXPECT_EQ(house.people().by_email("ann@new.example")->id, kSellerAnn);
  EXPECT_TRUE(house.people().members(kAnnsShop).empty());
  EXPECT_EQ(house.people().members(kBobsShop).size(), 2U);
  EXPECT_EQ(house.people().person(kSellerAnn)->revision, ann->revision + 1);

  // Whoever changes what he saw before somebody else's change is too late.
  EXPECT_EQ(run(to_change(*ann, after)), Answer::Kind::conflict);
  // An address belongs to one person.
  const auto bob = house.people().person(kSellerBob);
  Person thief = *bob;
  thief.email = "ann@new.example";
  EXPECT_EQ(run(to_change(*bob, thief)), Answer::Kind::conflict);
  EXPECT_EQ(run(to_add(make_person(ActorId{11}, "New", Role::agent))), Answer::Kind::done);
  EXPECT_EQ(run(to_add(make_person(ActorId{11}, "Other", Role::agent))), Answer::Kind::conflict);
  EXPECT_EQ(house.people().last_person(), ActorId{11});

  // A seller becomes an agent, and comes back.
  const auto before = house.people().person(kSellerBob);
  Person agent = *before;
  agent.role = Role::agent;
  agent.account = {};
  agent.teams = {"desk"};
  EXPECT_EQ(run(to_change(*before, agent)), Answer::Kind::done);
  EXPECT_EQ(house.people().of_team("desk").size(), 2U) << "who never signed in answers for nothing";
  agent = *house.people().person(kSellerBob);
  Person invited = agent;
  agent.password = "no hash";
  EXPECT_EQ(run(to_change(invited, agent)), Answer::Kind::done);
  EXPECT_EQ(house.people().of_team("desk").size(), 3U);
  EXPECT_EQ(house.people().with_role(Role::seller).size(), 1U);

  // What is in memory is what a restart reads.
  const auto again = People::load(house.reader());
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->size(), house.people().size());
  for (std::uint32_t id = 1; id <= 11; ++id)
    expect_equal(*(*again)->person(ActorId{id}), *house.people().person(ActorId{id}));
}

TEST(People, LeaveWhenTheirRecordsAreTakenAway) {
  SmallHouse house;
  ledger::RecordChange gone;
  gone.record = to_record(*house.people().person(kSellerAnn));
  gone.remove = true;
  house.people().changed(gone);
  EXPECT_EQ(house.people().person(kSellerAnn), nullptr);
  EXPECT_EQ(house.people().by_email("1@people.example"), nullptr);
  EXPECT_TRUE(house.people().members(kAnnsShop).empty());
  gone.record = to_record(*house.people().account(kAnnsShop));
  house.people().changed(gone);
  EXPECT_EQ(house.people().account(kAnnsShop), nullptr);
}

TEST(People, OfATeamAreThoseWhoWork) {
  SmallHouse house;
  Person noor = *house.people().person(kAgentNoor);
  noor.active = false;
  house.people().changed(
      {.record = written(to_record(noor), noor.revision), .expect = ledger::RecordChange::Expect::revision});
  ASSERT_EQ(house.people().of_team("desk").size(), 1U);
  Person auditor = *house.people().person(kAuditor);
  auditor.teams = {"desk"};
  house.people().changed(
      {.record = written(to_record(auditor), auditor.revision), .expect = ledger::RecordChange::Expect::revision});
  EXPECT_EQ(house.people().of_team("desk").size(), 1U) << "an auditor answers no case";
}

TEST(People, CanBeReadWhileTheyChange) {
  SmallHouse house;
  std::atomic<bool> stop{false};
  std::atomic<int> missing{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t)
    readers.emplace_back([&] {
      while (!stop.load()) {
        const auto ann = house.people().person(kSellerAnn);
        const auto marie = house.people().by_email("3@people.example");
        if (!ann || ann->name.empty() || !marie || house.people().of_team("desk").size() != 2) ++missing;
      }
    });
  for (int i = 0; i < 2'000; ++i)
    for (const ActorId id : {kSellerAnn, kAgentMarie}) {
      Person person = *house.people().person(id);
      person.name = "Name " + std::to_string(i);
      house.people().changed({.record = to_record(person), .expect = ledger::RecordChange::Expect::revision});
    }
  stop.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(missing.load(), 0) << "nobody is gone for a moment because something of him changes";
}

TEST(People, AreManySellersAndEachIsFound) {
  OpenedLedger opened = ledger_in_memory();
  constexpr std::uint32_t kSellers = 20'000;
  ledger::Batch batch;
  for (std::uint32_t id = 1; id <= kSellers; ++id) {
    batch.records.push_back({.record = to_record(make_person(ActorId{id}, "Seller " + std::to_string(id), Role::seller,
                                                             {}, ledger::AccountId{(id + 1) / 2}))});
    batch.records.push_back({.record = to_record(Account{.id = ledger::AccountId{id}, .name = "Shop"})});
  }
  ASSERT_TRUE(opened.ledger->append(batch));
  auto reader = opened.ledger->reader();
  ASSERT_TRUE(reader);
  const auto people = People::load(**reader);
  ASSERT_TRUE(people);
  EXPECT_EQ((*people)->size(), kSellers);
  for (std::uint32_t id = 1; id <= kSellers; ++id) {
    ASSERT_EQ((*people)->person(ActorId{id})->name, "Seller " + std::to_string(id));
    ASSERT_EQ((*people)->by_email(std::to_string(id) + "@people.example")->id, ActorId{id});
  }
  EXPECT_EQ((*people)->members(ledger::AccountId{7}).size(), 2U);
  EXPECT_EQ((*people)->with_role(Role::seller).size(), kSellers);
}

}  // namespace
}  // namespace guichet::desk
