#include <guichet/rehearsal/record.hpp>

#include <map>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/core/decide.hpp>
#include <guichet/core/names.hpp>
#include <guichet/rehearsal/cast.hpp>
#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rehearsal/world.hpp>

namespace guichet::rehearsal {
namespace {

Scenario small(const std::string& name) {
  auto scenario = load_scenario(name);
  EXPECT_TRUE(scenario) << scenario.error().detail;
  scenario->run.cases = 0;
  scenario->run.length = 5 * kDay;
  scenario->run.warm_up = kDay;
  scenario->run.warm_up_cases = 0;
  return *std::move(scenario);
}

rulebook::ProcedureFile procedure_of(const Scenario& scenario, const std::string& name) {
  auto file = load_procedure_for(scenario, name);
  EXPECT_TRUE(file) << file.error().detail;
  return *std::move(file);
}

// What was taken once is taken again, and leads to the same events.
TEST(Record, ItsCommandsDoneAgainGiveTheSameEvents) {
  for (const std::string name : {"guichet-unique", "next-available"}) {
    const Scenario scenario = small("testimony-support");
    const rulebook::ProcedureFile file = procedure_of(scenario, name);
    const auto recording = record(scenario, file, 7);
    ASSERT_TRUE(recording) << recording.error().detail;
    EXPECT_GT(recording->cases, 100U);

    const auto parts = cast(scenario, file);
    ASSERT_TRUE(parts);
    World world(**parts, 7, {.keep_all = true});
    world.run();
    std::map<std::uint32_t, std::vector<Event>> lived, replayed;
    std::vector<Event> events;
    for (std::size_t i = 0; i < world.history().cases(); ++i) {
      world.history().read(world.history().at(i), scenario.run.starts, events);
      for (Event event : events) {
        event.version = {};  // counted anew in each life
        lived[world.history().at(i).number].push_back(event);
      }
    }
    std::map<std::uint32_t, CaseState> states;
    std::vector<Event> room(kEventsPerDecisionMax);
    Instant before{};
    std::uint64_t refused = 0;
    std::map<std::uint32_t, std::uint32_t> number_of;
    for (const Command& command : recording->commands) {
      EXPECT_GE(command.at, before);
      before = command.at;
      if (command.kind == CommandKind::open_case) number_of[command.case_id.value] = command.case_id.value;
      if (command.kind == CommandKind::restart_case) number_of[command.case_id.value] = number_of[command.detail];
      EventBatch batch(room);
      const Refusal refusal = act(states[command.case_id.value], command, parts->get()->rules, batch);
      if (refusal != Refusal::none) ++refused;
      for (Event event : batch.events()) {
        event.version = {};
        event.case_id = CaseId{number_of[command.case_id.value]};
        replayed[event.case_id.value].push_back(event);
      }
    }
    EXPECT_EQ(refused, 0U);
    EXPECT_EQ(lived.size(), replayed.size());
    for (const auto& [number, of_case] : lived) EXPECT_EQ(of_case, replayed[number]) << name << ": case " << number;
  }
}

TEST(Record, RecordingChangesNothing) {
  const Scenario scenario = small("testimony-support");
  const rulebook::ProcedureFile file = procedure_of(scenario, "guichet-unique");
  const auto recording = record(scenario, file, 3);
  ASSERT_TRUE(recording);
  const auto parts = cast(scenario, file);
  World world(**parts, 3, {});
  world.run();
  EXPECT_EQ(world.digest(), recording->digest);
}

TEST(Record, SaysWhoIsInWhichTeam) {
  const Scenario scenario = small("testimony-support");
  const rulebook::ProcedureFile file = procedure_of(scenario, "guichet-unique");
  const auto recording = record(scenario, file, 3);
  ASSERT_TRUE(recording);
  ASSERT_GE(recording->team_of.size(), 120U);
  std::vector<std::uint32_t> strength(scenario.teams.size());
  for (std::size_t i = 0; i < 120; ++i) ++strength[recording->team_of[i]];
  for (std::size_t team = 0; team < strength.size(); ++team) EXPECT_EQ(strength[team], scenario.teams[team].agents);
  for (const Command& command : recording->commands)
    if (command.party == Party::desk) {
      ASSERT_GT(command.actor.value, recording->sellers);
      ASSERT_LE(command.actor.value, recording->sellers + recording->team_of.size());
    }
}

TEST(Record, ACourseHasNobodyWhoActs) {
  const Scenario scenario = small("fitted-marketplace");
  const rulebook::ProcedureFile file = procedure_of(scenario, "guichet-unique");
  const auto refused = record(scenario, file, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::usage);
}

}  // namespace
}  // namespace guichet::rehearsal
