#include "clean_output.hpp"

#include <algorithm>
#include <string_view>

namespace guichet::cli {
namespace {

/// U+202A … U+202E and U+2066 … U+2069 begin with one of these pairs of bytes.
bool may_turn(std::string_view start) { return start == "\xE2" || start == "\xE2\x80" || start == "\xE2\x81"; }

bool turns(std::string_view text) {
  const char last = text.back();
  return text[1] == '\x80' ? last >= '\xAA' && last <= '\xAE' : last >= '\xA6' && last <= '\xA9';
}

std::string escaped_turn(std::string_view text) {
  const auto low = static_cast<unsigned char>(text.back());
  const unsigned point = (text[1] == '\x80' ? 0x2000U : 0x2040U) + (low & 0x3FU);
  std::string out = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[point >> shift & 15U];
  return out;
}

}  // namespace

CleanOutput::CleanOutput(std::ostream& stream) : stream_(stream), behind_(stream.rdbuf(this)) {}

CleanOutput::~CleanOutput() {
  give(held_);
  stream_.rdbuf(behind_);
}

CleanOutput::int_type CleanOutput::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  return put(traits_type::to_char_type(c)) ? c : traits_type::eof();
}

std::streamsize CleanOutput::xsputn(const char* text, std::streamsize count) {
  const std::string_view all{text, static_cast<std::size_t>(count)};
  // Most text has nothing to clean and goes through whole.
  const auto plain = [](char c) {
    return (c >= ' ' && c < '\x7F') || c == '\n' || (static_cast<unsigned char>(c) >= 0x80 && c != '\xE2');
  };
  if (held_.empty() && std::all_of(all.begin(), all.end(), plain)) return behind_->sputn(text, count);
  for (std::streamsize i = 0; i < count; ++i)
    if (!put(text[i])) return i;
  return count;
}

int CleanOutput::sync() { return behind_->pubsync(); }

bool CleanOutput::put(char c) {
  if (may_turn(held_ + c)) {
    held_ += c;
    return true;
  }
  const std::string text = held_ + c;
  held_.clear();
  if (text.size() == 3) return give(turns(text) ? escaped_turn(text) : text);
  const auto byte = static_cast<unsigned char>(c);
  const bool control = (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F;
  if (!control) return give(text);
  return give(text.substr(0, text.size() - 1) + "\\x" + "0123456789abcdef"[byte >> 4] + "0123456789abcdef"[byte & 15]);
}

bool CleanOutput::give(const std::string& text) {
  return behind_->sputn(text.data(), static_cast<std::streamsize>(text.size())) ==
         static_cast<std::streamsize>(text.size());
}

}  // namespace guichet::cli
