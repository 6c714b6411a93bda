#include <guichet/proof/lines.hpp>

#include <algorithm>
#include <charconv>

namespace guichet::proof {
namespace {

constexpr std::size_t kBytesPerLine = 32;

}  // namespace

Error Lines::wrong(const std::string& what) const {
  return Error{Fault::unreadable, name_ + ", line " + std::to_string(number_) + ": " + what +
                                      "; it is not as it was written, ask for it again"};
}

std::string_view Lines::line() const { return rest_.substr(0, rest_.find('\n')); }

void Lines::step() {
  const std::size_t end = rest_.find('\n');
  rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
  ++number_;
}

bool Lines::next_is(std::string_view word) const {
  return rest_.size() > word.size() && rest_.starts_with(word) && rest_[word.size()] == ' ';
}

Outcome Lines::exactly(std::string_view wanted) {
  // A line is one only with its end.
  if (rest_.size() <= wanted.size() || line() != wanted)
    return wrong("\"" + std::string{wanted} + "\" should stand here");
  step();
  return Done{};
}

Result<std::string_view> Lines::value(std::string_view word) {
  const std::string_view whole = line();
  if (!next_is(word) || whole.size() == rest_.size()) return wrong("\"" + std::string{word} + " …\" should stand here");
  step();
  return whole.substr(word.size() + 1);
}

Result<std::uint64_t> Lines::number(std::string_view word) {
  GUICHET_TRY(digits, value(word));
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc{} || end != digits.data() + digits.size() || std::to_string(number) != digits)
    return wrong("no number stands after \"" + std::string{word} + "\"");
  return number;
}

Outcome Lines::bytes(std::string_view word, std::span<std::byte> bytes) {
  GUICHET_TRY(digits, value(word));
  if (!from_hex(digits, bytes))
    return wrong("after \"" + std::string{word} + "\" should stand " + std::to_string(2 * bytes.size()) +
                 " hexadecimal digits");
  return Done{};
}

Result<Instant> Lines::instant(std::string_view word) {
  GUICHET_TRY(text, value(word));
  const std::optional<Instant> at = parse_instant(text);
  if (!at || print_instant(*at) != text) return wrong("no instant stands after \"" + std::string{word} + "\"");
  return *at;
}

Result<std::string> Lines::many_bytes(std::string_view word) {
  std::string all;
  bool last = false;
  while (next_is(word)) {
    GUICHET_TRY(digits, value(word));
    std::array<std::byte, kBytesPerLine> bytes{};
    const std::size_t count = digits.size() / 2;
    if (last || count == 0 || count > kBytesPerLine || !from_hex(digits, std::span{bytes}.first(count)))
      return wrong("after \"" + std::string{word} + "\" stand no bytes, or too many");
    all.append(reinterpret_cast<const char*>(bytes.data()), count);
    last = count != kBytesPerLine;
  }
  return all;
}

Result<std::vector<Hash>> Lines::hashes(std::string_view word) {
  std::vector<Hash> all;
  while (next_is(word)) {
    GUICHET_TRY(read, bytes(word, all.emplace_back()));
  }
  return all;
}

Result<SignedHead> Lines::head() {
  SignedHead one;
  GUICHET_TRY(first, exactly("guichet head 1"));
  GUICHET_TRY(log, bytes("log", one.head.log));
  GUICHET_TRY(size, number("size"));
  one.head.size = size;
  GUICHET_TRY(root, bytes("root", one.head.root));
  GUICHET_TRY(at, instant("at"));
  one.head.at = at;
  GUICHET_TRY(key, bytes("key", one.head.key));
  const std::span signature{one.signature};
  GUICHET_TRY(half, bytes("sign", signature.first(kBytesPerLine)));
  GUICHET_TRY(rest, bytes("sign", signature.last(kBytesPerLine)));
  return one;
}

Outcome Lines::end() const {
  if (!rest_.empty()) return wrong("nothing more should stand here");
  return Done{};
}

void put_line(std::string& text, std::string_view word, std::string_view value) {
  text += word;
  text += ' ';
  text += value;
  text += '\n';
}

void put_bytes(std::string& text, std::string_view word, std::span<const std::byte> bytes) {
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kBytesPerLine)))
    put_line(text, word, hex(bytes.first(std::min(bytes.size(), kBytesPerLine))));
}

}  // namespace guichet::proof
