// One case, whole: what happened, when, by whom, under which clause, in time or not; its questions, its clocks, who was
// there. Receives events and a way to find words; knows no ledger and writes no page.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/core/procedure.hpp>
#include <guichet/dossier/words.hpp>

namespace guichet::dossier {

/// An event, in its place, with what caused it.
struct ToldEvent {
  Event event;
  std::uint64_t position{}, act{};
  std::optional<CommandKind> cause;  // none for imported history
  Contended elsewhere{};             // of the act's command
  TextId act_text;                   // of the act's command: questions asked without a message are in no event's text
};

/// That a mail was found to belong to another case.
struct TakenMail {
  CaseId to;
  ActorId by;
  Instant at{};
};

struct FoundWords {
  Words words;
  bool note = false;              // of the desk alone
  bool label = false;             // what another system called it
  bool program = false;           // no person wrote it
  std::optional<Instant> erased;  // then words are empty
  std::optional<TakenMail> taken{};
  bool withheld = false;  // taken, and no longer for this reader: then words are empty
};
using FindWords = std::function<std::optional<FoundWords>(TextId)>;

struct Entry {
  Event event;
  std::uint64_t position{}, act{};
  std::optional<CommandKind> cause;
  std::optional<Clock> rung;  // of an act of the clock: which one ran out in it, or was a reminder due for
  std::string clause;  // path in the procedure's file that the event rests on: "clocks.first_answer"; none if imported
  std::optional<FoundWords> words;
  Phase phase{};  // of the case afterwards
  Turn turn{};
  std::uint8_t level{};
  Instant due = kNever;          // clock_started: until when
  std::optional<Duration> late;  // an act of the desk or seller that came after its clock had run out
  std::uint32_t exhibit{};       // exhibit_added, of a file: its number in the case

  /// Of an imported mail whose Date field could not be used: from where its moment was taken instead, "arrival",
  /// "separator" or "neighbour". Empty for all others.
  std::string_view time_by() const;
  /// Of an act of the clock: "runs_out" or "reminds", which is what `rung` did; empty otherwise.
  std::string_view rung_does() const;
};

struct QuestionTold {
  std::uint8_t slot{};
  Party by{};
  std::string text;  // empty when its words are not known (asked in a message's own words)
  enum class Standing : std::uint8_t { open, answered, declined, withdrawn, disputed } standing{};
  Instant asked{}, settled = kNever;
  std::uint32_t disputes{};
};

/// A clock is kept when the act that it waits for ends it in time, missed when it runs out or that act comes after it,
/// and stopped when something else ends it. Cooling periods run until `due`, whatever happens: no event ends them.
struct ClockTold {
  Clock clock{};
  Instant started{}, due{};
  Instant ended = kNever;  // kNever: it runs
  enum class Ending : std::uint8_t { runs, kept, missed, stopped } ending{};
  std::uint32_t reminders{};
};

struct OfferTold {
  std::uint32_t cents{};
  std::uint8_t conditions{};
  Instant made{}, answered = kNever, due = kNever;
  enum class Standing : std::uint8_t { open, accepted, refused, lapsed } standing{};
  Words words;
};

struct RestrictionTold {
  RestrictionKind kind{};
  std::uint32_t before{}, after{};
  Instant announced = kNever, took_effect = kNever, contested = kNever, lifted = kNever;
  bool exception{};  // it took effect before the procedure allows, by an exception of P2B art. 4(4)
  Words words;
  std::optional<Duration> after_offer;   // since the last offer made or refused, at effect (or announcement)
  std::optional<Duration> after_appeal;  // since the last appeal or escalation of the seller
  Contended elsewhere;                   // the same in other cases of the account, to the day
};

struct AgentMet {
  ActorId person;
  std::uint32_t messages{};
  Instant first{}, last{};
};

struct HandOverTold {
  ActorId from, to;
  Instant at{}, settled = kNever;
  enum class Standing : std::uint8_t { assigned, proposed, accepted, refused, lapsed } standing{};
  std::uint8_t reason{};  // AssignReason for assigned, HandOffReason otherwise
  Words words;            // the summary
  Words answer;           // why it was refused
};

struct Timeline {
  CaseState state;
  Instant opened{};
  std::vector<Entry> entries;
  std::vector<QuestionTold> questions;  // in order of asking
  std::vector<ClockTold> clocks;        // in order of starting
  std::vector<OfferTold> offers;
  std::vector<RestrictionTold> restrictions;
  std::vector<AgentMet> agents;  // who of the desk wrote to the seller, in order of appearance
  std::vector<HandOverTold> hand_overs;
  std::vector<CaseId> linked;  // both ways where known
  std::uint32_t seller_messages{}, desk_messages{};
  // The longest time without a word from a side whose move it was; the last one counts up to the last event.
  Duration desk_silence_longest{}, seller_silence_longest{};
  std::uint32_t silences_unsure{};  // left out of these: begun or ended at a moment that is not of a Date field
  std::uint64_t cost_cents{}, cost_minutes{};
  std::vector<TextId> exhibits;  // the files of the case: the first is exhibit 1

  std::vector<const QuestionTold*> open_questions(Party by) const;
  /// The same number everywhere, whoever looks and however much he may see; zero when it is no exhibit of the case.
  std::uint32_t exhibit_number(TextId text) const;
};

/// The events of one case in order of version. `files` are its texts that are files, rising: they number the exhibits.
Timeline timeline_of(std::span<const ToldEvent> events, const Procedure& procedure, const FindWords& find_words,
                     std::vector<TextId> files = {});

/// Where in the procedure's file the rule stands that made this event of this cause: a dotted path, "" when none does.
/// No rule makes notes, costs, exhibits and links, nor what another system's log says. `rung` is the clock that ran out
/// earlier in the same act: its consequence is a rule of that clock.
std::string clause_path(const Event& event, std::optional<CommandKind> cause, const CaseState& before,
                        const Procedure& procedure, std::optional<Clock> rung = {});

}  // namespace guichet::dossier
