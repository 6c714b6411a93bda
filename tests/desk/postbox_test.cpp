#include <guichet/desk/postbox.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>
#include <guichet/base/sha256.hpp>
#include <guichet/desk/dns_keys.hpp>
#include <guichet/desk/pages/agent.hpp>
#include <guichet/desk/pages/seller.hpp>
#include <guichet/formats/whole_file.hpp>

#include "mail_servers.hpp"
#include "mailed_house.hpp"
#include "name_server.hpp"
#include "silent_server.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

TEST(Postbox, a_ledger_that_gets_mail_begins_with_what_comes_next) {
  SmallHouse before;
  before.open_case();
  MailedHouse mailed;
  EXPECT_TRUE(mailed.letters().empty());
  const CaseId opened = mailed.house.open_case();
  const auto letters = mailed.letters();
  ASSERT_EQ(letters.size(), 2U) << "the owner, on the seller's words; the seller, on who answers";
  const ActorId owner = mailed.house.row(opened).state.owner;
  const auto to_owner = MailedHouse::to(letters, owner);
  ASSERT_EQ(to_owner.size(), 1U);
  EXPECT_NE(to_owner[0].text.find("My payout of February is missing."), std::string::npos) << to_owner[0].text;
  EXPECT_NE(to_owner[0].text.find("your words go to the seller"), std::string::npos) << to_owner[0].text;
  EXPECT_EQ(MailedHouse::to(letters, kSellerAnn).size(), 1U);
  EXPECT_TRUE(mailed.letters().empty()) << "each once";
  mailed.begin();
  EXPECT_TRUE(mailed.letters().empty()) << "after a restart too";
}

TEST(Postbox, letters_of_one_case_make_one_thread_for_each_reader) {
  MailedHouse mailed;
  const CaseId opened = mailed.house.open_case();
  const auto first = MailedHouse::to(mailed.letters(), kSellerAnn);
  const ActorId owner = mailed.house.row(opened).state.owner;
  std::vector<std::string> ids{first.at(0).message_id};
  for (int i = 0; i < 3; ++i) {
    mailed.house.clock().advance(1min);
    ASSERT_TRUE(mailed.house.act(owner, opened, "message", {{"body", "word " + std::to_string(i)}}).ok());
    const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].in_reply_to, std::vector{ids.back()});
    EXPECT_EQ(letters[0].references, ids);
    EXPECT_EQ(letters[0].subject, first[0].subject);
    ids.push_back(letters[0].message_id);
  }
}

TEST(Postbox, no_seller_hears_of_notes_and_nobody_of_another_case) {
  MailedHouse mailed;
  const CaseId opened = mailed.house.open_case();
  (void)mailed.letters();
  const ActorId owner = mailed.house.row(opened).state.owner;
  ASSERT_TRUE(mailed.house.act(owner, opened, "note", {{"body", "secret thoughts"}}).ok());
  EXPECT_TRUE(mailed.letters().empty());
  ASSERT_TRUE(mailed.house.act(owner, opened, "message", {{"body", "public words"}}).ok());
  for (const auto& letter : mailed.letters()) {
    EXPECT_EQ(letter.text.find("secret thoughts"), std::string::npos);
    EXPECT_NE(letter.to[0].address, MailedHouse::address_of(kSellerBob));
    EXPECT_NE(letter.to[0].address, MailedHouse::address_of(owner)) << "nobody hears of his own acts";
  }
}

TEST(Postbox, who_switched_mails_off_gets_none) {
  MailedHouse mailed;
  Person ann = *mailed.house.people().person(kSellerAnn);
  ann.mails = false;
  Errand errand;
  errand.records.push_back({.record = to_record(ann)});
  ASSERT_TRUE(mailed.house.clerk().run(std::move(errand)).ok());
  mailed.house.open_case();
  EXPECT_TRUE(MailedHouse::to(mailed.letters(), kSellerAnn).empty());
}

TEST(Postbox, an_agent_is_asked_to_take_over_and_the_asker_hears_the_answer) {
  MailedHouse mailed;
  const CaseId opened = mailed.house.open_case();
  (void)mailed.letters();
  const ActorId owner = mailed.house.row(opened).state.owner;
  const ActorId other = owner == kAgentMarie ? kAgentNoor : kAgentMarie;
  const Answer asked = mailed.house.act(owner, opened, "hand-off",
                                        {{"to", std::to_string(other.value)},
                                         {"reason", "speciality"},
                                         {"summary", "She waits for her payout."},
                                         {"questions_listed", "on"}});
  ASSERT_TRUE(asked.ok()) << asked.error << mailed.house.fault().field;
  auto letters = mailed.letters();
  EXPECT_TRUE(MailedHouse::to(letters, kSellerAnn).empty()) << "that somebody was asked is the desk's own";
  ASSERT_EQ(MailedHouse::to(letters, other).size(), 1U);
  EXPECT_NE(MailedHouse::to(letters, other)[0].text.find("She waits for her payout."), std::string::npos);
  ASSERT_TRUE(mailed.house.act(other, opened, "accept-hand-off").ok());
  letters = mailed.letters();
  EXPECT_EQ(MailedHouse::to(letters, owner).size(), 1U);
  EXPECT_EQ(MailedHouse::to(letters, kSellerAnn).size(), 1U) << "the seller knows who answers";
}

TEST(Postbox, a_promise_that_ends_soon_is_warned_of_once) {
  MailedHouse mailed;
  mailed.settings.warn_before = 2h;
  mailed.begin();
  const CaseId opened = mailed.house.open_case();
  (void)mailed.letters();
  const auto row = mailed.house.row(opened);
  ASSERT_NE(row.desk_due, kNever);
  mailed.house.clock().set(row.desk_due - 3h);
  EXPECT_TRUE(mailed.letters().empty());
  mailed.house.clock().set(row.desk_due - 90min);
  const auto letters = MailedHouse::to(mailed.letters(), row.state.owner);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_NE(letters[0].text.find("A promise of the desk ends"), std::string::npos) << letters[0].text;
  mailed.house.clock().set(row.desk_due - 30min);
  EXPECT_TRUE(mailed.letters().empty());
}

