// What the people of a rehearsed world did, act by act: the commands of every case that came while it was measured, so
// that somebody else can have the same acts done again under the same rules. Knows no ledger.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/command.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rehearsal {

/// One world's acts. Actors are numbered: sellers from 1 on, then the desk's people; zero is the clock.
struct Recording {
  /// In the order in which they were done; each was taken by the rules. `case_id` numbers the cases of this recording.
  std::vector<Command> commands;
  std::uint32_t sellers{};             // actors 1 … sellers
  std::vector<std::uint32_t> team_of;  // of actor sellers + 1 + i: index of the scenario's team
  std::uint64_t cases{}, digest{};
};

/// Plays one replication of the scenario and keeps what its people did, each counted case to its end. The error is
/// that of a scenario that cannot be played under the procedure, or of one that is a learned course: nobody acts there.
Result<Recording> record(const Scenario& scenario, const rulebook::ProcedureFile& procedure, std::uint64_t seed);

}  // namespace guichet::rehearsal
