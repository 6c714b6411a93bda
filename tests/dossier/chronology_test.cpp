#include <guichet/dossier/chronology.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include <guichet/dossier/claim.hpp>
#include <guichet/dossier/facts.hpp>
#include <guichet/formats/json.hpp>

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

/// The chapter of a page that begins at this place, up to the next one.
std::string chapter_of(const std::string& page, const std::string& place) {
  const std::size_t from = page.find("<h2 id=\"" + place + "\"");
  return from == std::string::npos ? std::string() : page.substr(from, page.find("<h2 ", from + 4) - from);
}

TEST(Folio, shows_a_stated_fact_that_is_disputed_with_both_versions) {
  for (const Party first : {Party::seller, Party::desk}) {
    SmallCase small;
    const auto states = [&](Party party, const std::string& body, FactWords fact) {
      Words words{.body = body};
      words.fact = std::move(fact);
      const ActorId who = party == Party::seller ? SmallCase::kSeller : SmallCase::kMarie;
      small.at(10).happens(EventKind::exhibit_added, party, who, {.text = small.words(who, words)});
    };
    using Act = FactWords::Act;
    const TextId letter = small.text(Piece::Kind::file, SmallCase::kSeller, "x", "letter.pdf", "application/pdf");
    small.happens(EventKind::exhibit_added, Party::seller, SmallCase::kSeller, {.text = letter, .detail = 4711});
    states(first, "Nobody wrote for ten days.",
           {.act = Act::state,
            .date = *parse_fact_date("2026-02"),
            .said_by = "the carrier",
            .citations = {{.kind = Citation::Kind::exhibit, .number = 1}}});
    states(first == Party::seller ? Party::desk : Party::seller, "An answer went out on the third.",
           {.act = Act::dispute, .fact = 2, .date = *parse_fact_date("2026-02-03")});
    const ToldCase& told = small.told();
    const Voice voice = small.voice();
    const Folio folio = folio_of(told, chronology_of(told), voice, more_chapters(told, voice), {});
    const std::string page = folio_page(folio), chapter = chapter_of(page, "versions");
    EXPECT_EQ(chapter.find("Nothing is marked as disputed"), std::string::npos) << chapter;
    for (const char* part :
         {"Nobody wrote for ten days.", "An answer went out on the third.", "the carrier", "February 2026",
          "3 February 2026", "exhibit 1", "href=\"#x1\"", "Ann", "Marie", "no source"})
      EXPECT_NE(chapter.find(part), std::string::npos) << part << "\n" << chapter;
    const bool seller_left = chapter.find("Nobody wrote") < chapter.find("An answer went");
    EXPECT_EQ(seller_left, first == Party::seller) << "the seller stands left, whoever stated it";
    EXPECT_NE(page.find("The sides differ on one point."), std::string::npos);
    const std::string json = case_json(told, chronology_of(told), {});
    const auto read = formats::parse_json(json, "case.json");
    ASSERT_TRUE(read) << read.error().detail;
    const auto& fact = read->find("derived")->find("facts")->items.at(0);
    EXPECT_TRUE(fact.find("disputed")->boolean);
    ASSERT_EQ(fact.find("versions")->items.size(), 2U);
    EXPECT_EQ(fact.find("versions")->items[1].find("words")->text, "An answer went out on the third.");
    EXPECT_EQ(fact.find("versions")->items[0].find("sources")->items.at(0).find("source")->text, "exhibit 1");
    EXPECT_TRUE(folio_print(folio));
  }
}

