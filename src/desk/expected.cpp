#include <guichet/desk/expected.hpp>

#include <utility>

#include <guichet/measures/tally.hpp>

namespace guichet::desk {

Result<ExpectedLedger> expected_of_ledger(ledger::Ledger& ledger, const Procedures& procedures, Instant now,
                                          const PassProgress& progress) {
  ExpectedLedger expected;
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(reach, reader->reach());
  expected.reach = reach;
  expect::Past past;
  measures::Tally tally(measures::Tally::Keeps::shares);
  Vocabulary names;
  const Outcome passed = pass_over(
      ledger, procedures, progress,
      [&](const ledger::ShelfRow&, std::span<const Event>, const CaseHistory& history) {
        past.fold(history);
        tally.fold(history);
      },
      names);
  if (!passed) return passed.error();
  past.settle(now);
  expected.foretold = dossier::foretold(past, names, tally.findings(names));
  return expected;
}

}  // namespace guichet::desk
