#include <guichet/measures/from_events.hpp>

#include <gtest/gtest.h>

#include <guichet/core/words.hpp>

#include "log_of.hpp"

namespace guichet::measures {
namespace {

using namespace testing;

constexpr ActorId kSeller{7}, kMarie{1}, kPaul{2};

/// Events of one case, numbered as they come.
class Story {
 public:
  Story& at(double hours, EventKind kind, Party party, ActorId actor, std::uint32_t detail = 0, std::uint8_t aux = 0) {
    Event event;
    event.at = kStart + Duration{static_cast<std::int64_t>(hours * 3'600'000)};
    event.case_id = CaseId{1};
    event.actor = actor;
    event.detail = detail;
    event.version = Version{static_cast<std::uint32_t>(events_.size()) + 1};
    event.kind = kind;
    event.party = party;
    event.aux = aux;
    events_.push_back(event);
    return *this;
  }
  const std::vector<Event>& events() const { return events_; }

 private:
  std::vector<Event> events_;
};

Story a_case() {
  Story story;
  story.at(0, EventKind::opened, Party::seller, kSeller, 869'936, 3)
      .at(0, EventKind::question_asked, Party::seller, kSeller, 0b111)
      .at(1, EventKind::assigned, Party::clock, ActorId{}, kMarie.value)
      .at(10, EventKind::message_sent, Party::desk, kMarie, 120, kTurnPasses)
      .at(10, EventKind::question_answered, Party::desk, kMarie, 0b001)
      .at(14, EventKind::message_sent, Party::seller, kSeller, 80, kTurnPasses)
      .at(20, EventKind::message_sent, Party::desk, kPaul, 50, kTurnPasses)
      .at(22, EventKind::cost_noted, Party::seller, kSeller, 4'000, static_cast<std::uint8_t>(CostKind::letter))
      .at(30, EventKind::decided, Party::desk, kPaul, 0, static_cast<std::uint8_t>(Decided::refused))
      .at(40, EventKind::appealed, Party::seller, kSeller)
      .at(50, EventKind::decided, Party::desk, kMarie, 0, static_cast<std::uint8_t>(Decided::granted))
      .at(60, EventKind::closed, Party::desk, kMarie, 0, static_cast<std::uint8_t>(Ground::decision));
  return story;
}

TEST(FromEvents, KeepsWhatTheEventsSay) {
  std::vector<Moment> room;
  const Story story = a_case();
  const CaseHistory history = history_of(story.events(), room);
  ASSERT_EQ(history.moments.size(), story.events().size());
  EXPECT_EQ(history.facts.seller, kSeller.value);
  EXPECT_EQ(history.facts.amount_cents, 869'936);
  EXPECT_EQ(history.facts.matter, 4U);
  EXPECT_EQ(history.moments[1].words, 3U) << "three questions";
  EXPECT_EQ(history.moments[3].words, 120U);
  EXPECT_EQ(history.moments[3].turn, Turn::seller);
  EXPECT_EQ(history.moments[2].flags & kMomentSystem, kMomentSystem);
  EXPECT_NE(history.moments[8].activity, history.moments[10].activity) << "decisions differ by outcome";
}

TEST(FromEvents, AWholeCaseIsMeasuredAsByHand) {
  std::vector<Moment> room;
  Tally tally;
  tally.fold(history_of(a_case().events(), room));
  const Findings findings = tally.findings(event_vocabulary(kSeller));
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cycle_time, "p50"), 60 * 3'600);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_met, "max"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_who_wrote, "max"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::hand_offs, "total"), 2);  // Marie, Paul, Marie
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::bounces, "total"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::answer_completeness, "share"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::appealed, "cases"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::reversal, "share"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::closings_without_decision, "cases"), 0);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cost, "total"), 4'000);
  // The desk's move from 0 to 10, 14 to 20 and 40 to 50; the seller's from 10 to 14 and 20 to 30.
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::whose_court, "desk", "hours"), 26);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::whose_court, "seller", "hours"), 14);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::reach, "decision", "p50"), 30 * 3'600);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::by_person, "1", "events"), 4);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_status, "under_appeal, desk", "hours"), 10);
}

TEST(FromEvents, EveryNumberHasAName) {
  const Vocabulary names = event_vocabulary(kSeller);
  std::vector<Moment> room;
  for (const Moment& one : history_of(a_case().events(), room).moments) {
    EXPECT_FALSE(Vocabulary::name(names.activities, one.activity).empty());
    EXPECT_FALSE(Vocabulary::name(names.statuses, one.status).empty());
    EXPECT_EQ(Vocabulary::name(names.teams, one.team).empty(), one.team == 0);
  }
}

}  // namespace
}  // namespace guichet::measures
