#include <guichet/intake/logs/csv_log.hpp>
#include <guichet/intake/logs/read_log.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "told.hpp"

namespace guichet::intake {
namespace {

constexpr std::string_view kTable = R"(
[columns]
case = "case"
activity = "what"
time = "when"
person = "who"
)";

Told table(const std::string& rows, const std::string& more = "") {
  return tell("case,what,when,who\n" + rows, std::string(kTable) + more);
}

void expect_stall(const Told& told) {
  ASSERT_EQ(told.error, "");
  ASSERT_EQ(told.cases.size(), 2U);
  EXPECT_EQ(told.summary.cases, 2U);
  EXPECT_EQ(told.summary.events, 6U);
  EXPECT_EQ(told.summary.records, 6U);
  EXPECT_TRUE(told.summary.skipped.empty());

  const ToldCase& first = told.cases[0];
  EXPECT_EQ(first.name, "S-1");
  EXPECT_EQ(first.seller, "Rosa & sons");
  EXPECT_EQ(first.amount_cents, 1250);
  EXPECT_EQ(print_instant(first.deadline), "2026-03-05T00:00:00Z");
  ASSERT_EQ(first.moments.size(), 4U);
  const auto expect = [](const ToldMoment& m, std::string_view at, std::string_view activity, std::string_view status,
                         std::string_view person, std::string_view team, EventKind kind, Party party, Turn turn,
                         int flags) {
    EXPECT_EQ(m.at, at);
    EXPECT_EQ(m.activity, activity);
    EXPECT_EQ(m.status, status);
    EXPECT_EQ(m.person, person);
    EXPECT_EQ(m.team, team);
    EXPECT_EQ(m.moment.kind, kind);
    EXPECT_EQ(m.moment.party, party);
    EXPECT_EQ(m.moment.turn, turn);
    EXPECT_EQ(m.moment.flags, flags);
  };
  using K = EventKind;
  using P = Party;
  using T = Turn;
  expect(first.moments[0], "2026-03-02T08:00:00.250Z", "ask", "ask/front", "Ann", "front", K::message_sent, P::seller,
         T::desk, kMomentPublic);
  EXPECT_EQ(first.moments[0].moment.words, 5U);
  expect(first.moments[1], "2026-03-02T10:00:00Z", "resolve", "resolve/front", "Bob", "front", K::resolution_proposed,
         P::desk, T::seller, kMomentResolves);
  expect(first.moments[2], "2026-03-03T10:00:00Z", "ask", "ask", "", "", K::message_sent, P::seller, T::desk,
         kMomentPublic | kMomentReopens);
  expect(first.moments[3], "2026-03-04T10:00:00Z", "close", "close", "robot", "", K::closed, P::nobody, T::nobody,
         kMomentSystem | kMomentCloses);

  const ToldCase& second = told.cases[1];
  EXPECT_EQ(second.name, "S-2");
  EXPECT_EQ(second.seller, "");
  EXPECT_EQ(second.amount_cents, -1);
  EXPECT_EQ(second.deadline, kNever);
  ASSERT_EQ(second.moments.size(), 2U);
  expect(second.moments[0], "2026-03-05T10:00:00Z", "ask", "ask", "", "", K::message_sent, P::seller, T::desk,
         kMomentPublic);
  expect(second.moments[1], "2026-03-06T10:00:00Z", "resolve", "resolve", "Bob", "", K::resolution_proposed, P::desk,
         T::seller, kMomentResolves | kMomentAbandons);
}

TEST(XesLog, version_1_with_namespace_globals_and_nested_attributes) {
  const Told told = tell_file(test_data("stall-1.0.xes"), test_data("stall.toml"));
  expect_stall(told);
  EXPECT_EQ(told.summary.format, "XES 1.0");
  EXPECT_EQ(told.warned("traces whose events are not in time order in the file (sorted)"), 1U);
}

TEST(XesLog, the_same_compressed) { expect_stall(tell_file(test_data("stall-1.0.xes.gz"), test_data("stall.toml"))); }

TEST(XesLog, version_2_without_namespace) {
  const Told told = tell_file(test_data("stall-2.0.xes"), test_data("stall.toml"));
  expect_stall(told);
  EXPECT_EQ(told.summary.format, "XES 2.0");
}

TEST(XesLog, utf_16) { expect_stall(tell_file(test_data("stall-utf16.xes"), test_data("stall.toml"))); }

TEST(XesLog, attributes_are_counted_with_values_only) {
  const Told told = tell_file(test_data("stall-1.0.xes"), test_data("stall.toml"));
  const auto seen = [&](const std::string& name) {
    for (const ColumnSeen& column : told.summary.columns)
      if (column.name == name) return static_cast<int>(column.values);
    return -1;
  };
  EXPECT_EQ(seen("concept:name"), 6);  // neither the inner one nor the globals
  EXPECT_EQ(seen("org:group"), 2);     // an empty value is none
  EXPECT_EQ(seen("trace:concept:name"), 2);
  EXPECT_EQ(seen("trace:vendor"), 1);
}

constexpr std::string_view kXes = R"(
[columns]
case = "trace:concept:name"
activity = "concept:name"
time = "time:timestamp"
)";

