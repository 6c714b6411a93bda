// What to expect of a case on this desk, from all that its ledger knows of earlier ones. Knows no page.
#pragma once

#include <guichet/base/result.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/dossier/expectations.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

struct ExpectedLedger {
  dossier::Foretold foretold;
  ledger::Reach reach;  // how far the ledger had come when the pass began
};

/// Open waits have lasted until `now`.
Result<ExpectedLedger> expected_of_ledger(ledger::Ledger& ledger, const Procedures& procedures, Instant now,
                                          const PassProgress& progress);

}  // namespace guichet::desk
