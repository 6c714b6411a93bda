#include <guichet/intake/mail/message.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/charset.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

using Strings = std::vector<std::string>;

TEST(Message, a_reply_is_read_whole) {
  const std::string raw = mail_bytes("reply-fr.eml");
  const Message message = read_message(raw);
  EXPECT_EQ(message.message_id, "a1@boutique.example");
  EXPECT_EQ(message.in_reply_to, Strings{"1042.7.words@place.example"});
  EXPECT_EQ(message.references, (Strings{"1042.3.words@place.example", "1042.7.words@place.example"}));
  // Of very many, the last are kept: they are the nearest.
  std::string many = "From: a@b.example\r\nReferences:";
  for (int i = 0; i < 20'000; ++i) many += "\r\n <" + std::to_string(i) + "@other.example>";
  many += "\r\n <1042.7.words@place.example>\r\n\r\nHello\r\n";
  const Message far = read_message(many);
  ASSERT_FALSE(far.references.empty());
  EXPECT_EQ(far.references.back(), "1042.7.words@place.example");
  ASSERT_EQ(message.from.size(), 1U);
  EXPECT_EQ(message.from[0], (Address{"Anna König", "Anna@boutique.example"}));
  EXPECT_EQ(message.to, (std::vector<Address>{{"Guichet", "guichet@place.example"}}));
  EXPECT_EQ(message.subject, "Re: Votre dossier : réponse");
  ASSERT_TRUE(message.date);
  EXPECT_EQ(print_instant(message.date->at), "2026-03-03T09:04:09Z");
  EXPECT_EQ(message.date->offset_minutes, 60);
  EXPECT_TRUE(message.date->zone_known);
  ASSERT_EQ(message.received.size(), 2U);
  EXPECT_EQ(message.received[0].from, "smtp.boutique.example");
  EXPECT_EQ(message.received[0].from_address, "192.0.2.7");
  EXPECT_EQ(message.received[0].by, "mx.place.example");
  EXPECT_EQ(message.received[0].with, "ESMTPS");
  EXPECT_EQ(message.received[0].id, "4F2");
  EXPECT_EQ(message.received[0].for_whom, "guichet@place.example");
  ASSERT_TRUE(message.received[0].date);
  EXPECT_EQ(print_instant(message.received[0].date->at), "2026-03-03T09:04:11Z");
  EXPECT_EQ(message.received[1].from_address, "192.0.2.99");
  EXPECT_EQ(message.return_path, "anna@boutique.example");
  EXPECT_EQ(message.text_from, TextFrom::plain);
  EXPECT_NE(message.text.find("voici le numéro demandé : 12345."), std::string::npos) << message.text;
  EXPECT_TRUE(message.attachments.empty());
  EXPECT_TRUE(message.flaws.none()) << message.flaws.names();
  EXPECT_FALSE(automatic(message));
  // The bytes can be found again.
  EXPECT_EQ(message.raw_bytes, raw.size());
  EXPECT_TRUE(std::string_view(raw).substr(message.body).starts_with("Bonjour,"));
  EXPECT_EQ(message.field(raw, "content-transfer-encoding"), "quoted-printable");
  std::string again;
  for (const Field& field : message.fields) again += raw.substr(field.begin, field.end - field.begin);
  EXPECT_EQ(again + "\n" + raw.substr(message.body), raw);
}

TEST(Message, files_come_with_safe_names_and_are_no_words) {
  const Message message = read_message(mail_bytes("two-files.eml"));
  EXPECT_EQ(message.from, (std::vector<Address>{{"Ben, of the stall", "ben@stall.example"}}));
  EXPECT_EQ(message.text, "Here are the two invoices.\n");
  ASSERT_TRUE(message.date);
  EXPECT_FALSE(message.date->zone_known);
  ASSERT_EQ(message.attachments.size(), 2U);
  EXPECT_EQ(message.attachments[0].name, "facture n° 7.pdf");
  EXPECT_EQ(message.attachments[0].media_type, "application/pdf");
  EXPECT_EQ(message.attachments[0].body, "%PDF-1.4 invented");
  EXPECT_EQ(message.attachments[0].bytes, 17U);
  EXPECT_EQ(message.attachments[1].name, "notes.txt");
  EXPECT_EQ(message.attachments[1].body, "not to be read as words");
  EXPECT_TRUE(message.flaws.none()) << message.flaws.names();

  Reading lean;
  lean.bodies = false;
  const Message counted = read_message(mail_bytes("two-files.eml"), lean);
  EXPECT_TRUE(counted.attachments[0].body.empty());
  EXPECT_EQ(counted.attachments[0].bytes, 17U);
}

TEST(Message, html_becomes_words_when_there_is_nothing_plain) {
  const Message message = read_message(mail_bytes("html-only.eml"));
  EXPECT_EQ(message.text_from, TextFrom::html);
  EXPECT_NE(message.text.find("Bonjour & merci,"), std::string::npos) << message.text;
  EXPECT_NE(message.text.find("le suivi <https://suivi.example/42>"), std::string::npos) << message.text;
  EXPECT_NE(message.text.find("> Où est le colis ?"), std::string::npos) << message.text;
  EXPECT_EQ(message.text.find("alert"), std::string::npos);
  EXPECT_EQ(message.text.find("color"), std::string::npos);
}

TEST(Message, a_report_names_the_mail_it_is_about) {
  const Message message = read_message(mail_bytes("bounce.eml"));
  ASSERT_TRUE(message.report);
  EXPECT_EQ(message.report->kind, "delivery-status");
  EXPECT_EQ(message.report->returned_id, "1050.4.words.17@market.example");
  EXPECT_EQ(message.report->recipient, "ben@stall.example");
  EXPECT_EQ(message.report->action, "failed");
  EXPECT_EQ(message.report->status, "5.1.1");
  EXPECT_TRUE(message.null_return_path);
  EXPECT_EQ(automatic(message), Automatic::bounce);
}

TEST(Message, programs_are_told_from_persons) {
  EXPECT_EQ(automatic(read_message(mail_bytes("out-of-office.eml"))), Automatic::auto_reply);
  const auto of = [](const std::string& field) {
    return automatic(read_message("From: a@b.example\n" + field + "\n\nwords\n"));
  };
  EXPECT_FALSE(of("Auto-Submitted: no"));
  EXPECT_FALSE(of("Precedence: normal"));
  EXPECT_FALSE(of("X-Auto-Response-Suppress: OOF"));
  EXPECT_FALSE(of("Subject: Out of the office I saw your case 12"));
  EXPECT_EQ(of("Auto-Submitted: auto-generated; owner-email=x"), Automatic::auto_reply);
  EXPECT_EQ(of("AUTO-SUBMITTED: Auto-Notified"), Automatic::auto_reply);
  EXPECT_EQ(of("X-Autoreply: yes"), Automatic::auto_reply);
  EXPECT_EQ(of("X-Auto-Response-Suppress: DR, All"), Automatic::auto_reply);
  EXPECT_EQ(of("Precedence: bulk"), Automatic::bulk);
  EXPECT_EQ(of("Precedence: auto_reply"), Automatic::auto_reply);
  EXPECT_EQ(of("List-Id: <x.example>"), Automatic::mailing_list);
  EXPECT_EQ(of("X-Failed-Recipients: c@d.example"), Automatic::bounce);
  EXPECT_EQ(of("Return-Path: <>"), Automatic::auto_reply);
  EXPECT_EQ(of("Subject: =?utf-8?Q?R=C3=89PONSE_AUTOMATIQUE?="), Automatic::auto_reply);
  EXPECT_EQ(automatic(read_message("From: MAILER-DAEMON@x.example\n\n")), Automatic::bounce);
}

TEST(Message, what_is_wrong_is_said) {
  const auto flaws = [](const std::string& raw) { return read_message(raw).flaws.names(); };
  EXPECT_EQ(flaws(""), "header_open no_from no_date no_message_id");
  EXPECT_EQ(flaws("From: a@b.example\nDate: Mon, 2 Mar 2026 09:00 +0000\nMessage-ID: <1@b>\n\n"), "");
  EXPECT_EQ(flaws("From: a@b.example\nDate: soon\nMessage-ID: <1@b>\n\n"), "date_unreadable");
  EXPECT_EQ(flaws("From: a@b.example\nstray\nDate: Mon, 2 Mar 2026 09:00 +0000\nMessage-ID: <1@b>\n\n"), "header_junk");
  EXPECT_EQ(flaws("From: a@b.example\nDate: Mon, 2 Mar 2026 09:00 +0000\nMessage-ID: <1@b>\nMessage-ID: <2@b>\n\n"),
            "many_message_ids");
  const std::string good = "From: a@b.example\nDate: Mon, 2 Mar 2026 09:00 +0000\nMessage-ID: <1@b>\n";
  EXPECT_EQ(flaws(good + "Content-Type: text/plain; charset=klingon\n\nqapla\n"), "unknown_charset");
  EXPECT_EQ(flaws(good + "Content-Type: text/plain; charset=utf-8\n\n\xE9t\xE9\n"), "wrong_charset");
  EXPECT_EQ(flaws(good + "Content-Transfer-Encoding: rot13\n\nqapla\n"), "unknown_encoding");
  EXPECT_EQ(flaws(good + "Content-Type: multipart/mixed\n\nqapla\n"), "no_boundary");
  EXPECT_EQ(flaws(good + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nqapla\n"), "boundary_open");
  EXPECT_EQ(flaws(std::string("From: a@b.example\nSubject: x\0y\n", 31) +
                  "Date: Mon, 2 Mar 2026 09:00 +0000\nMessage-ID: <1@b>\n\n"),
            "nul_bytes");
}

TEST(Message, words_are_found_whatever_the_header_says_of_them) {
  const auto text = [](const std::string& head, const std::string& body) {
    return read_message("From: a@b.example\n" + head + "\n" + body).text;
  };
  EXPECT_EQ(text("", "\xE9t\xE9 \x80\n"), "été €\n") << "nothing said, and not UTF-8: windows-1252";
  EXPECT_EQ(text("", "été\n"), "été\n");
  EXPECT_EQ(text("Content-Type: text/plain; charset=koi8-r\n", "\xD0\xD2\xC9\xD7\xC5\xD4\n"), "привет\n");
  EXPECT_EQ(text("Content-Type: text/plain; charset=iso-2022-jp\n", "\x1B$B$3$s\x1B(B\n"), "こん\n");
  EXPECT_EQ(text("Content-Type: text/plain; charset=\"utf-8//IGNORE\"\n", "été\n"), "été\n");
  EXPECT_EQ(text("Content-Type: multipart/mixed; boundary=x\n", "no parts, but words\n"), "no parts, but words\n");
  EXPECT_EQ(text("Content-Transfer-Encoding: base64\n", "w6l0w6k=\n"), "été");
  EXPECT_EQ(text("Content-Type: text/plain; format=flowed\n", "one \ntwo\n>quoted \n>more\n-- \nme\n"),
            "one two\n> quoted more\n-- \nme\n");
  EXPECT_EQ(text("", "one\r\ntwo\rthree\n"), "one\ntwo\nthree\n");
  EXPECT_EQ(text("Content-Type: text/plain;\n charset=utf-8;\n name=notes.txt\n", "words with a name\n"),
            "words with a name\n");
}

TEST(Message, a_body_may_begin_without_a_gap) {
  const Message message = read_message("From: a@b.example\nSubject: x\nThis is no field\nnor this\n");
  EXPECT_EQ(message.text, "This is no field\nnor this\n");
  EXPECT_TRUE(message.flaws.has(Flaw::header_open));
  EXPECT_EQ(read_message("only words\n\nand more\n").text, "only words\n\nand more\n");
}

TEST(Message, a_mail_within_a_mail_stays_whole) {
  const std::string inner = "From: c@d.example\nSubject: inner: what?\n\nnot mine\n";
  const Message message = read_message(
      "From: a@b.example\nSubject: Fwd\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee below\n--x\n"
      "Content-Type: message/rfc822\n\n" +
      inner + "\n--x--\n");
  EXPECT_EQ(message.text, "see below");
  ASSERT_EQ(message.attachments.size(), 1U);
  EXPECT_EQ(message.attachments[0].body, inner);
  EXPECT_EQ(message.attachments[0].name, "inner_ what_.eml");
  EXPECT_EQ(message.attachments[0].media_type, "message/rfc822");
}

TEST(Message, limits_hold_against_mails_made_to_hurt) {
  std::string deep = "From: a@b.example\n";
  std::string ends;
  for (int i = 0; i < 3'000; ++i) {
    const std::string mark = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + mark + "\n\n--" + mark + "\n";
  }
  deep += "\nwords\n";
  EXPECT_TRUE(read_message(deep).flaws.has(Flaw::too_deep));

  std::string wide = "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n";
  for (int i = 0; i < 100'000; ++i) wide += "--x\n\nw\n";
  const Message many = read_message(wide);
  EXPECT_TRUE(many.flaws.has(Flaw::too_many_parts));
  EXPECT_LE(many.text.size(), 3'000U);

  std::string fields;
  for (int i = 0; i < 100'000; ++i) fields += "X-Field: 1\n";
  const Message headed = read_message(fields + "From: a@b.example\n\nwords\n");
  EXPECT_TRUE(headed.flaws.has(Flaw::header_cut));
  EXPECT_EQ(headed.text, "words\n") << "the body is found behind a header that was cut";

  const std::string much(2'000'000, 'a');
  EXPECT_FALSE(read_message("Subject: " + much + "\n\n").subject.size() > 100'000);
  for (const std::string& piece :
       Strings{"=?utf-8?q?a?= ", "=?utf-8?b?", "(", "\"", "<", "a@b,", "a:", "[", "\\", "=?"}) {
    std::string value;
    while (value.size() < 300'000) value += piece;
    for (const char* field : {"Subject", "From", "References", "Received", "Date", "Content-Type",
                              "Content-Disposition", "List-Id", "Message-ID"})
      read_message(std::string(field) + ": " + value + "\n\n");
  }

  Reading reading;
  reading.text_bytes = 1'000;
  const Message cut = read_message("From: a@b.example\n\n" + much, reading);
  EXPECT_TRUE(cut.flaws.has(Flaw::text_cut));
  EXPECT_LE(cut.text.size(), 1'010U);
}

TEST(Message, whatever_is_done_to_a_mail_it_is_still_read) {
  for (const auto* name : {"reply-fr.eml", "two-files.eml", "html-only.eml", "bounce.eml"}) {
    const std::string bytes = mail_bytes(name);
    ASSERT_FALSE(bytes.empty());
    for (std::size_t i = 0; i < bytes.size(); i += 5) {
      std::string broken = bytes;
      broken[i] = static_cast<char>(broken[i] ^ (i % 3 == 0 ? 0x80 : i % 2 == 0 ? 0x01 : 0x0A));
      for (const Message& message : {read_message(broken), read_message(bytes.substr(0, i))}) {
        EXPECT_EQ(utf8_valid_prefix(message.text), message.text.size());
        EXPECT_EQ(utf8_valid_prefix(message.subject), message.subject.size());
        EXPECT_LE(message.body, message.raw_bytes);
      }
    }
  }
}

TEST(Message, encoded_words_beside_each_other_are_all_read) {
  EXPECT_EQ(read_words("=?UTF-8?B?w6k=?= =?UTF-8?B?IGE=?="), "é a");
  EXPECT_EQ(read_words("=?utf-8?b?w6k=?=\r\n =?UTF-8?Q?_b?= c =?x?b?y"), "é b c =?x?b?y");
  EXPECT_EQ(read_words("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?="), "é") << "a sign may be cut in two";
  EXPECT_EQ(read_addresses("=?UTF-8?B?w6k=?= =?UTF-8?B?IGE=?= <a@b.example>"),
            (std::vector<Address>{{"é a", "a@b.example"}}));
  EXPECT_EQ(read_disposition("attachment; filename=\"=?UTF-8?B?w6k=?= =?UTF-8?B?LnBkZg==?=\"").parameter("filename"),
            "é.pdf");
}

TEST(Message, file_names_are_only_names) {
  EXPECT_EQ(safe_file_name("C:\\temp\\a.txt"), "a.txt");
  EXPECT_EQ(safe_file_name("../.bashrc"), "bashrc");
  EXPECT_EQ(safe_file_name("a\nb\x7F.pdf"), "ab.pdf");
  EXPECT_EQ(safe_file_name("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(safe_file_name("..."), "");
  const std::string longest = safe_file_name(std::string(500, 'x') + ".jpeg");
  EXPECT_LE(longest.size(), 203U);
  EXPECT_TRUE(longest.ends_with(".jpeg"));
}

}  // namespace
}  // namespace guichet::intake::mail
