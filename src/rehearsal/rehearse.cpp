#include <guichet/rehearsal/rehearse.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

#include <guichet/measures/from_events.hpp>
#include <guichet/measures/tally.hpp>
#include <guichet/rehearsal/cast.hpp>
#include <guichet/rehearsal/world.hpp>

namespace guichet::rehearsal {
namespace {

using Wall = std::chrono::steady_clock;

/// Of each replication, so that where it ends does not depend on how many run beside it.
constexpr std::uint64_t kMemoryDefault = 1ULL << 30U;
/// Fewer replications than this are cut into batches for the sake of intervals.
constexpr std::uint32_t kReplicationsEnough = 5;
constexpr std::uint32_t kBatches = 20;
constexpr std::size_t kHistogramMax = 1000;

bool is_over_time(Quantity quantity) { return quantity >= Quantity::queue_length && quantity <= Quantity::open_cases; }

double seconds_since(Wall::time_point start) { return std::chrono::duration<double>(Wall::now() - start).count(); }

/// The cases that one replication kept, as histories whose persons differ from those of all other replications.
class Retelling {
 public:
  Retelling(const Scenario& scenario, const rulebook::ProcedureFile& procedure, std::uint32_t replications)
      : scenario_(scenario), replications_(replications), names_(measures::event_vocabulary(ActorId{})) {
    if (scenario.course) {
      walk_.emplace(*scenario.course);
      names_ = walk_->names();
      return;
    }
    names_.teams.clear();
    for (const Team& team : scenario.teams) names_.teams.push_back(team.id);
    for (std::size_t i = 0; i < procedure.matters.size() && i < names_.matters.size(); ++i)
      names_.matters[i] = procedure.matters[i].id;
  }

  template <class OnCase>
  void tell(const World& world, std::uint32_t replication, OnCase on_case) {
    if (walk_) {
      tell_course(world, replication, on_case);
      return;
    }
    name_persons(world, replication);
    const History& kept = world.history();
    for (std::size_t i = 0; i < kept.cases(); ++i) {
      const History::Case& one = kept.at(i);
      kept.read(one, scenario_.run.starts, events_);
      if (events_.empty()) continue;
      CaseHistory history = measures::history_of(events_, moments_);
      const std::string name = case_name(one, replication);
      history.facts.name = name;
      history.facts.seller = person(history.facts.seller, replication);
      for (Moment& moment : moments_) {
        moment.team = moment.party == Party::desk ? world.team_of(moment.person) : 0U;
        moment.person = person(moment.person, replication);
      }
      on_case(history);
    }
  }

  const Vocabulary& names() const { return names_; }

  void name_persons(const World& world, std::uint32_t replication) {
    if (walk_) return;
    const std::uint32_t actors = scenario_.arrivals.sellers + world.agents_hired();
    const std::size_t needed = std::size_t{actors} * replications_;
    if (names_.persons.size() < needed) {
      names_.persons.resize(needed);
      names_.sellers.resize(needed);
    }
    const std::string prefix = replications_ == 1 ? "" : "r" + std::to_string(replication + 1) + " ";
    for (std::uint32_t actor = 1; actor <= actors; ++actor) {
      const bool sells = actor <= scenario_.arrivals.sellers;
      const std::uint32_t index = person(actor, replication) - 1;
      names_.sellers[index] = names_.persons[index] =
          prefix + (sells ? "seller " : "agent ") + std::to_string(sells ? actor : actor - scenario_.arrivals.sellers);
    }
  }

 private:
  /// A log names the same persons in every replication.
  template <class OnCase>
  void tell_course(const World& world, std::uint32_t replication, OnCase on_case) {
    const History& kept = world.history();
    for (std::size_t i = 0; i < kept.cases(); ++i) {
      const History::Case& one = kept.at(i);
      kept.read(one, scenario_.run.starts, *walk_, moments_);
      if (moments_.empty()) continue;
      const std::string name = case_name(one, replication);
      CaseHistory history;
      history.facts.name = name;
      history.moments = moments_;
      on_case(history);
    }
  }

