#include <guichet/desk/pages/statement.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/base/time.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

Statement whole() {
  Statement statement;
  statement.case_id = CaseId{1042};
  statement.version = Version{9};
  statement.outcome = Decided::partly_granted;
  statement.restricts = RestrictionKind::stock_limit;
  statement.facts = "On 3 March 2026 the warehouse counted 40 units too many.";
  statement.ground = "Terms, clause 7.2";
  statement.measure = "The limit is 20 units.";
  statement.duration = "30 days";
  statement.redress = {"internal", "certified_body", "court"};
  statement.at = *parse_instant("2026-03-10T09:00:00Z");
  statement.reference_url = "https://desk.example/procedure";
  statement.language = formats::Language::fr;
  statement.persons = {"Ann", "Ann's shop"};
  return statement;
}

bool has(const std::vector<StatementFault>& faults, std::string_view field, std::string_view what) {
  return std::ranges::any_of(faults, [&](const auto& fault) { return fault.field == field && fault.what == what; });
}

TEST(Statement, IsCompleteWithFactsGroundMeasureDurationAndRedress) {
  EXPECT_TRUE(advice_on(whole()).empty());
  EXPECT_TRUE(register_faults(whole()).empty());
}

TEST(Statement, SaysWhatIsMissing) {
  const auto without = [](auto change) {
    Statement statement = whole();
    change(statement);
    return advice_on(statement);
  };
  EXPECT_TRUE(has(without([](Statement& s) { s.facts.clear(); }), "facts", "facts_missing"));
  EXPECT_TRUE(has(without([](Statement& s) { s.facts = "You broke rules."; }), "facts", "facts_unspecific"));
  EXPECT_TRUE(has(without([](Statement& s) { s.ground.clear(); }), "ground", "ground_missing"));
  EXPECT_TRUE(has(without([](Statement& s) { s.ground = "violation of our policies"; }), "ground", "ground_vague"));
  EXPECT_TRUE(has(without([](Statement& s) { s.measure.clear(); }), "measure", "measure_missing"));
  EXPECT_TRUE(has(without([](Statement& s) { s.duration.clear(); }), "duration", "duration_missing"));
  EXPECT_TRUE(has(without([](Statement& s) { s.redress.clear(); }), "redress", "redress_missing"));
  EXPECT_TRUE(
      has(without([](Statement& s) { s.redress = {"internal"}; }), "redress", "redress_without_certified_body"));
  // What restricts nothing lasts no time.
  EXPECT_TRUE(without([](Statement& s) {
                s.restricts.reset();
                s.duration.clear();
              }).empty());
}

TEST(Statement, MakesTheRecordThatTheRegisterTakes) {
  const auto json = formats::parse_json(register_record(whole()), "record");
  ASSERT_TRUE(json) << json.error().detail;
  const auto text = [&](std::string_view key) { return json->find(key) ? json->find(key)->text : "(none)"; };
  EXPECT_EQ(text("puid"), "guichet-1042-9");
  EXPECT_EQ(text("decision_provision"), "DECISION_PROVISION_PARTIAL_SUSPENSION");
  EXPECT_EQ(text("decision_ground"), "DECISION_GROUND_INCOMPATIBLE_CONTENT");
  EXPECT_EQ(text("incompatible_content_ground"), "Terms, clause 7.2");
  EXPECT_EQ(text("decision_facts"), whole().facts);
  EXPECT_EQ(text("application_date"), "2026-03-10");
  EXPECT_EQ(text("automated_detection"), "No");
  EXPECT_EQ(text("automated_decision"), "AUTOMATED_DECISION_NOT_AUTOMATED");
  EXPECT_EQ(text("source_type"), "SOURCE_VOLUNTARY");
  ASSERT_NE(json->find("content_type"), nullptr);
  EXPECT_EQ(json->find("content_type")->items.size(), 1U);
}

TEST(Statement, EveryKindBelongsToOneOfTheFourFamilies) {
  for (const RestrictionKind kind :
       {RestrictionKind::stock_limit, RestrictionKind::listing, RestrictionKind::funds, RestrictionKind::suspension,
        RestrictionKind::termination, RestrictionKind::other}) {
    Statement statement = whole();
    statement.restricts = kind;
    statement.until = *parse_instant("2026-04-01");
    const auto json = formats::parse_json(register_record(statement), "record");
    ASSERT_TRUE(json);
    int families = 0, ends = 0;
    for (const formats::JsonMember& member : json->members) {
      families += member.key == "decision_visibility" || member.key == "decision_monetary" ||
                          member.key == "decision_provision" || member.key == "decision_account"
                      ? 1
                      : 0;
      ends += member.key.starts_with("end_date_") && member.value.text == "2026-04-01" ? 1 : 0;
    }
    EXPECT_EQ(families, 1);
    EXPECT_EQ(ends, 1);
  }
}

TEST(Statement, NamesNobodyInTheRegister) {
  Statement statement = whole();
  statement.facts = "On 3 March ANN'S SHOP sent 40 units.";
  EXPECT_TRUE(has(register_faults(statement), "facts", "register_personal"));
  statement.facts = "On 3 March somebody@shop.example wrote.";
  EXPECT_TRUE(has(register_faults(statement), "facts", "register_personal"));
}

TEST(Statement, KeepsToTheLengthsOfTheRegister) {
  Statement statement = whole();
  statement.facts.assign(5001, '1');
  statement.ground.assign(501, '1');
  const auto faults = register_faults(statement);
  EXPECT_TRUE(has(faults, "facts", "register_too_long"));
  EXPECT_TRUE(has(faults, "ground", "register_too_long"));
  statement = whole();
  statement.until = statement.at - std::chrono::hours{1};
  EXPECT_TRUE(has(register_faults(statement), "until", "register_ends_before"));
  statement.restricts.reset();
  EXPECT_TRUE(has(register_faults(statement), "kind", "register_no_restriction"));
}

TEST(Statement, MakesALetterInBothLanguages) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    const SellersLetter letter = letter_of(whole(), {.seller = "Ann's shop", .decider = "Marie", .house = "Guichet"},
                                           formats::Phrases(language));
    EXPECT_NE(letter.greeting.find("Ann's shop"), std::string::npos);
    EXPECT_EQ(letter.redress.size(), 3U);
    const auto holds = [&](const std::string& words) {
      return std::ranges::any_of(letter.parts,
                                 [&](const auto& part) { return part.text.find(words) != std::string::npos; });
    };
    for (const char* words : {"1042", "40 units", "clause 7.2", "20 units", "30 days", "Marie"})
      EXPECT_TRUE(holds(words)) << words;
  }
}

}  // namespace
}  // namespace guichet::desk
