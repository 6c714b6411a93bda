#include <guichet/desk/mailbox_in.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <guichet/desk/measured.hpp>
#include <guichet/desk/pages/agent.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/measures/tally.hpp>

#include "markup.hpp"
#include "small_house.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

namespace fs = std::filesystem;
namespace mail = intake::mail;

constexpr std::string_view kBox =
    "From anna@shop.example Tue Mar  3 09:00:00 2026\n"
    "From: Anna <anna@shop.example>\nTo: support@market.example\nSubject: My shelf\nMessage-ID: <1@shop.example>\n"
    "Date: Tue, 3 Mar 2026 09:00:00 +0000\n\nWhere is it gone?\n\n"
    "From support@market.example Tue Mar  3 11:00:00 2026\n"
    "Received: from out.market.example ([192.0.2.1]) by mx.shop.example; Tue, 3 Mar 2026 11:00:04 +0000\n"
    "From: Support <support@market.example>\nTo: anna@shop.example\nSubject: Re: My shelf\n"
    "Message-ID: <2@market.example>\nIn-Reply-To: <1@shop.example>\nDate: Tue, 3 Mar 2026 11:00:00 +0000\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"
    "--b\n\nWe look into the warehouse.\n\nKind regards,\nMarie\n\n> Where is it gone?\n\n"
    "--b\nContent-Type: text/csv; name=\"list.csv\"\nContent-Disposition: attachment\n\na,b\n--b--\n\n"
    "From nobody Tue Mar  3 12:00:00 2026\n"
    "Subject: a letter without a sender\n\nwords\n\n"
    "From anna@shop.example Wed Mar  4 08:00:00 2026\n"
    "From: Anna <anna@shop.example>\nTo: support@market.example\nSubject: Another matter\n"
    "Message-ID: <4@shop.example>\nDate: Wed, 4 Mar 2026 08:00:00 +0000\n\nHello?\n";

class MailboxInto : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("mailbox-in-" + std::to_string(::getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<mail::Mailbox> read(std::string_view bytes) {
    const fs::path path = folder_ / "in.mbox";
    std::ofstream(path, std::ios::binary) << bytes;
    mail::MailMapping mapping;
    mapping.name = "shop";
    mapping.desk = {"@market.example"};
    mapping.seller = {"anna@shop.example"};
    mapping.seller_name = "Anna's shop";
    auto box = std::make_unique<mail::Mailbox>(mapping);
    EXPECT_TRUE(box->read(path.string(), {}));
    box->settle();
    return box;
  }

  static Result<MailboxImported> bring(SmallHouse& house, const mail::Mailbox& box) {
    return import_mailbox(house.ledger(), shelving(house.procedures()),
                          {.box = box, .name = "in.mbox", .find_key = {}, .progress = {}}, house.clock().now());
  }

  fs::path folder_;
};

TEST_F(MailboxInto, mails_stand_in_cases_with_bytes_words_files_and_reasons) {
  SmallHouse house;
  const auto box = read(kBox);
  const auto done = bring(house, *box);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(done->written.cases, 2U);
  EXPECT_EQ(done->mails, 3U);
  EXPECT_EQ(done->waiting, 1U);
  const ledger::CaseFile file = house.file(CaseId{1});
  EXPECT_EQ(file.row.subject, "My shelf");
  ASSERT_EQ(file.events.size(), 3U);
  EXPECT_EQ(file.events[2].event.kind, EventKind::message_sent);
  EXPECT_EQ(file.events[2].event.party, Party::desk);
  const auto text = house.reader().text(file.events[2].event.text);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->kind, ledger::TextKind::label);
  const auto label = dossier::label_from_json(text->body);
  ASSERT_TRUE(label) << label.error().detail;
  EXPECT_EQ(label->words, 8U);
  EXPECT_NE(label->said.find("> Where is it gone?"), std::string::npos) << "the kept text is never cut";
  EXPECT_EQ(label->matched,
            "answers <1@shop.example> (in_reply_to); desk by domain @market.example; Marie by signature \"Marie\"");
  ASSERT_EQ(label->files.size(), 1U);
  EXPECT_EQ(house.reader().text(label->files[0])->name, "list.csv");
  const auto raw = house.reader().text(label->mail);
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->kind, ledger::TextKind::mail);
  EXPECT_EQ(raw->body, *box->raw_of(1));
  const auto line = [&label](std::string_view key) {
    const auto at = std::ranges::find(label->arrival, key, &dossier::ArrivalLine::key);
    return at == label->arrival.end() ? std::string{} : at->value;
  };
  EXPECT_EQ(line("sha256").size(), 64U);
  EXPECT_EQ(line("dkim"), "none: no signature");
  EXPECT_EQ(line("way"), "1 station in 4 s");
  EXPECT_TRUE(line("station 1").starts_with("from out.market.example [192.0.2.1] by mx.shop.example"))
      << line("station 1");
  const auto wrong = house.ledger().check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
  // The words are found, and the page that shows the case reads the same document.
  ledger::SearchQuery search;
  search.words = "warehouse";
  EXPECT_EQ(house.reader().search(search)->rows.size(), 1U);
  const dossier::Words words = dossier::words_or_plain(text->body, text->media_type);
  EXPECT_EQ(words.mail, label->mail);
  EXPECT_EQ(words.arrival, label->arrival);
  EXPECT_TRUE(words.body.starts_with("We look into the warehouse."));
}

