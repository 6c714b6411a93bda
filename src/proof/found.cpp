#include <guichet/proof/found.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace guichet::proof {
namespace {

constexpr std::string_view kReceiptBegins = "guichet receipt 1";
constexpr std::string_view kReceiptEnds = "end receipt";
constexpr std::string_view kHeadBegins = "guichet head 1";
constexpr std::string_view kGrowthBegins = "guichet growth 1";
/// Mails in mails in mails.
constexpr int kDepthMost = 4;

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_as(std::string_view line, std::string_view small_letters) {
  return line.size() >= small_letters.size() &&
         std::ranges::equal(line.substr(0, small_letters.size()), small_letters, {}, small);
}

std::size_t place_of_word(std::string_view line, std::string_view small_letters) {
  const auto found = std::ranges::search(line, small_letters, {}, small);
  return found.empty() ? std::string_view::npos : static_cast<std::size_t>(found.begin() - line.begin());
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// A line that only a proof has, so that it is the rest of one when it stands alone.
bool like_a_proof(std::string_view line) {
  if (line == kReceiptEnds) return true;
  for (const std::string_view first : {kReceiptBegins, kHeadBegins, kGrowthBegins})
    if (line.size() <= first.size() + 2 && line.starts_with(first.substr(0, first.size() - 1))) return true;
  constexpr std::size_t kDigits = 64;
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || line.size() != blank + 1 + kDigits) return false;
  const std::string_view word = line.substr(0, blank);
  constexpr std::array<std::string_view, 8> kWords{"log", "root", "key", "sign", "was", "path", "hash", "data"};
  return std::ranges::find(kWords, word) != kWords.end() && std::ranges::all_of(line.substr(blank + 1), is_hex);
}

/// Takes lines and keeps the proofs among them.
class Blocks {
 public:
  explicit Blocks(std::vector<FoundProof>& found) : found_(found) {}

  void take(std::string_view raw, std::size_t number) {
    const std::string_view line = unquoted(raw);
    // Some programs put empty lines between all others.
    if (line.empty()) return;
    if (line == kReceiptBegins) return begin(State::receipt, line, number);
    if (line == kGrowthBegins && state_ != State::rest) return begin(State::growth, line, number);
    if (line == kHeadBegins && state_ == State::outside) return begin(State::head, line, number);
    if (state_ == State::outside) {
      if (!like_a_proof(line)) return;
      return begin(State::rest, line, number);
    }
    if (state_ == State::rest && !like_a_proof(line) && !line.starts_with("leaf ") && !line.starts_with("size ") &&
        !line.starts_with("at ") && !line.starts_with("data ") && !line.starts_with("before "))
      return end();
    add(line);
  }

  /// No more lines, or none that belong to those before.
  void end() {
    if (state_ == State::outside) return;
    finish(FoundProof::Fault::cut);
  }

 private:
  enum class State : std::uint8_t { outside, receipt, head, growth, rest };

  void begin(State state, std::string_view line, std::size_t number) {
    end();
    state_ = state;
    number_ = number;
    signs_ = 0;
    add(line);
  }

  void add(std::string_view line) {
    block_ += line;
    block_ += '\n';
    if (line.starts_with("sign ")) ++signs_;
    const bool head_ends = (state_ == State::head || state_ == State::growth) && signs_ == 2;
    if (line != kReceiptEnds && !head_ends) return;
    finish(state_ == State::rest ? FoundProof::Fault::cut : FoundProof::Fault::none);
  }

  void finish(FoundProof::Fault fault) {
    FoundProof::Kind kind = FoundProof::Kind::receipt;
    const auto has = [this](std::string_view line) { return block_.find(line) != std::string::npos; };
    if (state_ == State::growth || (state_ == State::rest && has("was ") && !has("leaf ") && !has(kReceiptEnds)))
      kind = FoundProof::Kind::growth;
    else if (state_ == State::head ||
             (state_ == State::rest && has("sign ") && !has("path ") && !has("data ") && !has(kReceiptEnds)))
      kind = FoundProof::Kind::head;
    found_.push_back({kind, std::exchange(block_, {}), number_, fault});
    state_ = State::outside;
  }

