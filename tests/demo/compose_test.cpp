#include <guichet/demo/compose.hpp>

#include <gtest/gtest.h>

#include <guichet/desk/desk.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::demo {
namespace {

using std::chrono::days;
using std::chrono::hours;

const Instant kMonday = *parse_instant("2026-03-02T09:00:00Z");
constexpr ledger::AccountId kAccount{1};
constexpr ActorId kSeller{10}, kAgent{20};

class Composing : public ::testing::Test {
 protected:
  desk::OpenedLedger opened = desk::ledger_in_memory();
  std::shared_ptr<const desk::InForce> in_force;
  std::unique_ptr<Composer> composer;

  void SetUp() override {
    ledger::AdoptedProcedure adopted;
    adopted.id = ProcedureId{1};
    adopted.name = "guichet-unique";
    adopted.toml = *rulebook::procedure_text("guichet-unique");
    in_force = *opened.procedures->read(adopted);
    opened.procedures->add(in_force);
    composer =
        std::make_unique<Composer>(*opened.ledger, *in_force, desk::shelving(*opened.procedures), ledger::Reach{});
    composer->batch().procedures.push_back(adopted);
  }

  static desk::Step step(CommandKind kind, Party party, ActorId actor) {
    desk::Step step;
    step.command.kind = kind;
    step.command.party = party;
    step.command.actor = actor;
    return step;
  }
  CaseId opened_case(Instant at) {
    desk::Step open = step(CommandKind::open_case, Party::seller, kSeller);
    open.text = ledger::NewText{.kind = ledger::TextKind::words,
                                .author = {},
                                .name = {},
                                .media_type = "application/json",
                                .body = R"({"subject":"Lost"})"};
    CaseId id;
    EXPECT_EQ(composer->take(id, kAccount, open, at), Refusal::none);
    return id;
  }
};

TEST_F(Composing, WhatIsTakenIsWrittenAndChecksClean) {
  const CaseId id = opened_case(kMonday);
  EXPECT_EQ(id, CaseId{1});
  desk::Step message = step(CommandKind::send_message, Party::seller, kSeller);
  message.text =
      ledger::NewText{.kind = ledger::TextKind::words, .author = {}, .name = {}, .media_type = {}, .body = {}};
  message.attachments.push_back(
      {.kind = ledger::TextKind::file, .author = {}, .name = "a.txt", .media_type = "text/plain", .body = "aaaa"});
  message.body_with_files = [](const std::vector<TextId>& files) {
    return "{\"body\":\"see " + std::to_string(files.at(0).value) + "\"}";
  };
  CaseId same = id;
  EXPECT_EQ(composer->take(same, kAccount, message, kMonday), Refusal::none);
  EXPECT_EQ(same, id);
  ASSERT_TRUE(composer->write(true));
  const auto reader = *opened.ledger->reader();
  const auto file = reader->case_file(id);
  ASSERT_TRUE(file && *file);
  EXPECT_EQ((*file)->row.subject, "Lost");
  EXPECT_EQ((*file)->row.account, kAccount);
  EXPECT_EQ((*file)->acts.size(), 3U);  // opened, written, the file as an exhibit
  EXPECT_EQ(reader->text(TextId{2})->body, "{\"body\":\"see 3\"}");
  EXPECT_EQ(reader->text(TextId{3})->name, "a.txt");
  const auto wrong = opened.ledger->check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
}

TEST_F(Composing, ClocksRingAtTheirInstants) {
  const CaseId id = opened_case(kMonday);
  // Two working days for the first answer, and a reminder four hours before.
  composer->pass_time(kMonday + days{2} - hours{1});
  EXPECT_EQ(composer->row(id)->state.level(), 0U);
  composer->pass_time(kMonday + days{10});
  EXPECT_GT(composer->row(id)->state.level(), 0U);
  ASSERT_TRUE(composer->write(true));
  const auto reader = *opened.ledger->reader();
  const auto file = reader->case_file(id);
  Instant overdue{}, reminded{};
  for (const ledger::KeptEvent& kept : (*file)->events) {
    if (kept.event.clock != Clock::first_answer) continue;
    if (kept.event.kind == EventKind::went_overdue && overdue == Instant{}) overdue = kept.event.at;
    if (kept.event.kind == EventKind::clock_reminded && reminded == Instant{}) reminded = kept.event.at;
  }
  // 9:00 UTC is 10:00 in Paris: 14 working hours later it is Wednesday, 10:00.
  EXPECT_EQ(overdue, kMonday + days{2});
  EXPECT_EQ(reminded, overdue - hours{4});
}

TEST_F(Composing, ARefusalLeavesNothing) {
  const CaseId id = opened_case(kMonday);
  const std::uint64_t acts = composer->acts();
  desk::Step answer = step(CommandKind::send_message, Party::desk, kAgent);
  answer.text =
      ledger::NewText{.kind = ledger::TextKind::words, .author = {}, .name = {}, .media_type = {}, .body = "{}"};
  CaseId same = id;
  EXPECT_EQ(composer->take(same, kAccount, answer, kMonday + hours{1}), Refusal::no_owner_yet);
  EXPECT_EQ(composer->acts(), acts);
  CaseId none;
  EXPECT_EQ(composer->take(none, kAccount, step(CommandKind::make_note, Party::desk, kAgent), kMonday + hours{1}),
            Refusal::no_such_case);
  EXPECT_FALSE(none);
  EXPECT_EQ(composer->row(CaseId{2}), nullptr);
  ASSERT_TRUE(composer->write(true));
  const auto reader = *opened.ledger->reader();
  EXPECT_EQ(reader->reach()->text, TextId{1});
}

TEST_F(Composing, TimeNeverRunsBackwards) {
  const CaseId id = opened_case(kMonday);
  CaseId same = id;
  EXPECT_EQ(composer->take(same, kAccount, step(CommandKind::make_note, Party::desk, kAgent), kMonday - hours{5}),
            Refusal::none);
  EXPECT_EQ(composer->row(id)->changed, kMonday);
}

}  // namespace
}  // namespace guichet::demo
