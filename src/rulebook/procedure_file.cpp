#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

const Clause& ProcedureFile::clause(std::string_view wanted) const {
  static const Clause kStart{{}, 1, 1, {}};
  while (!wanted.empty()) {
    if (const auto found = clauses.find(std::string{wanted}); found != clauses.end()) return found->second;
    const std::size_t cut = wanted.find_last_of(".[");
    wanted = wanted.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  return kStart;
}

CompiledRules::CompiledRules(const ProcedureFile& file) : procedure_(&file.procedure) {
  for (const WorkCalendar& calendar : file.calendars) views_.push_back(calendar.view());
}

}  // namespace guichet::rulebook
