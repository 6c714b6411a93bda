// The words of HTTP as text: targets, cookies, dates, heads of responses, events of a stream. Knows no sockets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/desk/http.hpp>

namespace guichet::desk {

/// "Not Found"; "Status" for a number without a name.
std::string_view reason(int status);

/// Methods are spelled in capitals; Method::other for any other word.
Method method_from(std::string_view word);

/// Letters, digits and the fifteen signs that RFC 9110 section 5.6.2 allows in a name; not empty.
bool is_token(std::string_view text);
bool same_letters(std::string_view text, std::string_view lower_case);
std::string_view trimmed_blanks(std::string_view text);

/// In small letters, those of A to Z alone.
std::string lowered(std::string_view text);

/// A header's value and its parameters: form-data; name="a"; filename*=UTF-8''b
struct HeaderValue {
  std::string value;   // in lower case
  NamedValues others;  // names in lower case, quotes removed
};
HeaderValue header_value(std::string_view text);

struct Target {
  std::string path;
  NamedValues query;
};
/// Of "/a%20b?c=d" or "http://host/a". The path is decoded once. Nothing when it is malformed, holds "." or ".."
/// segments, an encoded slash, a control sign or what is not UTF-8.
std::optional<Target> parse_target(std::string_view text);

/// "a=1&b=%20" and forms of the same shape, at most `count_max` values; the rest is not looked at.
NamedValues parse_query(std::string_view text, std::size_t count_max = 1000);

/// Appends what a Cookie header holds; parts without a name are left out.
void parse_cookies(std::string_view header, NamedValues& cookies);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(Instant instant);

/// How the head of a response says where it ends and what comes after it.
struct Framing {
  std::optional<std::uint64_t> length;  // absent: no body, or `chunked`
  bool chunked{};
  bool keep_alive{};
  bool http_1_0{};
};
/// Control signs in names and values become spaces, so that no value can begin a header of its own.
void append_head(std::string& out, const Response& response, const Framing& framing, std::string_view date);

/// One event of a stream, its data cut into lines.
std::string event_text(std::string_view event, std::string_view data);
/// `text` as one chunk of a chunked body.
std::string chunk_text(std::string_view text);

/// An address of IPv4 or IPv6 as sixteen bytes; IPv4 is mapped as in RFC 4291 section 2.5.5.2.
using AddressBytes = std::array<std::uint8_t, 16>;
std::optional<AddressBytes> parse_address(std::string_view text);
/// The shortest spelling; mapped IPv4 with dots.
std::string print_address(const AddressBytes& address);

/// Addresses and networks, "10.1.2.3", "10.0.0.0/8", "::1".
class Networks {
 public:
  static Result<Networks> of(const std::vector<std::string>& texts);
  bool hold(const AddressBytes& address) const;
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    AddressBytes address{};
    unsigned bits{};
  };
  std::vector<Network> networks_;
};

/// What a trusted proxy says of who asks: the last address of X-Forwarded-For that is not itself trusted becomes the
/// peer, X-Forwarded-Proto says whether it came by TLS. Does nothing when `from` is not trusted.
void believe_proxy(Request& request, const AddressBytes& from, const Networks& trusted);

}  // namespace guichet::desk
