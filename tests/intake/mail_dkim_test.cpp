#include <guichet/intake/mail/dkim.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include <guichet/base/random.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/maildir.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

namespace fs = std::filesystem;
using formats::JsonValue;

RecordedKeys keys_from(const std::string& path) {
  RecordedKeys keys;
  const Outcome read = keys.load(path);
  EXPECT_TRUE(read) << read.error().detail;
  return keys;
}

RecordedKeys own_keys() { return keys_from(mail_path("signed/keys.txt")); }

std::vector<DkimResult> checked(std::string_view raw, const RecordedKeys& keys, const DkimRules& rules = {}) {
  return check_dkim(raw, read_head(raw), [&keys](const std::string& name) { return keys.find(name); }, rules);
}

DkimResult only(const std::string& name, const DkimRules& rules = {}) {
  const auto results = checked(mail_bytes("signed/" + name), own_keys(), rules);
  EXPECT_EQ(results.size(), 1U) << name;
  return results.empty() ? DkimResult{} : results.front();
}

TEST(MailDkim, signatures_that_hold) {
  for (const char* name :
       {"rsa_relaxed.eml", "rsa_simple.eml", "rsa_default_forms.eml", "ed25519.eml", "identity.eml"}) {
    const DkimResult result = only(name);
    EXPECT_EQ(result.verdict, DkimVerdict::pass) << name << ": " << result.reason;
    EXPECT_TRUE(result.weak.empty()) << name;
    EXPECT_EQ(result.domain, "market.example");
    EXPECT_EQ(result.body_kept, true);
  }
  EXPECT_EQ(only("identity.eml").identity, "marie@desk.market.example");
  EXPECT_EQ(only("rsa_relaxed.eml").key_bits, 1'024U);
}

TEST(MailDkim, what_a_pass_leaves_open_is_said) {
  EXPECT_EQ(only("sha1.eml").verdict, DkimVerdict::pass);
  ASSERT_EQ(only("sha1.eml").weak.size(), 1U);
  EXPECT_EQ(only("sha1.eml").weak.front(), "SHA-1, which RFC 8301 forbids");
  EXPECT_EQ(only("testing.eml").verdict, DkimVerdict::pass);
  EXPECT_EQ(only("testing.eml").weak.front(), "the domain says that it is only testing (t=y)");
}

TEST(MailDkim, signatures_that_are_not_enough) {
  const DkimResult small = only("small_key.eml");
  EXPECT_EQ(small.verdict, DkimVerdict::policy);
  EXPECT_EQ(small.reason, "signed by market.example, but the RSA key has only 512 bits");
  EXPECT_EQ(only("small_key.eml", {.at = {}, .rsa_bits_min = 512}).verdict, DkimVerdict::pass);
  const DkimResult length = only("length.eml");
  EXPECT_EQ(length.verdict, DkimVerdict::policy) << length.reason;
  EXPECT_GT(length.body_unsigned, 10U);
  EXPECT_EQ(only("expired.eml").verdict, DkimVerdict::pass) << "nobody said when";
  const auto at = [](std::string_view when) { return DkimRules{.at = parse_instant(when)}; };
  EXPECT_EQ(only("expired.eml", at("2026-03-03T09:30:00Z")).verdict, DkimVerdict::pass);
  EXPECT_EQ(only("expired.eml", at("2026-03-03T10:30:00Z")).verdict, DkimVerdict::policy);
  EXPECT_NE(only("expired.eml", at("2026-03-03T10:30:00Z")).reason.find("2026-03-03T10:00:00Z"), std::string::npos);
}

TEST(MailDkim, signatures_that_cannot_be_checked) {
  const std::map<std::string, std::pair<DkimVerdict, std::string>> wanted{
      {"identity_exact.eml", {DkimVerdict::permerror, "(t=s)"}},
      {"identity_foreign.eml", {DkimVerdict::permerror, "i=@other.example"}},
      {"key_web.eml", {DkimVerdict::permerror, "not for mail"}},
      {"key_gone.eml", {DkimVerdict::permerror, "revoked"}},
      {"key_never.eml", {DkimVerdict::permerror, "there is no key never._domainkey.market.example"}},
      {"key_slow.eml", {DkimVerdict::temperror, "the server did not answer"}},
      {"key_for_sha1.eml", {DkimVerdict::permerror, "not for sha256"}},
      {"no_from.eml", {DkimVerdict::permerror, "From is not among"}},
  };
  for (const auto& [name, want] : wanted) {
    const DkimResult result = only(name);
    EXPECT_EQ(result.verdict, want.first) << name << ": " << result.reason;
    EXPECT_NE(result.reason.find(want.second), std::string::npos) << name << ": " << result.reason;
  }
}

TEST(MailDkim, signatures_that_are_malformed) {
  const std::string good = mail_bytes("signed/rsa_relaxed.eml");
  const auto with = [&good](std::string_view from, std::string_view to) {
    std::string raw = good;
    const std::size_t at = raw.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    raw.replace(at, from.size(), to);
    const auto results = checked(raw, own_keys());
    return results.at(0);
  };
  for (const auto& [from, to] :
       std::map<std::string, std::string>{{"v=1;", "v=2;"},
                                          {"v=1;", ""},
                                          {"a=rsa-sha256", "a=rsa-md5"},
                                          {"c=relaxed/relaxed", "c=future"},
                                          {"s=r1;", ""},
                                          {"d=market.example;", "d=market.example; d=a.example;"},
                                          {"s=r1;", "s=r1; x=never;"},
                                          {"s=r1;", "s=r1; t=20; x=10;"},
                                          {"s=r1;", "s=r1; q=http;"},
                                          {"s=r1;", "s=r1; l=-1;"},
                                          {"s=r1;", "s=r1; l=100000;"},
                                          {"bh=", "bh=*"},
                                          {"s=r1;", "s=r1; nonsense;"}}) {
    const DkimResult result = with(from, to);
    EXPECT_EQ(result.verdict, DkimVerdict::permerror) << to << ": " << result.reason;
    EXPECT_FALSE(result.reason.empty());
  }
}

TEST(MailDkim, each_of_several_signatures_has_its_verdict) {
  std::string raw = mail_bytes("signed/two.eml");
  auto results = checked(raw, own_keys());
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].algorithm, "rsa-sha256");
  EXPECT_EQ(results[1].algorithm, "ed25519-sha256");
  EXPECT_EQ(results[0].verdict, DkimVerdict::pass);
  EXPECT_EQ(results[1].verdict, DkimVerdict::pass);
  raw.insert(raw.find("s=r1;"), "z=0; ");
  results = checked(raw, own_keys());
  EXPECT_EQ(results[0].verdict, DkimVerdict::fail) << results[0].reason;
  EXPECT_EQ(results[1].verdict, DkimVerdict::pass);
  EXPECT_EQ(best_of(results), DkimVerdict::pass);
  EXPECT_EQ(best_of({}), DkimVerdict::none);
}

