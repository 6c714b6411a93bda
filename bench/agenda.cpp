// The agenda alone: push and pop per second in the hold pattern (take the first, put one back later), for
// several numbers of waiting entries and kinds of delay, beside the library's binary heap in the same run.
// Usage: agenda [MILLIONS_OF_HOLDS]
#include <cstdlib>
#include <functional>
#include <queue>
#include <string>
#include <tuple>

#include <guichet/base/agenda.hpp>
#include <guichet/base/digest.hpp>
#include <guichet/base/random.hpp>

#include "stopwatch.hpp"

namespace guichet {
namespace {

/// The standard's binary heap with the same total order.
class Heap {
 public:
  using Entry = Agenda<std::uint32_t>::Entry;
  void push(std::uint64_t at, std::uint32_t payload) { heap_.push(Entry{at, sequence_++, payload}); }
  Entry pop() {
    const Entry entry = heap_.top();
    heap_.pop();
    return entry;
  }

 private:
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return b < a; }
  };
  std::priority_queue<Entry, std::vector<Entry>, Later> heap_;
  std::uint32_t sequence_ = 0;
};

/// A desk's mixture in seconds: half within the hour, a third within the day, the rest a timer of 48 hours.
std::uint64_t desk_delay(Random& chance) {
  const std::uint32_t kind = chance.below(6);
  return kind < 3 ? 1 + chance.below(3600) : kind < 5 ? 1 + chance.below(86'400) : 172'800;
}

template <class Queue>
std::uint64_t hold(Queue& queue, std::size_t waiting, std::uint64_t holds, std::uint64_t seed) {
  Random chance(seed);
  for (std::size_t i = 0; i < waiting; ++i) queue.push(desk_delay(chance), static_cast<std::uint32_t>(i));
  RunningDigest digest;
  for (std::uint64_t i = 0; i < holds; ++i) {
    const auto entry = queue.pop();
    digest.add(entry.at << 20 ^ entry.payload);
    queue.push(entry.at + desk_delay(chance), entry.payload);
  }
  return digest.value();
}

}  // namespace
}  // namespace guichet

int main(int argc, char** argv) {
  using namespace guichet;
  const std::uint64_t holds = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10) * 1'000'000;
  for (const std::size_t waiting :
       {std::size_t{1000}, std::size_t{36'000}, std::size_t{360'000}, std::size_t{2'000'000}}) {
    // A bucket wide enough for some 64 entries: the mean delay of the mixture is about 45,000 seconds.
    unsigned width = 0;
    while ((std::uint64_t{waiting} << width) < 64 * 45'000 && width < 16) ++width;
    Agenda<std::uint32_t> agenda(width);
    const bench::Stopwatch first;
    const std::uint64_t digest = hold(agenda, waiting, holds, 1);
    const double agenda_seconds = first.seconds();
    Heap heap;
    const bench::Stopwatch second;
    const std::uint64_t heap_digest = hold(heap, waiting, holds, 1);
    const double heap_seconds = second.seconds();
    std::printf("%zu waiting, digest %016llx, %s\n", waiting, static_cast<unsigned long long>(digest),
                digest == heap_digest ? "same order as the binary heap" : "ORDER DIFFERS from the binary heap");
    bench::print_rate("  agenda", holds, "holds", agenda_seconds);
    bench::print_rate("  binary heap", holds, "holds", heap_seconds);
    std::printf("  ratio heap / agenda                          %8.2f\n", heap_seconds / agenda_seconds);
    if (digest != heap_digest) return 1;
  }
  return 0;
}
