#include <guichet/core/refusal.hpp>

#include <random>

#include <gtest/gtest.h>

#include <guichet/core/decide.hpp>
#include <guichet/core/names.hpp>

namespace guichet {
namespace {

Procedure everything(bool mediation_first) {
  Procedure p;
  p.levels = 3;
  for (std::uint8_t level = 1; level < 3; ++level)
    p.ladder[level] = {.team = level, .may_climb_here = kBySeller | kByDesk | kByClock, .stay_max = {}};
  const Allowance day{.kind = Allowance::Kind::elapsed, .seconds = 86'400};
  for (std::size_t i = 0; i < kClocks; ++i) p.clocks[i].allowance = day;
  for (const Clock clock : {Clock::first_answer, Clock::next_answer, Clock::decision, Clock::level})
    p.clocks[static_cast<std::size_t>(clock)].effect = Effect::escalate;
  p.clocks[static_cast<std::size_t>(Clock::appeal_decision)].effect = Effect::grant;
  p.at_the_top = Effect::grant;
  for (ClosingRight& right : p.closing) right.by = kBySeller | kByDesk;
  p.closing[static_cast<std::size_t>(Ground::decision)].by = kBySeller | kByClock;
  p.appeal = {.allowed = true, .different_person = false};
  p.mediation = {.mediators = 1, .by = kBySeller | kByDesk, .before_decision = mediation_first};
  p.offers.recorded = true;
  p.decision.covers_questions = true;
  p.answers.reply_clock_starts = Answers::ReplyClockStarts::on_question;
  return p;
}

/// What the sentence of a refusal says of the case; true where it says nothing of it.
bool holds(Refusal refusal, const CaseState& s, const Procedure& p) {
  switch (refusal) {
    case Refusal::case_exists: return s.phase() != Phase::absent;
    case Refusal::case_is_closed: return s.phase() == Phase::closed;
    case Refusal::case_is_not_closed: return s.phase() != Phase::closed;
    case Refusal::already_decided: return s.has(kHasDecision) && s.phase() != Phase::under_appeal;
    case Refusal::not_decided: return s.phase() == Phase::open || (s.phase() == Phase::closed && !s.has(kHasDecision));
    case Refusal::appeal_runs: return s.phase() == Phase::under_appeal;
    case Refusal::appeal_is_exhausted: return s.has(kAppealed);
    case Refusal::appeal_is_too_late: return s.has(kHasDecision) && !s.runs(Clock::appeal_window);
    case Refusal::mediation_runs: return s.phase() == Phase::in_mediation;
    case Refusal::mediation_not_open: return s.phase() != Phase::in_mediation;
    case Refusal::mediation_too_early: return s.phase() == Phase::open && !p.mediation.before_decision;
    case Refusal::ladder_is_exhausted: return s.level() + 1 >= p.levels;
    case Refusal::no_owner_yet: return !s.owner;
    case Refusal::no_hand_off: return !s.hand_off_pending();
    case Refusal::hand_off_pending: return s.hand_off_pending();
    case Refusal::questions_open: return s.seller_open != 0;
    case Refusal::unread_message: return s.has(kUnread);
    case Refusal::no_offer: return !s.has(kOfferOpen);
    case Refusal::offer_is_open: return s.has(kOfferOpen);
    case Refusal::no_restriction: return s.restriction() == Restriction::none;
    default: return true;
  }
}

TEST(Refusal, SaysWhatHoldsOfTheCaseInEveryPhase) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto one_of = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    const Procedure procedure = everything(seed % 2 == 0);
    const Rules rules{&procedure, {}};
    CaseState state;
    Instant at{Seconds{1'767'600'000}};
    std::array<bool, kRefusals> met{};
    bool granted = false;
    for (int step = 0; step < 200'000; ++step) {
      if (step % 400 == 0) state = {};
      at += Seconds{one_of(40'000)};
      Command command{.at = at, .case_id = CaseId{1}, .facts = 0x7F & ~kFactAutomatic};
      command.kind = static_cast<CommandKind>(one_of(kCommandKinds));
      if (state.phase() == Phase::absent && one_of(2) == 0) command.kind = CommandKind::open_case;
      if (one_of(4) == 0) command.kind = CommandKind::tick;
      command.party = static_cast<Party>(1 + one_of(4));
      if (command.kind == CommandKind::tick) command.party = Party::clock;
      command.actor = ActorId{command.party == Party::clock ? 0 : 1 + one_of(3)};
      command.aux = static_cast<std::uint8_t>(one_of(command.kind == CommandKind::tick ? kClocks : 5));
      command.detail = one_of(4);
      Decision room;
      EventBatch batch(room.room);
      const CaseState before = state;
      const Refusal refusal = act(state, command, rules, batch);
      met[static_cast<std::size_t>(refusal)] = true;
      ASSERT_TRUE(holds(refusal, before, procedure))
          << name(refusal) << " to " << name(command.kind) << " while " << name(before.phase());
      for (const Event& event : batch.events()) {
        if (event.kind != EventKind::decided) continue;
        granted |= static_cast<Decided>(event.aux) == Decided::granted_by_silence;
        EXPECT_TRUE(state.has(kAppealed) || state.runs(Clock::appeal_window)) << "a decision that nobody may appeal";
      }
    }
    EXPECT_TRUE(granted);
    for (const Refusal refusal : {Refusal::appeal_runs, Refusal::appeal_is_exhausted, Refusal::already_decided,
                                  Refusal::not_decided, Refusal::mediation_runs, Refusal::case_is_closed})
      EXPECT_TRUE(met[static_cast<std::size_t>(refusal)]) << name(refusal) << " was never met";
  }
}

}  // namespace
}  // namespace guichet
