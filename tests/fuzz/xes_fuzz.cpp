// XES: each document is read or refused; what is handed on is in time order and is what is counted.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/intake/logs/xes_log.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  static const auto mapping = intake::read_mapping(
      "[columns]\ncase = 'trace:concept:name'\nactivity = 'concept:name'\ntime = 'time:timestamp'\nperson = "
      "'org:resource'\n"
      "amount = 'trace:stake'\n[reopened]\nafter = {activity = 'a'}\nthen = {activity_not = 'a'}\n",
      "m.toml");
  intake::Reading reading;
  std::uint64_t events = 0;
  reading.on_case = [&](const CaseHistory& history) {
    events += history.moments.size();
    GUICHET_CHECK(std::is_sorted(history.moments.begin(), history.moments.end(),
                                 [](const Moment& a, const Moment& b) { return a.at < b.at; }),
                  "moments are in time order");
  };
  Vocabulary vocabulary;
  const auto summary = intake::read_xes_log(formats::ByteSource::of({reinterpret_cast<const char*>(data), size}),
                                            *mapping, reading, vocabulary);
  GUICHET_CHECK(!summary || summary->events == events, "what is handed on is what is counted");
  return 0;
}