TEST(Postbox, what_cannot_be_sent_is_tried_again_and_given_up_in_the_end) {
  MailedHouse mailed;
  mailed.house.open_case();
  mailed.heard.answer = Posted::Kind::later;
  mailed.heard.code = 451;
  ASSERT_TRUE(mailed.step());
  EXPECT_EQ(mailed.records(kLetterKind).size(), 2U);
  ASSERT_TRUE(mailed.step());
  EXPECT_EQ(mailed.postbox->counts().put_off, 2U) << "not before its time";
  mailed.house.clock().advance(2min);
  mailed.heard.answer = Posted::Kind::taken;
  EXPECT_EQ(mailed.letters().size(), 2U);
  EXPECT_TRUE(mailed.records(kLetterKind).empty());

  mailed.house.open_case();
  mailed.heard.answer = Posted::Kind::later;
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(mailed.step());
    mailed.house.clock().advance(25h);
  }
  EXPECT_TRUE(mailed.records(kLetterKind).empty());
  const auto failed = mailed.records(kLetterFailedKind);
  ASSERT_EQ(failed.size(), 2U);
  const auto letter = letter_from(failed[0]);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->fault, "the server says no");
  EXPECT_EQ(letter->attempts, 10U);

  mailed.house.open_case();
  mailed.heard.answer = Posted::Kind::refused;
  mailed.heard.code = 550;
  ASSERT_TRUE(mailed.step());
  EXPECT_EQ(mailed.records(kLetterFailedKind).size(), 4U) << "what is refused for ever is not tried again";
}

TEST(Postbox, a_silent_server_costs_one_letter_a_step) {
  MailedHouse mailed;
  mailed.house.open_case();
  mailed.house.open_case();
  mailed.heard.answer = Posted::Kind::later;
  mailed.heard.code = 0;
  EXPECT_FALSE(mailed.step());
  EXPECT_EQ(mailed.postbox->counts().put_off, 1U);
}

// ---- what comes in ------------------------------------------------------------------------------------------------

struct Told {
  CaseId opened;
  ActorId owner;
  std::string to_ann, to_owner;  // Message-IDs of letters
};

Told a_case_with_letters(MailedHouse& mailed) {
  Told told;
  told.opened = mailed.house.open_case();
  told.owner = mailed.house.row(told.opened).state.owner;
  const auto letters = mailed.letters();
  told.to_ann = MailedHouse::to(letters, kSellerAnn).at(0).message_id;
  told.to_owner = MailedHouse::to(letters, told.owner).at(0).message_id;
  return told;
}

TEST(Postbox, an_answer_of_the_seller_becomes_his_words) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  const std::string raw = MailedHouse::reply(kSellerAnn, told.to_ann,
                                             "The account is FR76.\r\n\r\nOn 2 Mar 2026, Guichet <desk@place.example> "
                                             "wrote:\r\n> Which account?\r\n-- \r\nAnn");
  EXPECT_TRUE(mailed.receive(raw).empty());
  EXPECT_EQ(mailed.spooled(), 0U);
  const auto words = mailed.last_words(told.opened);
  EXPECT_EQ(words.body, "The account is FR76.");
  EXPECT_EQ(words.matched, "In-Reply-To: " + told.to_ann);
  ASSERT_TRUE(words.mail);
  const auto kept = mailed.house.reader().text(words.mail);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->kind, ledger::TextKind::mail);
  EXPECT_EQ(kept->body, raw) << "the mail itself is kept, byte for byte";
  const auto file = mailed.house.file(told.opened);
  EXPECT_EQ(file.acts.back().channel, ledger::Channel::mail);
  EXPECT_EQ(file.acts.back().person, kSellerAnn);
  // The owner hears of it, in the thread that he knows.
  const auto letters = MailedHouse::to(mailed.letters(), told.owner);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].in_reply_to, std::vector{told.to_owner});
  EXPECT_NE(letters[0].text.find("FR76"), std::string::npos);
}

TEST(Postbox, the_same_mail_is_taken_once_by_whatever_way_it_comes) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  const std::string raw = MailedHouse::reply(kSellerAnn, told.to_ann, "Once.");
  EXPECT_TRUE(mailed.receive(raw).empty());
  EXPECT_TRUE(mailed.receive(raw).empty());
  EXPECT_TRUE(mailed.receive("Received: from a by b; Mon, 2 Mar 2026 11:00:02 +0000\r\n" + raw).empty());
  EXPECT_EQ(mailed.house.row(told.opened).messages, 2U) << "the first words and this mail";
  EXPECT_EQ(mailed.postbox->counts().repeated, 2U);
  // The same identity with other words is not the same mail.
  std::string other = raw;
  other.replace(other.find("Once."), 5, "Twice");
  const auto tray = mailed.receive(other);
  ASSERT_EQ(tray.size(), 1U);
  EXPECT_EQ(tray[0].reason, TrayReason::same_id);
}

