// History of another system, written into a ledger: its moments become events and labels that give every moment back
// as it was. What happened is not ours to refuse. Knows no file and no mapping.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::desk {

/// What is written besides the cases, so that the ledger can say what its history could say.
struct ImportSource {
  std::string name;    // of the log
  std::string digest;  // of its bytes: the same log is not imported twice
  measures::Needs said;
};

struct Imported {
  std::uint64_t cases{}, events{}, persons{}, accounts{};
};

class Importer {
 public:
  /// `ledger` has no other writer meanwhile. Fault::conflict when a log of this digest is in it already.
  static Result<std::unique_ptr<Importer>> begin(ledger::Ledger& ledger, ledger::Shelving shelving, ImportSource source,
                                                 Instant now);
  virtual ~Importer() = default;
  /// One case, whole. Writes some thousand events at a time; a fault is kept and given by `finish`.
  virtual void add(const CaseHistory& history, const Vocabulary& names) = 0;
  /// Writes what is left. `said` replaces that of the source: what the log could say is known only at its end. A log
  /// whose import failed half-way can be imported again: its cases are recognised.
  virtual Result<Imported> finish(measures::Needs said) = 0;
};

/// What the history in a ledger can say: our own events, and what each imported log could.
struct ImportsSay {
  bool any = false;
  measures::Needs said;
};
Result<ImportsSay> what_imports_say(ledger::Reader& reader);

}  // namespace guichet::desk
