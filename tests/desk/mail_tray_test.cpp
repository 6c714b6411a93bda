#include <guichet/desk/mail_tray.hpp>

#include <gtest/gtest.h>

#include "mailed_house.hpp"

namespace guichet::desk {
namespace {

TEST(MailTray, a_mail_is_kept_and_read_back) {
  TrayMail mail;
  mail.id = "abc";
  mail.reason = TrayReason::refused;
  mail.detail = "reopening_is_over";
  mail.from = "anna@boutique.example";
  mail.from_name = "Anna";
  mail.subject = "Re: \"case\"";
  mail.message_id = "a@b";
  mail.written = kMonday;
  mail.received = kMonday + Duration{1'000};
  mail.bytes = 123;
  mail.head_only = true;
  mail.person = kSellerAnn;
  mail.account = kAnnsShop;
  mail.case_id = CaseId{7};
  mail.matched = "In-Reply-To: x";
  mail.settled_by = kAgentMarie;
  mail.settled_in = CaseId{8};
  const auto read = tray_mail_from(to_record(mail, kTrayKind));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, mail);
  const std::string raw("\0\xFFmail\r\n", 8);
  ledger::Batch batch;
  batch.records.push_back({.record = raw_record("abc", raw)});
  MailedHouse mailed;
  ASSERT_TRUE(mailed.house.ledger().append(batch));
  EXPECT_EQ(*raw_of(mailed.house.reader(), "abc"), raw);
  EXPECT_EQ(raw_of(mailed.house.reader(), "none").error().fault, Fault::not_found);
}

TEST(MailTray, every_reason_can_be_said_in_both_languages) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(TrayReason::not_signed); ++i)
    for (const auto language : {formats::Language::en, formats::Language::fr}) {
      const std::string key = "mail.tray.reason." + std::string(name(static_cast<TrayReason>(i)));
      EXPECT_TRUE(formats::Phrases(language).has(key)) << key;
    }
}

TEST(MailTray, the_reason_of_a_match_is_kept_once_and_said_in_both_languages) {
  const formats::Phrases english(formats::Language::en), french(formats::Language::fr);
  for (const std::string& kept :
       {std::string("In-Reply-To: a@b"), std::string("References: a@b"), matched_by_hand("Marie"),
        matched_by_hand("Marie", CaseId{12}), matched_by_hand("Marie", CaseId{}),
        matched_as_opening("ann@shop.example", true), matched_as_opening("ann@shop.example", false)}) {
    EXPECT_NE(matched_in_words(english, kept), kept);
    EXPECT_NE(matched_in_words(french, kept), matched_in_words(english, kept));
  }
  EXPECT_EQ(matched_in_words(english, matched_by_hand("A, from case 3", CaseId{12})),
            "put here by A, from case 3, from case 12");
  EXPECT_EQ(matched_in_words(french, "answers <a@b> (In-Reply-To); seller by address"),
            "answers <a@b> (In-Reply-To); seller by address")
      << "of a mailbox: as it stands";
}

TEST(MailTray, by_hand_a_mail_joins_a_case_and_answers_to_it_follow) {
  MailedHouse mailed;
  const CaseId opened = mailed.house.open_case();
  const std::string raw = MailedHouse::reply(kSellerAnn, "", "About my payout, from nowhere.");
  auto tray = mailed.receive(raw);
  ASSERT_EQ(tray.size(), 1U);
  EXPECT_EQ(tray[0].reason, TrayReason::no_match);
  EXPECT_EQ(tray[0].account, kAnnsShop);
  EXPECT_EQ(*raw_of(mailed.house.reader(), tray[0].id), raw);
  const auto marie = mailed.house.people().person(kAgentMarie);
  const auto ann = mailed.house.people().person(kSellerAnn);
  const TrayChoice choice{.by = *marie, .member = *ann, .case_id = opened, .matter = 0, .subject = {}};
  auto errand = put_into_case(mailed.house.reader(), tray[0], choice, mailed.desk);
  ASSERT_TRUE(errand) << errand.error().detail;
  ASSERT_TRUE(mailed.house.clerk().run(*errand).ok());
  EXPECT_TRUE(mailed.tray().empty());
  const auto words = mailed.last_words(opened);
  EXPECT_EQ(words.body, "About my payout, from nowhere.");
  EXPECT_EQ(words.matched, "by hand: Marie");
  EXPECT_EQ(mailed.house.reader().text(words.mail)->body, raw);
  EXPECT_FALSE(raw_of(mailed.house.reader(), tray[0].id)) << "its bytes are the case's now";
  EXPECT_EQ(mailed.records(kSettledKind).size(), 1U);
  // A second agent who had the same list open is told that it is done.
  EXPECT_EQ(mailed.house.clerk().run(*errand).kind, Answer::Kind::repeated);
  // What answers that mail finds the case.
  EXPECT_TRUE(mailed.receive(MailedHouse::reply(kSellerAnn, tray[0].message_id, "One word more.")).empty());
  EXPECT_EQ(mailed.last_words(opened).body, "One word more.");
}

TEST(MailTray, by_hand_a_mail_opens_a_case) {
  MailedHouse mailed;
  const auto tray = mailed.receive(MailedHouse::reply(kSellerAnn, "", "My parcel is lost."));
  ASSERT_EQ(tray.size(), 1U);
  const auto marie = mailed.house.people().person(kAgentMarie);
  const auto ann = mailed.house.people().person(kSellerAnn);
  auto errand =
      put_into_case(mailed.house.reader(), tray[0],
                    {.by = *marie, .member = *ann, .case_id = {}, .matter = 0, .subject = "Lost parcel"}, mailed.desk);
  ASSERT_TRUE(errand);
  const Answer answer = mailed.house.clerk().run(std::move(*errand));
  ASSERT_TRUE(answer.ok()) << answer.error;
  ASSERT_TRUE(mailed.house.clerk().run(remember_in(tray[0], answer.case_id)).ok());
  const auto row = mailed.house.row(answer.case_id);
  EXPECT_EQ(row.subject, "Lost parcel");
  EXPECT_EQ(row.account, kAnnsShop);
  EXPECT_EQ(row.opener, kSellerAnn);
  EXPECT_TRUE(mailed.receive(MailedHouse::reply(kSellerAnn, tray[0].message_id, "Found it.")).empty());
  EXPECT_EQ(mailed.last_words(answer.case_id).body, "Found it.");
}

TEST(MailTray, set_aside_is_kept_and_stays_so) {
  MailedHouse mailed;
  const std::string raw = MailedHouse::reply(kSellerBob, "", "Buy my stamps.");
  const auto tray = mailed.receive(raw);
  ASSERT_EQ(tray.size(), 1U);
  ASSERT_TRUE(mailed.house.clerk().run(set_aside(tray[0], *mailed.house.people().person(kAgentMarie))).ok());
  EXPECT_TRUE(mailed.tray().empty());
  EXPECT_EQ(*raw_of(mailed.house.reader(), tray[0].id), raw);
  EXPECT_TRUE(mailed.receive(raw).empty()) << "the same mail does not come back";
  EXPECT_EQ(mailed.house.clerk().run(set_aside(tray[0], *mailed.house.people().person(kAgentNoor))).kind,
            Answer::Kind::conflict);
}

}  // namespace
}  // namespace guichet::desk
