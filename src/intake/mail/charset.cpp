#include <guichet/intake/mail/charset.hpp>

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {
namespace {

std::string from_windows_1252(std::string_view bytes) {
  std::string out;
  formats::Transcoder(formats::Encoding::windows_1252).add(bytes, true, out);
  return out;
}

/// One conversion, closed when done.
class Conversion {
 public:
  explicit Conversion(const std::string& from) {
    ready_mail_library();
    conversion_ = g_mime_iconv_open("UTF-8", from.c_str());
  }
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;
  ~Conversion() {
    if (known()) g_mime_iconv_close(conversion_);
  }
  bool known() const { return std::bit_cast<std::intptr_t>(conversion_) != -1; }

  void run(std::string_view bytes, Decoded& decoded) {
    iconv(conversion_, nullptr, nullptr, nullptr, nullptr);
    std::array<char, 8192> room{};
    // iconv takes a pointer to bytes it does not change.
    char* in = const_cast<char*>(bytes.data());
    std::size_t left = bytes.size();
    bool ending = false;
    while (true) {
      char* out = room.data();
      std::size_t space = room.size();
      const std::size_t before = left;
      const std::size_t done =
          ending ? iconv(conversion_, nullptr, nullptr, &out, &space) : iconv(conversion_, &in, &left, &out, &space);
      decoded.text.append(room.data(), room.size() - space);
      if (ending) return;
      if (done != static_cast<std::size_t>(-1)) {
        ending = true;
      } else if (errno == E2BIG) {
        // A converter that neither takes nor gives would never end.
        if (left == before && space == room.size()) return;
      } else {
        decoded.wrong_charset = true;
        decoded.text += "\xEF\xBF\xBD";
        if (left == 0) {
          ending = true;
          continue;
        }
        ++in;
        --left;
      }
    }
  }

 private:
  iconv_t conversion_;
};

}  // namespace

Decoded to_utf8(std::string_view bytes, std::string_view charset) {
  Decoded decoded;
  const bool is_utf8 = utf8_valid_prefix(bytes) == bytes.size();
  std::string name = lower_case(charset.substr(0, std::min<std::size_t>(charset.size(), 60)));
  const bool sane = !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':';
  });
  const bool says_nothing = name.empty() || name == "us-ascii" || name == "ascii" || name == "ansi_x3.4-1968";
  if (says_nothing || name == "utf-8" || name == "utf8") {
    if (is_utf8) {
      decoded.text = bytes;
    } else {
      decoded.wrong_charset = true;
      decoded.text = says_nothing ? from_windows_1252(bytes) : utf8_repair(bytes);
    }
    return decoded;
  }
  if (sane) {
    if (const auto encoding = formats::encoding_from(name); encoding == formats::Encoding::windows_1252) {
      decoded.text = from_windows_1252(bytes);
      return decoded;
    }
    Conversion conversion(name);
    if (conversion.known()) {
      conversion.run(bytes, decoded);
      if (utf8_valid_prefix(decoded.text) != decoded.text.size()) decoded.text = utf8_repair(decoded.text);
      return decoded;
    }
  }
  decoded.unknown_charset = true;
  decoded.text = is_utf8 ? std::string(bytes) : from_windows_1252(bytes);
  return decoded;
}

}  // namespace guichet::intake::mail
