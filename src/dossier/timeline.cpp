#include <guichet/dossier/timeline.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <initializer_list>

#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>

namespace guichet::dossier {
namespace {

using Ending = ClockTold::Ending;

bool is_one_of(EventKind kind, std::initializer_list<EventKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool by_a_person(const Event& event) { return event.party != Party::clock && event.party != Party::nobody; }

/// The desk says something to the seller that he may answer or rest on.
bool desk_speaks(const Event& event) {
  using enum EventKind;
  return event.party == Party::desk &&
         is_one_of(event.kind, {message_sent, question_asked, resolution_proposed, decided});
}

/// The seller says something to the desk.
bool seller_speaks(const Event& event) {
  using enum EventKind;
  return event.party == Party::seller &&
         is_one_of(event.kind, {message_sent, question_asked, question_answered, question_declined, question_disputed,
                                resolution_proposed, resolution_accepted, resolution_refused});
}

/// Whether the event that ends a clock is the act that the clock was there for.
bool is_what_it_waited_for(Clock clock, const Event& event) {
  const bool by_desk = event.party == Party::desk;
  const bool decided = event.kind == EventKind::decided && by_desk;
  switch (clock) {
    case Clock::first_answer:
    case Clock::next_answer:
      return decided || (by_desk && event.kind == EventKind::clock_stopped) || desk_speaks(event);
    case Clock::decision:
    case Clock::appeal_decision: return decided;
    case Clock::level: return decided || (by_desk && event.kind == EventKind::escalated);
    case Clock::seller_reply:
      return event.party == Party::seller &&
             (event.kind == EventKind::clock_stopped || event.kind == EventKind::resolution_accepted ||
              event.kind == EventKind::resolution_refused);
    case Clock::acceptance:
      return event.kind == EventKind::hand_off_accepted || event.kind == EventKind::hand_off_refused;
    case Clock::appeal_window: return event.kind == EventKind::appealed;
    case Clock::mediation: return event.kind == EventKind::mediation_ended;
    case Clock::offer: return event.kind == EventKind::offer_accepted || event.kind == EventKind::offer_refused;
    case Clock::reopening: return event.kind == EventKind::reopened;
    case Clock::cooling: break;
  }
  return false;
}

/// Tells a history event by event; the state of before and after is at hand for each.
class Teller {
 public:
  Teller(const Procedure& procedure, const FindWords& find_words, std::vector<TextId> files)
      : procedure_(procedure), find_words_(find_words) {
    told_.exhibits = std::move(files);
  }

  void tell(const ToldEvent& told) {
    const Event& event = told.event;
    if (told.act != act_ || told.act == 0) begin_act(told);
    before_ = told_.state;
    evolve_in_place(told_.state, event);
    if (told_.entries.empty()) told_.opened = event.at;

    Entry entry{.event = event, .position = told.position, .act = told.act, .cause = told.cause};
    elsewhere_ = told.elsewhere;
    // No procedure of this desk was in force when imported history happened.
    if (told.cause) entry.clause = clause_path(event, told.cause, before_, procedure_, rung_);
    if (event.text) entry.words = find(event.text);
    if (event.kind == EventKind::exhibit_added) entry.exhibit = told_.exhibit_number(event.text);
    // What is written with a hand-off is the desk's own, also in ledgers that once kept it as words for both sides.
    if (entry.words && is_one_of(event.kind, {EventKind::hand_off_proposed, EventKind::hand_off_refused}))
      entry.words->note = true;
    if (entry.words && !entry.words->words.questions.empty()) asked_with_ = entry.words->words.questions;

    unsure_ = !entry.time_by().empty();
    tell_silences(event);
    tell_clocks(event);
    entry.late = lateness(event);
    tell_hand_over_end(event);
    tell_kind(event, entry.words);

    if (event.kind == EventKind::clock_started) entry.due = due_of(event);
    if (event.kind == EventKind::went_overdue) rung_ = event.clock;
    if (told.cause == CommandKind::tick)
      entry.rung = rung_ || event.kind != EventKind::clock_reminded ? rung_ : std::optional{event.clock};
    entry.phase = told_.state.phase();
    entry.turn = told_.state.turn();
    entry.level = told_.state.level();
    told_.entries.push_back(std::move(entry));
  }

  Timeline take() {
    if (!told_.entries.empty()) end_silence(told_.entries.back().event.at);
    return std::move(told_);
  }

 private:
  void begin_act(const ToldEvent& told) {
    act_ = told.act;
    rung_.reset();
    asked_with_.clear();
    questions_named_ = 0;
    if (!told.act_text) return;
    if (const auto words = find(told.act_text)) asked_with_ = words->words.questions;
  }

  std::optional<FoundWords> find(TextId text) const { return find_words_ ? find_words_(text) : std::nullopt; }

  static Words words_of(const std::optional<FoundWords>& found) { return found ? found->words : Words{}; }

  static Instant due_of(const Event& event) {
    return Instant{Seconds{second_at_or_after(event.at)}} + Seconds{event.detail};
  }

  // ---- clocks ----

  void tell_clocks(const Event& event) {
    if (event.kind == EventKind::clock_started) {
      start_clock(event);
      return;
    }
    if (event.kind == EventKind::clock_reminded && event.clock != Clock::cooling) remind(event);
    for (std::size_t slot = 0; slot < kDueSlots; ++slot)
      if (before_.due[slot] != 0 && told_.state.due[slot] == 0) end_clock(slot, event);
  }

  void start_clock(const Event& event) {
    if (event.clock == Clock::cooling) {
      told_.clocks.push_back({.clock = event.clock, .started = event.at, .due = due_of(event)});
      return;
    }
    const auto slot = static_cast<std::size_t>(due_slot(event.clock));
    if (before_.due[slot] != 0) end_clock(slot, event);
    running_[slot] = told_.clocks.size();
    told_.clocks.push_back({.clock = event.clock, .started = event.at, .due = Instant{Seconds{told_.state.due[slot]}}});
  }

  void end_clock(std::size_t slot, const Event& event) {
    if (running_[slot] == kNone) return;
    ClockTold& clock = told_.clocks[running_[slot]];
    running_[slot] = kNone;
    clock.ended = event.at;
    if (event.kind == EventKind::went_overdue || event.at > clock.due)
      clock.ending = Ending::missed;
    else
      clock.ending = is_what_it_waited_for(clock.clock, event) ? Ending::kept : Ending::stopped;
    if (clock.ending == Ending::missed) {
      Instant& since = missed_since_[slot];
      since = std::min(since, clock.due);
    }
  }

  void remind(const Event& event) {
    for (std::size_t i = told_.clocks.size(); i-- > 0;)
      if (told_.clocks[i].clock == event.clock) {
        ++told_.clocks[i].reminders;
        return;
      }
  }

  // ---- acts that come too late ----

  /// An act is late by the time since the first of its clocks ran out that nothing has made good since.
  std::optional<Duration> lateness(const Event& event) {
    if (!by_a_person(event) || event.kind == EventKind::clock_started || event.kind == EventKind::clock_stopped)
      return std::nullopt;
    std::optional<Duration> late;
    const auto settle = [&](DueSlot slot) {
      Instant& since = missed_since_[static_cast<std::size_t>(slot)];
      if (since != kNever && event.at > since) late = std::max(late.value_or(Duration{0}), event.at - since);
      since = kNever;
    };
    const bool passes = event.kind != EventKind::message_sent || (event.aux & kTurnPasses) != 0;
    if (desk_speaks(event) && passes) settle(DueSlot::answer);
    if (seller_speaks(event)) settle(DueSlot::seller_reply);
    if (event.kind == EventKind::decided) {
      settle(DueSlot::decision);
      settle(DueSlot::level);
    }
    if (is_one_of(event.kind, {EventKind::appealed, EventKind::mediation_ended})) settle(DueSlot::window);
    if (is_one_of(event.kind, {EventKind::hand_off_accepted, EventKind::hand_off_refused})) settle(DueSlot::acceptance);
    if (is_one_of(event.kind, {EventKind::offer_accepted, EventKind::offer_refused})) settle(DueSlot::offer);
    return late;
  }

  /// What is no longer owed is no longer late.
  void forgive(const Event& event) {
    using enum EventKind;
    const auto forget = [&](DueSlot slot) { missed_since_[static_cast<std::size_t>(slot)] = kNever; };
    if (is_one_of(event.kind, {decided, closed, reopened, referred_to_mediator})) missed_since_.fill(kNever);
    if (event.kind == hand_off_proposed) forget(DueSlot::acceptance);
    if (event.kind == offer_made) forget(DueSlot::offer);
    if (event.kind == appealed) forget(DueSlot::decision);
  }

  // ---- silences: while it is one side's move, the time without a word from it ----

  /// Who is waited for. An answer that asks nothing leaves nothing to say for the seller: while it is for the desk to
  /// decide, the silence after it is the desk's.
  static Turn awaited(const CaseState& state) {
    const bool asked = state.desk_open != 0 || state.runs(Clock::seller_reply) || state.proposal() == Proposal::by_desk;
    const bool decides = state.runs(Clock::decision) || state.runs(Clock::appeal_decision) || state.runs(Clock::level);
    return state.turn() == Turn::seller && decides && !asked ? Turn::desk : state.turn();
  }

  void tell_silences(const Event& event) {
    const Turn turn = awaited(told_.state), before = awaited(before_);
    const bool spoke = (before == Turn::desk && desk_speaks(event)) || (before == Turn::seller && seller_speaks(event));
    if (turn == before && !spoke) return;
    end_silence(event.at);
    silent_since_ = event.at;
    silent_unsure_ = unsure_;
    silent_ = turn;
  }

  void end_silence(Instant at) {
    if (silent_ != Turn::desk && silent_ != Turn::seller) return;
    // How long it was follows from two moments, and one of them is not what the mail says of itself.
    if (silent_unsure_ || unsure_)
      told_.silences_unsure += at > silent_since_ ? 1U : 0U;
    else if (silent_ == Turn::desk)
      told_.desk_silence_longest = std::max(told_.desk_silence_longest, at - silent_since_);
    else
      told_.seller_silence_longest = std::max(told_.seller_silence_longest, at - silent_since_);
  }

  // ---- questions ----

  std::size_t& latest_question(Party by, unsigned slot) { return questions_[by == Party::seller ? 0 : 1][slot]; }

  template <class Do>
  static void for_each_slot(std::uint32_t set, Do&& act) {
    for (std::uint32_t left = set & 0xFFFFU; left != 0; left &= left - 1)
      act(static_cast<unsigned>(std::countr_zero(left)));
  }

  void ask(const Event& event) {
    for_each_slot(event.detail, [&](unsigned slot) {
      latest_question(event.party, slot) = told_.questions.size();
      QuestionTold question{.slot = static_cast<std::uint8_t>(slot), .by = event.party, .asked = event.at};
      if (questions_named_ < asked_with_.size()) question.text = asked_with_[questions_named_];
      ++questions_named_;
      told_.questions.push_back(std::move(question));
    });
  }

  void settle(const Event& event, Party asker, QuestionTold::Standing standing) {
    for_each_slot(event.detail, [&](unsigned slot) {
      const std::size_t index = latest_question(asker, slot);
      if (index == kNone) return;
      QuestionTold& question = told_.questions[index];
      question.standing = standing;
      question.settled = standing == QuestionTold::Standing::disputed ? kNever : event.at;
      if (standing == QuestionTold::Standing::disputed) ++question.disputes;
    });
  }

  // ---- hand-overs ----

  /// A proposal that somebody's other act makes void: the case was settled or went elsewhere.
  void tell_hand_over_end(const Event& event) {
    using enum EventKind;
    if (is_one_of(event.kind, {hand_off_accepted, hand_off_refused, hand_off_lapsed, assigned})) return;
    if (!before_.hand_off_pending() || told_.state.hand_off_pending()) return;
    settle_hand_over(event, HandOverTold::Standing::lapsed, {});
  }

  HandOverTold* open_proposal() {
    if (told_.hand_overs.empty() || told_.hand_overs.back().standing != HandOverTold::Standing::proposed)
      return nullptr;
    return &told_.hand_overs.back();
  }

  void settle_hand_over(const Event& event, HandOverTold::Standing standing, const std::optional<FoundWords>& words) {
    HandOverTold* proposal = open_proposal();
    if (proposal == nullptr) return;
    proposal->standing = standing;
    proposal->settled = event.at;
    if (standing == HandOverTold::Standing::refused) proposal->answer = words_of(words);
  }

  void assign(const Event& event) {
    const ActorId to{event.detail};
    if (HandOverTold* proposal = open_proposal(); proposal != nullptr) {
      const bool so_proposed = proposal->to == to;
      proposal->standing = so_proposed ? HandOverTold::Standing::accepted : HandOverTold::Standing::lapsed;
      proposal->settled = event.at;
      if (so_proposed) return;
    }
    told_.hand_overs.push_back({.from = before_.owner,
                                .to = to,
                                .at = event.at,
                                .settled = event.at,
                                .standing = HandOverTold::Standing::assigned,
                                .reason = event.aux,
                                .words = {},
                                .answer = {}});
  }

  // ---- offers and restrictions ----

  void answer_offer(const Event& event, OfferTold::Standing standing) {
    if (told_.offers.empty() || told_.offers.back().standing != OfferTold::Standing::open) return;
    told_.offers.back().standing = standing;
    told_.offers.back().answered = event.at;
  }

  void since(const Event& event, RestrictionTold& restriction) const {
    if (last_offer_ != kNever) restriction.after_offer = event.at - last_offer_;
    if (last_appeal_ != kNever) restriction.after_appeal = event.at - last_appeal_;
  }

  void announce(const Event& event, const std::optional<FoundWords>& words) {
    RestrictionTold restriction{
        .kind = restriction_kind(event), .before = event.detail, .announced = event.at, .words = words_of(words)};
    since(event, restriction);
    told_.restrictions.push_back(std::move(restriction));
  }

  void take_effect(const Event& event, const std::optional<FoundWords>& words) {
    const RestrictionKind kind = restriction_kind(event);
    const auto announced =
        std::find_if(told_.restrictions.rbegin(), told_.restrictions.rend(), [&](const RestrictionTold& one) {
          return one.kind == kind && one.took_effect == kNever && one.lifted == kNever;
        });
    if (announced == told_.restrictions.rend()) {
      told_.restrictions.push_back({.kind = kind, .words = words_of(words)});
    } else {
      // What was announced last stands last, as the state has it.
      std::rotate(announced.base() - 1, announced.base(), told_.restrictions.end());
    }
    RestrictionTold& restriction = told_.restrictions.back();
    restriction.after = event.detail;
    restriction.took_effect = event.at;
    restriction.exception = by_exception(event);
    restriction.elsewhere = elsewhere_;
    since(event, restriction);
  }

  void tell_kind(const Event& event, const std::optional<FoundWords>& words) {
    switch (event.kind) {
      case EventKind::message_sent: count_message(event, words && words->program); break;
      case EventKind::question_asked: ask(event); break;
      case EventKind::question_answered: settle(event, other(event.party), QuestionTold::Standing::answered); break;
      case EventKind::question_declined: settle(event, other(event.party), QuestionTold::Standing::declined); break;
      case EventKind::question_withdrawn: settle(event, event.party, QuestionTold::Standing::withdrawn); break;
      case EventKind::question_disputed: settle(event, event.party, QuestionTold::Standing::disputed); break;
      case EventKind::assigned: assign(event); break;
      case EventKind::hand_off_proposed:
        told_.hand_overs.push_back({.from = before_.owner,
                                    .to = ActorId{event.detail},
                                    .at = event.at,
                                    .standing = HandOverTold::Standing::proposed,
                                    .reason = event.aux,
                                    .words = words_of(words),
                                    .answer = {}});
        break;
      case EventKind::hand_off_accepted: settle_hand_over(event, HandOverTold::Standing::accepted, words); break;
      case EventKind::hand_off_refused: settle_hand_over(event, HandOverTold::Standing::refused, words); break;
      case EventKind::hand_off_lapsed: settle_hand_over(event, HandOverTold::Standing::lapsed, words); break;
      case EventKind::clock_started:
        if (event.clock == Clock::offer && !told_.offers.empty() &&
            told_.offers.back().standing == OfferTold::Standing::open)
          told_.offers.back().due = due_of(event);
        break;
      case EventKind::escalated:
      case EventKind::appealed:
        if (event.party == Party::seller) last_appeal_ = event.at;
        break;
      case EventKind::offer_made:
        told_.offers.push_back(
            {.cents = event.detail, .conditions = event.aux, .made = event.at, .words = words_of(words)});
        last_offer_ = event.at;
        break;
      case EventKind::offer_accepted: answer_offer(event, OfferTold::Standing::accepted); break;
      case EventKind::offer_refused:
        answer_offer(event, OfferTold::Standing::refused);
        last_offer_ = event.at;
        break;
      case EventKind::offer_lapsed: answer_offer(event, OfferTold::Standing::lapsed); break;
      case EventKind::restriction_announced: announce(event, words); break;
      case EventKind::restriction_took_effect: take_effect(event, words); break;
      case EventKind::restriction_contested:
        if (!told_.restrictions.empty() && told_.restrictions.back().lifted == kNever)
          told_.restrictions.back().contested = event.at;
        break;
      case EventKind::restriction_lifted:
        for (RestrictionTold& restriction : told_.restrictions)
          if (restriction.lifted == kNever) restriction.lifted = event.at;
        break;
      case EventKind::restarted: link(CaseId{event.detail}, Link::related); break;
      case EventKind::linked: link(CaseId{event.detail}, static_cast<Link>(event.aux)); break;
      case EventKind::cost_noted:
        (static_cast<CostKind>(event.aux) == CostKind::hours ? told_.cost_minutes : told_.cost_cents) += event.detail;
        break;
      case EventKind::none:
      case EventKind::opened:
      case EventKind::note_made:
      case EventKind::clock_stopped:
      case EventKind::clock_reminded:
      case EventKind::went_overdue:
      case EventKind::decided:
      case EventKind::referred_to_mediator:
      case EventKind::mediation_ended:
      case EventKind::resolution_proposed:
      case EventKind::resolution_accepted:
      case EventKind::resolution_refused:
      case EventKind::closed:
      case EventKind::reopened:
      case EventKind::abandoned:
      case EventKind::exhibit_added:
      case EventKind::procedure_changed: break;
    }
    forgive(event);
  }

  static Party other(Party party) { return party == Party::seller ? Party::desk : Party::seller; }

  void count_message(const Event& event, bool by_program) {
    if (event.party == Party::seller) ++told_.seller_messages;
    if (event.party != Party::desk) return;
    ++told_.desk_messages;
    if (!event.actor || by_program) return;
    auto agent = std::find_if(told_.agents.begin(), told_.agents.end(),
                              [&](const AgentMet& one) { return one.person == event.actor; });
    if (agent == told_.agents.end()) agent = told_.agents.insert(agent, {.person = event.actor, .first = event.at});
    ++agent->messages;
    agent->last = event.at;
  }

  void link(CaseId other_case, Link as) {
    if (as == Link::withdrawn)
      std::erase(told_.linked, other_case);
    else if (other_case && std::find(told_.linked.begin(), told_.linked.end(), other_case) == told_.linked.end())
      told_.linked.push_back(other_case);
  }

  static constexpr std::size_t kNone = ~std::size_t{0};

  const Procedure& procedure_;
  const FindWords& find_words_;
  Timeline told_;
  CaseState before_{};
  // Of the act whose events are being told.
  std::uint64_t act_ = 0;
  std::optional<Clock> rung_;
  std::vector<std::string> asked_with_;
  std::size_t questions_named_ = 0;
  // Of the case.
  std::array<std::size_t, kDueSlots> running_ = filled<kDueSlots>(kNone);
  std::array<Instant, kDueSlots> missed_since_ = filled<kDueSlots>(kNever);
  std::array<std::array<std::size_t, 16>, 2> questions_{filled<16>(kNone), filled<16>(kNone)};
  Turn silent_{};
  Instant silent_since_{};
  bool silent_unsure_ = false, unsure_ = false;  // of the moment since then, and of the event that is told
  Instant last_offer_ = kNever, last_appeal_ = kNever;
  Contended elsewhere_;  // as the act under way says

  template <std::size_t Size, class T>
  static constexpr std::array<T, Size> filled(T value) {
    std::array<T, Size> all{};
    all.fill(value);
    return all;
  }
};

// ---- clauses ---------------------------------------------------------------------------------------------

std::string at(std::string_view table, std::size_t index, std::string_view key) {
  return std::string{table} + "[" + std::to_string(index) + "]." + std::string{key};
}

std::string of_clock(Clock clock, std::string_view key) {
  if (clock == Clock::reopening) return "reopening.within";
  if (clock == Clock::cooling) return "restrictions";
  return "clocks." + std::string{name(clock)} + (key.empty() ? "" : "." + std::string{key});
}

/// What follows when a clock runs out, seen from an event that followed it.
std::string of_consequence(std::optional<Clock> rung, EventKind kind, const Procedure& procedure) {
  if (!rung) return "clocks";
  const bool climbs = procedure.clock(*rung).effect == Effect::escalate;
  if (climbs && kind != EventKind::escalated) return "clocks.at_the_top";
  return of_clock(*rung, "when_it_runs_out");
}

std::string of_cooling(std::optional<CommandKind> cause, const CaseState& before, const Procedure& procedure) {
  using enum CommandKind;
  if (cause == open_case || cause == restart_case) return "restrictions.cooling_days_after_claim";
  if (cause == make_offer || cause == refuse_offer) return "restrictions.cooling_days_after_offer";
  if (cause == escalate || cause == appeal_decision) return "restrictions.cooling_days_after_appeal";
  if (cause != announce_restriction) return "restrictions";
  const RestrictionRule& rule = procedure.restrictions;
  const bool terminates = before.restriction() == Restriction::termination_announced;
  return terminates && rule.termination_notice_days >= rule.notice_days ? "restrictions.termination_notice_days"
                                                                        : "restrictions.notice_days";
}

std::string of_start(const Event& event, std::optional<CommandKind> cause, const CaseState& before,
                     const Procedure& procedure, std::optional<Clock> rung) {
  if (event.clock == Clock::cooling) return of_cooling(cause, before, procedure);
  if (event.clock == Clock::level) return at("ladder", before.level(), "stay_max");
  if (event.clock == Clock::appeal_window && rung == Clock::appeal_window) {
    // Nobody appealed, but words of the seller wait: the window opens again.
    const bool unread = procedure.right(Ground::decision).unread_blocks && before.has(kUnread);
    return unread ? "closing.decision.unread_blocks" : "closing.decision.open_questions_block";
  }
  return of_clock(event.clock, "allowance");
}

std::string of_message(const Event& event, const CaseState& before, const Procedure& procedure) {
  switch (event.party) {
    case Party::seller: return before.runs(Clock::seller_reply) ? "clocks.seller_reply" : "contact.point";
    case Party::third: return "mediation";
    case Party::desk:
      if (procedure.answers.cover_every_question) return "answers.cover_every_question";
      return procedure.assignment.only_owner_answers ? "assignment.only_owner_answers" : "answers";
    case Party::nobody:
    case Party::clock: break;
  }
  return {};
}

std::string of_assignment(const Event& event, std::optional<CommandKind> cause, const CaseState& before,
                          const Procedure& procedure) {
  const auto reason = static_cast<AssignReason>(event.aux);
  if (reason == AssignReason::left)
    return procedure.assignment.substitute ? "assignment.substitute" : "assignment.mode";
  if (event.detail == 0 || cause == CommandKind::tick) return "assignment.strip_to";
  if (cause == CommandKind::propose_hand_off) return "hand_off.acceptance";
  if (before.owner && reason == AssignReason::substitute) return "assignment.substitute";
  if (before.phase() == Phase::under_appeal && procedure.appeal.different_person) return "appeal.different_person";
  if (!before.owner && before.other_person && procedure.ladder[before.level()].different_person)
    return at("ladder", before.level(), "different_person");
  if (reason == AssignReason::speciality) return at("matter", before.matter(), "speciality");
  return "assignment.mode";
}

std::string of_restriction(const Event& event, const Procedure& procedure) {
  const RestrictionRule& rule = procedure.restrictions;
  if (by_exception(event)) return "restrictions.notice_days";
  const bool terminates = restriction_kind(event) == RestrictionKind::termination;
  if (terminates && rule.termination_notice_days != 0) return "restrictions.termination_notice_days";
  if (rule.announced_first) return "restrictions.announced_first";
  if (rule.facts_needed) return "restrictions.facts";
  return rule.ground_needed ? "restrictions.ground" : "restrictions";
}

std::string of_opening(const Event& event, const Procedure& procedure) {
  const std::size_t matter = event.aux & 31U;
  const MatterRule& rule = procedure.matter[matter];
  if (rule.amount_above == 0) return at("matter", matter, "level");
  // What the matter says speaks of amounts above; below them the level where it opens speaks for itself.
  if (event.detail >= rule.amount_above) return at("matter", matter, "level_above");
  return at("ladder", rule.level, "team");
}

/// A question to the desk has to be answered by it; one of the desk's sets the seller's clock going.
std::string of_question(Party asker) {
  return asker == Party::seller ? "answers.cover_every_question" : "answers.seller_reply_clock_starts";
}

}  // namespace

std::string_view Entry::time_by() const {
  if (!words) return {};
  for (const ArrivalLine& line : words->words.arrival) {
    if (line.key != "time") continue;
    for (const std::string_view from : {"arrival", "separator", "neighbour"})
      if (std::string_view(line.value).substr(0, 7 + from.size()) == "of the " + std::string(from)) return from;
  }
  return {};
}

std::string_view Entry::rung_does() const {
  if (!rung) return {};
  const bool reminds = event.kind == EventKind::clock_reminded && clause == of_clock(event.clock, "reminders");
  return reminds ? "reminds" : "runs_out";
}

std::vector<const QuestionTold*> Timeline::open_questions(Party by) const {
  std::vector<const QuestionTold*> open;
  for (const QuestionTold& question : questions)
    if (question.by == by &&
        (question.standing == QuestionTold::Standing::open || question.standing == QuestionTold::Standing::disputed))
      open.push_back(&question);
  return open;
}

std::uint32_t Timeline::exhibit_number(TextId text) const {
  const auto found = std::ranges::lower_bound(exhibits, text);
  if (found == exhibits.end() || *found != text) return 0;
  return static_cast<std::uint32_t>(found - exhibits.begin() + 1);
}

Timeline timeline_of(std::span<const ToldEvent> events, const Procedure& procedure, const FindWords& find_words,
                     std::vector<TextId> files) {
  Teller teller(procedure, find_words, std::move(files));
  for (const ToldEvent& event : events) teller.tell(event);
  return teller.take();
}

std::string clause_path(const Event& event, std::optional<CommandKind> cause, const CaseState& before,
                        const Procedure& procedure, std::optional<Clock> rung) {
  const bool by_seller = event.party == Party::seller;
  const Party other_side = by_seller ? Party::desk : Party::seller;
  switch (event.kind) {
    case EventKind::opened: return of_opening(event, procedure);
    case EventKind::message_sent: return of_message(event, before, procedure);
    case EventKind::question_asked:
    case EventKind::question_withdrawn:
    case EventKind::question_disputed: return of_question(event.party);
    case EventKind::question_answered: return of_question(other_side);
    case EventKind::question_declined: return by_seller ? of_question(other_side) : "decision.covers_questions";
    case EventKind::assigned: return of_assignment(event, cause, before, procedure);
    case EventKind::hand_off_proposed: return "hand_off";
    case EventKind::hand_off_accepted: return "hand_off.acceptance";
    case EventKind::hand_off_refused:
      return procedure.hand_off.reason_needed ? "hand_off.reason" : "hand_off.acceptance";
    case EventKind::hand_off_lapsed:
      return cause == CommandKind::refuse_hand_off ? "hand_off.acceptance"
                                                   : of_clock(Clock::acceptance, "when_it_runs_out");
    case EventKind::clock_started: return of_start(event, cause, before, procedure, rung);
    case EventKind::clock_stopped: return of_clock(event.clock, "");
    case EventKind::clock_reminded:
      return rung ? of_consequence(rung, event.kind, procedure) : of_clock(event.clock, "reminders");
    case EventKind::went_overdue: return of_clock(event.clock, "when_it_runs_out");
    case EventKind::escalated:
      if (event.party == Party::clock) return of_consequence(rung, event.kind, procedure);
      return at("ladder", event.detail & 7U, "climb");
    case EventKind::decided:
      if (event.party == Party::clock) return of_consequence(rung, event.kind, procedure);
      if (before.phase() == Phase::under_appeal && procedure.appeal.different_person) return "appeal.different_person";
      return "decision";
    case EventKind::appealed: return "appeal.allowed";
    case EventKind::referred_to_mediator: return "mediation.by";
    case EventKind::mediation_ended:
      return static_cast<MediationEnd>(event.aux) == MediationEnd::lapsed
                 ? of_clock(Clock::mediation, "when_it_runs_out")
                 : "mediation";
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused: return "closing.agreement.by";
    case EventKind::closed: return "closing." + std::string{name(static_cast<Ground>(event.aux))} + ".by";
    case EventKind::reopened:
    case EventKind::restarted: return "reopening.as";
    case EventKind::abandoned: return "abandonment.after";
    case EventKind::offer_made:
    case EventKind::offer_accepted:
    case EventKind::offer_refused: return "offers.recorded";
    case EventKind::offer_lapsed: return of_clock(Clock::offer, "when_it_runs_out");
    case EventKind::restriction_announced:
    case EventKind::restriction_took_effect: return of_restriction(event, procedure);
    case EventKind::restriction_contested:
    case EventKind::restriction_lifted: return "restrictions";
    case EventKind::procedure_changed:
      if (cause != CommandKind::change_procedure) return "procedure.effective_from";
      return before.phase() == Phase::absent ? "changes.notice_days" : "changes.open_cases_keep_rules";
    case EventKind::none:
    case EventKind::note_made:
    case EventKind::cost_noted:
    case EventKind::exhibit_added:
    case EventKind::linked: break;
  }
  return {};
}

}  // namespace guichet::dossier
