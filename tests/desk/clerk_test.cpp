#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/ledger/memory.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

TEST(Clerk, OpensACaseAndGivesItAnOwnerOfTheMattersTeam) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ledger::ShelfRow row = house.row(opened);
  EXPECT_EQ(opened.value, 1U);
  EXPECT_EQ(row.account, kAnnsShop);
  EXPECT_EQ(row.subject, "Missing payout");
  EXPECT_EQ(row.team, "accounts");
  EXPECT_EQ(row.amount_cents, 12'050U);
  EXPECT_TRUE(row.state.owner == kAgentMarie || row.state.owner == kAgentNoor);
  EXPECT_NE(row.desk_due, kNever);
  EXPECT_EQ(house.count(opened, EventKind::assigned), 1U);
  // The next one goes to the other: the least loaded.
  EXPECT_NE(house.row(house.open_case(kSellerBob)).state.owner, row.state.owner);
}

TEST(Clerk, ARefusalLeavesNoTrace) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ledger::Reach before = *house.reader().reach();
  const ActorId owner = house.row(opened).state.owner;
  const ActorId other = owner == kAgentMarie ? kAgentNoor : kAgentMarie;
  const Answer refused = house.act(other, opened, "message", {{"body", "I am not the owner."}});
  EXPECT_EQ(refused.kind, Answer::Kind::refused);
  EXPECT_EQ(refused.refusal, Refusal::not_yours);
  EXPECT_EQ(house.reader().reach()->act, before.act);
  EXPECT_EQ(house.reader().reach()->text, before.text);
}

TEST(Clerk, AReplyWrittenBeforeTheSellersNextWordsIsStopped) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ledger::ShelfRow read = house.row(opened);
  ASSERT_TRUE(house.act(kSellerAnn, opened, "message", {{"body", "One more thing."}}).ok());
  const Answer stale = house.act(
      read.state.owner, opened, "message",
      {{"body", "Here is your answer."}, {"answers", "0"}, {"seen", std::to_string(read.state.version.value)}});
  EXPECT_EQ(stale.refusal, Refusal::seller_has_written);
}

TEST(Clerk, TheSameKeyIsDoneOnceAndAnsweredTheSame) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const Answer first = house.act(kSellerAnn, opened, "message", {{"body", "Hello?"}}, "k1");
  const Answer again = house.act(kSellerAnn, opened, "message", {{"body", "Hello?"}}, "k1");
  EXPECT_EQ(first.kind, Answer::Kind::done);
  EXPECT_EQ(again.kind, Answer::Kind::repeated);
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(house.act(kSellerAnn, opened, "message", {{"body", "Other words"}}, "k1").kind, Answer::Kind::key_mistaken);
  // Somebody else's key of the same spelling is another key.
  EXPECT_EQ(house.act(house.row(opened).state.owner, opened, "note", {{"body", "A note"}}, "k1").kind,
            Answer::Kind::done);
  EXPECT_EQ(house.row(opened).messages, 2U);
}

TEST(Clerk, ACaseOfAnotherSellerIsNotThere) {
  SmallHouse house;
  const CaseId anns = house.open_case();
  EXPECT_EQ(house.act(kSellerBob, anns, "message", {{"body", "Not mine."}}).kind, Answer::Kind::no_such_case);
  EXPECT_EQ(house.act(kSellerBob, anns, "link", {{"other", "1"}}).error, "other: no_such_case");
}

TEST(Clerk, ErrandsOfOneCaseSeeEachOther) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  constexpr int kThreads = 4, kEach = 50;
  std::vector<std::thread> writers;
  std::atomic<int> done{0};
  for (int t = 0; t < kThreads; ++t)
    writers.emplace_back([&house, opened, &done] {
      for (int i = 0; i < kEach; ++i) {
        Errand errand;
        errand.person = kSellerAnn;
        errand.party = Party::seller;
        errand.case_id = opened;
        Step step;
        step.command.kind = CommandKind::send_message;
        errand.steps.push_back(step);
        if (house.clerk().run(std::move(errand)).ok()) ++done;
      }
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(done, kThreads * kEach);
  EXPECT_EQ(house.row(opened).messages, 1U + kThreads * kEach);
  const auto wrong = house.ledger().check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
}

TEST(Clerk, ADiskThatFailsIsSaidAndTheDeskGoesOn) {
  OpenedLedger opened = ledger_in_memory();
  auto* memory = dynamic_cast<ledger::MemoryLedger*>(opened.ledger.get());
  ASSERT_NE(memory, nullptr);
  SmallHouse house("guichet-unique", std::move(opened));
  const CaseId first = house.open_case();
  memory->fail_appends(1);
  EXPECT_EQ(house.act(kSellerAnn, first, "message", {{"body", "Lost"}}, "k").kind, Answer::Kind::failed);
  EXPECT_EQ(house.act(kSellerAnn, first, "message", {{"body", "Lost"}}, "k").kind, Answer::Kind::done);
  EXPECT_EQ(house.row(first).messages, 2U);
}

TEST(Clerk, TimeNeverRunsBackwardsInTheLedger) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  house.clock().set(kMonday - std::chrono::hours{48});
  ASSERT_TRUE(house.act(kSellerAnn, opened, "message", {{"body", "The machine's clock was set back."}}).ok());
  EXPECT_GE(house.file(opened).events.back().event.at, kMonday);
}