std::string event(const std::string& name, const std::string& time) {
  return "<event><string key='concept:name' value='" + name + "'/>" +
         (time.empty() ? "" : "<date key='time:timestamp' value='" + time + "'/>") + "</event>\n";
}

TEST(XesLog, what_cannot_be_read_is_counted_with_its_place) {
  const Told told = tell("<log>\n" + event("lost", "2026-01-01") + "<trace><string key='concept:name' value='a'/>\n" +
                             event("x", "2026-01-01T00:00:00Z") + event("y", "") + event("z", "2026-02-30T00:00:00Z") +
                             event("w", "2026-01-03T00:00:00+01:00") + event("v", "2026-01-04T00:00:00+01:00") +
                             "</trace>\n<trace><string key='concept:name' value='a'/>" +
                             event("x", "2026-01-01T00:00:00Z") + "</trace>\n<trace/></log>",
                         kXes);
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.summary.cases, 2U);
  EXPECT_EQ(told.summary.events, 4U);
  EXPECT_EQ(told.summary.records, 6U);
  EXPECT_EQ(told.skipped("events outside of any trace"), 1U);
  EXPECT_EQ(told.skipped("events without a time"), 1U);
  EXPECT_EQ(told.skipped("events whose time cannot be read"), 1U);
  EXPECT_EQ(told.skipped("traces without an event that could be read"), 1U);
  EXPECT_EQ(told.warned("traces with a name that came before (kept as separate cases)"), 1U);
  EXPECT_EQ(told.warned("traces without a name"), 1U);
  for (const Noted& noted : told.summary.skipped) {
    if (noted.what != "events whose time cannot be read") continue;
    EXPECT_EQ(noted.example, "2026-02-30T00:00:00Z");
    EXPECT_EQ(noted.places, std::vector<std::string>{"trace 1, event 3, line 6"});
  }
}

TEST(XesLog, keys_that_come_twice_are_told) {
  const Told told = tell(
      "<log><trace><string key='concept:name' value='a'/>\n<string key='concept:name' value='b'/>\n<event><string "
      "key='concept:name' value='x'/>\n<date key='time:timestamp' value='2024-01-01'/>\n<date key='time:timestamp' "
      "value='2025-01-01'/></event></trace></log>",
      kXes);
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.warned("attributes that come twice in one event or trace (the first counts)"), 2U);
  ASSERT_EQ(told.cases.size(), 1U);
  EXPECT_EQ(told.cases[0].name, "a");
  EXPECT_EQ(told.cases[0].moments[0].at, "2024-01-01T00:00:00Z");
}

TEST(XesLog, broken_documents_are_errors_with_line_and_column) {
  EXPECT_EQ(tell("<log><trace></log>", kXes).error, "log:1:15: mismatched tag");
  EXPECT_EQ(tell("<log>\n<trace>\n", kXes).error, "log:3:1: no element found");
  EXPECT_EQ(tell("<html><body/></html>", kXes).error,
            "log:1:1: this is not an XES log: its root element is <html>, not <log>");
  EXPECT_EQ(tell("<log/>", kXes).error, "log: the log has no trace with an event");
  EXPECT_NE(tell("<!DOCTYPE log [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><log>&b;</log>", kXes)
                .error.find("declares an entity"),
            std::string::npos);
}

TEST(XesLog, a_cut_file_is_an_error_wherever_it_is_cut) {
  const std::string whole = read_all(test_data("stall-1.0.xes"));
  const std::string mapping = read_all(test_data("stall.toml"));
  const std::size_t end = whole.rfind("</log>") + 6;
  for (std::size_t cut = 0; cut < end; cut += 13) EXPECT_NE(tell(whole.substr(0, cut), mapping).error, "") << cut;
}

TEST(XesLog, a_value_of_ten_megabytes_is_read) {
  const std::string large(std::size_t{10} << 20, 'x');
  const Told told = tell(
      "<log><trace><string key='concept:name' value='a'/>" + event(large, "2026-01-01T00:00:00Z") + "</trace></log>",
      kXes);
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.vocabulary.activities[0].size(), large.size());
}

