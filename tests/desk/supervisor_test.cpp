#include <guichet/desk/pages/board.hpp>

#include <gtest/gtest.h>

#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

Board board_of(SmallHouse& house) {
  auto board = guichet::desk::board_of(house.reader(), house.people(),
                                       house.procedures().at(house.clock().now()).file.teams, house.clock().now());
  EXPECT_TRUE(board) << (board ? "" : board.error().detail);
  return std::move(*board);
}

const TileFigure& tile(const Board& board, Tile which) { return board.tiles[static_cast<std::size_t>(which)]; }

TEST(Board, OfAnEmptyDeskIsAllZero) {
  SmallHouse house;
  const Board board = board_of(house);
  for (const TileFigure& figure : board.tiles) {
    EXPECT_EQ(figure.count, 0U);
    EXPECT_FALSE(figure.p90);
  }
  EXPECT_TRUE(board.clocks.empty());
  EXPECT_TRUE(board.stranded().empty());
  EXPECT_FALSE(board.answers.speed_p50_ms);
}

TEST(Board, CountsPromisesThatBreakWithinADay) {
  SmallHouse house;
  const CaseId case_id = house.open_case();
  EXPECT_EQ(tile(board_of(house), Tile::at_risk).count, 0U) << "two working days are left";
  house.clock().set(house.row(case_id).desk_due - 23h);
  const Board board = board_of(house);
  EXPECT_EQ(tile(board, Tile::at_risk).count, 1U);
  EXPECT_EQ(tile(board, Tile::at_risk).of, 1U);
  EXPECT_EQ(tile(board, Tile::at_risk).sampled, 1U);
  EXPECT_TRUE(tile(board, Tile::at_risk).p90);
  EXPECT_EQ(tile(board, Tile::at_risk).this_week, 0U) << "none has run out";

  house.pass_until(house.row(case_id).desk_due + 1min);
  EXPECT_EQ(tile(board_of(house), Tile::at_risk).this_week, 1U);
  house.clock().advance(24h * 8);
  EXPECT_EQ(tile(board_of(house), Tile::at_risk).this_week, 0U);
  EXPECT_EQ(tile(board_of(house), Tile::at_risk).last_week, 1U) << "a week later it is the week before";
}

