#include <guichet/dossier/chronology.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include <guichet/dossier/claim.hpp>
#include <guichet/dossier/facts.hpp>

#include "told_small.hpp"

namespace guichet::dossier {
namespace {

using Kind = Challenge::Kind;

const Challenge* challenge(const Chronology& made, Kind kind) {
  const auto found = std::ranges::find(made.challenges, kind, &Challenge::kind);
  return found == made.challenges.end() ? nullptr : &*found;
}

std::vector<std::uint32_t> disputed(const ToldCase& told, const Chronology& made) {
  std::vector<std::uint32_t> versions;
  for (const Fact& fact : made.facts)
    if (fact.disputed) versions.push_back(told.timeline.entries[fact.entry].event.version.value);
  return versions;
}

/// The text of a page without its tags.
std::string words_on(const std::string& page) {
  std::string words;
  bool inside = false;
  for (const char c : page.substr(page.find("<body>"))) {
    if (c == '<') inside = true;
    if (!inside) words += c;
    if (c == '>') inside = false;
  }
  return words;
}

TEST(Chronology, numbers_exhibits_and_letters_as_they_appear) {
  SmallCase small;
  const ToldCase& told = small.whole_story().told();
  const Chronology made = chronology_of(told);
  ASSERT_EQ(made.exhibits.size(), 1U);
  EXPECT_EQ(made.exhibits[0].path, "exhibits/01-ete.pdf") << "with its accents in case.json";
  EXPECT_EQ(made.exhibits[0].first, Version{1});
  EXPECT_EQ(made.exhibits[0].shown, "facture n° 12/été.pdf");
  ASSERT_EQ(made.letters.size(), 1U);
  EXPECT_EQ(made.letters[0].path, "messages/001.eml");
  ASSERT_FALSE(made.facts.empty());
  const std::vector<Source> expected{{Source::Kind::event, 1}, {Source::Kind::exhibit, 1}};
  EXPECT_EQ(made.facts[0].sources, expected);
}

TEST(Chronology, every_fact_has_a_source_and_quiet_events_are_none) {
  SmallCase small;
  const ToldCase& told = small.whole_story().told();
  const Chronology made = chronology_of(told);
  for (const Fact& fact : made.facts) {
    EXPECT_FALSE(fact.sources.empty());
    EXPECT_NE(told.timeline.entries[fact.entry].event.kind, EventKind::clock_started);
  }
}

TEST(Chronology, puts_both_versions_side_by_side) {
  SmallCase small;
  const ToldCase& told = small.whole_story().told();
  const Chronology made = chronology_of(told);
  ASSERT_EQ(made.versions.size(), 3U);
  using About = Versions::About;
  EXPECT_EQ(made.versions[0].about, About::answer);
  EXPECT_EQ(made.versions[1].about, About::restriction);
  EXPECT_EQ(made.versions[2].about, About::decision);
  const auto version = [&](std::optional<std::size_t> entry) {
    return entry ? told.timeline.entries[*entry].event.kind : EventKind::none;
  };
  EXPECT_EQ(version(made.versions[1].seller), EventKind::restriction_contested);
  EXPECT_EQ(version(made.versions[1].desk), EventKind::restriction_announced);
  EXPECT_EQ(version(made.versions[2].desk), EventKind::decided);
  EXPECT_FALSE(disputed(told, made).empty());
}

TEST(Challenges, are_said_by_the_dossier_itself) {
  SmallCase small;
  small.whole_story();
  Chronology made = chronology_of(small.told());
  EXPECT_NE(challenge(made, Kind::recorded_by_one_side), nullptr);
  EXPECT_NE(challenge(made, Kind::unsigned_list), nullptr);
  EXPECT_NE(challenge(made, Kind::date_not_presumed), nullptr);
  ASSERT_NE(challenge(made, Kind::mail_date_differs), nullptr);
  EXPECT_EQ(challenge(made, Kind::mail_date_differs)->count, 1U);
  for (const Kind kind : {Kind::clock_differs, Kind::out_of_order, Kind::imported, Kind::erased, Kind::withheld,
                          Kind::invented, Kind::key_not_vouched})
    EXPECT_EQ(challenge(made, kind), nullptr) << name(kind);

  small.raw().key = std::string(64, 'a');
  small.raw().stamped = true;
  small.delayed(std::chrono::minutes{5})
      .at(60 * 120)
      .happens(EventKind::message_sent, Party::seller, SmallCase::kSeller, {});
  small.delayed({}).channel("import").at(60 * 100).happens(EventKind::message_sent, Party::desk, SmallCase::kNoor, {});
  Piece& gone = small.piece(TextId{2});
  gone.body.clear();
  gone.erased = parse_instant("2026-06-01T00:00:00Z");
  made = chronology_of(small.told());
  EXPECT_EQ(challenge(made, Kind::unsigned_list), nullptr);
  EXPECT_NE(challenge(made, Kind::key_not_vouched), nullptr);
  EXPECT_EQ(challenge(made, Kind::date_not_presumed), nullptr);
  ASSERT_NE(challenge(made, Kind::clock_differs), nullptr);
  EXPECT_EQ(challenge(made, Kind::clock_differs)->count, 1U);
  ASSERT_NE(challenge(made, Kind::out_of_order), nullptr);
  ASSERT_NE(challenge(made, Kind::imported), nullptr);
  ASSERT_NE(challenge(made, Kind::erased), nullptr);
  EXPECT_EQ(challenge(made, Kind::erased)->places.size(), 1U);
}

TEST(Folio, says_the_chapters_in_both_languages_and_no_word_of_the_law) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    SmallCase small(language);
    const ToldCase& told = small.whole_story().told();
    const Voice voice = small.voice();
    const Folio folio = folio_of(told, chronology_of(told), voice, {}, std::string(64, '0'));
    std::vector<std::string> chapters;
    for (const Block& block : folio.blocks)
      if (block.kind == Block::Kind::chapter) chapters.push_back(block.place);
    const std::vector<std::string> expected{"short",  "people",    "chronology", "versions",
                                            "clocks", "questions", "offers",     "restrictions",
                                            "costs",  "exhibits",  "challenges", "checking"};
    EXPECT_EQ(chapters, expected);
    const std::string words = words_on(folio_page(folio));
    EXPECT_NE(words.find("8,699.36 EUR if you say nothing."), std::string::npos);
    EXPECT_NE(words.find("&lt;b&gt;Soon&lt;/b&gt;"), std::string::npos);
  }
}

