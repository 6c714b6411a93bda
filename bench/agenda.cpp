// The agenda alone: push and pop per second in the hold pattern (take the first, put one back later), for
// several numbers of waiting entries and kinds of delay, beside the library's binary heap in the same run.
// Usage: agenda [MILLIONS_OF_HOLDS]
#include <cstdlib>
#include <queue>
#include <string_view>
#include <vector>

#include <guichet/base/agenda.hpp>
#include <guichet/base/digest.hpp>
#include <guichet/base/random.hpp>
#include <guichet/rehearsal/laws.hpp>

#include "stopwatch.hpp"

namespace guichet {
namespace {

/// The standard's binary heap with the same total order.
class Heap {
 public:
  struct Entry {
    std::uint64_t at;
    std::uint32_t sequence, payload;
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };
  void push(std::uint64_t at, std::uint32_t payload) { heap_.push({at, sequence_++, payload}); }
  Entry pop() {
    const Entry entry = heap_.top();
    heap_.pop();
    return entry;
  }

 private:
  std::priority_queue<Entry> heap_;
  std::uint32_t sequence_ = 0;
};

/// The delay is drawn as in a queue with everybody at work: exponential, mean 100 seconds.
std::uint64_t queue_delay(Random& chance) { return static_cast<std::uint64_t>(rehearsal::exponential(chance) * 100e6); }

/// A desk's mixture: half within the hour, a third within the day, the rest a timer of 48 hours.
std::uint64_t desk_delay(Random& chance) {
  const std::uint32_t kind = chance.below(6);
  return 1 + (kind < 3   ? std::uint64_t{chance.below(3'600'000)} * 1000
              : kind < 5 ? std::uint64_t{chance.below(86'400'000)} * 1000
                         : 172'800'000'000);
}

using Delay = std::uint64_t (*)(Random&);

struct Held {
  double seconds;
  std::uint64_t digest;
};

template <Delay kDelay, class Queue>
Held hold(Queue& queue, std::size_t waiting, std::uint64_t holds) {
  Random chance(1);
  for (std::size_t i = 0; i < waiting; ++i) queue.push(kDelay(chance), static_cast<std::uint32_t>(i));
  RunningDigest digest;
  const bench::Stopwatch watch;
  for (std::uint64_t i = 0; i < holds; ++i) {
    const auto entry = queue.pop();
    digest.add(entry.at << 20 ^ entry.payload);
    queue.push(entry.at + kDelay(chance), entry.payload);
  }
  return {watch.seconds(), digest.value()};
}

/// What a hold costs beside the queue: the draw of its delay and the digest.
template <Delay kDelay>
double seconds_of_draws(std::uint64_t holds) {
  Random chance(1);
  RunningDigest digest;
  const bench::Stopwatch watch;
  for (std::uint64_t i = 0; i < holds; ++i) digest.add(kDelay(chance));
  const double seconds = watch.seconds();
  return digest.value() == 0 ? 0 : seconds;
}

template <Delay kDelay>
bool beside(std::string_view what, std::size_t waiting, std::uint64_t holds) {
  Agenda<std::uint32_t> agenda;
  const Held ours = hold<kDelay>(agenda, waiting, holds);
  Heap heap;
  const Held theirs = hold<kDelay>(heap, waiting, holds);
  const bool same = ours.digest == theirs.digest;
  std::printf("%.*s, %zu waiting, digest %016llx, %s\n", static_cast<int>(what.size()), what.data(), waiting,
              static_cast<unsigned long long>(ours.digest),
              same ? "same order as the binary heap" : "ORDER DIFFERS from the binary heap");
  bench::print_rate("  agenda", holds, "holds", ours.seconds);
  bench::print_rate("  binary heap", holds, "holds", theirs.seconds);
  bench::print_rate("  (of each: draw and digest)", holds, "holds", seconds_of_draws<kDelay>(holds));
  std::printf("  ratio heap / agenda                          %8.2f\n", theirs.seconds / ours.seconds);
  std::printf("  memory of the agenda                         %8.1f MiB\n",
              static_cast<double>(agenda.memory_bytes()) / 1048576);
  return same;
}

}  // namespace
}  // namespace guichet

int main(int argc, char** argv) {
  using namespace guichet;
  const std::uint64_t holds = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10) * 1'000'000;
  bool same = true;
  for (const std::size_t waiting : {100U, 300U}) same &= beside<queue_delay>("queue", waiting, holds);
  for (const std::size_t waiting : {1000U, 36'000U, 100'000U, 360'000U, 1'000'000U, 2'000'000U})
    same &= beside<desk_delay>("desk", waiting, holds);
  return same ? 0 : 1;
}
