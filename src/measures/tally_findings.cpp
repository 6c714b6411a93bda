// What a tally comes to: the numbers of each measure of the catalogue, in its order.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <tuple>

#include <guichet/measures/tally.hpp>

namespace guichet::measures {
namespace {

constexpr double kMillion = 1e6;
constexpr double kMsPerSecond = 1000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr double kMsPerHour = 3'600'000;

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}
double count(std::uint64_t n) { return static_cast<double>(n); }
double seconds(std::int64_t ms) { return static_cast<double>(ms) / kMsPerSecond; }

/// The numbers of a spread, each divided by `per`.
void add_spread(Figure& figure, const Spread& spread, double per) {
  figure.n = spread.n;
  if (spread.n == 0) return;
  figure.stats.insert(figure.stats.end(), {{"mean", spread.mean / per},
                                           {"min", spread.min / per},
                                           {"p10", spread.p10 / per},
                                           {"p50", spread.p50 / per},
                                           {"p90", spread.p90 / per},
                                           {"max", spread.max / per}});
}

std::vector<Stat> short_spread(const Spread& spread, double per) {
  return {{"n", count(spread.n)}, {"p10", spread.p10 / per}, {"p50", spread.p50 / per}, {"p90", spread.p90 / per}};
}

/// A count per case: its spread, its sum, and the cases with at least `threshold`.
void add_counts(Figure& figure, const Counts& counts, std::uint64_t threshold) {
  const Spread spread = counts.spread();
  add_spread(figure, spread, 1);
  const std::uint64_t cases = counts.at_least(threshold);
  figure.stats.insert(figure.stats.end(),
                      {{"total", spread.total}, {"cases", count(cases)}, {"share", ratio(cases, spread.n)}});
}

void add_share(Figure& figure, std::uint64_t cases, std::uint64_t of) {
  figure.n = of;
  if (of > 0) figure.stats.insert(figure.stats.end(), {{"cases", count(cases)}, {"share", ratio(cases, of)}});
}

std::string label_of(const std::vector<std::string>& names, std::uint32_t index) {
  return std::string{Vocabulary::name(names, index)};
}

/// Bins that about double from one to the next, at lengths people know: minutes, hours, days, years.
std::vector<Bin> log_bins(std::span<const std::int64_t> sorted_ms) {
  if (sorted_ms.empty()) return {};
  constexpr double kMinute = 60, kHour = 3'600, kDay = 86'400, kYear = 365 * kDay;
  constexpr std::array<double, 27> kEdges{
      0,         kMinute,   2 * kMinute, 5 * kMinute, 10 * kMinute, 20 * kMinute, 30 * kMinute, kHour,      2 * kHour,
      4 * kHour, 8 * kHour, 16 * kHour,  kDay,        2 * kDay,     4 * kDay,     7 * kDay,     14 * kDay,  30 * kDay,
      60 * kDay, 90 * kDay, 180 * kDay,  kYear,       2 * kYear,    4 * kYear,    8 * kYear,    16 * kYear, 32 * kYear};
  std::vector<Bin> bins;
  for (std::size_t i = 0; i + 1 < kEdges.size(); ++i) bins.push_back({kEdges[i], kEdges[i + 1], 0});
  std::size_t bin = 0;
  for (const std::int64_t ms : sorted_ms) {
    while (bin + 1 < bins.size() && seconds(ms) >= bins[bin].high) ++bin;
    ++bins[bin].count;
  }
  while (!bins.empty() && bins.back().count == 0) bins.pop_back();
  const auto used = std::find_if(bins.begin(), bins.end(), [](const Bin& b) { return b.count > 0; });
  return {used, bins.end()};
}

/// At most fifty bins of equal width, a round number of hours, up to the 99th hundredth.
std::vector<Bin> even_bins(std::vector<std::int64_t> ms) {
  if (ms.empty()) return {};
  sort_values(ms);
  const double top = std::max(quantile(ms, 0.99) * 1.02, kMsPerHour) / kMsPerHour;
  double width = 1;
  for (const double next : {1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 168.0, 720.0, 2160.0, 8760.0}) {
    width = next;
    if (top / width <= 50) break;
  }
  std::vector<Bin> bins(std::min<std::size_t>(static_cast<std::size_t>(top / width) + 1, 400));
  for (std::size_t i = 0; i < bins.size(); ++i)
    bins[i] = {static_cast<double>(i) * width * 3600, static_cast<double>(i + 1) * width * 3600, 0};
  for (const std::int64_t value : ms) {
    const auto bin = static_cast<std::size_t>(std::max(0.0, static_cast<double>(value) / kMsPerHour / width));
    if (bin < bins.size()) ++bins[bin].count;
  }
  return bins;
}

/// Numbers in the order of their names: what comes out of them then does not depend on how a source numbers its names.
class Ranks {
 public:
  explicit Ranks(const std::vector<std::string>& names) : rank_(names.size() + 1), index_(names.size() + 1) {
    std::iota(index_.begin(), index_.end(), 0U);
    std::sort(index_.begin() + 1, index_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return std::tie(names[a - 1], a) < std::tie(names[b - 1], b); });
    for (std::uint32_t rank = 0; rank < index_.size(); ++rank) rank_[index_[rank]] = rank;
  }
  /// Numbers without a name stay as they are, behind the others.
  std::uint32_t rank(std::uint32_t index) const { return index < rank_.size() ? rank_[index] : index; }
  std::uint32_t index(std::uint32_t rank) const { return rank < index_.size() ? index_[rank] : rank; }

