#include <guichet/dossier/days.hpp>

#include <gtest/gtest.h>

namespace guichet::dossier {
namespace {

Day day(std::string_view text) { return parse_day(text).value_or(Day{}); }

TEST(Days, AreReadAndPrintedOneWay) {
  EXPECT_EQ(print_day(day("2024-02-29")), "2024-02-29");
  EXPECT_EQ(print_day(day("1900-01-01")), "1900-01-01");
  for (const char* wrong : {"2023-02-29", "2024-2-29", "2024-02-30", "1899-12-31", "3000-01-01", "2024/02/01",
                            "2024-02-01 ", "20240201", "2024-+1-01", ""})
    EXPECT_FALSE(parse_day(wrong)) << wrong;
}

TEST(Days, AMonthEndsOnTheSameNumberOrOnItsLastDay) {
  EXPECT_EQ(months_after(day("2025-01-31"), 1), day("2025-02-28"));
  EXPECT_EQ(months_after(day("2024-01-31"), 1), day("2024-02-29"));
  EXPECT_EQ(months_after(day("2024-12-31"), 2), day("2025-02-28"));
  EXPECT_EQ(months_after(day("2025-03-31"), -1), day("2025-02-28"));
  EXPECT_EQ(months_after(day("2025-02-28"), 1), day("2025-03-28"));  // not the end of March
  EXPECT_EQ(months_after(day("2025-01-15"), -13), day("2023-12-15"));
  EXPECT_EQ(years_after(day("2024-02-29"), 1), day("2025-02-28"));
  EXPECT_EQ(years_after(day("2024-02-29"), 4), day("2028-02-29"));
}

TEST(Days, YearsAndHalfYears) {
  EXPECT_EQ(days_of_year(day("2024-07-01")), 366);
  EXPECT_EQ(days_of_year(day("2100-07-01")), 365);
  EXPECT_EQ(half_year_end(day("2025-06-30")), day("2025-06-30"));
  EXPECT_EQ(half_year_end(day("2025-07-01")), day("2025-12-31"));
  EXPECT_EQ(half_year_start(day("2025-06-30")), day("2025-01-01"));
  EXPECT_EQ(half_year_start(day("2025-12-31")), day("2025-07-01"));
}

}  // namespace
}  // namespace guichet::dossier
