// Real mails, where they are at hand, against what others found in them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/maildir.hpp>
#include <guichet/intake/mail/mbox.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/quoting.hpp>
#include <guichet/intake/mail/thread.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

namespace fs = std::filesystem;
using formats::JsonValue;

fs::path mails() {
  const auto folder = shared_data();
  return folder.empty() || !fs::is_directory(folder / "email") ? fs::path{} : folder / "email";
}

#define GUICHET_NEEDS_MAILS(folder) \
  const fs::path folder = mails();  \
  if (folder.empty()) GTEST_SKIP() << "no folder of real mails; name one in GUICHET_SHARED_DATA"

JsonValue json(const fs::path& path) {
  auto value = formats::parse_json(read_all(path), path.string());
  EXPECT_TRUE(value) << path;
  return value ? std::move(*value) : JsonValue{};
}

std::string text_at(const JsonValue& value, std::initializer_list<std::string_view> path) {
  const JsonValue* at = &value;
  for (const std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr) return {};
  }
  return at->text;
}

std::int64_t number_at(const JsonValue& value, std::string_view key) {
  const JsonValue* found = value.find(key);
  return found == nullptr ? -1 : found->integer;
}

std::vector<std::string> texts(const JsonValue* list) {
  std::vector<std::string> out;
  if (list != nullptr)
    for (const JsonValue& item : list->items) out.push_back(item.text);
  return out;
}

std::string without_brackets(std::string id) {
  if (id.starts_with('<')) id.erase(0, 1);
  if (id.ends_with('>')) id.pop_back();
  return id;
}

