#include <guichet/desk/http_text.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <guichet/base/utf8.hpp>
#include <guichet/desk/fields.hpp>

namespace guichet::desk {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{{Method::get, "GET"},
                                                                       {Method::head, "HEAD"},
                                                                       {Method::post, "POST"},
                                                                       {Method::put, "PUT"},
                                                                       {Method::patch, "PATCH"},
                                                                       {Method::del, "DELETE"},
                                                                       {Method::options, "OPTIONS"}}};

constexpr std::array<bool, 256> token_signs() {
  std::array<bool, 256> table{};
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = true;
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[static_cast<std::uint8_t>(c)] = true;
  return table;
}
constexpr auto kTokenSigns = token_signs();

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr bool is_control(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

/// The byte behind "%41", or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Nothing when it cannot be meant: see parse_target.
std::optional<std::string> decoded_path(std::string_view text) {
  std::string path;
  path.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int byte = escaped_byte(text, i);
      if (byte < 0) return {};
      c = static_cast<char>(byte);
      i += 2;
      if (c == '/') return {};
    } else if (static_cast<std::uint8_t>(c) >= 0x80) {
      return {};
    }
    // To some programs a backslash is a slash.
    if (is_control(c) || c == '\\') return {};
    path += c;
  }
  if (utf8_valid_prefix(path) != path.size()) return {};
  for (std::size_t from = 1; from <= path.size();) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    const std::string_view segment = std::string_view(path).substr(from, to - from);
    if (segment == "." || segment == "..") return {};
    from = to + 1;
  }
  return path;
}

void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) out += is_control(c) ? ' ' : c;
}

void append_number(std::string& out, std::uint64_t value, int base = 10) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), end);
}

void append_two(std::string& out, unsigned value) {
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

/// Of length, type and connection, which the server writes itself.
bool is_ours(std::string_view header) {
  return same_letters(header, "content-length") || same_letters(header, "connection") ||
         same_letters(header, "transfer-encoding") || same_letters(header, "date") ||
         same_letters(header, "content-type");
}

}  // namespace

std::string_view name(Method method) {
  for (const auto& [known, word] : kMethods)
    if (known == method) return word;
  return "OTHER";
}

Method method_from(std::string_view word) {
  for (const auto& [known, spelled] : kMethods)
    if (spelled == word) return known;
  return Method::other;
}

const std::string* find(const NamedValues& values, std::string_view name) {
  for (const auto& [key, value] : values)
    if (key == name) return &value;
  return nullptr;
}

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return kTokenSigns[static_cast<std::uint8_t>(c)]; });
}

bool same_letters(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string url_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      const int byte = escaped_byte(text, i);
      if (byte >= 0) {
        c = static_cast<char>(byte);
        i += 2;
      }
    }
    out += c;
  }
  return utf8_valid_prefix(out) == out.size() ? out : utf8_repair(out);
}

std::string url_encoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool plain =
        (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

HeaderValue header_value(std::string_view text) {
  HeaderValue out;
  const std::size_t end = std::min(text.find(';'), text.size());
  out.value = lowered(trimmed_blanks(text.substr(0, end)));
  text.remove_prefix(end);
  while (!text.empty() && out.others.size() < 16) {
    text.remove_prefix(1);  // the semicolon
    const std::size_t stop = std::min(text.find_first_of("=;"), text.size());
    const std::string key = lowered(trimmed_blanks(text.substr(0, stop)));
    text.remove_prefix(stop);
    std::string value;
    if (!text.empty() && text.front() == '=') {
      text.remove_prefix(1);
      const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
      text.remove_prefix(first);
      if (!text.empty() && text.front() == '"') {
        std::size_t i = 1;
        for (; i < text.size() && text[i] != '"'; ++i) {
          // Only a quote is ever escaped: old browsers send the backslashes of a path as they are.
          if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
          value += text[i];
        }
        text.remove_prefix(std::min(i + 1, text.size()));
        text.remove_prefix(std::min(text.find(';'), text.size()));
      } else {
        const std::size_t over = std::min(text.find(';'), text.size());
        value = trimmed_blanks(text.substr(0, over));
        text.remove_prefix(over);
      }
    }
    if (!key.empty()) out.others.emplace_back(key, std::move(value));
  }
  return out;
}

std::optional<Target> parse_target(std::string_view text) {
  for (const char c : text)
    if (is_control(c) || c == ' ' || c == '#' || static_cast<std::uint8_t>(c) >= 0x80) return {};
  if (text.starts_with("http://") || text.starts_with("https://")) {
    text.remove_prefix(text.find("//") + 2);
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    if (end == 0) return {};
    text.remove_prefix(end);
    if (text.empty()) return Target{"/", {}};
    if (text.front() == '?') return Target{"/", parse_query(text.substr(1))};
  }
  if (text.empty() || text.front() != '/') return {};
  const std::size_t mark = std::min(text.find('?'), text.size());
  auto path = decoded_path(text.substr(0, mark));
  if (!path) return {};
  Target target{std::move(*path), {}};
  if (mark < text.size()) target.query = parse_query(text.substr(mark + 1));
  return target;
}

NamedValues parse_query(std::string_view text, std::size_t count_max) {
  NamedValues values;
  while (!text.empty() && values.size() < count_max) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    values.emplace_back(url_decoded(pair.substr(0, equals)),
                        equals < pair.size() ? url_decoded(pair.substr(equals + 1)) : std::string());
  }
  return values;
}

