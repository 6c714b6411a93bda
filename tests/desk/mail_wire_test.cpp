// Against the mail servers of the distribution.
#include <guichet/desk/mail_wire.hpp>

#include <gtest/gtest.h>

#include <guichet/intake/mail/compose.hpp>
#include <guichet/intake/mail/message.hpp>

#include "mail_servers.hpp"

namespace guichet::desk {
namespace {

using intake::mail::compose;
using intake::mail::Outgoing;
using intake::mail::read_message;

class MailWire : public testing::Test {
 protected:
  static void SetUpTestSuite() { servers_ = MailServers::start(why_); }
  static void TearDownTestSuite() { servers_.reset(); }
  void SetUp() override {
    if (!servers_) GTEST_SKIP() << why_;
  }

  static Parcel parcel(const std::string& to, const std::string& id, const std::string& words = "Bonjour à vous.\n") {
    Outgoing mail;
    mail.from = {"Guichet", "desk@place.example"};
    mail.to = {"Anna", to};
    mail.subject = "Dossier 1042 : versement";
    mail.text = words;
    mail.message_id = id;
    return {.from = mail.from.address, .to = to, .raw = compose(mail)};
  }

  static inline std::unique_ptr<MailServers> servers_;
  static inline std::string why_;
};

TEST_F(MailWire, what_is_sent_is_fetched_and_only_once) {
  const auto outbox = smtp_outbox(servers_->smtp(), "place.example");
  const std::string words = "Bonjour,\n.\n..une ligne qui commence par des points\nFrom ici\nété\n";
  for (const char* id : {"one@place.example", "two@place.example"}) {
    const Posted posted = outbox->send(parcel("anna@boutique.example", id, words));
    ASSERT_EQ(posted.kind, Posted::Kind::taken) << posted.detail;
  }
  const MailFolder folder = servers_->imap("anna@boutique.example");
  const auto mails = servers_->fetch(folder, 2);
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_NE(mails[0].uid_validity, 0U);
  EXPECT_LT(mails[0].uid, mails[1].uid);
  std::vector<std::string> ids;
  for (const FetchedMail& mail : mails) {
    const auto message = read_message(mail.raw);
    EXPECT_EQ(message.text, words);
    EXPECT_EQ(message.subject, "Dossier 1042 : versement");
    ids.push_back(message.message_id);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, (std::vector<std::string>{"one@place.example", "two@place.example"}));
  const auto again = poll_folder(folder, [](const FetchedMail&) { return true; });
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->unseen, 0U);
  EXPECT_EQ(again->uid_validity, mails[0].uid_validity);
}

TEST_F(MailWire, what_is_not_kept_comes_again) {
  ASSERT_EQ(smtp_outbox(servers_->smtp(), "place.example")->send(parcel("ben@boutique.example", "b@x")).kind,
            Posted::Kind::taken);
  const MailFolder folder = servers_->imap("ben@boutique.example");
  std::uint64_t refused = 0;
  for (int tries = 0; tries < 600 && refused < 3; ++tries) {
    const auto polled = poll_folder(folder, [](const FetchedMail&) { return false; });
    ASSERT_TRUE(polled) << polled.error().detail;
    EXPECT_EQ(polled->kept, 0U);
    refused += polled->unseen;
    if (polled->unseen == 0) ::poll(nullptr, 0, 50);
  }
  EXPECT_EQ(refused, 3U) << "looking at a mail does not mark it";
  EXPECT_EQ(servers_->fetch(folder, 1).size(), 1U);
}

TEST_F(MailWire, kept_mails_may_move_to_a_folder_that_is_made_for_them) {
  ASSERT_EQ(smtp_outbox(servers_->smtp(), "place.example")->send(parcel("cho@boutique.example", "c@x")).kind,
            Posted::Kind::taken);
  MailFolder folder = servers_->imap("cho@boutique.example");
  folder.move_to = "Kept \"here\"";
  ASSERT_EQ(servers_->fetch(folder, 1).size(), 1U);
  MailFolder kept = servers_->imap("cho@boutique.example");
  kept.folder = folder.move_to;
  const auto moved = poll_folder(kept, [](const FetchedMail&) { return true; });
  ASSERT_TRUE(moved) << moved.error().detail;
  EXPECT_EQ(moved->unseen, 1U);
}

TEST_F(MailWire, a_mail_beyond_the_limit_gives_its_head) {
  const std::string words(3'000'000, 'x');
  ASSERT_EQ(smtp_outbox(servers_->smtp(), "place.example")->send(parcel("dan@boutique.example", "d@x", words)).kind,
            Posted::Kind::taken);
  MailFolder folder = servers_->imap("dan@boutique.example");
  folder.mail_bytes_max = 100'000;
  const auto mails = servers_->fetch(folder, 1);
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_TRUE(mails[0].head_only);
  EXPECT_LT(mails[0].raw.size(), 10'000U);
  EXPECT_EQ(read_message(mails[0].raw).message_id, "d@x");
}

TEST_F(MailWire, with_tls_and_a_password) {
  const auto outbox = smtp_outbox(servers_->smtp_with_password(), "place.example");
  const Posted posted = outbox->send(parcel("eve@boutique.example", "e@x"));
  ASSERT_EQ(posted.kind, Posted::Kind::taken) << posted.detail;
  EXPECT_EQ(servers_->fetch(servers_->imap("eve@boutique.example", WireSecurity::starttls), 1).size(), 1U);
  const auto tls =
      poll_folder(servers_->imap("eve@boutique.example", WireSecurity::tls), [](const FetchedMail&) { return true; });
  ASSERT_TRUE(tls) << tls.error().detail;
  EXPECT_EQ(tls->unseen, 0U);

  MailServer wrong = servers_->smtp_with_password();
  wrong.password = "guessed";
  EXPECT_EQ(smtp_outbox(wrong, "x")->send(parcel("eve@boutique.example", "e2@x")).kind, Posted::Kind::later)
      << "a wrong password of ours gives up no mail";
  MailFolder stranger = servers_->imap("eve@boutique.example");
  stranger.server.password = "guessed";
  EXPECT_FALSE(poll_folder(stranger, [](const FetchedMail&) { return true; }));
  MailServer unknown = servers_->smtp_with_password();
  unknown.certificates.clear();
  const Posted distrusted = smtp_outbox(unknown, "x")->send(parcel("eve@boutique.example", "e3@x"));
  EXPECT_EQ(distrusted.kind, Posted::Kind::later) << "a certificate that nobody vouches for is not believed";
}

TEST_F(MailWire, refusals_and_silence_are_told_apart) {
  const auto outbox = smtp_outbox(servers_->smtp(), "place.example");
  const Posted refused = outbox->send(parcel("nobody@boutique.example", "f@x"));
  EXPECT_EQ(refused.kind, Posted::Kind::refused) << refused.detail;
  EXPECT_GE(refused.code, 500) << refused.detail;
  EXPECT_FALSE(refused.detail.empty());
  EXPECT_EQ(outbox->send(parcel("fay@boutique.example", "g@x")).kind, Posted::Kind::taken) << "the next one goes";
  MailServer nobody = servers_->smtp();
  nobody.port = 1;
  const Posted silent = smtp_outbox(nobody, "x")->send(parcel("fay@boutique.example", "h@x"));
  EXPECT_EQ(silent.kind, Posted::Kind::later);
  EXPECT_NE(silent.detail.find("127.0.0.1"), std::string::npos) << silent.detail;
  MailFolder absent = servers_->imap("fay@boutique.example");
  absent.folder = "No such folder";
  const auto polled = poll_folder(absent, [](const FetchedMail&) { return true; });
  ASSERT_FALSE(polled);
  EXPECT_NE(polled.error().detail.find("SELECT"), std::string::npos) << polled.error().detail;
}

}  // namespace
}  // namespace guichet::desk