TEST(Postbox, the_way_and_the_signatures_of_a_mail_are_kept_beside_its_words) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  // Ann has the address that the signed mail is from.
  const Person before = *mailed.house.people().person(kSellerAnn);
  Person ann = before;
  ann.email = "support@market.example";
  Errand errand;
  errand.records = to_change(before, ann);
  ASSERT_TRUE(mailed.house.clerk().run(std::move(errand)).ok());
  const std::string path = std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/signed/";
  const auto signed_mail = formats::whole_file(path + "rsa_relaxed.eml", 100'000, "");
  ASSERT_TRUE(signed_mail);
  const std::string raw = "In-Reply-To: <" + told.to_ann + ">\n" + *signed_mail;
  const auto keys = std::make_shared<intake::mail::RecordedKeys>();
  ASSERT_TRUE(keys->load(path + "keys.txt"));
  mailed.find_key = [keys](const std::string& name) { return keys->find(name); };
  mailed.begin();
  EXPECT_TRUE(mailed.receive(raw).empty());
  const dossier::Words words = mailed.last_words(told.opened);
  const auto line = [](const std::vector<dossier::ArrivalLine>& lines, std::string_view key) {
    const auto at = std::ranges::find(lines, key, &dossier::ArrivalLine::key);
    return at == lines.end() ? std::string{} : at->value;
  };
  EXPECT_EQ(line(words.arrival, "sha256"), hex(sha256(raw)));
  EXPECT_EQ(line(words.arrival, "dkim"), "pass: signed by market.example (rsa-sha256, 1024 bits)");
  EXPECT_EQ(line(words.arrival, "arc"), "none: no chain");
  EXPECT_EQ(line(words.arrival, "way"), "1 station in 9 s");
  EXPECT_TRUE(line(words.arrival, "station 1").starts_with("from mta.market.example [192.0.2.7] by mx.shop.example"));
  EXPECT_EQ(mailed.house.reader().text(words.mail)->body, raw) << "the bytes as they came";
  // Shown to the desk beside the words, and not to the seller.
  Visiting visiting(mailed.house);
  Request request;
  request.path = "/cases/1";
  const auto page_of = [&](ActorId who) {
    Visit visit = visiting.visit_of(request, who);
    visit.captures = {"1"};
    const auto here = see_case(visit, told.opened);
    EXPECT_TRUE(here && *here);
    return who == kSellerAnn ? seller_case(visit, **here).body : agent_case(visit, **here).body;
  };
  for (const char* shown : {"pass: signed by market.example", "1 station in 9 s", "sha256"}) {
    EXPECT_NE(page_of(kSupervisor).find(shown), std::string::npos) << shown;
    EXPECT_EQ(page_of(kSellerAnn).find(shown), std::string::npos) << shown;
  }

  // What waits in the tray keeps what was found when it came, also when the key is gone by the time it is settled.
  std::string other = *signed_mail;
  other.replace(other.find("reply-1@"), 8, "reply-2@");
  auto tray = mailed.receive(other);
  ASSERT_EQ(tray.size(), 1U);
  EXPECT_EQ(line(tray[0].arrival, "dkim").substr(0, 5), "fail:");
  const Person supervisor = *mailed.house.people().person(kSupervisor);
  const Person member = *mailed.house.people().person(kSellerAnn);
  auto put = put_into_case(mailed.house.reader(), tray[0],
                           {.by = supervisor, .member = member, .case_id = told.opened, .subject = {}}, mailed.desk);
  ASSERT_TRUE(put);
  ASSERT_TRUE(mailed.house.clerk().run(std::move(*put)).ok());
  EXPECT_EQ(mailed.last_words(told.opened).arrival, tray[0].arrival);
  EXPECT_EQ(mailed.receive("Received: from a by b; Mon, 2 Mar 2026 11:00:02 +0000\n" + other).size(), 0U)
      << "it is in a case, whatever way it comes again";
}

TEST(Postbox, references_match_too_and_a_number_in_the_subject_never) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  const std::string number = std::to_string(told.opened.value);
  std::string raw = MailedHouse::reply(kSellerAnn, "", "By references.",
                                       "References: <unknown@x>\r\n <" + told.to_ann + "> <later@x>\r\n");
  EXPECT_TRUE(mailed.receive(raw).empty());
  EXPECT_EQ(mailed.last_words(told.opened).matched, "References: " + told.to_ann);
  raw = MailedHouse::reply(kSellerAnn, "", "By number.");
  raw.replace(raw.find("Re: case"), 8, "Re: Case " + number + ": Missing payout [#" + number + "]");
  const auto tray = mailed.receive(raw);
  ASSERT_EQ(tray.size(), 1U);
  EXPECT_EQ(tray[0].reason, TrayReason::no_match);
  EXPECT_FALSE(tray[0].case_id);
}

TEST(Postbox, who_does_not_belong_to_the_case_is_not_heard_in_it) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  const auto reason = [&](const std::string& raw) {
    const auto before = mailed.tray().size();
    const auto tray = mailed.receive(raw);
    EXPECT_EQ(tray.size(), before + 1);
    for (const TrayMail& mail : tray)
      if (raw.find(mail.message_id) != std::string::npos) return mail.reason;
    return tray.back().reason;
  };
  const auto messages = mailed.house.row(told.opened).messages;
  EXPECT_EQ(reason(MailedHouse::reply(kSellerBob, told.to_ann, "I am Bob.")), TrayReason::not_of_account);
  EXPECT_EQ(reason(MailedHouse::reply(ActorId{4711}, told.to_ann, "Nobody.")), TrayReason::unknown_sender);
  EXPECT_EQ(reason(MailedHouse::reply(kMediatorLea, told.to_ann, "Not mine.")), TrayReason::not_of_account);
  EXPECT_EQ(reason(MailedHouse::reply(kAuditor, told.to_ann, "I only look.")), TrayReason::not_allowed);
  EXPECT_EQ(reason(MailedHouse::reply(kAdministrator, told.to_ann, "Hm.")), TrayReason::not_of_account);
  const ActorId other = told.owner == kAgentMarie ? kAgentNoor : kAgentMarie;
  EXPECT_EQ(reason(MailedHouse::reply(other, told.to_owner, "Not my case.")), TrayReason::not_allowed);
  EXPECT_EQ(reason(MailedHouse::reply(told.owner, told.to_ann, "A letter that was not to me.")),
            TrayReason::not_allowed);
  std::string two = MailedHouse::reply(kSellerAnn, told.to_ann, "We are two.");
  two.replace(two.find("From: Somebody"), 14, "From: x@y.example, Somebody");
  EXPECT_EQ(reason(two), TrayReason::no_sender);
  EXPECT_EQ(mailed.house.row(told.opened).messages, messages);
}

