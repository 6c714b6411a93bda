#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <guichet/base/random.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/dossier/folio.hpp>

#include "told_small.hpp"

namespace guichet::dossier {
namespace {

Folio plain_folio() {
  Folio folio;
  folio.title = "Case 1";
  folio.author = "A desk";
  folio.kind = "DOSSIER";
  folio.contents_title = "Contents";
  folio.page_of = "Page {n} of {of}";
  folio.foot = "SHA-256:";
  folio.digest = std::string(64, 'a');
  folio.cut_note = "(cut)";
  folio.unknown_signs = "{n} signs are missing here.";
  folio.continued = "continued";
  folio.made = Instant{Seconds{1'790'000'000}};
  return folio;
}

Folio with(const std::string& words, std::size_t rows) {
  Folio folio = plain_folio();
  folio.blocks.push_back({.kind = Block::Kind::chapter, .place = "one", .line = plain("One")});
  folio.blocks.push_back({.kind = Block::Kind::paragraph, .place = {}, .line = plain(words)});
  Block table{.kind = Block::Kind::table, .place = {}, .line = plain("Rows")};
  table.columns = {{.title = "No.", .share = 1, .number = true}, {.title = "Words", .share = 8}};
  for (std::size_t i = 0; i < rows; ++i)
    table.rows.push_back({.cells = {{plain(std::to_string(i))}, {plain(words)}}, .place = "r" + std::to_string(i)});
  folio.blocks.push_back(table);
  return folio;
}

std::string printed(const Folio& folio) {
  auto paper = folio_print(folio);
  EXPECT_TRUE(paper) << paper.error().detail;
  return paper ? *std::move(paper) : std::string();
}

/// The words on the paper, as pdftotext finds them.
std::string words_of(const std::string& paper) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const auto path = std::filesystem::temp_directory_path() / (std::string("guichet_print_") + test->name() + ".pdf");
  const auto words = std::filesystem::path(path).replace_extension(".txt");
  std::ofstream(path, std::ios::binary) << paper;
  EXPECT_EQ(std::system(("pdftotext -layout " + path.string()).c_str()), 0);
  std::stringstream text;
  text << std::ifstream(words).rdbuf();
  std::filesystem::remove(path);
  std::filesystem::remove(words);
  return text.str();
}

/// What another program says about the paper; empty when it is not there.
std::string said_of(const std::string& paper, const std::string& command) {
  if (std::system(("command -v " + command.substr(0, command.find(' ')) + " >/dev/null 2>&1").c_str()) != 0) return {};
  const auto folder = std::filesystem::temp_directory_path();
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::string path = (folder / (std::string("guichet_print_") + test->name())).string();
  std::ofstream(path + ".pdf", std::ios::binary) << paper;
  const int code = std::system((command + " " + path + ".pdf > " + path + ".txt 2>&1").c_str());
  std::stringstream text;
  text << std::ifstream(path + ".txt").rdbuf();
  std::filesystem::remove(path + ".pdf");
  std::filesystem::remove(path + ".txt");
  return std::to_string(code) + "\n" + text.str();
}

TEST(Print, the_same_folio_gives_the_same_bytes) {
  const Folio folio = with("Words of a seller, twice.", 120);
  const std::string paper = printed(folio);
  EXPECT_EQ(paper, printed(folio));
  EXPECT_TRUE(paper.starts_with("%PDF-1.4\n"));
  EXPECT_TRUE(paper.ends_with("%%EOF\n"));
  Folio other = folio;
  other.blocks[1].line = plain("Words of a seller, thrice.");
  EXPECT_NE(paper, printed(other));
}

TEST(Print, says_what_it_is_and_in_which_language) {
  Folio folio = with("Mots.", 1);
  folio.language = formats::Language::fr;
  const std::string paper = printed(folio);
  EXPECT_NE(paper.find("/Lang (fr)"), std::string::npos);
  EXPECT_NE(paper.find("/DisplayDocTitle true"), std::string::npos);
  EXPECT_NE(paper.find("/CreationDate (D:20260921141320"), std::string::npos);
  EXPECT_NE(paper.find("/Outlines"), std::string::npos);
}

TEST(Print, others_read_it_and_find_no_fault) {
  SmallCase small(formats::Language::fr);
  const ToldCase& told = small.whole_story().told();
  const Voice voice = small.voice();
  const std::string paper = printed(folio_of(told, chronology_of(told), voice, {}, std::string(64, 'b')));
  if (const std::string said = said_of(paper, "qpdf --check"); !said.empty()) {
    EXPECT_TRUE(said.starts_with("0\n")) << said;
    EXPECT_NE(said.find("No syntax or stream encoding errors"), std::string::npos) << said;
  }
  if (const std::string said = said_of(paper, "pdffonts"); !said.empty()) {
    EXPECT_NE(said.find("DejaVuSans"), std::string::npos) << said;
    EXPECT_EQ(said.find(" no  "), std::string::npos) << "a font that is not inside: " << said;
  }
}

TEST(Print, has_numbered_pages_with_the_digest_on_each_but_the_cover) {
  const std::string paper = printed(with("Words that can be found.", 300));
  if (std::system("command -v pdftotext >/dev/null 2>&1") != 0) GTEST_SKIP() << "pdftotext is not here";
  const std::string all = words_of(paper);
  const auto count = [&all](const std::string& wanted) {
    std::size_t found = 0;
    for (std::size_t at = all.find(wanted); at != std::string::npos; at = all.find(wanted, at + 1)) ++found;
    return found;
  };
  const std::size_t pages = count("\f");
  ASSERT_GT(pages, 5U);
  EXPECT_EQ(count(std::string(64, 'a')), pages - 1);
  for (std::size_t n = 2; n <= pages; ++n)
    EXPECT_EQ(count("Page " + std::to_string(n) + " of " + std::to_string(pages)), 1U) << n;
  EXPECT_EQ(count("Words that can be found."), 301U) << "no row is lost where a page ends";
  EXPECT_NE(all.find("(continued)"), std::string::npos);
}

TEST(Print, takes_any_words) {
  const std::string arabic = "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645";
  const std::string chinese = "\u6f22\u5b57\u306e\u7269\u8a9e", emoji = "\U0001F600";
  for (const std::string& words :
       {std::string(40'000, 'x'), arabic + " " + chinese + emoji, std::string("\0\x01\x7f", 3),
        std::string("\xff\xfe no UTF-8"), std::string(), std::string(500, '\n'),
        std::string("\u202e\u2066 turned round"), std::string("a\r\nb\tc")}) {
    const std::string paper = printed(with(words, 2));
    EXPECT_TRUE(paper.starts_with("%PDF-1.4\n"));
  }
}

TEST(Print, says_which_signs_it_lacks) {
  const std::string paper = printed(with("\u6f22\u5b57", 0));
  if (std::system("command -v pdftotext >/dev/null 2>&1") != 0) GTEST_SKIP() << "pdftotext is not here";
  EXPECT_NE(said_of(paper, "pdftotext -q").find("0\n"), std::string::npos);
}

TEST(Print, survives_any_folio) {
  const std::uint64_t seed = 1'127;
  Random random(seed);
  for (int round = 0; round < 30; ++round) {
    Folio folio = plain_folio();
    const auto words = [&random] {
      std::string bytes(random.below(200), '\0');
      for (char& c : bytes) c = static_cast<char>(random.below(3) == 0 ? random.below(256) : 'a' + random.below(26));
      return bytes;
    };
    folio.title = words();
    folio.subtitle = words();
    for (std::uint32_t i = random.below(12); i > 0; --i) {
      Block block{.kind = static_cast<Block::Kind>(random.below(6)), .place = words(), .line = plain(words())};
      for (std::uint32_t n = random.below(4); n > 0; --n)
        block.columns.push_back({.title = words(), .share = 1 + random.below(9)});
      for (std::uint32_t n = random.below(9); n > 0; --n) {
        Row row{.cells = {}, .place = words(), .side = static_cast<Side>(random.below(4))};
        for (std::uint32_t c = random.below(5); c > 0; --c)
          row.cells.push_back({plain(words()), {{.text = words(), .to = "#" + words()}}});
        block.rows.push_back(row);
      }
      folio.blocks.push_back(block);
    }
    const auto paper = folio_print(folio);
    ASSERT_TRUE(paper) << "seed " << seed << ", round " << round << ": " << paper.error().detail;
    EXPECT_FALSE(folio_page(folio).empty());
  }
}

TEST(Print, draws_no_two_letters_as_one) {
  const std::string paper = printed(with("vérifier le flux et l’affiche", 1));
  if (std::system("command -v pdftotext >/dev/null 2>&1") != 0) GTEST_SKIP() << "pdftotext is not here";
  const std::string all = words_of(paper);
  EXPECT_NE(all.find("vérifier le flux"), std::string::npos) << all;
}

}  // namespace
}  // namespace guichet::dossier
