#include <guichet/formats/bytes.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include <guichet/base/utf8.hpp>

namespace guichet::formats {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// 0x80 … 0x9F of windows-1252 (WHATWG Encoding Standard, index windows-1252).
constexpr std::array<std::uint16_t, 32> kWindows1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

}  // namespace

struct ByteSource::State {
  std::string label;
  std::unique_ptr<std::FILE, CloseFile> file;
  std::string_view memory;  // when there is no file
  std::uint64_t done = 0, total = 0;
  bool known = false;  // whether `gzip` has been found out
  bool gzip = false;
  bool member_open = false;  // inside a gzip member
  z_stream z{};
  bool z_ready = false;
  std::vector<char> raw;  // bytes of the file not yet used
  std::size_t raw_begin = 0, raw_end = 0;
  std::string peeked;  // taken by peek, not yet given by read

  ~State() {
    if (z_ready) inflateEnd(&z);
  }

  Error fail(const std::string& what) const { return {Fault::unreadable, label + ": " + what}; }

  /// Bytes as they are in the file.
  Result<std::size_t> take(std::span<char> room) {
    std::size_t got = 0;
    if (file) {
      got = std::fread(room.data(), 1, room.size(), file.get());
      if (got == 0 && std::ferror(file.get()) != 0) return fail(std::string("cannot be read: ") + std::strerror(errno));
    } else {
      got = std::min(room.size(), memory.size());
      std::copy_n(memory.data(), got, room.data());
      memory.remove_prefix(got);
    }
    done += got;
    return got;
  }

  Result<bool> refill() {
    if (raw_begin < raw_end) return true;
    if (raw.empty()) raw.resize(file ? kChunk : std::min(kChunk, memory.size() + 1));
    raw_begin = 0;
    GUICHET_TRY(got, take(raw));
    raw_end = got;
    return got > 0;
  }

  Result<std::size_t> inflate_into(std::span<char> room) {
    z.next_out = reinterpret_cast<Bytef*>(room.data());
    z.avail_out = static_cast<uInt>(std::min<std::size_t>(room.size(), 1U << 30));
    const uInt wanted = z.avail_out;
    while (z.avail_out == wanted) {
      GUICHET_TRY(more, refill());
      if (!more) {
        if (member_open) return fail("the gzip data end too early; the file was cut");
        return std::size_t{0};
      }
      if (!member_open) {
        // Between members: zero padding is allowed, anything but another member is not.
        if (raw[raw_begin] == '\0') {
          ++raw_begin;
          continue;
        }
        if (z_ready) inflateReset(&z);
        member_open = true;
      }
      z.next_in = reinterpret_cast<Bytef*>(raw.data() + raw_begin);
      z.avail_in = static_cast<uInt>(raw_end - raw_begin);
      const int said = inflate(&z, Z_NO_FLUSH);
      raw_begin = raw_end - z.avail_in;
      if (said == Z_STREAM_END) {
        member_open = false;
      } else if (said != Z_OK && said != Z_BUF_ERROR) {
        return fail("damaged gzip data near byte " + std::to_string(done - (raw_end - raw_begin)) + " (" +
                    (z.msg != nullptr ? z.msg : "unknown fault") + ")");
      }
    }
    return static_cast<std::size_t>(wanted - z.avail_out);
  }
};

ByteSource::ByteSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;
ByteSource::~ByteSource() = default;

Result<ByteSource> ByteSource::open(const std::string& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status))
    return Error{Fault::not_found,
                 path + (path == "-" ? ": there is no such file; a pipe is not read, save it to a file first"
                                     : ": there is no such file")};
  if (std::filesystem::is_fifo(status) || std::filesystem::is_socket(status) ||
      std::filesystem::is_character_file(status))
    return Error{Fault::unreadable, path + ": is a pipe or a device, not a file; save its text to a file first"};
  if (std::filesystem::is_directory(status)) return Error{Fault::unreadable, path + ": is a folder, not a file"};
  auto state = std::make_unique<State>();
  state->label = path;
  state->file.reset(std::fopen(path.c_str(), "rb"));
  if (!state->file)
    return Error{Fault::unreadable,
                 path + ": cannot be opened: " + std::strerror(errno) + "; give this user the right to read it"};
  std::setvbuf(state->file.get(), nullptr, _IONBF, 0);  // read in large pieces here, not twice
  const auto size = std::filesystem::file_size(path, code);
  state->total = code ? 0 : size;
  return ByteSource(std::move(state));
}

ByteSource ByteSource::of(std::string_view bytes, std::string label) {
  auto state = std::make_unique<State>();
  state->label = std::move(label);
  state->memory = bytes;
  state->total = bytes.size();
  return ByteSource(std::move(state));
}

Result<std::string_view> ByteSource::peek(std::size_t count) {
  std::string front(count, '\0');
  std::size_t size = 0;
  while (size < count) {
    GUICHET_TRY(got, read(std::span(front).subspan(size)));
    if (got == 0) break;
    size += got;
  }
  front.resize(size);
  state_->peeked = std::move(front);
  return std::string_view{state_->peeked};
}

