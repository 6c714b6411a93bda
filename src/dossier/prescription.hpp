// Until when a claim can be brought: five years from the day the facts were or should have been known, what suspends
// that time, what interrupts it, and what does neither. Gives days and the rule behind each; concludes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/dossier/days.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::dossier {

enum class TimeBarEventKind : std::uint8_t {
  mediation,       // suspends from its start to its end, and leaves six months at least (C. civ. 2238)
  claim_in_court,  // interrupts until the proceedings end (C. civ. 2241, 2242), then five years anew (2231)
  acknowledgment,  // of the debt by the debtor: interrupts, five years anew (C. civ. 2240)
  reminder,        // a letter, a formal notice: neither
};
inline constexpr std::size_t kTimeBarEventKinds = 4;
std::string_view name(TimeBarEventKind kind);

struct TimeBarEvent {
  TimeBarEventKind kind{};
  Day from{};
  std::optional<Day> until;   // of mediation and proceedings; absent: they go on
  bool claim_failed = false;  // claim_in_court: withdrawn, lapsed or dismissed for good: it never interrupted (2243)
  std::string source;
  friend bool operator==(const TimeBarEvent&, const TimeBarEvent&) = default;
};

/// How one event moved the last day.
struct TimeBarStep {
  enum class Effect : std::uint8_t { runs, suspends, interrupts, none, too_late } effect{};
  std::optional<std::size_t> event;  // absent: the start
  std::optional<Day> last_day;       // afterwards; absent while mediation or proceedings go on
  std::int64_t days_suspended{};
  bool six_months = false;  // the last day is that of the six months left after a mediation
};
std::string_view name(TimeBarStep::Effect effect);

struct Alarm {
  int months{};  // before the last day: 12, 6, 3, 1
  Day on{};
};

struct TimeBar {
  Day known{};
  std::vector<TimeBarStep> steps;  // the start, then each event in order of its first day
  std::optional<Day> last_day;     // the last on which the claim can be brought; absent: time does not run now
  std::vector<Alarm> alarms;       // soonest first; none while time does not run
};

inline constexpr std::array kAlarmMonths{12, 6, 3, 1};

/// Five years from `known`: the day itself does not count, so the last day has the same number and month five years
/// later (C. civ. 2228, 2229); 29 February ends on 28 February where there is none.
TimeBar time_bar_of(Day known, const std::vector<TimeBarEvent>& events);

/// A part of a page, its heading of the second rank: the last day, each step with its rule, the alarms.
formats::Html time_bar_as_html(const TimeBar& bar, const std::vector<TimeBarEvent>& events,
                               const formats::Phrases& phrases);
/// The same for a terminal.
std::string time_bar_as_text(const TimeBar& bar, const std::vector<TimeBarEvent>& events,
                             const formats::Phrases& phrases);
/// One sentence: "The last day is 10 March 2026." or why there is none now.
std::string time_bar_in_short(const TimeBar& bar, const formats::Phrases& phrases);

/// "C. civ., art. 2238"
std::string_view article_of(TimeBarEventKind kind);
inline constexpr std::string_view kTimeBarArticle = "C. civ., art. 2224 ; C. com., art. L110-4";

}  // namespace guichet::dossier
