#include <guichet/rulebook/walk_report.hpp>

#include <guichet/core/names.hpp>

namespace guichet::rulebook {
namespace {

std::string key(std::string_view family, std::string_view member) {
  return std::string(family).append(".").append(member);
}

std::string step_words(const Step& step, const formats::Phrases& phrases) {
  const bool tick = step.kind == CommandKind::tick;
  return phrases(key("command", name(step.kind)),
                 {{"who", phrases(key("party", name(step.party)))},
                  {"clock", tick ? phrases(key("clock", name(static_cast<Clock>(step.aux)))) : std::string{}}});
}

std::string way_words(const Witness& witness, const formats::Phrases& phrases) {
  std::string steps;
  for (const Step& step : witness.way) steps += (steps.empty() ? "" : " → ") + step_words(step, phrases);
  return phrases("explore.way", {{"steps", steps}});
}

}  // namespace

bool walk_fails(const ProcedureFile& file, const Exploration& found) {
  return found.trap_states != 0 || (file.procedure.promises_consequence && found.silent_states != 0);
}

std::string print_walk(const ProcedureFile& file, const Exploration& found, const formats::Phrases& phrases) {
  const auto count = [&phrases](std::size_t n) { return phrases.number(static_cast<double>(n)); };
  std::string out = file.path + '\n';
  const auto line = [&out](const std::string& text) { out += "  " + text + '\n'; };
  const auto example = [&line, &phrases](const std::vector<Witness>& witnesses) {
    if (!witnesses.empty()) line("  " + way_words(witnesses.front(), phrases));
  };

  line(phrases("explore.states", {{"states", count(found.states)}, {"moves", count(found.moves)}}));
  if (found.trap_states == 0)
    line(phrases("explore.traps.none"));
  else
    line(phrases("explore.traps.some", {{"n", count(found.trap_states)}}));
  example(found.traps);

  const bool silent = found.silent_states != 0;
  line(phrases(silent ? "explore.silence.some" : "explore.silence.none",
               {{"n", count(found.silent_states)}, {"all", count(found.desk_turn_states)}}));
  example(found.silences);
  line(phrases(!file.procedure.promises_consequence ? "explore.promise.absent"
               : silent                             ? "explore.promise.broken"
                                                    : "explore.promise.kept"));

  std::string acts;
  for (const CommandKind kind : found.never_possible)
    acts += (acts.empty() ? "" : ", ") + step_words({kind, Party::desk, 0}, phrases);
  if (!acts.empty()) line(phrases("explore.never", {{"acts", acts}}));
  return out;
}

}  // namespace guichet::rulebook
