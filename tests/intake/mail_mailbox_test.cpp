#include <guichet/intake/mail/mailbox.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/arrival.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

namespace fs = std::filesystem;

MailMapping mapping() {
  MailMapping mapping;
  mapping.name = "shop";
  mapping.desk = {"@market.example"};
  mapping.seller = {"anna@shop.example"};
  mapping.seller_name = "Anna's shop";
  return mapping;
}

/// A folder of this test alone.
class MailMailbox : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("mailbox-" + std::to_string(::getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return (folder_ / name).string();
  }

  static Mailbox read(const std::string& path, MailMapping of = mapping()) {
    Mailbox box(std::move(of));
    const Outcome done = box.read(path, {});
    EXPECT_TRUE(done) << (done ? "" : done.error().detail);
    box.settle();
    return box;
  }

  fs::path folder_;
};

constexpr std::string_view kBox =
    "From anna@shop.example Tue Mar  3 09:00:00 2026\n"
    "From: Anna <anna@shop.example>\nTo: support@market.example\nSubject: My shelf\nMessage-ID: <1@shop.example>\n"
    "Date: Tue, 3 Mar 2026 09:00:00 +0000\n\nWhere is it gone?\n\n"
    "From support@market.example Tue Mar  3 11:00:00 2026\n"
    "From: Support <support@market.example>\nTo: anna@shop.example\nSubject: Re: My shelf\n"
    "Message-ID: <2@market.example>\nIn-Reply-To: <1@shop.example>\nDate: Tue, 3 Mar 2026 11:00:00 +0000\n\n"
    "We look.\n\nKind regards,\nMarie\n\n> Where is it gone?\n> From the start.\n\n"
    "From news@paper.example Tue Mar  3 11:30:00 2026\n"
    "From: news@paper.example\nTo: anna@shop.example\nSubject: News\nMessage-ID: <n@paper.example>\n"
    "Date: Tue, 3 Mar 2026 11:30:00 +0000\n\nnews\n\n"
    "From noreply@market.example Tue Mar  3 10:00:00 2026\n"
    "Auto-Submitted: auto-replied\nFrom: noreply@market.example\nTo: anna@shop.example\nSubject: Received\n"
    "Message-ID: <3@market.example>\nReferences: <1@shop.example>\nDate: Tue, 3 Mar 2026 09:00:01 +0000\n\nWe have "
    "it.\n\n"
    "From anna@shop.example Tue Mar  3 09:00:00 2026\n"
    "X-Folder: Sent\nFrom: Anna <anna@shop.example>\nTo: support@market.example\nSubject: My shelf\n"
    "Message-ID: <1@shop.example>\nDate: Tue, 3 Mar 2026 09:00:00 +0000\n\nWhere is it gone?\n\n"
    "From nobody Tue Mar  3 12:00:00 2026\n"
    "Subject: a letter without a sender\n\nwords\n\n"
    "From anna@shop.example Wed Mar  4 08:00:00 2026\n"
    "From: Anna <anna@shop.example>\nTo: support@market.example\nSubject: Another matter\nDate: yesterday\n\nHello?\n";

TEST_F(MailMailbox, threads_become_cases_and_nothing_is_lost) {
  const Mailbox box = read(write("in.mbox", std::string(kBox)));
  ASSERT_EQ(box.mails().size(), 7U);
  ASSERT_EQ(box.cases().size(), 2U);
  EXPECT_EQ(box.cases()[0].subject, "My shelf");
  EXPECT_EQ(box.cases()[0].mails, (std::vector<std::uint32_t>{0, 3, 1})) << "by their dates";
  EXPECT_EQ(box.cases()[1].subject, "Another matter");
  EXPECT_EQ(box.count(Fate::copy), 1U);
  EXPECT_EQ(box.count(Fate::no_case), 1U);
  EXPECT_EQ(box.count(Fate::nobody), 1U);
  std::uint64_t all = 0;
  for (const Fate fate : {Fate::in_case, Fate::copy, Fate::left_out, Fate::no_case, Fate::nobody})
    all += box.count(fate);
  EXPECT_EQ(all, box.mails().size());
  std::set<std::uint32_t> noted;
  for (const BoxNote& note : box.notes()) noted.insert(note.mail);
  EXPECT_TRUE(noted.contains(2) && noted.contains(4) && noted.contains(5) && noted.contains(6));
  EXPECT_EQ(box.mails()[6].time_by, TimeBy::separator);
  EXPECT_EQ(print_instant(box.mails()[6].at), "2026-03-04T08:00:00Z");
}

