// An invented history written as a log that `guichet measure` and other people's tools read: CSV or XES, plain or
// gzip by the file's name. What is read again gives the same measures; see mappings/guichet-kept.toml.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>

namespace guichet::rehearsal {

class LogWriter {
 public:
  virtual ~LogWriter() = default;
  /// Cases need names of their own, and so do the persons, teams and so on within `names`: what is called the same
  /// is read as the same. A case without moments is left out, one without a name called by its number.
  virtual void add(const CaseHistory& history, const Vocabulary& names) = 0;
  /// Ends the file and puts it in place; until then nothing stands under its name.
  virtual Outcome finish() = 0;

  /// By the path's ending: .csv, .xes, .csv.gz, .xes.gz.
  static Result<std::unique_ptr<LogWriter>> open(const std::string& path);
};

/// A text as it stands in the file: what is not UTF-8 as U+FFFD, and control characters, which XML cannot say, as
/// their pictures (U+2400 …), line breaks and tabs apart.
std::string kept_text(std::string_view text);

}  // namespace guichet::rehearsal
