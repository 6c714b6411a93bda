// Requests: how their bytes are cut on the way changes nothing, and what is read keeps its promises.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/base/random.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/request_reader.hpp>

namespace {

using guichet::desk::ReadLimits;
using guichet::desk::Request;
using guichet::desk::RequestReader;

constexpr ReadLimits kLimits{
    .header_bytes_max = 600, .target_bytes_max = 200, .headers_max = 20, .body_bytes_max = 300, .form_bytes_max = 3000};

void check(const Request& request) {
  GUICHET_CHECK(request.path.starts_with("/"), "a path begins with a slash");
  GUICHET_CHECK(guichet::utf8_valid_prefix(request.path) == request.path.size(), "a path is UTF-8");
  for (const char c : request.path)
    GUICHET_CHECK(static_cast<std::uint8_t>(c) >= 0x20, "a path holds no control signs");
  for (const std::string_view segment : {"/./", "/../"})
    GUICHET_CHECK((request.path + "/").find(segment) == std::string::npos, "a path does not climb");
  GUICHET_CHECK(request.body.size() <= kLimits.body_bytes_max, "a body keeps to its limit");
  GUICHET_CHECK(request.headers.size() <= kLimits.headers_max, "the number of headers too");
}

/// All that is read of `bytes`, fed in pieces of at most `piece_max`. Of several faults any may be found first.
std::string told(std::string_view bytes, std::uint32_t piece_max) {
  guichet::Random random(bytes.size());
  std::string out;
  RequestReader reader(kLimits);
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, piece_max == 0 ? bytes.size() : 1 + random.below(piece_max));
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      const std::size_t taken = reader.feed(piece);
      GUICHET_CHECK(taken <= piece.size(), "no more is taken than there is");
      GUICHET_CHECK(taken > 0 || reader.stage() >= RequestReader::Stage::complete, "feeding comes to an end");
      piece.remove_prefix(taken);
      if (reader.stage() == RequestReader::Stage::refused) return out + "refused";
      if (reader.stage() != RequestReader::Stage::complete) continue;
      const Request& request = reader.request();
      check(request);
      out += std::string(name(request.method)) + " " + request.path + "\n";
      for (const auto& [key, value] : request.headers) out.append(key).append(": ").append(value).append("\n");
      for (const auto& [key, value] : request.query) out.append(key).append("=").append(value).append("\n");
      for (const auto& [key, value] : request.cookies) out.append(key).append("=").append(value).append("\n");
      out.append(request.body).append(reader.keep_alive() ? "\nkept\n" : "\nclosed\n");
      reader.reset();
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::string whole = told(bytes, 0);
  for (const std::uint32_t piece_max : {1U, 5U, 100U})
    GUICHET_CHECK(told(bytes, piece_max) == whole, "how the bytes are cut does not matter");
  return 0;
}
