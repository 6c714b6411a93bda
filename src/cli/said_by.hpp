// What a log could say through its mapping, whether or not any of its cases says it: so that the measures tell what did
// not happen from what cannot be known. Joins the words of mappings with those of measures.
#pragma once

#include <guichet/intake/logs/read_log.hpp>
#include <guichet/intake/mapping.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::cli {

/// The columns that are there, and what the rules name. A rule about a column that the log lacks can never be met and
/// says nothing.
measures::Needs said_by(const intake::Mapping& given, const intake::LogSummary& summary);

}  // namespace guichet::cli
