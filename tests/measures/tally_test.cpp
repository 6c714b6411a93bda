#include <guichet/measures/tally.hpp>

#include <array>

#include <gtest/gtest.h>

#include <cmath>

#include <guichet/measures/from_events.hpp>

#include "log_of.hpp"

namespace guichet::measures {
namespace {

using namespace testing;

constexpr double kHourSeconds = 3'600;

/// Persons over one case, one hour apart; zero is nobody.
std::vector<Moment> persons(std::initializer_list<std::uint32_t> who) {
  std::vector<Moment> moments;
  for (const std::uint32_t person : who) moments.push_back(moment(static_cast<double>(moments.size()), 1, person));
  return moments;
}

TEST(Tally, OfNothingComesToNothing) {
  const Findings findings = Tally{}.findings({});
  EXPECT_EQ(findings.cases, 0U);
  EXPECT_FALSE(findings.from.has_value());
  EXPECT_TRUE(findings.closing_rules.empty());
}

TEST(Tally, CountsCasesEventsAndTimes) {
  Tally tally;
  fold(tally, {moment(0, 1), moment(1, 2), moment(5, 3)});
  fold(tally, {moment(2, 1), moment(3, 3)});
  fold(tally, {moment(9, 1)});
  const Findings findings = tally.findings(names());
  EXPECT_EQ(findings.cases, 3U);
  EXPECT_EQ(findings.events, 6U);
  EXPECT_EQ(findings.activities, 3U);
  EXPECT_EQ(findings.from, kStart);
  EXPECT_EQ(findings.to, kStart + 9 * kHour);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cycle_time, "mean"), 2 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cycle_time, "p50"), 1 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cycle_time, "p90"), 4.2 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cycle_time, "max"), 5 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cycle_time, "total"), 6 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::cases_zero_duration, "cases"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::variants, "total"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::activity_transition_pairs, "total"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::activity_counts, "a1", "events"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_activity, "a2", "hours"), 4);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_activity, "a3", "hours"), 0);
}

TEST(Tally, DropsPersonsWhoAreNotSaidBeforeLookingForHandOffs) {
  Tally tally;
  fold(tally, persons({1, 0, 2, 2, 1, 3}));  // 1-2, 2-1, 1-3; only the last two are next to each other
  fold(tally, persons({1, 1}));
  fold(tally, persons({0, 0}));
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::persons, "total"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::events_without_person, "total"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::events_without_person, "cases_with_none"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_met, "mean"), 4.0 / 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_met, "max"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_met, "cases"), 1);
  EXPECT_EQ(findings.figure(MeasureId::agents_met)->unknown, 1U);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::hand_offs, "total"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::hand_offs, "share"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::adjacent_hand_offs, "total"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::bounces, "total"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::returns, "cases"), 1);
  // Neighbours: four in the first case, one of them the same person twice; one in the second.
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::continuity, "share"), 2.0 / 5);
}

TEST(Tally, CountsABounceForEachReturnNextToItself) {
  Tally tally;
  fold(tally, persons({1, 2, 1, 2, 3, 1}));  // 1-2-1 and 2-1-2; 3-1 is a return, no bounce
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::bounces, "total"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::returns, "cases"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::hand_offs, "total"), 5);
}

TEST(Tally, LeavesTheSellerOutOfTheDesk) {
  Tally tally;
  fold(tally, {event(0, EventKind::opened, Party::seller, Turn::desk, 5),
               event(1, EventKind::message_sent, Party::desk, Turn::seller, 1),
               event(2, EventKind::message_sent, Party::seller, Turn::desk, 5),
               event(3, EventKind::note_made, Party::desk, Turn::desk, 2),
               event(4, EventKind::message_sent, Party::desk, Turn::seller, 1)});
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_met, "max"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_who_wrote, "max"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::bounces, "total"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::by_person, "p5", "events"), -1) << "the seller is no agent";
}

TEST(Tally, CountsMachinesApart) {
  Tally tally;
  std::vector<Moment> moments = persons({1, 2});
  moments[1].flags = kMomentSystem;
  fold(tally, moments);
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::agents_met, "max"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::people_met, "max"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::by_person, "p2", "machine"), 1);
}

