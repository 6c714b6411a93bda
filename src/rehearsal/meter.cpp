#include <guichet/rehearsal/meter.hpp>

#include <cmath>
#include <limits>
#include <numeric>

namespace guichet::rehearsal {
namespace {

template <class T>
void add_all(std::vector<T>& into, const std::vector<T>& other) {
  if (into.size() < other.size()) into.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) into[i] += other[i];
}
template <class T>
void merge_all(std::vector<T>& into, const std::vector<T>& other) {
  if (into.size() < other.size()) into.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) into[i].merge(other[i]);
}

Ratio ratio(const Histogram& values, double unit = 1) { return {values.sum() / unit, static_cast<double>(values.n())}; }
Ratio ratio(const OverTime& level) { return {level.area(), level.span()}; }
Ratio ratio(const Average& level) { return {level.area, level.span}; }

}  // namespace

void Histogram::add_large(std::uint64_t value) {
  const std::size_t bin = bin_of(value);
  if (bin >= large_.size()) large_.resize(bin + 1);
  ++large_[bin];
  ++n_large_;
  sum_large_ += signed_double(value);
  if (value > max_large_) max_large_ = value;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kExact; ++i) exact_[i] += other.exact_[i];
  add_all(large_, other.large_);
  n_large_ += other.n_large_;
  sum_large_ += other.sum_large_;
  max_large_ = std::max(max_large_, other.max_large_);
}

std::uint64_t Histogram::n() const { return std::accumulate(exact_.begin(), exact_.end(), n_large_); }

std::uint64_t Histogram::max() const {
  if (n_large_ != 0) return max_large_;
  for (std::size_t i = kExact; i-- > 1;)
    if (exact_[i] != 0) return i;
  return 0;
}

double Histogram::sum() const {
  double sum = sum_large_;
  for (std::size_t i = 1; i < kExact; ++i) sum += signed_double(exact_[i]) * static_cast<double>(i);
  return sum;
}

double Histogram::middle_of(std::size_t bin) {
  const std::size_t whole = bin + kExact;
  const unsigned shift = static_cast<unsigned>(whole >> kBits) - 1;
  const std::uint64_t low = ((whole & ((1U << kBits) - 1)) + (1U << kBits)) << shift;
  return static_cast<double>(low) + static_cast<double>(1ULL << shift) / 2;
}

double Histogram::quantile(double share) const {
  const std::uint64_t all = n();
  if (all == 0) return 0;
  const double rank = share * static_cast<double>(all - 1);
  double before = 0;
  for (std::size_t i = 0; i < kExact; ++i) {
    before += static_cast<double>(exact_[i]);
    if (before > rank) return static_cast<double>(i);
  }
  for (std::size_t bin = 0; bin < large_.size(); ++bin) {
    before += static_cast<double>(large_[bin]);
    if (before > rank) return std::min(middle_of(bin), static_cast<double>(max_large_));
  }
  return static_cast<double>(max_large_);
}

std::uint64_t Histogram::at_least(std::uint64_t value) const {
  std::uint64_t count = 0;
  for (std::size_t i = std::min<std::uint64_t>(value, kExact); i < kExact; ++i) count += exact_[i];
  for (std::size_t bin = value < kExact ? 0 : bin_of(value); bin < large_.size(); ++bin) count += large_[bin];
  return count;
}

double OverTime::span() const {
  double all = 0;
  for (const double span : spans_) all += span;
  return all;
}

double OverTime::quantile(double share) const {
  const double wanted = share * span();
  double before = 0;
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    before += spans_[i];
    if (before > 0 && before >= wanted) return static_cast<double>(i);
  }
  return static_cast<double>(max_);
}

void OverTime::merge(const OverTime& other) {
  add_all(spans_, other.spans_);
  area_ += other.area_;
  max_ = std::max(max_, other.max_);
}

void Waits::merge(const Waits& other) {
  waited += other.waited;
  left += other.left;
  wait.merge(other.wait);
}

void Meter::merge(const Meter& other) {
  arrivals += other.arrivals;
  blocked += other.blocked;
  all.merge(other.all);
  wait_if_waited.merge(other.wait_if_waited);
  merge_all(by_queue, other.by_queue);
  merge_all(by_matter, other.by_matter);
  add_all(longer, other.longer);
  add_all(served_within, other.served_within);
  queue_length.merge(other.queue_length);
  for (Average Meter::* level : {&Meter::in_desk, &Meter::busy, &Meter::all_busy, &Meter::open_cases, &Meter::on_duty})
    (this->*level).merge(other.*level);
  merge_all(queue_lengths, other.queue_lengths);
  merge_all(looks, other.looks);
  for (std::uint64_t Meter::* count :
       {&Meter::ended, &Meter::resolved, &Meter::refused, &Meter::gave_up, &Meter::silenced, &Meter::closed_alone,
        &Meter::restarted, &Meter::escalated, &Meter::appealed, &Meter::missed_promises, &Meter::proper_answers,
        &Meter::questions_given_up})
    this->*count += other.*count;
  for (Histogram Meter::* values : {&Meter::messages, &Meter::agents, &Meter::visits, &Meter::elapsed_us,
                                    &Meter::desk_us, &Meter::seller_us, &Meter::paid, &Meter::given_up})
    (this->*values).merge(other.*values);
  add_all(reached_message, other.reached_message);
  add_all(gave_up_at_message, other.gave_up_at_message);
  desk_seconds += other.desk_seconds;
}

