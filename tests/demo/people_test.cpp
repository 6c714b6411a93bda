#include <guichet/demo/people.hpp>

#include <set>
#include <string>

#include <gtest/gtest.h>

#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>

namespace guichet::demo {
namespace {

struct Gathered {
  rehearsal::Scenario scenario = *rehearsal::load_scenario("demo-marketplace");
  rulebook::ProcedureFile procedure = *rehearsal::load_procedure_for(scenario);
  std::vector<std::uint32_t> team_of;
  Gathered() {
    for (std::uint32_t team = 0; team < scenario.teams.size(); ++team)
      team_of.insert(team_of.end(), scenario.teams[team].agents, team);
  }
  Crowd crowd(std::uint64_t seed) { return crowd_of(scenario, team_of, procedure, "$hash", seed); }
};

TEST(People, EverybodyIsSomebodyElse) {
  Gathered gathered;
  const Crowd crowd = gathered.crowd(1);
  std::set<std::string> names, emails;
  for (std::size_t i = 0; i < crowd.persons.size(); ++i) {
    const desk::Person& person = crowd.persons[i];
    EXPECT_EQ(person.id.value, i + 1);
    EXPECT_TRUE(names.insert(person.name).second) << person.name;
    if (person.email.empty()) {
      EXPECT_TRUE(person.password.empty());
      continue;
    }
    EXPECT_TRUE(emails.insert(person.email).second) << person.email;
    // Domains that nobody can own (RFC 2606).
    EXPECT_TRUE(person.email.ends_with(".example")) << person.email;
    EXPECT_EQ(desk::email_from(person.email), person.email);
    EXPECT_EQ(person.password, "$hash");
  }
  EXPECT_EQ(crowd.accounts.size(), gathered.scenario.arrivals.sellers + 1);
}

TEST(People, EveryTeamOfTheProcedureHasItsPeople) {
  Gathered gathered;
  const Crowd crowd = gathered.crowd(1);
  EXPECT_EQ(crowd.staff.size(), gathered.team_of.size());
  for (std::size_t i = 0; i < crowd.staff.size(); ++i) {
    const desk::Person& person = crowd.person(crowd.staff[i]);
    ASSERT_EQ(person.teams.size(), 1U);
    EXPECT_EQ(person.teams.front(), gathered.scenario.teams[gathered.team_of[i]].id);
    EXPECT_TRUE(desk::may(person.role, desk::Right::decide));
    ASSERT_TRUE(person.substitute);
    EXPECT_NE(person.substitute, person.id);
    EXPECT_EQ(crowd.person(person.substitute).teams, person.teams);
    EXPECT_TRUE(crowd.acts(person.id));
  }
  for (const std::string& team : gathered.procedure.teams) {
    bool found = false;
    for (const ActorId id : crowd.staff) found |= crowd.person(id).teams.front() == team;
    EXPECT_TRUE(found) << team;
  }
  EXPECT_EQ(crowd.person(crowd.personas.mediator).name, gathered.procedure.mediators[0].name);
}

TEST(People, NobodyActsForAPersona) {
  Gathered gathered;
  const Crowd crowd = gathered.crowd(3);
  const Personas& who = crowd.personas;
  for (const ActorId id :
       {who.seller, who.agent, who.supervisor, who.decider, who.mediator, who.auditor, who.administrator}) {
    EXPECT_TRUE(id);
    EXPECT_FALSE(crowd.acts(id));
  }
  EXPECT_FALSE(crowd.acts(ActorId{}));
  EXPECT_FALSE(crowd.acts(ActorId{static_cast<std::uint32_t>(crowd.persons.size()) + 1}));
  EXPECT_EQ(crowd.account(crowd.persona_account).id, crowd.person(who.seller).account);
  EXPECT_EQ(account_of_part(1, true), crowd.persona_account);
  EXPECT_NE(account_of_part(1, false), crowd.persona_account);
}

TEST(People, TheSameSeedGathersTheSame) {
  Gathered gathered;
  const Crowd one = gathered.crowd(5), two = gathered.crowd(5), other = gathered.crowd(6);
  ASSERT_EQ(one.persons.size(), two.persons.size());
  bool differs = one.persons.size() != other.persons.size();
  for (std::size_t i = 0; i < one.persons.size(); ++i) {
    EXPECT_EQ(one.persons[i].name, two.persons[i].name);
    differs |= i < other.persons.size() && one.persons[i].name != other.persons[i].name;
  }
  EXPECT_TRUE(differs);
  EXPECT_EQ(given_name("Zoé Fauvel"), "Zoé");
}

}  // namespace
}  // namespace guichet::demo
