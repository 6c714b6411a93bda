#include <guichet/dossier/prescription.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace guichet::dossier {
namespace {

using Effect = TimeBarStep::Effect;
using Kind = TimeBarEventKind;

Day day(std::string_view text) { return parse_day(text).value_or(Day{}); }

TimeBarEvent event(Kind kind, std::string_view from, std::string_view until = {}) {
  return {.kind = kind, .from = day(from), .until = until.empty() ? std::nullopt : parse_day(until), .source = ""};
}

std::string last(std::string_view known, const std::vector<TimeBarEvent>& events = {}) {
  const TimeBar bar = time_bar_of(day(known), events);
  return bar.last_day ? print_day(*bar.last_day) : "none";
}

TEST(Prescription, FiveYearsFromTheDayThatDoesNotCount) {
  EXPECT_EQ(last("2021-03-10"), "2026-03-10");
  EXPECT_EQ(last("2024-02-29"), "2029-02-28");
  EXPECT_EQ(last("2023-02-28"), "2028-02-28");  // not 29: the number of the day is kept
}

TEST(Prescription, AlarmsStandTwelveSixThreeAndOneMonthBefore) {
  const TimeBar bar = time_bar_of(day("2021-03-31"), {});
  ASSERT_EQ(bar.alarms.size(), 4U);
  EXPECT_EQ(print_day(bar.alarms[0].on), "2025-03-31");
  EXPECT_EQ(print_day(bar.alarms[1].on), "2025-09-30");  // September has no 31
  EXPECT_EQ(print_day(bar.alarms[2].on), "2025-12-31");
  EXPECT_EQ(print_day(bar.alarms[3].on), "2026-02-28");  // nor has February
}

TEST(Prescription, AMediationStopsTimeForItsDays) {
  // 1 January to 28 February 2022: 31 + 28 = 59 days after 10 March 2026 is 8 May 2026 (21 + 30 + 8).
  const TimeBar bar = time_bar_of(day("2021-03-10"), {event(Kind::mediation, "2022-01-01", "2022-02-28")});
  ASSERT_EQ(bar.steps.size(), 2U);
  EXPECT_EQ(bar.steps[1].effect, Effect::suspends);
  EXPECT_EQ(bar.steps[1].days_suspended, 59);
  EXPECT_FALSE(bar.steps[1].six_months);
  EXPECT_EQ(bar.last_day, day("2026-05-08"));
}

TEST(Prescription, AfterAMediationSixMonthsAreLeft) {
  // 1 March to 31 March 2026: 31 days after 10 March are 10 April; six months after 31 March are 30 September.
  const TimeBar bar = time_bar_of(day("2021-03-10"), {event(Kind::mediation, "2026-03-01", "2026-03-31")});
  EXPECT_TRUE(bar.steps[1].six_months);
  EXPECT_EQ(bar.last_day, day("2026-09-30"));
}

TEST(Prescription, DaysOfTwoMediationsAreNotCountedTwice) {
  // 1 January to 31 January and 15 January to 10 February 2022: 41 days. 10 March 2026 + 41 = 20 April.
  EXPECT_EQ(last("2021-03-10", {event(Kind::mediation, "2022-01-01", "2022-01-31"),
                                event(Kind::mediation, "2022-01-15", "2022-02-10")}),
            "2026-04-20");
}

TEST(Prescription, AMediationThatGoesOnHoldsTime) {
  const TimeBar bar = time_bar_of(day("2021-03-10"), {event(Kind::mediation, "2022-01-01")});
  EXPECT_FALSE(bar.last_day);
  EXPECT_TRUE(bar.alarms.empty());
  EXPECT_EQ(bar.steps[1].effect, Effect::suspends);
}

TEST(Prescription, AnAcknowledgmentStartsFiveYearsAnew) {
  EXPECT_EQ(last("2021-03-10", {event(Kind::acknowledgment, "2023-06-01")}), "2028-06-01");
  EXPECT_EQ(last("2021-03-10", {event(Kind::acknowledgment, "2026-03-10")}), "2031-03-10");  // on the last day
}

TEST(Prescription, AClaimInCourtInterruptsUntilItEnds) {
  EXPECT_EQ(last("2021-03-10", {event(Kind::claim_in_court, "2023-01-01", "2024-02-29")}), "2029-02-28");
  EXPECT_EQ(last("2021-03-10", {event(Kind::claim_in_court, "2023-01-01")}), "none");
  // It failed for good: it never interrupted.
  TimeBarEvent failed = event(Kind::claim_in_court, "2023-01-01", "2024-02-29");
  failed.claim_failed = true;
  EXPECT_EQ(last("2021-03-10", {failed}), "2026-03-10");
}

TEST(Prescription, AReminderDoesNeither) {
  const TimeBar bar = time_bar_of(day("2021-03-10"), {event(Kind::reminder, "2026-03-01")});
  EXPECT_EQ(bar.steps[1].effect, Effect::none);
  EXPECT_EQ(bar.last_day, day("2026-03-10"));
  const std::string text =
      time_bar_as_text(bar, {event(Kind::reminder, "2026-03-01")}, formats::Phrases{formats::Language::en});
  EXPECT_NE(text.find("A letter neither stops time nor starts it anew."), std::string::npos) << text;
}

TEST(Prescription, AfterTheLastDayItIsTooLate) {
  const TimeBar bar = time_bar_of(day("2021-03-10"), {event(Kind::acknowledgment, "2026-03-11")});
  EXPECT_EQ(bar.steps[1].effect, Effect::too_late);
  EXPECT_EQ(bar.last_day, day("2026-03-10"));
}

TEST(Prescription, WhatStoppedTimeBeforeItRanAnewIsForgotten) {
  // The mediation of 2022 moved a last day that the acknowledgment of 2023 replaced.
  EXPECT_EQ(last("2021-03-10",
                 {event(Kind::mediation, "2022-01-01", "2022-02-28"), event(Kind::acknowledgment, "2023-06-01")}),
            "2028-06-01");
  // A mediation that goes on after it counts from the next day: 2 to 11 June, ten days.
  EXPECT_EQ(last("2021-03-10",
                 {event(Kind::mediation, "2023-05-01", "2023-06-11"), event(Kind::acknowledgment, "2023-06-01")}),
            "2028-06-11");
}

TEST(Prescription, OrderOfTheListIsOfNoConsequence) {
  const std::vector<TimeBarEvent> one{event(Kind::acknowledgment, "2023-06-01"),
                                      event(Kind::mediation, "2024-01-01", "2024-01-31"),
                                      event(Kind::reminder, "2022-01-01")};
  const std::vector<TimeBarEvent> other{one[2], one[1], one[0]};
  EXPECT_EQ(last("2021-03-10", one), last("2021-03-10", other));
  EXPECT_EQ(last("2021-03-10", one), "2028-07-02");  // 1 June 2028 and 31 days
}

TEST(Prescription, BeforeTheFactsWereKnownNoTimeRan) {
  const TimeBar bar = time_bar_of(day("2021-03-10"), {event(Kind::acknowledgment, "2021-03-09"),
                                                      event(Kind::mediation, "2020-01-01", "2021-03-10")});
  EXPECT_EQ(bar.steps[1].effect, Effect::none);
  EXPECT_EQ(bar.steps[2].effect, Effect::none);
  EXPECT_EQ(bar.last_day, day("2026-03-10"));
  // One that reaches into it counts its days after: 11 to 20 March, ten days.
  EXPECT_EQ(last("2021-03-10", {event(Kind::mediation, "2021-03-01", "2021-03-20")}), "2026-03-20");
}

TEST(Prescription, ThePageNamesEachRule) {
  const std::vector<TimeBarEvent> events{event(Kind::mediation, "2026-03-01", "2026-03-31")};
  const std::string page =
      time_bar_as_html(time_bar_of(day("2021-03-10"), events), events, formats::Phrases{formats::Language::fr}).str();
  EXPECT_NE(page.find("C. civ., art. 2238"), std::string::npos);
  EXPECT_NE(page.find("30 septembre 2026"), std::string::npos) << page;
}

}  // namespace
}  // namespace guichet::dossier
