#include <guichet/desk/pages/drafts.hpp>

#include <gtest/gtest.h>

#include "visiting.hpp"

namespace guichet::desk {
namespace {

Fields typed(std::initializer_list<std::pair<std::string, std::string>> values) {
  Fields fields;
  for (const auto& [name, value] : values) fields.add(name, value);
  return fields;
}

void write(SmallHouse& house, const Draft& draft) {
  Errand errand;
  errand.records.push_back(keep(draft));
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
}

TEST(Drafts, KeepWhatSomebodyTypedAndNothingOfTheForm) {
  const Draft draft = draft_of(kAgentMarie, CaseId{7}, "message",
                               typed({{"csrf", "c"},
                                      {"once", "o"},
                                      {"seen", "9"},
                                      {"body", "Good \"day\"\nAnn"},
                                      {"questions", "When?"},
                                      {"questions", "Where?"},
                                      {"empty", ""}}),
                               kMonday);
  EXPECT_EQ(draft.fields.size(), 3U);
  const auto again = draft_from(to_record(draft));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->fields, draft.fields);
  EXPECT_EQ(again->person, kAgentMarie);
  EXPECT_EQ(again->case_id, CaseId{7});
  EXPECT_EQ(again->box, "message");
  EXPECT_EQ(again->saved, kMonday);
  EXPECT_EQ(again->text("body"), "Good \"day\"\nAnn");
  EXPECT_EQ(again->all("questions"), (std::vector<std::string>{"When?", "Where?"}));
  EXPECT_TRUE(again->holds("questions", "Where?"));
  EXPECT_FALSE(again->holds("questions", "Why?"));
}

TEST(Drafts, ARecordThatSaysItIsAnotherIsNotRead) {
  ledger::Record record = to_record(draft_of(kAgentMarie, CaseId{7}, "note", typed({{"body", "a"}}), kMonday));
  record.key = draft_key(kAgentNoor, CaseId{7}, "note");
  EXPECT_FALSE(draft_from(record));
  record.body = "{";
  EXPECT_FALSE(draft_from(record));
}

TEST(Drafts, ABlankOneIsTakenAway) {
  SmallHouse house;
  Visiting visiting(house);
  const Request request;
  write(house, draft_of(kAgentMarie, CaseId{1}, "note", typed({{"body", "begun"}}), kMonday));
  EXPECT_EQ(draft_here(visiting.visit_of(request, kAgentMarie), CaseId{1}, "note").text("body"), "begun");
  write(house, draft_of(kAgentMarie, CaseId{1}, "note", typed({{"body", ""}}), kMonday));
  EXPECT_TRUE(draft_here(visiting.visit_of(request, kAgentMarie), CaseId{1}, "note").blank());
  EXPECT_FALSE(*house.reader().record("draft", draft_key(kAgentMarie, CaseId{1}, "note")));
}

TEST(Drafts, OfTheDeskAreReadByTheDeskAndNobodyElse) {
  SmallHouse house;
  Visiting visiting(house);
  const Request request;
  write(house, draft_of(kAgentMarie, CaseId{1}, "message", typed({{"body", "half an answer"}}), kMonday));
  write(house, draft_of(kSellerAnn, CaseId{1}, "message", typed({{"body", "my own thoughts"}}), kMonday));
  write(house, draft_of(kAgentNoor, CaseId{2}, "message", typed({{"body", "of another case"}}), kMonday));

  const auto seen = drafts_of_others(visiting.visit_of(request, kAgentNoor), CaseId{1});
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].person, kAgentMarie);
  EXPECT_EQ(seen[0].text("body"), "half an answer");
  EXPECT_TRUE(drafts_of_others(visiting.visit_of(request, kAgentMarie), CaseId{1}).empty()) << "own, or the seller's";
  EXPECT_TRUE(drafts_of_others(visiting.visit_of(request, kSellerBob), CaseId{1}).empty());
  EXPECT_TRUE(drafts_of_others(visiting.visit_of(request, kMediatorLea), CaseId{1}).empty());
}

}  // namespace
}  // namespace guichet::desk
