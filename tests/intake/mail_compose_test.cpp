#include <guichet/intake/mail/compose.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/message.hpp>

namespace guichet::intake::mail {
namespace {

Outgoing sample() {
  Outgoing mail;
  mail.from = {"Guichet de la Place", "guichet@place.example"};
  mail.to = {"Anna König", "anna@boutique.example"};
  mail.subject = "Dossier 1042 : versement de février";
  mail.text = "Bonjour,\n\nMarie vous a écrit :\n\nVotre versement est parti. 120,50 €\n";
  mail.date = Instant{Duration{1'772'442'000'000}};
  mail.message_id = "1042.7.words.15.abcd@place.example";
  mail.in_reply_to = "1042.3.words.15.efgh@place.example";
  mail.references = {"1042.1.words.15.ijkl@place.example", "1042.3.words.15.efgh@place.example"};
  mail.list_name = "Guichet";
  mail.list_id = "guichet.place.example";
  mail.stop_address = "https://place.example/me";
  return mail;
}

void expect_sound(const std::string& raw) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    ASSERT_TRUE(raw[i] != '\n' || (i > 0 && raw[i - 1] == '\r')) << i;
    ASSERT_TRUE(raw[i] != '\r' || (i + 1 < raw.size() && raw[i + 1] == '\n')) << i;
    ASSERT_LT(static_cast<unsigned char>(raw[i]), 0x7F) << "seven bits are enough for every server";
  }
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = raw.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 998U);
    at = end + 2;
  }
}

TEST(Compose, what_is_written_is_read_back) {
  const Outgoing mail = sample();
  const std::string raw = compose(mail);
  expect_sound(raw);
  const Message read = read_message(raw);
  EXPECT_EQ(read.from, std::vector{mail.from});
  EXPECT_EQ(read.to, std::vector{mail.to});
  EXPECT_EQ(read.subject, mail.subject);
  EXPECT_EQ(read.text, mail.text);
  EXPECT_EQ(read.message_id, mail.message_id);
  EXPECT_EQ(read.in_reply_to, std::vector{mail.in_reply_to});
  EXPECT_EQ(read.references, mail.references);
  ASSERT_TRUE(read.date);
  EXPECT_EQ(read.date->at, mail.date);
  EXPECT_EQ(read.auto_submitted, "auto-generated");
  EXPECT_EQ(read.list_id, "guichet <guichet.place.example>");
  EXPECT_TRUE(read.flaws.none()) << read.flaws.names();
  EXPECT_TRUE(automatic(read)) << "another desk sees that no person wrote it";
  EXPECT_EQ(compose(mail), raw) << "a resend is the same mail";
}

TEST(Compose, nothing_breaks_out_of_its_field) {
  Outgoing mail = sample();
  mail.subject = "x\r\nBcc: all@place.example\r\n\r\nbody";
  mail.from.name = "a\nb\"<c@d.example>";
  mail.to.name = "=?utf-8?q?=0ABcc:x?=\r\n";
  mail.list_name = "evil> <x\"";
  mail.references = {"ok@x", "no good\r\nBcc: y"};
  const std::string raw = compose(mail);
  expect_sound(raw);
  const Message read = read_message(raw);
  EXPECT_EQ(read.field(raw, "bcc"), "");
  ASSERT_EQ(read.from.size(), 1U);
  EXPECT_EQ(read.from[0].address, "guichet@place.example");
  ASSERT_EQ(read.to.size(), 1U);
  EXPECT_EQ(read.to[0].address, "anna@boutique.example");
  EXPECT_EQ(read.references, std::vector<std::string>{"ok@x"});
  EXPECT_EQ(read.text, mail.text);
}

TEST(Compose, long_lines_and_many_references_stay_within_what_servers_take) {
  Outgoing mail = sample();
  mail.text = std::string(20'000, 'x') + "\nFrom here on\n.\nend with blank \n";
  mail.references.clear();
  for (int i = 0; i < 500; ++i) mail.references.push_back("number" + std::to_string(i) + "@place.example");
  const std::string raw = compose(mail);
  expect_sound(raw);
  const Message read = read_message(raw);
  EXPECT_EQ(read.text, mail.text);
  EXPECT_EQ(read.references.front(), "number0@place.example");
  EXPECT_EQ(read.references.back(), "number499@place.example");
  EXPECT_LE(read.references.size(), 30U);
}

TEST(Compose, any_words_come_through) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::uint64_t state = seed;
    const auto draw = [&](std::uint64_t below) { return (state = scramble(state + 0x9e37)) % below; };
    static constexpr std::array<std::string_view, 12> kPieces{
        "a", "é", "=", " ", "\n", "\t", "€", "From ", ".", "-- \n", "\xF0\x9F\x93\xA6", "word "};
    Outgoing mail = sample();
    mail.text.clear();
    for (std::uint64_t n = draw(300); n > 0; --n) mail.text += kPieces[draw(kPieces.size())];
    mail.text += "end\n";
    mail.subject.clear();
    for (std::uint64_t n = draw(60); n > 0; --n) mail.subject += kPieces[draw(3) + (draw(2) == 0 ? 0 : 9)];
    std::erase(mail.subject, '\n');
    mail.subject += "x";
    const std::string raw = compose(mail);
    expect_sound(raw);
    const Message read = read_message(raw);
    EXPECT_EQ(read.text, mail.text);
    EXPECT_EQ(read.subject, mail.subject);
  }
}

TEST(Compose, addresses_and_identities_are_looked_at) {
  for (const char* good : {"a@b", "anna.k+x@shop.example", "o'neill@x.example"}) EXPECT_TRUE(is_mail_address(good));
  for (const char* bad : {"", "@", "a@", "@b", "a b@c", "a@b@c", "a@b>", "a@b\r\nx", "-f@b", "a,b@c", "\xC3\xA9@b"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_TRUE(is_message_id("1042.7.words@place.example"));
  for (const char* bad : {"", "a b", "<a>", "a\n"}) EXPECT_FALSE(is_message_id(bad)) << bad;
}

}  // namespace
}  // namespace guichet::intake::mail
