#include <guichet/desk/erasing.hpp>

#include <gtest/gtest.h>

#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/routes.hpp>

#include "mailed_house.hpp"
#include "markup.hpp"
#include "open_desk.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kWords = "zqxjkvbw is what my neighbour did";
constexpr std::string_view kFile = "wvutsr;1";

/// Ann's mail with a file came into her first case; an agent has put it into her second.
class ErasingMail : public ::testing::Test {
 protected:
  ErasingMail() {
    const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
    EXPECT_EQ(letters.size(), 2U);
    mailed.house.clock().advance(5min);
    const std::string body = "--b\r\n\r\n" + std::string(kWords) +
                             "\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; "
                             "filename=\"a.csv\"\r\n\r\n" +
                             std::string(kFile) + "\r\n--b--\r\n";
    EXPECT_TRUE(mailed
                    .receive(MailedHouse::reply(kSellerAnn, letters.at(0).message_id, body,
                                                "Content-Type: multipart/mixed; boundary=b\r\n"))
                    .empty());
    std::uint32_t message = 0;
    for (const ledger::KeptEvent& kept : mailed.house.file(first).events)
      if (kept.event.kind == EventKind::message_sent) message = kept.event.version.value;
    mailed.house.clock().advance(1h);
    EXPECT_EQ(visiting
                  .post(routes, kAgentMarie, case_address(first) + "/move-mail",
                        {{"do", "case"},
                         {"case", std::to_string(second.value)},
                         {"reason", "It is about the parcel."},
                         {"message", std::to_string(message)}})
                  .status,
              303);
  }

  /// The texts of the mail in a case: words, bytes, file.
  std::vector<TextId> texts_in(CaseId case_id) {
    const ledger::CaseFile file = mailed.house.file(case_id);
    for (auto kept = file.events.rbegin(); kept != file.events.rend(); ++kept)
      if (kept->event.kind == EventKind::message_sent) return texts_of_mail(file, kept->event);
    return {};
  }
  Response erase(CaseId case_id, TextId text) {
    return visiting.post(
        routes, kAdministrator, "/desk/erase",
        {{"case", std::to_string(case_id.value)}, {"text", std::to_string(text.value)}, {"reason", "wish"}});
  }
  bool stands(TextId text) { return !mailed.house.reader().text(text)->erased; }
  /// Every body of a text and of a record in the ledger that has these words.
  std::string with(std::string_view words) {
    std::string found;
    for (std::uint32_t id = 1; id <= mailed.house.reader().reach()->text.value; ++id)
      if (mailed.house.reader().text(TextId{id})->body.find(words) != std::string::npos)
        found += "text " + std::to_string(id) + "\n";
    for (const std::string_view kind : {"draft", "mail_tray", "mail_settled", "mail_raw", "mail_out", "mail_failed",
                                        "mail_thread", "mail_opened", "message_id", "delivery"})
      for (const ledger::Record& record : mailed.records(kind))
        if (record.body.find(words) != std::string::npos) found += std::string(kind) + " " + record.key + "\n";
    return found;
  }
  void keep_draft(ActorId person, CaseId case_id, std::string_view box) {
    Errand errand;
    errand.records.push_back(keep({.person = person,
                                   .case_id = case_id,
                                   .box = std::string(box),
                                   .saved = mailed.house.clock().now(),
                                   .fields = {{"body", std::string(kWords)}},
                                   .revision = 0}));
    ASSERT_EQ(mailed.house.clerk().run(std::move(errand)).kind, Answer::Kind::done);
  }
  void expect_sound() {
    const auto wrong = mailed.house.ledger().check();
    ASSERT_TRUE(wrong);
    EXPECT_TRUE(wrong->empty()) << wrong->front();
  }

  MailedHouse mailed;
  CaseId first = mailed.house.open_case();
  CaseId second = mailed.house.open_case(kSellerAnn, "technical");
  Visiting visiting{mailed.house};
  const std::vector<Route> routes = all_routes();
};

