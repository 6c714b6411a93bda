#include <guichet/desk/letters.hpp>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>
#include <guichet/ledger/signing.hpp>
#include <guichet/proof/verdict.hpp>

#include "mailed_house.hpp"

namespace guichet::desk {
namespace {

TEST(Letters, a_letter_is_kept_and_read_back) {
  Letter letter;
  letter.id = "1042.7.words.15.abc@place.example";
  letter.to = kSellerAnn;
  letter.case_id = CaseId{1042};
  letter.act = 7;
  letter.kind = LetterKind::promise;
  letter.queued = kMonday;
  letter.clock = Clock::decision;
  letter.due = kMonday + Duration{3'600'000};
  letter.in_reply_to = "a@b";
  letter.references = {"r@b", "a@b"};
  letter.attempts = 3;
  letter.fault = "the server says no";
  const auto read = letter_from(to_record(letter, kLetterKind, kMonday));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, letter);
  EXPECT_FALSE(letter_from({.kind = "mail_out", .key = "x", .owner = 0, .body = "{\"kind\":\"other\"}"}));
}

TEST(Letters, identities_are_the_same_for_the_same_letter_and_hard_to_guess) {
  Letter letter;
  letter.to = kSellerAnn;
  letter.case_id = CaseId{1042};
  letter.act = 7;
  letter.kind = LetterKind::words;
  const std::string id = letter_id(letter, "secret", "place.example");
  EXPECT_TRUE(id.starts_with("1042.7.words.1.")) << id;
  EXPECT_TRUE(id.ends_with("@place.example")) << id;
  EXPECT_TRUE(intake::mail::is_message_id(id));
  EXPECT_EQ(letter_id(letter, "secret", "place.example"), id);
  EXPECT_NE(letter_id(letter, "other", "place.example"), id);
  letter.act = 8;
  EXPECT_NE(letter_id(letter, "secret", "place.example"), id);
}

// Whatever happens, nobody is mailed what a page would not show, and no seller a note.
TEST(Letters, nobody_is_told_what_is_not_for_him) {
  MailedHouse mailed;
  const CaseId anns = mailed.house.open_case();
  const auto row = mailed.house.row(anns);
  for (std::size_t kind = 0; kind < kEventKinds + 1; ++kind) {
    for (const Party party : {Party::seller, Party::desk, Party::third, Party::clock}) {
      Event event;
      event.kind = static_cast<EventKind>(kind);
      event.party = party;
      event.actor = ActorId{99};
      for (const ActorId stranger : {kSellerBob, kMediatorLea, kAuditor, kAdministrator}) {
        const auto person = mailed.house.people().person(stranger);
        EXPECT_FALSE(tells(event, *person, row)) << name(event.kind) << " to " << person->name;
      }
      const auto ann = mailed.house.people().person(kSellerAnn);
      if (event.kind == EventKind::note_made || event.kind == EventKind::hand_off_proposed ||
          event.kind == EventKind::hand_off_refused || event.kind == EventKind::cost_noted) {
        EXPECT_FALSE(tells(event, *ann, row)) << name(event.kind);
      }
      event.actor = kSellerAnn;
      EXPECT_FALSE(tells(event, *ann, row)) << "her own act: " << name(event.kind);
    }
  }
}

TEST(Letters, the_seller_reads_what_happened_and_what_is_to_do) {
  MailedHouse mailed;
  const CaseId opened = mailed.house.open_case();
  (void)mailed.letters();
  const auto owner = mailed.house.row(opened).state.owner;
  ASSERT_TRUE(owner);
  ASSERT_TRUE(mailed.house
                  .act(owner, opened, "message",
                       {{"body", "It left the bank on Friday."}, {"questions", "Which account?"}, {"answers", "0"}})
                  .ok());
  const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
  ASSERT_EQ(letters.size(), 1U);
  const std::string& text = letters[0].text;
  EXPECT_NE(text.find("It left the bank on Friday."), std::string::npos) << text;
  EXPECT_NE(text.find("1. Which account?"), std::string::npos) << text;
  EXPECT_NE(text.find("https://desk.example/cases/" + std::to_string(opened.value)), std::string::npos) << text;
  EXPECT_NE(text.find("You can answer this mail"), std::string::npos) << text;
  // The receipt of the step is under the signature, and holds.
  EXPECT_NE(text.find("to be kept"), std::string::npos) << text;
  const proof::Verdict verdict = proof::check_text(text, ledger::signed_by);
  ASSERT_TRUE(verdict.sound()) << text;
  EXPECT_EQ(verdict.proven.back().key, "verify.proven.act");
  EXPECT_EQ(letters[0].subject, "Case " + std::to_string(opened.value) + ": Missing payout");
  EXPECT_EQ(letters[0].from, (std::vector<intake::mail::Address>{{"Guichet", "desk@place.example"}}));
  EXPECT_EQ(letters[0].auto_submitted, "auto-generated");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t feed = text.find('\n', at);
    EXPECT_LE(feed - at, 200U) << text.substr(at, feed - at);
    at = feed + 1;
  }
}

TEST(Letters, in_the_language_of_whom_they_are_for) {
  MailedHouse mailed;
  Person ann = *mailed.house.people().person(kSellerAnn);
  ann.language = formats::Language::fr;
  Errand errand;
  errand.records.push_back({.record = to_record(ann)});
  ASSERT_TRUE(mailed.house.clerk().run(std::move(errand)).ok());
  const CaseId opened = mailed.house.open_case();
  (void)mailed.letters();
  ASSERT_TRUE(
      mailed.house.act(mailed.house.row(opened).state.owner, opened, "message", {{"body", "Oui."}, {"answers", "0"}})
          .ok());
  const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_NE(letters[0].text.find("Vous pouvez répondre à ce mail"), std::string::npos) << letters[0].text;
  EXPECT_TRUE(letters[0].subject.starts_with("Dossier ")) << letters[0].subject;
}

TEST(Letters, long_words_are_cut_and_the_page_has_the_rest) {
  MailedHouse mailed;
  const CaseId opened = mailed.house.open_case();
  (void)mailed.letters();
  std::string words;
  while (words.size() < 20'000) words += "Une phrase de plus pour été. ";
  ASSERT_TRUE(mailed.house.act(mailed.house.row(opened).state.owner, opened, "message", {{"body", words}}).ok());
  const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_LT(letters[0].text.size(), 7'000U);
  EXPECT_NE(letters[0].text.find("The rest is on the page"), std::string::npos);
}

}  // namespace
}  // namespace guichet::desk
