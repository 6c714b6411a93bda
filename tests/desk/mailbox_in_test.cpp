#include <guichet/desk/mailbox_in.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/desk/pages/agent.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/formats/whole_file.hpp>
#include <guichet/intake/mail/dkim.hpp>
#include <guichet/measures/tally.hpp>

#include "mailed_house.hpp"
#include "markup.hpp"
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

/// When the mails are brought in.
const Instant kLater = at_utc("2026-04-01T00:00:00Z");

class MailboxInto : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("mailbox-in-" + std::to_string(::getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static mail::MailMapping annas_mapping() {
    mail::MailMapping mapping;
    mapping.name = "shop";
    mapping.desk = {"@market.example"};
    mapping.seller = {"anna@shop.example"};
    mapping.seller_name = "Anna's shop";
    return mapping;
  }

  std::unique_ptr<mail::Mailbox> read(std::string_view bytes, SmallHouse* house = nullptr,
                                      const mail::MailMapping& mapping = annas_mapping()) {
    const fs::path path = folder_ / "in.mbox";
    std::ofstream(path, std::ios::binary) << bytes;
    auto box =
        std::make_unique<mail::Mailbox>(mapping, house != nullptr ? std::optional{house->clock().now()} : std::nullopt);
    EXPECT_TRUE(box->read(path.string(), {}));
    box->settle(house != nullptr ? known_in(house->reader()) : nullptr);
    return box;
  }

  static Result<MailboxImported> bring(SmallHouse& house, const mail::Mailbox& box) {
    return import_mailbox(
        house.ledger(), shelving(house.procedures()),
        {.box = box, .name = "in.mbox", .find_key = {}, .procedures = &house.procedures(), .progress = {}},
        house.clock().now());
  }

  /// A later mailbox of the same people.
  MailboxImported bring_more(SmallHouse& house, std::string_view bytes,
                             const mail::MailMapping& mapping = annas_mapping()) {
    const auto done = bring(house, *read(bytes, &house, mapping));
    EXPECT_TRUE(done) << (done ? "" : done.error().detail);
    const auto wrong = house.ledger().check();
    EXPECT_TRUE(wrong && wrong->empty()) << (wrong ? wrong->front() : wrong.error().detail);
    const auto differ = house.ledger().rebuild({});
    EXPECT_TRUE(differ);
    EXPECT_EQ(differ ? *differ : 1, 0U) << "every row follows from its events";
    return done ? *done : MailboxImported{};
  }

  static std::string boxed(const std::string& raw) { return "From x@y Mon Mar  2 09:00:00 2026\n" + raw + "\n"; }
  static std::string letter(const std::string& from, const std::string& id, const std::string& date,
                            const std::string& more, const std::string& words) {
    return boxed("From: " + from + "\nTo: anna@shop.example\nMessage-ID: <" + id + ">\nDate: " + date + "\n" + more +
                 "\n" + words + "\n");
  }

  /// What stands beside the last event of a case that has words.
  static dossier::Words last_words(SmallHouse& house, CaseId case_id) {
    const ledger::CaseFile file = house.file(case_id);
    for (auto kept = file.events.rbegin(); kept != file.events.rend(); ++kept) {
      if (kept->event.kind != EventKind::message_sent) continue;
      const auto text = house.reader().text(kept->event.text);
      return dossier::words_or_plain(text->body, text->media_type);
    }
    return {};
  }
  static std::string line_of(const dossier::Words& words, std::string_view key) {
    const auto at = std::ranges::find(words.arrival, key, &dossier::ArrivalLine::key);
    return at == words.arrival.end() ? std::string{} : at->value;
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
  house.clock().set(kLater);
  ASSERT_TRUE(bring(house, *read(kBox)));
  const auto same = bring(house, *read(kBox));
  ASSERT_FALSE(same) << "the same mailbox";
  EXPECT_EQ(same.error().fault, Fault::conflict);
  const std::string grown =
      std::string(kBox) +
      "\nFrom support@market.example Thu Mar  5 08:00:00 2026\n"
      "From: Support <support@market.example>\nTo: anna@shop.example\nIn-Reply-To: <4@shop.example>\n"
      "Message-ID: <5@market.example>\nDate: Thu, 5 Mar 2026 08:00:00 +0000\n\nHello.\n";
  const auto more = bring_more(house, grown);
  EXPECT_EQ(more.known, 4U) << "the one that waits in the tray among them";
  EXPECT_EQ(more.waiting, 0U);
  EXPECT_EQ(more.mails, 1U);
  EXPECT_EQ(more.joined, 1U);
  EXPECT_EQ(more.joined_cases, 1U);
  EXPECT_EQ(more.written.cases, 0U);
  EXPECT_EQ(more.written.persons, 0U) << "who was there before is the same";
  EXPECT_EQ(more.written.accounts, 0U);
  EXPECT_EQ(house.reader().counts()->all, 2U);
  EXPECT_EQ(known_id(house.reader(), "2@market.example")->value().case_id, CaseId{1});
  EXPECT_TRUE(known_id(house.reader(), "2@market.example")->value().sent);
  EXPECT_EQ(known_id(house.reader(), "5@market.example")->value().case_id, CaseId{2});
  EXPECT_EQ(house.row(CaseId{2}).messages, 2U);
  EXPECT_EQ(house.row(CaseId{2}).state.turn(), Turn::seller);
  EXPECT_EQ(house.row(CaseId{2}).account, house.row(CaseId{1}).account);
  EXPECT_EQ(last_words(house, CaseId{2}).matched,
            "answers <4@shop.example> (in_reply_to); desk by domain @market.example");
}

TEST_F(MailboxInto, a_later_mailbox_goes_on_with_the_threads_of_the_first) {
  SmallHouse house;
  house.clock().set(kLater);
  ASSERT_TRUE(bring(house, *read(kBox)));
  const std::string later =
      letter("Anna <anna@shop.example>", "6@shop.example", "Fri, 6 Mar 2026 08:00:00 +0000",
             "References: <gone@x.example> <2@market.example>\n", "And now?") +
      // Two that name nothing in the ledger but one that lies here, the answer first; and one of somebody else.
      letter("support@market.example", "8@market.example", "Sat, 7 Mar 2026 09:00:00 +0000",
             "In-Reply-To: <7@market.example>\n", "Second.\n\nRegards,\nMarie") +
      letter("support@market.example", "7@market.example", "Sat, 7 Mar 2026 08:00:00 +0000",
             "In-Reply-To: <6@shop.example>\n", "First.") +
      letter("carrier@else.example", "9@else.example", "Sun, 8 Mar 2026 08:00:00 +0000",
             "In-Reply-To: <4@shop.example>\n", "The parcel is with us.") +
      letter("Anna <anna@shop.example>", "10@shop.example", "Mon, 9 Mar 2026 08:00:00 +0000",
             "To: support@market.example\n", "Something else.");
  const MailboxImported more = bring_more(house, later);
  EXPECT_EQ(more.joined, 4U);
  EXPECT_EQ(more.joined_cases, 2U);
  EXPECT_EQ(more.written.cases, 1U);
  EXPECT_EQ(more.known, 0U);
  EXPECT_EQ(more.written.persons, 1U) << "the carrier";
  const ledger::CaseFile file = house.file(CaseId{1});
  ASSERT_EQ(file.events.size(), 6U);
  for (std::size_t i = 1; i < file.events.size(); ++i)
    EXPECT_LE(print_instant(file.events[i - 1].event.at), print_instant(file.events[i].event.at)) << i;
  EXPECT_EQ(file.row.state.turn(), Turn::seller);
  EXPECT_EQ(file.row.agents.size(), 1U) << "the same Marie";
  const auto first = house.reader().text(file.events[3].event.text);
  EXPECT_EQ(dossier::words_or_plain(first->body, first->media_type).matched,
            "answers <2@market.example> (references), which the ledger knows; seller by address anna@shop.example; "
            "Anna by name \"Anna\"");
  EXPECT_TRUE(last_words(house, CaseId{1}).body.starts_with("Second."));
  EXPECT_EQ(house.row(CaseId{2}).messages, 2U);
  EXPECT_EQ(house.row(CaseId{2}).state.turn(), Turn::desk) << "what a third writes leaves the turn where it is";
  // The whole mailbox at once measures the same but for the third, whom it would have left out.
  SmallHouse at_once;
  at_once.clock().set(kLater);
  ASSERT_TRUE(bring(at_once, *read(std::string(kBox) + "\n" + later)));
  EXPECT_EQ(at_once.reader().counts()->all, house.reader().counts()->all);
  EXPECT_EQ(at_once.row(CaseId{1}).messages, house.row(CaseId{1}).messages);
}

// A thread that was put together wrongly is taken apart: in and out, with sender and time, and no clock moves by it.
TEST_F(MailboxInto, its_mails_are_moved_as_history) {
  SmallHouse house;
  ASSERT_TRUE(bring(house, *read(kBox)));
  house.begin();  // the desk is started over what was brought in
  Visiting visiting(house);
  const auto messages = [&house](CaseId id) {
    std::vector<Event> all;
    for (const ledger::KeptEvent& kept : house.file(id).events)
      if (kept.event.kind == EventKind::message_sent) all.push_back(kept.event);
    return all;
  };
  const auto move = [&](CaseId from, const Event& which, std::vector<std::pair<std::string, std::string>> values) {
    values.emplace_back("message", std::to_string(which.version.value));
    values.emplace_back("reason", "It is about the other shelf.");
    return visiting.post(agent_routes(), kAgentMarie, case_address(from) + "/move-mail", values);
  };
  const std::vector<Event> before = messages(CaseId{1});
  ASSERT_EQ(before.size(), 2U);
  const Event& from_desk = before[1];
  ASSERT_EQ(from_desk.party, Party::desk);
  const dossier::Words said = last_words(house, CaseId{1});
  const CaseState state = house.row(CaseId{2}).state;

  const Response done = move(CaseId{1}, from_desk, {{"do", "case"}, {"case", "2"}, {"checked", "1"}});
  ASSERT_EQ(done.status, 303) << words_on(done.body);
  const Event there = messages(CaseId{2}).back();
  EXPECT_EQ(there.party, Party::desk);
  EXPECT_EQ(there.actor, from_desk.actor) << "whoever wrote it";
  const ledger::CaseFile second = house.file(CaseId{2});
  const auto kept = std::ranges::find(second.events, there.version, [](const auto& one) { return one.event.version; });
  const auto act = std::ranges::find(second.acts, kept->act, &ledger::Act::number);
  EXPECT_FALSE(act->command) << "it is told, and no rule was asked";
  const dossier::Words words = last_words(house, CaseId{2});
  EXPECT_EQ(words.body, said.body);
  EXPECT_EQ(words.came, print_instant(from_desk.at));
  EXPECT_EQ(words.matched, "by hand: Marie, from case 1");
  EXPECT_EQ(words.arrival, said.arrival);
  EXPECT_EQ(house.reader().text(words.mail)->body, house.reader().text(said.mail)->body) << "byte for byte";
  ASSERT_EQ(words.files.size(), 1U);
  EXPECT_EQ(house.reader().text(words.files[0])->body, house.reader().text(said.files[0])->body);
  const CaseState after = house.row(CaseId{2}).state;
  EXPECT_EQ(after.turn(), state.turn());
  EXPECT_EQ(after.phase(), state.phase());
  EXPECT_EQ(house.row(CaseId{2}).desk_due, kNever);
  const MovedMails moved = moved_mails(house.file(CaseId{1}));
  ASSERT_TRUE(moved.taken.contains(from_desk.version.value));
  EXPECT_EQ(moved.taken.at(from_desk.version.value).mail.to, CaseId{2});
  EXPECT_TRUE(moved_mails(second).from.contains(there.version.value));
  EXPECT_EQ(move(CaseId{1}, from_desk, {{"do", "case"}, {"case", "2"}, {"checked", "1"}}).status, 303) << "once";
  EXPECT_EQ(messages(CaseId{2}).size(), 2U);

  // A new case for it lives under no procedure either.
  const Response opened = move(CaseId{1}, before[0], {{"do", "open"}, {"subject", "The other shelf"}});
  ASSERT_EQ(opened.status, 303) << words_on(opened.body);
  const CaseId fresh = house.reader().reach()->case_id;
  EXPECT_EQ(house.row(fresh).subject, "The other shelf");
  EXPECT_FALSE(house.row(fresh).state.procedure);
  EXPECT_EQ(house.row(fresh).account, house.row(CaseId{1}).account);
  EXPECT_EQ(house.row(fresh).next_tick, kNever) << "nothing was promised";

  // In a living case it would stand as said today: only the seller's own words may.
  const CaseId living = house.open_case(kSellerAnn);
  const std::string number = std::to_string(living.value);
  const Response refused = move(CaseId{2}, there, {{"do", "case"}, {"case", number}, {"checked", "1"}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(words_on(refused.body).find("it would stand as said today"), std::string::npos) << words_on(refused.body);
  const Response into = move(CaseId{2}, messages(CaseId{2})[0], {{"do", "case"}, {"case", number}, {"checked", "1"}});
  ASSERT_EQ(into.status, 303) << words_on(into.body);
  EXPECT_EQ(last_words(house, living).body, "Hello?");
  EXPECT_EQ(messages(living).back().party, Party::seller);

  const auto wrong = house.ledger().check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
  EXPECT_EQ(*house.ledger().rebuild({}), 0U);
}

// The lists count whom the seller met as the page of the case does.
TEST_F(MailboxInto, a_program_is_nobody_whom_the_seller_met) {
  SmallHouse house;
  ASSERT_TRUE(bring(
      house, *read(letter("Anna <anna@shop.example>", "20@shop.example", "Thu, 5 Mar 2026 08:00:00 +0000",
                          "To: support@market.example\n", "Where is it?") +
                   letter("Robot <support@market.example>", "21@market.example", "Thu, 5 Mar 2026 08:00:01 +0000",
                          "Auto-Submitted: auto-replied\nIn-Reply-To: <20@shop.example>\n", "Your mail has come.") +
                   letter("Support <support@market.example>", "22@market.example", "Thu, 5 Mar 2026 09:00:00 +0000",
                          "In-Reply-To: <20@shop.example>\n", "Here.\n\nRegards,\nMarie"))));
  ASSERT_EQ(house.reader().counts()->all, 1U);
  std::size_t of_desk = 0;
  ActorId robot, marie;
  for (const ledger::KeptEvent& kept : house.file(CaseId{1}).events) {
    if (kept.event.kind != EventKind::message_sent || kept.event.party != Party::desk) continue;
    (of_desk++ == 0 ? robot : marie) = kept.event.actor;
  }
  ASSERT_EQ(of_desk, 2U);
  ASSERT_TRUE(robot && robot != marie) << "the import knows both by name";
  EXPECT_EQ(house.row(CaseId{1}).agents, std::vector{marie});
  Visiting visiting(house);
  const Request request;
  Visit visit = visiting.visit_of(request, kAgentMarie);
  const auto seen = see_case(visit, CaseId{1});
  ASSERT_TRUE(seen && *seen);
  ASSERT_EQ((*seen)->timeline.agents.size(), 1U);
  EXPECT_EQ((*seen)->timeline.agents[0].person, marie);
  const auto wrong = house.ledger().check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
  EXPECT_EQ(*house.ledger().rebuild({}), 0U);
}

// Earlier programs kept the mails and left no marks by which they are known again: then their bytes are enough.
TEST_F(MailboxInto, mails_without_marks_are_known_by_their_bytes) {
  SmallHouse house;
  ASSERT_TRUE(bring(house, *read(kBox)));
  const std::uint64_t acts = house.reader().reach()->act;
  ledger::Batch batch;
  const auto marks = house.reader().records({.kind = std::string(kMessageIdKind)});
  ASSERT_TRUE(marks);
  for (const ledger::Record& record : *marks)
    batch.records.push_back({.record = record, .expect = ledger::RecordChange::Expect::anything, .remove = true});
  ASSERT_FALSE(batch.records.empty());
  ASSERT_TRUE(house.ledger().append(batch));
  const MailboxImported again =
      bring_more(house, std::string(kBox) + "\n" +
                            letter("Anna <anna@shop.example>", "11@shop.example", "Mon, 9 Mar 2026 08:00:00 +0000",
                                   "In-Reply-To: <2@market.example>\n", "And now?"));
  EXPECT_EQ(again.known, 4U) << "three are in cases, and one waits in the tray";
  EXPECT_EQ(again.joined, 1U) << "what answers one of them joins its case";
  EXPECT_EQ(again.written.cases, 0U);
  EXPECT_EQ(house.reader().reach()->act, acts + 1);
  EXPECT_EQ(last_words(house, CaseId{1}).body, "And now?");
}

TEST_F(MailboxInto, an_older_mail_that_comes_late_stands_behind_and_says_its_time) {
  SmallHouse house;
  house.clock().set(kLater);
  ASSERT_TRUE(bring(house, *read(kBox)));
  const MailboxImported more =
      bring_more(house, letter("Anna <anna@shop.example>", "0@shop.example", "Mon, 2 Mar 2026 08:00:00 +0000",
                               "In-Reply-To: <1@shop.example>\n", "A word before."));
  EXPECT_EQ(more.joined, 1U);
  const ledger::CaseFile file = house.file(CaseId{1});
  EXPECT_EQ(file.events.back().event.at, at_utc("2026-03-03T11:00:00Z"));
  EXPECT_EQ(line_of(last_words(house, CaseId{1}), "written"),
            "2026-03-02T08:00:00Z, before what the case held already");
}

TEST_F(MailboxInto, a_message_id_that_says_other_words_is_another_mail) {
  SmallHouse house;
  house.clock().set(kLater);
  ASSERT_TRUE(bring(house, *read(kBox)));
  const std::string twice = letter("Anna <anna@shop.example>", "4@shop.example", "Thu, 5 Mar 2026 08:00:00 +0000", "",
                                   "These are other words.");
  const MailboxImported more = bring_more(house, twice);
  EXPECT_EQ(more.known, 0U);
  EXPECT_EQ(more.joined, 1U);
  EXPECT_NE(last_words(house, CaseId{2}).matched.find("was used for another mail before"), std::string::npos);
  const MailboxImported again = bring_more(house, std::string(kBox) + "\n" + twice);
  EXPECT_EQ(again.known, 5U) << "both are known now, and the one in the tray";
  EXPECT_EQ(again.mails, 0U);
}

TEST_F(MailboxInto, a_file_with_other_bytes_makes_another_mail) {
  SmallHouse house;
  house.clock().set(kLater);
  ASSERT_TRUE(bring(house, *read(kBox)));
  std::string changed{kBox};
  changed.replace(changed.find("\na,b\n"), 5, "\na,c\n");
  const MailboxImported more = bring_more(house, changed);
  EXPECT_EQ(more.joined, 1U);
  EXPECT_EQ(more.known, 3U);
  EXPECT_EQ(more.other_mails.size(), 1U);
  EXPECT_NE(last_words(house, CaseId{1}).matched.find("was used for another mail before"), std::string::npos);
  const MailboxImported again = bring_more(house, std::string(kBox) + "\n" + changed);
  EXPECT_EQ(again.mails, 0U) << "both are known now";
}

TEST_F(MailboxInto, of_copies_the_one_whose_signature_holds_is_kept) {
  const std::string path = std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/signed/";
  const auto good = formats::whole_file(path + "rsa_relaxed.eml", 100'000, "");
  ASSERT_TRUE(good);
  std::string broken = *good;
  broken.replace(broken.find("b=cTidn38"), 9, "b=cTidn39");
  const auto keys = std::make_shared<mail::RecordedKeys>();
  ASSERT_TRUE(keys->load(path + "keys.txt"));
  for (const bool first : {true, false}) {
    SCOPED_TRACE(first);
    const fs::path folder = folder_ / (first ? "good-first" : "good-last");
    fs::create_directories(folder);
    std::ofstream(folder / "a.eml", std::ios::binary) << (first ? *good : broken);
    std::ofstream(folder / "b.eml", std::ios::binary) << (first ? broken : *good);
    mail::Mailbox box(annas_mapping());
    ASSERT_TRUE(box.read(folder.string(), {}));
    box.settle();
    EXPECT_EQ(box.count(mail::Fate::copy), 1U);
    SmallHouse house;
    house.clock().set(kLater);
    ASSERT_TRUE(import_mailbox(house.ledger(), shelving(house.procedures()),
                               {.box = box,
                                .name = "box",
                                .find_key = [&](const std::string& name) { return keys->find(name); },
                                .procedures = &house.procedures(),
                                .progress = {}},
                               kLater));
    const dossier::Words words = last_words(house, CaseId{1});
    EXPECT_EQ(line_of(words, "dkim"), "pass: signed by market.example (rsa-sha256, 1024 bits)");
    EXPECT_EQ(house.reader().text(words.mail)->body, *good);
    const std::string told = line_of(words, "copies");
    EXPECT_NE(told.find(first ? "a.eml, dkim pass; left out: that at" : "b.eml, dkim pass; left out: that at"),
              std::string::npos)
        << told;
    EXPECT_TRUE(told.ends_with(first ? "b.eml, dkim fail" : "a.eml, dkim fail")) << told;
  }
}

TEST_F(MailboxInto, a_thread_that_the_live_desk_began_goes_on_in_its_case) {
  MailedHouse mailed;
  SmallHouse& house = mailed.house;
  const CaseId opened = house.open_case();
  const auto to_ann = MailedHouse::to(mailed.letters(), kSellerAnn);
  ASSERT_FALSE(to_ann.empty());
  const std::string live = MailedHouse::reply(kSellerAnn, to_ann[0].message_id, "By mail.");
  ASSERT_TRUE(mailed.receive(live).empty());
  const std::string live_id = intake::mail::read_message(live).message_id;
  const ActorId owner = house.row(opened).state.owner;
  house.clock().set(kMonday + std::chrono::hours{2});
  ASSERT_TRUE(house.act(owner, opened, "message", {{"body", "We look."}, {"answers", "0"}}).ok());
  EXPECT_EQ(house.row(opened).state.turn(), Turn::seller);
  EXPECT_EQ(house.row(opened).desk_due == kNever || house.row(opened).state.turn() == Turn::seller, true);
  const auto due_before = house.row(opened).state.due[static_cast<std::size_t>(DueSlot::answer)];
  EXPECT_EQ(due_before, 0U) << "the desk has answered";

  mail::MailMapping mapping;
  mapping.name = "ann";
  mapping.desk = {"@place.example"};
  mapping.seller = {"1@people.example", "2@people.example"};
  const std::string seller = MailedHouse::address_of(kSellerAnn);
  const std::string box =
      boxed(live) +
      letter(seller, "late@people.example", "Mon, 2 Mar 2026 13:00:00 +0000", "References: <" + live_id + ">\n",
             "Please answer.") +
      letter("robot@place.example", "robot@place.example", "Mon, 2 Mar 2026 13:01:00 +0000",
             "In-Reply-To: <late@people.example>\nAuto-Submitted: auto-replied\n", "We got your mail.") +
      letter(MailedHouse::address_of(kSellerBob), "bob@people.example", "Mon, 2 Mar 2026 13:02:00 +0000",
             "To: desk@place.example\nIn-Reply-To: <" + live_id + ">\n", "I am Bob.");
  house.clock().set(kMonday + std::chrono::hours{20});
  const auto messages = house.row(opened).messages;
  const MailboxImported done = bring_more(house, box, mapping);
  EXPECT_EQ(done.known, 1U) << "what came by mail";
  EXPECT_EQ(done.joined, 1U);
  EXPECT_EQ(done.waiting, 1U) << "a program moves no case";
  EXPECT_EQ(done.written.cases, 1U) << "Bob may not see it, and comes not into it by naming its mails";
  const ledger::ShelfRow row = house.row(opened);
  EXPECT_EQ(row.messages, messages + 1);
  EXPECT_EQ(row.account, kAnnsShop);
  EXPECT_EQ(row.state.turn(), Turn::desk);
  EXPECT_NE(row.state.due[static_cast<std::size_t>(DueSlot::answer)], 0U) << "the desk's clock runs";
  EXPECT_NE(row.next_tick, kNever);
  const ledger::CaseFile file = house.file(opened);
  const auto said = std::ranges::find_if(file.events, [](const ledger::KeptEvent& kept) {
    return kept.event.at == at_utc("2026-03-02T13:00:00Z") && kept.event.kind == EventKind::message_sent;
  });
  ASSERT_NE(said, file.events.end());
  EXPECT_EQ(said->event.actor, kSellerAnn) << "the person who has this address here";
  const dossier::Words words = last_words(house, opened);
  EXPECT_EQ(words.body, "Please answer.");
  EXPECT_TRUE(words.matched.starts_with("answers <" + live_id + "> (references)")) << words.matched;
  EXPECT_EQ(line_of(words, "dkim"), "none: no signature");
  const auto tray = mailed.tray();
  ASSERT_EQ(tray.size(), 1U);
  EXPECT_EQ(tray[0].reason, TrayReason::auto_reply);
  EXPECT_EQ(tray[0].case_id, opened);

  // And the other way round: what was brought in is not taken again when it arrives.
  house.begin();
  mailed.begin();
  std::string arrives = box.substr(box.find("From: " + seller + "\nTo: anna"));
  arrives = arrives.substr(0, arrives.find("From x@y"));
  EXPECT_EQ(mailed.receive("Received: from a by b; Mon, 2 Mar 2026 13:00:02 +0000\n" + arrives).size(), 1U);
  EXPECT_EQ(mailed.postbox->counts().repeated, 1U);
  EXPECT_EQ(house.row(opened).messages, messages + 1);
}

TEST_F(MailboxInto, what_waited_in_the_tray_goes_into_its_case) {
  MailedHouse mailed;
  SmallHouse& house = mailed.house;
  const CaseId opened = house.open_case();
  const auto to_ann = MailedHouse::to(mailed.letters(), kSellerAnn);
  ASSERT_FALSE(to_ann.empty());
  // Ann writes from an address that the desk does not know.
  const std::string unknown = MailedHouse::reply(ActorId{4711}, to_ann[0].message_id, "It is me, Ann.");
  ASSERT_EQ(mailed.receive(unknown).size(), 1U);
  mail::MailMapping mapping;
  mapping.name = "ann";
  mapping.desk = {"@place.example"};
  mapping.seller = {"1@people.example", "4711@people.example"};
  house.clock().set(kMonday + std::chrono::hours{2});
  std::string plain = unknown;
  std::erase(plain, '\r');
  const MailboxImported done = bring_more(house, boxed("Status: RO\n" + plain), mapping);
  EXPECT_EQ(done.joined, 1U);
  EXPECT_EQ(last_words(house, opened).body, "It is me, Ann.");
  EXPECT_TRUE(mailed.tray().empty());
  const auto settled = mailed.records(kSettledKind);
  ASSERT_EQ(settled.size(), 1U);
  EXPECT_EQ(tray_mail_from(settled[0])->settled_in, opened);
  EXPECT_TRUE(mailed.records(kRawKind).empty()) << "its bytes are the case's";
}

TEST_F(MailboxInto, what_the_rules_would_refuse_happened_all_the_same) {
  SmallHouse house;
  const CaseId opened = house.open_case();
  Errand errand;
  errand.records.push_back({.record = to_record(KnownId{
                                .id = "root@place.example", .case_id = opened, .person = kSellerAnn, .at = kMonday})});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const auto due = house.row(opened).state.due;
  mail::MailMapping mapping;
  mapping.name = "ann";
  mapping.desk = {"@place.example"};
  mapping.seller = {"1@people.example"};
  house.clock().set(kMonday + std::chrono::hours{2});
  const MailboxImported done =
      bring_more(house,
                 letter("Stranger <help@place.example>", "h@place.example", "Mon, 2 Mar 2026 11:00:00 +0000",
                        "In-Reply-To: <root@place.example>\n", "I am not the one who answers for it."),
                 mapping);
  EXPECT_EQ(done.joined, 1U);
  EXPECT_EQ(line_of(last_words(house, opened), "rules"), "would have refused it: not_yours");
  EXPECT_EQ(house.row(opened).state.turn(), Turn::desk);
  EXPECT_EQ(house.row(opened).state.due, due);
}

TEST_F(MailboxInto, impossible_times_schedule_nothing) {
  MailedHouse mailed;
  SmallHouse& house = mailed.house;
  const CaseId opened = house.open_case();
  Errand errand;
  errand.records.push_back({.record = to_record(KnownId{
                                .id = "root@place.example", .case_id = opened, .person = kSellerAnn, .at = kMonday})});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const ActorId owner = house.row(opened).state.owner;
  ASSERT_TRUE(house.act(owner, opened, "message", {{"body", "We look."}, {"answers", "0"}}).ok());
  mail::MailMapping mapping;
  mapping.name = "ann";
  mapping.desk = {"@place.example"};
  mapping.seller = {"1@people.example"};
  house.clock().set(kMonday + std::chrono::hours{2});
  (void)bring_more(
      house,
      letter("1@people.example", "f@people.example", "Mon, 2 Mar 2999 11:00:00 +0000",
             "In-Reply-To: <root@place.example>\n", "From the future.") +
          letter("1@people.example", "p@people.example", "Mon, 2 Mar 1903 11:00:00 +0000", "To: desk@place.example\n",
                 "From the past.") +
          letter("1@people.example", "n@people.example", "no date at all", "To: desk@place.example\n", "Of no time."),
      mapping);
  const ledger::ShelfRow row = house.row(opened);
  EXPECT_EQ(row.state.turn(), Turn::desk);
  EXPECT_LE(row.changed, house.clock().now());
  EXPECT_LT(row.next_tick, kMonday + std::chrono::days{400});
  EXPECT_EQ(line_of(last_words(house, opened), "time"), "of the separator, for its date says 2999-03-02T11:00:00Z");
  for (std::uint32_t number = 2; number <= 3; ++number) {
    const ledger::CaseFile file = house.file(CaseId{number});
    EXPECT_GE(file.row.opened, Instant{}) << number;
    EXPECT_LE(file.row.changed, house.clock().now()) << number;
    EXPECT_EQ(file.row.next_tick, kNever) << number;
    EXPECT_NE(line_of(last_words(house, CaseId{number}), "time"), "") << number;
  }
  // A mailbox that was read without knowing the time.
  const auto told =
      bring(house, *read(letter("1@people.example", "g@people.example", "Mon, 2 Mar 2999 11:00:00 +0000",
                                "To: desk@place.example\nIn-Reply-To: <root@place.example>\n", "From the future, too."),
                         nullptr, mapping));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->joined, 1U);
  EXPECT_EQ(house.row(opened).changed, house.clock().now());
  EXPECT_LT(house.row(opened).next_tick, kMonday + std::chrono::days{400});
  EXPECT_EQ(line_of(last_words(house, opened), "written"), "2999-03-02T11:00:00Z, after it was brought in");
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
