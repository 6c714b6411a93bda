// The plain queue on ns-3's event loop: one scheduled event per arrival, end of work and end of patience, the last
// taken back when the customer's turn comes. Times in nanoseconds, one unit of the model is a second.
// Usage: ns3 SCHEDULER CUSTOMERS, where SCHEDULER is Map, Heap, Calendar, PriorityQueue or List.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>

#include <ns3/core-module.h>

namespace {

constexpr double kArrivals = 95;
constexpr int kAgents = 100;

class Queue {
 public:
  explicit Queue(std::uint64_t customers) : customers_(customers) {}

  void start() { schedule_arrival(); }
  std::uint64_t events() const { return arrived_ + served_ + left_; }
  void print(double seconds) const {
    const auto arrived = static_cast<double>(arrived_);
    std::printf(
        "{\"events\":%llu,\"ns_per_event\":%.2f,\"waited_share\":%.6f,\"abandoned_share\":%.6f,\"queue_wait\":%.6f}\n",
        static_cast<unsigned long long>(events()), seconds * 1e9 / static_cast<double>(events()),
        static_cast<double>(waited_) / arrived, static_cast<double>(left_) / arrived, waiting_ / arrived);
  }

 private:
  struct Customer {
    std::uint64_t number;
    double since;
    ns3::EventId patience;
    bool gone;
  };

  ns3::Time after(double mean) {
    return ns3::NanoSeconds(static_cast<std::int64_t>(exponential_(chance_) * mean * 1e9));
  }
  static double now() { return ns3::Simulator::Now().GetSeconds(); }

  void schedule_arrival() { ns3::Simulator::Schedule(after(1 / kArrivals), &Queue::arrive, this); }
  void work() { ns3::Simulator::Schedule(after(1), &Queue::work_done, this); }

  void arrive() {
    if (++arrived_ < customers_) schedule_arrival();
    if (busy_ < kAgents) {
      ++busy_;
      work();
      return;
    }
    const std::uint64_t number = waited_++;
    line_.push_back({number, now(), ns3::Simulator::Schedule(after(1), &Queue::lose_patience, this, number), false});
  }
  void work_done() {
    ++served_;
    while (!line_.empty() && line_.front().gone) line_.pop_front();
    if (line_.empty()) {
      --busy_;
      return;
    }
    waiting_ += now() - line_.front().since;
    line_.front().patience.Cancel();
    line_.pop_front();
    work();
  }
  void lose_patience(std::uint64_t number) {
    Customer& customer = line_[number - line_.front().number];
    customer.gone = true;
    ++left_;
    waiting_ += now() - customer.since;
  }

  std::uint64_t customers_, arrived_ = 0, served_ = 0, left_ = 0, waited_ = 0;
  double waiting_ = 0;
  int busy_ = 0;
  std::deque<Customer> line_;
  std::mt19937_64 chance_{1};
  std::exponential_distribution<double> exponential_{1};
};

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  ns3::ObjectFactory scheduler;
  scheduler.SetTypeId("ns3::" + std::string(words[1]) + "Scheduler");
  ns3::Simulator::SetScheduler(scheduler);
  Queue queue(std::strtoull(words[2], nullptr, 10));
  queue.start();
  const auto start = std::chrono::steady_clock::now();
  ns3::Simulator::Run();
  queue.print(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  ns3::Simulator::Destroy();
}
