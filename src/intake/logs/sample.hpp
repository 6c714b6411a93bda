// The first records of a log, whole: what a person would look at before writing a mapping.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/formats/bytes.hpp>

namespace guichet::intake {

inline constexpr std::size_t kSampleRows = 20'000;
inline constexpr std::size_t kSampleValueBytes = 300;  // longer values are cut

struct Sample {
  std::string source;
  bool xes = false;
  char delimiter = ',';  // of CSV
  formats::Encoding encoding{};
  bool header = true;                          // false when the first record is data
  bool whole = false;                          // the file has no more than these rows
  std::vector<std::string> columns;            // of XES: event attributes, and "trace:KEY"
  std::vector<std::vector<std::string>> rows;  // one per event; shorter than columns when the rest is empty
  std::vector<std::uint32_t> trace;            // of XES: which trace each row is of

  std::string_view value(std::size_t row, std::size_t column) const {
    return column < rows[row].size() ? std::string_view{rows[row][column]} : std::string_view{};
  }
};

/// Whether a document starts with "<", blanks and byte order marks apart.
bool looks_like_xml(std::string_view start);

Result<Sample> take_sample(formats::ByteSource source);

}  // namespace guichet::intake