TEST(MailDkim, fields_signed_once_more_than_they_stand_cannot_be_added) {
  const std::string raw = mail_bytes("signed/ed25519.eml");
  EXPECT_EQ(checked("Subject: another\n" + raw, own_keys()).at(0).verdict, DkimVerdict::fail);
  EXPECT_EQ(checked("From: another@a.example\n" + raw, own_keys()).at(0).verdict, DkimVerdict::fail);
  // Without it, only the lowest one is signed: the one above is not noticed.
  EXPECT_EQ(checked("Subject: another\n" + mail_bytes("signed/rsa_relaxed.eml"), own_keys()).at(0).verdict,
            DkimVerdict::pass);
}

TEST(MailDkim, no_changed_byte_of_what_is_signed_passes) {
  // A letter in place of another one, wherever the simple form of the mail has one that is signed.
  const std::string raw = mail_bytes("signed/rsa_simple.eml");
  const RecordedKeys keys = own_keys();
  ASSERT_EQ(checked(raw, keys).at(0).verdict, DkimVerdict::pass);
  const std::size_t unsigned_from = raw.find("Received:");
  const std::size_t unsigned_to = raw.find("From: Marie");
  std::size_t changed = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (i >= unsigned_from && i < unsigned_to) continue;
    const char c = raw[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) continue;
    std::string other = raw;
    other[i] = c == 'a' ? 'b' : c == '0' ? '1' : static_cast<char>(c - 1);
    const auto results = checked(other, keys);
    ++changed;
    if (results.empty()) continue;  // it is not called a signature any more
    EXPECT_NE(results.at(0).verdict, DkimVerdict::pass)
        << "byte " << i << ": " << other.substr(i < 20 ? 0 : i - 20, 40);
  }
  EXPECT_GT(changed, 300U);
}

TEST(MailDkim, random_bytes_end_well) {
  const std::uint64_t seed = 20'260'303;
  Random random{seed};
  const std::string good = mail_bytes("signed/two.eml");
  const RecordedKeys keys = own_keys();
  for (int round = 0; round < 2'000; ++round) {
    std::string raw = good;
    const std::uint64_t changes = 1 + random.next() % 4;
    for (std::uint64_t i = 0; i < changes; ++i) raw[random.next() % raw.size()] = static_cast<char>(random.next());
    if (random.next() % 4 == 0) raw.resize(random.next() % raw.size());
    for (const DkimResult& result : checked(raw, keys)) EXPECT_FALSE(result.reason.empty()) << "seed " << seed;
  }
}