TEST_F(MailMailbox, moments_say_whose_turn_it_is) {
  const Mailbox box = read(write("in.mbox", std::string(kBox)));
  std::vector<Moment> room;
  const CaseHistory history = box.history(box.cases()[0], room);
  EXPECT_EQ(history.facts.name, "My shelf");
  EXPECT_EQ(Vocabulary::name(box.names().sellers, history.facts.seller), "Anna's shop");
  ASSERT_EQ(history.moments.size(), 3U);
  EXPECT_EQ(history.moments[0].party, Party::seller);
  EXPECT_EQ(history.moments[0].turn, Turn::desk);
  EXPECT_EQ(history.moments[0].words, 4U);
  EXPECT_EQ(history.moments[1].flags, kMomentPublic | kMomentSystem);
  EXPECT_EQ(history.moments[1].turn, Turn::desk) << "a program answers nothing";
  EXPECT_EQ(history.moments[2].turn, Turn::seller);
  EXPECT_EQ(Vocabulary::name(box.names().persons, history.moments[2].person), "Marie");
  EXPECT_EQ(history.moments[2].words, 5U) << "quotes are not counted";
}

TEST_F(MailMailbox, every_mail_can_be_read_again_byte_for_byte) {
  const std::string path = write("in.mbox", std::string(kBox));
  const Mailbox box = read(path);
  std::uint32_t number = 0;
  ASSERT_TRUE(for_each_mail(path, {}, [&](const FoundMail& found) {
    const auto raw = box.raw_of(number++);
    EXPECT_TRUE(raw) << raw.error().detail;
    EXPECT_EQ(raw ? *raw : std::string{}, found.raw);
    return true;
  }));
  EXPECT_EQ(number, 7U);
  EXPECT_EQ(box.thread_reason(1), "answers <1@shop.example> (in_reply_to)");
  EXPECT_EQ(box.thread_reason(0), "begins a thread");
  EXPECT_TRUE(box.message_id(6).ends_with("@no-message-id.invalid"));
  EXPECT_EQ(box.place_of(0), path + ", byte 0");
  // A file that has changed is not taken for what it was.
  std::string other(kBox);
  other[other.find("gone")] = 'd';
  write("in.mbox", other);
  EXPECT_FALSE(box.raw_of(0));
  EXPECT_TRUE(box.raw_of(2));
}

TEST_F(MailMailbox, a_folder_of_files_is_the_same_mailbox) {
  const Mailbox boxed = read(write("in.mbox", std::string(kBox)));
  int name = 0;
  ASSERT_TRUE(for_each_mail((folder_ / "in.mbox").string(), {}, [&](const FoundMail& found) {
    write("box/cur/" + std::to_string(++name) + ":2,S", std::string(found.raw));
    return true;
  }));
  const Mailbox files = read((folder_ / "box").string());
  EXPECT_EQ(files.cases().size(), 2U);
  EXPECT_EQ(files.digest(), boxed.digest());
  const auto raw = files.raw_of(1);
  ASSERT_TRUE(raw);
  EXPECT_EQ(*raw, *boxed.raw_of(1));
}

TEST_F(MailMailbox, a_date_that_cannot_be_right_is_not_believed) {
  const Mailbox box = read(write("a.eml",
                                 "Received: from a by b; Tue, 3 Mar 2026 09:00:00 +0000\nFrom: anna@shop.example\n"
                                 "To: x@market.example\nDate: Tue, 3 Mar 2099 09:00:00 +0000\n\nx\n"));
  EXPECT_EQ(box.mails()[0].time_by, TimeBy::arrival);
  EXPECT_EQ(print_instant(box.mails()[0].at), "2026-03-03T09:00:00Z");
  ASSERT_FALSE(box.notes().empty());
  EXPECT_NE(box.notes()[0].what.find("its date cannot be right"), std::string::npos);
}

