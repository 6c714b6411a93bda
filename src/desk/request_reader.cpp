#include <guichet/desk/request_reader.hpp>

#include <algorithm>
#include <charconv>

#include <guichet/base/check.hpp>
#include <guichet/desk/http_text.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kKeptBytes = 4096;                       // of memory from one request to the next
constexpr std::size_t kChunkLineBytesMax = 1024;               // a size and its extensions
constexpr std::uint64_t kSiftedBytesMax = 4ULL * 1024 * 1024;  // of the words of a form whose files are left out
constexpr std::size_t kLeadingBytesMax = 8;                    // empty lines before a request (RFC 9112 section 2.2)

constexpr std::string_view kNoRoom = "too many large requests come at once; send it again in a moment";

bool is_control(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; }
bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

/// Behind `from` some line ends without a carriage return, or a zero byte is there: no head of ours to come.
bool is_hopeless(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('\n', from); at != std::string_view::npos; at = text.find('\n', at + 1))
    if (at == 0 || text[at - 1] != '\r') return true;
  return text.find('\0', from) != std::string_view::npos;
}

bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-._~:[]%"}.find(c) != std::string_view::npos;
  });
}

/// What may follow the size of a chunk: nothing, or ";name=value" in plain signs. Nobody sends quoted ones but who
/// wants two programs to see different ends of the line.
bool is_extension(std::string_view text) {
  return text.empty() || (text.front() == ';' && std::all_of(text.begin(), text.end(), [](char c) {
                            return c == ';' || c == '=' || is_token({&c, 1});
                          }));
}

/// What may not stand in a trailer, because it came too late (RFC 9110 section 6.5.1).
bool frames(std::string_view header) {
  return same_letters(header, "content-length") || same_letters(header, "transfer-encoding") ||
         same_letters(header, "host") || same_letters(header, "connection");
}

}  // namespace

bool RequestReader::take_expectation() { return std::exchange(expects_continue_, false); }

void RequestReader::refuse(int status, std::string_view why) {
  status_ = status;
  why_ = why;
  stage_ = Stage::refused;
}

void RequestReader::reset() {
  request_.path.clear();
  request_.query.clear();
  request_.headers.clear();
  request_.cookies.clear();
  request_.peer.clear();
  request_.body.clear();
  if (request_.body.capacity() > kKeptBytes) request_.body = std::string();
  if (partial_.capacity() > kKeptBytes) partial_ = std::string();
  partial_.clear();
  request_.secure = false;
  request_.number = 0;
  request_.files_left_out = false;
  sieve_.reset();
  leave_room();
  stage_ = Stage::head;
  chunk_ = Chunk::size;
  due_ = trailer_bytes_ = 0;
  status_ = 0;
  why_ = {};
  started_ = chunked_ = http_1_0_ = expects_continue_ = said_close_ = said_keep_alive_ = asked_ = false;
  keep_alive_ = true;
}

std::size_t RequestReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const std::string_view rest = bytes.substr(taken);
    switch (stage_) {
      case Stage::head: taken += feed_head(rest); break;
      case Stage::body: taken += chunked_ ? feed_chunks(rest) : feed_body(rest); break;
      case Stage::complete:
      case Stage::refused: return taken;
    }
  }
  return taken;
}

std::size_t RequestReader::feed_head(std::string_view bytes) {
  const std::size_t before = partial_.size();
  // A head that is there as a whole is read where it lies.
  const std::size_t room = limits_.header_bytes_max + kLeadingBytesMax + 4 - before;
  if (before > 0) partial_.append(bytes.substr(0, room));
  const std::string_view text = before > 0 ? std::string_view(partial_) : bytes;

  std::size_t start = 0;
  while (text.substr(start).starts_with("\r\n") && start < kLeadingBytesMax) start += 2;
  if (start < text.size() && text.substr(start) != "\r") {
    started_ = true;
    if (!is_token(text.substr(start, 1))) {
      refuse(400, "the request does not begin with a method");
      return bytes.size();
    }
  }
  const std::size_t end = text.find("\r\n\r\n", std::max(start, before > 3 ? before - 3 : 0));
  if (end != std::string_view::npos && end + 4 - start <= limits_.header_bytes_max) {
    const std::size_t taken = end + 4 - before;
    read_head(text.substr(start, end + 2 - start));
    partial_.clear();
    return taken;
  }
  const std::string_view line = text.substr(start, text.find("\r\n", start) - start);
  if (line.size() > limits_.target_bytes_max + 32 || text.size() - start > limits_.header_bytes_max ||
      is_hopeless(text, before))
    glean(text.substr(start));
  if (line.size() > limits_.target_bytes_max + 32) {
    refuse(414, "the target of the request is too long");
  } else if (text.size() - start > limits_.header_bytes_max) {
    refuse(431, "the head of the request is too long");
  } else if (is_hopeless(text, before)) {
    refuse(400, "a line of the request does not end with carriage return and line feed");
  } else if (before == 0) {
    partial_.assign(bytes);
  }
  return bytes.size();
}

