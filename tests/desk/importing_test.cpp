#include <string>

#include <gtest/gtest.h>

#include <guichet/desk/importing.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/desk/pages/board.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include "small_house.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

constexpr std::string_view kLog =
    "case,when,what,who,side\n"
    "A-1,2025-01-02T09:00:00Z,Received,,seller\n"
    "A-1,2025-01-02T11:00:00Z,Answered,Ines,desk\n"
    "A-1,2025-01-05T11:00:00Z,Closed,Ines,desk\n"
    "B-2,2025-01-03T09:00:00Z,Received,,seller\n"
    "B-2,2025-01-03T10:00:00Z,Answered,Hugo,desk\n";
constexpr std::string_view kMapping = R"(
[mapping]
name = "test"
[columns]
case = "case"
activity = "what"
time = "when"
person = "who"
[[meaning]]
activity = "Taken"
event = "assigned"
by = "desk"
)";

constexpr std::string_view kOwnedLog =
    "case,when,what,who\n"
    "C-3,2025-01-02T09:00:00Z,Received,\n"
    "C-3,2025-01-02T11:00:00Z,Taken,Ines\n"
    "D-4,2025-01-03T09:00:00Z,Received,\n";

/// Reads the log and imports it; gives what `finish` gave.
Result<Imported> import(SmallHouse& house, const std::string& digest, std::string_view log = kLog) {
  GUICHET_TRY(mapping, intake::read_mapping(kMapping, "test.toml"));
  GUICHET_TRY(importer, Importer::begin(house.ledger(), shelving(house.procedures()),
                                        {.name = "log.csv", .digest = digest, .said = {}}, house.clock().now()));
  Vocabulary names;
  intake::Reading reading;
  reading.mapping = mapping;
  reading.on_case = [&](const CaseHistory& history) { importer->add(history, names); };
  GUICHET_TRY(summary, intake::read_log(formats::ByteSource::of(log, "log.csv"), reading, names));
  return importer->finish(measures::Needs{measures::Need::persons});
}

TEST(Importing, AHistoryStandsInTheLedgerAsItWas) {
  SmallHouse house;
  const auto imported = import(house, "d1");
  ASSERT_TRUE(imported) << imported.error().detail;
  EXPECT_EQ(imported->cases, 2U);
  EXPECT_EQ(imported->persons, 2U);
  const ledger::CaseFile file = house.file(CaseId{1});
  EXPECT_EQ(file.row.subject, "A-1");
  ASSERT_EQ(file.events.size(), 4U) << "three moments, and that it was opened";
  EXPECT_EQ(file.events[0].event.kind, EventKind::opened);
  EXPECT_EQ(file.events[1].event.at, at_utc("2025-01-02T09:00:00Z"));
  EXPECT_EQ(file.row.opened, at_utc("2025-01-02T09:00:00Z"));
  EXPECT_EQ(file.row.next_tick, kNever) << "nothing of the past rings";
  const auto wrong = house.ledger().check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
  // Its people are known by name, and none of them can come in.
  house.begin();
  const auto ines = house.people().person(file.events[2].event.actor);
  ASSERT_NE(ines, nullptr);
  EXPECT_EQ(ines->name, "Ines");
  EXPECT_FALSE(ines->active);
}

TEST(Importing, TheSameLogIsNotTakenTwice) {
  SmallHouse house;
  ASSERT_TRUE(import(house, "d1"));
  const auto again = import(house, "d1");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::conflict);
  EXPECT_TRUE(import(house, "d2")) << "another log";
  EXPECT_EQ(house.reader().counts()->all, 4U);
}

TEST(Importing, TheDeskGoesOnBesideIt) {
  SmallHouse house;
  ASSERT_TRUE(import(house, "d1"));
  house.begin();
  const CaseId opened = house.open_case();
  EXPECT_EQ(opened.value, 3U);
  EXPECT_EQ(house.row(opened).team, "accounts");
  ledger::CaseQuery anns;
  anns.account = kAnnsShop;
  EXPECT_EQ(house.reader().cases(anns)->rows.size(), 1U) << "nobody's cases are not hers";
}

