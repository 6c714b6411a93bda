#include <guichet/intake/mail/mbox.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

std::vector<BoxedMail> read_box(std::string_view bytes, std::size_t most = std::size_t{64} << 20) {
  MboxReader reader(formats::ByteSource::of(bytes), most);
  std::vector<BoxedMail> mails;
  while (true) {
    auto mail = reader.next();
    if (!mail || !*mail) return mails;
    mails.push_back(std::move(**mail));
  }
}

TEST(Mbox, separators_are_told_from_sentences) {
  EXPECT_TRUE(divides_mails("From anna@boutique.example Tue Mar  3 10:04:11 2026"));
  EXPECT_TRUE(divides_mails("From anna@boutique.example Tue Mar  3 10:04:11 2026\r\n"));
  EXPECT_TRUE(divides_mails("From MAILER-DAEMON Tue Mar 03 10:04 +0100 2026"));
  EXPECT_TRUE(divides_mails("From x at y.example  Tue Mar  3 10:04:11 2026"));
  EXPECT_TRUE(divides_mails("From mboxrd@z Thu Jan  1 00:00:00 1970"));
  EXPECT_TRUE(divides_mails("From x Tue Mar  3 10:04:11 CET 2026"));
  EXPECT_TRUE(divides_mails("From x Tue Mar  3 10:04:11 2026 -0500"));
  EXPECT_TRUE(divider("From x Tue Mar  3 10:04:11 2026")->usual);
  for (const char* line :
       {"From - Mon, 03 Feb 2025 08:00:00 +0000", "From - Mon, 3 Feb 2025 08:00:00 +0100 (CET)",
        "From - 03 Feb 2025 08:00 GMT", "From - Feb  3 08:00:00 2025", "From x at y.example Feb 3 08:00:00 CET 2025",
        "From x 2025-02-03 08:00:00 +01:00", "From x 2025-02-03T08:00:00Z", "From - Mon Feb 03 08:00:00 +0100 2025"}) {
    ASSERT_TRUE(divider(line)) << line;
    EXPECT_EQ(divider(line)->usual, std::string_view(line).starts_with("From - Mon Feb")) << line;
  }
  for (const char* line :
       {"From - Mon, 03 Feb 2025 08:00:00 +0000 we waited", "From Paris to Lyon by train on 3 Feb 2025 08:00",
        "From 3 Feb 2025 08:00", "From - Mon, 03 Feb 2025", "From - 2025-02-03", "From x 2025-02-03T08:00:00Z it runs"})
    EXPECT_FALSE(divider(line)) << line;
  EXPECT_FALSE(divides_mails("From the first of March it was late."));
  EXPECT_FALSE(divides_mails("From Tue to Mar"));
  EXPECT_FALSE(divides_mails("From "));
  EXPECT_FALSE(divides_mails(">From x Tue Mar  3 10:04:11 2026"));
  EXPECT_FALSE(divides_mails("From x Tue Mar  3 at noon 2026"));
}

TEST(Mbox, mails_come_one_by_one_as_they_were_sent) {
  const std::string bytes = mail_bytes("three.mbox");
  const auto mails = read_box(bytes);
  ASSERT_EQ(mails.size(), 3U);
  EXPECT_EQ(mails[0].separator, "From anna@boutique.example Tue Mar  3 10:04:11 2026");
  EXPECT_TRUE(
      mails[0].raw.ends_with("\n\nFrom the start I said so.\n>From what I quoted.\n"
                             "From the first of March it was late.\n"))
      << mails[0].raw;
  EXPECT_TRUE(mails[1].raw.ends_with("\n\nTwo.\n\n")) << mails[1].raw;
  EXPECT_TRUE(mails[2].raw.ends_with("Three, without a line feed at its end")) << mails[2].raw;
  for (const BoxedMail& mail : mails) EXPECT_EQ(bytes.substr(mail.offset, mail.separator.size()), mail.separator);
}

TEST(Mbox, separators_of_other_programs_divide_where_a_header_follows) {
  const auto box = [](const std::string& line) {
    return line + "\nFrom: a@b.example\nMessage-ID: <1@b>\n\nIn short:\n\n" + line + "\nis how it was divided.\n\n" +
           line + "\nFrom: a@b.example\nMessage-ID: <2@b>\n\ntwo\n";
  };
  for (const char* line : {"From - Mon, 03 Feb 2025 08:00:00 +0000", "From - Feb  3 08:00:00 2025"}) {
    const auto mails = read_box(box(line));
    ASSERT_EQ(mails.size(), 2U) << line;
    EXPECT_EQ(mails[0].separator, line);
    EXPECT_EQ(mails[0].passed_over, 1U) << "no header follows the one in the words";
    EXPECT_NE(mails[0].raw.find("is how it was divided"), std::string::npos);
    EXPECT_EQ(mails[1].passed_over, 0U);
  }
  // What nobody knows how to read divides nothing, and is counted.
  const auto one = read_box(box("From - le 3 du mois"));
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].passed_over, 2U);
}