TEST(Postbox, the_owner_may_answer_the_sellers_words_by_mail) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  EXPECT_TRUE(mailed.receive(MailedHouse::reply(told.owner, told.to_owner, "We look into it.")).empty());
  EXPECT_EQ(mailed.last_words(told.opened).body, "We look into it.");
  const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_NE(letters[0].text.find("We look into it."), std::string::npos);
}

TEST(Postbox, programs_are_kept_apart_and_never_answered) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  const auto messages = mailed.house.row(told.opened).messages;
  (void)mailed.receive(MailedHouse::reply(kSellerAnn, told.to_ann, "I am away.", "Auto-Submitted: auto-replied\r\n"));
  (void)mailed.receive(MailedHouse::reply(kSellerAnn, told.to_ann, "To all.", "Precedence: bulk\r\n"));
  (void)mailed.receive(MailedHouse::reply(kSellerAnn, told.to_ann, "To the list.", "List-Id: <x.example>\r\n"));
  // A letter of ours that comes back, as it was.
  ASSERT_TRUE(mailed.house.act(told.owner, told.opened, "message", {{"body", "hello"}}).ok());
  mailed.heard.parcels.clear();
  ASSERT_TRUE(mailed.step());
  ASSERT_FALSE(mailed.heard.parcels.empty());
  const std::string ours = mailed.heard.parcels[0].raw;
  mailed.heard.parcels.clear();
  const auto tray = mailed.receive(ours);
  ASSERT_EQ(tray.size(), 4U);
  std::vector<TrayReason> reasons;
  for (const TrayMail& mail : tray) {
    reasons.push_back(mail.reason);
    EXPECT_EQ(mail.case_id.value == 0, mail.matched.empty());
    EXPECT_FALSE(raw_of(mailed.house.reader(), mail.id)->empty()) << "nothing is thrown away";
  }
  std::sort(reasons.begin(), reasons.end());
  EXPECT_EQ(reasons,
            (std::vector{TrayReason::auto_reply, TrayReason::bulk, TrayReason::mailing_list, TrayReason::own_mail}));
  EXPECT_EQ(mailed.house.row(told.opened).messages, messages + 1);
  EXPECT_TRUE(mailed.heard.parcels.empty()) << "nobody is answered";
}

TEST(Postbox, two_desks_that_write_to_each_other_fall_silent) {
  MailedHouse one;
  MailedHouse other;
  const Told told = a_case_with_letters(one);
  ASSERT_TRUE(one.house.act(told.owner, told.opened, "message", {{"body", "hello"}}).ok());
  one.heard.parcels.clear();
  ASSERT_TRUE(one.step());
  std::size_t letters = one.heard.parcels.size();
  for (const Parcel& parcel : one.heard.parcels) other.receive(parcel.raw);
  EXPECT_EQ(other.tray().size(), letters);
  EXPECT_TRUE(other.heard.parcels.empty());
}

TEST(Postbox, bounces_join_the_failures) {
  MailedHouse mailed;
  const Told told = a_case_with_letters(mailed);
  const auto bounce = [&](const std::string& action) {
    return "Return-Path: <>\r\nMessage-ID: <" + action +
           "@mx.example>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: failed\r\n"
           "Date: Mon, 2 Mar 2026 11:00:00 +0000\r\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nno\r\n--b\r\n"
           "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; "
           "1@people.example\r\nAction: " +
           action + "\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" + told.to_ann +
           ">\r\n\r\nx\r\n--b--\r\n";
  };
  EXPECT_EQ(mailed.receive(bounce("delayed")).back().reason, TrayReason::bounce);
  EXPECT_TRUE(mailed.records(kLetterFailedKind).empty()) << "a delay is no failure yet";
  (void)mailed.receive(bounce("failed"));
  const auto failed = mailed.records(kLetterFailedKind);
  ASSERT_EQ(failed.size(), 1U);
  const auto letter = letter_from(failed[0]);
  ASSERT_TRUE(letter);
  EXPECT_NE(letter->act, 0U) << "what it told of is known, so that it can go again";
  EXPECT_EQ(letter->to, kSellerAnn);
  EXPECT_EQ(letter->case_id, told.opened);
  EXPECT_EQ(letter->fault, "returned: 1@people.example: 5.1.1");
}

TEST(Postbox, too_many_mails_of_one_address_wait) {
  MailedHouse mailed;
  mailed.settings.mails_per_hour_max = 3;
  mailed.begin();
  const Told told = a_case_with_letters(mailed);
  for (int i = 0; i < 5; ++i) mailed.receive(MailedHouse::reply(kSellerAnn, told.to_ann, "word " + std::to_string(i)));
  EXPECT_EQ(mailed.house.row(told.opened).messages, 4U);
  ASSERT_EQ(mailed.tray().size(), 2U);
  EXPECT_EQ(mailed.tray()[0].reason, TrayReason::too_many);
  mailed.house.clock().advance(61min);
  mailed.receive(MailedHouse::reply(kSellerAnn, told.to_ann, "an hour later"));
  EXPECT_EQ(mailed.house.row(told.opened).messages, 5U);
}

TEST(Postbox, files_become_exhibits_and_what_is_too_large_stays_in_the_mail) {
  MailedHouse mailed;
  mailed.desk.file_bytes_max = 1'000;
  const Told told = a_case_with_letters(mailed);
  const std::string raw = MailedHouse::reply(
      kSellerAnn, told.to_ann,
      "--b\r\n\r\nWith files.\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; "
      "filename=\"../a.csv\"\r\n\r\n1;2\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
      "filename=big.pdf\r\n\r\n" +
          std::string(5'000, 'x') + "\r\n--b--",
      "Content-Type: multipart/mixed; boundary=b\r\n");
  EXPECT_TRUE(mailed.receive(raw).empty());
  const auto words = mailed.last_words(told.opened);
  EXPECT_EQ(words.body, "With files.");
  ASSERT_EQ(words.files.size(), 1U);
  const auto file = mailed.house.reader().text(words.files[0]);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "a.csv");
  EXPECT_EQ(file->body, "1;2");
  EXPECT_EQ(file->author, kSellerAnn);
  EXPECT_EQ(mailed.house.reader().text(words.mail)->body, raw);
}