 private:
  std::vector<std::uint32_t> rank_, index_;
};

bool by_label(const Row& a, const Row& b) { return a.label < b.label; }

/// Slope of y over x with the half-width of its 95 % interval (normal approximation); needs three points.
struct Slope {
  double value{}, margin{};
};
Slope slope_of(std::span<const std::pair<double, double>> points) {
  const auto n = static_cast<double>(points.size());
  double sum_x = 0, sum_y = 0;
  for (const auto& [x, y] : points) {
    sum_x += x;
    sum_y += y;
  }
  double xx = 0, xy = 0, yy = 0;
  for (const auto& [x, y] : points) {
    xx += (x - sum_x / n) * (x - sum_x / n);
    xy += (x - sum_x / n) * (y - sum_y / n);
    yy += (y - sum_y / n) * (y - sum_y / n);
  }
  if (xx == 0) return {};
  const double value = xy / xx;
  return {value, 1.96 * std::sqrt(std::max(0.0, yy - value * xy) / (n - 2) / xx)};
}

}  // namespace

std::optional<double> Figure::stat(std::string_view wanted) const {
  for (const Stat& stat : stats)
    if (stat.name == wanted) return stat.value;
  return std::nullopt;
}

const Figure* Findings::figure(MeasureId id) const {
  const auto found =
      std::find_if(figures.begin(), figures.end(), [&](const Figure& figure) { return figure.id == id; });
  return found == figures.end() ? nullptr : &*found;
}

// M5. A restart: said by the log, or a case that a seller opens on the same matter within sixty days of a closing
// without decision.
void Tally::add_restarts(Figure& figure) const {
  std::vector<SellerCase> cases = seller_cases_;
  std::sort(cases.begin(), cases.end(), [](const SellerCase& a, const SellerCase& b) {
    return std::tie(a.seller, a.matter, a.opened, a.closed_undecided, a.said_restarted) <
           std::tie(b.seller, b.matter, b.opened, b.closed_undecided, b.said_restarted);
  });
  constexpr Duration kAgainWithin = std::chrono::days{60};
  std::uint64_t restarts = 0;
  Instant last_closed = kNever;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const SellerCase& now = cases[i];
    if (i == 0 || cases[i - 1].seller != now.seller || cases[i - 1].matter != now.matter) last_closed = kNever;
    const bool again = last_closed != kNever && now.opened >= last_closed && now.opened - last_closed <= kAgainWithin;
    if (now.said_restarted || again) ++restarts;
    if (now.closed_undecided != kNever && (last_closed == kNever || now.closed_undecided > last_closed))
      last_closed = now.closed_undecided;
  }
  add_share(figure, restarts, cases.size());
  figure.unknown = cases_ - cases.size();
}

