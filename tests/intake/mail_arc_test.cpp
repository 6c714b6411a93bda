#include <guichet/intake/mail/arc.hpp>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

ArcResult checked(std::string_view raw) {
  RecordedKeys keys;
  EXPECT_TRUE(keys.load(mail_path("signed/keys.txt")));
  return check_arc(raw, read_head(raw), [&keys](const std::string& name) { return keys.find(name); });
}

TEST(MailArc, a_chain_of_one_station) {
  const ArcResult result = checked(mail_bytes("signed/arc_one.eml"));
  EXPECT_EQ(result.verdict, ArcVerdict::pass) << result.reason;
  ASSERT_EQ(result.stations.size(), 1U);
  EXPECT_EQ(result.stations[0].domain, "list.example");
  EXPECT_EQ(result.stations[0].said, "none");
  EXPECT_EQ(result.stations[0].found, "mx.list.example; dkim=pass header.d=market.example");
  EXPECT_EQ(result.unchanged_since, 1U);
}

TEST(MailArc, a_chain_over_a_changed_mail) {
  const ArcResult result = checked(mail_bytes("signed/arc_two.eml"));
  EXPECT_EQ(result.verdict, ArcVerdict::pass) << result.reason;
  ASSERT_EQ(result.stations.size(), 2U);
  // The list changed subject and body behind its own signature; the second station signed what it got.
  EXPECT_EQ(result.stations[0].message.verdict, DkimVerdict::fail);
  EXPECT_EQ(result.stations[0].seal, DkimVerdict::pass);
  EXPECT_EQ(result.stations[1].message.verdict, DkimVerdict::pass);
  EXPECT_EQ(result.unchanged_since, 2U);
  EXPECT_EQ(print_instant(*result.stations[1].sealed), "2026-03-03T09:00:02Z");
}

TEST(MailArc, chains_that_are_broken) {
  EXPECT_EQ(checked(mail_bytes("reply-fr.eml")).verdict, ArcVerdict::none);
  const ArcResult said = checked(mail_bytes("signed/arc_said_fail.eml"));
  EXPECT_EQ(said.verdict, ArcVerdict::fail);
  EXPECT_EQ(said.reason, "station 2 says cv=fail instead of pass");
  const ArcResult gap = checked(mail_bytes("signed/arc_gap.eml"));
  EXPECT_EQ(gap.verdict, ArcVerdict::fail);
  EXPECT_EQ(gap.reason, "station 1 is missing");
  const std::string two = mail_bytes("signed/arc_two.eml");
  const auto with = [&two](std::string_view from, std::string_view to) {
    std::string raw = two;
    const std::size_t at = raw.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) raw.replace(at, from.size(), to);
    return checked(raw);
  };
  EXPECT_EQ(with("ARC-Seal: i=2", "X-Seal: i=2").reason, "station 2 lacks one of its three fields");
  EXPECT_EQ(with("ARC-Seal: i=2", "ARC-Seal: i=1").reason, "station 1 stands there twice");
  EXPECT_EQ(with("ARC-Seal: i=2", "ARC-Seal: i=51").reason.substr(0, 20), "a field of the chain");
  EXPECT_EQ(with("dkim=pass header.d", "dkim=none header.d").verdict, ArcVerdict::fail);
  EXPECT_EQ(with("The list of the shop", "Another list").verdict, ArcVerdict::fail);
  EXPECT_EQ(with("ARC-Seal: i=2;", "ARC-Seal: i=2; h=from;").verdict, ArcVerdict::fail);
  EXPECT_EQ(with("ARC-Message-Signature: i=1", "ARC-Message-Signature:  i=1").verdict, ArcVerdict::pass)
      << "blanks do not count";
}

TEST(MailArc, no_changed_letter_of_the_chain_passes) {
  const std::string raw = mail_bytes("signed/arc_one.eml");
  ASSERT_EQ(checked(raw).verdict, ArcVerdict::pass);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < raw.find("DKIM-Signature"); ++i) {
    const char c = raw[i];
    if (c < 'a' || c > 'z') continue;
    std::string other = raw;
    other[i] = c == 'a' ? 'b' : static_cast<char>(c - 1);
    ++changed;
    EXPECT_NE(checked(other).verdict, ArcVerdict::pass) << "byte " << i;
  }
  EXPECT_GT(changed, 50U);
}

TEST(MailArc, random_bytes_end_well) {
  const std::uint64_t seed = 77;
  Random random{seed};
  const std::string good = mail_bytes("signed/arc_two.eml");
  for (int round = 0; round < 500; ++round) {
    std::string raw = good;
    for (int i = 0; i < 3; ++i) raw[random.next() % raw.size()] = static_cast<char>(random.next());
    const ArcResult result = checked(raw);
    EXPECT_FALSE(result.reason.empty()) << "seed " << seed << " round " << round;
  }
}

}  // namespace
}  // namespace guichet::intake::mail