TEST_F(MailMailbox, one_message_id_for_two_letters_keeps_both) {
  const Mailbox box = read(write("in.mbox",
                                 "From a Tue Mar  3 09:00:00 2026\nFrom: anna@shop.example\nTo: x@market.example\n"
                                 "Message-ID: <1@a>\nDate: Tue, 3 Mar 2026 09:00:00 +0000\n\none\n\n"
                                 "From a Tue Mar  3 09:00:00 2026\nFrom: anna@shop.example\nTo: x@market.example\n"
                                 "Message-ID: <1@a>\nDate: Tue, 3 Mar 2026 09:10:00 +0000\n\ntwo\n"));
  ASSERT_EQ(box.cases().size(), 1U);
  EXPECT_EQ(box.cases()[0].mails.size(), 2U);
  ASSERT_EQ(box.counted_notes().size(), 1U);
  EXPECT_EQ(box.counted_notes()[0].what, "the Message-ID was used for another mail before: both are kept");
}

std::string with_file(std::string_view above, std::string_view encoding, std::string_view file) {
  return "From a Tue Mar  3 09:00:00 2026\n" + std::string(above) +
         "From: anna@shop.example\nTo: x@market.example\nSubject: The list\nMessage-ID: <1@a>\n"
         "Date: Tue, 3 Mar 2026 09:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
         "--b\n\nHere it is.\n--b\nContent-Type: application/pdf; name=\"list.pdf\"\n"
         "Content-Transfer-Encoding: " +
         std::string(encoding) + "\n\n" + std::string(file) + "\n--b--\n\n";
}

TEST_F(MailMailbox, a_copy_has_the_same_bytes_in_its_files) {
  const std::string first = with_file("", "base64", "b25lIHR3byB0aHJlZQ==");
  const Mailbox other = read(write("other.mbox", first + with_file("", "base64", "b25lIHR3byBmb3VyIQ==")));
  EXPECT_EQ(other.count(Fate::copy), 0U) << "the same words and names, and another file";
  ASSERT_EQ(other.cases().size(), 1U);
  EXPECT_EQ(other.cases()[0].mails.size(), 2U);
  EXPECT_NE(*other.raw_of(0), *other.raw_of(1));
  // What stations write above a mail, and how its bytes are packed, makes no other mail of it.
  const Mailbox same = read(write(
      "same.mbox",
      first + with_file("Received: from a by b; Tue, 3 Mar 2026 09:00:09 +0000\n", "base64", "b25lIHR3by\nB0aHJlZQ==") +
          with_file("", "quoted-printable", "one=20two three")));
  EXPECT_EQ(same.count(Fate::copy), 2U);
  EXPECT_EQ(same.mails()[1].copy_of, 0U);
  EXPECT_EQ(same.mails()[2].copy_of, 0U);
}

TEST_F(MailMailbox, a_copy_says_the_same_also_in_the_form_that_is_not_shown) {
  const auto mail = [](std::string_view html, std::string_view end) {
    std::string raw =
        "From: anna@shop.example\nTo: x@market.example\nMessage-ID: <1@a>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello.\n--b\n"
        "Content-Type: text/html\n\n" +
        std::string(html) + "\n--b--\n";
    for (std::size_t at = 0; end.size() > 1 && (at = raw.find('\n', at)) != std::string::npos; at += 2)
      raw.replace(at, 1, end);
    const Message message = read_message(raw);
    EXPECT_EQ(message.text, "Hello.") << raw;
    return what_it_says(message, raw);
  };
  EXPECT_EQ(mail("<p>Hello.</p>", "\n"), mail("<p>Hello.</p>", "\r\n"));
  EXPECT_NE(mail("<p>Hello.</p>", "\n"), mail("<p>Hello, and pay.</p>", "\n"));
}

