// What is kept is what was: a history written to a file and read again gives the same moments, the same facts and,
// bit for bit, the same findings.
#include <guichet/rehearsal/keep.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <guichet/core/decide.hpp>
#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/measures/from_events.hpp>
#include <guichet/measures/tally.hpp>

#include "histories.hpp"
#include "said_by.hpp"

namespace guichet::rehearsal {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

/// Cases with the names behind their numbers.
struct Histories {
  struct Case {
    std::string name;
    CaseFacts facts;
    std::vector<Moment> moments;
  };
  std::deque<Case> cases;
  Vocabulary names;

  void each(const std::function<void(const CaseHistory&)>& tell) const {
    for (const Case& one : cases) {
      CaseHistory history{one.facts, one.moments};
      history.facts.name = one.name;
      tell(history);
    }
  }
};

/// An empty folder for one test.
class Keeping : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::temp_directory_path() / (std::string("guichet_keep_") + test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string keep(const Histories& histories, const std::string& name) const {
    const std::string path = (folder / name).string();
    auto writer = LogWriter::open(path);
    EXPECT_TRUE(writer) << writer.error().detail;
    if (!writer) return path;
    histories.each([&](const CaseHistory& history) { (*writer)->add(history, histories.names); });
    const Outcome done = (*writer)->finish();
    EXPECT_TRUE(done) << done.error().detail;
    return path;
  }

  std::filesystem::path folder;
};

std::string exact(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%a", value);
  return text;
}

/// Every number of findings with all its bits, one per line.
std::string all_of(const measures::Findings& f) {
  std::string out;
  const auto line = [&](const std::string& what, const std::string& value) { out += what + " = " + value + "\n"; };
  const auto whole = [&](const std::string& what, auto value) { line(what, std::to_string(value)); };
  const auto stats = [&](const std::string& where, const std::vector<measures::Stat>& all) {
    for (const measures::Stat& stat : all) line(where + " " + std::string(stat.name), exact(stat.value));
  };
  whole("cases", f.cases);
  whole("events", f.events);
  whole("activities", f.activities);
  line("from", f.from ? print_instant(*f.from) : "");
  line("to", f.to ? print_instant(*f.to) : "");
  for (const measures::Figure& figure : f.figures) {
    const std::string name{measures::measure(figure.id).name};
    whole(name + " n", figure.n);
    whole(name + " unknown", figure.unknown);
    stats(name, figure.stats);
    for (const measures::Row& row : figure.rows)
      stats(name + " [" + kept_text(row.label) + std::string(row.word) + "]", row.stats);
  }
  for (const measures::NotComputed& missing : f.not_computed) {
    std::string needs;
    for (std::size_t i = 0; i < measures::kNeeds; ++i)
      if (const auto need = static_cast<measures::Need>(i); missing.missing.has(need))
        needs += ' ' + std::string(measures::name(need));
    line("not computed " + std::string(measures::measure(missing.id).name), needs);
  }
  for (const measures::NamedRule& named : f.closing_rules) {
    const measures::ClosingRule& rule = named.rule;
    const std::string where = "rule " + named.start + " > " + named.finish + " by " + named.actor;
    whole(where + " machine", static_cast<int>(named.machine));
    for (const Duration each : {rule.delay, rule.shortest, rule.longest}) whole(where + " ms", each.count());
    whole(where + " n", rule.n);
    whole(where + " of", rule.of);
    line(where + " from", print_instant(rule.first) + " to " + print_instant(rule.last));
    for (const double each : {rule.share, rule.actor_share, rule.clock_hours, rule.before.p50, rule.after.p50})
      line(where, exact(each));
  }
  for (const auto* bins : {&f.cycle_time, &f.closing_delay})
    for (const measures::Bin& bin : *bins) whole("bin " + exact(bin.low) + " " + exact(bin.high), bin.count);
  for (const auto* counts : {&f.agents_met, &f.hand_offs})
    for (const std::uint64_t count : *counts) whole("cases", count);
  for (const measures::Month& month : f.months)
    whole(
        "month " + std::to_string(month.year) + "-" + std::to_string(month.month) + " " + std::to_string(month.opened),
        month.closed);
  return out;
}

/// A case in names instead of numbers, so that two numberings can be compared.
std::string told(const CaseHistory& history, const Vocabulary& v) {
  const auto called = [](const std::vector<std::string>& names, std::uint32_t index) {
    return "|" + kept_text(Vocabulary::name(names, index));
  };
  const CaseFacts& facts = history.facts;
  std::string out = kept_text(facts.name) + called(v.sellers, facts.seller) + called(v.matters, facts.matter) + "|" +
                    std::to_string(facts.amount_cents) + "|" +
                    std::to_string(facts.deadline.time_since_epoch().count()) +
                    (facts.predecessor ? "|again\n" : "|\n");
  for (const Moment& m : history.moments)
    out += std::to_string(m.at.time_since_epoch().count()) + called(v.activities, m.activity) +
           called(v.statuses, m.status) + called(v.persons, m.person) + called(v.teams, m.team) + "|" +
           std::to_string(m.words) + "|" + std::string(name(m.kind)) + "|" + std::string(name(m.party)) + "|" +
           std::string(name(m.turn)) + "|" + std::to_string(m.flags) + "\n";
  return out;
}

struct Read {
  std::string histories, findings, mapping;
  intake::LogSummary summary;
};

Read read(const std::string& path) {
  Read out;
  auto chosen = intake::choose_mapping(path);
  EXPECT_TRUE(chosen) << chosen.error().detail;
  if (!chosen) return out;
  out.mapping = chosen->mapping.name + ", " + chosen->origin;
  measures::Tally tally;
  Vocabulary names;
  intake::Reading reading;
  reading.mapping = chosen->mapping;
  reading.on_case = [&](const CaseHistory& history) {
    tally.fold(history);
    out.histories += told(history, names);
  };
  auto summary = intake::read_log(path, reading, names);
  EXPECT_TRUE(summary) << summary.error().detail;
  if (!summary) return out;
  out.summary = std::move(*summary);
  tally.can_say(cli::said_by(chosen->mapping, out.summary));
  out.findings = all_of(tally.findings(names));
  return out;
}

Read as_they_were(const Histories& histories) {
  Read out;
  measures::Tally tally;
  histories.each([&](const CaseHistory& history) {
    tally.fold(history);
    out.histories += told(history, histories.names);
  });
  tally.can_say(measures::kEventsSay);
  out.findings = all_of(tally.findings(histories.names));
  return out;
}

constexpr const char* kForms[] = {"kept.csv", "kept.xes", "kept.csv.gz", "kept.xes.gz"};

/// Cases under a procedure, their first instants some hours apart.
void live(const properties::World& world, Random& random, std::size_t cases, const std::string& prefix,
          Histories& into) {
  std::vector<Event> events;
  for (std::size_t n = 0; n < cases; ++n) {
    events.clear();
    CaseState state;
    Instant now = properties::kBeginning + hours{7 * n};
    for (std::size_t i = 0; i < properties::kCommandsPerHistory; ++i) {
      const Command command = properties::draw_command(random, state, world.procedure(), now);
      Decision decision;
      if (decide(state, command, world.rules(), decision) != Refusal::none) continue;
      now = command.at;
      for (std::size_t e = 0; e < decision.count; ++e) {
        events.push_back(decision.room[e]);
        evolve_in_place(state, events.back());
      }
    }
    if (events.empty()) continue;
    Histories::Case& one = into.cases.emplace_back();
    one.facts = measures::history_of(events, one.moments).facts;
    one.name = prefix + std::to_string(n);
    // Nonsense may bring in persons whom nobody has named.
    for (Moment& moment : one.moments) moment.person = std::min(moment.person, 9U);
    one.facts.seller = 1 + static_cast<std::uint32_t>(random.below(9));
    if (random.below(3) == 0) one.facts.deadline = now - Seconds{random.below(40 * 86'400)};
  }
}

TEST_F(Keeping, random_histories_under_any_procedure_give_the_same_findings) {
  Random random(20260105, 3);
  Histories histories;
  histories.names = measures::event_vocabulary(ActorId{9});
  for (const char* procedure : {"guichet-unique", "next-available", "p2b-minimum"})
    live(properties::World(procedure), random, 200, std::string(procedure) + "-", histories);
  for (int i = 0; i < 60; ++i)
    live(properties::World(random), random, 5, "r" + std::to_string(i + 1) + "-00000", histories);
  const Read were = as_they_were(histories);
  ASSERT_GT(histories.cases.size(), 700U);
  for (const char* form : kForms) {
    const Read again = read(keep(histories, form));
    EXPECT_EQ(again.mapping, "guichet-kept, shipped") << form;
    EXPECT_EQ(again.histories, were.histories) << form;
    EXPECT_EQ(again.findings, were.findings) << form;
    EXPECT_TRUE(again.summary.skipped.empty()) << form << again.summary.skipped.front().what;
    EXPECT_TRUE(again.summary.warnings.empty()) << form << again.summary.warnings.front().what;
  }
}

/// A timer that closes most cases after exactly two days, so that closing rules are compared too.
TEST_F(Keeping, closing_rules_and_their_actors_are_found_again) {
  Histories histories;
  histories.names.activities = {"open", "shut", "answer", "shut by hand"};
  histories.names.statuses = {"waiting", "over"};
  histories.names.persons = {"Zoë", "timer", "Ann"};
  histories.names.teams = {"front"};
  Random random(7, 7);
  for (std::uint32_t n = 0; n < 400; ++n) {
    Histories::Case& one = histories.cases.emplace_back();
    one.name = "r1-" + std::to_string(n);
    const Instant opened = kStart + hours{5 * n};
    const bool by_timer = n % 4 != 0;
    const Duration wait = by_timer ? Duration{hours{48}} : Duration{random.below(90'000'000)};
    const std::uint32_t person = by_timer ? 2 : n % 8 == 0 ? 1 : 3;
    one.moments = {{.at = opened, .activity = 1, .status = 1, .person = 3, .team = 1, .party = Party::desk},
                   {.at = opened + wait,
                    .activity = by_timer ? 2U : 4U,
                    .status = 2,
                    .person = person,
                    .kind = EventKind::closed,
                    .party = Party::desk,
                    .flags = by_timer ? kMomentSystem : std::uint8_t{0}}};
  }
  const Read were = as_they_were(histories);
  EXPECT_NE(were.findings.find("rule waiting > over by timer"), std::string::npos);
  for (const char* form : kForms) {
    const Read again = read(keep(histories, form));
    EXPECT_EQ(again.histories, were.histories) << form;
    EXPECT_EQ(again.findings, were.findings) << form;
  }
}

TEST_F(Keeping, any_text_survives) {
  const std::vector<std::string> texts{"a,b",
                                       "say \"no\"",
                                       "\"",
                                       "two\nlines",
                                       "cr\rlf\r\n",
                                       " blanks ",
                                       "\ttab",
                                       "=1+1",
                                       "-x",
                                       "'=x",
                                       "@me",
                                       "+33",
                                       "-5",
                                       "''",
                                       "<&>'\"",
                                       "&amp;",
                                       "]]>",
                                       "é ☎ 𝄞 \u202ex",
                                       "\u00a0",
                                       "\u2028",
                                       "\ufeffbom",
                                       "a\1b",
                                       "nul" + std::string(1, '\0'),
                                       "\x7f",
                                       "bad \xff\xfe",
                                       "cut \xE2\x82",
                                       "\uFFFE",
                                       "\uFFFF|",
                                       "null",
                                       "NULL",
                                       "0",
                                       "trace:x",
                                       "a/b",
                                       "*",
                                       "r1-000001",
                                       ";",
                                       "; ;",
                                       "#",
                                       "2026-01-05",
                                       "\u0085",
                                       "ab\\n",
                                       "]]>\t<"};
  Histories histories;
  for (std::uint32_t n = 1; n <= texts.size(); ++n) {
    Histories::Case& one = histories.cases.emplace_back();
    one.name = texts[n - 1];
    one.facts.seller = one.facts.matter = n;
    const std::uint32_t next = n == texts.size() ? 1 : n + 1;
    one.moments = {{.at = kStart, .activity = n, .status = n, .person = n, .team = n, .party = Party::desk},
                   {.at = kStart + hours{n},
                    .activity = next,
                    .status = next,
                    .person = next,
                    .team = next,
                    .party = Party::desk}};
  }
  // What cannot be written as it is counts under the name that it has in the file.
  std::vector<std::string> kept;
  for (const std::string& text : texts) kept.push_back(kept_text(text));
  histories.names = {kept, kept, kept, kept, kept, kept};
  const std::string findings = as_they_were(histories).findings;
  histories.names = {texts, texts, texts, texts, texts, texts};
  const std::string told_before = as_they_were(histories).histories;
  for (const char* form : kForms) {
    const Read again = read(keep(histories, form));
    EXPECT_EQ(again.mapping, "guichet-kept, shipped") << form;
    EXPECT_EQ(again.findings, findings) << form;
    EXPECT_EQ(again.histories, told_before) << form;
    EXPECT_TRUE(again.summary.warnings.empty()) << form << again.summary.warnings.front().what;
  }
}

TEST_F(Keeping, edges_of_numbers_and_times) {
  Histories histories;
  histories.names.activities = {"a", "b"};
  histories.names.sellers = {"s"};
  const std::vector<std::int64_t> cents{-1, 0, 1, 9, 10, 99, 100, 101, 4'294'967'295, 899'999'999'999'999};
  for (std::size_t n = 0; n < cents.size(); ++n) {
    Histories::Case& one = histories.cases.emplace_back();
    one.name = "case " + std::to_string(n);
    one.facts.amount_cents = cents[n];
    one.facts.predecessor = CaseId{static_cast<std::uint32_t>(n % 2)};
    if (n % 3 == 0) one.facts.deadline = kStart + Duration{n};
    // Equal times keep their order; all kinds, parties, turns and marks occur.
    for (std::uint32_t i = 0; i < 82; ++i)
      one.moments.push_back({.at = kStart + Duration{i / 4 * (n == 0 ? 0 : 37)},
                             .activity = 1 + i % 2,
                             .words = i == 0 ? 0xFFFF'FFFFU : i,
                             .kind = static_cast<EventKind>(i % kEventKinds),
                             .party = static_cast<Party>(i % 5),
                             .turn = static_cast<Turn>(i / 3 % 4),
                             .flags = static_cast<std::uint8_t>(i % 64)});
  }
  Histories::Case& early = histories.cases.emplace_back();
  early.name = "long ago";
  early.moments = {{.at = Instant{Duration{-1}}, .activity = 1}, {.at = kStart + days{365'000}, .activity = 2}};
  const Read were = as_they_were(histories);
  for (const char* form : kForms) {
    const Read again = read(keep(histories, form));
    EXPECT_EQ(again.histories, were.histories) << form;
    EXPECT_EQ(again.findings, were.findings) << form;
  }
}

TEST_F(Keeping, what_never_happened_is_a_zero_and_not_unknown) {
  Histories histories;
  histories.names.activities = {"only"};
  Histories::Case& one = histories.cases.emplace_back();
  one.moments = {{.at = kStart, .activity = 1}};
  const Read were = as_they_were(histories);
  EXPECT_NE(were.findings.find("reopened n = 1"), std::string::npos);
  for (const char* form : kForms) {
    const Read again = read(keep(histories, form));
    EXPECT_EQ(again.mapping, "guichet-kept, shipped") << form;
    EXPECT_EQ(again.findings, were.findings) << form;
    EXPECT_TRUE(again.summary.warnings.empty()) << form << again.summary.warnings.front().what;
  }
}

std::string text_of(const std::string& path) {
  auto source = formats::ByteSource::open(path);
  std::string out;
  std::string room(1 << 16, '\0');
  if (!source) return out;
  for (auto got = source->read(room); got && *got > 0; got = source->read(room)) out.append(room, 0, *got);
  return out;
}

Histories two_cases() {
  Histories histories;
  histories.names.activities = {"opened", "message_sent"};
  histories.names.statuses = {"open, desk"};
  histories.names.persons = {"7", "front 2"};
  histories.names.teams = {"front"};
  histories.names.sellers = {"7"};
  histories.names.matters = {"refunds & fees"};
  histories.cases.push_back({"r1-000001",
                             {.seller = 1, .matter = 1, .amount_cents = 12'050, .deadline = kStart + days{2}},
                             {{.at = kStart,
                               .activity = 1,
                               .status = 1,
                               .person = 1,
                               .kind = EventKind::opened,
                               .party = Party::seller,
                               .turn = Turn::desk},
                              {.at = kStart + Duration{1'500},
                               .activity = 2,
                               .person = 2,
                               .team = 1,
                               .words = 40,
                               .kind = EventKind::message_sent,
                               .party = Party::desk,
                               .flags = kMomentPublic | kMomentResolves}}});
  histories.cases.push_back({"r1-000002", {.predecessor = CaseId{1}}, {{.at = kStart, .activity = 1}}});
  return histories;
}

TEST_F(Keeping, a_table_is_plain) {
  EXPECT_EQ(
      text_of(keep(two_cases(), "kept.csv")),
      "case,activity,time,person,team,status,event,by,turn,words,marks,seller,matter,amount,deadline,predecessor\n"
      "r1-000001,opened,2026-01-05T00:00:00.000Z,7,,\"open, desk\",opened,seller,desk,,,7,refunds & fees,120.50,"
      "2026-01-07T00:00:00.000Z,\n"
      "r1-000001,message_sent,2026-01-05T00:00:01.500Z,front 2,front,,message_sent,desk,,40,public resolves,7,"
      "refunds & fees,120.50,2026-01-07T00:00:00.000Z,\n"
      "r1-000002,opened,2026-01-05T00:00:00.000Z,,,,,,,,,,,,,1\n");
}

TEST_F(Keeping, xes_uses_the_standard_extensions) {
  const std::string xes = text_of(keep(two_cases(), "kept.xes"));
  const std::string traces = xes.substr(xes.find("<trace>"));
  EXPECT_EQ(traces,
            "<trace><string key=\"concept:name\" value=\"r1-000001\"/><string key=\"seller\" value=\"7\"/>"
            "<string key=\"matter\" value=\"refunds &amp; fees\"/><float key=\"amount\" value=\"120.50\"/>"
            "<date key=\"deadline\" value=\"2026-01-07T00:00:00.000Z\"/>\n"
            "<event><string key=\"concept:name\" value=\"opened\"/>"
            "<date key=\"time:timestamp\" value=\"2026-01-05T00:00:00.000Z\"/>"
            "<string key=\"lifecycle:transition\" value=\"complete\"/><string key=\"org:resource\" value=\"7\"/>"
            "<string key=\"org:group\" value=\"\"/><string key=\"status\" value=\"open, desk\"/>"
            "<string key=\"event\" value=\"opened\"/><string key=\"by\" value=\"seller\"/>"
            "<string key=\"turn\" value=\"desk\"/><string key=\"marks\" value=\"\"/></event>\n"
            "<event><string key=\"concept:name\" value=\"message_sent\"/>"
            "<date key=\"time:timestamp\" value=\"2026-01-05T00:00:01.500Z\"/>"
            "<string key=\"lifecycle:transition\" value=\"complete\"/><string key=\"org:resource\" value=\"front 2\"/>"
            "<string key=\"org:group\" value=\"front\"/><string key=\"event\" value=\"message_sent\"/>"
            "<string key=\"by\" value=\"desk\"/><int key=\"words\" value=\"40\"/>"
            "<string key=\"marks\" value=\"public resolves\"/></event>\n"
            "</trace>\n"
            "<trace><string key=\"concept:name\" value=\"r1-000002\"/><string key=\"predecessor\" value=\"1\"/>\n"
            "<event><string key=\"concept:name\" value=\"opened\"/>"
            "<date key=\"time:timestamp\" value=\"2026-01-05T00:00:00.000Z\"/>"
            "<string key=\"lifecycle:transition\" value=\"complete\"/></event>\n"
            "</trace>\n"
            "</log>\n");
  for (const char* extension : {"concept", "time", "org", "lifecycle"})
    EXPECT_NE(xes.find("prefix=\"" + std::string(extension) + "\""), std::string::npos);
}

TEST_F(Keeping, a_file_that_is_not_finished_does_not_stand) {
  const std::string path = (folder / "kept.csv").string();
  {
    auto writer = LogWriter::open(path);
    ASSERT_TRUE(writer);
    const Histories histories = two_cases();
    histories.each([&](const CaseHistory& history) { (*writer)->add(history, histories.names); });
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(Keeping, the_form_is_in_the_name) {
  const auto unknown = LogWriter::open((folder / "kept.txt").string());
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().detail.find("end the name in .csv, .xes, .csv.gz or .xes.gz"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

}  // namespace
}  // namespace guichet::rehearsal
