#include <guichet/dossier/facts_told.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace guichet::dossier {
namespace {

using Act = FactWords::Act;

/// A case in which nothing happens but statements.
class Told {
 public:
  /// Gives the version of the event.
  std::uint32_t add(EventKind kind, Party party, Words words, std::uint8_t aux = 0, std::uint32_t detail = 0) {
    Entry entry;
    const auto version = static_cast<std::uint32_t>(timeline_.entries.size() + 1);
    entry.event = {.at = parse_instant("2026-01-01").value() + std::chrono::hours{24 * version},
                   .case_id = CaseId{1},
                   .actor = ActorId{party == Party::seller ? 1U : 2U},
                   .text = TextId{version},
                   .detail = detail,
                   .version = Version{version},
                   .kind = kind,
                   .party = party,
                   .aux = aux};
    entry.words = FoundWords{.words = std::move(words), .note = false, .label = false, .erased = {}};
    timeline_.entries.push_back(std::move(entry));
    return version;
  }
  std::uint32_t say(Party party, std::string body, FactWords fact) {
    Words words;
    words.body = std::move(body);
    words.fact = std::move(fact);
    return add(EventKind::exhibit_added, party, std::move(words));
  }
  std::uint32_t state(Party party, std::string body, std::string_view date = {},
                      std::vector<std::string> sources = {}) {
    FactWords fact{
        .act = Act::state, .fact = 0, .date = *parse_fact_date(date), .said_by = {}, .matters = {}, .citations = {}};
    for (const std::string& source : sources) fact.citations.push_back(*parse_citation(source));
    return say(party, std::move(body), std::move(fact));
  }
  std::uint32_t about(Party party, Act act, std::uint32_t fact, std::string body = {}) {
    return say(party, std::move(body),
               {.act = act, .fact = fact, .date = {}, .said_by = {}, .matters = {}, .citations = {}});
  }
  FactsTold told() const { return facts_of(timeline_); }
  Timeline timeline_;
};

std::vector<std::string> words_of(const std::vector<FactTold>& facts) {
  std::vector<std::string> all;
  for (const FactTold& fact : facts) all.push_back(fact.version.words);
  return all;
}

TEST(FactsTold, UndatedFactsStandFirstThenByDate) {
  Told c;
  c.state(Party::seller, "in March", "2026-03");
  c.state(Party::seller, "some day");
  c.state(Party::desk, "in the year", "2026");
  c.state(Party::desk, "on 2 March", "2026-03-02");
  c.state(Party::desk, "another day");
  const FactsTold told = c.told();
  EXPECT_EQ(words_of(told.facts),
            (std::vector<std::string>{"some day", "another day", "in the year", "in March", "on 2 March"}));
  EXPECT_EQ(told.undated, 2U);
}

TEST(FactsTold, AFactWithoutASourceIsCounted) {
  Told c;
  c.add(EventKind::message_sent, Party::desk, {});  // event 1
  Words file;
  file.files = {TextId{2}};
  c.add(EventKind::exhibit_added, Party::seller, file, 0, 2);  // text 2 is exhibit 1 of the case
  c.timeline_.exhibits = {TextId{2}};
  c.state(Party::seller, "no source");
  c.state(Party::seller, "a message", {}, {"message 1"});
  c.state(Party::seller, "an exhibit", {}, {"exhibit 1, page 2"});
  c.state(Party::seller, "not there", {}, {"exhibit 99"});
  c.state(Party::seller, "an event that is no message", {}, {"message 2"});
  c.state(Party::seller, "itself", {}, {"event 8"});
  c.state(Party::seller, "outside", {}, {"letter of the carrier"});
  const FactsTold told = c.told();
  std::vector<std::string> without;
  for (const FactTold& fact : told.facts)
    if (!fact.version.sourced()) without.push_back(fact.version.words);
  EXPECT_EQ(without, (std::vector<std::string>{"no source", "not there", "an event that is no message", "itself"}));
  EXPECT_EQ(told.without_source, 4U);
  EXPECT_EQ(told.not_found, 3U);
  EXPECT_EQ(told.facts[2].version.citations[0].file, TextId{2});
}

TEST(FactsTold, TheOtherSideDisputesAndConcedes) {
  Told c;
  const auto fact = c.state(Party::seller, "Nobody answered for ten days.", "2026-01");
  c.about(Party::desk, Act::dispute, fact, "We answered on the third day.");
  FactsTold told = c.told();
  ASSERT_EQ(told.facts.size(), 1U);
  ASSERT_TRUE(told.facts[0].other);
  EXPECT_EQ(told.facts[0].other->words, "We answered on the third day.");
  EXPECT_EQ(told.facts[0].other->by, Party::desk);
  EXPECT_EQ(told.disputed, 1U);
  c.about(Party::seller, Act::change, fact, "Nobody answered for nine days.");
  EXPECT_TRUE(c.told().facts[0].changed_since_disputed);
  EXPECT_EQ(c.told().facts[0].changes, 1U);
  c.about(Party::desk, Act::concede, fact);
  told = c.told();
  EXPECT_FALSE(told.facts[0].other);
  EXPECT_EQ(told.disputed, 0U);
}

TEST(FactsTold, NobodyChangesTheOtherSidesFactOrDisputesHisOwn) {
  Told c;
  const auto fact = c.state(Party::seller, "mine", {});
  c.about(Party::desk, Act::change, fact, "theirs");
  c.about(Party::desk, Act::archive, fact, "away");
  c.about(Party::seller, Act::dispute, fact, "not so");
  c.about(Party::desk, Act::dispute, fact + 40, "not there");
  const FactsTold told = c.told();
  ASSERT_EQ(told.facts.size(), 1U);
  EXPECT_EQ(told.facts[0].version.words, "mine");
  EXPECT_FALSE(told.facts[0].other);
  EXPECT_EQ(told.facts[0].changes, 0U);
}

TEST(FactsTold, ArchivedIsNotDeleted) {
  Told c;
  const auto fact = c.state(Party::desk, "a mistake", {});
  c.about(Party::desk, Act::archive, fact, "said twice");
  FactsTold told = c.told();
  EXPECT_TRUE(told.facts.empty());
  ASSERT_EQ(told.archived.size(), 1U);
  EXPECT_EQ(told.archived[0].archived_why, "said twice");
  EXPECT_EQ(told.without_source, 0U);  // counts are of the list as it stands
  EXPECT_NE(told.find(fact), nullptr);
  c.about(Party::desk, Act::restore, fact);
  told = c.told();
  EXPECT_EQ(told.facts.size(), 1U);
}

TEST(FactsTold, WhatWasErasedIsCounted) {
  Told c;
  c.state(Party::seller, "words", {});
  c.timeline_.entries[0].words =
      FoundWords{.words = {}, .note = false, .label = false, .erased = parse_instant("2026-05-01")};
  EXPECT_EQ(c.told().erased, 1U);
  EXPECT_TRUE(c.told().facts.empty());
}

TEST(FactsTold, EachSideHasAClaimAndTheLastOneCounts) {
  Told c;
  const auto claim = [&c](Party party, std::string toml) {
    Words words;
    words.claim = std::move(toml);
    c.add(EventKind::exhibit_added, party, std::move(words));
  };
  claim(Party::seller, "regime = \"no_interest\"\ntitle = \"first\"\n");
  claim(Party::desk, "regime = \"no_interest\"\ntitle = \"of the desk\"\n");
  claim(Party::seller, "regime = \"no_interest\"\ntitle = \"second\"\n");
  claim(Party::seller, "regime = ");  // unreadable: the one before stays
  const FactsTold told = c.told();
  ASSERT_TRUE(told.seller_claim && told.desk_claim);
  EXPECT_EQ(told.seller_claim->claim.title, "second");
  EXPECT_EQ(told.desk_claim->claim.title, "of the desk");
}

TEST(FactsTold, AClaimTakesWhatItsSideHasNoted) {
  Told c;
  const auto cost = [&c](Party party, CostKind kind, std::uint32_t detail) {
    c.add(EventKind::cost_noted, party, {}, static_cast<std::uint8_t>(kind), detail);
  };
  cost(Party::seller, CostKind::hours, 90);
  cost(Party::seller, CostKind::letter, 7'40);
  cost(Party::seller, CostKind::fee, 250'00);
  cost(Party::seller, CostKind::interest, 10'00);
  cost(Party::desk, CostKind::fee, 1'000'00);
  Claim claim;
  claim.hour_rate = 40'00;
  const Claim whole = claim_with_case(claim, Party::seller, c.timeline_, formats::Phrases{formats::Language::en});
  const auto counted = count_claim(whole, Rates::shipped(), Day{std::chrono::days{25'000}});
  ASSERT_TRUE(counted);
  const Costs* const costs = &counted->costs;
  EXPECT_EQ(costs->hours_cents, 60'00);  // 90 minutes at 40
  EXPECT_EQ(costs->letters_cents, 7'40);
  EXPECT_EQ(costs->fees_cents, 250'00);
  EXPECT_EQ(costs->total, 317'40);
  EXPECT_EQ(costs->without_source, 0U);
  EXPECT_EQ(whole.hours.at(0).source, "event 1");
}

TEST(FactsTold, ThePageShowsBothVersionsAndWhatHasNoSource) {
  Told c;
  const auto fact = c.state(Party::seller, "<b>Nobody</b> answered.", "2026-01");
  c.about(Party::desk, Act::dispute, fact, "We did.");
  const formats::Phrases phrases{formats::Language::fr};
  const FactVoice voice{.phrases = phrases,
                        .person = [](ActorId id) { return "P" + std::to_string(id.value); },
                        .party = [](Party party) { return party == Party::seller ? "vendeur" : "guichet"; },
                        .address = {},
                        .beside = {}};
  const std::string page = facts_as_html(c.told(), voice).str();
  EXPECT_NE(page.find("&lt;b&gt;Nobody"), std::string::npos);
  EXPECT_NE(page.find("We did."), std::string::npos);
  EXPECT_NE(page.find("Contesté"), std::string::npos);
  EXPECT_NE(page.find("Aucune source"), std::string::npos);
  EXPECT_NE(page.find("janvier 2026"), std::string::npos);
}

}  // namespace
}  // namespace guichet::dossier