Result<std::size_t> ByteSource::read(std::span<char> room) {
  State& s = *state_;
  if (room.empty()) return std::size_t{0};
  if (!s.peeked.empty()) {
    const std::size_t n = std::min(room.size(), s.peeked.size());
    std::copy_n(s.peeked.data(), n, room.data());
    s.peeked.erase(0, n);
    return n;
  }
  if (!s.known) {
    s.known = true;
    GUICHET_TRY(any, s.refill());
    // RFC 1952, 2.3.1: a gzip member starts with 1f 8b.
    s.gzip = any && s.raw_end >= 2 && s.raw[0] == '\x1f' && s.raw[1] == '\x8b';
    if (s.gzip) {
      if (inflateInit2(&s.z, 15 + 16) != Z_OK) return s.fail("gzip cannot be started");
      s.z_ready = true;
    }
  }
  if (s.gzip) return s.inflate_into(room);
  if (s.raw_begin < s.raw_end) {
    const std::size_t n = std::min(room.size(), s.raw_end - s.raw_begin);
    std::copy_n(s.raw.data() + s.raw_begin, n, room.data());
    s.raw_begin += n;
    return n;
  }
  return s.take(room);
}

std::uint64_t ByteSource::done() const { return state_->done; }
std::uint64_t ByteSource::total() const { return state_->total; }
const std::string& ByteSource::label() const { return state_->label; }

std::optional<Encoding> encoding_from(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (plain == "utf8" || plain == "ascii" || plain == "usascii") return Encoding::utf_8;
  if (plain == "utf16" || plain == "utf16le") return Encoding::utf_16_le;
  if (plain == "utf16be") return Encoding::utf_16_be;
  if (plain == "latin1" || plain == "iso88591" || plain == "windows1252" || plain == "cp1252")
    return Encoding::windows_1252;
  return std::nullopt;
}

std::string_view name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf_8: return "utf-8";
    case Encoding::utf_16_le: return "utf-16le";
    case Encoding::utf_16_be: return "utf-16be";
    case Encoding::windows_1252: return "windows-1252";
  }
  return "utf-8";
}

SniffedEncoding sniff_encoding(std::string_view start) {
  const auto at = [&](std::size_t i) { return i < start.size() ? static_cast<unsigned char>(start[i]) : 0x100U; };
  if (at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF) return {Encoding::utf_8, 3};
  if (at(0) == 0xFF && at(1) == 0xFE) return {Encoding::utf_16_le, 2};
  if (at(0) == 0xFE && at(1) == 0xFF) return {Encoding::utf_16_be, 2};
  // Without a mark, Latin text in UTF-16 still has a zero in every second byte.
  std::size_t even = 0;
  std::size_t odd = 0;
  const std::size_t looked = std::min<std::size_t>(start.size(), 512);
  for (std::size_t i = 0; i < looked; ++i)
    if (start[i] == '\0') ++(i % 2 == 0 ? even : odd);
  if (looked >= 8 && odd > looked * 2 / 5 && even < looked / 10) return {Encoding::utf_16_le, 0};
  if (looked >= 8 && even > looked * 2 / 5 && odd < looked / 10) return {Encoding::utf_16_be, 0};
  // A character cut at the end of the sample is not a fault.
  const std::size_t good = utf8_valid_prefix(start);
  return {good + 4 > start.size() ? Encoding::utf_8 : Encoding::windows_1252, 0};
}

void Transcoder::unit(std::uint32_t value, std::string& out) {
  if (high_ != 0) {
    const std::uint32_t high = high_;
    high_ = 0;
    if (value >= 0xDC00 && value <= 0xDFFF) {
      utf8_put(0x10000 + ((high - 0xD800) << 10) + (value - 0xDC00), out);
      return;
    }
    utf8_put(0xFFFD, out);
  }
  if (value >= 0xD800 && value <= 0xDBFF)
    high_ = value;
  else
    utf8_put(value >= 0xDC00 && value <= 0xDFFF ? 0xFFFD : value, out);
}

void Transcoder::add(std::string_view chunk, bool last, std::string& out) {
  switch (from_) {
    case Encoding::utf_8: out.append(chunk); return;
    case Encoding::windows_1252:
      for (const char c : chunk) {
        const auto b = static_cast<unsigned char>(c);
        utf8_put(b >= 0x80 && b < 0xA0 ? kWindows1252[b - 0x80U] : b, out);
      }
      return;
    case Encoding::utf_16_le:
    case Encoding::utf_16_be: break;
  }
  for (const char c : chunk) {
    if (!odd_) {
      odd_ = c;
      continue;
    }
    const auto first = static_cast<unsigned char>(*odd_);
    const auto second = static_cast<unsigned char>(c);
    odd_.reset();
    const unsigned low = from_ == Encoding::utf_16_le ? first : second;
    const unsigned high = from_ == Encoding::utf_16_le ? second : first;
    unit(high << 8 | low, out);
  }
  if (last && (odd_ || high_ != 0)) {
    utf8_put(0xFFFD, out);
    odd_.reset();
    high_ = 0;
  }
}

}  // namespace guichet::formats
