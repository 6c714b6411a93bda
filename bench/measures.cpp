// The fold of histories into measures alone, over an invented history or a log; reading is not counted.
// Usage: measures [LOG]
#include <algorithm>
#include <bit>
#include <cstdio>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/measures/tally.hpp>

#include "stopwatch.hpp"

namespace guichet {
namespace {

constexpr std::uint64_t kEvents = 1'000'000;
constexpr int kRounds = 5;

/// Histories kept whole: moments of all cases one after the other.
struct History {
  std::vector<Moment> moments;
  std::vector<std::size_t> ends;
  std::vector<CaseFacts> facts;

  void add(const CaseHistory& one) {
    moments.insert(moments.end(), one.moments.begin(), one.moments.end());
    ends.push_back(moments.size());
    facts.push_back(one.facts);
    facts.back().name = {};
  }
};

/// Cases of 2 to 25 moments by 400 persons in 30 teams; nothing follows from anything, which is the hardest
/// for whatever remembers.
History invented() {
  History all;
  std::uint64_t drawn = 0;
  const auto draw = [&](std::uint64_t below) { return static_cast<std::uint32_t>(scramble(++drawn) % below); };
  std::vector<Moment> moments;
  while (all.moments.size() < kEvents) {
    moments.clear();
    Instant at{Duration{1'700'000'000'000 + static_cast<std::int64_t>(draw(31'536'000)) * 1000}};
    const std::uint32_t length = 2 + draw(24);
    for (std::uint32_t i = 0; i < length; ++i) {
      Moment one;
      at += Duration{static_cast<std::int64_t>(draw(86'400)) * 1000};
      one.at = at;
      one.activity = 1 + draw(20);
      one.status = 1 + draw(10);
      one.person = 1 + draw(400);
      one.team = 1 + draw(30);
      one.party = draw(3) == 0 ? Party::seller : Party::desk;
      one.turn = draw(2) == 0 ? Turn::seller : Turn::desk;
      one.kind = draw(2) == 0 ? EventKind::message_sent : EventKind::none;
      moments.push_back(one);
    }
    moments.back().kind = EventKind::closed;
    CaseFacts facts;
    facts.seller = 1 + draw(5'000);
    facts.matter = 1 + draw(12);
    all.add({facts, moments});
  }
  return all;
}

/// The fastest of several rounds: other work on the machine only ever slows.
void measure(std::string_view what, const History& history, const Vocabulary& names) {
  double fastest = 0;
  std::uint64_t digest = 0;
  for (int round = 0; round < kRounds; ++round) {
    measures::Tally tally;
    const bench::Stopwatch watch;
    std::size_t from = 0;
    for (std::size_t i = 0; i < history.ends.size(); ++i) {
      tally.fold({history.facts[i], std::span(history.moments).subspan(from, history.ends[i] - from)});
      from = history.ends[i];
    }
    const double seconds = watch.seconds();
    fastest = round == 0 ? seconds : std::min(fastest, seconds);
    digest = 0;
    for (const measures::Figure& figure : tally.findings(names).figures) {
      digest = scramble(digest + figure.n);
      for (const measures::Stat& stat : figure.stats)
        digest = scramble(digest + std::bit_cast<std::uint64_t>(stat.value));
    }
  }
  bench::print_rate(what, history.moments.size(), "events", fastest);
  std::printf("digest %016llx\n", static_cast<unsigned long long>(digest));
}

int run(int count, char** words) {
  if (count < 2) {
    measure("fold, 1 M invented events", invented(), {});
    return 0;
  }
  History history;
  Vocabulary names;
  intake::Reading reading;
  reading.on_case = [&](const CaseHistory& one) { history.add(one); };
  const auto summary = intake::read_log(words[1], reading, names);
  if (!summary) {
    std::fprintf(stderr, "%s\n", summary.error().detail.c_str());
    return 1;
  }
  measure("fold, a log", history, names);
  return 0;
}

}  // namespace
}  // namespace guichet

int main(int count, char** words) { return guichet::run(count, words); }
