#include <guichet/demo/files.hpp>

#include <string>

#include <gtest/gtest.h>

namespace guichet::demo {
namespace {

TEST(Files, APdfSaysWhereItsPartsAre) {
  const std::string pdf = pdf_of({"Bon de livraison E-1 (« été »)", "a\\b", "l’envoi", "日"});
  ASSERT_TRUE(pdf.starts_with("%PDF-1.4\n"));
  ASSERT_TRUE(pdf.ends_with("%%EOF\n"));
  EXPECT_NE(pdf.find("Bon de livraison E-1 \\(\\253 \\351t\\351 \\273\\)"), std::string::npos) << pdf;
  EXPECT_NE(pdf.find("(a\\\\b) Tj"), std::string::npos);
  EXPECT_NE(pdf.find("(l\\222envoi) Tj"), std::string::npos);
  EXPECT_NE(pdf.find("(?) Tj"), std::string::npos);
  const std::size_t told = pdf.find("startxref\n") + 10;
  const std::size_t table = static_cast<std::size_t>(std::stoul(pdf.substr(told)));
  ASSERT_EQ(pdf.substr(table, 5), "xref\n");
  for (std::size_t object = 1; object <= 5; ++object) {
    const std::size_t row = table + 9 + 20 * object;
    const std::size_t place = static_cast<std::size_t>(std::stoul(pdf.substr(row, 10)));
    EXPECT_EQ(pdf.substr(place, 7), std::to_string(object) + " 0 obj");
  }
  const std::size_t stream = pdf.find("stream\n") + 7, end = pdf.find("\nendstream");
  EXPECT_NE(pdf.find("/Length " + std::to_string(end - stream)), std::string::npos);
}

/// CRC-32 (ISO 3309), bit by bit.
std::uint32_t crc(const std::string& bytes) {
  std::uint32_t c = 0xFFFF'FFFFU;
  for (const char byte : bytes) {
    c ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? c >> 1U ^ 0xEDB8'8320U : c >> 1U;
  }
  return c ^ 0xFFFF'FFFFU;
}

std::uint32_t word(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

TEST(Files, APngIsWhole) {
  const std::string png = png_of(7);
  ASSERT_TRUE(png.starts_with("\x89PNG\r\n\x1A\n"));
  std::string kinds;
  for (std::size_t at = 8; at < png.size();) {
    const std::uint32_t length = word(png, at);
    ASSERT_LE(at + 12 + length, png.size());
    kinds += png.substr(at + 4, 4) + " ";
    EXPECT_EQ(word(png, at + 8 + length), crc(png.substr(at + 4, 4 + length)));
    if (png.substr(at + 4, 4) == "IDAT") {
      // One stored block: 48 rows of a filter byte and 64 signs.
      EXPECT_EQ(length, 2 + 5 + 48 * 65 + 4U);
      std::uint32_t a = 1, b = 0;
      for (std::size_t i = 0; i < std::size_t{48} * 65; ++i) {
        a = (a + static_cast<unsigned char>(png[at + 8 + 7 + i])) % 65'521;
        b = (b + a) % 65'521;
      }
      EXPECT_EQ(word(png, at + 8 + length - 4), b << 16U | a);
    }
    at += 12 + length;
  }
  EXPECT_EQ(kinds, "IHDR PLTE IDAT IEND ");
  EXPECT_EQ(png, png_of(7));
  EXPECT_NE(png, png_of(8));
}

}  // namespace
}  // namespace guichet::demo
