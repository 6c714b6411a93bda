// An invented history written as a log that `guichet measure` and other people's tools read: CSV or XES, plain or
// gzip by the file's name. What is read again gives the same measures; see mappings/guichet-kept.toml.
#pragma once

#include <memory>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>

namespace guichet::rehearsal {

class LogWriter {
 public:
  virtual ~LogWriter() = default;
  virtual void add(const CaseHistory& history, const Vocabulary& names) = 0;
  /// Ends the file and puts it in place; until then nothing stands under its name.
  virtual Outcome finish() = 0;

  /// By the path's ending: .csv, .xes, .csv.gz, .xes.gz.
  static Result<std::unique_ptr<LogWriter>> open(const std::string& path);
};

}  // namespace guichet::rehearsal