  std::vector<FoundProof>& found_;
  State state_{};
  std::string block_;
  std::size_t number_ = 0;
  int signs_ = 0;
};

enum class Encoding : std::uint8_t { none, base64, quoted_printable };

/// A page's words without its marks, a line for each of the page's.
std::string without_marks(std::string_view html) {
  std::string text;
  while (!html.empty()) {
    const char c = html.front();
    if (c == '<') {
      const std::size_t end = html.find('>');
      if (end == std::string_view::npos) break;
      const std::string_view mark = html.substr(1, end - 1);
      for (const std::string_view ends_line : {"br", "/p", "/div", "/pre", "pre", "/blockquote", "/li", "/tr"})
        if (begins_as(mark, ends_line)) {
          text += '\n';
          break;
        }
      html.remove_prefix(end + 1);
      continue;
    }
    constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
        {{"&nbsp;", ' '}, {"&#160;", ' '}, {"&gt;", '>'}, {"&lt;", '<'}, {"&amp;", '&'}}};
    const auto named = std::ranges::find_if(kNamed, [&](const auto& one) { return html.starts_with(one.first); });
    text += named == kNamed.end() ? c : named->second;
    html.remove_prefix(named == kNamed.end() ? 1 : named->first.size());
  }
  return text;
}

int value_of_hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int value_of_base64(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// What mails do to their parts (RFC 2045). `clean` turns false when a byte stands there that the encoding has not.

/// `whole`: how many bytes there are before what follows on the end.
std::string from_base64(std::string_view text, bool& clean, std::size_t& whole) {
  constexpr std::array<unsigned, 3> kShifts{16, 8, 0};
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  unsigned padding = 0;
  // What stands of a last group: two signs are a byte, three are two, and no bit is left over.
  const auto end_group = [&] {
    if (count != 0) {
      bits <<= 6 * (4 - count);
      for (unsigned i = 0; i + 1 < count; ++i) bytes += static_cast<char>(bits >> kShifts[i] & 0xFFU);
      if (count + padding != 4 || (bits & (count == 2 ? 0xFFFFU : 0xFFU)) != 0) clean = false;
    } else if (padding != 0) {
      clean = false;
    }
    count = 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' && padding != 0) {
      // After its end, lists put words of their own.
      end_group();
      whole = bytes.size();
      bytes += '\n';
      return bytes.append(text.substr(i + 1));
    }
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
    const int value = value_of_base64(c);
    if (c == '=')
      ++padding;
    else if (value < 0 || padding != 0)
      clean = false;
    else {
      bits = bits << 6U | static_cast<std::uint32_t>(value);
      if (++count != 4) continue;
      for (const unsigned shift : kShifts) bytes += static_cast<char>(bits >> shift & 0xFFU);
      bits = 0;
      count = 0;
    }
  }
  end_group();
  whole = bytes.size();
  return bytes;
}

std::string from_quoted_printable(std::string_view text, bool& clean) {
  std::string bytes;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    while (line.ends_with(' ') || line.ends_with('\t') || line.ends_with('\r')) line.remove_suffix(1);
    const bool goes_on = line.ends_with('=');
    if (goes_on) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const int high = line[i] == '=' && i + 2 < line.size() ? value_of_hex(line[i + 1]) : -1;
      const int low = high < 0 ? -1 : value_of_hex(line[i + 2]);
      if (low < 0) {
        if (line[i] == '=') clean = false;
        bytes += line[i];
        continue;
      }
      bytes += static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (!goes_on) bytes += '\n';
  }
  return bytes;
}

/// Goes through a file that may be a mail or many, by what stands in its lines: its parts are decoded and gone through.
class Walk {
 public:
  Walk(std::vector<FoundProof>& found, std::vector<std::pair<std::string, std::size_t>>& pages,
       std::vector<FoundZip>& zips, int depth)
      : found_(found), pages_(pages), zips_(zips), depth_(depth), blocks_(found) {}

