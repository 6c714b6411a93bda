#include <guichet/desk/dns_keys.hpp>

#include <gtest/gtest.h>

#include <array>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <guichet/base/random.hpp>
#include <guichet/formats/whole_file.hpp>
#include <guichet/intake/mail/arrival.hpp>

#include "name_server.hpp"

namespace guichet::desk {
namespace {

using intake::mail::KeyAnswer;
using Kind = KeyAnswer::Kind;

std::string file_of(const std::string& name) {
  const auto text =
      formats::whole_file(std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/signed/" + name, 1'000'000, "");
  EXPECT_TRUE(text) << name;
  return text ? *text : std::string{};
}

/// The record of a name in the recorded keys.
std::string recorded(const std::string& name) {
  intake::mail::RecordedKeys keys;
  EXPECT_TRUE(keys.read(file_of("keys.txt"), "keys.txt"));
  const KeyAnswer answer = keys.find(name);
  EXPECT_EQ(answer.texts.size(), 1U) << name;
  return answer.texts.empty() ? std::string{} : answer.texts.front();
}

intake::mail::FindKey asking(const std::string& resolver, bool remember = false) {
  auto find = keys_in_dns({.resolver = resolver, .seconds = 1, .tries = 1, .remember = remember});
  EXPECT_TRUE(find) << (find ? "" : find.error().detail);
  return *find;
}

std::string letters(std::size_t count, char first) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += static_cast<char>('a' + (first - 'a' + static_cast<int>(i)) % 26);
  return out;
}

TEST(DnsKeys, a_real_name_server_is_asked) {
  const std::string key = recorded("r1._domainkey.market.example");
  const std::string longest = letters(255, 'a');
  std::string eight = "long._domainkey.market.example";
  std::string joined;
  for (char c = 'a'; c < 'i'; ++c) {
    eight += "," + letters(255, c);
    joined += letters(255, c);
  }
  const auto server =
      NameServer::start({"r1._domainkey.market.example," + key.substr(0, 60) + "," + key.substr(60),
                         "one._domainkey.market.example," + longest, eight, "two._domainkey.market.example,first",
                         "two._domainkey.market.example,second"});
  if (!server) GTEST_SKIP() << "dnsmasq is not installed";
  const auto find = asking(server->address());

  KeyAnswer answer = find("r1._domainkey.market.example");
  ASSERT_EQ(answer.kind, Kind::found) << answer.why;
  EXPECT_EQ(answer.texts, std::vector{key}) << "strings are joined without a blank";
  answer = find("one._domainkey.market.example");
  ASSERT_EQ(answer.kind, Kind::found) << answer.why;
  EXPECT_EQ(answer.texts, std::vector{longest});
  answer = find("long._domainkey.market.example");
  ASSERT_EQ(answer.kind, Kind::found) << answer.why << ": too long for UDP, it comes by TCP";
  EXPECT_EQ(answer.texts, std::vector{joined});
  answer = find("two._domainkey.market.example");
  ASSERT_EQ(answer.kind, Kind::found) << answer.why;
  EXPECT_EQ(answer.texts.size(), 2U);
  answer = find("none._domainkey.market.example");
  EXPECT_EQ(answer.kind, Kind::none);
  EXPECT_EQ(answer.why, "the DNS has none");
  answer = find("market.elsewhere");
  EXPECT_EQ(answer.kind, Kind::failed) << "it refuses what it is not there for";

  // A whole mail, and its verdict.
  const std::string raw = file_of("rsa_relaxed.eml");
  const auto arrival = intake::mail::arrival_of(raw, intake::mail::read_message(raw), find);
  ASSERT_EQ(arrival.signatures.size(), 1U);
  EXPECT_EQ(arrival.signatures[0].verdict, intake::mail::DkimVerdict::pass) << arrival.signatures[0].reason;
}

TEST(DnsKeys, a_server_that_does_not_answer_or_answers_nonsense) {
  const std::string raw = file_of("rsa_relaxed.eml");
  const auto verdict = [&raw](const intake::mail::FindKey& find) {
    const auto arrival = intake::mail::arrival_of(raw, intake::mail::read_message(raw), find);
    return arrival.signatures.empty() ? intake::mail::DkimVerdict::none : arrival.signatures[0].verdict;
  };
  const auto answered = [](const std::string& question, std::uint8_t code) {
    std::string answer = question;
    answer[2] = static_cast<char>(0x84);  // an answer, of authority
    answer[3] = static_cast<char>(code);
    return answer;
  };
  const std::pair<const char*, std::function<std::string(const std::string&)>> odd[] = {
      {"silence", [](const std::string&) { return std::string{}; }},
      {"another id",
       [&](const std::string& question) {
         std::string answer = answered(question, 3);
         answer[0] = static_cast<char>(answer[0] ^ 0x55);
         return answer;
       }},
      {"too short", [](const std::string&) { return std::string("\x01\x02\x03"); }},
      {"garbage", [](const std::string&) { return std::string(300, '\xC0'); }},
      {"a failure of the server", [&](const std::string& question) { return answered(question, 2); }},
      {"a record that ends within itself",
       [&](const std::string& question) {
         std::string answer = answered(question, 0);
         answer[7] = 1;  // one record, of 40 bytes, of which two are there
         return answer + std::string("\xC0\x0C\x00\x10\x00\x01\x00\x00\x00\x3C\x00\x28\x27z", 14);
       }},
      {"a string that is longer than its record",
       [&](const std::string& question) {
         std::string answer = answered(question, 0);
         answer[7] = 1;
         return answer + std::string("\xC0\x0C\x00\x10\x00\x01\x00\x00\x00\x3C\x00\x02\xFFz", 14);
       }},
  };
  for (const auto& [what, answer] : odd) {
    const OddServer server(answer);
    EXPECT_EQ(verdict(asking(server.address())), intake::mail::DkimVerdict::temperror) << what;
    EXPECT_GE(server.asked(), 1) << what;
  }
  const OddServer none([&](const std::string& question) { return answered(question, 3); });
  EXPECT_EQ(verdict(asking(none.address())), intake::mail::DkimVerdict::permerror) << "there is no such name";
  // Remembered or not: keys change while a desk is open.
  const auto each_time = asking(none.address());
  const auto once = asking(none.address(), true);
  const int before = none.asked();
  (void)each_time("x.example");
  (void)each_time("x.example");
  EXPECT_EQ(none.asked(), before + 2);
  (void)once("x.example");
  (void)once("x.example");
  EXPECT_EQ(none.asked(), before + 3);
}

TEST(DnsKeys, a_mail_that_names_many_keys_waits_for_few) {
  const OddServer server([](const std::string&) { return std::string{}; });
  std::string raw;
  for (int i = 0; i < 20; ++i)
    raw += "DKIM-Signature: v=1; a=rsa-sha256; d=market.example; s=k" + std::to_string(i) +
           "; h=From; bh=9wBfFRiYBwo1B7Ph+9yCNfc76rzYTKe0TJv5TevLegU=; b=YWJj\r\n";
  raw += "From: a@market.example\r\n\r\nHello\r\n";
  const auto arrival = intake::mail::arrival_of(raw, intake::mail::read_message(raw), asking(server.address()));
  ASSERT_EQ(arrival.signatures.size(), 20U);
  for (const auto& result : arrival.signatures) EXPECT_EQ(result.verdict, intake::mail::DkimVerdict::temperror);
  EXPECT_EQ(server.asked(), 3);
}

// Without the stop this would wait for hours.
TEST(DnsKeys, a_question_that_nobody_answers_is_broken_off_by_a_stop) {
  const UdpSocket swallows;
  const std::stop_source stop;
  const auto find = keys_in_dns({.resolver = "127.0.0.1:" + std::to_string(swallows.port()),
                                 .seconds = 3'600,
                                 .tries = 3,
                                 .remember = true,
                                 .stop = stop.get_token()});
  ASSERT_TRUE(find);
  std::thread stopping([&] {
    std::array<char, 512> question{};
    EXPECT_GT(::recv(swallows.socket(), question.data(), question.size(), 0), 12) << "it asks before it is stopped";
    stop.request_stop();
  });
  const KeyAnswer answer = (*find)("r1._domainkey.market.example");
  stopping.join();
  EXPECT_EQ(answer.kind, Kind::failed);
  EXPECT_EQ(answer.why, "the question was broken off");
  // From then on nothing is asked at all.
  EXPECT_EQ((*find)("r2._domainkey.market.example").why, "the question was broken off");
  char more = 0;
  EXPECT_LT(::recv(swallows.socket(), &more, 1, MSG_DONTWAIT), 0);
}

TEST(DnsKeys, by_tcp_too_a_question_is_broken_off) {
  const auto cut = [](const std::string& question) {
    std::string answer = question;
    answer[2] = static_cast<char>(0x86);  // an answer, cut: the whole of it is to be asked for by TCP
    return answer;
  };
  // The same port by TCP: it is connected to, and never says a word.
  const OddServer server(cut);
  const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(server.port());
  ASSERT_EQ(::bind(silent, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 4), 0);
  const std::stop_source stop;
  const auto find = keys_in_dns(
      {.resolver = server.address(), .seconds = 3'600, .tries = 1, .remember = false, .stop = stop.get_token()});
  ASSERT_TRUE(find);
  std::thread stopping([&] {
    const int came = ::accept(silent, nullptr, nullptr);
    std::array<char, 512> question{};
    EXPECT_GT(::recv(came, question.data(), question.size(), 0), 12);
    stop.request_stop();
    ::close(came);
  });
  EXPECT_EQ((*find)("r1._domainkey.market.example").kind, Kind::failed);
  stopping.join();
  ::close(silent);
}

TEST(DnsKeys, a_resolver_is_an_address_and_a_port) {
  for (const char* resolver : {"127.0.0.1", "127.0.0.1:53", "system", ""})
    EXPECT_TRUE(keys_in_dns({.resolver = resolver})) << resolver;
  for (const char* resolver :
       {"localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "1.2.3", ":53", "a b", "::1", "127.0.0.1:53x"}) {
    const auto find = keys_in_dns({.resolver = resolver});
    ASSERT_FALSE(find) << resolver;
    EXPECT_EQ(find.error().fault, Fault::usage);
    EXPECT_NE(find.error().detail.find(resolver), std::string::npos);
  }
}

TEST(DnsKeys, answers_are_foreign_bytes) {
  EXPECT_EQ(texts_of_answer("").kind, Kind::failed);
  const std::string good = std::string("\x01\x02\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00", 12) +
                           std::string(
                               "\x01k\x07"
                               "example\x00\x00\x10\x00\x01\x00\x00\x00\x3C\x00\x07\x03"
                               "abc\x02"
                               "de",
                               28);
  const KeyAnswer answer = texts_of_answer(good);
  ASSERT_EQ(answer.kind, Kind::found) << answer.why;
  EXPECT_EQ(answer.texts, std::vector<std::string>{"abcde"});
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(texts_of_answer(good.substr(0, size)).kind, Kind::found) << size;
  Random random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (std::uint32_t n = 1 + random.below(4); n > 0; --n)
      bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(random.below(256));
    (void)texts_of_answer(bytes);
  }
}

}  // namespace
}  // namespace guichet::desk
