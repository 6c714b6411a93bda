// Invented people in a living desk, with a clock moved by hand: what was rehearsed is done when its time comes, and who
// is real is answered.
#include <guichet/demo/player.hpp>

#include <future>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/demo/demo.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/desk/timekeeper.hpp>

namespace guichet::demo {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Instant kMonday = *parse_instant("2026-11-23T09:00:00Z");

/// A desk without doors: ledger, rules, people, clerk.
class Playing : public ::testing::Test {
 protected:
  desk::OpenedLedger opened = desk::ledger_in_memory();
  std::shared_ptr<desk::HandClock> clock = std::make_shared<desk::HandClock>(kMonday);
  std::unique_ptr<Demo> demo;
  std::unique_ptr<desk::People> people;
  std::unique_ptr<desk::Clerk> clerk;
  std::unique_ptr<ledger::Reader> reader;
  desk::Shared shared;
  std::unique_ptr<Player> player;

  void SetUp() override {
    auto filled = Demo::fill(opened, clock->now(), {.password_hash = "$none", .progress = {}});
    ASSERT_TRUE(filled) << filled.error().detail;
    demo = *std::move(filled);
    open_desk(*clock);
    auto playing = demo->play(shared);
    ASSERT_TRUE(playing) << playing.error().detail;
    player = *std::move(playing);
  }
  void TearDown() override {
    player.reset();
    if (clerk) clerk->stop();
  }

  void open_desk(desk::WallClock& time) {
    reader = *opened.ledger->reader();
    people = *desk::People::load(*reader);
    clerk = *desk::Clerk::start({.ledger = opened.ledger.get(),
                                 .clock = &time,
                                 .procedures = opened.procedures.get(),
                                 .people = people.get(),
                                 .shelving = desk::shelving(*opened.procedures)},
                                [this](const desk::Committed& committed) {
                                  for (const auto& change : committed.batch.records) people->changed(change);
                                });
    shared.ledger = opened.ledger.get();
    shared.clerk = clerk.get();
    shared.procedures = opened.procedures.get();
    shared.people = people.get();
    shared.clock = &time;
  }

  void pass(Duration time, Duration step = hours{1}) {
    for (Duration passed{}; passed < time; passed += step) {
      clock->advance(step);
      while (*desk::ring_what_is_due(*reader, *clerk, *opened.procedures, clock->now()) != 0) {
      }
      const auto done = player->step(clock->now());
      ASSERT_TRUE(done) << done.error().detail;
    }
  }

  ActorId who(const char* email) { return people->by_email(email)->id; }
  ledger::ShelfRow row(CaseId id) { return **reader->row(id); }

  desk::Answer by(ActorId person, Party party, CaseId id, std::vector<desk::Step> steps) {
    desk::Errand errand;
    errand.channel = ledger::Channel::web;
    errand.person = person;
    errand.party = party;
    errand.account = people->person(person)->account;
    errand.case_id = id;
    errand.steps = std::move(steps);
    return clerk->run(std::move(errand));
  }
  static desk::Step saying(CommandKind kind, dossier::Words words, std::uint32_t answers = 0) {
    desk::Step step;
    step.command.kind = kind;
    step.command.aux = static_cast<std::uint8_t>(words.questions.size());
    step.command.detail = answers;
    step.text = kept_text(words, ledger::TextKind::words);
    return step;
  }
  /// A case of the seller whom a visitor plays.
  CaseId visitors_case(std::uint8_t matter) {
    desk::Step open = saying(CommandKind::open_case, {.subject = "Where is my money?"});
    open.command.aux = matter;
    const desk::Answer answer = by(
        who("seller@demo.example"), Party::seller, {},
        {std::move(open),
         saying(CommandKind::send_message, {.body = "Hello", .questions = {"Where is my money?"}, .language = "en"})});
    EXPECT_TRUE(answer.ok());
    return answer.case_id;
  }