TEST(Tally, BooksTimeOnTheEarlierStatusAndTeam) {
  std::vector<Moment> moments{moment(0, 1), moment(2, 1), moment(3, 1), moment(10, 1)};
  const std::array<std::uint32_t, 4> statuses{1, 2, 1, 3}, teams{1, 1, 2, 1};
  for (std::size_t i = 0; i < moments.size(); ++i) {
    moments[i].status = statuses[i];
    moments[i].team = teams[i];
  }
  Tally tally;
  fold(tally, moments);
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_status, "s1", "hours"), 9);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_status, "s1", "share"), 0.9);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_status, "s2", "hours"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::time_in_status, "s3", "events"), 1);
  EXPECT_EQ(findings.figure(MeasureId::time_in_status)->rows.front().label, "s1") << "the largest sink comes first";
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::team_bounces, "total"), 1);
  // Team 1 had it for three hours and then for none; team 2 for seven.
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::by_team, "t1", "stays"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::by_team, "t1", "stay_p50_seconds"), 1.5 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::by_team, "t2", "stay_p50_seconds"), 7 * kHourSeconds);
}

TEST(Tally, SaysWhoWasWaitedForAndHowLongAtMost) {
  Tally tally;
  fold(tally, {event(0, EventKind::opened, Party::seller, Turn::desk),
               event(4, EventKind::note_made, Party::desk, Turn::desk, 1),  // the silence goes on
               event(16, EventKind::message_sent, Party::desk, Turn::seller, 1),
               event(18, EventKind::message_sent, Party::seller, Turn::desk),
               event(20, EventKind::message_sent, Party::desk, Turn::seller, 1)});
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::whose_court, "desk", "hours"), 18);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::whose_court, "desk", "share"), 0.9);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::whose_court, "seller", "hours"), 2);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::silence_asymmetry, "longest_ratio"), 3);  // 16 h against 2 h
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::silence_asymmetry, "p50"), 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::silence_asymmetry, "longest_desk_silence", "max"), 16 * kHourSeconds);
}

TEST(Tally, TellsDecidedClosingsFromTheOthers) {
  const auto closed_by = [](Party party) { return event(9, EventKind::closed, party, Turn::nobody, 1); };
  const Moment opened = event(0, EventKind::opened, Party::seller, Turn::desk);
  Tally tally;
  fold(tally, {opened, closed_by(Party::desk)});
  fold(tally, {opened, event(5, EventKind::decided, Party::desk, Turn::nobody, 1), closed_by(Party::desk)});
  fold(tally, {opened, closed_by(Party::seller)});
  fold(tally, {opened, event(5, EventKind::resolution_accepted, Party::seller, Turn::desk), closed_by(Party::desk)});
  fold(tally, {opened});
  const Findings findings = tally.findings(names());
  EXPECT_EQ(findings.figure(MeasureId::closings_without_decision)->n, 4U);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::closings_without_decision, "cases"), 1);
  EXPECT_EQ(findings.figure(MeasureId::closings_without_decision)->unknown, 1U);
}

TEST(Tally, SaysWhatIsMissingInsteadOfGuessing) {
  Tally tally;
  fold(tally, {moment(0, 1), event(1, EventKind::closed, Party::desk, Turn::nobody)});
  const Findings findings = tally.findings(names());
  EXPECT_TRUE(missing(findings, MeasureId::hand_offs, Need::persons));
  EXPECT_TRUE(missing(findings, MeasureId::closings_without_decision, Need::decisions));
  EXPECT_FALSE(missing(findings, MeasureId::closings_without_decision, Need::closings));
  EXPECT_TRUE(missing(findings, MeasureId::re_explanation, Need::texts));
  EXPECT_EQ(findings.figures.size() + findings.not_computed.size(), kMeasures) << "each measure is there, once";
}

