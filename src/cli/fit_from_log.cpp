#include "fit_from_log.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <guichet/intake/logs/read_log.hpp>

#include "progress.hpp"

namespace guichet::cli {
namespace {

double seconds_between(Instant from, Instant to) { return static_cast<double>((to - from).count()) / 1000; }

/// What all cases of one log show; times in seconds.
struct TimesOfLog {
  std::vector<double> opened;  // since 1970
  std::vector<double> seller_reply, desk_answer, cycle_time, work;

  void add(const CaseHistory& history) {
    const auto& moments = history.moments;
    if (moments.empty()) return;
    opened.push_back(seconds_between(Instant{}, moments.front().at));
    cycle_time.push_back(seconds_between(moments.front().at, moments.back().at));
    Turn turn = Turn::nobody;
    Instant since;
    for (std::size_t i = 0; i < moments.size(); ++i) {
      if (i > 0) add_work(moments[i - 1], moments[i]);
      if (moments[i].turn == turn) continue;
      const double waited = seconds_between(since, moments[i].at);
      if (turn == Turn::seller) seller_reply.push_back(waited);
      if (turn == Turn::desk) desk_answer.push_back(waited);
      turn = moments[i].turn;
      since = moments[i].at;
    }
  }

  std::vector<double> of(std::string_view what) const {
    if (what == "seller_reply") return seller_reply;
    if (what == "desk_answer") return desk_answer;
    if (what == "cycle_time") return cycle_time;
    if (what == "work") return work;
    std::vector<double> arrivals = opened;
    std::ranges::sort(arrivals);
    if (what == "arrivals") return arrivals;
    for (std::size_t i = 0; i + 1 < arrivals.size(); ++i) arrivals[i] = arrivals[i + 1] - arrivals[i];
    if (!arrivals.empty()) arrivals.pop_back();
    return arrivals;
  }

 private:
  /// From one moment of a person to the next of the same person, while nobody else is waited for.
  void add_work(const Moment& from, const Moment& to) {
    const bool same = from.person != 0 && from.person == to.person && (from.flags & kMomentSystem) == 0;
    const bool waits = from.turn == Turn::seller || from.turn == Turn::third;
    if (same && !waits && from.party != Party::seller) work.push_back(seconds_between(from.at, to.at));
  }
};

Result<TimesOfLog> times_of(const std::string& log, const std::string& mapping) {
  TimesOfLog times;
  Vocabulary names;
  intake::Reading reading;
  if (!mapping.empty()) {
    GUICHET_TRY(given, intake::load_mapping(mapping));
    reading.mapping = std::move(given);
  }
  ProgressBar progress("reading");
  reading.on_progress = [&](std::uint64_t done, std::uint64_t total) { progress(done, total); };
  reading.on_case = [&](const CaseHistory& history) { times.add(history); };
  GUICHET_TRY(summary, intake::read_log(log, reading, names));
  static_cast<void>(summary);
  return times;
}

}  // namespace

rehearsal::FitFromLog fit_from_log() {
  using Key = std::pair<std::string, std::string>;
  const auto read = std::make_shared<std::map<Key, TimesOfLog>>();
  return
      [read](const std::string& log, const std::string& mapping, std::string_view of) -> Result<std::vector<double>> {
        const Key key{log, mapping};
        auto found = read->find(key);
        if (found == read->end()) {
          GUICHET_TRY(times, times_of(log, mapping));
          found = read->emplace(key, std::move(times)).first;
        }
        return found->second.of(of);
      };
}

}  // namespace guichet::cli
