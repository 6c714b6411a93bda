// Collections of broken documents, where they are at hand: each is an error or is read, none is a crash.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include <guichet/base/digest.hpp>
#include <guichet/formats/csv.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/xml.hpp>
#include <guichet/intake/logs/propose.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include "told.hpp"

namespace guichet::intake {
namespace {

/// Calls `each` for every file of a ustar archive (POSIX.1-1988, 10.1.1).
std::size_t untar(const std::string& archive,
                  const std::function<void(const std::string& name, std::string_view bytes)>& each) {
  std::size_t files = 0;
  for (std::size_t at = 0; at + 512 <= archive.size() && archive[at] != '\0';) {
    const std::string name = archive.substr(at, 100).c_str();
    std::size_t size = 0;
    for (std::size_t i = at + 124; i < at + 136 && archive[i] >= '0' && archive[i] <= '7'; ++i)
      size = size * 8 + static_cast<std::size_t>(archive[i] - '0');
    if (archive[at + 156] == '0' || archive[at + 156] == '\0') {
      ++files;
      each(name, std::string_view(archive).substr(at + 512, size));
    }
    at += 512 + (size + 511) / 512 * 512;
  }
  return files;
}

constexpr std::string_view kXes =
    "[columns]\ncase = 'trace:concept:name'\nactivity = 'concept:name'\ntime = 'time:timestamp'\n";
constexpr std::string_view kCsv =
    "[columns]\ncase = 'column 1'\nactivity = 'column 1'\ntime = 'column 1'\n[csv]\nheader = false\n";

/// Reads a document in every way there is; what comes out does not matter here.
void read_every_way(std::string_view bytes) {
  for (const auto mapping : {kXes, kCsv}) {
    const Told told = tell(bytes, mapping);
    if (told.error.empty()) {
      EXPECT_GT(told.summary.events, 0U);
    } else {
      EXPECT_TRUE(told.error.starts_with("log:")) << told.error;
    }
  }
  const auto sample = take_sample(formats::ByteSource::of(bytes));
  if (!sample) return;
  const auto text = propose_mapping(*sample);
  if (!text) return;
  // What is proposed can always be read back.
  const auto mapping = read_mapping(*text, "proposed");
  ASSERT_TRUE(mapping) << mapping.error().detail << "\n" << *text;
  read_told(formats::ByteSource::of(bytes, "log"), *mapping);
}

TEST(BadInput, collections_of_xml_csv_and_json_do_no_harm) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "badinput"))
    files += untar(read_all(entry.path()), [](const std::string& name, std::string_view bytes) {
      SCOPED_TRACE(name);
      read_every_way(bytes);
      static_cast<void>(formats::parse_json(bytes, "d"));
    });
  EXPECT_GT(files, 4000U);
}

/// A digest of all that a document tells, with lines, and its error.
std::string digest_of_xml(std::string_view bytes, bool scans) {
  RunningDigest digest;
  const auto add = [&](std::string_view text) { digest.add(std::as_bytes(std::span(text))); };
  formats::XmlReader* reading = nullptr;
  formats::XmlHandlers handlers;
  handlers.start = [&](std::string_view name, const formats::XmlAttributes& attributes) -> std::string {
    add(name);
    digest.add(reading->line());
    for (const auto& [key, value] : attributes) {
      add(key);
      add(value);
    }
    return {};
  };
  handlers.end = [&](std::string_view name) -> std::string {
    add(name);
    digest.add(reading->line());
    return {};
  };
  formats::XmlReader reader(handlers, {.scans = scans});
  reading = &reader;
  formats::ByteSource source = formats::ByteSource::of(bytes, "d");
  const Outcome outcome = reader.read(source);
  return digest.hex() + (outcome ? "" : " " + outcome.error().detail);
}