TEST(Clerk, AttachmentsBecomeExhibitsThatTheWordsName) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  Errand errand;
  errand.person = kSellerAnn;
  errand.party = Party::seller;
  errand.case_id = opened;
  Step step;
  step.command.kind = CommandKind::send_message;
  step.text = ledger::NewText{
      .kind = ledger::TextKind::words, .author = {}, .name = {}, .media_type = "application/json", .body = "{}"};
  step.attachments.push_back(
      {.kind = ledger::TextKind::file, .author = {}, .name = "invoice.txt", .media_type = "text/plain", .body = "due"});
  step.body_with_files = [](const std::vector<TextId>& files) {
    return "{\"files\":[" + std::to_string(files.at(0).value) + "]}";
  };
  errand.steps.push_back(step);
  const Answer answer = house.clerk().run(std::move(errand));
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer.texts.size(), 2U);
  EXPECT_EQ(house.reader().text(answer.texts[0])->body, "{\"files\":[" + std::to_string(answer.texts[1].value) + "]}");
  EXPECT_EQ(house.reader().text(answer.texts[1])->body, "due");
  EXPECT_EQ(house.count(opened, EventKind::exhibit_added), 1U);
  const ledger::KeptEvent last = house.file(opened).events.back();
  EXPECT_EQ(last.event.text, answer.texts[1]);
  EXPECT_EQ(last.event.detail, answer.texts[1].value);
}

TEST(Clerk, RecordsAreChangedOnlyAsTheyWereSeen) {
  SmallHouse house;
  const auto put = [&house](std::string body, ledger::RecordChange::Expect expect, std::uint64_t revision) {
    Errand errand;
    errand.records.push_back(
        {.record = {.kind = "note", .key = "one", .owner = 0, .body = std::move(body), .revision = revision},
         .expect = expect});
    return house.clerk().run(std::move(errand)).kind;
  };
  using Expect = ledger::RecordChange::Expect;
  EXPECT_EQ(put("{}", Expect::absent, 0), Answer::Kind::done);
  EXPECT_EQ(put("{}", Expect::absent, 0), Answer::Kind::conflict);
  EXPECT_EQ(put("{\"a\":1}", Expect::revision, 1), Answer::Kind::done);
  EXPECT_EQ(put("{\"a\":2}", Expect::revision, 1), Answer::Kind::conflict);
}

TEST(Clerk, AStoppedClerkSaysSo) {
  SmallHouse house;
  house.clerk().stop();
  EXPECT_EQ(house.act(kSellerAnn, {}, "open", {{"matter", "other"}, {"subject", "s"}, {"body", "b"}}).kind,
            Answer::Kind::stopped);
}

TEST(Clerk, UnderTheTestimonysRulesEachMessageGoesToTheNextAgent) {
  SmallHouse house("next-available");
  const auto& file = house.procedures().at(kMonday).file;
  // Everybody who works there is in its one team.
  for (const ActorId agent : {kAgentMarie, kAgentNoor}) {
    Person person = *house.people().person(agent);
    person.teams = file.teams;
    Errand errand;
    errand.records.push_back({.record = to_record(person)});
    ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  }
  const CaseId opened = house.open_case(kSellerAnn, file.matters.front().id);
  std::vector<ActorId> owners{house.row(opened).state.owner};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(house.act(owners.back(), opened, "message", {{"body", "Have you tried again?"}}).ok());
    ASSERT_TRUE(house.act(kSellerAnn, opened, "message", {{"body", "Yes."}}).ok());
    owners.push_back(house.row(opened).state.owner);
  }
  for (std::size_t i = 1; i < owners.size(); ++i) EXPECT_NE(owners[i], owners[i - 1]) << i;
}

TEST(Clerk, AnOwnerWhoIsAwayIsStoodInFor) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  Person owner = *house.people().person(house.row(opened).state.owner);
  const ActorId other = owner.id == kAgentMarie ? kAgentNoor : kAgentMarie;
  owner.absent_until = kMonday + std::chrono::hours{24 * 14};
  owner.substitute = other;
  Errand errand;
  errand.records.push_back({.record = to_record(owner)});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  ASSERT_TRUE(house.act(kSellerAnn, opened, "message", {{"body", "Anybody there?"}}).ok());
  EXPECT_EQ(house.row(opened).state.owner, other);
  EXPECT_EQ(house.file(opened).events.back().event.aux, static_cast<std::uint8_t>(AssignReason::substitute));
}

TEST(Clerk, AnAccountsCasesGoToWhoeverIsAskedFirst) {
  SmallHouse house;
  Person late = *house.people().person(kAgentNoor);
  Account shop = *house.people().account(kAnnsShop);
  shop.first_asked = {late.id};
  // Whatever her team: she takes care of this account.
  late.teams = {"desk"};
  Errand errand;
  errand.records.push_back({.record = to_record(shop)});
  errand.records.push_back({.record = to_record(late)});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(house.row(house.open_case(kSellerAnn)).state.owner, late.id);
  EXPECT_EQ(house.row(house.open_case(kSellerBob)).state.owner, kAgentMarie) << "of others, the team does";

  late = *house.people().person(late.id);
  late.absent_until = kMonday + std::chrono::hours{24};
  Errand away;
  away.records.push_back({.record = to_record(late)});
  ASSERT_TRUE(house.clerk().run(std::move(away)).ok());
  EXPECT_EQ(house.row(house.open_case(kSellerAnn)).state.owner, kAgentMarie);
}

TEST(Clerk, LinkedCasesPointAtEachOther) {
  SmallHouse house;
  const CaseId one = house.open_case();
  const CaseId two = house.open_case();
  ASSERT_TRUE(
      house.act(kSellerAnn, one, "link", {{"other", std::to_string(two.value)}, {"relation", "continues_in"}}).ok());
  EXPECT_EQ(house.row(one).continues_in, two);
  EXPECT_EQ(house.count(two, EventKind::linked), 1U);
  EXPECT_EQ(house.row(two).continues_in, CaseId{});
}

}  // namespace
}  // namespace guichet::desk
