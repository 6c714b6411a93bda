// XML: our scanner and expat alone tell the same elements with the same values at the same lines, and refuse the same
// documents, with the same words when a block holds all.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/formats/xml.hpp>

namespace {

using namespace guichet;
using namespace guichet::formats;

constexpr std::size_t kWhole = 8192;  // longer than the documents that the engine makes

/// All that a document tells, with lines, and its error.
struct Told {
  std::string elements, error;
};

Told tell(std::string_view text, XmlLimits limits) {
  std::string out;
  XmlReader* reading = nullptr;
  XmlHandlers handlers;
  const auto note = [&](std::string_view sign, std::string_view what) {
    out.append(sign).append(what).append("@").append(std::to_string(reading->line())).append("\n");
  };
  handlers.start = [&](std::string_view name, const XmlAttributes& attributes) -> std::string {
    note("<", name);
    for (const auto& [key, value] : attributes) out.append(key).append("=").append(value).append("\n");
    return name == "stop" ? "a start stops" : "";
  };
  handlers.end = [&](std::string_view name) -> std::string {
    note("/", name);
    return name == "halt" ? "an end stops" : "";
  };
  XmlReader reader(handlers, limits);
  reading = &reader;
  ByteSource source = ByteSource::of(text);
  const Outcome outcome = reader.read(source);
  return {out, outcome ? "" : outcome.error().detail};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (text.starts_with("\x1F\x8B")) return 0;  // gzip has a target of its own
  const Told expected = tell(text, {.depth_max = 8, .block_bytes = kWhole, .scans = false});
  for (const std::size_t block : {std::size_t{16}, std::size_t{61}, kWhole}) {
    const Told got = tell(text, {.depth_max = 8, .block_bytes = block});
    // Which of two faults in one stretch of text expat names depends on where its pieces end.
    const bool same = got.elements == expected.elements && got.error.empty() == expected.error.empty() &&
                      (block < text.size() || got.error == expected.error);
    if (!same)
      std::fprintf(stderr, "blocks of %zu:\n%s%s\nexpat:\n%s%s\n", block, got.elements.c_str(), got.error.c_str(),
                   expected.elements.c_str(), expected.error.c_str());
    GUICHET_CHECK(same, "the scanner and expat tell the same");
  }
  return 0;
}