TEST(Folio, an_exhibit_has_one_number_everywhere) {
  SmallCase small;
  for (int i = 0; i < 40; ++i) small.words(SmallCase::kSeller, {.body = "of another case"});
  small.whole_story();
  const TextId second = small.text(Piece::Kind::file, SmallCase::kSeller, "x", "letter.pdf", "application/pdf");
  small.at(60 * 115).happens(EventKind::exhibit_added, Party::seller, SmallCase::kSeller,
                             {.text = second, .detail = second.value});
  Words cites{.body = "It says so.", .fact = FactWords{.citations = {{.kind = Citation::Kind::exhibit, .number = 2}}}};
  small.happens(EventKind::exhibit_added, Party::seller, SmallCase::kSeller,
                {.text = small.words(SmallCase::kSeller, cites)});
  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const Folio folio = folio_of(told, chronology_of(told), voice, more_chapters(told, voice), {});
  const std::string page = folio_page(folio);
  EXPECT_NE(page.find("Ann added exhibit 2."), std::string::npos);
  // On paper: a bookmark to its entry in the list, its file one click away, tables that can be read as tables.
  const Result<std::string> paper = folio_print(folio);
  ASSERT_TRUE(paper) << paper.error().detail;
  for (const char* part : {"Exhibit 2: letter.pdf", "exhibits/02-letter.pdf", "/S /Table", "/S /TH", "/S /TD"})
    EXPECT_NE(paper->find(part), std::string::npos) << part;
  EXPECT_NE(chapter_of(page, "exhibits").find("exhibits/02-letter.pdf"), std::string::npos);
  EXPECT_NE(page.find("<a href=\"#x2\">exhibit 2</a>"), std::string::npos) << "a fact cites the same number";
  EXPECT_EQ(page.find("exhibit " + std::to_string(second.value)), std::string::npos);
}

TEST(Folio, says_of_what_was_erased_when_by_whom_and_why) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    const bool english = language == formats::Language::en;
    SmallCase small(language);
    small.whole_story();
    Piece& gone = small.piece(TextId{2});
    gone.body.clear();
    gone.erased = parse_instant("2026-06-01T00:00:00Z");
    Piece& file = small.piece(TextId{1});
    file.body.clear();
    file.erased = parse_instant("2026-06-02T00:00:00Z");
    small.raw().erasures = {{.text = TextId{2}, .by = SmallCase::kChief, .reason = "wish"},
                            {.text = TextId{1}, .by = {}, .reason = "court order 12"}};
    const ToldCase& told = small.told();
    const Voice voice = small.voice();
    const std::string page = folio_page(folio_of(told, chronology_of(told), voice, {}, {}));
    for (const std::string& part :
         {std::string("Chief"), english ? std::string("1 June 2026") : std::string("juin 2026"),
          english ? std::string("the person asked for it") : std::string("la personne l"),
          std::string("court order 12"), english ? std::string("at the ledger itself") : std::string("registre même")})
      EXPECT_NE(chapter_of(page, "exhibits").find(part), std::string::npos) << part;
    EXPECT_NE(chapter_of(page, "chronology").find(english ? "by Chief" : "par Chief"), std::string::npos);
    const std::string json = case_json(told, chronology_of(told), {});
    EXPECT_NE(json.find("\"erased_by\": 4"), std::string::npos);
    EXPECT_NE(json.find("\"erased_because\": \"court order 12\""), std::string::npos);
  }
}

TEST(Folio, of_a_case_in_which_nothing_happened) {
  SmallCase small;
  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const Folio folio = folio_of(told, chronology_of(told), voice, {}, {});
  EXPECT_NE(folio_page(folio).find("Nothing has happened in this case."), std::string::npos);
  EXPECT_TRUE(folio_print(folio));
}

/// Three imported mails, the second with the time of the separator line.
SmallCase& mailbox(SmallCase& small) {
  const auto mail = [&](Party party, std::string body, std::vector<ArrivalLine> arrival) {
    small.happens(
        EventKind::message_sent, party, party == Party::seller ? SmallCase::kSeller : SmallCase::kMarie,
        {.text = small.words(SmallCase::kSeller, {.body = body, .arrival = std::move(arrival)}), .detail = 1});
    small.letter(Version{static_cast<std::uint32_t>(small.raw().events.size())}, "From: a@b.example\r\n\r\n" + body,
                 true);
    small.raw().letters.back().date_said.reset();
  };
  small.channel("import");
  small.at(0).happens(EventKind::opened, Party::seller, SmallCase::kSeller);
  mail(Party::seller, "First.", {{"dkim", "none: no signature"}});
  small.at(60 * 24);
  mail(Party::desk, "Second.",
       {{"dkim", "pass: signed by market.example"}, {"time", "of the separator, for it has no date that can be read"}});
  small.at(60 * 48);
  mail(Party::seller, "Third.", {{"dkim", "none: no signature"}});
  return small;
}

