// A log of another system, read through a mapping and handed on case by case. What cannot be read is
// counted, with its first places; nothing is guessed in silence.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/intake/mapping.hpp>

namespace guichet::intake {

/// Something that happened many times while reading: how often, and where first.
struct Noted {
  std::string what;
  std::uint64_t count = 0;
  std::vector<std::string> places;  // the first few: "line 12", "trace 3, event 2"
  std::string example;              // a value, when one says more
};

struct ColumnSeen {
  std::string name;
  std::uint64_t values = 0;  // how often it was there and not empty
};

/// What was read, what was left out, and why.
struct LogSummary {
  std::string source;  // the path
  std::string format;  // "XES 1.0", "CSV, \";\", utf-8"
  bool xes = false;
  std::string mapping;         // its name
  std::string mapping_origin;  // "given", "shipped" or "proposed"
  std::uint64_t cases = 0, events = 0;
  std::uint64_t records = 0;        // rows, or events of an XES log
  std::vector<Noted> skipped;       // records and events that are not counted above
  std::vector<Noted> warnings;      // counted, but worth a look
  std::vector<ColumnSeen> columns;  // columns, event attributes, and trace attributes as "trace:KEY"
};

/// How to read.
struct Reading {
  std::optional<Mapping> mapping;  // the shipped one that recognises the file, else a proposal, when absent
  std::function<void(const CaseHistory&)> on_case;                           // cases in order of first appearance
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress;  // bytes of the file; may be empty
};

/// The share of records, in per cent, that may be left out for one reason before the mapping is taken to
/// be wrong.
inline constexpr std::uint64_t kSkippedPercentMax = 50;

/// The mapping for a log that comes without one.
struct ChosenMapping {
  Mapping mapping;
  std::string origin;  // "shipped" or "proposed"
};
Result<ChosenMapping> choose_mapping(const std::string& path);

/// Reads a file, plain or gzip. When it gives an error, whatever cases were handed on are void.
Result<LogSummary> read_log(const std::string& path, const Reading& reading, Vocabulary& vocabulary);

/// The same from an open source; `reading.mapping` must be there.
Result<LogSummary> read_log(formats::ByteSource source, const Reading& reading, Vocabulary& vocabulary);

}  // namespace guichet::intake
