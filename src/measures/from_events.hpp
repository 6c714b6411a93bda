// Our own events as the moments that measures read, so that a live desk, a rehearsal and somebody else's
// log are measured by the same code. Knows the rules only through evolve.
#pragma once

#include <cstdint>
#include <functional>
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

/// How what stands in events is called; each may be empty, or give nothing: then it is called by its number.
struct Naming {
  std::function<std::string(const CaseState&)> level, matter;  // of a case that stands so
  std::function<std::string(TextId)> label;  // what another system called this moment; nothing for a text that is none
};

/// The cases of a ledger as histories, in any order. Names are numbered as they appear, so that only those take room
/// who did something; a seller is an account, whoever of its members acts.
class EventHistories {
 public:
  explicit EventHistories(Naming naming);

  /// The events of one case, in order of version, and the seller's account (zero: not known). Valid until the next call.
  CaseHistory of(std::span<const Event> events, std::uint32_t account);
  const Vocabulary& names() const { return names_; }

 private:
  using Numbers = std::unordered_map<std::uint32_t, std::uint32_t>;

  static std::uint32_t numbered(Numbers& numbers, std::uint32_t own, std::vector<std::string>& names);
  static std::uint32_t named(Numbers& numbers, const CaseState& state, unsigned own, std::vector<std::string>& names,
                             std::string_view what, const std::function<std::string(const CaseState&)>& called);
  std::uint32_t labelled(const Event& event, std::uint32_t otherwise);

  Naming naming_;
  Vocabulary names_;
  Numbers persons_, sellers_, levels_, matters_;
  std::unordered_map<std::string, std::uint32_t> labels_;
  std::string case_name_;
  std::vector<Moment> room_;
};

}  // namespace guichet::measures
