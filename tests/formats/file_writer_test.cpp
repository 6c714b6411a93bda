#include <guichet/formats/file_writer.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <guichet/formats/bytes.hpp>

namespace guichet::formats {
namespace {

/// An empty folder for one test.
class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::temp_directory_path() / (std::string("guichet_file_writer_") + test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }
  static std::string raw(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static std::string unpacked(const std::string& path) {
    auto source = ByteSource::open(path);
    if (!source) return "error: " + source.error().detail;
    std::string out;
    std::string room(1 << 16, '\0');
    for (auto got = source->read(room); got && *got > 0; got = source->read(room)) out.append(room, 0, *got);
    return out;
  }

  std::filesystem::path folder;
};

std::string long_text() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "line " + std::to_string(i * 7919 % 1000) + "\n";
  return text;
}

TEST_F(Files, stand_under_their_name_only_when_whole) {
  std::ofstream(path("a.csv")) << "old";
  auto writer = FileWriter::create(path("a.csv"));
  ASSERT_TRUE(writer);
  writer->write("new ");
  writer->write(long_text());
  EXPECT_EQ(raw(path("a.csv")), "old");
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(raw(path("a.csv")), "new " + long_text());
  EXPECT_EQ(files(), 1U);
}

TEST_F(Files, that_are_not_finished_leave_nothing) {
  {
    auto writer = FileWriter::create(path("a.csv.gz"));
    ASSERT_TRUE(writer);
    writer->write(long_text());
    EXPECT_EQ(files(), 1U);
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(Files, may_be_written_side_by_side) {
  auto first = FileWriter::create(path("a"));
  auto second = FileWriter::create(path("a"));
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  first->write("first");
  second->write("second");
  ASSERT_TRUE(second->finish());
  ASSERT_TRUE(first->finish());
  EXPECT_EQ(raw(path("a")), "first");
  EXPECT_EQ(files(), 1U);
}

TEST_F(Files, are_gzip_by_their_name_and_the_same_every_time) {
  for (const char* name : {"a.gz", "b.gz"}) {
    auto writer = FileWriter::create(path(name));
    ASSERT_TRUE(writer);
    writer->write(long_text());
    ASSERT_TRUE(writer->finish());
  }
  EXPECT_EQ(unpacked(path("a.gz")), long_text());
  EXPECT_LT(raw(path("a.gz")).size(), long_text().size() / 2);
  EXPECT_EQ(raw(path("a.gz")), raw(path("b.gz")));

  auto empty = FileWriter::create(path("empty.gz"));
  ASSERT_TRUE(empty);
  ASSERT_TRUE(empty->finish());
  EXPECT_EQ(unpacked(path("empty.gz")), "");
  EXPECT_FALSE(raw(path("empty.gz")).empty());
}

TEST_F(Files, that_cannot_be_written_say_so) {
  const auto nowhere = FileWriter::create(path("no/such/folder.csv"));
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().detail.find("folder.csv: cannot be written: No such file"), std::string::npos);
  const auto at_folder = FileWriter::create(folder.string());
  ASSERT_FALSE(at_folder);
  EXPECT_NE(at_folder.error().detail.find("is no file"), std::string::npos);
}

}  // namespace
}  // namespace guichet::formats
