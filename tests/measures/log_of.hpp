// Small histories written by hand, for tests of what measures make of them.
#pragma once

#include <string>
#include <vector>

#include <guichet/core/moment.hpp>
#include <guichet/measures/tally.hpp>

namespace guichet::measures::testing {

inline constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};  // a Monday
inline constexpr Duration kHour = std::chrono::hours{1};

/// A moment `hours` after the start.
inline Moment moment(double hours, std::uint32_t activity, std::uint32_t person = 0) {
  Moment one;
  one.at = kStart + Duration{static_cast<std::int64_t>(hours * 3'600'000)};
  one.activity = activity;
  one.person = person;
  return one;
}

inline Moment event(double hours, EventKind kind, Party party, Turn turn, std::uint32_t person = 0) {
  Moment one = moment(hours, static_cast<std::uint32_t>(kind), person);
  one.kind = kind;
  one.party = party;
  one.turn = turn;
  return one;
}

inline void fold(Tally& tally, const std::vector<Moment>& moments, CaseFacts facts = {}) {
  tally.fold({facts, moments});
}

/// Names "a1", "s1", "p1", "t1" … for every number a test may use.
inline Vocabulary names() {
  Vocabulary all;
  for (int i = 1; i <= 60; ++i) {
    all.activities.push_back("a" + std::to_string(i));
    all.statuses.push_back("s" + std::to_string(i));
    all.persons.push_back("p" + std::to_string(i));
    all.teams.push_back("t" + std::to_string(i));
    all.sellers.push_back("v" + std::to_string(i));
  }
  return all;
}

inline double number(const Findings& findings, MeasureId id, std::string_view stat) {
  const Figure* figure = findings.figure(id);
  return figure == nullptr ? -1 : figure->stat(stat).value_or(-1);
}

inline double number(const Findings& findings, MeasureId id, std::string_view row, std::string_view stat) {
  const Figure* figure = findings.figure(id);
  if (figure == nullptr) return -1;
  for (const Row& one : figure->rows)
    if (one.label == row || one.word == row)
      for (const Stat& value : one.stats)
        if (value.name == stat) return value.value;
  return -1;
}

inline bool missing(const Findings& findings, MeasureId id, Need need) {
  for (const NotComputed& one : findings.not_computed)
    if (one.id == id) return one.missing.has(need);
  return false;
}

}  // namespace guichet::measures::testing
