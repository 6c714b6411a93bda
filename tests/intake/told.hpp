// A log as its reader hears it, for tests: every case with its facts and moments.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <guichet/core/names.hpp>
#include <guichet/intake/logs/read_log.hpp>

namespace guichet::intake {

struct ToldMoment {
  std::string at, activity, status, person, team;
  Moment moment;
};
struct ToldCase {
  std::string name, seller, matter;
  std::int64_t amount_cents{};
  Instant deadline{};
  std::vector<ToldMoment> moments;
};
struct Told {
  std::vector<ToldCase> cases;
  LogSummary summary;
  Vocabulary vocabulary;
  std::string error;  // empty when it could be read

  std::uint64_t skipped(const std::string& what) const { return count(summary.skipped, what); }
  std::uint64_t warned(const std::string& what) const { return count(summary.warnings, what); }

 private:
  static std::uint64_t count(const std::vector<Noted>& noted, const std::string& what) {
    for (const Noted& each : noted)
      if (each.what == what) return each.count;
    return 0;
  }
};

inline Told read_told(formats::ByteSource source, const Mapping& mapping) {
  Told told;
  Reading reading;
  reading.mapping = mapping;
  reading.on_case = [&](const CaseHistory& history) {
    const Vocabulary& v = told.vocabulary;
    ToldCase& one = told.cases.emplace_back();
    one.name = history.facts.name;
    one.seller = Vocabulary::name(v.sellers, history.facts.seller);
    one.matter = Vocabulary::name(v.matters, history.facts.matter);
    one.amount_cents = history.facts.amount_cents;
    one.deadline = history.facts.deadline;
    for (const Moment& m : history.moments)
      one.moments.push_back({print_instant(m.at), std::string(Vocabulary::name(v.activities, m.activity)),
                             std::string(Vocabulary::name(v.statuses, m.status)),
                             std::string(Vocabulary::name(v.persons, m.person)),
                             std::string(Vocabulary::name(v.teams, m.team)), m});
  };
  auto summary = read_log(std::move(source), reading, told.vocabulary);
  if (summary)
    told.summary = std::move(*summary);
  else
    told.error = summary.error().detail;
  return told;
}

/// `mapping` is the text of one.
inline Told tell(std::string_view log, std::string_view mapping) {
  const auto read = read_mapping(mapping, "m.toml");
  Told told;
  if (!read) {
    told.error = read.error().detail;
    return told;
  }
  return read_told(formats::ByteSource::of(log, "log"), *read);
}

inline std::string test_data(const std::string& name) {
  return std::string(GUICHET_SOURCE_DIR) + "/tests/data/logs/" + name;
}

inline Told tell_file(const std::string& path, const std::string& mapping_path) {
  const auto mapping = load_mapping(mapping_path);
  auto source = formats::ByteSource::open(path);
  Told told;
  if (!mapping)
    told.error = mapping.error().detail;
  else if (!source)
    told.error = source.error().detail;
  else
    told = read_told(std::move(*source), *mapping);
  return told;
}

/// The folder of real logs, or an empty path when there is none.
inline std::filesystem::path shared_data() {
  const char* const named = std::getenv("GUICHET_SHARED_DATA");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(GUICHET_SOURCE_DIR).parent_path() / "shared" / "data";
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path{};
}

inline std::string read_all(const std::filesystem::path& path) {
  auto source = formats::ByteSource::open(path.string());
  std::string out;
  if (!source) return out;
  std::string room(1 << 16, '\0');
  for (auto got = source->read(room); got && *got > 0; got = source->read(room)) out.append(room, 0, *got);
  return out;
}

}  // namespace guichet::intake
