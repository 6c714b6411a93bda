#include <guichet/desk/mail_settings.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace guichet::desk {
namespace {

TEST(MailSettings, little_has_to_be_said) {
  const auto settings = read_mail_settings("address = 'desk@place.example'\n", "mail.toml");
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ(settings->domain, "place.example");
  EXPECT_EQ(settings->list_id, "guichet.place.example");
  EXPECT_FALSE(settings->smtp);
  EXPECT_FALSE(settings->imap);
  EXPECT_EQ(settings->opens, MailSettings::Opens::no);
}

TEST(MailSettings, everything_can_be_said) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("guichet-settings-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "word") << "s3cret\n";
  std::ofstream(folder / "mail.toml") << R"(
address = "desk@place.example"
name = "Guichet de la Place"
domain = "mail.place.example"
list_id = "desk.place.example"
language = "fr"
quote_words = false
warn_before_minutes = 30
mails_per_hour_max = 5
opens_cases = "signed"
opens_cases_matter = "payment"
opens_cases_per_day_max = 2
[smtp]
host = "smtp.place.example"
security = "tls"
user = "desk"
password_file = "word"
certificates = "/etc/ssl/own.pem"
patience_seconds = 5
[imap]
host = "imap.place.example"
port = 1143
security = "none"
folder = "Desk"
move_to = "Kept"
mail_mb_max = 2
poll_seconds = 15
)";
  const auto settings = load_mail_settings((folder / "mail.toml").string());
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ(settings->name, "Guichet de la Place");
  EXPECT_EQ(settings->language, formats::Language::fr);
  EXPECT_FALSE(settings->quote_words);
  EXPECT_EQ(settings->warn_before, Duration{30 * 60'000});
  EXPECT_EQ(settings->opens, MailSettings::Opens::signed_ones);
  EXPECT_EQ(settings->opens_matter, "payment");
  EXPECT_EQ(settings->opens_per_day_max, 2U);
  ASSERT_TRUE(settings->smtp);
  EXPECT_EQ(settings->smtp->port, 465);
  EXPECT_EQ(settings->smtp->password, "s3cret");
  EXPECT_EQ(settings->smtp->patience, Duration{5'000});
  ASSERT_TRUE(settings->imap);
  EXPECT_EQ(settings->imap->server.port, 1143);
  EXPECT_EQ(settings->imap->server.security, WireSecurity::none);
  EXPECT_EQ(settings->imap->folder, "Desk");
  EXPECT_EQ(settings->imap->move_to, "Kept");
  EXPECT_EQ(settings->imap->mail_bytes_max, 2U << 20U);
  EXPECT_EQ(settings->poll_every, Duration{15'000});
}

TEST(MailSettings, faults_are_said_with_their_place) {
  const auto fault = [](const std::string& toml) {
    const auto settings = read_mail_settings(toml, "mail.toml");
    return settings ? std::string{} : settings.error().detail;
  };
  EXPECT_NE(fault("name = 'x'\n").find("mail.toml:1:1: "), std::string::npos) << fault("name = 'x'\n");
  EXPECT_NE(fault("address = 'nobody'\n").find("no mail address"), std::string::npos);
  EXPECT_NE(fault("address = 'a@b.example'\n[smtp]\n").find("host"), std::string::npos);
  EXPECT_NE(fault("address = 'a@b.example'\n[smtp]\nhost = 'x'\nsecurty = 'tls'\n").find("security"),
            std::string::npos);
  EXPECT_NE(fault("address = 'a@b.example'\n[imap]\nhost = 'x'\npassword_file = '/no/such'\n").find("/no/such"),
            std::string::npos);
  EXPECT_NE(fault("address = 'a@b.example'\nlanguage = 'tlh'\n").find("tlh"), std::string::npos);
}

}  // namespace
}  // namespace guichet::desk
