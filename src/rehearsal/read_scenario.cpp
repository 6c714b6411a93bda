#include <guichet/rehearsal/read_scenario.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <guichet/embedded/scenarios.hpp>
#include <guichet/rehearsal/read_scenario_sections.hpp>
#include <guichet/rulebook/calendar_tables.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlFaults;
using formats::TomlMember;
using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

constexpr std::size_t kMattersAtMost = 256;
constexpr std::size_t kTeamsAtMost = 64;
constexpr std::size_t kCalendarsAtMost = 16;
constexpr std::size_t kTailsAtMost = 64;
constexpr std::int64_t kCasesMax = 100'000'000'000;
constexpr Instant kDefaultStart{Duration{civil_to_ms(2026, 1, 5, 0)}};

class ScenarioReader {
 public:
  ScenarioReader(const TomlValue* document, const ValueReader& values, Scenario& scenario, TomlFaults& faults,
                 std::set<std::string>* known = nullptr)
      : document_(document, "", {}, faults, known), values_(values), scenario_(scenario) {}

  void read() {
    head();
    document_.require("run", "a table [run] with a length, or a number of cases");
    TomlTable run = document_.table("run");
    read_run(run, values_, scenario_.run);
    document_.each_named("calendar", [&](const std::string& id, TomlTable table) { calendar(id, table); });
    TomlTable arrivals = document_.table("arrivals");
    read_arrivals(arrivals, values_, scenario_.arrivals);
    std::vector<TomlTable> matters = read_matters();
    std::vector<TomlTable> teams = read_teams();
    TomlTable quota = document_.table("quota");
    read_quota(quota, values_, scenario_.quota);
    TomlTable sellers = document_.table("sellers");
    read_sellers(sellers, values_, scenario_.sellers);
    TomlTable course = document_.table("course");
    if (course.present() || course.recording()) read_course(course, values_, scenario_.course.emplace());
    if (document_.recording()) values_.law_table(document_.table("LAW"), Measured::time);
    document_.finish();
    ScenarioTables tables{document_, run, arrivals, quota, sellers, course, std::move(matters), std::move(teams)};
    check(scenario_, tables);
  }

 private:
  void head() {
    document_.require("scenario", "a table [scenario] with a name");
    TomlTable table = document_.table("scenario");
    if (table.present() || table.recording()) table.require("name", "name = \"a-short-name\"");
    scenario_.name = table.text("name");
    if (table.has("name") && !rulebook::is_id(scenario_.name))
      table.fault("name", "is " + formats::toml_quoted(scenario_.name.substr(0, 64)) +
                              "; write small letters, digits, _ and -");
    TomlTable title = table.table("title");
    scenario_.title = {title.text("en"), title.text("fr")};
    title.finish();
    scenario_.procedure = table.text("procedure");
    table.finish();
  }

  void calendar(const std::string& id, TomlTable& table) {
    if (scenario_.calendars.size() == kCalendarsAtMost) {
      table.fault(table.place(), table.path() + " is one too many; write at most 16 calendars");
      return;
    }
    scenario_.calendars.push_back(rulebook::read_calendar(id, table));
    close(table);
  }

  std::vector<TomlTable> read_matters() {
    std::vector<TomlTable> tables;
    document_.require("matter", "at least one table [[matter]] with an id");
    document_.each("matter", [&](TomlTable table) {
      Matter matter;
      read_matter(table, values_, matter);
      const auto twice = [&](const Matter& other) { return other.id == matter.id; };
      if (std::any_of(scenario_.matters.begin(), scenario_.matters.end(), twice))
        table.fault("id", "is given twice; write another name");
      if (scenario_.matters.size() == kMattersAtMost)
        table.fault(table.place(), table.path() + " is one too many; write at most 256 matters");
      if (scenario_.matters.size() >= kMattersAtMost) return;
      scenario_.matters.push_back(std::move(matter));
      tables.push_back(std::move(table));
    });
    if (const TomlValue* matters = document_.any("matter"); matters != nullptr && matters->items.empty())
      document_.fault("matter", "holds none; write at least one table [[matter]] with an id");
    return tables;
  }

  std::vector<TomlTable> read_teams() {
    std::vector<TomlTable> tables;
    document_.each_named("team", [&](const std::string& id, TomlTable table) {
      Team team;
      team.id = id;
      if (id.empty() || id.size() > 64)
        table.fault(table.place(), "a team's name is empty or too long; write 1 to 64 signs");
      read_team(table, values_, team);
      if (scenario_.teams.size() == kTeamsAtMost)
        table.fault(table.place(), table.path() + " is one too many; write at most 64 teams");
      if (scenario_.teams.size() >= kTeamsAtMost) return;
      scenario_.teams.push_back(std::move(team));
      tables.push_back(std::move(table));
    });
    return tables;
  }

  TomlTable document_;
  const ValueReader& values_;
  Scenario& scenario_;
};

// "2 GiB"
std::uint64_t memory(TomlTable& table) {
  const TomlValue* written = table.get("memory", Kind::text);
  if (written == nullptr) return 0;
  const std::string& text = written->text;
  std::uint64_t count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = std::string_view{text}.substr(static_cast<std::size_t>(end - text.data()));
  const unsigned shift = unit == " MiB" ? 20 : unit == " GiB" ? 30 : 0;
  constexpr std::uint64_t kMin = 16ULL << 20U, kMax = 1ULL << 40U;
  if (fault == std::errc{} && shift != 0 && count <= kMax >> shift && count << shift >= kMin) return count << shift;
  table.fault("memory",
              "is " + formats::toml_quoted(text.substr(0, 40)) + "; write a size from \"16 MiB\" to \"1024 GiB\"");
  return 0;
}

