#include <guichet/formats/whole_file.hpp>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace guichet::formats {
namespace {

class WholeFile : public ::testing::Test {
 protected:
  WholeFile() { std::filesystem::create_directory(folder_); }
  ~WholeFile() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& bytes) const {
    const std::string path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("whole-file-" + std::string{::testing::UnitTest::GetInstance()->current_test_info()->name()});
};

TEST_F(WholeFile, GivesEveryByte) {
  std::string bytes(200'000, 'x');
  bytes[70'000] = '\0';
  EXPECT_EQ(*whole_file(write(bytes), bytes.size(), "r"), bytes);
  EXPECT_EQ(*whole_file(write(""), 0, "r"), "");
}

TEST_F(WholeFile, SaysWhatIsWrongAndWhere) {
  const auto refused = [](const std::string& path, Fault fault, std::string_view word) {
    const auto read = whole_file(path, 10, "name a claim file");
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error().fault, fault);
    EXPECT_NE(read.error().detail.find(path), std::string::npos) << read.error().detail;
    EXPECT_NE(read.error().detail.find(word), std::string::npos) << read.error().detail;
    EXPECT_NE(read.error().detail.find("name a claim file"), std::string::npos) << read.error().detail;
  };
  refused(folder_, Fault::unreadable, "folder");
  refused(folder_ / "none", Fault::not_found, "cannot be read");
  refused(write("eleven byte"), Fault::unreadable, "longer");
}

}  // namespace
}  // namespace guichet::formats
