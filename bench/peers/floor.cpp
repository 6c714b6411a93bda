// What one core can do: the plain queue as a loop written for nothing else, with a calendar queue of its own and a
// ziggurat for every draw. A queue of 100 agents, exponential work and patience of mean 1, 95 arrivals per unit of
// time; an event is an arrival, an end of work or a customer who leaves. Prints one line of JSON.
// Usage: floor [CUSTOMERS [SEED]]
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace {

constexpr double kArrivals = 95;
constexpr int kAgents = 100;

/// xoshiro256+ of Blackman and Vigna, seeded by SplitMix64.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      std::uint64_t z = seed += 0x9e3779b97f4a7c15U;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31);
    }
  }
  std::uint64_t next() {
    const std::uint64_t result = state_[0] + state_[3];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// Exponential of mean 1: the ziggurat of Marsaglia and Tsang (2000) with 256 layers.
class Exponential {
 public:
  Exponential() {
    constexpr double kTail = 7.69711747013104972, kArea = 0.0039496598225815571993;
    edge_[0] = kArea / std::exp(-kTail);
    edge_[1] = kTail;
    for (std::size_t i = 2; i < 256; ++i) edge_[i] = -std::log(std::exp(-edge_[i - 1]) + kArea / edge_[i - 1]);
    edge_[256] = 0;
    for (std::size_t i = 1; i <= 256; ++i) height_[i] = std::exp(-edge_[i]);
  }
  double draw(Chance& chance) const {
    double beyond = 0;
    for (;;) {
      const std::uint64_t bits = chance.next();
      const std::size_t layer = bits & 255;
      const double x = static_cast<double>(bits >> 11) * 0x1p-53 * edge_[layer];
      if (x < edge_[layer + 1]) [[likely]]
        return beyond + x;
      if (layer == 0)
        beyond += edge_[1];
      else if (height_[layer] + chance.uniform() * (height_[layer + 1] - height_[layer]) < std::exp(-x))
        return beyond + x;
    }
  }

 private:
  std::array<double, 257> edge_{}, height_{};
};

struct Due {
  double at;
  std::uint32_t sequence, what;
  friend bool operator<(const Due& a, const Due& b) { return a.at < b.at || (a.at == b.at && a.sequence < b.sequence); }
};

/// Brown's calendar queue (1988): the days of one year as short sorted lists, the day's width known beforehand.
class Calendar {
 public:
  Calendar(double day, std::size_t days) : days_(std::bit_ceil(days)), per_day_(1 / day) {
    for (auto& list : days_) list.reserve(8);
  }
  bool empty() const { return size_ == 0; }
  void push(double at, std::uint32_t what) {
    const Due due{at, sequence_++, what};
    auto& list = days_[number(at) & (days_.size() - 1)];
    std::size_t place = list.size();
    list.push_back(due);
    for (; place != 0 && list[place - 1] < due; --place) list[place] = list[place - 1];
    list[place] = due;
    ++size_;
  }
  Due pop() {
    for (std::size_t empty_days = 0;; ++today_) {
      auto& list = days_[today_ & (days_.size() - 1)];
      if (!list.empty() && number(list.back().at) == today_) {
        const Due due = list.back();
        list.pop_back();
        --size_;
        return due;
      }
      if (++empty_days > days_.size()) go_to_first();
    }
  }

 private:
  std::uint64_t number(double at) const { return static_cast<std::uint64_t>(at * per_day_); }
  /// A whole year without anything: on to the day before the first there is.
  void go_to_first() {
    const Due* first = nullptr;
    for (const auto& list : days_)
      if (!list.empty() && (first == nullptr || list.back() < *first)) first = &list.back();
    today_ = number(first->at) - 1;
  }

  std::vector<std::vector<Due>> days_;  // the first due stands last
  double per_day_;
  std::uint64_t today_ = 0;
  std::size_t size_ = 0;
  std::uint32_t sequence_ = 0;
};

struct Counts {
  std::uint64_t arrived = 0, served = 0, left = 0, waited = 0;
  double waiting = 0;
};

enum What : std::uint32_t { kArrival, kWorkDone, kPatienceOver };

Counts run(std::uint64_t customers, std::uint64_t seed) {
  struct Customer {
    double since;
    bool waits;
  };
  constexpr std::uint32_t kLine = 1U << 16;  // far more than ever wait at once
  const Exponential exponential;
  Chance chance(seed);
  Calendar calendar(0.5 / (2 * kArrivals), 4 * kAgents + 64);
  std::vector<Customer> line(kLine);
  std::uint32_t head = 0, tail = 0;
  int busy = 0;
  Counts counts;
  calendar.push(exponential.draw(chance) / kArrivals, kArrival);
  while (!calendar.empty()) {
    const Due due = calendar.pop();
    switch (due.what & 3) {
      case kArrival:
        if (++counts.arrived < customers) calendar.push(due.at + exponential.draw(chance) / kArrivals, kArrival);
        if (busy < kAgents) {
          ++busy;
          calendar.push(due.at + exponential.draw(chance), kWorkDone);
        } else {
          ++counts.waited;
          line[tail % kLine] = {due.at, true};
          calendar.push(due.at + exponential.draw(chance), kPatienceOver | tail++ % kLine << 2);
        }
        break;
      case kWorkDone:
        ++counts.served;
        while (head != tail && !line[head % kLine].waits) ++head;
        if (head == tail) {
          --busy;
        } else {
          Customer& next = line[head++ % kLine];
          next.waits = false;
          counts.waiting += due.at - next.since;
          calendar.push(due.at + exponential.draw(chance), kWorkDone);
        }
        break;
      default: {
        Customer& customer = line[due.what >> 2];
        if (!std::exchange(customer.waits, false)) break;
        ++counts.left;
        counts.waiting += due.at - customer.since;
      }
    }
  }
  return counts;
}

}  // namespace

int main(int count, char** words) {
  const std::uint64_t customers = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
  const auto start = std::chrono::steady_clock::now();
  const Counts counts = run(customers, count > 2 ? std::strtoull(words[2], nullptr, 10) : 1);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::uint64_t events = counts.arrived + counts.served + counts.left;
  const auto arrived = static_cast<double>(counts.arrived);
  std::printf(
      "{\"events\":%llu,\"ns_per_event\":%.2f,\"waited_share\":%.6f,\"abandoned_share\":%.6f,\"queue_wait\":%.6f}\n",
      static_cast<unsigned long long>(events), seconds * 1e9 / static_cast<double>(events),
      static_cast<double>(counts.waited) / arrived, static_cast<double>(counts.left) / arrived,
      counts.waiting / arrived);
}