TEST(XesLog, a_mapping_that_does_not_fit_says_what_is_there) {
  std::string mapping{kXes};
  mapping.replace(mapping.find("time:timestamp"), 14, "time:timestmp");
  const Told told =
      tell("<log><trace><string key='concept:name' value='a'/>" + event("x", "2026-01-01T00:00:00Z") + "</trace></log>",
           mapping);
  EXPECT_EQ(
      told.error,
      "log: 1 of 1: events without a time (first: trace 1, event 1, line 1). The mapping m.toml does not fit this "
      "log: there is no attribute \"time:timestmp\"; did you mean \"time:timestamp\"?");
}

TEST(CsvLog, rows_of_a_case_need_not_stand_together) {
  const Told told = tell_file(test_data("stall.csv"), test_data("stall-csv.toml"));
  ASSERT_EQ(told.error, "");
  ASSERT_EQ(told.cases.size(), 2U);
  EXPECT_EQ(told.cases[0].name, "S-1");
  EXPECT_EQ(told.cases[0].seller, "Rosa & sons");
  EXPECT_EQ(told.cases[0].amount_cents, 1250);
  ASSERT_EQ(told.cases[0].moments.size(), 4U);
  EXPECT_EQ(told.cases[0].moments[0].at, "2026-03-02T08:00:00Z");  // nine in Paris
  EXPECT_EQ(told.cases[0].moments[0].status, "ask/front");
  EXPECT_EQ(told.cases[0].moments[2].moment.flags, kMomentReopens);
  EXPECT_EQ(told.cases[0].moments[3].moment.flags, kMomentSystem | kMomentCloses);
  ASSERT_EQ(told.cases[1].moments.size(), 2U);
  EXPECT_EQ(told.cases[1].moments[0].activity, "ask");
  EXPECT_EQ(told.warned("cases whose rows are not in time order in the file (sorted)"), 1U);
}

TEST(CsvLog, equal_times_keep_the_order_of_the_file) {
  const Told told = table("a,1,2026-01-02,\na,2,2026-01-01,\na,3,2026-01-02,\na,4,2026-01-01,\n");
  ASSERT_EQ(told.cases.size(), 1U);
  std::string order;
  for (const ToldMoment& m : told.cases[0].moments) order += m.activity;
  EXPECT_EQ(order, "2413");
}

TEST(CsvLog, a_row_may_hold_several_events) {
  const Told told = tell_file(test_data("visits.tsv"), test_data("visits.toml"));
  ASSERT_EQ(told.error, "");
  ASSERT_EQ(told.cases.size(), 2U);
  ASSERT_EQ(told.cases[0].moments.size(), 3U);
  EXPECT_EQ(told.cases[0].moments[0].activity, "comes");
  EXPECT_EQ(told.cases[0].moments[0].status, "comes");
  EXPECT_EQ(told.cases[0].moments[0].person, "");
  EXPECT_EQ(told.cases[0].moments[0].moment.kind, EventKind::opened);
  EXPECT_EQ(told.cases[0].moments[1].person, "Ann");
  EXPECT_EQ(told.cases[0].moments[2].at, "2026-03-02T09:11:00Z");
  EXPECT_EQ(told.cases[0].moments[2].moment.flags, kMomentCloses);
  ASSERT_EQ(told.cases[1].moments.size(), 1U);
  EXPECT_EQ(told.skipped("records that the mapping leaves out ([[skip]])"), 1U);
}

