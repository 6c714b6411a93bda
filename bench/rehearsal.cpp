// Rehearsals whole, with everything that `guichet rehearse` does: the plain queue, a desk under full rules with a
// hundred thousand cases and with a million, one thread against two. Each in a process of its own, so that the
// memory is its own. Usage: rehearsal [plain|rules|million|threads]...
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rehearsal/rehearse.hpp>

#include "stopwatch.hpp"

namespace guichet::rehearsal {
namespace {

constexpr int kRounds = 3;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().detail.c_str());
  std::exit(1);
}

/// The most memory that the process ever held, in MiB.
double memory_peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) {
      std::uint64_t kibibytes = 0;
      const char* digits = line.c_str() + line.find_first_of("0123456789");
      std::from_chars(digits, line.c_str() + line.size(), kibibytes);
      return static_cast<double>(kibibytes) / 1024;
    }
  return 0;
}

/// Processor time of this process so far: what others do on the machine disturbs it little.
double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// The desk of the testimony so many times over, for the rules with clocks, ladder and hand-offs, and with quotas.
/// Sellers take their time, so that cases stay open.
Scenario desk_of(double size, Tick length) {
  Scenario scenario = must(load_scenario("testimony-support"));
  const auto grown = [&](std::uint32_t n) { return static_cast<std::uint32_t>(std::lround(n * size)); };
  scenario.arrivals.per_second *= size;
  for (Team& team : scenario.teams) team.agents = grown(team.agents);
  scenario.sellers.reply = Law::exponential(10 * 86'400.0);
  scenario.quota.active = true;
  scenario.quota.answers_per_hour = 6;
  scenario.quota.closings_per_day = 20;
  scenario.run.warm_up = 0;
  scenario.run.length = length;
  scenario.run.replications = 1;
  scenario.run.threads = 1;
  return scenario;
}

struct Timed {
  Rehearsed result;
  double processor_seconds;
};

Timed rehearsed(const Scenario& scenario, std::string_view procedure) {
  const rulebook::ProcedureFile file = must(load_procedure_for(scenario, std::string(procedure)));
  const double before = processor_seconds();
  Rehearsed result = must(rehearse(scenario, file));
  return {std::move(result), processor_seconds() - before};
}

void print(std::string_view what, const Timed& timed) {
  const Rehearsed& result = timed.result;
  bench::print_rate(what, result.events, "events", timed.processor_seconds);
  bench::print_rate("  by the clock on the wall", result.events, "events", result.wall_seconds);
  bench::print_rate("  … of it in the loops", result.events, "events", result.loop_seconds);
  std::printf("  %llu events, %llu cases, at most %llu held at once, %llu measured by the whole catalogue\n",
              static_cast<unsigned long long>(result.events), static_cast<unsigned long long>(result.cases),
              static_cast<unsigned long long>(result.peak_open_cases),
              static_cast<unsigned long long>(result.kept_cases));
  std::printf("  digest %016llx, memory %.0f MiB, of these in the world %.0f MiB\n",
              static_cast<unsigned long long>(result.digest), memory_peak(),
              static_cast<double>(result.memory_bytes) / 1048576);
  if (!result.stopped_why.empty()) std::printf("  %s\n", result.stopped_why.c_str());
}

/// The one of several rounds that took the least processor time: other work on the machine only ever slows.
Timed fastest(const Scenario& scenario, std::string_view procedure) {
  Timed best = rehearsed(scenario, procedure);
  for (int round = 1; round < kRounds; ++round) {
    Timed again = rehearsed(scenario, procedure);
    if (again.processor_seconds < best.processor_seconds) best = std::move(again);
  }
  return best;
}

void plain() {
  Scenario scenario = must(load_scenario("plain-queue"));
  scenario.run.threads = 1;
  const Timed timed = fastest(scenario, "");
  print("plain queue", timed);
  // As other engines count: an arrival, and an end of work or a seller who leaves.
  bench::print_rate("  two for every case", 2 * timed.result.cases, "events", timed.processor_seconds);
}

void rules() {
  Scenario scenario = desk_of(6, 30 * kDay);
  print("full rules, a hundred thousand cases at once", fastest(scenario, "guichet-unique"));
  scenario.run.kept_cases = 10'000;
  print("full rules, one case in ten kept whole", fastest(scenario, "guichet-unique"));
}

void million() {
  Scenario scenario = desk_of(100, 12 * kDay);
  scenario.run.kept_cases = 1;
  print("full rules, a million cases at once", rehearsed(scenario, "guichet-unique"));
}

void threads() {
  for (const std::string_view name : {"plain-queue", "testimony-support"}) {
    Scenario scenario = must(load_scenario(std::string(name)));
    scenario.run.threads = 1;
    double one = 0, two = 0;
    bool same = true;
    for (int round = 0; round < kRounds; ++round) {
      scenario.run.threads = 1;
      const Rehearsed alone = rehearsed(scenario, "").result;
      scenario.run.threads = 2;
      const Rehearsed together = rehearsed(scenario, "").result;
      one = round == 0 ? alone.wall_seconds : std::min(one, alone.wall_seconds);
      two = round == 0 ? together.wall_seconds : std::min(two, together.wall_seconds);
      same &= alone.digest == together.digest;
    }
    std::printf("%.*s: one thread %.2f s, two threads %.2f s, ratio %.2f, %s\n", static_cast<int>(name.size()),
                name.data(), one, two, one / two, same ? "same digest" : "DIGESTS DIFFER");
  }
}

struct Part {
  std::string_view name;
  void (*run)();
};
constexpr Part kParts[] = {{"plain", plain}, {"rules", rules}, {"million", million}, {"threads", threads}};

/// In a process of its own; false when it failed.
bool run_apart(const Part& part) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    part.run();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace
}  // namespace guichet::rehearsal

int main(int count, char** words) {
  using namespace guichet::rehearsal;
  const std::vector<std::string_view> wanted(words + 1, words + count);
  bool good = true;
  for (const Part& part : kParts)
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), part.name) != wanted.end()) good &= run_apart(part);
  return good ? 0 : 1;
}
