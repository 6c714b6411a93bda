// The people of a scenario given their parts in a procedure: which queue each matter and level leads to, who serves
// it, who may decide there. What cannot be played is refused here, before anything runs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rehearsal {

using QueueIndex = std::uint8_t;
inline constexpr QueueIndex kNoQueue = 255;
inline constexpr std::size_t kQueuesMax = 64;

struct CastMatter {
  std::uint8_t matter{};      // of the procedure
  QueueIndex queue{};         // where it waits first
  std::uint8_t speciality{};  // bit number + 1 of Cast specialities; 0: none needed
  std::uint8_t priority{};
  double until{};         // cumulated weight, the last is 1
  const Law* work{};      // own, or null
  const Law* patience{};  // own, or the sellers', or null
};

struct CastThen {
  Act act{};
  QueueIndex to{kNoQueue};  // kNoQueue: the same
  double chance{};
  std::int32_t on_visit{-1};
};

struct CastTeam {
  const Team* team{};
  std::vector<QueueIndex> serves;
  std::uint32_t skills{};                 // bits of Cast specialities
  const rulebook::WorkCalendar* hours{};  // null: day and night
  std::vector<CastThen> then;
};

struct Cast {
  const Scenario* scenario{};
  const rulebook::ProcedureFile* file{};
  rulebook::CompiledRules compiled;
  Rules rules;
  std::vector<std::string> queues;
  std::vector<std::vector<std::uint8_t>> served_by;  // per queue: teams, in the scenario's order
  std::vector<CastMatter> matters;
  std::vector<CastTeam> teams;
  std::array<QueueIndex, kLevelsMax> level_queue{};
  std::array<bool, kLevelsMax> may_decide{};
  double arrivals_per_second{};  // of all matters
  double answers_per_hour{};     // quotas in force; 0: none
  double closings_per_day{};
  std::size_t priorities{1};  // how many classes there are, from the first
  bool any_reminder{};
  bool counts_visits{};        // a routine asks how often a case has been in a queue
  std::uint64_t keep_every{};  // every how manieth matter is kept whole; 0: none
  std::uint32_t ms_per_message{}, ms_per_read{}, ms_per_restart{};  // of the seller's own time
  double log_stays_per_day{};  // logarithm of the chance that a day of waiting does not make him leave

  explicit Cast(const rulebook::ProcedureFile& procedure) : compiled(procedure), rules(compiled.rules()) {}
};

/// Both must outlive the cast. The error names the scenario's file and what is missing for this procedure.
Result<std::unique_ptr<Cast>> cast(const Scenario& scenario, const rulebook::ProcedureFile& procedure);

}  // namespace guichet::rehearsal
