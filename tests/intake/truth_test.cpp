// Real logs, where they are at hand: their published figures come out exactly, whether the mapping is
// shipped or proposed.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <guichet/formats/json.hpp>
#include <guichet/intake/logs/propose.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/intake/logs/sample.hpp>

#include "told.hpp"

namespace guichet::intake {
namespace {

/// The neighbours that differ, cases that have some, and A→B→A, over one column of numbers.
struct Chain {
  std::uint64_t hand_offs = 0, cases_with_hand_off = 0, bounces = 0, cases_with_bounce = 0;
  std::set<std::uint32_t> all;

  void add(std::vector<std::uint32_t> values) {
    std::erase(values, 0U);
    all.insert(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    const std::uint64_t changes = values.empty() ? 0 : values.size() - 1;
    std::uint64_t back = 0;
    for (std::size_t i = 2; i < values.size(); ++i) back += values[i] == values[i - 2] ? 1U : 0U;
    hand_offs += changes;
    cases_with_hand_off += changes > 0 ? 1U : 0U;
    bounces += back;
    cases_with_bounce += back > 0 ? 1U : 0U;
  }
};

struct Counted {
  LogSummary summary;
  Vocabulary vocabulary;
  Chain persons, teams;
  std::uint64_t reopened = 0, abandoned = 0, appealed = 0;
  std::int64_t spent_ms = 0;
  Instant first = kNever, last = Instant::min();
  std::map<std::string, std::int64_t, std::less<>> status_ms;
  std::string error;
};

Counted count(const std::filesystem::path& path, std::optional<Mapping> mapping = {}) {
  Counted counted;
  Reading reading;
  reading.mapping = std::move(mapping);
  std::map<std::uint32_t, std::int64_t> status_ms;
  reading.on_case = [&](const CaseHistory& history) {
    std::vector<std::uint32_t> persons;
    std::vector<std::uint32_t> teams;
    std::uint8_t flags = 0;
    bool appealed = false;
    for (std::size_t i = 0; i < history.moments.size(); ++i) {
      const Moment& moment = history.moments[i];
      persons.push_back(moment.person);
      teams.push_back(moment.team);
      flags |= moment.flags;
      appealed = appealed || moment.kind == EventKind::appealed;
      if (i + 1 < history.moments.size()) status_ms[moment.status] += (history.moments[i + 1].at - moment.at).count();
    }
    counted.persons.add(std::move(persons));
    counted.teams.add(std::move(teams));
    counted.reopened += (flags & kMomentReopens) != 0 ? 1U : 0U;
    counted.abandoned += (flags & kMomentAbandons) != 0 ? 1U : 0U;
    counted.appealed += appealed ? 1U : 0U;
    counted.spent_ms += (history.moments.back().at - history.moments.front().at).count();
    counted.first = std::min(counted.first, history.moments.front().at);
    counted.last = std::max(counted.last, history.moments.back().at);
  };
  auto summary = read_log(path.string(), reading, counted.vocabulary);
  if (!summary)
    counted.error = summary.error().detail;
  else
    counted.summary = std::move(*summary);
  for (const auto& [status, ms] : status_ms)
    counted.status_ms[std::string(Vocabulary::name(counted.vocabulary.statuses, status))] = ms;
  return counted;
}

const formats::JsonValue* find(const formats::JsonValue& value, std::initializer_list<std::string_view> path) {
  const formats::JsonValue* at = &value;
  for (const std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr || at->kind == formats::JsonValue::Kind::null) return nullptr;
  }
  return at;
}

void expect_chain(const formats::JsonValue& truth, std::string_view name, const Chain& chain) {
  const auto* const said = find(truth, {name});
  if (said == nullptr) return;
  const auto whole = [&](std::string_view key) { return static_cast<std::uint64_t>(said->find(key)->integer); };
  EXPECT_EQ(chain.all.size(), whole("distinct")) << name;
  EXPECT_EQ(chain.hand_offs, whole("handoffs_total")) << name;
  EXPECT_EQ(chain.cases_with_hand_off, whole("cases_with_handoff")) << name;
  EXPECT_EQ(chain.bounces, whole("pingpong_total")) << name;
  EXPECT_EQ(chain.cases_with_bounce, whole("cases_with_pingpong")) << name;
}

TEST(RealLogs, figures_are_exact) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  for (const auto& entry : std::filesystem::directory_iterator(folder / "logs")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".truth.json")) continue;
    const auto truth = formats::parse_json(read_all(entry.path()), name);
    ASSERT_TRUE(truth) << truth.error().detail;
    if (find(*truth, {"cases"}) == nullptr) continue;  // a table of calls, below
    SCOPED_TRACE(name);
    const Counted counted = count(folder / "logs" / truth->find("file")->text);
    ASSERT_EQ(counted.error, "");
    EXPECT_TRUE(counted.summary.skipped.empty());
    EXPECT_EQ(static_cast<std::int64_t>(counted.summary.cases), truth->find("cases")->integer);
    EXPECT_EQ(static_cast<std::int64_t>(counted.summary.events), truth->find("events")->integer);
    EXPECT_EQ(static_cast<std::int64_t>(counted.vocabulary.activities.size()), truth->find("activities")->integer);
    EXPECT_EQ(counted.first, parse_instant(truth->find("first_timestamp")->text));
    EXPECT_EQ(counted.last, parse_instant(truth->find("last_timestamp")->text));
    const double mean = static_cast<double>(counted.spent_ms) / 1000 / static_cast<double>(counted.summary.cases);
    EXPECT_NEAR(mean, find(*truth, {"cycle_time_seconds", "mean"})->number, 0.0006);
    expect_chain(*truth, "resource", counted.persons);
    expect_chain(*truth, "group", counted.teams);
    const bool ruled = counted.summary.mapping_origin == "shipped" && name.find("full") == std::string::npos;
    if (const auto* cases = find(*truth, {"reopened", "cases"}); cases != nullptr && ruled) {
      EXPECT_EQ(static_cast<std::int64_t>(counted.reopened), cases->integer);
    }
    if (const auto* cases = find(*truth, {"abandoned", "cases"}); cases != nullptr && ruled) {
      EXPECT_EQ(static_cast<std::int64_t>(counted.abandoned), cases->integer);
    }
    if (const auto* cases = find(*truth, {"appealed", "cases"})) {
      EXPECT_EQ(static_cast<std::int64_t>(counted.appealed), cases->integer);
    }
    for (const auto* key : {"time_in_status", "time_in_activity"})
      if (const auto* statuses = find(*truth, {key}))
        for (const auto& [status, said] : statuses->members) {
          ASSERT_TRUE(counted.status_ms.contains(status) || said.find("hours")->number == 0) << status;
          const auto ms = counted.status_ms.contains(status) ? counted.status_ms.find(status)->second : 0;
          EXPECT_NEAR(static_cast<double>(ms) / 3.6e6, said.find("hours")->number, 0.00006) << status;
        }
  }
}