TEST(Folio, the_sellers_edition_shows_that_a_note_was_made_and_not_its_words) {
  SmallCase small(formats::Language::en, Edition::seller);
  small.whole_story();
  for (Piece& piece : small.raw().pieces)
    if (piece.kind == Piece::Kind::note) {
      piece.withheld = true;
      piece.body.clear();
    }
  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const std::string page = folio_page(folio_of(told, chronology_of(told), voice, {}, {}));
  EXPECT_EQ(page.find("quota"), std::string::npos);
  EXPECT_NE(page.find("Marie made a note inside the desk."), std::string::npos);
  EXPECT_NE(page.find("its words are not"), std::string::npos);
}

TEST(Folio, has_the_facts_of_both_sides_and_what_a_claim_comes_to) {
  SmallCase small;
  small.whole_story();
  const auto states = [&](Party party, ActorId who, const std::string& body, const FactWords& fact) {
    Words words{.body = body};
    words.fact = fact;
    small.at(60 * 130).happens(EventKind::exhibit_added, party, who, {.text = small.words(who, words)});
    return static_cast<std::uint32_t>(small.raw().events.size());
  };
  using Act = FactWords::Act;
  const std::uint32_t sourced = states(Party::seller, SmallCase::kSeller, "The limit fell without a word.",
                                       {.act = Act::state,
                                        .date = *parse_fact_date("2026-03"),
                                        .citations = {{.kind = Citation::Kind::event, .number = 12}}});
  states(Party::seller, SmallCase::kSeller, "Somebody telephoned.", {.act = Act::state});
  states(Party::desk, SmallCase::kMarie, "It was announced on 4 March.", {.act = Act::dispute, .fact = sourced});
  Claim claim{.regime = Regime::legal_interest, .creditor = Creditor::business};
  claim.sums.push_back(
      {.what = "Payments held back", .cents = 819'936, .from = *parse_day("2024-07-01"), .source = "event 1"});
  Words asked;
  asked.claim = claim_as_toml(claim);
  small.happens(EventKind::exhibit_added, Party::seller, SmallCase::kSeller,
                {.text = small.words(SmallCase::kSeller, asked)});

  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const std::string page = folio_page(folio_of(told, chronology_of(told), voice, more_chapters(told, voice), {}));
  EXPECT_NE(page.find("Facts: 2. Without a date: 1. Without a source: 1. Disputed: 1."), std::string::npos);
  EXPECT_LT(page.find("Somebody telephoned."), page.find("The limit fell without a word.")) << "undated facts first";
  EXPECT_NE(page.find("It was announced on 4 March."), std::string::npos);
  EXPECT_NE(page.find("What the seller claims"), std::string::npos);
  // 8,199.36 EUR at 4.92 % over the second half of 2024, 184 of 366 days.
  EXPECT_NE(page.find("202.81"), std::string::npos);
}

TEST(Folio, of_a_case_in_which_nothing_happened) {
  SmallCase small;
  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const Folio folio = folio_of(told, chronology_of(told), voice, {}, {});
  EXPECT_NE(folio_page(folio).find("Nothing has happened in this case."), std::string::npos);
  EXPECT_TRUE(folio_print(folio));
}

}  // namespace
}  // namespace guichet::dossier
