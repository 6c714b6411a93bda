#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/views.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/ledger/memory.hpp>

#include "small_house.hpp"
#include "visiting.hpp"

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

TEST(Clerk, ALinkIsMadeOnceAndCanBeTakenBackByWhoeverMadeIt) {
  SmallHouse house;
  const CaseId one = house.open_case(), two = house.open_case();
  const auto link = [&](ActorId who, const std::string& relation) {
    return house.act(who, one, "link", {{"other", std::to_string(two.value)}, {"relation", relation}});
  };
  EXPECT_EQ(link(kAgentMarie, "withdrawn").error, "other: not_linked");
  ASSERT_TRUE(link(kAgentMarie, "continues_in").ok());
  EXPECT_EQ(link(kAgentNoor, "continues_in").error, "other: linked_already");
  EXPECT_EQ(link(kAgentNoor, "related").error, "other: linked_already") << "to go on there says more";
  EXPECT_EQ(house.count(one, EventKind::linked), 1U);
  EXPECT_EQ(house.count(two, EventKind::linked), 1U);
  EXPECT_EQ(link(kSellerAnn, "withdrawn").error, "other: linked_by_other_side");
  ASSERT_TRUE(link(kAgentNoor, "withdrawn").ok());
  EXPECT_FALSE(house.row(one).continues_in);
  for (const CaseId id : {one, two}) {
    EXPECT_EQ(house.file(id).events.back().event.aux, static_cast<std::uint8_t>(Link::withdrawn));
    EXPECT_EQ(house.count(id, EventKind::linked), 2U) << "what was said by mistake stays in the history";
  }
  EXPECT_TRUE(link(kAgentMarie, "related").ok()) << "and may be said anew";
}

TEST(Clerk, NoLinkSendsASellerToTheCaseOfAnother) {
  SmallHouse house;
  const CaseId anns = house.open_case(kSellerAnn), bobs = house.open_case(kSellerBob);
  for (const std::string relation : {"related", "continues_in"})
    EXPECT_EQ(
        house.act(kAgentMarie, anns, "link", {{"other", std::to_string(bobs.value)}, {"relation", relation}}).error,
        "other: of_another_account");
  EXPECT_EQ(house.count(anns, EventKind::linked), 0U);
  EXPECT_EQ(house.count(bobs, EventKind::linked), 0U);
}

// ---- those who leave, and those who never came ----------------------------------------------------------------

void change(SmallHouse& house, ActorId id, const std::function<void(Person&)>& how) {
  Person person = *house.people().person(id);
  how(person);
  Errand errand;
  errand.records.push_back({.record = to_record(person)});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
}

TEST(Clerk, WhoeverLeavesLosesHisCasesAtOnce) {
  const std::vector<std::pair<const char*, std::function<void(Person&)>>> ways{
      {"switched off", [](Person& person) { person.active = false; }},
      {"made an auditor", [](Person& person) { person.role = Role::auditor; }},
      {"without an address", [](Person& person) { person.email.clear(), person.password.clear(); }}};
  for (const auto& [way, leave] : ways) {
    SCOPED_TRACE(way);
    SmallHouse house;
    std::vector<CaseId> cases;
    for (int i = 0; i < 4; ++i) cases.push_back(house.open_case());
    const ActorId owner = house.row(cases[0]).state.owner;
    const ActorId other = owner == kAgentMarie ? kAgentNoor : kAgentMarie;
    // Also one that waits for the seller: its owner would have to read the answer.
    ASSERT_TRUE(house.act(owner, cases[0], "message", {{"answers", "0"}, {"body", "On Friday."}}).ok());
    change(house, owner, leave);
    for (const CaseId id : cases) {
      const auto file = house.file(id);
      EXPECT_EQ(file.row.state.owner, other) << id.value;
      if (id != cases[0]) continue;
      EXPECT_EQ(file.events.back().event.kind, EventKind::assigned);
      EXPECT_EQ(file.events.back().event.party, Party::clock);
      EXPECT_EQ(file.events.back().event.aux, static_cast<std::uint8_t>(AssignReason::left));
    }
    EXPECT_TRUE(house.act(other, cases[0], "message", {{"body", "I answer now."}}).ok());
  }
}

