// Logs that say in our own words what others must be told: kinds, parties, turns, words, marks, and one mapping for a
// table and for XES.
#include <gtest/gtest.h>

#include "told.hpp"

namespace guichet::intake {
namespace {

constexpr std::string_view kOwnWords = R"([columns]
case = "id"
activity = "what"
time = "when"
kind = "kind"
by = "by"
turn = "turn"
words = "words"
predecessor = "again"
optional = ["again", "words"]
)";

TEST(OwnWords, say_what_happened_by_whom_and_whose_move_it_is) {
  const Told told = tell(
      "id,what,when,kind,by,turn,words\n"
      "1,mail,2026-01-05,message_sent,seller,desk,120\n"
      "1,done,2026-01-06,resolved,desk,nobody,\n"
      "1,shut,2026-01-07,closed,clock,,\n",
      kOwnWords);
  ASSERT_EQ(told.error, "");
  ASSERT_EQ(told.cases.size(), 1U);
  const auto& moments = told.cases[0].moments;
  ASSERT_EQ(moments.size(), 3U);
  EXPECT_EQ(moments[0].moment.kind, EventKind::message_sent);
  EXPECT_EQ(moments[0].moment.party, Party::seller);
  EXPECT_EQ(moments[0].moment.turn, Turn::desk);
  EXPECT_EQ(moments[0].moment.words, 120U);
  EXPECT_EQ(moments[0].moment.flags, kMomentPublic);
  EXPECT_EQ(moments[1].moment.kind, EventKind::resolution_proposed);
  EXPECT_EQ(moments[1].moment.flags, kMomentResolves);
  EXPECT_EQ(moments[2].moment.party, Party::clock);
  EXPECT_EQ(moments[2].moment.turn, Turn::nobody);
  EXPECT_EQ(moments[2].moment.flags, kMomentCloses);
  EXPECT_TRUE(told.summary.warnings.empty());
}

TEST(OwnWords, come_before_meanings_which_fill_what_they_leave_open) {
  const Told told =
      tell("id,what,when,kind,by,turn\n1,x,2026-01-05,note_made,,desk\n1,x,2026-01-06,,seller,\n",
           std::string(kOwnWords) + "[[meaning]]\nactivity = 'x'\nevent = 'decided'\nby = 'desk'\nturn = 'third'\n");
  ASSERT_EQ(told.error, "");
  const auto& moments = told.cases.at(0).moments;
  EXPECT_EQ(moments[0].moment.kind, EventKind::note_made);
  EXPECT_EQ(moments[0].moment.party, Party::desk);
  EXPECT_EQ(moments[0].moment.turn, Turn::desk);
  EXPECT_EQ(moments[1].moment.kind, EventKind::decided);
  EXPECT_EQ(moments[1].moment.party, Party::seller);
  EXPECT_EQ(moments[1].moment.turn, Turn::third);
}

TEST(OwnWords, that_are_not_known_are_told_and_say_nothing) {
  const Told told =
      tell("id,what,when,kind,by,turn,words\n1,x,2026-01-05,mesage_sent,boss,me,many\n1,x,2026-01-06,none,,,-1\n",
           kOwnWords);
  ASSERT_EQ(told.error, "");
  for (const auto& each : told.cases.at(0).moments) {
    EXPECT_EQ(each.moment.kind, EventKind::none);
    EXPECT_EQ(each.moment.party, Party::nobody);
    EXPECT_EQ(each.moment.turn, Turn::nobody);
    EXPECT_EQ(each.moment.words, 0U);
  }
  EXPECT_EQ(told.warned("kinds of events that the glossary does not have"), 2U);
  EXPECT_EQ(told.warned("parties other than seller, desk, third and clock"), 1U);
  EXPECT_EQ(told.warned("turns other than seller, desk, third and nobody"), 1U);
  EXPECT_EQ(told.warned("numbers of words that cannot be read"), 2U);
}

TEST(OwnWords, a_column_of_marks_alone_says_what_holds) {
  const Told told = tell(
      "id,what,when,kind,by,turn,marks\n"
      "1,x,2026-01-05,closed,,,\n"
      "1,x,2026-01-06,closed,,,closes  system\n"
      "1,x,2026-01-07,,,,public reopens abandons resolves\n"
      "1,x,2026-01-08,,,,loud\n",
      std::string(kOwnWords) + "marks = 'marks'\n");
  ASSERT_EQ(told.error, "");
  const auto& moments = told.cases.at(0).moments;
  EXPECT_EQ(moments[0].moment.flags, 0);
  EXPECT_EQ(moments[1].moment.flags, kMomentCloses | kMomentSystem);
  EXPECT_EQ(moments[2].moment.flags, kMomentPublic | kMomentReopens | kMomentAbandons | kMomentResolves);
  EXPECT_EQ(told.warned("marks that the format does not have"), 1U);
}

TEST(OwnWords, a_predecessor_is_kept_and_columns_may_be_lacking) {
  const Told told = tell("id,what,when,kind,by,turn,again\n1,x,2026-01-05,,,,\n2,x,2026-01-06,,,,1\n", kOwnWords);
  ASSERT_EQ(told.error, "");
  Vocabulary vocabulary;
  std::vector<bool> again;
  Reading reading;
  reading.mapping = *read_mapping(kOwnWords, "m.toml");
  reading.on_case = [&](const CaseHistory& history) { again.push_back(static_cast<bool>(history.facts.predecessor)); };
  ASSERT_TRUE(read_log(formats::ByteSource::of("id,what,when,kind,by,turn,again\n1,x,2026-01-05,,,,\n"
                                               "2,x,2026-01-06,,,,1\n"),
                       reading, vocabulary));
  EXPECT_EQ(again, (std::vector<bool>{false, true}));
  EXPECT_NE(tell("id,what,when,kind,by\n1,x,2026-01-05,,\n", kOwnWords).error.find("there is no column \"turn\""),
            std::string::npos);
}

TEST(OwnWords, one_mapping_reads_a_table_and_xes) {
  const std::string mapping = std::string(kOwnWords) +
                              "[xes_names]\nid = 'trace:concept:name'\nwhat = 'concept:name'\nwhen = 'time:timestamp'\n"
                              "[[skip]]\ncolumn = 'what'\nis = 'noise'\n";
  const Told table = tell("id,what,when,kind,by,turn\n1,x,2026-01-05,decided,,\n1,noise,2026-01-06,,,\n", mapping);
  const Told xes = tell(
      "<log><trace><string key='concept:name' value='1'/><event><string key='concept:name' value='x'/>"
      "<date key='time:timestamp' value='2026-01-05'/><string key='kind' value='decided'/>"
      "<string key='by' value=''/><string key='turn' value=''/></event>"
      "<event><string key='concept:name' value='noise'/><date key='time:timestamp' value='2026-01-06'/></event>"
      "</trace></log>",
      mapping);
  for (const Told& told : {table, xes}) {
    ASSERT_EQ(told.error, "");
    ASSERT_EQ(told.cases.size(), 1U);
    EXPECT_EQ(told.cases[0].name, "1");
    ASSERT_EQ(told.cases[0].moments.size(), 1U);
    EXPECT_EQ(told.cases[0].moments[0].activity, "x");
    EXPECT_EQ(told.cases[0].moments[0].moment.kind, EventKind::decided);
    EXPECT_TRUE(told.summary.warnings.empty());
  }
  EXPECT_FALSE(table.summary.xes);
  EXPECT_TRUE(xes.summary.xes);
  const auto wrong = read_mapping(std::string(kOwnWords) + "[xes_names]\nid = 3\n", "m.toml");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().detail.find("what is \"id\" called in XES?"), std::string::npos);
}

TEST(OwnWords, guarded_formulas_lose_their_apostrophe_when_the_mapping_says_so) {
  const std::string log =
      "id,what,when,kind,by,turn\n1,'=sum(a1),2026-01-05,,,\n1,''=x,2026-01-06,,,\n1,'x,2026-01-07,,,\n";
  const Told guarded = tell(log, std::string(kOwnWords) + "[csv]\nformula_guard = true\n");
  ASSERT_EQ(guarded.error, "");
  EXPECT_EQ(guarded.cases.at(0).moments[0].activity, "=sum(a1)");
  EXPECT_EQ(guarded.cases.at(0).moments[1].activity, "'=x");
  EXPECT_EQ(guarded.cases.at(0).moments[2].activity, "'x");
  EXPECT_EQ(tell(log, kOwnWords).cases.at(0).moments[0].activity, "'=sum(a1)");
}

}  // namespace
}  // namespace guichet::intake