  /// `fixed`: all lines count as this one; 0: they are counted.
  void through(std::string_view text, std::size_t fixed) {
    std::size_t number = 0;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
      take(line, fixed == 0 ? ++number : fixed);
    }
    end_part();
    blocks_.end();
  }

 private:
  void take(std::string_view raw, std::size_t number) {
    std::string_view line = raw;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_border(line) || (after_blank_ && line.starts_with("From "))) {
      end_part();
      blocks_.end();
      encoding_ = {};
      page_ = false;
    } else if (in_part_) {
      part_ += raw;
      part_ += '\n';
      after_blank_ = line.empty();
      return;
    } else if (line.empty()) {
      if (encoding_ != Encoding::none || page_) {
        in_part_ = true;
        begins_ = number + 1;
      }
    } else {
      look_at_header(line);
    }
    after_blank_ = line.empty();
    blocks_.take(raw, number);
  }

  bool is_border(std::string_view line) const {
    if (!line.starts_with("--") || borders_.empty()) return false;
    while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    return borders_.contains(line.substr(2)) ||
           (line.ends_with("--") && line.size() >= 4 && borders_.contains(line.substr(2, line.size() - 4)));
  }

  void look_at_header(std::string_view line) {
    constexpr std::string_view kEncoding = "content-transfer-encoding:";
    if (begins_as(line, kEncoding)) {
      const std::string_view value = line.substr(kEncoding.size());
      encoding_ = place_of_word(value, "base64") != std::string_view::npos             ? Encoding::base64
                  : place_of_word(value, "quoted-printable") != std::string_view::npos ? Encoding::quoted_printable
                                                                                       : Encoding::none;
    }
    if (begins_as(line, "content-type:")) page_ = place_of_word(line, "text/html") != std::string_view::npos;
    constexpr std::string_view kBorder = "boundary=";
    const std::size_t at = place_of_word(line, kBorder);
    if (at == std::string_view::npos) return;
    std::string_view value = line.substr(at + kBorder.size());
    if (value.starts_with('"'))
      value = value.substr(1, value.substr(1).find('"'));
    else
      value = value.substr(0, value.find_first_of("; \t"));
    if (!value.empty()) borders_.emplace(value);
  }

  void end_part() {
    if (!in_part_) return;
    in_part_ = false;
    const std::string raw = std::exchange(part_, {});
    bool clean = true;
    std::size_t whole = 0;
    std::string decoded;
    switch (encoding_) {
      case Encoding::none: decoded = raw; break;
      case Encoding::base64: decoded = from_base64(raw, clean, whole); break;
      case Encoding::quoted_printable: decoded = from_quoted_printable(raw, clean); break;
    }
    const bool page = std::exchange(page_, false);
    const Encoding encoding = std::exchange(encoding_, {});
    if (encoding == Encoding::base64 && decoded.starts_with("PK")) {
      decoded.resize(whole);
      zips_.push_back({std::move(decoded), begins_, clean});
      return;
    }
    // A picture, another archive: no text.
    if (decoded.find('\0') != std::string::npos) return;
    if (page) {
      pages_.emplace_back(without_marks(decoded), begins_);
      return;
    }
    if (depth_ >= kDepthMost) return;
    const std::size_t before = found_.size();
    Walk(found_, pages_, zips_, depth_ + 1).through(decoded, begins_);
    if (found_.size() == before) {
      // It may only have looked like a mail's part.
      std::size_t number = begins_;
      for (std::string_view rest = raw; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        blocks_.take(rest.substr(0, end), number);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      }
      blocks_.end();
    } else if (!clean) {
      found_.push_back({FoundProof::Kind::receipt, {}, begins_, FoundProof::Fault::carrier});
    }
  }

  std::vector<FoundProof>& found_;
  std::vector<std::pair<std::string, std::size_t>>& pages_;  // HTML, for when nothing stands elsewhere
  std::vector<FoundZip>& zips_;
  int depth_;
  Blocks blocks_;
  std::set<std::string, std::less<>> borders_;
  Encoding encoding_{};
  bool page_ = false, in_part_ = false, after_blank_ = true;
  std::string part_;
  std::size_t begins_ = 0;
};

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// The signs of ASCII of a text in UTF-16, as some editors save it; '?' for all others.
std::optional<std::string> from_utf16(std::string_view bytes) {
  const bool little = bytes.starts_with("\xFF\xFE");
  if (!little && !bytes.starts_with("\xFE\xFF")) return std::nullopt;
  std::string text;
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    const char low = bytes[little ? i : i + 1];
    const char high = bytes[little ? i + 1 : i];
    text += high == 0 && static_cast<unsigned char>(low) < 0x80 ? low : '?';
  }
  return text;
}

}  // namespace