TEST_F(MailboxInto, a_mail_of_nobody_waits_in_the_tray) {
  SmallHouse house;
  ASSERT_TRUE(bring(house, *read(kBox)));
  const auto waiting = waiting_mails(house.reader(), 10);
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->size(), 1U);
  EXPECT_EQ(waiting->front().reason, TrayReason::no_sender);
  EXPECT_EQ(waiting->front().subject, "a letter without a sender");
  EXPECT_EQ(*raw_of(house.reader(), waiting->front().id), "Subject: a letter without a sender\n\nwords\n");
}

TEST_F(MailboxInto, what_is_there_already_is_left_out) {
  SmallHouse house;
  ASSERT_TRUE(bring(house, *read(kBox)));
  const auto same = bring(house, *read(kBox));
  ASSERT_FALSE(same) << "the same mailbox";
  EXPECT_EQ(same.error().fault, Fault::conflict);
  const std::string grown =
      std::string(kBox) +
      "\nFrom support@market.example Thu Mar  5 08:00:00 2026\n"
      "From: Support <support@market.example>\nTo: anna@shop.example\nIn-Reply-To: <4@shop.example>\n"
      "Message-ID: <5@market.example>\nDate: Thu, 5 Mar 2026 08:00:00 +0000\n\nHello.\n";
  const auto more = bring(house, *read(grown));
  ASSERT_TRUE(more) << more.error().detail;
  EXPECT_EQ(more->known, 3U);
  EXPECT_EQ(more->mails, 1U);
  EXPECT_EQ(house.reader().counts()->all, 3U);
  EXPECT_EQ(known_id(house.reader(), "2@market.example")->value().case_id, CaseId{1});
  EXPECT_TRUE(known_id(house.reader(), "2@market.example")->value().sent);
}

TEST_F(MailboxInto, the_ledger_measures_what_the_mailbox_measures) {
  SmallHouse house;
  const auto box = read(kBox);
  ASSERT_TRUE(bring(house, *box));
  measures::Tally tally;
  std::vector<Moment> room;
  for (const mail::BoxCase& one : box->cases()) tally.fold(box->history(one, room));
  tally.can_say(kMailboxSays);
  const auto measured = measure_ledger(house.ledger(), house.procedures(), {}, "x", "x", {});
  ASSERT_TRUE(measured) << measured.error().detail;
  // A ledger calls people by number.
  std::string of_box = dossier::report_as_csv(tally.findings(box->names()));
  for (std::size_t at = of_box.find(",Marie,"); at != std::string::npos; at = of_box.find(",Marie,"))
    of_box.replace(at, 7, ",12,");
  EXPECT_EQ(dossier::report_as_csv(measured->findings), of_box);
}

TEST_F(MailboxInto, the_desk_shows_the_mail_and_its_way) {
  SmallHouse house;
  ASSERT_TRUE(bring(house, *read(kBox)));
  house.begin();
  Visiting visiting(house);
  Request request;
  request.path = "/cases/1";
  for (const auto language : {formats::Language::en, formats::Language::fr}) {
    Visit visit = visiting.visit_of(request, kSupervisor, language);
    visit.captures = {"1"};
    const auto here = see_case(visit, CaseId{1});
    ASSERT_TRUE(here && *here);
    const std::string page = agent_case(visit, **here).body;
    EXPECT_EQ(faults_of(page), std::vector<std::string>{});
    for (const char* words : {"We look into the warehouse.", "list.csv", "1 station in 4 s", "none: no signature"})
      EXPECT_NE(page.find(words), std::string::npos) << words;
    EXPECT_NE(page.find(visit.phrases("stream.arrival")), std::string::npos);
  }
}

TEST_F(MailboxInto, a_mailbox_that_changed_meanwhile_is_not_written_half) {
  SmallHouse house;
  const auto box = read(kBox);
  std::string other(kBox);
  other[other.find("gone")] = 'd';
  std::ofstream(folder_ / "in.mbox", std::ios::binary) << other;
  const auto done = bring(house, *box);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().detail.find("has changed since it was read"), std::string::npos);
  EXPECT_EQ(house.reader().counts()->all, 0U);
}

TEST_F(MailboxInto, a_label_of_a_mail_goes_both_ways) {
  dossier::Label label;
  label.activity = "mail of the desk";
  label.mail = TextId{7};
  label.said = "Hello";
  label.files = {TextId{8}, TextId{9}};
  label.matched = "begins a thread";
  label.arrival = {{"dkim", "none"}, {"way", "1 station"}};
  label.kind = EventKind::message_sent;
  const auto back = dossier::label_from_json(dossier::label_as_json(label));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, label);
}

}  // namespace
}  // namespace guichet::desk