  void expect_clean() {
    const auto wrong = opened.ledger->check();
    ASSERT_TRUE(wrong);
    EXPECT_TRUE(wrong->empty()) << wrong->front();
  }
};

TEST_F(Playing, ADayIsPlayedAsItWasRehearsed) {
  const std::uint64_t before = demo->counts().acts;
  pass(days{1});
  const PlayerCounts counts = player->counts();
  EXPECT_GT(counts.acts, 30U);
  // The desk gives cases to whom it likes; few stories break on it.
  EXPECT_LT(counts.refused, counts.acts / 5);
  std::set<CaseId> opened_now;
  const auto acts = reader->acts_from(before + 1, 10'000);
  ASSERT_TRUE(acts);
  for (const ledger::NewAct& one : *acts) {
    EXPECT_TRUE(one.act.channel == ledger::Channel::demo || one.act.channel == ledger::Channel::clock);
    EXPECT_GE(one.act.recorded, kMonday);
    if (one.act.command && one.act.command->kind == CommandKind::open_case) opened_now.insert(one.act.case_id);
  }
  EXPECT_GT(opened_now.size(), 5U);
  expect_clean();
}

TEST_F(Playing, StepsAtTheSameInstantDoNothingTwice) {
  pass(hours{5});
  const auto reach = reader->reach();
  EXPECT_EQ(*player->step(clock->now()), 0U);
  EXPECT_EQ(reader->reach()->act, reach->act);
}

TEST_F(Playing, NobodyActsInThePersonasNames) {
  const std::uint64_t before = demo->counts().acts;
  std::set<ActorId> personas;
  for (const DemoAccount& account : demo->accounts()) personas.insert(who(account.email.c_str()));
  pass(days{4}, hours{2});
  for (std::uint64_t first = before + 1;;) {
    const auto acts = reader->acts_from(first, 1'000);
    if (acts->empty()) break;
    first += acts->size();
    for (const ledger::NewAct& one : *acts) EXPECT_FALSE(personas.contains(one.act.person)) << one.act.number;
  }
}

TEST_F(Playing, AVisitorsCaseIsAnswered) {
  const CaseId id = visitors_case(1);
  ASSERT_EQ(row(id).state.owner, who("agent@demo.example")) << "what one visitor opens, another may answer";
  pass(hours{8}, minutes{10});
  EXPECT_EQ(row(id).state.owner, who("agent@demo.example"));
  EXPECT_FALSE(row(id).desk_spoke) << "nobody answers in her name";
  // She hands it over to somebody invented, who takes it and answers.
  desk::Step over = saying(CommandKind::propose_hand_off, {.body = "He asks where his money is."});
  over.text->kind = ledger::TextKind::note;
  over.command.detail = people->of_team("accounts").front()->id.value;
  over.command.aux = static_cast<std::uint8_t>(HandOffReason::speciality);
  over.command.facts = kFactSummary | kFactQuestionsListed;
  ASSERT_TRUE(by(who("agent@demo.example"), Party::desk, id, {std::move(over)}).ok());
  pass(hours{20}, minutes{10});
  const ledger::ShelfRow answered = row(id);
  EXPECT_EQ(answered.state.turn(), Turn::seller);
  EXPECT_EQ(answered.state.seller_open, 0U);
  ASSERT_TRUE(answered.desk_spoke);
  const auto file = reader->case_file(id);
  bool quoted = false;
  for (const ledger::Text& text : (*file)->texts)
    if (text.author == answered.state.owner) {
      const auto words = dossier::words_from_json(text.body);
      ASSERT_TRUE(words);
      EXPECT_TRUE(words->invented);
      EXPECT_EQ(words->language, "en");
      quoted |= words->body.find("Where is my money?") != std::string::npos;
    }
  EXPECT_TRUE(quoted);
  // The seller is real: nobody thanks in his name.
  pass(days{2}, hours{1});
  EXPECT_EQ(row(id).state.version, answered.state.version);
}

TEST_F(Playing, AnAnswerOfTheVisitorIsAnswered) {
  const CaseId id = demo->showcase(Showcase::untouched);
  const std::uint32_t open = row(id).state.seller_open;
  ASSERT_NE(open, 0U);
  const desk::Answer answer = by(who("agent@demo.example"), Party::desk, id,
                                 {saying(CommandKind::send_message, {.body = "It is done.", .language = "fr"}, open)});
  ASSERT_TRUE(answer.ok());
  pass(days{2}, hours{1});
  const ledger::ShelfRow after = row(id);
  EXPECT_GT(after.state.version, answer.version);
  EXPECT_EQ(after.state.seller_version > answer.version, true);
}

TEST_F(Playing, WhatSomebodyRealTakesUpIsLeftToHim) {
  // A case of the script in which the desk has to move: the supervisor notes something and so is there.
  ledger::CaseQuery query;
  query.turn = Turn::desk;
  query.phases = 1U << static_cast<unsigned>(Phase::open);
  query.limit = 200;
  const auto living = reader->cases(query);
  CaseId id;
  for (const ledger::ShelfRow& one : living->rows) {
    bool showcase = false;
    for (std::size_t i = 0; i < kShowcases; ++i) showcase |= demo->showcase(static_cast<Showcase>(i)) == one.case_id;
    if (!showcase && one.state.owner && people->person(one.state.owner)->email.ends_with("@desk.example") &&
        one.account.value != 1 && !one.state.hand_off_pending())
      id = one.case_id;
  }
  ASSERT_TRUE(id);
  const std::uint64_t released = player->counts().released;
  desk::Step note = saying(CommandKind::make_note, {.body = "I look at this."});
  note.text->kind = ledger::TextKind::note;
  ASSERT_TRUE(by(who("supervisor@demo.example"), Party::desk, id, {std::move(note)}).ok());
  pass(hours{1});
  EXPECT_EQ(player->counts().released, released + 1);
  pass(days{3}, hours{1});
  // It goes on all the same: somebody invented has answered.
  EXPECT_TRUE(row(id).desk_spoke);
  EXPECT_GT(player->counts().answers, 0U);
}

TEST_F(Playing, NewCasesComeWhenTheRecordingIsOver) {
  pass(days{28}, hours{12});
  const std::uint64_t before = reader->counts()->all;
  pass(days{21}, hours{12});
  EXPECT_GT(reader->counts()->all, before + 150);
  expect_clean();
}

TEST_F(Playing, TimeIsLivedThroughAndNotJumpedOver) {
  player.reset();
  clerk->stop();
  desk::OpenedLedger other = desk::ledger_in_memory();
  std::swap(opened, other);
  desk::DemoClock moved(Duration{0});
  auto again = Demo::fill(opened, moved.now(), {.password_hash = "$none", .progress = {}});
  ASSERT_TRUE(again);
  demo = *std::move(again);
  open_desk(moved);
  shared.demo_clock = &moved;
  player = *demo->play(shared);
  player->start();
  const Instant before = moved.now();
  std::promise<void> lived;
  player->advance(days{4}, [&lived] { lived.set_value(); });
  lived.get_future().wait();
  EXPECT_GE(moved.now(), before + days{4});
  player->stop();
  EXPECT_GT(player->counts().acts, 100U);
  // What the desk's people do in time they have done in time: most promises of these days are kept.
  std::uint64_t overdue = 0, messages = 0;
  for (std::uint64_t first = demo->counts().acts + 1;;) {
    const auto acts = reader->acts_from(first, 1'000);
    if (acts->empty()) break;
    first += acts->size();
    for (const ledger::NewAct& one : *acts)
      for (const Event& event : one.events) {
        overdue += event.kind == EventKind::went_overdue ? 1U : 0U;
        messages += event.kind == EventKind::message_sent && event.party == Party::desk ? 1U : 0U;
      }
  }
  EXPECT_LT(overdue, messages);
  expect_clean();
}

TEST_F(Playing, ALedgerOpenedAgainGoesOn) {
  pass(hours{6});
  player.reset();
  auto again = Demo::reopen(opened, {});
  ASSERT_TRUE(again) << again.error().detail;
  demo = *std::move(again);
  player = *demo->play(shared);
  const std::uint64_t before = reader->reach()->act;
  pass(days{3}, hours{2});
  EXPECT_GT(reader->reach()->act, before + 50);
  EXPECT_GT(player->counts().answers, 0U);
  expect_clean();
}

}  // namespace
}  // namespace guichet::demo
