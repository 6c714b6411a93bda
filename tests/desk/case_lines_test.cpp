#include <guichet/desk/case_lines.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>

#include "histories.hpp"
#include "small_house.hpp"

namespace guichet::desk {
namespace {

using formats::Language;
using formats::Phrases;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// What the sentences of a row must hold, whatever the state.
class Hearing {
 public:
  Hearing() : house_(), english_(Language::en), french_(Language::fr) {}

  void hear(const ledger::ShelfRow& row, const InForce& procedure, Instant now) {
    for (const Phrases* phrases : {&english_, &french_})
      for (const bool seller : {true, false}) {
        const std::string zone = zone_of(procedure.file);
        const Hearer hearer{.phrases = *phrases,
                            .zone = zone,
                            .people = house_.people(),
                            .now = now,
                            .me = seller ? kSellerAnn : kAgentMarie,
                            .seller = seller};
        check(hearer, row, procedure);
      }
  }

  std::size_t heard() const { return heard_; }

 private:
  void check(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure) {
    const std::string one = line_one(hearer, row, procedure), two = line_two(hearer, row, procedure);
    ++heard_;
    ASSERT_EQ(fault_of(hearer, row, procedure, one, two), "")
        << name(row.state.phase()) << ", turn " << name(row.state.turn()) << "\n"
        << one << "\n"
        << two;
    ASSERT_FALSE(turn_line(hearer, row).empty());
  }

  /// What the two sentences fail to say, or say badly.
  static std::string fault_of(const Hearer& hearer, const ledger::ShelfRow& row, const InForce& procedure,
                              const std::string& one, const std::string& two) {
    const CaseState& s = row.state;
    for (const std::string& line : {one, two}) {
      if (!line.ends_with('.')) return "no full stop";
      if (contains(line, "{") || contains(line, "  ") || contains(line, "..")) return "not well filled in";
      if (hearer.phrases.language() == Language::fr && (contains(line, "'") || contains(line, " :")))
        return "typography";
    }
    const auto said = [&](const std::string& line, Clock clock) {
      return !s.runs(clock) || contains(line, moment_in_words(hearer.phrases, hearer.zone, s.due_at(clock)));
    };
    if (s.phase() == Phase::open || s.phase() == Phase::under_appeal) {
      // The promise of the desk that breaks next is never hidden, nor what follows.
      std::optional<Clock> soonest;
      for (const Clock clock :
           {Clock::first_answer, Clock::next_answer, Clock::decision, Clock::appeal_decision, Clock::level})
        if (s.runs(clock) && (!soonest || s.due_at(clock) < s.due_at(*soonest))) soonest = clock;
      if (soonest && !said(one, *soonest)) return "the next promise is hidden";
      const bool climbs = soonest && what_follows_here(s, *soonest, procedure.file.procedure) == Effect::escalate;
      if (climbs && !contains(one, to_level(hearer.phrases, procedure.file, s.level() + 1U))) return "where it climbs";
      if (s.turn() == Turn::seller && !said(two, Clock::seller_reply)) return "until when the seller has time";
      if (s.owner && !contains(one, name_of(hearer, s.owner))) return "who answers";
    }
    if (s.has(kOfferOpen) && !said(two, Clock::offer)) return "until when the offer stands";
    const bool may_appeal = procedure.file.procedure.appeal.allowed && !s.has(kAppealed);
    if (s.phase() == Phase::decided && !said(one, Clock::appeal_window)) return "until when the decision stands";
    if (s.phase() == Phase::decided && may_appeal && !said(two, Clock::appeal_window))
      return "until when one may appeal";
    if (s.phase() == Phase::in_mediation && !said(one, Clock::mediation)) return "until when the mediation lasts";
    if (s.phase() == Phase::closed && !row.continues_in &&
        procedure.file.procedure.reopening.kind == Reopening::Kind::same_case && !said(two, Clock::reopening))
      return "until when one may reopen";
    return {};
  }