TEST_F(ErasingMail, takes_the_bytes_and_the_copies_with_the_words_and_leaves_the_files) {
  const std::vector<TextId> here = texts_in(first), there = texts_in(second);
  ASSERT_EQ(here.size(), 3U);
  ASSERT_EQ(there.size(), 3U);
  EXPECT_NE(with(kWords), "");
  const Response done = erase(first, here[0]);
  ASSERT_EQ(done.status, 303) << words_on(done.body);
  EXPECT_EQ(with(kWords), "");
  for (const TextId text : {here[0], here[1], there[0], there[1]}) EXPECT_FALSE(stands(text)) << text.value;
  EXPECT_TRUE(stands(here[2]));
  EXPECT_TRUE(stands(there[2]));

  // Nobody opens them any more, nor finds them.
  for (const TextId raw : {here[1], there[1]}) {
    const CaseId home = raw == here[1] ? first : second;
    const Response file = visiting.get(routes, kAgentMarie, case_address(home) + "/files/" + std::to_string(raw.value));
    EXPECT_EQ(file.status, 410);
    EXPECT_EQ(file.body.find(kWords), std::string::npos);
  }
  const auto found = mailed.house.reader().search({.words = "zqxjkvbw"});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->rows.empty());

  // The house's log names each of them.
  std::size_t noted = 0;
  const auto notes = mailed.house.reader().house_notes(0, 100);
  ASSERT_TRUE(notes);
  for (const ledger::HouseNote& note : *notes)
    if (note.what == "text_erased") ++noted;
  EXPECT_EQ(noted, 4U);
  const auto again = erasing_of(mailed.house.reader(), here[0]);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->texts.empty()) << "nothing of it is left";
  expect_sound();
}

TEST_F(ErasingMail, is_the_same_from_the_bytes_and_from_where_it_was_put) {
  ASSERT_EQ(erase(second, texts_in(second)[1]).status, 303);
  EXPECT_EQ(with(kWords), "");
  expect_sound();
}

TEST_F(ErasingMail, of_one_file_takes_the_bytes_that_hold_it_and_leaves_the_words) {
  const std::vector<TextId> here = texts_in(first), there = texts_in(second);
  ASSERT_EQ(erase(first, here[2]).status, 303);
  EXPECT_EQ(with(kFile), "");
  EXPECT_TRUE(stands(here[0]));
  EXPECT_TRUE(stands(there[0]));
  expect_sound();
}

TEST_F(ErasingMail, ends_what_was_erased_in_part_before) {
  const std::vector<TextId> here = texts_in(first);
  Errand errand;
  errand.erase.push_back(here[0]);  // as it was done once
  ASSERT_EQ(mailed.house.clerk().run(std::move(errand)).kind, Answer::Kind::done);
  EXPECT_NE(with(kWords), "");
  ASSERT_EQ(erase(first, here[0]).status, 303);
  EXPECT_EQ(with(kWords), "");
  expect_sound();
}

TEST_F(ErasingMail, takes_what_its_author_has_begun_in_the_case_and_nobody_elses) {
  keep_draft(kSellerAnn, first, "message");
  keep_draft(kSellerAnn, second, "exhibit");
  keep_draft(kAgentMarie, first, "note");
  const CaseId other = mailed.house.open_case();
  keep_draft(kSellerAnn, other, "message");
  ASSERT_EQ(erase(first, texts_in(first)[0]).status, 303);
  std::vector<std::string> left;
  for (const ledger::Record& record : mailed.records("draft")) left.push_back(record.key);
  EXPECT_EQ(left,
            (std::vector<std::string>{draft_key(kSellerAnn, other, "message"), draft_key(kAgentMarie, first, "note")}));
  const auto all = drafts_of(mailed.house.reader(), kSellerAnn);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1U);
  EXPECT_TRUE(all->front().remove);
}

TEST_F(ErasingMail, of_words_typed_on_the_page_takes_these_alone) {
  const TextId words = mailed.house.file(first).texts.at(1).id;
  const auto erasing = erasing_of(mailed.house.reader(), words);
  ASSERT_TRUE(erasing);
  EXPECT_EQ(erasing->texts, std::vector{words});
  EXPECT_FALSE(erasing_of(mailed.house.reader(), TextId{9'999}));
}

}  // namespace
}  // namespace guichet::desk