TEST(Folio, says_where_a_moment_comes_from_that_is_not_of_a_date_field) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    SmallCase small(language);
    const ToldCase& told = mailbox(small).told();
    const Chronology made = chronology_of(told);
    const Challenge* elsewhere = challenge(made, Kind::time_elsewhere);
    ASSERT_NE(elsewhere, nullptr);
    EXPECT_EQ(elsewhere->places, (std::vector<std::uint32_t>{3}));
    const Challenge* bare = challenge(made, Kind::unsigned_mails);
    ASSERT_NE(bare, nullptr);
    EXPECT_EQ(bare->places, (std::vector<std::uint32_t>{2, 4}));
    const Voice voice = small.voice();
    const std::string page = folio_page(folio_of(told, made, voice, {}, {}));
    const std::string from = voice.phrases("dossier.time.separator");
    EXPECT_NE(chapter_of(page, "chronology").find(from), std::string::npos);
    EXPECT_NE(chapter_of(page, "exhibits").find(from), std::string::npos);
    EXPECT_NE(chapter_of(page, "exhibits").find(voice.phrases("dossier.letters.unsigned")), std::string::npos);
    EXPECT_NE(chapter_of(page, "short").find(voice.phrases("dossier.short.silences.unsure")), std::string::npos);
    EXPECT_EQ(told.timeline.desk_silence_longest, Duration{}) << "it would end at the separator's time";
    EXPECT_GT(told.timeline.silences_unsure, 0U);
  }
}

TEST(Folio, of_imported_mails_says_nothing_of_what_was_not_looked_at) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    SmallCase small(language);
    const ToldCase& told = mailbox(small).told();
    const Voice voice = small.voice();
    const std::string page = folio_page(folio_of(told, chronology_of(told), voice, {}, {}));
    EXPECT_NE(page.find(voice.phrases("dossier.cover.stands.imported")), std::string::npos);
    EXPECT_EQ(page.find(told.stands), std::string::npos);
    const std::string brief = chapter_of(page, "short");
    EXPECT_NE(brief.find(voice.phrases("dossier.short.questions.imported")), std::string::npos);
    EXPECT_NE(brief.find(voice.phrases("dossier.clocks.none")), std::string::npos);
    for (const char* untrue : {"Questions still open", "Questions encore ouvertes", "Time limits of", "Délais du"})
      EXPECT_EQ(brief.find(untrue), std::string::npos) << untrue;
  }
}

TEST(Folio, the_keeper_of_the_ledger_is_no_party) {
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    SmallCase small(language);
    small.whole_story();
    small.raw().key = std::string(64, 'c');
    const ToldCase& told = small.told();
    const Voice voice = small.voice();
    const std::string page = folio_page(folio_of(told, chronology_of(told), voice, {}, {}));
    for (const char* of_party :
         {"Key of the desk", "signed by the desk", "receipts that the desk", "Receipts went", "Clé du guichet",
          "signature du guichet", "envoyés par le guichet", "reçus sont allés"})
      EXPECT_EQ(page.find(of_party), std::string::npos) << of_party;
    EXPECT_NE(
        page.find(language == formats::Language::en ? "Key of the keeper of the ledger" : "Clé du teneur du registre"),
        std::string::npos);
  }
}

