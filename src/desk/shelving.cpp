#include <guichet/desk/shelving.hpp>

#include <string>

#include <guichet/core/evolve.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/dossier/words.hpp>

namespace guichet::desk {
namespace {

std::string team_of(const Procedures& procedures, const CaseState& state) {
  // Imported history lives under no procedure, and nobody's team handles it.
  if (!state.procedure || procedures.empty()) return {};
  const rulebook::ProcedureFile& file = procedures.of_case(state).file;
  const std::uint8_t level = state.level();
  const MatterRule& matter = file.procedure.matter[state.matter()];
  const std::uint8_t team = level == matter.level || level == 0 ? matter.team : file.procedure.ladder[level].team;
  return team < file.teams.size() ? file.teams[team] : std::string{};
}

std::string words_of(const ledger::Text& text) {
  if (!text.case_id) return {};  // a shared label is no case's words
  if (text.kind == ledger::TextKind::file) return text.name;
  if (text.kind == ledger::TextKind::mail) return {};  // what it says is kept as words beside it
  const dossier::Words words = dossier::words_or_plain(text.body, text.media_type);
  std::string all = words.subject;
  const auto add = [&all](const std::string& more) {
    if (more.empty()) return;
    if (!all.empty()) all += '\n';
    all += more;
  };
  add(words.body);
  for (const std::string& question : words.questions) add(question);
  add(words.facts);
  add(words.ground);
  add(words.measure);
  add(words.name);
  return all;
}

}  // namespace

ledger::Shelving shelving(const Procedures& procedures) {
  return {.procedure_of = [&procedures](ProcedureId id) -> const Procedure& {
            // A ledger that has adopted none yet is checked too.
            static const Procedure none{};
            if (procedures.empty()) return none;
            const InForce* own = id ? procedures.of(id) : nullptr;
            return own != nullptr ? own->file.procedure : procedures.at(kNever).file.procedure;
          },
          .team_of = [&procedures](const CaseState& state) { return team_of(procedures, state); },
          .words_of = words_of,
          .subject_of =
              [](const ledger::Text& text) { return dossier::words_or_plain(text.body, text.media_type).subject; },
          .by_program =
              [](const ledger::Text& text) {
                return text.kind == ledger::TextKind::label && dossier::is_by_program(text.body);
              }};
}

}  // namespace guichet::desk
