// Histories drawn by seed: random people who mostly do what makes sense, over random time, under any
// procedure. Judges nothing; promises.hpp does.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/core/calendar.hpp>
#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/core/procedure.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::properties {

/// A procedure under which histories are drawn.
class World {
 public:
  /// A shipped procedure, by name.
  explicit World(const std::string& shipped);
  /// A procedure drawn at random, every field within its range, with the calendar of a shipped one.
  explicit World(Random& random);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const rulebook::ProcedureFile& file() const { return file_; }
  const Procedure& procedure() const { return file_.procedure; }
  Rules rules() const { return {&file_.procedure, calendars_}; }

 private:
  rulebook::ProcedureFile file_;
  std::vector<Calendar> calendars_;
};

/// The next command of a history: mostly a plausible one, now and then nonsense; never before `now`.
Command draw_command(Random& random, const CaseState& state, const Procedure& procedure, Instant now);

/// When every history begins: Friday 27 February 2026, 15:00 UTC.
inline constexpr Instant kBeginning{Seconds{1'772'204'400}};

inline constexpr std::size_t kCommandsPerHistory = 64;

}  // namespace guichet::properties
