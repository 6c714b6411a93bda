// Logs in XES 1.0 and 2.0 (IEEE 1849), with or without namespace: read as a stream, each trace handed on
// when it ends.
#pragma once

#include <guichet/intake/logs/read_log.hpp>

namespace guichet::intake {

/// `reading.mapping` is not looked at: `mapping` counts.
Result<LogSummary> read_xes_log(formats::ByteSource source, const Mapping& mapping, const Reading& reading,
                                Vocabulary& vocabulary);

}  // namespace guichet::intake
