// How fast logs are read: a table and an XES log of invented cases, from a file through a mapping to whole
// cases; and beside it what expat alone needs for the same bytes.
//   bench/intake [MEGABYTES of XES, 200] [LOG MAPPING]
// The peak of memory is that of the whole program, after the XES log has been read: give 1000 for a log of a
// gigabyte. The files stand in a folder for passing things and are removed.
#include <expat.h>
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <guichet/base/digest.hpp>
#include <guichet/base/random.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include "stopwatch.hpp"

namespace guichet::bench {
namespace {

constexpr std::uint64_t kTableRows = 1'000'000;
constexpr std::array<std::string_view, 4> kStates{"Accepted", "Queued", "Completed", "Unmatched"};
constexpr std::array<std::string_view, 6> kSteps{"In Progress", "Awaiting",    "Resolved",
                                                 "Closed",      "Wait - User", "Assigned"};

constexpr std::string_view kTableMapping = R"(
[columns]
case = "case"
activity = "activity"
transition = "transition"
status = ["activity", "transition"]
time = "time"
person = "person"
team = "team"
[[meaning]]
activity = "Completed"
transition = "Closed"
event = "closed"
[[waiting]]
transition = "Wait - User"
for = "seller"
[reopened]
after = {activity = "Completed"}
then = {activity_not = "Completed"}
)";

/// One invented event: what the table and the XES log write of it.
struct Invented {
  std::string time, state, step, person, team;
};

Invented invent(Random& random, std::int64_t& second) {
  second += 60 + random.below(40'000);
  Invented event;
  event.time = print_instant(Instant{std::chrono::seconds{second}});
  event.state = kStates[random.below(kStates.size())];
  event.step = kSteps[random.below(kSteps.size())];
  event.person = "person " + std::to_string(random.below(1440));
  event.team = "team " + std::to_string(random.below(650));
  return event;
}

void write_table(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  std::fputs("case,activity,transition,time,person,team,product,impact,country,line,role\n", file.get());
  Random random(1);
  std::int64_t second = 0;
  std::uint64_t number = 0;
  for (std::uint64_t row = 0; row < kTableRows; ++row) {
    if (row == 0 || random.below(9) == 0) {
      ++number;
      second = 1'300'000'000 + random.below(40'000'000);
    }
    const Invented e = invent(random, second);
    std::fprintf(file.get(), "1-%llu,%s,%s,%s,%s,%s,PROD%u,Medium,Sweden,Org line A%u,A2_%u\n",
                 static_cast<unsigned long long>(number), e.state.c_str(), e.step.c_str(), e.time.c_str(),
                 e.person.c_str(), e.team.c_str(), random.below(700), random.below(3), random.below(9));
  }
}

void write_xes(const std::string& path, std::uint64_t bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  std::fputs(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<log xes.version=\"1.0\" xmlns=\"http://www.xes-standard.org/\">\n",
      file.get());
  Random random(2);
  for (std::uint64_t number = 1; static_cast<std::uint64_t>(std::ftell(file.get())) < bytes; ++number) {
    std::fprintf(file.get(), "\t<trace>\n\t\t<string key=\"concept:name\" value=\"1-%llu\"/>\n",
                 static_cast<unsigned long long>(number));
    std::int64_t second = 1'300'000'000 + random.below(40'000'000);
    for (std::uint32_t left = 1 + random.below(17); left > 0; --left) {
      const Invented e = invent(random, second);
      std::fprintf(
          file.get(),
          "\t\t<event>\n\t\t\t<string key=\"org:group\" value=\"%s\"/>\n\t\t\t<string key=\"resource country\" "
          "value=\"Sweden\"/>\n"
          "\t\t\t<string key=\"org:resource\" value=\"%s\"/>\n\t\t\t<string key=\"impact\" value=\"Medium\"/>\n"
          "\t\t\t<string key=\"concept:name\" value=\"%s\"/>\n\t\t\t<string key=\"lifecycle:transition\" "
          "value=\"%s\"/>\n"
          "\t\t\t<date key=\"time:timestamp\" value=\"%s\"/>\n\t\t</event>\n",
          e.team.c_str(), e.person.c_str(), e.state.c_str(), e.step.c_str(), e.time.c_str());
    }
    std::fputs("\t</trace>\n", file.get());
  }
  std::fputs("</log>\n", file.get());
}

/// Expat without any handler, over the bytes of a file (unpacked when it is gzip).
double bare_expat(const std::string& path) {
  const Stopwatch watch;
  auto source = formats::ByteSource::open(path);
  if (!source) return 0;
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  while (true) {
    constexpr int kPiece = 1 << 18;
    auto* const room = static_cast<char*>(XML_GetBuffer(parser.get(), kPiece));
    const auto got = source->read({room, static_cast<std::size_t>(kPiece)});
    if (!got || XML_ParseBuffer(parser.get(), static_cast<int>(*got), *got == 0) == XML_STATUS_ERROR) return 0;
    if (*got == 0) return watch.seconds();
  }
}

double read(const std::string& path, std::string_view mapping, std::string_view what) {
  auto read = intake::read_mapping(mapping, "mapping");
  if (!read) {
    std::fprintf(stderr, "%s\n", read.error().detail.c_str());
    return 0;
  }
  intake::Reading reading;
  reading.mapping = std::move(*read);
  RunningDigest digest;
  reading.on_case = [&](const CaseHistory& history) {
    for (const Moment& m : history.moments) {
      digest.add(static_cast<std::uint64_t>(m.at.time_since_epoch().count()));
      digest.add(m.activity + (std::uint64_t{m.person} << 32));
    }
  };
  Vocabulary vocabulary;
  const Stopwatch watch;
  const auto summary = intake::read_log(path, reading, vocabulary);
  const double seconds = watch.seconds();
  if (!summary) {
    std::fprintf(stderr, "%s\n", summary.error().detail.c_str());
    return 0;
  }
  print_rate(what, summary->events, "events", seconds);
  std::printf("  %llu cases, digest %s\n", static_cast<unsigned long long>(summary->cases), digest.hex().c_str());
  return seconds;
}

void compare(const std::string& path, std::string_view mapping, std::string_view what) {
  const double ours = read(path, mapping, what);
  const double bare = bare_expat(path);
  std::printf("  expat alone %.2f s; reading %.2f s, %.2f times that\n", bare, ours, bare > 0 ? ours / bare : 0);
}

int run(int argc, char** argv) {
  const std::uint64_t megabytes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200;
  std::string room = (std::filesystem::temp_directory_path() / "guichet-bench-XXXXXX").string();
  if (mkdtemp(room.data()) == nullptr) return 1;
  const std::filesystem::path folder = room;
  std::string xes_mapping =
      "[columns]\ncase = 'trace:concept:name'\nactivity = 'concept:name'\ntransition = 'lifecycle:transition'\n"
      "status = ['concept:name', 'lifecycle:transition']\ntime = 'time:timestamp'\nperson = 'org:resource'\n"
      "team = 'org:group'\n";
  const std::string_view rules{kTableMapping};
  xes_mapping += rules.substr(rules.find("[[meaning]]"));

  const std::string xes = (folder / "log.xes").string();
  write_xes(xes, megabytes << 20);
  std::printf("XES, %llu MB\n", static_cast<unsigned long long>(megabytes));
  compare(xes, xes_mapping, "XES, file to whole cases");
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("  peak of memory %ld MB\n", used.ru_maxrss / 1024);

  const std::string table = (folder / "table.csv").string();
  write_table(table);
  std::printf("CSV, %llu MB\n", static_cast<unsigned long long>(std::filesystem::file_size(table) >> 20));
  read(table, kTableMapping, "CSV, file to whole cases");
  std::filesystem::remove_all(folder);

  if (argc > 3) {
    std::printf("%s\n", argv[2]);
    auto text = formats::ByteSource::open(argv[3]);
    std::string mapping(1 << 20, '\0');
    const auto got = text ? text->read(mapping) : Result<std::size_t>(std::size_t{0});
    if (got) compare(argv[2], std::string_view(mapping).substr(0, *got), "XES, file to whole cases");
  }
  return 0;
}

}  // namespace
}  // namespace guichet::bench

int main(int argc, char** argv) { return guichet::bench::run(argc, argv); }
