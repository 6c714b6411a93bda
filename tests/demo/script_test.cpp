#include <guichet/demo/script.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>

namespace guichet::demo {
namespace {

using std::chrono::days;

struct Woven {
  rehearsal::Scenario scenario = *rehearsal::load_scenario("demo-marketplace");
  rulebook::ProcedureFile procedure = *rehearsal::load_procedure_for(scenario);
  rehearsal::Recording recording;
  Crowd crowd;
  Instant now;
  Script script;

  explicit Woven(std::uint64_t seed) {
    scenario.run.length = 8 * 7 * rehearsal::kDay;
    now = scenario.run.starts + days{40};
    recording = *rehearsal::record(scenario, procedure, seed);
    crowd = crowd_of(scenario, recording.team_of, procedure, {}, seed);
    script = script_of({.recording = &recording,
                        .procedure = &procedure,
                        .crowd = &crowd,
                        .seed = seed,
                        .now = now,
                        .ends = scenario.run.starts + days{56}});
  }
};

const Woven& woven() {
  static const Woven woven(11);
  return woven;
}

TEST(Script, EveryRecordedCaseHasItsTaleAndItsDeedsInOrder) {
  const Script& script = woven().script;
  EXPECT_EQ(script.tales.size(), woven().recording.cases);
  EXPECT_TRUE(std::ranges::is_sorted(script.deeds, {}, &Deed::at));
  std::set<std::uint32_t> opened;
  for (const Deed& deed : script.deeds) {
    ASSERT_LT(deed.tale, script.tales.size());
    EXPECT_EQ(opened.insert(deed.tale).second, deed.command.kind == CommandKind::open_case);
  }
  EXPECT_EQ(opened.size(), script.tales.size());
}

TEST(Script, TheDeskActsForTheDeskAndSellersForTheirAccounts) {
  const Script& script = woven().script;
  const Crowd& crowd = woven().crowd;
  for (const Deed& deed : script.deeds) {
    const Command& command = deed.command;
    if (command.party == Party::clock) {
      EXPECT_FALSE(command.actor);
      continue;
    }
    ASSERT_TRUE(command.actor);
    const desk::Person& person = crowd.person(command.actor);
    EXPECT_EQ(desk::party_of(person.role), command.party);
    if (command.party == Party::seller) {
      EXPECT_EQ(person.account, script.tales[deed.tale].account);
    }
  }
}

// Nobody is given a case by a command that the rules would see as somebody else's.
TEST(Script, PersonasHaveOnlyWhatBeganBeforeTheVisit) {
  const Woven& all = woven();
  std::map<ActorId, int> early;
  for (const Deed& deed : all.script.deeds) {
    const bool persona = all.crowd.personas.has(deed.command.actor);
    if (!persona) continue;
    ++early[deed.command.actor];
    if (deed.command.party != Party::third) {
      EXPECT_LT(all.script.tales[deed.tale].tale.opened, all.now) << static_cast<int>(deed.command.kind);
    }
  }
  EXPECT_GT(early[all.crowd.personas.agent], 10);
  EXPECT_GT(early[all.crowd.personas.decider], 3);
  EXPECT_GT(early[all.crowd.personas.seller], 3);
}

TEST(Script, AnswersThatWillBeDisputedAreWeak) {
  const Script& script = woven().script;
  std::map<std::uint32_t, std::uint32_t> weak;  // by tale, questions last answered without answering
  std::size_t disputed = 0;
  for (const Deed& deed : script.deeds) {
    if (deed.command.kind == CommandKind::send_message && deed.command.party == Party::desk)
      weak[deed.tale] = (weak[deed.tale] & ~(deed.command.detail & 0xFFFFU)) | deed.weak;
    if (deed.command.kind != CommandKind::dispute_answer) continue;
    ++disputed;
    EXPECT_NE(weak[deed.tale] & deed.command.detail, 0U);
  }
  EXPECT_GT(disputed, 50U);
}

TEST(Script, AStepCarriesItsWordsAndTheirNumber) {
  Woven all(12);
  std::size_t files = 0;
  for (const Deed& deed : all.script.deeds) {
    if (deed.command.kind == CommandKind::tick || deed.command.kind == CommandKind::link_case) continue;
    const desk::Step step = step_of(deed, all.script, all.crowd, nullptr, deed.at, {});
    EXPECT_EQ(step.command.kind, deed.command.kind);
    EXPECT_EQ(step.text.has_value(), deed.says != Says::nothing);
    if (!step.text) continue;
    // What goes with a hand-off is for the desk alone, as notes are.
    const bool inside = deed.command.kind == CommandKind::make_note ||
                        deed.command.kind == CommandKind::propose_hand_off ||
                        deed.command.kind == CommandKind::refuse_hand_off;
    EXPECT_EQ(step.text->kind == ledger::TextKind::note, inside);
    const auto words = dossier::words_from_json(step.text->body);
    ASSERT_TRUE(words);
    EXPECT_TRUE(words->invented);
    if (deed.command.kind == CommandKind::send_message) {
      EXPECT_EQ(step.command.detail >> 16, length_of(*words));
      EXPECT_EQ(step.command.detail & 0xFFFFU, deed.command.detail & 0xFFFFU);
      EXPECT_EQ(words->questions.size(), deed.command.aux);
    }
    if (step.attachments.empty()) continue;
    ++files;
    ASSERT_TRUE(step.body_with_files);
    const auto with = dossier::words_from_json(step.body_with_files({TextId{7}}));
    ASSERT_TRUE(with);
    EXPECT_EQ(with->files, std::vector<TextId>{TextId{7}});
  }
  EXPECT_GT(files, 20U);
}

TEST(Script, WhatNoRecordingKnowsIsWovenIn) {
  std::map<CommandKind, int> woven_in;
  for (const Deed& deed : woven().script.deeds) ++woven_in[deed.command.kind];
  for (const CommandKind kind : {CommandKind::make_note, CommandKind::propose_resolution,
                                 CommandKind::accept_resolution, CommandKind::make_offer, CommandKind::refuse_offer,
                                 CommandKind::announce_restriction, CommandKind::lift_restriction,
                                 CommandKind::refer_to_mediator, CommandKind::end_mediation, CommandKind::link_case})
    EXPECT_GT(woven_in[kind], 0) << static_cast<int>(kind);
}

}  // namespace
}  // namespace guichet::demo
