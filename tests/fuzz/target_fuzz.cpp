// Targets, cookies, addresses: what is read is clean, and reads the same when it is written again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/fields.hpp>
#include <guichet/desk/http_text.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::desk;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto target = parse_target(text)) {
    std::string again;
    for (const char c : target->path) again += c == '/' ? "/" : url_encoded({&c, 1});
    for (std::size_t i = 0; i < target->query.size(); ++i)
      again += (i == 0 ? "?" : "&") + url_encoded(target->query[i].first) + "=" + url_encoded(target->query[i].second);
    const auto second = parse_target(again);
    GUICHET_CHECK(second && second->path == target->path && second->query == target->query,
                  "written, it reads the same");
    for (const auto& [key, value] : target->query)
      GUICHET_CHECK(guichet::utf8_valid_prefix(key + value) == key.size() + value.size(), "a query is UTF-8");
  }
  NamedValues cookies;
  parse_cookies(text, cookies);
  for (const auto& [key, value] : cookies)
    GUICHET_CHECK(is_token(key) && value.find(';') == std::string::npos, "cookies are names and values");
  if (const auto address = parse_address(text))
    GUICHET_CHECK(parse_address(print_address(*address)) == address, "an address is printed as itself");
  const auto networks = Networks::of({std::string(text)});
  GUICHET_CHECK(!networks || networks->hold(AddressBytes{}) || !networks->hold(AddressBytes{}), "networks are read");
  Response response;
  response.headers = {{std::string(text), std::string(text)}, {"x", std::string(text)}};
  std::string head;
  append_head(head, response, {.length = 0, .chunked = false, .keep_alive = true, .http_1_0 = false}, "D");
  GUICHET_CHECK(head.find("\r\n\r\n") == head.size() - 4, "a head has one end");
  const std::string event = event_text(text, text);
  GUICHET_CHECK(event.find("\n\n") == event.size() - 2, "an event has one end");
  return 0;
}
