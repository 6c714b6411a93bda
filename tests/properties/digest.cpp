// One digest of random histories under the shipped procedures, to be equal whatever compiled this program.
// Usage: rules_digest [HISTORIES]
#include <array>
#include <cstdio>
#include <cstdlib>

#include <guichet/base/digest.hpp>

#include "histories.hpp"

int main(int argc, char** argv) {
  using namespace guichet;
  using namespace guichet::properties;
  const std::uint64_t histories = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  RunningDigest digest;
  for (const char* name : {"next-available", "guichet-unique", "p2b-minimum"}) {
    const World world(name);
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
      Random random(seed, 1);
      CaseState state;
      Instant now = kBeginning;
      for (std::size_t i = 0; i < kCommandsPerHistory; ++i) {
        const Command command = draw_command(random, state, world.procedure(), now);
        now = command.at;
        std::array<Event, kEventsPerDecisionMax> room;
        EventBatch batch(room);
        digest.add(static_cast<std::uint64_t>(act(state, command, world.rules(), batch)));
        digest.add(std::as_bytes(batch.events()));
      }
      digest.add(std::as_bytes(std::span{&state, 1}));
    }
  }
  std::puts(digest.hex().c_str());
}