  std::uint32_t person(std::uint32_t actor, std::uint32_t replication) const {
    return actor == 0 ? 0U : (actor - 1) * replications_ + replication + 1;
  }

  std::string case_name(const History::Case& kept, std::uint32_t replication) const {
    std::string number = std::to_string(kept.number);
    number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
    std::string name = "r" + std::to_string(replication + 1) + "-" + number;
    if (kept.lives != 0) name += "." + std::to_string(kept.lives);
    return name;
  }

  const Scenario& scenario_;
  std::uint32_t replications_;
  std::optional<CourseWalk> walk_;
  Vocabulary names_;
  std::vector<Event> events_;
  std::vector<Moment> moments_;
};

/// One replication on its way: its world, and the measures of what it kept.
struct Replication {
  std::unique_ptr<World> world;
  measures::Tally tally;
  measures::Findings findings;
  std::uint64_t kept{};
  std::atomic<std::uint64_t> events{0};
  std::atomic<double> share{0};
  double seconds{};
  bool ended = false;  // guarded by Crew::mutex_

  void fold(const Cast& cast, std::uint32_t number) {
    Retelling retelling(*cast.scenario, *cast.file, cast.scenario->run.replications);
    if (!cast.scenario->course) tally.can_say(measures::kEventsSay);
    retelling.tell(*world, number, [this](const CaseHistory& history) {
      tally.fold(history);
      ++kept;
    });
    findings = tally.findings(retelling.names());
  }
};

/// Gathers replications, in their order, into one result.
class Gathering {
 public:
  Gathering(const Scenario& scenario, const Cast& cast, std::uint32_t replications)
      : scenario_(scenario), cast_(cast), retelling_(scenario, *cast.file, replications) {}

  void add(const Replication& one, std::uint32_t replication, const Rehearsing& how) {
    const World& world = *one.world;
    out_.events += world.events();
    out_.cases += world.counted();
    out_.digest = scramble(out_.digest ^ scramble(world.digest() + replication));
    out_.rehearsed_seconds += static_cast<double>(world.measured()) * 1e-6;
    out_.peak_open_cases = std::max<std::uint64_t>(out_.peak_open_cases, world.peak_open());
    out_.memory_bytes = std::max(out_.memory_bytes, world.memory_bytes());
    if (world.stopped() != Stopped::no && out_.stopped == Stopped::no) {
      out_.stopped = world.stopped();
      stopped_at_ = world.now();
    }
    for (std::size_t i = 0; i < kRefusals; ++i)
      if (world.refused()[i] != 0) out_.refused[static_cast<Refusal>(i)] += world.refused()[i];
    for (const Meter& meter : world.meters()) {
      Meter part = meter;
      // Where there is only one, it is all.
      if (part.by_queue.size() == 1) part.by_queue[0] = part.all;
      if (part.by_matter.size() == 1) part.by_matter[0] = part.all;
      all_.merge(part);
      parts_.push_back(std::move(part));
    }
    out_.kept_cases += one.kept;
    by_replication_.push_back(one.findings);
    tally_.merge(one.tally);
    retelling_.name_persons(world, replication);
    if (how.on_case)
      retelling_.tell(world, replication,
                      [&](const CaseHistory& history) { how.on_case(history, retelling_.names()); });
    ++out_.replications;
  }

  Rehearsed finish() {
    out_.scenario = scenario_.name;
    out_.procedure = cast_.file->name;
    out_.seed = scenario_.run.seed;
    add_quantities();
    add_places();
    add_histograms();
    add_measures();
    explain_stop();
    return std::move(out_);
  }

 private:
  template <class Take>
  Estimate estimate(Take take) const {
    std::vector<Ratio> ratios;
    for (const Meter& part : parts_) ratios.push_back(take(part));
    return estimate_of(ratios);
  }

