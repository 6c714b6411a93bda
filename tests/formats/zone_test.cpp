#include <guichet/formats/zone.hpp>

#include <gtest/gtest.h>

#include <guichet/base/time.hpp>

namespace guichet::formats {
namespace {

std::int64_t second(int year, unsigned month, unsigned day, int hour = 0) {
  return civil_to_ms(year, month, day, hour * std::int64_t{3'600'000}) / 1'000;
}

std::int32_t offset_at(const std::vector<ZoneStep>& steps, std::int64_t at) {
  std::int32_t offset = steps.front().offset;
  for (const ZoneStep& step : steps)
    if (step.since <= at) offset = step.offset;
  return offset;
}

std::vector<ZoneStep> steps_of(const std::string& zone) {
  auto steps = zone_steps(zone, second(1990, 1, 1), second(2101, 1, 1));
  EXPECT_TRUE(steps) << steps.error().detail;
  return *steps;
}

TEST(zone, utc_never_changes) {
  const auto steps = steps_of("UTC");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].since, second(1990, 1, 1));
  EXPECT_EQ(steps[0].offset, 0);
}

TEST(zone, paris_changes_twice_a_year) {
  const auto steps = zone_steps("Europe/Paris", second(2026, 1, 1), second(2027, 1, 1));
  ASSERT_TRUE(steps);
  ASSERT_EQ(steps->size(), 3U);
  EXPECT_EQ((*steps)[0].offset, 3'600);
  EXPECT_EQ((*steps)[1].since, second(2026, 3, 29, 1));
  EXPECT_EQ((*steps)[1].offset, 7'200);
  EXPECT_EQ((*steps)[2].since, second(2026, 10, 25, 1));
  EXPECT_EQ((*steps)[2].offset, 3'600);
}

TEST(zone, steps_rise_and_begin_at_the_start) {
  for (const char* zone :
       {"Europe/Paris", "America/New_York", "Africa/Casablanca", "Asia/Tehran", "Antarctica/Troll"}) {
    const auto steps = steps_of(zone);
    EXPECT_EQ(steps.front().since, second(1990, 1, 1));
    for (std::size_t i = 1; i < steps.size(); ++i) ASSERT_LT(steps[i - 1].since, steps[i].since) << zone;
  }
}

// The Gregorian calendar repeats its weekdays after 28 years (between 1901 and 2099), so a rule that goes
// on shows the same offsets 28 years after the last ones the database lists. Among these zones: summer
// across the new year, half an hour, negative summer time, hours outside of the day, a three-quarter hour.
TEST(zone, the_closing_rule_goes_on_where_the_list_ends) {
  for (const char* zone : {"Europe/Paris", "America/New_York", "America/Santiago", "Australia/Lord_Howe",
                           "Europe/Dublin", "Asia/Jerusalem", "America/Nuuk", "Pacific/Chatham", "Africa/Cairo",
                           "Asia/Beirut", "Antarctica/Troll", "America/St_Johns", "Asia/Kolkata"}) {
    const auto steps = steps_of(zone);
    for (std::int64_t day = 0; day < 366; ++day)
      for (int hour = 0; hour < 24; ++hour) {
        const std::int64_t late = second(2064, 1, 1, hour) + day * 86'400;
        const std::int64_t listed = second(2036, 1, 1, hour) + day * 86'400;
        ASSERT_EQ(offset_at(steps, late), offset_at(steps, listed)) << zone << " day " << day << " hour " << hour;
      }
  }
}

TEST(zone, an_unknown_name_is_refused_with_the_nearest) {
  const auto steps = zone_steps("Europe/Barris", 0, 1);
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().fault, Fault::not_found);
  EXPECT_NE(steps.error().detail.find("\"Europe/Paris\""), std::string::npos) << steps.error().detail;
  for (const char* name : {"", "../../etc/passwd", "/etc/passwd", "Mars/Olympus"})
    EXPECT_FALSE(zone_steps(name, 0, 1)) << name;
}

}  // namespace
}  // namespace guichet::formats
