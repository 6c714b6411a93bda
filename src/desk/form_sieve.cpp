#include <guichet/desk/form_sieve.hpp>

#include <algorithm>

#include <guichet/desk/http_text.hpp>

namespace guichet::desk {
namespace {

// As whoever reads the form afterwards: what is longer is unreadable there too.
constexpr std::size_t kHeadBytesMax = 8 * 1024;
constexpr std::size_t kBoundaryBytesMax = 70;   // RFC 2046 section 5.1.1
constexpr std::size_t kPaddingBytesMax = 1024;  // blanks behind a boundary

bool brings_file(std::string_view head) {
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, end - at);
    at = end + 2;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_letters(line.substr(0, colon), "content-disposition")) continue;
    const HeaderValue value = header_value(line.substr(colon + 1));
    if (find(value.others, "filename") != nullptr || find(value.others, "filename*") != nullptr) return true;
  }
  return false;
}

}  // namespace

FormSieve::FormSieve(std::string_view boundary) : delimiter_("\r\n--"), pending_("\r\n") { delimiter_ += boundary; }

std::optional<FormSieve> FormSieve::of(const Request& request) {
  const std::string* accept = request.header("accept");
  const std::string* type = request.header("content-type");
  if (request.method != Method::post || accept == nullptr || type == nullptr) return std::nullopt;
  if (accept->find("text/html") == std::string::npos) return std::nullopt;
  const HeaderValue form = header_value(*type);
  const std::string* boundary = find(form.others, "boundary");
  if (form.value != "multipart/form-data" || boundary == nullptr) return std::nullopt;
  if (boundary->empty() || boundary->size() > kBoundaryBytesMax) return std::nullopt;
  return FormSieve(*boundary);
}

bool FormSieve::feed(std::string_view bytes, std::string& kept) {
  pending_ += bytes;
  std::size_t done = 0;
  while (!broken_) {
    const std::size_t taken = step(std::string_view(pending_).substr(done), kept);
    if (taken == 0) break;
    done += taken;
  }
  pending_.erase(0, done);
  return !broken_;
}

/// How much of `text` is dealt with; zero when more must come first.
std::size_t FormSieve::step(std::string_view text, std::string& kept) {
  switch (place_) {
    case Place::before:
    case Place::words:
    case Place::file: return pass(text, kept);
    case Place::boundary: return behind_boundary(text, kept);
    case Place::head: return read_head(text, kept);
    case Place::behind: return text.size();
  }
  return 0;
}

std::size_t FormSieve::pass(std::string_view text, std::string& kept) {
  const std::size_t found = text.find(delimiter_);
  // The end may be the beginning of a delimiter.
  const std::size_t sure =
      found != std::string_view::npos ? found : text.size() - std::min(text.size(), delimiter_.size() - 1);
  if (place_ == Place::words) kept += text.substr(0, sure);
  if (found == std::string_view::npos) return sure;
  kept += place_ == Place::before ? std::string_view(delimiter_).substr(2) : std::string_view(delimiter_);
  place_ = Place::boundary;
  return found + delimiter_.size();
}

std::size_t FormSieve::behind_boundary(std::string_view text, std::string& kept) {
  if (text.size() < 2) return 0;
  if (text.starts_with("--")) {
    kept += "--\r\n";
    place_ = Place::behind;
    return 2;
  }
  const std::size_t end = std::min(text.find_first_not_of(" \t"), text.size());
  const std::string_view rest = text.substr(end, 2);
  broken_ = end > kPaddingBytesMax || !std::string_view("\r\n").starts_with(rest);
  if (!broken_ && rest.size() == 2) {
    kept += "\r\n";
    place_ = Place::head;
    return end + 2;
  }
  return 0;
}

std::size_t FormSieve::read_head(std::string_view text, std::string& kept) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end > kHeadBytesMax) {  // or not there yet
    broken_ = text.size() > kHeadBytesMax + 3;
    return 0;
  }
  place_ = brings_file(text.substr(0, end)) ? Place::file : Place::words;
  // The head's last line end also begins the boundary behind an empty part.
  kept += text.substr(0, end + 2);
  kept += place_ == Place::file ? "\r\n" : "";
  return end + 2;
}

}  // namespace guichet::desk