void RequestReader::read_head(std::string_view head) {
  std::size_t end = head.find("\r\n");
  if (!read_request_line(head.substr(0, end))) return glean(head);
  head.remove_prefix(end + 2);
  while (!head.empty()) {
    end = head.find("\r\n");
    if (request_.headers.size() == limits_.headers_max) return refuse(431, "the request has too many headers");
    if (!read_header(head.substr(0, end))) return glean(head);
    head.remove_prefix(end + 2);
  }
  for (const auto& [key, value] : request_.headers)
    if (key == "cookie") parse_cookies(value, request_.cookies);
  if (!frame()) return;
  stage_ = chunked_ || due_ > 0 ? Stage::body : Stage::complete;
  if (stage_ == Stage::complete) expects_continue_ = false;
}

/// Of a head that is refused: what says how the refusal is worded, as far as it has come.
void RequestReader::glean(std::string_view head) {
  constexpr std::size_t kPathBytes = 200;
  const std::size_t space = head.find(' ');
  if (request_.path.empty() && space < 20 && head.substr(space + 1).starts_with("/")) {
    const std::string_view target = head.substr(space + 1, kPathBytes);
    request_.path = target.substr(0, target.find_first_of(" ?#\r\n"));
  }
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    const std::string_view line = head.substr(at + 1, head.find_first_of("\r\n", at + 1) - at - 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view value = trimmed_blanks(line.substr(colon + 1));
    if (has_controls(value)) continue;
    if (same_letters(line.substr(0, colon), "accept-language"))
      request_.headers.emplace_back("accept-language", value);
    else if (same_letters(line.substr(0, colon), "cookie"))
      parse_cookies(value, request_.cookies);
  }
}

bool RequestReader::read_request_line(std::string_view line) {
  const auto no = [&](int status, std::string_view why) {
    refuse(status, why);
    return false;
  };
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (has_controls(line) || first == std::string_view::npos || first == last)
    return no(400, "the first line of the request is not METHOD TARGET VERSION");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) return no(400, "the request does not begin with a method");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = version.size() == 8 && version.starts_with("HTTP/");
    return other ? no(505, "this server speaks HTTP/1.1") : no(400, "the request names no version of HTTP");
  }
  http_1_0_ = version.back() == '0';
  if (target.size() > limits_.target_bytes_max) return no(414, "the target of the request is too long");
  request_.method = method_from(method);
  if (request_.method == Method::other) return no(501, "the method of the request is not known here");
  auto parsed = parse_target(target);
  if (!parsed) return no(400, "the target of the request cannot be read");
  request_.path = std::move(parsed->path);
  request_.query = std::move(parsed->query);
  return true;
}

bool RequestReader::read_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  // A line that begins with a blank was once the rest of the one before; two programs may read it differently.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    refuse(400, "a header of the request has no name");
    return false;
  }
  const std::string_view value = trimmed_blanks(line.substr(colon + 1));
  if (has_controls(value)) {
    refuse(400, "a header of the request holds a control sign");
    return false;
  }
  auto& [key, kept] = request_.headers.emplace_back(line.substr(0, colon), value);
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return true;
}

/// Finds where the body ends, and what the other side wants with the connection.
bool RequestReader::frame() {
  const auto no = [&](int status, std::string_view why) {
    refuse(status, why);
    return false;
  };
  const std::string* host = nullptr;
  const std::string* length = nullptr;
  const std::string* coding = nullptr;
  for (const auto& [key, value] : request_.headers) {
    const std::string** once = key == "host"                ? &host
                               : key == "content-length"    ? &length
                               : key == "transfer-encoding" ? &coding
                                                            : nullptr;
    if (once != nullptr) {
      if (*once != nullptr) return no(400, "a header that may stand once stands twice");
      *once = &value;
    } else if (key == "connection") {
      std::string_view rest = value;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view word = trimmed_blanks(rest.substr(0, end));
        said_close_ |= same_letters(word, "close");
        said_keep_alive_ |= same_letters(word, "keep-alive");
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    } else if (key == "expect") {
      if (!same_letters(value, "100-continue")) return no(417, "the request expects what this server does not know");
      expects_continue_ = !http_1_0_;
    }
  }
  body_max_ = limits_.body_bytes_max;
  keep_alive_ = !said_close_ && (!http_1_0_ || said_keep_alive_);
  if (host == nullptr ? !http_1_0_ : !is_host(*host)) return no(400, "the request names no host");
  if (coding != nullptr) {
    if (length != nullptr) return no(400, "the request states its length and that it comes in chunks");
    if (http_1_0_) return no(400, "HTTP/1.0 has no chunks");
    if (!same_letters(*coding, "chunked")) return no(501, "the body has a transfer coding that is not known here");
    chunked_ = true;
    return true;
  }
  if (length == nullptr) return true;
  const char* const end = length->data() + length->size();
  const bool digits =
      !length->empty() && std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return no(400, "the length of the body is no number");
  const auto read = std::from_chars(length->data(), end, due_);
  if (read.ec == std::errc{} && due_ > kSmallBody) ask_for_room();
  // A stranger's form is not read on for as long.
  const bool stranger = body_max_ < limits_.body_bytes_max;
  const std::uint64_t form_max =
      stranger ? std::min(limits_.form_bytes_max, limits_.body_bytes_max) : limits_.form_bytes_max;
  if (read.ec == std::errc{} && due_ > body_max_ && due_ <= form_max) sieve_ = FormSieve::of(request_);
  request_.files_left_out = sieve_.has_value();
  if (read.ec != std::errc{} || (due_ > body_max_ && !sieve_)) return no(413, "the body of the request is too long");
  if (!find_room(sieve_ ? std::min({due_, body_max_, kSiftedBytesMax}) : due_)) return no(503, kNoRoom);
  // What is announced may never come: memory follows what has.
  request_.body.reserve(std::min<std::uint64_t>(due_, 64 * 1024));
  return true;
}

