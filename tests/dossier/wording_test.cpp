#include <guichet/dossier/wording.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <guichet/base/random.hpp>

namespace guichet::dossier {
namespace {

std::vector<std::string> cut(std::string_view text) {
  std::vector<std::string> sentences;
  for (const Sentence& sentence : sentences_of(text))
    sentences.push_back(in_one_line(text.substr(sentence.begin, sentence.end - sentence.begin)) +
                        (sentence.question ? " [?]" : ""));
  return sentences;
}

TEST(Wording, FoldsWhatComparingShouldNotSee) {
  EXPECT_EQ(folded_line("L’Été, c'est « FINI » : œuvre n° 4 !"), " l ete c est fini oeuvre n 4 ");
  EXPECT_EQ(folded_line("\xC0\xFF d\xC3"), " d ") << "bytes that are no UTF-8 divide words";
  EXPECT_EQ(folded_line(""), " ");
  EXPECT_EQ(folded_line("Straße 東京"), " strasse 東京 ");
}

TEST(Wording, WordsKnowTheirPlace) {
  const std::string text = "Où est l’avis ?";
  const std::vector<FoldedWord> words = folded_words(text);
  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(text.substr(words[0].begin, words[0].end - words[0].begin), "Où");
  EXPECT_EQ(text.substr(words[3].begin, words[3].end - words[3].begin), "avis");
}

TEST(Wording, SentencesEndWhereReadersEndThem) {
  EXPECT_EQ(
      cut("Bonjour,\n\nOù en est mon\ndossier ? Merci. M. Prune a dit 3.5 non !"),
      (std::vector<std::string>{"Bonjour,", "Où en est mon dossier ? [?]", "Merci.", "M. Prune a dit 3.5 non !"}));
  EXPECT_EQ(cut("First:\n- one thing\n- another?\n2. third"),
            (std::vector<std::string>{"First:", "- one thing", "- another? [?]", "2. third"}));
  EXPECT_EQ(cut("Vraiment\u202f?! (Oui.) Non…"), (std::vector<std::string>{"Vraiment\u202f?! [?]", "(Oui.)", "Non…"}));
  EXPECT_TRUE(cut(" \n \n").empty());
}

TEST(Wording, TellingWordsAreFewAndAlikeInTheirForms) {
  EXPECT_EQ(telling_words("Quand serez-vous remboursés ?"), (std::set<std::string>{"rembou", "serez"}));
  EXPECT_EQ(telling_words("le 12 et la 7"), (std::set<std::string>{"12", "7"}));
  EXPECT_EQ(part_in(telling_words("remboursement demain"), telling_words("rembourser")), 0.5);
  EXPECT_EQ(likeness({}, {}), 0);
}

TEST(Wording, TheIndexFindsWhatLookingAtAllFinds) {
  constexpr std::uint64_t kSeed = 29;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  for (const std::uint32_t vocabulary : {6U, 40U, 3'000U}) {
    const auto some = [&] {
      std::set<std::string> words;
      for (std::uint32_t n = 1 + random.below(12); n > 0; --n) {
        const std::uint32_t most = 1 + random.below(vocabulary);  // some are common, most are rare
        words.insert("w" + std::to_string(random.below(most)));
      }
      return words;
    };
    WordIndex index;
    std::vector<std::set<std::string>> sets;
    for (int round = 0; round < 400; ++round) {
      const std::set<std::string> words = some();
      for (const double part : {0.1, 0.5, 0.6, 1.0}) {
        std::vector<std::size_t> wanted, found;
        for (std::size_t at = 0; at < sets.size(); ++at) {
          const double share = part_in(words, sets[at]);
          if (share > 0 && share >= part) wanted.push_back(at);
        }
        for (const WordIndex::Sharing& one : index.sharing(words, part)) {
          found.push_back(one.set);
          EXPECT_EQ(one.size, sets[one.set].size());
          EXPECT_EQ(one.both, static_cast<std::size_t>(
                                  std::lround(part_in(words, sets[one.set]) * static_cast<double>(words.size()))));
        }
        ASSERT_EQ(found, wanted) << vocabulary << " " << round << " " << part;
      }
      index.add(words);
      sets.push_back(words);
    }
  }
}

TEST(Wording, RunsThatOtherTextsHaveToo) {
  SharedRuns runs;
  runs.add("one two three four five six seven eight nine ten");
  runs.add("zero two three four five six seven eight nine last");
  runs.add("nothing of all that stands in here or there, friend");
  EXPECT_EQ(runs.shared(0).words, 10U);
  EXPECT_EQ(runs.shared(0).repeated, 8U);
  EXPECT_EQ(runs.shared(1).repeated, 8U);
  EXPECT_EQ(runs.shared(2).repeated, 0U);
}

TEST(Wording, AnotherFigureIsTheSameWording) {
  SharedRuns runs;
  runs.add("your case 4711 was closed since you did not answer");
  runs.add("your case 99 was closed since you did not answer");
  EXPECT_EQ(runs.shared(0).repeated, 10U);
}

TEST(Wording, ATextThatRepeatsItselfRepeatsNoOther) {
  SharedRuns runs;
  runs.add("a b c d e f g h i. a b c d e f g h i.");
  EXPECT_EQ(runs.shared(0).repeated, 0U);
}

}  // namespace
}  // namespace guichet::dossier
