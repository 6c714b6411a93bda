#include <guichet/dossier/rates.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

Day day(std::string_view text) { return parse_day(text).value_or(Day{}); }

RatePoints points(RateKind kind, std::string_view on) {
  const Rate* rate = Rates::shipped().find(kind, day(on));
  return rate == nullptr ? -1 : rate->points;
}

std::string fault_of(std::string_view text) {
  Rates rates;
  const Outcome added = rates.add(text, "mine.toml");
  EXPECT_FALSE(added);
  return added ? "" : added.error().detail;
}

TEST(Rates, TheShippedOnesAreThoseThatWerePublished) {
  EXPECT_EQ(points(RateKind::legal_business, "2024-07-01"), 492);
  EXPECT_EQ(points(RateKind::legal_business, "2024-12-31"), 492);
  EXPECT_EQ(points(RateKind::legal_business, "2025-01-01"), 371);
  EXPECT_EQ(points(RateKind::legal_business, "2025-07-01"), 276);
  EXPECT_EQ(points(RateKind::legal_business, "2026-06-30"), 262);
  EXPECT_EQ(points(RateKind::legal_private, "2024-07-01"), 816);
  EXPECT_EQ(points(RateKind::legal_private, "2025-06-30"), 721);
  EXPECT_EQ(points(RateKind::legal_private, "2025-12-31"), 665);
  EXPECT_EQ(points(RateKind::legal_private, "2026-01-01"), 667);
  for (std::size_t kind = 0; kind < kRateKinds; ++kind)
    for (const Rate& rate : Rates::shipped().all(static_cast<RateKind>(kind))) {
      EXPECT_FALSE(rate.source.empty());
      EXPECT_EQ(half_year_start(rate.from), rate.from);
      EXPECT_EQ(half_year_end(rate.from), rate.until);
    }
}

TEST(Rates, BeyondTheLastOneNothingIsKnownAndTheFileSaysWhy) {
  EXPECT_EQ(points(RateKind::legal_business, "2026-07-01"), -1);
  EXPECT_EQ(points(RateKind::legal_business, "2024-06-30"), -1);
  EXPECT_EQ(points(RateKind::ecb_refinancing, "2026-01-01"), -1);
  EXPECT_EQ(Rates::shipped().known_until(RateKind::legal_private), day("2026-06-30"));
  const RateHole* hole = Rates::shipped().hole(RateKind::legal_business, day("2030-01-01"));
  ASSERT_NE(hole, nullptr);
  EXPECT_FALSE(hole->why.empty());
  EXPECT_EQ(Rates::shipped().hole(RateKind::legal_business, day("2024-06-30")), nullptr);
}

TEST(Rates, AFileAddedLaterCountsFirst) {
  Rates rates = Rates::shipped();
  ASSERT_TRUE(
      rates.add("[[rate]]\nkind = \"legal_business\"\nfrom = 2026-01-01\nuntil = 2026-12-31\n"
                "percent = \"3\"\nsource = \"x\"\n",
                "mine.toml"));
  EXPECT_EQ(rates.find(RateKind::legal_business, day("2026-03-01"))->points, 300);
  EXPECT_EQ(rates.find(RateKind::legal_business, day("2025-03-01"))->points, 371);
  EXPECT_EQ(rates.known_until(RateKind::legal_business), day("2026-12-31"));
}

TEST(Rates, AFileAtFaultNamesThePlace) {
  EXPECT_NE(fault_of("[[rate]]\nkind = \"legal\"\n").find("mine.toml:2:"), std::string::npos);
  EXPECT_NE(fault_of("[[rate]]\nkind = \"legal_private\"\nfrom = 2026-01-01\nuntil = 2025-01-01\npercent = \"3\"\n"
                     "source = \"x\"\n")
                .find("is before \"from\""),
            std::string::npos);
  EXPECT_NE(fault_of("[[rate]]\nkind = \"legal_private\"\nfrom = 2026-01-01\nuntil = 2026-01-31\npercent = \"3.123\"\n"
                     "source = \"x\"\n")
                .find("two decimals"),
            std::string::npos);
  const std::string row =
      "[[rate]]\nkind = \"legal_private\"\nfrom = 2026-01-01\nuntil = 2026-01-31\npercent = \"3\"\nsource = \"x\"\n";
  EXPECT_NE(fault_of(row + row).find("one day has one rate"), std::string::npos);
  EXPECT_NE(fault_of("[[rate]]\nkind = \"legal_private\"\nfrom = 2026-01-01\nuntil = 2026-01-31\npercent = \"3\"\n")
                .find("source"),
            std::string::npos);
  EXPECT_FALSE(Rates{}.add_file("/nowhere/rates.toml"));
}

TEST(Rates, PointsAreReadWithoutFractions) {
  EXPECT_EQ(points_from("4.92"), 492);
  EXPECT_EQ(points_from("4,9"), 490);
  EXPECT_EQ(points_from("0"), 0);
  EXPECT_EQ(points_from("999.99"), 99'999);
  for (const char* wrong : {"", ".5", "4.", "4.921", "-1", "1000", "4 %", "1e2"}) EXPECT_FALSE(points_from(wrong));
  EXPECT_EQ(print_points(492), "4.92");
  EXPECT_EQ(print_points(5), "0.05");
}

}  // namespace
}  // namespace guichet::dossier
