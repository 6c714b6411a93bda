#include <string>

#include <gtest/gtest.h>

#include <guichet/desk/importing.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include "small_house.hpp"

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
)";

/// Reads the log and imports it; gives what `finish` gave.
Result<Imported> import(SmallHouse& house, const std::string& digest) {
  GUICHET_TRY(mapping, intake::read_mapping(kMapping, "test.toml"));
  GUICHET_TRY(importer, Importer::begin(house.ledger(), shelving(house.procedures()),
                                        {.name = "log.csv", .digest = digest, .said = {}}, house.clock().now()));
  Vocabulary names;
  intake::Reading reading;
  reading.mapping = mapping;
  reading.on_case = [&](const CaseHistory& history) { importer->add(history, names); };
  GUICHET_TRY(summary, intake::read_log(formats::ByteSource::of(kLog, "log.csv"), reading, names));
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
