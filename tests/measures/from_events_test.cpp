#include <guichet/measures/from_events.hpp>

#include <array>

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

// --- a whole ledger ---

TEST(FromEvents, ALedgerNamesOnlyWhoDidSomething) {
  EventHistories histories({});
  Story story;
  story.at(0, EventKind::opened, Party::seller, ActorId{4'000'000'000U}, 100, 3)
      .at(1, EventKind::message_sent, Party::desk, ActorId{3'999'999'999U}, 12, kTurnPasses);
  const CaseHistory history = histories.of(story.events(), 3'000'000'000U);
  EXPECT_EQ(history.facts.name, "1");
  EXPECT_EQ(history.facts.seller, 1U);
  EXPECT_EQ(history.moments[1].person, 2U);
  EXPECT_EQ(histories.names().persons, (std::vector<std::string>{"4000000000", "3999999999"}));
  EXPECT_EQ(histories.names().sellers, std::vector<std::string>{"3000000000"});
  EXPECT_EQ(histories.names().teams, std::vector<std::string>{"level 0"});
  EXPECT_EQ(histories.names().matters, std::vector<std::string>{"matter 3"});
}

TEST(FromEvents, ALedgerIsMeasuredAsItsCasesAre) {
  std::vector<Moment> room;
  Tally by_hand, by_ledger;
  EventHistories histories({});
  const Story story = a_case();
  by_hand.fold(history_of(story.events(), room));
  by_ledger.fold(histories.of(story.events(), 12));
  const Findings one = by_hand.findings(event_vocabulary(kSeller)), other = by_ledger.findings(histories.names());
  ASSERT_EQ(one.figures.size(), other.figures.size());
  for (std::size_t i = 0; i < one.figures.size(); ++i) {
    ASSERT_EQ(one.figures[i].stats.size(), other.figures[i].stats.size());
    for (std::size_t k = 0; k < one.figures[i].stats.size(); ++k)
      EXPECT_DOUBLE_EQ(one.figures[i].stats[k].value, other.figures[i].stats[k].value) << one.figures[i].stats[k].name;
    EXPECT_EQ(one.figures[i].rows.size(), other.figures[i].rows.size());
  }
}

TEST(FromEvents, MembersOfOneAccountAreOneSeller) {
  // Two persons of the account open one case each; the second comes soon after the first was closed undecided.
  const auto restarts = [](std::uint32_t second_account) {
    Tally tally;
    EventHistories histories({});
    tally.fold(histories.of(Story{}
                                .at(0, EventKind::opened, Party::seller, ActorId{7}, 0, 2)
                                .at(5, EventKind::closed, Party::desk, kMarie)
                                .events(),
                            40));
    tally.fold(
        histories.of(Story{}.at(20, EventKind::opened, Party::seller, ActorId{8}, 0, 2).events(), second_account));
    tally.can_say(kEventsSay);
    return number(tally.findings(histories.names()), MeasureId::restarts, "cases");
  };
  EXPECT_DOUBLE_EQ(restarts(40), 1);
  EXPECT_DOUBLE_EQ(restarts(41), 0);
}

/// Events as an import writes them: what the log said stands beside each.
class Imported {
 public:
  Imported& add(const Moment& moment, const std::string& activity, const std::string& status = {}) {
    Event event;
    event.at = moment.at;
    event.case_id = CaseId{1};
    event.actor = ActorId{moment.person == 0 ? 0 : 1'000 + moment.person};
    event.version = Version{static_cast<std::uint32_t>(events_.size()) + 1};
    event.kind = EventKind::none;
    event.party = moment.party;
    event.text = TextId{static_cast<std::uint32_t>(said_.size()) + 1};
    events_.push_back(event);
    Logged said;
    said.activity = activity;
    said.status = status;
    said.words = moment.words;
    said.kind = moment.kind;
    said.party = moment.party;
    said.turn = moment.turn;
    said.flags = moment.flags;
    said_.push_back(said);
    return *this;
  }
  Logged& last() { return said_.back(); }
  Event& last_event() { return events_.back(); }
  const std::vector<Event>& events() const { return events_; }
  Naming naming() const {
    Naming naming;
    naming.logged = [this](TextId text) { return text.value > said_.size() ? nullptr : &said_[text.value - 1]; };
    naming.level = [](const CaseState& state) { return "team of " + std::to_string(state.level()); };
    return naming;
  }

 private:
  std::vector<Event> events_;
  std::vector<Logged> said_;
};

TEST(FromEvents, ImportedMomentsAreGivenAsTheirLogHadThem) {
  // Persons 1 and 2, as in the log; two activities, closed by a mark.
  Moment first = moment(0, 1, 1), second = moment(5, 2, 2), third = moment(9, 1, 1);
  first.turn = Turn::desk;
  first.party = Party::seller;
  second.kind = EventKind::message_sent;
  second.party = Party::desk;
  second.turn = Turn::seller;
  second.words = 42;
  third.party = Party::desk;
  third.flags = kMomentCloses | kMomentSystem;
  Imported imported;
  Moment opened = first;
  opened.kind = EventKind::opened;
  imported.add(opened, "");
  imported.last().added = imported.last().of_case = true;
  imported.last().matter = "parcels";
  imported.last().predecessor = 9;
  imported.last().deadline = kStart + Duration{kHour * 7};
  imported.last_event().kind = EventKind::opened;
  imported.last_event().detail = 500;
  imported.add(first, "ask", "new").add(second, "reply", "waiting").add(third, "ask", "new");

  EventHistories histories(imported.naming());
  const CaseHistory history = histories.of(imported.events(), 77);
  ASSERT_EQ(history.moments.size(), 3U);  // what the import added is no moment of the log
  const std::array expected{first, second, third};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Moment one = history.moments[i];
    EXPECT_EQ(Vocabulary::name(histories.names().activities, one.activity), i == 1 ? "reply" : "ask");
    EXPECT_EQ(Vocabulary::name(histories.names().statuses, one.status), i == 1 ? "waiting" : "new");
    one.activity = expected[i].activity;
    one.status = expected[i].status;
    EXPECT_EQ(one, expected[i]) << i;
  }
  EXPECT_EQ(Vocabulary::name(histories.names().matters, history.facts.matter), "parcels");
  EXPECT_EQ(history.facts.predecessor, CaseId{9});
  EXPECT_EQ(history.facts.amount_cents, -1) << "the log did not say an amount";
  EXPECT_EQ(history.facts.deadline, kStart + Duration{kHour * 7});
  EXPECT_EQ(histories.names().sellers, std::vector<std::string>{"77"});
}

TEST(FromEvents, AnImportedCaseThatGoesOnHereIsOneHistory) {
  Imported imported;
  imported.add(moment(0, 1, 1), "ask");
  imported.last().of_case = true;
  imported.last().matter = "parcels";
  EventHistories histories(imported.naming());
  std::vector<Event> events = imported.events();
  const Story story = Story{}.at(30, EventKind::message_sent, Party::desk, kMarie, 12, kTurnPasses);
  events.push_back(story.events().front());
  events.back().text = TextId{900};  // words, not a log's
  const CaseHistory history = histories.of(events, 77);
  ASSERT_EQ(history.moments.size(), 2U);
  EXPECT_EQ(Vocabulary::name(histories.names().activities, history.moments[0].activity), "ask");
  EXPECT_EQ(Vocabulary::name(histories.names().activities, history.moments[1].activity), "message_sent");
  EXPECT_EQ(Vocabulary::name(histories.names().teams, history.moments[1].team), "team of 0");
  EXPECT_EQ(Vocabulary::name(histories.names().matters, history.facts.matter), "parcels");
}

TEST(FromEvents, TooManyNamesAreNotToldApart) {
  Logged said;
  Naming naming;
  naming.logged = [&said](TextId text) {
    said.activity = "step " + std::to_string(text.value);
    return &said;
  };
  EventHistories histories(naming);
  Story story;
  for (std::uint32_t i = 0; i < 110'000; ++i) story.at(i, EventKind::none, Party::desk, kMarie);
  std::vector<Event> events = story.events();
  for (std::uint32_t i = 0; i < events.size(); ++i) events[i].text = TextId{i + 1};
  const CaseHistory history = histories.of(events, 0);
  EXPECT_EQ(Vocabulary::name(histories.names().activities, history.moments.front().activity), "step 1");
  EXPECT_EQ(history.moments.back().activity, 0U);
  EXPECT_LE(histories.names().activities.size(), 100'000U);
}

}  // namespace
}  // namespace guichet::measures