TEST(Board, CountsHandOffsThatNobodyAccepted) {
  SmallHouse house;
  const CaseId case_id = house.open_case();
  const ActorId owner = house.row(case_id).state.owner;
  ASSERT_TRUE(owner);
  ASSERT_TRUE(house
                  .act(owner, case_id, "hand-off",
                       {{"to", std::to_string(kHead.value)},
                        {"reason", "speciality"},
                        {"summary", "Needs the head."},
                        {"questions", "When?"}})
                  .ok());
  house.clock().advance(90min);
  const Board board = board_of(house);
  EXPECT_EQ(tile(board, Tile::unaccepted).count, 1U);
  EXPECT_EQ(tile(board, Tile::unaccepted).p90, 90 * 60'000.0);
  ASSERT_TRUE(house.act(kHead, case_id, "refuse-hand-off", {{"body", "Not for me."}}).ok());
  EXPECT_EQ(tile(board_of(house), Tile::unaccepted).count, 0U);
  EXPECT_EQ(tile(board_of(house), Tile::unaccepted).this_week, 1U);
}

TEST(Board, AClosingThatTheSellerAgreedToIsNoClosingWithoutDecision) {
  SmallHouse house;
  const CaseId agreed = house.open_case();
  ASSERT_TRUE(house.act(kSellerAnn, agreed, "close").ok());
  const Board board = board_of(house);
  EXPECT_EQ(tile(board, Tile::without_decision).count, 0U);
  EXPECT_EQ(board.closings.whole, 1U);
  EXPECT_EQ(board.closings.part, 0U);
  EXPECT_EQ(board.closings.n, 1U);
}

TEST(Board, AClosingBySilenceIs) {
  SmallHouse house("next-available");
  const CaseId case_id = house.open_case(kSellerAnn, house.procedures().at(kMonday).file.matters.front().id);
  if (!house.row(case_id).state.owner) {
    ASSERT_TRUE(house.act(kAgentMarie, case_id, "take").ok());
  }
  ASSERT_TRUE(house
                  .act(house.row(case_id).state.owner, case_id, "message",
                       {{"answers", "0"}, {"body", "Which payout?"}, {"questions", "Which payout?"}})
                  .ok());
  house.pass_until(kMonday + 24h * 10);
  ASSERT_EQ(house.row(case_id).state.phase(), Phase::closed);
  const Board board = board_of(house);
  EXPECT_EQ(tile(board, Tile::without_decision).count, 1U);
  EXPECT_EQ(board.closings.part, 1U);
  EXPECT_EQ(board.closings.whole, 1U);
}

TEST(Board, SpeedNeverStandsWithoutWhatItCosts) {
  SmallHouse house;
  const CaseId case_id = house.open_case();
  const ActorId owner = house.row(case_id).state.owner;
  house.clock().advance(30min);
  ASSERT_TRUE(house.act(owner, case_id, "message", {{"body", "We look into it."}}).ok());
  Board board = board_of(house);
  EXPECT_EQ(board.answers.n, 1U);
  EXPECT_EQ(board.answers.speed_p50_ms, 30 * 60'000.0) << "quick";
  EXPECT_EQ(board.answers.part, 0U) << "and no answer to the question";
  EXPECT_EQ(board.answers.whole, 1U);
  ASSERT_TRUE(house.act(owner, case_id, "message", {{"answers", "0"}, {"body", "On Friday."}}).ok());
  EXPECT_EQ(board_of(house).answers.part, 1U);
  ASSERT_TRUE(house.act(kSellerAnn, case_id, "dispute", {{"answers", "0"}, {"body", "Which Friday?"}}).ok());
  board = board_of(house);
  EXPECT_EQ(board.answers.part, 0U) << "what does not answer is not answered";
  EXPECT_EQ(board.answers.whole, 1U);
}

TEST(Board, TellsOfTeamsWithCasesAndNobodyThere) {
  SmallHouse house;
  for (const ActorId id : {kAgentMarie, kAgentNoor}) {
    Person person = *house.people().person(id);
    person.absent_until = kNever;
    Errand errand;
    errand.records.push_back({.record = to_record(person)});
    ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  }
  const CaseId case_id = house.open_case();
  ASSERT_FALSE(house.row(case_id).state.owner) << "nobody could be given it";
  const Board board = board_of(house);
  const auto stranded = board.stranded();
  ASSERT_EQ(stranded.size(), 1U);
  EXPECT_EQ(stranded[0]->team, "accounts");
  EXPECT_EQ(stranded[0]->unowned, 1U);
  EXPECT_EQ(stranded[0]->present, 0U);

  Visiting visiting(house);
  const Response page = visiting.get(supervisor_routes(), kSupervisor, "/supervise");
  EXPECT_EQ(joined(faults_of(page.body)), "");
  EXPECT_NE(words_on(page.body).find("Nobody of team Accounts is here"), std::string::npos);
}

TEST(Board, TellsOfAppealsThatNobodyThereMayTake) {
  SmallHouse house;
  const auto change = [&](ActorId id, const std::function<void(Person&)>& how) {
    Person person = *house.people().person(id);
    how(person);
    Errand errand;
    errand.records.push_back({.record = to_record(person)});
    ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  };
  for (const ActorId id : {kAgentMarie, kHead, kDisputes})
    change(id, [](Person& person) { person.absent_until = kNever; });
  const CaseId case_id = house.open_case();
  house.refuse_and_appeal(kAgentNoor, case_id);
  ASSERT_FALSE(house.row(case_id).state.owner) << "only the first decider is there";
  const Board board = board_of(house);
  EXPECT_EQ(tile(board, Tile::without_owner).count, 1U);
  ASSERT_EQ(board.stranded().size(), 1U);
  EXPECT_EQ(board.stranded()[0]->locked, 1U);
  EXPECT_EQ(board.stranded()[0]->present, 1U);
  Visiting visiting(house);
  for (const formats::Language language : {formats::Language::en, formats::Language::fr})
    EXPECT_EQ(joined(faults_of(visiting.get(supervisor_routes(), kSupervisor, "/supervise", {}, language).body)), "");
  EXPECT_NE(words_on(visiting.get(supervisor_routes(), kSupervisor, "/supervise").body)
                .find("Nobody of team Accounts may take its appeal"),
            std::string::npos);

  // It is in the queue of those who may take it, and not offered to whoever may not.
  change(kHead, [](Person& person) { person.absent_until.reset(); });
  const std::string take = "/cases/" + std::to_string(case_id.value) + "/desk/take";
  const std::string of_the_head = visiting.get(agent_routes(), kHead, "/queue").body;
  EXPECT_EQ(joined(faults_of(of_the_head)), "");
  EXPECT_NE(of_the_head.find(take), std::string::npos);
  EXPECT_NE(words_on(of_the_head).find("Appeals that nobody of their team may take"), std::string::npos);
  EXPECT_EQ(visiting.get(agent_routes(), kAgentNoor, "/queue").body.find(take), std::string::npos);
  ASSERT_TRUE(house.act(kHead, case_id, "take").ok());
  EXPECT_EQ(tile(board_of(house), Tile::without_owner).count, 0U);
}

TEST(Supervisor, EveryTileLeadsToItsCases) {
  SmallHouse house;
  Visiting visiting(house);
  const CaseId case_id = house.open_case();
  house.clock().set(house.row(case_id).desk_due - 1h);
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    const Response board = visiting.get(supervisor_routes(), kSupervisor, "/supervise", {}, language);
    EXPECT_EQ(board.status, 200);
    EXPECT_EQ(joined(faults_of(board.body)), "");
    for (std::size_t i = 0; i < kTiles; ++i) {
      const std::string address = "/supervise/" + std::string(name(static_cast<Tile>(i)));
      EXPECT_NE(board.body.find("href=\"" + address + "\""), std::string::npos) << address;
      const Response list = visiting.get(supervisor_routes(), kSupervisor, address, {}, language);
      EXPECT_EQ(list.status, 200);
      EXPECT_EQ(joined(faults_of(list.body)), "") << address;
      EXPECT_EQ(list.body.find("/cases/" + std::to_string(case_id.value)) != std::string::npos, i == 0) << address;
    }
  }
  EXPECT_EQ(visiting.get(supervisor_routes(), kSupervisor, "/supervise/persons").status, 404);
}

TEST(Supervisor, NobodyIsRanked) {
  SmallHouse house;
  Visiting visiting(house);
  const CaseId case_id = house.open_case();
  const ActorId owner = house.row(case_id).state.owner;
  ASSERT_TRUE(house.act(owner, case_id, "message", {{"body", "We look into it."}}).ok());
  const std::string page = visiting.get(supervisor_routes(), kSupervisor, "/supervise").body;
  for (const ActorId agent : {kAgentMarie, kAgentNoor})
    EXPECT_EQ(words_on(page).find(house.people().person(agent)->name), std::string::npos);
}

}  // namespace
}  // namespace guichet::desk