TEST(Folio, says_what_each_number_counts_and_none_is_singular_in_French) {
  SmallCase small(formats::Language::fr);
  const ToldCase& told = small.whole_story().told();
  const Voice voice = small.voice();
  const Chronology made = chronology_of(told);
  const std::string page = folio_page(folio_of(told, made, voice, {}, {}));
  const std::string brief = chapter_of(page, "short");
  EXPECT_EQ(brief.find("0 tenus"), std::string::npos);
  EXPECT_EQ(brief.find("0 manqués"), std::string::npos);
  EXPECT_NE(brief.find("0 manqué"), std::string::npos) << brief;
  ASSERT_NE(made.letters.size(), told.timeline.seller_messages + told.timeline.desk_messages);
  EXPECT_NE(brief.find("1 écrit en forme de courriel"), std::string::npos) << brief;
  EXPECT_EQ(page.find("heure de UTC"), std::string::npos);
}

TEST(Folio, a_cooling_period_that_has_passed_runs_no_more) {
  SmallCase small;
  small.at(0).happens(EventKind::opened, Party::seller, SmallCase::kSeller);
  small.happens(EventKind::clock_started, Party::clock, {}, {.detail = 3600, .clock = Clock::cooling});
  small.at(59).happens(EventKind::message_sent, Party::seller, SmallCase::kSeller);
  const Voice voice = small.voice();
  EXPECT_NE(case_json(small.told(), chronology_of(small.told()), {}).find("\"ending\": \"runs\""), std::string::npos);
  small.at(60).happens(EventKind::message_sent, Party::seller, SmallCase::kSeller);
  const ToldCase& told = small.told();
  EXPECT_NE(case_json(told, chronology_of(told), {}).find("\"ending\": \"over\""), std::string::npos);
  const std::string page = folio_page(folio_of(told, chronology_of(told), voice, {}, {}));
  EXPECT_NE(chapter_of(page, "clocks").find(voice.phrases("dossier.clocks.over")), std::string::npos);
  EXPECT_EQ(chapter_of(page, "clocks").find(voice.phrases("clocks.runs")), std::string::npos);
}

TEST(Folio, counts_sources_that_the_case_does_not_have) {
  SmallCase small;
  small.whole_story();
  FactWords fact;
  fact.citations = {{.kind = Citation::Kind::exhibit, .number = 99}, {.kind = Citation::Kind::message, .number = 9999}};
  small.happens(EventKind::exhibit_added, Party::seller, SmallCase::kSeller,
                {.text = small.words(SmallCase::kSeller, {.body = "It was so.", .fact = fact})});
  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const std::string page = folio_page(folio_of(told, chronology_of(told), voice, more_chapters(told, voice), {}));
  EXPECT_NE(page.find("Without a source: 1."), std::string::npos);
  EXPECT_NE(page.find(voice.phrases.counted("dossier.facts.not_found", 2)), std::string::npos);
}

TEST(Folio, names_the_cases_and_measures_behind_a_ratio) {
  SmallCase small;
  small.whole_story();
  small.raw().adverse = measures::Figure{.id = measures::MeasureId::adverse_after, .n = 2};
  small.raw().adverse_cases = {CaseId{12}, CaseId{1042}};
  small.raw().adverse_measures = {{CaseId{12}, Version{4}}, {CaseId{1042}, Version{12}}};
  const ToldCase& told = small.told();
  const Voice voice = small.voice();
  const std::string page = folio_page(folio_of(told, chronology_of(told), voice, {}, {}));
  EXPECT_NE(page.find("case 12, event 4; case 1042, event 12"), std::string::npos);
  const auto json = formats::parse_json(case_json(told, chronology_of(told), {}), "case.json");
  ASSERT_TRUE(json) << json.error().detail;
  const auto* ratio = json->find("derived")->find("adverse_after");
  ASSERT_NE(ratio, nullptr);
  EXPECT_EQ(ratio->find("cases")->items.size(), 2U);
  EXPECT_EQ(ratio->find("counted")->items.at(1).find("event")->integer, 12);
}

}  // namespace
}  // namespace guichet::dossier