TEST(Clerk, HisSubstituteComesFirstAndOthersShareByLoad) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  change(house, owner, [](Person& person) { person.substitute = kHead; });
  change(house, owner, [](Person& person) { person.active = false; });
  EXPECT_EQ(house.row(opened).state.owner, kHead);

  // Many cases of one person do not all go to one other.
  SmallHouse busy;
  std::vector<CaseId> cases;
  for (int i = 0; i < 6; ++i) cases.push_back(busy.open_case());
  change(busy, kHead, [](Person& person) { person.teams = {"accounts"}; });
  change(busy, kAgentMarie, [](Person& person) { person.active = false; });
  std::map<std::uint32_t, int> had;
  for (const CaseId id : cases) ++had[busy.row(id).state.owner.value];
  EXPECT_EQ(had.size(), 2U);
  for (const auto& [person, count] : had) EXPECT_EQ(count, 3) << person;
}

TEST(Clerk, WhereNobodyIsThereACaseWaitsWithoutAnOwnerAndMayBeTaken) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  change(house, owner == kAgentMarie ? kAgentNoor : kAgentMarie, [](Person& person) { person.absent_until = kNever; });
  change(house, owner, [](Person& person) { person.active = false; });
  EXPECT_FALSE(house.row(opened).state.owner);
  EXPECT_TRUE(house.act(kSupervisor, opened, "take").ok());
  EXPECT_EQ(house.row(opened).state.owner, kSupervisor);
}

TEST(Clerk, AHandOffDoesNotWaitForSomebodyWhoLeft) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  ASSERT_TRUE(house
                  .act(owner, opened, "hand-off",
                       {{"to", std::to_string(kHead.value)},
                        {"reason", "workload"},
                        {"summary", "A payout is missing."},
                        {"questions_listed", "yes"}})
                  .ok());
  ASSERT_TRUE(house.row(opened).state.hand_off_pending());
  change(house, kHead, [](Person& person) { person.active = false; });
  EXPECT_EQ(house.file(opened).events.back().event.kind, EventKind::hand_off_lapsed);
  EXPECT_EQ(house.row(opened).state.owner, owner);
  EXPECT_FALSE(house.row(opened).state.hand_off_pending());
}

TEST(Clerk, TheSellerIsToldWhyHisCaseChangesHands) {
  SmallHouse house;
  Visiting visiting(house);
  const CaseId one = house.open_case(), two = house.open_case();
  ASSERT_TRUE(
      house.act(kAgentMarie, one, "link", {{"other", std::to_string(two.value)}, {"relation", "continues_in"}}).ok());
  ASSERT_TRUE(
      house.act(kAgentMarie, one, "link", {{"other", std::to_string(two.value)}, {"relation", "withdrawn"}}).ok());
  const auto told = [&](formats::Language language) {
    const Request request;
    const Visit visit = visiting.visit_of(request, kSellerAnn, language);
    const auto seen = see_case(visit, one);
    EXPECT_TRUE(seen && *seen);
    EXPECT_TRUE((*seen)->timeline.linked.empty()) << "what was a mistake leads nowhere";
    formats::JsonWriter json;
    case_json(json, visit, **seen);
    return json.take();
  };
  const ActorId owner = house.row(one).state.owner;
  change(house, owner, [](Person& person) { person.active = false; });
  EXPECT_NE(told(formats::Language::en).find("from now on (whoever had it works here no longer)"), std::string::npos);
  EXPECT_NE(told(formats::Language::en).find("this link was a mistake"), std::string::npos);
  EXPECT_NE(told(formats::Language::fr).find("la personne qui l’avait ne travaille plus ici"), std::string::npos);
  change(house, house.row(one).state.owner, [](Person& person) { person.active = false; });
  EXPECT_NE(told(formats::Language::en).find("Nobody has the case for now"), std::string::npos);
}

