// Cases that an earlier version left with people who had gone are passed on when the desk starts, once.
#include <guichet/desk/left_behind.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include <guichet/core/names.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

/// As an earlier version left it: the record says so, and nothing followed.
void change_unnoticed(SmallHouse& house, ActorId id, const std::function<void(Person&)>& how) {
  Person person = *house.people().person(id);
  how(person);
  ledger::Batch batch;
  batch.records.push_back({.record = to_record(person)});
  ASSERT_TRUE(house.ledger().append(batch));
}

std::size_t pass_on(SmallHouse& house) {
  const auto count = pass_on_left_behind(house.reader(), house.people(), house.clerk());
  EXPECT_TRUE(count);
  EXPECT_TRUE(house.clerk().run({}).ok()) << "what was asked for before is done";
  return count ? *count : 0;
}

const Event& last_event(const ledger::CaseFile& file) { return file.events.back().event; }

TEST(LeftBehind, CasesOfThoseWhoAreGoneGoToWhoIsThere) {
  SmallHouse house;
  change_unnoticed(house, kAgentNoor, [](Person& person) { person.absent_until = kNever; });
  house.begin();
  const CaseId opened = house.open_case(), closed = house.open_case(), second = house.open_case(kSellerBob);
  ASSERT_EQ(house.row(opened).state.owner, kAgentMarie);
  ASSERT_TRUE(house.act(kSellerAnn, closed, "close").ok());
  change_unnoticed(house, kAgentNoor, [](Person& person) { person.absent_until.reset(); });
  change_unnoticed(house, kAgentMarie, [](Person& person) { person.active = false; });
  house.begin();
  ASSERT_EQ(house.row(opened).state.owner, kAgentMarie) << "nothing is passed on unasked";
  const ledger::Reach before = *house.reader().reach();

  EXPECT_EQ(pass_on(house), 2U);
  for (const CaseId id : {opened, second}) {
    EXPECT_EQ(house.row(id).state.owner, kAgentNoor);
    EXPECT_EQ(last_event(house.file(id)).kind, EventKind::assigned);
    EXPECT_EQ(last_event(house.file(id)).aux, static_cast<std::uint8_t>(AssignReason::left)) << "the cause is told";
    EXPECT_EQ(last_event(house.file(id)).party, Party::clock);
    EXPECT_EQ(house.file(id).acts.back().channel, ledger::Channel::clock);
  }
  EXPECT_EQ(house.row(closed).state.owner, kAgentMarie) << "a closed case is history";
  EXPECT_EQ(house.reader().reach()->act, before.act + 2);
  const auto wrong = house.ledger().check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty());

  EXPECT_EQ(pass_on(house), 0U) << "a second start finds none";
  EXPECT_EQ(house.reader().reach()->act, before.act + 2);
}

TEST(LeftBehind, WhereNobodyIsLeftACaseIsNobodys) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  for (const ActorId id : {kAgentMarie, kAgentNoor})
    change_unnoticed(house, id, [](Person& person) { person.role = Role::auditor; });
  house.begin();
  EXPECT_EQ(pass_on(house), 1U);
  EXPECT_FALSE(house.row(opened).state.owner);
  EXPECT_EQ(pass_on(house), 0U);
}

TEST(LeftBehind, AHandOffToSomebodyWhoIsGoneLapses) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  const ActorId owner = house.row(opened).state.owner;
  ASSERT_TRUE(house
                  .act(owner, opened, "hand-off",
                       {{"to", std::to_string(kHead.value)},
                        {"reason", "workload"},
                        {"summary", "A payout is missing."},
                        {"questions_listed", "yes"}})
                  .ok())
      << house.fault().field << " " << house.fault().fault;
  change_unnoticed(house, kHead, [](Person& person) { person.password.clear(); });
  house.begin();
  EXPECT_EQ(pass_on(house), 1U);
  EXPECT_FALSE(house.row(opened).state.hand_off_pending());
  EXPECT_EQ(house.row(opened).state.owner, owner);
  EXPECT_EQ(pass_on(house), 0U);
}

TEST(LeftBehind, TheDeskDoesSoWhenItStarts) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("guichet-left-" + std::to_string(::getpid()) + ".db")).string();
  const auto remove = [&] {
    for (const char* end : {"", "-wal", "-shm", "-lock", ".key"}) std::filesystem::remove(path + end);
  };
  remove();
  const auto opened_again = [&] {
    auto opened = open_ledger({.path = path, .mode = ledger::Opening::Mode::create_or_open, .key = {}});
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(*opened);
  };
  CaseId waiting;
  ActorId owner;
  {
    SmallHouse house("guichet-unique", opened_again());
    waiting = house.open_case();
    owner = house.row(waiting).state.owner;
    change_unnoticed(house, owner, [](Person& person) { person.active = false; });
  }
  for (int start = 0; start < 2; ++start) {
    OpenedLedger opened = opened_again();
    auto desk =
        Desk::open(std::move(opened.ledger), opened.procedures, std::make_shared<HandClock>(kMonday), nullptr, {});
    ASSERT_TRUE(desk) << desk.error().detail;
    Shared& shared = (*desk)->shared();
    ASSERT_TRUE(shared.clerk->run({}).ok());
    const auto reader = shared.ledger->reader();
    const auto row = (*reader)->row(waiting);
    EXPECT_NE((*row)->state.owner, owner);
    EXPECT_TRUE((*row)->state.owner);
    EXPECT_EQ(shared.clerk->counts().events, start == 0 ? 1U : 0U) << "once";
  }
  remove();
}

}  // namespace
}  // namespace guichet::desk
