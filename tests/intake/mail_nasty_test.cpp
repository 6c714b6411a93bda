// Mails that somebody wrote to break a reader. Each is read to its end, with what can be said of it.
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <guichet/base/utf8.hpp>
#include <guichet/intake/mail/arrival.hpp>
#include <guichet/intake/mail/mailbox.hpp>
#include <guichet/intake/mail/mbox.hpp>
#include <guichet/intake/mail/quoting.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

bool is_utf8(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

std::string times(std::size_t count, std::string_view piece) {
  std::string out;
  out.reserve(count * piece.size());
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

constexpr std::string_view kHead =
    "From: Anna <anna@shop.example>\r\nTo: help@market.example\r\nSubject: Shelf\r\n"
    "Date: Tue, 3 Mar 2026 09:00:00 +0000\r\nMessage-ID: <n@shop.example>\r\n";

std::string mail(std::string_view more, std::string_view body) {
  return std::string(kHead) + std::string(more) + "\r\n" + std::string(body);
}

std::string base64_of(std::string_view bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  while (!out.empty() && out.back() == '\0') out.pop_back();
  return out;
}

/// Signs with Ed25519 as market.example, under a key of this test.
class Signer {
 public:
  Signer() {
    std::array<unsigned char, crypto_sign_SEEDBYTES> seed{};
    seed.fill(7);
    crypto_sign_seed_keypair(public_.data(), secret_.data(), seed.data());
  }
  /// `tags` stand between the usual ones and h=.
  std::string sign(const std::string& raw, const std::string& tags,
                   std::size_t signed_bytes = std::string::npos) const {
    const Head head = read_head(raw);
    std::string body = canonical_body(std::string_view(raw).substr(head.body), Canon::relaxed);
    body.resize(std::min(body.size(), signed_bytes));
    const std::string field = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=market.example; s=k; " +
                              tags + " h=From:Subject:Date; bh=" + base64_of(digest(SigningHash::sha256, body)) +
                              "; b=";
    const std::string unsigned_mail = field + "\r\n" + raw;
    const Head with = read_head(unsigned_mail);
    const std::string text = canonical_fields(unsigned_mail, with.fields, {"from", "subject", "date"}, Canon::relaxed) +
                             canonical_signature(unsigned_mail, with.fields[0], Canon::relaxed);
    const std::string hash = digest(SigningHash::sha256, text);
    std::array<unsigned char, crypto_sign_BYTES> signature{};
    crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(hash.data()), hash.size(),
                         secret_.data());
    return field + base64_of({reinterpret_cast<const char*>(signature.data()), signature.size()}) + "\r\n" + raw;
  }
  KeyAnswer find(const std::string& name) const {
    if (name != "k._domainkey.market.example") return {.kind = KeyAnswer::Kind::none, .texts = {}, .why = "not here"};
    const std::string key = base64_of({reinterpret_cast<const char*>(public_.data()), public_.size()});
    return {.kind = KeyAnswer::Kind::found, .texts = {"v=DKIM1; k=ed25519; p=" + key}, .why = {}};
  }

 private:
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_{};
};

struct Nasty {
  const char* what;
  std::string raw;
  std::function<void(const Message&)> says;
};

void same(const Message& message) {
  EXPECT_EQ(message.message_id, "n@shop.example");
  EXPECT_EQ(message.subject, "Shelf");
}

/// Parts within parts; the innermost says "deep".
std::string nested(std::size_t depth) {
  std::string body = "Content-Type: text/plain\r\n\r\ndeep\r\n";
  for (std::size_t i = 0; i < depth; ++i) {
    const std::string b = "b" + std::to_string(i);
    body = "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n" + body + "\r\n--" + b + "--\r\n";
  }
  return body;
}

std::vector<Nasty> nasty_mails() {
  std::vector<Nasty> all;
  const auto add = [&all](const char* what, std::string raw, std::function<void(const Message&)> says = same) {
    all.push_back({what, std::move(raw), std::move(says)});
  };
  add("nothing", "", [](const Message& m) { EXPECT_FALSE(m.names_itself()); });
  add("one line break", "\r\n", [](const Message& m) { EXPECT_TRUE(m.from.empty()); });
  add("a field without an end", "From:", [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::no_from)); });
  add("a hundred parts within parts", std::string(kHead) + nested(100), [](const Message& m) {
    same(m);
    EXPECT_TRUE(m.flaws.has(Flaw::too_deep));
  });
  add("some parts within parts", std::string(kHead) + nested(10), [](const Message& m) {
    EXPECT_NE(m.text.find("deep"), std::string::npos);
    EXPECT_FALSE(m.flaws.has(Flaw::too_deep));
  });
  add("50 MB of one folded field", mail("X-Long: a\r\n" + times(5'000'000, " aaaaaaaa\n"), "words"),
      [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::header_cut)); });
  add("50 MB of fields", mail(times(2'000'000, "X-Field: aaaaaaaaaaaaaa\r\n"), "words"),
      [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::header_cut)); });
  add("10,000 References", mail("References:" + times(10'000, "\r\n <abcdefgh@shop.example>") + "\r\n", "words"),
      [](const Message& m) {
        EXPECT_FALSE(m.references.empty());
        EXPECT_LE(m.references.size(), 10'000U);
      });
  add("NUL bytes", mail(std::string("X-Nul: a\0b\r\n", 12), std::string("wo\0rds", 6)), [](const Message& m) {
    same(m);
    EXPECT_TRUE(m.flaws.has(Flaw::nul_bytes));
    EXPECT_EQ(m.text.find('\0'), std::string::npos);
  });
  add("8-bit fields", "From: J\xE9r\xF4me <j@shop.example>\r\nSubject: \xC0 l'aide\r\n\r\nD\xE9lai\r\n",
      [](const Message& m) {
        EXPECT_EQ(m.from.at(0).name, "J\u00e9r\u00f4me");
        EXPECT_EQ(m.subject, "\u00c0 l'aide");
      });
  add("a name with folders in pieces",
      mail("Content-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n"
           " filename*0*=UTF-8''..%2F..%2Fetc%2F;\r\n filename*1*=pass%00wd\r\n",
           "x"),
      [](const Message& m) {
        ASSERT_EQ(m.attachments.size(), 1U);
        EXPECT_EQ(m.attachments[0].name.find('/'), std::string::npos) << m.attachments[0].name;
        EXPECT_EQ(m.attachments[0].name.find('\0'), std::string::npos);
        EXPECT_EQ(m.attachments[0].name.find(".."), std::string::npos) << m.attachments[0].name;
      });
  add("names of Windows and of devices",
      mail(
          "Content-Type: application/pdf; name=\"C:\\\\Windows\\\\..\\\\a.pdf\"\r\nContent-Disposition: attachment\r\n",
          "x"),
      [](const Message& m) {
        ASSERT_EQ(m.attachments.size(), 1U);
        EXPECT_EQ(m.attachments[0].name, "a.pdf");
      });
  {
    std::string pieces = "Content-Type: application/pdf\r\nContent-Disposition: attachment";
    for (int i = 9'999; i >= 0; --i) pieces += ";\r\n filename*" + std::to_string(i) + "=a";
    add("a name in ten thousand pieces", mail(pieces + "\r\n", "x"),
        [](const Message& m) { EXPECT_LE(m.attachments.at(0).name.size(), 200U); });
  }
  add("a charset with a long name",
      mail("Content-Type: text/plain; charset=\"" + times(200'000, "utf-8") + "\"\r\n", "words"),
      [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::unknown_charset)); });
  for (const char* charset :
       {"utf-7", "utf-16", "utf-32", "iso-2022-jp", "hz-gb-2312", "x-unknown", "ucs-2", "ebcdic-us"})
    add(charset,
        mail("Content-Type: text/plain; charset=" + std::string(charset) + "\r\n",
             times(5'000, "+AHs- ~{<:Ky2;~} \x1B$B\x80\xFF\xFE\x1B(B=?=")),
        [](const Message& m) {
          same(m);
          EXPECT_TRUE(is_utf8(m.text));
          EXPECT_LE(m.text.size(), std::size_t{1} << 20);
        });
  add("a boundary that never comes",
      mail("Content-Type: multipart/mixed; boundary=one\r\n", "--two\r\n\r\nwords\r\n--two--\r\n"), same);
  add("a multipart without a boundary", mail("Content-Type: multipart/mixed\r\n", "--a\r\n\r\nwords\r\n"),
      [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::no_boundary)); });
  add("a boundary that is not closed", mail("Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\n\r\nwords\r\n"),
      [](const Message& m) {
        EXPECT_TRUE(m.flaws.has(Flaw::boundary_open));
        EXPECT_NE(m.text.find("words"), std::string::npos);
      });
  add("boundaries that begin with one another",
      mail("Content-Type: multipart/mixed; boundary=b\r\n",
           "--b\r\nContent-Type: multipart/mixed; "
           "boundary=bb\r\n\r\n--bb\r\n\r\ninner\r\n--bb--\r\n--b\r\n\r\nouter\r\n--b--\r\n"),
      [](const Message& m) {
        EXPECT_NE(m.text.find("inner"), std::string::npos);
        EXPECT_NE(m.text.find("outer"), std::string::npos);
      });
  add("a boundary of 100,000 signs",
      mail("Content-Type: multipart/mixed; boundary=\"" + times(100'000, "b") + "\"\r\n", "words"), same);
  add("a hundred thousand parts",
      mail("Content-Type: multipart/mixed; boundary=b\r\n", times(100'000, "--b\r\n\r\nx\r\n") + "--b--\r\n"),
      [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::too_many_parts)); });
  {
    std::string carriage = mail("", "one\r\ntwo\r\n");
    std::erase(carriage, '\n');
    add("lines that end in a carriage return alone", carriage,
        [](const Message& m) { EXPECT_TRUE(is_utf8(m.subject)); });
  }
  add("base64 with anything in it",
      mail("Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: base64\r\n", "!!!=\xFF=QUJD===*REVG"),
      [](const Message& m) { EXPECT_EQ(m.attachments.size(), 1U); });
  add("quoted-printable that ends within a sign",
      mail("Content-Transfer-Encoding: quoted-printable\r\n", "a=ZZ=\r\n=4"),
      [](const Message& m) { EXPECT_NE(m.text.find('a'), std::string::npos); });
  add("an encoding that nobody knows", mail("Content-Transfer-Encoding: rot13\r\n", "words"),
      [](const Message& m) { EXPECT_TRUE(m.flaws.has(Flaw::unknown_encoding)); });
  add("encoded words without end",
      "From: =?utf-8?q?" + times(100'000, "=41") +
          "\r\nSubject: =?utf-8?b?=?utf-8?q?=?==?=" + times(20'000, "=?utf-8?q?a?=") + "\r\n\r\nx",
      [](const Message& m) { EXPECT_TRUE(is_utf8(m.subject)); });
  for (const char* date : {"Fri, 99 Foo 99999 99:99:99 +9999", "Tue, 3 Mar 2026 09:00:00 +2500", "-1", "0",
                           "31 Feb 2026 09:00:00 -9999", "Tue, 3 Mar 99999999999999999999 09:00:00 +0000"})
    add(date, "From: a@b.example\r\nDate: " + std::string(date) + "\r\n\r\nx", [](const Message& m) {
      if (m.date) {
        EXPECT_LT(m.date->at, *parse_instant("9999-12-31T23:59:59Z"));
        EXPECT_GT(m.date->at, *parse_instant("0001-01-01T00:00:00Z"));
      }
    });
  add("ten thousand senders", "From: " + times(10'000, "a <a@b.example>, ") + "\r\n\r\nx",
      [](const Message& m) { EXPECT_GT(m.from.size(), 1U); });
  add("comments within comments", "From: " + times(100'000, "(") + "a@b.example" + times(100'000, ")") + "\r\n\r\nx",
      [](const Message&) {});
  add("groups within groups", "From: " + times(50'000, "g:") + "a@b.example;\r\n\r\nx", [](const Message&) {});
  {
    std::string inner = "Subject: inner\r\n\r\nwords";
    for (int i = 0; i < 100; ++i) inner = "Content-Type: message/rfc822\r\n\r\n" + inner;
    add("mails within mails", std::string(kHead) + inner);
  }
  add("a piece of a mail", mail("Content-Type: message/partial; number=1; total=2; id=x\r\n", "words"));
  add("a mail that lies elsewhere",
      mail("Content-Type: message/external-body; access-type=local-file; name=\"/etc/passwd\"\r\n",
           "Content-Type: text/plain\r\n\r\n"),
      [](const Message& m) { EXPECT_EQ(m.text.find("root:"), std::string::npos); });
  add("HTML of many levels",
      mail("Content-Type: text/html\r\n", times(100'000, "<div><b><table>") + "words" + times(1'000, "</div>")),
      [](const Message& m) { EXPECT_NE(m.text.find("words"), std::string::npos); });
  add("HTML of odd signs",
      mail("Content-Type: text/html\r\n", "a&#x110000;&#0;&#xD800;&#99999999999999999999;&unknown;<!--<p>b" +
                                              times(100'000, "&amp;") + "<" + times(100'000, "<a href=")),
      [](const Message& m) {
        EXPECT_TRUE(is_utf8(m.text));
        EXPECT_EQ(m.text.find('\0'), std::string::npos);
      });
  add("5,000 stations", times(5'000, "Received: from a by b; Tue, 3 Mar 2026 09:00:00 +0000\r\n") + mail("", "x"),
      [](const Message& m) { EXPECT_LE(m.received.size(), 200U); });
  add("an identity of a megabyte", "Message-ID: <" + times(1'000'000, "a") + "@b>\r\nFrom: a@b.example\r\n\r\nx",
      [](const Message& m) { EXPECT_LE(m.message_id.size(), std::size_t{1} << 16); });
  add("two kinds, two encodings", mail("Content-Type: text/plain\r\nContent-Type: multipart/mixed; "
                                       "boundary=b\r\nContent-Transfer-Encoding: base64\r\n"
                                       "Content-Transfer-Encoding: 8bit\r\n",
                                       "words"));
  add("a line of 20 MB", mail("", times(20'000'000, "a")), [](const Message& m) {
    EXPECT_TRUE(m.flaws.has(Flaw::text_cut));
    EXPECT_LE(m.text.size(), std::size_t{17} << 20);
  });
  add("quotes within quotes", mail("", times(100'000, "> > > > > > > > > >\n") + "own\n"),
      [](const Message& m) { EXPECT_EQ(own_words(m.text).text.find('>'), std::string::npos); });
  return all;
}

TEST(MailNasty, each_is_read_to_its_end) {
  const Signer signer;
  const FindKey find = [&signer](const std::string& name) { return signer.find(name); };
  std::size_t read = 0;
  for (const Nasty& nasty : nasty_mails()) {
    SCOPED_TRACE(nasty.what);
    const Message message = read_message(nasty.raw);
    nasty.says(message);
    EXPECT_TRUE(is_utf8(message.text));
    EXPECT_TRUE(is_utf8(message.subject));
    for (const Attachment& file : message.attachments) {
      EXPECT_TRUE(is_utf8(file.name));
      EXPECT_LE(file.name.size(), 200U);
      EXPECT_EQ(file.name.find_first_of("/\\"), std::string::npos) << file.name;
    }
    for (const auto& [key, value] : arrival_lines(arrival_of(nasty.raw, message, find))) {
      EXPECT_TRUE(is_utf8(value)) << key;
      EXPECT_LE(value.size(), 2'000U) << key;
    }
    (void)own_words(message.text);
    ++read;
  }
  EXPECT_GE(read, 50U);
}

TEST(MailNasty, each_is_kept_in_a_mailbox_and_given_again) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("nasty-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  MailMapping mapping;
  mapping.desk = {"@market.example"};
  mapping.seller = {"anna@shop.example"};
  Mailbox box(mapping, parse_instant("2026-04-01T00:00:00Z"));
  const auto mails = nasty_mails();
  std::size_t number = 0;
  for (const Nasty& nasty : mails) {
    const std::filesystem::path path = folder / (std::to_string(1'000 + number++) + ".eml");
    std::ofstream(path, std::ios::binary) << nasty.raw;
  }
  ASSERT_TRUE(box.read(folder.string(), {}));
  box.settle();
  ASSERT_EQ(box.mails().size(), mails.size());
  for (std::uint32_t i = 0; i < box.mails().size(); ++i) {
    const auto raw = box.raw_of(i);
    ASSERT_TRUE(raw) << mails[i].what << ": " << raw.error().detail;
    EXPECT_EQ(*raw, mails[i].raw) << mails[i].what;
    EXPECT_LE(box.mails()[i].at, *parse_instant("2026-04-02T00:00:00Z")) << mails[i].what;
    EXPECT_GE(box.mails()[i].at, Instant{}) << mails[i].what;
  }
  std::filesystem::remove_all(folder);
}

TEST(MailNasty, a_mailbox_whose_mails_speak_of_mailboxes) {
  const std::string one =
      "From a@b Tue Mar  3 09:00:00 2026\nFrom: a@b.example\nMessage-ID: <1@b>\n\n"
      "He wrote:\n\nFrom here on it goes down.\nFrom: this is a line, too\n"
      ">From quoted\nFrom bob Tue Mar  3 09:00:00 2026 and more words\n\n"
      "From c@d Tue Mar  3 10:00:00 2026\nFrom: c@d.example\nMessage-ID: <2@d>\n\nsecond\n";
  MboxReader reader(formats::ByteSource::of(one, "one.mbox"));
  std::vector<std::string> mails;
  while (true) {
    auto mail = reader.next();
    ASSERT_TRUE(mail);
    if (!*mail) break;
    mails.push_back((*mail)->raw);
  }
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_NE(mails[0].find("From here on"), std::string::npos);
  EXPECT_NE(mails[0].find("and more words"), std::string::npos);
  EXPECT_NE(mails[0].find("\nFrom quoted"), std::string::npos);
  EXPECT_NE(mails[1].find("second"), std::string::npos);
}

TEST(MailNasty, signatures_made_to_mislead) {
  const Signer signer;
  const FindKey find = [&signer](const std::string& name) { return signer.find(name); };
  const std::string raw = std::string(kHead) + "\r\nHello Anna,\r\nwe look into it.\r\n";
  const auto of = [&](const std::string& signed_mail, const FindKey& keys) {
    const Arrival arrival = arrival_of(signed_mail, read_message(signed_mail), keys);
    EXPECT_EQ(arrival.signatures.size(), 1U);
    return arrival.signatures.empty() ? DkimResult{} : arrival.signatures.front();
  };
  const auto signed_with = [&](const std::string& tags) { return of(signer.sign(raw, tags), find); };
  EXPECT_EQ(signed_with("").verdict, DkimVerdict::pass) << signed_with("").reason;

  // What was added behind the signed length is not signed.
  DkimResult result = of(signer.sign(raw, "l=13;", 13) + "Pay to another account.\r\n", find);
  EXPECT_EQ(result.verdict, DkimVerdict::policy) << result.reason;
  EXPECT_NE(result.reason.find("are not signed (l=)"), std::string::npos) << result.reason;
  result = of(signer.sign(raw, "l=0;", 0), find);
  EXPECT_EQ(result.verdict, DkimVerdict::policy) << result.reason;
  for (const char* length : {"l=999999999;", "l=18446744073709551616;", "l=-1;", "l=0x10;", "l=;"}) {
    result = signed_with(length);
    EXPECT_EQ(result.verdict, DkimVerdict::permerror) << length << ": " << result.reason;
  }

  result = signed_with("x=1741000000;");  // a year before the mail's date
  EXPECT_EQ(result.verdict, DkimVerdict::policy) << result.reason;
  EXPECT_NE(result.reason.find("expired"), std::string::npos) << result.reason;
  result = signed_with("t=1772000000; x=1771000000;");
  EXPECT_NE(result.verdict, DkimVerdict::pass) << "it ended before it began: " << result.reason;
  result = signed_with("t=32503680000;");  // the year 3000
  EXPECT_EQ(result.verdict, DkimVerdict::pass) << result.reason;
  ASSERT_EQ(result.weak.size(), 1U);
  EXPECT_EQ(result.weak[0], "it says to be signed on 3000-01-01T00:00:00Z, after it arrived");
  for (const char* time : {"t=99999999999999999999;", "x=99999999999999999999;", "t=now;", "x=-5;"})
    EXPECT_NE(signed_with(time).reason, "") << time;

  // Keys that no machine should have to work with.
  const auto with_key = [&](const std::string& record) {
    std::string rsa = signer.sign(raw, "");
    rsa.replace(rsa.find("ed25519"), 7, "rsa");
    return of(rsa, [&record](const std::string&) {
      return KeyAnswer{.kind = KeyAnswer::Kind::found, .texts = {record}, .why = {}};
    });
  };
  const auto der = [](std::string_view content, char tag) {
    std::string out(1, tag);
    out += '\x83';
    for (int shift = 16; shift >= 0; shift -= 8)
      out += static_cast<char>(content.size() >> static_cast<unsigned>(shift) & 0xFFU);
    return out + std::string(content);
  };
  const auto rsa_key = [&](std::size_t modulus_bytes, std::size_t exponent_bytes) {
    const std::string number = der(std::string(1, '\0') + std::string(modulus_bytes, '\xFF'), '\x02');
    return "v=DKIM1; k=rsa; p=" +
           base64_of(der(number + der(std::string(1, '\0') + std::string(exponent_bytes, '\xFF'), '\x02'), '\x30'));
  };
  for (const auto& [modulus, exponent] : std::vector<std::pair<std::size_t, std::size_t>>{
           {2'048, 3}, {2'048, 2'048}, {8'192, 8'192}, {100'000, 3}, {1, 1}, {0, 0}, {256, 256}}) {
    result = with_key(rsa_key(modulus, exponent));
    EXPECT_TRUE(result.verdict == DkimVerdict::fail || result.verdict == DkimVerdict::permerror)
        << modulus << " " << exponent << ": " << result.reason;
  }
  for (const std::string& record :
       {std::string("v=DKIM1; p="), "v=DKIM1; p=" + times(250'000, "AAAA"), std::string("v=DKIM1"), times(100'000, ";"),
        times(100'000, "p=A;"), std::string("v=DKIM1; k=rsa; p=\xFF\xFE"), std::string(1'000, '\0')})
    EXPECT_EQ(with_key(record).verdict, DkimVerdict::permerror) << record.substr(0, 40);

  // Many signatures, and one over many fields. The body is gone through once for each form and length.
  std::string many = raw;
  for (int i = 0; i < 1'000; ++i)
    many =
        "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; h=From; b=YWJj; "
        "bh=9wBfFRiYBwo1B7Ph+9yCNfc76rzYTKe0TJv5TevLegU=" +
        std::string(i % 2 == 0 ? "" : "; l=5") + "\r\n" + many;
  BodyDigests bodies;
  DkimRules rules;
  rules.bodies = &bodies;
  const auto together = check_dkim(many, read_head(many), find, rules);
  const auto alone = check_dkim(many, read_head(many), find);
  EXPECT_EQ(bodies.made.size(), 2U);
  ASSERT_EQ(together.size(), 20U);
  ASSERT_EQ(alone.size(), 20U);
  for (std::size_t i = 0; i < together.size(); ++i) {
    EXPECT_EQ(together[i].reason, alone[i].reason);
    EXPECT_EQ(together[i].body_kept, alone[i].body_kept);
    EXPECT_EQ(together[i].body_unsigned, alone[i].body_unsigned);
  }
  const std::string wide = "DKIM-Signature: v=1; a=ed25519-sha256; d=market.example; s=k; h=From" +
                           times(100'000, ":Subject") + "; bh=eA==; b=eQ==\r\n" + raw;
  EXPECT_NE(of(wide, find).verdict, DkimVerdict::pass);
}

TEST(MailNasty, chains_with_gaps_and_without_end) {
  const auto chain_of = [](const std::vector<std::string>& instances) {
    std::string raw;
    for (const std::string& i : instances)
      raw = "ARC-Seal: i=" + i + "; a=rsa-sha256; cv=" + (i == "1" ? "none" : "pass") +
            "; d=list.example; s=k; b=eA==\r\nARC-Message-Signature: i=" + i +
            "; a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=k; h=From; bh=eA==; b=eA==\r\n"
            "ARC-Authentication-Results: i=" +
            i + "; mx.list.example; dkim=pass\r\n" + raw;
    raw += std::string(kHead) + "\r\nHello\r\n";
    std::size_t asked = 0;
    const Arrival arrival = arrival_of(raw, read_message(raw), [&asked](const std::string&) {
      ++asked;
      return KeyAnswer{.kind = KeyAnswer::Kind::none, .texts = {}, .why = "not here"};
    });
    EXPECT_LE(asked, 1U) << "one key, however often it is named";
    return arrival.chain;
  };
  std::vector<std::string> sixty;
  for (int i = 1; i <= 60; ++i) sixty.push_back(std::to_string(i));
  for (const std::vector<std::string>& instances : {std::vector<std::string>{"1", "3"},
                                                    {"2"},
                                                    {"1", "1"},
                                                    {"0"},
                                                    {"1", "2", "4", "5"},
                                                    {"x"},
                                                    {"-1"},
                                                    {"51"},
                                                    {"4294967297"},
                                                    {"99999999999999999999"},
                                                    {"1", "2", "2", "3"},
                                                    sixty}) {
    const ArcResult chain = chain_of(instances);
    EXPECT_EQ(chain.verdict, ArcVerdict::fail)
        << instances.front() << " … " << instances.back() << ": " << chain.reason;
    EXPECT_FALSE(chain.reason.empty());
  }
}

}  // namespace
}  // namespace guichet::intake::mail
