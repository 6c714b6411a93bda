// What no single table can know: contradictions, queues that nobody serves, loops that take no time.
#include <algorithm>
#include <cmath>
#include <set>

#include <guichet/rehearsal/read_scenario_sections.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlTable;

class Check {
 public:
  Check(const Scenario& scenario, ScenarioTables& tables) : scenario_(scenario), tables_(tables) {}

  void all() {
    run();
    rates();
    staff();
    queues();
    passing_on();
    zero_time();
  }

 private:
  void run() {
    TomlTable& table = tables_.run;
    const RunRule& run = scenario_.run;
    if (table.has("cases") && table.has("length"))
      table.fault("length", "contradicts cases; write how long, or how many, not both");
    if (table.present() && !table.has("cases") && !table.has("length"))
      table.fault(table.place(), "run has neither length nor cases; write length = \"1 year\" or cases = 100000");
    if (table.has("look_period") && run.look_every == 0)
      table.fault("look_period", "is given without look_every; write look_every = \"1 hour\"");
    const Tick period = run.look_period == 0 ? kDay : run.look_period;
    constexpr Tick kLooksMax = 100'000;
    if (run.look_every != 0 && period / run.look_every > kLooksMax)
      table.fault("look_every",
                  "is too short; write at least the hundred-thousandth part of look_period, or of one day");
    if (run.look_every != 0 && period % run.look_every != 0)
      table.fault("look_every", "does not go into the period; write a time that divides look_period, or one day");
  }

  void rates() {
    TomlTable& table = tables_.arrivals;
    const Arrivals& arrivals = scenario_.arrivals;
    const auto own = std::find_if(scenario_.matters.begin(), scenario_.matters.end(),
                                  [](const Matter& matter) { return matter.per_second > 0; });
    const bool of_matters = own != scenario_.matters.end();
    const int ways = (table.has("rate") ? 1 : 0) + (table.has("between") ? 1 : 0) + (table.has("log") ? 1 : 0) +
                     (table.has("at") ? 1 : 0) + (of_matters ? 1 : 0);
    if (ways == 0)
      table.fault(table.place(),
                  "arrivals say not how many come; write rate = \"95 per hour\", or between, or a log, or a "
                  "rate for each matter");
    if (ways > 1)
      table.fault(table.place(),
                  "arrivals are given twice; write one of rate, between, log, at, or a rate for each matter");
    if (of_matters)
      for (std::size_t i = 0; i < scenario_.matters.size(); ++i)
        if (!tables_.matters[i].has("rate"))
          tables_.matters[i].fault(tables_.matters[i].place(), tables_.matters[i].path() +
                                                                   " has no rate, but another matter has; write one "
                                                                   "for each, or weights");
    if (!of_matters && !scenario_.matters.empty() &&
        std::all_of(scenario_.matters.begin(), scenario_.matters.end(), [](const Matter& m) { return m.weight == 0; }))
      tables_.matters[0].fault("weight", "is zero, as that of every matter; write one above zero");
    if (!arrivals.profile.empty() && table.has("sinusoid"))
      table.fault("sinusoid", "contradicts the profile; write one of both");
    if ((table.has("between") || !arrivals.at.empty()) && (!arrivals.profile.empty() || table.has("sinusoid")))
      table.fault(table.has("between") ? "between"
                  : table.has("log")   ? "log"
                                       : "at",
                  "leaves no rate to vary; leave profiles and sinusoid out");
    too_many();
  }

  double per_second() const {
    double sum = 0;
    for (const Matter& matter : scenario_.matters) sum += matter.per_second;
    return sum > 0 ? sum : scenario_.arrivals.per_second;
  }

  // How long a replication lasts, warm-up included, as far as the rate tells; zero when it is not known.
  double seconds() const {
    const RunRule& run = scenario_.run;
    const double rate = per_second();
    const double of_cases = rate > 0 ? static_cast<double>(run.cases + run.warm_up_cases) / rate : 0;
    return of_cases + static_cast<double>(run.length + run.warm_up) / static_cast<double>(kSecond);
  }