TEST(Mbox, a_length_is_believed_where_it_fits) {
  const std::string line = "From x Tue Mar  3 10:04:11 2026\n";
  const std::string body = "words\n\nFrom y Tue Mar  3 10:04:11 2026\nFrom: not a mail\n\n>From stays\n";
  const std::string box = line + "From: a@b.example\nContent-Length: " + std::to_string(body.size()) + "\n\n" + body +
                          "\n" + line + "From: c@d.example\n\nsecond\n";
  const auto mails = read_box(box);
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_TRUE(mails[0].raw.ends_with(body)) << mails[0].raw;
  EXPECT_TRUE(mails[1].raw.ends_with("second\n"));
  // A length that leads nowhere is passed over.
  for (const char* length : {"3", "99999999999", "-1", "no", "18446744073709551615"}) {
    const auto read = read_box(line + "From: a@b.example\nContent-Length: " + length + "\n\nwords\n\n" + line +
                               "From: c@d.example\n\nsecond\n");
    EXPECT_EQ(read.size(), 2U) << length;
  }
}

TEST(Mbox, boxes_that_are_no_boxes_are_one_mail_or_none) {
  EXPECT_TRUE(read_box("").empty());
  EXPECT_TRUE(read_box("\n\n  \n").empty());
  EXPECT_EQ(read_box("From: a@b.example\n\nwords\n").size(), 1U);
  EXPECT_EQ(read_box("From x Tue Mar  3 10:04:11 2026").size(), 1U);
  EXPECT_EQ(read_box("\n\nFrom x Tue Mar  3 10:04:11 2026\nA: b\n\nFrom x Tue Mar  3 10:04:11 2026\nA: b\n").size(), 2U)
      << "a header alone is a mail";
  EXPECT_EQ(read_box("words before\n\nFrom x Tue Mar  3 10:04:11 2026\nA: b\n\nc\n").size(), 2U);
}

TEST(Mbox, a_blank_line_may_be_missing_before_a_separator_with_a_header) {
  const std::string line = "From x Tue Mar  3 10:04:11 2026\n";
  EXPECT_EQ(read_box(line + "A: b\n\nwords\n" + line + "C: d\n\nmore\n").size(), 2U);
  EXPECT_EQ(read_box(line + "A: b\n\nwords\n" + line + "no header\n").size(), 1U);
}

TEST(Mbox, a_mail_beyond_the_limit_is_cut_and_the_next_one_is_read) {
  const std::string line = "From x Tue Mar  3 10:04:11 2026\n";
  const std::string box = line + "A: b\n\n" + std::string(3'000'000, 'x') + "\n\n" + line + "C: d\n\nmore\n";
  const auto mails = read_box(box, 10'000);
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_TRUE(mails[0].cut);
  EXPECT_LE(mails[0].raw.size(), 10'000U);
  EXPECT_EQ(mails[1].raw, "C: d\n\nmore\n");
}

/// Writes a mailbox as mboxrd does.
std::string boxed(const std::vector<std::string>& mails) {
  std::string box;
  for (const std::string& mail : mails) {
    box += "From x Tue Mar  3 10:04:11 2026\n";
    bool in_head = true;
    for (std::size_t at = 0; at < mail.size();) {
      const std::size_t feed = std::min(mail.find('\n', at), mail.size() - 1);
      const std::string line = mail.substr(at, feed + 1 - at);
      const std::size_t marks = line.find_first_not_of('>');
      if (!in_head && marks != std::string::npos && line.substr(marks).starts_with("From ")) box += '>';
      box += line;
      in_head = in_head && line != "\n";
      at = feed + 1;
    }
    box += "\n";
  }
  return box;
}

TEST(Mbox, what_was_put_into_a_box_comes_out_of_it) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::uint64_t state = seed;
    const auto draw = [&](std::uint64_t below) { return (state = scramble(state + 0x9e37)) % below; };
    std::vector<std::string> mails;
    for (std::uint64_t m = 1 + draw(4); m > 0; --m) {
      std::string mail = "From: a@b.example\nSubject: x\n\n";
      for (std::uint64_t lines = draw(8); lines > 0; --lines) {
        static constexpr std::array<std::string_view, 8> kLines{"\n",
                                                                "words\n",
                                                                "From x Tue Mar  3 10:04:11 2026\n",
                                                                ">From x Tue Mar  3 10:04:11 2026\n",
                                                                ">>From \n",
                                                                "From me to you\n",
                                                                "> quoted\n",
                                                                "Name: value\n"};
        mail += kLines[draw(kLines.size())];
      }
      mails.push_back(std::move(mail));
    }
    const auto read = read_box(boxed(mails));
    ASSERT_EQ(read.size(), mails.size());
    for (std::size_t i = 0; i < mails.size(); ++i) EXPECT_EQ(read[i].raw, mails[i]);
  }
}

}  // namespace
}  // namespace guichet::intake::mail
