#include <guichet/formats/phrases.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace guichet::formats {
namespace {

const std::filesystem::path kRoot = GUICHET_SOURCE_DIR;

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

struct Entry {
  std::string file, sentence;
};

/// The entries of po/*.<language>.po, read as text, beside the program's own reader; a key that two
/// files define is a failure here.
std::map<std::string, Entry> sources(std::string_view language) {
  std::map<std::string, Entry> entries;
  for (const auto& file : std::filesystem::directory_iterator(kRoot / "po")) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with("." + std::string(language) + ".po")) continue;
    std::istringstream lines(content(file.path()));
    std::string line, key, *into = nullptr;
    while (std::getline(lines, line)) {
      const std::size_t quote = line.find('"');
      if (line.starts_with("msgid ")) {
        key.clear();
        into = &key;
      } else if (line.starts_with("msgstr ")) {
        const auto [entry, fresh] = entries.try_emplace(key, Entry{name, {}});
        EXPECT_TRUE(fresh || key.empty()) << key << " is in " << entry->second.file << " and in " << name;
        if (key.empty()) entry->second.sentence.clear();
        into = &entry->second.sentence;
      } else if (!line.starts_with('"')) {
        into = nullptr;
      }
      if (into != nullptr) into->append(line, quote + 1, line.rfind('"') - quote - 1);
    }
  }
  entries.erase("");
  return entries;
}

std::multiset<std::string> placeholders(const std::string& sentence) {
  static const std::regex braces(R"(\{[^}]*\})");
  std::multiset<std::string> found;
  for (std::sregex_iterator match(sentence.begin(), sentence.end(), braces), end; match != end; ++match)
    found.insert(match->str());
  return found;
}

TEST(Catalogues, SayTheSameThingsInBothLanguages) {
  EXPECT_EQ(Phrases::keys(Language::en), Phrases::keys(Language::fr));
  const auto english = sources("en"), french = sources("fr");
  for (const auto& [key, entry] : english) {
    const auto other = french.find(key);
    if (other == french.end()) continue;  // told by the comparison of keys
    const auto en = placeholders(entry.sentence), fr = placeholders(other->second.sentence);
    EXPECT_EQ(std::set(en.begin(), en.end()), std::set(fr.begin(), fr.end())) << key;
  }
}

TEST(Catalogues, HaveNoEmptyTranslationAndNoKeyTwice) {
  for (const char* language : {"en", "fr"})
    for (const auto& [key, entry] : sources(language)) EXPECT_NE(entry.sentence, "") << entry.file << ": " << key;
}

TEST(Catalogues, HoldWhatTheFilesHold) {
  for (const Language language : {Language::en, Language::fr}) {
    const auto entries = sources(code(language));
    const auto keys = Phrases::keys(language);
    EXPECT_EQ(entries.size(), keys.size());
    for (const std::string& key : keys) EXPECT_TRUE(entries.contains(key)) << key;
  }
}

TEST(Catalogues, KeepFrenchTypography) {
  // A narrow no-break space before : ; ! ? % » and after «; the typographic apostrophe. A colon or a
  // question mark inside an address, a time or a placeholder is not punctuation.
  static const std::regex wrong(
      "[^\\s\xAF:][;!?%](\\s|$)|[^\\s\xAF:]:(\\s|$)| "
      "[;:!?%]|\xC2\xA0[;:!?%]|\xC2\xAB[^\xE2]|[^\xAF]\xC2\xBB|[a-zA-Z]'[a-zA-Z]");
  for (const auto& [key, entry] : sources("fr")) {
    std::smatch found;
    EXPECT_FALSE(std::regex_search(entry.sentence, found, wrong))
        << entry.file << ": " << key << ": «" << found.str() << "» in: " << entry.sentence;
  }
}

TEST(Catalogues, KnowEveryKeyThatTheCodeNames) {
  static const std::regex naming(R"re(\b(phrases|words|say)(\.counted)?\(\s*"([a-z0-9_]+\.[a-z0-9_.]*)")re");
  const std::vector<std::string> keys = Phrases::keys(Language::en);
  const auto known = [&](const std::string& key) {
    // A literal that ends with a point is the beginning of keys.
    const auto found = std::ranges::lower_bound(keys, key);
    return found != keys.end() && (key.ends_with('.') ? found->starts_with(key) : *found == key);
  };
  for (const auto& file : std::filesystem::recursive_directory_iterator(kRoot / "src")) {
    if (file.path().extension() != ".cpp" && file.path().extension() != ".hpp") continue;
    const std::string code = content(file.path());
    for (std::sregex_iterator match(code.begin(), code.end(), naming), end; match != end; ++match) {
      const std::string key = match->str(3);
      if (match->str(2).empty() || key.ends_with('.'))
        EXPECT_TRUE(known(key)) << file.path() << ": " << key;
      else
        EXPECT_TRUE(known(key + ".one") && known(key + ".other")) << file.path() << ": " << key;
    }
  }
}

