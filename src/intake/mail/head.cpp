#include <guichet/intake/mail/head.hpp>

#include <algorithm>

namespace guichet::intake::mail {
namespace {

/// The length of a field's name at the start of `line`, blanks before the colon left out; zero when the line is none.
std::size_t field_name(std::string_view line) {
  std::size_t n = 0;
  while (n < line.size() && line[n] > ' ' && line[n] < '\x7F' && line[n] != ':') ++n;
  if (n == 0) return 0;
  std::size_t colon = n;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) ++colon;
  return colon < line.size() && line[colon] == ':' ? n : 0;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

Head read_head(std::string_view message, const HeadLimits& limits) {
  Head head;
  std::size_t at = 0;
  const auto line_end = [&](std::size_t from) {  // after the line feed
    const std::size_t feed = message.find('\n', from);
    return feed == std::string_view::npos ? message.size() : feed + 1;
  };
  const auto is_empty = [&](std::size_t from) {
    return message[from] == '\n' || (message[from] == '\r' && from + 1 < message.size() && message[from + 1] == '\n');
  };
  if (message.starts_with("From ") || message.starts_with(">From ")) at = line_end(0);
  while (at < message.size()) {
    if (is_empty(at)) {
      head.body = line_end(at);
      return head;
    }
    std::size_t end = line_end(at);
    const std::string_view line = message.substr(at, end - at);
    const std::size_t name = is_blank(line.front()) ? 0 : field_name(line);
    if (name == 0) {
      // A stray line is passed over when the header goes on behind it; otherwise the body has begun without a gap.
      const bool goes_on = end < message.size() && ((is_empty(end) && !head.fields.empty()) ||
                                                    field_name(message.substr(end, line_end(end) - end)) > 0);
      if (!goes_on && !is_blank(line.front())) {
        head.open = true;
        head.body = at;
        return head;
      }
      head.junk = true;
      at = end;
      continue;
    }
    while (end < message.size() && is_blank(message[end])) end = line_end(end);
    if (head.fields.size() >= limits.fields || end > limits.bytes) {
      head.cut = true;
    } else {
      Field field{.begin = at, .name_bytes = name, .value = at + line.find(':') + 1, .value_end = end, .end = end};
      if (field.value_end > field.value && message[field.value_end - 1] == '\n') --field.value_end;
      if (field.value_end > field.value && message[field.value_end - 1] == '\r') --field.value_end;
      head.fields.push_back(field);
    }
    at = end;
  }
  head.open = true;
  head.body = message.size();
  return head;
}

bool begins_field(std::string_view line) { return field_name(line) > 0; }

bool same_word(std::string_view word, std::string_view lower) {
  return std::equal(word.begin(), word.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; });
}

std::string unfolded(std::string_view value, std::size_t bytes) {
  std::string out;
  out.reserve(std::min(value.size(), bytes));
  for (const char c : value) {
    if (out.size() >= bytes) break;
    if (c == '\r' || c == '\n') continue;
    if (out.empty() && (is_blank(c) || c == '\0')) continue;
    out += c == '\0' ? ' ' : c;
  }
  while (!out.empty() && (is_blank(out.back()))) out.pop_back();
  return out;
}

}  // namespace guichet::intake::mail