// M14. Of a seller's adverse measures, those that follow an offer, refusal, appeal or claim of his within 7, 30 and
// 90 days, against the rate of adverse measures on the remaining days of the same sellers.
void Tally::add_adverse(Figure& figure) const {
  std::vector<SellerAct> acts = seller_acts_;
  std::sort(acts.begin(), acts.end(), [](const SellerAct& a, const SellerAct& b) {
    return std::tie(a.seller, a.at, a.restriction) < std::tie(b.seller, b.at, b.restriction);
  });
  figure.n = 0;
  for (const SellerAct& act : acts) figure.n += act.restriction ? 1U : 0U;
  struct Window {
    std::string_view word;
    int days;
  };
  for (const Window window : {Window{"within_7_days", 7}, {"within_30_days", 30}, {"within_90_days", 90}}) {
    const Duration length = std::chrono::days{window.days};
    std::uint64_t inside = 0, sellers = 0;
    Duration time_inside{};
    for (std::size_t i = 0; i < acts.size();) {
      Instant open_until = Instant::min();
      std::size_t end = i;
      for (; end < acts.size() && acts[end].seller == acts[i].seller; ++end) {
        if (acts[end].restriction) {
          if (acts[end].at <= open_until) ++inside;
          continue;
        }
        const Instant until = std::min(acts[end].at + length, to_);
        const Instant since = std::max(acts[end].at, open_until);
        if (until > since) time_inside += until - since;
        open_until = std::max(open_until, acts[end].at + length);
      }
      ++sellers;
      i = end;
    }
    const double days_inside = static_cast<double>(time_inside.count()) / static_cast<double>(kDayMs);
    const double days_all =
        count(sellers) * (cases_ == 0 ? 0.0 : static_cast<double>((to_ - from_).count())) / static_cast<double>(kDayMs);
    const std::uint64_t outside = figure.n - inside;
    const double days_outside = days_all - days_inside;
    Row row;
    row.word = window.word;
    row.stats = {{"n", count(inside)}, {"share", ratio(inside, figure.n)}};
    if (inside > 0 && outside > 0 && days_inside > 0 && days_outside > 0) {
      const double rate_ratio = (count(inside) / days_inside) / (count(outside) / days_outside);
      const double margin = std::exp(1.96 * std::sqrt(1 / count(inside) + 1 / count(outside)));
      row.stats.insert(row.stats.end(),
                       {{"rate_ratio", rate_ratio}, {"low", rate_ratio / margin}, {"high", rate_ratio * margin}});
    }
    figure.rows.push_back(std::move(row));
  }
}

// M16. Between agents: how the share of closings without decision moves with closings per hour in which they acted.
void Tally::add_pressure(Figure& figure) const {
  std::map<std::uint64_t, std::uint64_t> hours;
  person_hours_.for_each([&](std::uint64_t neighbours, std::uint64_t bits) {
    hours[neighbours >> 26] += static_cast<unsigned>(std::popcount(bits));
  });
  std::vector<std::pair<double, double>> points;
  constexpr std::uint64_t kClosingsMin = 5;
  for (const auto& [person, closings] : closers_) {
    const auto acted = hours.find(person);
    if (closings.first < kClosingsMin || acted == hours.end()) continue;
    points.emplace_back(ratio(closings.first, acted->second), ratio(closings.second, closings.first));
  }
  figure.n = points.size();
  if (points.size() < 3) return;
  std::sort(points.begin(), points.end());  // sums depend on their order, and that of persons means nothing
  const Slope slope = slope_of(points);
  figure.stats = {{"slope", slope.value}, {"low", slope.value - slope.margin}, {"high", slope.value + slope.margin}};
}