TEST(Postbox, what_the_rules_do_not_take_waits_and_its_sender_is_told_once) {
  MailedHouse mailed("next-available");
  const CaseId opened = mailed.house.open_case(kSellerAnn, "other");
  const auto letters = mailed.letters();
  std::string id;
  for (const auto& letter : letters)
    if (letter.to[0].address == MailedHouse::address_of(kSellerAnn)) id = letter.message_id;
  if (id.empty()) {
    const auto row = mailed.house.row(opened);
    const ActorId agent = row.state.owner ? row.state.owner : kAgentMarie;
    ASSERT_TRUE(mailed.house.act(agent, opened, "message", {{"body", "hello"}}).ok());
    id = MailedHouse::to(mailed.letters(), kSellerAnn).at(0).message_id;
  }
  const auto row = mailed.house.row(opened);
  ASSERT_TRUE(mailed.house.act(kSellerAnn, opened, "close").ok()) << mailed.house.fault().field;
  (void)mailed.letters();
  mailed.house.clock().advance(24h * 400);
  mailed.heard.parcels.clear();
  const auto tray = mailed.receive(MailedHouse::reply(kSellerAnn, id, "Still there?"));
  ASSERT_EQ(tray.size(), 1U);
  EXPECT_EQ(tray[0].reason, TrayReason::refused);
  EXPECT_EQ(tray[0].case_id, opened);
  EXPECT_FALSE(tray[0].detail.empty());
  ASSERT_EQ(mailed.heard.parcels.size(), 1U);
  const auto told = intake::mail::read_message(mailed.heard.parcels[0].raw);
  EXPECT_EQ(told.in_reply_to, std::vector{tray[0].message_id});
  EXPECT_NE(told.text.find("could not be taken"), std::string::npos) << told.text;
  EXPECT_TRUE(mailed.letters().empty());
}

TEST(Postbox, a_crash_at_any_place_loses_nothing_and_doubles_no_words) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::uint64_t state = seed;
    const auto draw = [&](std::uint64_t below) { return (state = scramble(state + 0x9e37)) % below; };
    MailedHouse mailed;
    const Told told = a_case_with_letters(mailed);
    std::vector<std::string> raws;
    for (int i = 0; i < 4; ++i)
      raws.push_back(MailedHouse::reply(kSellerAnn, told.to_ann, "word " + std::to_string(i)));
    for (int i = 0; i < 12; ++i) {
      // Mails come again, letters are not sent, and the postbox is started anew between.
      mailed.heard.answer = draw(2) == 0 ? Posted::Kind::taken : Posted::Kind::later;
      mailed.heard.code = 451;
      mailed.receive(raws[draw(raws.size())]);
      if (draw(2) == 0) mailed.begin();
      mailed.house.clock().advance(10min);
    }
    for (const std::string& raw : raws) mailed.receive(raw);
    EXPECT_EQ(mailed.house.row(told.opened).messages, 5U);
    EXPECT_TRUE(mailed.tray().empty());
    mailed.heard.answer = Posted::Kind::taken;
    mailed.house.clock().advance(48h);
    (void)mailed.letters();
    EXPECT_TRUE(mailed.records(kLetterKind).empty());
    EXPECT_TRUE(mailed.records(kLetterFailedKind).empty());
  }
}

// ---- mails that open a case ---------------------------------------------------------------------------------------

/// The cases that there are.
std::uint32_t cases(MailedHouse& mailed) { return mailed.house.reader().reach()->case_id.value; }

class OpeningMail : public ::testing::Test {
 protected:
  OpeningMail() { set(MailSettings::Opens::all); }
  void set(MailSettings::Opens opens) {
    mailed.settings.opens = opens;
    mailed.begin();
  }
  TrayReason reason_of_the_only_one() {
    const auto tray = mailed.tray();
    EXPECT_EQ(tray.size(), 1U);
    return tray.empty() ? TrayReason::no_sender : tray.front().reason;
  }
  static std::string mail(ActorId from, const std::string& words, const std::string& more = {}) {
    return MailedHouse::reply(from, "", words, more);
  }

  MailedHouse mailed;
};

TEST_F(OpeningMail, is_not_what_a_desk_does_unless_it_is_set_so) {
  EXPECT_EQ(MailSettings{}.opens, MailSettings::Opens::no);
  set(MailSettings::Opens::no);
  EXPECT_EQ(mailed.receive(mail(kSellerAnn, "My parcel is lost.")).size(), 1U);
  EXPECT_EQ(cases(mailed), 0U);
}

TEST_F(OpeningMail, of_a_seller_begins_a_case_with_its_promises_its_letters_and_the_reason) {
  const std::string raw = mail(kSellerAnn, "My parcel is lost.");
  EXPECT_TRUE(mailed.receive(raw).empty());
  ASSERT_EQ(cases(mailed), 1U);
  const CaseId made{1};
  const ledger::ShelfRow row = mailed.house.row(made);
  EXPECT_EQ(row.account, kAnnsShop);
  EXPECT_EQ(row.opener, kSellerAnn);
  EXPECT_EQ(row.subject, "Re: case");
  EXPECT_NE(row.desk_due, kNever) << "the promises of the procedure run";
  EXPECT_TRUE(row.state.owner) << "and somebody answers";
  EXPECT_EQ(mailed.house.procedures().of_case(row.state).file.matters.at(row.state.matter()).id, "other");
  const auto words = mailed.last_words(made);
  EXPECT_EQ(words.body, "My parcel is lost.");
  EXPECT_EQ(words.matched, "opened by a mail from 1@people.example, whose signature was not needed");
  EXPECT_EQ(mailed.house.reader().text(words.mail)->body, raw);
  EXPECT_EQ(mailed.postbox->counts().opened, 1U);
  // The letters are those of any case, and hers goes on with her own mail.
  const auto letters = mailed.letters();
  ASSERT_EQ(letters.size(), 2U);
  const auto hers = MailedHouse::to(letters, kSellerAnn);
  ASSERT_EQ(hers.size(), 1U);
  const std::string id = intake::mail::read_message(raw).message_id;
  EXPECT_EQ(hers[0].in_reply_to, std::vector{id});
  EXPECT_EQ(MailedHouse::to(letters, row.state.owner).size(), 1U);
  // What answers that mail is of the case.
  EXPECT_TRUE(mailed.receive(MailedHouse::reply(kSellerAnn, id, "Found it.")).empty());
  EXPECT_EQ(cases(mailed), 1U);
  EXPECT_EQ(mailed.last_words(made).body, "Found it.");
}

