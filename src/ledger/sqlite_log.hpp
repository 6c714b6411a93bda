// The machine's own files for SQLite, but what a commit adds to the write-ahead log is written in one piece.
#pragma once

namespace guichet::ledger {

/// The name that a connection is opened with. What is added to the log reaches the file when it is synced: for
/// connections with synchronous=FULL, which sync every commit before anybody can see it.
const char* log_in_one_piece();

}  // namespace guichet::ledger
