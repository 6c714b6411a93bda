// What a verb makes and nothing came of: a ledger that was not there before, and its key, are taken away again.
#pragma once

#include <string>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::cli {

class MadeLedger {
 public:
  /// Before the ledger is opened.
  explicit MadeLedger(const std::string& path);
  /// Whether the path names something, in a folder that is there.
  Outcome may_be_made() const;
  /// After a failure, when the ledger is closed. What was there before stays, and a ledger that holds something.
  void take_away() const;

 private:
  bool holds_something() const;

  std::string path_;
  std::vector<std::string> made_;
};

}  // namespace guichet::cli
