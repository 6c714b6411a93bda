#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {
namespace {

std::string called(const std::map<std::string, Title, std::less<>>& titles, std::string_view id,
                   formats::Language language) {
  const auto found = titles.find(id);
  return found == titles.end() || found->second.empty() ? std::string{id} : found->second.in(language);
}

}  // namespace

const Clause& ProcedureFile::clause(std::string_view wanted) const {
  static const Clause kStart{{}, 1, 1, {}};
  while (!wanted.empty()) {
    if (const auto found = clauses.find(std::string{wanted}); found != clauses.end()) return found->second;
    const std::size_t cut = wanted.find_last_of(".[");
    wanted = wanted.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  return kStart;
}

std::string ProcedureFile::team_name(std::string_view id, formats::Language language) const {
  return called(team_titles, id, language);
}

std::string ProcedureFile::speciality_name(std::string_view id, formats::Language language) const {
  return called(speciality_titles, id, language);
}

CompiledRules::CompiledRules(const ProcedureFile& file) : procedure_(&file.procedure) {
  for (const WorkCalendar& calendar : file.calendars) views_.push_back(calendar.view());
}

}  // namespace guichet::rulebook