TEST_F(OpeningMail, needs_a_signature_of_the_senders_own_domain_where_it_is_set_so) {
  set(MailSettings::Opens::signed_ones);
  EXPECT_EQ(mailed.receive(mail(kSellerAnn, "Unsigned.")).size(), 1U);
  EXPECT_EQ(reason_of_the_only_one(), TrayReason::not_signed);
  EXPECT_EQ(cases(mailed), 0U);

  const Person before = *mailed.house.people().person(kSellerAnn);
  Person ann = before;
  ann.email = "support@market.example";
  Errand errand;
  errand.records = to_change(before, ann);
  ASSERT_TRUE(mailed.house.clerk().run(std::move(errand)).ok());
  const std::string path = std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/signed/";
  const auto keys = std::make_shared<intake::mail::RecordedKeys>();
  ASSERT_TRUE(keys->load(path + "keys.txt"));
  mailed.find_key = [keys](const std::string& name) { return keys->find(name); };
  mailed.begin();
  const auto signed_mail = [&](const std::string& name) {
    const auto raw = formats::whole_file(path + name, 100'000, "");
    EXPECT_TRUE(raw) << name;
    return raw ? *raw : std::string{};
  };
  // Signed by another domain, not over the sender, over a part of the body, with a key that is only tried, or changed.
  std::string changed = signed_mail("rsa_relaxed.eml");
  changed.insert(changed.size() - 2, "and one word more");
  for (const std::string& raw : {signed_mail("identity_foreign.eml"), signed_mail("no_from.eml"),
                                 signed_mail("length.eml"), signed_mail("testing.eml"), changed}) {
    const std::size_t waiting = mailed.tray().size();
    EXPECT_EQ(mailed.receive(raw).size(), waiting + 1) << raw.substr(0, 400);
    EXPECT_EQ(cases(mailed), 0U);
  }
  mailed.receive(signed_mail("ed25519.eml"));
  ASSERT_EQ(cases(mailed), 1U);
  EXPECT_EQ(mailed.last_words(CaseId{1}).matched, "opened by a mail from support@market.example, signed by its domain");
}

TEST_F(OpeningMail, of_anybody_else_waits) {
  // An address that nobody has here, one of the desk, one of somebody who has left, and no account.
  EXPECT_EQ(mailed.receive(mail(ActorId{77}, "A stranger's.")).size(), 1U);
  EXPECT_EQ(mailed.receive(mail(kAgentMarie, "An agent's.")).size(), 2U);
  const Person before = *mailed.house.people().person(kSellerBob);
  Person bob = before;
  bob.active = false;
  Errand errand;
  errand.records = to_change(before, bob);
  ASSERT_TRUE(mailed.house.clerk().run(std::move(errand)).ok());
  EXPECT_EQ(mailed.receive(mail(kSellerBob, "Of one who left.")).size(), 3U);
  // Of programs, to many, empty, or in answer to a mail that the desk does not know.
  EXPECT_EQ(mailed.receive(mail(kSellerAnn, "I am away.", "Auto-Submitted: auto-replied\r\n")).size(), 4U);
  EXPECT_EQ(mailed.receive(mail(kSellerAnn, "News.", "List-Id: <news.example>\r\n")).size(), 5U);
  EXPECT_EQ(mailed.receive(mail(kSellerAnn, "")).size(), 6U);
  EXPECT_EQ(mailed.receive(mail(kSellerAnn, "As said.", "References: <elsewhere@far.example>\r\n")).size(), 7U);
  EXPECT_EQ(cases(mailed), 0U);
}

TEST_F(OpeningMail, opens_one_case_however_often_it_comes) {
  const std::string raw = mail(kSellerAnn, "Once.");
  for (int i = 0; i < 3; ++i) {
    mailed.receive(raw);
    mailed.receive("Received: from a by b; Mon, 2 Mar 2026 11:00:02 +0000\r\n" + raw);
    mailed.begin();
  }
  EXPECT_EQ(cases(mailed), 1U);
  EXPECT_EQ(mailed.house.row(CaseId{1}).messages, 1U);
  EXPECT_TRUE(mailed.tray().empty());
  std::string other = raw;
  other.replace(other.find("Once."), 5, "Twice");
  mailed.receive(other);
  EXPECT_EQ(cases(mailed), 1U);
  EXPECT_EQ(reason_of_the_only_one(), TrayReason::same_id);
}

TEST_F(OpeningMail, of_one_sender_opens_no_more_than_is_set_also_after_a_restart) {
  mailed.settings.opens_per_day_max = 2;
  mailed.begin();
  for (int i = 0; i < 6; ++i) {
    mailed.receive(mail(kSellerAnn, "word " + std::to_string(i)));
    mailed.begin();
    mailed.house.clock().advance(2h);
  }
  EXPECT_EQ(cases(mailed), 2U);
  ASSERT_EQ(mailed.tray().size(), 4U);
  for (const TrayMail& waits : mailed.tray()) EXPECT_EQ(waits.reason, TrayReason::too_many);
  mailed.receive(mail(kSellerBob, "Another's."));
  EXPECT_EQ(cases(mailed), 3U);
  mailed.house.clock().advance(24h);
  mailed.receive(mail(kSellerAnn, "A day later."));
  EXPECT_EQ(cases(mailed), 4U);
}

TEST_F(OpeningMail, opens_it_on_the_matter_that_is_set_or_not_at_all) {
  mailed.settings.opens_matter = "technical";
  mailed.begin();
  mailed.receive(mail(kSellerAnn, "The page is white."));
  const ledger::ShelfRow row = mailed.house.row(CaseId{1});
  EXPECT_EQ(mailed.house.procedures().of_case(row.state).file.matters.at(row.state.matter()).id, "technical");
  mailed.settings.opens_matter = "of_last_year";
  mailed.begin();
  mailed.receive(mail(kSellerAnn, "And again."));
  EXPECT_EQ(cases(mailed), 1U);
  EXPECT_EQ(reason_of_the_only_one(), TrayReason::refused);
  EXPECT_EQ(mailed.tray().front().detail, "no_such_matter");
}

TEST_F(OpeningMail, a_crash_at_any_place_opens_each_case_once) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::uint64_t state = seed;
    const auto draw = [&](std::uint64_t below) { return (state = scramble(state + 0x9e37)) % below; };
    MailedHouse torn;
    torn.settings.opens = MailSettings::Opens::all;
    torn.settings.opens_per_day_max = 100;
    torn.begin();
    std::vector<std::string> raws;
    for (int i = 0; i < 4; ++i) raws.push_back(mail(kSellerAnn, "word " + std::to_string(i)));
    for (int i = 0; i < 16; ++i) {
      torn.receive(raws[draw(raws.size())]);
      if (draw(2) == 0) torn.begin();
      torn.house.clock().advance(10min);
    }
    for (const std::string& raw : raws) torn.receive(raw);
    EXPECT_EQ(cases(torn), 4U);
    EXPECT_TRUE(torn.tray().empty());
  }
}

