#include <guichet/dossier/facts.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

std::string said(std::string_view text, formats::Language language = formats::Language::en) {
  const auto date = parse_fact_date(text);
  EXPECT_TRUE(date) << text;
  return date ? said_fact_date(*date, formats::Phrases{language}) : "";
}

TEST(FactDate, IsAsExactAsSomebodyKnows) {
  EXPECT_EQ(said("2026-03-02"), "2 March 2026");
  EXPECT_EQ(said("2026-03-02 14:30"), "2 March 2026, 14:30 UTC");
  EXPECT_EQ(said("2026-03"), "March 2026");
  EXPECT_EQ(said("2026", formats::Language::fr), "2026");
  EXPECT_EQ(said("2026-03-02/2026-05"), "Between 2 March 2026 and May 2026");
  EXPECT_EQ(said("../2026-03-02"), "Before 2 March 2026");
  EXPECT_EQ(said("2026/.."), "After 2026");
  EXPECT_EQ(said("2026-03-01", formats::Language::fr), "1er mars 2026");
  EXPECT_EQ(said("../2026-03-02", formats::Language::fr), "Avant le 2 mars 2026");
  EXPECT_EQ(said("2026-03-01/2026-05", formats::Language::fr), "Entre le 1er mars 2026 et mai 2026");
  EXPECT_EQ(said(""), "Date not known");
}

TEST(FactDate, ComesBackAsItWasWritten) {
  for (const char* text : {"", "2026", "2024-02", "2024-02-29", "2024-02-29T23:59", "2026/2026", "2025/2026-03-02",
                           "../2026-03", "2026-03-02T00:00/.."})
    EXPECT_EQ(print_fact_date(parse_fact_date(text).value_or(FactDate{})), text);
}

TEST(FactDate, RefusesWhatIsNone) {
  for (const char* text : {"2026-13", "2026-02-30", "26", "yesterday", "2026-03-02T24:00", "2026-03-02T1:30", "2026-3",
                           "2026-03-02/2026-03-01", "2026/2025", "../..", "/", "2026-03-02T14:30:00Z", "1899"})
    EXPECT_FALSE(parse_fact_date(text)) << text;
}

TEST(FactDate, AnUnknownDateComesFirst) {
  EXPECT_LT(sorts_at(FactDate{}), sorts_at(*parse_fact_date("1900")));
  EXPECT_LT(sorts_at(*parse_fact_date("2025")), sorts_at(*parse_fact_date("2025-06")));
}

TEST(Citation, NamesItsPlaceOrStaysInItsOwnWords) {
  const auto is = [](std::string_view line, Citation::Kind kind, std::uint32_t number, std::string_view place) {
    const auto found = parse_citation(line);
    ASSERT_TRUE(found) << line;
    EXPECT_EQ(*found, (Citation{.kind = kind, .number = number, .place = std::string{place}})) << line;
  };
  is("message 12", Citation::Kind::message, 12, "");
  is(" Exhibit 31, page 3 ", Citation::Kind::exhibit, 31, "page 3");
  is("pièce 31", Citation::Kind::exhibit, 31, "");
  is("#7", Citation::Kind::event, 7, "");
  is("page 3, contract.pdf", Citation::Kind::page, 3, "contract.pdf");
  is("mail 4", Citation::Kind::mail, 4, "");
  is("exhibit 3 bis", Citation::Kind::other, 0, "exhibit 3 bis");
  is("message 99999999999", Citation::Kind::other, 0, "message 99999999999");
  is("letter of the carrier", Citation::Kind::other, 0, "letter of the carrier");
  EXPECT_FALSE(parse_citation("  "));
}

TEST(Citation, ComesBackAsItWasPrinted) {
  for (const char* line :
       {"event 7", "message 12", "exhibit 31, page 3", "mail 4, second part", "page 3, contract.pdf"})
    EXPECT_EQ(print_citation(*parse_citation(line)), line);
}

TEST(FactWords, AnUnreadableOneIsNamed) {
  const auto fault = [](std::string_view text) {
    const auto value = formats::parse_json(text, "x");
    const auto read = read_fact(*value);
    return read ? std::string{} : read.error().detail;
  };
  EXPECT_NE(fault(R"({"act":"sing"})").find("\"act\""), std::string::npos);
  EXPECT_NE(fault(R"({"act":"state","date":"soon"})").find("\"date\""), std::string::npos);
  EXPECT_NE(fault(R"({"act":"state","fact":-1})").find("\"fact\""), std::string::npos);
  EXPECT_NE(fault(R"({"act":"state","sources":[{"kind":"rumour"}]})").find("\"kind\""), std::string::npos);
  EXPECT_NE(fault(R"({"act":"state","matters":"a"})").find("\"matters\""), std::string::npos);
  EXPECT_NE(fault("[]").find("an object"), std::string::npos);
}

}  // namespace
}  // namespace guichet::dossier
