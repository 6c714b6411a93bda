#include <guichet/formats/zip.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <guichet/base/random.hpp>
#include <guichet/base/utf8.hpp>

namespace guichet::formats {
namespace {

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  ZipWriter writer;
  for (const auto& [name, bytes] : entries) {
    const Outcome added = writer.add(name, bytes);
    EXPECT_TRUE(added) << added.error().detail;
  }
  return writer.finish();
}

std::string error_of(std::string_view file) {
  const auto read = read_zip(file, "d.zip");
  return read ? "" : read.error().detail;
}

std::string any_bytes(Random& random, std::uint32_t most) {
  std::string bytes(random.below(most + 1), '\0');
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  return bytes;
}

TEST(Zip, checksum_is_that_of_zip) {
  EXPECT_EQ(crc32_of(""), 0U);
  EXPECT_EQ(crc32_of("123456789"), 0xCBF4'3926U);  // the check value of the catalogue of CRCs
  EXPECT_EQ(crc32_of(std::string(32, '\0')), 0x190A'55ADU);
}

TEST(Zip, what_is_written_is_read) {
  const std::string file =
      zip_of({{"README.txt", "words"}, {"messages/001.eml", ""}, {"exhibits/01-reçu.pdf", std::string("\0\xFF", 2)}});
  const auto read = read_zip(file, "d.zip");
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0].name, "README.txt");
  EXPECT_EQ((*read)[0].bytes, "words");
  EXPECT_EQ((*read)[0].offset, 0U);
  EXPECT_EQ((*read)[1].bytes, "");
  EXPECT_EQ((*read)[2].name, "exhibits/01-reçu.pdf");
  EXPECT_EQ((*read)[2].bytes, std::string_view("\0\xFF", 2));
}

TEST(Zip, the_same_entries_give_the_same_bytes_and_these) {
  const std::string file = zip_of({{"a", "b"}});
  EXPECT_EQ(file, zip_of({{"a", "b"}}));
  EXPECT_EQ(file.size(), 30U + 1 + 1 + 46 + 1 + 22);
  EXPECT_EQ(file.substr(0, 10), std::string("PK\3\4\x14\0\0\x08\0\0", 10));
}

TEST(Zip, of_nothing) {
  const std::string file = ZipWriter().finish();
  EXPECT_EQ(file.size(), 22U);
  const auto read = read_zip(file, "d.zip");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(Zip, a_writer_can_be_used_again) {
  ZipWriter writer;
  ASSERT_TRUE(writer.add("a", "1"));
  const std::string first = writer.finish();
  ASSERT_TRUE(writer.add("a", "1"));
  EXPECT_EQ(writer.finish(), first);
}

TEST(Zip, names_that_cannot_stand) {
  for (const std::string name : {"", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a\\b", "c:a", "a\nb", "a\x7F",
                                 "a.", "a ", "a /b", "what?", "a*", "\xFF", "a|b"})
    EXPECT_FALSE(is_zip_name(name)) << name;
  for (const std::string name : {"a", "a/b", "a b", "…", ".a", "a..b", "été/reçu.pdf"})
    EXPECT_TRUE(is_zip_name(name)) << name;
  EXPECT_TRUE(is_zip_name(std::string(255, 'a')));
  EXPECT_FALSE(is_zip_name(std::string(256, 'a')));
  ZipWriter writer;
  ASSERT_TRUE(writer.add("Mail.eml", ""));
  const Outcome again = writer.add("mail.EML", "");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().detail, "mail.EML: an entry of this name stands in the ZIP already");
  EXPECT_FALSE(writer.add("../x", ""));
  EXPECT_EQ(read_zip(writer.finish(), "d")->size(), 1U) << "what was refused is not there";
}

TEST(Zip, errors_say_where) {
  const std::string file = zip_of({{"a", "bc"}, {"d", "e"}});
  EXPECT_EQ(error_of(""), "d.zip: byte 0: the file ends inside the end of the ZIP");
  EXPECT_EQ(error_of(file + "x"), "d.zip: byte " + std::to_string(file.size()) + ": bytes follow the end of the ZIP");
  std::string changed = file;
  changed[31] = 'B';
  EXPECT_EQ(error_of(changed), "d.zip: byte 31: the bytes of a do not have the checksum that its head gives");
  changed = file;
  changed[10] = 1;  // a time
  EXPECT_EQ(error_of(changed), "d.zip: byte 10: the head of an entry is not as we write it");
  EXPECT_EQ(error_of(file.substr(0, 32)), "d.zip: byte 32: the file ends inside a");
  EXPECT_NE(error_of(std::string_view(file).substr(0, file.size() - 1)).find("ends inside the end of the ZIP"),
            std::string::npos);
}

TEST(Zip, every_changed_byte_is_found) {
  const std::string file =
      zip_of({{"README.txt", "words of a seller"}, {"messages/001.eml", "From: a@example.com\r\n"}});
  for (std::size_t at = 0; at < file.size(); ++at)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = file;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ 1U << bit);
      const auto read = read_zip(changed, "d.zip");
      if (read) ADD_FAILURE() << "byte " << at << " bit " << bit << " may change unseen";
    }
  for (std::size_t bytes = 0; bytes < file.size(); ++bytes)
    EXPECT_FALSE(read_zip(std::string_view(file).substr(0, bytes), "d.zip")) << "cut after " << bytes;
}

TEST(Zip, what_can_be_read_is_written_the_same) {
  const std::uint64_t seed = 20'261'127;
  Random random(seed);
  for (int round = 0; round < 300; ++round) {
    ZipWriter writer;
    std::vector<std::pair<std::string, std::string>> in;
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      std::string name = utf8_repair(any_bytes(random, 12));
      std::string bytes = any_bytes(random, 300);
      if (writer.add(name, bytes)) in.emplace_back(std::move(name), std::move(bytes));
    }
    const std::string file = writer.finish();
    const auto read = read_zip(file, "d.zip");
    ASSERT_TRUE(read) << "seed " << seed << " round " << round << ": " << read.error().detail;
    ASSERT_EQ(read->size(), in.size());
    ZipWriter again;
    for (std::size_t i = 0; i < in.size(); ++i) {
      EXPECT_EQ((*read)[i].name, in[i].first);
      EXPECT_EQ((*read)[i].bytes, in[i].second);
      ASSERT_TRUE(again.add((*read)[i].name, (*read)[i].bytes));
    }
    ASSERT_EQ(again.finish(), file) << "seed " << seed << " round " << round;
  }
}

TEST(Zip, others_read_it) {
  const auto path = std::filesystem::temp_directory_path() / "guichet_zip_others.zip";
  const std::string file =
      zip_of({{"README.txt", "words"}, {"exhibits/01-reçu.pdf", std::string(70'000, 'x')}, {"empty", ""}});
  std::ofstream(path, std::ios::binary) << file;
  const auto run = [](const std::string& command) { return std::system(command.c_str()); };
  if (run("command -v unzip >/dev/null 2>&1") == 0) {
    EXPECT_EQ(run("unzip -tqq '" + path.string() + "'"), 0);
  }
  if (run("command -v python3 >/dev/null 2>&1") == 0) {
    const std::string program = "import zipfile,sys; z=zipfile.ZipFile('" + path.string() +
                                "'); sys.exit(z.testzip() is not None or "
                                "z.namelist() != ['README.txt', 'exhibits/01-re\\u00e7u.pdf', 'empty'])";
    EXPECT_EQ(run("python3 -c \"" + program + "\""), 0);
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace guichet::formats