/// A date as the collection writes it, as we would.
std::optional<MailDate> date_of(const JsonValue& value) {
  if (value.kind != JsonValue::Kind::object) return {};
  const std::int64_t offset = (number_at(value, "tz_hour") * 60 + number_at(value, "tz_minute")) *
                              (value.find("tz_before_gmt")->boolean ? -1 : 1);
  const std::int64_t seconds =
      (number_at(value, "hour") * 60 + number_at(value, "minute") - offset) * 60 + number_at(value, "second");
  return MailDate{.at = Instant{Duration{civil_to_ms(static_cast<int>(number_at(value, "year")),
                                                     static_cast<unsigned>(number_at(value, "month")),
                                                     static_cast<unsigned>(number_at(value, "day")), seconds * 1'000)}},
                  .offset_minutes = static_cast<std::int16_t>(offset),
                  .zone_known = true};
}

TEST(MailTruth, dates_of_the_collection) {
  GUICHET_NEEDS_MAILS(folder);
  std::size_t same = 0;
  std::size_t all = 0;
  for (const JsonValue& each : json(folder / "stalwart-mail-parser" / "date.json").items) {
    const std::string header = text_at(each, {"header"});
    // Months in figures are no date of RFC 5322; the third ends, for the collection, at its line feed; the fourth has a
    // zone with two names.
    if (header.find("20 11 (some") != std::string::npos || header.find("4 8 15 16") != std::string::npos ||
        header.find("((invalid)\ncomment") != std::string::npos || header.find("EST5EDT") != std::string::npos)
      continue;
    ++all;
    const auto wanted = date_of(*each.find("expected"));
    const auto got = read_date(header.substr(header.starts_with("by ") ? header.rfind(';') + 1 : 0));
    const bool agree = got.has_value() == wanted.has_value() &&
                       (!got || (got->at == wanted->at && got->offset_minutes == wanted->offset_minutes));
    same += agree ? 1U : 0U;
    EXPECT_TRUE(agree) << header << (got ? " " + print_instant(got->at) : " none")
                       << (wanted ? " for " + print_instant(wanted->at) : " for none");
  }
  EXPECT_GT(all, 20U);
  EXPECT_EQ(same, all);
}

TEST(MailTruth, identities_of_the_collection) {
  GUICHET_NEEDS_MAILS(folder);
  for (const JsonValue& each : json(folder / "stalwart-mail-parser" / "id.json").items) {
    const std::string header = text_at(each, {"header"});
    if (header.find("local(blah)") != std::string::npos) continue;  // we take the blanks out
    const std::size_t end = header.find("\n\n");                    // where the field ends
    EXPECT_EQ(read_ids(header.substr(0, end)), texts(each.find("expected"))) << header;
  }
}

void add_addresses(const JsonValue& value, std::vector<Address>& out) {
  if (const JsonValue* list = value.find("List"))
    for (const JsonValue& each : list->items) {
      const JsonValue* name = each.find("name");
      const JsonValue* address = each.find("address");
      out.push_back({name == nullptr ? "" : name->text, address == nullptr ? "" : address->text});
    }
  if (const JsonValue* groups = value.find("Group"))
    for (const JsonValue& group : groups->items)
      for (const JsonValue& each : group.find("addresses")->items)
        out.push_back({each.find("name")->text, each.find("address")->text});
}

TEST(MailTruth, addresses_of_the_collection) {
  GUICHET_NEEDS_MAILS(folder);
  auto explained = documented("<!-- stalwart addresses -->");
  std::size_t met = 0;
  std::size_t number = 0;
  for (const JsonValue& each : json(folder / "stalwart-mail-parser" / "address.json").items) {
    ++number;
    const std::string header = text_at(each, {"header"});
    // Links of mailing lists stand there too; they are no addresses of persons.
    if (header.find("://") != std::string::npos || header.find("mailto:") != std::string::npos) continue;
    const std::size_t end = header.find('\n');
    const bool folds =
        end != std::string::npos && end + 1 < header.size() && (header[end + 1] == ' ' || header[end + 1] == '\t');
    std::vector<Address> wanted;
    add_addresses(*each.find("expected"), wanted);
    const auto got = read_addresses(folds ? header : header.substr(0, end));
    std::vector<std::string> a;
    std::vector<std::string> b;
    for (const Address& address : wanted)
      if (address.address.find('@') != std::string::npos) a.push_back(address.address);
    for (const Address& address : got)
      if (!address.address.empty()) b.push_back(address.address);
    met += a == b ? 1U : 0U;
    std::string line;
    for (const std::string& x : b) line += " " + x;
    const auto row = explained.find(std::to_string(number));
    EXPECT_EQ(a == b, row == explained.end()) << number << ": " << header << " ->" << line;
    if (row != explained.end()) explained.erase(row);
  }
  EXPECT_TRUE(explained.empty()) << explained.begin()->first << " is explained, but nobody expects it";
  EXPECT_GT(met, 30U);
}

TEST(MailTruth, stations_of_the_collection) {
  GUICHET_NEEDS_MAILS(folder);
  auto explained = documented("<!-- stalwart stations -->");
  std::map<std::string, std::size_t> met;
  std::size_t number = 0;
  for (const JsonValue& each : json(folder / "stalwart-mail-parser" / "received.json").items) {
    ++number;
    const JsonValue& wanted = *each.find("expected");
    if (wanted.kind != JsonValue::Kind::object) continue;
    const std::string header = text_at(each, {"header"});
    const Hop hop = read_hop(header);
    const auto compare = [&](const std::string& what, const std::string& a, const std::string& b) {
      if (a.empty()) return;
      met[what] += a == b ? 1U : 0U;
      const auto row = explained.find(std::to_string(number) + " " + what);
      EXPECT_EQ(a == b, row == explained.end())
          << "| `" << number << " " << what << "` | " << a << " → " << b << " | " << header;
      if (row != explained.end()) explained.erase(row);
    };
    compare("by", text_at(wanted, {"by", "Name"}), hop.by);
    compare("from", text_at(wanted, {"from", "Name"}), hop.from);
    compare("address", text_at(wanted, {"from_ip"}), hop.from_address);
    compare("for", text_at(wanted, {"for_"}), hop.for_whom);
    if (const JsonValue* date = wanted.find("date"); date != nullptr)
      if (const auto at = date_of(*date))
        compare("date", print_instant(at->at), hop.date ? print_instant(hop.date->at) : "");
  }
  EXPECT_TRUE(explained.empty()) << explained.begin()->first << " is explained, but nobody expects it";
  EXPECT_GT(met["date"], 80U);
}

TEST(MailTruth, messages_of_the_collection) {
  GUICHET_NEEDS_MAILS(folder);
  const auto explained = documented("<!-- stalwart messages -->");
  std::set<std::string> differ;
  std::map<std::string, std::size_t> met;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "stalwart-mail-parser" / "eml")) {
    if (entry.path().extension() != ".eml") continue;
    std::string lines = read_all(entry.path());
    std::erase(lines, '\r');
    std::string with_returns;
    for (const char c : lines) with_returns += c == '\n' ? "\r\n" : std::string(1, c);
    for (const bool crlf : {false, true}) {
      const std::string& raw = crlf ? with_returns : lines;
      fs::path answer = entry.path();
      answer.replace_extension(crlf ? ".crlf.json" : ".json");
      const JsonValue told = json(answer);
      const Message message = read_message(raw);
      const auto compare = [&](const std::string& what, const std::string& a, const std::string& b) {
        met[what] += a == b ? 1U : 0U;
        if (a == b) return;
        const std::string row =
            entry.path().parent_path().filename().string() + "/" + entry.path().stem().string() + " " + what;
        differ.insert(row);
        EXPECT_TRUE(explained.contains(row)) << row << "\n[" << a << "]\n[" << b << "]";
      };
      for (const JsonValue& header : told.find("parts")->items[0].find("headers")->items) {
        const std::string name = text_at(header, {"name"});
        const JsonValue& value = *header.find("value");
        if (name == "subject") compare("subject", text_at(value, {"Text"}), message.subject);
        if (name == "message_id") compare("id", text_at(value, {"Text"}), message.message_id);
        if (name == "date" && value.find("DateTime") != nullptr)
          compare("date", print_instant(date_of(*value.find("DateTime"))->at),
                  message.date ? print_instant(message.date->at) : "none");
        if (name == "from") {
          std::vector<Address> from;
          add_addresses(*value.find("Address"), from);
          compare("from", from.empty() ? "" : from[0].address, message.from.empty() ? "" : message.from[0].address);
        }
      }
      // The first plain words the collection found are among ours.
      const auto& parts = told.find("parts")->items;
      for (const JsonValue& index : told.find("text_body")->items) {
        const JsonValue* body = parts[static_cast<std::size_t>(index.integer)].find("body");
        std::string words = text_at(*body, {"Text"});
        std::erase(words, '\r');
        std::erase(words, '\0');
        if (words.find_first_not_of(" \n\t") == std::string::npos) continue;
        while (words.ends_with('\n')) words.pop_back();
        std::string ours = message.text;
        std::erase(ours, '\n');
        std::erase(words, '\n');
        compare("words", words, ours.find(words) != std::string::npos ? words : ours);
        break;
      }
    }
  }
  for (const auto& [row, cells] : explained) EXPECT_TRUE(differ.contains(row)) << row << " is met, but explained";
  EXPECT_GE(met["subject"], 150U);
  EXPECT_GT(met["words"], 150U);
}

/// Compares with a list of messages as the truth files of the mailing list hold it.
void compare_message(const JsonValue& told, const std::string& raw, std::size_t& wrong) {
  const Message message = read_message(raw);
  std::vector<std::string> references = texts(told.find("references"));
  for (std::string& id : references) id = without_brackets(id);
  // Each once, as we keep them.
  std::vector<std::string> once;
  for (const std::string& id : references)
    if (std::find(once.begin(), once.end(), id) == once.end()) once.push_back(id);
  const bool same = message.message_id == without_brackets(text_at(told, {"message_id"})) &&
                    message.references == once &&
                    message.received.size() == static_cast<std::size_t>(number_at(told, "received_hops")) &&
                    message.fields.size() == static_cast<std::size_t>(number_at(told, "header_fields")) &&
                    raw.size() == static_cast<std::size_t>(number_at(told, "size")) && message.date.has_value();
  wrong += same ? 0U : 1U;
  EXPECT_TRUE(same) << message.message_id << " fields " << message.fields.size() << " hops " << message.received.size()
                    << " bytes " << raw.size() << " for " << number_at(told, "size");
  for (const Hop& hop : message.received) EXPECT_TRUE(hop.date) << raw.substr(0, 600);
}

std::size_t add_to(Threads& threads, const Message& message) {
  return threads.add(message.message_id, message.in_reply_to, message.references);
}

TEST(MailTruth, a_mailing_list_in_a_box_and_in_files) {
  GUICHET_NEEDS_MAILS(folder);
  const JsonValue box = json(folder / "linux-mips" / "linux-mips-2016-02.truth.json");
  std::size_t wrong = 0;
  std::size_t at = 0;
  Threads threads;
  auto visited =
      for_each_mail((folder / "linux-mips" / "linux-mips-2016-02.mboxrd").string(), {}, [&](const FoundMail& mail) {
        compare_message(box.find("messages_list")->items[at++], std::string(mail.raw), wrong);
        add_to(threads, read_message(mail.raw));
        return wrong < 5;
      });
  ASSERT_TRUE(visited);
  EXPECT_EQ(*visited, 300U);
  EXPECT_EQ(threads.threads(), static_cast<std::size_t>(number_at(box, "threads")));

  const JsonValue files = json(folder / "linux-mips" / "gmail-20120113" / "truth.json");
  Threads of_files;
  for (const JsonValue& told : files.find("messages_list")->items) {
    const std::string raw = read_all(folder / "linux-mips" / "gmail-20120113" / text_at(told, {"file"}));
    compare_message(told, raw, wrong);
    add_to(of_files, read_message(raw));
    ASSERT_LT(wrong, 5U);
  }
  EXPECT_EQ(of_files.threads(), static_cast<std::size_t>(number_at(files, "threads")));
}

TEST(MailTruth, archives_of_pipermail) {
  GUICHET_NEEDS_MAILS(folder);
  for (const char* name : {"r-help-2019-04", "r-package-devel-2019q1"}) {
    const JsonValue told = json(folder / "pipermail" / (std::string(name) + ".truth.json"));
    Threads threads;
    std::set<std::string> ids;
    auto visited =
        for_each_mail((folder / "pipermail" / (std::string(name) + ".mbox")).string(), {}, [&](const FoundMail& mail) {
          const Message message = read_message(mail.raw);
          EXPECT_TRUE(message.date) << mail.place;
          ids.insert(message.message_id);
          add_to(threads, message);
          EXPECT_LE(own_words(message.text).text.size(), message.text.size() + 1);
          return true;
        });
    ASSERT_TRUE(visited);
    EXPECT_EQ(*visited, static_cast<std::uint64_t>(number_at(told, "messages")));
    EXPECT_EQ(ids.size(), *visited) << "no identity twice";
    EXPECT_EQ(threads.threads(), static_cast<std::size_t>(number_at(told, "threads")));
  }
}

TEST(MailTruth, threads_of_a_maildir_with_lost_and_ringed_mails) {
  GUICHET_NEEDS_MAILS(folder);
  Threads threads;
  std::map<std::string, std::size_t> numbers;
  auto visited = for_each_mail((folder / "notmuch").string(), {}, [&](const FoundMail& mail) {
    const Message message = read_message(mail.raw);
    numbers[message.message_id] = add_to(threads, message);
    return true;
  });
  ASSERT_TRUE(visited);
  EXPECT_GE(*visited, 80U);
  EXPECT_EQ(threads.thread_of(numbers["mid-loop-12@example.org"]),
            threads.thread_of(numbers["mid-loop-21@example.org"]));
  EXPECT_EQ(threads.thread_of(numbers["001-great-grand-child@example.org"]),
            threads.thread_of(numbers["000-real-root@example.org"]));
  EXPECT_EQ(threads.parent_of(numbers["001-child@example.org"]).message, numbers["000-real-root@example.org"]);
  for (std::size_t i = 0; i < threads.size(); ++i) threads.parent_of(i);
}

TEST(MailTruth, every_mail_of_every_collection_is_read_and_bounces_are_known) {
  GUICHET_NEEDS_MAILS(folder);
  std::size_t mails_read = 0;
  std::map<std::string, Message> by_name;
  for (const char* collection : {"mikel-mail", "rt", "spamscope-mail-parser", "mu", "mail-dkim", "dkimpy"}) {
    auto visited = for_each_mail((folder / collection).string(), {}, [&](const FoundMail& mail) {
      Message message = read_message(mail.raw);
      EXPECT_EQ(utf8_valid_prefix(message.text), message.text.size()) << mail.place;
      EXPECT_EQ(utf8_valid_prefix(message.subject), message.subject.size()) << mail.place;
      for (const Attachment& attachment : message.attachments) {
        EXPECT_FALSE(attachment.name.empty()) << mail.place;
        EXPECT_EQ(attachment.name.find('/'), std::string::npos) << mail.place;
      }
      own_words(message.text);
      automatic(message);
      by_name[fs::path(mail.place).filename().string()] = std::move(message);
      return true;
    });
    ASSERT_TRUE(visited) << visited.error().detail;
    mails_read += *visited;
  }
  EXPECT_GT(mails_read, 250U);
  EXPECT_EQ(by_name["rfc2231-attachment-filename-continuations"].attachments.size(), 1U);
  EXPECT_EQ(by_name["new-ticket-from-gb18030"].subject, "测试");
  EXPECT_EQ(own_words(by_name["new-ticket-from-gb18030"].text).text, "测试\n");
  EXPECT_EQ(by_name["msg1"].subject, "test äöüßÄÖÜß€");
  EXPECT_FALSE(by_name["nested-rfc-822"].attachments.empty());
  std::size_t bounces = 0;
  std::size_t reports = 0;
  for (const auto& entry : fs::directory_iterator(folder / "mikel-mail" / "multipart_report_emails")) {
    ++reports;
    const Message& message = by_name[entry.path().filename().string()];
    bounces += automatic(message) == Automatic::bounce ? 1U : 0U;
    EXPECT_TRUE(automatic(message)) << entry.path();
  }
  EXPECT_GE(bounces + 3, reports) << bounces << " of " << reports;
}

}  // namespace
}  // namespace guichet::intake::mail