TEST(RealLogs, proposals_give_the_same_figures) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  for (const auto& entry : std::filesystem::directory_iterator(folder / "logs")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".truth.json")) continue;
    const auto truth = formats::parse_json(read_all(entry.path()), name);
    ASSERT_TRUE(truth) << truth.error().detail;
    if (find(*truth, {"cases"}) == nullptr) continue;  // a table of calls
    SCOPED_TRACE(name);
    const std::string path = (folder / "logs" / truth->find("file")->text).string();
    auto source = formats::ByteSource::open(path);
    ASSERT_TRUE(source);
    const auto sample = take_sample(std::move(*source));
    ASSERT_TRUE(sample) << sample.error().detail;
    const auto text = propose_mapping(*sample);
    ASSERT_TRUE(text) << text.error().detail;
    auto mapping = read_mapping(*text, "proposed");
    ASSERT_TRUE(mapping) << mapping.error().detail << *text;
    const Counted counted = count(path, std::move(*mapping));
    ASSERT_EQ(counted.error, "") << *text;
    EXPECT_EQ(static_cast<std::int64_t>(counted.summary.cases), truth->find("cases")->integer);
    EXPECT_EQ(static_cast<std::int64_t>(counted.summary.events), truth->find("events")->integer);
    EXPECT_EQ(static_cast<std::int64_t>(counted.vocabulary.activities.size()), truth->find("activities")->integer);
    const double mean = static_cast<double>(counted.spent_ms) / 1000 / static_cast<double>(counted.summary.cases);
    EXPECT_NEAR(mean, find(*truth, {"cycle_time_seconds", "mean"})->number, 0.0006);
    expect_chain(*truth, "resource", counted.persons);
    expect_chain(*truth, "group", counted.teams);
  }
}

