#include <guichet/dossier/expectations.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <guichet/measures/tally.hpp>

namespace guichet::dossier {
namespace {

constexpr Instant kBegan{Duration{1'000'000'000'000}};
constexpr std::int64_t kHour = 3'600'000;

/// Cases one day apart, answered after 1, 2, 3 … hours; of every fifth the answer never came.
Foretold desk(int cases) {
  expect::Past past;
  measures::Tally tally;
  std::vector<Moment> moments;
  for (int i = 0; i < cases; ++i) {
    const Instant began = kBegan + std::chrono::hours{24 * i};
    moments = {Moment{.at = began, .kind = EventKind::message_sent, .party = Party::seller}};
    if (i % 5 != 4)
      moments.push_back(
          Moment{.at = began + std::chrono::hours{1 + i % 8}, .kind = EventKind::message_sent, .party = Party::desk});
    moments.push_back(Moment{.at = began + std::chrono::hours{20}, .kind = EventKind::closed, .party = Party::desk});
    const CaseHistory history{.facts = {}, .moments = moments};
    past.fold(history);
    tally.fold(history);
  }
  past.settle(past.last());
  const Vocabulary names;
  return foretold(past, names, tally.findings(names));
}

std::vector<ExpectationTold> told_in(formats::Language language, const SoFar& so_far, int cases = 400) {
  return told(desk(cases), "", so_far, formats::Phrases(language));
}

TEST(expectations, are_told_in_words_with_what_they_rest_on) {
  const auto all = told_in(formats::Language::en, kNotOpened);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].what, "An answer");
  EXPECT_EQ(all[0].says,
            "In half of earlier cases within 5\u00a0h; in one of ten it took longer than is known, or never came.");
  EXPECT_EQ(all[0].rests_on, "Rests on 400 earlier waits.");
  EXPECT_EQ(all[1].says, "In half of earlier cases within 20\u00a0h; in eight of ten between 20\u00a0h and 20\u00a0h.");
  EXPECT_EQ(all[2].says, "In half of earlier cases up to 2, of both sides together; in eight of ten 1 to 2.");
  EXPECT_NE(all[1].accuracy.find("100% were right"), std::string::npos) << all[1].accuracy;
}

TEST(expectations, of_a_wait_under_way_what_is_left_is_told) {
  const auto all = told_in(formats::Language::en, {4 * kHour, 4 * kHour, 1});
  EXPECT_TRUE(all[0].says.starts_with("After 4\u00a0h: in half of earlier cases within a further 3\u00a0h"))
      << all[0].says;
  EXPECT_TRUE(all[1].says.starts_with("After 4\u00a0h: in half of earlier cases within a further 16\u00a0h"))
      << all[1].says;
}

TEST(expectations, what_nobody_awaits_is_not_told) {
  const auto all = told_in(formats::Language::en, {std::nullopt, kHour, 2});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].what, "A decision or a closing");
}

TEST(expectations, speak_french) {
  const auto all = told_in(formats::Language::fr, kNotOpened);
  EXPECT_EQ(all[0].what, "Une réponse");
  EXPECT_TRUE(all[0].says.starts_with("Dans la moitié des dossiers passés en 5\u00a0h au plus")) << all[0].says;
}

TEST(expectations, of_few_cases_none_is_made) {
  for (const ExpectationTold& one : told_in(formats::Language::en, kNotOpened, 29)) {
    EXPECT_EQ(one.says, "Not foretold: fewer than 30 earlier cases are known that had come so far.");
    EXPECT_EQ(one.rests_on, "");
    EXPECT_EQ(one.accuracy, "");
  }
  EXPECT_EQ(reversal_told(desk(400), formats::Phrases(formats::Language::en)), "") << "nothing was looked at again";
}

TEST(expectations, programs_get_seconds_and_null_for_what_is_not_known) {
  formats::JsonWriter json(0);
  json.begin_object();
  write_expectations(json, desk(400), "", kNotOpened);
  const auto read = formats::parse_json(json.end_object().take(), "test");
  ASSERT_TRUE(read);
  const formats::JsonValue* answer = read->find("answer");
  EXPECT_EQ(answer->find("middle")->integer, 5 * 3'600);
  EXPECT_EQ(answer->find("high")->kind, formats::JsonValue::Kind::null);
  EXPECT_EQ(answer->find("n")->integer, 400);
  EXPECT_EQ(read->find("messages")->find("unit")->text, "messages");
  EXPECT_EQ(read->find("looked_again")->find("changed")->kind, formats::JsonValue::Kind::null);
}

}  // namespace
}  // namespace guichet::dossier
