#include <guichet/demo/texts.hpp>

#include <set>
#include <string>

#include <gtest/gtest.h>

#include <guichet/base/utf8.hpp>

namespace guichet::demo {
namespace {

using formats::Language;

const Instant kOpened = *parse_instant("2026-05-04T08:15:00Z");
const Speaking kSeller{.name = "Zoé Fauvel", .to = {}, .team = {}, .at = kOpened};
const Speaking kAgent{.name = "Owen Oakes", .to = "Zoé", .team = "the desk", .at = kOpened + std::chrono::hours{30}};
constexpr std::array kMatters{"stock", "payment", "restriction", "technical", "other"};

Tale tale(std::uint64_t seed, Language language, std::string_view matter) {
  Tale tale = tale_of(seed, language, matter, 41'250, kOpened);
  tale.account = "Maison Sorbelle";
  tale.seller = "Zoé Fauvel";
  return tale;
}

/// Says something, marks it as invented, and leaves no placeholder open.
void expect_said(const dossier::Words& words, Language language) {
  EXPECT_TRUE(words.invented);
  EXPECT_EQ(words.language, formats::code(language));
  const std::string all = words.subject + words.body + words.facts + words.ground + words.measure;
  EXPECT_FALSE(all.empty());
  for (const std::string* text : {&words.subject, &words.body, &words.facts, &words.ground, &words.measure}) {
    EXPECT_EQ(text->find_first_of("{}"), std::string::npos) << *text;
    EXPECT_EQ(utf8_valid_prefix(*text), text->size());
  }
}

TEST(Texts, EveryKindOfTextOfEveryMatterInBothLanguages) {
  for (const Language language : {Language::en, Language::fr})
    for (const std::string_view matter : kMatters)
      for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Tale told = tale(seed, language, matter);
        EXPECT_EQ(told.matter, matter);
        expect_said(subject(told), language);
        const dossier::Words first = first_message(told, kSeller, 3);
        expect_said(first, language);
        EXPECT_EQ(first.questions.size(), 3U);
        expect_said(answer(told, kAgent, 0b11, 0b10, 0b100), language);
        expect_said(answer(told, kAgent, 0, 0, 0), language);
        const dossier::Words back = ask_back(told, kAgent, 2);
        expect_said(back, language);
        ASSERT_EQ(back.questions.size(), 1U);
        expect_said(reply(told, kSeller, 0b100), language);
        expect_said(let_down(told, kSeller), language);
        expect_said(dispute(told, kSeller, 0b10), language);
        for (const Decided outcome : {Decided::granted, Decided::partly_granted, Decided::refused}) {
          const dossier::Words words = decision(told, kAgent, outcome);
          expect_said(words, language);
          EXPECT_FALSE(words.facts.empty() || words.ground.empty() || words.measure.empty() || words.redress.empty());
        }
        for (const RestrictionKind kind :
             {RestrictionKind::stock_limit, RestrictionKind::listing, RestrictionKind::suspension})
          EXPECT_FALSE(restriction(told, kAgent, kind).unit.empty());
        expect_said(offer(told, kAgent, 12'345), language);
        EXPECT_NE(offer(told, kAgent, 12'345).body.find(language == Language::fr ? "123,45" : "123.45"),
                  std::string::npos);
        EXPECT_EQ(mediation(told, kSeller, "Somebody").name, "Somebody");
      }
}

TEST(Texts, TheSameSeedSaysTheSameAndOthersSayOtherThings) {
  std::set<std::string> firsts;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Tale one = tale(seed, Language::fr, "payment"), two = one;
    const dossier::Words words = first_message(one, kSeller, 2);
    EXPECT_EQ(words, first_message(two, kSeller, 2));
    firsts.insert(words.body);
    // The next text of the same tale draws anew.
    EXPECT_EQ(one.spoken, 1U);
  }
  EXPECT_GT(firsts.size(), 290U);
}

TEST(Texts, AnAnswerSpeaksOfWhatWasAskedUnlessItIsWeak) {
  Tale told = tale(5, Language::en, "stock");
  told.topic = "stock.lost";
  first_message(told, kSeller, 2);
  const formats::Phrases en(Language::en);
  std::set<std::string> evasions;
  for (unsigned i = 1; i <= variants("demo.evade."); ++i) evasions.insert(en("demo.evade." + std::to_string(i)));
  const auto evades = [&](const std::string& body) {
    for (const std::string& evasion : evasions)
      if (body.find(evasion) != std::string::npos) return true;
    return false;
  };
  for (int i = 0; i < 30; ++i) {
    EXPECT_FALSE(evades(answer(told, kAgent, 0b11, 0, 0).body));
    EXPECT_TRUE(evades(answer(told, kAgent, 0b11, 0b01, 0).body));
  }
}

TEST(Texts, AVisitorsOwnQuestionIsQuoted) {
  Tale told = tale(5, Language::en, "other");
  told.asked_words[0] = "Why is the sky blue?";
  EXPECT_NE(answer(told, kAgent, 0b1, 0, 0).body.find("Why is the sky blue?"), std::string::npos);
  told.back_words[3] = "How many were there?";
  EXPECT_NE(reply(told, kSeller, 0b1000).body.find("How many were there?"), std::string::npos);
}

TEST(Texts, EveryMatterHasTopicsAndEachTopicAnswersItsQuestions) {
  for (const std::string_view matter : kMatters) {
    const std::vector<std::string> topics = topics_of(matter);
    EXPECT_GE(topics.size(), 4U) << matter;
    for (const std::string& topic : topics) {
      const std::string keys = "demo.topic." + topic + ".";
      const unsigned asked = variants(keys + "ask.");
      EXPECT_GE(asked, 2U) << topic;
      EXPECT_EQ(variants(keys + "yes."), asked) << topic;
      EXPECT_EQ(variants(keys + "no."), asked) << topic;
      EXPECT_GE(variants(keys + "subject."), 2U) << topic;
      EXPECT_GE(variants(keys + "opening."), 2U) << topic;
      EXPECT_GE(variants(keys + "facts."), 1U) << topic;
      EXPECT_GE(variants(keys + "granted."), 1U) << topic;
    }
    const std::string name{matter};
    EXPECT_EQ(variants("demo.ask." + name + "."), variants("demo.reply." + name + "."));
  }
  EXPECT_EQ(variants("demo.no_such."), 0U);
  EXPECT_EQ(tale_of(1, Language::en, "quantum", 0, kOpened).matter, "other");
}

TEST(Texts, UnitsAreMoreThanWhatIsLeftOfThem) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Tale told = tale(seed, Language::en, "stock");
    EXPECT_GT(units_of(told), fewer_of(told));
    EXPECT_GT(fewer_of(told), 0U);
  }
}

}  // namespace
}  // namespace guichet::demo