TEST(Clerk, ACaseThatWasLeftWithSomebodyGoneIsTakenOrHealsItself) {
  SmallHouse house;
  const CaseId taken = house.open_case(), written = house.open_case();
  const ActorId owner = house.row(taken).state.owner;
  // As an earlier version left it: the record says so, and nothing followed.
  for (const ActorId id : {kAgentMarie, kAgentNoor}) {
    Person gone = *house.people().person(id);
    gone.active = false;
    ledger::Batch batch;
    batch.records.push_back({.record = to_record(gone)});
    ASSERT_TRUE(house.ledger().append(batch));
  }
  house.begin();
  ASSERT_EQ(house.row(taken).state.owner, owner);
  EXPECT_TRUE(house.act(kHead, taken, "take").ok());
  EXPECT_EQ(house.row(taken).state.owner, kHead);
  ASSERT_TRUE(house.act(kSellerAnn, written, "message", {{"body", "Anybody there?"}}).ok());
  EXPECT_FALSE(house.row(written).state.owner) << "nobody of the team is left";
  EXPECT_TRUE(house.act(kSupervisor, written, "assign", {{"to", std::to_string(kHead.value)}}).ok());
}

TEST(Clerk, NobodyIsGivenACaseWhoCannotSignIn) {
  SmallHouse house;
  change(house, kAgentMarie, [](Person& person) { person.password.clear(); });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(house.row(house.open_case()).state.owner, kAgentNoor);
  const CaseId opened = house.open_case();
  EXPECT_EQ(house.act(kSupervisor, opened, "assign", {{"to", std::to_string(kAgentMarie.value)}}).error,
            "to: cannot_sign_in");
  change(house, kAgentNoor, [](Person& person) { person.email.clear(); });
  EXPECT_FALSE(house.row(house.open_case()).state.owner);
}

TEST(Clerk, AMatterThatBeginsAtTheHeadGoesToTheHead) {
  SmallHouse house;
  Account shop = *house.people().account(kAnnsShop);
  shop.first_asked = {kAgentNoor};
  Errand errand;
  errand.records.push_back({.record = to_record(shop)});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const CaseId opened = house.open_case(kSellerAnn, "restriction");
  EXPECT_EQ(house.row(opened).state.level(), 1);
  EXPECT_EQ(house.row(opened).team, "heads");
  EXPECT_EQ(house.row(opened).state.owner, kHead);
}

/// A case decided by the only one of its team, and appealed.
CaseId appealed_case(SmallHouse& house) {
  change(house, kAgentMarie, [](Person& person) { person.absent_until = kNever; });
  const CaseId opened = house.open_case();
  EXPECT_EQ(house.row(opened).state.owner, kAgentNoor);
  house.refuse_and_appeal(kAgentNoor, opened);
  return opened;
}

TEST(Clerk, AnAppealThatNobodyOfItsTeamMayTakeGoesUp) {
  SmallHouse house;
  const CaseId opened = appealed_case(house);
  EXPECT_EQ(house.row(opened).state.phase(), Phase::under_appeal);
  EXPECT_EQ(house.row(opened).state.owner, kHead);
  EXPECT_EQ(house.file(opened).events.back().event.aux, static_cast<std::uint8_t>(AssignReason::appeal));
}

TEST(Clerk, AMediatorWritesOnlyWhileHeMediates) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  ASSERT_TRUE(house
                  .act(kSellerAnn, opened, "mediation",
                       {{"mediator", house.people().person(kMediatorLea)->name}, {"body", "Please."}})
                  .ok());
  ASSERT_TRUE(house.act(kMediatorLea, opened, "message", {{"body", "Good morning to both."}}).ok());
  ASSERT_TRUE(house.act(kMediatorLea, opened, "end-mediation", {{"outcome", "no_agreement"}}).ok());
  const Answer late = house.act(kMediatorLea, opened, "message", {{"body", "One more thing."}});
  EXPECT_EQ(late.kind, Answer::Kind::refused);
  EXPECT_EQ(late.refusal, Refusal::mediation_not_open);
  EXPECT_TRUE(may_see(*house.people().person(kMediatorLea), house.row(opened))) << "he may still read it";
}

}  // namespace
}  // namespace guichet::desk
