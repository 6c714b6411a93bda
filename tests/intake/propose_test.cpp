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
  ASSERT_EQ(p.mapping.meanings.size(), 2U);
  EXPECT_EQ(p.mapping.meanings[0].event, EventKind::closed);
  EXPECT_EQ(p.mapping.meanings[1].event, EventKind::opened);
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

/// The roles that a proposal gives, as "case activity time person team"; "-" for none.
std::string roles(const Proposed& p) {
  if (!p.error.empty()) return p.error;
  std::string out;
  for (const Columns& columns :
       {p.mapping.of_case.name, p.mapping.row.activity, p.mapping.row.time, p.mapping.row.person, p.mapping.row.team}) {
    if (!out.empty()) out += " | ";
    if (columns.empty()) out += "-";
    for (std::size_t i = 0; i < columns.size(); ++i) out += (i == 0 ? "" : "+") + columns[i];
  }
  return out;
}

/// An invented log: `cases` times the rows of `lines`, in which "{n}" is the number of the case and "{d}" a
/// day of the month from 10 to 27 that goes up with it.
std::string repeated(std::string_view header, std::initializer_list<std::string_view> lines, int cases = 12) {
  std::string out = std::string(header) + "\n";
  for (int n = 0; n < cases; ++n)
    for (std::string line : std::vector<std::string>(lines.begin(), lines.end())) {
      for (const auto& [sign, value] : {std::pair<std::string_view, int>{"{n}", 100 + n}, {"{d}", 10 + n % 18}})
        for (std::size_t at = line.find(sign); at != std::string::npos; at = line.find(sign))
          line.replace(at, sign.size(), std::to_string(value));
      out += line + "\n";
    }
  return out;
}

