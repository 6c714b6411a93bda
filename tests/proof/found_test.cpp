#include <guichet/proof/found.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <guichet/proof/verdict.hpp>

namespace guichet::proof {
namespace {

std::string a_receipt(std::uint64_t index) {
  Receipt receipt;
  receipt.leaves.push_back({.index = index, .bytes = std::string(70, 'x'), .hash = {}, .path = {leaf_hash("a")}});
  receipt.leaves.back().hash = leaf_hash(receipt.leaves.back().bytes);
  receipt.head.head = {.log = leaf_hash("log"),
                       .size = 7,
                       .root = leaf_hash("root"),
                       .at = Instant{Duration{1'772'000'000'250}},
                       .key = leaf_hash("key")};
  return print_receipt(receipt);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kSigns = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) text += i + j > bytes.size() ? '=' : kSigns[bits >> (18 - 6 * j) & 63U];
    if (i / 3 % 19 == 18) text += "\r\n";
  }
  return text + "\r\n";
}

std::string with_each_line(const std::string& text, const std::string& before, const std::string& after) {
  std::string all;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    all.append(before).append(rest.substr(0, rest.find('\n'))).append(after);
  return all;
}

std::string quoted_printable(const std::string& text) {
  std::string all;
  for (const char c : text) {
    // More is written as numbers than must be, and lines are broken early, as some programs do.
    if (c == 'e')
      all += "=65";
    else if (c == '\n')
      all += "\r\n";
    else
      all += c;
    if (const std::size_t line = all.rfind('\n'); all.size() - (line == std::string::npos ? 0 : line) > 60)
      all += "=\r\n";
  }
  return all;
}

void expect_only(const std::string& file, const std::vector<std::string>& receipts, const char* what) {
  const std::vector<FoundProof> found = proofs_in(file);
  ASSERT_EQ(found.size(), receipts.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].block, receipts[i]) << what;
    EXPECT_EQ(found[i].fault, FoundProof::Fault::none) << what;
    EXPECT_EQ(found[i].kind, FoundProof::Kind::receipt) << what;
  }
}

const std::string kHeader =
    "From: desk@guichet.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";

TEST(ProofFound, ReceiptsAreFoundHoweverAMailCarriesThem) {
  const std::string one = a_receipt(2);
  const std::string words = "Bonjour,\n\nvotre reçu :\n\n" + one + "\n-- \nMarie\n";
  expect_only(one, {one}, "alone");
  expect_only(words, {one}, "among words");
  expect_only("\xEF\xBB\xBF" + one, {one}, "after a byte order mark");
  expect_only(with_each_line(words, "", "\r\n"), {one}, "with returns");
  expect_only(with_each_line(words, "    ", "\n"), {one}, "indented");
  expect_only(with_each_line(words, "\t> > ", " \r\n"), {one}, "quoted, with blanks behind");
  expect_only(kHeader + "Content-Transfer-Encoding: base64\r\n\r\n" + base64(words), {one}, "base64");
  expect_only(kHeader + "CONTENT-TRANSFER-ENCODING: Base64\r\n\r\n" + base64(with_each_line(words, "> ", "\r\n")),
              {one}, "a quoting in base64");
  expect_only(kHeader + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(words), {one},
              "quoted-printable");
  std::string wide = "\xFF\xFE";
  for (const char c : one) wide += std::string{c, '\0'};
  expect_only(wide, {one}, "UTF-16");
  const std::string page =
      "<html><p>Votre re&ccedil;u&nbsp;:</p><pre>\r\n" + with_each_line(one, "", "<br>\r\n") + "</pre>";
  expect_only("Content-Type: text/html\r\n\r\n" + page, {one}, "a page alone");
}

TEST(ProofFound, PartsOfAMailAreToldApart) {
  const std::string one = a_receipt(2);
  const std::string two = a_receipt(5);
  const std::string mail =
      "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=\"=_a b\"\n\nPreamble.\n--=_a b\n"
      "Content-Type: multipart/alternative; boundary=inner\n\n--inner\nContent-Type: text/plain\n"
      "Content-Transfer-Encoding: base64\n\n" +
      base64(one) + "\n--inner\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n" +
      base64("<p>guichet receipt 1<br>leaf 2") + "--inner--\n--=_a b\nContent-Type: image/png\n" +
      "Content-Transfer-Encoding: base64\n\n" + base64(std::string("\x89PNG\0\1\2", 7)) + "--=_a b\n" +
      "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" +
      base64("PK" + std::string(8, '\0') + "proof/receipt.txt" + one) + "--=_a b\nContent-Type: message/rfc822\n\n" +
      "Subject: forwarded\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" +
      quoted_printable(two) + "--=_a b--\n";
  expect_only(mail, {one, two}, "parts");
  const std::string box = "From a Mon Jan  5 10:00:00 2026\n" + mail + "\nFrom b Mon Jan  5 11:00:00 2026\n" + kHeader +
                          "Content-Transfer-Encoding: base64\r\n\r\n" + base64(two) +
                          "\r\n\r\nFrom c Mon Jan  5 12:00:00 2026\nSubject: plain\n\n" + one;
  expect_only(box, {one, two, two, one}, "a mailbox");
  // A text that only speaks of an encoding is read as it stands.
  expect_only("Content-Transfer-Encoding: base64\n\n" + one, {one}, "no base64 at all");
}

