#include <guichet/formats/zip.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <guichet/base/utf8.hpp>

namespace guichet::formats {
namespace {

// APPNOTE.TXT 6.3.x of PKWARE, 4.3.7 to 4.3.16.
constexpr std::uint32_t kLocal = 0x0403'4b50, kCentral = 0x0201'4b50, kEnd = 0x0605'4b50;
constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr std::uint16_t kNeeded = 20;            // version 2.0
constexpr std::uint16_t kMadeBy = 3U << 8 | 20;  // Unix
constexpr std::uint16_t kUtf8 = 1U << 11;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kTime = 0, kDate = 1U << 5 | 1;  // 1 January 1980, the first day that a ZIP can say
constexpr std::uint32_t kAttributes = 0100644U << 16;    // a file, rw-r--r--

struct Sizes {
  std::uint32_t crc{}, bytes{};
};

// ---- CRC-32, eight bytes at a time -----------------------------------------------------------------------------

using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr CrcTables crc_tables() {
  CrcTables tables{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? 0xEDB8'8320U ^ c >> 1U : c >> 1U;
    tables[0][n] = c;
  }
  for (std::size_t n = 0; n < 256; ++n)
    for (std::size_t t = 1; t < tables.size(); ++t)
      tables[t][n] = tables[0][tables[t - 1][n] & 0xFFU] ^ tables[t - 1][n] >> 8U;
  return tables;
}
constexpr CrcTables kCrc = crc_tables();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value |= byte_at(bytes, at + i) << 8 * i;
  return value;
}

// ---- writing -----------------------------------------------------------------------------------------------------

void put16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value & 0xFFU));
  out.push_back(static_cast<char>(value >> 8U & 0xFFU));
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, value);
  put16(out, value >> 16U);
}

/// What stands alike before an entry and in the list of all.
void put_common(std::string& out, std::size_t name_bytes, Sizes sizes) {
  put16(out, kNeeded);
  put16(out, kUtf8);
  put16(out, kStored);
  put16(out, kTime);
  put16(out, kDate);
  put32(out, sizes.crc);
  put32(out, sizes.bytes);
  put32(out, sizes.bytes);
  put16(out, static_cast<std::uint32_t>(name_bytes));
  put16(out, 0);  // no extra field
}

void put_local(std::string& out, std::string_view name, Sizes sizes) {
  put32(out, kLocal);
  put_common(out, name.size(), sizes);
  out += name;
}

void put_central(std::string& out, std::string_view name, Sizes sizes, std::uint32_t offset) {
  put32(out, kCentral);
  put16(out, kMadeBy);
  put_common(out, name.size(), sizes);
  put16(out, 0);  // no comment
  put16(out, 0);  // first disk
  put16(out, 0);  // no internal attributes
  put32(out, kAttributes);
  put32(out, offset);
  out += name;
}

void put_end(std::string& out, std::size_t entries, std::uint64_t central, std::uint64_t central_bytes) {
  put32(out, kEnd);
  put16(out, 0);
  put16(out, 0);
  put16(out, static_cast<std::uint32_t>(entries));
  put16(out, static_cast<std::uint32_t>(entries));
  put32(out, static_cast<std::uint32_t>(central_bytes));
  put32(out, static_cast<std::uint32_t>(central));
  put16(out, 0);  // no comment
}

std::string folded(std::string_view name) {
  std::string small(name);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

bool is_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && part.back() != '.' && part.back() != ' ';
}

/// Puts the name among those given before; false when it is one of them.
bool is_new(std::vector<std::string>& sorted, std::string_view name) {
  std::string small = folded(name);
  const auto place = std::ranges::lower_bound(sorted, small);
  if (place != sorted.end() && *place == small) return false;
  sorted.insert(place, std::move(small));
  return true;
}

// ---- reading -----------------------------------------------------------------------------------------------------

/// Walks the entries from the start, then compares the rest with what the writer would have put there.
class ZipReader {
 public:
  ZipReader(std::string_view file, const std::string& label) : file_(file), label_(label) {}

  Result<std::vector<ZipEntry>> read() {
    if (file_.size() > kZipBytesMax) return wrong(kZipBytesMax, "the file is larger than a dossier can be");
    while (file_.size() - at_ >= 4 && number_at(file_, at_, 4) == kLocal) {
      if (entries_.size() == kZipEntriesMax) return wrong(at_, "there are more entries than a dossier can have");
      GUICHET_TRY(done, entry());
    }
    GUICHET_TRY(rest, closing());
    return std::move(entries_);
  }

 private:
  Error wrong(std::uint64_t offset, const std::string& what) const {
    return {Fault::unreadable, label_ + ": byte " + std::to_string(offset) + ": " + what};
  }

  /// That `expected` stands at `at_`, to the byte; then it is passed.
  Outcome pass(std::string_view expected, const std::string& what) {
    const std::string_view there = file_.substr(at_, expected.size());
    const auto differing = std::ranges::mismatch(there, expected).in1 - there.begin();
    if (there != expected)
      return wrong(at_ + static_cast<std::uint64_t>(differing),
                   there.size() < expected.size() && differing == std::ssize(there) ? "the file ends inside " + what
                                                                                    : what + " is not as we write it");
    at_ += expected.size();
    return Done{};
  }