TEST(RealLogs, tables_of_one_row_per_case) {
  const auto folder = shared_data();
  if (folder.empty()) GTEST_SKIP() << "no folder of real logs; name one in GUICHET_SHARED_DATA";
  const auto truth_of = [&](const std::string& path) {
    auto truth = formats::parse_json(read_all(folder / path), path);
    EXPECT_TRUE(truth);
    return truth ? std::move(*truth) : formats::JsonValue{};
  };
  const auto whole = [](const formats::JsonValue& truth, std::initializer_list<std::string_view> path) {
    return static_cast<std::uint64_t>(find(truth, path)->integer);
  };
  const auto warned = [](const LogSummary& summary) {
    std::uint64_t all = 0;
    for (const Noted& noted : summary.warnings)
      if (noted.what.starts_with("rows whose events do not follow")) all += noted.count;
    return all;
  };

  const auto calls = truth_of("logs/anonymousbank_1999-02-01_14.truth.json");
  const Counted bank = count(folder / "logs" / calls.find("file")->text);
  ASSERT_EQ(bank.error, "");
  EXPECT_EQ(bank.summary.mapping, "anonymous-bank-calls");
  EXPECT_EQ(bank.summary.records, whole(calls, {"calls"}));
  ASSERT_EQ(bank.summary.skipped.size(), 1U);
  EXPECT_EQ(bank.summary.skipped[0].count, whole(calls, {"outcome", "PHANTOM"}));
  EXPECT_EQ(bank.abandoned, whole(calls, {"outcome", "HANG"}));
  EXPECT_NEAR(static_cast<double>(bank.abandoned) / static_cast<double>(bank.summary.cases),
              find(calls, {"abandonment", "share"})->number, 0.0000006);
  EXPECT_EQ(bank.persons.all.size(), whole(calls, {"servers"}));

  const auto city = truth_of("tables/nyc311_2018-06.truth.json");
  const Counted requests = count(folder / "tables" / city.find("file")->text);
  ASSERT_EQ(requests.error, "");
  EXPECT_EQ(requests.summary.mapping, "nyc-311");
  EXPECT_EQ(requests.summary.cases, whole(city, {"rows"}));
  EXPECT_EQ(requests.summary.events - requests.summary.cases, whole(city, {"closed"}));
  EXPECT_EQ(warned(requests.summary), whole(city, {"negative_durations"}));

  const auto bureau = truth_of("tables/cfpb_2014.truth.json");
  const Counted complaints = count(folder / "tables" / bureau.find("file")->text);
  ASSERT_EQ(complaints.error, "");
  EXPECT_EQ(complaints.summary.cases, whole(bureau, {"rows"}));
  EXPECT_EQ(complaints.vocabulary.matters.size(), find(bureau, {"product"})->members.size());
  EXPECT_EQ(complaints.teams.all.size(), whole(bureau, {"companies"}));
  const double days = static_cast<double>(complaints.spent_ms) / 86.4e6 / static_cast<double>(complaints.summary.cases);
  EXPECT_NEAR(days, find(bureau, {"days_received_to_sent", "mean"})->number, 0.0000006);
}

}  // namespace
}  // namespace guichet::intake
