#include <guichet/desk/moments.hpp>

#include <gtest/gtest.h>

namespace guichet::desk {
namespace {

using formats::Language;
using formats::Phrases;

Instant utc(const char* text) { return parse_instant(text).value(); }

TEST(Moments, AreThoseOfTheZoneWithItsSummerTime) {
  const Phrases french(Language::fr), english(Language::en);
  EXPECT_EQ(moment_in_words(french, "Europe/Paris", utc("2026-11-04T17:00:00Z")),
            "mercredi 4 novembre 2026, 18\u00a0h\u00a000");
  EXPECT_EQ(moment_in_words(french, "Europe/Paris", utc("2026-07-01T16:00:00Z")),
            "mercredi 1er juillet 2026, 18\u00a0h\u00a000");
  EXPECT_EQ(moment_in_words(english, "Europe/Paris", utc("2026-12-31T23:30:00Z")), "Friday 1 January 2027, 00:30");
  // The hour of the change: 02:00 becomes 03:00 on the last Sunday of March.
  EXPECT_EQ(moment_in_short(english, "Europe/Paris", utc("2026-03-29T00:59:00Z")), "29 Mar 2026, 01:59");
  EXPECT_EQ(moment_in_short(english, "Europe/Paris", utc("2026-03-29T01:00:00Z")), "29 Mar 2026, 03:00");
  EXPECT_EQ(day_in_words(english, "Europe/Paris", utc("2026-12-31T23:30:00Z")), "Friday 1 January 2027");
}

TEST(Moments, ADayBeginsWhereTheDeskIs) {
  for (const auto& [day, begins] : {std::pair{"2026-06-01", "2026-05-31T22:00:00Z"},
                                    {"2026-12-20", "2026-12-19T23:00:00Z"},
                                    {"2026-03-29", "2026-03-28T23:00:00Z"},
                                    {"2026-03-30", "2026-03-29T22:00:00Z"},
                                    {"2026-10-25", "2026-10-24T22:00:00Z"},
                                    {"2026-10-26", "2026-10-25T23:00:00Z"}})
    EXPECT_EQ(from_local("Europe/Paris", utc(day)), utc(begins)) << day;
  EXPECT_EQ(from_local("America/New_York", utc("2026-06-01")), utc("2026-06-01T04:00:00Z"));
  EXPECT_EQ(from_local("UTC", utc("2026-06-01")), utc("2026-06-01"));
}

TEST(Moments, NameUtcAndTakeAnUnknownZoneForIt) {
  const Phrases english(Language::en);
  EXPECT_EQ(moment_in_words(english, "UTC", utc("2026-03-02T10:05:00Z")), "Monday 2 March 2026, 10:05 UTC");
  EXPECT_EQ(local_time("Nowhere/At_All", utc("2026-03-02T10:05:00Z")), utc("2026-03-02T10:05:00Z"));
}

TEST(Moments, SayHowFarAwayTheyAre) {
  const Phrases english(Language::en), french(Language::fr);
  const Instant now = utc("2026-03-02T10:00:00Z");
  const auto far = [&](const char* at) { return distance_in_words(english, now, utc(at)); };
  EXPECT_EQ(far("2026-03-02T10:00:30Z"), "now");
  EXPECT_EQ(far("2026-03-02T10:01:00Z"), "in 1 minute");
  EXPECT_EQ(far("2026-03-02T11:29:00Z"), "in 89 minutes");
  EXPECT_EQ(far("2026-03-02T11:31:00Z"), "in 2 hours");
  EXPECT_EQ(far("2026-03-04T09:59:00Z"), "in 48 hours");
  EXPECT_EQ(far("2026-03-05T10:00:00Z"), "in 3 days");
  EXPECT_EQ(far("2026-03-02T09:00:00Z"), "60 minutes ago");
  EXPECT_EQ(far("2026-02-20T10:00:00Z"), "10 days ago");
  EXPECT_EQ(distance_in_words(french, now, utc("2026-03-05T10:00:00Z")), "dans 3 jours");
}

}  // namespace
}  // namespace guichet::desk