  Outcome entry() {
    const std::uint64_t start = at_;
    if (file_.size() - start < kLocalBytes) return wrong(file_.size(), "the file ends inside the head of an entry");
    const Sizes sizes{.crc = number_at(file_, start + 14, 4), .bytes = number_at(file_, start + 18, 4)};
    const std::string_view name = file_.substr(start + kLocalBytes, number_at(file_, start + 26, 2));
    std::string head;
    put_local(head, name, sizes);
    GUICHET_TRY(same, pass(head, "the head of an entry"));
    if (!is_zip_name(name)) return wrong(start + kLocalBytes, "the name of an entry cannot stand in a dossier");
    if (!is_new(folded_, name)) return wrong(start + kLocalBytes, "an entry of the same name came before");
    if (file_.size() - at_ < sizes.bytes) return wrong(file_.size(), "the file ends inside " + std::string(name));
    const std::string_view bytes = file_.substr(at_, sizes.bytes);
    if (crc32_of(bytes) != sizes.crc)
      return wrong(at_, "the bytes of " + std::string(name) + " do not have the checksum that its head gives");
    at_ += bytes.size();
    crcs_.push_back(sizes.crc);
    entries_.push_back({.name = name, .bytes = bytes, .offset = start});
    return Done{};
  }

  Outcome closing() {
    const std::uint64_t central = at_;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const ZipEntry& one = entries_[i];
      std::string line;
      put_central(line, one.name, {.crc = crcs_[i], .bytes = static_cast<std::uint32_t>(one.bytes.size())},
                  static_cast<std::uint32_t>(one.offset));
      GUICHET_TRY(same, pass(line, i == 0 ? "an entry or the list of all entries" : "the list of all entries"));
    }
    std::string end;
    put_end(end, entries_.size(), central, at_ - central);
    GUICHET_TRY(same, pass(end, "the end of the ZIP"));
    if (at_ != file_.size()) return wrong(at_, "bytes follow the end of the ZIP");
    return Done{};
  }

  std::string_view file_;
  const std::string& label_;
  std::size_t at_ = 0;
  std::vector<ZipEntry> entries_;
  std::vector<std::uint32_t> crcs_;
  std::vector<std::string> folded_;
};

}  // namespace

std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t c = 0xFFFF'FFFFU;
  std::size_t at = 0;
  for (; bytes.size() - at >= 8; at += 8) {
    const std::uint32_t low = c ^ number_at(bytes, at, 4), high = number_at(bytes, at + 4, 4);
    c = kCrc[7][low & 0xFFU] ^ kCrc[6][low >> 8U & 0xFFU] ^ kCrc[5][low >> 16U & 0xFFU] ^ kCrc[4][low >> 24U] ^
        kCrc[3][high & 0xFFU] ^ kCrc[2][high >> 8U & 0xFFU] ^ kCrc[1][high >> 16U & 0xFFU] ^ kCrc[0][high >> 24U];
  }
  for (; at < bytes.size(); ++at) c = kCrc[0][(c ^ byte_at(bytes, at)) & 0xFFU] ^ c >> 8U;
  return ~c;
}

bool is_zip_name(std::string_view name) {
  if (name.size() > kZipNameMax || utf8_valid_prefix(name) != name.size()) return false;
  if (std::ranges::any_of(name, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
               std::string_view(":\\*?\"<>|").find(c) != std::string_view::npos;
      }))
    return false;
  for (std::size_t from = 0;;) {
    const std::size_t slash = name.find('/', from);
    if (!is_part(name.substr(from, slash - from))) return false;
    if (slash == std::string_view::npos) return true;
    from = slash + 1;
  }
}

Outcome ZipWriter::add(std::string_view name, std::string_view bytes) {
  const std::string shown = utf8_cut(utf8_repair(name), 100);
  if (!is_zip_name(name)) return Error{Fault::usage, "\"" + shown + "\" cannot be the name of an entry of a ZIP"};
  const std::uint64_t listed = central_bytes_ + kCentralBytes + name.size();
  const std::uint64_t after = out_.size() + kLocalBytes + name.size() + bytes.size() + listed + kEndBytes;
  if (added_.size() == kZipEntriesMax || after > kZipBytesMax)
    return Error{Fault::usage, shown + ": with it the ZIP would have more than " + std::to_string(kZipEntriesMax) +
                                   " entries or 4 GiB; take fewer files along"};
  if (!is_new(folded_, name)) return Error{Fault::usage, shown + ": an entry of this name stands in the ZIP already"};
  const Sizes sizes{.crc = crc32_of(bytes), .bytes = static_cast<std::uint32_t>(bytes.size())};
  added_.push_back({.name = std::string(name),
                    .crc = sizes.crc,
                    .bytes = sizes.bytes,
                    .offset = static_cast<std::uint32_t>(out_.size())});
  put_local(out_, name, sizes);
  out_ += bytes;
  central_bytes_ = listed;
  return Done{};
}

std::string ZipWriter::finish() {
  const std::uint64_t central = out_.size();
  for (const Added& one : added_) put_central(out_, one.name, {.crc = one.crc, .bytes = one.bytes}, one.offset);
  put_end(out_, added_.size(), central, out_.size() - central);
  added_.clear();
  folded_.clear();
  central_bytes_ = 0;
  return std::exchange(out_, {});
}

Result<std::vector<ZipEntry>> read_zip(std::string_view file, const std::string& label) {
  return ZipReader(file, label).read();
}

}  // namespace guichet::formats