  SmallHouse house_;
  Phrases english_, french_;
  std::size_t heard_ = 0;
};

void fold(ledger::ShelfRow& row, const Event& event) {
  evolve_in_place(row.state, event);
  if (event.kind == EventKind::decided) row.decided_as = event.aux;
  if (event.kind == EventKind::closed) row.closed_on = event.aux;
  if (event.kind == EventKind::reopened) row.closed_on.reset();
  if (event.kind == EventKind::referred_to_mediator) row.mediator = ActorId{event.detail};
  if (event.kind == EventKind::linked && event.aux == static_cast<std::uint8_t>(Link::continues_in))
    row.continues_in = CaseId{event.detail};
}

void walk(Hearing& hearing, const properties::World& world, Random& random) {
  InForce procedure;
  procedure.file = world.file();
  ledger::ShelfRow row;
  row.case_id = CaseId{7};
  Instant now = properties::kBeginning;
  for (std::size_t i = 0; i < properties::kCommandsPerHistory && !::testing::Test::HasFatalFailure(); ++i) {
    const Command command = properties::draw_command(random, row.state, world.procedure(), now);
    now = command.at;
    Decision decision;
    if (decide(row.state, command, world.rules(), decision) != Refusal::none) continue;
    for (const Event& event : decision.events()) fold(row, event);
    if (row.state.phase() == Phase::absent) continue;
    hearing.hear(row, procedure, now);
    // Nobody has rung yet.
    if (i % 16 == 0) hearing.hear(row, procedure, now + std::chrono::days{400});
  }
}

TEST(CaseLines, SayWhoAnswersUntilWhenAndWhatThenInEveryStateOfTheShippedProcedures) {
  Hearing hearing;
  for (const char* shipped : {"guichet-unique", "next-available", "p2b-minimum"}) {
    const properties::World world{std::string(shipped)};
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      SCOPED_TRACE(std::string(shipped) + ", seed " + std::to_string(seed));
      Random random(seed);
      walk(hearing, world, random);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(hearing.heard(), 1000U);
}

TEST(CaseLines, SayItUnderAnyProcedure) {
  Hearing hearing;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const properties::World world(random);
    walk(hearing, world, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(hearing.heard(), 1000U);
}

class OneCase : public ::testing::Test {
 protected:
  std::string one(CaseId id, Language language = Language::fr, bool seller = true) {
    const Phrases phrases(language);
    const ledger::ShelfRow row = house.row(id);
    const InForce& procedure = house.procedures().of_case(row.state);
    return line_one(hearer(phrases, procedure, seller), row, procedure);
  }
  std::string two(CaseId id, Language language = Language::fr) {
    const Phrases phrases(language);
    const ledger::ShelfRow row = house.row(id);
    const InForce& procedure = house.procedures().of_case(row.state);
    return line_two(hearer(phrases, procedure, true), row, procedure);
  }
  Hearer hearer(const Phrases& phrases, const InForce& procedure, bool seller) {
    return {.phrases = phrases,
            .zone = zone_of(procedure.file),
            .people = house.people(),
            .now = house.clock().now(),
            .me = {},
            .seller = seller};
  }
  SmallHouse house;
};

TEST_F(OneCase, IsToldInWordsThatASellerUnderstands) {
  const CaseId id = house.open_case();
  const std::string owner = house.people().person(house.row(id).state.owner)->name;
  // Two working days from a Monday morning.
  EXPECT_EQ(one(id), owner +
                         " doit vous répondre avant le mercredi 4 mars 2026, 11\u00a0h\u00a000. "
                         "Sinon, votre dossier monte à la direction du guichet.");
  EXPECT_EQ(one(id, Language::en), owner +
                                       " must answer you before Wednesday 4 March 2026, 11:00. "
                                       "Otherwise your case goes up to the head of the desk.");
  EXPECT_EQ(two(id, Language::en),
            "Nothing is expected of you now. You may write at any time: that does not give the desk more time.");
}

TEST_F(OneCase, TellsTheSellerWhatHisSilenceLeadsTo) {
  const CaseId id = house.open_case();
  const ActorId owner = house.row(id).state.owner;
  ASSERT_TRUE(house
                  .act(owner, id, "message",
                       {{"body", "It was paid on the 3rd."}, {"answers", "0"}, {"questions", "Did it arrive?"}})
                  .ok());
  const std::string told = two(id, Language::en);
  EXPECT_TRUE(told.starts_with("Answer one question of the desk before Monday 23 March 2026, 11:00.")) << told;
  EXPECT_TRUE(contains(told, "If you do nothing, your case is closed then. You get 2 more notices before that."))
      << told;
  EXPECT_TRUE(contains(told, "You could open it again at any time.")) << told;
}

TEST_F(OneCase, TellsWhoDecidedAndThatSilenceDecides) {
  const CaseId id = house.open_case();
  // Nobody answers, on any level: at the top, the desk's silence decides for the seller.
  house.pass_until(at_utc("2026-09-01T10:00:00Z"));
  const ledger::ShelfRow row = house.row(id);
  ASSERT_EQ(row.state.phase(), Phase::decided) << name(row.state.phase());
  EXPECT_TRUE(one(id, Language::en).starts_with("Your case is decided in your favour, because the desk did not answer"))
      << one(id, Language::en);
}

TEST(Levels, AreJoinedToTheirArticleInFrench) {
  rulebook::ProcedureFile file;
  file.levels.resize(4);
  file.levels[0].title = {.en = "The owner of the case", .fr = "Le responsable du dossier"};
  file.levels[1].title = {.en = "Disputes service", .fr = "Service du contentieux"};
  file.levels[2].title = {.en = "The office", .fr = "L’office"};
  file.levels[3].title = {.en = "The heads", .fr = "Les chefs"};
  const Phrases english(Language::en), french(Language::fr);
  EXPECT_EQ(to_level(french, file, 0), "au responsable du dossier");
  EXPECT_EQ(to_level(french, file, 1), "au niveau «\u202fService du contentieux\u202f»");
  EXPECT_EQ(to_level(french, file, 2), "à l’office");
  EXPECT_EQ(to_level(french, file, 3), "aux chefs");
  EXPECT_EQ(to_level(english, file, 0), "to the owner of the case");
  EXPECT_EQ(to_level(english, file, 1), "to the level “Disputes service”");
  EXPECT_EQ(to_level(english, file, 9), "to the level “level 10”");
}

}  // namespace
}  // namespace guichet::desk
