// The rules alone: how many decisions and events a second on one core, without agenda, chance or disk.
// Usage: rules [MILLIONS_OF_DECISIONS]
#include <array>
#include <cstdlib>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/base/digest.hpp>
#include <guichet/core/decide.hpp>

#include "stopwatch.hpp"

namespace guichet {
namespace {

constexpr ActorId kSeller{1}, kAgent{2}, kOther{3};

/// One owner, clocks on both sides, contract hand-offs, a ladder: as guichet-unique, in elapsed time.
constexpr Procedure make_procedure() {
  Procedure p;
  const auto elapsed = [](std::uint32_t hours) { return Allowance{Allowance::Kind::elapsed, 0, hours * 3600}; };
  const auto set = [&p, elapsed](Clock c, std::uint32_t hours, Effect e) {
    p.clocks[static_cast<std::size_t>(c)] = {.allowance = elapsed(hours), .effect = e};
  };
  set(Clock::first_answer, 48, Effect::escalate);
  set(Clock::next_answer, 48, Effect::escalate);
  set(Clock::decision, 720, Effect::escalate);
  set(Clock::seller_reply, 240, Effect::close);
  set(Clock::acceptance, 24, Effect::hand_back);
  set(Clock::appeal_window, 4416, Effect::hand_back);
  p.closing[static_cast<std::size_t>(Ground::agreement)].by = kBySeller | kByDesk;
  p.closing[static_cast<std::size_t>(Ground::decision)].by = kByClock;
  p.closing[static_cast<std::size_t>(Ground::seller_silence)] = {
      .by = kByClock, .notices = 0, .unread_blocks = true, .open_questions_block = true};
  p.assignment.mode = AssignMode::keep_owner;
  p.assignment.only_owner_answers = true;
  p.answers = {.cover_every_question = true, .reply_clock_starts = Answers::ReplyClockStarts::on_question};
  p.hand_off = {.reason_needed = true,
                .summary_needed = true,
                .open_questions_needed = true,
                .acceptance_needed = true,
                .count_max = 0};
  p.decision = {.facts_needed = true,
                .ground_needed = true,
                .redress_needed = true,
                .person_needed = true,
                .covers_questions = true};
  p.appeal = {.allowed = true, .different_person = true};
  p.at_the_top = Effect::grant;
  p.levels = 2;
  p.ladder[1] = {
      .team = 1, .may_climb_here = kBySeller | kByDesk | kByClock, .different_person = true, .stay_max = elapsed(240)};
  return p;
}

/// A case's life, step by step: opened with two questions, half answered, handed on, decided.
struct Act {
  CommandKind kind;
  Party party;
  ActorId actor;
  std::uint32_t detail;
  std::uint8_t aux;
};
constexpr std::uint8_t kAllFacts =
    kFactReason | kFactSummary | kFactQuestionsListed | kFactFacts | kFactGround | kFactRedress;
constexpr std::array kLife{
    Act{CommandKind::open_case, Party::seller, kSeller, 50'000, 0},
    Act{CommandKind::assign, Party::desk, kAgent, kAgent.value, 1},
    Act{CommandKind::send_message, Party::seller, kSeller, 120U << 16, 2},
    Act{CommandKind::send_message, Party::desk, kAgent, 80U << 16 | 1, 0},
    Act{CommandKind::make_note, Party::desk, kAgent, 12, 0},
    Act{CommandKind::propose_hand_off, Party::desk, kAgent, kOther.value, 1},
    Act{CommandKind::accept_hand_off, Party::desk, kOther, 0, 0},
    Act{CommandKind::send_message, Party::desk, kOther, 60U << 16, 1},
    Act{CommandKind::send_message, Party::seller, kSeller, 40U << 16 | 1, 0},
    Act{CommandKind::send_message, Party::desk, kOther, 90U << 16 | 2, 0},
    Act{CommandKind::dispute_answer, Party::seller, kSeller, 2, 0},
    Act{CommandKind::send_message, Party::desk, kOther, 70U << 16 | 2, 0},
    Act{CommandKind::decide_case, Party::desk, kOther, 0, 1},
    Act{CommandKind::tick, Party::clock, ActorId{}, 0, static_cast<std::uint8_t>(Clock::appeal_window)},
};

struct Count {
  std::uint64_t decisions = 0, events = 0, digest = 0;
};

/// Every case of a crowd takes its next step, then the next step of all, so that `cases` sets how much
/// memory is walked between two visits to one case.
Count live(std::size_t cases, std::uint64_t decisions) {
  static constexpr Procedure procedure = make_procedure();
  const Rules rules{&procedure, {}};
  std::vector<CaseState> states(cases);
  std::vector<Event> room(4096);
  EventBatch batch(room);
  RunningDigest digest;
  Count count;
  for (std::int64_t round = 0; count.decisions < decisions; ++round) {
    const Act& next = kLife[static_cast<std::size_t>(round) % kLife.size()];
    const bool window = next.kind == CommandKind::tick;
    const Instant at{Seconds{1'700'000'000 +
                             static_cast<std::int64_t>(static_cast<std::size_t>(round) % kLife.size()) * 600 +
                             (window ? 16'000'000 : 0)}};
    for (std::size_t i = 0; i < cases; ++i) {
      if (next.kind == CommandKind::open_case) states[i] = CaseState{};
      const Command command{.at = at,
                            .case_id = CaseId{static_cast<std::uint32_t>(i + 1)},
                            .actor = next.actor,
                            .text = {},
                            .detail = next.detail,
                            .other = 0,
                            .kind = next.kind,
                            .party = next.party,
                            .aux = next.aux,
                            .facts = kAllFacts};
      if (batch.left() < kEventsPerDecisionMax) {
        for (const Event& e : batch.events().last(1)) digest.add(e.version.value + (std::uint64_t{e.detail} << 32));
        count.events += batch.size();
        batch.clear();
      }
      const Refusal refusal = act(states[i], command, rules, batch);
      GUICHET_CHECK(refusal == Refusal::none, "every step of this life is allowed");
      ++count.decisions;
    }
  }
  count.events += batch.size();
  for (const CaseState& s : states) digest.add(s.version.value);
  count.digest = digest.value();
  return count;
}

}  // namespace
}  // namespace guichet

int main(int argc, char** argv) {
  const std::uint64_t decisions = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 40) * 1'000'000;
  for (const std::size_t cases : {std::size_t{1}, std::size_t{4096}, std::size_t{100'000}, std::size_t{1'000'000}}) {
    const guichet::bench::Stopwatch watch;
    const auto count = guichet::live(cases, decisions);
    const double seconds = watch.seconds();
    std::printf("%zu cases, digest %016llx\n", cases, static_cast<unsigned long long>(count.digest));
    guichet::bench::print_rate("  decisions", count.decisions, "decisions", seconds);
    guichet::bench::print_rate("  events", count.events, "events", seconds);
    guichet::bench::print_rate("  decisions and events", count.decisions + count.events, "steps", seconds);
  }
  return 0;
}
