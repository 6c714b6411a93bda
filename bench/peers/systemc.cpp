// The plain queue on SystemC's timed notifications: one event and method for the arrivals, one per agent, one per
// place in the waiting line, taken back when the customer's turn comes. One unit of the model is a millisecond.
// Usage: systemc CUSTOMERS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <vector>

#define SC_INCLUDE_DYNAMIC_PROCESSES  // for methods made by sc_spawn
#include <systemc>

namespace {

constexpr double kArrivals = 95;
constexpr std::size_t kAgents = 100, kPlaces = 2048;

class Queue : public sc_core::sc_module {
 public:
  Queue(const sc_core::sc_module_name& name, std::uint64_t customers) : sc_module(name), customers_(customers) {
    method(arrival_, [this] { arrive(); });
    for (std::size_t agent = 0; agent < kAgents; ++agent) {
      free_.push_back(agent);
      method(work_done_[agent], [this, agent] { finish(agent); });
    }
    for (std::size_t place = 0; place < kPlaces; ++place) {
      places_.push_back(place);
      method(patience_over_[place], [this, place] { leave(place); });
    }
    arrival_.notify(after(1 / kArrivals));
  }

  void print(double seconds) const {
    const auto events = static_cast<double>(arrived_ + served_ + left_), arrived = static_cast<double>(arrived_);
    std::printf(
        "{\"events\":%.0f,\"ns_per_event\":%.2f,\"waited_share\":%.6f,\"abandoned_share\":%.6f,\"queue_wait\":%.6f}\n",
        events, seconds * 1e9 / events, static_cast<double>(waited_) / arrived, static_cast<double>(left_) / arrived,
        waiting_ / arrived);
  }

 private:
  struct Customer {
    double since;
    bool waits;
  };

  template <class Act>
  void method(sc_core::sc_event& event, Act act) {
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&event);
    sc_core::sc_spawn(act, sc_core::sc_gen_unique_name("on"), &options);
  }
  sc_core::sc_time after(double mean) {
    return sc_core::sc_time::from_value(static_cast<std::uint64_t>(exponential_(chance_) * mean * 1e9));
  }
  static double now() { return static_cast<double>(sc_core::sc_time_stamp().value()) * 1e-9; }

  void arrive() {
    if (++arrived_ < customers_) arrival_.notify(after(1 / kArrivals));
    if (!free_.empty()) {
      work_done_[free_.back()].notify(after(1));
      free_.pop_back();
      return;
    }
    ++waited_;
    const std::size_t place = places_.back();
    places_.pop_back();
    customers_at_[place] = {now(), true};
    line_.push_back(place);
    patience_over_[place].notify(after(1));
  }
  void finish(std::size_t agent) {
    ++served_;
    while (!line_.empty()) {
      const std::size_t place = line_.front();
      line_.pop_front();
      places_.push_back(place);
      if (!customers_at_[place].waits) continue;
      waiting_ += now() - customers_at_[place].since;
      patience_over_[place].cancel();
      work_done_[agent].notify(after(1));
      return;
    }
    free_.push_back(agent);
  }
  void leave(std::size_t place) {
    customers_at_[place].waits = false;
    ++left_;
    waiting_ += now() - customers_at_[place].since;
  }

  std::uint64_t customers_, arrived_ = 0, served_ = 0, left_ = 0, waited_ = 0;
  double waiting_ = 0;
  sc_core::sc_event arrival_, work_done_[kAgents], patience_over_[kPlaces];
  Customer customers_at_[kPlaces]{};
  std::vector<std::size_t> free_, places_;
  std::deque<std::size_t> line_;
  std::mt19937_64 chance_{1};
  std::exponential_distribution<double> exponential_{1};
};

}  // namespace

int sc_main(int count, char** words) {
  if (count != 2) return 2;
  Queue queue("queue", std::strtoull(words[1], nullptr, 10));
  const auto start = std::chrono::steady_clock::now();
  sc_core::sc_start();
  queue.print(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return 0;
}