  void too_many() {
    constexpr double kCasesMax = 1e11;
    if (const double cases = per_second() * seconds(); cases > kCasesMax && tables_.run.has("length"))
      tables_.run.fault("length", "brings " + print_rounded(std::round(cases)) +
                                      " cases a replication; write a shorter time, or a lower rate");
    if (seconds() > 2 * kTimeMax && tables_.run.has("cases"))
      tables_.run.fault("cases", "take " + print_number(std::round(seconds() / (365 * 86'400.0))) +
                                     " years to come at this rate; write fewer, or a higher rate");
  }

  void staff() {
    if (scenario_.course && !scenario_.teams.empty())
      tables_.course.fault(tables_.course.place(),
                           "course contradicts the teams; a course of cases has no staff, leave "
                           "[course] or every [team] out");
    if (!scenario_.course && scenario_.teams.empty())
      tables_.document.fault(tables_.document.place(),
                             "nobody works here; write a table [team.NAME] with agents = 10, or [course]");
    for (std::size_t i = 0; i < scenario_.teams.size(); ++i) hours(scenario_.teams[i], tables_.teams[i]);
    constexpr std::uint64_t kAgentsMax = 1'000'000;
    std::uint64_t agents = 0;
    for (const Team& team : scenario_.teams) agents += team.agents;
    if (agents > kAgentsMax)
      tables_.teams.back().fault("agents", "makes them " + std::to_string(agents) + "; write at most 1000000 in all");
    specialities();
  }

  void specialities() {
    constexpr std::size_t kSpecialitiesMax = 32;
    std::set<std::string> known;
    for (const Team& team : scenario_.teams) known.insert(team.skills.begin(), team.skills.end());
    for (const Matter& matter : scenario_.matters)
      if (!matter.speciality.empty()) known.insert(matter.speciality);
    if (known.size() > kSpecialitiesMax)
      tables_.document.fault(tables_.document.place(),
                             "there are " + std::to_string(known.size()) + " specialities; write at most 32");
  }

  void hours(const Team& team, TomlTable& table) {
    if (team.hours.empty()) return;
    std::vector<std::string> known;
    for (const rulebook::WorkCalendar& calendar : scenario_.calendars) known.push_back(calendar.id);
    if (std::find(known.begin(), known.end(), team.hours) == known.end())
      table.fault_unknown("hours", team.hours, known, "a calendar of this file");
    // A longer run lives through the same twenty-eight years again.
    constexpr double kCycleDays = 28 * 365.25;
    const double first = static_cast<double>(scenario_.run.starts.time_since_epoch().count()) / 86'400'000;
    if (first + std::min(seconds() / 86'400, kCycleDays) >= rulebook::kEndCalendarDay)
      table.fault("hours",
                  "are known until 2100, but the run goes beyond; write an earlier starts, or a shorter length");
  }

  std::vector<std::string> served() const {
    std::vector<std::string> served;
    for (const Team& team : scenario_.teams) served.insert(served.end(), team.serves.begin(), team.serves.end());
    std::sort(served.begin(), served.end());
    served.erase(std::unique(served.begin(), served.end()), served.end());
    return served;
  }

  void queues() {
    if (scenario_.teams.empty()) return;
    const std::vector<std::string> known = served();
    constexpr std::size_t kQueuesMax = 64;
    if (known.size() > kQueuesMax)
      tables_.teams.back().fault("serves",
                                 "makes " + std::to_string(known.size()) + " queues; write at most 64 in all");
    const auto is_served = [&](const std::string& queue) {
      return queue.empty() || std::binary_search(known.begin(), known.end(), queue);
    };
    for (std::size_t i = 0; i < scenario_.matters.size(); ++i)
      if (const std::string& queue = scenario_.matters[i].starts_in; !is_served(queue))
        tables_.matters[i].fault_unknown("starts_in", queue, known, "a queue that a team serves");
    for (std::size_t i = 0; i < scenario_.teams.size(); ++i) {
      const Team& team = scenario_.teams[i];
      if (std::set<std::string>{team.serves.begin(), team.serves.end()}.size() < team.serves.size())
        tables_.teams[i].fault("serves", "names a queue twice; write each once");
      for (const Then& then : team.then)
        if (!is_served(then.to)) tables_.teams[i].fault_unknown("then", then.to, known, "a queue that a team serves");
    }
  }

  // The chance of acts other than to answer, on the visit where they are likeliest.
  static double not_answered(const Team& team) {
    double always = 0, most = 0;
    for (const Then& then : team.then)
      if (then.on_visit < 0) always += then.chance;
    for (const Then& one : team.then) {
      double here = 0;
      for (const Then& then : team.then)
        if (one.on_visit >= 0 && then.on_visit == one.on_visit) here += then.chance;
      most = std::max(most, here);
    }
    return always + most;
  }

  void passing_on() {
    for (std::size_t i = 0; i < scenario_.teams.size(); ++i)
      if (const double sum = not_answered(scenario_.teams[i]); sum > 1 + 1e-9)
        tables_.teams[i].fault("then", "has chances that sum to " + print_rounded(sum) +
                                           " on one visit; write at most 1, for the rest is answered");
  }

  static bool takes_no_time(const Team& team) {
    if (team.work) return team.work->is_zero();
    return team.reading_words_per_minute == 0 && team.writing.is_zero() && team.handling.is_zero();
  }

  // The queues to which a team surely passes every case on, or none.
  static std::vector<std::string> surely_passes_to(const Team& team) {
    std::vector<std::string> to;
    double sum = 0;
    for (const Then& then : team.then) {
      if (then.on_visit >= 0 || then.act != Act::pass_on || then.chance == 0) continue;
      sum += then.chance;
      to.push_back(then.to);
    }
    return sum >= 1 - 1e-9 ? to : std::vector<std::string>{};
  }

  // A team that surely passes on, in no time, to queues that only such teams serve: its cases go round for ever while
  // the time stands still.
  void zero_time() {
    const bool own_work = std::any_of(scenario_.matters.begin(), scenario_.matters.end(),
                                      [](const Matter& matter) { return matter.work && !matter.work->is_zero(); });
    if (own_work) return;
    std::vector<bool> endless(scenario_.teams.size());
    for (std::size_t i = 0; i < endless.size(); ++i)
      endless[i] = takes_no_time(scenario_.teams[i]) && !surely_passes_to(scenario_.teams[i]).empty();
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < endless.size(); ++i) {
        if (!endless[i] || leads_only_to(scenario_.teams[i], endless)) continue;
        endless[i] = false;
        changed = true;
      }
    }
    for (std::size_t i = 0; i < endless.size(); ++i)
      if (endless[i])
        tables_.teams[i].fault("then",
                               "passes every case on, in no time, for ever; write a chance below 1, or a time of "
                               "work");
    if (std::find(endless.begin(), endless.end(), true) == endless.end()) endless_exchange();
  }

  bool leads_only_to(const Team& team, const std::vector<bool>& endless) const {
    for (const std::string& to : surely_passes_to(team)) {
      if (to.empty()) continue;  // its own queues again
      for (std::size_t i = 0; i < endless.size(); ++i) {
        const std::vector<std::string>& serves = scenario_.teams[i].serves;
        if (!endless[i] && std::find(serves.begin(), serves.end(), to) != serves.end()) return false;
      }
    }
    return true;
  }

  // Whether no visit to the team can settle anything: it takes no time and never answers properly, or never answers.
  static bool never_settles(const Team& team) {
    double evasive = 0;
    for (const Then& then : team.then) {
      const bool evades = then.act == Act::ask_back || then.act == Act::pass_on;
      if (then.on_visit < 0 && evades) evasive += then.chance;
    }
    return takes_no_time(team) && (range_of(team.competence).second == 0 || evasive >= 1 - 1e-9);
  }

  // Words that settle nothing go to and fro in no time, and nobody gives up.
  void endless_exchange() {
    const std::vector<Team>& teams = scenario_.teams;
    if (teams.empty() || !std::all_of(teams.begin(), teams.end(), never_settles)) return;
    if (scenario_.sellers.reply.is_zero() && scenario_.sellers.leaves_per_failure == 0)
      tables_.teams[0].fault(
          tables_.teams[0].place(),
          tables_.teams[0].path() +
              " settles nothing and takes no time, and sellers write again at once for ever; write a "
              "competence above zero, a time of work, a reply of sellers, or leaves_per_failure");
  }

  const Scenario& scenario_;
  ScenarioTables& tables_;
};

}  // namespace

void check(const Scenario& scenario, ScenarioTables& tables) { Check{scenario, tables}.all(); }

}  // namespace guichet::rehearsal
