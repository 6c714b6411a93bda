// Our own events as the moments that measures read, so that a live desk, a rehearsal and somebody else's
// log are measured by the same code. Knows the rules only through evolve.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <guichet/core/case_state.hpp>
#include <guichet/core/event.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::measures {

/// What our own events can say: all but the words themselves and forecasts, which stand elsewhere.
inline constexpr Needs kEventsSay{
    Need::persons,   Need::machines,     Need::teams,         Need::statuses,     Need::turns,      Need::sellers,
    Need::messages,  Need::questions,    Need::hand_off_acts, Need::resolutions,  Need::reopenings, Need::closings,
    Need::decisions, Need::abandonments, Need::appeals,       Need::restrictions, Need::costs,      Need::promises};

/// The names behind the numbers that `history_of` gives: activities are kinds of events (decisions by their
/// outcome), statuses say phase and turn, teams are levels of the ladder, persons and sellers are actors up
/// to `actors`, called by number.
Vocabulary event_vocabulary(ActorId actors);

/// The events of one case, in order of version, as a history. Its moments live in `room`, which is emptied
/// first; its name is left to the caller.
CaseHistory history_of(std::span<const Event> events, std::vector<Moment>& room);

/// What another system's log said of a moment, where a ledger has kept it beside the event that was made of it.
struct Logged {
  std::string activity, status, team;
  std::uint32_t words{};
  EventKind kind{};
  Party party{};
  Turn turn{};
  std::uint8_t flags{};
  bool added = false;  // no moment of the log: left out
  // On the first event of a case:
  bool of_case = false;
  std::string matter;
  std::uint32_t predecessor{};
  bool counts_amount = false;
  Instant deadline = kNever;
};

using NameOf = std::function<std::string(const CaseState&)>;

/// How what stands in events is called. Each may be empty or give nothing: then it is called by its number.
struct Naming {
  NameOf level, matter;                           // of a case that stands so
  std::function<const Logged*(TextId)> logged{};  // null for a text that is no log's; valid until the next call
};

/// The cases of a ledger as histories, in any order. Names are numbered as they appear, so that only those take room
/// who did something; a seller is an account, whoever of its members acts. Imported moments are given as their log had
/// them.
class EventHistories {
 public:
  explicit EventHistories(Naming naming);
  EventHistories(const EventHistories&) = delete;
  EventHistories& operator=(const EventHistories&) = delete;

  /// The events of one case, in order of version, and the seller's account (zero: not known). Valid until the next
  /// call.
  CaseHistory of(std::span<const Event> events, std::uint32_t account);
  const Vocabulary& names() const { return names_; }

 private:
  using Numbers = std::unordered_map<std::uint32_t, std::uint32_t>;
  class Words {
   public:
    explicit Words(std::vector<std::string>& names);
    std::uint32_t number(std::string_view word, std::uint32_t otherwise);

   private:
    std::vector<std::string>& names_;
    std::map<std::string, std::uint32_t, std::less<>> known_;
  };

  static std::uint32_t numbered(Numbers& numbers, std::uint32_t own, std::vector<std::string>& names);
  static std::uint32_t named(Numbers& numbers, const CaseState& state, unsigned own, Words& words,
                             std::string_view what, const NameOf& called);
  Moment logged(const Event& event, const Logged& said);
  Moment our_own(const Event& event, const CaseState& state);

  Naming naming_;
  Vocabulary names_;
  Words activities_, statuses_, teams_, matters_;
  Numbers persons_, sellers_, level_teams_, matter_words_;
  std::string case_name_;
  std::vector<Moment> room_;
};

}  // namespace guichet::measures