  static void add_values(Estimate& e, const Histogram& values, double unit) {
    e.n = values.n();
    if (e.n == 0) return;
    e.p10 = values.quantile(0.1) / unit;
    e.p50 = values.quantile(0.5) / unit;
    e.p90 = values.quantile(0.9) / unit;
    e.max = static_cast<double>(values.max()) / unit;
  }
  static void add_values(Estimate& e, const OverTime& level) {
    e.n = static_cast<std::uint64_t>(level.span() / static_cast<double>(kSecond));
    e.p10 = level.quantile(0.1);
    e.p50 = level.quantile(0.5);
    e.p90 = level.quantile(0.9);
    e.max = static_cast<double>(level.max());
  }

  void add_quantities() {
    std::vector<std::array<Ratio, kQuantities>> ratios;
    for (const Meter& part : parts_) ratios.push_back(ratios_of(part));
    for (std::size_t q = 0; q < kQuantities; ++q) {
      std::vector<Ratio> own;
      for (const auto& part : ratios) own.push_back(part[q]);
      Estimate e = estimate_of(own);
      if (e.parts == 0) continue;
      const double unit = is_over_time(static_cast<Quantity>(q)) ? 1e6 : 1;  // n: seconds
      for (const Ratio& part : own) e.n += static_cast<std::uint64_t>(part.under / unit);
      out_.quantities[q] = e;
    }
    for (const auto& part : ratios) {
      auto& values = out_.by_part.emplace_back();
      for (std::size_t q = 0; q < kQuantities; ++q)
        values[q] = part[q].under > 0 ? part[q].top / part[q].under : std::numeric_limits<double>::quiet_NaN();
    }
    if (scenario_.course) forget_desk();
    const auto values = [this](Quantity q, const Histogram& h, double unit) {
      if (auto& e = out_.quantities[static_cast<std::size_t>(q)]) add_values(*e, h, unit);
    };
    values(Quantity::queue_wait, all_.all.wait, 1e6);
    values(Quantity::queue_wait_if_waited, all_.wait_if_waited, 1e6);
    values(Quantity::messages, all_.messages, 1);
    values(Quantity::agents, all_.agents, 1);
    values(Quantity::visits, all_.visits, 1);
    values(Quantity::elapsed_days, all_.elapsed_us, 86'400e6);
    values(Quantity::desk_hours, all_.desk_us, 3600e6);
    values(Quantity::seller_hours, all_.seller_us, 3600e6);
    values(Quantity::paid, all_.paid, 1);
    values(Quantity::given_up, all_.given_up, 1);
    const auto level = [this](Quantity q, const OverTime& l) {
      if (auto& e = out_.quantities[static_cast<std::size_t>(q)]) add_values(*e, l);
    };
    level(Quantity::queue_length, all_.queue_length);
  }

  /// A course has no queues and no staff to be busy.
  void forget_desk() {
    for (const Quantity q :
         {Quantity::waited_share, Quantity::queue_wait, Quantity::queue_wait_if_waited, Quantity::queue_length,
          Quantity::in_desk, Quantity::busy_agents, Quantity::all_busy_share, Quantity::occupancy,
          Quantity::resolved_share, Quantity::abandoned_share, Quantity::refused_share, Quantity::agents,
          Quantity::visits, Quantity::desk_hours, Quantity::seller_hours, Quantity::paid, Quantity::given_up})
      out_.quantities[static_cast<std::size_t>(q)].reset();
  }

  QueueResult waits_of(const std::string& id, const Waits& all, const std::function<const Waits*(const Meter&)>& of) {
    QueueResult result;
    result.id = id;
    result.length.mean = result.length.half_width = std::numeric_limits<double>::quiet_NaN();  // known of queues
    const auto share = [](std::uint64_t hits, const Waits& waits) {
      return Ratio{static_cast<double>(hits), static_cast<double>(waits.wait.n())};
    };
    result.waited_share = estimate([&](const Meter& m) { return of(m) ? share(of(m)->waited, *of(m)) : Ratio{}; });
    result.left_share = estimate([&](const Meter& m) { return of(m) ? share(of(m)->left, *of(m)) : Ratio{}; });
    result.wait = estimate([&](const Meter& m) {
      return of(m) ? Ratio{of(m)->wait.sum() / 1e6, static_cast<double>(of(m)->wait.n())} : Ratio{};
    });
    add_values(result.wait, all.wait, 1e6);
    return result;
  }

  void add_places() {
    if (scenario_.course) return;
    for (std::size_t q = 0; q < all_.by_queue.size(); ++q) {
      QueueResult result = waits_of(cast_.queues[q], all_.by_queue[q],
                                    [q](const Meter& m) { return q < m.by_queue.size() ? &m.by_queue[q] : nullptr; });
      const bool only = cast_.queues.size() == 1;
      result.length = estimate([q, only](const Meter& m) {
        const OverTime& level = only ? m.queue_length : m.queue_lengths[q];
        return Ratio{level.area(), level.span()};
      });
      add_values(result.length, only ? all_.queue_length : all_.queue_lengths[q]);
      out_.by_queue.push_back(std::move(result));
    }
    for (std::size_t m = 0; m < all_.by_matter.size(); ++m) {
      out_.by_matter.push_back(waits_of(scenario_.matters[m].id, all_.by_matter[m], [m](const Meter& part) {
        return m < part.by_matter.size() ? &part.by_matter[m] : nullptr;
      }));
    }
    for (std::size_t t = 0; t < scenario_.run.tails.size(); ++t) {
      TailResult tail;
      tail.seconds = scenario_.run.tails[t];
      const auto of = [](const Meter& m) { return static_cast<double>(m.all.wait.n()); };
      tail.waits_longer = estimate([&](const Meter& m) { return Ratio{static_cast<double>(m.longer[t]), of(m)}; });
      tail.served_within =
          estimate([&](const Meter& m) { return Ratio{static_cast<double>(m.served_within[t]), of(m)}; });
      tail.waits_longer.n = tail.served_within.n = all_.all.wait.n();
      out_.tails.push_back(tail);
    }
    for (std::size_t place = 0; place < all_.looks.size(); ++place) {
      LookResult look;
      look.place_seconds = static_cast<double>(scenario_.run.look_every) * 1e-6 * static_cast<double>(place);
      look.in_desk = estimate([place](const Meter& m) {
        return place < m.looks.size() ? Ratio{m.looks[place].sum(), static_cast<double>(m.looks[place].n())} : Ratio{};
      });
      add_values(look.in_desk, all_.looks[place], 1);
      out_.looks.push_back(look);
    }
  }

  static std::vector<std::uint64_t> by_value(const Histogram& values) {
    std::vector<std::uint64_t> counts;
    const std::uint64_t last = std::min<std::uint64_t>(values.max(), kHistogramMax);
    for (std::uint64_t i = 0; i <= last; ++i) counts.push_back(values.at_least(i) - values.at_least(i + 1));
    if (!counts.empty()) counts.back() = values.at_least(last);
    return counts;
  }

  void add_histograms() {
    out_.messages_histogram = by_value(all_.messages);
    out_.agents_histogram = by_value(all_.agents);
    for (double edge : {0.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 86'400.0, 2 * 86'400.0, 7 * 86'400.0,
                        30 * 86'400.0})
      out_.wait_edges.push_back(edge);
    for (std::size_t i = 0; i < out_.wait_edges.size(); ++i) {
      const auto from = static_cast<std::uint64_t>(out_.wait_edges[i] * 1e6);
      std::uint64_t count = all_.all.wait.at_least(from);
      if (i + 1 < out_.wait_edges.size())
        count -= all_.all.wait.at_least(static_cast<std::uint64_t>(out_.wait_edges[i + 1] * 1e6));
      out_.wait_histogram.push_back(count);
    }
    std::uint64_t reached = 0;
    std::vector<double> shares(all_.reached_message.size());
    for (std::size_t i = shares.size(); i-- > 0;) {
      reached += all_.reached_message[i];
      shares[i] = reached == 0 ? 0 : static_cast<double>(all_.gave_up_at_message[i]) / static_cast<double>(reached);
    }
    out_.gave_up_by_message = std::move(shares);
  }

  void add_measures() {
    out_.findings = tally_.findings(retelling_.names());
    for (const measures::Figure& figure : out_.findings.figures) {
      if (figure.stats.empty()) continue;
      MeasureResult result;
      result.id = figure.id;
      result.stat = figure.stat("mean") ? "mean" : figure.stat("share") ? "share" : figure.stats.front().name;
      std::vector<Ratio> own;
      for (const measures::Findings& part : by_replication_) {
        const measures::Figure* same = part.figure(figure.id);
        const std::optional<double> value = same != nullptr ? same->stat(result.stat) : std::nullopt;
        if (value && std::isfinite(*value)) own.push_back({*value, 1});
      }
      result.estimate = estimate_of(own);
      result.estimate.mean = *figure.stat(result.stat);
      result.estimate.n = figure.n;
      result.estimate.p10 = figure.stat("p10");
      result.estimate.p50 = figure.stat("p50");
      result.estimate.p90 = figure.stat("p90");
      result.estimate.max = figure.stat("max");
      out_.measures.push_back(result);
    }
  }

  void explain_stop() {
    const std::string when = "after " + std::to_string(stopped_at_ / kDay) + " days of rehearsed time";
    switch (out_.stopped) {
      case Stopped::no: break;
      case Stopped::interrupted: out_.stopped_why = "interrupted " + when; break;
      case Stopped::memory:
        out_.stopped_why = "the memory limit was reached " + when + " with " + std::to_string(out_.peak_open_cases) +
                           " cases open at once; where that number only grows, more comes in than the desk can "
                           "do: give it more people, else raise run.memory or shorten the run";
        break;
      case Stopped::no_progress:
        out_.stopped_why = "time stood still " + when +
                           ": millions of acts fell on one instant; look for work, replies or routines that take no "
                           "time and repeat";
        break;
    }
  }

  const Scenario& scenario_;
  const Cast& cast_;
  Retelling retelling_;
  Rehearsed out_;
  Meter all_;
  std::vector<Meter> parts_;
  measures::Tally tally_;
  std::vector<measures::Findings> by_replication_;
  Tick stopped_at_{};
};

/// Replications on threads, taken in order.
class Crew {
 public:
  Crew(const Cast& cast, const Rehearsing& how) : cast_(cast), how_(how), run_(cast.scenario->run) {
    threads_ = run_.threads != 0 ? run_.threads : std::max(1U, std::thread::hardware_concurrency());
    threads_ = std::min(threads_, run_.replications);
    windows_ = run_.replications >= kReplicationsEnough ? 1 : kBatches / run_.replications;
    if (run_.cases != 0 && run_.cases < 1000) windows_ = 1;
    for (std::uint32_t i = 0; i < run_.replications; ++i) replications_.push_back(std::make_unique<Replication>());
  }

  Rehearsed run() {
    const Wall::time_point start = Wall::now();
    Gathering gathering(*cast_.scenario, cast_, run_.replications);
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < threads_; ++i) threads.emplace_back([this] { work(); });
    double loops = 0;
    for (std::uint32_t i = 0; i < run_.replications; ++i) {
      wait_for(i);
      Replication& one = *replications_[i];
      if (one.world) gathering.add(one, i, how_);
      loops += one.seconds;
      {
        const std::lock_guard lock(mutex_);
        one.world.reset();
        gathered_ = i + 1;
      }
      room_.notify_all();
    }
    for (std::thread& thread : threads) thread.join();
    Rehearsed result = gathering.finish();
    result.batches = windows_ > 1;
    result.loop_seconds = loops;
    result.wall_seconds = seconds_since(start);
    return result;
  }

 private:
  void work() {
    for (;;) {
      std::uint32_t mine = 0;
      {
        std::unique_lock lock(mutex_);
        // Nobody runs far ahead of what has been gathered: each world that waits holds its memory.
        room_.wait(lock, [this] { return next_ >= run_.replications || next_ < gathered_ + threads_ + 1; });
        if (next_ >= run_.replications) return;
        mine = next_++;
      }
      Replication& one = *replications_[mine];
      const bool stop = how_.stop != nullptr && how_.stop->load();
      if (!stop) {
        WorldLimits limits;
        limits.windows = windows_;
        limits.memory_bytes = run_.memory_bytes != 0 ? run_.memory_bytes : kMemoryDefault;
        limits.keep_all = static_cast<bool>(how_.on_case);
        limits.stop = how_.stop;
        limits.events = &one.events;
        limits.share = &one.share;
        const Wall::time_point start = Wall::now();
        // Each replication has a seed of its own, named by its number: their order does not matter.
        one.world = std::make_unique<World>(cast_, run_.seed * 0x2545'f491'4f6c'dd1dU + mine, limits);
        one.world->run();
        one.seconds = seconds_since(start);
        one.fold(cast_, mine);
      }
      {
        const std::lock_guard lock(mutex_);
        one.ended = true;
      }
      ended_.notify_all();
    }
  }

  void wait_for(std::uint32_t replication) {
    std::unique_lock lock(mutex_);
    while (!replications_[replication]->ended) {
      ended_.wait_for(lock, std::chrono::milliseconds(100));
      if (!how_.on_progress) continue;
      Progress progress;
      for (const auto& one : replications_) {
        progress.events += one->events.load(std::memory_order_relaxed);
        progress.share += one->ended ? 1.0 : one->share.load(std::memory_order_relaxed);
      }
      progress.share /= run_.replications;
      lock.unlock();
      how_.on_progress(progress);
      lock.lock();
    }
  }

  const Cast& cast_;
  const Rehearsing& how_;
  const RunRule& run_;
  std::uint32_t threads_ = 1, windows_ = 1;
  std::vector<std::unique_ptr<Replication>> replications_;
  std::mutex mutex_;
  std::condition_variable ended_, room_;
  std::uint32_t next_ = 0, gathered_ = 0;
};

}  // namespace

Result<Rehearsed> rehearse(const Scenario& scenario, const rulebook::ProcedureFile& procedure, const Rehearsing& how) {
  GUICHET_TRY(parts, cast(scenario, procedure));
  return Crew(*parts, how).run();
}

std::vector<Difference> paired(const Rehearsed& a, const Rehearsed& b) {
  std::vector<Difference> all;
  const std::size_t parts = std::min(a.by_part.size(), b.by_part.size());
  for (std::size_t q = 0; q < kQuantities; ++q) {
    if (!a.quantities[q] || !b.quantities[q]) continue;
    Difference difference;
    difference.quantity = static_cast<Quantity>(q);
    difference.a = *a.quantities[q];
    difference.b = *b.quantities[q];
    std::vector<Ratio> own;
    for (std::size_t i = 0; i < parts; ++i) {
      const double value = b.by_part[i][q] - a.by_part[i][q];
      if (std::isfinite(value)) own.push_back({value, 1});
    }
    difference.difference = estimate_of(own);
    difference.difference.mean = difference.b.mean - difference.a.mean;
    all.push_back(difference);
  }
  return all;
}

}  // namespace guichet::rehearsal