TEST(Tally, WhatDidNotHappenIsZeroAndWhatCannotBeKnownIsLeftOut) {
  Tally tally;
  fold(tally, {moment(0, 1), moment(1, 2)});
  EXPECT_TRUE(missing(tally.findings(names()), MeasureId::abandonment, Need::abandonments));
  tally.can_say(Needs{Need::abandonments, Need::reopenings, Need::closings, Need::decisions, Need::teams});
  const Findings findings = tally.findings(names());
  for (const MeasureId id : {MeasureId::abandonment, MeasureId::reopened}) {
    ASSERT_NE(findings.figure(id), nullptr) << measure(id).name;
    EXPECT_EQ(findings.figure(id)->n, 1U) << measure(id).name;
    EXPECT_DOUBLE_EQ(number(findings, id, "share"), 0) << measure(id).name;
  }
  ASSERT_NE(findings.figure(MeasureId::closings_without_decision), nullptr);
  EXPECT_EQ(findings.figure(MeasureId::closings_without_decision)->n, 0U);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::teams_met, "max"), 0) << "a column that is always empty";
  EXPECT_TRUE(missing(findings, MeasureId::agents_met, Need::persons));

  // Everything that events could say, of a case in which nothing of it happened.
  tally.can_say(kEventsSay);
  for (const NotComputed& left : tally.findings(names()).not_computed)
    EXPECT_TRUE(left.missing.has(Need::texts) || left.missing.has(Need::forecasts)) << measure(left.id).name;
  for (const Figure& figure : tally.findings(names()).figures) {
    for (const Stat& stat : figure.stats) EXPECT_TRUE(std::isfinite(stat.value)) << measure(figure.id).name;
    for (const Row& row : figure.rows)
      for (const Stat& stat : row.stats) EXPECT_TRUE(std::isfinite(stat.value)) << measure(figure.id).name;
  }
}

TEST(Tally, FindsRestartsOfOneSellerOnOneMatter) {
  const auto one = [](double hours, bool decided) {
    std::vector<Moment> moments{event(hours, EventKind::opened, Party::seller, Turn::desk)};
    if (decided) moments.push_back(event(hours + 1, EventKind::decided, Party::desk, Turn::nobody, 1));
    moments.push_back(event(hours + 2, EventKind::closed, Party::desk, Turn::nobody, 1));
    return moments;
  };
  CaseFacts facts;
  facts.seller = 1;
  facts.matter = 1;
  Tally tally;
  fold(tally, one(0, false), facts);
  fold(tally, one(59 * 24, false), facts);  // 59 days later: again
  fold(tally, one(130 * 24, true), facts);  // 71 days after that: not
  fold(tally, one(131 * 24, true), facts);  // after a decision: not
  facts.matter = 2;
  fold(tally, one(10, false), facts);  // another matter
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::restarts, "cases"), 1);
  EXPECT_EQ(findings.figure(MeasureId::restarts)->n, 5U);
}

TEST(Tally, CallsACaseAbandonedWhenTheDeskHadTheLastWord) {
  const Moment opened = event(0, EventKind::opened, Party::seller, Turn::desk);
  const Moment question = event(5, EventKind::message_sent, Party::desk, Turn::seller, 1);
  const Moment closed = event(60, EventKind::closed, Party::desk, Turn::nobody);
  Tally tally;
  fold(tally, {opened, question, closed});
  fold(tally, {opened, question, event(9, EventKind::message_sent, Party::seller, Turn::desk), closed});
  fold(tally, {opened, question, event(50, EventKind::decided, Party::desk, Turn::nobody, 1), closed});
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::abandonment, "cases"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::survival, "1", "share"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::survival, "2", "share"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::survival, "1", "abandoned"), 1);
}

TEST(Tally, KeepsToTheMappingsMarks) {
  std::vector<Moment> moments{moment(0, 1), moment(1, 2), moment(2, 1), moment(3, 3)};
  moments[1].flags = kMomentResolves;
  moments[2].flags = kMomentReopens;
  moments[3].flags = kMomentCloses | kMomentAbandons;
  Tally tally;
  fold(tally, moments);
  fold(tally, {moment(0, 1), moment(1, 2)});
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::reopened, "cases"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::reopened, "share"), 0.5);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::reopened, "cases_resolved"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::abandonment, "cases"), 1);
}

