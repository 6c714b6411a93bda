// What no procedure that can be read, and hence no .case file, shows. The rules themselves are in tests/cases.
#include <guichet/core/decide.hpp>

#include <gtest/gtest.h>

namespace guichet {
namespace {

constexpr Command opening() {
  Command c{};
  c.at = Instant{Seconds{1'700'000'000}};
  c.case_id = CaseId{1};
  c.actor = ActorId{7};
  c.text = TextId{44};
  c.kind = CommandKind::open_case;
  c.party = Party::seller;
  return c;
}

constexpr Refusal ask(const Procedure& procedure, const Command& command, std::span<const Calendar> calendars = {}) {
  std::array<Event, kEventsPerDecisionMax> room{};
  EventBatch out(room);
  const Refusal refusal = decide(CaseState{}, command, Rules{&procedure, calendars}, out);
  return refusal != Refusal::none && out.size() != 0 ? Refusal::count_ : refusal;
}

/// The rules are known when the program is compiled.
TEST(Decide, is_constexpr) {
  static constexpr Procedure kNone{};
  static_assert(ask(kNone, opening()) == Refusal::none);
  static_assert([] {
    Command c = opening();
    c.party = Party::desk;
    return ask(kNone, c);
  }() == Refusal::wrong_party);
}

TEST(Decide, a_matter_at_a_level_that_is_not_there) {
  Procedure p;
  p.matter[0].level = 1;
  EXPECT_EQ(ask(p, opening()), Refusal::no_such_level);
}

TEST(Decide, a_command_that_does_not_exist) {
  Command c = opening();
  c.kind = static_cast<CommandKind>(kCommandKinds);
  EXPECT_EQ(ask(Procedure{}, c), Refusal::no_such_value);
}

TEST(Decide, working_time_without_a_calendar_or_past_its_table) {
  Procedure p;
  p.clocks[static_cast<std::size_t>(Clock::decision)].allowance = {Allowance::Kind::working, 2, 3600};
  EXPECT_EQ(ask(p, opening()), Refusal::time_out_of_range);
  const std::array<Calendar, 3> never{};
  EXPECT_EQ(ask(p, opening(), never), Refusal::time_out_of_range);
}

TEST(Decide, a_due_instant_past_2106) {
  Procedure p;
  p.clocks[static_cast<std::size_t>(Clock::decision)].allowance = {Allowance::Kind::elapsed, 0, 86'400};
  Command c = opening();
  c.at = Instant{Seconds{0xFFFF'FFFF - 86'400}};
  EXPECT_EQ(ask(p, c), Refusal::none);
  c.at += Seconds{1};
  EXPECT_EQ(ask(p, c), Refusal::time_out_of_range);
}

TEST(Decide, the_text_belongs_to_the_act_and_not_to_its_clocks) {
  Procedure p;
  p.clocks[static_cast<std::size_t>(Clock::decision)].allowance = {Allowance::Kind::elapsed, 0, 60};
  Decision decision;
  ASSERT_EQ(decide(CaseState{}, opening(), Rules{&p, {}}, decision), Refusal::none);
  ASSERT_EQ(decision.count, 2U);
  EXPECT_EQ(decision.room[0].text, TextId{44});
  EXPECT_EQ(decision.room[1].text, TextId{});
}

TEST(Decide, a_changed_procedure_is_told_when_a_case_opens_under_it) {
  Procedure p;
  p.id = ProcedureId{12};
  Decision decision;
  ASSERT_EQ(decide(CaseState{}, opening(), Rules{&p, {}}, decision), Refusal::none);
  ASSERT_EQ(decision.count, 2U);
  EXPECT_EQ(decision.room[1].kind, EventKind::procedure_changed);
  EXPECT_EQ(decision.room[1].detail, 12U);
  EXPECT_EQ(decision.room[0].text, TextId{44});
  EXPECT_EQ(decision.room[1].text, TextId{}) << "the subject is told once";
}

TEST(Decide, a_case_that_goes_on_after_another_tells_its_subject_once) {
  Procedure p;
  p.id = ProcedureId{12};
  Command c = opening();
  c.kind = CommandKind::restart_case;
  c.detail = 7;
  Decision decision;
  ASSERT_EQ(decide(CaseState{}, c, Rules{&p, {}}, decision), Refusal::none);
  const auto with_text = std::count_if(decision.room.begin(), decision.room.begin() + decision.count,
                                       [](const Event& event) { return event.text == TextId{44}; });
  EXPECT_EQ(with_text, 1);
  EXPECT_EQ(decision.room[0].text, TextId{44});
}

TEST(Decide, a_change_of_procedure_keeps_its_own_words) {
  Procedure p;
  p.change.open_cases_keep_rules = false;
  Decision decision;
  ASSERT_EQ(decide(CaseState{}, opening(), Rules{&p, {}}, decision), Refusal::none);
  CaseState s;
  for (std::size_t i = 0; i < decision.count; ++i) s = evolve(s, decision.room[i]);
  Command c = opening();
  c.kind = CommandKind::change_procedure;
  c.party = Party::desk;
  c.detail = 12;
  c.other = 30;
  ASSERT_EQ(decide(s, c, Rules{&p, {}}, decision), Refusal::none);
  EXPECT_EQ(decision.room[decision.count - 1].kind, EventKind::procedure_changed);
  EXPECT_EQ(decision.room[decision.count - 1].text, TextId{44});
}

/// A wake comes late or early, never not at all.
TEST(NextTick, names_reminders_before_the_end) {
  Procedure p;
  p.clocks[static_cast<std::size_t>(Clock::seller_reply)] = {.allowance = {Allowance::Kind::elapsed, 0, 1000},
                                                             .effect = Effect::close,
                                                             .reminders = 2,
                                                             .before = {600, 300, 0}};
  CaseState s;
  evolving::set_phase(s, Phase::open);
  EXPECT_EQ(next_tick(s, Clock::seller_reply, p), kNever);
  s.due[static_cast<std::size_t>(DueSlot::seller_reply)] = 10'000;
  EXPECT_EQ(next_tick(s, Clock::seller_reply, p), Instant{Seconds{9'400}});
  evolving::set_notices(s, 1);
  EXPECT_EQ(next_tick(s, Clock::seller_reply, p), Instant{Seconds{9'700}});
  evolving::set_notices(s, 2);
  EXPECT_EQ(next_tick(s, Clock::seller_reply, p), Instant{Seconds{10'000}});
}

}  // namespace
}  // namespace guichet