TEST(CsvLog, events_of_a_row_that_run_backwards_are_told) {
  const Told told =
      tell("id,from,to\n1,2026-01-02,2026-01-01\n2,2026-01-01,2026-01-02\n3,2026-01-01,\n",
           "[columns]\ncase = 'id'\n[[event]]\nis = 'a'\ntime = 'from'\n[[event]]\nis = 'b'\ntime = 'to'\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.summary.events, 5U);
  EXPECT_EQ(told.warned("rows whose events do not follow one another in the order that the mapping gives"), 1U);
}

TEST(CsvLog, rows_that_cannot_be_used_are_counted_with_their_lines) {
  const Told told = table(
      "a,x,2026-01-01,p\na,x,2026-01-02,p\na,x,2026-01-03,p\na,x,2026-01-04,p\na,x,2026-01-05,p\n"
      ",x,2026-01-01,p\nb,x,,p\nb,x,soon,p\nb,x\nb,x,2026-01-01,p,more\na,x,2026-01-09,p,,\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.summary.cases, 1U);
  EXPECT_EQ(told.summary.events, 6U);
  EXPECT_EQ(told.summary.records, 11U);
  ASSERT_EQ(told.summary.skipped.size(), 6U);
  EXPECT_EQ(told.skipped("rows without a case"), 1U);
  EXPECT_EQ(told.skipped("events without a time"), 1U);
  EXPECT_EQ(told.skipped("rows with fewer fields than the header"), 1U);
  EXPECT_EQ(told.skipped("rows with more fields than the header"), 1U);
  EXPECT_EQ(told.skipped("cases without an event that could be read"), 1U);
  for (const Noted& noted : told.summary.skipped)
    if (noted.what == "events whose time cannot be read") {
      EXPECT_EQ(noted.count, 1U);
      EXPECT_EQ(noted.places, std::vector<std::string>{"line 9"});
      EXPECT_EQ(noted.example, "soon");
    }
}

TEST(CsvLog, a_short_row_counts_when_nothing_that_is_needed_is_missing) {
  const Told told =
      tell("case,what,when,who,note,end\na,x,2026-01-01,p,n,e\na,y,2026-01-02,p,n\na,z,2026-01-02\n", kTable);
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.summary.events, 2U);
  EXPECT_EQ(told.warned("rows with fewer fields than the header, none of those that the mapping names"), 1U);
  EXPECT_EQ(told.skipped("rows with fewer fields than the header"), 1U);
}

TEST(CsvLog, a_wrong_format_is_an_error_that_names_the_right_one) {
  EXPECT_EQ(
      table("a,x,31/12/2025 10:00,p\nb,y,30/12/2025 11:00,q\n").error,
      "log: 2 of 2: events whose time cannot be read (first: line 2), for example \"31/12/2025 10:00\". The mapping "
      "m.toml does not fit this log; in [time] write formats = [\"%d/%m/%Y %H:%M\"]");
}

TEST(CsvLog, a_column_that_is_not_there_is_an_error_with_the_nearest_name) {
  EXPECT_EQ(tell("case,what,wen,who\n", kTable).error,
            "log:1: there is no column \"when\", which the mapping m.toml names; did you mean \"wen\"? The columns are "
            "\"case\", \"what\", \"wen\", \"who\"");
  EXPECT_EQ(tell("", kTable).error, "log: the file is empty; a log has a header and rows");
  EXPECT_EQ(table("").error, "log: nothing in this log could be read");
}

TEST(CsvLog, repeated_and_missing_column_names_get_names) {
  const Told told = tell("case,what,when,what,\na,x,2026-01-01,second,fifth\n",
                         "[columns]\ncase = 'case'\nactivity = ['what', 'what (2)', 'column 5']\ntime = 'when'\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.cases[0].moments[0].activity, "x/second/fifth");
  EXPECT_EQ(told.warned("column names that come more than once (later ones are \"NAME (2)\" …)"), 1U);
}

TEST(CsvLog, a_table_without_header_has_numbered_columns) {
  const Told told =
      tell("a,x,2026-01-01\na,y,2026-01-02\n",
           "[columns]\ncase = 'column 1'\nactivity = 'column 2'\ntime = 'column 3'\n[csv]\nheader = false\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.summary.events, 2U);
}

TEST(CsvLog, texts_that_stand_for_nothing_are_nothing) {
  const Told told = table("a,x,2026-01-01,-\na,y,2026-01-02,p\na,z,NULL,q\n", "[values]\nempty = ['-', 'NULL']\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.cases[0].moments[0].person, "");
  EXPECT_EQ(told.cases[0].moments[1].person, "p");
  EXPECT_EQ(told.skipped("events without a time"), 1U);
}

TEST(CsvLog, conditions_take_prefixes_and_columns) {
  const Told told =
      table("a,wait for you,2026-01-01,p\na,wait for us,2026-01-02,\na,go,2026-01-03,p\n",
            "[[waiting]]\nactivity = 'wait*'\nperson_not = ''\nfor = 'seller'\n"
            "[[meaning]]\ncolumn = 'what'\nis = 'go'\nevent = 'escalated'\nturn = 'third'\nsystem = true\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.cases[0].moments[0].moment.turn, Turn::seller);
  EXPECT_EQ(told.cases[0].moments[1].moment.turn, Turn::nobody);
  EXPECT_EQ(told.cases[0].moments[2].moment.turn, Turn::third);
  EXPECT_EQ(told.cases[0].moments[2].moment.kind, EventKind::escalated);
  EXPECT_EQ(told.cases[0].moments[2].moment.flags, kMomentSystem);
}

TEST(CsvLog, a_case_opens_again_each_time_it_had_been_done) {
  const Told told = table(
      "a,do,2026-01-01,\na,done,2026-01-02,\na,do,2026-01-03,\na,do,2026-01-04,\na,done,2026-01-05,\n"
      "a,do,2026-01-06,\n",
      "[reopened]\nafter = {activity = 'done'}\nthen = {activity_not = 'done'}\n");
  std::string marks;
  for (const ToldMoment& m : told.cases[0].moments) marks += (m.moment.flags & kMomentReopens) != 0 ? 'R' : '.';
  EXPECT_EQ(marks, "..R..R");
}

TEST(CsvLog, clocks_that_are_put_back_or_forward_are_told) {
  const Told told = table("a,x,2026-03-29 02:30:00,\na,y,2026-10-25 02:30:00,\na,z,2026-07-01 12:00:00,\n",
                          "[time]\nformats = ['iso']\nzone = 'Europe/Rome'\n");
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.cases[0].moments[0].at, "2026-03-29T01:30:00Z");
  EXPECT_EQ(told.cases[0].moments[1].at, "2026-07-01T10:00:00Z");
  EXPECT_EQ(told.cases[0].moments[2].at, "2026-10-25T00:30:00Z");  // the first of the two
  EXPECT_EQ(told.warned("times that the clocks of Europe/Rome showed twice; the first is taken"), 1U);
  EXPECT_EQ(told.warned("times that the clocks of Europe/Rome never showed"), 1U);
}

TEST(CsvLog, text_that_is_not_utf_8_is_told) {
  const Told guessed = table("a,Zo\xE9,2026-01-01,p\n");
  ASSERT_EQ(guessed.error, "");
  EXPECT_EQ(guessed.warned("text that is not UTF-8, read as windows-1252; another encoding goes into [csv] encoding"),
            1U);
  std::string rows;
  for (int i = 0; i < 60'000; ++i) rows += "a,x,2026-01-01,p\n";  // past what is looked at to find the encoding
  const Told late = table(rows + "a,Zo\xE9,2026-01-01,p\na,Zo\xC3\xA9,2026-01-01,p\n");
  ASSERT_EQ(late.error, "");
  EXPECT_EQ(late.warned("rows with bytes that are not UTF-8 (shown as \uFFFD)"), 1U);
}

TEST(CsvLog, a_table_may_have_very_many_columns) {
  std::string header = "case,what,when,who";
  std::string row = "a,x,2026-01-01,p";
  for (int i = 0; i < 200'000; ++i) {
    header += ",c" + std::to_string(i);
    row += ",";
  }
  std::vector<std::string> repeated;
  EXPECT_EQ(column_names({"c (2)", "c", "c", "c"}, &repeated),
            (std::vector<std::string>{"c (2)", "c", "c (3)", "c (4)"}));
  EXPECT_EQ(repeated.size(), 2U);
  EXPECT_EQ(tell(header + "\n" + row + "\n", kTable).error, "");
}

TEST(CsvLog, a_quote_that_never_ends_is_an_error) {
  EXPECT_EQ(table("a,x,2026-01-01,\"p\n").error.substr(0, 60),
            "log:2: a quote opened in this record is never closed; close ");
}

TEST(ReadLog, without_a_mapping_the_file_itself_tells) {
  Vocabulary vocabulary;
  std::uint64_t cases = 0;
  Reading reading;
  reading.on_case = [&](const CaseHistory&) { ++cases; };
  const auto summary = read_log(test_data("stall-1.0.xes.gz"), reading, vocabulary);
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->mapping_origin, "proposed");
  EXPECT_EQ(cases, 2U);
  const auto missing = read_log(test_data("no-such-log"), reading, vocabulary);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::not_found);
}

TEST(ReadLog, progress_runs_to_the_end_and_is_rare) {
  std::string text = "case,what,when,who\n";
  while (text.size() < (std::size_t{4} << 20)) text += "a,something that happened,2026-01-01T00:00:00Z,somebody\n";
  const auto mapping = read_mapping(kTable, "m.toml");
  ASSERT_TRUE(mapping);
  Reading reading;
  std::vector<std::uint64_t> seen;
  reading.mapping = *mapping;
  reading.on_case = [](const CaseHistory&) {};
  reading.on_progress = [&](std::uint64_t done, std::uint64_t total) {
    seen.push_back(done);
    EXPECT_EQ(total, text.size());
  };
  Vocabulary vocabulary;
  ASSERT_TRUE(read_log(formats::ByteSource::of(text), reading, vocabulary));
  EXPECT_LE(seen.size(), 3 * (text.size() >> 20));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), text.size());
}

}  // namespace
}  // namespace guichet::intake