TEST(Tally, CountsPromisesByDeadlineAndClock) {
  CaseFacts facts;
  facts.deadline = kStart + 10 * kHour;
  Tally tally;
  fold(tally, {moment(0, 1), event(9, EventKind::closed, Party::desk, Turn::nobody)}, facts);
  fold(tally, {moment(0, 1), event(14, EventKind::closed, Party::desk, Turn::nobody)}, facts);
  fold(tally, {moment(0, 1), event(1, EventKind::clock_started, Party::clock, Turn::desk),
               event(2, EventKind::went_overdue, Party::clock, Turn::desk)});
  const Findings findings = tally.findings(names());
  EXPECT_EQ(findings.figure(MeasureId::promise_kept)->n, 3U);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::promise_kept, "share"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::promise_kept, "late_p50_seconds"), 4 * kHourSeconds);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::promise_kept, "clocks", "kept"), 0);
}

TEST(Tally, CountsReversalsAmongCasesDecidedAgain) {
  const auto decided = [](double hours, std::uint32_t outcome) {
    Moment one = event(hours, EventKind::decided, Party::desk, Turn::nobody, 1);
    one.activity = outcome;
    return one;
  };
  const Moment appealed = event(2, EventKind::appealed, Party::seller, Turn::desk);
  Tally tally;
  fold(tally, {decided(1, 50), appealed, decided(3, 51)});
  fold(tally, {decided(1, 50), appealed, decided(3, 50)});
  fold(tally, {decided(1, 50), appealed});
  fold(tally, {decided(1, 50), decided(2, 51)});  // nobody asked
  const Findings findings = tally.findings(names());
  EXPECT_EQ(findings.figure(MeasureId::reversal)->n, 2U);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::reversal, "share"), 0.5);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::appealed, "cases"), 3);
}

TEST(Tally, ComparesAdverseMeasuresAfterAnOfferWithOtherDays) {
  CaseFacts facts;
  facts.seller = 1;
  Tally tally;
  fold(tally,
       {event(0, EventKind::message_sent, Party::seller, Turn::desk),
        event(24 * 50, EventKind::offer_refused, Party::seller, Turn::desk),
        event(24 * 53, EventKind::restriction_announced, Party::desk, Turn::desk, 1),
        event(24 * 90, EventKind::restriction_announced, Party::desk, Turn::desk, 1),
        event(24 * 100, EventKind::message_sent, Party::seller, Turn::desk)},
       facts);
  const Findings findings = tally.findings(names());
  EXPECT_EQ(findings.figure(MeasureId::adverse_after)->n, 2U);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::adverse_after, "within_7_days", "n"), 1);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::adverse_after, "within_90_days", "n"), 2);
  // One in seven days against one in ninety-three.
  EXPECT_NEAR(number(findings, MeasureId::adverse_after, "within_7_days", "rate_ratio"), 93.0 / 7, 1e-9);
}

TEST(Tally, CountsAnswersThatWereNotDisputed) {
  const auto questions = [](double hours, EventKind kind, Party party, std::uint32_t count) {
    Moment one = event(hours, kind, party, Turn::desk);
    one.words = count;
    return one;
  };
  Tally tally;
  fold(tally, {questions(0, EventKind::question_asked, Party::seller, 4),
               questions(1, EventKind::question_answered, Party::desk, 3),
               questions(2, EventKind::question_disputed, Party::seller, 1),
               questions(3, EventKind::question_asked, Party::desk, 5)});
  const Findings findings = tally.findings(names());
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::answer_completeness, "questions"), 4);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::answer_completeness, "share"), 0.5);
}

TEST(Tally, FindsTheClockAndNamesTheMachine) {
  Tally tally;
  for (int i = 0; i < 60; ++i) {
    Moment closed = moment(i + 24 * 7, 2, 9);
    closed.kind = EventKind::closed;
    closed.flags = kMomentSystem;
    fold(tally, {moment(i, 1, 1), closed});
  }
  const Findings findings = tally.findings(names());
  ASSERT_EQ(findings.closing_rules.size(), 1U);
  EXPECT_EQ(findings.closing_rules[0].start, "a1");
  EXPECT_EQ(findings.closing_rules[0].finish, "a2");
  EXPECT_EQ(findings.closing_rules[0].actor, "p9");
  EXPECT_TRUE(findings.closing_rules[0].machine);
  EXPECT_DOUBLE_EQ(findings.closing_rules[0].rule.clock_hours, 168);
  EXPECT_DOUBLE_EQ(number(findings, MeasureId::auto_close, "share"), 1);
}

