#include <guichet/rehearsal/record.hpp>

#include <guichet/rehearsal/cast.hpp>
#include <guichet/rehearsal/world.hpp>

namespace guichet::rehearsal {

Result<Recording> record(const Scenario& scenario, const rulebook::ProcedureFile& procedure, std::uint64_t seed) {
  if (scenario.course)
    return Error{Fault::usage, scenario.path +
                                   ": is a course learned from a log, in which nobody acts; name a "
                                   "scenario with teams"};
  GUICHET_TRY(parts, cast(scenario, procedure));
  Recording recording;
  const WorldLimits limits{
      .windows = 1, .memory_bytes = scenario.run.memory_bytes, .keep_all = true, .record = &recording.commands};
  World world(*parts, seed, limits);
  world.run();
  recording.sellers = scenario.arrivals.sellers;
  for (std::uint32_t i = 0; i < world.agents_hired(); ++i) {
    const std::uint32_t team = world.team_of(recording.sellers + 1 + i);
    recording.team_of.push_back(team == 0 ? 0U : team - 1);
  }
  recording.cases = world.counted();
  recording.digest = world.digest();
  return recording;
}

}  // namespace guichet::rehearsal
