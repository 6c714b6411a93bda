#include <guichet/intake/logs/propose.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include <string>

#include "told.hpp"

namespace guichet::intake {
namespace {

/// The mapping that is proposed for a log, or its error in `name`.
struct Proposed {
  Mapping mapping;
  std::string text, error;
};

Proposed propose(std::string_view log) {
  Proposed out;
  const auto sample = take_sample(formats::ByteSource::of(log, "log.csv"));
  if (!sample) {
    out.error = sample.error().detail;
    return out;
  }
  auto text = propose_mapping(*sample);
  if (!text) {
    out.error = text.error().detail;
    return out;
  }
  out.text = *text;
  auto mapping = read_mapping(*text, "proposed");
  if (mapping)
    out.mapping = std::move(*mapping);
  else
    out.error = mapping.error().detail;
  return out;
}

TEST(Propose, columns_in_five_languages) {
  const auto expect = [](const std::string& header) {
    SCOPED_TRACE(header);
    const Proposed p = propose(header +
                               "\n1;a;2026-01-01 10:00;x;t\n1;b;2026-01-02 10:00;y;t\n1;a;2026-01-03 10:00;x;t\n"
                               "2;a;2026-01-01 10:00;x;u\n2;b;2026-01-02 10:00;y;u\n");
    ASSERT_EQ(p.error, "");
    const std::size_t first = header.find(';');
    EXPECT_EQ(p.mapping.of_case.name, Columns{header.substr(0, first)});
    std::vector<Columns> rest;
    for (const Columns& columns :
         {p.mapping.row.activity, p.mapping.row.time, p.mapping.row.person, p.mapping.row.team})
      rest.push_back(columns);
    std::string joined;
    for (const Columns& columns : rest) joined += ";" + (columns.empty() ? std::string("none") : columns.front());
    EXPECT_EQ(joined, header.substr(first));
    EXPECT_EQ(p.mapping.csv.delimiter, ';');
  };
  expect("Case ID;Activity;Complete Timestamp;Resource;Group");
  expect("dossier;étape;horodatage;utilisateur;équipe");
  expect("pratica;attività;data ora;operatore;gruppo");
  expect("Vorgangsnummer;Aktivität;Zeitstempel;Bearbeiter;Abteilung");
  expect("zaaknummer;activiteit;tijdstip;medewerker;afdeling");
}

TEST(Propose, each_guess_has_its_reason_and_the_first_rows_are_shown) {
  const Proposed p = propose("case,activity,time\nA-1,open,2026-01-01\nA-1,close,2026-01-02\nA-2,open,2026-01-03\n");
  ASSERT_EQ(p.error, "");
  EXPECT_NE(p.text.find("#   case: A-1\n#     activity: open\n"), std::string::npos);
  EXPECT_NE(p.text.find("case = \"case\"   # its name, and it repeats; 2 different values in 3 rows\n"),
            std::string::npos);
  EXPECT_NE(p.text.find("The times carry no zone"), std::string::npos);
  ASSERT_EQ(p.mapping.meanings.size(), 1U);
  EXPECT_EQ(p.mapping.meanings[0].event, EventKind::closed);
  EXPECT_TRUE(p.mapping.reopened);
}

TEST(Propose, values_decide_where_names_do_not) {
  const Proposed p = propose(
      "a,b,c\nq1,go,01.02.2026 10:00\nq1,stop,02.02.2026 10:00\nq2,go,14.02.2026 10:00\nq2,stop,15.02.2026 10:00\n");
  ASSERT_EQ(p.error, "");
  EXPECT_EQ(p.mapping.row.time, Columns{"c"});
  EXPECT_EQ(p.mapping.time.formats, std::vector<std::string>{"%d.%m.%Y %H:%M"});
}

TEST(Propose, day_and_month_are_decided_by_evidence_or_not_at_all) {
  const auto format = [](const std::string& rows) { return propose("case,activity,time\n" + rows); };
  EXPECT_EQ(format("1,a,01/02/2026\n1,b,13/02/2026\n").mapping.time.formats, std::vector<std::string>{"%d/%m/%Y"});
  EXPECT_EQ(format("1,a,01/02/2026\n1,b,01/13/2026\n").mapping.time.formats, std::vector<std::string>{"%m/%d/%Y"});
  // Only as month/day/year does the case run forwards.
  const Proposed forwards = format("1,a,01/05/2026\n1,b,02/04/2026\n1,c,03/02/2026\n");
  EXPECT_EQ(forwards.mapping.time.formats, std::vector<std::string>{"%m/%d/%Y"});
  EXPECT_NE(forwards.text.find("more cases would run backwards"), std::string::npos);
  const Proposed open = format("1,a,01/01/2026\n1,b,02/02/2026\n");
  EXPECT_NE(open.text.find("NOTHING IN THE FILE DECIDES"), std::string::npos);
}

TEST(Propose, one_row_per_case_gets_an_event_per_time) {
  const Proposed p = propose(
      "Request ID,Created Date,Closed "
      "Date,Agency\n1,2026-01-01,2026-01-05,X\n2,2026-01-02,,Y\n3,2026-01-03,2026-01-04,X\n");
  ASSERT_EQ(p.error, "");
  ASSERT_EQ(p.mapping.events.size(), 2U);
  EXPECT_EQ(p.mapping.events[0].event, EventKind::opened);
  EXPECT_EQ(p.mapping.events[1].event, EventKind::closed);
  EXPECT_EQ(p.mapping.row.team, Columns{"Agency"});
}

TEST(Propose, counts_need_a_name_to_be_times) {
  const Proposed p = propose(
      "case,activity,timestamp,price\n1,a,1349794217,1349794217\n1,b,1349794300,1349794300\n2,a,1349794400,"
      "1349794999\n");
  ASSERT_EQ(p.error, "");
  EXPECT_EQ(p.mapping.row.time, Columns{"timestamp"});
  EXPECT_EQ(p.mapping.time.formats, std::vector<std::string>{"epoch_seconds"});
}

TEST(Propose, encodings_and_missing_headers_are_written_down) {
  const Proposed latin = propose("dossier;\xE9tape;date\n1;a;2026-01-01\n1;b;2026-01-02\n2;a;2026-01-03\n");
  ASSERT_EQ(latin.error, "");
  EXPECT_EQ(latin.mapping.csv.encoding, formats::Encoding::windows_1252);
  EXPECT_EQ(latin.mapping.row.activity, Columns{"étape"});
  const Proposed bare = propose("7,a,2026-01-01\n7,b,2026-01-02\n8,a,2026-01-03\n8,b,2026-01-03\n");
  ASSERT_EQ(bare.error, "");
  EXPECT_FALSE(bare.mapping.csv_header);
}

TEST(Propose, machines_are_told_from_persons) {
  const Proposed p =
      propose("case,activity,time,user\n1,a,2026-01-01,Ann\n1,b,2026-01-02,SYSTEM\n2,a,2026-01-03,Bob\n");
  ASSERT_EQ(p.error, "");
  ASSERT_FALSE(p.mapping.meanings.empty());
  EXPECT_TRUE(p.mapping.meanings[0].system);
}

TEST(Propose, what_cannot_be_a_log_is_refused_with_what_was_seen) {
  EXPECT_EQ(propose("").error, "log.csv: the file is empty; a log has a header and rows");
  EXPECT_EQ(propose("a,b\n").error, "log.csv: there is a header but no row");
  EXPECT_EQ(
      propose("id,activity,when\n1,x,soon\n1,y,later\n2,x,soon\n2,x,now\n").error,
      "log.csv: no column holds times that can be read (\"id\", \"activity\", \"when\"); name column and format in a "
      "mapping, [columns] time and [time] formats");
}

TEST(Propose, the_rest_of_a_file_may_decide_what_its_start_does_not) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("guichet-narrow-" + std::to_string(::getpid()) + ".csv");
  {
    std::ofstream file(path);
    file << "case,time\n1,01/02/2026\n1,02/03/2026\n1,25/03/2026\n";
  }
  const auto left = narrow_formats(path.string(), "time", {"%m/%d/%Y", "%d/%m/%Y"});
  std::filesystem::remove(path);
  ASSERT_TRUE(left);
  EXPECT_EQ(*left, std::vector<std::string>{"%d/%m/%Y"});
}

}  // namespace
}  // namespace guichet::intake
