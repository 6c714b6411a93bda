// Folds histories, case by case, into the numbers behind every measure. Keeps a few numbers per case and
// none of its moments; tallies of parts merge into the tally of the whole.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include <guichet/core/moment.hpp>
#include <guichet/measures/catalogue.hpp>
#include <guichet/measures/closing_rules.hpp>
#include <guichet/measures/findings.hpp>
#include <guichet/measures/number_set.hpp>
#include <guichet/measures/sample.hpp>

namespace guichet::measures {

/// Marks, in ClosingDelay::start and finish, that the number is a status and not an activity.
inline constexpr std::uint32_t kStatusLabel = 0x8000'0000U;

class Tally {
 public:
  /// `shares` keeps no more of a case than its silences: enough for the median of silence_asymmetry, for abandonment,
  /// reversal and other shares of cases, over a million cases in a few megabytes. Other measures are then empty.
  enum class Keeps : std::uint8_t { everything, shares };
  Tally() = default;
  explicit Tally(Keeps keeps) : whole_(keeps == Keeps::everything) {}

  /// A case without moments is not counted.
  void fold(const CaseHistory& history);

  /// What the source could say, whether or not any case says it: so that "it did not happen" is a zero, and only
  /// "it cannot be known" is left out. What the moments show is added by itself.
  void can_say(Needs what) { seen_.add(what); }

  /// Both must number names by the same vocabulary and keep the same.
  void merge(const Tally& other);

  /// The names are those by which the moments were numbered.
  Findings findings(const Vocabulary& names) const;

 private:
  // Time, events and cases under one name.
  struct Use {
    std::uint64_t events{}, cases{};
    std::int64_t ms{};
    std::uint64_t in_case{};  // the last case that had it; in this tally's own count
  };
  class Uses {
   public:
    /// True when the case had not had it before.
    bool add(std::uint32_t index, std::int64_t ms, std::uint64_t in_case) {
      if (index >= uses_.size()) uses_.resize(index + 1);
      Use& use = uses_[index];
      const bool first = use.in_case != in_case;
      ++use.events;
      use.cases += first ? 1U : 0U;
      use.ms += ms;
      use.in_case = in_case;
      return first;
    }
    void merge(const Uses& other);
    const std::vector<Use>& all() const { return uses_; }  // by index; 0 is "not said"
    std::uint64_t distinct() const;

   private:
    std::vector<Use> uses_;
  };

  // Who follows whom in one case, over persons or teams, those not said left out.
  struct Chain {
    std::uint32_t now{}, before{};  // the current run's, and the run's before it
    std::uint64_t acts{}, distinct{}, hand_offs{}, adjacent{}, bounces{};
    bool returned{};
    Instant run_began;
    std::int64_t run_longest{};
  };
  struct Chained {
    Counts distinct, hand_offs, adjacent, bounces;
    std::uint64_t returned{}, without{}, pairs{}, cases_with_pairs{};
    std::vector<std::int64_t> run_share_ppm;  // the longest run's part of the case's time, in millionths
    void add(const Chain& chain, std::int64_t cycle_ms);
    void merge(const Chained& other);
  };

  // What restarts and adverse measures are looked up in, once all cases are there.
  struct SellerCase {
    std::uint32_t seller{}, matter{};
    Instant opened, closed_undecided;  // kNever: not so closed
    bool said_restarted{};
  };
  struct SellerAct {
    std::uint32_t seller{};
    Instant at;
    bool restriction{};  // otherwise an offer, a refusal, an appeal or a claim
  };

  struct Court {
    std::int64_t ms{};
    std::uint64_t spells{}, cases{};
    Sample longest;  // per case that had a spell
  };

  struct InCase;  // what is known while one case is folded

  void fold_people(const Moment& moment, const Moment* previous, InCase& in);
  void fold_court(const Moment& moment, std::int64_t span, InCase& in);
  void fold_kind(const CaseHistory& history, std::size_t index, InCase& in);
  void fold_closing(const CaseHistory& history, std::size_t index, InCase& in);
  void finish(const CaseHistory& history, InCase& in);
  void keep_of(const CaseHistory& history, InCase& in, std::int64_t cycle);

  Figure figure_of(MeasureId id, const Vocabulary& names) const;
  void add_restarts(Figure& figure) const;
  void add_adverse(Figure& figure) const;
  void add_pressure(Figure& figure) const;
  void add_closing_rules(Findings& out, const Vocabulary& names) const;

  bool whole_ = true;
  std::uint64_t cases_ = 0, events_ = 0;
  Instant from_ = Instant::max(), to_ = Instant::min();
  Needs seen_;

  Sample cycle_ms_;
  Counts events_per_case_;
  std::uint64_t zero_duration_ = 0;
  std::vector<std::uint64_t> variants_;  // a digest per case
  NumberSet pairs_;                      // of activity and status
  Uses activities_, statuses_, persons_, teams_;
  std::vector<bool> machines_;      // by person
  std::vector<Sample> team_stays_;  // by team, ms
  Chained person_chain_, team_chain_;
  Counts people_met_, wrote_;
  std::vector<std::uint64_t> wrote_in_case_;  // by person: the last case in which words were written

  std::array<Court, 4> courts_;      // by Turn
  std::vector<double> asymmetries_;  // log2 per case with a silence of both

  std::uint64_t reopened_ = 0, resolved_ = 0, appealed_ = 0, closed_ = 0, closed_undecided_ = 0;
  std::uint64_t abandoned_ = 0;
  std::vector<std::uint64_t> by_messages_, abandoned_by_messages_;  // cases by number of messages
  std::uint64_t hand_offs_proposed_ = 0, hand_offs_unaccepted_ = 0;
  std::uint64_t questions_ = 0, answers_ = 0, question_cases_ = 0;
  Sample answered_ppm_;
  Sample reach_person_, reach_team_, reach_level_, reach_decision_, reach_appeal_;
  std::uint64_t examined_ = 0, reversed_ = 0;
  Sample cost_cents_, cost_ppm_;
  std::uint64_t deadlines_ = 0, deadlines_kept_ = 0, clocks_ = 0, clocks_overdue_ = 0;
  Sample late_ms_;
  std::vector<SellerCase> seller_cases_;
  std::vector<SellerAct> seller_acts_;
  std::vector<ClosingDelay> closings_, endings_;  // said to be closings; last moments of cases without one
  std::map<std::int32_t, std::pair<std::uint64_t, std::uint64_t>> months_;  // since 1970: opened, closed
  NumberSet person_hours_;  // person and hour since 1970 of acts towards sellers
  std::vector<std::uint64_t> person_hours_in_case_;
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> closers_;  // closings, of them undecided
};

}  // namespace guichet::measures
