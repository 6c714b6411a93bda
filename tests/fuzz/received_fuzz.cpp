// The way of any mail: as many stations as were read, sentences that are UTF-8, and no sum of times that overflows.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/intake/mail/arrival.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::intake::mail;
  const std::string_view raw{reinterpret_cast<const char*>(data), size};
  const Message message = read_message(raw);
  const Way way = way_of(message);
  GUICHET_CHECK(way.stations.size() == message.received.size(), "a station for each field");
  GUICHET_CHECK(way.backwards_longest >= Duration{}, "a step back is a length");
  for (const auto& [key, value] : arrival_lines(arrival_of(raw, message, {})))
    GUICHET_CHECK(!key.empty() && utf8_valid_prefix(value) == value.size(), "lines are UTF-8");
  static_cast<void>(is_private_address(raw));
  return 0;
}
