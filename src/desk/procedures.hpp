// The procedures that the desk has adopted, read and compiled: which one is in force when, which one binds a case, and
// which one was withdrawn before its day.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
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

/// How a procedure stands at a moment. Only one is in force; one that was withdrawn never is.
enum class Standing : std::uint8_t { in_force, coming, past, withdrawn };
std::string_view name(Standing standing);

/// That a coming procedure was withdrawn. Kept as a house note: what was adopted stays as it was written.
struct Withdrawal {
  ProcedureId id;
  Instant at{};
  ActorId by;
  std::string reason;  // the house's own words, for everybody
};
ledger::HouseNote to_note(const Withdrawal& withdrawal);
/// Of a note of that kind.
std::optional<Withdrawal> withdrawal_from(const ledger::HouseNote& note);

/// What the house says to a case that lives under new rules from now on, with the days of notice that were given.
Command come_under(const InForce& next);

/// Only ever grows. Safe from any thread; what it gives lives as long as it does.
class Procedures {
 public:
  Outcome load(ledger::Reader& reader);
  /// Reads `toml` as the procedure `id`; the error has line and column.
  Result<std::shared_ptr<const InForce>> read(const ledger::AdoptedProcedure& adopted) const;
  void add(std::shared_ptr<const InForce> procedure);
  /// Takes in a withdrawal; passes over every other note, and over one that came when the day had begun.
  void heed(const ledger::HouseNote& note);

  /// Null when there is none of this number.
  const InForce* of(ProcedureId id) const;
  /// The one that binds a case; of a case of no procedure (imported) the newest in force.
  const InForce& of_case(const CaseState& state) const;
  /// In force at `at`: effective last before it; the first adopted when none is yet. There is always one once loaded,
  /// and never one that was withdrawn.
  const InForce& at(Instant at) const;
  /// The one in force at `now` where it takes the place of the one that binds this case: the latter lets new rules
  /// apply to open cases, and the matter and the level of the case stand in both at the same places. Otherwise null.
  const InForce* successor(const CaseState& state, Instant now) const;
  Standing standing(const InForce& one, Instant at) const;
  std::optional<Withdrawal> withdrawal_of(ProcedureId id) const;
  /// By number.
  std::vector<const InForce*> all() const;
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::uint16_t, std::shared_ptr<const InForce>> by_id_;
  std::map<std::uint16_t, Withdrawal> withdrawn_;
};

}  // namespace guichet::desk
