// Any bytes as a log: what is proposed for them can be read as a mapping, and used.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/logs/propose.hpp>
#include <guichet/intake/logs/read_log.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto sample = intake::take_sample(formats::ByteSource::of(bytes));
  if (!sample) return 0;
  const auto text = intake::propose_mapping(*sample);
  if (!text) return 0;
  auto mapping = intake::read_mapping(*text, "proposed");
  GUICHET_CHECK(static_cast<bool>(mapping), "what is proposed is a mapping");
  intake::Reading reading;
  reading.mapping = std::move(*mapping);
  std::uint64_t events = 0;
  reading.on_case = [&](const CaseHistory& history) { events += history.moments.size(); };
  Vocabulary vocabulary;
  const auto summary = intake::read_log(formats::ByteSource::of(bytes), reading, vocabulary);
  GUICHET_CHECK(!summary || summary->events == events, "what is handed on is what is counted");
  return 0;
}
