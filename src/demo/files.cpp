#include <guichet/demo/files.hpp>

#include <array>

#include <fmt/format.h>

#include <guichet/base/random.hpp>

namespace guichet::demo {
namespace {

/// UTF-8 as the inside of a PDF string in WinAnsi (ISO 32000-1, annex D).
std::string pdf_text(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if (text[i] == '(' || text[i] == ')' || text[i] == '\\') out += '\\';
      out += text[i];
      continue;
    }
    const unsigned more = byte >= 0xF0 ? 3U : byte >= 0xE0 ? 2U : 1U;
    unsigned point = byte & (0x3FU >> more);
    for (unsigned k = 0; k < more && i + 1 < text.size(); ++k)
      point = point << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU);
    if (point == 0x202F || point == 0xA0)
      out += ' ';
    else if (point == 0x2019)
      out += "\\222";
    else if (point < 0x100)
      out += fmt::format("\\{:03o}", point);
    else
      out += '?';
  }
  return out;
}

void big_endian(std::string& out, std::uint32_t value) {
  for (unsigned shift = 32; shift > 0; shift -= 8) out += static_cast<char>(value >> (shift - 8) & 0xFFU);
}

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t c = n;
    for (int k = 0; k < 8; ++k) c = (c & 1U) != 0 ? 0xEDB8'8320U ^ c >> 1U : c >> 1U;
    table[n] = c;
  }
  return table;
}

void chunk(std::string& out, const std::string& type, const std::string& body) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  big_endian(out, static_cast<std::uint32_t>(body.size()));
  const std::string both = type + body;
  std::uint32_t crc = 0xFFFF'FFFFU;
  for (const char c : both) crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ crc >> 8U;
  out += both;
  big_endian(out, crc ^ 0xFFFF'FFFFU);
}

/// A zlib stream (RFC 1950) of one stored block, which holds at most 65,535 bytes.
std::string stored(const std::string& bytes) {
  std::string out{"\x78\x01\x01", 3};
  const auto length = static_cast<std::uint16_t>(bytes.size());
  const auto inverse = static_cast<std::uint16_t>(~length);
  for (const std::uint16_t word : {length, inverse}) {
    out += static_cast<char>(word & 0xFFU);
    out += static_cast<char>(word >> 8U);
  }
  out += bytes;
  std::uint32_t a = 1, b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65'521U;
    b = (b + a) % 65'521U;
  }
  big_endian(out, b << 16U | a);
  return out;
}

}  // namespace

std::string pdf_of(const std::vector<std::string>& lines) {
  std::string page = "BT /F1 16 Tf 24 TL 72 760 Td\n";
  for (const std::string& line : lines) page += fmt::format("({}) Tj T*\n", pdf_text(line));
  page += "ET";
  const std::array<std::string, 5> objects{
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
      "/Resources << /Font << /F1 4 0 R >> >> >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
      fmt::format("<< /Length {} >>\nstream\n{}\nendstream", page.size(), page)};
  std::string pdf = "%PDF-1.4\n";
  std::string places = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    places += fmt::format("{:010} 00000 n \n", pdf.size());
    pdf += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  const std::size_t table = pdf.size();
  pdf += fmt::format("xref\n0 {0}\n{1}trailer\n<< /Size {0} /Root 1 0 R >>\nstartxref\n{2}\n%%EOF\n",
                     objects.size() + 1, places, table);
  return pdf;
}

std::string png_of(std::uint64_t seed) {
  constexpr std::uint32_t kWidth = 64, kHeight = 48, kField = 16;
  Random random{seed};
  std::string palette;
  for (int i = 0; i < 8 * 3; ++i) palette += static_cast<char>(64 + random.below(176));
  std::array<std::uint8_t, (kWidth / kField) * (kHeight / kField)> fields{};
  for (std::uint8_t& field : fields) field = static_cast<std::uint8_t>(random.below(8));
  std::string rows;
  for (std::uint32_t y = 0; y < kHeight; ++y) {
    rows += '\0';  // no filter
    for (std::uint32_t x = 0; x < kWidth; ++x)
      rows += static_cast<char>(fields[y / kField * (kWidth / kField) + x / kField]);
  }
  std::string header;
  big_endian(header, kWidth);
  big_endian(header, kHeight);
  header += std::string{"\x08\x03\x00\x00\x00", 5};  // eight bits, a palette
  std::string png = "\x89PNG\r\n\x1A\n";
  chunk(png, "IHDR", header);
  chunk(png, "PLTE", palette);
  chunk(png, "IDAT", stored(rows));
  chunk(png, "IEND", {});
  return png;
}

}  // namespace guichet::demo
