// A ledger filled with invented people: what stands in it, and that the same seed fills it the same way.
#include <guichet/demo/demo.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/base/digest.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/dossier/facts_told.hpp>
#include <guichet/dossier/timeline.hpp>

namespace guichet::demo {
namespace {

// A Friday at noon, and a Sunday in the night.
const Instant kNoon = *parse_instant("2026-11-27T12:10:00Z");
const Instant kNight = *parse_instant("2026-03-08T02:30:00Z");

struct Filled {
  desk::OpenedLedger opened = desk::ledger_in_memory();
  std::unique_ptr<ledger::Reader> reader;
  std::unique_ptr<Demo> demo;

  explicit Filled(Instant now, std::uint64_t seed = 2026) {
    auto filled = Demo::fill(opened, now, {.seed = seed, .password_hash = "$none", .progress = {}});
    EXPECT_TRUE(filled) << filled.error().detail;
    if (filled) demo = *std::move(filled);
    auto reading = opened.ledger->reader();
    if (reading) reader = *std::move(reading);
  }

  ledger::CaseFile file(Showcase which) {
    auto found = reader->case_file(demo->showcase(which));
    EXPECT_TRUE(found && *found) << static_cast<int>(which);
    return **found;
  }
  std::string email(ActorId person) {
    auto record = reader->record("person", desk::person_key(person));
    EXPECT_TRUE(record && *record);
    return desk::person_from(**record)->email;
  }
};

/// One for all tests that only look.
Filled& looked_at() {
  static Filled filled(kNoon);
  return filled;
}

std::uint64_t digest_of(ledger::Reader& reader) {
  RunningDigest digest;
  const auto add = [&digest](std::string_view text) {
    digest.add(text.size());
    digest.add(std::as_bytes(std::span{text}));
  };
  for (std::uint64_t first = 1;;) {
    const auto acts = reader.acts_from(first, 1'000);
    EXPECT_TRUE(acts);
    if (acts->empty()) break;
    first += acts->size();
    for (const ledger::NewAct& one : *acts) {
      digest.add(std::as_bytes(std::span{one.events}));
      digest.add(one.act.account.value);
    }
  }
  const auto reach = reader.reach();
  for (std::uint32_t id = 1; id <= reach->text.value; ++id) {
    const auto text = reader.text(TextId{id});
    EXPECT_TRUE(text);
    add(text->name);
    add(text->body);
  }
  return digest.value();
}

TEST(Demo, FillsALedgerThatChecksClean) {
  Filled& filled = looked_at();
  const auto wrong = filled.opened.ledger->check();
  ASSERT_TRUE(wrong) << wrong.error().detail;
  EXPECT_TRUE(wrong->empty()) << wrong->front();
  const DemoCounts counts = filled.demo->counts();
  EXPECT_GT(counts.cases, 2'000U);
  EXPECT_LT(counts.cases, 5'000U);
  EXPECT_GT(counts.living, counts.cases / 50);
  // What is woven in turns few cases another way than they were rehearsed.
  EXPECT_LT(counts.refused, counts.cases / 100);
  std::map<std::string, int> said;
  const auto visited = filled.reader->for_each_case([&](const ledger::ShelfRow&, std::span<const Event> events) {
    for (const Event& event : events) ++said[std::string{name(event.kind)}];
    return true;
  });
  ASSERT_TRUE(visited);
  for (const char* kind : {"opened",
                           "message_sent",
                           "note_made",
                           "question_asked",
                           "question_answered",
                           "question_disputed",
                           "assigned",
                           "hand_off_proposed",
                           "hand_off_accepted",
                           "escalated",
                           "decided",
                           "appealed",
                           "referred_to_mediator",
                           "mediation_ended",
                           "resolution_proposed",
                           "resolution_accepted",
                           "closed",
                           "offer_made",
                           "offer_accepted",
                           "offer_refused",
                           "restriction_announced",
                           "restriction_contested",
                           "restriction_took_effect",
                           "restriction_lifted",
                           "exhibit_added",
                           "linked",
                           "went_overdue",
                           "clock_reminded"})
    EXPECT_GT(said[kind], 0) << kind;
  for (const auto& [kind, count] : said) RecordProperty(kind, count);
}

TEST(Demo, EveryCaseIsForItsAccountAndEveryTextSaysSomething) {
  Filled& filled = looked_at();
  std::map<std::uint32_t, int> by_account;
  std::map<std::string, std::set<std::string>> bodies;
  std::vector<CaseId> all;
  ASSERT_TRUE(filled.reader->for_each_case([&](const ledger::ShelfRow& row, std::span<const Event>) {
    ++by_account[row.account.value];
    EXPECT_FALSE(row.subject.empty()) << row.case_id.value;
    EXPECT_FALSE(row.team.empty()) << row.case_id.value;
    all.push_back(row.case_id);
    return true;
  }));
  EXPECT_GE(by_account.size(), 50U);
  for (const auto& [account, count] : by_account) {
    EXPECT_NE(account, 0U);
    EXPECT_GT(count, 1) << account;
  }
  std::size_t files = 0;
  for (const CaseId id : all) {
    const auto file = filled.reader->case_file(id);
    ASSERT_TRUE(file && *file);
    const auto opener = filled.reader->record("person", desk::person_key((*file)->row.opener));
    ASSERT_TRUE(opener && *opener);
    EXPECT_EQ(desk::person_from(**opener)->account, (*file)->row.account);
    for (const ledger::Text& text : (*file)->texts) {
      if (text.kind == ledger::TextKind::file) {
        ++files;
        EXPECT_GT(text.body_bytes, 20U);
        EXPECT_FALSE(text.name.empty());
        continue;
      }
      const auto words = dossier::words_from_json(text.body);
      ASSERT_TRUE(words) << words.error().detail;
      EXPECT_TRUE(words->invented);
      EXPECT_FALSE(words->language.empty());
      const std::string said = words->body + words->subject + words->facts + words->claim;
      EXPECT_FALSE(said.empty()) << text.body;
      EXPECT_EQ((said + words->ground + words->measure).find('{'), std::string::npos) << text.body;
      bodies[words->language].insert(words->body);
    }
  }
  EXPECT_GT(files, 100U);
  ASSERT_EQ(bodies.size(), 2U);
  for (const auto& [language, different] : bodies) EXPECT_GT(different.size(), 2'000U) << language;
}

TEST(Demo, TheSameSeedFillsTheSameWay) {
  const std::uint64_t digest = digest_of(*looked_at().reader);
  Filled again(kNoon), other(kNoon, 7);
  EXPECT_EQ(digest_of(*again.reader), digest);
  EXPECT_NE(digest_of(*other.reader), digest);
}

TEST(Demo, TheStoryHasFactsOfEveryKindAndAClaim) {
  Filled& filled = looked_at();
  const ledger::CaseFile file = filled.file(Showcase::story);
  const auto words_of = [&file](TextId id) -> std::optional<dossier::FoundWords> {
    const auto text = std::ranges::find(file.texts, id, &ledger::Text::id);
    if (text == file.texts.end() || text->kind != ledger::TextKind::words) return std::nullopt;
    return dossier::FoundWords{.words = dossier::words_or_plain(text->body, text->media_type)};
  };
  std::vector<dossier::ToldEvent> events;
  for (const ledger::KeptEvent& kept : file.events) events.push_back({.event = kept.event, .act = kept.act});
  std::vector<TextId> files;
  for (const ledger::Text& text : file.texts)
    if (text.kind == ledger::TextKind::file) files.push_back(text.id);
  const dossier::Timeline timeline = dossier::timeline_of(events, Procedure{}, words_of, files);
  const dossier::FactsTold told = dossier::facts_of(timeline);
  ASSERT_EQ(told.facts.size(), 4U);
  EXPECT_EQ(told.undated, 1U);
  EXPECT_EQ(told.disputed, 1U);
  EXPECT_EQ(told.without_source, 1U);
  const auto sourced = std::ranges::count_if(told.facts, [](const dossier::FactTold& fact) {
    return !fact.version.citations.empty() && fact.version.citations[0].file;
  });
  EXPECT_EQ(sourced, 1) << "one is shown by an exhibit of the case";
  ASSERT_TRUE(told.seller_claim);
  EXPECT_EQ(told.seller_claim->claim.sums.size(), 1U);
  for (const dossier::Entry& entry : timeline.entries)
    if (entry.words && (entry.words->words.fact || !entry.words->words.claim.empty())) {
      EXPECT_TRUE(entry.words->words.invented);
    }
}

TEST(Demo, TheShowcasesStandWhereTheyShould) {
  for (const Instant now : {kNoon, kNight}) {
    Filled filled(now);
    const auto state = [&](Showcase which) { return filled.file(which).row.state; };
    const auto row = [&](Showcase which) { return filled.file(which).row; };

    const ledger::ShelfRow story = row(Showcase::story);
    EXPECT_EQ(story.state.phase(), Phase::closed);
    EXPECT_EQ(story.closed_on, static_cast<std::uint8_t>(Ground::decision));
    EXPECT_EQ(story.decided_as, static_cast<std::uint8_t>(Decided::granted));
    EXPECT_EQ(story.decisions, 2U);
    EXPECT_EQ(story.escalations, 1U);
    EXPECT_GE(story.agents.size(), 3U);
    EXPECT_EQ(filled.email(story.opener), "seller@demo.example");

    const ledger::ShelfRow adverse = row(Showcase::adverse_after);
    EXPECT_TRUE(adverse.adverse_after);
    EXPECT_EQ(adverse.offers, 1U);
    EXPECT_EQ(adverse.state.restriction(), Restriction::contested);

    EXPECT_EQ(state(Showcase::mediation).phase(), Phase::in_mediation);
    EXPECT_EQ(filled.email(row(Showcase::mediation).mediator), "mediator@demo.example");
    EXPECT_EQ(row(Showcase::agreement).closed_on, static_cast<std::uint8_t>(Ground::agreement));

    EXPECT_EQ(state(Showcase::awaits_seller).turn(), Turn::seller);
    EXPECT_NE(state(Showcase::awaits_seller).desk_open, 0U);
    EXPECT_EQ(filled.email(row(Showcase::awaits_seller).opener), "seller@demo.example");

    EXPECT_EQ(state(Showcase::untouched).turn(), Turn::desk);
    EXPECT_EQ(filled.email(state(Showcase::untouched).owner), "agent@demo.example");
    EXPECT_EQ(row(Showcase::untouched).messages, 1U);
    EXPECT_TRUE(state(Showcase::offered).hand_off_pending());
    EXPECT_EQ(filled.email(state(Showcase::offered).other_person), "agent@demo.example");

    EXPECT_EQ(state(Showcase::appealed).phase(), Phase::under_appeal);
    EXPECT_EQ(filled.email(state(Showcase::appealed).owner), "decider@demo.example");
    EXPECT_EQ(state(Showcase::refused).phase(), Phase::decided);
    EXPECT_EQ(row(Showcase::refused).decided_as, static_cast<std::uint8_t>(Decided::refused));
    const auto wrong = filled.opened.ledger->check();
    ASSERT_TRUE(wrong);
    EXPECT_TRUE(wrong->empty()) << wrong->front();
  }
}

TEST(Demo, ItsAccountsMaySignInAndHaveSomethingToLookAt) {
  Filled& filled = looked_at();
  const auto people = desk::People::load(*filled.reader);
  ASSERT_TRUE(people);
  std::set<desk::Role> roles;
  for (const DemoAccount& account : filled.demo->accounts()) {
    const auto person = people->get()->by_email(account.email);
    ASSERT_TRUE(person) << account.email;
    EXPECT_EQ(person->role, account.role);
    EXPECT_EQ(person->password, "$none");
    roles.insert(account.role);
    for (const auto language : {formats::Language::en, formats::Language::fr})
      EXPECT_TRUE(formats::Phrases(language).has(account.look_at)) << account.look_at;
  }
  EXPECT_EQ(roles.size(), desk::kRoles - 1);
  const auto seller = people->get()->by_email("seller@demo.example");
  ledger::CaseQuery theirs;
  theirs.account = seller->account;
  EXPECT_GT(*filled.reader->count(theirs, 1'000), 10U);
  const auto agent = people->get()->by_email("agent@demo.example");
  ledger::CaseQuery own;
  own.owner = agent->id;
  EXPECT_GT(*filled.reader->count(own, 1'000), 5U);
  const auto templates = desk::all_templates(*filled.reader);
  EXPECT_EQ(templates.size(), 3U);
  for (const desk::Template& piece : templates) EXPECT_NE(piece.fr.find("{me}"), std::string::npos) << piece.name;
  for (const auto language : {formats::Language::en, formats::Language::fr}) {
    const std::string text = accounts_as_text(filled.demo->accounts(), formats::Phrases(language));
    for (const DemoAccount& account : filled.demo->accounts()) EXPECT_NE(text.find(account.email), std::string::npos);
    EXPECT_NE(text.find(kDemoPassword), std::string::npos);
  }
}

TEST(Demo, OnlyAnEmptyLedgerIsFilledAndOnlyADemoReopened) {
  Filled& filled = looked_at();
  const auto again = Demo::fill(filled.opened, kNoon, {.password_hash = "$none", .progress = {}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::usage);
  const auto reopened = Demo::reopen(filled.opened, {});
  ASSERT_TRUE(reopened) << reopened.error().detail;
  EXPECT_EQ(reopened->get()->counts().cases, filled.demo->counts().cases);
  EXPECT_EQ(reopened->get()->accounts().size(), filled.demo->accounts().size());
  desk::OpenedLedger empty = desk::ledger_in_memory();
  const auto none = Demo::reopen(empty, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, Fault::not_found);
}

TEST(Demo, TellsHowFarItIs) {
  desk::OpenedLedger opened = desk::ledger_in_memory();
  std::vector<double> shares;
  const auto filled = Demo::fill(
      opened, kNoon, {.password_hash = "$none", .progress = [&shares](double share) { shares.push_back(share); }});
  ASSERT_TRUE(filled);
  EXPECT_GT(shares.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(shares));
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
}

TEST(Demo, AVisitorFindsTheDeskAwake) {
  const auto awake = [](const char* now) { return print_instant(*awake_at(*parse_instant(now), {})); };
  // Paris is one hour ahead of UTC in winter; the desk works from 9:00 to 12:30 and from 13:30 to 17:00.
  EXPECT_EQ(awake("2026-11-27T09:00:00Z"), "2026-11-27T09:00:00Z");
  EXPECT_EQ(awake("2026-11-27T12:10:00Z"), "2026-11-27T12:50:00Z");
  EXPECT_EQ(awake("2026-11-27T11:00:00Z"), "2026-11-27T12:40:00Z");
  EXPECT_EQ(awake("2026-11-28T20:00:00Z"), "2026-11-30T08:20:00Z");
  EXPECT_EQ(awake("2026-12-24T23:00:00Z"), "2026-12-28T08:20:00Z");
}

}  // namespace
}  // namespace guichet::demo