TEST(Phrases, FillsPlaceholders) {
  const Phrases en(Language::en), fr(Language::fr);
  EXPECT_EQ(en("time.date", {{"day", "2"}, {"month", "March"}, {"year", "2026"}}), "2 March 2026");
  EXPECT_EQ(fr("month.8"), "août");
  EXPECT_TRUE(en.has("month.12"));
  EXPECT_FALSE(en.has("month.13"));
}

using PhrasesDeathTest = ::testing::Test;

TEST(PhrasesDeathTest, StopsOnAKeyOrAValueThatIsMissing) {
  const Phrases en(Language::en);
  EXPECT_DEATH(en("no.such.key"), "no such key in the en catalogue: no.such.key");
  EXPECT_DEATH(en("time.date", {{"day", "2"}}), "no value for \\{month\\} in the en catalogue: time.date");
}

TEST(Phrases, WritesNumbers) {
  const Phrases en(Language::en), fr(Language::fr);
  EXPECT_EQ(en.number(0), "0");
  EXPECT_EQ(en.number(999), "999");
  EXPECT_EQ(en.number(1234.5, 1), "1,234.5");
  EXPECT_EQ(en.number(1234567.0, 2), "1,234,567");
  EXPECT_EQ(en.number(0.50, 2), "0.5");
  EXPECT_EQ(en.number(-0.001, 2), "0");
  EXPECT_EQ(en.number(-12), "−12");
  EXPECT_EQ(fr.number(1234.5, 1), "1\u202f234,5");
  EXPECT_EQ(en.percent(0.157), "15.7%");
  EXPECT_EQ(fr.percent(0.157), "15,7\u202f%");
  EXPECT_EQ(fr.percent(1), "100\u202f%");
}

TEST(Phrases, WritesDurations) {
  using namespace std::chrono_literals;
  const Phrases en(Language::en), fr(Language::fr);
  EXPECT_EQ(en.duration(0s), "0\u00a0s");
  EXPECT_EQ(en.duration(48h), "48\u00a0h");
  EXPECT_EQ(en.duration(72h), "3\u00a0d");
  EXPECT_EQ(en.duration(181h), "7\u00a0d 13\u00a0h");
  EXPECT_EQ(fr.duration(181h + 59min), "7\u00a0j 13\u00a0h");
  EXPECT_EQ(en.duration(5min + 3s), "5\u00a0min 3\u00a0s");
  EXPECT_EQ(en.duration(24h * 9 + 5min), "9\u00a0d");
  EXPECT_EQ(en.duration(2s + 5ms), "2\u00a0s");
  EXPECT_EQ(en.duration(250ms), "250\u00a0ms");
  EXPECT_EQ(en.duration(-90min), "−1\u00a0h 30\u00a0min");
}

TEST(Phrases, WritesDatesAndMoments) {
  const Phrases en(Language::en), fr(Language::fr);
  const Instant at = *parse_instant("2026-03-02T09:05:59Z");
  EXPECT_EQ(en.moment(at), "2 March 2026, 09:05 UTC");
  EXPECT_EQ(fr.moment(at), "2 mars 2026, 09:05 UTC");
  EXPECT_EQ(fr.date(*parse_instant("2026-08-01")), "1er août 2026");
  EXPECT_EQ(en.date(*parse_instant("1969-12-31T23:59:59.999Z")), "31 December 1969");
}

TEST(Languages, AreReadFromTags) {
  EXPECT_EQ(language_from("fr"), Language::fr);
  EXPECT_EQ(language_from("fr-FR"), Language::fr);
  EXPECT_EQ(language_from("en_GB.UTF-8"), Language::en);
  EXPECT_EQ(language_from("de"), std::nullopt);
  EXPECT_EQ(language_from("french"), std::nullopt);
  EXPECT_EQ(language_from(""), std::nullopt);
  EXPECT_EQ(code(Language::fr), "fr");
}

TEST(Phrases, SayNoneWhereOneIsSaidInWords) {
  const Phrases french(Language::fr);
  const std::string none = french.counted("audit.closings_n", 0), one = french.counted("audit.closings_n", 1);
  EXPECT_NE(none, one);
  EXPECT_NE(none.find('0'), std::string::npos) << none;
}

}  // namespace
}  // namespace guichet::formats
