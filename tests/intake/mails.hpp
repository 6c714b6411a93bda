// Mails that lie beside the tests.
#pragma once

#include <string>

#include "told.hpp"

namespace guichet::intake::mail {

inline std::string mail_path(const std::string& name) {
  return std::string(GUICHET_SOURCE_DIR) + "/tests/data/mails/" + name;
}

inline std::string mail_bytes(const std::string& name) { return read_all(mail_path(name)); }

}  // namespace guichet::intake::mail
