// Bytes, gzip or not: reading in pieces of any size gives the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/formats/bytes.hpp>

namespace {

std::string drain(std::string_view bytes, std::size_t step, bool peek) {
  auto source = guichet::formats::ByteSource::of(bytes);
  if (peek && !source.peek(5)) return "error";
  std::string out;
  std::string room(step, '\0');
  while (out.size() < (std::size_t{1} << 20)) {
    const auto got = source.read(room);
    if (!got) return "error";
    if (*got == 0) break;
    out.append(room, 0, *got);
  }
  return out.substr(0, std::size_t{1} << 20);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::string whole = drain(bytes, 65536, false);
  GUICHET_CHECK(drain(bytes, 13, true) == whole, "pieces make the whole");
  return 0;
}