TEST(Propose, exports_of_many_desks) {
  struct Shape {
    std::string_view of;
    std::string log;
    std::string_view roles;
    std::string_view format;
  };
  const std::vector<Shape> shapes{
      {"service platform, states",
       repeated("number,incident_state,active,caller_id,opened_at,sys_updated_at,assignment_group,assigned_to",
                {"INC0000{n},New,true,Caller {n},{d}/3/2016 06:47,{d}/3/2016 06:47,Group 1,?",
                 "INC0000{n},Awaiting User Info,true,Caller {n},{d}/3/2016 06:47,{d}/3/2016 09:12,Group 1,Resolver 1",
                 "INC0000{n},Active,true,Caller {n},{d}/3/2016 06:47,{d}/3/2016 18:45,Group 2,Resolver 2",
                 "INC0000{n},Closed,false,Caller {n},{d}/3/2016 06:47,{d}/3/2016 23:33,Group 2,Resolver 2"}),
       "number | incident_state | sys_updated_at | assigned_to | assignment_group", "%d/%m/%Y %H:%M"},
      {"incident activities",
       repeated("Incident ID;DateStamp;IncidentActivity_Number;IncidentActivity_Type;Assignment Group;KM number",
                {"IM0{n};{d}-06-2013 18:44:17;001A1{n};Open;TEAM0002;KM0000",
                 "IM0{n};{d}-06-2013 19:55:17;001A2{n};Reassignment;TEAM0014;KM0000",
                 "IM0{n};{d}-06-2013 20:53:17;001A3{n};Closed;TEAM0037;KM0000"}),
       "Incident ID | IncidentActivity_Type | DateStamp | - | Assignment Group", "%d-%m-%Y %H:%M:%S"},
      {"ticket audits",
       repeated("ticket_id,created_at,author_id,event_type,group",
                {"{n},2024-05-{d}T08:00:00Z,9001,Create,Support", "{n},2024-05-{d}T09:30:00Z,9002,Comment,Support",
                 "{n},2024-05-{d}T11:00:00Z,9002,Solved,Billing"}),
       "ticket_id | event_type | created_at | author_id | group", "iso"},
      {"history of changes",
       repeated("Issue key,Author,Created,Field,From,To", {"HELP-{n},ann,2024-05-{d} 08:00,status,Open,In Progress",
                                                           "HELP-{n},bob,2024-05-{d} 09:00,status,In Progress,Done"}),
       "Issue key | To | Created | Author | -", "iso"},
      {"desk history",
       repeated("TicketNumber;HistoryType;Name;CreateTime;Owner;Queue",
                {"20240{n};NewTicket;%%a;2024-05-{d} 08:00:00;root;Raw",
                 "20240{n};OwnerUpdate;%%b;2024-05-{d} 09:00:00;eve;Raw",
                 "20240{n};StateUpdate;%%c;2024-05-{d} 10:00:00;eve;Post"}),
       "TicketNumber | HistoryType | CreateTime | Owner | Queue", "iso"},
      {"French desk",
       repeated("N° dossier;Activité;Date;Intervenant;Équipe",
                {"D-{n};Ouverture;{d}/05/2020 18:03;Agent 4;Nord", "D-{n};Réponse;{d}/05/2020 19:03;Agent 1;Nord",
                 "D-{n};Clôture;{d}/05/2020 20:03;Agent 8;Sud"}),
       "N° dossier | Activité | Date | Intervenant | Équipe", "%d/%m/%Y %H:%M"},
      {"French park of machines",
       repeated("ID;Statut;Date de modification;Technicien;Groupe",
                {"{n};Nouveau;{d}-05-2020 18:03;;N1", "{n};En cours;{d}-05-2020 19:03;Zoé;N1",
                 "{n};Clos;{d}-05-2020 20:03;Zoé;N2"}),
       "ID | Statut | Date de modification | Technicien | Groupe", "%d-%m-%Y %H:%M"},
      {"American desk",
       repeated("Ticket ID,Status,Updated At,Agent,Group",
                {"{n},Open,5/{d}/2024 8:15 AM,Kim,Tier 1", "{n},Pending,5/{d}/2024 1:15 PM,Lee,Tier 1",
                 "{n},Closed,5/{d}/2024 11:45 PM,Lee,Tier 2"}),
       "Ticket ID | Status | Updated At | Agent | Group", "%m/%d/%Y %I:%M %p"},
      {"miner's export",
       repeated("Case ID,Activity,Resource,Complete Timestamp,Variant,Variant index",
                {"Case {n},Assign,Value 1,2012/10/{d} 14:50:17.000,Variant 12,12",
                 "Case {n},Resolve,Value 2,2012/10/{d} 15:50:17.000,Variant 12,12"}),
       "Case ID | Activity | Complete Timestamp | Resource | -", "%Y/%m/%d %H:%M:%S.%f"},
      {"names of the standard in a table",
       repeated(
           "case:concept:name,concept:name,time:timestamp,org:resource,org:group,case:amount",
           {"c{n},register,2020-01-{d} 10:00:00+01:00,Pete,A,7", "c{n},decide,2020-01-{d} 11:00:00+01:00,Sue,B,7"}),
       "case:concept:name | concept:name | time:timestamp | org:resource | org:group", "iso"},
      {"enterprise tables",
       repeated("_CASE_KEY;ACTIVITY_EN;EVENTTIME;USER_NAME;DEPARTMENT",
                {"00{n};Create Claim;2020-01-{d} 10:00:00;U1;CLM", "00{n};Pay Claim;2020-01-{d} 11:00:00;U2;FIN"}),
       "_CASE_KEY | ACTIVITY_EN | EVENTTIME | USER_NAME | DEPARTMENT", "iso"},
      {"days of a spreadsheet", repeated("Case,Step,Date,User", {"K{n},a,452{d}.25,x", "K{n},b,452{d}.5,y"}),
       "Case | Step | Date | User | -", "excel"},
      {"weeks",
       repeated("Fall;Schritt;Zeitstempel;Bearbeiter", {"F{n};auf;2024-W{d}-1T08:00;x", "F{n};zu;2024-W{d}-3T08:00;y"}),
       "Fall | Schritt | Zeitstempel | Bearbeiter | -", "iso"},
      {"German desk",
       repeated("Vorgangsnummer;Tätigkeit;Status;Datum;Mitarbeiter;Abteilung",
                {"V{n};Anlage;Offen;{d}.01.2024 08:00;Jörg;Süd", "V{n};Prüfung;In Arbeit;{d}.01.2024 09:00;Änne;Süd",
                 "V{n};Ende;Geschlossen;{d}.01.2024 10:00;Änne;Nord"}),
       "Vorgangsnummer | Tätigkeit | Datum | Mitarbeiter | Abteilung", "%d.%m.%Y %H:%M"},
      {"Spanish desk",
       repeated("Expediente;Actividad;Fecha;Usuario;Equipo",
                {"E{n};Apertura;{d}/01/2024 08:00;Íñigo;Sur", "E{n};Cierre;{d}/01/2024 09:00;Ana;Sur"}),
       "Expediente | Actividad | Fecha | Usuario | Equipo", "%d/%m/%Y %H:%M"},
      {"Portuguese desk",
       repeated("Chamado;Ação;Data Hora;Atendente;Setor",
                {"C{n};Abertura;{d}/01/2024 08:00;João;A", "C{n};Fechamento;{d}/01/2024 09:00;Ana;B"}),
       "Chamado | Ação | Data Hora | Atendente | Setor", "%d/%m/%Y %H:%M"},
      {"seconds since 1970",
       repeated("ticket\taction\twho\tts", {"T{n}\topen\tp1\t17000{d}000", "T{n}\tclose\tp2\t17000{d}900"}),
       "ticket | action | ts | who | -", "epoch_seconds"},
      {"milliseconds under a name that says nothing",
       repeated("ticket,action,who,stamp", {"{n},open,p1,17000{d}{n}001", "{n},close,p2,17000{d}{n}900"}),
       "ticket | action | stamp | who | -", "epoch_milliseconds"},
      {"notes over several lines",
       repeated("case,activity,note,time", {"{n},open,\"a\nb\",2024-01-{d}", "{n},close,\"c, \"\"d\"\"\",2024-01-{d}"}),
       "case | activity | time | - | -", "iso"},
      {"byte order mark",
       "\xEF\xBB\xBF" + repeated("case,activity,time", {"{n},open,2024-01-{d}", "{n},close,2024-01-{d}"}),
       "case | activity | time | - | -", "iso"},
  };
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(shape.of);
    const Proposed p = propose(shape.log);
    EXPECT_EQ(roles(p), shape.roles);
    const std::vector<std::string> iso_or_given =
        p.mapping.time.formats.empty() ? std::vector<std::string>{"iso"} : p.mapping.time.formats;
    EXPECT_EQ(iso_or_given.front(), shape.format);
  }
}

