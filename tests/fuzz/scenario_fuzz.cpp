// The scenario reader against foreign bytes: it reads them or says where they are wrong, and what it reads can be
// printed and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/rehearsal/print_scenario.hpp>
#include <guichet/rehearsal/read_scenario.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::rehearsal;
  const auto scenario = read_scenario({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!scenario) {
    GUICHET_CHECK(scenario.error().detail.starts_with("fuzz.toml:"), "every fault has a place");
    return 0;
  }
  const std::string printed = print_scenario(*scenario);
  if (scenario->course) return 0;  // told by four digits, which may be too few for numbers that no log gives
  const auto again = read_scenario(printed, "printed.toml");
  GUICHET_CHECK(again, "what is printed can be read");
  GUICHET_CHECK(again->run == scenario->run, "what is printed runs the same");
  GUICHET_CHECK(again->sellers.reply.kind() == scenario->sellers.reply.kind(), "a law stays what it is");
  GUICHET_CHECK(again->teams.size() == scenario->teams.size(), "nobody is lost in print");
  return 0;
}