Instant starts(TomlTable& table) {
  const TomlValue* written = table.any("starts");
  if (written == nullptr) return kDefaultStart;
  const bool spelled = written->kind == Kind::date || written->kind == Kind::moment || written->kind == Kind::text;
  const auto instant = spelled ? parse_instant(written->text) : std::nullopt;
  constexpr Instant kFirst{Duration{civil_to_ms(1990, 1, 1, 0)}}, kEnd{Duration{civil_to_ms(2100, 1, 1, 0)}};
  if (instant && *instant >= kFirst && *instant < kEnd) return *instant;
  table.fault("starts", "is not a date from 1990 to 2099; write 2026-01-05 or 2026-01-05T08:00:00Z");
  return kDefaultStart;
}

}  // namespace

void close(TomlTable& table) {
  const TomlValue* source = table.get("source", Kind::text);
  if (source != nullptr && source->text.empty())
    table.fault("source", "is empty; say where the values come from, or leave it out: they are then assumed");
  const TomlValue* sources = table.get("sources", Kind::table);
  if (sources != nullptr) {
    TomlTable of_keys = table.table("sources");
    for (const TomlMember& member : sources->members) {
      if (of_keys.text(member.key).empty()) of_keys.fault(member.key, "is no source; write a text in quotes");
      if (!table.has(member.key)) of_keys.fault(member.key, "is the source of a key that this table does not have");
    }
  }
  table.finish();
}

void read_run(TomlTable& table, const ValueReader& values, RunRule& run) {
  run.cases = static_cast<std::uint64_t>(table.whole("cases", 1, kCasesMax, 0));
  run.length = values.ticks(table, "length", 0);
  if (table.has("length") && run.length == 0) table.fault("length", "is zero; write a time above zero");
  run.warm_up = values.ticks(table, "warm_up", 0);
  run.warm_up_cases = static_cast<std::uint64_t>(table.whole("warm_up_cases", 0, kCasesMax, 0));
  run.seed = static_cast<std::uint64_t>(table.whole("seed", 0, INT64_MAX, 1));
  run.replications = static_cast<std::uint32_t>(table.whole("replications", 1, 100'000, 10));
  run.threads = static_cast<std::uint32_t>(table.whole("threads", 1, 1'024, 0));
  run.memory_bytes = memory(table);
  run.kept_cases = static_cast<std::uint64_t>(table.whole("kept_cases", 0, 1'000'000'000, 20'000));
  run.starts = starts(table);
  run.look_every = values.ticks(table, "look_every", 0);
  run.look_period = values.ticks(table, "look_period", 0);
  if (const TomlValue* tails = table.get("tails", Kind::array))
    for (const TomlValue& tail : tails->items)
      if (const auto seconds = values.one(table, "tails", tail, Measured::time)) run.tails.push_back(*seconds);
  if (run.tails.size() > kTailsAtMost) table.fault("tails", "are too many; write at most 64");
  table.finish();
}

Result<Scenario> read_scenario(std::string_view text, const std::string& path, const FitFromLog& fit) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  Scenario scenario;
  scenario.path = path;
  TomlFaults faults;
  const ValueReader values{path, fit};
  ScenarioReader{&document, values, scenario, faults}.read();
  if (!faults.none()) return faults.error(path);
  scenario.assumptions = assumptions_of(document);
  return scenario;
}

Result<Scenario> load_scenario(const std::string& name_or_path, const FitFromLog& fit) {
  std::error_code ignored;
  if (!std::filesystem::exists(name_or_path, ignored)) {
    const std::string_view shipped = embedded_bytes(embedded::scenarios(), name_or_path + ".toml");
    if (!shipped.empty()) return read_scenario(shipped, name_or_path, fit);
    const std::vector<std::string> names = shipped_scenarios();
    const std::string nearest = formats::nearest_word(name_or_path, names);
    std::string detail = name_or_path + ": there is no such file, nor a scenario of this name";
    if (!nearest.empty()) {
      detail += "; did you mean \"" + nearest + "\"?";
    } else {
      detail += "; shipped:";
      for (const std::string& name : names) detail += " " + name;
    }
    return Error{Fault::not_found, detail};
  }
  std::ifstream stream(name_or_path, std::ios::binary);
  std::string content(formats::kTomlBytesMax + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.bad() || (stream.gcount() == 0 && !stream.eof()) || std::filesystem::is_directory(name_or_path, ignored))
    return Error{Fault::unreadable, name_or_path + ": cannot be read; it must be a file that you may read"};
  content.resize(static_cast<std::size_t>(stream.gcount()));
  return read_scenario(content, name_or_path, fit);
}

std::vector<std::string> shipped_scenarios() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded::scenarios()) names.emplace_back(file.name.substr(0, file.name.rfind('.')));
  return names;
}

std::set<std::string> scenario_keys() {
  std::set<std::string> keys;
  TomlFaults faults;
  Scenario scenario;
  const FitFromLog no_log;
  const ValueReader values{"", no_log};
  ScenarioReader{nullptr, values, scenario, faults, &keys}.read();
  keys.erase("LAW");  // stands for any key that takes one
  return keys;
}

}  // namespace guichet::rehearsal