TEST_F(MailMailbox, lines_that_look_like_separators_are_told) {
  const std::string mail =
      "From: anna@shop.example\nTo: x@market.example\nDate: Tue, 3 Mar 2026 09:00:00 +0000\n\nx\n\n";
  const Mailbox known = read(write(
      "a.mbox", "From - Mon, 03 Feb 2025 08:00:00 +0000\n" + mail + "From - Mon, 03 Feb 2025 09:00:00 +0000\n" + mail));
  EXPECT_EQ(known.mails().size(), 2U);
  EXPECT_TRUE(known.raw_of(1));
  EXPECT_TRUE(known.notes().empty() || known.notes()[0].what.find("a line in it") == std::string::npos);
  const Mailbox strange =
      read(write("b.mbox", "From - 3/2/25\n" + mail + "From - 3/2/25\n>From x\n" + mail + "From - 3/2/25\n" + mail));
  EXPECT_EQ(strange.mails().size(), 1U);
  EXPECT_TRUE(strange.raw_of(0));
  ASSERT_FALSE(strange.counted_notes().empty());
  const auto told = strange.counted_notes();
  const auto note = std::find_if(told.begin(), told.end(), [](const Noted& one) {
    return one.what.starts_with("a line in it looks like the beginning of another mail");
  });
  ASSERT_NE(note, told.end());
  EXPECT_EQ(note->count, 2U);
}

TEST(MailArrival, lines_for_people) {
  const std::string raw = mail_bytes("signed/arc_two.eml");
  RecordedKeys keys;
  ASSERT_TRUE(keys.load(mail_path("signed/keys.txt")));
  const auto lines =
      arrival_lines(arrival_of(raw, read_message(raw), [&keys](const std::string& name) { return keys.find(name); }));
  std::map<std::string, std::string> by_key(lines.begin(), lines.end());
  EXPECT_TRUE(by_key["dkim"].starts_with("fail: ")) << by_key["dkim"];
  EXPECT_EQ(by_key["arc"], "pass: 2 stations, unchanged since station 2");
  EXPECT_EQ(by_key["way"], "1 station in 9 s");
  EXPECT_EQ(by_key["station 1"],
            "from mta.market.example [192.0.2.7] by mx.shop.example at 2026-03-03T09:00:09Z, +9 s after its date");
  const std::string other = mail_bytes("signed/two.eml");
  const auto signatures = arrival_lines(
      arrival_of(other, read_message(other), [&keys](const std::string& name) { return keys.find(name); }));
  EXPECT_EQ(signatures[0].second, "pass: signed by market.example (rsa-sha256, 1024 bits)");
  EXPECT_EQ(signatures[1].second, "pass: signed by market.example (ed25519-sha256, 256 bits)");
}

// What others counted.

formats::JsonValue truth(const fs::path& path) {
  auto value = formats::parse_json(read_all(path), path.string());
  EXPECT_TRUE(value) << path;
  return value ? std::move(*value) : formats::JsonValue{};
}

/// The number at the end of a path of keys.
double number_at(const formats::JsonValue& value, std::initializer_list<std::string_view> path) {
  const formats::JsonValue* at = &value;
  for (const std::string_view key : path)
    if (at != nullptr) at = at->find(key);
  return at == nullptr ? -1 : at->number;
}

