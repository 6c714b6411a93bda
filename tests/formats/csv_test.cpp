#include <guichet/formats/csv.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace guichet::formats {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// All records, or one row with the error.
Rows rows(std::string_view text, const CsvShape& shape = {}) {
  Rows out;
  auto reader = CsvReader::open(ByteSource::of(text, "t.csv"), shape);
  if (!reader) return {{reader.error().detail}};
  std::vector<std::string_view> fields;
  while (true) {
    const auto more = reader->next(fields);
    if (!more) return {{more.error().detail}};
    if (!*more) return out;
    out.emplace_back(fields.begin(), fields.end());
  }
}

TEST(Csv, records_end_with_any_line_end_and_empty_lines_are_none) {
  const Rows expected{{"a", "b"}, {"1", "2"}, {"3", ""}};
  EXPECT_EQ(rows("a,b\n1,2\n3,\n"), expected);
  EXPECT_EQ(rows("a,b\r\n1,2\r\n\r\n3,"), expected);
  EXPECT_EQ(rows("a,b\r1,2\r3,\r"), expected);
  EXPECT_EQ(rows("\xEF\xBB\xBF\n\na,b\n1,2\n3,"), expected);
  EXPECT_EQ(rows(""), Rows{});
  EXPECT_EQ(rows("\n\n"), Rows{});
}

TEST(Csv, quotes_hold_delimiters_line_ends_and_doubled_quotes) {
  EXPECT_EQ(rows("a,b\n\"x,\"\"y\"\"\r\nz\",\"\"\n"), (Rows{{"a", "b"}, {"x,\"y\"\r\nz", ""}}));
  EXPECT_EQ(rows("a,b\n1\"2,\"3\"\n"), (Rows{{"a", "b"}, {"1\"2", "3"}}));
  EXPECT_EQ(rows("a;b\n'x;y';2\n", {.delimiter = ';', .quote = '\'', .encoding = {}}),
            (Rows{{"a", "b"}, {"x;y", "2"}}));
  EXPECT_EQ(rows("a,b\n\"1,2\n", {.delimiter = ',', .quote = '\0', .encoding = {}}), (Rows{{"a", "b"}, {"\"1", "2"}}));
}

TEST(Csv, text_after_a_closing_quote_is_kept_and_counted) {
  auto reader = CsvReader::open(ByteSource::of("a,b\n\"x\"y,1\n"), {});
  ASSERT_TRUE(reader);
  std::vector<std::string_view> fields;
  ASSERT_TRUE(*reader->next(fields));
  ASSERT_TRUE(*reader->next(fields));
  EXPECT_EQ(fields[0], "xy");
  EXPECT_EQ(reader->stray_quotes(), 1U);
  EXPECT_EQ(reader->stray_quote_line(), 2U);
}

TEST(Csv, an_open_quote_names_the_line_of_its_record) {
  EXPECT_EQ(rows("a,b\n1,2\n3,\"x\ny\n"),
            (Rows{{"t.csv:3: a quote opened in this record is never closed; close it, or name another quote sign in "
                   "the mapping ([csv] quote)"}}));
}

TEST(Csv, a_record_above_the_limit_is_refused) {
  CsvShape shape;
  shape.record_bytes_max = std::size_t{2} << 20;
  EXPECT_EQ(rows("a\n\"" + std::string(std::size_t{5} << 20, 'x'), shape),
            (Rows{{"t.csv:2: the record is longer than 2 MB; is a closing quote missing?"}}));
}

TEST(Csv, lines_are_counted_through_quoted_line_ends) {
  auto reader = CsvReader::open(ByteSource::of("a\n\"1\n2\n3\"\nb\r\nc\n"), {});
  ASSERT_TRUE(reader);
  std::vector<std::string_view> fields;
  std::vector<std::uint64_t> lines;
  while (true) {
    const auto more = reader->next(fields);
    ASSERT_TRUE(more);
    if (!*more) break;
    lines.push_back(reader->line());
  }
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{1, 2, 5, 6}));
}

TEST(Csv, the_delimiter_is_found_out) {
  const auto found = [](std::string_view text) {
    auto reader = CsvReader::open(ByteSource::of(text), {});
    return reader ? reader->delimiter() : '?';
  };
  EXPECT_EQ(found("a,b,c\n1,2,3\n"), ',');
  EXPECT_EQ(found("a;b;c\n1,5;2,5;3\n"), ';');
  EXPECT_EQ(found("a\tb\n1, 2\t3\n"), '\t');
  EXPECT_EQ(found("a|b\n1|2\n"), '|');
  EXPECT_EQ(found("a;b\n\"1,2,3\";2\n\"4,5,6\";3\n"), ';');
  EXPECT_EQ(found("sep=|\na,b|c\n"), '|');
}

TEST(Csv, a_line_that_names_the_separator_is_no_record) {
  EXPECT_EQ(rows("sep=;\r\na;b\r\n1;2\r\n"), (Rows{{"a", "b"}, {"1", "2"}}));
}

TEST(Csv, other_encodings_become_utf_8) {
  using namespace std::string_view_literals;
  EXPECT_EQ(rows("\xFF\xFE"
                 "a\0;\0\xE9\0\n\0"
                 "1\0;\0"
                 "2\0"sv),
            (Rows{{"a", "é"}, {"1", "2"}}));
  EXPECT_EQ(rows("pr\xE9nom;\xE2ge\n\x80;2\n"), (Rows{{"prénom", "âge"}, {"€", "2"}}));
}

// Every record ends up whole wherever the pieces that are read happen to end.
TEST(Csv, records_across_pieces_of_the_file_are_whole) {
  std::string text = "a,b\r\n";
  std::size_t count = 0;
  for (; text.size() < (std::size_t{5} << 20); ++count) {
    text += std::to_string(count) + ",\"";
    text.append(count % 61, 'x');
    text += "\"\"\r\n\"\r\n";
  }
  const Rows all = rows(text);
  ASSERT_EQ(all.size(), count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(all[i + 1][0], std::to_string(i));
    ASSERT_EQ(all[i + 1][1], std::string(i % 61, 'x') + "\"\r\n");
  }
}

TEST(Csv, fields_are_written_so_that_they_read_back) {
  for (const std::string text : {"", "plain", "a,b", "say \"x\"", "two\nlines", " blank "}) {
    const Rows back = rows("h,i\n" + csv_field(text) + ",1\n");
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[1][0], text);
  }
  EXPECT_EQ(csv_field("=1+1"), "'=1+1");
  EXPECT_EQ(csv_field("@sum"), "'@sum");
  EXPECT_EQ(csv_field("-12.5"), "-12.5");
}

TEST(CsvField, the_guard_before_formulas_is_taken_off_again) {
  for (const char* text :
       {"=1+1", "'=1+1", "''@x", "-5", "'-5", "-x", "'", "''", "'x", "", "plain", "\tx", "it's", "+"}) {
    const std::string field = csv_field(text);
    EXPECT_EQ(csv_unguarded(field), text) << field;
  }
  EXPECT_EQ(csv_field("=1+1"), "'=1+1");
  EXPECT_EQ(csv_field("'=1+1"), "''=1+1");
}

}  // namespace
}  // namespace guichet::formats