void parse_cookies(std::string_view header, NamedValues& cookies) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trimmed_blanks(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = trimmed_blanks(pair.substr(0, equals));
    std::string_view value = trimmed_blanks(pair.substr(equals + 1));
    if (!is_token(key)) continue;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    cookies.emplace_back(key, value);
  }
}

std::string http_date(Instant instant) {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<unsigned>((seconds - day).count());
  std::string out(kDays[std::chrono::weekday{day}.c_encoding()]);
  out += ", ";
  append_two(out, static_cast<unsigned>(date.day()));
  out += ' ';
  out += kMonths[static_cast<unsigned>(date.month()) - 1];
  out += ' ';
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  append_two(out, year / 100);
  append_two(out, year % 100);
  out += ' ';
  append_two(out, of_day / 3600);
  out += ':';
  append_two(out, of_day / 60 % 60);
  out += ':';
  append_two(out, of_day % 60);
  out += " GMT";
  return out;
}

void append_head(std::string& out, const Response& response, const Framing& framing, std::string_view date) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += reason(response.status);
  out += "\r\nDate: ";
  out += date;
  if ((framing.length || framing.chunked || response.stream) && !response.content_type.empty()) {
    out += "\r\nContent-Type: ";
    append_clean(out, response.content_type);
  }
  if (framing.length) {
    out += "\r\nContent-Length: ";
    append_number(out, *framing.length);
  } else if (framing.chunked) {
    out += "\r\nTransfer-Encoding: chunked";
  }
  if (!framing.keep_alive)
    out += "\r\nConnection: close";
  else if (framing.http_1_0)
    out += "\r\nConnection: keep-alive";
  for (const auto& [key, value] : response.headers) {
    if (!is_token(key) || is_ours(key)) continue;
    out += "\r\n";
    out += key;
    out += ": ";
    append_clean(out, value);
  }
  out += "\r\n\r\n";
}

std::string event_text(std::string_view event, std::string_view data) {
  std::string out = "event: ";
  out.reserve(event.size() + data.size() + 24);
  append_clean(out, event);
  out += '\n';
  for (;;) {
    const std::size_t end = std::min(data.find_first_of("\r\n"), data.size());
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == data.size()) break;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out += '\n';
  return out;
}

std::string chunk_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 12);
  append_number(out, text.size(), 16);
  out += "\r\n";
  out += text;
  out += "\r\n";
  return out;
}

std::optional<AddressBytes> parse_address(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::array<char, INET6_ADDRSTRLEN> zero_ended{};
  if (text.empty() || text.size() >= zero_ended.size() || text.find('\0') != std::string_view::npos) return {};
  std::copy(text.begin(), text.end(), zero_ended.begin());
  AddressBytes bytes{};
  if (inet_pton(AF_INET, zero_ended.data(), bytes.data() + 12) == 1) {
    bytes[10] = bytes[11] = 0xFF;
    return bytes;
  }
  if (inet_pton(AF_INET6, zero_ended.data(), bytes.data()) == 1) return bytes;
  return {};
}

std::string print_address(const AddressBytes& address) {
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool four = std::equal(kMapped.begin(), kMapped.end(), address.begin());
  inet_ntop(four ? AF_INET : AF_INET6, address.data() + (four ? 12 : 0), text.data(), text.size());
  return text.data();
}

Result<Networks> Networks::of(const std::vector<std::string>& texts) {
  Networks networks;
  for (const std::string& text : texts) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view host = std::string_view(text).substr(0, slash);
    const auto address = parse_address(host);
    const unsigned whole = host.find(':') == std::string_view::npos ? 32 : 128;
    unsigned bits = whole;
    bool good = address.has_value();
    if (good && slash < text.size()) {
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, bits);
      good = read.ec == std::errc{} && read.ptr == end && bits <= whole;
    }
    if (!good)
      return Error{Fault::usage, "\"" + text + "\" is neither an address nor a network; write it like 10.1.2.3, " +
                                     "10.0.0.0/8 or fd00::/8"};
    networks.networks_.push_back({*address, bits + (128 - whole)});
  }
  return networks;
}

bool Networks::hold(const AddressBytes& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const std::size_t bytes = network.bits / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(bytes), network.address.begin()))
      return false;
    const unsigned rest = network.bits % 8;
    return rest == 0 || (address[bytes] >> (8 - rest)) == (network.address[bytes] >> (8 - rest));
  });
}

void believe_proxy(Request& request, const AddressBytes& from, const Networks& trusted) {
  if (!trusted.hold(from)) return;
  std::vector<std::string_view> hops;
  for (const auto& [key, value] : request.headers) {
    if (key == "x-forwarded-proto") request.secure = same_letters(value, "https");
    if (key != "x-forwarded-for") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      hops.push_back(trimmed_blanks(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  // From the right: each proxy appends who it heard; the first that is not a proxy of ours is who asks.
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = parse_address(*hop);
    if (!address) break;
    request.peer = print_address(*address);
    if (!trusted.hold(*address)) break;
  }
}

}  // namespace guichet::desk
