// Small words that the parts of a case on a page share: numbers of cases, names of clocks, conditions of an offer.
// Writes no markup.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/desk/visit.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// "Case 1042".
std::string case_number(const Visit& visit, CaseId id);
/// "the first answer".
std::string clock_name(const Visit& visit, Clock clock);
/// "a, b, c".
std::string joined(const Visit& visit, const std::vector<std::string>& words);
/// "withdrawing the claim, giving up what is past"; empty when an offer asks nothing in return.
std::string conditions_in_words(const Visit& visit, std::uint8_t conditions);
/// The text of a case by its number, or null.
const ledger::Text* text_in(const ledger::CaseFile& file, TextId id);

}  // namespace guichet::desk
