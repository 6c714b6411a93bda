#include <guichet/dossier/words.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

Words all_of_it() {
  Words words;
  words.subject = "Le relevé de mars";
  words.body = "Bonjour,\n« 12 400 € » <manquent>.\n\t\"Pourquoi ?\"";
  words.questions = {"Pourquoi ?", "Jusqu'à quand ?"};
  words.files = {TextId{7}, TextId{4'294'967'295U}};
  words.facts = "Two parcels were lost.";
  words.ground = "§ 4.2";
  words.redress = {"internal", "court"};
  words.measure = "listing";
  words.unit = "offers";
  words.language = "fr";
  words.mail = TextId{9};
  words.matched = "References";
  words.name = "Example Mediation Centre";
  words.fact = FactWords{.act = FactWords::Act::dispute,
                         .fact = 12,
                         .date = *parse_fact_date("2026-03/2026-05-02"),
                         .said_by = "the carrier",
                         .matters = {"delivery"},
                         .citations = {{.kind = Citation::Kind::exhibit, .number = 31, .place = "page 3"}}};
  words.claim = "regime = \"no_interest\"\n";
  words.came = "2026-03-02T11:00:00Z";
  words.moved = MovedMail{.to = CaseId{12}, .from = {}, .message = 7, .across = true};
  words.invented = true;
  return words;
}

Words read_back(const std::string& json) {
  const Result<Words> words = words_from_json(json);
  EXPECT_TRUE(words) << words.error().detail;
  return words ? *words : Words{};
}

TEST(words, come_back_as_they_were_written) { EXPECT_EQ(read_back(words_as_json(all_of_it())), all_of_it()); }

TEST(words, each_member_is_kept_and_alone) {
  // Taking any one member away must show: none is written for another.
  const Words all = all_of_it();
  const std::string whole = words_as_json(all);
  for (std::string Words::* member :
       {&Words::subject, &Words::body, &Words::facts, &Words::ground, &Words::measure, &Words::unit, &Words::language,
        &Words::matched, &Words::came, &Words::name, &Words::claim}) {
    Words without = all;
    (without.*member).clear();
    EXPECT_NE(words_as_json(without), whole);
    EXPECT_EQ(read_back(words_as_json(without)), without);
  }
}

TEST(words, nothing_is_the_empty_object) {
  EXPECT_EQ(words_as_json({}), "{}");
  EXPECT_EQ(read_back("{}"), Words{});
}

TEST(words, are_one_line) { EXPECT_EQ(words_as_json(all_of_it()).find('\n'), std::string::npos); }

TEST(words, unknown_members_and_nulls_are_passed_over) {
  Words words;
  words.body = "hello";
  EXPECT_EQ(read_back(R"({"colour": {"deep": [1, 2]}, "body": "hello", "facts": null, "files": null})"), words);
}

TEST(words, what_is_of_another_kind_is_named) {
  for (const char* json : {R"({"body": 3})", R"({"questions": "one"})", R"({"questions": [1]})", R"({"files": [1.5]})",
                           R"({"files": [-1]})", R"({"files": [4294967296]})", R"({"files": "7"})", R"({"mail": "9"})",
                           R"({"invented": "yes"})", R"({"redress": {}})"}) {
    const Result<Words> words = words_from_json(json);
    ASSERT_FALSE(words) << json;
    EXPECT_NE(words.error().detail.find("the member \""), std::string::npos) << words.error().detail;
  }
}

TEST(words, what_is_no_document_is_an_error_with_its_place) {
  for (const char* text : {"", "[]", "hello", R"({"body": "un)", "3"}) {
    const Result<Words> words = words_from_json(text);
    ASSERT_FALSE(words) << text;
    EXPECT_TRUE(words.error().detail.starts_with("words:")) << words.error().detail;
  }
}

TEST(words, of_another_system_are_a_body) {
  EXPECT_EQ(words_or_plain(R"({"body": "x"})", "text/plain").body, R"({"body": "x"})");
  EXPECT_EQ(words_or_plain(R"({"body": "x"})", "application/json").body, "x");
  EXPECT_EQ(words_or_plain("not JSON", "application/json").body, "not JSON");
  EXPECT_EQ(words_or_plain("", "application/json"), Words{});
}

TEST(words, are_counted_by_runs) {
  EXPECT_EQ(count_of_words(""), 0U);
  EXPECT_EQ(count_of_words(" \n\t "), 0U);
  EXPECT_EQ(count_of_words("one"), 1U);
  EXPECT_EQ(count_of_words("  two  words\n"), 2U);
  EXPECT_EQ(count_of_words("l'été à Liège"), 3U);
  // No-break, narrow no-break, ideographic and line-separator spaces part words too.
  EXPECT_EQ(count_of_words("a\u00A0b\u202Fc\u3000d\u2028e"), 5U);
  EXPECT_EQ(count_of_words(std::string_view{"a\0b\x7F"
                                            "c",
                                            5}),
            3U);
  // Bytes that are not UTF-8 are signs like others.
  EXPECT_EQ(count_of_words("\xFF\xC3 \x80"), 2U);
  EXPECT_EQ(count_of_words("\U0001F600 \U0001F600"), 2U);
}

TEST(words, are_counted_up_to_what_an_event_holds) {
  std::string many;
  for (int i = 0; i < 70'000; ++i) many += "a ";
  EXPECT_EQ(count_of_words(many), 65'535U);
}

}  // namespace
}  // namespace guichet::dossier
