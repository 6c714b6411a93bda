#include <guichet/intake/mail/hops.hpp>

#include <gtest/gtest.h>

#include <filesystem>

#include <guichet/intake/mail/maildir.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

Way way_through(const std::string& raw) { return way_of(read_message(raw)); }

TEST(MailHops, stations_from_the_sender_on) {
  const Way way = way_through(
      "Received: from relay.example (relay.example [203.0.113.5]) by mx.shop.example; Tue, 3 Mar 2026 10:00:20 +0100\n"
      "Received: from pc.example (unknown [192.168.1.4]) by relay.example with ESMTP id 7; Tue, 3 Mar 2026 09:00:05 "
      "+0000\n"
      "Date: Tue, 3 Mar 2026 10:00:00 +0100\n\nwords\n");
  ASSERT_EQ(way.stations.size(), 2U);
  EXPECT_EQ(way.stations[0].hop.by, "relay.example");
  EXPECT_TRUE(way.stations[0].private_address);
  EXPECT_EQ(way.stations[0].since_date, Seconds{5});
  EXPECT_FALSE(way.stations[0].since_before);
  EXPECT_EQ(way.stations[1].hop.from_address, "203.0.113.5");
  EXPECT_FALSE(way.stations[1].private_address);
  EXPECT_TRUE(way.stations[1].joined);
  EXPECT_EQ(way.stations[1].since_before, Seconds{15});
  EXPECT_EQ(way.whole, Seconds{20});
  EXPECT_EQ(way.backwards, 0U);
  EXPECT_EQ(way.in_words(), "2 stations in 20 s");
}

TEST(MailHops, clocks_that_differ_are_told) {
  const Way way = way_through(
      "Received: from b by c; Tue, 3 Mar 2026 08:58:00 +0000\n"
      "Received: from a by b; Tue, 3 Mar 2026 09:00:00 +0000\n"
      "Received: nonsense\n"
      "Date: Tue, 3 Mar 2026 10:00:00 +0000\n\n");
  EXPECT_EQ(way.backwards, 1U);
  EXPECT_EQ(way.backwards_longest, Seconds{120});
  EXPECT_EQ(way.undated, 1U);
  EXPECT_EQ(way.whole, -Seconds{62 * 60});
  EXPECT_EQ(way.in_words(),
            "3 stations, 62 min before its own date, 1 step back in time of up to 2 min, 1 without a time");
}

TEST(MailHops, a_mail_that_names_no_station) {
  const Way way = way_through("From: a@b.example\n\n");
  EXPECT_TRUE(way.stations.empty());
  EXPECT_FALSE(way.arrived);
  EXPECT_EQ(way.in_words(), "no station is named");
}

TEST(MailHops, addresses_that_the_world_does_not_see) {
  for (const char* address : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.9", "127.0.0.1", "169.254.1.1",
                              "100.64.0.1", "::1", "fd00::1", "IPv6:fe80::1", "::ffff:10.1.2.3"})
    EXPECT_TRUE(is_private_address(address)) << address;
  for (const char* address :
       {"172.32.0.1", "11.0.0.1", "192.169.0.1", "100.128.0.1", "2001:db8::1", "", "10.0.0", "mail"})
    EXPECT_FALSE(is_private_address(address)) << address;
}

TEST(MailHops, every_mail_of_the_list_has_as_many_as_were_counted) {
  const auto folder = shared_data();
  if (folder.empty() || !std::filesystem::is_directory(folder / "email")) GTEST_SKIP() << "no folder of real mails";
  std::size_t stations = 0;
  std::size_t mails = 0;
  std::size_t dated = 0;
  const auto read =
      for_each_mail((folder / "email/linux-mips/linux-mips-2016-02.mboxrd").string(), {}, [&](const FoundMail& mail) {
        const Way way = way_of(read_message(mail.raw));
        stations += way.stations.size();
        dated += way.stations.size() - way.undated;
        EXPECT_TRUE(way.arrived) << mail.place;
        ++mails;
        return true;
      });
  ASSERT_TRUE(read);
  EXPECT_EQ(mails, 300U);
  EXPECT_EQ(stations, 1'319U);
  EXPECT_EQ(dated, stations);
}

}  // namespace
}  // namespace guichet::intake::mail
