// A scenario estimated from the cases of a log: who comes when, what happens next, how long it takes, which closings a
// clock makes. Says what it could not know. Knows no files and copies no case.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

/// The cases of a log, kept whole while they are looked at.
class LoggedCases {
 public:
  void add(const CaseHistory& history);

  struct Case {
    std::size_t first{}, count{};
    std::string name;
    CaseFacts facts;  // its name is that beside it
  };
  std::span<const Moment> moments_of(const Case& logged) const {
    return {moments_.data() + logged.first, logged.count};
  }
  const std::vector<Case>& cases() const { return cases_; }

 private:
  std::vector<Moment> moments_;
  std::vector<Case> cases_;
};

/// Which cases the scenario is estimated from: those that began first.
struct FitPart {
  double first_share{1};   // of all cases
  Instant until = kNever;  // and began before this
};

/// The cases that a part leaves out, in the order of their beginnings.
std::vector<LoggedCases::Case> rest_of(const LoggedCases& log, const FitPart& part);

/// Fewer cases than this say too little.
inline constexpr std::size_t kFitCasesMin = 20;

struct Fitted {
  std::string log;        // its name, for sources
  std::size_t cases{};    // looked at
  std::size_t moments{};  // of these cases
  std::size_t rest{};     // cases that began later, not looked at
  Course course;
  Arrivals arrivals;
  RunRule run;
  std::vector<std::pair<std::string, double>> matters;  // names and shares
  double amount_mean_cents = -1;
  std::vector<std::string> found;    // what was estimated and how: English sentences
  std::vector<std::string> unknown;  // what the log does not say
};

/// The error's detail is a sentence when the log says too little.
Result<Fitted> fit(const LoggedCases& log, const Vocabulary& names, const std::string& log_name,
                   const FitPart& part = {});

/// The text of a scenario file, each value with its source.
std::string print_fitted(const Fitted& fitted);
/// The tables [course…] of a scenario file.
std::string print_course(const Course& course);

}  // namespace guichet::rehearsal