TEST(Tally, OfPartsMergesIntoTheTallyOfTheWhole) {
  Tally whole, left, right;
  for (std::uint32_t i = 0; i < 200; ++i) {
    std::vector<Moment> moments;
    for (std::uint32_t k = 0; k <= i % 7; ++k) {
      Moment one = moment(i + k * 1.5, 1 + (i + k) % 5, 1 + (i * k) % 4);
      one.status = 1 + k % 3;
      one.team = 1 + (i + 2 * k) % 3;
      one.turn = static_cast<Turn>((i + k) % 4);
      if (k == 4) one.kind = EventKind::closed;
      moments.push_back(one);
    }
    CaseFacts facts;
    facts.seller = 1 + i % 9;
    fold(whole, moments, facts);
    fold(i % 3 == 0 ? left : right, moments, facts);
  }
  left.merge(right);
  const Findings a = whole.findings(names()), b = left.findings(names());
  ASSERT_EQ(a.figures.size(), b.figures.size());
  for (std::size_t i = 0; i < a.figures.size(); ++i) {
    const Figure &x = a.figures[i], &y = b.figures[i];
    EXPECT_EQ(x.id, y.id);
    EXPECT_EQ(x.n, y.n) << measure(x.id).name;
    ASSERT_EQ(x.stats.size(), y.stats.size()) << measure(x.id).name;
    for (std::size_t k = 0; k < x.stats.size(); ++k)
      EXPECT_DOUBLE_EQ(x.stats[k].value, y.stats[k].value) << measure(x.id).name << " " << x.stats[k].name;
    ASSERT_EQ(x.rows.size(), y.rows.size());
    for (std::size_t k = 0; k < x.rows.size(); ++k) EXPECT_EQ(x.rows[k].label, y.rows[k].label);
  }
}

TEST(Tally, OfSharesSaysTheSameShares) {
  Tally whole, shares{Tally::Keeps::shares};
  for (std::uint32_t i = 0; i < 80; ++i) {
    std::vector<Moment> moments{event(0, EventKind::opened, Party::seller, Turn::desk, 50),
                                event(1 + i % 7, EventKind::message_sent, Party::desk, Turn::seller, 1 + i % 4)};
    if (i % 3 == 0) moments.push_back(event(9 + i % 5, EventKind::message_sent, Party::seller, Turn::desk, 50));
    if (i % 4 == 0) moments.push_back(event(20, EventKind::decided, Party::desk, Turn::nobody, 2));
    if (i % 8 == 0) moments.push_back(event(25, EventKind::appealed, Party::seller, Turn::desk, 50));
    if (i % 8 == 0) moments.push_back(event(30, EventKind::decided, Party::desk, Turn::nobody, 3));
    if (i % 16 == 0) moments.back().activity = 40;
    if (i % 5 == 0) moments.push_back(event(40, EventKind::closed, Party::desk, Turn::nobody, 2));
    CaseFacts facts;
    facts.seller = 1 + i % 9;
    fold(whole, moments, facts);
    fold(shares, moments, facts);
  }
  const Findings all = whole.findings(names()), few = shares.findings(names());
  EXPECT_EQ(few.cases, all.cases);
  for (const MeasureId id :
       {MeasureId::abandonment, MeasureId::reversal, MeasureId::closings_without_decision, MeasureId::appealed}) {
    EXPECT_GT(number(all, id, "share"), 0) << measure(id).name;
    EXPECT_DOUBLE_EQ(number(few, id, "share"), number(all, id, "share")) << measure(id).name;
  }
  EXPECT_EQ(few.figure(MeasureId::silence_asymmetry)->n, all.figure(MeasureId::silence_asymmetry)->n);
  for (const char* stat : {"p10", "p50", "p90", "mean"})
    EXPECT_DOUBLE_EQ(number(few, MeasureId::silence_asymmetry, stat), number(all, MeasureId::silence_asymmetry, stat));
}

TEST(Tally, OfNothingSaysNothing) {
  Tally tally;
  tally.can_say(Needs{Need::persons, Need::sellers, Need::restrictions});
  const Findings findings = tally.findings(Vocabulary{});
  EXPECT_EQ(findings.cases, 0U);
  EXPECT_FALSE(findings.from);
}

}  // namespace
}  // namespace guichet::measures
