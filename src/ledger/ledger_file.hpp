// Whether a file is a ledger at all, told by its first bytes.
#pragma once

#include <string>

namespace guichet::ledger {

/// False for what is no regular file: a pipe would wait for somebody who writes.
bool is_ledger_file(const std::string& path);
/// Whether such a file says of itself that it is a ledger, and not the database of another program.
bool is_called_a_ledger(const std::string& path);

}  // namespace guichet::ledger