std::string_view unquoted(std::string_view line) {
  const std::size_t begins = line.find_first_not_of("> \t");
  if (begins == std::string_view::npos) return {};
  return line.substr(begins, line.find_last_not_of(" \t\r") + 1 - begins);
}

std::vector<FoundProof> proofs_in(std::string_view bytes) {
  std::vector<FoundZip> zips;
  return proofs_in(bytes, zips);
}

std::vector<FoundProof> proofs_in(std::string_view bytes, std::vector<FoundZip>& zips) {
  const std::optional<std::string> narrow = from_utf16(bytes);
  std::string_view text = narrow ? std::string_view{*narrow} : bytes;
  if (text.starts_with(kUtf8Mark)) text.remove_prefix(kUtf8Mark.size());
  std::vector<FoundProof> found;
  std::vector<std::pair<std::string, std::size_t>> pages;
  Walk(found, pages, zips, 0).through(text, 0);
  // A mail has its words as text and as a page; the page may have broken lines.
  if (found.empty()) {
    for (const auto& [page, line] : pages) {
      Blocks blocks(found);
      for (std::string_view rest = page; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        blocks.take(rest.substr(0, end), line);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      }
      blocks.end();
    }
  }
  // No text has such a byte: what was found in it is not as it was written.
  if (!narrow && bytes.find('\0') != std::string_view::npos)
    for (FoundProof& one : found)
      if (one.fault == FoundProof::Fault::none) one.fault = FoundProof::Fault::carrier;
  return found;
}

std::string_view seems(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.empty()) return "verify.seems.empty";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kBegins{{
      {"PK"sv, "verify.seems.zip"},
      {"%PDF-"sv, "verify.seems.pdf"},
      {"\x89PNG"sv, "verify.seems.picture"},
      {"\xFF\xD8\xFF"sv, "verify.seems.picture"},
      {"GIF8"sv, "verify.seems.picture"},
      {"\x1F\x8B"sv, "verify.seems.packed"},
      {"BZh"sv, "verify.seems.packed"},
      {"\xFD\x37zXZ"sv, "verify.seems.packed"},
      {"7z\xBC\xAF"sv, "verify.seems.packed"},
      {"\x7F\x45LF"sv, "verify.seems.program"},
      {"SQLite format 3"sv, "verify.seems.database"},
      {"guichet manifest "sv, "verify.seems.entry"},
      {"guichet texts "sv, "verify.seems.entry"},
  }};
  // The number of the application, where SQLite's file format (1.3.17) has it.
  constexpr std::size_t kApplication = 68;
  if (bytes.starts_with("SQLite format 3"sv) && bytes.size() > kApplication &&
      bytes.substr(kApplication).starts_with("guic"))
    return "verify.seems.ledger";
  for (const auto& [begins, key] : kBegins)
    if (bytes.starts_with(begins)) return key;
  if (bytes.find('\0') != std::string_view::npos) return "verify.seems.bytes";
  constexpr std::size_t kHeaderMost = 16 * 1024;
  const std::string_view start = bytes.substr(0, kHeaderMost);
  if (bytes.starts_with("From ") || begins_as(bytes, "received:") || begins_as(bytes, "return-path:") ||
      place_of_word(start, "\nmessage-id:") != std::string_view::npos)
    return "verify.seems.mail";
  if (begins_as(bytes, "<!doctype html") || begins_as(bytes, "<html")) return "verify.seems.page";
  return "verify.seems.text";
}

}  // namespace guichet::proof
