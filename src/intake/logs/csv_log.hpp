// Logs as delimited text: the columns of a header, rows of one case in any order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/intake/logs/read_log.hpp>

namespace guichet::intake {

/// The names of columns: as the header writes them, trimmed; one that comes again as "NAME (2)", one
/// without a name as "column 3". `repeated` takes the names that came again.
std::vector<std::string> column_names(const std::vector<std::string_view>& header, std::vector<std::string>* repeated);

/// `reading.mapping` is not looked at: `mapping` counts.
Result<LogSummary> read_csv_log(formats::ByteSource source, const Mapping& mapping, const Reading& reading,
                                Vocabulary& vocabulary);

}  // namespace guichet::intake
