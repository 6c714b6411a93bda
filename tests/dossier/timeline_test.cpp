#include <guichet/dossier/timeline.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <guichet/core/decide.hpp>
#include <guichet/core/names.hpp>
#include <guichet/rulebook/read.hpp>

#include "histories.hpp"

namespace guichet::dossier {
namespace {

using namespace std::chrono_literals;

constexpr ActorId kSeller{1}, kMarie{2}, kPaul{3}, kChief{4};
/// Monday 2 March 2026, 09:00 in Paris.
constexpr Instant kMonday{Seconds{1'772'438'400}};

/// One case under a shipped procedure, act by act; what the rules refuse fails the test.
class Story {
 public:
  explicit Story(const std::string& procedure = "guichet-unique") : file_(load(procedure)), compiled_(file_) {}

  Story& at(Duration since_monday) {
    now_ = kMonday + since_monday;
    return *this;
  }
  Story& seller(CommandKind kind, Command command = {}, Words words = {}) {
    return give(kind, Party::seller, kSeller, command, std::move(words));
  }
  Story& desk(ActorId who, CommandKind kind, Command command = {}, Words words = {}) {
    return give(kind, Party::desk, who, command, std::move(words));
  }
  /// The clock rings: its next reminder, or its end.
  Story& rings(Clock clock) {
    Command command;
    command.aux = static_cast<std::uint8_t>(clock);
    now_ = next_tick(state_, clock, file_.procedure);
    return give(CommandKind::tick, Party::clock, {}, command, {});
  }
  Story& opened() {
    Command command;
    command.detail = 240'000;
    command.aux = 4;
    Words words;
    words.subject = "Lost parcels";
    return at(0h).seller(CommandKind::open_case, command, words).assigned(kMarie);
  }
  Story& assigned(ActorId to) {
    Command command;
    command.detail = to.value;
    return desk(to, CommandKind::assign, command);
  }
  Story& asks(ActorId who, std::vector<std::string> questions) {
    Command command;
    command.aux = static_cast<std::uint8_t>(questions.size());
    Words words;
    words.body = "…";
    words.questions = std::move(questions);
    return who == kSeller ? seller(CommandKind::send_message, command, words)
                          : desk(who, CommandKind::send_message, command, words);
  }
  Story& says(ActorId who, std::uint32_t answers = 0) {
    Command command;
    command.detail = answers;
    return who == kSeller ? seller(CommandKind::send_message, command) : desk(who, CommandKind::send_message, command);
  }

  Timeline told() const {
    return timeline_of(events_, file_.procedure, [this](TextId id) -> std::optional<FoundWords> {
      const auto found = texts_.find(id.value);
      if (found == texts_.end()) return std::nullopt;
      return FoundWords{.words = found->second, .note = false, .label = false, .erased = {}};
    });
  }
  const std::vector<ToldEvent>& events() const { return events_; }
  std::vector<ToldEvent>& events() { return events_; }
  const CaseState& state() const { return state_; }
  const rulebook::ProcedureFile& file() const { return file_; }

 private:
  static rulebook::ProcedureFile load(const std::string& name) {
    auto file = rulebook::load_procedure(name);
    if (!file) throw std::runtime_error(file.error().detail);
    return std::move(*file);
  }

  Story& give(CommandKind kind, Party party, ActorId who, Command command, Words words) {
    command.kind = kind;
    command.party = party;
    command.actor = who;
    command.at = now_;
    command.case_id = CaseId{1};
    if (command.facts == 0) command.facts = 0x3F;
    if (!(words == Words{})) {
      command.text = TextId{static_cast<std::uint32_t>(texts_.size() + 1)};
      texts_[command.text.value] = std::move(words);
    }
    Decision decision;
    const Refusal refusal = decide(state_, command, compiled_.rules(), decision);
    EXPECT_EQ(refusal, Refusal::none) << name(kind) << ": " << name(refusal);
    ++act_;
    for (std::size_t i = 0; i < decision.count; ++i) {
      events_.push_back({.event = decision.room[i],
                         .position = events_.size() + 1,
                         .act = act_,
                         .cause = kind,
                         .act_text = command.text});
      evolve_in_place(state_, decision.room[i]);
    }
    return *this;
  }

  rulebook::ProcedureFile file_;
  rulebook::CompiledRules compiled_;
  Instant now_ = kMonday;
  CaseState state_{};
  std::uint64_t act_ = 0;
  std::vector<ToldEvent> events_;
  std::map<std::uint32_t, Words> texts_;
};

const Entry& last(const Timeline& timeline, EventKind kind) {
  const auto found = std::find_if(timeline.entries.rbegin(), timeline.entries.rend(),
                                  [&](const Entry& entry) { return entry.event.kind == kind; });
  if (found == timeline.entries.rend()) throw std::runtime_error("no " + std::string{name(kind)});
  return *found;
}
const ClockTold& last(const Timeline& timeline, Clock clock) {
  const auto found = std::find_if(timeline.clocks.rbegin(), timeline.clocks.rend(),
                                  [&](const ClockTold& one) { return one.clock == clock; });
  if (found == timeline.clocks.rend()) throw std::runtime_error("no " + std::string{name(clock)});
  return *found;
}

// --- entries ---

TEST(timeline, of_nothing_is_empty) {
  const Timeline timeline = timeline_of({}, Procedure{}, {});
  EXPECT_TRUE(timeline.entries.empty());
  EXPECT_EQ(timeline.state, CaseState{});
}

TEST(timeline, has_every_event_with_its_cause_words_and_state_afterwards) {
  Story story;
  story.opened().at(1h).asks(kMarie, {"Which parcels?"});
  const Timeline timeline = story.told();
  ASSERT_EQ(timeline.entries.size(), story.events().size());
  for (std::size_t i = 0; i < timeline.entries.size(); ++i) {
    EXPECT_EQ(timeline.entries[i].event, story.events()[i].event);
    EXPECT_EQ(timeline.entries[i].position, i + 1);
    EXPECT_EQ(timeline.entries[i].cause, story.events()[i].cause);
  }
  EXPECT_EQ(timeline.state, story.state());
  EXPECT_EQ(timeline.opened, kMonday);
  EXPECT_EQ(timeline.entries.front().words->words.subject, "Lost parcels");
  EXPECT_EQ(timeline.entries.front().turn, Turn::desk);
  EXPECT_EQ(timeline.entries.back().turn, Turn::seller);
  EXPECT_EQ(timeline.entries.back().phase, Phase::open);
  // Friday 27 March: 21 days after Monday 10:00.
  EXPECT_EQ(last(timeline, EventKind::clock_started).due, kMonday + 1h + 21 * 24h);
}

TEST(timeline, the_act_of_a_text_that_is_erased_stays) {
  Story story;
  story.opened();
  const Timeline timeline = timeline_of(story.events(), story.file().procedure, [](TextId) {
    return FoundWords{.words = {}, .note = false, .label = false, .erased = kMonday + 5h};
  });
  EXPECT_EQ(timeline.entries.front().words->erased, kMonday + 5h);
}

// --- questions ---

TEST(timeline, each_question_has_its_own_words) {
  Story story;
  story.opened().at(1h).asks(kSeller, {"Where are they?", "Who pays?", "When?"});
  story.at(2h).says(kMarie, 0b010);  // does not pass the turn: two are left
  Timeline timeline = story.told();
  ASSERT_EQ(timeline.questions.size(), 3U);
  EXPECT_EQ(timeline.questions[1].text, "Who pays?");
  EXPECT_EQ(timeline.questions[1].standing, QuestionTold::Standing::answered);
  EXPECT_EQ(timeline.questions[1].settled, kMonday + 2h);
  ASSERT_EQ(timeline.open_questions(Party::seller).size(), 2U);
  EXPECT_EQ(timeline.open_questions(Party::seller)[1]->text, "When?");
  EXPECT_TRUE(timeline.open_questions(Party::desk).empty());

  Command dispute;
  dispute.detail = 0b010;
  story.at(3h).seller(CommandKind::dispute_answer, dispute);
  timeline = story.told();
  EXPECT_EQ(timeline.questions[1].standing, QuestionTold::Standing::disputed);
  EXPECT_EQ(timeline.questions[1].disputes, 1U);
  EXPECT_EQ(timeline.questions[1].settled, kNever);
  EXPECT_EQ(timeline.open_questions(Party::seller).size(), 3U);
}

TEST(timeline, a_slot_that_is_used_again_is_another_question) {
  Story story;
  story.opened().at(1h).asks(kMarie, {"First?"});
  story.at(2h).says(kSeller, 0b1);
  story.at(3h).asks(kMarie, {"Second?"});
  const Timeline timeline = story.told();
  ASSERT_EQ(timeline.questions.size(), 2U);
  EXPECT_EQ(timeline.questions[0].slot, timeline.questions[1].slot);
  EXPECT_EQ(timeline.questions[0].standing, QuestionTold::Standing::answered);
  EXPECT_EQ(timeline.questions[1].standing, QuestionTold::Standing::open);
  EXPECT_EQ(timeline.questions[1].text, "Second?");
  EXPECT_EQ(timeline.open_questions(Party::desk).size(), 1U);
}

TEST(timeline, questions_asked_without_a_message_have_the_words_of_their_act) {
  Story story;
  Command ask;
  ask.aux = 2;
  Words words;
  words.questions = {"One?", "Two?"};
  story.opened().at(1h).seller(CommandKind::ask_question, ask, words);
  const Timeline timeline = story.told();
  ASSERT_EQ(timeline.questions.size(), 2U);
  EXPECT_EQ(timeline.questions[0].text, "One?");
  EXPECT_EQ(timeline.questions[1].text, "Two?");
}

TEST(timeline, a_question_without_words_of_its_own_stands_without) {
  Story story;
  Command ask;
  ask.aux = 2;
  Words words;
  words.questions = {"Only one?"};
  story.opened().at(1h).seller(CommandKind::send_message, ask, words).at(2h).asks(kSeller, {"Later?"});
  const Timeline timeline = story.told();
  ASSERT_EQ(timeline.questions.size(), 3U);
  EXPECT_EQ(timeline.questions[0].text, "Only one?");
  EXPECT_EQ(timeline.questions[1].text, "");
  EXPECT_EQ(timeline.questions[2].text, "Later?");
}

// --- clocks ---

TEST(timeline, an_answer_in_time_keeps_its_clock) {
  Story story;
  story.opened().at(1h).says(kMarie);
  const Timeline timeline = story.told();
  const ClockTold& clock = last(timeline, Clock::first_answer);
  EXPECT_EQ(clock.ending, ClockTold::Ending::kept);
  EXPECT_EQ(clock.started, kMonday);
  EXPECT_EQ(clock.ended, kMonday + 1h);
  EXPECT_EQ(last(timeline, EventKind::message_sent).late, std::nullopt);
  EXPECT_EQ(last(timeline, Clock::decision).ending, ClockTold::Ending::runs);
}

TEST(timeline, an_answer_after_its_clock_ran_out_is_late_by_the_first_promise) {
  Story story;
  story.opened().rings(Clock::first_answer);  // a reminder: four hours before
  const Instant due = story.state().due_at(Clock::first_answer);
  story.rings(Clock::first_answer);  // climbs; the time starts again
  story.assigned(kChief);
  story.at(due - kMonday + 90min).says(kChief);
  const Timeline timeline = story.told();
  ASSERT_GE(timeline.clocks.size(), 2U);
  EXPECT_EQ(timeline.clocks.front().clock, Clock::first_answer);
  EXPECT_EQ(timeline.clocks.front().ending, ClockTold::Ending::missed);
  EXPECT_EQ(timeline.clocks.front().reminders, 1U);
  EXPECT_EQ(last(timeline, Clock::first_answer).ending, ClockTold::Ending::kept);
  EXPECT_EQ(last(timeline, EventKind::message_sent).late, Duration{90min});
  // What is made good is not late again.
  story.at(due - kMonday + 2h).says(kSeller).at(due - kMonday + 3h).says(kChief);
  EXPECT_EQ(last(story.told(), EventKind::message_sent).late, std::nullopt);
}

TEST(timeline, an_answer_before_anybody_noticed_that_time_was_up_is_late_too) {
  Story story;
  story.opened();
  const Instant due = story.state().due_at(Clock::first_answer);
  story.at(due - kMonday + 7min).says(kMarie);
  const Timeline timeline = story.told();
  EXPECT_EQ(last(timeline, Clock::first_answer).ending, ClockTold::Ending::missed);
  EXPECT_EQ(last(timeline, EventKind::message_sent).late, Duration{7min});
}

TEST(timeline, a_decision_ends_what_it_settles) {
  Story story;
  story.opened().at(1h).asks(kMarie, {"Which?"});
  story.at(2h).desk(kMarie, CommandKind::decide_case);
  const Timeline timeline = story.told();
  EXPECT_EQ(last(timeline, Clock::decision).ending, ClockTold::Ending::kept);
  EXPECT_EQ(last(timeline, Clock::level).ending, ClockTold::Ending::kept);
  EXPECT_EQ(last(timeline, Clock::seller_reply).ending, ClockTold::Ending::stopped);
  EXPECT_EQ(last(timeline, Clock::appeal_window).ending, ClockTold::Ending::runs);
  story.at(50h).seller(CommandKind::appeal_decision);
  EXPECT_EQ(last(story.told(), Clock::appeal_window).ending, ClockTold::Ending::kept);
}

TEST(timeline, an_answer_that_asks_nothing_leaves_the_silence_to_the_desk) {
  Story story;
  story.opened().at(1h).says(kMarie);
  story.at(24h * 5).says(kSeller);
  const Timeline timeline = story.told();
  EXPECT_EQ(timeline.seller_silence_longest, Duration{});
  EXPECT_EQ(timeline.desk_silence_longest, Duration{24h * 5 - 1h}) << "it is for the desk to decide";
}

TEST(timeline, the_sellers_silence_and_his_reply) {
  Story story;
  story.opened().at(1h).asks(kMarie, {"Which?"});
  story.at(24h * 10).says(kSeller, 0b1);
  const Timeline timeline = story.told();
  EXPECT_EQ(last(timeline, Clock::seller_reply).ending, ClockTold::Ending::kept);
  EXPECT_EQ(timeline.seller_silence_longest, Duration{24h * 10 - 1h});
  EXPECT_EQ(timeline.desk_silence_longest, Duration{1h});
  EXPECT_EQ(last(timeline, Clock::next_answer).ending, ClockTold::Ending::runs);
  EXPECT_EQ(timeline.seller_messages, 1U);
  EXPECT_EQ(timeline.desk_messages, 1U);
}

// --- people ---

TEST(timeline, hand_overs_are_told_from_proposal_to_answer) {
  Story story;
  Command to_paul;
  to_paul.detail = kPaul.value;
  to_paul.aux = static_cast<std::uint8_t>(HandOffReason::speciality);
  Words summary;
  summary.body = "Two parcels lost.";
  Words no;
  no.body = "I am away.";
  story.opened().at(1h).desk(kMarie, CommandKind::propose_hand_off, to_paul, summary);
  EXPECT_EQ(story.told().hand_overs.back().standing, HandOverTold::Standing::proposed);
  story.at(2h).desk(kPaul, CommandKind::refuse_hand_off, {}, no);
  story.at(3h).desk(kMarie, CommandKind::propose_hand_off, to_paul, summary);
  story.at(4h).desk(kPaul, CommandKind::accept_hand_off);
  story.at(5h).desk(kPaul, CommandKind::propose_hand_off, [] {
    Command to_marie;
    to_marie.detail = kMarie.value;
    to_marie.aux = static_cast<std::uint8_t>(HandOffReason::workload);
    return to_marie;
  }());
  story.at(6h).desk(kPaul, CommandKind::decide_case);
  const Timeline timeline = story.told();
  ASSERT_EQ(timeline.hand_overs.size(), 4U);
  EXPECT_EQ(timeline.hand_overs[0].standing, HandOverTold::Standing::assigned);
  EXPECT_EQ(timeline.hand_overs[0].to, kMarie);
  EXPECT_EQ(timeline.hand_overs[1].standing, HandOverTold::Standing::refused);
  EXPECT_EQ(timeline.hand_overs[1].answer.body, "I am away.");
  EXPECT_EQ(timeline.hand_overs[1].words.body, "Two parcels lost.");
  // Also where they were kept as words for both sides.
  for (const Entry& entry : timeline.entries)
    EXPECT_TRUE(!entry.words || entry.words->note == (entry.event.kind != EventKind::opened));
  EXPECT_EQ(timeline.hand_overs[2].standing, HandOverTold::Standing::accepted);
  EXPECT_EQ(timeline.hand_overs[2].from, kMarie);
  EXPECT_EQ(timeline.hand_overs[2].settled, kMonday + 4h);
  // The decision made the last one void.
  EXPECT_EQ(timeline.hand_overs[3].standing, HandOverTold::Standing::lapsed);
  EXPECT_EQ(timeline.hand_overs[3].settled, kMonday + 6h);
  // The first acceptance clock was answered in time, the last had no answer.
  EXPECT_EQ(last(timeline, Clock::acceptance).ending, ClockTold::Ending::stopped);
}

TEST(timeline, knows_who_wrote_and_how_often) {
  Story story;
  story.opened().at(1h).says(kMarie);
  Command to_paul;
  to_paul.detail = kPaul.value;
  to_paul.aux = static_cast<std::uint8_t>(HandOffReason::absence);
  story.at(2h).desk(kMarie, CommandKind::propose_hand_off, to_paul).at(3h).desk(kPaul, CommandKind::accept_hand_off);
  story.at(4h).says(kPaul).at(5h).says(kPaul);
  const Timeline timeline = story.told();
  ASSERT_EQ(timeline.agents.size(), 2U);
  EXPECT_EQ(timeline.agents[0].person, kMarie);
  EXPECT_EQ(timeline.agents[1].person, kPaul);
  EXPECT_EQ(timeline.agents[1].messages, 2U);
  EXPECT_EQ(timeline.agents[1].first, kMonday + 4h);
  EXPECT_EQ(timeline.agents[1].last, kMonday + 5h);
}

// --- money ---

TEST(timeline, offers_and_restrictions_with_the_time_between_them) {
  Story story;
  Command offer;
  offer.detail = 50'000;
  offer.aux = kOfferWithdrawal;
  story.opened().at(1h).desk(kMarie, CommandKind::make_offer, offer);
  Timeline timeline = story.told();
  ASSERT_EQ(timeline.offers.size(), 1U);
  EXPECT_EQ(timeline.offers[0].due, kMonday + 1h + 30 * 24h);
  story.at(48h).seller(CommandKind::refuse_offer);
  Command limit;
  limit.detail = 400;
  limit.aux = static_cast<std::uint8_t>(RestrictionKind::stock_limit);
  Words reasons;
  reasons.facts = "Returns above 20 %.";
  story.at(72h).desk(kMarie, CommandKind::announce_restriction, limit, reasons);
  limit.detail = 100;
  limit.facts = 0x3F | kFactException;
  story.at(96h).desk(kMarie, CommandKind::apply_restriction, limit);
  story.at(97h).seller(CommandKind::contest_restriction).at(98h).desk(kMarie, CommandKind::lift_restriction);
  timeline = story.told();
  EXPECT_EQ(timeline.offers[0].standing, OfferTold::Standing::refused);
  EXPECT_EQ(timeline.offers[0].answered, kMonday + 48h);
  EXPECT_EQ(last(timeline, Clock::offer).ending, ClockTold::Ending::kept);
  ASSERT_EQ(timeline.restrictions.size(), 1U);
  const RestrictionTold& restriction = timeline.restrictions[0];
  EXPECT_EQ(restriction.before, 400U);
  EXPECT_EQ(restriction.after, 100U);
  EXPECT_EQ(restriction.announced, kMonday + 72h);
  EXPECT_EQ(restriction.took_effect, kMonday + 96h);
  EXPECT_EQ(restriction.contested, kMonday + 97h);
  EXPECT_EQ(restriction.lifted, kMonday + 98h);
  EXPECT_EQ(restriction.words.facts, "Returns above 20 %.");
  EXPECT_EQ(restriction.after_offer, Duration{48h});
  EXPECT_EQ(restriction.after_appeal, std::nullopt);
}

TEST(timeline, costs_and_links_are_summed_up) {
  Story story;
  Command cost;
  cost.detail = 45;
  cost.aux = static_cast<std::uint8_t>(CostKind::hours);
  Command fee;
  fee.detail = 1'250;
  fee.aux = static_cast<std::uint8_t>(CostKind::fee);
  Command link;
  link.detail = 77;
  story.opened().at(1h).seller(CommandKind::note_cost, cost).seller(CommandKind::note_cost, fee);
  story.desk(kMarie, CommandKind::link_case, link).desk(kMarie, CommandKind::link_case, link);
  const Timeline timeline = story.told();
  EXPECT_EQ(timeline.cost_minutes, 45U);
  EXPECT_EQ(timeline.cost_cents, 1'250U);
  EXPECT_EQ(timeline.linked, std::vector{CaseId{77}});
}

// --- clauses ---

TEST(timeline, each_step_rests_on_its_clause) {
  Story story;
  story.opened();
  Timeline timeline = story.told();
  EXPECT_EQ(timeline.entries[0].clause, "matter[4].level");
  EXPECT_EQ(last(timeline, EventKind::assigned).clause, "assignment.mode");
  EXPECT_EQ(timeline.entries[1].event.kind, EventKind::clock_started);
  EXPECT_EQ(timeline.entries[1].clause, "clocks.first_answer.allowance");
  EXPECT_EQ(timeline.entries[3].clause, "ladder[0].stay_max");
  EXPECT_EQ(timeline.entries[4].clause, "restrictions.cooling_days_after_claim");
  story.rings(Clock::first_answer);
  EXPECT_EQ(last(story.told(), EventKind::clock_reminded).clause, "clocks.first_answer.reminders");
  EXPECT_EQ(last(story.told(), EventKind::clock_reminded).rung, Clock::first_answer);
  for (int level = 0; level < 2; ++level) {
    story.rings(Clock::first_answer);
    timeline = story.told();
    EXPECT_EQ(last(timeline, EventKind::went_overdue).clause, "clocks.first_answer.when_it_runs_out");
    EXPECT_EQ(last(timeline, EventKind::escalated).clause, "clocks.first_answer.when_it_runs_out");
    story.rings(Clock::first_answer);  // the reminder of the time that began again
  }
  story.rings(Clock::first_answer);
  timeline = story.told();
  EXPECT_EQ(last(timeline, EventKind::decided).clause, "clocks.at_the_top");
  // What the clock did names the clock that ran out, also where it started another.
  const Entry& window = last(timeline, EventKind::clock_started);
  EXPECT_EQ(window.event.clock, Clock::appeal_window);
  EXPECT_EQ(window.rung, Clock::first_answer);
  for (const Entry& entry : timeline.entries) {
    const bool by_time = entry.cause == CommandKind::tick;
    EXPECT_EQ(entry.rung, by_time ? std::optional{Clock::first_answer} : std::nullopt) << name(entry.event.kind);
  }
  EXPECT_EQ(last(timeline, EventKind::decided).late, std::nullopt);
}

TEST(timeline, an_act_of_a_person_rests_on_another_clause_than_the_clocks) {
  Story story;
  story.opened().at(1h).seller(CommandKind::escalate);
  Timeline timeline = story.told();
  EXPECT_EQ(last(timeline, EventKind::escalated).clause, "ladder[1].climb");
  EXPECT_EQ(timeline.entries.back().clause, "restrictions.cooling_days_after_appeal");
  story.assigned(kChief);
  EXPECT_EQ(last(story.told(), EventKind::assigned).clause, "ladder[1].different_person");
  story.at(2h).seller(CommandKind::close_case, [] {
    Command command;
    command.aux = static_cast<std::uint8_t>(Ground::seller_wish);
    return command;
  }());
  EXPECT_EQ(last(story.told(), EventKind::closed).clause, "closing.seller_wish.by");
}

// --- any history ---

std::uint64_t setting(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string as_known_key(const std::string& path) {
  static const std::regex kIndex(R"(\[\d+\])");
  return std::regex_replace(path, kIndex, "");
}

bool has_no_rule(EventKind kind) {
  return kind == EventKind::none || kind == EventKind::note_made || kind == EventKind::cost_noted ||
         kind == EventKind::exhibit_added || kind == EventKind::linked;
}

std::string wrong_clause(const Timeline& timeline, const std::set<std::string>& known) {
  for (const Entry& entry : timeline.entries) {
    const std::string event{name(entry.event.kind)};
    if (entry.clause.empty() != has_no_rule(entry.event.kind))
      return event + " has the clause \"" + entry.clause + "\"";
    if (!entry.clause.empty() && !known.contains(as_known_key(entry.clause))) return event + ": " + entry.clause;
  }
  return {};
}

std::string wrong_clocks(const Timeline& timeline) {
  const CaseState& state = timeline.state;
  std::array<unsigned, kDueSlots> running{};
  std::int64_t cooling_day = 0;
  for (const ClockTold& clock : timeline.clocks) {
    const std::string which{name(clock.clock)};
    if ((clock.ending == ClockTold::Ending::runs) != (clock.ended == kNever)) return which + " has no end or two";
    if (clock.ended < clock.started) return which + " ends before it starts";
    if (clock.ending == ClockTold::Ending::kept && clock.ended > clock.due) return which + " is kept too late";
    if (clock.clock == Clock::cooling) {
      if (clock.ending != ClockTold::Ending::runs) return "a cooling period was ended";
      cooling_day = std::max(cooling_day, (clock.due.time_since_epoch().count() + 86'399'999) / 86'400'000);
      continue;
    }
    if (clock.ending != ClockTold::Ending::runs) continue;
    ++running[static_cast<std::size_t>(due_slot(clock.clock))];
    if (!state.runs(clock.clock)) return which + " runs only here";
    if (state.due_at(clock.clock) != clock.due) return which + " is due at another time";
  }
  for (std::size_t slot = 0; slot < kDueSlots; ++slot)
    if (running[slot] != (state.due[slot] != 0 ? 1U : 0U)) return "slot " + std::to_string(slot) + " is told otherwise";
  if (cooling_day != state.adverse_not_before) return "the cooling periods end on another day";
  return {};
}

std::string wrong_questions(const Timeline& timeline) {
  for (const Party by : {Party::seller, Party::desk}) {
    std::uint32_t open = 0;
    for (const QuestionTold* question : timeline.open_questions(by)) {
      if ((open >> question->slot & 1U) != 0) return "two open questions in one slot";
      open |= 1U << question->slot;
      if (question->settled != kNever) return "an open question is settled";
    }
    if (open != (by == Party::seller ? timeline.state.seller_open : timeline.state.desk_open))
      return "other questions are open";
  }
  return {};
}

std::string wrong_people_and_money(const Timeline& timeline) {
  const bool pending =
      !timeline.hand_overs.empty() && timeline.hand_overs.back().standing == HandOverTold::Standing::proposed;
  if (pending != timeline.state.hand_off_pending()) return "a hand-over is told otherwise";
  for (std::size_t i = 0; i + 1 < timeline.hand_overs.size(); ++i)
    if (timeline.hand_overs[i].standing == HandOverTold::Standing::proposed) return "a hand-over never ends";
  const auto open = std::count_if(timeline.offers.begin(), timeline.offers.end(),
                                  [](const OfferTold& offer) { return offer.standing == OfferTold::Standing::open; });
  if (open != (timeline.state.has(kOfferOpen) ? 1 : 0)) return "other offers are open";
  const bool restricted = std::any_of(timeline.restrictions.begin(), timeline.restrictions.end(),
                                      [](const RestrictionTold& one) { return one.lifted == kNever; });
  if (restricted != (timeline.state.restriction() != Restriction::none)) return "a restriction is told otherwise";
  if (restricted) {
    const RestrictionTold& latest = timeline.restrictions.back();
    const Restriction state = timeline.state.restriction();
    const bool effect = state == Restriction::in_effect || state == Restriction::contested;
    if (effect != (latest.took_effect != kNever)) return "a restriction's effect is told otherwise";
  }
  for (const Entry& entry : timeline.entries)
    if (entry.late && *entry.late <= Duration{0}) return "late by nothing";
  return {};
}

void tell_histories(const properties::World& world, std::uint64_t seed, const std::set<std::string>& known,
                    std::set<EventKind>& seen) {
  Random random(seed);
  CaseState state{};
  Instant now = properties::kBeginning;
  std::vector<ToldEvent> events;
  std::uint64_t act = 0;
  for (std::size_t i = 0; i < properties::kCommandsPerHistory; ++i) {
    Command command = properties::draw_command(random, state, world.procedure(), now);
    // What hardly ever comes by itself.
    if (command.kind == CommandKind::open_case && random.below(4) == 0) {
      command.kind = CommandKind::restart_case;
      command.detail = 7;
    } else if (command.kind == CommandKind::make_note && random.below(2) == 0) {
      command.kind = CommandKind::link_case;
      command.detail = 8;
      command.aux = 0;
    }
    Decision decision;
    if (decide(state, command, world.rules(), decision) != Refusal::none) continue;
    now = command.at;
    ++act;
    for (std::size_t k = 0; k < decision.count; ++k) {
      events.push_back({.event = decision.room[k], .position = 0, .act = act, .cause = command.kind, .act_text = {}});
      evolve_in_place(state, decision.room[k]);
      seen.insert(decision.room[k].kind);
    }
  }
  const Timeline timeline = timeline_of(events, world.procedure(), {});
  ASSERT_EQ(timeline.state, state) << "seed " << seed;
  ASSERT_EQ(wrong_clause(timeline, known), "") << "seed " << seed;
  ASSERT_EQ(wrong_clocks(timeline), "") << "seed " << seed;
  ASSERT_EQ(wrong_questions(timeline), "") << "seed " << seed;
  ASSERT_EQ(wrong_people_and_money(timeline), "") << "seed " << seed;
}

TEST(timeline, tells_any_history_as_the_rules_left_it) {
  const std::vector<std::string> keys = rulebook::known_keys();
  const std::set<std::string> known(keys.begin(), keys.end());
  const std::uint64_t seed = setting("GUICHET_PROPERTY_SEED", 1);
  const std::uint64_t runs = setting("GUICHET_PROPERTY_RUNS", 300);
  std::set<EventKind> seen;
  for (const std::string& shipped : rulebook::shipped_procedures()) {
    const properties::World world(shipped);
    for (std::uint64_t run = 0; run < runs && !HasFatalFailure(); ++run)
      tell_histories(world, seed * 1'000'003 + run, known, seen);
  }
  for (std::uint64_t run = 0; run < runs && !HasFatalFailure(); ++run) {
    Random random(seed * 1'000'003 + run, 7);
    tell_histories(properties::World(random), seed * 1'000'003 + run, known, seen);
  }
  // The histories are rich enough to try every kind of event.
  for (std::size_t kind = 1; kind < kEventKinds; ++kind)
    EXPECT_TRUE(seen.contains(static_cast<EventKind>(kind))) << name(static_cast<EventKind>(kind));
}

}  // namespace
}  // namespace guichet::dossier
