#include <guichet/intake/mapping.hpp>

#include <gtest/gtest.h>

#include <string>

#include <guichet/intake/logs/propose.hpp>

#include "told.hpp"

namespace guichet::intake {
namespace {

constexpr std::string_view kLeast = "[columns]\ncase = 'c'\nactivity = 'a'\ntime = 't'\n";

std::string fault(const std::string& more) {
  const auto mapping = read_mapping(std::string(kLeast) + more, "m.toml");
  return mapping ? "" : mapping.error().detail;
}

TEST(Mapping, the_least_one_is_enough) {
  const auto mapping = read_mapping(kLeast, "m.toml");
  ASSERT_TRUE(mapping);
  EXPECT_EQ(mapping->name, "m.toml");
  EXPECT_EQ(mapping->of_case.name, Columns{"c"});
  EXPECT_EQ(mapping->row.activity, Columns{"a"});
  EXPECT_FALSE(mapping->csv.delimiter);
  EXPECT_EQ(mapping->csv.quote, '"');
}

TEST(Mapping, what_is_missing_is_said) {
  const auto mapping = read_mapping("", "m.toml");
  ASSERT_FALSE(mapping);
  EXPECT_EQ(mapping.error().detail,
            "m.toml:1:1: no column is named for the activity; write in [columns] activity = \"…\"\n"
            "m.toml:1:1: no column is named for the case; write in [columns] case = \"…\"\n"
            "m.toml:1:1: no column is named for the time; write in [columns] time = \"…\"");
}

TEST(Mapping, faults_have_line_column_and_remedy) {
  EXPECT_EQ(fault("persn = 'p'\n").substr(0, 13), "m.toml:5:1: u");
  EXPECT_NE(fault("persn = 'p'\n").find("person"), std::string::npos);
  EXPECT_EQ(fault("[time]\nformats = ['%Y-%m']\n"),
            "m.toml:6:11: the time format \"%Y-%m\" does not give a whole date; it needs year, month and day");
  EXPECT_NE(fault("[time]\nformats = ['%Y-%m-%d %Q']\n").find("has the unknown sign \"%Q\""), std::string::npos);
  EXPECT_NE(fault("[time]\nzone = 'Europe/Rme'\n").find("Europe/Rome"), std::string::npos);
  EXPECT_NE(fault("[csv]\nencoding = 'morse'\n").find("the encoding \"morse\" is not known"), std::string::npos);
  EXPECT_NE(fault("[csv]\ndelimiter = ', '\n").find("must be one sign"), std::string::npos);
  EXPECT_NE(fault("[csv]\ndelimiter = '\"'\n").find("the quote sign is the delimiter"), std::string::npos);
  EXPECT_NE(fault("[[meaning]]\nactivity = 'x'\nevent = 'clsed'\n").find("did you mean \"closed\"?"),
            std::string::npos);
  EXPECT_NE(fault("[[meaning]]\nactivity = 'x'\n").find("a meaning that says nothing"), std::string::npos);
  EXPECT_NE(fault("[[meaning]]\nevent = 'closed'\n").find("a meaning of what?"), std::string::npos);
  EXPECT_NE(fault("[[waiting]]\nstatus = 'x'\n").find("write for ="), std::string::npos);
  EXPECT_NE(fault("[[skip]]\ncolumn = 'x'\n").find("no value to compare with"), std::string::npos);
  EXPECT_NE(fault("[[skip]]\nis = 'x'\n").find("of which column?"), std::string::npos);
  EXPECT_NE(fault("[reopened]\nafter = {activity = 'x'}\n").find("write then ="), std::string::npos);
  EXPECT_NE(fault("[reopened]\nafter = {}\nthen = {activity = 'x'}\n").find("a condition without a test"),
            std::string::npos);
  EXPECT_NE(fault("[[event]]\nis = 'x'\n").find("an event without a time"), std::string::npos);
  EXPECT_NE(fault("[[event]]\ntime = 'x'\n").find("an event without a name"), std::string::npos);
  EXPECT_NE(fault("[[event]]\nis = 'x'\ntime = 't'\nwhen = {activity = 'y'}\n").find("is on a column"),
            std::string::npos);
  EXPECT_NE(fault("[amount]\ndivide_by = 0\n"), "");
  EXPECT_NE(fault("[columns\n"), "");
}

TEST(Mapping, values_may_be_a_prefix_or_nothing) {
  ValueTest test;
  test.is = {"Wait*", "Held", ""};
  EXPECT_TRUE(meets(test, "Wait - User"));
  EXPECT_TRUE(meets(test, "Wait"));
  EXPECT_TRUE(meets(test, "Held"));
  EXPECT_TRUE(meets(test, ""));
  EXPECT_FALSE(meets(test, "Held up"));
  test = {};
  test.is_not = {"Closed"};
  EXPECT_FALSE(meets(test, "Closed"));
  EXPECT_TRUE(meets(test, "closed"));
}

TEST(Mapping, too_many_conditions_are_refused_and_not_forgotten) {
  std::string text;
  for (int i = 0; i < 70; ++i) text += "[[meaning]]\nactivity = 'a" + std::to_string(i) + "'\nevent = 'decided'\n";
  EXPECT_NE(tell("c,a,t\n1,x,2026-01-01\n", std::string(kLeast) + text).error.find("more than 61 conditions"),
            std::string::npos);
}

TEST(Mapping, every_shipped_one_reads_and_says_what_it_knows) {
  EXPECT_EQ(shipped_mappings().size(), static_cast<std::size_t>(std::distance(
                                           std::filesystem::directory_iterator(GUICHET_SOURCE_DIR "/mappings"), {})));
  for (const Mapping& mapping : shipped_mappings()) {
    EXPECT_EQ(mapping.name + ".toml", mapping.path);
    EXPECT_FALSE(mapping.describes.empty()) << mapping.path;
    EXPECT_GE(mapping.recognise.size(), 4U) << mapping.path;
  }
}

TEST(Mapping, every_key_is_on_the_page_that_describes_the_format) {
  const std::string page = read_all(GUICHET_SOURCE_DIR "/docs/mapping-format.md");
  ASSERT_FALSE(page.empty());
  for (const std::string& key : mapping_keys()) {
    const std::string last = key.substr(key.rfind('.') + 1);
    const bool told =
        page.find("`" + last + "`") != std::string::npos || page.find("[" + last + "]") != std::string::npos;
    EXPECT_TRUE(told) << key;
  }
}

}  // namespace
}  // namespace guichet::intake