Figure Tally::figure_of(MeasureId id, const Vocabulary& names) const {
  Figure figure;
  figure.id = id;
  figure.n = cases_;
  const auto chain_share = [&](const Chained& chain) {
    figure.n = chain.cases_with_pairs;
    figure.unknown = cases_ - chain.cases_with_pairs;
    const auto same = chain.pairs - static_cast<std::uint64_t>(chain.hand_offs.spread().total);
    if (chain.pairs == 0) return;
    figure.stats = {{"share", ratio(same, chain.pairs)}};
    std::vector<std::int64_t> runs = chain.run_share_ppm;
    sort_values(runs);
    if (runs.empty()) return;
    figure.stats.insert(figure.stats.end(), {{"longest_run_p10", quantile(runs, 0.1) / kMillion},
                                             {"longest_run_p50", quantile(runs, 0.5) / kMillion},
                                             {"longest_run_p90", quantile(runs, 0.9) / kMillion}});
  };
  const auto chained = [&](const Chained& chain, const Counts& counts, std::uint64_t threshold) {
    add_counts(figure, counts, threshold);
    figure.unknown = chain.without;
  };
  const auto in_total = [&](std::uint64_t total) { figure.stats = {{"total", count(total)}}; };
  const auto times = [&](const Uses& uses, const std::vector<std::string>& labels) {
    std::int64_t all_ms = 0;
    for (const Use& use : activities_.all()) all_ms += use.ms;
    std::vector<std::pair<std::int64_t, Row>> rows;
    for (std::uint32_t i = 1; i < uses.all().size(); ++i) {
      const Use& use = uses.all()[i];
      if (use.events == 0) continue;
      Row row;
      row.label = label_of(labels, i);
      row.stats = {{"events", count(use.events)},
                   {"cases", count(use.cases)},
                   {"seconds", seconds(use.ms)},
                   {"hours", static_cast<double>(use.ms) / kMsPerHour},
                   {"share", all_ms == 0 ? 0 : static_cast<double>(use.ms) / static_cast<double>(all_ms)}};
      rows.emplace_back(use.ms, std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : by_label(a.second, b.second);
    });
    figure.stats = {{"total", seconds(all_ms)}};
    for (auto& [ms, row] : rows) figure.rows.push_back(std::move(row));
  };

  switch (id) {
    case MeasureId::cycle_time: {
      const Spread spread = cycle_ms_.spread();
      add_spread(figure, spread, kMsPerSecond);
      figure.stats.push_back({"total", spread.total / kMsPerSecond});
      break;
    }
    case MeasureId::events_per_case:
      add_spread(figure, events_per_case_.spread(), 1);
      figure.stats.push_back({"total", count(events_)});
      break;
    case MeasureId::cases_zero_duration: add_share(figure, zero_duration_, cases_); break;
    case MeasureId::variants: in_total(std::set<std::uint64_t>(variants_.begin(), variants_.end()).size()); break;
    case MeasureId::activity_counts:
      in_total(activities_.distinct());
      for (std::uint32_t i = 1; i < activities_.all().size(); ++i)
        if (const Use& use = activities_.all()[i]; use.events > 0)
          figure.rows.push_back(
              {label_of(names.activities, i), {}, {{"events", count(use.events)}, {"cases", count(use.cases)}}});
      std::sort(figure.rows.begin(), figure.rows.end(), [](const Row& a, const Row& b) {
        return a.stats[0].value != b.stats[0].value ? a.stats[0].value > b.stats[0].value : by_label(a, b);
      });
      break;
    case MeasureId::activity_transition_pairs: in_total(pairs_.size()); break;
    case MeasureId::time_in_activity: times(activities_, names.activities); break;
    case MeasureId::time_in_status: times(statuses_, names.statuses); break;
    case MeasureId::whose_court: {
      constexpr std::array<std::string_view, 4> kWords{"nobody", "seller", "desk", "third"};
      std::int64_t all_ms = 0;
      for (const Court& court : courts_) all_ms += court.ms;
      for (const Turn turn : {Turn::desk, Turn::seller, Turn::third, Turn::nobody}) {
        const Court& court = courts_[static_cast<std::size_t>(turn)];
        Row row;
        row.word = kWords[static_cast<std::size_t>(turn)];
        row.stats = {{"spells", count(court.spells)},
                     {"cases", count(court.cases)},
                     {"seconds", seconds(court.ms)},
                     {"hours", static_cast<double>(court.ms) / kMsPerHour},
                     {"share", all_ms == 0 ? 0 : static_cast<double>(court.ms) / static_cast<double>(all_ms)}};
        figure.rows.push_back(std::move(row));
      }
      break;
    }
    case MeasureId::silence_asymmetry: {
      const Spread desk = courts_[static_cast<std::size_t>(Turn::desk)].longest.spread();
      const Spread seller = courts_[static_cast<std::size_t>(Turn::seller)].longest.spread();
      figure.n = asymmetries_.size();
      figure.unknown = cases_ - figure.n;
      if (desk.max > 0 && seller.max > 0) figure.stats.push_back({"longest_ratio", std::log2(desk.max / seller.max)});
      std::vector<double> sorted = asymmetries_;
      std::sort(sorted.begin(), sorted.end());
      if (!sorted.empty()) {
        // Quantiles of whole millionths, by the same definition as everywhere.
        std::vector<std::int64_t> millionths;
        for (const double value : sorted) millionths.push_back(std::llround(value * kMillion));
        const Spread spread = spread_of(millionths);
        figure.stats.insert(figure.stats.end(), {{"mean", spread.mean / kMillion},
                                                 {"p10", spread.p10 / kMillion},
                                                 {"p50", spread.p50 / kMillion},
                                                 {"p90", spread.p90 / kMillion}});
      }
      const auto row = [&](std::string_view word, const Spread& spread) {
        figure.rows.push_back({{}, word, short_spread(spread, kMsPerSecond)});
        figure.rows.back().stats.push_back({"max", spread.max / kMsPerSecond});
      };
      row("longest_desk_silence", desk);
      row("longest_seller_silence", seller);
      break;
    }
    case MeasureId::persons: in_total(persons_.distinct()); break;
    case MeasureId::events_without_person:
      in_total(persons_.all().empty() ? 0 : persons_.all()[0].events);
      figure.stats.push_back({"cases_with_none", count(person_chain_.without)});
      break;
    case MeasureId::agents_met: chained(person_chain_, person_chain_.distinct, 2); break;
    case MeasureId::people_met: add_counts(figure, people_met_, 2); break;
    case MeasureId::agents_who_wrote: add_counts(figure, wrote_, 2); break;
    case MeasureId::continuity: chain_share(person_chain_); break;
    case MeasureId::hand_offs: chained(person_chain_, person_chain_.hand_offs, 1); break;
    case MeasureId::adjacent_hand_offs: chained(person_chain_, person_chain_.adjacent, 1); break;
    case MeasureId::bounces: chained(person_chain_, person_chain_.bounces, 1); break;
    case MeasureId::returns: add_share(figure, person_chain_.returned, cases_); break;
    case MeasureId::hand_offs_unaccepted: add_share(figure, hand_offs_unaccepted_, hand_offs_proposed_); break;
    case MeasureId::teams: in_total(teams_.distinct()); break;
    case MeasureId::events_without_team:
      in_total(teams_.all().empty() ? 0 : teams_.all()[0].events);
      figure.stats.push_back({"cases_with_none", count(team_chain_.without)});
      break;
    case MeasureId::teams_met: chained(team_chain_, team_chain_.distinct, 2); break;
    case MeasureId::team_hand_offs: chained(team_chain_, team_chain_.hand_offs, 1); break;
    case MeasureId::adjacent_team_hand_offs: chained(team_chain_, team_chain_.adjacent, 1); break;
    case MeasureId::team_bounces: chained(team_chain_, team_chain_.bounces, 1); break;
    case MeasureId::team_returns: add_share(figure, team_chain_.returned, cases_); break;
    case MeasureId::restarts: add_restarts(figure); break;
    case MeasureId::reopened:
      add_share(figure, reopened_, cases_);
      if (resolved_ > 0) figure.stats.push_back({"cases_resolved", count(resolved_)});
      break;
    case MeasureId::appealed: add_share(figure, appealed_, cases_); break;
    case MeasureId::closings_without_decision:
      add_share(figure, closed_undecided_, closed_);
      figure.unknown = cases_ - closed_;
      break;
    case MeasureId::abandonment: add_share(figure, abandoned_, cases_); break;
    case MeasureId::survival: {
      // by_messages_[k] holds the cases that ended at k messages: those still there at k are the rest.
      std::uint64_t left = std::accumulate(by_messages_.begin(), by_messages_.end(), std::uint64_t{0});
      figure.n = left;
      figure.unknown = cases_ - left;
      const double all = count(left);
      for (std::size_t k = 1; k < by_messages_.size() && left > 0; ++k) {
        const std::uint64_t gone = k < abandoned_by_messages_.size() ? abandoned_by_messages_[k] : 0;
        figure.rows.push_back({std::to_string(k),
                               {},
                               {{"cases", count(left)},
                                {"share", count(left) / all},
                                {"ended", count(by_messages_[k])},
                                {"abandoned", count(gone)}}});
        left -= by_messages_[k];
      }
      break;
    }
    case MeasureId::answer_completeness: {
      add_spread(figure, answered_ppm_.spread(), kMillion);
      figure.unknown = cases_ - question_cases_;
      figure.stats.insert(
          figure.stats.end(),
          {{"questions", count(questions_)}, {"answered", count(answers_)}, {"share", ratio(answers_, questions_)}});
      break;
    }
    case MeasureId::reach: {
      const auto row = [&](std::string_view word, const Sample& sample) {
        const Spread spread = sample.spread();
        figure.rows.push_back({{}, word, short_spread(spread, kMsPerSecond)});
        figure.rows.back().stats.push_back({"share", ratio(spread.n, cases_)});
      };
      row("person", reach_person_);
      row("other_team", reach_team_);
      row("higher_level", reach_level_);
      row("decision", reach_decision_);
      row("appeal", reach_appeal_);
      std::erase_if(figure.rows, [](const Row& r) { return r.stats[0].value == 0; });
      break;
    }
    case MeasureId::reversal: add_share(figure, reversed_, examined_); break;
    case MeasureId::adverse_after: add_adverse(figure); break;
    case MeasureId::cost: {
      const Spread spread = cost_cents_.spread();
      add_spread(figure, spread, 1);
      figure.unknown = cases_ - spread.n;
      figure.stats.push_back({"total", spread.total});
      const Spread part = cost_ppm_.spread();
      if (part.n > 0) figure.stats.push_back({"share_of_amount_p50", part.p50 / kMillion});
      break;
    }
    case MeasureId::quota_pressure: add_pressure(figure); break;
    case MeasureId::promise_kept: {
      const std::uint64_t clocks_kept = clocks_ - std::min(clocks_, clocks_overdue_);
      figure.n = deadlines_ + clocks_;
      figure.stats = {{"kept", count(deadlines_kept_ + clocks_kept)},
                      {"share", ratio(deadlines_kept_ + clocks_kept, figure.n)}};
      const Spread late = late_ms_.spread();
      if (late.n > 0)
        figure.stats.insert(figure.stats.end(), {{"late", count(late.n)},
                                                 {"late_p50_seconds", late.p50 / kMsPerSecond},
                                                 {"late_p90_seconds", late.p90 / kMsPerSecond}});
      const auto row = [&](std::string_view word, std::uint64_t kept, std::uint64_t of) {
        if (of > 0)
          figure.rows.push_back({{}, word, {{"n", count(of)}, {"kept", count(kept)}, {"share", ratio(kept, of)}}});
      };
      row("deadline", deadlines_kept_, deadlines_);
      row("clocks", clocks_kept, clocks_);
      break;
    }
    case MeasureId::by_person:
      for (std::uint32_t i = 1; i < persons_.all().size(); ++i)
        if (const Use& use = persons_.all()[i]; use.events > 0) {
          figure.rows.push_back(
              {label_of(names.persons, i), {}, {{"events", count(use.events)}, {"cases", count(use.cases)}}});
          if (i < machines_.size() && machines_[i]) figure.rows.back().stats.push_back({"machine", 1});
        }
      std::sort(figure.rows.begin(), figure.rows.end(), by_label);
      break;
    case MeasureId::by_team:
      for (std::uint32_t i = 1; i < teams_.all().size(); ++i)
        if (const Use& use = teams_.all()[i]; use.events > 0) {
          const Spread stay = i < team_stays_.size() ? team_stays_[i].spread() : Spread{};
          figure.rows.push_back({label_of(names.teams, i),
                                 {},
                                 {{"events", count(use.events)},
                                  {"cases", count(use.cases)},
                                  {"stays", count(stay.n)},
                                  {"stay_p50_seconds", stay.p50 / kMsPerSecond}}});
        }
      std::sort(figure.rows.begin(), figure.rows.end(), by_label);
      break;
    case MeasureId::re_explanation:
    case MeasureId::boilerplate:
    case MeasureId::forecast_honesty:
    case MeasureId::auto_close:
    case MeasureId::count_: break;
  }
  return figure;
}

