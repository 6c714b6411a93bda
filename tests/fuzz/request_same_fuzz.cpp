// Requests: what our reader accepts, Boost.Beast reads as the same method, headers and body, up to the same byte. Two
// programs in a row that disagree there could be made to answer one person with what belongs to another.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/desk/request_reader.hpp>

namespace {

namespace http = boost::beast::http;
using guichet::desk::NamedValues;
using guichet::desk::RequestReader;

void sort_by_name(NamedValues& values) {
  std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

/// Where we let pass what Beast does not: words behind the size of a chunk, and lists of connection options, which
/// both are read over.
bool is_known(const boost::beast::error_code& code) {
  return code == http::error::bad_chunk_extension || code == http::error::bad_value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  // Empty lines before a request are skipped by us and refused by Beast.
  while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  RequestReader ours({});
  const std::size_t taken = ours.feed(bytes);
  if (ours.stage() != RequestReader::Stage::complete) return 0;

  http::request_parser<http::string_body> theirs;
  theirs.header_limit(1U << 20U);
  boost::beast::error_code code;
  std::size_t read = theirs.put(boost::asio::buffer(bytes.data(), bytes.size()), code);
  if (is_known(code)) return 0;
  GUICHET_CHECK(!code && theirs.is_header_done(), "what we read, Beast reads");
  NamedValues headers;
  for (const auto& field : theirs.get()) {
    std::string key(field.name_string());
    for (char& c : key)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    headers.emplace_back(std::move(key), std::string(field.value()));
  }
  theirs.eager(true);
  while (!theirs.is_done() && read < bytes.size()) {
    const std::size_t more = theirs.put(boost::asio::buffer(bytes.data() + read, bytes.size() - read), code);
    if (is_known(code)) return 0;
    GUICHET_CHECK(!code, "what we read, Beast reads to its end");
    read += more;
  }
  GUICHET_CHECK(theirs.is_done() && read == taken, "both end at the same byte");
  NamedValues expected = ours.request().headers;
  sort_by_name(expected);
  sort_by_name(headers);
  GUICHET_CHECK(headers == expected, "both see the same headers");
  GUICHET_CHECK(theirs.get().body() == ours.request().body, "both see the same body");
  const auto method = theirs.get().method_string();
  GUICHET_CHECK(std::string_view(method.data(), method.size()) == name(ours.request().method), "both see one method");
  GUICHET_CHECK(theirs.keep_alive() || !ours.keep_alive(), "we keep no connection that Beast would close");
  return 0;
}
