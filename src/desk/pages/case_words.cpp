#include <guichet/desk/pages/case_words.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/dossier/event_line.hpp>

namespace guichet::desk {

std::string case_number(const Visit& visit, CaseId id) {
  return visit.phrases("case.number", {{"n", std::to_string(id.value)}});
}

std::string clock_name(const Visit& visit, Clock clock) { return visit.phrases(fmt::format("clock.{}", name(clock))); }

std::string joined(const Visit& visit, const std::vector<std::string>& words) {
  return dossier::joined(visit.phrases, words);
}

std::string conditions_in_words(const Visit& visit, std::uint8_t conditions) {
  return dossier::conditions_line(visit.phrases, conditions);
}

const ledger::Text* text_in(const ledger::CaseFile& file, TextId id) {
  // They stand in the order of their numbers.
  const auto found = std::ranges::lower_bound(file.texts, id, {}, &ledger::Text::id);
  return found == file.texts.end() || found->id != id ? nullptr : &*found;
}

}  // namespace guichet::desk
