// Chains of any bytes: a verdict with a reason, stations in order, and no pass without a key.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/mail/arc.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::intake::mail;
  const std::string_view raw{reinterpret_cast<const char*>(data), size};
  const ArcResult result = check_arc(raw, read_head(raw), {});
  GUICHET_CHECK(!result.reason.empty(), "every verdict has its reason");
  GUICHET_CHECK(result.verdict != ArcVerdict::pass, "nothing passes without a key");
  for (std::size_t i = 0; i < result.stations.size(); ++i)
    GUICHET_CHECK(result.stations[i].instance == i + 1, "stations stand in their order");
  return 0;
}
