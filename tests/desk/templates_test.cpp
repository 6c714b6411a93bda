#include <guichet/desk/pages/templates.hpp>

#include <gtest/gtest.h>

#include "visiting.hpp"

namespace guichet::desk {
namespace {

Template piece(std::string name, std::string en, std::string fr = {}) {
  return {.key = name, .name = name, .en = std::move(en), .fr = std::move(fr), .by = kAgentMarie, .changed = kMonday};
}

TEST(Templates, AreReadAsTheyWereWritten) {
  Template written = piece("Payout", "Your \"payout\"\nis late.", "Votre versement est en retard.");
  written.matter = "payment";
  const auto read = template_from(to_record(written));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->name, "Payout");
  EXPECT_EQ(read->en, written.en);
  EXPECT_EQ(read->fr, written.fr);
  EXPECT_EQ(read->matter, "payment");
  EXPECT_EQ(read->by, kAgentMarie);
  EXPECT_EQ(read->changed, kMonday);
}

TEST(Templates, GiveTheOtherLanguageWhenOneIsMissing) {
  EXPECT_EQ(piece("a", "english").in(formats::Language::fr), "english");
  EXPECT_EQ(piece("a", "", "français").in(formats::Language::en), "français");
  EXPECT_EQ(piece("a", "english", "français").in(formats::Language::fr), "français");
}

TEST(Templates, FillTheirHolesAndLeaveOtherBraces) {
  EXPECT_EQ(filled_in("Case {case}, {seller}: {unknown} {", {{"case", "7"}, {"seller", "Ann {case}"}}),
            "Case 7, Ann {case}: {unknown} {");
  EXPECT_EQ(filled_in("", {}), "");
}

TEST(Boilerplate, IsTheShareOfWordsInRunsThatATemplateHas) {
  const std::vector<Template> templates{piece("late", "We are sorry that your payout comes so late this month."),
                                        piece("other", "Please send us the number of your parcel.")};
  EXPECT_EQ(boilerplate_of("", templates).percent(), 0U);
  EXPECT_EQ(boilerplate_of("Something entirely of my own making today.", templates).shared, 0U);

  const Boilerplate all = boilerplate_of("we are SORRY, that your payout comes so late this month!", templates);
  EXPECT_EQ(all.percent(), 100U) << "case and punctuation do not count";
  EXPECT_EQ(all.closest, "late");

  // Ten words of the template and ten of one's own.
  const Boilerplate half = boilerplate_of(
      "We are sorry that your payout comes so late this. I looked at each line and found two mistakes today.",
      templates);
  EXPECT_EQ(half.words, 20U);
  EXPECT_EQ(half.shared, 10U);
  EXPECT_EQ(half.percent(), 50U);
}

TEST(Boilerplate, FewWordsInCommonAreNoRun) {
  const std::vector<Template> templates{piece("late", "We are sorry that your payout comes so late this month.")};
  EXPECT_EQ(boilerplate_of("I know that we are sorry about many things here.", templates).shared, 0U);
}

}  // namespace
}  // namespace guichet::desk
