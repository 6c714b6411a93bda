// Mails that lie beside the tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "told.hpp"

namespace guichet::intake::mail {

inline std::string mail_path(const std::string& name) {
  return std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/" + name;
}

inline std::string mail_bytes(const std::string& name) { return read_all(mail_path(name)); }

/// Rows of a table of docs/mail-verdicts.md that follows the line with this mark: its first cell, and the second.
inline std::map<std::string, std::string> documented(std::string_view mark) {
  const std::string page = read_all(std::string(GUICHET_SOURCE_DIR) + "/docs/mail-verdicts.md");
  std::map<std::string, std::string> rows;
  std::size_t at = page.find(mark);
  EXPECT_NE(at, std::string::npos) << mark;
  if (at == std::string::npos) return rows;
  bool inside = false;
  while (at < page.size()) {
    const std::size_t feed = std::min(page.find('\n', at), page.size());
    const std::string line = page.substr(at, feed - at);
    at = feed + 1;
    if (!line.starts_with("| `")) {
      if (inside) break;
      continue;
    }
    inside = true;
    const std::size_t name_end = line.find('`', 3);
    const std::size_t second = line.find('|', name_end) + 2;
    rows[line.substr(3, name_end - 3)] = line.substr(second, line.find(" |", second) - second);
  }
  return rows;
}

}  // namespace guichet::intake::mail