void RequestReader::ask_for_room() {
  if (asked_ || limits_.room == nullptr) return;
  asked_ = true;
  body_max_ = std::min(body_max_, limits_.room->bytes_max(request_));
}

/// For the whole body as far as its length is known.
bool RequestReader::find_room(std::uint64_t bytes) {
  if (limits_.room == nullptr || bytes <= std::max(room_, kSmallBody)) return true;
  if (!limits_.room->take(bytes - room_)) return false;
  room_ = bytes;
  return true;
}

void RequestReader::leave_room() {
  if (room_ > 0) limits_.room->give_back(room_);
  room_ = 0;
}

std::size_t RequestReader::feed_body(std::string_view bytes) {
  const std::string_view part = bytes.substr(0, due_);
  due_ -= part.size();
  if (due_ == 0) stage_ = Stage::complete;
  if (sieve_)
    sift(part);
  else
    request_.body += part;
  return part.size();
}

/// Keeps the words of a form, as far as words go.
void RequestReader::sift(std::string_view bytes) {
  if (!sieve_->feed(bytes, request_.body)) return refuse(400, "the form cannot be read");
  if (request_.body.size() > std::min(body_max_, kSiftedBytesMax)) refuse(413, "the body of the request is too long");
}

/// Collects a line in `partial_`, without its end; `whole` says that it has come.
std::size_t RequestReader::feed_line(std::string_view bytes, std::size_t bytes_max, bool& whole) {
  const std::size_t end = bytes.find('\n');
  const std::size_t taken = end == std::string_view::npos ? bytes.size() : end + 1;
  if (partial_.size() + taken > bytes_max) {
    refuse(400, "a line between the chunks of the body is too long");
    return taken;
  }
  partial_ += bytes.substr(0, taken);
  whole = end != std::string_view::npos;
  if (!whole) return taken;
  if (!partial_.ends_with("\r\n")) {
    refuse(400, "a line between the chunks of the body does not end with carriage return and line feed");
    return taken;
  }
  partial_.resize(partial_.size() - 2);
  if (has_controls(partial_)) refuse(400, "a line between the chunks of the body holds a control sign");
  return taken;
}

std::size_t RequestReader::feed_chunks(std::string_view bytes) {
  if (chunk_ == Chunk::data) {
    const std::string_view part = bytes.substr(0, due_);
    request_.body += part;
    due_ -= part.size();
    if (due_ == 0) chunk_ = Chunk::end;
    return part.size();
  }
  bool whole = false;
  const std::size_t taken = feed_line(bytes, kChunkLineBytesMax, whole);
  if (!whole || stage_ == Stage::refused) return taken;
  chunk_line(partial_);
  partial_.clear();
  return taken;
}

void RequestReader::chunk_line(std::string_view line) {
  switch (chunk_) {
    case Chunk::size: {
      const char* const end = line.data() + line.size();
      const auto read = std::from_chars(line.data(), end, due_, 16);
      if (read.ec != std::errc{} || !is_extension({read.ptr, end}))
        return refuse(400, "a chunk of the body does not begin with its size");
      if (due_ > kSmallBody - std::min<std::uint64_t>(kSmallBody, request_.body.size())) ask_for_room();
      if (due_ > body_max_ - std::min<std::uint64_t>(body_max_, request_.body.size()))
        return refuse(413, "the body of the request is too long");
      if (!find_room(request_.body.size() + due_)) return refuse(503, kNoRoom);
      chunk_ = due_ == 0 ? Chunk::trailer : Chunk::data;
      return;
    }
    case Chunk::end:
      if (!line.empty()) return refuse(400, "a chunk of the body is longer than it says");
      chunk_ = Chunk::size;
      return;
    case Chunk::trailer:
      trailer_bytes_ += line.size() + 2;
      if (trailer_bytes_ > limits_.header_bytes_max) return refuse(431, "the trailer of the request is too long");
      if (line.empty()) {
        stage_ = Stage::complete;
      } else if (line.find(':') == std::string_view::npos || !is_token(line.substr(0, line.find(':')))) {
        refuse(400, "a line of the trailer has no name");
      } else if (frames(line.substr(0, line.find(':')))) {
        refuse(400, "the trailer says again where the request ends");
      }
      return;
    case Chunk::data: break;
  }
  GUICHET_CHECK(false, "data is not read by lines");
}

}  // namespace guichet::desk