TEST(MailMailboxTruth, questions_and_answers_of_pipermail) {
  const auto folder = shared_data();
  if (folder.empty() || !fs::is_directory(folder / "email")) GTEST_SKIP() << "no folder of real mails";
  for (const char* name : {"r-help-2019-04", "r-package-devel-2019q1"}) {
    const auto told = truth(folder / "email" / "pipermail" / (std::string(name) + ".truth.json"));
    struct Seen {
      Instant at;
      std::string sender;
    };
    Threads threads;
    std::vector<Seen> mails;
    std::set<std::string> senders;
    const auto visited = for_each_mail((folder / "email" / "pipermail" / (std::string(name) + ".mbox")).string(), {},
                                       [&](const FoundMail& found) {
                                         const Message message = read_message(found.raw);
                                         threads.add(message.message_id, message.in_reply_to, message.references);
                                         // As the truth counts senders: the field up to its comment.
                                         std::string from = lower_case(message.field(found.raw, "from"));
                                         from = from.substr(0, from.find('('));
                                         while (from.ends_with(' ')) from.pop_back();
                                         senders.insert(from);
                                         EXPECT_TRUE(message.date);
                                         mails.push_back({message.date ? message.date->at : Instant{}, from});
                                         return true;
                                       });
    ASSERT_TRUE(visited);
    std::map<std::size_t, std::vector<std::size_t>> by_thread;
    for (std::size_t i = 0; i < mails.size(); ++i) by_thread[threads.thread_of(i)].push_back(i);
    std::size_t unanswered = 0;
    std::vector<double> hours;
    for (auto& [thread, numbers] : by_thread) {
      std::stable_sort(numbers.begin(), numbers.end(),
                       [&](std::size_t a, std::size_t b) { return mails[a].at < mails[b].at; });
      const auto answer = std::find_if(numbers.begin(), numbers.end(),
                                       [&](std::size_t i) { return mails[i].sender != mails[numbers.front()].sender; });
      if (answer == numbers.end()) {
        ++unanswered;
      } else {
        hours.push_back(static_cast<double>((mails[*answer].at - mails[numbers.front()].at).count()) / 3'600'000.0);
      }
    }
    std::sort(hours.begin(), hours.end());
    const std::size_t middle = hours.size() / 2;
    const double median = hours.size() % 2 == 1 ? hours[middle] : (hours[middle - 1] + hours[middle]) / 2;
    const double mean = std::accumulate(hours.begin(), hours.end(), 0.0) / static_cast<double>(hours.size());
    EXPECT_EQ(static_cast<double>(by_thread.size()), number_at(told, {"threads"})) << name;
    EXPECT_EQ(static_cast<double>(senders.size()), number_at(told, {"senders"})) << name;
    EXPECT_EQ(static_cast<double>(unanswered), number_at(told, {"threads_without_answer_from_another_sender"})) << name;
    EXPECT_EQ(static_cast<double>(hours.size()), number_at(told, {"first_answer_hours", "n"})) << name;
    EXPECT_NEAR(median, number_at(told, {"first_answer_hours", "median"}), 0.0001) << name;
    EXPECT_NEAR(mean, number_at(told, {"first_answer_hours", "mean"}), 0.0001) << name;
  }
}

TEST(MailMailboxTruth, every_collection_is_read_as_a_mailbox_and_adds_up) {
  const auto folder = shared_data();
  if (folder.empty() || !fs::is_directory(folder / "email")) GTEST_SKIP() << "no folder of real mails";
  std::size_t mails = 0;
  for (const auto& entry : fs::directory_iterator(folder / "email")) {
    MailMapping everybody;
    everybody.desk = {"@gmail.com"};
    everybody.seller = {"*"};
    Mailbox box(everybody);
    const Outcome read = box.read(entry.path().string(), {});
    ASSERT_TRUE(read) << read.error().detail;
    box.settle();
    std::size_t in_cases = 0;
    for (const BoxCase& one : box.cases()) in_cases += one.mails.size();
    EXPECT_EQ(in_cases, box.count(Fate::in_case)) << entry.path();
    std::uint64_t all = 0;
    for (const Fate fate : {Fate::in_case, Fate::copy, Fate::left_out, Fate::no_case, Fate::nobody})
      all += box.count(fate);
    EXPECT_EQ(all, box.mails().size());
    mails += box.mails().size();
    for (std::uint32_t i = 0; i < box.mails().size(); ++i) {
      const auto raw = box.raw_of(i);
      ASSERT_TRUE(raw) << raw.error().detail;
      const Arrival arrival = arrival_of(*raw, read_message(*raw), {});
      EXPECT_GE(arrival_lines(arrival).size(), 3U);
    }
  }
  EXPECT_GT(mails, 1'500U);
}

}  // namespace
}  // namespace guichet::intake::mail
