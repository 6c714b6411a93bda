// Times: the first line is a format, the second a text; what is read lies within the years that exist.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/logs/time_format.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::size_t line = bytes.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view text = bytes.substr(line + 1);
  static_cast<void>(intake::fitting_formats({std::string(text)}));
  auto reader = intake::TimeReader::make({std::string(bytes.substr(0, line))}, "Europe/Paris");
  if (!reader) return 0;
  if (const auto at = reader->read(text)) {
    constexpr std::int64_t kTenThousandYears = 320'000'000'000'000;
    GUICHET_CHECK(at->time_since_epoch().count() < kTenThousandYears, "times end with the year 9999");
    GUICHET_CHECK(at->time_since_epoch().count() > -kTenThousandYears, "times begin with the year 1");
  }
  return 0;
}