// ---- by the servers of the distribution ---------------------------------------------------------------------------

TEST(Postbox, a_whole_round_by_real_servers) {
  std::string why;
  const auto servers = MailServers::start(why);
  if (!servers) GTEST_SKIP() << why;
  MailedHouse mailed;
  // Everybody's mailbox is on the servers.
  for (const ActorId id : {kSellerAnn, kAgentMarie, kAgentNoor}) {
    Person person = *mailed.house.people().person(id);
    person.email = "p" + std::to_string(id.value) + "@boutique.example";
    Errand errand;
    errand.records.push_back({.record = to_record(person)});
    ASSERT_TRUE(mailed.house.clerk().run(std::move(errand)).ok());
  }
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("guichet-round-" + std::to_string(::getpid()))).string();
  Postbox::Parts parts;
  parts.ledger = &mailed.house.ledger();
  parts.clerk = &mailed.house.clerk();
  parts.procedures = &mailed.house.procedures();
  parts.people = &mailed.house.people();
  parts.house = &mailed.desk;
  parts.settings = mailed.settings;
  parts.settings.smtp = servers->smtp();
  parts.settings.imap = servers->imap("desk@place.example");
  parts.settings.poll_every = Duration{0};
  parts.outbox = smtp_outbox(*parts.settings.smtp, "place.example");
  auto spool = MailSpool::open(folder);
  ASSERT_TRUE(spool);
  parts.spool = *spool;
  auto postbox = Postbox::by_hand(std::move(parts));
  ASSERT_TRUE(postbox);

  const CaseId opened = mailed.house.open_case();
  Outcome done = (*postbox)->step(mailed.house.clock().now());
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ((*postbox)->counts().sent, 2U);
  const auto letters = servers->fetch(servers->imap("p1@boutique.example"), 1);
  ASSERT_EQ(letters.size(), 1U);
  const auto letter = intake::mail::read_message(letters[0].raw);
  EXPECT_EQ(letter.from, (std::vector<intake::mail::Address>{{"Guichet", "desk@place.example"}}));

  // She answers with her own program.
  const std::string answer =
      "Message-ID: <answer@boutique.example>\r\nFrom: Ann <p1@boutique.example>\r\nTo: desk@place.example\r\n"
      "Subject: Re: " +
      letter.subject + "\r\nDate: Mon, 2 Mar 2026 11:00:00 +0000\r\nIn-Reply-To: <" + letter.message_id +
      ">\r\n\r\nHere is my answer.\r\n> quoted\r\n";
  ASSERT_EQ(smtp_outbox(servers->smtp(), "boutique.example")
                ->send({.from = "p1@boutique.example", .to = "desk@place.example", .raw = answer})
                .kind,
            Posted::Kind::taken);
  for (int tries = 0; tries < 600 && (*postbox)->counts().taken == 0; ++tries) {
    done = (*postbox)->step(mailed.house.clock().now());
    ASSERT_TRUE(done) << done.error().detail;
    if ((*postbox)->counts().taken == 0) ::poll(nullptr, 0, 50);
  }
  EXPECT_EQ(mailed.last_words(opened).body, "Here is my answer.");
  EXPECT_EQ(mailed.last_words(opened).matched, "In-Reply-To: " + letter.message_id);
  EXPECT_EQ((*postbox)->counts().fetched, 1U);
  EXPECT_TRUE(mailed.tray().empty());
  std::filesystem::remove_all(folder);
}

TEST(Postbox, on_a_thread_of_its_own_it_sends_what_is_new) {
  MailedHouse mailed;
  Listener::Heard heard;
  Postbox::Parts parts;
  parts.ledger = &mailed.house.ledger();
  parts.clerk = &mailed.house.clerk();
  parts.procedures = &mailed.house.procedures();
  parts.people = &mailed.house.people();
  parts.house = &mailed.desk;
  parts.settings = mailed.settings;
  parts.outbox = std::make_unique<Listener>(heard);
  mailed.house.open_case();
  auto postbox = Postbox::start(std::move(parts), mailed.house.clock());
  ASSERT_TRUE(postbox);
  for (int tries = 0; tries < 2'000 && (*postbox)->counts().sent < 2; ++tries) {
    (*postbox)->look();
    ::poll(nullptr, 0, 5);
  }
  (*postbox)->stop();
  EXPECT_EQ((*postbox)->counts().sent, 2U);
  EXPECT_EQ(heard.parcels.size(), 2U);
}

