#include <guichet/desk/failed_letters.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/desk/routes.hpp>

#include "mailed_house.hpp"
#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

/// A house whose mails about a new case no server wants.
class FailedLetters : public ::testing::Test {
 protected:
  FailedLetters() {
    mailed.heard.answer = Posted::Kind::refused;
    mailed.heard.code = 550;
    case_id = mailed.house.open_case();
    EXPECT_TRUE(mailed.step());
  }
  std::vector<FailedLetter> all() { return *failed_letters(mailed.house.reader(), 100); }
  std::string page(ActorId who, formats::Language language = formats::Language::en) {
    return visiting.get(house_routes(), who, "/trays/failed", {}, language).body;
  }
  int settle(const std::string& id, const std::string& what) {
    return visiting.post(house_routes(), kSupervisor, "/trays/failed", {{"letter", id}, {"do", what}}).status;
  }

  MailedHouse mailed;
  Visiting visiting{mailed.house};
  CaseId case_id;
};

TEST_F(FailedLetters, AreShownWithTheReasonToThoseWhoManage) {
  ASSERT_FALSE(all().empty());
  EXPECT_EQ(*count_failed_letters(mailed.house.reader(), 100), all().size());
  EXPECT_EQ(*count_failed_letters(mailed.house.reader(), 1), 1U);
  for (const formats::Language language : {formats::Language::en, formats::Language::fr})
    EXPECT_EQ(faults_of(page(kSupervisor, language)), std::vector<std::string>{});
  const std::string words = words_on(page(kAdministrator));
  EXPECT_NE(words.find("the server says no"), std::string::npos) << words;
  EXPECT_NE(words.find("About case " + std::to_string(case_id.value)), std::string::npos);
  EXPECT_EQ(page(kAdministrator).find("href=\"/cases/"), std::string::npos) << "an administrator sees no cases";
  EXPECT_NE(page(kSupervisor).find("href=\"/cases/"), std::string::npos);
}

TEST_F(FailedLetters, GoAgainUnderTheSameIdAndOnce) {
  const std::vector<FailedLetter> failed = all();
  ASSERT_FALSE(failed.empty());
  const std::string id = failed.front().letter.id;
  EXPECT_EQ(settle(id, "again"), 303);
  EXPECT_EQ(settle(id, "again"), 404) << "somebody was quicker";
  mailed.heard.answer = Posted::Kind::taken;
  mailed.heard.code = 250;
  ASSERT_TRUE(mailed.step());
  ASSERT_EQ(mailed.heard.parcels.size(), 1U);
  EXPECT_NE(mailed.heard.parcels.front().raw.find("<" + id + ">"), std::string::npos);
  EXPECT_EQ(all().size(), failed.size() - 1);
  const auto notes = mailed.house.reader().house_notes(0, 100);
  EXPECT_EQ(notes->back().what, "letter_sent_again");
  EXPECT_EQ(notes->back().by, kSupervisor);
}

TEST_F(FailedLetters, AreTakenOffTheList) {
  const std::vector<FailedLetter> failed = all();
  ASSERT_FALSE(failed.empty());
  EXPECT_EQ(settle(failed.front().letter.id, "nonsense"), 422);
  EXPECT_EQ(all().size(), failed.size());
  for (const FailedLetter& one : failed) EXPECT_EQ(settle(one.letter.id, "forget"), 303);
  EXPECT_TRUE(all().empty());
  EXPECT_NE(words_on(page(kSupervisor)).find("Every mail was delivered."), std::string::npos);
  ASSERT_TRUE(mailed.step());
  EXPECT_TRUE(mailed.records(kLetterKind).empty());
}

TEST(FailedLetter, GoesAgainOnlyWhenItIsKnownWhatItHadToTell) {
  Letter letter;
  letter.kind = LetterKind::words;
  EXPECT_FALSE(can_go_again(letter));
  letter.act = 7;
  EXPECT_TRUE(can_go_again(letter));
  letter.kind = LetterKind::promise;
  EXPECT_FALSE(can_go_again(letter));
  letter.due = kMonday;
  EXPECT_TRUE(can_go_again(letter));
  letter.kind = LetterKind::refusal;
  EXPECT_FALSE(can_go_again(letter));
  letter.refusal = "not_yours";
  EXPECT_TRUE(can_go_again(letter));
}

}  // namespace
}  // namespace guichet::desk
