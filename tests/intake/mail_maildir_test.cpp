#include <guichet/intake/mail/maildir.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("guichet-maildir-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  void put(const std::string& name, const std::string& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST(Maildir, flags_stand_behind_a_mark) {
  EXPECT_EQ(maildir_flags("1.a.host:2,RS"), "RS");
  EXPECT_EQ(maildir_flags("1.a.host;2,S"), "S");
  EXPECT_EQ(maildir_flags("1.a.host:2,"), "");
  EXPECT_EQ(maildir_flags("1.a.host"), "");
  EXPECT_EQ(maildir_flags("1:2,S.eml"), "");
}

TEST(Maildir, every_mail_is_visited_with_its_folder_and_flags) {
  const Folder folder;
  folder.put("cur/2.b:2,S", "Message-ID: <2@x>\n\nb\n");
  folder.put("new/1.a", "Message-ID: <1@x>\n\na\n");
  folder.put("tmp/9.z", "unfinished");
  folder.put(".Sent/cur/3.c:2,RS", "Message-ID: <3@x>\n\nc\n");
  folder.put("dovecot.index.log", "not a mail");
  folder.put("cur/.hidden", "not a mail");
  std::string told;
  std::uint64_t last = 0;
  Walk walk;
  walk.progress = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_LE(done, all);
    last = done;
  };
  const auto visited = for_each_mail(folder.path(), walk, [&](const FoundMail& mail) {
    told += std::string(mail.raw.substr(13, 3)) + " in [" + std::string(mail.folder) + "] " + mail.flags + "\n";
    return true;
  });
  ASSERT_TRUE(visited);
  EXPECT_EQ(*visited, 3U);
  EXPECT_EQ(told, "3@x in [.Sent] RS\n2@x in [] S\n1@x in [] \n");
  EXPECT_GT(last, 0U);
}

TEST(Maildir, one_path_may_be_a_box_a_mail_or_nothing) {
  const auto count = [](const std::string& path) {
    std::uint64_t mails = 0;
    const auto visited =
        for_each_mail(path, {}, [&](const FoundMail& mail) { return !mail.raw.empty() && ++mails > 0; });
    return visited && *visited == mails ? static_cast<int>(mails) : -1;
  };
  EXPECT_EQ(count(mail_path("three.mbox")), 3);
  EXPECT_EQ(count(mail_path("bounce.eml")), 1);
  const auto missing = for_each_mail("/no/such/place", {}, [](const FoundMail&) { return true; });
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::not_found);
}

TEST(Maildir, a_visit_may_end_the_walk_and_long_mails_are_cut) {
  const auto visited = for_each_mail(mail_path("three.mbox"), {}, [](const FoundMail&) { return false; });
  ASSERT_TRUE(visited);
  EXPECT_EQ(*visited, 1U);
  const Folder folder;
  folder.put("a.eml", "Subject: x\n\n" + std::string(200'000, 'x'));
  Walk walk;
  walk.mail_bytes_max = 100'000;
  const auto cut = for_each_mail(folder.path(), walk, [](const FoundMail& mail) {
    EXPECT_TRUE(mail.cut);
    EXPECT_EQ(mail.raw.size(), 100'000U);
    return true;
  });
  ASSERT_TRUE(cut);
}

}  // namespace
}  // namespace guichet::intake::mail