void Tally::add_closing_rules(Findings& out, const Vocabulary& names) const {
  const Ranks activities(names.activities), statuses(names.statuses), persons(names.persons);
  std::vector<ClosingDelay> closings = closings_.empty() ? endings_ : closings_;
  const auto ranked = [&](std::uint32_t label) {
    return (label & kStatusLabel) != 0 ? statuses.rank(label & ~kStatusLabel) | kStatusLabel : activities.rank(label);
  };
  for (ClosingDelay& closing : closings)
    closing = {closing.from, closing.until, ranked(closing.start), ranked(closing.finish), persons.rank(closing.actor)};
  const auto label = [&](std::uint32_t rank) {
    return (rank & kStatusLabel) != 0 ? label_of(names.statuses, statuses.index(rank & ~kStatusLabel))
                                      : label_of(names.activities, activities.index(rank));
  };
  Figure figure;
  figure.id = MeasureId::auto_close;
  std::vector<std::int64_t> waits;
  for (const ClosingDelay& closing : closings) waits.push_back((closing.until - closing.from).count());
  sort_values(waits);
  add_spread(figure, spread_of(waits), kMsPerSecond);
  std::uint64_t by_rule = 0;
  for (const ClosingRule& rule : closing_rules(closings)) {
    by_rule += rule.n;
    const std::uint32_t actor = persons.index(rule.actor);
    const bool machine = actor < machines_.size() && machines_[actor];
    out.closing_rules.push_back({rule, rule.any_start ? std::string{} : label(rule.start), label(rule.finish),
                                 label_of(names.persons, actor), machine});
  }
  figure.stats.insert(figure.stats.end(), {{"cases", count(by_rule)}, {"share", ratio(by_rule, figure.n)}});
  out.figures.push_back(std::move(figure));

  // The plot shows the waits among which the strongest rule was found, or all.
  if (!out.closing_rules.empty()) {
    const ClosingRule& rule = out.closing_rules.front().rule;
    waits.clear();
    for (const ClosingDelay& closing : closings)
      if (closing.finish == rule.finish && (rule.any_start || closing.start == rule.start))
        waits.push_back((closing.until - closing.from).count());
  }
  out.closing_delay = even_bins(std::move(waits));
}

