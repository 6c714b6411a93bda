#include <guichet/desk/mail_spool.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace guichet::desk {
namespace {

namespace fs = std::filesystem;

class SpoolOfMails : public testing::Test {
 protected:
  SpoolOfMails() : folder_(fs::temp_directory_path() / ("guichet-spool-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
  }
  ~SpoolOfMails() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(SpoolOfMails, what_is_put_waits_once_until_it_is_taken_out) {
  const auto spool = MailSpool::open(folder_.string());
  ASSERT_TRUE(spool) << spool.error().detail;
  using namespace std::string_literals;
  const std::string mail = "From: a@b.example\r\n\r\nwords\0more\n"s;
  const auto name = spool->put(mail, false);
  ASSERT_TRUE(name);
  const auto same = spool->put(mail, false);
  ASSERT_TRUE(same);
  EXPECT_EQ(*same, *name);
  ASSERT_TRUE(spool->put("another", true));
  const auto waiting = spool->waiting(10);
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->size(), 2U);
  EXPECT_EQ(*spool->read(*name), mail);
  EXPECT_FALSE(MailSpool::is_head_only(*name));
  EXPECT_EQ(spool->waiting(1)->size(), 1U);
  // Another program sees it too.
  const auto other = MailSpool::open(folder_.string());
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->remove(*name));
  ASSERT_TRUE(spool->remove(*name)) << "what is gone may be taken out again";
  ASSERT_EQ(spool->waiting(10)->size(), 1U);
  EXPECT_TRUE(MailSpool::is_head_only(spool->waiting(10)->front()));
  EXPECT_FALSE(spool->read(*name));
}

TEST_F(SpoolOfMails, it_is_for_its_owner_alone_and_drafts_are_no_mails) {
  const auto spool = MailSpool::open(folder_.string());
  ASSERT_TRUE(spool);
  struct stat there{};
  ASSERT_EQ(::stat(folder_.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0700U);
  std::ofstream(folder_ / "tmp" / "half.eml") << "half";
  std::ofstream(folder_ / "new" / "README") << "no mail";
  EXPECT_TRUE(spool->waiting(10)->empty());
}

TEST_F(SpoolOfMails, a_folder_that_cannot_be_is_said) {
  const auto spool = MailSpool::open("/proc/no/such");
  ASSERT_FALSE(spool);
  EXPECT_NE(spool.error().detail.find("/proc/no/such"), std::string::npos);
  EXPECT_EQ(MailSpool::beside("desk.ledger"), "desk.ledger.mail-in");
}

}  // namespace
}  // namespace guichet::desk
