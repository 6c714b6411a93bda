// The page on which an administrator sees how mail is set up and how it goes, and sends himself a test mail.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <guichet/formats/json.hpp>

#include "browsing.hpp"
#include "mailed_house.hpp"

namespace guichet::desk {
namespace {

const std::string kSecret = "not-for-any-page-4711";

bool says(const Response& response, std::string_view words) {
  return words_on(response.body).find(words) != std::string::npos;
}

/// An open desk with a postbox that only steps when told to.
class MailPage : public testing::Test {
 protected:
  MailPage() {
    folder_ = std::filesystem::temp_directory_path() / ("guichet-mail-page-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "secret") << kSecret << "\n";
  }
  ~MailPage() override {
    desk_.shared().postbox = nullptr;
    postbox_.reset();
    std::filesystem::remove_all(folder_);
  }

  void set_up(const std::string& more) {
    const std::string path = (folder_ / "mail.toml").string();
    const auto settings = read_mail_settings("address = \"desk@place.example\"\n" + more, path);
    ASSERT_TRUE(settings) << settings.error().detail;
    auto spool = MailSpool::open((folder_ / "in").string());
    ASSERT_TRUE(spool);
    Shared& shared = desk_.shared();
    Postbox::Parts parts;
    parts.ledger = shared.ledger;
    parts.clerk = shared.clerk;
    parts.procedures = shared.procedures;
    parts.people = shared.people;
    parts.house = &shared.house;
    parts.settings = *settings;
    if (settings->smtp) parts.outbox = std::make_unique<Listener>(heard_);
    parts.spool = *spool;
    auto made = Postbox::by_hand(std::move(parts));
    ASSERT_TRUE(made);
    postbox_ = std::move(*made);
    shared.postbox = postbox_.get();
  }
  void with_smtp() { set_up("[smtp]\nhost = \"smtp.place.example\"\nuser = \"desk\"\npassword_file = \"secret\"\n"); }

  Response get(const std::string& path, ActorId who = kAdministrator) { return desk_.ask(who, Method::get, path); }
  Response post(const std::string& path, const std::string& form = "none=", ActorId who = kAdministrator) {
    return desk_.ask(who, Method::post, path, form);
  }
  Outcome step() { return postbox_->step(desk_.clock().now()); }
  void expect_good(const Response& response, int status = 200) {
    EXPECT_EQ(response.status, status) << words_on(response.body);
    for (const std::string& fault : faults_of(response.body)) ADD_FAILURE() << fault << "\n" << response.body;
  }

  OpenDesk desk_;
  std::filesystem::path folder_;
  Listener::Heard heard_;
  std::unique_ptr<Postbox> postbox_;
};

TEST_F(MailPage, SaysWhenThereIsNone) {
  for (const char* language : {"en", "fr"}) expect_good(get(std::string("/desk/mail?language=") + language));
  EXPECT_TRUE(says(get("/desk/mail"), "sends and receives no mail"));
  expect_good(post("/desk/mail/test"), 409);
  EXPECT_EQ(desk_.ask(kAdministrator, Method::post, "/api/desk/mail/test", {}, "{}").status, 409);
  EXPECT_EQ(get("/desk/mail", kSupervisor).status, 403);
  EXPECT_EQ(get("/desk/mail", kAgentMarie).status, 403);
}

TEST_F(MailPage, ShowsEverySettingAndNoSecret) {
  set_up(
      "warn_before_minutes = 90\nopens_cases = \"signed\"\n"
      "[smtp]\nhost = \"smtp.place.example\"\nuser = \"desk\"\npassword_file = \"secret\"\n"
      "[imap]\nhost = \"imap.place.example\"\nsecurity = \"tls\"\nuser = \"desk\"\npassword_file = \"secret\"\n"
      "move_to = \"Kept\"\n");
  const Response english = get("/desk/mail?language=en"), french = get("/desk/mail?language=fr");
  const Response told = get("/api/desk/mail");
  expect_good(english);
  expect_good(french);
  for (const Response* page : {&english, &french, &told}) {
    EXPECT_EQ(page->body.find(kSecret), std::string::npos);
    for (const char* value : {"smtp.place.example", "imap.place.example", "587", "993", "Kept", "signed", "mail.toml"})
      EXPECT_NE(page->body.find(value), std::string::npos) << value;
  }
  EXPECT_TRUE(says(english, "there is one; it is shown nowhere"));
  EXPECT_TRUE(says(french, "Ce qu’il fait"));

  // Every key that docs/mail.md tells is here, with words in both languages.
  std::ostringstream text;
  text << std::ifstream(std::string(GUICHET_SOURCE_DIR) + "/docs/mail.md").rdbuf();
  const std::string doc = text.str();
  static const std::regex kRow(R"(\n\| (`[^|]*) \|)"), kKey("`([a-z_]+)`");
  std::set<std::string> keys{"address", "name", "language", "host", "security", "user", "password_file", "move_to"};
  for (auto row = std::sregex_iterator(doc.begin(), doc.end(), kRow); row != std::sregex_iterator(); ++row) {
    const std::string cell = (*row)[1];
    for (auto key = std::sregex_iterator(cell.begin(), cell.end(), kKey); key != std::sregex_iterator(); ++key)
      keys.insert((*key)[1]);
  }
  EXPECT_GT(keys.size(), 15U);
  for (const std::string& key : keys) {
    EXPECT_NE(english.body.find("<code>" + key + "</code>"), std::string::npos) << key;
    for (const formats::Language language : {formats::Language::en, formats::Language::fr})
      EXPECT_TRUE(formats::Phrases(language).has("mail.set." + key)) << key;
  }
}

TEST_F(MailPage, SendsATestMailToWhoeverAsks) {
  with_smtp();
  ASSERT_TRUE(step());
  EXPECT_TRUE(says(get("/desk/mail"), "Not since the start"));
  EXPECT_EQ(Browsing::place(post("/desk/mail/test", "once=a")), "/desk/mail");
  EXPECT_EQ(Browsing::place(post("/desk/mail/test", "once=a")), "/desk/mail") << "sent twice, asked for once";
  EXPECT_TRUE(says(get("/desk/mail"), "A test mail is on its way"));
  ASSERT_TRUE(step());
  ASSERT_EQ(heard_.parcels.size(), 1U);
  EXPECT_EQ(heard_.parcels[0].to, "10@people.example") << "to oneself, whatever is sent";
  const auto mail = intake::mail::read_message(heard_.parcels[0].raw);
  EXPECT_EQ(mail.subject, "Guichet: a test mail");
  EXPECT_EQ(mail.from.at(0).address, "desk@place.example");
  const Response page = get("/desk/mail");
  expect_good(page);
  EXPECT_TRUE(says(page, "The mail server took the last one, for Adam"));
  EXPECT_FALSE(says(page, "A test mail is on its way"));
  ASSERT_TRUE(step());
  EXPECT_EQ(heard_.parcels.size(), 1U) << "once";
  const auto reader = desk_.shared().ledger->reader();
  EXPECT_EQ((*reader)->house_notes(0, 100)->back().what, "mail_tested");
  EXPECT_EQ(desk_.ask(kAgentMarie, Method::post, "/api/desk/mail/test", {}, "{}").status, 403);
  EXPECT_EQ(desk_.ask(kAdministrator, Method::post, "/api/desk/mail/test?language=fr", {}, "{}").status, 200);
  ASSERT_TRUE(step());
  ASSERT_EQ(heard_.parcels.size(), 2U);
}

TEST_F(MailPage, TellsWhatWentWrongAndWhatWaits) {
  with_smtp();
  ASSERT_TRUE(step());
  heard_.answer = Posted::Kind::refused;
  heard_.code = 550;
  post("/desk/mail/test");
  ASSERT_TRUE(step());
  Response page = get("/desk/mail");
  expect_good(page);
  EXPECT_TRUE(says(page, "did not go out."));
  EXPECT_TRUE(says(page, "the server says no"));
  const auto told = formats::parse_json(get("/api/desk/mail").body, "mail");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->find("tested")->find("fault")->text, "the server says no");
  EXPECT_EQ(told->find("waiting")->find("to_send")->integer, 0);
  // Letters wait where the server is not there.
  heard_.answer = Posted::Kind::later;
  heard_.code = 451;
  ASSERT_EQ(desk_
                .ask(kSellerAnn, Method::post, "/api/cases", {},
                     R"({"matter":"payment","subject":"Payout","body":"Where is it?"})")
                .status,
            201);
  ASSERT_TRUE(step());
  EXPECT_GT(formats::parse_json(get("/api/desk/mail").body, "mail")->find("waiting")->find("to_send")->integer, 0);
  heard_.answer = Posted::Kind::taken;
  desk_.clock().advance(Duration{120'000});
  ASSERT_TRUE(step());
  const auto after = formats::parse_json(get("/api/desk/mail").body, "mail");
  EXPECT_EQ(after->find("waiting")->find("to_send")->integer, 0);
  EXPECT_EQ(after->find("sent")->find("fault"), nullptr);
  EXPECT_NE(after->find("last_fault"), nullptr) << "what went wrong before is still told";
}

TEST_F(MailPage, TellsOfAMailboxThatCannotBeReached) {
  set_up("[imap]\nhost = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\npatience_seconds = 5\n");
  EXPECT_FALSE(step());
  const auto told = formats::parse_json(get("/api/desk/mail").body, "mail");
  ASSERT_TRUE(told);
  ASSERT_NE(told->find("polled"), nullptr);
  EXPECT_NE(told->find("polled")->find("fault"), nullptr);
  EXPECT_TRUE(says(get("/desk/mail"), "The file has no [smtp]: nothing is sent."));
  expect_good(post("/desk/mail/test"), 409);
}

}  // namespace
}  // namespace guichet::desk