Findings Tally::findings(const Vocabulary& names) const {
  Findings out;
  out.cases = cases_;
  out.events = events_;
  out.activities = activities_.distinct();
  if (cases_ > 0) {
    out.from = from_;
    out.to = to_;
  }
  for (const Measure& measure : catalogue()) {
    if (!seen_.covers(measure.needs))
      out.not_computed.push_back({measure.id, measure.needs.without(seen_)});
    else if (measure.id == MeasureId::auto_close)
      add_closing_rules(out, names);
    else
      out.figures.push_back(figure_of(measure.id, names));
  }
  const std::vector<std::int64_t> cycles = cycle_ms_.sorted();
  out.cycle_time = log_bins(cycles);
  constexpr std::size_t kTellingBins = 6;
  if (out.cycle_time.size() < kTellingBins) out.cycle_time = even_bins(cycles);
  out.agents_met.assign(person_chain_.distinct.by_value().begin(), person_chain_.distinct.by_value().end());
  out.hand_offs.assign(person_chain_.hand_offs.by_value().begin(), person_chain_.hand_offs.by_value().end());
  for (const auto& [month, counts] : months_) {
    const std::int32_t year = month >= 0 ? month / 12 : -((-month + 11) / 12);
    out.months.push_back({1970 + year, static_cast<unsigned>(month - year * 12) + 1, counts.first, counts.second});
  }
  return out;
}

}  // namespace guichet::measures
