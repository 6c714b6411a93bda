// The procedures that the desk has adopted, read and compiled: which one is in force when, and which one binds a case.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/rulebook/examples.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::desk {

/// One adopted procedure. `rules` views `file`.
struct InForce {
  ledger::AdoptedProcedure adopted;
  rulebook::ProcedureFile file;
  std::unique_ptr<rulebook::CompiledRules> compiled;
  Rules rules() const { return compiled->rules(); }

  /// The prose, the drawing and all clauses as a part of a page. Takes a while the first time and is then kept.
  const formats::Html& prose(formats::Language language) const;

 private:
  struct Prose {
    std::once_flag once;
    formats::Html html;
  };
  mutable std::array<Prose, 2> prose_;  // by language
};

using rulebook::examples_in;
using rulebook::is_example;

/// Only ever grows. Safe from any thread; what it gives lives as long as it does.
class Procedures {
 public:
  Outcome load(ledger::Reader& reader);
  /// Reads `toml` as the procedure `id`; the error has line and column.
  Result<std::shared_ptr<const InForce>> read(const ledger::AdoptedProcedure& adopted) const;
  void add(std::shared_ptr<const InForce> procedure);

  /// Null when there is none of this number.
  const InForce* of(ProcedureId id) const;
  /// The one that binds a case; of a case of no procedure (imported) the newest in force.
  const InForce& of_case(const CaseState& state) const;
  /// In force at `at`: effective last before it; the first adopted when none is yet. There is always one once loaded.
  const InForce& at(Instant at) const;
  /// By number.
  std::vector<const InForce*> all() const;
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::uint16_t, std::shared_ptr<const InForce>> by_id_;
};

}  // namespace guichet::desk
