// The number of the format, and how a file comes to have it: numbered migrations, each whole or not at all.
#pragma once

#include <cstdint>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/ledger/sqlite_connection.hpp>

namespace guichet::ledger {

/// Makes a new file a ledger, and an older one a ledger of the newest format. Refuses a foreign file and one of a newer
/// format.
///
/// `prove` adds the leaves of what was written before format 2, in the transaction that makes the file one.
Outcome bring_up(Connection& connection, const std::function<Outcome()>& prove);
/// The refusals of bring_up, before anything is changed.
Outcome may_be_brought_up(Connection& connection);
/// The same refusals, and one more: an older format, for those who may not write.
Outcome recognise(Connection& connection);

/// The triggers that a ledger of the newest format has, which refuse to change what was written: name and statement.
Result<std::vector<std::pair<std::string, std::string>>> triggers_of_a_ledger();
Result<std::vector<std::pair<std::string, std::string>>> triggers_in(Connection& connection);

}  // namespace guichet::ledger
