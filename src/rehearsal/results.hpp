// What a rehearsal comes to: numbers with their intervals, the digest, and what the rules refused. Plain
// data; knows no language.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/core/event.hpp>
#include <guichet/core/refusal.hpp>
#include <guichet/measures/catalogue.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::rehearsal {

/// What only a rehearsal can know, beside the catalogue of measures. Order is the order of reports.
enum class Quantity : std::uint8_t {
  // the queue
  waited_share,          // of the waits that ended: not served at once
  abandoned_share,       // of the cases that came to an end or left: the seller left the queue or gave up
  blocked_share,         // of arrivals: turned away
  queue_wait,            // seconds in a queue, per visit, left or served
  queue_wait_if_waited,  // … of those that were not served at once
  queue_length,          // cases waiting in all queues, over time
  in_desk,               // cases waiting or worked on, over time
  busy_agents,           // over time
  all_busy_share,        // of the time: nobody of the teams on duty is free
  occupancy,             // busy agents / agents on duty, over time
  open_cases,            // over time
  // the ends
  resolved_share,           // of cases that ended: every question answered properly, or granted
  refused_share,            // … ended by a decision against the seller that he let stand
  closed_by_silence_share,  // of cases: closed at least once because the seller was silent
  closed_alone_share,       // … because the desk closed it alone
  restarted_share,          // … told again from zero at least once
  escalated_share,
  appealed_share,
  // per case, of cases that ended
  messages,      // both sides'
  agents,        // distinct agents who worked on it
  visits,        // times that somebody of the desk took it up
  elapsed_days,  // from opening until it is settled or given up
  desk_hours,
  seller_hours,
  // money, per case
  paid,      // cents
  given_up,  // cents at stake in cases that were given up
  // what discouragement is worth to the desk
  attrition_saving,        // desk hours not spent, per case given up: see docs/scenario-format.md
  attrition_saving_share,  // … all of them, as a share of the desk hours spent
  missed_promises,         // clocks of the desk that ran out, per case
  count_,
};
inline constexpr std::size_t kQuantities = static_cast<std::size_t>(Quantity::count_);
struct QuantityText {
  std::string_view name;  // in files
  measures::Unit unit;
};
const QuantityText& text_of(Quantity quantity);

/// A number over replications (or batches of one long replication).
struct Estimate {
  double mean{};
  double half_width{};    // of the 95 % interval for the mean; NaN when there are fewer than two parts
  std::uint64_t n{};      // what it is over, all parts together
  std::uint32_t parts{};  // replications or batches behind the interval
  double sd_of_parts{};   // standard deviation between them
  std::optional<double> p10, p50, p90, max;  // of the values themselves, all parts together
};

struct QueueResult {
  std::string id;  // a queue (procedure's team or scenario's), or a matter
  Estimate waited_share, left_share, wait, length;
};

struct TailResult {
  double seconds{};
  Estimate waits_longer;   // P(wait > t)
  Estimate served_within;  // served, and within t
};

struct LookResult {
  double place_seconds{};  // within the period
  Estimate in_desk;
};

struct MeasureResult {
  measures::MeasureId id{};
  std::string_view stat;  // which number of the figure: "mean", "share" …
  Estimate estimate;      // mean: of all kept cases together, as `guichet measure` over the kept log gives it
};

/// Why a run ended before its time.
enum class Stopped : std::uint8_t { no, memory, no_progress, interrupted };

struct Rehearsed {
  std::string scenario, procedure;
  std::uint64_t seed{}, digest{};
  std::uint64_t events{}, cases{};  // all replications
  std::uint32_t replications{};     // finished or partly so
  double rehearsed_seconds{};       // of all replications, after warm-up
  double wall_seconds{};            // until all was measured
  double loop_seconds{};            // summed over threads: in the loops alone
  std::uint64_t peak_open_cases{};  // the most of any replication
  std::uint64_t memory_bytes{};     // the most that its worlds held
  Stopped stopped{};
  std::string stopped_why;  // a whole sentence, English
  bool batches{};           // intervals are over batches of one replication
  std::uint64_t kept_cases{};
  std::array<std::optional<Estimate>, kQuantities> quantities;
  std::vector<MeasureResult> measures;  // in the order of the catalogue
  std::vector<QueueResult> by_queue, by_matter;
  std::vector<TailResult> tails;
  std::vector<LookResult> looks;
  std::vector<std::uint64_t> messages_histogram, agents_histogram;  // cases with 0, 1, 2 …; last: that many or more
  std::vector<std::uint64_t> wait_histogram;                        // see wait_edges
  std::vector<double> wait_edges;                                   // seconds
  std::vector<double> gave_up_by_message;    // share of cases given up among those that reached message i
  std::map<Refusal, std::uint64_t> refused;  // what the rules refused, and how often
  measures::Findings findings;               // of the kept cases
  /// The value of each quantity in each part, for paired comparisons; NaN where a part has none.
  std::vector<std::array<double, kQuantities>> by_part;
};

}  // namespace guichet::rehearsal
