#include <guichet/rulebook/spans.hpp>

#include <gtest/gtest.h>

namespace guichet::rulebook {
namespace {

constexpr std::uint32_t kSevenHours = 7 * 3'600;

std::uint32_t seconds_of(std::string_view text) {
  const Result<WrittenSpan> span = parse_span(text);
  EXPECT_TRUE(span) << text << ": " << span.error().detail;
  return span ? span_seconds(*span, kSevenHours) : 0;
}

std::string fault_of(std::string_view text) {
  const Result<WrittenSpan> span = parse_span(text);
  EXPECT_FALSE(span) << text;
  return span ? "" : span.error().detail;
}

TEST(spans, elapsed_units) {
  EXPECT_EQ(seconds_of("1 minute"), 60U);
  EXPECT_EQ(seconds_of("48 hours"), 172'800U);
  EXPECT_EQ(seconds_of("10 days"), 864'000U);
  EXPECT_EQ(seconds_of("2 weeks"), 1'209'600U);
  EXPECT_FALSE(parse_span("10 days")->working);
}

TEST(spans, working_units_follow_the_calendar) {
  EXPECT_EQ(seconds_of("30 working minutes"), 1'800U);
  EXPECT_EQ(seconds_of("3 working hours"), 10'800U);
  EXPECT_EQ(seconds_of("2 working days"), 2 * kSevenHours);
  EXPECT_TRUE(parse_span("2 working days")->working);
}

TEST(spans, what_is_no_time_is_refused_with_the_remedy) {
  EXPECT_EQ(fault_of("-2 hours"), "is \"-2 hours\"; write a time above zero");
  EXPECT_EQ(fault_of("0 days"), "is \"0 days\"; write a time above zero");
  EXPECT_NE(fault_of("6 months").find("184 days"), std::string::npos);
  EXPECT_NE(fault_of("2 working weeks").find("working days"), std::string::npos);
  EXPECT_NE(fault_of("99999999999999999999 hours").find("at most ten years"), std::string::npos);
  EXPECT_NE(fault_of("3661 days").find("at most ten years"), std::string::npos);
  for (const char* text : {"", " ", "48", "hours", "48hours", "1.5 hours", "+2 hours", "2  hours", "2 hours ",
                           "2 hours 3", "0x10 hours", "2 fortnights", "2 working", "working 2 days", "2 Hours"})
    EXPECT_FALSE(fault_of(text).empty()) << text;
}

TEST(spans, printing_chooses_the_largest_whole_unit) {
  EXPECT_EQ(print_span(86'400, 0), "1 day");
  EXPECT_EQ(print_span(172'800, 0), "2 days");
  EXPECT_EQ(print_span(5'400, 0), "90 minutes");
  EXPECT_EQ(print_span(7'200, 0), "2 hours");
  EXPECT_EQ(print_span(2 * kSevenHours, kSevenHours), "2 working days");
  EXPECT_EQ(print_span(3'600, kSevenHours), "1 working hour");
}

TEST(spans, what_is_printed_reads_the_same) {
  for (std::uint32_t minutes = 1; minutes < 20'000; minutes += 7)
    for (const std::uint32_t day : {0U, kSevenHours, 86'400U, 60U}) {
      const std::string text = print_span(minutes * 60, day);
      const Result<WrittenSpan> span = parse_span(text);
      ASSERT_TRUE(span) << text;
      ASSERT_EQ(span_seconds(*span, day), minutes * 60) << text;
      ASSERT_EQ(span->working, day != 0) << text;
    }
}

}  // namespace
}  // namespace guichet::rulebook
