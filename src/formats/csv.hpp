// Delimited text, record by record, in place: RFC 4180 and what spreadsheets make of it (any delimiter,
// BOM, UTF-16, CR LF, quotes with line breaks). Knows no column names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/formats/bytes.hpp>

namespace guichet::formats {

struct CsvShape {
  std::optional<char> delimiter;     // found out from the first records when not said
  char quote = '"';                  // '\0': none
  std::optional<Encoding> encoding;  // found out when not said
  std::size_t record_bytes_max = std::size_t{64} << 20;
};

class CsvReader {
 public:
  /// Reads the start of `source` to find what the shape leaves open.
  static Result<CsvReader> open(ByteSource source, const CsvShape& shape);

  /// The fields of the next record, valid until the next call; false at the end. Empty lines are passed
  /// over. A quote that never ends, or a record above the limit, is an error that names its line.
  Result<bool> next(std::vector<std::string_view>& fields);

  /// The line on which the last record starts, from 1.
  std::uint64_t line() const { return record_line_; }
  /// Fields that have text after their closing quote; it is kept as it stands.
  std::uint64_t stray_quotes() const { return stray_quotes_; }
  std::uint64_t stray_quote_line() const { return stray_quote_line_; }
  /// Records that hold bytes which are not UTF-8; they are given as they stand.
  std::uint64_t bad_rows() const { return bad_rows_; }
  std::uint64_t bad_row_line() const { return bad_row_line_; }
  /// Nobody named the encoding, and no mark in the text did: it is not UTF-8.
  bool encoding_is_a_guess() const { return !shape_.encoding && encoding_ == Encoding::windows_1252; }
  char delimiter() const { return delimiter_; }
  Encoding encoding() const { return encoding_; }
  std::uint64_t done() const { return source_.done(); }
  std::uint64_t total() const { return source_.total(); }

 private:
  CsvReader(ByteSource source, const CsvShape& shape) : source_(std::move(source)), shape_(shape) {}

  struct Span {
    std::size_t begin, end;
    bool quoted;
  };
  Result<bool> more();
  Result<bool> find_record();
  std::string_view unquote(Span span);

  ByteSource source_;
  CsvShape shape_;
  char delimiter_ = ',';
  Encoding encoding_ = Encoding::utf_8;
  std::optional<Transcoder> transcoder_;
  std::string raw_, decoded_;  // for the transcoder
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what is read and not yet given out
  bool ended_ = false;
  std::vector<Span> spans_;
  std::size_t record_end_ = 0;
  std::uint64_t line_ = 1, record_line_ = 1, lines_in_record_ = 0;
  std::uint64_t stray_quotes_ = 0, stray_quote_line_ = 0;
  std::uint64_t bad_rows_ = 0, bad_row_line_ = 0;
};

/// One field as RFC 4180 writes it: quoted when it holds the delimiter, a quote or a line break. A field
/// that a spreadsheet would run as a formula (= + - @ at its start, OWASP "CSV Injection") and is not a
/// number gets a leading apostrophe, and so does one that begins with apostrophes before such a sign.
std::string csv_field(std::string_view text, char delimiter = ',');
/// The text without the apostrophe that `csv_field` put before it.
std::string_view csv_unguarded(std::string_view text);

}  // namespace guichet::formats