std::array<Ratio, kQuantities> ratios_of(const Meter& m) {
  constexpr double kMicros = 1e6, kHourMicros = 3600e6, kDayMicros = 86'400e6;
  std::array<Ratio, kQuantities> r{};
  const auto set = [&r](Quantity q, Ratio value) { r[static_cast<std::size_t>(q)] = value; };
  const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
  set(Quantity::waited_share, {count(m.all.waited), count(m.all.wait.n())});
  set(Quantity::abandoned_share, {count(m.gave_up), count(m.ended)});
  set(Quantity::blocked_share, {count(m.blocked), count(m.arrivals + m.blocked)});
  set(Quantity::queue_wait, ratio(m.all.wait, kMicros));
  set(Quantity::queue_wait_if_waited, ratio(m.wait_if_waited, kMicros));
  set(Quantity::queue_length, ratio(m.queue_length));
  set(Quantity::in_desk, ratio(m.in_desk));
  set(Quantity::busy_agents, ratio(m.busy));
  set(Quantity::all_busy_share, ratio(m.all_busy));
  set(Quantity::occupancy, {m.busy.area, m.on_duty.area});
  set(Quantity::open_cases, ratio(m.open_cases));
  set(Quantity::resolved_share, {count(m.resolved), count(m.ended)});
  set(Quantity::refused_share, {count(m.refused), count(m.ended)});
  set(Quantity::closed_by_silence_share, {count(m.silenced), count(m.ended)});
  set(Quantity::closed_alone_share, {count(m.closed_alone), count(m.ended)});
  set(Quantity::restarted_share, {count(m.restarted), count(m.ended)});
  set(Quantity::escalated_share, {count(m.escalated), count(m.ended)});
  set(Quantity::appealed_share, {count(m.appealed), count(m.ended)});
  set(Quantity::messages, ratio(m.messages));
  set(Quantity::agents, ratio(m.agents));
  set(Quantity::visits, ratio(m.visits));
  set(Quantity::elapsed_days, ratio(m.elapsed_us, kDayMicros));
  set(Quantity::desk_hours, ratio(m.desk_us, kHourMicros));
  set(Quantity::seller_hours, ratio(m.seller_us, kHourMicros));
  set(Quantity::paid, ratio(m.paid));
  set(Quantity::given_up, ratio(m.given_up));
  const double per_answer = m.proper_answers == 0 ? 0 : m.desk_seconds / count(m.proper_answers);
  const double saved = per_answer * count(m.questions_given_up);
  if (m.proper_answers != 0) {
    set(Quantity::attrition_saving, {saved / 3600, count(m.gave_up)});
    set(Quantity::attrition_saving_share, {saved, m.desk_us.sum() / kMicros});
  }
  set(Quantity::missed_promises, {count(m.missed_promises), count(m.ended)});
  return r;
}

double student(std::uint32_t degrees) {
  constexpr std::array<double, 31> kTable{0,     12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                          2.201, 2.179,  2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080,
                                          2.074, 2.069,  2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  if (degrees < kTable.size()) return kTable[degrees];
  // Cornish-Fisher expansion about the normal point.
  const double z = 1.959964, n = degrees;
  return z + (z * z * z + z) / (4 * n) + (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * n * n);
}

Estimate estimate_of(const std::vector<Ratio>& parts) {
  Estimate e;
  double top = 0, under = 0;
  double mean = 0, squares = 0;  // Welford over the parts' own values
  for (const Ratio& part : parts) {
    if (part.under <= 0) continue;
    top += part.top;
    under += part.under;
    ++e.parts;
    const double value = part.top / part.under;
    const double step = value - mean;
    mean += step / e.parts;
    squares += step * (value - mean);
  }
  e.mean = under > 0 ? top / under : std::numeric_limits<double>::quiet_NaN();
  e.half_width = std::numeric_limits<double>::quiet_NaN();
  if (e.parts >= 2) {
    e.sd_of_parts = std::sqrt(squares / (e.parts - 1));
    e.half_width = student(e.parts - 1) * e.sd_of_parts / std::sqrt(static_cast<double>(e.parts));
  }
  return e;
}

}  // namespace guichet::rehearsal
