#include <guichet/desk/measured.hpp>

#include <algorithm>
#include <utility>

#include <guichet/desk/importing.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/measures/tally.hpp>

namespace guichet::desk {
namespace {

/// Labels that many events share are remembered, up to so many.
constexpr std::size_t kLabelsMax = 50'000;
/// Cases between two looks at whether anybody still waits.
constexpr std::uint64_t kCasesPerLook = 256;

measures::Logged as_logged(dossier::Label label) {
  measures::Logged logged;
  logged.of_case = !label.subject.empty();
  logged.activity = std::move(label.activity);
  logged.status = std::move(label.status);
  logged.team = std::move(label.team);
  logged.matter = std::move(label.matter);
  logged.words = label.words;
  logged.kind = label.kind;
  logged.party = label.party;
  logged.turn = label.turn;
  logged.flags = label.flags;
  logged.added = label.added;
  logged.predecessor = label.predecessor;
  logged.counts_amount = label.counts_amount;
  logged.deadline = label.deadline;
  return logged;
}

std::string level_name(const Procedures& procedures, const CaseState& state) {
  const auto& levels = procedures.of_case(state).file.levels;
  return state.level() < levels.size() ? levels[state.level()].id : std::string{};
}

std::string matter_name(const Procedures& procedures, const CaseState& state) {
  const auto& matters = procedures.of_case(state).file.matters;
  return state.matter() < matters.size() ? matters[state.matter()].id : std::string{};
}

/// A case that was opened here is told its procedure in the same breath; one of another system begins with labels.
bool began_here(std::span<const Event> events) {
  for (std::size_t i = 1; i < std::min<std::size_t>(events.size(), 3); ++i)
    if (events[i].kind == EventKind::procedure_changed && events[i].at == events[0].at) return true;
  return false;
}

}  // namespace

CasesAsHistories::CasesAsHistories(const Procedures& procedures, ledger::Reader& texts)
    : texts_(texts),
      histories_({.level = [&procedures](const CaseState& state) { return level_name(procedures, state); },
                  .matter = [&procedures](const CaseState& state) { return matter_name(procedures, state); },
                  .logged = [this](TextId text) { return logged(text); }}) {}

CaseHistory CasesAsHistories::of(const ledger::ShelfRow& row, std::span<const Event> events) {
  look_for_labels_ = !began_here(events);
  return histories_.of(events, row.account.value);
}

const measures::Logged* CasesAsHistories::logged(TextId text) {
  if (!look_for_labels_) return nullptr;
  if (const auto known = labels_.find(text.value); known != labels_.end()) return &known->second;
  const Result<ledger::Text> found = texts_.text(text);
  if (!found || found->kind != ledger::TextKind::label) return nullptr;
  Result<dossier::Label> label = dossier::label_from_json(found->body);
  if (!label) return nullptr;
  label_ = as_logged(std::move(*label));
  if (found->case_id || labels_.size() >= kLabelsMax) return &label_;
  return &labels_.emplace(text.value, label_).first->second;
}

Outcome pass_over(ledger::Ledger& ledger, const Procedures& procedures, const PassProgress& progress,
                  const std::function<void(const ledger::ShelfRow&, std::span<const Event>, const CaseHistory&)>& visit,
                  Vocabulary& names) {
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(texts, ledger.reader());
  GUICHET_TRY(counts, reader->counts());
  CasesAsHistories histories(procedures, *texts);
  std::uint64_t done = 0;
  bool stopped = false;
  GUICHET_TRY(whole, reader->for_each_case([&](const ledger::ShelfRow& row, std::span<const Event> events) {
    if (progress && done % kCasesPerLook == 0 && !progress(done, counts.all)) {
      stopped = true;
      return false;
    }
    ++done;
    visit(row, events, histories.of(row, events));
    return true;
  }));
  if (stopped || !whole) return Error{Fault::conflict, "the count of the ledger was stopped; ask for it again"};
  names = histories.names();
  return Done{};
}

Result<MeasuredLedger> measure_ledger(ledger::Ledger& ledger, const Procedures& procedures, const OpenedIn& period,
                                      std::string name, std::string command, const PassProgress& progress) {
  MeasuredLedger measured;
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(reach, reader->reach());
  GUICHET_TRY(imports, what_imports_say(*reader));
  measured.reach = reach;
  measures::Tally tally;
  bool own = false;
  Vocabulary names;
  const Outcome passed = pass_over(
      ledger, procedures, progress,
      [&](const ledger::ShelfRow& row, std::span<const Event>, const CaseHistory& history) {
        if (!period.has(row.opened)) return;
        own = own || !CasesAsHistories::imported(row);
        tally.fold(history);
      },
      names);
  if (!passed) return passed.error();
  // What a history cannot say is not known; of our own events, what did not happen is a zero.
  if (imports.any) tally.can_say(imports.said);
  if (own || !imports.any) tally.can_say(measures::kEventsSay);
  measured.findings = tally.findings(names);
  measured.source.name = std::move(name);
  measured.source.format = "guichet ledger";
  measured.source.mapping = "guichet";
  measured.source.mapping_origin = "ledger";
  measured.source.command = std::move(command);
  return measured;
}

}  // namespace guichet::desk