TEST(MailDkim, keys_in_files_of_several_forms) {
  RecordedKeys keys;
  ASSERT_TRUE(keys.read(R"({"A._domainkey.B.example": "v=DKIM1; p=QUJD"})", "keys.json"));
  ASSERT_TRUE(keys.read("v=DKIM1; p=\n", "/somewhere/s1._domainkey.shop.example.txt"));
  ASSERT_TRUE(keys.read("x._domainkey.y.example. IN TXT ( \"v=DKIM1; \"\n  \"p=QUJD\" )\n", "zone"));
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys.find("a._domainkey.b.example").texts.at(0), "v=DKIM1; p=QUJD");
  EXPECT_EQ(keys.find("x._domainkey.y.example").texts.at(0), "v=DKIM1; p=QUJD");
  EXPECT_TRUE(read_key(keys.find("s1._domainkey.shop.example").texts.at(0)).revoked);
  EXPECT_EQ(keys.find("nobody._domainkey.shop.example").kind, KeyAnswer::Kind::none);
  const Outcome lost = keys.read("# fine\nv=DKIM1; p=QUJD\n", "some.txt");
  ASSERT_FALSE(lost);
  EXPECT_TRUE(lost.error().detail.starts_with("some.txt:2:"));
}

TEST(MailDkim, canonical_forms) {
  EXPECT_EQ(canonical_body("", Canon::simple), "\r\n");
  EXPECT_EQ(canonical_body("", Canon::relaxed), "");
  EXPECT_EQ(canonical_body("\n\n\n", Canon::relaxed), "");
  EXPECT_EQ(canonical_body("a \t b \n\t\n\n", Canon::relaxed), "a b\r\n");
  EXPECT_EQ(canonical_body(" c\r\nd", Canon::relaxed), " c\r\nd\r\n");
  EXPECT_EQ(canonical_body("a \n\n\n", Canon::simple), "a \r\n");
  const std::string raw = "SubJect \t: Some\n \t words \r\nB: x\n\n";
  const Head head = read_head(raw);
  EXPECT_EQ(canonical_field(raw, head.fields.at(0), Canon::relaxed), "subject:Some words\r\n");
  EXPECT_EQ(canonical_field(raw, head.fields.at(0), Canon::simple), "SubJect \t: Some\r\n \t words \r\n");
}

// What others found.

fs::path collections() {
  const auto folder = shared_data();
  return folder.empty() || !fs::is_directory(folder / "email") ? fs::path{} : folder / "email";
}

#define GUICHET_NEEDS_MAILS(folder)      \
  const fs::path folder = collections(); \
  if (folder.empty()) GTEST_SKIP() << "no folder of real mails; name one in GUICHET_SHARED_DATA"

JsonValue json(const fs::path& path) {
  auto value = formats::parse_json(read_all(path), path.string());
  EXPECT_TRUE(value) << path;
  return value ? std::move(*value) : JsonValue{};
}

TEST(MailDkimTruth, mails_of_mail_dkim_are_as_expected_or_explained) {
  GUICHET_NEEDS_MAILS(folder);
  const RecordedKeys keys = keys_from((folder / "mail-dkim" / "FAKE_DNS.dat").string());
  auto explained = documented("<!-- mail-dkim -->");
  std::size_t met = 0;
  const JsonValue expected = json(folder / "mail-dkim" / "expected.json");
  for (const auto& [file, told] : expected.find("expected")->members) {
    const std::string raw = read_all(folder / "mail-dkim" / "corpus" / file);
    // Those mails were signed when keys of 512 bits were usual; the day is one after the expired one.
    const auto results = checked(raw, keys, {.at = parse_instant("2008-01-01T00:00:00Z"), .rsa_bits_min = 384});
    const DkimVerdict ours = best_of(results);
    const std::string wanted = told.find("expected")->text;
    const bool same = wanted == "pass"   ? ours == DkimVerdict::pass
                      : wanted == "fail" ? ours == DkimVerdict::fail
                                         : ours == DkimVerdict::permerror || ours == DkimVerdict::temperror ||
                                               ours == DkimVerdict::policy;
    const auto row = explained.find(file);
    if (same) {
      ++met;
      EXPECT_EQ(row, explained.end()) << file << " is met, but docs/mail-verdicts.md explains a difference";
      continue;
    }
    std::string why = std::string(name(ours));
    for (const DkimResult& result : results) why += "; " + result.reason;
    EXPECT_TRUE(row != explained.end() && row->second == wanted + " → " + std::string(name(ours)))
        << "| `" << file << "` | " << wanted << " → " << name(ours) << " | " << why;
    if (row != explained.end()) explained.erase(row);
  }
  EXPECT_TRUE(explained.empty()) << explained.begin()->first << " is explained, but nobody expects it";
  EXPECT_GE(met, 38U);
}