TEST(Importing, ACaseOfAnotherSystemIsAboutNoMatterOfOurs) {
  SmallHouse house;
  ASSERT_TRUE(import(house, "d1"));
  house.begin();
  Visiting visiting(house);
  const std::string ours =
      house.procedures().at(house.clock().now()).file.matters.front().title.in(formats::Language::en);
  const auto says = [](const Response& page, std::string_view words) {
    return page.body.find(words) != std::string::npos;
  };
  for (const ActorId who : {kAgentMarie, kAuditor}) {
    const Response page = visiting.get(case_routes(), who, "/cases/2");
    ASSERT_EQ(page.status, 200);
    EXPECT_TRUE(says(page, "B-2"));
    EXPECT_FALSE(says(page, ours)) << "the procedure's first matter, which nobody gave it";
    EXPECT_FALSE(says(page, "<dt>Matter</dt>"));
  }
  const Response list = visiting.get(case_routes(), kAuditor, "/cases");
  EXPECT_TRUE(says(list, "B-2"));
  EXPECT_FALSE(says(list, ours));
  ledger::CaseQuery first;
  first.matter = 0;
  EXPECT_EQ(house.reader().cases(first)->rows.size(), 0U);
  // One of our own says it in all these places.
  const std::string id = house.procedures().at(house.clock().now()).file.matters.front().id;
  const CaseId own = house.open_case(kSellerAnn, id);
  EXPECT_TRUE(says(visiting.get(case_routes(), kAgentMarie, "/cases/" + std::to_string(own.value)), ours));
  EXPECT_TRUE(says(visiting.get(case_routes(), kAuditor, "/cases"), ours));
  EXPECT_EQ(house.reader().cases(first)->rows.size(), 1U);
}

TEST(Importing, LivingCasesStandWhereSomebodyCanTakeThem) {
  SmallHouse house;
  ASSERT_TRUE(import(house, "d1", kOwnedLog));
  house.begin();
  const auto owner = house.people().person(house.row(CaseId{1}).state.owner);
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(owner->name, "Ines");
  const auto left = unattended(house.reader(), house.people(), house.clock().now());
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front().person->id, owner->id);
  EXPECT_EQ(left.front().cases, 1U);
  EXPECT_FALSE(left.front().works_here);

  Visiting visiting(house);
  const std::string number = std::to_string(owner->id.value);
  const Response board = visiting.get(supervisor_routes(), kSupervisor, "/supervise");
  EXPECT_NE(board.body.find("/queue?owner=" + number), std::string::npos);
  const auto lists = [&](const Response& page, std::string_view words) {
    return page.body.find(words) != std::string::npos;
  };
  const Response of_owner = visiting.get(agent_routes(), kSupervisor, "/queue", {{"owner", number}});
  EXPECT_TRUE(lists(of_owner, "C-3"));
  EXPECT_FALSE(lists(of_owner, "D-4"));
  // Whoever has no owner and no team is in everybody's list.
  const Response queue = visiting.get(agent_routes(), kAgentMarie, "/queue");
  EXPECT_TRUE(lists(queue, "D-4"));
  EXPECT_FALSE(lists(queue, "C-3"));

  ASSERT_TRUE(house.act(kSupervisor, CaseId{1}, "assign", {{"to", std::to_string(kAgentMarie.value)}}).ok());
  EXPECT_EQ(house.row(CaseId{1}).state.owner, kAgentMarie);
  EXPECT_TRUE(unattended(house.reader(), house.people(), house.clock().now()).empty());
  ASSERT_TRUE(house.act(kAgentNoor, CaseId{2}, "take").ok());
  EXPECT_FALSE(lists(visiting.get(agent_routes(), kAgentMarie, "/queue"), "D-4"));
}

TEST(Label, GoesBothWays) {
  dossier::Label label;
  label.activity = "Queued";
  label.status = "Waiting \"long\"";
  label.team = "V5";
  label.words = 12;
  label.kind = EventKind::message_sent;
  label.party = Party::desk;
  label.turn = Turn::seller;
  label.flags = kMomentSystem | kMomentCloses;
  label.added = true;
  label.deadline = at_utc("2026-01-01T00:00:00Z");
  const auto back = dossier::label_from_json(dossier::label_as_json(label));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, label);
  EXPECT_FALSE(dossier::label_from_json("[]"));
}

}  // namespace
}  // namespace guichet::desk
