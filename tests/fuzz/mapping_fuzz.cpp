// Mappings: read, or refused with a place; one that is read can be tried on a log.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/logs/read_log.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  auto mapping = intake::read_mapping({reinterpret_cast<const char*>(data), size}, "m.toml");
  if (!mapping) {
    GUICHET_CHECK(mapping.error().detail.starts_with("m.toml:"), "a fault has a place");
    return 0;
  }
  constexpr std::string_view kLog = "c,a,t,p\n1,x,2026-01-01,\"y\"\n1,z,2026-01-02T10:00,\n2,x,1349794217,y\n";
  intake::Reading reading;
  reading.mapping = std::move(*mapping);
  reading.on_case = [](const CaseHistory& history) {
    GUICHET_CHECK(!history.moments.empty(), "a case that is handed on has moments");
  };
  Vocabulary vocabulary;
  static_cast<void>(intake::read_log(formats::ByteSource::of(kLog), reading, vocabulary));
  return 0;
}