/// A postbox of this house whose servers both are `server`; nothing is on its way yet.
Postbox::Parts parts_with(MailedHouse& mailed, const SilentServer& server) {
  Postbox::Parts parts;
  parts.ledger = &mailed.house.ledger();
  parts.clerk = &mailed.house.clerk();
  parts.procedures = &mailed.house.procedures();
  parts.people = &mailed.house.people();
  parts.house = &mailed.desk;
  parts.settings = mailed.settings;
  parts.settings.smtp = MailServer{.host = "127.0.0.1",
                                   .port = server.port(),
                                   .security = WireSecurity::none,
                                   .user = {},
                                   .password = {},
                                   .certificates = {}};
  return parts;
}

/// Letters that wait, each never tried.
std::size_t untried(MailedHouse& mailed) {
  ledger::RecordQuery query;
  query.kind = kLetterKind;
  const auto records = mailed.house.reader().records(query);
  EXPECT_TRUE(records);
  for (const ledger::Record& record : *records) EXPECT_EQ(letter_from(record)->attempts, 0U);
  return records->size();
}

/// With letters to send over a server that says what the test lets it say.
std::unique_ptr<Postbox> postbox_against(MailedHouse& mailed, const SilentServer& server) {
  Postbox::Parts parts = parts_with(mailed, server);
  parts.outbox = smtp_outbox(*parts.settings.smtp, "place.example");
  mailed.house.open_case();
  auto postbox = Postbox::start(std::move(parts), mailed.house.clock());
  EXPECT_TRUE(postbox);
  return std::move(*postbox);
}

TEST(Postbox, a_server_that_never_answers_does_not_keep_the_desk_from_stopping) {
  MailedHouse mailed;
  SilentServer silent;
  const auto postbox = postbox_against(mailed, silent);
  silent.take();
  postbox->stop();
  EXPECT_TRUE(silent.was_left());
  EXPECT_EQ(untried(mailed), 2U);
  EXPECT_EQ(mailed.letters().size(), 2U) << "after the next start they go, each once";
}

TEST(Postbox, a_server_that_has_the_whole_letter_may_still_say_that_it_takes_it) {
  MailedHouse mailed;
  SilentServer slow;
  const auto postbox = postbox_against(mailed, slow);
  slow.take();
  slow.say("220 slow.example\r\n");
  slow.hear("EHLO ");
  slow.say("250 slow.example\r\n");
  slow.hear("MAIL FROM");
  slow.say("250 go on\r\n");
  slow.hear("RCPT TO");
  slow.say("250 go on\r\n");
  slow.hear("DATA\r\n");
  slow.say("354 go on\r\n");
  slow.hear("\r\n.\r\n");
  std::thread stopping([&] { postbox->stop(); });
  slow.say("250 taken\r\n");
  stopping.join();
  EXPECT_EQ(postbox->counts().sent, 1U);
  EXPECT_EQ(untried(mailed), 1U);
  EXPECT_EQ(mailed.letters().size(), 1U);
}

TEST(Postbox, a_mailbox_that_never_answers_does_not_keep_the_desk_from_stopping) {
  MailedHouse mailed;
  SilentServer silent;
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("guichet-silent-" + std::to_string(::getpid()))).string();
  Postbox::Parts parts = parts_with(mailed, silent);
  parts.settings.imap = MailFolder{.server = *parts.settings.smtp};
  auto spool = MailSpool::open(folder);
  ASSERT_TRUE(spool);
  parts.spool = *spool;
  auto postbox = Postbox::start(std::move(parts), mailed.house.clock());
  ASSERT_TRUE(postbox);
  silent.take();
  (*postbox)->stop();
  EXPECT_TRUE(silent.was_left());
  EXPECT_EQ((*postbox)->counts().faults, 0U) << "we left, it did not fail";
  std::filesystem::remove_all(folder);
}

TEST(Postbox, a_name_server_that_never_answers_does_not_keep_the_desk_from_stopping) {
  MailedHouse mailed;
  const UdpSocket swallows;
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("guichet-swallows-" + std::to_string(::getpid()))).string();
  Postbox::Parts parts;
  parts.ledger = &mailed.house.ledger();
  parts.clerk = &mailed.house.clerk();
  parts.procedures = &mailed.house.procedures();
  parts.people = &mailed.house.people();
  parts.house = &mailed.desk;
  parts.settings = mailed.settings;
  auto spool = MailSpool::open(folder);
  ASSERT_TRUE(spool);
  parts.spool = *spool;
  auto find = keys_in_dns({.resolver = "127.0.0.1:" + std::to_string(swallows.port()),
                           .seconds = 3'600,
                           .tries = 3,
                           .remember = false,
                           .stop = parts.stop.get_token()});
  ASSERT_TRUE(find);
  parts.find_key = *find;
  const auto raw =
      formats::whole_file(std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/signed/rsa_relaxed.eml", 1'000'000, "");
  ASSERT_TRUE(raw);
  ASSERT_TRUE(parts.spool->put(*raw, false));
  auto postbox = Postbox::start(std::move(parts), mailed.house.clock());
  ASSERT_TRUE(postbox);
  (*postbox)->look();
  std::array<char, 512> question{};
  ASSERT_GT(::recv(swallows.socket(), question.data(), question.size(), 0), 12) << "it asks for the key";
  (*postbox)->stop();
  EXPECT_EQ((*postbox)->counts().faults, 0U) << "we left, it did not fail";
  EXPECT_EQ((*postbox)->counts().trayed, 0U);
  EXPECT_TRUE(mailed.tray().empty()) << "nothing is said of a signature that was not looked at";
  EXPECT_EQ(spool->waiting(10)->size(), 1U) << "the mail waits for the next start";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace guichet::desk