TEST(ProofFound, EachIsToldWithItsPlace) {
  const std::string one = a_receipt(2);
  const auto lines = static_cast<std::size_t>(std::ranges::count(one, '\n'));
  const std::vector<FoundProof> found = proofs_in("one\n" + one + "two\n\n" + one);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_EQ(found[1].line, 2 + lines + 2);
  const std::vector<FoundProof> encoded =
      proofs_in(kHeader + "Content-Transfer-Encoding: base64\r\n\r\n" + base64(one));
  ASSERT_EQ(encoded.size(), 1U);
  EXPECT_EQ(encoded[0].line, 6U) << "where the part begins";
}

/// Whether two receipts are found just as they were.
bool as_before(const std::string& file, const std::string& one, const std::string& two) {
  const std::vector<FoundProof> found = proofs_in(file);
  return found.size() == 2 && found[0].block == one && found[1].block == two &&
         found[0].fault == FoundProof::Fault::none && found[1].fault == FoundProof::Fault::none;
}

TEST(ProofFound, AChangedBitHidesNoReceipt) {
  const std::string one = a_receipt(2);
  const std::string two = a_receipt(5);
  const std::string both = one + two;
  for (std::size_t i = 0; i < both.size() * 8; ++i) {
    std::string changed = both;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    EXPECT_FALSE(as_before(changed, one, two)) << "bit " << i % 8 << " of byte " << i / 8;
    // Nor is all of it passed over in silence.
    EXPECT_GE(proofs_in(changed).size(), 1U) << "bit " << i % 8 << " of byte " << i / 8;
  }
  const std::string header = kHeader + "Content-Transfer-Encoding: base64\r\n\r\n";
  // What stands behind the last word belongs to the mail.
  const std::string mail = header + base64(both.substr(0, both.size() - 1));
  ASSERT_TRUE(as_before(mail, one, two));
  for (std::size_t i = header.size() * 8; i < (mail.size() - 2) * 8; ++i) {
    // A return may be a blank as well.
    if (mail[i / 8] == '\r') continue;
    std::string changed = mail;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    EXPECT_FALSE(as_before(changed, one, two)) << "bit " << i % 8 << " of byte " << i / 8 << " of the mail";
  }
}

TEST(ProofFound, WhatIsNoProofIsSaidToBeNone) {
  const Verify anything = [](const PublicKey&, std::string_view, const Signature&) { return true; };
  const auto told = [&](std::string_view file) {
    const std::vector<Placed> all = check_texts(file, anything);
    EXPECT_EQ(all.size(), 1U);
    EXPECT_FALSE(all.front().verdict.sound());
    EXPECT_EQ(all.front().verdict.kind, Verdict::Kind::unknown) << file;
    EXPECT_EQ(all.front().verdict.wrong.front().key, "verify.wrong.nothing");
    return all.front().verdict.wrong.back().key;
  };
  EXPECT_EQ(told(""), "verify.seems.empty");
  EXPECT_EQ(told("Bonjour\nlog 12\nthe key is under the mat\n"), "verify.seems.text");
  EXPECT_EQ(told("From: a@b.example\nMessage-ID: <1@b.example>\n\nBonjour\n"), "verify.seems.mail");
  EXPECT_EQ(told("%PDF-1.7\n"), "verify.seems.pdf");
  EXPECT_EQ(told("\x89PNG\r\n"), "verify.seems.picture");
  EXPECT_EQ(told(std::string_view("\3\0\7", 3)), "verify.seems.bytes");
  EXPECT_EQ(told("guichet manifest 1\nkey " + std::string(64, 'a') + "\n"), "verify.seems.entry");
  // What is left of a receipt is a changed receipt.
  const std::string one = a_receipt(2);
  for (const std::string& damaged : {"g" + one, one.substr(0, one.size() - 20), one.substr(one.find('\n') + 1),
                                     one.substr(one.find("path")), std::string{"end receipt\n"}}) {
    const Verdict verdict = check_text(damaged, anything);
    EXPECT_EQ(verdict.kind, Verdict::Kind::receipt) << damaged;
    EXPECT_FALSE(verdict.sound());
  }
}

}  // namespace
}  // namespace guichet::proof