TEST(Propose, states_say_whose_move_it_is_and_what_opens_again) {
  const std::string log =
      repeated("number,state,when", {"INC{n},New,2024-01-{d} 08:00", "INC{n},Awaiting Customer,2024-01-{d} 09:00",
                                     "INC{n},Resolved,2024-01-{d} 10:00", "INC{n},Active,2024-01-{d} 11:00",
                                     "INC{n},Closed,2024-01-{d} 12:00"});
  const Proposed p = propose(log);
  ASSERT_EQ(p.error, "");
  const Told told = read_told(formats::ByteSource::of(log, "log"), p.mapping);
  ASSERT_EQ(told.error, "");
  ASSERT_EQ(told.cases.size(), 12U);
  const auto& moments = told.cases[0].moments;
  ASSERT_EQ(moments.size(), 5U);
  EXPECT_EQ(moments[0].moment.turn, Turn::desk);
  EXPECT_EQ(moments[1].moment.turn, Turn::seller);
  EXPECT_EQ(moments[2].moment.turn, Turn::nobody);
  EXPECT_EQ(moments[2].moment.flags & kMomentReopens, 0);
  EXPECT_NE(moments[3].moment.flags & kMomentReopens, 0);
  EXPECT_EQ(moments[4].moment.kind, EventKind::closed);
}

TEST(Propose, missing_values_are_told_from_names) {
  const auto empty = [](std::string_view person, std::string_view other) {
    const std::string first = "K{n},a,2024-01-{d} 08:00," + std::string(person);
    const std::string second = "K{n},b,2024-01-{d} 09:00," + std::string(other);
    return propose(repeated("case,activity,time,team", {first, second})).mapping.empty;
  };
  EXPECT_EQ(empty("NA", "Support"), std::vector<std::string>{"NA"});
  EXPECT_TRUE(empty("NA", "EU").empty()) << "North America among regions";
  EXPECT_EQ(empty("?", "Support"), std::vector<std::string>{"?"});
  EXPECT_EQ(empty("-", "Support"), std::vector<std::string>{"-"});
  EXPECT_EQ(empty("NULL", "Support"), std::vector<std::string>{"NULL"});
  EXPECT_TRUE(empty("", "Support").empty());
  // An XES log leaves out what it does not know.
  const Proposed xes = propose(
      "<log><trace><string key='concept:name' value='1'/><event><string key='concept:name' value='a'/>"
      "<string key='org:group' value='?'/><date key='time:timestamp' value='2024-01-01T00:00:00Z'/></event>"
      "</trace></log>");
  ASSERT_EQ(xes.error, "");
  EXPECT_TRUE(xes.mapping.empty.empty());
}

TEST(Propose, a_transition_that_never_changes_is_not_mentioned) {
  const auto transition = [](std::string_view other) {
    const std::string last = "K{n},b,2024-01-{d} 09:00," + std::string(other);
    return propose(repeated("case,activity,time,lifecycle", {"K{n},a,2024-01-{d} 08:00,complete", last}))
        .mapping.row.transition;
  };
  EXPECT_TRUE(transition("complete").empty());
  EXPECT_EQ(transition("start"), Columns{"lifecycle"});
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
