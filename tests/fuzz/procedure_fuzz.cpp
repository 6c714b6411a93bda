// The procedure reader against foreign bytes: it reads them or says where they are wrong, and what it reads
// can be printed and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/rulebook/print.hpp>
#include <guichet/rulebook/read.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::rulebook;
  const auto file = read_procedure({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!file) {
    GUICHET_CHECK(file.error().detail.starts_with("fuzz.toml:"), "every fault has a place");
    return 0;
  }
  const std::string printed = print_procedure(*file);
  const auto again = read_procedure(printed, "printed.toml");
  GUICHET_CHECK(again, "what is printed can be read");
  GUICHET_CHECK(again->procedure == file->procedure, "what is printed reads the same");
  GUICHET_CHECK(print_procedure(*again) == printed, "there is one canonical form");
  return 0;
}