/// Compares with a list of signatures as the truth files hold it: "pass", "fail", "no key recorded", "permerror: …".
void compare(const JsonValue* told, const std::vector<DkimResult>& all, const std::string& where,
             std::map<std::string, std::string>& explained, std::size_t& met) {
  std::vector<DkimResult> ours;
  for (const DkimResult& each : all)
    if (!each.domain_keys) ours.push_back(each);
  ASSERT_EQ(told->items.size(), ours.size()) << where;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string wanted = told->items[i].find("result")->text;
    const bool no_key = ours[i].verdict == DkimVerdict::permerror && ours[i].reason.starts_with("there is no key");
    const bool same = wanted == "pass"              ? ours[i].verdict == DkimVerdict::pass
                      : wanted == "fail"            ? ours[i].verdict == DkimVerdict::fail
                      : wanted == "no key recorded" ? no_key
                                                    : ours[i].verdict == DkimVerdict::permerror;
    const std::string key = where + (ours.size() > 1 ? " " + std::to_string(i + 1) : "");
    const auto row = explained.find(key);
    if (same) {
      ++met;
      EXPECT_EQ(row, explained.end()) << key << " is met, but explained";
      continue;
    }
    const std::string change = wanted.substr(0, wanted.find(':')) + " → " + std::string(name(ours[i].verdict));
    EXPECT_TRUE(row != explained.end() && row->second == change)
        << "| `" << key << "` | " << change << " | " << ours[i].reason;
    if (row != explained.end()) explained.erase(row);
  }
}

TEST(MailDkimTruth, signatures_of_the_other_verifier) {
  GUICHET_NEEDS_MAILS(folder);
  auto explained = documented("<!-- other verifier -->");
  std::size_t met = 0;
  for (const char* collection : {"mail-dkim", "dkimpy", "spamscope-mail-parser"}) {
    const JsonValue truth = json(folder / collection / "dkim.truth.json");
    RecordedKeys keys;
    for (const auto& [name, record] : truth.find("keys")->members) keys.add(name, record.text);
    for (const JsonValue& message : truth.find("messages")->items) {
      const std::string file = message.find("file")->text;
      compare(message.find("signatures"),
              checked(read_all(folder / collection / file), keys, {.at = {}, .rsa_bits_min = 384}),
              fs::path(file).filename().string(), explained, met);
    }
  }
  EXPECT_TRUE(explained.empty()) << explained.begin()->first << " is explained, but nobody expects it";
  EXPECT_GT(met, 50U);
}

TEST(MailDkimTruth, mails_of_a_list_that_gmail_signed) {
  GUICHET_NEEDS_MAILS(folder);
  const RecordedKeys keys = keys_from((folder / "linux-mips" / "gmail-20120113" / "keys.json").string());
  std::map<std::string, std::string> none;
  std::size_t met = 0;
  std::map<DkimVerdict, std::size_t> counts;
  const JsonValue truth = json(folder / "linux-mips" / "gmail-20120113" / "truth.json");
  for (const JsonValue& told : truth.find("messages_list")->items) {
    const std::string file = told.find("file")->text;
    const auto results = checked(read_all(folder / "linux-mips" / "gmail-20120113" / file), keys);
    compare(told.find("dkim"), results, file, none, met);
    ++counts[best_of(results)];
    for (const DkimResult& result : results) {
      EXPECT_EQ(result.body_kept, told.find("dkim")->items[0].find("body_hash_ok")->boolean) << file;
    }
  }
  EXPECT_EQ(met, 200U);
  EXPECT_EQ(counts[DkimVerdict::pass], 113U);
  EXPECT_EQ(counts[DkimVerdict::fail], 87U);
}

TEST(MailDkimTruth, signed_mails_of_a_list_in_a_box) {
  GUICHET_NEEDS_MAILS(folder);
  const RecordedKeys keys = keys_from((folder / "linux-mips" / "gmail-20120113" / "keys.json").string());
  const JsonValue truth = json(folder / "linux-mips" / "linux-mips-2016-02.truth.json");
  std::map<std::string, std::string> none;
  std::size_t met = 0;
  std::size_t at = 0;
  ASSERT_TRUE(
      for_each_mail((folder / "linux-mips" / "linux-mips-2016-02.mboxrd").string(), {}, [&](const FoundMail& mail) {
        const JsonValue& told = truth.find("messages_list")->items.at(at++);
        if (const JsonValue* dkim = told.find("dkim")) compare(dkim, checked(mail.raw, keys), mail.place, none, met);
        return true;
      }));
  EXPECT_EQ(met, 75U);
}

}  // namespace
}  // namespace guichet::intake::mail
