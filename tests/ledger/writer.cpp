// A program that writes batches into a ledger until it is killed, and says on its output what is on disk:
//   ledger_writer FILE SEED
// Each line is the number of a batch, printed once its append has returned. Batch n has the receipt "n", the house note
// number n, and makes revision n of one record, so that a batch lost or written twice shows.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "scribe.hpp"

int main(int argc, char** argv) {
  using namespace guichet;
  using namespace guichet::ledger;
  if (argc != 3) return 2;
  const std::uint64_t seed = std::strtoull(argv[2], nullptr, 10);
  const properties::World world("guichet-unique");
  auto ledger = sqlite_ledger({.path = argv[1], .cache_kib = 512}, tests::plain_shelving(world));
  if (!ledger) {
    std::fprintf(stderr, "%s\n", ledger.error().detail.c_str());
    return 1;
  }
  auto reader = (*ledger)->reader();
  if (!reader) return 1;
  tests::Scribe scribe(world, seed);
  scribe.resume(**reader);
  std::uint64_t number = scribe.reach().house;
  Random random(seed, 3);
  while (true) {
    Batch batch = scribe.draw(1 + random.below(12), 40);
    ++number;
    batch.receipts.push_back({.key = std::to_string(number), .fingerprint = number, .at = scribe.now()});
    batch.house.push_back({.at = scribe.now(), .what = "batch", .detail = std::to_string(number)});
    batch.records.push_back({.record = {.kind = "count", .key = "batches", .revision = number - 1},
                             .expect = number == 1 ? RecordChange::Expect::absent : RecordChange::Expect::revision});
    if (random.below(8) == 0 && scribe.reach().text)
      batch.erasures.push_back({.text = TextId{1 + random.below(scribe.reach().text.value)}, .at = scribe.now()});
    const Outcome written = (*ledger)->append(batch);
    if (!written) {
      std::fprintf(stderr, "%s\n", written.error().detail.c_str());
      return 1;
    }
    // An erasure folds the row of its case anew; this clerk does not look, so it reads it again.
    if (!batch.erasures.empty()) scribe.resume(**reader);
    std::printf("%llu\n", static_cast<unsigned long long>(number));
    std::fflush(stdout);
  }
}