TEST(BadInput, xml_is_told_by_the_scanner_as_by_expat_alone) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  std::size_t documents = 0;
  for (const char* archive : {"fuzzing-corpus-xml.tar.gz", "go-fuzz-xml.tar.gz"})
    documents += untar(read_all(folder / "badinput" / archive), [](const std::string& name, std::string_view bytes) {
      EXPECT_EQ(digest_of_xml(bytes, true), digest_of_xml(bytes, false)) << name;
    });
  EXPECT_GT(documents, 500U);
  for (const auto& entry : std::filesystem::directory_iterator(folder / "logs")) {
    if (entry.path().string().find(".xes") == std::string::npos) continue;
    const std::string bytes = read_all(entry.path());
    EXPECT_EQ(digest_of_xml(bytes, true), digest_of_xml(bytes, false)) << entry.path();
  }
}

TEST(BadInput, json_is_read_as_the_standard_says) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  std::size_t judged = 0;
  untar(read_all(folder / "badinput" / "JSONTestSuite.tar.gz"), [&](const std::string& path, std::string_view bytes) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (!name.starts_with("y_") && !name.starts_with("n_")) return;
    ++judged;
    EXPECT_EQ(static_cast<bool>(formats::parse_json(bytes, name)), name.starts_with("y_")) << name;
  });
  EXPECT_GT(judged, 250U);
}

// The collection keeps, beside each table, its rows as objects.
TEST(BadInput, tables_are_read_as_their_collection_says) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  std::map<std::string, std::string> tables;
  std::map<std::string, std::string> rows;
  untar(read_all(folder / "badinput" / "csv-spectrum.tar.gz"), [&](const std::string& path, std::string_view bytes) {
    const std::size_t slash = path.rfind('/') + 1;
    const std::string stem = path.substr(slash, path.rfind('.') - slash);
    if (path.ends_with(".csv")) tables[stem] = bytes;
    if (path.ends_with(".json")) rows[stem] = bytes;
  });
  std::size_t compared = 0;
  for (const auto& [stem, text] : tables) {
    const auto expected = rows.contains(stem) ? formats::parse_json(rows[stem], stem) : Error{};
    if (!expected || expected->kind != formats::JsonValue::Kind::array) continue;
    SCOPED_TRACE(stem);
    // This table lost its carriage returns on the way into the collection; its objects kept them.
    std::string table;
    for (const char c : text) table += stem == "newlines_crlf" && c == '\n' ? "\r\n" : std::string(1, c);
    auto csv =
        formats::CsvReader::open(formats::ByteSource::of(table), {.delimiter = ',', .quote = '"', .encoding = {}});
    ASSERT_TRUE(csv);
    std::vector<std::string_view> fields;
    ASSERT_TRUE(*csv->next(fields));
    const std::vector<std::string> header(fields.begin(), fields.end());
    for (const formats::JsonValue& row : expected->items) {
      ASSERT_TRUE(*csv->next(fields));
      ASSERT_EQ(fields.size(), header.size());
      for (std::size_t i = 0; i < header.size(); ++i)
        if (const auto* value = row.find(header[i]); value != nullptr) {
          EXPECT_EQ(fields[i], value->text);
        }
    }
    EXPECT_FALSE(*csv->next(fields));
    ++compared;
  }
  EXPECT_GE(compared, 8U);
}

TEST(BadInput, logs_that_are_damaged_in_all_places_do_no_harm) {
  for (const auto* name : {"stall-1.0.xes", "stall-1.0.xes.gz", "stall-utf16.xes", "stall.csv"}) {
    std::ostringstream content;
    content << std::ifstream(test_data(name), std::ios::binary).rdbuf();
    const std::string bytes = content.str();
    ASSERT_FALSE(bytes.empty());
    for (std::size_t i = 0; i < bytes.size(); i += 17) {
      std::string broken = bytes;
      broken[i] = static_cast<char>(broken[i] ^ (i % 3 == 0 ? 0x80 : 0x01));
      read_every_way(broken);
      read_every_way(bytes.substr(0, i));
    }
  }
}

}  // namespace
}  // namespace guichet::intake
